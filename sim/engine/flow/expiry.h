/* Items that have waited too long in an input, or whose deadline has passed, leave it, and count as dropped (max_wait
 * and expire of their operator). */
#ifndef WEIR_ENGINE_EXPIRY_H
#define WEIR_ENGINE_EXPIRY_H

#include "sim/engine/flow/flow.h"

/* NULL in the inbox where items wait for as long as it takes. */
void weir_expiry_init(struct weir_inbox *inbox);
void weir_expiry_fini(struct weir_inbox *inbox);

/* Something has come to wait in an inbox with an expiry. */
void weir_expiry_watch(struct weir_inbox *inbox);

#endif
