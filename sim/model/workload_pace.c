/* What slows instances down: each other, their state, and want of rest; and the delay of edges to the sink. */
#include <float.h>
#include <math.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

double weir_operator_slowdown(const struct weir_operator *op, int instances)
{
    double others = instances - 1;
    return 1 + op->contention * others + op->coherence * instances * others;
}

bool weir_operator_slows(const struct weir_operator *op)
{
    return op->contention > 0 || op->coherence > 0 || op->state_flops > 0 || isfinite(op->tires_time_s);
}

/* {"contention": 0.02, "coherence": 0.0005}; {"least": 0.6, "time": "30min"} */
int weir_pace_read(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_json_get(at, "scaling", &child) ? weir_param_read(weir_scaling_keys, &child, op) : WEIR_OK;
    if (!code && weir_json_get(at, "tires", &child))
        code = weir_param_read(weir_tires_keys, &child, op);
    return code;
}

/* "1s" or {"time": "1s", "rate": "400/s", "over": "10s"} */
int weir_delay_read(const struct weir_json *at, const struct weir_job *job, struct weir_edge *edge)
{
    struct weir_json child;
    if (!weir_json_get(at, "delay", &child))
        return WEIR_OK;
    if (edge->to >= 0)
        return weir_json_error(&child, "is for edges to the sink alone; put it there, or give the operator more work");
    if (job->sink.kind == WEIR_WHERE_ANY)
        return weir_json_error(&child, "is a part of the way to the sink, and the job has none; name a \"sink\"");
    if (!weir_json_is_object(&child))
        return weir_json_quantity(&child, WEIR_UNIT_TIME, 0, DBL_MAX, &edge->delay_s);
    return weir_param_read(weir_delay_keys, &child, edge);
}
