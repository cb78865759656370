/* Limits of transfers along edges. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/plan_state.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* SimGrid's dates have nothing to hold on to below. */
#define RATE_AT_LEAST 1.0

/* The limit of an edge as the view shows it; 0 if there is no such edge. */
static double seen_rate(const struct weir_plan *plan, int job, int from, int to)
{
    if (from < -1 || to < -1 || !weir_plan_has(plan, job, from < 0 ? to : from) ||
        (to >= 0 && !weir_plan_has(plan, job, to)))
        return 0;
    const struct weir_operator_view *operators = plan->view->jobs[job].operators;
    if (to >= 0) {
        const struct weir_operator_view *op = &operators[to];
        for (int u = 0; u < op->upstream_count; u++)
            if (op->upstream[u] == from)
                return op->upstream_rates ? op->upstream_rates[u] : INFINITY;
        return 0;
    }
    const struct weir_operator_view *op = &operators[from];
    for (int d = 0; d < op->downstream_count; d++)
        if (op->downstream[d] < 0)
            return op->downstream_rates ? op->downstream_rates[d] : INFINITY;
    return 0;
}

static int find(const struct weir_plan *plan, int job, int from, int to)
{
    for (int r = plan->rate_count - 1; r >= 0; r--)
        if (plan->rates[r].job == job && plan->rates[r].from == from && plan->rates[r].to == to)
            return r;
    return -1;
}

double weir_plan_rate_get(const struct weir_plan *plan, int job, int from, int to)
{
    int at = find(plan, job, from, to);
    return at < 0 ? seen_rate(plan, job, from, to) : plan->rates[at].bytes_per_s;
}

static void change_fini(struct weir_plan_rate_change *change)
{
    free(change->why);
    free(change->refusal);
}

void weir_plan_rate(struct weir_plan *plan, int job, int from, int to, double bytes_per_s, const char *why, ...)
{
    double seen = seen_rate(plan, job, from, to);
    int at = find(plan, job, from, to);
    if (seen == 0 || (at < 0 ? seen : plan->rates[at].bytes_per_s) == bytes_per_s)
        return;
    if (at >= 0) {
        change_fini(&plan->rates[at]);
        plan->rate_count--;
        memmove(&plan->rates[at], &plan->rates[at + 1], (size_t)(plan->rate_count - at) * sizeof *plan->rates);
        if (bytes_per_s == seen)
            return;
    }
    plan->rates = weir_grow(plan->rates, (size_t)plan->rate_count + 1, &plan->rate_capacity, sizeof *plan->rates);
    va_list args;
    va_start(args, why);
    plan->rates[plan->rate_count++] = (struct weir_plan_rate_change){.job = job,
                                                                     .from = from,
                                                                     .to = to,
                                                                     .policy = plan->author,
                                                                     .bytes_per_s = bytes_per_s,
                                                                     .why = weir_plan_format_why(why, args)};
    va_end(args);
}

void weir_plan_rates_clear(struct weir_plan *plan)
{
    for (int r = 0; r < plan->rate_count; r++)
        change_fini(&plan->rates[r]);
    plan->rate_count = 0;
}

void weir_plan_rates_check(struct weir_plan *plan)
{
    for (int r = 0; r < plan->rate_count; r++) {
        struct weir_plan_rate_change *change = &plan->rates[r];
        const struct weir_job_view *job = &plan->view->jobs[change->job];
        free(change->refusal);
        change->refusal = NULL;
        if (!job->running)
            change->refusal = weir_format("job \"%s\" has departed", job->name);
        else if (!(change->bytes_per_s >= RATE_AT_LEAST))
            change->refusal =
                weir_format("a rate of %g bytes/s; it must be at least %g", change->bytes_per_s, RATE_AT_LEAST);
    }
}

int weir_plan_rates_check_finite(const struct weir_plan *plan)
{
    for (int r = 0; r < plan->rate_count; r++) {
        const struct weir_plan_rate_change *change = &plan->rates[r];
        const struct weir_job_view *job = &plan->view->jobs[change->job];
        if (isnan(change->bytes_per_s) || change->bytes_per_s == -INFINITY)
            return weir_error(WEIR_ERUN,
                              "rate from %s to %s of %s is %g; it must be a number, or infinity for no limit: find out "
                              "where it comes from",
                              change->from < 0 ? "the source" : job->operators[change->from].name,
                              change->to < 0 ? "the sink" : job->operators[change->to].name, job->name,
                              change->bytes_per_s);
    }
    return WEIR_OK;
}

const struct weir_plan_rate_change *weir_plan_rates(const struct weir_plan *plan, int *count)
{
    *count = plan->rate_count;
    return plan->rates;
}
