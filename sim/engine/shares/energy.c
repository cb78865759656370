/* Joules of hosts and links, by the rule of SimGrid's plug-ins. A host that works draws epsilon, and what is between
 * that and the power of all cores in proportion to its load; a link draws in proportion to its use, idle ones included.
 *
 * The books need no rates: what grows with the load grows with the flops done and the bytes carried, whoever has done
 * them. So they hold whether work and transfers are in our hands or in SimGrid's; for hosts that do all of their work
 * there the plug-in counts, and the two agree. The one for links reads a link's use only when a transfer over that link
 * begins or ends, and misses rates that change in between because of transfers over other links. The use of a FATPIPE
 * link is that of the fastest flow over it: it is counted whenever a transfer begins or ends anywhere. */
#include "sim/engine/shares/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* "idle:all" or "idle:epsilon:all" of its performance state, in a list of them. */
static void read_host(struct weir_host_state *host, const char *text, double boot_w)
{
    struct weir_host_energy *energy = &host->energy;
    host->metered = true;
    for (int p = host->pstate; p > 0 && strchr(text, ','); p--)
        text = strchr(text, ',') + 1;
    char *end;
    energy->idle_w = energy->epsilon_w = strtod(text, &end);
    if (*end == ':')
        energy->all_w = strtod(end + 1, &end);
    if (*end == ':') {
        energy->epsilon_w = energy->all_w;
        energy->all_w = strtod(end + 1, &end);
    }
    const char *off = weir_simgrid_platform->host_property(host->host, "wattage_off");
    energy->off_w = off ? strtod(off, NULL) : 0;
    energy->boot_w = boot_w < 0 ? energy->idle_w : boot_w;
}

static void read_link(struct weir_shares *shares, struct weir_link_state *link)
{
    bool second;
    char *end;
    const char *text = weir_simgrid_platform->link_property(link->link, "wattage_range", &second);
    if (!text || link->wifi)
        return;
    link->energy = weir_alloc(1, sizeof *link->energy);
    link->energy->idle_w = strtod(text, &end);
    link->energy->busy_w = *end == ':' ? strtod(end + 1, NULL) : link->energy->idle_w;
    link->energy->second = second;
    shares->fatpipes_draw |= link->fatpipe;
}

void weir_energy_init(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count && shares->energy && shares->platform->has_host_energy; h++) {
        const char *text = weir_simgrid_platform->host_property(shares->hosts[h].host, "wattage_per_state");
        if (text)
            read_host(&shares->hosts[h], text, shares->platform->hosts[h].boot_w);
    }
    for (int l = 0; l < shares->link_count && shares->energy && shares->platform->has_link_energy; l++)
        read_link(shares, &shares->links[l]);
}

void weir_energy_fini(struct weir_shares *shares)
{
    for (int l = 0; l < shares->link_count; l++)
        free(shares->links[l].energy);
}

/* Brings the books up to date. */
static void count_drawn(const struct weir_shares *shares, struct weir_host_state *host)
{
    struct weir_host_energy *energy = &host->energy;
    if (!host->metered)
        return;
    double took_s = shares->clock->now_s - energy->since_s;
    bool works = host->first && host->speed > 0, off = !host->on || host->down || host->power == WEIR_ASLEEP;
    double watts = host->empty                   ? 0
                   : off                         ? energy->off_w
                   : host->power == WEIR_BOOTING ? energy->boot_w
                   : works                       ? energy->epsilon_w
                                                 : energy->idle_w;
    if (shares->plug_in) /* for which a host that boots, or whose battery is empty, is off */
        watts = host->empty ? -energy->off_w : off || host->power != WEIR_BOOTING ? 0 : energy->boot_w - energy->off_w;
    energy->base_j += watts * took_s;
    energy->flops += host->own_load * host->speed * took_s;
    energy->since_s = shares->clock->now_s;
}

void weir_energy_count_host(struct weir_shares *shares, struct weir_host_state *host)
{
    count_drawn(shares, host);
    if (host->battery)
        weir_battery_touch(host);
}

/* Of the flops that were in our hands; a host without speed does none. */
static double work_j(const struct weir_host_state *host)
{
    const struct weir_host_energy *energy = &host->energy;
    return host->peak > 0 ? (energy->all_w - energy->epsilon_w) * energy->flops / (host->peak * host->cores) : 0;
}

void weir_energy_set_pstate(struct weir_shares *shares, struct weir_host_state *host)
{
    int index = (int)(host - shares->hosts);
    if (!host->metered)
        return;
    host->energy.base_j += work_j(host);
    host->energy.flops = 0;
    read_host(host, weir_simgrid_platform->host_property(host->host, "wattage_per_state"),
              shares->platform->hosts[index].boot_w);
}

/* A link without bandwidth carries nothing. */
static void add_use(struct weir_link_state *link, double bytes)
{
    if (link->bandwidth > 0)
        link->energy->used_s += bytes / link->bandwidth;
}

static void count_carried(struct weir_shares *shares, struct weir_transfer *transfer, double left)
{
    const struct weir_route *route = &shares->routes[transfer->route].route;
    for (int l = 0; l < route->link_count; l++) {
        struct weir_link_state *link = &shares->links[route->links[l]];
        if (link->energy && !link->fatpipe)
            add_use(link, transfer->uncounted - left);
    }
    transfer->uncounted = left;
}

static double left_of(const struct weir_transfer *transfer, const struct weir_transfer *known, double known_left)
{
    return transfer == known ? known_left : weir_transfer_left(transfer);
}

/* All that is on a wire, with what is known to be left of one: over FATPIPE links they count together. */
static void count_all(struct weir_shares *shares, const struct weir_transfer *known, double known_left)
{
    for (size_t r = 0; r < shares->route_count; r++) {
        const struct weir_route_state *way = &shares->routes[r];
        for (const struct weir_transfer *transfer = way->wire; transfer; transfer = transfer->next)
            for (int l = 0; l < way->route.link_count; l++) {
                struct weir_link_energy *energy = shares->links[way->route.links[l]].energy;
                if (energy)
                    energy->most = fmax(energy->most, transfer->uncounted - left_of(transfer, known, known_left));
            }
    }
    for (int l = 0; l < shares->link_count; l++) {
        struct weir_link_state *link = &shares->links[l];
        if (link->fatpipe && link->energy)
            add_use(link, link->energy->most);
        if (link->energy)
            link->energy->most = 0;
    }
    for (size_t r = 0; r < shares->route_count; r++)
        for (struct weir_transfer *transfer = shares->routes[r].wire; transfer; transfer = transfer->next)
            count_carried(shares, transfer, left_of(transfer, known, known_left));
}

void weir_energy_count_transfer(struct weir_shares *shares, struct weir_transfer *transfer, double left)
{
    if (shares->fatpipes_draw)
        count_all(shares, transfer, left);
    else if (shares->platform->has_link_energy)
        count_carried(shares, transfer, left);
}

void weir_energy_count_all(struct weir_shares *shares)
{
    count_all(shares, NULL, 0);
}

static void count_wire(struct weir_shares *shares, struct weir_route_state *way)
{
    for (struct weir_transfer *transfer = way->wire; transfer; transfer = transfer->next)
        weir_energy_count_transfer(shares, transfer, weir_transfer_left(transfer));
}

static bool leads_over(const struct weir_route *route, int link)
{
    for (int l = 0; l < route->link_count; l++)
        if (route->links[l] == link)
            return true;
    return false;
}

void weir_energy_count_link(struct weir_shares *shares, int link)
{
    if (shares->fatpipes_draw) /* flows over them may depend on any link */
        count_all(shares, NULL, 0);
    if (shares->fatpipes_draw || !shares->links[link].energy)
        return;
    for (size_t r = 0; r < shares->route_count; r++)
        if (shares->routes[r].wire && leads_over(&shares->routes[r].route, link))
            count_wire(shares, &shares->routes[r]);
}

double weir_energy_host_j(struct weir_shares *shares, struct weir_host_state *host)
{
    const struct weir_host_energy *energy = &host->energy;
    count_drawn(shares, host);
    if (shares->plug_in)
        return weir_simgrid_platform->consumed_j(host->host) + energy->base_j;
    return energy->base_j + work_j(host);
}

void weir_host_range_w(const struct weir_shares *shares, int host, double *idle_w, double *all_w, double *off_w,
                       double *boot_w)
{
    const struct weir_host_energy *energy = &shares->hosts[host].energy;
    bool metered = shares->hosts[host].metered;
    *idle_w = metered ? energy->idle_w : NAN;
    *all_w = metered ? energy->all_w : NAN;
    *off_w = metered ? energy->off_w : NAN;
    *boot_w = metered ? energy->boot_w : NAN;
}

double weir_host_drawn_j(const struct weir_shares *shares, int host)
{
    struct weir_host_state now =
        shares->hosts[host]; /* the books themselves are left as they are: sums keep their steps */
    if (!now.metered)
        return NAN;
    count_drawn(shares, &now);
    double own_j = now.energy.base_j + work_j(&now);
    return shares->plug_in ? now.energy.base_j + weir_simgrid_platform->consumed_j(now.host) : own_j;
}

/* The use of links is up to date. */
static double link_j(const struct weir_shares *shares, const struct weir_link_state *link)
{
    const struct weir_link_energy *energy = link->energy;
    if (!energy)
        return 0;
    double idle_j = energy->second ? 0 : energy->idle_w * shares->clock->now_s;
    return idle_j + (energy->busy_w - energy->idle_w) * energy->used_s;
}

double weir_shares_energy_j(struct weir_shares *shares)
{
    double joules = 0;
    for (int h = 0; h < shares->host_count; h++)
        if (shares->hosts[h].metered)
            joules += weir_energy_host_j(shares, &shares->hosts[h]);
    if (!shares->platform->has_link_energy)
        return joules;
    count_all(shares, NULL, 0);
    for (int l = 0; l < shares->link_count; l++)
        joules += link_j(shares, &shares->links[l]);
    return joules;
}

void weir_shares_energy_each(struct weir_shares *shares, double *hosts_j, double *links_j)
{
    for (int h = 0; h < shares->host_count; h++)
        hosts_j[h] = shares->hosts[h].metered ? weir_energy_host_j(shares, &shares->hosts[h]) : 0;
    if (shares->platform->has_link_energy)
        count_all(shares, NULL, 0);
    for (int l = 0; l < shares->link_count; l++)
        links_j[l] = link_j(shares, &shares->links[l]);
}
