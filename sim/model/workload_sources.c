/* Several sources of a job. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

static int read_source_name(const struct weir_json *at, const struct weir_job *job, int index)
{
    struct weir_json child;
    const char *name;
    int code = weir_part_name_read(at, &child, &name);
    if (code)
        return code;
    for (int s = 0; s < index; s++)
        if (strcmp(job->sources[s].name, name) == 0)
            return weir_json_error(&child, "source \"%s\" is there twice; choose another name", name);
    job->sources[index].name = weir_copy(name);
    return WEIR_OK;
}

static int read_one_source(const struct weir_json *at, const char *file, const struct weir_platform *platform,
                           struct weir_job *job, int index)
{
    struct weir_source_spec *source = &job->sources[index];
    struct weir_json child;
    source->where.tier = -1;
    int code = read_source_name(at, job, index);
    if (!code)
        code = weir_param_read(weir_source_keys, at, source);
    if (!code)
        code = weir_json_need(at, "source", &child);
    if (!code)
        code = weir_where_read(&child, platform, false, &source->where);
    if (!code && weir_json_get(at, "backlog", &child))
        code = weir_param_read(weir_source_backlog_keys, &child, source);
    if (!code)
        code = weir_json_need(at, "load", &child);
    if (!code)
        code = weir_load_read(&child, file, &source->load);
    if (!code)
        source->host = weir_where_first(&source->where, platform, -1);
    return code;
}

/* Keys of the job that each of the sources has. */
static int check_others(const struct weir_json *at)
{
    static const char *const keys[] = {"source", "source_bytes", "load", "backlog", "workflow"};
    struct weir_json child;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (weir_json_get(at, keys[k], &child))
            return weir_json_error(&child, "stands beside \"sources\"; %s",
                                   k < 4 ? "give it to each of them" : "a workflow has one \"source\"");
    return WEIR_OK;
}

int weir_sources_read(const struct weir_json *at, const char *file, const struct weir_platform *platform,
                      struct weir_job *job)
{
    struct weir_json list;
    int code = weir_json_need(at, "sources", &list);
    if (!code)
        code = check_others(at);
    if (code)
        return code;
    int count = weir_json_size(&list);
    if (!weir_json_is_array(&list) || count < 1 || count > WEIR_SOURCES_AT_MOST)
        return weir_json_error(&list, "must be a list of 1 to %d sources", WEIR_SOURCES_AT_MOST);
    job->sources = weir_alloc((size_t)count, sizeof *job->sources);
    for (int s = 0; s < count && !code; s++) {
        struct weir_json child = weir_json_at(&list, s);
        code = read_one_source(&child, file, platform, job, job->source_count++);
    }
    return code;
}

void weir_sources_free(struct weir_job *job)
{
    for (int s = 0; s < job->source_count && !job->is_copy; s++) {
        free(job->sources[s].name);
        weir_where_fini(&job->sources[s].where);
    }
    free(job->sources);
}

struct weir_source_hosts *weir_sources_spread(const struct weir_job *job, const struct weir_platform *platform)
{
    if (!job->source_count)
        return NULL;
    int most = (int)platform->host_count;
    struct weir_source_hosts *spread = weir_alloc((size_t)job->source_count, sizeof *spread);
    for (int s = 0; s < job->source_count; s++) {
        spread[s].hosts = weir_alloc((size_t)most, sizeof *spread[s].hosts);
        spread[s].count = weir_where_hosts(&job->sources[s].where, platform, -1, spread[s].hosts, most);
    }
    return spread;
}

void weir_sources_spread_free(struct weir_source_hosts *spread, const struct weir_job *job)
{
    for (int s = 0; spread && s < job->source_count; s++)
        free(spread[s].hosts);
    free(spread);
}

void weir_sources_copy(struct weir_job *copy, const struct weir_source_hosts *spread, long number)
{
    if (!copy->source_count)
        return;
    size_t bytes = (size_t)copy->source_count * sizeof *copy->sources;
    copy->sources = memcpy(weir_alloc(1, bytes), copy->sources, bytes);
    for (int s = 0; s < copy->source_count; s++) {
        long site = number % spread[s].count;
        copy->sources[s].host = spread[s].hosts[site];
        copy->sources[s].load = weir_load_at_site(copy->sources[s].load, site);
    }
    copy->source_host = copy->sources[0].host;
    copy->load = copy->sources[0].load;
}

/* What cannot be with several sources. */
int weir_sources_check(const struct weir_json *at, const struct weir_job *job)
{
    for (int s = 0; s < job->source_count; s++) {
        bool leads = false;
        for (int e = 0; e < job->edge_count; e++)
            leads |= job->edges[e].from < 0 && job->edges[e].source == s;
        if (!leads)
            return weir_json_error(at, "source \"%s\" leads nowhere; add an edge from it, such as [\"%s\", \"%s\"]",
                                   job->sources[s].name, job->sources[s].name, job->operators[0].name);
        for (int o = 0; o < job->operator_count; o++)
            if (strcmp(job->sources[s].name, job->operators[o].name) == 0)
                return weir_json_error(at, "a source and an operator are called \"%s\"; choose another name",
                                       job->sources[s].name);
    }
    for (int o = 0; o < job->operator_count && job->source_count; o++)
        if (job->operators[o].join_all)
            return weir_json_error(at,
                                   "operator \"%s\" waits for the same item from every input, which several sources do "
                                   "not have; join by key (\"window\", \"interval\"), or merge",
                                   job->operators[o].name);
    return WEIR_OK;
}

double weir_job_declared_rate(const struct weir_job *job, double duration_s)
{
    double life_s = fmin(job->depart_s, duration_s) - job->arrive_s, rate = 0;
    for (int s = 0; s < job->source_count; s++)
        rate += weir_load_mean_rate(job->sources[s].load, life_s);
    return job->source_count ? rate : weir_load_mean_rate(job->load, life_s);
}

double weir_job_declared_items(const struct weir_job *job)
{
    double items = 0;
    for (int s = 0; s < job->source_count; s++)
        items += weir_load_items(job->sources[s].load);
    return job->source_count ? items : weir_load_items(job->load);
}
