#!/usr/bin/env bash
# SimGrid 3.32: of activities that would end less than a nanosecond apart, the later ones end early, with the first.
#
# Three executions on hosts of 1 Gf/s that begin together: 1 Mf, 0.5 flops less, and 2 flops more. So they end at 1 ms, 0.5 ns before, and 2 ns after. SimGrid
# ends the first two at one date, that of the earlier: what would be left of the other in 1e-9 s (surf/precision) counts as done. All that follows is that much
# early, and two events that are apart have one date, so that their order may be another one. With --cfg=surf/precision:1e-12 they are apart.
#
# Seen on 2026-11-30 with libsimgrid-dev 3.32-2+b2 of Debian 12: 0.0009999995 twice and 0.0010000020; with 1e-12 each at its date.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"
tree_with bookworm g++ libc6-dev libsimgrid-dev=3.32-2+b2 libsimgrid3.32=3.32-2+b2

cat >"$tree/tmp/hosts.xml" <<'XML'
<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1"><zone id="w" routing="Full">
<host id="a" speed="1Gf"/><host id="b" speed="1Gf"/><host id="c" speed="1Gf"/>
</zone></platform>
XML
cat >"$tree/tmp/ends.cpp" <<'CPP'
#include <cstdio>
#include <simgrid/s4u.hpp>
namespace sg = simgrid::s4u;
static double ends[3];
int main(int argc, char **argv)
{
    sg::Engine engine(&argc, argv);
    engine.load_platform("/tmp/hosts.xml");
    const char *names[] = {"a", "b", "c"};
    const double flops[] = {999999.5, 1e6, 1000002};
    for (int i = 0; i < 3; i++)
        sg::Actor::create(names[i], sg::Host::by_name(names[i]), [i, flops = flops[i]]() {
            sg::this_actor::execute(flops);
            ends[i] = sg::Engine::get_clock();
        });
    engine.run();
    std::printf("%.10f %.10f %.10f\n", ends[0], ends[1], ends[2]);
}
CPP
chroot "$tree" g++ -std=c++17 -O1 -o /tmp/ends /tmp/ends.cpp -lsimgrid
run()
{
    timeout 60 chroot "$tree" /tmp/ends --log=root.thres:error --cfg=path:/tmp "$@"
}
wants "as it is (s)" "$(run)" "0.0009999995 0.0009999995 0.0010000020"
wants "surf/precision 1e-12 (s)" "$(run --cfg=surf/precision:1e-12)" "0.0009999995 0.0010000000 0.0010000020"
