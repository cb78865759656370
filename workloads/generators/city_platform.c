/* Writes platforms/city.xml to stdout: twenty sites of unlike hosts, a metro ring, two cloud regions. The figures and
 * where they come from: docs/sources.md, "The city". No argument, no randomness: the file is always the same. */
#include <stdio.h>

#include "sim/generate/network.h"

enum { SITES = 20, CENTRE_SITES = 10 };
/* The two edge hosts of a site, by turns; sites of the centre are the larger ones. */
static const int centre_pairs[][2] = {{WEIR_XEON, WEIR_NUC},
                                      {WEIR_NUC, WEIR_JETSON},
                                      {WEIR_XEON, WEIR_JETSON},
                                      {WEIR_NUC, WEIR_NUC},
                                      {WEIR_XEON, WEIR_PI}};
static const int outskirts_pairs[][2] = {{WEIR_NUC, WEIR_PI},
                                         {WEIR_JETSON, WEIR_PI},
                                         {WEIR_JETSON, WEIR_JETSON},
                                         {WEIR_NUC, WEIR_JETSON},
                                         {WEIR_JETSON, WEIR_NUC}};

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
        snprintf(names[1 + i], sizeof names[0], "site%02d-%s%s", site + 1, weir_machines[pair[i]].name,
                 pair[0] != pair[1] ? ""
                 : i                ? "-b"
                                    : "-a");
    snprintf(router, sizeof router, "site%02d-switch", site + 1);
    printf("\n    <zone id=\"site%02d\" routing=\"Full\">\n", site + 1);
    weir_xml_host(stdout, names[0], &weir_machines[WEIR_GATEWAY], "device");
    for (int i = 0; i < 2; i++)
        weir_xml_host(stdout, names[1 + i], &weir_machines[pair[i]], "edge");
    printf("      <router id=\"%s\"/>\n", router);
    for (int i = 0; i < 3; i++) {
        char id[512];
        snprintf(id, sizeof id, "%s-cable", names[i]);
        weir_xml_link(stdout, 6, id, i ? "1Gbps" : "100Mbps", "100us");
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
        weir_xml_host(stdout, names[i], &weir_machines[WEIR_VM], "cloud");
    }
    snprintf(router, sizeof router, "%s-switch", region);
    printf("      <router id=\"%s\"/>\n", router);
    for (int i = 0; i < count; i++) {
        char id[512];
        snprintf(id, sizeof id, "%s-cable", names[i]);
        weir_xml_link(stdout, 6, id, "10Gbps", "50us");
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
    for (int i = 0; i < WEIR_MACHINES; i++)
        printf("       %-8s %s\n", weir_machines[i].name, weir_machines[i].comment);
    printf("     speed: scalar work that a core sustains; wattage_per_state: idle:just above idle:all cores;\n"
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
