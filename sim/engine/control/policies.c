/* The policies of a stack: found in the catalogue or loaded, bound to their parameters, created and destroyed. */
#include "sim/engine/control/policies.h"

#include <stdlib.h>
#include <string.h>

#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

/* Real time for a hook of a shared object, unless "timeout" says another; as that of programs at a pipe. */
#define HOOK_AT_MOST_S 10.0

/* The real time that a hook may take: 0 for policies of the catalogue. */
static int hook_limit(const struct weir_policy_use *use, const struct weir_param *params, double *limit_s)
{
    *limit_s = weir_policy_is_path(use->name) ? HOOK_AT_MOST_S : 0;
    bool own = false; /* a parameter of the policy has that name */
    for (const struct weir_param *row = params; row->name; row++)
        own |= strcmp(row->name, "timeout") == 0;
    if (!use->params || !*limit_s || own)
        return WEIR_OK;
    struct weir_json at = weir_json_root(use->params);
    return weir_json_opt_quantity(&at, "timeout", WEIR_UNIT_TIME, 1e-3, 1e9, limit_s);
}

void weir_hook_begins(const struct weir_observer *observer, const struct weir_used_policy *used, const char *place)
{
    if (used->limit_s > 0 && observer && observer->foreign)
        observer->foreign(observer->context, place, used->limit_s);
}

static const struct weir_policy *find_policy(const struct weir_policy *const *catalog, const char *name)
{
    const struct weir_policy *loaded;
    if (weir_policy_is_path(name))
        return weir_policy_load(name, &loaded) == WEIR_OK ? loaded : NULL;
    size_t count = 0;
    for (; catalog[count]; count++)
        if (strcmp(catalog[count]->name, name) == 0)
            return catalog[count];
    const char **names = weir_alloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = catalog[i]->name;
    const char *near = weir_nearest(name, names, count);
    if (near)
        weir_error(WEIR_EINPUT, "there is no policy \"%s\"; did you mean \"%s\"? (weir list policies)", name, near);
    else
        weir_error(WEIR_EINPUT, "there is no policy \"%s\"; see weir list policies", name);
    free(names);
    return NULL;
}

/* The folder of the file that the parameters come from, up to its '/'; owned. */
static char *folder_of(const struct weir_json_doc *params)
{
    const char *slash = params ? strrchr(params->name, '/') : NULL;
    return weir_format("%.*s", slash ? (int)(slash - params->name) + 1 : 0, slash ? params->name : "");
}

/* Binds the parameters and creates one policy of a stack. */
static int make_policy(const struct weir_policy_use *use, const struct weir_policy *const *catalog,
                       unsigned long long seed, int place, const struct weir_observer *observer,
                       struct weir_used_policy *made)
{
    const struct weir_policy *policy = find_policy(catalog, use->name);
    if (!policy)
        return WEIR_EINPUT;
    if (policy->abi != WEIR_POLICY_ABI)
        return weir_error(WEIR_EINPUT, "policy %s was built for interface %u; this weir has %u", use->name, policy->abi,
                          WEIR_POLICY_ABI);
    made->policy = policy;
    made->called = use->called ? use->called : policy->name;
    made->state = weir_alloc(1, policy->state_size ? policy->state_size : 1);
    made->stream = weir_format("policy/%d/%s", place, policy->name);
    static const struct weir_param none[] = {{0}};
    static const char *const others[] = {"name", NULL}, *const others_of_object[] = {"name", "timeout", NULL};
    const struct weir_param *params = policy->params ? policy->params : none;
    weir_param_defaults(params, made->state);
    int code = hook_limit(use, params, &made->limit_s);
    if (use->params && code == WEIR_OK) {
        struct weir_json at = weir_json_root(use->params);
        code = weir_param_bind(params, &at, made->limit_s > 0 ? others_of_object : others, made->state);
    }
    if (code == WEIR_OK && policy->create) {
        char *folder = folder_of(use->params);
        struct weir_policy_env env = {.seed = seed, .stream = made->stream, .folder = folder};
        char *where = weir_format("policy %s (create)", made->called);
        weir_hook_begins(observer, made, where);
        code = policy->create(made->state, &env);
        weir_hook_begins(observer, made, NULL);
        free(where);
        free(folder);
    }
    if (code != WEIR_OK)
        return weir_error_context("policy %s", made->called);
    return WEIR_OK;
}

int weir_policies_make(struct weir_policies *policies, const struct weir_stack *stack,
                       const struct weir_policy *const *catalog, unsigned long long seed,
                       const struct weir_observer *observer)
{
    policies->list = weir_alloc((size_t)stack->use_count, sizeof *policies->list);
    policies->count = stack->use_count;
    policies->observer = observer;
    for (int p = 0; p < stack->use_count; p++) {
        int code = make_policy(&stack->uses[p], catalog, seed, p, observer, &policies->list[p]);
        if (code != WEIR_OK)
            return code;
    }
    return WEIR_OK;
}

void weir_policies_free(struct weir_policies *policies)
{
    for (int p = 0; p < policies->count; p++) {
        struct weir_used_policy *used = &policies->list[p];
        if (used->policy && used->policy->destroy) {
            char *where = weir_format("policy %s (destroy)", used->called);
            weir_hook_begins(policies->observer, used, where);
            int before = weir_error_code();
            used->policy->destroy(used->state);
            if (!before)
                weir_error_context("policy %s", used->called);
            weir_hook_begins(policies->observer, used, NULL);
            free(where);
        }
        free(used->state);
        free(used->stream);
    }
    free(policies->list);
    policies->list = NULL;
    policies->count = 0;
}
