/* What a policy decides. A plan starts as the present deployment and holds, for operators that are changed, the
 * instances that shall be. Policies of a stack write one plan in turn: a later one sees what the earlier ones decided.
 */
#ifndef WEIR_API_PLAN_H
#define WEIR_API_PLAN_H

#include "sim/api/view.h"

struct weir_plan;

/* The instances planned so far for an operator (those deployed unless a policy changed them). Borrowed; valid until the
 * operator is changed. */
const struct weir_placement *weir_plan_get(const struct weir_plan *plan, int job, int op, int *count);

/* Asks for exactly these instances. Kept: as many instances as agree in host; changes of weight and share alone are
 * free. `why` is one sentence for decisions.csv, with the figures behind it.
 * A wish that breaks the rules (unknown host, host down, host full in slots or memory, fewer than min_instances, more
 * than max_parallelism, a weight that is not from 1e-9 to 1e9, a CPU share that is not above 0 and at most 1, a job
 * that has departed, a change already under way) is refused when the plan is checked: it is logged and counted, the
 * operator stays as it is, and the other changes of the plan go on. An identical wish (the same instances in any order)
 * is no decision and leaves no trace; so is one that takes back what a policy before asked for. Another wish for the
 * same operator replaces the one before and its author. A job or operator that does not exist: nothing happens. A count
 * below 0 is 0; without `instances` the wish is one for a host that does not exist. */
void weir_plan_set(struct weir_plan *plan, int job, int op, const struct weir_placement *instances, int count,
                   const char *why, ...) __attribute__((format(printf, 6, 7)));

/* Asks for `count` instances: drops those on hosts that are down, then on the hosts that hold most of the operator's
 * instances, last first; adds on the hosts of the operator's present instances, then of its default placement, then of
 * their region in the tier they are in, then of that tier, those with the lowest CPU use first. Hosts with a core to
 * spare come before all others; hosts without a free slot are left out, so that fewer may be asked for than `count`
 * when there is no room. New instances get the mean weight of the present ones and the CPU share of the first. */
void weir_plan_scale(struct weir_plan *plan, int job, int op, int count, const char *why, ...)
    __attribute__((format(printf, 5, 6)));

/* Moves all instances of an operator to one host; one that has none, and may have none, stays so. */
void weir_plan_move(struct weir_plan *plan, int job, int op, int host, const char *why, ...)
    __attribute__((format(printf, 5, 6)));

/* Asks that transfers along an edge of a job, from an operator (-1: the source) to one downstream (-1: the sink), use
 * at most so many bytes/s; INFINITY: no limit, which is where a job begins. With several instances it holds for each
 * way from a host of the one to an instance of the other. Transfers along an edge with a limit go one after the other
 * and keep to themselves; what is on its way when the limit changes keeps its pace. Free, like weights and shares. A
 * rate below 1 byte/s, or one for a job that has departed, is refused. Asking for what is planned already is no
 * decision. A job, operator or edge that does not exist: nothing happens. */
void weir_plan_rate(struct weir_plan *plan, int job, int from, int to, double bytes_per_s, const char *why, ...)
    __attribute__((format(printf, 6, 7)));

/* The limit as planned so far; 0 if there is no such edge. */
double weir_plan_rate_get(const struct weir_plan *plan, int job, int from, int to);

/* Asks that a host goes to sleep: it draws `wattage_off`, and is not up until it is woken and has booted, which takes
 * the `boot_time` of the platform. Refused of a host that is not up, that has instances or gets some by this plan, or
 * must not sleep (`may_sleep` of its view); given up, with a note, if bytes are on their way to or from it when this is
 * carried out. Nothing can be placed on a host that sleeps or boots. Asking for what is so already is no decision; the
 * last wish for a host holds. A host that does not exist: nothing happens. Since interface 5. */
void weir_plan_sleep(struct weir_plan *plan, int host, const char *why, ...) __attribute__((format(printf, 3, 4)));
void weir_plan_wake(struct weir_plan *plan, int host, const char *why, ...) __attribute__((format(printf, 3, 4)));

/* Asks that a host works in another of its performance states (`pstate_flops_per_s` of its view has their speeds), from
 * now on: work under way goes on at the new speed, and the host draws what that state does. Refused of a host that is
 * not up, and of a state that it does not have or in which it computes nothing. Asking for what is so already is no
 * decision; the last wish for a host holds. A host that does not exist: nothing happens. Since interface 5. */
void weir_plan_pstate(struct weir_plan *plan, int host, int pstate, const char *why, ...)
    __attribute__((format(printf, 4, 5)));

/* What the decision took to compute, in floating-point operations; adds up over a window. Where the scenario names a
 * "decision_host", the plan waits until that host has done them, and no other decision is asked for before. Counts at a
 * window's end only. Below 0 or not finite: nothing. */
void weir_plan_work(struct weir_plan *plan, double flops);

/* Tells of something that went wrong without ending the run, such as a model that failed and was replaced: a row of
 * decisions.csv, counted in the figure "warnings". job -1: none in particular. */
void weir_plan_warn(struct weir_plan *plan, int job, const char *why, ...) __attribute__((format(printf, 3, 4)));

/* Tells of what a decision rests on, or of a stage of it: a row of decisions.csv that changes nothing and counts
 * nowhere. job -1: none in particular. */
void weir_plan_note(struct weir_plan *plan, int job, const char *why, ...) __attribute__((format(printf, 3, 4)));

/* What a policy foresees of a job, for policies after it in the stack: items per second at the inputs of an operator
 * (-1: the items that arrive at the source), means of the windows to come, per_s[0] of the next one. It decides
 * nothing, and holds for this plan. What was foreseen for the operator before is replaced. A job or operator that does
 * not exist, rates below 0 or not finite, no steps: nothing happens. Since interface 5. */
void weir_plan_foresee(struct weir_plan *plan, int job, int op, const double *per_s, int steps);

/* How many windows are foreseen for an operator (-1: the source), and their rates: borrowed, valid until they are
 * replaced. 0 and NULL: nothing is. Since interface 5. */
int weir_plan_foreseen(const struct weir_plan *plan, int job, int op, const double **per_s);

/* Slots of a host that the plan leaves free; INT_MAX if it has no limit. */
int weir_plan_free_slots(const struct weir_plan *plan, int host);

#endif
