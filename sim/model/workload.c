/* Reading workloads: jobs, templates and their copies. */
#include "sim/model/workload.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

#define JOBS_AT_MOST 1000000

/* A workload that grows, with what is known of each job until it is sorted. */
struct builder {
    struct weir_workload *workload;
    const struct weir_platform *platform;
    const char *file;
    int *origin; /* per job: the index of its template in the file */
    size_t capacity, origin_capacity, load_capacity;
};

/* Where the copies of a template go. */
struct spread {
    int *hosts; /* of the source */
    int *sinks; /* for each of them */
    int host_count;
    struct weir_source_hosts *sources; /* [source]; NULL: it has but one */
};

static int read_source(const struct weir_json *at, const struct builder *builder, struct weir_job *job)
{
    struct weir_json source, child;
    if (weir_json_get(at, "sources", &source))
        return weir_sources_read(at, builder->file, builder->platform, job);
    int code = weir_json_need(at, "source", &source);
    if (code)
        return code;
    if (weir_json_get(&source, "state", &child) || weir_json_get(&source, "keys", &child))
        return weir_json_error(&child, "%s on a source: a source only emits; put it on an operator", child.key);
    return weir_where_read(&source, builder->platform, false, &job->source);
}

static int read_backlog(const struct weir_json *at, struct weir_job *job)
{
    struct weir_json backlog;
    return weir_json_get(at, "backlog", &backlog) ? weir_param_read(weir_backlog_keys, &backlog, job) : WEIR_OK;
}

static int check_times(const struct weir_json *at, const struct weir_job_read *read)
{
    const struct weir_job *job = &read->job;
    struct weir_json child;
    if (weir_json_get(at, "arrive_every", &child) && read->count < 0)
        return weir_json_error(&child, "is for the copies of a template; add \"count\" or leave it out");
    double last_s = job->arrive_s + (double)(read->count > 0 ? read->count - 1 : 0) * read->arrive_every_s;
    if (job->depart_s <= last_s && weir_json_get(at, "depart", &child))
        return weir_json_error(&child, "the job departs at %g s, before it arrives (%g s%s); put \"depart\" later",
                               job->depart_s, last_s, read->count > 1 ? ", its last copy" : "");
    return WEIR_OK;
}

/* Which hosts the copies go round, and the sink for each. */
static int read_hosts(const struct weir_json *at, const struct builder *builder, const struct weir_job_read *read,
                      struct spread *spread)
{
    const struct weir_job *job = &read->job;
    int max = (int)builder->platform->host_count;
    spread->hosts = weir_alloc((size_t)max, sizeof *spread->hosts);
    spread->sinks = weir_alloc((size_t)max, sizeof *spread->sinks);
    const struct weir_where *source = job->source_count ? &job->sources[0].where : &job->source;
    int count = weir_where_hosts(source, builder->platform, -1, spread->hosts, max);
    spread->sources = weir_sources_spread(job, builder->platform);
    spread->host_count = read->count < 0 ? 1 : read->count < count ? (int)read->count : count;
    for (int i = 0; i < spread->host_count; i++) {
        if (job->sink.kind == WEIR_WHERE_ANY)
            spread->sinks[i] = -1;
        else if (i > 0 && job->sink.kind != WEIR_WHERE_TIER && job->sink.kind != WEIR_WHERE_SOURCE)
            spread->sinks[i] = spread->sinks[0];
        else
            spread->sinks[i] = weir_where_first(&job->sink, builder->platform, spread->hosts[i]);
    }
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator *op = &job->operators[o];
        for (int i = 0; i < spread->host_count && op->where.kind == WEIR_WHERE_SOURCE; i++) {
            const struct weir_host *host = &builder->platform->hosts[spread->hosts[i]];
            if (host->slots > 0 && host->slots < op->parallelism)
                return weir_json_error(at,
                                       "%d instances of operator \"%s\" do not fit: host \"%s\" has %d slot%s; lower "
                                       "\"parallelism\" or choose another placement",
                                       op->parallelism, op->name, host->name, host->slots, host->slots == 1 ? "" : "s");
        }
    }
    return WEIR_OK;
}

/* Whether the platform takes a job at all, if nothing else runs. */
static int check_room(const struct weir_json *at, const struct weir_platform *platform, const struct weir_job *job)
{
    long slots = 0, instances = 0;
    for (size_t h = 0; h < platform->host_count; h++) {
        if (platform->hosts[h].slots == 0)
            return WEIR_OK;
        slots += platform->hosts[h].slots;
    }
    for (int o = 0; o < job->operator_count; o++)
        instances += job->operators[o].parallelism;
    if (instances <= slots)
        return WEIR_OK;
    return weir_json_error(
        at,
        "the job needs %ld instances at once, and the platform has %ld slot%s; raise \"slots\" in the "
        "platform or make the job smaller",
        instances, slots, slots == 1 ? "" : "s");
}

/* The first of several sources is the job's, for all who ask for one. */
static void take_first(const struct builder *builder, struct weir_job *job)
{
    const struct weir_source_spec *first = &job->sources[0];
    job->source = (struct weir_where){
        .kind = WEIR_WHERE_HOST, .name = weir_copy(builder->platform->hosts[first->host].name), .tier = -1};
    job->source_bytes = first->source_bytes;
    job->load = first->load;
    job->backlog_capacity = first->backlog_capacity;
    job->backlog_full = first->backlog_full;
}

/* The workload owns the loads. */
static void keep_loads(struct builder *builder, const struct weir_job *job)
{
    struct weir_workload *workload = builder->workload;
    for (int s = 0; s < job->source_count || s == 0; s++) {
        struct weir_load *load = job->source_count ? job->sources[s].load : job->load;
        if (!load)
            continue;
        workload->loads = weir_grow(workload->loads, (size_t)workload->load_count + 1, &builder->load_capacity,
                                    sizeof *workload->loads);
        workload->loads[workload->load_count++] = load;
    }
}

static int read_job(const struct weir_json *at, struct builder *builder, struct weir_job_read *read,
                    struct spread *spread)
{
    struct weir_workload *workload = builder->workload;
    struct weir_job *job = &read->job;
    struct weir_json child;
    const char *name = NULL;
    int broken = weir_json_get(at, "name", &child) ? weir_json_name(&child, &name) : WEIR_OK;
    if (!broken)
        broken = weir_param_read(weir_job_keys, at, read);
    job->name = weir_copy(name ? name : "");
    int code = broken ? weir_error_keep(broken) : check_times(at, read);
    if (!code)
        code = read_source(at, builder, job);
    if (!code && weir_json_get(at, "sink", &child))
        code = weir_where_read(&child, builder->platform, true, &job->sink);
    if (!code)
        code = read_backlog(at, job);
    if (!code)
        code = weir_kinds_read(at, job);
    bool is_workflow = weir_json_get(at, "workflow", &child);
    bool one_item = is_workflow && !weir_json_get(at, "load", &child);
    if (!code && !one_item && !job->source_count)
        code = weir_json_need(at, "load", &child);
    if (!code && !job->source_count)
        code = one_item ? weir_workload_one_item(&job->load) : weir_load_read(&child, builder->file, &job->load);
    if (!code && job->source_count)
        take_first(builder, job);
    keep_loads(builder, job);
    if (code)
        return code;
    if (is_workflow)
        code = weir_workload_read_workflow(at, builder->file, builder->platform, job, &workload->files_hash);
    else
        code = weir_operators_read(at, builder->platform, job);
    if (!code && !is_workflow)
        code = weir_graph_read(at, job);
    if (!code)
        code = check_room(at, builder->platform, job);
    if (!code && broken)
        code = weir_error_again();
    return code ? code : read_hosts(at, builder, read, spread);
}

/* Frees what is a job's own. */
static void free_job(struct weir_job *job)
{
    free(job->name);
    weir_sources_free(job);
    if (job->is_copy)
        return;
    for (int i = 0; i < job->operator_count; i++)
        weir_operator_fini(&job->operators[i]);
    free(job->operators);
    free(job->edges);
    weir_kinds_free(job);
    weir_where_fini(&job->source);
    weir_where_fini(&job->sink);
}

static int expand(const struct weir_json *at, struct builder *builder, int origin, const struct weir_job_read *read,
                  const struct spread *spread)
{
    struct weir_workload *workload = builder->workload;
    const struct weir_job *job = &read->job;
    long count = read->count < 0 ? 1 : read->count;
    if (count > JOBS_AT_MOST - workload->job_count)
        return weir_json_error(at, "makes more than %d jobs in all; lower \"count\"", JOBS_AT_MOST);
    size_t needed = (size_t)(workload->job_count + count);
    workload->jobs = weir_grow(workload->jobs, needed, &builder->capacity, sizeof *workload->jobs);
    builder->origin = weir_grow(builder->origin, needed, &builder->origin_capacity, sizeof *builder->origin);
    for (long i = 0; i < count; i++) {
        struct weir_job *copy = &workload->jobs[workload->job_count];
        builder->origin[workload->job_count++] = origin;
        *copy = *job;
        copy->name = read->count < 0 ? weir_copy(job->name) : weir_format("%s-%ld", job->name, i);
        copy->arrive_s += (double)i * read->arrive_every_s;
        copy->source_host = spread->hosts[i % spread->host_count];
        copy->sink_host = spread->sinks[i % spread->host_count];
        copy->load = weir_load_at_site(job->load, i % spread->host_count);
        copy->is_copy = i > 0;
        weir_sources_copy(copy, spread->sources, i);
    }
    return WEIR_OK;
}

static int add_jobs(const struct weir_json *at, struct builder *builder, int origin)
{
    struct weir_job_read read = {.job = {.depart_s = INFINITY, .slo_s = INFINITY, .source.tier = -1, .sink.tier = -1},
                                 .count = -1};
    struct spread spread = {0};
    int before = builder->workload->job_count;
    int code = read_job(at, builder, &read, &spread);
    if (!code)
        code = expand(at, builder, origin, &read, &spread);
    if (builder->workload->job_count > before) /* the first copy has taken the rest over */
        read.job.is_copy = true;
    weir_sources_spread_free(spread.sources, &read.job);
    free_job(&read.job);
    free(spread.hosts);
    free(spread.sinks);
    return code;
}

struct sorted {
    struct weir_job job;
    int order;
};

static int by_arrival(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    if (x->job.arrive_s != y->job.arrive_s)
        return x->job.arrive_s < y->job.arrive_s ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int by_name(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    int order = strcmp(x->job.name, y->job.name);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Refuses names given twice and puts the jobs in order. `list` is the array of the file. */
static int sort_jobs(const struct weir_json *list, struct builder *builder)
{
    struct weir_workload *workload = builder->workload;
    size_t count = (size_t)workload->job_count;
    if (!builder->origin)
        return WEIR_OK;
    struct sorted *sorted = weir_alloc(count, sizeof *sorted);
    int code = WEIR_OK;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct sorted){workload->jobs[i], (int)i};
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 1; i < count && !code; i++)
        if (strcmp(sorted[i - 1].job.name, sorted[i].job.name) == 0) {
            struct weir_json at = weir_json_at(list, builder->origin[sorted[i].order]);
            code = weir_json_error(&at, "job \"%s\" is there twice, also from jobs[%d]; choose another name",
                                   sorted[i].job.name, builder->origin[sorted[i - 1].order]);
        }
    qsort(sorted, count, sizeof *sorted, by_arrival);
    for (size_t i = 0; i < count; i++)
        workload->jobs[i] = sorted[i].job;
    free(sorted);
    return code;
}

int weir_workload_read(const struct weir_json *at, const char *file, const struct weir_platform *platform,
                       struct weir_workload **workload)
{
    struct builder builder = {.platform = platform, .file = file};
    struct weir_json list;
    int broken = 0;
    *workload = NULL;
    int code = weir_param_read(weir_workload_keys, at, NULL);
    if (!code)
        code = weir_json_need(at, "jobs", &list);
    if (!code && (!weir_json_is_array(&list) || !weir_json_size(&list)))
        code = weir_json_error(&list, "must be a list of at least one job");
    if (code)
        return code;
    builder.workload = weir_alloc(1, sizeof *builder.workload);
    builder.workload->path = weir_copy(file);
    for (int i = 0; i < weir_json_size(&list) && !code; i++) {
        struct weir_json job = weir_json_at(&list, i);
        int wrong = add_jobs(&job, &builder, i);
        broken += wrong != WEIR_OK;
        code = weir_error_keep(wrong);
    }
    if (!code && broken)
        code = weir_error_again();
    if (!code)
        code = sort_jobs(&list, &builder);
    free(builder.origin);
    if (code) {
        weir_workload_free(builder.workload);
        return code;
    }
    *workload = builder.workload;
    return WEIR_OK;
}

void weir_workload_free(struct weir_workload *workload)
{
    if (!workload)
        return;
    for (int i = 0; i < workload->job_count; i++)
        free_job(&workload->jobs[i]);
    for (int i = 0; i < workload->load_count; i++)
        weir_load_free(workload->loads[i]);
    free(workload->jobs);
    free(workload->loads);
    free(workload->path);
    free(workload);
}
