#include "policies/learn/offload/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/forest.h"
#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

const char *offload_node_name(const struct offload_network *network, int node, char buffer[OFFLOAD_NAME_SIZE])
{
    if (network->names && network->names[node])
        snprintf(buffer, OFFLOAD_NAME_SIZE, "node %d (%.80s)", node, network->names[node]);
    else
        snprintf(buffer, OFFLOAD_NAME_SIZE, "node %d", node);
    return buffer;
}

static bool is_amount(double value)
{
    return isfinite(value) && value >= 0;
}

static int check_link(const struct offload_network_spec *spec, int index)
{
    const struct offload_link *link = &spec->links[index];
    int least = spec->routing == OFFLOAD_GIVEN ? -1 : 0;
    if (link->from < least || link->from >= spec->node_count || link->to < least || link->to >= spec->node_count)
        return weir_error(WEIR_EINPUT, "network: link %d goes from node %d to %d; nodes are 0 to %d", index, link->from,
                          link->to, spec->node_count - 1);
    if (!is_amount(link->bytes_per_s) || link->bytes_per_s == 0)
        return weir_error(WEIR_EINPUT, "network: link %d has a bandwidth of %g bytes/s; it must be above 0", index,
                          link->bytes_per_s);
    if (!is_amount(link->latency_s))
        return weir_error(WEIR_EINPUT, "network: link %d has a latency of %g s; it must not be below 0", index,
                          link->latency_s);
    return WEIR_OK;
}

static int check_spec(const struct offload_network_spec *spec)
{
    if (spec->node_count < 1)
        return weir_error(WEIR_EINPUT, "network: %d nodes; there must be one at least", spec->node_count);
    if (spec->node_count > OFFLOAD_NODES)
        return weir_error(WEIR_EINPUT, "network: %d nodes; there may be %d at most", spec->node_count, OFFLOAD_NODES);
    if (spec->routing != OFFLOAD_SHORTEST && spec->routing != OFFLOAD_SINGLE_HOP && spec->routing != OFFLOAD_GIVEN)
        return weir_error(WEIR_EINPUT, "network: there is no routing %d", (int)spec->routing);
    if (!spec->flops_per_s || (spec->link_count > 0 && !spec->links) || (spec->routing == OFFLOAD_GIVEN && !spec->way))
        return weir_error(WEIR_EINPUT, "network: speeds of nodes, links, or the function `way` are missing");
    if (spec->link_count < 0 || spec->kind_count < 0)
        return weir_error(WEIR_EINPUT, "network: %d links and %d kinds; neither can be below 0", spec->link_count,
                          spec->kind_count);
    int kinds = spec->kind_flops_per_s && spec->kind_count > 1 ? spec->kind_count : 1;
    for (int m = 0; m < spec->node_count; m++) {
        bool good = is_amount(spec->flops_per_s[m]);
        for (int k = 0; good && spec->kind_flops_per_s && k < kinds; k++)
            good = is_amount(spec->kind_flops_per_s[(size_t)k * (size_t)spec->node_count + (size_t)m]);
        if (!good)
            return weir_error(WEIR_EINPUT, "network: node %d has a speed that is no number of flop/s from 0", m);
    }
    for (int l = 0; l < spec->link_count; l++)
        if (check_link(spec, l) < 0)
            return weir_error_code();
    return WEIR_OK;
}

/* Speed of a node for a kind; 0: it cannot host it. */
static double speed(const struct offload_network_spec *spec, int kind, int node)
{
    if (spec->flops_per_s[node] == 0 || !spec->kind_flops_per_s)
        return spec->flops_per_s[node];
    return spec->kind_flops_per_s[(size_t)kind * (size_t)spec->node_count + (size_t)node];
}

static void copy_nodes(struct offload_network *network, const struct offload_network_spec *spec)
{
    size_t nodes = (size_t)network->nodes, kinds = (size_t)network->kinds;
    network->factor = weir_alloc(kinds * nodes, sizeof *network->factor);
    network->hosts = weir_alloc(kinds * nodes, sizeof *network->hosts);
    network->hosts_everywhere = weir_alloc(kinds, sizeof *network->hosts_everywhere);
    for (int k = 0; k < network->kinds; k++) {
        network->hosts_everywhere[k] = true;
        for (int m = 0; m < network->nodes; m++) {
            double flops_per_s = speed(spec, k, m);
            size_t i = (size_t)k * nodes + (size_t)m;
            network->hosts[i] = flops_per_s > 0;
            network->factor[i] = flops_per_s > 0 ? sqrt(spec->flops_per_s[m] / flops_per_s) : INFINITY;
            network->hosts_everywhere[k] = network->hosts_everywhere[k] && flops_per_s > 0;
        }
    }
    for (int m = 0; m < network->nodes; m++)
        network->per_capacity[m] = spec->flops_per_s[m] > 0 ? 1 / spec->flops_per_s[m] : 1;
    if (spec->node_names) {
        network->names = weir_alloc(nodes, sizeof *network->names);
        for (int m = 0; m < network->nodes; m++)
            network->names[m] = weir_copy(spec->node_names[m]);
    }
}

static void copy_links(struct offload_network *network, const struct offload_network_spec *spec)
{
    network->bytes_per_s = weir_alloc((size_t)network->links, sizeof *network->bytes_per_s);
    network->latency_s = weir_alloc((size_t)network->links, sizeof *network->latency_s);
    network->link_to = weir_alloc((size_t)network->links, sizeof *network->link_to);
    for (int l = 0; l < network->links; l++) {
        network->bytes_per_s[l] = spec->links[l].bytes_per_s;
        network->latency_s[l] = spec->links[l].latency_s;
        network->link_to[l] = spec->links[l].to;
        network->per_capacity[network->nodes + l] = 1 / spec->links[l].bytes_per_s;
        network->any_latency = network->any_latency || spec->links[l].latency_s > 0;
    }
}

/* Sums of 1 / bandwidth and of latencies along all ways. */
static void sum_ways(struct offload_network *network)
{
    const struct offload_forest *out = &network->out;
    size_t nodes = (size_t)network->nodes;
    network->span = weir_alloc(nodes * nodes, sizeof *network->span);
    if (network->any_latency)
        network->delay_s = weir_alloc(nodes * nodes, sizeof *network->delay_s);
    double *sum = weir_alloc((size_t)out->largest, sizeof *sum);
    double *delay = weir_alloc((size_t)out->largest, sizeof *delay);
    network->all_reachable = true;
    for (int m = 0; m < network->nodes; m++) {
        const int *parent = offload_tree_parent(out, m), *link = offload_tree_link(out, m);
        const int *at = offload_tree_at(out, network->nodes, m);
        for (int i = 1; i < offload_tree_count(out, m); i++) {
            sum[i] = sum[parent[i]] + network->per_capacity[network->nodes + link[i]];
            delay[i] = delay[parent[i]] + network->latency_s[link[i]];
        }
        for (int n = 0; n < network->nodes; n++) {
            size_t pair = (size_t)m * nodes + (size_t)n;
            network->span[pair] = at[n] < 0 ? INFINITY : sum[at[n]];
            network->all_reachable = network->all_reachable && at[n] >= 0;
            if (network->delay_s)
                network->delay_s[pair] = at[n] < 0 ? INFINITY : delay[at[n]];
        }
    }
    free(sum);
    free(delay);
}

int offload_network_new(const struct offload_network_spec *spec, struct offload_network **made)
{
    if (learn_given(__func__, "spec network", spec, made) != WEIR_OK)
        return WEIR_EINPUT;
    *made = NULL;
    if (check_spec(spec) < 0)
        return weir_error_code();
    struct offload_network *network = weir_alloc(1, sizeof *network);
    network->nodes = spec->node_count;
    network->links = spec->link_count;
    network->kinds = spec->kind_flops_per_s && spec->kind_count > 1 ? spec->kind_count : 1;
    network->per_capacity = weir_alloc((size_t)network->nodes + (size_t)network->links, sizeof *network->per_capacity);
    copy_nodes(network, spec);
    copy_links(network, spec);
    if (offload_forest_grow(&network->out, spec) < 0) {
        offload_network_free(network);
        return weir_error_code();
    }
    offload_forest_turn(&network->in, &network->out, network->nodes, network->links);
    sum_ways(network);
    *made = network;
    return WEIR_OK;
}

void offload_network_free(struct offload_network *network)
{
    if (!network)
        return;
    for (int m = 0; network->names && m < network->nodes; m++)
        free(network->names[m]);
    free(network->names);
    free(network->per_capacity);
    free(network->bytes_per_s);
    free(network->latency_s);
    free(network->link_to);
    free(network->factor);
    free(network->hosts);
    free(network->hosts_everywhere);
    offload_forest_fini(&network->out);
    offload_forest_fini(&network->in);
    free(network->span);
    free(network->delay_s);
    free(network);
}

int offload_network_nodes(const struct offload_network *network)
{
    return network ? network->nodes : 0;
}

int offload_network_links(const struct offload_network *network)
{
    return network ? network->links : 0;
}

static bool is_node(const struct offload_network *network, int node)
{
    return network && node >= 0 && node < network->nodes;
}

bool offload_network_reaches(const struct offload_network *network, int from, int to)
{
    return is_node(network, from) && is_node(network, to) &&
           offload_tree_at(&network->out, network->nodes, from)[to] >= 0;
}

int offload_network_way(const struct offload_network *network, int from, int to, int *links, int room)
{
    if (!is_node(network, from) || !is_node(network, to) || (room > 0 && !links))
        return -1;
    const int *parent = offload_tree_parent(&network->in, to), *link = offload_tree_link(&network->in, to);
    int count = 0, i = offload_tree_at(&network->in, network->nodes, to)[from];
    if (i < 0)
        return -1;
    for (; i > 0; i = parent[i], count++)
        if (count < room)
            links[count] = link[i];
    return count;
}
