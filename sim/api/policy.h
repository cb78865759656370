/* The policy interface: built-in policies and users' shared objects alike. A policy is a constant struct; the host
 * allocates its state, binds and checks its parameters, calls its hooks and checks its plans. Policies keep no globals:
 * two may live side by side. */
#ifndef WEIR_API_POLICY_H
#define WEIR_API_POLICY_H

#include <stddef.h>

#include "sim/api/plan.h"
#include "sim/api/view.h"
#include "sim/base/param.h"

#define WEIR_POLICY_ABI 4u

/* What a shared object exports: `const struct weir_policy weir_policy_plugin`. */
#define WEIR_POLICY_SYMBOL "weir_policy_plugin"

struct weir_policy_env {
    unsigned long long seed; /* of the run */
    const char *stream;      /* name for this policy's random streams, unique in the stack */
    const char *folder; /* of the scenario, from which files that parameters name are seen: a path that ends in '/',
                         * or "", the present folder. Since interface 2 of weir 0.1; not valid after create */
};

/* Hooks may be NULL. They return 0, or a negative code of weir_error() to end the run. */
struct weir_policy {
    unsigned abi;                    /* WEIR_POLICY_ABI */
    const char *name;                /* lower case and hyphens */
    const char *summary;             /* one sentence */
    const char *source;              /* key of docs/sources.md, "" if it is weir's own */
    size_t state_size;               /* of the state, whose parameter fields the table names */
    const struct weir_param *params; /* ends with a NULL name; NULL: none */

    /* After the parameters are set; checks what a range cannot, allocates. */
    int (*create)(void *state, const struct weir_policy_env *env);
    /* A job arrives: it may be placed before its first instance is deployed (placing is free then). The view has its
     * operators with no instances; the plan holds the default placement. Other jobs may be changed as well, at the
     * usual price. */
    int (*job_arrives)(void *state, const struct weir_view *view, int job, struct weir_plan *plan);
    /* A window has closed. */
    int (*window_ends)(void *state, const struct weir_view *view, struct weir_plan *plan);
    void (*job_departs)(void *state, const struct weir_view *view, int job);
    /* Frees what create allocated; bears a state whose create failed. Calling weir_error ends the run as failed. */
    void (*destroy)(void *state);
    /* What it decided last and why, as text for people: tables, pictures of characters, some 100 columns. For `weir
     * explain`, right after a hook that decides. Owned by the caller (malloc); NULL: nothing to say. */
    char *(*explain)(void *state, const struct weir_view *view);
};

#endif
