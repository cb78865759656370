/* Services that fail, and what is done about it; instances that serve several items at once; consumers that
 * acknowledge, or are cut off. */
#include <math.h>

#include "sim/base/error.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

int weir_calls_read(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_json_get(at, "retry", &child) ? weir_param_read(weir_retry_keys, &child, op) : WEIR_OK;
    if (!code && weir_json_get(at, "hedge", &child))
        code = weir_param_read(weir_hedge_keys, &child, op);
    if (!code && weir_json_get(at, "breaker", &child))
        code = weir_param_read(weir_breaker_keys, &child, op);
    bool fails = op->fails > 0 || isfinite(op->max_wait_s);
    if (!code && !fails && (weir_json_get(at, "retry", &child) || weir_json_get(at, "breaker", &child)))
        code = weir_json_error(&child, "nothing fails without \"fails\" or \"max_wait\"; add one, or leave it out");
    return code;
}

bool weir_operator_calls(const struct weir_operator *op)
{
    return op->fails > 0 || op->retry_attempts > 1 || op->breaker_failures > 0 || isfinite(op->hedge_after_s);
}

static bool any_edge(const struct weir_job *job, int to, bool drop_old_alone)
{
    bool any = false;
    for (int e = 0; e < job->edge_count; e++)
        any |= job->edges[e].to == to &&
               (drop_old_alone ? job->edges[e].full == WEIR_FULL_DROP_OLD : job->edges[e].full != WEIR_FULL_BLOCK);
    return any;
}

static bool is_ordered(const struct weir_operator *op)
{
    return op->order != WEIR_ORDER_FIFO || op->expires;
}

/* What does not go with what; in the words of an error. NULL: all does. */
static const char *refuses_calls(const struct weir_job *job, int o)
{
    const struct weir_operator *op = &job->operators[o];
    if (op->join_all)
        return "is a join, whose items have parts; put \"fails\", \"retry\", \"hedge\" and \"breaker\" elsewhere";
    if (op->batch_items > 1)
        return "has a \"batch\", of which no item fails alone; leave it, or \"fails\", \"retry\", \"hedge\" and "
               "\"breaker\", out";
    if (is_ordered(op))
        return "has an \"order\" or \"expire\", but attempts are served as they come; leave one of the two out";
    if (any_edge(job, o, true))
        return "has calls (\"fails\", \"retry\", \"hedge\", \"breaker\"), and an edge to it drops the oldest; take "
               "\"block\" or \"drop-new\"";
    if (isfinite(op->hedge_after_s) && op->shared_queue)
        return "has one queue for all instances of a host, so that there is no other to \"hedge\" with; leave one out";
    if (isfinite(op->hedge_after_s) && op->keys > 0)
        return "has \"keys\", each of which has one instance, so that there is no other to \"hedge\" with; leave one "
               "out";
    return NULL;
}

static const char *calls_refuse(const struct weir_job *job, int o)
{
    const struct weir_operator *op = &job->operators[o];
    if (op->concurrency > 1 && op->window_s > 0)
        return "has a \"window\", which one thread fills; leave \"concurrency\" out, or give it more instances";
    if (op->concurrency > 1 && op->preempts)
        return "preempts, which looks at one service of an instance; leave \"concurrency\" or \"preempt\" out";
    if (op->concurrency > 1 && op->quota_s > 0)
        return "has a \"cpu_quota\", which is of one service at a time; leave \"concurrency\" or the quota out";
    if (op->unacked && (op->join_all || op->batch_items > 1 || is_ordered(op) || weir_operator_calls(op)))
        return "acknowledges items one by one as they come (\"unacked\"), but is a join, or has a \"batch\", an "
               "\"order\" or calls; leave one of the two out";
    if (op->unacked && (any_edge(job, o, false) || op->low_watermark >= 0))
        return "has a window of items that are not acknowledged (\"unacked\"), for which senders wait; leave "
               "\"low_watermark\" and edges that drop out";
    if (isfinite(op->cut_off_s) && (op->join_all || is_ordered(op)))
        return "is cut off after a time (\"cut_off\"), but is a join or has an \"order\"; leave one of the two out";
    if (isfinite(op->cut_off_s) && any_edge(job, o, false))
        return "is cut off after a time in which senders wait (\"cut_off\"), but an edge to it drops items when it is "
               "full; leave one of the two out";
    return weir_operator_calls(op) ? refuses_calls(job, o) : NULL;
}

int weir_calls_check(const struct weir_json *at, const struct weir_job *job)
{
    for (int o = 0; o < job->operator_count; o++) {
        const char *why = calls_refuse(job, o);
        if (why)
            return weir_json_error(at, "operator \"%s\" %s", job->operators[o].name, why);
    }
    return WEIR_OK;
}
