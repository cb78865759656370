/* Actions as written: "60s:load=1.5". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/demo/session.h"
#include "sim/engine/run.h"

#define FACTOR_LEAST 0.001
#define FACTOR_MOST  1000

static int no_action(const char *text)
{
    char quoted[WEIR_QUOTE_SIZE];
    return weir_error(WEIR_EUSAGE,
                      "--do: %s is no action; write TIME:load=FACTOR, TIME:link=FACTOR or TIME:policy=NAME, as in "
                      "60s:load=1.5",
                      weir_quote(text, quoted));
}

static int unknown(const char *what, const char *name, const char *const *names, size_t count)
{
    char quoted[WEIR_QUOTE_SIZE];
    const char *near = weir_nearest(name, names, count);
    weir_quote(name, quoted);
    if (near)
        return weir_error(WEIR_EUSAGE, "--do: there is no %s %s; did you mean \"%s\"?", what, quoted, near);
    return weir_error(WEIR_EUSAGE, "--do: there is no %s %s in the scenario", what, quoted);
}

static int find(const struct weir_demo_session *session, enum weir_wish_kind kind, const char *name, int *target)
{
    const struct weir_scenario *scenario = session->scenario;
    bool load = kind == WEIR_WISH_LOAD;
    size_t count = load ? (size_t)scenario->workload->job_count : scenario->platform->link_count;
    const char **names = weir_alloc(count, sizeof *names);
    int code = WEIR_OK;
    *target = -1;
    for (size_t i = 0; i < count; i++) {
        names[i] = load ? scenario->workload->jobs[i].name : scenario->platform->links[i].name;
        if (strcmp(names[i], name) == 0)
            *target = (int)i;
    }
    if (*target < 0)
        code = unknown(load ? "job" : "link", name, names, count);
    free(names);
    return code;
}

int weir_demo_stack_find(struct weir_demo_session *session, const char *name, int *found)
{
    for (int s = 0; s < session->stack_count; s++)
        if (strcmp(session->stacks[s].label, name) == 0) {
            *found = s;
            return WEIR_OK;
        }
    struct weir_stack stack = {0};
    int code = weir_stack_parse(name, &stack);
    if (code == WEIR_OK)
        code = weir_stack_check(&stack, session->catalog);
    if (code != WEIR_OK) {
        weir_stack_fini(&stack);
        return code;
    }
    session->stacks = weir_resize(session->stacks, (size_t)session->stack_count + 1, sizeof *session->stacks);
    session->stacks[ *found = session->stack_count++] = stack;
    return WEIR_OK;
}

static int read_factor(const char *text, double *factor)
{
    char *end, quoted[WEIR_QUOTE_SIZE];
    *factor = strtod(text, &end);
    if (!*text || *end || !(*factor >= FACTOR_LEAST && *factor <= FACTOR_MOST))
        return weir_error(WEIR_EUSAGE, "--do: %s is no factor from %g to %g", weir_quote(text, quoted), FACTOR_LEAST,
                          (double)FACTOR_MOST);
    return WEIR_OK;
}

static int read_wish(struct weir_demo_session *session, const char *text, const char *what, const char *value,
                     struct weir_demo_wish *wish)
{
    char *name = strchr(what, '/');
    size_t length = name ? (size_t)(name - what) : strlen(what);
    bool load = length == 4 && strncmp(what, "load", 4) == 0, link = length == 4 && strncmp(what, "link", 4) == 0;
    if (strcmp(what, "policy") == 0) {
        wish->kind = WEIR_WISH_POLICY;
        return weir_demo_stack_find(session, value, &wish->stack) == WEIR_OK ? WEIR_OK : weir_error_context("--do");
    }
    if (!load && !link)
        return no_action(text);
    const char *fixed = link ? weir_scenario_fixed_links(session->scenario) : NULL;
    if (fixed)
        return weir_error(WEIR_EINPUT, "--do: \"%s\": %s", text, fixed);
    wish->kind = load ? WEIR_WISH_LOAD : WEIR_WISH_LINK;
    wish->target = load ? -1 : session->home_link;
    int code = name ? find(session, wish->kind, name + 1, &wish->target) : WEIR_OK;
    return code == WEIR_OK ? read_factor(value, &wish->factor) : code;
}

int weir_demo_action_read(struct weir_demo_session *session, const char *text, struct weir_demo_action *action)
{
    char *copy = weir_copy(text), quoted[WEIR_QUOTE_SIZE];
    char *what = strchr(copy, ':'), *value = what ? strchr(what, '=') : NULL;
    int code = WEIR_OK;
    *action = (struct weir_demo_action){.wish.target = -1};
    if (!value) {
        code = no_action(text);
        goto out;
    }
    *what++ = '\0';
    *value++ = '\0';
    char *end;
    action->at_s = strtod(copy, &end);
    bool bare = *copy && !*end;
    if ((!bare && weir_quantity_parse(WEIR_UNIT_TIME, copy, &action->at_s) != WEIR_OK) || !(action->at_s >= 0)) {
        code = weir_error(WEIR_EUSAGE, "--do: %s is no time such as \"90s\" or \"2min\"", weir_quote(copy, quoted));
        goto out;
    }
    if (action->at_s >= session->scenario->duration_s) {
        code = weir_error(WEIR_EUSAGE, "--do: %s: the run is over by then; it ends at %g s", weir_quote(text, quoted),
                          session->scenario->duration_s);
        goto out;
    }
    code = read_wish(session, text, what, value, &action->wish);
out:
    free(copy);
    return code;
}
