/* Writes platforms/city.xml to stdout: twenty sites of unlike hosts, a metro ring, two cloud regions. The figures and
 * where they come from: docs/sources.md, "The city". No argument, no randomness: the file is always the same. */
#include <stdio.h>

/* A kind of machine. Speeds are what one core sustains on scalar stream code, not peak figures. */
struct machine {
    const char *name;
    const char *comment;
    const char *speed; /* of a core */
    int cores;
    int slots;
    const char *memory;
    const char *watts; /* idle : one core busy : all cores busy */
    const char *price; /* USD per core and second */
};
enum { GATEWAY, PI, JETSON, NUC, XEON, CLOUD, MACHINES };
static const struct machine machines[MACHINES] = {
    [GATEWAY] = {"gateway", "roadside gateway, four Cortex-A53 class cores", "0.8Gf", 4, 6, "2GB", "2.0:2.5:4.5", "0"},
    [PI] = {"pi", "single-board computer, four Cortex-A72 class cores", "1.5Gf", 4, 6, "4GB", "2.7:3.6:6.4", "1e-6"},
    [JETSON] = {"jetson", "embedded module, six ARM cores", "2.5Gf", 6, 9, "8GB", "5:7:15", "1.5e-6"},
    [NUC] = {"nuc", "small PC, four x86 cores", "6Gf", 4, 6, "16GB", "8:16:40", "2e-6"},
    [XEON] = {"xeon", "edge server, eight x86 cores", "7Gf", 8, 12, "64GB", "45:58:110", "3e-6"},
    [CLOUD] = {"vm", "cloud machine, sixteen virtual cores", "8Gf", 16, 32, "64GB", "90:100:230", "1.1e-5"},
};

enum { SITES = 20, CENTRE_SITES = 10 };
/* The two edge hosts of a site, by turns; sites of the centre are the larger ones. */
static const int centre_pairs[][2] = {{XEON, NUC}, {NUC, JETSON}, {XEON, JETSON}, {NUC, NUC}, {XEON, PI}};
static const int outskirts_pairs[][2] = {{NUC, PI}, {JETSON, PI}, {JETSON, JETSON}, {NUC, JETSON}, {JETSON, NUC}};

static void print_host(const char *id, const struct machine *machine, const char *tier)
{
    printf("      <host id=\"%s\" speed=\"%s\" core=\"%d\">\n", id, machine->speed, machine->cores);
    printf("        <prop id=\"tier\" value=\"%s\"/>\n", tier);
    printf("        <prop id=\"slots\" value=\"%d\"/>\n", machine->slots);
    printf("        <prop id=\"memory\" value=\"%s\"/>\n", machine->memory);
    printf("        <prop id=\"price_per_core_s\" value=\"%s\"/>\n", machine->price);
    printf("        <prop id=\"wattage_per_state\" value=\"%s\"/>\n", machine->watts);
    printf("      </host>\n");
}

static void print_link(const char *id, const char *bandwidth, const char *latency)
{
    printf("      <link id=\"%s\" bandwidth=\"%s\" latency=\"%s\" sharing_policy=\"SPLITDUPLEX\"/>\n", id, bandwidth,
           latency);
}

/* A zone of hosts around one switch: each host has a full-duplex cable to it. `names` are those of the hosts. */
static void print_routes(const char (*names)[32], int count, const char *router)
{
    for (int i = 0; i < count; i++) {
        printf("      <route src=\"%s\" dst=\"%s\"><link_ctn id=\"%s-cable\" direction=\"UP\"/></route>\n", names[i],
               router, names[i]);
        for (int j = i + 1; j < count; j++)
            printf("      <route src=\"%s\" dst=\"%s\"><link_ctn id=\"%s-cable\" direction=\"UP\"/>"
                   "<link_ctn id=\"%s-cable\" direction=\"DOWN\"/></route>\n",
                   names[i], names[j], names[i], names[j]);
    }
}

static void print_site(int site)
{
    const int *pair = site < CENTRE_SITES ? centre_pairs[site % 5] : outskirts_pairs[site % 5];
    char names[3][32];
    char router[32];
    snprintf(names[0], sizeof names[0], "site%02d-gateway", site + 1);
    for (int i = 0; i < 2; i++)
        snprintf(names[1 + i], sizeof names[0], "site%02d-%s%s", site + 1, machines[pair[i]].name,
                 pair[0] != pair[1] ? ""
                 : i                ? "-b"
                                    : "-a");
    snprintf(router, sizeof router, "site%02d-switch", site + 1);
    printf("\n    <zone id=\"site%02d\" routing=\"Full\">\n", site + 1);
    print_host(names[0], &machines[GATEWAY], "device");
    for (int i = 0; i < 2; i++)
        print_host(names[1 + i], &machines[pair[i]], "edge");
    printf("      <router id=\"%s\"/>\n", router);
    for (int i = 0; i < 3; i++) {
        char id[512];
        snprintf(id, sizeof id, "%s-cable", names[i]);
        print_link(id, i ? "1Gbps" : "100Mbps", "100us");
    }
    print_routes((const char(*)[32])names, 3, router);
    printf("    </zone>\n");
}

static void print_cloud(const char *region, int count)
{
    char names[8][32];
    char router[32];
    printf("\n    <zone id=\"%s\" routing=\"Full\">\n", region);
    for (int i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "%s-vm%d", region, i + 1);
        print_host(names[i], &machines[CLOUD], "cloud");
    }
    snprintf(router, sizeof router, "%s-switch", region);
    printf("      <router id=\"%s\"/>\n", router);
    for (int i = 0; i < count; i++) {
        char id[512];
        snprintf(id, sizeof id, "%s-cable", names[i]);
        print_link(id, "10Gbps", "50us");
    }
    print_routes((const char(*)[32])names, count, router);
    printf("    </zone>\n");
}

int main(void)
{
    printf(
        "<?xml version='1.0'?>\n"
        "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
        "<!-- A city's roads: %d sites, each with a gateway that the cameras hang on and two unlike edge hosts; the\n"
        "     first %d sites are the centre (1 Gbit/s fibre), the others the outskirts (100 Mbit/s). A metro node "
        "joins\n"
        "     them and leads to two cloud regions, 10 ms and 35 ms away. Written by\n"
        "     workloads/generators/city_platform.c; where the figures come from: docs/sources.md, \"The city\".\n",
        SITES, CENTRE_SITES);
    for (int i = 0; i < MACHINES; i++)
        printf("       %-8s %s\n", machines[i].name, machines[i].comment);
    printf("     speed: scalar work that a core sustains; wattage_per_state: idle:one core:all cores;\n"
           "     price_per_core_s: US dollars. A region is a site, as no prop says otherwise. -->\n"
           "<platform version=\"4.1\">\n"
           "  <zone id=\"city\" routing=\"Floyd\">\n");
    for (int site = 0; site < SITES; site++)
        print_site(site);
    printf("\n    <zone id=\"metro\" routing=\"Full\">\n      <router id=\"metro-node\"/>\n    </zone>\n");
    print_cloud("cloud-near", 4);
    print_cloud("cloud-far", 8);

    printf("\n    <!-- From the sites to the metro node, and from there to the regions. -->\n");
    for (int site = 0; site < SITES; site++) {
        int centre = site < CENTRE_SITES;
        printf("    <link id=\"backhaul%02d\" bandwidth=\"%s\" latency=\"%s\" sharing_policy=\"SPLITDUPLEX\"/>\n",
               site + 1, centre ? "1Gbps" : "100Mbps", centre ? "2ms" : "6ms");
    }
    printf("    <link id=\"trunk-near\" bandwidth=\"10Gbps\" latency=\"10ms\" sharing_policy=\"SPLITDUPLEX\"/>\n"
           "    <link id=\"trunk-far\" bandwidth=\"10Gbps\" latency=\"35ms\" sharing_policy=\"SPLITDUPLEX\"/>\n");
    for (int site = 0; site < SITES; site++)
        printf("    <zoneRoute src=\"site%02d\" dst=\"metro\" gw_src=\"site%02d-switch\" gw_dst=\"metro-node\">"
               "<link_ctn id=\"backhaul%02d\" direction=\"UP\"/></zoneRoute>\n",
               site + 1, site + 1, site + 1);
    printf("    <zoneRoute src=\"metro\" dst=\"cloud-near\" gw_src=\"metro-node\" gw_dst=\"cloud-near-switch\">"
           "<link_ctn id=\"trunk-near\" direction=\"UP\"/></zoneRoute>\n"
           "    <zoneRoute src=\"metro\" dst=\"cloud-far\" gw_src=\"metro-node\" gw_dst=\"cloud-far-switch\">"
           "<link_ctn id=\"trunk-far\" direction=\"UP\"/></zoneRoute>\n"
           "  </zone>\n"
           "</platform>\n");
    return 0;
}
