/* What of a job can be scheduled, in which tier, and what a request of it takes there. */
#include <stdlib.h>

#include "policies/sentinel/live.h"
#include "sim/base/memory.h"

/* The tier of the operator's default placement. The source alone is what stands where a workload says nothing. */
static int tier_of(const struct weir_view *view, const struct weir_job_view *job, int op)
{
    const struct weir_operator_view *seen = &job->operators[op];
    if (seen->where_count == 0 || (seen->where_count == 1 && seen->where[0] == job->source_host))
        return LIVE_ANY;
    return (int)view->hosts[seen->where[0]].tier;
}

/* Without state, and not bound to devices. */
static bool free_to_go(const struct weir_view *view, const struct weir_job_view *job, int op)
{
    const struct weir_operator_view *seen = &job->operators[op];
    return !seen->stateful && !seen->joins && seen->window_s <= 0 && tier_of(view, job, op) != WEIR_VIEW_DEVICE;
}

/* Items that operators take in and give out for one of the source: flow[2 o] and flow[2 o + 1]. */
static double *flows_of(const struct weir_job_view *job)
{
    double *flow = weir_alloc(2 * (size_t)job->operator_count, sizeof *flow);
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        for (int u = 0; u < op->upstream_count; u++)
            flow[2 * o] += op->upstream[u] < 0 ? 1 : flow[2 * op->upstream[u] + 1];
        if (op->joins && op->upstream_count > 0)
            flow[2 * o] /= op->upstream_count;
        flow[2 * o + 1] = flow[2 * o] * op->selectivity;
    }
    return flow;
}

int live_tier(const struct weir_view *view, const struct weir_job_view *job)
{
    double *flow = flows_of(job), work[LIVE_ANY + 1] = {0};
    bool there[LIVE_ANY + 1] = {false};
    int most = LIVE_ANY;
    for (int o = 0; o < job->operator_count; o++)
        if (free_to_go(view, job, o)) {
            work[tier_of(view, job, o)] += flow[2 * o] * job->operators[o].flops_per_item;
            there[tier_of(view, job, o)] = true;
        }
    for (int t = WEIR_VIEW_EDGE; t <= WEIR_VIEW_CLOUD; t++)
        if (there[t] && (most == LIVE_ANY || work[t] > work[most]))
            most = t;
    free(flow);
    return most;
}

bool live_movable(const struct weir_view *view, const struct weir_job_view *job, int op, int tier)
{
    int own = tier_of(view, job, op);
    return free_to_go(view, job, op) && (own == LIVE_ANY || own == tier);
}

void live_request(const struct weir_view *view, const struct weir_job_view *job, int tier, double *bytes, double *flops)
{
    double *flow = flows_of(job);
    *bytes = *flops = 0;
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        if (!live_movable(view, job, o, tier))
            continue;
        *flops += flow[2 * o] * op->flops_per_item;
        for (int d = 0; d < op->downstream_count; d++)
            if (op->downstream[d] >= 0 || job->sink_host >= 0)
                *bytes += flow[2 * o + 1] * op->downstream_bytes[d];
    }
    free(flow);
}
