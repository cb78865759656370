/* How operators serve: in which order, and what becomes of items whose deadline has passed; and the kinds of items. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

/* Shares are added up with rounding, as of 1/3. */
#define SHARES_ROUNDING 1e-6

/* {"quota": "50ms", "period": "100ms"} */
static int read_quota(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_param_read(weir_quota_keys, at, op);
    if (!code && op->quota_s >= op->quota_period_s && weir_json_get(at, "quota", &child))
        code = weir_json_error(&child,
                               "%g s of %g s are no limit, as an instance uses a core at most; lower it, or leave "
                               "\"cpu_quota\" out",
                               op->quota_s, op->quota_period_s);
    return code;
}

int weir_service_read(const struct weir_json *at, struct weir_operator *op)
{
    struct weir_json child;
    int code = weir_json_get(at, "cpu_quota", &child) ? read_quota(&child, op) : WEIR_OK;
    if (!code && op->preempts && op->order == WEIR_ORDER_FIFO && weir_json_get(at, "preempt", &child))
        code =
            weir_json_error(&child, "what comes later never goes first without an \"order\"; add one, or leave it out");
    return code;
}

static int read_kind(const struct weir_json *at, const struct weir_job *job, struct weir_kind *kind)
{
    struct weir_json child;
    const char *name = NULL;
    kind->deadline_s = INFINITY;
    int code = weir_param_read(weir_kind_keys, at, kind);
    if (!code && weir_json_get(at, "name", &child))
        code = weir_json_name(&child, &name);
    for (const struct weir_kind *k = job->kinds; k < kind && !code; k++)
        if (strcmp(k->name, name) == 0)
            code = weir_json_error(&child, "kind \"%s\" is there twice; choose another name", name);
    kind->name = weir_copy(name);
    return code;
}

/* [{"name": "alarm", "share": 0.1, "priority": 1, "deadline": "50ms"}, ...] */
int weir_kinds_read(const struct weir_json *at, struct weir_job *job)
{
    struct weir_json list;
    double sum = 0;
    int code = WEIR_OK;
    if (!weir_json_get(at, "kinds", &list))
        return WEIR_OK;
    int count = weir_json_size(&list);
    if (!weir_json_is_array(&list) || count < 1 || count > WEIR_KINDS_AT_MOST)
        return weir_json_error(&list, "must be a list of 1 to %d kinds of items", WEIR_KINDS_AT_MOST);
    job->kinds = weir_alloc((size_t)count, sizeof *job->kinds);
    for (int k = 0; k < count && !code; k++) {
        struct weir_json child = weir_json_at(&list, k);
        code = read_kind(&child, job, &job->kinds[job->kind_count++]);
        sum += job->kinds[k].share;
    }
    if (!code && fabs(sum - 1) > SHARES_ROUNDING)
        code = weir_json_error(&list, "the shares of the kinds come to %g together, and must come to 1", sum);
    return code;
}

void weir_kinds_free(struct weir_job *job)
{
    for (int k = 0; k < job->kind_count; k++)
        free(job->kinds[k].name);
    free(job->kinds);
}

static bool any_deadline(const struct weir_job *job)
{
    bool any = isfinite(job->slo_s);
    for (int k = 0; k < job->kind_count; k++)
        any |= isfinite(job->kinds[k].deadline_s);
    return any;
}

/* What an operator with an order or with items that expire does not bear; NULL: it does. */
static const char *refuses(const struct weir_job *job, int o)
{
    const struct weir_operator *op = &job->operators[o];
    if (op->order == WEIR_ORDER_PRIORITY && !job->kind_count)
        return "has the \"order\" priority, but the job has no \"kinds\" of items; add them, or take another order";
    if ((op->order == WEIR_ORDER_EDF || op->expires) && !any_deadline(job))
        return "goes by deadlines, but no kind of the job's items has a \"deadline\", and the job no \"slo\"; add one";
    if (op->order == WEIR_ORDER_FIFO && !op->expires)
        return NULL;
    if (op->join_all)
        return "is a join, which serves an item when its parts are there; put the \"order\" or \"expire\" in an "
               "operator "
               "behind it";
    if (op->batch_items > 1)
        return "has a \"batch\", which takes items in the order of coming; leave \"order\" and \"expire\", or the "
               "batch, "
               "out";
    for (int e = 0; e < job->edge_count; e++)
        if (job->edges[e].to == o && job->edges[e].full == WEIR_FULL_DROP_OLD)
            return "has an \"order\" or \"expire\", and an edge to it drops the oldest when it is full; take \"block\" "
                   "or "
                   "\"drop-new\"";
    return NULL;
}

int weir_services_check(const struct weir_json *at, const struct weir_job *job)
{
    for (int o = 0; o < job->operator_count; o++) {
        const char *why = refuses(job, o);
        if (why)
            return weir_json_error(at, "operator \"%s\" %s", job->operators[o].name, why);
    }
    return WEIR_OK;
}
