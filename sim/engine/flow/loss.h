/* Packets lost on links, as TCP makes it felt: shares/routes.c has what it does to rates; here is that a batch of which
 * a segment is lost comes a round trip later, as do those behind it that would overtake it. */
#ifndef WEIR_ENGINE_LOSS_H
#define WEIR_ENGINE_LOSS_H

#include "sim/engine/flow/flow.h"

/* How much later a batch comes because a segment of it is lost: 0, mostly. Drawn for the first item's id. */
double weir_loss_late_s(const struct weir_flow *flow, const struct weir_route *route, uint64_t id, double bytes);

#endif
