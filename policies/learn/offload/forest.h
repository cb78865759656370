/* Making the trees of ways. Private. */
#ifndef WEIR_LEARN_OFFLOAD_FOREST_H
#define WEIR_LEARN_OFFLOAD_FOREST_H

#include "policies/learn/offload/inside.h"

/* The trees of the ways that leave each node, by spec->routing. Errors: a given way with a link that is not there. */
int offload_forest_grow(struct offload_forest *out, const struct offload_network_spec *spec);

/* The trees of the ways that end at each node, from those that leave. */
void offload_forest_turn(struct offload_forest *in, const struct offload_forest *out, int nodes, int links);

void offload_forest_fini(struct offload_forest *forest);

#endif
