#include "sim/experiment/preview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/model/scenario_bounds.h"

/* What a run takes of a processor: to begin and end, and for each item and operator (0.4 to 0.5 us on the shipped
 * scenarios, transfers included). */
#define RUN_S     0.1
#define SERVICE_S 0.45e-6

enum { JOBS_AT_MOST = 2000, SAMPLES = 4000 };

/* Mean and peak of what a job's source gives while it is there. */
static void find_rates(const struct weir_scenario *scenario, const struct weir_job *job, double *mean, double *peak)
{
    double until_s = fmin(job->depart_s, scenario->duration_s) - job->arrive_s;
    *mean = *peak = 0;
    if (!job->load || !(until_s > 0))
        return;
    *mean = weir_load_mean_rate(job->load, until_s);
    for (int i = 0; i < SAMPLES; i++)
        *peak = fmax(*peak, weir_load_rate_at(job->load, until_s * (i + 0.5) / SAMPLES));
    *peak = fmax(*peak, *mean);
}

/* Pairs with what flows between them, gathered before they are put together. */
struct gather {
    struct weir_preview *preview;
    size_t capacity[2];
};

static void add_pair(struct gather *g, int from, int to, double bytes_per_s)
{
    struct weir_preview *p = g->preview;
    if (from < 0 || to < 0 || from == to)
        return;
    p->pairs = weir_grow(p->pairs, p->pair_count + 1, &g->capacity[0], sizeof *p->pairs);
    p->pair_bytes_per_s =
        weir_grow(p->pair_bytes_per_s, p->pair_count + 1, &g->capacity[1], sizeof *p->pair_bytes_per_s);
    p->pairs[p->pair_count] = (struct weir_pair){from, to};
    p->pair_bytes_per_s[p->pair_count++] = bytes_per_s;
}

/* The instances of an operator among those of its job; of the source or the sink, the one host in `other`. */
static int hosts_of(const struct weir_job *job, const int *placed, int op, const int *other, const int **hosts)
{
    *hosts = op < 0 ? other : placed;
    for (int o = 0; o < op; o++)
        *hosts += job->operators[o].parallelism;
    return op < 0 ? 1 : job->operators[op].parallelism;
}

/* What comes into each operator for each item of the source; operators are in topological order. */
static void find_shares(const struct weir_job *job, double *in)
{
    for (int o = 0; o < job->operator_count; o++) {
        bool all = job->operators[o].join_all, first = true;
        in[o] = 0;
        for (int e = 0; e < job->edge_count; e++) {
            const struct weir_edge *edge = &job->edges[e];
            if (edge->to != o)
                continue;
            double share = edge->from < 0 ? 1 : in[edge->from] * job->operators[edge->from].selectivity;
            in[o] = all ? (first ? share : fmin(in[o], share)) : in[o] + share;
            first = false;
        }
    }
}

static void add_op(struct weir_preview *preview, int j, int o, double mean, double peak, const int *hosts)
{
    const struct weir_platform *platform = preview->scenario->platform;
    const struct weir_operator *op = &preview->scenario->workload->jobs[j].operators[o];
    struct weir_preview_op *row = &preview->ops[preview->op_count++];
    *row = (struct weir_preview_op){.job = j, .op = o, .mean_per_s = mean, .peak_per_s = peak};
    double flops = weir_operator_item_flops(op) * weir_operator_slowdown(op, op->parallelism);
    for (int i = 0; i < op->parallelism; i++)
        row->capacity_per_s += weir_platform_speed(&platform->hosts[hosts[i]], op->work_class) *
                               fmin((double)op->concurrency, platform->hosts[hosts[i]].cores) / flops;
    if (!(flops > 0))
        row->capacity_per_s = INFINITY;
    row->use = row->capacity_per_s > 0 ? peak / row->capacity_per_s : op->parallelism ? INFINITY : 0;
    for (int i = 0; i < op->parallelism; i++) { /* of what comes, each gets as much */
        struct weir_preview_host *host = &preview->hosts[hosts[i]];
        double speed = weir_platform_speed(&platform->hosts[hosts[i]], op->work_class);
        double busy = speed > 0 ? peak / op->parallelism * flops / speed : 0;
        host->cores += fmin(busy, (double)op->concurrency);
        host->state_bytes += op->state_bytes;
        host->instances++;
    }
}

static void add_job(struct gather *g, int j, const int *placed)
{
    struct weir_preview *preview = g->preview;
    const struct weir_job *job = &preview->scenario->workload->jobs[j];
    double mean, peak, *in = weir_alloc((size_t)job->operator_count + 1, sizeof *in);
    const int *from, *to;
    find_rates(preview->scenario, job, &mean, &peak);
    find_shares(job, in);
    for (int o = 0; o < job->operator_count; o++) {
        hosts_of(job, placed, o, NULL, &to);
        add_op(preview, j, o, mean * in[o], peak * in[o], to);
        double stays_s = fmin(job->depart_s, preview->scenario->duration_s) - job->arrive_s;
        preview->services += fmin(mean * in[o], preview->ops[preview->op_count - 1].capacity_per_s) * fmax(stays_s, 0);
    }
    for (int e = 0; e < job->edge_count; e++) {
        const struct weir_edge *edge = &job->edges[e];
        int senders = hosts_of(job, placed, edge->from, &job->source_host, &from);
        int receivers = hosts_of(job, placed, edge->to, &job->sink_host, &to);
        double share = edge->from < 0 ? 1 : in[edge->from] * job->operators[edge->from].selectivity;
        double bytes_per_s = peak * share * edge->bytes / (senders * (double)receivers);
        for (int s = 0; s < senders; s++)
            for (int r = 0; r < receivers; r++)
                add_pair(g, from[s], to[r], bytes_per_s);
    }
    free(in);
}

struct weighted {
    struct weir_pair pair;
    double bytes_per_s;
};

static int by_ends(const void *a, const void *b)
{
    const struct weighted *x = a, *y = b;
    if (x->pair.from != y->pair.from)
        return x->pair.from < y->pair.from ? -1 : 1;
    return (x->pair.to > y->pair.to) - (x->pair.to < y->pair.to);
}

/* Pairs that are there several times become one. */
static void merge_pairs(struct weir_preview *preview)
{
    size_t n = preview->pair_count, kept = 0;
    struct weighted *all = weir_alloc(n + 1, sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] = (struct weighted){preview->pairs[i], preview->pair_bytes_per_s[i]};
    if (n)
        qsort(all, n, sizeof *all, by_ends);
    for (size_t i = 0; i < n; i++) {
        if (kept && by_ends(&all[kept - 1], &all[i]) == 0)
            all[kept - 1].bytes_per_s += all[i].bytes_per_s;
        else
            all[kept++] = all[i];
    }
    for (size_t i = 0; i < kept; i++) {
        preview->pairs[i] = all[i].pair;
        preview->pair_bytes_per_s[i] = all[i].bytes_per_s;
    }
    preview->pair_count = kept;
    free(all);
}

void weir_preview_make(const struct weir_scenario *scenario, struct weir_preview *preview)
{
    struct weir_initial initial;
    *preview = (struct weir_preview){.scenario = scenario};
    struct gather gather = {.preview = preview};
    weir_initial_place(scenario, JOBS_AT_MOST, &initial);
    size_t ops = 0;
    for (int j = 0; j < initial.job_count; j++)
        ops += (size_t)scenario->workload->jobs[j].operator_count;
    preview->ops = weir_alloc(ops + 1, sizeof *preview->ops);
    preview->hosts = weir_alloc(scenario->platform->host_count, sizeof *preview->hosts);
    for (int j = 0; j < initial.job_count; j++)
        add_job(&gather, j, initial.hosts[j]);
    preview->jobs_left_out = scenario->workload->job_count - initial.job_count;
    if (initial.job_count)
        preview->services *= (double)scenario->workload->job_count / initial.job_count;
    merge_pairs(preview);
    weir_initial_fini(&initial);
}

double weir_preview_run_s(const struct weir_preview *preview)
{
    return RUN_S + SERVICE_S * preview->services;
}

void weir_preview_fini(struct weir_preview *preview)
{
    free(preview->ops);
    free(preview->hosts);
    free(preview->links);
    free(preview->pairs);
    free(preview->pair_bytes_per_s);
    *preview = (struct weir_preview){0};
}

/* --- for people --- */

static double link_use(const struct weir_probe_link *link)
{
    return link->bandwidth_bytes_per_s > 0 ? link->bytes_per_s / link->bandwidth_bytes_per_s : INFINITY;
}

/* How full a host is: of its cores, its slots or its memory, whatever is fullest. */
static double host_use(const struct weir_preview *preview, size_t h)
{
    const struct weir_host *spec = &preview->scenario->platform->hosts[h];
    const struct weir_preview_host *host = &preview->hosts[h];
    double use = host->cores / spec->cores;
    if (spec->slots)
        use = fmax(use, (double)host->instances / spec->slots);
    return spec->memory_bytes > 0 ? fmax(use, host->state_bytes / spec->memory_bytes) : use;
}

/* Something with a use, to be put in order. */
struct ranked {
    double use;
    size_t index;
};

static int by_use(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->use != y->use)
        return x->use > y->use ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

enum kind { OPS, LINKS, HOSTS };

static struct ranked *rank(const struct weir_preview *preview, enum kind kind, size_t *count)
{
    size_t n = kind == OPS     ? (size_t)preview->op_count
               : kind == LINKS ? preview->link_count
                               : preview->scenario->platform->host_count;
    struct ranked *list = weir_alloc(n + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        double use = kind == OPS     ? preview->ops[i].use
                     : kind == LINKS ? link_use(&preview->links[i])
                                     : host_use(preview, i);
        if (kind != HOSTS || preview->hosts[i].instances > 0)
            list[(*count)++] = (struct ranked){use, i};
    }
    qsort(list, *count, sizeof *list, by_use);
    return list;
}

static const char *show(enum weir_unit unit, double value, char buffer[32])
{
    return weir_quantity_show(unit, value, buffer, 32);
}

static void print_op(FILE *out, const struct weir_preview *preview, size_t i)
{
    const struct weir_preview_op *row = &preview->ops[i];
    const struct weir_job *job = &preview->scenario->workload->jobs[row->job];
    const struct weir_operator *op = &job->operators[row->op];
    char mean[32], peak[32], capacity[32];
    fprintf(out, "%s/%s: %s, %s at the peak", job->name, op->name, show(WEIR_UNIT_RATE, row->mean_per_s, mean),
            show(WEIR_UNIT_RATE, row->peak_per_s, peak));
    if (!op->parallelism)
        fprintf(out, "; no instance at the start");
    else if (isinf(row->capacity_per_s))
        fprintf(out, "; no work");
    else
        fprintf(out, "; %d instance%s can do %s: use %.2f", op->parallelism, op->parallelism == 1 ? "" : "s",
                show(WEIR_UNIT_RATE, row->capacity_per_s, capacity), row->use);
}

static void print_link(FILE *out, const struct weir_preview *preview, size_t i)
{
    const struct weir_probe_link *link = &preview->links[i];
    char bytes[32], bandwidth[32];
    fprintf(out, "%s: %s at the peak of %s: use %.2f", link->name, show(WEIR_UNIT_BANDWIDTH, link->bytes_per_s, bytes),
            show(WEIR_UNIT_BANDWIDTH, link->bandwidth_bytes_per_s, bandwidth), link_use(link));
}

static void print_host(FILE *out, const struct weir_preview *preview, size_t h)
{
    const struct weir_host *spec = &preview->scenario->platform->hosts[h];
    const struct weir_preview_host *host = &preview->hosts[h];
    char state[32], memory[32];
    fprintf(out, "%s: %.2f of %d cores", spec->name, host->cores, spec->cores);
    if (spec->slots)
        fprintf(out, ", %d of %d slots", host->instances, spec->slots);
    if (spec->memory_bytes > 0 && host->state_bytes > 0)
        fprintf(out, ", %s of %s of memory", show(WEIR_UNIT_BYTES, host->state_bytes, state),
                show(WEIR_UNIT_BYTES, spec->memory_bytes, memory));
}

static void (*const printers[])(FILE *, const struct weir_preview *, size_t) = {print_op, print_link, print_host};
static const char *const nouns[] = {"operator", "link", "host"};

/* "windows.csv.gz: about 11200000 rows, 491 MB before it is compressed" */
static void print_record(FILE *out, const struct weir_scenario *scenario)
{
    struct weir_record_size size;
    char bytes[32];
    weir_scenario_record_size(scenario, scenario->record_operators, scenario->record_hosts, scenario->record_links,
                              &size);
    fprintf(out, "  windows.csv%s: about %.3g rows, %s%s\n", scenario->record_gzip ? ".gz" : "", size.rows,
            show(WEIR_UNIT_BYTES, size.bytes, bytes), scenario->record_gzip ? " before it is compressed" : "");
}

/* "  run: about 3.75e+06 items from sources, 12 MB of memory beside the platform, 8.5 s of a processor and what
 * policies compute; 9 runs" */
static void print_needs(FILE *out, const struct weir_preview *preview)
{
    const struct weir_scenario *scenario = preview->scenario;
    struct weir_needs needs;
    char bytes[32], time[32];
    weir_scenario_needs(scenario, &needs);
    int runs = scenario->stack_count * scenario->seed_count;
    fprintf(
        out,
        "  run: about %.3g items from sources, %s of memory beside the platform, %s of a processor and what policies "
        "compute; %d run%s\n",
        needs.items, show(WEIR_UNIT_BYTES, needs.memory_bytes, bytes),
        show(WEIR_UNIT_TIME, weir_preview_run_s(preview), time), runs, runs == 1 ? "" : "s");
}

void weir_preview_print(FILE *out, const struct weir_preview *preview, int most)
{
    for (int kind = OPS; kind <= HOSTS; kind++) {
        size_t count;
        struct ranked *list = rank(preview, (enum kind)kind, &count);
        for (size_t i = 0; i < count && i < (size_t)most; i++) {
            fprintf(out, "  %s ", nouns[kind]);
            printers[kind](out, preview, list[i].index);
            fputc('\n', out);
        }
        if (count > (size_t)most)
            fprintf(out, "  and %zu %ss that are used less\n", count - (size_t)most, nouns[kind]);
        free(list);
    }
    print_needs(out, preview);
    print_record(out, preview->scenario);
    if (preview->jobs_left_out)
        fprintf(out, "  %d more jobs are left out of these figures\n", preview->jobs_left_out);
}

void weir_preview_line(FILE *out, const struct weir_preview *preview)
{
    fputs("before the run:", out);
    for (int kind = OPS; kind <= HOSTS; kind++) {
        size_t count;
        struct ranked *list = rank(preview, (enum kind)kind, &count);
        if (count) {
            fprintf(out, "%s busiest %s ", kind == OPS ? "" : " |", nouns[kind]);
            printers[kind](out, preview, list[0].index);
        }
        free(list);
    }
}
