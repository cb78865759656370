/* The monitors of a scenario. */
#include <float.h>
#include <math.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

/* Windows that a report may be late. */
#define LAG_AT_MOST 1000

static int read_signal_noise(const struct weir_json *at, enum weir_signal signal, struct weir_monitor_noise *noise)
{
    static const char *const keys[] = {"relative", "additive", NULL};
    static const enum weir_unit units[] = {WEIR_UNIT_NONE, WEIR_UNIT_BYTES, WEIR_UNIT_BANDWIDTH, WEIR_UNIT_BANDWIDTH};
    struct weir_json child;
    if (!weir_json_get(at, weir_signal_names[signal], &child))
        return WEIR_OK;
    if (weir_json_is_number(&child))
        return weir_json_opt_number(at, weir_signal_names[signal], 0, 10, &noise->relative);
    int code = weir_json_only(&child, keys);
    if (!code)
        code = weir_json_opt_number(&child, "relative", 0, 10, &noise->relative);
    if (code)
        return code;
    return signal == WEIR_SIGNAL_CPU
               ? weir_json_opt_number(&child, "additive", 0, 1, &noise->additive)
               : weir_json_opt_quantity(&child, "additive", units[signal], 0, DBL_MAX, &noise->additive);
}

/* A number for all signals, or an object of signals. */
static int read_noise(const struct weir_json *at, struct weir_monitor *monitor)
{
    struct weir_json child;
    if (!weir_json_get(at, "noise", &child))
        return WEIR_OK;
    if (weir_json_is_number(&child)) {
        double relative = 0;
        int code = weir_json_opt_number(at, "noise", 0, 10, &relative);
        for (int s = 0; s < WEIR_SIGNAL_COUNT; s++)
            monitor->noise[s].relative = relative;
        return code;
    }
    int code = weir_json_only(&child, weir_signal_names);
    for (int s = 0; s < WEIR_SIGNAL_COUNT && !code; s++)
        code = read_signal_noise(&child, (enum weir_signal)s, &monitor->noise[s]);
    return code;
}

int weir_scenario_read_monitor(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_monitor *monitor = &scenario->monitor;
    struct weir_json child;
    *monitor = (struct weir_monitor){0};
    if (!weir_json_get(at, "monitor", &child))
        return WEIR_OK;
    monitor->on = true;
    int code = weir_json_only(&child, weir_monitor_keys);
    if (!code)
        code = read_noise(&child, monitor);
    if (!code)
        code =
            weir_json_opt_quantity(&child, "lag", WEIR_UNIT_TIME, 0, LAG_AT_MOST * scenario->window_s, &monitor->lag_s);
    return code ? code : weir_json_opt_number(&child, "gaps", 0, 0.99, &monitor->gaps);
}
