#include "policies/support/demand.h"

#include <math.h>
#include <stdbool.h>

double weir_declared_rate(const struct weir_operator_view *op, const struct weir_host_view *host, double cpu_share)
{
    double speed = weir_view_speed(host, op) * cpu_share;
    if (!(speed > 0))
        return 0;
    return op->flops_per_item > 0 ? speed / op->flops_per_item : INFINITY;
}

static bool measured(const struct weir_view *view, const struct weir_operator_view *op, double min_items)
{
    double items = op->processed_rate * view->window_s;
    return items > 0 && items >= min_items && op->true_rate > 0 && isfinite(op->true_rate);
}

double weir_instance_rate(const struct weir_view *view, const struct weir_plan *plan, int job, int op, double min_items)
{
    const struct weir_operator_view *seen = &view->jobs[job].operators[op];
    if (measured(view, seen, min_items))
        return seen->true_rate;
    int count, known = 0;
    const struct weir_placement *placed = weir_plan_get(plan, job, op, &count);
    double sum = 0;
    for (int i = 0; i < count; i++)
        if (placed[i].host >= 0 && placed[i].host < view->host_count) {
            sum += weir_declared_rate(seen, &view->hosts[placed[i].host], placed[i].cpu_share);
            known++;
        }
    return known > 0 ? sum / known : 0;
}

double weir_ingress_wanted(const struct weir_job_view *job, double drain_s)
{
    double wanted = job->ingress_rate > 0 && isfinite(job->ingress_rate) ? job->ingress_rate : 0;
    if (drain_s > 0 && job->backlog > 0 && isfinite(job->backlog))
        wanted += job->backlog / drain_s;
    return wanted;
}

void weir_job_demand(const struct weir_view *view, const struct weir_plan *plan, int job, double ingress,
                     double min_items, struct weir_ds2_operator *operators, struct weir_ds2_demand *demand)
{
    const struct weir_job_view *seen = &view->jobs[job];
    for (int o = 0; o < seen->operator_count; o++) {
        const struct weir_operator_view *op = &seen->operators[o];
        bool enough = measured(view, op, min_items) && isfinite(op->true_output_rate) &&
                      (op->window_s <= 0 || view->window_s >= 5 * op->window_s);
        operators[o] = (struct weir_ds2_operator){
            .upstream = op->upstream,
            .upstream_count = op->upstream_count,
            .rate = weir_instance_rate(view, plan, job, o, min_items),
            .selectivity = enough ? op->true_output_rate / op->true_rate : op->selectivity,
        };
    }
    weir_ds2(operators, seen->operator_count, ingress, demand);
}
