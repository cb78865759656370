/* What the sources of the plan share. Private to sim/api. */
#ifndef WEIR_API_PLAN_STATE_H
#define WEIR_API_PLAN_STATE_H

#include <stdarg.h>
#include <stddef.h>

#include "sim/api/plan_check.h"

/* What the plan holds for one operator. */
struct weir_plan_slot {
    struct weir_placement *preset; /* owned; NULL: the base is what the view shows as deployed */
    int preset_count;
    int change; /* index into changes, -1: as the base */
};

struct weir_plan {
    const struct weir_view *view;
    const char *author;
    struct weir_plan_slot **jobs;   /* [job][operator]; a row is made when its first operator is touched */
    size_t job_count, job_capacity; /* rows in use, rows there is room for */
    int *used;                      /* [host] instances, as planned; may count those over a host's slots */
    struct weir_plan_change *changes;
    int change_count;
    size_t change_capacity;
    struct weir_plan_rate_change *rates;
    int rate_count;
    size_t rate_capacity;
    struct weir_plan_power_change *powers;
    int power_count;
    size_t power_capacity;
    struct weir_plan_pstate_change *pstates;
    int pstate_count;
    size_t pstate_capacity;
    /* [job][operator + 1] what is foreseen, the source first; a row is made when something is */
    struct weir_plan_outlook {
        double *per_s; /* [steps] owned; NULL: nothing */
        int steps;
    } * *outlooks;
    size_t outlook_count, outlook_capacity;
    double flops;
    struct weir_plan_warning *warnings;
    int warning_count;
    size_t warning_capacity;
};

/* What an operator has unless it is changed: its preset, else what is deployed. The operator must exist. Borrowed. */
const struct weir_placement *weir_plan_base(const struct weir_plan *plan, int job, int op, int *count);

/* Forgets the work and the warnings (plan_notes.c). */
void weir_plan_notes_clear(struct weir_plan *plan);

/* Whether there is such a job and operator. */
bool weir_plan_has(const struct weir_plan *plan, int job, int op);

/* weir_plan_set with the arguments of `why` as a list. The instances may be those that weir_plan_get gave. */
void weir_plan_put(struct weir_plan *plan, int job, int op, const struct weir_placement *instances, int count,
                   const char *why, va_list args);

/* The reason as printf makes it, "" if there is none. Owned. */
char *weir_plan_format_why(const char *format, va_list args);

/* plan_outlook.c */
void weir_plan_outlooks_clear(struct weir_plan *plan);

/* plan_power.c */
void weir_plan_powers_clear(struct weir_plan *plan);
void weir_plan_powers_check(struct weir_plan *plan);

/* plan_pstate.c */
void weir_plan_pstates_clear(struct weir_plan *plan);
void weir_plan_pstates_check(struct weir_plan *plan);

/* plan_rate.c */
void weir_plan_rates_clear(struct weir_plan *plan);
void weir_plan_rates_check(struct weir_plan *plan);
int weir_plan_rates_check_finite(const struct weir_plan *plan);

#endif
