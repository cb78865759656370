/* A decision as a plan: hosts, shares of cores, rates of transfers. */
#include <math.h>
#include <stdlib.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Shares and rates of streams follow measured rates, which are never still. */
#define STREAM_CHANGE 0.02
#define LEAST_SHARE   1e-6

struct carry {
    struct weir_offload *self;
    const struct weir_view *view;
    struct weir_plan *plan;
    const struct weir_offload_user *user;
    const int *placement;     /* [operator] of the user */
    const double *work_share; /* [operator] */
    const struct offload_flow *flows;
    double cost_s, latency_s;
};

/* Whether a present value is as good as the wanted one. */
static bool near_enough(const struct carry *carry, double present, double wanted)
{
    if (present == wanted)
        return true;
    double slack = carry->user->scale == 1 ? 1e-9 : STREAM_CHANGE;
    return isfinite(wanted) && fabs(present - wanted) <= slack * wanted;
}

/* What an instance gets of a core. An instance computes on one core: a share of the node beyond that is of no use. */
static double share_of(const struct carry *carry, int op, int count)
{
    if (!carry->user->holds || !(carry->work_share[op] > 0))
        return 1;
    int cores = carry->view->hosts[carry->placement[op]].cores;
    return fmin(1, fmax(LEAST_SHARE, carry->work_share[op] * (cores > 0 ? cores : 1) / count));
}

static void carry_operator(const struct carry *carry, int op)
{
    int job = carry->user->job, count, host = carry->placement[op];
    const struct weir_placement *now = weir_plan_get(carry->plan, job, op, &count);
    bool as_wanted = count > 0;
    double share = share_of(carry, op, count > 0 ? count : 1);
    for (int i = 0; i < count; i++)
        as_wanted = as_wanted && now[i].host == host && near_enough(carry, now[i].cpu_share, share);
    if (as_wanted)
        return;
    if (carry->view->jobs[job].operators[op].changing) { /* it would be refused: once more when that is over */
        carry->self->stale = true;
        return;
    }
    int size = count > 0 ? count : 1;
    struct weir_placement *wish = weir_alloc((size_t)size, sizeof *wish);
    for (int i = 0; i < size; i++)
        wish[i] = (struct weir_placement){host, i < count ? now[i].weight : 1, share};
    weir_plan_set(carry->plan, job, op, wish, size, "cost %.6g s, latency %.6g s an item, with %.4g of %s",
                  carry->cost_s / carry->user->scale, carry->latency_s / carry->user->scale, carry->work_share[op],
                  carry->view->hosts[host].name);
    free(wish);
}

/* The rate for a transfer; INFINITY: none. */
static double rate_of(const struct carry *carry, const struct offload_flow *flow, double bytes, int from, int to)
{
    if (!carry->user->holds || !(bytes > 0) || flow->link_count == 0 || from == to)
        return INFINITY;
    if (carry->self->rates == WEIR_OFFLOAD_FLOW)
        return fmax(1, flow->bytes_per_s);
    double on_links_s = flow->time_s - carry->view->route_latency_s(carry->view, from, to);
    return on_links_s > 0 ? fmax(1, bytes / on_links_s) : INFINITY;
}

static void carry_transfer(const struct carry *carry, int from, int to, double bytes, const struct offload_flow *flow)
{
    const struct weir_job_view *job = &carry->view->jobs[carry->user->job];
    int from_host = from < 0 ? job->source_host : carry->placement[from];
    int to_host = to < 0 ? job->sink_host : carry->placement[to];
    double rate = rate_of(carry, flow, bytes, from_host, to_host), scale = carry->user->scale;
    double now = weir_plan_rate_get(carry->plan, carry->user->job, from, to);
    if (now > 0 && !near_enough(carry, now, rate))
        weir_plan_rate(carry->plan, carry->user->job, from, to, rate,
                       "cost %.6g s, latency %.6g s an item, with %.4g of the narrowest link", carry->cost_s / scale,
                       carry->latency_s / scale, flow->least_share);
}

static void carry_transfers(const struct carry *carry)
{
    struct offload_transfer *transfers;
    int count = weir_offload_transfers(carry->view, carry->user->job, carry->user->scale, &transfers);
    for (int t = 0; t < count; t++)
        carry_transfer(carry, transfers[t].from, transfers[t].to, transfers[t].bytes, &carry->flows[t]);
    free(transfers);
}

void weir_offload_carry(struct weir_offload *self, const struct weir_view *view, struct weir_plan *plan,
                        const struct weir_offload_game *game, const int *placement)
{
    const struct offload_problem *problem = game->problem;
    double *shares = weir_alloc((size_t)offload_problem_subtasks(problem), sizeof *shares);
    double *costs = weir_alloc((size_t)game->user_count, sizeof *costs);
    double *latencies = weir_alloc((size_t)game->user_count, sizeof *latencies);
    struct offload_flow *flows = weir_alloc((size_t)offload_problem_transfers(problem), sizeof *flows);
    struct offload_evaluation evaluation = {.cost_s = costs, .latency_s = latencies};
    if (offload_shares(problem, placement, shares, flows) != WEIR_OK ||
        offload_evaluate(problem, placement, &evaluation) != WEIR_OK) {
        weir_error_clear();
        goto out;
    }
    for (int u = 0; u < game->user_count; u++) {
        int first = offload_problem_first_subtask(problem, u);
        struct carry carry = {.self = self,
                              .view = view,
                              .plan = plan,
                              .user = &game->users[u],
                              .placement = placement + first,
                              .work_share = shares + first,
                              .flows = flows + offload_problem_first_transfer(problem, u),
                              .cost_s = costs[u],
                              .latency_s = latencies[u]};
        for (int o = 0; o < view->jobs[carry.user->job].operator_count; o++)
            carry_operator(&carry, o);
        carry_transfers(&carry);
    }
out:
    free(shares);
    free(costs);
    free(latencies);
    free(flows);
}
