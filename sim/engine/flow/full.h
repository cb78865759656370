/* What a full input does with what comes where its edge does not block. */
#ifndef WEIR_ENGINE_FULL_H
#define WEIR_ENGINE_FULL_H

#include "sim/engine/flow/flow.h"

/* Items are dropped, which counts. */
void weir_inbox_drop(const struct weir_inbox *inbox, const struct weir_item *items, int count);

/* Puts in or drops the items of a batch, as its edge says: all is settled at once, and it is no longer the caller's. */
void weir_inbox_put_or_drop(struct weir_inbox *inbox, struct weir_batch *batch);

#endif
