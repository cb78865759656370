/* What comes of windows in event time: a result each, or, of joins by key, one for each pair of items of the two
 * inputs. */
#ifndef WEIR_ENGINE_PAIRS_H
#define WEIR_ENGINE_PAIRS_H

#include "sim/engine/flow/panes.h"

/* What a window gives at a date on its own clock, as batches of one, put where `last` says; returns where the next
 * would be put. Results are known by key, beginning and how many were given before; pairs by their items. */
struct weir_batch **weir_pairs_give(struct weir_op *op, struct weir_pane *pane, double clock_s,
                                    struct weir_batch **last);

/* An item of a join by interval has met one that waits: a result, for weir_eventtime_fire. */
void weir_pairs_meet(struct weir_instance *instance, const struct weir_pane *pane, const struct weir_item *item,
                     unsigned segment);
/* A failure: what has not been sent is dropped. */
void weir_pairs_clear(struct weir_op *op);

#endif
