/* The host's side of plans: made from a view, written by policies, checked, read by the engine. Not public. */
#ifndef WEIR_API_PLAN_CHECK_H
#define WEIR_API_PLAN_CHECK_H

#include "sim/api/plan.h"

struct weir_plan_change {
    int job, op;
    const char *policy;               /* who asked last for it; borrowed from weir_plan_author */
    struct weir_placement *instances; /* those asked for */
    int count;
    char *why;
    char *refusal; /* NULL: may be carried out */
};

/* A limit asked for along an edge. */
struct weir_plan_rate_change {
    int job, from, to; /* -1: the source, the sink */
    const char *policy;
    double bytes_per_s; /* INFINITY: none any more */
    char *why;
    char *refusal;
};

/* A host that is to sleep, or to wake. */
struct weir_plan_power_change {
    int host;
    bool sleeps;
    const char *policy;
    char *why;
    char *refusal;
};

/* A host that is to work in another performance state. */
struct weir_plan_pstate_change {
    int host, pstate;
    const char *policy;
    char *why;
    char *refusal;
};

/* A plan equal to the deployment that the view shows. The view must outlive it. */
struct weir_plan *weir_plan_new(const struct weir_view *view);
void weir_plan_free(struct weir_plan *plan);

/* Makes the plan as new, from what the view shows now; keeps its memory. */
void weir_plan_reset(struct weir_plan *plan);

/* Who writes from now on. Borrowed, must outlive the plan. */
void weir_plan_author(struct weir_plan *plan, const char *policy);

/* Replaces the instances of an operator without it being a decision (the default placement of a job that arrives). */
void weir_plan_preset(struct weir_plan *plan, int job, int op, const struct weir_placement *instances, int count);

/* Decides for each change, in the order the operators were first changed, whether it may be carried out, and sets its
 * refusal. Slots and memory are taken in that order, what the change gives up counts as free; presets that are changed
 * take nothing. The state of an operator is taken to lie evenly on its instances. May be called again. */
void weir_plan_check(struct weir_plan *plan);

/* Room may have gone since the plan was checked: refuses changes for which it has, as the view shows it now. */
void weir_plan_check_room(struct weir_plan *plan);

/* Whether all numbers of the plan are finite: a policy that computes one that is not is wrong, and cannot be trusted to
 * go on. Errors: WEIR_ERUN with the field. */
int weir_plan_check_finite(const struct weir_plan *plan);

/* What weir_plan_work added up. */
double weir_plan_flops(const struct weir_plan *plan);

struct weir_plan_warning {
    bool note; /* of weir_plan_note: no warning */
    int job;   /* -1: none */
    const char *policy;
    char *why;
};
/* Warnings and notes, in the order in which they came. Borrowed. */
const struct weir_plan_warning *weir_plan_warnings(const struct weir_plan *plan, int *count);

/* The changes. Borrowed. */
const struct weir_plan_change *weir_plan_changes(const struct weir_plan *plan, int *count);
const struct weir_plan_power_change *weir_plan_powers(const struct weir_plan *plan, int *count);
const struct weir_plan_pstate_change *weir_plan_pstates(const struct weir_plan *plan, int *count);
const struct weir_plan_rate_change *weir_plan_rates(const struct weir_plan *plan, int *count);

#endif
