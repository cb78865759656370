/* The policies of a stack, made and freed; and who hears that a user's code is called. */
#ifndef WEIR_ENGINE_POLICIES_H
#define WEIR_ENGINE_POLICIES_H

#include "sim/engine/run.h"

struct weir_used_policy {
    const struct weir_policy *policy;
    void *state;
    char *stream;
    const char *called; /* in decisions and messages */
    double limit_s;     /* of real time, for a hook of a shared object; 0: one of the catalogue */
};

struct weir_policies {
    struct weir_used_policy *list;
    int count; /* as many as the stack has; those after one that fails to be made are zero */
    const struct weir_observer *observer;
};

/* Errors: WEIR_EINPUT; free the policies in any case. The observer may be NULL. */
int weir_policies_make(struct weir_policies *policies, const struct weir_stack *stack,
                       const struct weir_policy *const *catalog, unsigned long long seed,
                       const struct weir_observer *observer);
void weir_policies_free(struct weir_policies *policies);

/* Tells the observer that a hook of a shared object begins, or (place NULL) that it is over. */
void weir_hook_begins(const struct weir_observer *observer, const struct weir_used_policy *used, const char *place);

#endif
