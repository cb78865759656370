// What is asked and changed of SimGrid's hosts, links and routes.
#include "sim/engine/shares/simgrid.h"

#include <exception>
#include <string>
#include <vector>

#include <simgrid/kernel/ProfileBuilder.hpp>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>

using namespace simgrid;

void weir_simgrid_slow(sg_host_t host, double share)
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

void weir_simgrid_resize(sg_link_t link, double bytes_per_s)
{
    link->set_bandwidth(bytes_per_s);
}

bool weir_simgrid_link_is_on(sg_link_t link)
{
    return link->is_on();
}

void weir_simgrid_attach(sg_host_t host, sg_link_t link)
{
    link->set_host_wifi_rate(host, 0);
}

int weir_simgrid_route(sg_host_t from, sg_host_t to, double *latency_s, sg_link_t *links, int max)
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
        links[i] = way[i];
    return static_cast<int>(way.size());
}

const char *weir_simgrid_link_property(sg_link_t link, const char *key, bool *second)
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
