#!/usr/bin/env bash
# SimGrid 3.32: the energy of a link depends on whether somebody looks at it while transfers of other links come and go.
#
# Link "used" draws 10 W idle and 110 W at its full 1 MB/s, in proportion to its use between. A transfer of 3 MB over it and over
# link "shared" begins at 5 s. So in 12 s it draws 120 J and 3 s of 100 W: 420 J, whatever the pace of these 3 MB. From 7 s on a transfer
# of another host shares "shared", so that the first goes at half its pace from 7 to 9 s. The plug-in sg_link_energy updates a
# link at the starts and ends of transfers that pass it, and takes the pace at the end of such a stretch for all of it: 320 J. Asked
# for the energy at 7 s, which closes the stretch there, it says 420 J in the end.
#
# Seen on 2026-11-29 with libsimgrid-dev 3.32-2+b2 of Debian 12: 420.0 alone, 320.0 shared, 420.0 shared and looked at.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"
tree_with bookworm g++ libc6-dev libsimgrid-dev=3.32-2+b2 libsimgrid3.32=3.32-2+b2

cat >"$tree/tmp/links.xml" <<'XML'
<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1"><zone id="w" routing="Full">
<host id="a" speed="1Gf"/><host id="b" speed="1Gf"/><host id="c" speed="1Gf"/>
<link id="used" bandwidth="1MBps" latency="0s"><prop id="wattage_range" value="10:110"/></link>
<link id="shared" bandwidth="1MBps" latency="0s"><prop id="wattage_range" value="0:0"/></link>
<route src="a" dst="b"><link_ctn id="used"/><link_ctn id="shared"/></route>
<route src="c" dst="b"><link_ctn id="shared"/></route>
</zone></platform>
XML
cat >"$tree/tmp/energy.cpp" <<'CPP'
#include <cstdio>
#include <cstring>
#include <simgrid/plugins/energy.h>
#include <simgrid/s4u.hpp>
namespace sg = simgrid::s4u;
int main(int argc, char **argv)
{
    sg::Engine engine(&argc, argv);
    sg_link_energy_plugin_init();
    engine.load_platform("/tmp/links.xml");
    auto *a = sg::Host::by_name("a"), *b = sg::Host::by_name("b"), *c = sg::Host::by_name("c");
    auto *link = sg::Link::by_name("used");
    sg::Actor::create("first", a, [a, b]() { sg::this_actor::sleep_until(5); sg::Comm::sendto(a, b, 3000000); });
    for (int i = 1; i < argc; i++)
        if (std::strcmp(argv[i], "share") == 0)
            sg::Actor::create("second", c, [c, b]() { sg::this_actor::sleep_until(7); sg::Comm::sendto(c, b, 2000000); });
        else if (std::strcmp(argv[i], "look") == 0)
            sg::Actor::create("look", a, [link]() { sg::this_actor::sleep_until(7); sg_link_get_consumed_energy(link); });
    sg::Actor::create("last", a, [link]() { sg::this_actor::sleep_until(12); std::printf("%.1f\n", sg_link_get_consumed_energy(link)); });
    engine.run();
}
CPP
chroot "$tree" g++ -std=c++17 -O1 -o /tmp/energy /tmp/energy.cpp -lsimgrid
run()
{
    timeout 60 chroot "$tree" /tmp/energy "$@" --log=root.thres:error --cfg=network/model:CM02 --cfg=network/crosstraffic:0 \
        --cfg=network/latency-factor:1 --cfg=network/bandwidth-factor:1 --cfg=network/TCP-gamma:0
}
wants "3 MB over the link alone (J)" "$(run)" 420.0
wants "the same, at half its pace for 2 s (J)" "$(run share)" 320.0
wants "the same, asked for in between (J)" "$(run share look)" 420.0
