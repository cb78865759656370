/* Connections of an inbox by the host that they come from, where there are too many to look through: a source that
 * moves makes one from each access point. */
#ifndef WEIR_ENGINE_PEERS_H
#define WEIR_ENGINE_PEERS_H

#include "sim/engine/flow/connection.h"

/* That from a host, along an edge with a limit, or along others (NULL); NULL: there is none. */
struct weir_connection *weir_peers_find(const struct weir_peers *peers, int from, const struct weir_out_edge *edge);

/* A connection has been added to those of its inbox, as the first of them. */
void weir_peers_add(struct weir_inbox *inbox, struct weir_connection *connection);
void weir_peers_free(struct weir_peers *peers);

#endif
