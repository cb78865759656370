/* How far the monitors of hosts can be trusted. */
#ifndef WEIR_MODEL_MONITOR_H
#define WEIR_MODEL_MONITOR_H

#include <stdbool.h>

#include "sim/model/anomalies.h"

/* Reported: what there is x (1 + relative N(0, 1)) + additive N(0, 1), 0 at least. */
struct weir_monitor_noise {
    double relative, additive; /* additive in the unit of the signal */
};

struct weir_monitor {
    bool on;
    struct weir_monitor_noise noise[WEIR_SIGNAL_COUNT];
    double lag_s; /* a report is of so long ago, in whole windows */
    double gaps;  /* share of reports that do not come: the one before stands */
};

#endif
