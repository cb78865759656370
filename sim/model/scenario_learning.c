/* Reading "learning". */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/view_fields.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

#define OBSERVED_AT_MOST 100000

/* Numbers with a way over the pipe, or the length of an array that has one. */
static bool is_observable(const struct weir_view_field *field)
{
    switch (field->of) {
    case WEIR_OF_VIEW:
    case WEIR_OF_HOST:
    case WEIR_OF_JOB:
    case WEIR_OF_OPERATOR:
        break;
    default:
        return false;
    }
    if (field->kind == WEIR_FIELD_COUNT)
        return weir_observed_source(field) != field;
    return field->kind <= WEIR_FIELD_TRUTH && field->way <= WEIR_SENT_ALWAYS;
}

const struct weir_view_field *weir_observed_source(const struct weir_view_field *field)
{
    if (field->kind != WEIR_FIELD_COUNT)
        return field;
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++)
        if (f->of == field->of && f->kind >= WEIR_FIELD_NUMBERS && f->kind <= WEIR_FIELD_RECORDS &&
            f->count_offset == field->offset && f->way <= WEIR_SENT_ALWAYS)
            return f;
    return field;
}

static char *full_name(const struct weir_view_field *field)
{
    return weir_format("%s.%s", weir_view_record_names[field->of], field->name);
}

/* Refuses a name, with the near one among those that can be observed. */
static int unknown_field(const struct weir_json *at, const char *name)
{
    char quote[WEIR_QUOTE_SIZE], **names = NULL;
    size_t count = 0, capacity = 0;
    int code;
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++) {
        if (!is_observable(f))
            continue;
        WEIR_ONE_MORE(names, count, capacity);
        names[count++] = full_name(f);
    }
    const char *near = weir_nearest(name, (const char *const *)names, count);
    if (near)
        code = weir_json_error(at, "%s cannot be observed; did you mean \"%s\"?", weir_quote(name, quote), near);
    else
        code = weir_json_error(at,
                               "%s cannot be observed; take a field of the view, a host, a job or an operator that is "
                               "a number, such as \"operator.busy\" (weir list view)",
                               weir_quote(name, quote));
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return code;
}

static int find_field(const struct weir_json *at, const char *name, const struct weir_view_field **field)
{
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++) {
        char *full = full_name(f);
        bool same = strcmp(full, name) == 0;
        free(full);
        *field = f;
        if (same && is_observable(f))
            return WEIR_OK;
    }
    return unknown_field(at, name);
}

/* ---- who is meant ---- */

static char *op_name(const struct weir_workload *workload, int job, int op)
{
    return weir_format("%s/%s", workload->jobs[job].name, workload->jobs[job].operators[op].name);
}

/* The name of who is observed; owned. */
static char *who_name(const struct weir_scenario *scenario, const struct weir_observed *who)
{
    if (who->host >= 0)
        return weir_copy(scenario->platform->hosts[who->host].name);
    if (who->op >= 0)
        return op_name(scenario->workload, who->job, who->op);
    return weir_copy(who->job >= 0 ? scenario->workload->jobs[who->job].name : "");
}

static bool is_meant(const char *pattern, const char *name)
{
    return strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0;
}

/* All records that a field is of, in the view's order; returns how many. `list` may be NULL. */
static int each_record(const struct weir_scenario *scenario, enum weir_view_record of, struct weir_observed *list)
{
    const struct weir_workload *workload = scenario->workload;
    struct weir_observed none = {.host = -1, .job = -1, .op = -1};
    int count = 0;
    if (of == WEIR_OF_VIEW) {
        if (list)
            list[0] = none;
        return 1;
    }
    for (int h = 0; of == WEIR_OF_HOST && h < (int)scenario->platform->host_count; h++, count++)
        if (list)
            list[count] = (struct weir_observed){.host = h, .job = -1, .op = -1};
    for (int j = 0; of == WEIR_OF_JOB && j < workload->job_count; j++, count++)
        if (list)
            list[count] = (struct weir_observed){.host = -1, .job = j, .op = -1};
    for (int j = 0; of == WEIR_OF_OPERATOR && j < workload->job_count; j++)
        for (int o = 0; o < workload->jobs[j].operator_count; o++, count++)
            if (list)
                list[count] = (struct weir_observed){.host = -1, .job = j, .op = o};
    return count;
}

/* Marks those that a name or pattern means. */
static int mark(const struct weir_json *at, const struct weir_scenario *scenario, const struct weir_observed *list,
                int count, bool *meant)
{
    const char *pattern;
    char quote[WEIR_QUOTE_SIZE];
    bool any = false;
    int code = weir_json_string(at, &pattern);
    for (int i = 0; i < count && !code; i++) {
        char *name = who_name(scenario, &list[i]);
        if (is_meant(pattern, name))
            meant[i] = any = true;
        free(name);
    }
    if (code || any)
        return code;
    bool op = count && list[0].op >= 0;
    return weir_json_error(at, "there is no %s %s%s",
                           op                           ? "operator"
                           : count && list[0].host >= 0 ? "host"
                                                        : "job",
                           weir_quote(pattern, quote), op ? "; write \"job/operator\"" : "");
}

/* Those of a record that are meant, in the view's order: by a key that holds a name, a pattern or a list of them, or
 * all if it is not there. *list is owned. */
static int read_who(const struct weir_json *at, const char *key, const struct weir_scenario *scenario,
                    enum weir_view_record of, struct weir_observed **list, int *count)
{
    struct weir_json child;
    int all = each_record(scenario, of, NULL), code = WEIR_OK;
    struct weir_observed *who = weir_alloc((size_t)all, sizeof *who);
    bool *meant = weir_alloc((size_t)all, sizeof *meant);
    each_record(scenario, of, who);
    bool given = at && weir_json_get(at, key, &child), listed = given && weir_json_is_array(&child);
    if (given && of == WEIR_OF_VIEW)
        code = weir_json_error(&child, "there is one view; leave \"%s\" out", key);
    else if (given && !listed)
        code = mark(&child, scenario, who, all, meant);
    for (int i = 0; listed && i < weir_json_size(&child) && !code; i++) {
        struct weir_json one = weir_json_at(&child, i);
        code = mark(&one, scenario, who, all, meant);
    }
    *count = 0;
    for (int i = 0; i < all; i++)
        if (!given || meant[i])
            who[(*count)++] = who[i];
    free(meant);
    *list = who;
    return code;
}

/* ---- the parts ---- */

/* An element of "observe". */
static int read_observed(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_learning *learning = &scenario->learning;
    struct weir_observe_read read = {0};
    struct weir_observed *who = NULL;
    const struct weir_view_field *field = NULL;
    bool object = weir_json_is_object(at);
    int count = 0, code = object ? weir_param_read(weir_observe_keys, at, &read) : weir_json_string(at, &read.field);
    if (!code)
        code = find_field(at, read.field, &field);
    if (!code)
        code = read_who(object ? at : NULL, "of", scenario, field->of, &who, &count);
    if (!code && learning->observed_count + count > OBSERVED_AT_MOST)
        code = weir_json_error(at, "these are more than %d numbers; say of which by \"of\"", OBSERVED_AT_MOST);
    if (!code) {
        learning->observed = weir_grow(learning->observed, (size_t)learning->observed_count + (size_t)count,
                                       &learning->observed_capacity, sizeof *learning->observed);
        for (int i = 0; i < count; i++) {
            who[i].field = field;
            learning->observed[learning->observed_count++] = who[i];
        }
    }
    free(who);
    return code;
}

static int read_observe(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list;
    int code = weir_json_need(at, "observe", &list), broken = 0;
    if (!code && (!weir_json_is_array(&list) || weir_json_size(&list) == 0))
        return weir_json_error(&list, "must be a list of fields of the view, such as [\"operator.busy\"]");
    for (int i = 0; !code && i < weir_json_size(&list); i++) {
        struct weir_json one = weir_json_at(&list, i);
        int wrong = read_observed(&one, scenario);
        broken += wrong != WEIR_OK;
        code = weir_error_keep(wrong);
    }
    return !code && broken ? weir_error_again() : code;
}

static int read_actions(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_learning *learning = &scenario->learning;
    struct weir_actions_read read = {0};
    struct weir_observed *who = NULL;
    struct weir_json child, operators;
    bool given = weir_json_get(at, "actions", &child);
    weir_param_defaults(weir_actions_keys, &read);
    int count = 0, code = given ? weir_param_bind(weir_actions_keys, &child, NULL, &read) : WEIR_OK;
    learning->kind = (enum weir_learning_kind)read.kind;
    if (!code && learning->kind == WEIR_LEARNING_PLAN) {
        if (given && weir_json_get(&child, "operators", &operators))
            code = weir_json_error(&operators, "a plan names its operators; leave \"operators\" out");
        return code;
    }
    if (!code)
        code = read_who(given ? &child : NULL, "operators", scenario, WEIR_OF_OPERATOR, &who, &count);
    learning->acted = weir_alloc((size_t)count, sizeof *learning->acted);
    for (int i = 0; i < count; i++)
        learning->acted[learning->acted_count++] = (struct weir_acted){who[i].job, who[i].op};
    free(who);
    return code;
}

static int read_reward(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json child;
    int code = weir_json_need(at, "reward", &child);
    return code ? code : weir_param_read(weir_reward_keys, &child, &scenario->learning.reward);
}

int weir_scenario_read_learning(const struct weir_json *at, struct weir_scenario *scenario)
{
    static int (*const parts[])(const struct weir_json *, struct weir_scenario *) = {read_observe, read_reward,
                                                                                     read_actions};
    struct weir_learning_read read = {0};
    struct weir_json child;
    if (!weir_json_get(at, "learning", &child))
        return WEIR_OK;
    int broken = 0, code = weir_param_read(weir_learning_keys, &child, &read);
    if (code)
        return code;
    scenario->learning.on = true;
    scenario->learning.missing = read.missing;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !code; i++) {
        int wrong = parts[i](&child, scenario);
        broken += wrong != WEIR_OK;
        code = weir_error_keep(wrong);
    }
    return !code && broken ? weir_error_again() : code;
}

void weir_learning_fini(struct weir_learning *learning)
{
    free(learning->observed);
    free(learning->acted);
    *learning = (struct weir_learning){0};
}
