#include "policies/support/reach.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "policies/support/demand.h"
#include "sim/base/memory.h"

/* Instances that bring less than this share are not worth having. */
#define WORTH 0.01
/* Each must bring this share of what it would serve alone. */
#define EFFECT 0.1
/* A host that reports more of its cores in use is busy. */
#define BUSY 0.8
/* Of what rounding adds. */
#define SLACK 1e-9

static double cores_of(const struct weir_host_view *host)
{
    double cores = host->cores > 0 ? host->cores : 1;
    return host->slots > 0 && host->slots < cores ? host->slots : cores;
}

/* Instances that outnumber the cores of a busy host have a part of one each. */
static bool crowded(const struct weir_view *view, const struct weir_operator_view *op)
{
    for (int i = 0; i < op->instance_count; i++) {
        int h = op->instances[i].host;
        if (h < 0 || h >= view->host_count)
            continue;
        const struct weir_host_view *host = &view->hosts[h];
        if (host->instances > host->cores && host->cpu > BUSY)
            return true;
    }
    return false;
}

static double declared_rate(const struct weir_view *view, const struct weir_operator_view *op)
{
    double sum = 0;
    for (int i = 0; i < op->instance_count; i++)
        if (op->instances[i].host >= 0 && op->instances[i].host < view->host_count)
            sum += weir_declared_rate(op, &view->hosts[op->instances[i].host], op->instances[i].cpu_share);
    return op->instance_count > 0 ? sum / op->instance_count : 0;
}

/* What a core of the first host it is on could do in the time that an item takes it, flop. */
static double flops_of(const struct weir_view *view, const struct weir_placement *first,
                       const struct weir_reach_operator *of)
{
    if (of->pool < 0 || !(of->rate > 0) || isinf(of->rate))
        return 0;
    return view->hosts[first->host].speed_flops_per_s * of->share / of->rate;
}

/* The hosts that the operator may spread to, and the instances that they have room for. */
static void find_pool(const struct weir_view *view, const struct weir_plan *plan, int job, int op,
                      struct weir_reach_operator *into)
{
    int count;
    const struct weir_placement *placed = weir_plan_get(plan, job, op, &count);
    into->most = into->seen->max_parallelism;
    into->pool = -1;
    into->share = count > 0 && placed[0].cpu_share > 0 ? placed[0].cpu_share : 1;
    if (count == 0 || placed[0].host < 0 || placed[0].host >= view->host_count)
        return;
    into->pool = (int)view->hosts[placed[0].host].tier;
    long room = count;
    for (int h = 0; h < view->host_count && room < into->most; h++)
        if (view->hosts[h].up && (int)view->hosts[h].tier == into->pool)
            room += weir_plan_free_slots(plan, h);
    if (room < into->most)
        into->most = (int)room;
}

/* What is left of the cores of each tier, with what this job uses. */
static void fill_pools(struct weir_reach *reach, const struct weir_view *view, const double *flops)
{
    double used[WEIR_REACH_POOLS] = {0}, mine[WEIR_REACH_POOLS] = {0};
    for (int h = 0; h < view->host_count; h++) {
        const struct weir_host_view *host = &view->hosts[h];
        if (!host->up)
            continue;
        reach->pools_cores[host->tier] += cores_of(host);
        reach->pools_flops_per_s[host->tier] += cores_of(host) * host->speed_flops_per_s;
        if (isfinite(host->cpu) && host->cpu > 0 && !(host->speed_gpu_flops_per_s > 0)) /* of others it tells nothing */
            used[host->tier] += host->cpu * host->cores * host->speed_flops_per_s;
    }
    for (int o = 0; o < reach->count; o++)
        if (reach->operators[o].pool >= 0)
            mine[reach->operators[o].pool] += reach->operators[o].seen->processed_rate * flops[o];
    for (int p = 0; p < WEIR_REACH_POOLS; p++)
        reach->pools_flops_per_s[p] = fmax(reach->pools_flops_per_s[p] - fmax(used[p] - mine[p], 0), mine[p]);
}

double weir_reach_capacity(const struct weir_reach *reach, int op, int n)
{
    const struct weir_reach_operator *of = &reach->operators[op];
    double instances = n;
    if (of->seen->range_share_count > 0) {
        int at = n < of->seen->range_share_count ? n : of->seen->range_share_count;
        double share = of->seen->range_share[at - 1];
        instances = share > 0 ? 1 / share : n;
    } else if (of->pool >= 0) {
        instances = fmin(instances, fmax(reach->pools_cores[of->pool], 1) / of->share);
    }
    return instances * of->rate;
}

int weir_reach_least(const struct weir_reach *reach, int op, double items_per_s)
{
    int best = reach->operators[op].best;
    for (int n = 1; n < best; n++)
        if (weir_reach_capacity(reach, op, n) >= items_per_s * (1 - SLACK))
            return n;
    return best;
}

/* Capacity need not grow with every instance: hot keys may meet in one range again. */
static void find_best(struct weir_reach *reach, int op, int present)
{
    struct weir_reach_operator *of = &reach->operators[op];
    of->best = 1;
    of->carried = weir_reach_capacity(reach, op, 1);
    for (int n = 2; n <= of->most && isfinite(of->rate); n++) {
        double carried = weir_reach_capacity(reach, op, n);
        if (!(carried - of->carried >= EFFECT * of->rate * (n - of->best)) || !(carried > 0))
            continue;
        of->best = n;
        of->carried = carried;
    }
    if (present > 0)
        of->carried = fmax(of->carried, weir_reach_capacity(reach, op, present));
}

/* Visits, and the most that comes through those before that drop. */
static void pass_on(struct weir_reach *reach, const struct weir_ds2_operator *operators)
{
    for (int o = 0; o < reach->count; o++) {
        struct weir_reach_operator *of = &reach->operators[o];
        of->visits = of->let = 0;
        for (int u = 0; u < operators[o].upstream_count; u++) {
            int from = operators[o].upstream[u];
            const struct weir_reach_operator *before = from < 0 ? NULL : &reach->operators[from];
            double selectivity = before && operators[from].selectivity > 0 ? operators[from].selectivity : 0;
            of->visits += before ? before->visits * selectivity : 1;
            of->let += !before ? INFINITY : selectivity > 0 ? fmin(before->let, before->carried) * selectivity : 0;
        }
    }
}

static void limit_job(struct weir_reach *reach, const double *flops)
{
    double work[WEIR_REACH_POOLS] = {0};
    reach->job_per_s = INFINITY;
    for (int o = 0; o < reach->count; o++) {
        const struct weir_reach_operator *of = &reach->operators[o];
        if (of->pool >= 0)
            work[of->pool] += of->visits * flops[o];
        if (of->visits > 0 && !(of->seen->dropped_rate > 0))
            reach->job_per_s = fmin(reach->job_per_s, of->carried / of->visits);
    }
    for (int p = 0; p < WEIR_REACH_POOLS; p++)
        if (work[p] > 0)
            reach->job_per_s = fmin(reach->job_per_s, reach->pools_flops_per_s[p] / work[p]);
    for (int o = 0; o < reach->count; o++)
        reach->operators[o].let = fmin(reach->operators[o].let, reach->operators[o].visits * reach->job_per_s);
}

void weir_reach_init(struct weir_reach *reach, const struct weir_view *view, const struct weir_plan *plan, int job,
                     const struct weir_ds2_operator *operators)
{
    const struct weir_job_view *seen = &view->jobs[job];
    *reach = (struct weir_reach){.count = seen->operator_count};
    reach->operators = weir_alloc((size_t)reach->count, sizeof *reach->operators);
    double *flops = weir_alloc((size_t)reach->count, sizeof *flops);
    for (int o = 0; o < reach->count; o++) {
        struct weir_reach_operator *of = &reach->operators[o];
        of->seen = &seen->operators[o];
        of->rate = operators[o].rate > 0 ? operators[o].rate : 0;
        if (crowded(view, of->seen))
            of->rate = fmax(of->rate, declared_rate(view, of->seen));
        find_pool(view, plan, job, o, of);
        int count;
        flops[o] = flops_of(view, weir_plan_get(plan, job, o, &count), of);
    }
    fill_pools(reach, view, flops);
    for (int o = 0; o < reach->count; o++)
        find_best(reach, o, seen->operators[o].instance_count);
    pass_on(reach, operators);
    limit_job(reach, flops);
    free(flops);
}

void weir_reach_fini(struct weir_reach *reach)
{
    free(reach->operators);
    *reach = (struct weir_reach){0};
}

static bool worth_one_more(const struct weir_reach *reach, int op, int n)
{
    return n < reach->operators[op].most &&
           weir_reach_capacity(reach, op, n + 1) >= (1 + WORTH) * weir_reach_capacity(reach, op, n);
}

int weir_reach_size(const struct weir_reach *reach, int op, double input, double factor)
{
    const struct weir_reach_operator *of = &reach->operators[op];
    if (!(input > 0))
        return 1;
    bool held_back = factor * input > of->let;
    int least = weir_reach_least(reach, op, held_back ? fmin(factor * input, (1 - WORTH) * of->let) : factor * input);
    int size = least;
    if (held_back && worth_one_more(reach, op, least) &&
        weir_reach_least(reach, op, factor * fmin(input, of->let)) > least)
        size++;
    int groups = of->seen->key_groups;
    int needed = held_back ? least : weir_reach_least(reach, op, input);
    if (groups > 0 && size == needed && groups % size != 0 && groups % (size + 1) == 0 &&
        worth_one_more(reach, op, size))
        size++;
    return size;
}
