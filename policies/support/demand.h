/* The demand on every operator of a job, from a view: measured true rates, or declared ones without a measurement. */
#ifndef WEIR_POLICIES_SUPPORT_DEMAND_H
#define WEIR_POLICIES_SUPPORT_DEMAND_H

#include "policies/support/ds2.h"
#include "sim/api/plan.h"

/* Items per second that an instance of the operator would serve alone on a core of the host at the CPU share; INFINITY
 * for operators that cost nothing, 0 on hosts without speed. */
double weir_declared_rate(const struct weir_operator_view *op, const struct weir_host_view *host, double cpu_share);

/* The true rate of an instance: measured if at least min_items were processed in the window, else the mean declared
 * rate on the planned hosts. */
double weir_instance_rate(const struct weir_view *view, const struct weir_plan *plan, int job, int op,
                          double min_items);

/* What the source asks of the job: its ingress rate, and its backlog worked off in drain_s if that is above 0. */
double weir_ingress_wanted(const struct weir_job_view *job, double drain_s);

/* Fills operators[0 .. operator_count-1], which borrow from the view, and runs weir_ds2 on them. Selectivity is
 * measured as the rate is; operators with tumbling windows need five of them in the view's window for a measurement. */
void weir_job_demand(const struct weir_view *view, const struct weir_plan *plan, int job, double ingress,
                     double min_items, struct weir_ds2_operator *operators, struct weir_ds2_demand *demand);

#endif
