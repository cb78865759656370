/* "recovery": how jobs come back from failures. */
#include <float.h>
#include <math.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

const char *const weir_restarts_names[] = {"fixed-delay", "exponential-delay", "none", NULL};

#define ATTEMPTS_AT_MOST 1000000000

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
    int strategy = WEIR_RESTARTS_FIXED, code = weir_json_only(at, weir_restarts_keys);
    if (!code)
        code = weir_json_opt_choice(at, "strategy", weir_restarts_names, &strategy);
    recovery->strategy = (enum weir_restarts)strategy;
    if (!code)
        code = check_strategy(at, recovery->strategy);
    recovery->delay_s = recovery->strategy == WEIR_RESTARTS_EXPONENTIAL ? 1 : 0;
    if (recovery->strategy == WEIR_RESTARTS_NONE)
        recovery->attempts = 0;
    if (!code)
        code = weir_json_opt_integer(at, "attempts", 1, ATTEMPTS_AT_MOST, &recovery->attempts);
    if (!code)
        code = weir_json_opt_quantity(at, "delay", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->delay_s);
    if (!code)
        code = weir_json_opt_quantity(at, "max_delay", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->max_delay_s);
    if (!code)
        code = weir_json_opt_number(at, "multiplier", 1, 1e6, &recovery->multiplier);
    if (!code)
        code = weir_json_opt_quantity(at, "reset_after", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->reset_after_s);
    if (!code && recovery->strategy == WEIR_RESTARTS_EXPONENTIAL && recovery->delay_s > recovery->max_delay_s)
        return weir_json_error(at, "\"delay\" (%g s) is above \"max_delay\" (%g s); lower one or raise the other",
                               recovery->delay_s, recovery->max_delay_s);
    return code;
}

/* {"barriers": "unaligned", "incremental": true} */
static int read_checkpoints(const struct weir_json *at, struct weir_recovery *recovery)
{
    static const char *const barriers[] = {"aligned", "unaligned", NULL};
    int kind = 0, code = weir_json_only(at, weir_checkpoints_keys);
    recovery->costs = true;
    if (!code)
        code = weir_json_opt_choice(at, "barriers", barriers, &kind);
    if (!code)
        code = weir_json_opt_bool(at, "incremental", &recovery->incremental);
    if (!code)
        code = weir_json_opt_quantity(at, "timeout", WEIR_UNIT_TIME, 1e-3, DBL_MAX, &recovery->timeout_s);
    if (!code)
        code = weir_json_opt_quantity(at, "min_pause", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->min_pause_s);
    if (!code)
        code = weir_json_opt_integer(at, "concurrent", 1, 1000, &recovery->concurrent);
    recovery->unaligned = kind == 1;
    struct weir_json child;
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
    if (!code)
        code = weir_json_opt_bool(at, "local", &recovery->local);
    if (!code && !given && weir_json_get(at, "local", &child))
        return weir_json_error(&child, "is about what is fetched from a \"store\"; name one, or leave it out");
    return code;
}

static int read_recovery(const struct weir_json *at, const struct weir_platform *platform,
                         struct weir_recovery *recovery)
{
    static const char *const places[] = {"elsewhere", "wait", "drop", NULL};
    static const char *const deliveries[] = {"at-least-once", "exactly-once", NULL};
    struct weir_json child;
    int place = 0, delivery = 0;
    int code = weir_json_only(at, weir_recovery_keys);
    if (!code)
        code = weir_json_opt_choice(at, "place", places, &place);
    if (!code)
        code = weir_json_opt_choice(at, "delivery", deliveries, &delivery);
    if (!code)
        code = weir_json_opt_quantity(at, "checkpoint_interval", WEIR_UNIT_TIME, 1e-3, DBL_MAX, &recovery->interval_s);
    if (!code)
        code = weir_json_opt_quantity(at, "checkpoint_time", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->checkpoint_s);
    if (!code)
        code = weir_json_opt_quantity(at, "restart", WEIR_UNIT_TIME, 0, DBL_MAX, &recovery->restart_s);
    if (!code)
        code = weir_json_opt_quantity(at, "detect", WEIR_UNIT_TIME, 1e-3, DBL_MAX, &recovery->detect_s);
    if (!code)
        code = read_store(at, platform, recovery);
    if (!code && weir_json_get(at, "restarts", &child))
        code = read_restarts(&child, recovery);
    if (!code && weir_json_get(at, "checkpoints", &child))
        code = read_checkpoints(&child, recovery);
    recovery->wait = place >= 1;
    recovery->drop = place == 2;
    recovery->exactly_once = delivery == 1;
    return code;
}

int weir_scenario_read_recovery(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json child;
    scenario->recovery = (struct weir_recovery){.interval_s = 30,
                                                .restart_s = 5,
                                                .detect_s = 1,
                                                .store = -1,
                                                .attempts = -1,
                                                .timeout_s = 600,
                                                .concurrent = 1,
                                                .max_delay_s = 60,
                                                .multiplier = 1.5,
                                                .reset_after_s = 3600};
    if (!weir_json_get(at, "recovery", &child))
        return WEIR_OK;
    scenario->recovery.on = true;
    return read_recovery(&child, scenario->platform, &scenario->recovery);
}
