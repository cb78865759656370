#include "policies/support/packing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* Cores are added up with rounding. */
#define ROUNDING 1e-9

static int group_of(const struct weir_packing *pack, int host)
{
    const struct weir_host_view *hosts = pack->view->hosts;
    for (int h = 0; h < host; h++)
        if (hosts[h].tier == hosts[host].tier && strcmp(hosts[h].region, hosts[host].region) == 0)
            return pack->hosts[h].group;
    return pack->group_count;
}

void weir_packing_init(struct weir_packing *pack, const struct weir_view *view, const struct weir_plan *plan)
{
    *pack = (struct weir_packing){.view = view, .plan = plan};
    pack->hosts = weir_alloc((size_t)view->host_count, sizeof *pack->hosts);
    for (int h = 0; h < view->host_count; h++) {
        pack->hosts[h].group = group_of(pack, h);
        pack->group_count += pack->hosts[h].group == pack->group_count;
        pack->hosts[h].closed = !view->hosts[h].up;
    }
}

void weir_packing_fini(struct weir_packing *pack)
{
    free(pack->hosts);
    free(pack->items);
}

double weir_packing_cores(const struct weir_packing *pack, const struct weir_packing_item *item, int host)
{
    const struct weir_operator_view *op = &pack->view->jobs[item->job].operators[item->op];
    double speed = weir_view_speed(&pack->view->hosts[host], op);
    return speed > 0 ? fmin(item->share, item->work / speed) : INFINITY;
}

void weir_packing_add(struct weir_packing *pack, int job, int op, int index, const struct weir_placement *at,
                      double work, bool moves)
{
    if (at->host < 0 || at->host >= pack->view->host_count)
        return;
    pack->items = weir_grow(pack->items, (size_t)pack->item_count + 1, &pack->item_capacity, sizeof *pack->items);
    struct weir_packing_item *item = &pack->items[pack->item_count++];
    *item = (struct weir_packing_item){.job = job,
                                       .op = op,
                                       .index = index,
                                       .host = at->host,
                                       .to = at->host,
                                       .work = work,
                                       .share = at->cpu_share,
                                       .moves = moves};
    struct weir_packing_host *host = &pack->hosts[at->host];
    host->used += weir_packing_cores(pack, item, at->host);
    host->count++;
    host->fixed |= !moves;
}

static double state_bytes_of(const struct weir_packing *pack, const struct weir_packing_item *item)
{
    const struct weir_operator_view *op = &pack->view->jobs[item->job].operators[item->op];
    return op->stateful && op->instance_count ? op->state_bytes / op->instance_count : 0;
}

/* Free slots, with what has been moved to and from it: the plan does not know of that yet. */
static bool has_slot(const struct weir_packing *pack, int host)
{
    int free = weir_plan_free_slots(pack->plan, host), planned = 0;
    for (int i = 0; i < pack->item_count; i++)
        planned += (pack->items[i].to == host) - (pack->items[i].host == host);
    return free > planned;
}

static bool has_memory(const struct weir_packing *pack, const struct weir_packing_item *item, int host)
{
    const struct weir_host_view *view = &pack->view->hosts[host];
    double bytes = view->memory_used_bytes + pack->hosts[host].bytes + state_bytes_of(pack, item);
    return !(view->memory_bytes > 0) || bytes <= view->memory_bytes;
}

int weir_packing_find(const struct weir_packing *pack, const struct weir_packing_item *item, double high,
                      bool empty_too)
{
    int best = -1;
    double best_use = -1;
    for (int h = 0; h < pack->view->host_count; h++) {
        const struct weir_packing_host *host = &pack->hosts[h];
        double cores = pack->view->hosts[h].cores, use = (host->used + weir_packing_cores(pack, item, h)) / cores;
        if (h == item->to || host->group != pack->hosts[item->to].group || host->closed || use > high + ROUNDING ||
            !(empty_too || host->count || !pack->view->hosts[h].may_sleep) || use <= best_use)
            continue;
        if (!has_slot(pack, h) || !has_memory(pack, item, h))
            continue;
        best = h;
        best_use = use;
    }
    return best;
}

void weir_packing_move(struct weir_packing *pack, struct weir_packing_item *item, int host)
{
    struct weir_packing_host *from = &pack->hosts[item->to], *to = &pack->hosts[host];
    from->used -= weir_packing_cores(pack, item, item->to);
    from->count--;
    from->bytes -= state_bytes_of(pack, item);
    to->used += weir_packing_cores(pack, item, host);
    to->count++;
    to->bytes += state_bytes_of(pack, item);
    item->to = host;
}

/* The one on the host that uses most and has not been looked at; -1: none. */
static int largest(const struct weir_packing *pack, int host, const bool *seen)
{
    int best = -1;
    for (int i = 0; i < pack->item_count; i++)
        if (pack->items[i].to == host && !seen[i] &&
            (best < 0 ||
             weir_packing_cores(pack, &pack->items[i], host) > weir_packing_cores(pack, &pack->items[best], host)))
            best = i;
    return best;
}

bool weir_packing_drain(struct weir_packing *pack, int host, double high)
{
    bool *seen = weir_alloc((size_t)pack->item_count, sizeof *seen), fits = !pack->hosts[host].fixed;
    pack->hosts[host].closed = true;
    for (int i; fits && (i = largest(pack, host, seen)) >= 0; seen[i] = true) {
        int to = weir_packing_find(pack, &pack->items[i], high, false);
        fits = to >= 0;
        if (fits)
            weir_packing_move(pack, &pack->items[i], to);
    }
    for (int i = 0; i < pack->item_count && !fits; i++)
        if (seen[i])
            weir_packing_move(pack, &pack->items[i], host);
    pack->hosts[host].closed = fits;
    free(seen);
    return fits;
}

double weir_packing_need(const struct weir_packing *pack, int group)
{
    double need = 0;
    for (int i = 0; i < pack->item_count; i++) {
        const struct weir_packing_item *item = &pack->items[i];
        const struct weir_host_view *host = &pack->view->hosts[item->to];
        const struct weir_operator_view *op = &pack->view->jobs[item->job].operators[item->op];
        if (pack->hosts[item->to].group == group) /* also beyond the shares: more instances will do it */
            need += item->work / weir_view_speed(host, op) * host->speed_flops_per_s;
    }
    return need;
}

double weir_packing_room(const struct weir_packing *pack, int group, int but)
{
    double room = 0;
    for (int h = 0; h < pack->view->host_count; h++) {
        const struct weir_host_view *host = &pack->view->hosts[h];
        bool boots = !host->up && !host->asleep && host->boot_s > 0;
        if (pack->hosts[h].group == group && h != but && ((host->up && !pack->hosts[h].closed) || boots))
            room += host->cores * host->speed_flops_per_s;
    }
    return room;
}
