/* What instances and sources do, transfers, changes and outages, as spans of time told to the observer. Where nobody
 * listens, clocks have no trace and this costs one comparison. */
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/parts.h"
#include "sim/engine/simgrid_shim.h"

struct weir_trace {
    struct weir_world *world;
    struct weir_span span; /* but for kind and times */
    double since_s;        /* of what it does now */
};

static bool listens(const struct weir_world *world)
{
    return world->spec->observer && world->spec->observer->span;
}

static void tell(const struct weir_world *world, const struct weir_span *span)
{
    if (span->end_s > span->start_s)
        world->spec->observer->span(world->spec->observer->context, span);
}

void weir_trace_clock(struct weir_world *world, struct weir_clock *clock, int host, const char *job, const char *op,
                      int number)
{
    if (!listens(world))
        return;
    clock->trace = weir_alloc(1, sizeof *clock->trace);
    *clock->trace =
        (struct weir_trace){.world = world,
                            .span = {.host = world->platform->hosts[host].name, .job = job, .op = op, .number = number},
                            .since_s = weir_now()};
}

void weir_trace_set(struct weir_clock *clock, enum weir_doing doing, double now_s)
{
    struct weir_trace *trace = clock->trace;
    if (clock->doing == doing)
        return;
    if (clock->doing != WEIR_IDLE) {
        trace->span.kind = clock->doing == WEIR_BUSY ? WEIR_SPAN_BUSY : WEIR_SPAN_BLOCKED;
        trace->span.start_s = trace->since_s;
        trace->span.end_s = now_s;
        tell(trace->world, &trace->span);
    }
    trace->since_s = now_s;
}

void weir_trace_transfer(const struct weir_world *world, int from, int to, const char *job, const char *op,
                         double bytes, long items, double start_s, double end_s)
{
    if (listens(world))
        tell(world, &(struct weir_span){.kind = WEIR_SPAN_TRANSFER,
                                        .host = world->platform->hosts[from].name,
                                        .to = world->platform->hosts[to].name,
                                        .job = job,
                                        .op = op,
                                        .bytes = bytes,
                                        .items = items,
                                        .start_s = start_s,
                                        .end_s = end_s});
}

void weir_trace_change(const struct weir_op *op, bool moves, double start_s, double paused_s)
{
    const struct weir_world *world = op->job->world;
    if (listens(world))
        tell(world, &(struct weir_span){.kind = moves ? WEIR_SPAN_MIGRATION : WEIR_SPAN_RESCALE,
                                        .job = op->job->spec->name,
                                        .op = op->spec->name,
                                        .start_s = start_s,
                                        .paused_s = paused_s,
                                        .end_s = weir_now()});
}

/* What goes on at the end ends there. */
static void trace_rest(const struct weir_world *world)
{
    double now_s = weir_now();
    for (int j = 0; j < world->arrived_jobs; j++) {
        struct weir_run_job *job = &world->jobs[j];
        if (job->source_clock.trace)
            weir_clock_set(&job->source_clock, WEIR_IDLE, now_s);
        for (int o = 0; job->ops && o < job->spec->operator_count; o++)
            for (size_t i = 0; i < job->ops[o].instance_count; i++)
                if (job->ops[o].instances[i]->clock.trace && job->ops[o].instances[i]->life != WEIR_GONE)
                    weir_clock_set(&job->ops[o].instances[i]->clock, WEIR_IDLE, now_s);
    }
}

static void trace_outages(const struct weir_world *world)
{
    for (size_t o = 0; o < world->outage_count; o++) {
        const struct weir_outages *outages = &world->outages[o];
        for (unsigned d = 0; d < outages->count; d++) {
            double left = outages->shares ? outages->shares[d] : 0;
            if (outages->shares ? left >= 1 : d % 2 == 1)
                continue;
            double end_s = d + 1 < outages->count ? outages->dates_s[d + 1] : world->scenario->duration_s;
            if (outages->dates_s[d] < world->scenario->duration_s)
                tell(world, &(struct weir_span){
                                .kind = outages->lossy    ? WEIR_SPAN_LOSSY
                                        : outages->shares ? WEIR_SPAN_SLOW
                                                          : WEIR_SPAN_DOWN,
                                .host = outages->host ? outages->host : outages->link,
                                .is_link = !outages->host,
                                .left = left,
                                .start_s = outages->dates_s[d],
                                .end_s = end_s < world->scenario->duration_s ? end_s : world->scenario->duration_s});
        }
    }
}

void weir_trace_end(const struct weir_world *world)
{
    if (!listens(world))
        return;
    trace_rest(world);
    trace_outages(world);
}

void weir_trace_free(struct weir_clock *clock)
{
    free(clock->trace);
    clock->trace = NULL;
}
