// What is asked and changed of SimGrid's hosts, links and routes.
#include "sim/engine/shares/simgrid.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <unordered_map>
#include <vector>

#include <simgrid/engine.h>
#include <simgrid/kernel/ProfileBuilder.hpp>
#include <simgrid/plugins/energy.h>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>

using namespace simgrid;

static void weir_simgrid_find_hosts(const char *const *names, size_t count, sg_host_t *hosts)
{
    std::unordered_map<std::string, sg_host_t> known;
    for (auto *host : s4u::Engine::get_instance()->get_all_hosts())
        known.emplace(host->get_name(), host);
    for (size_t i = 0; i < count; i++) {
        const auto found = known.find(names[i]);
        hosts[i] = found == known.end() ? nullptr : found->second;
    }
}

static sg_link_t *weir_simgrid_all_links(size_t *count)
{
    auto links = s4u::Engine::get_instance()->get_all_links(); // in the order of a hash
    std::sort(links.begin(), links.end(),
              [](const s4u::Link *a, const s4u::Link *b) { return a->get_name() < b->get_name(); });
    auto *list = static_cast<sg_link_t *>(std::malloc((links.size() + 1) * sizeof(sg_link_t)));
    if (!list)
        std::abort();
    *count = links.size();
    std::copy(links.begin(), links.end(), list);
    return list;
}

static void weir_simgrid_own_host(sg_host_t host, void *owner)
{
    host->set_data(owner);
}

static void weir_simgrid_own_link(sg_link_t link, void *owner)
{
    link->set_data(owner);
}

static int weir_simgrid_cores(sg_host_t host)
{
    return host->get_core_count();
}

static bool weir_simgrid_host_is_on(sg_host_t host)
{
    return host->is_on();
}

static double weir_simgrid_speed(sg_host_t host)
{
    return host->get_speed();
}

static double weir_simgrid_available_speed(sg_host_t host)
{
    return host->get_available_speed();
}

static unsigned long weir_simgrid_performance_state(sg_host_t host)
{
    return host->get_pstate();
}

static const char *weir_simgrid_host_property(sg_host_t host, const char *key)
{
    return host->get_property(key);
}

static void weir_simgrid_switch_host(sg_host_t host, bool on)
{
    if (on)
        host->turn_on();
    else
        host->turn_off();
}

static void weir_simgrid_slow(sg_host_t host, double share)
{
    static unsigned long number;
    const double now_s = s4u::Engine::get_clock();
    host->set_speed_profile(kernel::profile::ProfileBuilder::from_callback(
        "weir-speed-" + std::to_string(number++),
        [now_s, share](std::vector<kernel::profile::DatedValue> &values) {
            if (values.empty())
                values.emplace_back(now_s, share);
        },
        -1));
}

static void weir_simgrid_set_pstate(sg_host_t host, unsigned long pstate)
{
    host->set_pstate(pstate);
}

static void weir_simgrid_resize(sg_link_t link, double bytes_per_s)
{
    link->set_bandwidth(bytes_per_s);
}

static const char *weir_simgrid_link_name(sg_link_t link)
{
    return link->get_cname();
}

static double weir_simgrid_bandwidth(sg_link_t link)
{
    return link->get_bandwidth();
}

static double weir_simgrid_latency(sg_link_t link)
{
    return link->get_latency();
}

static bool weir_simgrid_is_shared(sg_link_t link)
{
    return link->get_sharing_policy() != s4u::Link::SharingPolicy::FATPIPE;
}

static bool weir_simgrid_link_is_on(sg_link_t link)
{
    return link->is_on();
}

static void weir_simgrid_attach(sg_host_t host, sg_link_t link)
{
    link->set_host_wifi_rate(host, 0);
}

static int weir_simgrid_route(sg_host_t from, sg_host_t to, double *latency_s, void **owners, int max)
{
    std::vector<s4u::Link *> way;
    *latency_s = 0;
    try {
        from->route_to(to, way, latency_s);
    } catch (const std::exception &) {
        return -1;
    }
    if (way.empty() && *latency_s <= 0) // SimGrid's network models call this unconnected, and abort
        return -1;
    for (size_t i = 0; i < way.size() && static_cast<int>(i) < max; i++)
        owners[i] = way[i]->get_data<void>();
    return static_cast<int>(way.size());
}

static const char *weir_simgrid_link_property(sg_link_t link, const char *key, bool *second)
{
    *second = false;
    if (const char *own = link->get_property(key))
        return own;
    const std::string name = link->get_name();
    for (const std::string ending : {"_UP", "_DOWN"}) {
        if (name.size() <= ending.size() || name.compare(name.size() - ending.size(), ending.size(), ending) != 0)
            continue;
        try {
            *second = ending == "_DOWN";
            return s4u::SplitDuplexLink::by_name(name.substr(0, name.size() - ending.size()))->get_property(key);
        } catch (const std::exception &) { // it only has such a name
        }
    }
    return nullptr;
}

static void weir_simgrid_count_energy()
{
    sg_host_energy_plugin_init();
}

static double weir_simgrid_consumed_j(sg_host_t host)
{
    return sg_host_get_consumed_energy(host);
}

static void weir_simgrid_version(char *text, size_t size)
{
    int major, minor, patch;
    sg_version_get(&major, &minor, &patch);
    std::snprintf(text, size, "SimGrid %d.%d.%d", major, minor, patch);
}

const weir_simgrid_platform weir_simgrid_platform_calls = {
    .find_hosts = weir_simgrid_find_hosts,
    .all_links = weir_simgrid_all_links,
    .own_host = weir_simgrid_own_host,
    .own_link = weir_simgrid_own_link,
    .cores = weir_simgrid_cores,
    .host_is_on = weir_simgrid_host_is_on,
    .speed = weir_simgrid_speed,
    .available_speed = weir_simgrid_available_speed,
    .performance_state = weir_simgrid_performance_state,
    .host_property = weir_simgrid_host_property,
    .switch_host = weir_simgrid_switch_host,
    .slow = weir_simgrid_slow,
    .set_pstate = weir_simgrid_set_pstate,
    .resize = weir_simgrid_resize,
    .link_name = weir_simgrid_link_name,
    .bandwidth = weir_simgrid_bandwidth,
    .latency = weir_simgrid_latency,
    .link_is_on = weir_simgrid_link_is_on,
    .is_shared = weir_simgrid_is_shared,
    .attach = weir_simgrid_attach,
    .route = weir_simgrid_route,
    .link_property = weir_simgrid_link_property,
    .count_energy = weir_simgrid_count_energy,
    .consumed_j = weir_simgrid_consumed_j,
    .version = weir_simgrid_version,
};
