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
    struct weir_json child;
    if (!weir_json_get(at, weir_signal_names[signal], &child))
        return WEIR_OK;
    if (weir_json_is_number(&child))
        return weir_json_number(&child, 0, 10, &noise->relative);
    return weir_param_read(weir_signal_noise_keys[signal], &child, noise);
}

/* A number for all signals, or an object of signals. */
static int read_noise(const struct weir_json *at, struct weir_monitor *monitor)
{
    struct weir_json child;
    if (!weir_json_get(at, "noise", &child))
        return WEIR_OK;
    if (weir_json_is_number(&child)) {
        double relative = 0;
        int code = weir_json_number(&child, 0, 10, &relative);
        for (int s = 0; s < WEIR_SIGNAL_COUNT; s++)
            monitor->noise[s].relative = relative;
        return code;
    }
    int code = weir_param_bind(weir_noise_keys, &child, NULL, monitor);
    for (int s = 0; s < WEIR_SIGNAL_COUNT && !code; s++)
        code = read_signal_noise(&child, (enum weir_signal)s, &monitor->noise[s]);
    return code;
}

int weir_scenario_read_monitor(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_monitor *monitor = &scenario->monitor;
    struct weir_json child, lag;
    *monitor = (struct weir_monitor){0};
    if (!weir_json_get(at, "monitor", &child))
        return WEIR_OK;
    monitor->on = true;
    int code = weir_param_read(weir_monitor_keys, &child, monitor);
    if (!code && monitor->lag_s > LAG_AT_MOST * scenario->window_s && weir_json_get(&child, "lag", &lag))
        code = weir_json_error(&lag, "%g s are more than %d windows of %g s; shorten it, or lengthen the window",
                               monitor->lag_s, LAG_AT_MOST, scenario->window_s);
    return code ? code : read_noise(&child, monitor);
}
