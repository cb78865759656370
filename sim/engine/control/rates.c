/* Limits of transfers along edges, as plans ask for them: told and carried out. Connections keep to them. */
#include "sim/engine/control/rates.h"

#include <math.h>

#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/engine/control/plans.h"

/* From a source, by its number, or an operator. */
static struct weir_out_edge *edge_from(const struct weir_controller *controller,
                                       const struct weir_plan_rate_change *change, int source)
{
    const struct weir_run_job *job = &controller->flow->jobs[change->job];
    struct weir_out_edge *edges = change->from < 0 ? weir_source_at(job, source)->out : job->ops[change->from].out;
    int count = change->from < 0 ? weir_source_at(job, source)->out_count : job->ops[change->from].out_count;
    const struct weir_op *to = change->to < 0 ? NULL : &job->ops[change->to];
    for (int e = 0; e < count; e++)
        if (edges[e].to == to)
            return &edges[e];
    return NULL;
}

/* Of several sources with such an edge, that of the first. */
static struct weir_out_edge *find_edge(const struct weir_controller *controller,
                                       const struct weir_plan_rate_change *change)
{
    struct weir_out_edge *edge = NULL;
    for (int s = 0; !edge && s < controller->flow->jobs[change->job].source_count; s++)
        edge = edge_from(controller, change, s);
    return edge;
}

static void add_rate(struct weir_text *text, double bytes_per_s)
{
    char shown[32];
    if (!isinf(bytes_per_s))
        weir_quantity_show(WEIR_UNIT_BANDWIDTH, bytes_per_s, shown, sizeof shown);
    weir_text_add(text, isinf(bytes_per_s) ? "no limit" : shown);
}

void weir_rates_tell(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_rate_change *changes = weir_plan_rates(plan, &count);
    for (int c = 0; c < count; c++) {
        const struct weir_plan_rate_change *change = &changes[c];
        const struct weir_job_view *job = &controller->view.jobs[change->job];
        const struct weir_out_edge *edge = find_edge(controller, change);
        struct weir_text what = {0};
        weir_text_addf(&what, "to %s: ", change->to < 0 ? "sink" : job->operators[change->to].name);
        add_rate(&what, edge ? edge->bytes_per_s : INFINITY);
        weir_text_add(&what, " -> ");
        add_rate(&what, change->bytes_per_s);
        weir_tell_decision(controller, change->policy, change->job,
                           change->from < 0 ? "source" : job->operators[change->from].name, weir_text_string(&what),
                           change->why, change->refusal);
        weir_text_fini(&what);
    }
}

/* What the view shows of an edge's limit. */
static void note_rate(const int *neighbours, double *rates, int count, int neighbour, double bytes_per_s)
{
    for (int i = 0; i < count; i++)
        if (neighbours[i] == neighbour)
            rates[i] = bytes_per_s;
}

void weir_rates_carry_out(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_rate_change *changes = weir_plan_rates(plan, &count);
    for (int c = 0; c < count; c++) {
        const struct weir_plan_rate_change *change = &changes[c];
        struct weir_run_job *job = &controller->flow->jobs[change->job];
        struct weir_out_edge *edge = find_edge(controller, change);
        if (change->refusal || job->life == WEIR_JOB_GONE || !edge)
            continue;
        for (int s = 0; s < job->source_count; s++)
            if ((edge = edge_from(controller, change, s)))
                edge->bytes_per_s = change->bytes_per_s;
        if (change->from >= 0) {
            struct weir_op *from = &job->ops[change->from];
            note_rate(from->downstream, from->downstream_rates, from->out_count, change->to, change->bytes_per_s);
        }
        if (change->to >= 0) {
            struct weir_op *to = &job->ops[change->to];
            note_rate(to->upstream, to->upstream_rates, to->in_edges, change->from, change->bytes_per_s);
        }
    }
}
