#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/pipe/message.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"

#define INSTANCES_AT_MOST 1000000

/* The index of a name among count structs of `size` bytes whose first member is the name. */
static int find(const struct weir_json *at, const char *what, const void *list, int count, size_t size, int *index)
{
    const char *name = NULL;
    int code = weir_json_string(at, &name);
    if (code)
        return code;
    for (int i = 0; i < count; i++) {
        const char *const *one = (const void *)((const char *)list + (size_t)i * size);
        if (strcmp(*one, name) == 0) {
            *index = i;
            return WEIR_OK;
        }
    }
    const char **names = weir_alloc((size_t)count, sizeof *names);
    for (int i = 0; i < count; i++)
        names[i] = *(const char *const *)(const void *)((const char *)list + (size_t)i * size);
    const char *near = weir_nearest(name, names, (size_t)count);
    char quote[WEIR_QUOTE_SIZE];
    if (near)
        code = weir_json_error(at, "there is no %s %s; did you mean \"%s\"?", what, weir_quote(name, quote), near);
    else
        code = weir_json_error(at, "there is no %s %s", what, weir_quote(name, quote));
    free(names);
    return code;
}

static int find_host(const struct weir_json *at, const struct weir_view *view, int *host)
{
    _Static_assert(offsetof(struct weir_host_view, name) == 0, "found by its first member");
    return find(at, "host", view->hosts, view->host_count, sizeof *view->hosts, host);
}

static int read_instance(const struct weir_json *at, const struct weir_view *view, struct weir_placement *placement)
{
    static const char *const keys[] = {"host", "weight", "cpu_share", NULL};
    struct weir_json child;
    *placement = (struct weir_placement){.weight = 1, .cpu_share = 1};
    int code = weir_json_only(at, keys);
    if (!code)
        code = weir_json_need(at, "host", &child);
    if (!code)
        code = find_host(&child, view, &placement->host);
    if (!code)
        code = weir_json_opt_number(at, "weight", -DBL_MAX, DBL_MAX, &placement->weight);
    if (!code)
        code = weir_json_opt_number(at, "cpu_share", -DBL_MAX, DBL_MAX, &placement->cpu_share);
    return code;
}

static int read_instances(const struct weir_json *at, const struct weir_view *view, struct weir_plan *plan, int job,
                          int op, const char *why)
{
    int count = weir_json_size(at), code = WEIR_OK;
    if (!weir_json_is_array(at))
        return weir_json_error(at, "must be a list such as [{\"host\": \"edge-1\"}]");
    struct weir_placement *list = weir_alloc((size_t)count, sizeof *list);
    for (int i = 0; i < count && !code; i++) {
        struct weir_json child = weir_json_at(at, i);
        code = read_instance(&child, view, &list[i]);
    }
    if (!code)
        weir_plan_set(plan, job, op, list, count, "%s", why);
    free(list);
    return code;
}

/* The index of an operator of a job; -1 for `end`, "source" or "sink" (NULL: neither will do). */
static int find_operator(const struct weir_json *at, const struct weir_job_view *job, const char *end, int *op)
{
    const char *name = NULL;
    _Static_assert(offsetof(struct weir_operator_view, name) == 0, "found by its first member");
    if (end && weir_json_string(at, &name) == WEIR_OK && strcmp(name, end) == 0) {
        *op = -1;
        return WEIR_OK;
    }
    return find(at, "operator", job->operators, job->operator_count, sizeof *job->operators, op);
}

/* {"job", "op": "detect" or "source", "to": "count" or "sink", "rate": 1e6 or null}; op is read already. */
static int read_rate(const struct weir_json *at, const struct weir_json *rate, const struct weir_view *view,
                     struct weir_plan *plan, int job, int from, const char *why)
{
    struct weir_json child;
    int to = -1;
    double bytes_per_s = INFINITY;
    int code = weir_json_need(at, "to", &child);
    if (!code)
        code = find_operator(&child, &view->jobs[job], "sink", &to);
    if (!code && !weir_json_is_null(rate))
        code = weir_json_number(rate, -DBL_MAX, DBL_MAX, &bytes_per_s);
    if (!code && weir_plan_rate_get(plan, job, from, to) == 0)
        return weir_json_error(&child, "there is no edge from %s to %s",
                               from < 0 ? "source" : view->jobs[job].operators[from].name,
                               to < 0 ? "sink" : view->jobs[job].operators[to].name);
    if (!code)
        weir_plan_rate(plan, job, from, to, bytes_per_s, "%s", why);
    return code;
}

static int read_decision(const struct weir_json *at, const struct weir_view *view, struct weir_plan *plan)
{
    /* "sleep", "wake" and "pstate" are decisions about hosts, which are read elsewhere; they are known here for what is
     * misspelt. */
    static const char *const keys[] = {"job",  "op",    "instances", "scale",  "move", "to",
                                       "rate", "sleep", "wake",      "pstate", "why",  NULL};
    struct weir_json child, instances, scale, move, rate;
    const char *why = "";
    int job = 0, op = 0, host = 0;
    long count = 0;
    _Static_assert(offsetof(struct weir_job_view, name) == 0, "found by its first member");
    int code = weir_json_only(at, keys);
    bool rates = weir_json_get(at, "rate", &rate);
    if (!code)
        code = weir_json_need(at, "job", &child);
    if (!code)
        code = find(&child, "job", view->jobs, view->job_count, sizeof *view->jobs, &job);
    if (!code)
        code = weir_json_need(at, "op", &child);
    if (!code)
        code = find_operator(&child, &view->jobs[job], rates ? "source" : NULL, &op);
    if (!code)
        code = weir_json_opt_string(at, "why", &why);
    if (code)
        return code;
    bool sets = weir_json_get(at, "instances", &instances), scales = weir_json_get(at, "scale", &scale);
    bool moves = weir_json_get(at, "move", &move);
    if (sets + scales + moves + rates != 1)
        return weir_json_error(at, "must have one of \"instances\", \"scale\", \"move\" and \"rate\"");
    if (rates)
        return read_rate(at, &rate, view, plan, job, op, why);
    if (weir_json_get(at, "to", &child))
        return weir_json_error(&child, "belongs to a \"rate\"");
    if (sets)
        return read_instances(&instances, view, plan, job, op, why);
    if (scales) {
        code = weir_json_integer(&scale, 0, INSTANCES_AT_MOST, &count);
        if (!code)
            weir_plan_scale(plan, job, op, (int)count, "%s", why);
        return code;
    }
    code = find_host(&move, view, &host);
    if (!code)
        weir_plan_move(plan, job, op, host, "%s", why);
    return code;
}

/* {"sleep": "edge-1"} or {"wake": "edge-1"}. */
static int read_power(const struct weir_json *at, const struct weir_view *view, struct weir_plan *plan)
{
    static const char *const keys[] = {"sleep", "wake", "why", NULL};
    struct weir_json sleep, wake;
    const char *why = "";
    int host = 0, code = weir_json_only(at, keys);
    bool sleeps = weir_json_get(at, "sleep", &sleep);
    if (!code && sleeps && weir_json_get(at, "wake", &wake))
        code = weir_json_error(at, "must have one of \"sleep\" and \"wake\"");
    if (!code && !sleeps)
        weir_json_get(at, "wake", &wake);
    if (!code)
        code = find_host(sleeps ? &sleep : &wake, view, &host);
    if (!code)
        code = weir_json_opt_string(at, "why", &why);
    if (!code)
        (sleeps ? weir_plan_sleep : weir_plan_wake)(plan, host, "%s", why);
    return code;
}

/* {"host": "edge-1", "pstate": 2}. */
static int read_pstate(const struct weir_json *at, const struct weir_view *view, struct weir_plan *plan)
{
    static const char *const keys[] = {"host", "pstate", "why", NULL};
    struct weir_json name, state;
    const char *why = "";
    long pstate = 0;
    int host = 0, code = weir_json_only(at, keys);
    if (!code)
        code = weir_json_need(at, "host", &name);
    if (!code)
        code = find_host(&name, view, &host);
    if (!code)
        code = weir_json_need(at, "pstate", &state);
    if (!code)
        code = weir_json_integer(&state, 0, INT_MAX, &pstate);
    if (!code)
        code = weir_json_opt_string(at, "why", &why);
    if (!code)
        weir_plan_pstate(plan, host, (int)pstate, "%s", why);
    return code;
}

static int read_plan(const struct weir_json *root, const struct weir_view *view, struct weir_plan *plan)
{
    static const char *const keys[] = {"plan", NULL};
    struct weir_json list;
    if (!weir_json_is_object(root))
        return weir_json_error(root, "must be an object such as {} or {\"plan\": [...]}");
    int code = weir_json_only(root, keys);
    if (code || !weir_json_get(root, "plan", &list))
        return code;
    if (!weir_json_is_array(&list))
        return weir_json_error(&list, "must be a list of decisions");
    if (!plan && weir_json_size(&list))
        return weir_json_error(&list, "must be empty: the departure of a job leaves nothing to decide");
    for (int i = 0; i < weir_json_size(&list) && !code; i++) {
        struct weir_json child = weir_json_at(&list, i);
        struct weir_json wish;
        bool powers = weir_json_get(&child, "sleep", &wish) || weir_json_get(&child, "wake", &wish);
        bool states = weir_json_get(&child, "pstate", &wish);
        code = (powers ? read_power : states ? read_pstate : read_decision)(&child, view, plan);
    }
    return code;
}

static int parse(const char *text, struct weir_json_doc **doc)
{
    char quote[WEIR_QUOTE_SIZE];
    if (weir_json_parse(text, "the program's answer", doc) == WEIR_OK)
        return WEIR_OK;
    bool odd = strstr(text, "NaN") || strstr(text, "Infinity");
    return weir_error(WEIR_ERUN, "%s (it wrote %s)%s", weir_error_message(), weir_quote(text, quote),
                      odd ? "; JSON has no NaN and no Infinity: find out where it comes from" : "");
}

static int read_choice(const struct weir_json *root, struct weir_routing *item)
{
    static const char *const keys[] = {"route", "flops", NULL};
    struct weir_json child;
    double flops = 0;
    long choice;
    if (!weir_json_is_object(root))
        return weir_json_error(root, "must be an object such as {} or {\"route\": 0}");
    int code = weir_json_only(root, keys);
    if (!code && weir_json_get(root, "route", &child)) {
        code = weir_json_integer(&child, 0, item->count - 1, &choice);
        if (!code)
            item->choice = (int)choice;
    }
    if (!code)
        code = weir_json_opt_number(root, "flops", 0, DBL_MAX, &flops);
    item->flops += flops;
    return code;
}

int weir_pipe_read_choice(const char *text, struct weir_routing *item)
{
    struct weir_json_doc *doc = NULL;
    int code = parse(text, &doc);
    if (code)
        return code;
    struct weir_json root = weir_json_root(doc);
    code = read_choice(&root, item);
    weir_json_free(doc);
    return code ? weir_error(WEIR_ERUN, "%s", weir_error_message()) : WEIR_OK;
}

int weir_pipe_read_answer(const char *text, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_json_doc *doc = NULL;
    int code = parse(text, &doc);
    if (code)
        return code;
    struct weir_json root = weir_json_root(doc);
    code = read_plan(&root, view, plan);
    weir_json_free(doc);
    return code ? weir_error(WEIR_ERUN, "%s", weir_error_message()) : WEIR_OK;
}
