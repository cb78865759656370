/* What autoscalers have in common around the number that each of them wants: patience, what a change leaves behind, and
 * whether it brought anything. */
#ifndef WEIR_POLICIES_SUPPORT_SCALER_H
#define WEIR_POLICIES_SUPPORT_SCALER_H

#include "policies/support/gain.h"
#include "policies/support/memo.h"
#include "policies/support/patience.h"
#include "policies/support/reach.h"
#include "policies/support/settle.h"

/* The rest is set by weir_scaler_init. */
struct weir_scaler {
    struct weir_patience_rule patience; /* parameters of the policy */
    double reserve;                     /* share of capacity beyond the demand, as the wishes have it */
    double reserve_s;                   /* growth that may be for noise is asked for by all windows of so long */
    double remember_s;                  /* how long a growth that brought nothing is remembered; 0: it is not judged */
    int spare;                          /* instances more than useful that are let be */

    struct weir_memo operators; /* of struct weir_scaler_operator */
    struct weir_memo jobs;      /* of struct weir_settle, at the first operator */
};

struct weir_scaler_operator {
    struct weir_patience patience;
    struct weir_gain gain;
};

void weir_scaler_init(struct weir_scaler *scaler);
void weir_scaler_fini(struct weir_scaler *scaler);
void weir_scaler_forget(struct weir_scaler *scaler, int job);

/* A window of the job has closed: to be called once, before its operators. */
const struct weir_settle *weir_scaler_window(struct weir_scaler *scaler, const struct weir_view *view, int job);

/* The streaks of an operator, for what is told. */
const struct weir_patience *weir_scaler_patience(struct weir_scaler *scaler, const struct weir_view *view, int job,
                                                 int op);

/* What a window asks for that needs `least` instances with all of its reserve, `urgent` with half of it, and is content
 * with up to `most`. */
struct weir_scaler_wish {
    int least, urgent, most;
};

/* The window asks for so many instances of an operator: the number to go to now. It is the planned one if a change is
 * under way; fewer, if the last growth has brought nothing, and then `why` (of `size`) is replaced by the figures; else
 * what patience says of it, which does not grow beyond what is remembered, nor gives up what lets items through
 * while more wait than can be served. Where half of the reserve is within a standard deviation of the noise, growth
 * is stabilised for reserve_s as long as there are the `urgent` instances. The stabilisation of shrinking is longer by
 * the factor 1 + 10 noise, and at least twice what the job's last change took. */
int weir_scaler_ask(struct weir_scaler *scaler, const struct weir_view *view, const struct weir_plan *plan, int job,
                    int op, const struct weir_reach *reach, const struct weir_scaler_wish *wish, char *why,
                    size_t size);

/* What was asked for has been put into the plan, which held `from` instances; nothing happens if there was no room. */
void weir_scaler_acted(struct weir_scaler *scaler, const struct weir_view *view, const struct weir_plan *plan, int job,
                       int op, int from);

#endif
