#include "sim/engine/simgrid_shim.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iomanip>
#include <limits>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include <simgrid/Exception.hpp>
#include <simgrid/kernel/ProfileBuilder.hpp>
#include <simgrid/kernel/resource/Action.hpp>
#include <simgrid/kernel/resource/Model.hpp>
#include <simgrid/s4u/Actor.hpp>
#include <simgrid/s4u/Comm.hpp>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Exec.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>
#include <simgrid/version.h>
#include <xbt/config.h>

using namespace simgrid;

// Bounds a flow, or frees it of any bound if bytes_per_s is infinite. SimGrid reads Comm::set_rate for mailboxes alone,
// and where TCP-gamma is 0 forgets it, too: so the bound is set on the action itself, at the date at which it starts.
// It is one of the newest. No simcall: actors run one at a time, and one that gave way here might be gone before its
// caller knows the transfer. SimGrid 4 bounds each flow by the bandwidth that its route has as it starts, so that a
// link that gets faster would not speed it up. That bound goes; where TCP-gamma is not 0 it is that of TCP's window as
// well, and stays.
static void bound_flow(const s4u::Comm &transfer, double bytes_per_s)
{
    const bool unbounded = std::isinf(bytes_per_s);
    if (unbounded && SIMGRID_VERSION < 33400)
        return;
    const bool windows = sg_cfg_get_double("network/TCP-gamma") > 0;
    if (unbounded && windows)
        return;
    for (auto *model : s4u::Engine::get_instance()->get_all_models()) {
        auto *started = model->get_started_action_set();
        for (auto action = started->rbegin(); action != started->rend(); ++action) {
            if (action->get_start_time() < s4u::Engine::get_clock())
                break;
            if (action->get_activity() != transfer.get_impl())
                continue;
            if (!windows || !(action->get_bound() > 0 && action->get_bound() < bytes_per_s))
                action->set_bound(unbounded ? -1 : bytes_per_s);
            return;
        }
    }
}

sg_comm_t weir_shim_send(sg_host_t from, sg_host_t to, double bytes, double bytes_per_s)
{
    auto transfer = s4u::Comm::sendto_async(from, to, static_cast<uint64_t>(std::max(1.0, std::ceil(bytes))));
    bound_flow(*transfer, bytes_per_s);
    transfer->add_ref();
    return transfer.get();
}

int weir_shim_wait(sg_comm_t transfer, double *end_s)
{
    int failed = 0;
    try {
        transfer->wait();
    } catch (const Exception &) {
        failed = -1;
    }
    *end_s = transfer->get_finish_time();
    if (!(*end_s >= 0) || *end_s > s4u::Engine::get_clock())
        *end_s = s4u::Engine::get_clock();
    return failed;
}

void weir_shim_forget(sg_comm_t transfer)
{
    if (!transfer)
        return;
    if (transfer->get_state() == s4u::Activity::State::STARTED)
        transfer->cancel(); // else it complains when it goes
    transfer->unref();
}

int weir_shim_still(const sg_comm_t *transfers, int count, double least_bytes_per_s, double *bytes_per_s)
{
    std::unordered_map<const kernel::activity::ActivityImpl *, int> known;
    int first = -1;
    for (int t = 0; t < count; t++)
        known.emplace(transfers[t]->get_impl(), t);
    for (auto *model : s4u::Engine::get_instance()->get_all_models())
        for (const auto &action : *model->get_started_action_set()) {
            if (action.get_rate() >= least_bytes_per_s)
                continue;
            auto found = known.find(action.get_activity());
            if (found == known.end() || (first >= 0 && found->second > first))
                continue;
            first = found->second;
            *bytes_per_s = action.get_rate();
        }
    return first;
}

int weir_shim_execute(sg_host_t host, double flops, double bound_flops_per_s)
{
    if (!host->is_on())
        return -1;
    try {
        auto exec = s4u::this_actor::exec_init(flops);
        exec->set_host(host);
        if (bound_flops_per_s > 0)
            exec->set_bound(bound_flops_per_s * host->get_available_speed());
        exec->wait();
    } catch (const Exception &) {
        return -1;
    }
    return 0;
}

void weir_shim_on_host_change(void (*told)(void *context, sg_host_t host, int up), void *context)
{
    const auto tell = [told, context](const s4u::Host &host) {
        told(context, const_cast<sg_host_t>(&host), host.is_on() ? 1 : 0);
    };
#if SIMGRID_VERSION >= 33400
    s4u::Host::on_onoff_cb(tell);
#else
    s4u::Host::on_state_change_cb(tell);
#endif
}

static void follow(const weir_outages &outages)
{
    std::ostringstream events;
    events << std::setprecision(17);
    for (unsigned d = 0; d < outages.count; d++)
        events << outages.dates_s[d] << " " << (outages.shares ? outages.shares[d] : d % 2) << "\n";
    auto *profile = kernel::profile::ProfileBuilder::from_string(
        (outages.shares ? "weir-speed:" : "weir:") + std::string(outages.host), events.str(), -1);
    if (outages.shares)
        s4u::Host::by_name(outages.host)->set_speed_profile(profile);
    else
        s4u::Host::by_name(outages.host)->set_state_profile(profile);
}

static void switch_link(const std::string &name, bool on)
{
    auto *link = s4u::Link::by_name_or_null(name);
    if (link && on)
        link->turn_on();
    else if (link)
        link->turn_off();
}

void weir_shim_link_switch(const char *name, int on)
{
    switch_link(std::string(name) + "_UP", on != 0);
    switch_link(std::string(name) + "_DOWN", on != 0);
    switch_link(name, on != 0);
}

void weir_shim_link_resize(const char *name, double bytes_per_s)
{
    for (const char *ending : {"_UP", "_DOWN", ""})
        if (auto *link = s4u::Link::by_name_or_null(std::string(name) + ending))
            link->set_bandwidth(bytes_per_s);
}

int weir_shim_load(const char *path, const weir_outages *outages, unsigned long count, char *message,
                   unsigned long size)
{
    try {
        s4u::Engine::get_instance()->load_platform(path);
        for (unsigned long o = 0; o < count; o++)
            if (outages[o].host)
                follow(outages[o]);
        s4u::Engine::get_instance()->seal_platform(); // before, Full, Floyd and the like have no routes to ask for
    } catch (const std::exception &error) {
        std::snprintf(message, size, "%s", error.what());
        return -1;
    }
    return 0;
}

// A Wi-Fi link's own bandwidth is 1, a share of air time: what its hosts get was noted when they were attached.
static const char *const rate_property = "weir_bytes_per_s";

void weir_shim_attach(sg_host_t host, sg_link_t link, double bytes_per_s)
{
    link->set_property(rate_property, std::to_string(bytes_per_s));
    link->set_host_wifi_rate(host, 0);
}

static double bandwidth_of(const s4u::Link *link)
{
    const char *rate = link->get_property(rate_property);
    return rate ? std::stod(rate) : link->get_bandwidth();
}

double weir_shim_link_bandwidth(sg_link_t link)
{
    return bandwidth_of(link);
}

int weir_shim_route(sg_host_t from, sg_host_t to, double *latency_s, double *bytes_per_s, sg_link_t *links, int max)
{
    std::vector<s4u::Link *> way;
    *latency_s = 0;
    *bytes_per_s = std::numeric_limits<double>::infinity();
    try {
        from->route_to(to, way, latency_s);
    } catch (const std::exception &) {
        return -1;
    }
    for (std::size_t i = 0; i < way.size(); i++) {
        *bytes_per_s = std::min(*bytes_per_s, bandwidth_of(way[i]));
        if (static_cast<int>(i) < max)
            links[i] = way[i];
    }
    if (way.empty() && *latency_s <= 0) // SimGrid's network models call this unconnected, and abort
        return -1;
    return static_cast<int>(way.size());
}
