/* Transfers over links: how they begin and end, and what becomes of them when links change. Who is on the wires is the
 * matter of wires.c. */
#include "sim/engine/shares/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void weir_links_init(struct weir_shares *shares)
{
    for (int l = 0; l < shares->link_count; l++) {
        struct weir_link_state *link = &shares->links[l];
        link->name = weir_simgrid_platform->link_name(link->link);
        link->bandwidth = weir_simgrid_platform->bandwidth(link->link);
        link->latency_s = weir_simgrid_platform->latency(link->link);
        link->on = weir_simgrid_platform->link_is_on(link->link);
        link->fatpipe = !weir_simgrid_platform->is_shared(link->link);
    }
}

void weir_links_fini(struct weir_shares *shares)
{
    for (int l = 0; l < shares->link_count; l++)
        free(shares->links[l].routes);
    free(shares->links);
    free(shares->uneven_links);
    free(shares->flows);
}

int weir_shares_link_count(const struct weir_shares *shares)
{
    return shares->link_count;
}

const char *weir_link_name(const struct weir_shares *shares, int link)
{
    return shares->links[link].name;
}

double weir_link_bandwidth(const struct weir_shares *shares, int link)
{
    return shares->links[link].bandwidth;
}

double weir_link_latency(const struct weir_shares *shares, int link)
{
    return shares->links[link].latency_s;
}

static bool is_up(const struct weir_shares *shares, const struct weir_route *route)
{
    bool up = weir_host_up(shares, route->from) && weir_host_up(shares, route->to);
    for (int l = 0; l < route->link_count && up; l++) {
        const struct weir_link_state *link = &shares->links[route->links[l]];
        up = link->on && !link->down;
    }
    return up;
}

void weir_transfer_over(struct weir_transfer *transfer)
{
    weir_energy_count_transfer(transfer->shares, transfer, 0);
    weir_transfer_off(transfer);
    weir_share_tell_transfer(transfer->shares, transfer, true);
}

void weir_transfer_ends(struct weir_alarm *end)
{
    struct weir_transfer *transfer = WEIR_RECORD(end, struct weir_transfer, end);
    if (weir_share_more_ends(transfer->shares)) {
        weir_transfer_over(transfer);
        weir_share_gather(transfer->shares);
        return;
    }
    weir_energy_count_transfer(transfer->shares, transfer, 0);
    weir_transfer_off(transfer);
    transfer->hands = WEIR_HANDS_NONE;
    transfer->done(transfer, true);
}

void weir_transfer_begin(struct weir_shares *shares, struct weir_transfer *transfer, int index, double bytes,
                         double limit)
{
    const struct weir_route *route = &shares->routes[index].route;
    if (route->most_bytes_per_s > 0 && bytes > route->most_bytes_per_s * 2 * route->latency_s)
        limit = fmin(limit, route->most_bytes_per_s / (1 - route->loss));
    transfer->shares = shares;
    transfer->route = index;
    transfer->number = shares->begun++;
    transfer->bytes = transfer->uncounted = bytes / (1 - route->loss);
    transfer->limit = limit;
    transfer->end.ring = weir_transfer_ends;
    bool up = is_up(shares, route);
    if (!up || (!(bytes > 0) && !shares->latencies))
        weir_share_tell_transfer(shares, transfer, up);
    else
        weir_wire_enter(shares, transfer);
}

void weir_transfer_leave(struct weir_transfer *transfer)
{
    struct weir_shares *shares = transfer->shares;
    struct weir_route_state *way = &shares->routes[transfer->route];
    if (!is_up(shares, &way->route)) {
        weir_share_tell_transfer(shares, transfer, false);
        return;
    }
    transfer->hands = WEIR_HANDS_WAY;
    weir_wire_list(&way->way, transfer);
}

static void take_off(struct weir_transfer *transfer)
{
    if (transfer->hands != WEIR_HANDS_WAY)
        weir_energy_count_transfer(transfer->shares, transfer, weir_transfer_left(transfer));
    weir_transfer_off(transfer);
    weir_share_withdraw_transfer(transfer);
}

void weir_transfer_stop(struct weir_transfer *transfer)
{
    if (weir_transfer_idle(transfer))
        return;
    if (transfer->hands == WEIR_HANDS_TOLD)
        weir_share_withdraw_transfer(transfer);
    else
        take_off(transfer);
    transfer->hands = WEIR_HANDS_NONE;
}

static void fail_all(struct weir_shares *shares, struct weir_transfer **list)
{
    while (*list) {
        struct weir_transfer *transfer = *list;
        take_off(transfer);
        weir_share_tell_transfer(shares, transfer, false);
    }
}

static void fail_way(struct weir_shares *shares, struct weir_route_state *way)
{
    fail_all(shares, &way->wire);
    fail_all(shares, &way->way);
}

void weir_transfers_fail_host(struct weir_shares *shares, int host)
{
    const struct weir_host_state *state = &shares->hosts[host];
    for (size_t r = 0; r < state->route_count; r++)
        fail_way(shares, &shares->routes[state->routes[r]]);
}

static void fail_link(struct weir_shares *shares, int index)
{
    const struct weir_link_state *link = &shares->links[index];
    for (size_t r = 0; r < link->route_count; r++)
        fail_way(shares, &shares->routes[link->routes[r]]);
}

static int by_name(const void *name, const void *link)
{
    return strcmp(name, ((const struct weir_link_state *)link)->name);
}

struct weir_link_state *weir_link_named(const struct weir_shares *shares, const char *name)
{
    return bsearch(name, shares->links, (size_t)shares->link_count, sizeof *shares->links, by_name);
}

/* The links of SimGrid's that a link of the platform is: itself, or its two directions. Returns how many. */
static int find_all(const struct weir_shares *shares, const char *name, int links[3])
{
    static const char *const endings[] = {"", "_UP", "_DOWN"};
    int count = 0;
    for (int e = 0; e < 3; e++) {
        char *full = weir_format("%s%s", name, endings[e]);
        const struct weir_link_state *link = weir_link_named(shares, full);
        if (link)
            links[count++] = (int)(link - shares->links);
        free(full);
    }
    return count;
}

static void tell_change(const struct weir_shares *shares)
{
    if (shares->changed)
        shares->changed(shares->changed_context);
}

void weir_link_switch(struct weir_shares *shares, const char *name, bool up)
{
    int links[3], count = find_all(shares, name, links);
    for (int l = 0; l < count; l++) {
        shares->links[links[l]].down = !up;
        if (!up)
            fail_link(shares, links[l]);
    }
}

void weir_link_resize(struct weir_shares *shares, const char *name, double bytes_per_s)
{
    int links[3], count = find_all(shares, name, links);
    bool changed = false;
    for (int l = 0; l < count; l++) {
        struct weir_link_state *link = &shares->links[links[l]];
        if (link->wifi || link->bandwidth == bytes_per_s)
            continue;
        weir_energy_count_link(shares, links[l]);
        link->bandwidth = bytes_per_s;
        weir_wires_resized(shares, links[l]);
        weir_share_note_resize(shares, links[l]);
        changed = true;
    }
    if (changed)
        tell_change(shares);
}

void weir_link_lose(struct weir_shares *shares, const char *name, double loss)
{
    int links[3], count = find_all(shares, name, links);
    for (int l = 0; l < count; l++) {
        shares->links[links[l]].loss = loss;
        weir_routes_again(shares, links[l], 0);
    }
    tell_change(shares);
}

void weir_shares_on_change(struct weir_shares *shares, void (*changed)(void *context), void *context)
{
    shares->changed = changed;
    shares->changed_context = context;
}

void weir_links_on_switch(void *context, void *owner, bool up)
{
    struct weir_shares *shares = context;
    struct weir_link_state *link = owner;
    weir_share_follow(shares);
    link->on = up;
    if (!up)
        fail_link(shares, (int)(link - shares->links));
}

void weir_links_on_resize(void *context, void *owner)
{
    struct weir_shares *shares = context;
    struct weir_link_state *link = owner;
    double bandwidth = weir_simgrid_platform->bandwidth(link->link);
    if (shares->latencies && bandwidth == WEIR_CRAWL_BYTES_PER_S)
        bandwidth = 0;
    if (link->wifi || bandwidth == link->bandwidth)
        return;
    int index = (int)(link - shares->links);
    weir_share_follow(shares);
    weir_energy_count_link(shares, index);
    link->bandwidth = bandwidth;
    weir_wires_resized(shares, index);
    if (link->still != !(link->bandwidth > 0))
        weir_share_note_resize(shares, index);
    tell_change(shares);
}

/* SimGrid weighs the flows under way by the new latency; where all are to weigh alike, they are made to. */
void weir_links_on_delay(void *context, void *owner)
{
    struct weir_shares *shares = context;
    struct weir_link_state *link = owner;
    int index = (int)(link - shares->links);
    double latency_s = weir_simgrid_platform->latency(link->link);
    weir_share_follow(shares);
    weir_routes_again(shares, index, latency_s - link->latency_s);
    link->latency_s = latency_s;
    for (size_t r = 0; r < link->route_count && !shares->latencies; r++)
        for (struct weir_transfer *transfer = shares->routes[link->routes[r]].wire; transfer; transfer = transfer->next)
            if (transfer->activity)
                weir_simgrid->weigh_alike(transfer->activity, transfer->limit);
    tell_change(shares);
}
