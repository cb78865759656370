/* Anomalies of hosts: something that is wrong with a host for a while, which takes away speed or the host itself, and
 * shows in what its monitor reports. What happened when is known (the truth), and told to nobody but the results. */
#ifndef WEIR_MODEL_ANOMALIES_H
#define WEIR_MODEL_ANOMALIES_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/model/faults.h"

/* What the monitor of a host reports every window. */
enum weir_signal {
    WEIR_SIGNAL_CPU,    /* share of the cores in use */
    WEIR_SIGNAL_MEMORY, /* bytes: state, and items that wait */
    WEIR_SIGNAL_DISK,   /* bytes read and written per second */
    WEIR_SIGNAL_UPLOAD, /* bytes sent per second */
    WEIR_SIGNAL_COUNT,
};
extern const char *const weir_signal_names[]; /* "cpu", "memory", "disk", "upload" */

/* Reported: (factor x true + offset) (1 + noise x N(0, 1)), 0 at least. */
struct weir_disturbance {
    double factor, offset, noise; /* 1, 0, 0: none */
};

struct weir_anomaly_rule {
    char *kind;
    struct weir_fault_rule rule; /* name, hosts, times (unless dated) and what is left of the speed */
    bool dated;
    double at_s, for_s;
    bool slow, down; /* what it does to the hosts; neither: it only shows */
    bool ramp;       /* what shows grows from nothing to its full size at the end */
    struct weir_disturbance disturbances[WEIR_SIGNAL_COUNT];
};

struct weir_anomaly {
    int host;
    const struct weir_anomaly_rule *rule;
    double at_s, for_s; /* for_s may be INFINITY */
};

/* All anomalies of a run with this seed, by time, those that begin at its end or later left out. Dates are drawn from
 * "anomalies/<host or region>/<name of the rule>/<host or region>". Returns their number; *anomalies is owned, free().
 */
size_t weir_anomalies_draw(const struct weir_scenario *scenario, unsigned long long seed,
                           struct weir_anomaly **anomalies);

static inline bool weir_disturbance_is_one(const struct weir_disturbance *disturbance)
{
    return disturbance->factor != 1 || disturbance->offset != 0 || disturbance->noise != 0;
}

#endif
