#include "policies/support/lag.h"

void weir_lags(const struct weir_job_view *job, double *lag)
{
    for (int o = 0; o < job->operator_count; o++) { /* in topological order */
        const struct weir_operator_view *op = &job->operators[o];
        lag[o] = (op->queued > 0 ? op->queued : 0) + (op->held > 0 ? op->held : 0);
        for (int u = 0; u < op->upstream_count; u++) {
            int from = op->upstream[u];
            if (from < 0)
                lag[o] += job->backlog > 0 ? job->backlog : 0;
            else if (op->held > 0 && from < o && lag[from] > 0 && job->operators[from].selectivity > 0)
                lag[o] += job->operators[from].selectivity * lag[from];
        }
    }
}
