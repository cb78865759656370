/* "recovery": how jobs come back from failures. */
#include <float.h>
#include <math.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

const char *const weir_restarts_names[] = {"fixed-delay", "exponential-delay", "none", NULL};

/* Keys that have no meaning under the strategy are refused. */
static int check_strategy(const struct weir_json *at, enum weir_restarts strategy)
{
    static const struct {
        const char *key;
        bool holds[WEIR_RESTARTS_COUNT];
    } meanings[] = {
        {"attempts", {[WEIR_RESTARTS_FIXED] = true, [WEIR_RESTARTS_EXPONENTIAL] = true}},
        {"delay", {[WEIR_RESTARTS_FIXED] = true, [WEIR_RESTARTS_EXPONENTIAL] = true}},
        {"max_delay", {[WEIR_RESTARTS_EXPONENTIAL] = true}},
        {"multiplier", {[WEIR_RESTARTS_EXPONENTIAL] = true}},
        {"reset_after", {[WEIR_RESTARTS_EXPONENTIAL] = true}},
    };
    struct weir_json child;
    for (size_t m = 0; m < sizeof meanings / sizeof *meanings; m++)
        if (!meanings[m].holds[strategy] && weir_json_get(at, meanings[m].key, &child))
            return weir_json_error(&child, "means nothing under the strategy \"%s\"; leave it out",
                                   weir_restarts_names[strategy]);
    return WEIR_OK;
}

/* {"strategy": "fixed-delay", "attempts": 3, "delay": "10s"} */
static int read_restarts(const struct weir_json *at, struct weir_recovery *recovery)
{
    struct weir_json child;
    int code = weir_param_bind(weir_restarts_keys, at, NULL, recovery);
    if (!code)
        code = check_strategy(at, recovery->strategy);
    if (recovery->strategy == WEIR_RESTARTS_NONE)
        recovery->attempts = 0;
    if (!weir_json_get(at, "delay", &child))
        recovery->delay_s = recovery->strategy == WEIR_RESTARTS_EXPONENTIAL ? 1 : 0;
    if (!code && recovery->strategy == WEIR_RESTARTS_EXPONENTIAL && recovery->delay_s > recovery->max_delay_s)
        return weir_json_error(at, "\"delay\" (%g s) is above \"max_delay\" (%g s); lower one or raise the other",
                               recovery->delay_s, recovery->max_delay_s);
    return code;
}

/* {"barriers": "unaligned", "incremental": true} */
static int read_checkpoints(const struct weir_json *at, struct weir_recovery *recovery)
{
    struct weir_json child;
    int code = weir_param_bind(weir_checkpoints_keys, at, NULL, recovery);
    recovery->costs = true;
    if (!code && recovery->min_pause_s > 0 && recovery->concurrent > 1 && weir_json_get(at, "concurrent", &child))
        return weir_json_error(&child,
                               "a \"min_pause\" after each leaves room for one at a time; leave one of the two out");
    return code;
}

static int read_store(const struct weir_json *at, const struct weir_platform *platform, struct weir_recovery *recovery)
{
    struct weir_json child;
    const char *name;
    bool given = weir_json_get(at, "store", &child);
    int code = given ? weir_json_string(&child, &name) : WEIR_OK;
    if (!code && given && (recovery->store = weir_platform_find(platform, name)) < 0)
        return weir_json_error(&child, "the platform has no host \"%s\"", name);
    if (!code && !given && weir_json_get(at, "local", &child))
        return weir_json_error(&child, "is about what is fetched from a \"store\"; name one, or leave it out");
    return code;
}

static int read_recovery(const struct weir_json *at, const struct weir_platform *platform,
                         struct weir_recovery *recovery)
{
    struct weir_json child;
    int code = weir_param_bind(weir_recovery_keys, at, NULL, recovery);
    if (!code)
        code = read_store(at, platform, recovery);
    if (!code && weir_json_get(at, "restarts", &child))
        code = read_restarts(&child, recovery);
    if (!code && weir_json_get(at, "checkpoints", &child))
        code = read_checkpoints(&child, recovery);
    return code;
}

int weir_scenario_read_recovery(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json child;
    scenario->recovery = (struct weir_recovery){.store = -1, .attempts = -1};
    weir_param_defaults(weir_recovery_keys, &scenario->recovery);
    weir_param_defaults(weir_restarts_keys, &scenario->recovery);
    weir_param_defaults(weir_checkpoints_keys, &scenario->recovery);
    if (!weir_json_get(at, "recovery", &child))
        return WEIR_OK;
    scenario->recovery.on = true;
    return read_recovery(&child, scenario->platform, &scenario->recovery);
}
