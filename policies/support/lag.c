#include "policies/support/lag.h"

#include <math.h>

/* Items in the inputs, or on average there and in service; what is no number counts as none. */
static double inside(const struct weir_operator_view *op)
{
    double present = op->processed_rate * (op->waiting_s + op->service_s);
    return fmax(op->queued > 0 ? op->queued : 0, present > 0 ? present : 0);
}

void weir_lags(const struct weir_job_view *job, double *lag)
{
    for (int o = 0; o < job->operator_count; o++) { /* in topological order */
        const struct weir_operator_view *op = &job->operators[o];
        lag[o] = inside(op) + (op->held > 0 ? op->held : 0);
        for (int u = 0; u < op->upstream_count; u++) {
            int from = op->upstream[u];
            if (from < 0)
                lag[o] += job->backlog > 0 ? job->backlog : 0;
            else if (op->held > 0 && from < o && lag[from] > 0 && job->operators[from].selectivity > 0)
                lag[o] += job->operators[from].selectivity * lag[from];
        }
    }
}
