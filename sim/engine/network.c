/* The network between hosts: routes, what packet loss makes of them, transfers.
 *
 * Loss is seen as TCP makes it felt. Lost segments are sent again, so a transfer takes bytes / (1 - p) of every link, p
 * being the loss of the route as a whole. One connection gets at most S / RTT sqrt(3 / (2 p)) (Mathis et al., CCR
 * 27(3), 1997), with segments of S bytes and the round trip of the links' latencies; what fits one round trip goes at
 * once. And a batch of which a segment is lost comes a round trip later, as do those behind it that would overtake it.
 */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"
#include "sim/engine/parts.h"
#include "sim/engine/simgrid_shim.h"

/* What TCP carries in a frame of Ethernet. */
#define SEGMENT_BYTES 1460.0

#define ROUTE_SLOTS 65536
#define LINKS_MAX   64

struct weir_route_map {
    struct weir_route_entry {
        struct weir_route_entry *next;
        int from, to, route;
    } * slots[ROUTE_SLOTS];
};

/* What the loss of its links leaves of a route. */
static void add_loss(const struct weir_world *world, struct weir_route *route)
{
    double kept = 1;
    for (int i = 0; i < route->link_count; i++)
        kept *= 1 - world->links[route->links[i]].loss;
    route->loss = 1 - kept;
    route->bytes_per_s = route->alone_bytes_per_s;
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

const struct weir_route *weir_world_route(struct weir_world *world, int from, int to, int *index)
{
    if (!world->route_map)
        world->route_map = weir_alloc(1, sizeof *world->route_map);
    unsigned slot = ((unsigned)from * 2654435761u + (unsigned)to * 40503u) % ROUTE_SLOTS;
    for (struct weir_route_entry *e = world->route_map->slots[slot]; e; e = e->next) {
        if (e->from == from && e->to == to) {
            if (index)
                *index = e->route;
            return &world->routes[e->route];
        }
    }
    struct weir_route route = {0};
    sg_link_t links[LINKS_MAX];
    int count = weir_shim_route(world->hosts[from].host, world->hosts[to].host, &route.latency_s, &route.bytes_per_s,
                                links, LINKS_MAX);
    if (count < 0) {
        route.latency_s = INFINITY;
        route.bytes_per_s = 0;
        count = 0;
    }
    route.alone_bytes_per_s = route.bytes_per_s;
    if (count > LINKS_MAX)
        count = LINKS_MAX;
    route.links = weir_alloc((size_t)count, sizeof *route.links);
    for (int i = 0; i < count; i++) {
        int link = weir_simgrid_link_index(world, links[i]);
        if (link >= 0)
            route.links[route.link_count++] = link;
    }
    add_loss(world, &route);
    world->routes = weir_grow(world->routes, world->route_count + 1, &world->route_capacity, sizeof *world->routes);
    world->routes[world->route_count] = route;
    struct weir_route_entry *entry = weir_alloc(1, sizeof *entry);
    *entry = (struct weir_route_entry){world->route_map->slots[slot], from, to, (int)world->route_count};
    world->route_map->slots[slot] = entry;
    if (index)
        *index = entry->route;
    return &world->routes[world->route_count++];
}

void weir_world_routes_again(struct weir_world *world)
{
    for (int s = 0; world->route_map && s < ROUTE_SLOTS; s++)
        for (const struct weir_route_entry *e = world->route_map->slots[s]; e; e = e->next) {
            struct weir_route *route = &world->routes[e->route];
            double latency_s, bytes_per_s;
            if (weir_shim_route(world->hosts[e->from].host, world->hosts[e->to].host, &latency_s, &bytes_per_s, NULL,
                                0) < 0)
                continue;
            route->alone_bytes_per_s = bytes_per_s;
            add_loss(world, route);
        }
    weir_view_links(world);
}

bool weir_world_need_route(struct weir_world *world, int from, int to)
{
    if (from == to || weir_world_route(world, from, to, NULL)->bytes_per_s > 0)
        return true;
    if (!world->error) {
        world->error = WEIR_EENGINE;
        world->error_text =
            weir_format("%s: there is no route from %s to %s; add a <route> or a <zoneRoute>", world->platform->path,
                        world->platform->hosts[from].name, world->platform->hosts[to].name);
    }
    return false;
}

void weir_world_routes_fini(struct weir_world *world)
{
    for (size_t i = 0; i < world->route_count; i++)
        free(world->routes[i].links);
    free(world->routes);
    for (int s = 0; world->route_map && s < ROUTE_SLOTS; s++) {
        for (struct weir_route_entry *e = world->route_map->slots[s], *next; e; e = next) {
            next = e->next;
            free(e);
        }
    }
    free(world->route_map);
}

void weir_count_transfer(struct weir_world *world, int from, int to, const struct weir_route *route, double bytes)
{
    bytes /= 1 - route->loss;
    for (int i = 0; i < route->link_count; i++)
        world->links[route->links[i]].bytes += bytes;
    world->hosts[from].counts.sent_bytes += bytes;
    world->hosts[to].counts.received_bytes += bytes;
    if (!world->warm)
        return;
    world->network_bytes += bytes;
    if (world->platform->hosts[from].tier != world->platform->hosts[to].tier)
        world->crossing_bytes += bytes;
}

sg_comm_t weir_network_send(struct weir_world *world, int from, int to, const struct weir_route *route, double bytes,
                            double most_bytes_per_s)
{
    if (route->most_bytes_per_s > 0 && bytes > route->most_bytes_per_s * 2 * route->latency_s)
        most_bytes_per_s = fmin(most_bytes_per_s, route->most_bytes_per_s / (1 - route->loss));
    return weir_shim_send(world->hosts[from].host, world->hosts[to].host, bytes / (1 - route->loss), most_bytes_per_s);
}

double weir_network_late_s(const struct weir_world *world, int from, int to, const struct weir_route *route,
                           uint64_t id, double bytes)
{
    if (!(route->loss > 0))
        return 0;
    struct weir_stream stream = weir_stream_at(world->loss_key + ((uint64_t)from << 32) + (uint64_t)to, id);
    double none_lost = weir_pow(1 - route->loss, ceil(bytes / SEGMENT_BYTES));
    return weir_stream_uniform(&stream) < none_lost ? 0 : 2 * route->latency_s;
}
