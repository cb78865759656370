#include "sim/experiment/held.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/experiment/outage_share.h"

/* Below this share nobody is said to be held back (Flink's web page calls a tenth and less "OK", too). */
#define HELD_LEAST  0.1
#define ROUTE_LINKS 64

/* How long a stage has waited for something: an operator (its stage), a link or a host (its index). */
struct blame {
    int stage;
    enum weir_hold_kind kind;
    int id;
    double waited_s;
};

struct stage_sum {
    double lived_s, held_s, hottest_s;
    int last_host; /* where one of its instances was; while it has none it waits for that */
};

struct job_held {
    struct stage_sum *stages; /* NULL: not seen yet */
    struct blame *blames;
    size_t blame_count, blame_capacity;
};

struct weir_held {
    const struct weir_scenario *scenario;
    struct job_held *jobs;
    int *first_op; /* of each job, among the operators of the result */
    struct weir_outage_share *outages;
    char **links; /* names, as the view has them */
    double *use;  /* of the window that closes */
    int link_count, heard;
    double *link_down_s, *host_down_s;
    double closed_s, measured_s;
    struct weir_stage *stages; /* of one job: room for the largest */
    struct weir_hold *holds;
    struct weir_way *ways;
    int *way_links;
    size_t stage_capacity, hold_capacity, way_capacity, link_capacity;
};

void weir_held_metric(struct weir_held *held, const char *job, const char *host, const char *metric, double value)
{
    if (*job || strcmp(metric, "use") != 0)
        return;
    for (int tried = 0; tried < held->link_count; tried++) { /* they come in the links' order */
        int l = held->heard++ % held->link_count;
        if (strcmp(held->links[l], host) == 0) {
            held->use[l] = value;
            return;
        }
    }
}

static void know_links(struct weir_held *held, const struct weir_view *view)
{
    held->link_count = view->link_count;
    held->links = weir_alloc((size_t)view->link_count, sizeof *held->links);
    held->use = weir_alloc((size_t)view->link_count, sizeof *held->use);
    held->link_down_s = weir_alloc((size_t)view->link_count, sizeof *held->link_down_s);
    held->host_down_s = weir_alloc((size_t)view->host_count, sizeof *held->host_down_s);
    for (int l = 0; l < view->link_count; l++)
        held->links[l] = weir_copy(view->links[l].name);
    weir_outage_share_links(held->outages, held->links, held->link_count);
}

/* The fullest link between the hosts of two sides; -1 where nothing lies between. */
static int fullest(const struct weir_held *held, const struct weir_view *view, const struct weir_placement *from,
                   int from_count, const struct weir_placement *to, int to_count, double *used)
{
    int most = -1, links[ROUTE_LINKS];
    *used = 0;
    for (int a = 0; a < from_count; a++)
        for (int b = 0; b < to_count; b++) {
            if (from[a].host == to[b].host || (a && from[a].host == from[a - 1].host) ||
                (b && to[b].host == to[b - 1].host))
                continue;
            int count = view->route_links(view, from[a].host, to[b].host, links, ROUTE_LINKS);
            for (int i = 0; i < count && i < ROUTE_LINKS; i++) {
                double level = held->use[links[i]] + weir_outage_share_of_link(held->outages, links[i]);
                if (level > *used) {
                    *used = level;
                    most = links[i];
                }
            }
        }
    return most;
}

/* A way from a stage, if that is held back; else nobody asks for it. */
static void add_way(struct weir_held *held, const struct weir_view *view, const struct weir_job_view *job, int from,
                    int to, int count)
{
    const struct weir_placement source = {.host = job->source_host}, sink = {.host = job->sink_host};
    const struct weir_operator_view *sender = from ? &job->operators[from - 1] : NULL;
    const struct weir_operator_view *taker = to >= 0 ? &job->operators[to - 1] : NULL;
    held->ways = weir_grow(held->ways, (size_t)count + 1, &held->way_capacity, sizeof *held->ways);
    held->way_links = weir_grow(held->way_links, (size_t)count + 1, &held->link_capacity, sizeof *held->way_links);
    struct weir_way *way = &held->ways[count];
    *way = (struct weir_way){from, to, 0};
    held->way_links[count] = -1;
    if (held->stages[from].held > 0)
        held->way_links[count] =
            fullest(held, view, sender ? sender->instances : &source, sender ? sender->instance_count : 1,
                    taker ? taker->instances : &sink, taker ? taker->instance_count : 1, &way->used);
}

static int add_ways(struct weir_held *held, const struct weir_view *view, const struct weir_job_view *job)
{
    int count = 0;
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        for (int u = 0; u < op->upstream_count; u++)
            add_way(held, view, job, op->upstream[u] + 1, o + 1, count++);
        for (int d = 0; d < op->downstream_count; d++)
            if (op->downstream[d] < 0 && job->sink_host >= 0)
                add_way(held, view, job, o + 1, -1, count++);
    }
    return count;
}

/* Of an operator, the host of its instances that was down most; where it has none, where the last was. */
static int down_host(const struct weir_held *held, const struct weir_operator_view *op, int last_host)
{
    int most = op->instance_count ? op->instances[0].host : last_host;
    for (int i = 1; i < op->instance_count; i++)
        if (weir_outage_share_of_host(held->outages, op->instances[i].host) >
            weir_outage_share_of_host(held->outages, most))
            most = op->instances[i].host;
    return most;
}

static struct weir_stage stage_of(const struct weir_held *held, const struct weir_operator_view *op, int *last_host)
{
    struct weir_stage stage = {.held = op->backpressured, .busy = op->busy};
    *last_host = down_host(held, op, *last_host);
    stage.down = weir_outage_share_of_host(held->outages, *last_host);
    for (int i = 0; i < op->instance_count; i++) {
        double busy = op->instance_busy ? op->instance_busy[i] : NAN;
        if (busy > stage.busy)
            stage.busy = busy;
    }
    return stage;
}

static void blame(struct job_held *sums, int stage, enum weir_hold_kind kind, int id, double waited_s)
{
    for (size_t b = 0; b < sums->blame_count; b++) {
        struct blame *one = &sums->blames[b];
        if (one->stage == stage && one->kind == kind && one->id == id) {
            one->waited_s += waited_s;
            return;
        }
    }
    sums->blames = weir_grow(sums->blames, sums->blame_count + 1, &sums->blame_capacity, sizeof *sums->blames);
    sums->blames[sums->blame_count++] = (struct blame){stage, kind, id, waited_s};
}

static void hear_job(struct weir_held *held, const struct weir_view *view, const struct weir_job_view *job,
                     struct job_held *sums, double past_s)
{
    int count = job->operator_count + 1;
    bool any = job->source_backpressured > 0;
    held->stages = weir_grow(held->stages, (size_t)count, &held->stage_capacity, sizeof *held->stages);
    held->holds = weir_grow(held->holds, (size_t)count, &held->hold_capacity, sizeof *held->holds);
    if (!sums->stages)
        sums->stages = weir_alloc((size_t)count, sizeof *sums->stages);
    held->stages[0] = (struct weir_stage){.held = job->source_backpressured};
    for (int s = 0; s < count; s++) {
        if (s) {
            held->stages[s] = stage_of(held, &job->operators[s - 1], &sums->stages[s].last_host);
            any |= held->stages[s].held > 0;
        }
        sums->stages[s].lived_s += past_s;
        sums->stages[s].held_s += held->stages[s].held * past_s;
        sums->stages[s].hottest_s += held->stages[s].busy * past_s;
    }
    if (!any)
        return;
    int ways = add_ways(held, view, job);
    weir_bottleneck_holds(held->stages, count, held->ways, ways, held->holds);
    for (int s = 0; s < count; s++) {
        const struct weir_hold *hold = &held->holds[s];
        int id = hold->at;
        if (!(held->stages[s].held > 0) || hold->kind == WEIR_HOLD_NONE)
            continue;
        if (hold->kind == WEIR_HOLD_LINK)
            id = held->way_links[hold->at];
        else if (hold->kind == WEIR_HOLD_HOST)
            id = sums->stages[hold->at].last_host;
        blame(sums, s, hold->kind, id, held->stages[s].held * past_s);
    }
}

static int hear(void *context, const struct weir_view *view, struct weir_wish *wishes)
{
    struct weir_held *held = context;
    (void)wishes;
    if (!held->links)
        know_links(held, view);
    double from_s = held->closed_s, past_s = view->time_s - from_s;
    held->closed_s = view->time_s;
    if (view->time_s > held->scenario->warmup_s && past_s > 0) {
        held->measured_s += past_s;
        weir_outage_share_window(held->outages, from_s, view->time_s);
        for (int l = 0; l < held->link_count; l++)
            held->link_down_s[l] += weir_outage_share_of_link(held->outages, l) * past_s;
        for (int h = 0; h < view->host_count; h++)
            held->host_down_s[h] += weir_outage_share_of_host(held->outages, h) * past_s;
        for (int j = 0; j < view->job_count; j++)
            if (view->jobs[j].running)
                hear_job(held, view, &view->jobs[j], &held->jobs[j], past_s);
    }
    memset(held->use, 0, (size_t)held->link_count * sizeof *held->use);
    held->heard = 0;
    return 0;
}

struct weir_held *weir_held_new(const struct weir_run_spec *spec, struct weir_control *control)
{
    const struct weir_workload *workload = spec->scenario->workload;
    if (!workload || !spec->scenario->platform)
        return NULL;
    struct weir_held *held = weir_alloc(1, sizeof *held);
    held->scenario = spec->scenario;
    held->jobs = weir_alloc((size_t)workload->job_count, sizeof *held->jobs);
    held->first_op = weir_alloc((size_t)workload->job_count, sizeof *held->first_op);
    for (int j = 1; j < workload->job_count; j++)
        held->first_op[j] = held->first_op[j - 1] + workload->jobs[j - 1].operator_count;
    held->outages = weir_outage_share_new(spec->scenario, spec->seed);
    *control = (struct weir_control){.context = held, .window = hear};
    return held;
}

void weir_held_free(struct weir_held *held)
{
    if (!held)
        return;
    for (int j = 0; j < held->scenario->workload->job_count; j++) {
        free(held->jobs[j].stages);
        free(held->jobs[j].blames);
    }
    for (int l = 0; l < held->link_count; l++)
        free(held->links[l]);
    weir_outage_share_free(held->outages);
    free(held->jobs);
    free(held->first_op);
    free(held->links);
    free(held->use);
    free(held->link_down_s);
    free(held->host_down_s);
    free(held->stages);
    free(held->holds);
    free(held->ways);
    free(held->way_links);
    free(held);
}

/* How long all stages together have waited for the same as a blame. */
static double waited_for(const struct job_held *sums, const struct blame *what)
{
    double total_s = 0;
    for (size_t b = 0; b < sums->blame_count; b++)
        if (sums->blames[b].kind == what->kind && sums->blames[b].id == what->id)
            total_s += sums->blames[b].waited_s;
    return total_s;
}

static double share_of(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static int longest_first(const void *a, const void *b)
{
    const struct weir_waiter_share *x = a, *y = b;
    if (x->share != y->share)
        return x->share > y->share ? -1 : 1;
    return x->stage - y->stage;
}

/* Share of its time that a stage is held back: of an operator as the result has it. */
static double held_share(const struct job_held *sums, const struct weir_operator_total *operators, int stage)
{
    if (stage > 0)
        return operators[stage - 1].backpressured;
    return sums->stages ? share_of(sums->stages[0].held_s, sums->stages[0].lived_s) : 0;
}

/* Who waits for it, or (NULL) who waits at all. */
static void list_waits(const struct job_held *sums, const struct weir_operator_total *operators, int stages,
                       const struct blame *what, struct weir_verdict *verdict)
{
    verdict->waits = weir_alloc((size_t)stages, sizeof *verdict->waits);
    for (int s = 0; s < stages && sums->stages; s++) {
        double share = held_share(sums, operators, s);
        if (what) {
            double waited_s = 0;
            for (size_t b = 0; b < sums->blame_count; b++)
                if (sums->blames[b].stage == s && sums->blames[b].kind == what->kind && sums->blames[b].id == what->id)
                    waited_s = sums->blames[b].waited_s;
            share *= fmin(1, share_of(waited_s, sums->stages[s].held_s));
        }
        if (share > 0)
            verdict->waits[verdict->wait_count++] =
                (struct weir_waiter_share){s, s ? operators[s - 1].name : NULL, share};
    }
    if (verdict->wait_count)
        qsort(verdict->waits, (size_t)verdict->wait_count, sizeof *verdict->waits, longest_first);
}

static double dropped_share(const struct weir_operator_total *op)
{
    return share_of((double)op->dropped, (double)op->dropped + (double)op->arrived);
}

/* The operator that drops the largest share of its items, or the busiest one; -1: there is none. */
static int worst(const struct weir_operator_total *operators, int count, bool by_drops)
{
    int most = -1;
    for (int o = 0; o < count; o++)
        if (most < 0 || (by_drops ? dropped_share(&operators[o]) > dropped_share(&operators[most])
                                  : operators[o].busy > operators[most].busy))
            most = o;
    return most;
}

static void name_operator(const struct job_held *sums, const struct weir_operator_total *op, int stage,
                          struct weir_verdict *verdict)
{
    verdict->name = op->name;
    verdict->share = op->busy;
    verdict->dropped = dropped_share(op);
    if (sums->stages)
        verdict->hottest = share_of(sums->stages[stage].hottest_s, sums->stages[stage].lived_s);
}

static void name_link(const struct weir_held *held, const struct weir_result *result, int link,
                      struct weir_verdict *verdict)
{
    verdict->name = held->links[link];
    verdict->lost = share_of(held->link_down_s[link], held->measured_s);
    for (int l = 0; l < result->link_count; l++)
        if (strcmp(result->links[l].name, verdict->name) == 0)
            verdict->share = result->links[l].use;
}

bool weir_held_covers(const struct weir_held *held, const struct weir_result *result)
{
    const struct weir_workload *workload = held->scenario->workload;
    int last = workload->job_count - 1;
    return result->job_count == workload->job_count &&
           (last < 0 || result->operator_count == held->first_op[last] + workload->jobs[last].operator_count);
}

void weir_held_verdict(const struct weir_held *held, const struct weir_result *result, int job,
                       struct weir_verdict *verdict)
{
    const struct job_held *sums = &held->jobs[job];
    const struct weir_job *spec = &held->scenario->workload->jobs[job];
    const struct weir_operator_total *operators = result->operators + held->first_op[job];
    const struct blame *most = NULL;
    *verdict = (struct weir_verdict){.source_held = held_share(sums, operators, 0)};
    for (size_t b = 0; b < sums->blame_count; b++)
        if (!most || waited_for(sums, &sums->blames[b]) > waited_for(sums, most))
            most = &sums->blames[b];
    list_waits(sums, operators, spec->operator_count + 1, most, verdict);
    int drops = worst(operators, spec->operator_count, true), busiest = worst(operators, spec->operator_count, false);
    double longest = verdict->wait_count ? verdict->waits[0].share : 0;
    if (drops >= 0 && dropped_share(&operators[drops]) >= fmax(HELD_LEAST, longest)) {
        struct blame what = {.kind = WEIR_HOLD_OPERATOR, .id = drops + 1};
        free(verdict->waits);
        verdict->wait_count = 0;
        list_waits(sums, operators, spec->operator_count + 1, &what, verdict);
        verdict->kind = WEIR_HOLD_OPERATOR;
        name_operator(sums, &operators[drops], drops + 1, verdict);
    } else if (!most || longest < HELD_LEAST) {
        if (busiest >= 0)
            name_operator(sums, &operators[busiest], busiest + 1, verdict);
    } else {
        verdict->kind = most->kind;
        if (most->kind == WEIR_HOLD_OPERATOR)
            name_operator(sums, &operators[most->id - 1], most->id, verdict);
        else if (most->kind == WEIR_HOLD_LINK)
            name_link(held, result, most->id, verdict);
        else {
            verdict->name = held->scenario->platform->hosts[most->id].name;
            verdict->lost = share_of(held->host_down_s[most->id], held->measured_s);
        }
    }
}
