// A transfer between two hosts that does not wait: SimGrid's C interface has none.
#include "bench/send.h"

#include <cstdint>
#include <simgrid/s4u/Comm.hpp>

sg_comm_t bench_send(sg_host_t from, sg_host_t to, double bytes)
{
    auto transfer = simgrid::s4u::Comm::sendto_async(from, to, static_cast<std::uint64_t>(bytes));
    transfer->add_ref();
    return transfer.get();
}
