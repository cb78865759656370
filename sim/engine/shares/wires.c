/* Who is on the wires of the links, and in whose hands.
 *
 * Alone a transfer gets the least of its limit and the bandwidths on its way: what it wants. A link has room while what
 * all transfers on it want fits. There it bounds nobody, so that a transfer whose links all have room gets what it
 * wants, which is a known end: an alarm. On a link without room all transfers are SimGrid's, from the moment it has
 * none, and stay there until they end; over the other links of their way they may go beside those in our hands. */
#include "sim/engine/shares/state.h"

#include <math.h>

#include "sim/base/memory.h"

/* What transfers want is added up with rounding. */
#define ROUNDING 1e-9

void weir_wire_list(struct weir_transfer **list, struct weir_transfer *transfer)
{
    transfer->before = NULL;
    transfer->next = *list;
    if (*list)
        (*list)->before = transfer;
    *list = transfer;
}

static void leave(struct weir_transfer **list, struct weir_transfer *transfer)
{
    if (transfer->next)
        transfer->next->before = transfer->before;
    if (transfer->before)
        transfer->before->next = transfer->next;
    else
        *list = transfer->next;
}

double weir_transfer_left(const struct weir_transfer *transfer)
{
    double now_s = transfer->shares->clock->now_s;
    if (transfer->hands == WEIR_HANDS_OWN)
        return fmax(0, transfer->bytes - transfer->rate * (now_s - transfer->since_s));
    return transfer->activity ? weir_simgrid->left(transfer->activity, now_s) : transfer->bytes;
}

static double wanted_by(const struct weir_route *route, const struct weir_transfer *transfer)
{
    return route->alone_bytes_per_s < transfer->limit ? route->alone_bytes_per_s : transfer->limit;
}

static bool has_room(const struct weir_link_state *link)
{
    return link->wanted <= link->bandwidth * (1 + ROUNDING);
}

static void set_own(struct weir_shares *shares, struct weir_transfer *transfer)
{
    transfer->hands = WEIR_HANDS_OWN;
    transfer->since_s = shares->clock->now_s;
    weir_alarm_set_first(shares->clock, &transfer->end, transfer->since_s + transfer->bytes / transfer->rate);
}

/* What is left of it becomes SimGrid's. */
static void hand_over(struct weir_shares *shares, struct weir_transfer *transfer)
{
    const struct weir_route *route = &shares->routes[transfer->route].route;
    transfer->bytes = weir_transfer_left(transfer);
    weir_alarm_stop(shares->clock, &transfer->end);
    for (int l = 0; l < route->link_count; l++)
        shares->links[route->links[l]].own--;
    weir_share_ask_transfer(shares, transfer);
}

/* All that are on a link without room. */
static void give_up(struct weir_shares *shares, struct weir_link_state *link)
{
    for (size_t r = 0; r < link->route_count && link->own; r++)
        for (struct weir_transfer *transfer = shares->routes[link->routes[r]].wire; transfer; transfer = transfer->next)
            if (transfer->hands == WEIR_HANDS_OWN)
                hand_over(shares, transfer);
}

static void give_up_along(struct weir_shares *shares, const struct weir_route *route)
{
    for (int l = 0; l < route->link_count; l++) {
        struct weir_link_state *link = &shares->links[route->links[l]];
        if (link->own && !link->fatpipe && !has_room(link))
            give_up(shares, link);
    }
}

/* Whether it is ours where there is room. */
static bool may_be_own(const struct weir_shares *shares, const struct weir_route_state *way)
{
    if (shares->latencies)
        return false;
    return !way->route.link_count ||
           !(shares->all_transfers || way->simgrids); /* over no link there is nothing to share */
}

void weir_wire_enter(struct weir_shares *shares, struct weir_transfer *transfer)
{
    struct weir_route_state *way = &shares->routes[transfer->route];
    const struct weir_route *route = &way->route;
    bool own = may_be_own(shares, way);
    if (shares->fatpipes_draw)
        weir_energy_count_all(shares);
    weir_wire_list(&way->wire, transfer);
    transfer->rate = wanted_by(route, transfer);
    for (int l = 0; l < route->link_count; l++) {
        struct weir_link_state *link = &shares->links[route->links[l]];
        link->users++;
        link->wanted += transfer->rate;
        own = own && (link->fatpipe || has_room(link));
    }
    if (!own) {
        give_up_along(shares, route);
        weir_share_ask_transfer(shares, transfer);
        return;
    }
    for (int l = 0; l < route->link_count; l++)
        shares->links[route->links[l]].own++;
    set_own(shares, transfer);
}

void weir_transfer_off(struct weir_transfer *transfer)
{
    struct weir_shares *shares = transfer->shares;
    struct weir_route_state *way = &shares->routes[transfer->route];
    bool own = transfer->hands == WEIR_HANDS_OWN;
    if (transfer->hands == WEIR_HANDS_WAY) {
        leave(&way->way, transfer);
        return;
    }
    if (own)
        weir_alarm_stop(shares->clock, &transfer->end);
    leave(&way->wire, transfer);
    for (int l = 0; l < way->route.link_count; l++) {
        struct weir_link_state *link = &shares->links[way->route.links[l]];
        link->users--;
        link->own -= own;
        link->wanted = link->users ? link->wanted - transfer->rate : 0;
    }
}

/* What is on the wire of a route wants more or less; what is in our hands goes on at its new rate. */
static void want_anew(struct weir_shares *shares, struct weir_route_state *way)
{
    for (struct weir_transfer *transfer = way->wire; transfer; transfer = transfer->next) {
        double rate = wanted_by(&way->route, transfer);
        for (int l = 0; l < way->route.link_count; l++)
            shares->links[way->route.links[l]].wanted += rate - transfer->rate;
        if (transfer->hands == WEIR_HANDS_OWN)
            transfer->bytes = weir_transfer_left(transfer);
        transfer->rate = rate;
        if (transfer->hands == WEIR_HANDS_OWN)
            set_own(shares, transfer);
    }
}

void weir_wires_resized(struct weir_shares *shares, int index)
{
    const struct weir_link_state *link = &shares->links[index];
    weir_routes_again(shares, index, 0);
    for (size_t r = 0; r < link->route_count; r++)
        want_anew(shares, &shares->routes[link->routes[r]]);
    for (size_t r = 0; r < link->route_count; r++)
        if (shares->routes[link->routes[r]].wire)
            give_up_along(shares, &shares->routes[link->routes[r]].route);
}

void weir_wires_add_route(struct weir_shares *shares, int route)
{
    const struct weir_route *way = &shares->routes[route].route;
    for (int l = 0; l < way->link_count; l++) {
        struct weir_link_state *link = &shares->links[way->links[l]];
        if (link->route_count && link->routes[link->route_count - 1] == route) /* it is crossed twice */
            continue;
        link->routes = weir_grow(link->routes, link->route_count + 1, &link->route_capacity, sizeof *link->routes);
        link->routes[link->route_count++] = route;
    }
}
