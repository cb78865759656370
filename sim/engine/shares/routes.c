/* Routes between hosts, and what packet loss makes of them.
 *
 * Loss is seen as TCP makes it felt. Lost segments are sent again, so a transfer takes bytes / (1 - p) of every link, p
 * being the loss of the route as a whole. One connection gets at most S / RTT sqrt(3 / (2 p)) (Mathis et al., CCR
 * 27(3), 1997), with segments of S bytes and the round trip of the links' latencies; what fits one round trip goes at
 * once. */
#include "sim/engine/shares/state.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* What TCP carries in a frame of Ethernet. */
#define SEGMENT_BYTES 1460.0
/* Links of a route that are asked for at first. */
#define LINKS_GUESS 64

/* Of a table from two hosts to a route, at most half full. */
struct weir_route_slot {
    int from, to;
    int route; /* + 1; 0: empty */
};

static size_t slot_of(const struct weir_shares *shares, int from, int to)
{
    uint64_t key = ((uint64_t)(unsigned)from << 32 | (unsigned)to) * 0x9e3779b97f4a7c15u;
    size_t slot = (size_t)(key >> 20) & (shares->route_slot_count - 1);
    while (shares->route_slots[slot].route &&
           (shares->route_slots[slot].from != from || shares->route_slots[slot].to != to))
        slot = (slot + 1) & (shares->route_slot_count - 1);
    return slot;
}

static void put(struct weir_shares *shares, int index)
{
    const struct weir_route *route = &shares->routes[index].route;
    shares->route_slots[slot_of(shares, route->from, route->to)] =
        (struct weir_route_slot){route->from, route->to, index + 1};
}

static void make_room(struct weir_shares *shares)
{
    if (shares->route_slot_count > 2 * (shares->route_count + 1))
        return;
    free(shares->route_slots);
    shares->route_slot_count = shares->route_slot_count ? 2 * shares->route_slot_count : 256;
    shares->route_slots = weir_alloc(shares->route_slot_count, sizeof *shares->route_slots);
    for (size_t r = 0; r < shares->route_count; r++)
        put(shares, (int)r);
}

/* What bandwidths and losses of its links make of it. */
static void rate(const struct weir_shares *shares, struct weir_route *route)
{
    double kept = 1, least = INFINITY;
    for (int i = 0; i < route->link_count; i++) {
        const struct weir_link_state *link = &shares->links[route->links[i]];
        kept *= 1 - link->loss;
        least = fmin(least, link->bandwidth);
    }
    route->alone_bytes_per_s = route->bytes_per_s = least;
    route->loss = 1 - kept;
    route->most_bytes_per_s = 0;
    if (!(route->loss > 0))
        return;
    route->bytes_per_s *= kept;
    double round_trip_s = 2 * route->latency_s;
    if (round_trip_s > 0) {
        route->most_bytes_per_s = SEGMENT_BYTES / round_trip_s * sqrt(1.5 / route->loss);
        route->bytes_per_s = fmin(route->bytes_per_s, route->most_bytes_per_s);
    }
}

/* The links on the way, in `links`, which are owned; returns how many, -1 if there is no route. */
static int ask(const struct weir_shares *shares, struct weir_route *route, void ***links)
{
    sg_host_t from = shares->hosts[route->from].host, to = shares->hosts[route->to].host;
    *links = weir_alloc(LINKS_GUESS, sizeof **links);
    int count = weir_simgrid_platform->route(from, to, &route->latency_s, *links, LINKS_GUESS);
    if (count > LINKS_GUESS) {
        *links = weir_resize(*links, (size_t)count, sizeof **links);
        weir_simgrid_platform->route(from, to, &route->latency_s, *links, count);
    }
    return count;
}

static void add_links(const struct weir_shares *shares, struct weir_route_state *way, void **links, int count)
{
    struct weir_route *route = &way->route;
    route->links = weir_alloc((size_t)count, sizeof *route->links);
    for (int i = 0; i < count; i++) {
        const struct weir_link_state *link = links[i];
        if (!link) /* SimGrid's own, such as the loopback */
            continue;
        int index = (int)(link - shares->links);
        way->simgrids |= link->wifi;
        for (int l = 0; l < route->link_count; l++) /* it takes twice its share of it */
            way->simgrids |= route->links[l] == index && !link->fatpipe;
        route->links[route->link_count++] = index;
    }
}

int weir_route_find(struct weir_shares *shares, int from, int to)
{
    make_room(shares);
    int known = shares->route_slots[slot_of(shares, from, to)].route;
    if (known)
        return known - 1;
    struct weir_route_state way = {.route = {.from = from, .to = to}};
    void **links = NULL;
    const struct weir_host *hosts = shares->platform->hosts; /* in such a zone SimGrid dies of the question */
    bool none = from != to && hosts[from].routeless >= 0 && hosts[from].routeless == hosts[to].routeless;
    int count = none ? -1 : ask(shares, &way.route, &links);
    if (count < 0) {
        way.route.latency_s = INFINITY;
    } else {
        add_links(shares, &way, links, count);
        rate(shares, &way.route);
    }
    free(links);
    WEIR_ONE_MORE(shares->routes, shares->route_count, shares->route_capacity);
    shares->routes[shares->route_count] = way;
    weir_wires_add_route(shares, (int)shares->route_count);
    put(shares, (int)shares->route_count);
    return (int)shares->route_count++;
}

const struct weir_route *weir_route(const struct weir_shares *shares, int index)
{
    return &shares->routes[index].route;
}

void weir_routes_again(struct weir_shares *shares, int link, double more_s)
{
    const struct weir_link_state *changed = &shares->links[link];
    for (size_t r = 0; r < changed->route_count; r++) {
        struct weir_route *route = &shares->routes[changed->routes[r]].route;
        int times = 0;
        for (int i = 0; i < route->link_count; i++)
            times += route->links[i] == link;
        route->latency_s += times * more_s;
        rate(shares, route);
    }
}

void weir_routes_fini(struct weir_shares *shares)
{
    for (size_t r = 0; r < shares->route_count; r++)
        free(shares->routes[r].route.links);
    free(shares->routes);
    free(shares->route_slots);
}
