/* Reading operators. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

#define OPERATORS_AT_MOST 10000

/* Checks the variation coefficient against what its distribution can be. */
static int check_cv(const struct weir_json *at, bool given, struct weir_distribution *flops)
{
    static const double highest[WEIR_SPREAD_COUNT] = {
        [WEIR_SPREAD_UNIFORM] = 0.57735, /* 1 / sqrt(3) */
        [WEIR_SPREAD_NORMAL] = 0.5,      [WEIR_SPREAD_LOGNORMAL] = 10,
        [WEIR_SPREAD_GAMMA] = 10,        [WEIR_SPREAD_PARETO] = 10,
    };
    const char *name = weir_spread_names[flops->spread];
    switch (flops->spread) {
    case WEIR_SPREAD_CONSTANT:
        if (given && flops->cv != 0)
            return weir_json_error(at,
                                   "the constant distribution has no \"cv\"; name a \"distribution\", such as gamma");
        flops->cv = 0;
        return WEIR_OK;
    case WEIR_SPREAD_EXPONENTIAL:
        if (given && flops->cv != 1)
            return weir_json_error(at, "the cv of the exponential distribution is 1; leave it out, or take gamma");
        flops->cv = 1;
        return WEIR_OK;
    default:
        if (!given)
            return weir_json_error(at, "the %s distribution needs \"cv\", its coefficient of variation", name);
        if (!(flops->cv > 0) || flops->cv > highest[flops->spread])
            return weir_json_error(at, "a cv of %g is out of range for the %s distribution; more than 0, at most %g",
                                   flops->cv, name, highest[flops->spread]);
        return WEIR_OK;
    }
}

/* "20Mf" or {"mean": "20Mf", "distribution": "gamma", "cv": 0.5}. */
int weir_flops_read(const struct weir_json *at, struct weir_distribution *flops)
{
    struct weir_flops_read read = {0};
    struct weir_json child;
    if (!weir_json_is_object(at))
        return weir_json_quantity(at, WEIR_UNIT_FLOPS, 0, DBL_MAX, &flops->mean);
    int code = weir_param_read(weir_flops_keys, at, &read);
    if (code)
        return code;
    *flops =
        (struct weir_distribution){.spread = (enum weir_spread)read.distribution, .mean = read.mean, .cv = read.cv};
    bool given = weir_json_get(at, "cv", &child);
    return check_cv(given ? &child : at, given, flops);
}

/* "10MB" or {"size": "10MB", "per_item": "100B", "per_key": "1kB", "max": "1GB"}; op->keys is known. */
static int read_state(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_state_read read = {.max = INFINITY};
    struct weir_json child;
    if (!weir_json_is_object(at))
        return weir_json_quantity(at, WEIR_UNIT_BYTES, 0, DBL_MAX, &op->state_bytes);
    int code = weir_param_read(weir_state_keys, at, &read);
    if (code)
        return code;
    op->state_bytes = read.size;
    op->state_bytes_per_item = read.per_item;
    op->state_max_bytes = read.max;
    op->state_update_bytes = read.update;
    op->state_flops = read.flops;
    if (weir_json_get(at, "per_key", &child) && op->keys == 0)
        return weir_json_error(&child, "the operator has no \"keys\"; add them, or use \"size\"");
    op->state_bytes += read.per_key * (double)op->keys;
    if (op->state_max_bytes < op->state_bytes) {
        char max[32], size[32];
        weir_quantity_show(WEIR_UNIT_BYTES, op->state_max_bytes, max, sizeof max);
        weir_quantity_show(WEIR_UNIT_BYTES, op->state_bytes, size, sizeof size);
        return weir_json_error(at, "\"max\" (%s) is below what the state begins with (%s); raise it", max, size);
    }
    return WEIR_OK;
}

/* {"count": 1000, "skew": 0.8}, or the count alone. */
static int read_keys(const struct weir_json *at, struct weir_operator *op)
{
    if (!weir_json_is_object(at))
        return weir_json_integer(at, 1, 100000000, &op->keys);
    return weir_param_read(weir_keys_keys, at, op);
}

static int take_parallelism(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int now = op->parallelism, least = op->min_instances, most = op->max_parallelism;
    if (!weir_json_get(at, "parallelism", &child))
        now = least > 1 ? least : 1;
    if (!weir_json_get(at, "max_parallelism", &child))
        most = now > WEIR_MAX_PARALLELISM ? now : WEIR_MAX_PARALLELISM;
    if (least > most && weir_json_get(at, "min_instances", &child))
        return weir_json_error(&child, "%d is above \"max_parallelism\" (%d); lower one or raise the other", least,
                               most);
    if (now > most && weir_json_get(at, "parallelism", &child))
        return weir_json_error(&child, "%d is above \"max_parallelism\" (%d); lower one or raise the other", now, most);
    if (now < least && weir_json_get(at, "parallelism", &child))
        return weir_json_error(&child, "%d is below \"min_instances\" (%d); raise one or lower the other", now, least);
    if (now > most)
        now = most;
    op->parallelism = now;
    op->max_parallelism = most;
    return WEIR_OK;
}

/* [5, 1, 1]; op->parallelism is known. */
static int read_weights(const struct weir_json *at, struct weir_operator *op)
{
    int count = weir_json_size(at), code = WEIR_OK;
    if (!weir_json_is_array(at) || count != op->parallelism || !count)
        return weir_json_error(at, "must be a list of %d number%s, as many as instances at the start", op->parallelism,
                               op->parallelism == 1 ? "" : "s");
    if (op->keys > 0 || op->join_all || op->shared_queue)
        return weir_json_error(
            at,
            "items go to instances in turns by \"weights\", but those of this operator go to %s; leave "
            "\"weights\" out",
            op->keys > 0   ? "the one that has their key"
            : op->join_all ? "where the other parts of them go"
                           : "a queue that instances share");
    op->weights = weir_alloc((size_t)count, sizeof *op->weights);
    for (int i = 0; i < count && !code; i++) {
        struct weir_json child = weir_json_at(at, i);
        code = weir_json_number(&child, 1e-9, 1e9, &op->weights[i]);
    }
    return code;
}

/* Whether the hosts that are meant take the instances at all, if nothing else runs. A placement by the source is not
 * known here. */
static int check_slots(const struct weir_json *at, const struct weir_platform *platform, const struct weir_operator *op)
{
    if (op->where.kind == WEIR_WHERE_ANY || op->where.kind == WEIR_WHERE_SOURCE)
        return WEIR_OK;
    int *hosts = weir_alloc(platform->host_count, sizeof *hosts);
    int count = weir_where_hosts(&op->where, platform, -1, hosts, (int)platform->host_count);
    long slots = 0;
    bool limited = true;
    for (int i = 0; i < count && limited; i++) {
        slots += platform->hosts[hosts[i]].slots;
        limited = platform->hosts[hosts[i]].slots > 0;
    }
    free(hosts);
    if (!limited || slots >= op->parallelism)
        return WEIR_OK;
    return weir_json_error(at,
                           "%d instances do not fit: the %d host%s meant %s %ld slot%s; lower \"parallelism\" or "
                           "choose another placement",
                           op->parallelism, count, count == 1 ? "" : "s", count == 1 ? "has" : "have together", slots,
                           slots == 1 ? "" : "s");
}

void weir_operator_init(struct weir_operator *op)
{
    *op = (struct weir_operator){.state_max_bytes = INFINITY,
                                 .capacity_bytes = INFINITY,
                                 .low_watermark = -1,
                                 .batch_items = 1,
                                 .max_wait_s = INFINITY,
                                 .retry_attempts = 1,
                                 .retry_max_delay_s = INFINITY,
                                 .hedge_after_s = INFINITY,
                                 .cut_off_s = INFINITY,
                                 .idle_timeout_s = INFINITY,
                                 .tires_time_s = INFINITY,
                                 .parallelism = 1,
                                 .max_parallelism = WEIR_MAX_PARALLELISM,
                                 .where = {.kind = WEIR_WHERE_SOURCE, .tier = -1}};
    weir_param_defaults(weir_operator_keys, op);
}

int weir_part_name_read(const struct weir_json *at, struct weir_json *place, const char **name)
{
    *name = NULL;
    int code = weir_json_need(at, "name", place);
    if (!code)
        code = weir_json_name(place, name);
    if (!code && (strcmp(*name, "source") == 0 || strcmp(*name, "sink") == 0))
        code = weir_json_error(place, "\"%s\" is a reserved name; choose another", *name);
    return code;
}

static int read_name(const struct weir_json *at, const struct weir_job *job, int index, struct weir_operator *op)
{
    struct weir_json child;
    const char *name;
    int code = weir_part_name_read(at, &child, &name);
    if (code)
        return code;
    for (int i = 0; i < index; i++)
        if (job->operators[i].name && strcmp(job->operators[i].name, name) == 0)
            return weir_json_error(&child, "operator \"%s\" is there twice; choose another name", name);
    op->name = weir_copy(name);
    return WEIR_OK;
}

static int read_operator(const struct weir_json *at, const struct weir_platform *platform, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_param_bind(weir_operator_keys, at, NULL, op);
    if (!code && weir_json_get(at, "flops", &child))
        code = weir_flops_read(&child, &op->flops);
    if (!code && weir_json_get(at, "keys", &child))
        code = read_keys(&child, op);
    if (!code && weir_json_get(at, "state", &child))
        code = read_state(&child, op);
    if (!code)
        code = weir_event_windows_read(at, op);
    if (!code)
        code = weir_queue_read(at, op);
    if (!code)
        code = weir_service_read(at, op);
    if (!code)
        code = weir_pace_read(at, op);
    if (!code)
        code = weir_calls_read(at, op);
    if (!code)
        code = take_parallelism(at, op);
    if (!code && weir_json_get(at, "weights", &child))
        code = read_weights(&child, op);
    if (!code && weir_json_get(at, "placement", &child))
        code = weir_where_read(&child, platform, true, &op->where);
    if (code)
        return code;
    if (op->shared_queue && op->keys > 0)
        return weir_json_error(at, "a shared queue cannot keep keys apart; leave \"keys\" or \"queue\" out");
    if (!op->parallelism)
        weir_remark("operator \"%s\" begins without an instance: what comes waits until a policy starts one", op->name);
    if (op->join_all && op->window_s > 0)
        return weir_json_error(at, "a join has no window; put the window in an operator after it");
    return check_slots(at, platform, op);
}

int weir_operators_read(const struct weir_json *at, const struct weir_platform *platform, struct weir_job *job)
{
    struct weir_json list;
    int broken = 0, code = weir_json_need(at, "operators", &list);
    if (code)
        return code;
    int count = weir_json_size(&list);
    if (!weir_json_is_array(&list) || count < 1)
        return weir_json_error(&list, "must be a list of at least one operator");
    if (count > OPERATORS_AT_MOST)
        return weir_json_error(&list, "%d operators are too many for a job; at most %d", count, OPERATORS_AT_MOST);
    job->operators = weir_alloc((size_t)count, sizeof *job->operators);
    for (int i = 0; i < count && !code; i++) {
        struct weir_json child = weir_json_at(&list, i);
        struct weir_operator *op = &job->operators[job->operator_count++];
        weir_operator_init(op);
        int wrong = read_name(&child, job, i, op);
        if (!wrong)
            wrong = read_operator(&child, platform, op);
        broken += wrong != WEIR_OK;
        code = weir_error_keep(wrong);
    }
    return !code && broken ? weir_error_again() : code;
}

void weir_operator_fini(struct weir_operator *op)
{
    free(op->name);
    free(op->weights);
    weir_where_fini(&op->where);
}
