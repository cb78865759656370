#include "sim/engine/simgrid_shim.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <vector>

#include <simgrid/Exception.hpp>
#include <simgrid/s4u/Actor.hpp>
#include <simgrid/s4u/Comm.hpp>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Exec.hpp>
#include <simgrid/s4u/Host.hpp>
#include <simgrid/s4u/Link.hpp>

using namespace simgrid;

sg_comm_t weir_shim_send(sg_host_t from, sg_host_t to, double bytes)
{
    auto transfer = s4u::Comm::sendto_async(from, to, static_cast<uint64_t>(std::max(1.0, std::ceil(bytes))));
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
    transfer->unref();
    return failed;
}

int weir_shim_execute(double flops, double bound_flops_per_s)
{
    try {
        if (bound_flops_per_s > 0) {
            auto exec = s4u::this_actor::exec_init(flops);
            exec->set_bound(bound_flops_per_s);
            exec->wait();
        } else {
            s4u::this_actor::execute(flops);
        }
    } catch (const HostFailureException &) {
        return -1;
    }
    return 0;
}

int weir_shim_load(const char *path, char *message, unsigned long size)
{
    try {
        s4u::Engine::get_instance()->load_platform(path);
    } catch (const std::exception &error) {
        std::snprintf(message, size, "%s", error.what());
        return -1;
    }
    return 0;
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
        *bytes_per_s = std::min(*bytes_per_s, way[i]->get_bandwidth());
        if (static_cast<int>(i) < max)
            links[i] = way[i];
    }
    return static_cast<int>(way.size());
}
