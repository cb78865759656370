/* Windows of operators: by the clock, or in event time. */
#include <float.h>
#include <math.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

const char *const weir_window_type_names[] = {"tumbling", "sliding", "session", NULL};

/* An item is in so many windows at most. */
#define WINDOWS_AN_ITEM 10000

const char *const weir_join_names[] = {"merge", "all", "window", "interval", NULL};

/* Whether a key is there that the type has, and no other. */
static int check_key(const struct weir_json *at, const char *key, const struct weir_operator *op, bool wanted)
{
    struct weir_json child;
    bool given = weir_json_get(at, key, &child);
    const char *type = weir_window_type_names[op->window_type];
    if (given && !wanted)
        return weir_json_error(&child, "%s windows have no \"%s\"; leave it out, or name another \"type\"", type, key);
    if (!given && wanted)
        return weir_json_error(at, "%s windows need a \"%s\", such as \"%s\": \"10s\"", type, key, key);
    return WEIR_OK;
}

static int read_event_time(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_param_read(weir_window_keys, at, op);
    bool session = op->window_type == WEIR_WINDOW_SESSION, sliding = op->window_type == WEIR_WINDOW_SLIDING;
    if (!code)
        code = check_key(at, "size", op, !session);
    if (!code)
        code = check_key(at, "slide", op, sliding);
    if (!code)
        code = check_key(at, "gap", op, session);
    if (code)
        return code;
    op->event_time = true;
    if (session)
        op->window_s = op->window_gap_s;
    if (!sliding)
        op->window_slide_s = op->window_s;
    if (op->window_slide_s > op->window_s && weir_json_get(at, "slide", &child))
        return weir_json_error(&child,
                               "%g s is more than the \"size\" (%g s), so that items would be in no window; lower "
                               "it",
                               op->window_slide_s, op->window_s);
    if (op->window_s > WINDOWS_AN_ITEM * op->window_slide_s && weir_json_get(at, "slide", &child))
        return weir_json_error(&child, "an item would be in more than %d windows; raise it, or lower \"size\"",
                               WINDOWS_AN_ITEM);
    if (!op->keys)
        op->keys = 1;
    return WEIR_OK;
}

/* {"lower": "-5s", "upper": "5s"} */
static int read_interval(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_json_need(at, "interval", &child);
    if (!code)
        code = weir_param_read(weir_interval_keys, &child, op);
    if (code)
        return code;
    if (op->interval_lower_s > op->interval_upper_s)
        return weir_json_error(&child, "\"lower\" (%g s) is above \"upper\" (%g s); exchange them",
                               op->interval_lower_s, op->interval_upper_s);
    if (weir_json_get(at, "window", &child))
        return weir_json_error(&child, "a join by interval has no window; leave it out, or take \"join\": \"window\"");
    if (weir_json_get(at, "selectivity", &child) && op->selectivity != 1)
        return weir_json_error(&child,
                               "a join by key gives a result for each pair; leave \"selectivity\" to an operator "
                               "behind it");
    op->event_time = true;
    op->window_s = fmax(op->interval_upper_s - op->interval_lower_s, 1e-6);
    if (!op->keys)
        op->keys = 1;
    return WEIR_OK;
}

int weir_event_windows_read(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child, selectivity;
    op->join_all = op->join == WEIR_JOIN_ALL;
    if (op->join == WEIR_JOIN_INTERVAL)
        return read_interval(at, op);
    if (weir_json_get(at, "interval", &child))
        return weir_json_error(&child, "is of a \"join\": \"interval\"; add that, or leave it out");
    bool windowed = weir_json_get(at, "window", &child);
    if (op->join == WEIR_JOIN_WINDOW && (!windowed || !weir_json_is_object(&child)))
        return weir_json_error(at, "a join in windows needs a \"window\" in event time, such as \"window\": {\"size\": "
                                   "\"10s\"}");
    if (!windowed)
        return WEIR_OK;
    if (!weir_json_is_object(&child))
        return weir_json_quantity(&child, WEIR_UNIT_TIME, DBL_MIN, DBL_MAX, &op->window_s);
    int code = read_event_time(&child, op);
    if (!code && weir_json_get(at, "selectivity", &selectivity) && op->selectivity != 1)
        return weir_json_error(&selectivity, "windows in event time give a result for each key that has an item; leave "
                                             "\"selectivity\" to an operator behind this one");
    return code;
}
