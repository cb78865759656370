/* The platform as a computing network: hosts are nodes, ways are the routes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/offload/offload.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Ways are asked for between all pairs of hosts. */
#define HOSTS_AT_MOST 3000
/* Of a link whose bandwidth says nothing, bytes/s. */
#define WIDE 1e18

/* Speeds by class, one row after the other as the library has them. */
static void fill_speeds(const struct weir_view *view, double *speeds, double *by_class)
{
    int hosts = view->host_count;
    for (int h = 0; h < hosts; h++) {
        const struct weir_host_view *host = &view->hosts[h];
        double cores = host->cores > 0 ? host->cores : 1;
        double gpu = host->speed_gpu_flops_per_s > 0 ? host->speed_gpu_flops_per_s : host->speed_flops_per_s;
        speeds[h] = host->speed_flops_per_s * cores;
        by_class[WEIR_VIEW_CPU * hosts + h] = speeds[h];
        by_class[WEIR_VIEW_GPU * hosts + h] = gpu * cores;
    }
}

/* The hosts at the ends of a link are those that it joins alone. */
static void find_ends(const struct weir_view *view, struct offload_link *links)
{
    int way[2];
    for (int from = 0; from < view->host_count; from++)
        for (int to = 0; to < view->host_count; to++) {
            if (from == to || view->route_links(view, from, to, way, 2) != 1 || links[way[0]].from >= 0)
                continue;
            links[way[0]].from = from;
            links[way[0]].to = to;
        }
}

struct ways {
    const struct weir_view *view;
    int *links; /* of the way asked for last; room for `size` */
    int size;
    int link_count; /* of the platform; those behind are made up, one a pair of hosts */
};

static int way_of(void *data, int from, int to, const int **links)
{
    struct ways *ways = data;
    const struct weir_view *view = ways->view;
    if (!(view->route_bytes_per_s(view, from, to) > 0))
        return -1;
    int count = ways->link_count ? view->route_links(view, from, to, ways->links, ways->size) : 1;
    if (count > ways->size) {
        ways->size = 2 * count;
        ways->links = weir_resize(ways->links, (size_t)ways->size, sizeof *ways->links);
        if (ways->link_count)
            view->route_links(view, from, to, ways->links, ways->size);
    }
    if (!ways->link_count) /* the view knows no links: each pair has one of its own */
        ways->links[0] = from * view->host_count + to;
    *links = ways->links;
    return count;
}

static struct offload_link *make_links(const struct weir_view *view, int *count)
{
    bool known = view->route_links && view->link_count > 0;
    *count = known ? view->link_count : view->host_count * view->host_count;
    struct offload_link *links = weir_alloc((size_t)*count, sizeof *links);
    for (int l = 0; l < *count; l++) {
        double bytes_per_s, latency_s;
        if (known) {
            bytes_per_s = view->links[l].bytes_per_s;
            latency_s = view->links[l].latency_s;
            links[l].from = links[l].to = -1;
        } else {
            links[l].from = l / view->host_count;
            links[l].to = l % view->host_count;
            bytes_per_s = view->route_bytes_per_s(view, links[l].from, links[l].to);
            latency_s = view->route_latency_s(view, links[l].from, links[l].to);
        }
        links[l].bytes_per_s = isfinite(bytes_per_s) && bytes_per_s > 0 ? bytes_per_s : WIDE;
        links[l].latency_s = isfinite(latency_s) && latency_s > 0 ? latency_s : 0;
    }
    if (known)
        find_ends(view, links);
    return links;
}

/* Whether nothing has changed since the network was made; notes what there is now. */
static bool as_before(struct weir_offload *self, const struct weir_view *view)
{
    bool same = self->network && self->host_count == view->host_count && self->link_count == view->link_count;
    for (int l = 0; same && l < view->link_count; l++)
        same = self->bytes_per_s[l] == view->links[l].bytes_per_s;
    if (same)
        return true;
    self->host_count = view->host_count;
    self->link_count = view->link_count;
    free(self->bytes_per_s);
    self->bytes_per_s = weir_alloc((size_t)view->link_count, sizeof *self->bytes_per_s);
    for (int l = 0; l < view->link_count; l++)
        self->bytes_per_s[l] = view->links[l].bytes_per_s;
    return false;
}

int weir_offload_update_network(struct weir_offload *self, const struct weir_view *view)
{
    if (view->host_count > HOSTS_AT_MOST)
        return weir_error(WEIR_EINPUT, "%d hosts are too many for an offloading policy; at most %d", view->host_count,
                          HOSTS_AT_MOST);
    if (as_before(self, view))
        return WEIR_OK;
    struct ways ways = {.view = view};
    size_t hosts = (size_t)view->host_count;
    double *speeds = weir_alloc(hosts, sizeof *speeds), *by_class = weir_alloc(2 * hosts, sizeof *by_class);
    const char **names = weir_alloc(hosts, sizeof *names);
    int link_count;
    struct offload_link *links = make_links(view, &link_count);
    ways.link_count = view->route_links && view->link_count > 0 ? view->link_count : 0;
    fill_speeds(view, speeds, by_class);
    for (size_t h = 0; h < hosts; h++)
        names[h] = view->hosts[h].name;
    const struct offload_network_spec spec = {.node_count = view->host_count,
                                              .node_names = names,
                                              .flops_per_s = speeds,
                                              .kind_count = 2,
                                              .kind_flops_per_s = by_class,
                                              .link_count = link_count,
                                              .links = links,
                                              .routing = OFFLOAD_GIVEN,
                                              .way = way_of,
                                              .data = &ways};
    if (self->last.game.network != self->network) /* else it is what the last decision is about */
        offload_network_free(self->network);
    self->network = NULL;
    int code = offload_network_new(&spec, &self->network);
    free(ways.links);
    free(links);
    free(names);
    free(speeds);
    free(by_class);
    return code;
}
