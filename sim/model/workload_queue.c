/* Queues of operators: what they hold, when they have room again, how long an item waits there. */
#include <float.h>
#include <math.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

/* {"items": 8, "wait": "5ms", "flops": "20Mf"} */
static int read_batch(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_param_read(weir_batch_keys, at, op);
    if (!code && weir_json_get(at, "flops", &child))
        code = weir_flops_read(&child, &op->batch_flops);
    return code;
}

double weir_operator_item_flops(const struct weir_operator *op)
{
    return op->flops.mean + op->batch_flops.mean / (double)op->batch_items;
}

int weir_queue_read(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    return weir_json_get(at, "batch", &child) ? read_batch(&child, op) : WEIR_OK;
}

long weir_operator_capacity(const struct weir_operator *op, double item_bytes)
{
    double items = item_bytes > 0 ? floor(op->capacity_bytes / item_bytes * (1 + 1e-12)) : INFINITY;
    double window = op->unacked ? (double)op->unacked : INFINITY;
    return (long)fmin(fmin((double)op->input_capacity, window), fmax(1, items));
}

/* A watermark is below what each input holds, and where senders wait; what leaves by itself has no partner. */
int weir_queues_check(const struct weir_json *at, const struct weir_job *job)
{
    for (int e = 0; e < job->edge_count; e++) {
        const struct weir_edge *edge = &job->edges[e];
        const struct weir_operator *op = edge->to < 0 ? NULL : &job->operators[edge->to];
        if (!op || op->low_watermark < 0)
            continue;
        long capacity = weir_operator_capacity(op, edge->bytes);
        if (edge->full != WEIR_FULL_BLOCK)
            return weir_json_error(at,
                                   "operator \"%s\" has a \"low_watermark\", for which senders wait, but an edge to it "
                                   "drops items when it is full; leave one of them out",
                                   op->name);
        if (op->low_watermark >= capacity)
            return weir_json_error(
                at,
                "the \"low_watermark\" of operator \"%s\" (%ld) must be below the %ld item%s that an "
                "input of it holds; lower it, or raise the capacity",
                op->name, op->low_watermark, capacity, capacity == 1 ? "" : "s");
    }
    for (int o = 0; o < job->operator_count; o++)
        if (job->operators[o].join_all && job->operators[o].batch_items > 1)
            return weir_json_error(
                at,
                "join \"%s\" has a \"batch\", but serves an item when its parts are there; put it in an "
                "operator behind the join, or merge instead",
                job->operators[o].name);
    for (int o = 0; o < job->operator_count; o++)
        if (job->operators[o].join > WEIR_JOIN_ALL && job->operators[o].batch_items > 1)
            return weir_json_error(at,
                                   "operator \"%s\" joins by key and has a \"batch\", whose items would be of both "
                                   "inputs; put it in an operator behind the join",
                                   job->operators[o].name);
    for (int o = 0; o < job->operator_count; o++)
        if (job->operators[o].join_all && isfinite(job->operators[o].max_wait_s))
            return weir_json_error(at,
                                   "join \"%s\" has a \"max_wait\", so that partners would be missed; put it in an "
                                   "operator behind the join, or merge instead",
                                   job->operators[o].name);
    return WEIR_OK;
}
