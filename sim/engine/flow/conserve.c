/* Nothing is lost or counted twice: checked at the end of every run. */
#include <math.h>

#include "sim/base/error.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/join.h"
#include "sim/engine/flow/source.h"

static int unequal(const char *job, const char *where, const char *what, uint64_t left, uint64_t right)
{
    return weir_error(WEIR_EENGINE,
                      "job %s: %s: items are not conserved: %s, but %llu against %llu; this is a fault of weir", job,
                      where, what, (unsigned long long)left, (unsigned long long)right);
}

/* Items that were sent along the edges into an operator. */
static uint64_t sent_to(const struct weir_run_job *job, const struct weir_op *op)
{
    uint64_t sent = 0;
    for (int e = 0; e < op->in_edges; e++)
        sent += op->upstream[e] < 0 ? 0 : job->ops[op->upstream[e]].counts.emitted;
    for (int s = 0; s < job->source_count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        for (int e = 0; e < source->out_count; e++)
            if (source->out[e].to == op)
                sent += job->source_count > 1 ? source->counts.emitted : job->counts.emitted;
    }
    return sent;
}

/* And into the sink; no edge leads there from the source. */
static uint64_t sent_to_sink(const struct weir_run_job *job)
{
    uint64_t sent = 0;
    for (int o = 0; o < job->spec->operator_count; o++)
        for (int e = 0; e < job->ops[o].out_count; e++)
            if (!job->ops[o].out[e].to)
                sent += job->ops[o].counts.emitted;
    return sent;
}

/* Windows in event time: each item is in time, late, or known already; each membership of a window has led to a result,
 * is inside or lost; and no more is sent than windows give. */
static int check_events(const struct weir_run_job *job, const struct weir_op *op)
{
    const struct weir_eventtime_counts *counts = &op->events->counts;
    uint64_t met = counts->in_time + counts->again + op->counts.late;
    if (op->counts.processed != met)
        return unequal(job->spec->name, op->spec->name, "processed = in time + late + played again",
                       op->counts.processed, met);
    met = counts->given + counts->lost + op->in_window;
    if (counts->put != met)
        return unequal(job->spec->name, op->spec->name, "put into windows = given out + lost + inside", counts->put,
                       met);
    if (op->counts.emitted > counts->results)
        return unequal(job->spec->name, op->spec->name, "emitted is at most what windows give", op->counts.emitted,
                       counts->results);
    return WEIR_OK;
}

/* Of each of several sources; and their sums are the job's. */
static int check_sources(const struct weir_run_job *job)
{
    struct weir_source_counts sums = {0};
    for (int s = 0; s < job->source_count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        const struct weir_source_counts *counts = &source->counts;
        uint64_t waiting = weir_source_waiting_at(source, job->flow->clock->now_s);
        uint64_t kept = counts->emitted + counts->dropped_at_source + waiting;
        if (counts->arrived + counts->replayed != kept)
            return unequal(job->spec->name, weir_source_name(source),
                           "arrived + replayed = emitted + dropped + backlog", counts->arrived + counts->replayed,
                           kept);
        sums.delivered += counts->delivered + counts->duplicates;
        sums.dropped += counts->dropped + counts->dropped_at_source;
    }
    if (sums.delivered != job->counts.delivered + job->counts.duplicates)
        return unequal(job->spec->name, "sources", "delivered and duplicates are those of all sources", sums.delivered,
                       job->counts.delivered + job->counts.duplicates);
    if (sums.dropped != job->counts.dropped)
        return unequal(job->spec->name, "sources", "dropped are those of all sources", sums.dropped,
                       job->counts.dropped);
    return WEIR_OK;
}

static int check_op(const struct weir_run_job *job, const struct weir_op *op)
{
    const struct weir_op_counts *counts = &op->counts;
    uint64_t sent = sent_to(job, op);
    uint64_t met = counts->arrived + counts->dropped + counts->lost_on_way + (uint64_t)(op->in_hand + op->in_transit);
    if (sent != met)
        return unequal(job->spec->name, op->spec->name, "sent to it = arrived + dropped + lost + in transit", sent,
                       met);
    uint64_t each = op->join ? (uint64_t)op->in_edges : 1;
    uint64_t inside =
        each * counts->processed + (uint64_t)(op->queued + op->in_service + op->beside) + weir_join_pending(op->join);
    inside += counts->lost_inside;
    if (counts->arrived != inside)
        return unequal(job->spec->name, op->spec->name, "arrived = processed + queued + pending + lost",
                       counts->arrived, inside);
    double selectivity = op->spec->selectivity;
    if (op->spec->window_s <= 0 && selectivity == floor(selectivity) &&
        counts->emitted != (uint64_t)selectivity * counts->processed)
        return unequal(job->spec->name, op->spec->name, "emitted = selectivity x processed", counts->emitted,
                       (uint64_t)selectivity * counts->processed);
    return op->events ? check_events(job, op) : WEIR_OK;
}

int weir_flow_check_conservation(const struct weir_flow *flow)
{
    for (int j = 0; j < flow->job_count; j++) {
        const struct weir_run_job *job = &flow->jobs[j];
        const struct weir_job_counts *counts = &job->counts;
        uint64_t kept = counts->emitted + counts->dropped_at_source + weir_source_waiting(job, flow->clock->now_s);
        if (counts->arrived + counts->replayed != kept)
            return unequal(job->spec->name, "source", "arrived + replayed = emitted + dropped + backlog",
                           counts->arrived + counts->replayed, kept);
        if (job->source_count > 1 && check_sources(job) != WEIR_OK)
            return WEIR_EENGINE;
        for (int o = 0; o < job->spec->operator_count; o++)
            if (check_op(job, &job->ops[o]) != WEIR_OK)
                return WEIR_EENGINE;
        uint64_t sent = sent_to_sink(job);
        uint64_t met = counts->delivered + counts->duplicates + counts->lost +
                       (uint64_t)(job->sink.in_transit + job->sink.in_hand + (job->segments ? job->segments->held : 0));
        if (sent != met)
            return unequal(job->spec->name, "sink", "sent to it = delivered + duplicates + held + lost + in transit",
                           sent, met);
    }
    return WEIR_OK;
}
