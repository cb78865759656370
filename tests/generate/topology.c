/* Topologies from files: what is read, what is refused, and real networks where they are at hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/csv_lines.h"
#include "sim/generate/topology.h"
#include "sim/model/platform.h"
#include "tests/generate/make.h"

#define NODES "id,name,lon,lat\n"
#define LINKS "src,dst,dist_km\n"
#define ABC   NODES "a,Aach,10,50\nb,\"Bonn, am Rhein\",10,51\nc,,11,50\n"
#define KEYS                                                                                                           \
    "<graphml><key id='d1' for='node' attr.name='Latitude'/><key id='d2' for='node' attr.name='Longitude'/>"           \
    "<key id='d3' for='edge' attr.name='LinkSpeedRaw'/><key id='d4' for='edge' attr.name='dist'/>"

/* A line for the topology in one or two files, the second NULL or "" if there is none. To be freed. */
static char *line_of(const char *first, const char *second, const char *more)
{
    bool json = first[0] == '{', xml = first[0] == '<';
    const char *name = json ? "t.json" : xml ? "t.graphml" : "nodes.csv";
    char *one = weir_copy(weir_test_file(name, first)), *line;
    if (second)
        line = weir_format("topology --nodes %s --links %s%s", one, weir_test_file("links.csv", second), more);
    else
        line = weir_format("topology --%s %s%s", json || xml ? "graph" : "nodes", one, more);
    free(one);
    return line;
}

static struct weir_platform *platform_of(const char *line)
{
    struct weir_platform *platform = NULL;
    char *text = make(line, 1);
    if (!text)
        fprintf(stderr, "\n%s: %s\n", line, weir_error_message());
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    int code = weir_platform_read(weir_test_file("made.xml", text), &platform);
    if (code)
        fprintf(stderr, "\n%s: %s\n", line, weir_error_message());
    CU_ASSERT_EQUAL_FATAL(code, WEIR_OK);
    free(text);
    return platform;
}

/* Latency, in ms beyond the hop of 100 us, and Mbit/s of the links between sites, in the order of the file. */
static void check_links(const char *first, const char *second, const char *more, int count, const double *latency_ms,
                        const double *mbps)
{
    char *line = line_of(first, second, more);
    struct weir_platform *platform = platform_of(line);
    int found = 0;
    for (size_t i = 0; i < platform->link_count; i++)
        if (strncmp(platform->links[i].name, "fibre", 5) == 0 && found++ < count) {
            CHECK_NEAR((platform->links[i].latency_s - 100e-6) * 1e3, latency_ms[found - 1], 1e-3);
            CHECK_NEAR(platform->links[i].bandwidth_bytes_per_s * 8e-6, mbps[found - 1], 1e-6);
        }
    CU_ASSERT_EQUAL(found, count);
    weir_platform_free(platform);
    free(line);
}

static void latencies_come_from_lengths(void)
{
    /* 1000 km at 199 861.6 km/s are 5.0035 ms; a degree of latitude, 111.195 km, 0.5564 ms; a degree of longitude at 50
     * degrees, 71.474 km by the haversine formula, 0.3576 ms. */
    check_links(ABC, LINKS "a,b,1000\na,c,\nb,c,0\n", "", 3, (double[]){5.0035, 0.3576, 0},
                (double[]){10000, 10000, 10000});
    check_links(ABC, "src,dst\na,b\na,c\n", " --bandwidth 2Gbps --stretch 2", 2, (double[]){1.1128, 0.7153},
                (double[]){2000, 2000});
    check_links(ABC, "from,to,speed\na,b,50000000\na,c,3MBps\n", " --from from --to to --speed speed", 2,
                (double[]){0.5564, 0.3576}, (double[]){50, 24});
    /* Without links: the Gabriel graph, shortest first, here a-c and a-b, as the angle at a is a right one and more. */
    check_links(NODES "a,,10,50\nb,,10,51\nc,,11,49.99\n", NULL, "", 2, (double[]){0.3577, 0.5564},
                (double[]){10000, 10000});
    check_links(KEYS "<graph><node id='a'><data key='d1'>50</data><data key='d2'>10</data></node>"
                     "<edge source='a' target='b'><data key='d3'>1000000</data></edge>"
                     "<node id='b'><data key='d1'>51</data><data key='d2'>10</data></node><node id='c'/>"
                     "<edge source='c' target='b'><data key='d4'>1000</data></edge></graph></graphml>",
                NULL, "", 2, (double[]){0.5564, 5.0035}, (double[]){1, 10000});
    check_links("{\"nodes\": [{\"id\": 1, \"pos\": [10, 50]}, {\"id\": \"b\", \"pos\": [10, 51]}],"
                "\"edges\": [{\"source\": 1, \"target\": \"b\"}]}",
                NULL, "", 1, (double[]){0.5564}, (double[]){10000});
}

static void sites_and_regions(void)
{
    char *line = line_of(ABC, LINKS "a,b,1\na,c,1\n", " --hosts 3 --devices 2 --cloud c,a --region_hosts 5");
    struct weir_platform *platform = platform_of(line);
    CU_ASSERT_EQUAL(platform->host_count, 3 * 5 + 2 * 5);
    CU_ASSERT(weir_platform_find(platform, "site-b-device2") >= 0);
    CU_ASSERT(weir_platform_find(platform, "cloud-c-vm5") >= 0);
    CU_ASSERT_STRING_EQUAL(platform->hosts[weir_platform_find(platform, "site-b-device2")].region, "site-b");
    weir_platform_free(platform);
    free(line);
    /* Ids and names that XML could not bear, and two that become alike. */
    line = line_of(NODES "a b,\"<x> -- & \"\"y\"\" --\",1,1\na_b,,2,2\n\xc3\xa4,,3,3\n", NULL, "");
    platform = platform_of(line);
    CU_ASSERT(weir_platform_find(platform, "site-a_b-device1") >= 0);
    CU_ASSERT(weir_platform_find(platform, "site-a_b_2-device1") >= 0);
    weir_platform_free(platform);
    free(line);
}

static void wrong_topologies_are_refused(void)
{
    static const struct {
        const char *first, *second, *more, *message;
    } wrong[] = {
        {ABC, LINKS "a,b,1\n", "", "nodes.csv: node \"c\" has no link; give it one, leave it out"},
        {ABC "d,,12,50\n", LINKS "a,b,1\nc,d,1\n", "", "no way leads from node \"a\" to node \"c\""},
        {ABC, LINKS "a,b,1\na,x,1\n", "", "links.csv: line 3: there is no node \"x\"; a link must join two nodes"},
        {ABC "a,,12,50\n", LINKS "a,b,1\n", "", "nodes.csv: line 5: node \"a\" is there twice"},
        {ABC, LINKS "a,b,1\nb,a,1\n", "", "nodes.csv: node \"c\" has no link; give it one"},
        {ABC, LINKS "a,b,1\nc,c,1\n", "", "nodes.csv: node \"c\" has no link; give it one"},
        {ABC, LINKS "a,b,-1\n", "", "links.csv: line 2: a length of -1 km"},
        {ABC, LINKS "a,b,far\n", "", "links.csv:2: column \"dist_km\": \"far\" is no number"},
        {ABC, "src,dst,bandwidth\na,b,0\n", "", "links.csv: line 2: the bandwidth must be more than 0"},
        {ABC, "src,dst,bandwidth\na,b,5ms\n", "", "\"5ms\" is no number nor a bandwidth"},
        {ABC, LINKS "a,b\n", "", "links.csv:2: has 2 cells; the first line has 3"},
        {ABC, "x,dst\na,b\n", "",
         "links.csv:1: there is no column \"src\"; name it by --from; there are \"x\", \"dst\""},
        {NODES "a,,95,10\nb,,10,95\n", LINKS "a,b,1\n", "", "line 3: longitude 10, latitude 95 is no place"},
        {NODES "a,,x,10\n", NULL, "", "nodes.csv:2: column \"lon\": \"x\" is no number"},
        {NODES "a,,1,10\n", NULL, "", "nodes.csv: 1 nodes; a topology has two or more"},
        {NODES ",,1,10\n", NULL, "", "nodes.csv: line 2: a node without id"},
        {NODES "a,,,\nb,,1,1\n", LINKS "a,b,\n", "", "node \"a\" has neither longitude and latitude nor lengths"},
        {NODES "a,,,\nb,,1,1\n", NULL, "", "node \"a\" has no longitude and latitude, so it cannot be joined"},
        {"", NULL, "", "nodes.csv: is empty"},
        {NODES, NULL, "", "nodes.csv: no nodes"},
        {ABC, NULL, " --select name=Ulm", "nodes.csv: no nodes with name=Ulm"},
        {ABC, NULL, " --select town=Ulm", "there is no column \"town\"; name it by --select"},
        {ABC, NULL, " --select Ulm", "--select: \"Ulm\" is not column=value"},
        {ABC, NULL, " --cloud a,d", "--cloud: there is no node \"d\" in "},
        {KEYS "<graph><node id='a'></graph></graphml>", NULL, "", "t.graphml:1: not well-formed XML"},
        {"<gexf/>", NULL, "", "the root element is <gexf>, not <graphml>"},
        {"<graphml/>", NULL, "", "t.graphml: has no <graph>"},
        {"<!DOCTYPE graphml [<!ENTITY a 'b'>]><graphml><graph><node id='&a;'/></graph></graphml>", NULL, "",
         "t.graphml:1: entity declarations are not taken"},
        {"<!DOCTYPE graphml [<!ENTITY a SYSTEM '/etc/passwd'>]>\n<graphml>&a;</graphml>", NULL, "",
         "entity declarations are not taken"},
        {KEYS "<graph>\n<node id='a'/>\n<node id='a'/></graph></graphml>", NULL, "",
         "t.graphml: line 3: node \"a\" is there twice"},
        {KEYS "<graph>\n<node id='a'/>\n<edge source='a' target='b'/></graph></graphml>", NULL, "",
         "t.graphml: line 3: there is no node \"b\""},
        {KEYS "<graph><node id='a'><data key='d1'>north</data></node></graph></graphml>", NULL, "",
         "line 1: \"north\" is no number"},
        {KEYS "<graph><node/></graph></graphml>", NULL, "", "line 1: a node without id"},
        {"{\"nodes\": [{\"id\": \"a\"}, {\"id\": \"a\"}], \"edges\": []}", NULL, "",
         "t.json: nodes[1]: node \"a\" is there twice"},
        {"{\"nodes\": [{\"id\": \"a\", \"pos\": [1]}], \"edges\": []}", NULL, "", "must be a longitude and a latitude"},
        {"{\"nodes\": [{\"id\": \"a\"}], \"edges\": [{\"source\": \"a\"}]}", NULL, "", "\"target\""},
        {"{\"nodes\": 5}", NULL, "", "nodes: must be a list"},
        {"{\"nodes\": [5]}", NULL, "", "nodes[0]: must be an object"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *line = line_of(wrong[i].first, wrong[i].second, wrong[i].more);
        refuse(line,
               strstr(wrong[i].message, "--cloud") || strstr(wrong[i].message, "is not column") ? WEIR_EUSAGE
                                                                                                : WEIR_EINPUT,
               wrong[i].message);
        free(line);
    }
    refuse("topology --graph no-such.graphml", WEIR_EINPUT, "no-such.graphml");
    refuse("topology --nodes no-such.csv", WEIR_EINPUT, "no-such.csv: no such file");
}

/* --- real networks: those of TopoHub and others, if the folder of shared data is there --- */

/* Makes a platform of every topology in the two files; returns how many. `drawings` of them have no places on the earth
 * but those of a drawing, and are refused. */
static int make_all(const char *nodes, const char *links, int *drawings)
{
    struct weir_csv_lines lines;
    bool more;
    char *last = weir_copy("");
    int made = 0;
    CU_ASSERT_EQUAL_FATAL(weir_csv_open(&lines, nodes), WEIR_OK);
    CU_ASSERT_EQUAL(weir_csv_next(&lines, &more), WEIR_OK);
    while (weir_csv_next(&lines, &more) == WEIR_OK && more) {
        if (strcmp(lines.cells[0], last) == 0)
            continue;
        free(last);
        last = weir_copy(lines.cells[0]);
        char *line =
            weir_format("topology --hosts 1 --devices 0 --nodes %s --links %s --select topology=%s --routing hops",
                        nodes, links, last);
        char *text = make(line, 1);
        if (text) {
            free(text);
            weir_platform_free(platform_of(line));
            made++;
        } else {
            CHECK_MESSAGE("is no place on the earth");
            ++*drawings;
        }
        free(line);
    }
    weir_csv_close(&lines);
    free(last);
    return made;
}

static void real_networks(void)
{
    char *nodes = weir_test_shared("edge_topology/topohub_nodes.csv.gz");
    char *links = weir_test_shared("edge_topology/topohub_links.csv.gz");
    int drawings = 0;
    if (nodes && links) {
        CU_ASSERT_EQUAL(make_all(nodes, links, &drawings), 218);
        CU_ASSERT_EQUAL(drawings, 11);
    }
    free(nodes);
    free(links);
    static const char *const taken[] = {
        "topology --graph %s|topohub/sndlib_germany50.json",
        "topology --graph %s|topohub/sndlib_polska.json",
        "topology --graph %s|topohub/topozoo_Abilene.json",
        "topology --graph %s|topohub/topozoo_Chinanet.json",
        "topology --graph %s|topohub/topozoo_Geant2012.json",
        "topology --id SITE_ID --lon LONGITUDE --lat LATITUDE --nodes %s|eua_site-optus-melbCBD.csv",
        "topology --id= --lon Longitude --lat Latitude --nodes %s|eua_users-melbcbd-generated.csv",
    };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        const char *bar = strchr(taken[i], '|');
        char *path = weir_format("edge_topology/%s", bar + 1), *file = weir_test_shared(path);
        free(path);
        if (!file)
            continue;
        char *line = weir_format("%.*s%s", (int)(bar - taken[i] - 2), taken[i], file);
        weir_platform_free(platform_of(line));
        free(file);
        free(line);
    }
    /* Matrices of round-trip times are no topologies, and are told so. */
    static const char *const refused[] = {"planetlab_rtt_ms_median_490.csv.gz", "seattle_rtt_s_median_99.csv.gz",
                                          "seattle_rtt_s_24nodes_688slices.csv.gz"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char *path = weir_format("edge_topology/%s", refused[i]), *file = weir_test_shared(path);
        free(path);
        if (!file)
            continue;
        char *line = weir_format("topology --nodes %s", file);
        refuse(line, WEIR_EINPUT, "there is no column \"id\"; name it by --id; there are ");
        free(file);
        free(line);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"latencies come from lengths", latencies_come_from_lengths},
        {"sites and regions", sites_and_regions},
        {"wrong topologies are refused", wrong_topologies_are_refused},
        {"real networks", real_networks},
        {0},
    };
    return weir_test_main("generate topology", cases, argc, argv);
}
