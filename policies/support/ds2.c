#include "policies/support/ds2.h"

#include <limits.h>
#include <math.h>

static double not_negative(double value)
{
    return value > 0 ? value : 0; /* NaN too becomes 0 */
}

void weir_ds2(const struct weir_ds2_operator *operators, int count, double ingress, struct weir_ds2_demand *demand)
{
    for (int i = 0; i < count; i++) {
        const struct weir_ds2_operator *op = &operators[i];
        double input = 0;
        for (int u = 0; u < op->upstream_count; u++) {
            int from = op->upstream[u];
            if (from < 0)
                input += not_negative(ingress);
            else if (from < i)
                input += demand[from].output;
        }
        double rate = not_negative(op->rate), selectivity = not_negative(op->selectivity);
        demand[i].input = input;
        demand[i].output = input > 0 && selectivity > 0 ? selectivity * input : 0;
        demand[i].instances = 0;
        if (input > 0)
            demand[i].instances = isinf(rate) ? 0 : rate > 0 ? input / rate : INFINITY;
    }
}

int weir_ds2_round(double instances, double factor)
{
    double wanted = ceil(not_negative(factor * instances) - 1e-9);
    if (wanted >= INT_MAX)
        return INT_MAX;
    return wanted > 1 ? (int)wanted : 1;
}
