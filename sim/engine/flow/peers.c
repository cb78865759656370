#include "sim/engine/flow/peers.h"

#include <stdlib.h>

#include "sim/base/memory.h"

/* So many are looked through one by one. */
#define FEW 8

/* Open addressing; at most half of the places are taken. */
struct weir_peers {
    struct weir_connection **places;
    size_t count, mask;
};

static size_t place_of(const struct weir_peers *peers, int from)
{
    return ((size_t)from * 0x9e3779b97f4a7c15ULL >> 32) & peers->mask;
}

static void put_peer(struct weir_peers *peers, struct weir_connection *connection)
{
    size_t place = place_of(peers, connection->from);
    while (peers->places[place])
        place = (place + 1) & peers->mask;
    peers->places[place] = connection;
    peers->count++;
}

/* Puts all of the inbox's in, with as much room again. */
static void index_all(struct weir_inbox *inbox, size_t count)
{
    struct weir_peers *peers = inbox->peers;
    size_t size = 1;
    while (size < 4 * count)
        size *= 2;
    free(peers->places);
    peers->places = weir_alloc(size, sizeof *peers->places);
    peers->mask = size - 1;
    peers->count = 0;
    for (struct weir_connection *c = inbox->connections; c; c = c->next)
        put_peer(peers, c);
}

struct weir_connection *weir_peers_find(const struct weir_peers *peers, int from, const struct weir_out_edge *edge)
{
    for (size_t place = place_of(peers, from);; place = (place + 1) & peers->mask) {
        struct weir_connection *c = peers->places[place];
        if (!c || (c->from == from && c->edge == edge))
            return c;
    }
}

void weir_peers_add(struct weir_inbox *inbox, struct weir_connection *connection)
{
    if (!inbox->peers) {
        size_t count = 0;
        for (const struct weir_connection *c = inbox->connections; c && count <= FEW; c = c->next)
            count++;
        if (count <= FEW)
            return;
        inbox->peers = weir_alloc(1, sizeof *inbox->peers);
        index_all(inbox, count);
    } else if (2 * (inbox->peers->count + 1) > inbox->peers->mask) {
        index_all(inbox, inbox->peers->count + 1);
    } else {
        put_peer(inbox->peers, connection);
    }
}

void weir_peers_free(struct weir_peers *peers)
{
    if (!peers)
        return;
    free(peers->places);
    free(peers);
}
