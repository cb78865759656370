/* Who is on the wires of the links, and in whose hands.
 *
 * Alone a transfer gets the least of its limit and the bandwidths on its way: what it wants. A link has room while what
 * all transfers on it want fits; it bounds nobody then. Where a link has no room, but each of its transfers has room on
 * all other links of its way, the link divides its bandwidth alone: each transfer gets as much as any other, but no
 * more than it wants, the max-min allocation, which for one link is a level that water fills up to (as on hosts). It is
 * even then. What crosses two links without room couples them: all transfers on both become SimGrid's with what is left
 * of them, and stay there until they end; a link that has one of SimGrid's and no room gives SimGrid all. Over links
 * with room both kinds go side by side. */
#include "sim/engine/shares/state.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* What transfers want is added up with rounding. */
#define ROUNDING 1e-9

/* A link over which more routes lead does not look through them at every change. */
#define MOST_ROUTES 256

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

static void set_rate(struct weir_shares *shares, struct weir_transfer *transfer, double rate)
{
    transfer->rate = rate;
    transfer->since_s = shares->clock->now_s;
    weir_alarm_set_first(shares->clock, &transfer->end, transfer->since_s + transfer->bytes / rate);
}

static void change_rate(struct weir_shares *shares, struct weir_transfer *transfer, double rate)
{
    if (rate == transfer->rate)
        return;
    transfer->bytes = weir_transfer_left(transfer);
    set_rate(shares, transfer, rate);
}

static void note_uneven(struct weir_shares *shares, struct weir_link_state *link)
{
    if (link->uneven)
        return;
    link->uneven = true;
    WEIR_ONE_MORE(shares->uneven_links, shares->uneven_link_count, shares->uneven_link_capacity);
    shares->uneven_links[shares->uneven_link_count++] = (int)(link - shares->links);
    weir_pace_soon(shares);
}

/* A link on the way, but for the one, that has no room; NULL if there is none. */
static struct weir_link_state *tight_beside(struct weir_shares *shares, const struct weir_route *route,
                                            const struct weir_link_state *one)
{
    for (int l = 0; l < route->link_count; l++) {
        struct weir_link_state *link = &shares->links[route->links[l]];
        if (link != one && !link->fatpipe && !has_room(link))
            return link;
    }
    return NULL;
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

/* All that are on a link without room, and on those that are coupled with it. */
static void give_up(struct weir_shares *shares, struct weir_link_state *link)
{
    for (size_t r = 0; r < link->route_count && link->own; r++)
        for (struct weir_transfer *transfer = shares->routes[link->routes[r]].wire; transfer; transfer = transfer->next)
            if (transfer->hands == WEIR_HANDS_OWN)
                hand_over(shares, transfer);
    for (size_t r = 0; r < link->route_count; r++) {
        const struct weir_route_state *way = &shares->routes[link->routes[r]];
        for (int l = 0; l < way->route.link_count && way->wire; l++) {
            struct weir_link_state *other = &shares->links[way->route.links[l]];
            if (other->own && !other->fatpipe && !has_room(other))
                give_up(shares, other);
        }
    }
}

/* Whether the link cannot divide its bandwidth alone. */
static bool is_coupled(struct weir_shares *shares, const struct weir_link_state *link)
{
    if (link->own < link->users || link->route_count > MOST_ROUTES)
        return true;
    for (size_t r = 0; r < link->route_count; r++) {
        const struct weir_route_state *way = &shares->routes[link->routes[r]];
        if (way->wire && tight_beside(shares, &way->route, link))
            return true;
    }
    return false;
}

/* What transfers on it want has changed. */
static void look_at(struct weir_shares *shares, struct weir_link_state *link)
{
    if (link->fatpipe)
        return;
    if (has_room(link)) {
        if (link->even)
            note_uneven(shares, link);
        link->even = false;
    } else if (link->own && !(link->even && link->own == link->users) && is_coupled(shares, link)) {
        give_up(shares, link);
    } else if (link->own) {
        link->even = true;
        note_uneven(shares, link);
    }
}

/* What is in our hands on the link, in shares->flows; returns how many. */
static size_t gather(struct weir_shares *shares, const struct weir_link_state *link)
{
    size_t count = 0;
    for (size_t r = 0; r < link->route_count && count < link->own; r++)
        for (struct weir_transfer *transfer = shares->routes[link->routes[r]].wire; transfer; transfer = transfer->next)
            if (transfer->hands == WEIR_HANDS_OWN) {
                WEIR_ONE_MORE(shares->flows, count, shares->flow_capacity);
                shares->flows[count++] = transfer;
            }
    return count;
}

/* Who wants less than the level has it, and the rest of the bandwidth is had by the others alike. */
static double level_of(const struct weir_shares *shares, const struct weir_link_state *link, size_t count)
{
    double level = 0;
    for (size_t above = 0, before = SIZE_MAX; above != before;) {
        double left = link->bandwidth;
        before = above;
        above = 0;
        for (size_t f = 0; f < count; f++)
            if (shares->flows[f]->want > level)
                above++;
            else
                left -= shares->flows[f]->want;
        if (!above)
            return INFINITY;
        level = fmax(level, left / (double)above); /* it would fall by rounding only */
    }
    return level;
}

static void pace(struct weir_shares *shares, struct weir_link_state *link)
{
    size_t count = gather(shares, link);
    double level = link->even ? level_of(shares, link, count) : INFINITY;
    for (size_t f = 0; f < count; f++) {
        struct weir_transfer *transfer = shares->flows[f];
        if (!link->even && tight_beside(shares, &shares->routes[transfer->route].route, link))
            continue; /* that one's matter */
        if (link->even && !transfer->shared) {
            transfer->shared = true;
            shares->shared_transfers++;
        }
        change_rate(shares, transfer, fmin(transfer->want, level));
    }
}

void weir_wires_pace(struct weir_shares *shares)
{
    for (size_t u = 0; u < shares->uneven_link_count; u++) {
        struct weir_link_state *link = &shares->links[shares->uneven_links[u]];
        link->uneven = false;
        pace(shares, link);
    }
    shares->uneven_link_count = 0;
}

/* Whether it is ours where links can do without SimGrid. */
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
    int tight = 0;
    if (shares->fatpipes_draw)
        weir_energy_count_all(shares);
    weir_wire_list(&way->wire, transfer);
    transfer->want = wanted_by(route, transfer);
    transfer->shared = false;
    for (int l = 0; l < route->link_count; l++) {
        struct weir_link_state *link = &shares->links[route->links[l]];
        link->users++;
        link->own += own;
        link->wanted += transfer->want;
        tight += !link->fatpipe && !has_room(link);
    }
    if (!own)
        weir_share_ask_transfer(shares, transfer);
    else
        transfer->hands = WEIR_HANDS_OWN;
    if (own && !tight) {
        set_rate(shares, transfer, transfer->want);
        return;
    }
    transfer->rate = 0;
    transfer->since_s = shares->clock->now_s;
    for (int l = 0; l < route->link_count && tight > 1; l++)
        shares->links[route->links[l]].even = false; /* they are coupled */
    for (int l = 0; l < route->link_count && tight; l++)
        look_at(shares, &shares->links[route->links[l]]);
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
        link->wanted = link->users ? link->wanted - transfer->want : 0;
        if (link->even)
            look_at(shares, link);
    }
}

/* What is on the wire of a route wants more or less. */
static void want_anew(struct weir_shares *shares, struct weir_route_state *way)
{
    for (struct weir_transfer *transfer = way->wire; transfer; transfer = transfer->next) {
        double want = wanted_by(&way->route, transfer);
        for (int l = 0; l < way->route.link_count; l++)
            shares->links[way->route.links[l]].wanted += want - transfer->want;
        transfer->want = want;
    }
}

void weir_wires_resized(struct weir_shares *shares, int index)
{
    struct weir_link_state *resized = &shares->links[index];
    weir_routes_again(shares, index, 0);
    for (size_t r = 0; r < resized->route_count; r++)
        want_anew(shares, &shares->routes[resized->routes[r]]);
    if (resized->own)
        note_uneven(shares, resized); /* what it let through, with room or without, changes */
    for (size_t r = 0; r < resized->route_count; r++) {
        const struct weir_route_state *way = &shares->routes[resized->routes[r]];
        for (int l = 0; l < way->route.link_count && way->wire; l++)
            look_at(shares, &shares->links[way->route.links[l]]);
    }
}

static void add_to_host(struct weir_host_state *host, int route)
{
    WEIR_ONE_MORE(host->routes, host->route_count, host->route_capacity);
    host->routes[host->route_count++] = route;
}

void weir_wires_add_route(struct weir_shares *shares, int route)
{
    const struct weir_route *way = &shares->routes[route].route;
    add_to_host(&shares->hosts[way->from], route);
    if (way->to != way->from)
        add_to_host(&shares->hosts[way->to], route);
    for (int l = 0; l < way->link_count; l++) {
        struct weir_link_state *link = &shares->links[way->links[l]];
        if (link->route_count && link->routes[link->route_count - 1] == route) /* it is crossed twice */
            continue;
        WEIR_ONE_MORE(link->routes, link->route_count, link->route_capacity);
        link->routes[link->route_count++] = route;
    }
}
