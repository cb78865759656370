/* Placing a job that arrives: instance by instance, each on the host that the policy's rule chooses. */
#ifndef WEIR_POLICIES_SUPPORT_PLACE_H
#define WEIR_POLICIES_SUPPORT_PLACE_H

#include "sim/api/plan.h"

/* What is taken on the hosts while a job is placed. */
struct weir_room {
    const struct weir_view *view;
    int job;
    int *planned; /* [host] instances of others and those placed so far */
};

/* Whether the host is up, has a free slot and is of the tier (-1: any). */
bool weir_room_has(const struct weir_room *room, int host, int tier);

/* The host with room that has the fewest instances per core, of a tier; those in `region` before all others if it is
 * not NULL. The first in the view's order if equal, -1 if there is none. */
int weir_room_least(const struct weir_room *room, int tier, const char *region);

/* The rule: the host for the next instance, -1: none. */
typedef int weir_place_rule(void *context, const struct weir_room *room);

/* Asks the rule for every planned instance of the job's operators, in topological order, and writes the plan. Instances
 * without a host stay where the default placement puts them. `why` is the reason, with the name of the source's host
 * put in for %s. */
void weir_place_job(const struct weir_view *view, struct weir_plan *plan, int job, weir_place_rule *rule, void *context,
                    const char *why);

/* The same for a job that runs: operators that stand on hosts of the tier (-1: any) and are not changing are placed
 * anew; their present instances take no room. What stays where it is, is no change. */
void weir_place_again(const struct weir_view *view, struct weir_plan *plan, int job, int tier, weir_place_rule *rule,
                      void *context, const char *why);

/* Choices of a "tier" parameter: "any", "device", "edge", "cloud"; the tier is the index less 1. */
extern const char *const weir_place_tiers[];

#endif
