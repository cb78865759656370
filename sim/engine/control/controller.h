/* The state of who decides, as the files of this room share it. What one file alone needs is behind a pointer. */
#ifndef WEIR_ENGINE_CONTROLLER_H
#define WEIR_ENGINE_CONTROLLER_H

#include "sim/api/plan_check.h"
#include "sim/api/space.h"
#include "sim/engine/control/control.h"

struct weir_batteries;
struct weir_change;
struct weir_checkpoints;
struct weir_emissions;
struct weir_faults;
struct weir_paje;
struct weir_pstates;
struct weir_recoveries;
struct weir_sleepers;

struct weir_controller {
    const struct weir_run_spec *spec;
    const struct weir_scenario *scenario;
    const struct weir_platform *platform;
    struct weir_clock *clock;
    struct weir_shares *shares;
    struct weir_books *books;
    struct weir_flow *flow;
    struct weir_policies *policies;
    void (*finish)(void *context);
    void *context;
    const struct weir_used_policy *asked; /* hooks.c: the policy whose hook goes on; NULL: none */
    /* controller.c: what is due next. */
    struct weir_alarm alarm;
    double until_s; /* a window's end, what is decided, or the end; arrivals and the end of the warm-up come between */
    long windows;   /* that have begun */
    struct weir_plan *decided; /* at the last window's end, to be carried out at due_s; NULL: nothing */
    double due_s;
    bool explained; /* who listens to explanations, or steers, has had enough */
    int arrived_jobs;
    /* arrivals.c: kept from one job to the next, since with many hosts and jobs they are large. */
    struct weir_plan *plan, *defaults;
    struct weir_space space;
    /* view.c: rebuilt at each window. */
    struct weir_view view;
    struct weir_host_view *host_views;
    struct weir_job_view *job_views;
    struct weir_link_view *link_views;
    double *waiting_bytes;       /* [host] of items in inputs */
    struct weir_change *changes; /* changes.c: under way */
    /* routing.c: of the item that is being asked about. */
    struct weir_candidate *candidates;
    size_t candidate_capacity;
    double choosing_until_s; /* until then it is being decided where items go that came before */
    struct weir_paje *paje;  /* NULL: nobody wants it */
    struct weir_faults *faults;
    struct weir_emissions *emissions; /* NULL: the scenario has no "carbon" */
    struct weir_sleepers *sleepers;
    struct weir_pstates *pstates;
    struct weir_batteries *batteries;
    struct weir_recoveries *recoveries;   /* NULL: nothing can fail */
    struct weir_checkpoints *checkpoints; /* NULL: they cost nothing */
};

/* The run has neither failed nor come to its end. */
static inline bool weir_goes_on(const struct weir_controller *controller)
{
    return !controller->clock->over;
}

#endif
