#include "policies/learn/transfer/drift.h"

struct transfer_drift transfer_drift_start(double slack, double threshold, int warm_up)
{
    return (struct transfer_drift){.slack = slack, .threshold = threshold, .warm_up = warm_up};
}

bool transfer_drift_push(struct transfer_drift *drift, double value)
{
    drift->count++;
    drift->mean += (value - drift->mean) / (double)drift->count;
    drift->sum += value - drift->mean - drift->slack;
    if (drift->sum < drift->least)
        drift->least = drift->sum;
    if (drift->count < drift->warm_up || drift->sum - drift->least <= drift->threshold)
        return false;
    *drift = transfer_drift_start(drift->slack, drift->threshold, drift->warm_up);
    return true;
}
