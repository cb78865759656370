/* How much can come through a job at most, and how many instances of an operator are worth having: what cores, limits
 * of instances, hot ranges of keys and the other operators let through, before and after it. */
#ifndef WEIR_POLICIES_SUPPORT_REACH_H
#define WEIR_POLICIES_SUPPORT_REACH_H

#include <stdbool.h>

#include "policies/support/ds2.h"
#include "sim/api/plan.h"

/* An operator. */
struct weir_reach_operator {
    const struct weir_operator_view *seen;
    double rate;    /* of an instance with a core to itself, items/s; INFINITY: costs nothing */
    double visits;  /* items that come to it for one of the source */
    double let;     /* items/s that can come to it, INFINITY: no limit is known */
    double share;   /* of a core that an instance may use */
    int pool;       /* hosts that weir_plan_scale may use, by tier; -1: none is known */
    int most;       /* instances that it may have: max_parallelism, and the slots that are free */
    int best;       /* the most that are worth having: see below */
    double carried; /* items/s that these serve, or those that there are, if that is more */
};

enum { WEIR_REACH_POOLS = 3 }; /* tiers */

struct weir_reach {
    struct weir_reach_operator *operators; /* [count], topological; owned */
    int count;
    double pools_flops_per_s[WEIR_REACH_POOLS]; /* of cores that are up, less what other jobs use */
    double pools_cores[WEIR_REACH_POOLS];       /* how many those are; cores of a host beyond its slots do not count */
    double job_per_s;                           /* items/s of the source that the job can carry */
};

/* m instances are worth having where n are, if m - n more serve at least a tenth of what as many would serve that
 * shared the items evenly on cores of their own; `best` is reached from 1 in such steps, each the shortest.
 *
 * Fills it from the view, the plan, and the operators as weir_job_demand gives them. The job carries
 *     X = min( min_i carried_i / visits_i,  min over tiers p of flops_p / sum of visits_i flops_i over i in p )
 * with flops_i = what a core could do in the time that an item takes it. An operator that drops what finds no room
 * holds back only those after it. Of instances that outnumber the cores of a busy host the declared rate counts, if it
 * is above the measured one, which is that of a part of a core. O(operators x (hosts + instances)). */
void weir_reach_init(struct weir_reach *reach, const struct weir_view *view, const struct weir_plan *plan, int job,
                     const struct weir_ds2_operator *operators);
void weir_reach_fini(struct weir_reach *reach);

/* Items/s that n instances serve: n times the rate, or the rate over the share of the hottest range of keys; cores of
 * the tier at most. */
double weir_reach_capacity(const struct weir_reach *reach, int op, int n);

/* The least number of instances that serve so many items/s; `best` if none does. At least 1. */
int weir_reach_least(const struct weir_reach *reach, int op, double items_per_s);

/* The instances for `input` items/s with `factor` times as much in reserve. Where so much cannot come, of what can:
 *     the least n that serves 99 % of it, and one more, if the reserve asks for it and it serves at least 1 % more.
 * An operator with keys that stays at the least n gets one more, if that makes its ranges even (n + 1 divides the key
 * groups and serves at least 1 % more). */
int weir_reach_size(const struct weir_reach *reach, int op, double input, double factor);

#endif
