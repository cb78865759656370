#include "sim/engine/flow/pace.h"

#include <math.h>

#include "sim/base/real.h"

/* Its share of its speed, by the time that it has had no rest. A thread of an instance tires by itself. */
static double freshness(struct weir_instance *instance)
{
    const struct weir_operator *spec = instance->op->spec;
    double now_s = instance->op->flow->clock->now_s;
    if (!isfinite(instance->toils_s))
        instance->toils_s = now_s;
    return spec->tires_least + (1 - spec->tires_least) * weir_exp(-(now_s - instance->toils_s) / spec->tires_time_s);
}

double weir_pace_flops(struct weir_instance *instance, int count, double flops)
{
    const struct weir_op *op = instance->op;
    int instances = op->active > 1 ? op->active : 1;
    double more = op->spec->state_flops > 0 ? op->spec->state_flops * op->state_bytes / instances * count : 0;
    double fresh = isfinite(op->spec->tires_time_s) ? freshness(instance) : 1;
    return (flops + more) * weir_operator_slowdown(op->spec, instances) / fresh;
}
