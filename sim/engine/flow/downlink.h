/* Results that follow a device.
 *
 * A result is sent to the host of the access point where the device is when it goes on the wire, and from there over
 * the radio link, one after the other: its bytes at the rate by distance, then the latency. When a handover begins,
 * what is still at the old access point, or comes there later, is forwarded to the new one over the network, or lost.
 * Of a result that was under way on the radio link the device keeps what it has; the rest of it goes from the new
 * access point. The radio link has a direction of its own for results: they do not slow down what the device sends. */
#ifndef WEIR_ENGINE_DOWNLINK_H
#define WEIR_ENGINE_DOWNLINK_H

#include "sim/engine/flow/flow.h"
#include "sim/engine/flow/mobile.h"

struct weir_downlink;

struct weir_downlink *weir_downlink_new(struct weir_mobile *mobile);
void weir_downlink_free(struct weir_downlink *downlink);

/* Where a result goes that is sent now. */
struct weir_inbox *weir_downlink_inbox(struct weir_downlink *downlink);

/* Results have come to an access point, or were made there. They count as in transit of the job's sink until they are
 * delivered or lost. */
void weir_downlink_take(struct weir_downlink *downlink, int host, struct weir_batch *batch);

/* The device changes to another access point, now. */
void weir_downlink_handed(struct weir_downlink *downlink);

/* The inbox of an access point after another one (NULL: the first); NULL after the last. */
struct weir_inbox *weir_downlink_next(const struct weir_downlink *downlink, const struct weir_inbox *inbox);

#endif
