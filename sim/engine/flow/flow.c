/* The jobs of a run are made from the workload, and taken down again. */
#include "sim/engine/flow/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/call.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/join.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/mobile.h"
#include "sim/engine/flow/peers.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/route.h"
#include "sim/engine/flow/send.h"
#include "sim/engine/flow/source.h"

uint64_t weir_op_key(const struct weir_flow *flow, const char *what, const struct weir_op *op)
{
    char *name = weir_format("%s/%s/%s", what, op->job->spec->name, op->spec->name);
    uint64_t key = weir_stream_key(flow->seed, name);
    free(name);
    return key;
}

static void init_op(struct weir_flow *flow, struct weir_run_job *job, int index)
{
    struct weir_op *op = &job->ops[index];
    const struct weir_operator *spec = &job->spec->operators[index];
    op->job = job;
    op->flow = flow;
    op->spec = spec;
    op->item_flops = spec->flops.spread == WEIR_SPREAD_CONSTANT || spec->flops.mean <= 0 ? spec->flops.mean : NAN;
    op->selectivity = spec->selectivity;
    op->window_s = spec->window_s;
    job->any_windows |= spec->window_s > 0;
    op->disk_bytes = spec->disk_bytes;
    op->state_bytes_per_item = spec->state_bytes_per_item;
    op->index = index;
    op->state_bytes = spec->state_bytes;
    op->service_key = weir_op_key(flow, "service", op);
    op->select_key = weir_op_key(flow, "select", op);
    op->key_key = weir_op_key(flow, "key", op);
    op->gathers = spec->batch_items > 1;
    op->preempts = spec->preempts;
    weir_calls_init(op);
    op->slows = weir_operator_slows(spec);
    op->special = op->gathers || op->preempts || op->calls || op->slows || spec->quota_s > 0 || spec->unacked > 0 ||
                  flow->scenario->recovery.costs;
    op->batch_key = op->gathers ? weir_op_key(flow, "batch", op) : 0;
    weir_op_init_keys(op);
    weir_eventtime_init(op);
    if (spec->join_all)
        op->join = weir_join_new();
    op->where_count = weir_where_hosts(&spec->where, flow->platform, job->source_host, NULL, 0);
    op->where = weir_alloc((size_t)op->where_count, sizeof *op->where);
    weir_where_hosts(&spec->where, flow->platform, job->source_host, op->where, op->where_count);
}

/* Room for as many edges as lead to and from each operator. */
static void reserve_edges(struct weir_run_job *job)
{
    const struct weir_job *spec = job->spec;
    for (int e = 0; e < spec->edge_count; e++) {
        const struct weir_edge *edge = &spec->edges[e];
        if (edge->from >= 0)
            job->ops[edge->from].out_count++;
        else
            weir_source_at(job, edge->source)->out_count++;
        if (edge->to >= 0)
            job->ops[edge->to].in_edges++;
    }
    for (int s = 0; s < job->source_count; s++) {
        struct weir_source *source = weir_source_at(job, s);
        source->out = weir_alloc((size_t)source->out_count, sizeof *source->out);
        source->out_count = 0;
    }
    for (int o = 0; o < spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        op->out = weir_alloc((size_t)op->out_count, sizeof *op->out);
        op->downstream = weir_alloc((size_t)op->out_count, sizeof *op->downstream);
        op->downstream_bytes = weir_alloc((size_t)op->out_count, sizeof *op->downstream_bytes);
        op->downstream_rates = weir_alloc((size_t)op->out_count, sizeof *op->downstream_rates);
        op->upstream = weir_alloc((size_t)op->in_edges, sizeof *op->upstream);
        op->upstream_bytes = weir_alloc((size_t)op->in_edges, sizeof *op->upstream_bytes);
        op->upstream_rates = weir_alloc((size_t)op->in_edges, sizeof *op->upstream_rates);
        op->out_count = op->in_edges = 0;
    }
}

static void wire_edge(struct weir_flow *flow, struct weir_run_job *job, int e)
{
    const struct weir_edge *edge = &job->spec->edges[e];
    struct weir_op *from = edge->from >= 0 ? &job->ops[edge->from] : NULL;
    struct weir_op *to = edge->to >= 0 ? &job->ops[edge->to] : NULL;
    struct weir_source *source = weir_source_at(job, edge->source);
    struct weir_out_edge *out = from ? &from->out[from->out_count] : &source->out[source->out_count];
    out->to = to;
    out->spec = edge;
    out->sink = to ? NULL : &job->sink;
    out->bytes_per_s = INFINITY;
    if (from) {
        from->out_bytes += edge->bytes;
        from->downstream_bytes[from->out_count] = edge->bytes;
        from->downstream_rates[from->out_count] = INFINITY;
        from->downstream[from->out_count++] = edge->to;
    } else {
        source->out_count++;
    }
    if (!to)
        return;
    out->shed_key = weir_op_key(flow, "shed", to) + (uint64_t)e;
    out->to_edge = to->in_edges;
    to->in_bytes += edge->bytes;
    to->upstream_bytes[to->in_edges] = edge->bytes;
    to->upstream_rates[to->in_edges] = INFINITY;
    to->upstream[to->in_edges++] = edge->from;
}

static void init_job(struct weir_flow *flow, struct weir_run_job *job, const struct weir_job *spec)
{
    job->flow = flow;
    job->spec = spec;
    job->slo_s = spec->slo_s;
    job->index = (int)(job - flow->jobs);
    job->sink.job = job;
    job->sink.host = spec->sink_host;
    job->source_host = spec->source_host;
    job->load_factor = 1;
    if (flow->scenario->recovery.on)
        job->segments = weir_segments_new(job);
    job->paths = weir_paths_new(spec->operator_count);
    weir_sources_init(job);
    weir_mobiles_init(job);
    job->ops = weir_alloc_lines((size_t)spec->operator_count * sizeof *job->ops);
    for (int o = 0; o < spec->operator_count; o++)
        init_op(flow, job, o);
    reserve_edges(job);
    for (int e = 0; e < spec->edge_count; e++)
        wire_edge(flow, job, e);
    for (int o = 0; o < spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        op->in_bytes /= op->in_edges; /* every operator has edges in and out */
        op->out_bytes /= op->out_count;
    }
    weir_kinds_init(job);
    job->due = weir_due_new(job);
}

void weir_flow_init(struct weir_flow *flow, const struct weir_scenario *scenario, unsigned long long seed,
                    struct weir_clock *clock, struct weir_shares *shares, struct weir_books *books)
{
    *flow = (struct weir_flow){.scenario = scenario,
                               .platform = scenario->platform,
                               .clock = clock,
                               .shares = shares,
                               .books = books,
                               .seed = seed,
                               .one_by_one = scenario->items_per_batch == 1,
                               .loss_key = weir_stream_key(seed, "network/loss"),
                               .job_count = scenario->workload->job_count};
    flow->jobs = weir_alloc_lines((size_t)flow->job_count * sizeof *flow->jobs);
    flow->downs = weir_mobile_downs_new(flow);
    if (scenario->energy_by_job)
        weir_owners_begin(shares, flow->job_count);
    for (int j = 0; j < flow->job_count; j++)
        init_job(flow, &flow->jobs[j], &scenario->workload->jobs[j]);
}

static void free_op(struct weir_op *op)
{
    for (size_t i = 0; i < op->instance_count; i++)
        weir_instance_free(op->instances[i]);
    for (struct weir_inbox *inbox = op->inboxes, *next; inbox; inbox = next) {
        next = inbox->next;
        weir_inbox_free(inbox);
    }
    free(op->instances);
    free(op->routes);
    free(op->out);
    free(op->upstream);
    free(op->downstream);
    free(op->upstream_bytes);
    free(op->downstream_bytes);
    free(op->upstream_rates);
    free(op->downstream_rates);
    free(op->key_groups);
    free(op->range_share);
    free(op->view_instances);
    free(op->view_ready_s);
    free(op->view_busy);
    free(op->state_hosts);
    free(op->anew);
    free(op->where);
    weir_join_free(op->join);
    weir_eventtime_fini(op);
    weir_calls_fini(op);
}

void weir_flow_fini(struct weir_flow *flow)
{
    for (size_t c = 0; c < flow->connection_count; c++)
        weir_connection_free(flow->connections[c]);
    free(flow->connections);
    for (int j = 0; j < flow->job_count; j++) {
        struct weir_run_job *job = &flow->jobs[j];
        for (int o = 0; o < job->spec->operator_count; o++)
            free_op(&job->ops[o]);
        weir_mobiles_fini(job);
        weir_sources_fini(job);
        weir_histogram_fini(&job->total);
        weir_histogram_fini(&job->window);
        free(job->ops);
        free(job->history);
        free(job->origins);
        free(job->origin_views);
        weir_paths_free(job->paths);
        weir_peers_free(job->sink.peers);
        weir_due_free(job->due);
        weir_kinds_fini(job);
        weir_segments_free(job->segments);
    }
    weir_batch_pool_fini(&flow->pool);
    weir_mobile_downs_free(flow->downs);
    free(flow->jobs);
}
