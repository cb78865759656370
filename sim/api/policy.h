/* The policy interface: built-in policies and users' shared objects alike. A policy is a constant struct; the host
 * allocates its state, binds and checks its parameters, calls its hooks and checks its plans. Policies keep no globals:
 * two may live side by side. */
#ifndef WEIR_API_POLICY_H
#define WEIR_API_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/api/plan.h"
#include "sim/api/view.h"
#include "sim/base/param.h"

#define WEIR_POLICY_ABI 5u

/* What a shared object exports: `const struct weir_policy weir_policy_plugin`. */
#define WEIR_POLICY_SYMBOL "weir_policy_plugin"

struct weir_policy_env {
    unsigned long long seed; /* of the run */
    const char *stream;      /* name for this policy's random streams, unique in the stack */
    const char *folder; /* of the scenario, from which files that parameters name are seen: a path that ends in '/',
                         * or "", the present folder. Since interface 2 of weir 0.1; not valid after create */
};

/* An instance that an item may go to; with a shared queue, those of a host together. What it has is counted in items,
 * now. */
struct weir_candidate {
    int host;
    int instances; /* that take from its input */
    double weight; /* of them together */
    long waiting;  /* in its input */
    long coming;   /* on their way to it */
    long serving;  /* in service */
};

/* An item that is about to enter an operator of which there are several instances, and what a policy makes of it. */
struct weir_routing {
    double time_s;
    int job, op;
    int from;     /* the operator that sends it; -1: the source */
    int host;     /* where it is */
    double bytes; /* its size on this edge */
    const struct weir_candidate *candidates;
    int count;  /* 2 at least */
    int choice; /* to be set: the number of a candidate, or -1: as the engine would. Holds what a policy before chose */
    double flops; /* to be added to: what choosing takes to compute, as in weir_plan_work */
};

/* What `weir explain` wants to hear of a decision. */
struct weir_explain_wish {
    bool json;  /* one JSON object in place of text */
    bool bound; /* also how far the decision can be from the best one */
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
    /* An item comes to an operator without keys and joins: where shall it go? Asked for each item that has a choice,
     * and again if its instance goes away while it waits for room there. The view is that of the last window. Where the
     * scenario names a "decision_host", the item waits until that host has done the work, one item after the other.
     * Since interface 5. */
    int (*route)(void *state, const struct weir_view *view, struct weir_routing *item);
    /* Whether route wants to be asked; NULL: yes, if there is one. Since interface 5. */
    bool (*routes)(const void *state);
    /* Jobs arrive together, at one date: one decision for all of them, in place of job_arrives for each. The view has
     * them all, none with instances; the plan holds the default placement of each. Where no policy of the stack has
     * this hook, jobs of one date arrive one after the other, each with those before it deployed. Since interface 5. */
    int (*jobs_arrive)(void *state, const struct weir_view *view, const int *jobs, int count, struct weir_plan *plan);
    /* As explain, for `weir explain --json` and `--bound`. Since interface 5. */
    char *(*explain_as)(void *state, const struct weir_view *view, const struct weir_explain_wish *wish);
};

#endif
