/* What waits for operators. */
#ifndef WEIR_POLICIES_SUPPORT_LAG_H
#define WEIR_POLICIES_SUPPORT_LAG_H

#include "sim/api/view.h"

/* Items that wait for each operator of a job, lag[0 .. operator_count-1], as the lag of a consumer of a broker that had
 * a topic before every operator:
 *
 *     lag_o = max(queued_o, processed rate_o x (waiting_o + service_o)) + held_o
 *             + backlog of the source, if it feeds o
 *             + sum over the operators u before o, if held_o > 0, of selectivity_u lag_u
 *
 * The first is what waits at the window's end or, by Little's law, waited and was in service on average in it: what a
 * consumer works at is not committed yet, so that one through which items flow has a lag. The last term is there
 * because inputs are bounded in weir: where senders hold items for o, what waits behind them waits for o, too, and not
 * for them. */
void weir_lags(const struct weir_job_view *job, double *lag);

#endif
