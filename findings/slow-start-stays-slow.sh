#!/usr/bin/env bash
# SimGrid 3.32: a transfer that starts while its link is slow stays slow when the link is fast again.
#
# One transfer of 1 MB over a link of 1 MB/s and 100 ms, which has a tenth of its bandwidth until 5 s. Latency 0.1 s, then 4.9 s
# at 0.1 MB/s carry 0.49 MB, and the other 0.51 MB need 0.51 s: 5.51 s. With the network model CM02 and its factors at 1, SimGrid
# says 10.10 s: the bandwidth of the route at the start stays a bound of the transfer, together with that of TCP's window. With
# network/TCP-gamma:0, which takes TCP's window away, that bound goes, too. (4.0 and 4.1 keep it even then.)
#
# Seen on 2026-11-29 with libsimgrid-dev 3.32-2+b2 of Debian 12: 10.10 and 5.51.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"
tree_with bookworm g++ libc6-dev libsimgrid-dev=3.32-2+b2 libsimgrid3.32=3.32-2+b2

cat >"$tree/tmp/link.xml" <<'XML'
<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1"><zone id="w" routing="Full">
<host id="a" speed="1Gf"/><host id="b" speed="1Gf"/>
<link id="l" bandwidth="1MBps" latency="100ms" bandwidth_file="slow.profile"/>
<route src="a" dst="b"><link_ctn id="l"/></route>
</zone></platform>
XML
printf '0 1e5\n5 1e6\n' >"$tree/tmp/slow.profile"
cat >"$tree/tmp/send.cpp" <<'CPP'
#include <cstdio>
#include <simgrid/s4u.hpp>
namespace sg = simgrid::s4u;
int main(int argc, char **argv)
{
    sg::Engine engine(&argc, argv);
    engine.load_platform("/tmp/link.xml");
    auto *a = sg::Host::by_name("a"), *b = sg::Host::by_name("b");
    sg::Actor::create("sender", a, [a, b]() { sg::Comm::sendto(a, b, 1000000); });
    engine.run();
    std::printf("%.2f\n", sg::Engine::get_clock());
}
CPP
chroot "$tree" g++ -std=c++17 -O1 -o /tmp/send /tmp/send.cpp -lsimgrid
run()
{
    timeout 60 chroot "$tree" /tmp/send --log=root.thres:error --cfg=path:/tmp --cfg=network/model:CM02 --cfg=network/crosstraffic:0 \
        --cfg=network/latency-factor:1 --cfg=network/bandwidth-factor:1 "$@"
}
wants "TCP-gamma as it is (s)" "$(run)" 10.10
wants "TCP-gamma 0 (s)" "$(run --cfg=network/TCP-gamma:0)" 5.51
