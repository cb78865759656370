/* What a result says of joules of jobs and of batteries. */
#include <math.h>

#include "sim/engine/run/result.h"

static void fill_batteries(const struct weir_flow *flow, struct weir_metrics *m)
{
    bool any = flow->platform->has_batteries;
    m->batteries_empty = any ? flow->books->batteries_empty : NAN;
    m->battery_left_j = any ? 0 : NAN;
    for (size_t h = 0; h < flow->platform->host_count && any; h++)
        if (flow->platform->hosts[h].battery_j > 0)
            m->battery_left_j += weir_host_battery_j(flow->shares, (int)h);
}

/* Divided among jobs, where the scenario wants it. */
static void fill_energy(const struct weir_flow *flow, struct weir_result *result)
{
    struct weir_metrics *m = &result->metrics;
    bool divided = flow->scenario->energy_by_job;
    m->energy_idle_j = divided ? m->energy_j : NAN;
    if (divided)
        weir_owners_settle(flow->shares);
    for (int j = 0; j < result->job_count; j++) {
        double energy_j = divided ? weir_owner_j(flow->shares, j) - flow->jobs[j].energy_at_warmup_j : NAN;
        result->jobs[j].energy_j = energy_j;
        m->energy_idle_j -= divided ? energy_j : 0;
    }
}

void weir_result_power(const struct weir_flow *flow, struct weir_result *result)
{
    fill_energy(flow, result);
    fill_batteries(flow, &result->metrics);
}
