/* The files of a ccp. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"
#include "sim/generate/ccp.h"
#include "sim/generate/generate.h"
#include "sim/generate/network.h"

static void write_region(const struct weir_ccp *c, struct weir_network *network, int m)
{
    FILE *out = network->body;
    char name[48], uplink[32];
    fprintf(out, "\n    <zone id=\"r%02d\" routing=\"Floyd\">\n", m + 1);
    fprintf(out,
            "      <host id=\"viewers-r%02d\" speed=\"1Gf\" core=\"64\"><prop id=\"tier\" value=\"device\"/></host>\n",
            m + 1);
    for (int e = 0; e < c->servers; e++) {
        if (c->server[e].region != m)
            continue;
        fprintf(out,
                "      <host id=\"%s\" speed=\"6Gf\" core=\"4\"><prop id=\"tier\" value=\"edge\"/>"
                "<prop id=\"memory\" value=\"16GB\"/><prop id=\"quality\" value=\"%s\"/></host>\n",
                weir_ccp_name(c, e, name), weir_ccp_classes[c->server[e].quality]);
    }
    fprintf(out, "      <router id=\"r%02d-router\"/>\n", m + 1);
    fprintf(out,
            "      <link id=\"viewers-r%02d-access\" bandwidth=\"1Tbps\" latency=\"0.5ms\" "
            "sharing_policy=\"SPLITDUPLEX\"/>\n",
            m + 1);
    for (int e = 0; e < c->servers; e++)
        if (c->server[e].region == m)
            fprintf(
                out,
                "      <link id=\"%s-uplink\" bandwidth=\"%s\" latency=\"0.5ms\" sharing_policy=\"SPLITDUPLEX\"/>\n",
                weir_ccp_name(c, e, name), weir_xml_bandwidth(c->server[e].uplink_bytes_per_s, uplink));
    fprintf(out,
            "      <route src=\"viewers-r%02d\" dst=\"r%02d-router\"><link_ctn id=\"viewers-r%02d-access\" "
            "direction=\"UP\"/></route>\n",
            m + 1, m + 1, m + 1);
    for (int e = 0; e < c->servers; e++)
        if (c->server[e].region == m)
            fprintf(
                out,
                "      <route src=\"%s\" dst=\"r%02d-router\"><link_ctn id=\"%s-uplink\" direction=\"UP\"/></route>\n",
                weir_ccp_name(c, e, name), m + 1, name);
    fputs("    </zone>\n", out);
}

static double backbone(const struct weir_ccp *c)
{
    double sum = 0;
    for (int e = 0; e < c->servers; e++)
        sum += c->server[e].load_bytes_per_s;
    return c->options->backbone_bytes_per_s > 0 ? c->options->backbone_bytes_per_s : fmax(sum, 125e6);
}

/* Errors: WEIR_EINPUT. *links gets how many there are between regions, "fibre1" and so on. */
static int write_platform(const struct weir_ccp *c, unsigned long long seed, int *links, FILE *out)
{
    struct weir_network network = {0};
    struct weir_graph gabriel = {.nodes = c->regions};
    int code = weir_network_init(&network, false);
    if (code)
        return code;
    for (int m = 0; m < c->regions; m++) {
        char id[24], router[32];
        write_region(c, &network, m);
        snprintf(id, sizeof id, "r%02d", m + 1);
        snprintf(router, sizeof router, "r%02d-router", m + 1);
        weir_network_place(&network, id, router);
    }
    weir_graph_gabriel(&gabriel, c->place, 4);
    for (size_t k = 0; k < gabriel.edge_count; k++) {
        int a = gabriel.edge[k].a, b = gabriel.edge[k].b;
        double latency_s = weir_way_latency_s(&c->options->way, weir_point_distance(&c->place[a], &c->place[b]));
        weir_network_link(&network, a, b, backbone(c), latency_s);
    }
    *links = (int)gabriel.edge_count;
    weir_graph_fini(&gabriel);
    weir_generate_begin(out, "platform.xml");
    fprintf(out,
            "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
            "<!-- Made by `weir generate ccp`, seed %llu: %d regions, %d servers, whose class of quality is the last\n"
            "     letter of their name. docs/workloads/ccp.md says where the figures come from. -->\n"
            "<platform version=\"4.1\">\n",
            seed, c->regions, c->servers);
    code = weir_network_finish(&network, "ccp", WEIR_ROUTING_AUTO, out);
    weir_network_fini(&network);
    return code;
}

static void write_workload(const struct weir_ccp *c, FILE *out)
{
    char name[48];
    weir_generate_begin(out, "workload.json");
    fprintf(out, "{\"jobs\": [\n");
    for (int j = 0; j < c->regions * c->categories; j++) {
        int m = j / c->categories, i = j % c->categories;
        const struct weir_ccp_category *k = &c->category[i];
        double bits = k->bitrate_bits_per_s * 60;
        fprintf(out,
                "  {\"name\": \"r%02d-c%02d\", \"source\": \"viewers-r%02d\", \"source_bytes\": \"1kB\", \"sink\": "
                "\"source\", \"slo\": \"%gs\",\n"
                "   \"load\": {\"kind\": \"csv\", \"file\": \"rates-%s.csv\", \"scale\": %.9g}, "
                "\"backlog\": {\"capacity\": 100, \"full\": \"drop-old\"},\n"
                "   \"operators\": [{\"name\": \"serve\", \"flops\": \"%.6gMf\", \"bytes\": \"%.9gB\", \"disk\": "
                "\"%.9gB\", \"capacity\": 10, \"max_parallelism\": %d, \"placement\": \"%s\"}]}%s\n",
                m + 1, i + 1, m + 1, c->options->slo_s, weir_ccp_contents[k->content], c->job[j].requests_per_s,
                1500 * k->bitrate_bits_per_s / 1e6, bits / 8, bits / 8, c->servers < 64 ? c->servers : 64,
                weir_ccp_name(c, c->job[j].server, name), j + 1 < c->regions * c->categories ? "," : "");
    }
    fprintf(out, "]}\n");
}

static void write_rates(const struct weir_ccp *c, FILE *out)
{
    for (int k = 0; k < WEIR_CCP_CONTENTS; k++) {
        char *name = weir_format("rates-%s.csv", weir_ccp_contents[k]);
        weir_generate_begin(out, name);
        free(name);
        fprintf(out, "time_s,rate\n");
        for (int t = 0; t < c->steps; t++)
            fprintf(out, "%.0f,%.6g\n", t * WEIR_CCP_STEP_S, c->shape[(size_t)k * (size_t)c->steps + (size_t)t]);
    }
}

/* Kinds of anomalies, with their shares of the time that something is wrong, and how long they last. */
static const struct {
    const char *kind;
    double share, minutes;
} kinds[WEIR_CCP_KINDS] = {{"overload", 0.35, 20},
                           {"memory-leak", 0.2, 60},
                           {"disk-hang", 0.2, 15},
                           {"erratic", 0.15, 30},
                           {"outage", 0.1, 10}};

static void write_anomalies(const struct weir_ccp *c, FILE *out)
{
    const char *comma = "";
    for (int q = 0; q < WEIR_CCP_CLASSES && c->options->device > 0; q++) {
        bool any = false;
        for (int e = 0; e < c->servers; e++)
            any = any || c->server[e].quality == q;
        for (int k = 0; any && k < WEIR_CCP_KINDS; k++) {
            /* Kinds overlap: 1 - prod (1 - p_k) is the class's share if p_k = 1 - (1 - share)^weight. */
            double p = 1 - weir_pow(1 - c->class_anomalous[q], kinds[k].share);
            fprintf(out,
                    "%s\n    {\"kind\": \"%s\", \"name\": \"%s-%s\", \"hosts\": \"r*-s*-%s\", \"up\": {\"mean\": "
                    "\"%.4gmin\"}, \"down\": {\"mean\": \"%gmin\"}}",
                    comma, kinds[k].kind, kinds[k].kind, weir_ccp_classes[q], weir_ccp_classes[q],
                    kinds[k].minutes * (1 - p) / p, kinds[k].minutes);
            comma = ",";
        }
    }
}

/* What a platform earns and is fined. With 39.16 % of the violations device anomalies make 62.81 % of the fines,
 * service anomalies with 56.03 % 28.13 %: one costs 3.19 times the other. */
static void write_prices(const char *space, FILE *out)
{
    fprintf(out,
            "\"u_opt\": 0.6,%s\"sigma\": 0.25,%s\"price_per_GB\": 0.01,%s\"fine_service\": 0.001,%s"
            "\"fine_device\": %.5f",
            space, space, space, space, 0.001 * (62.81 / 39.16) / (28.13 / 56.03));
}

static void write_scenario(const struct weir_ccp *c, unsigned long long seed, int links, FILE *out)
{
    weir_generate_begin(out, "scenario.json");
    fprintf(out,
            "{\n  \"name\": \"ccp\",\n  \"platform\": \"platform.xml\",\n  \"workload\": \"workload.json\",\n"
            "  \"duration\": \"%gs\",\n  \"window\": \"1min\",\n  \"policies\": [\"static\", \"nearest\"],\n"
            "  \"record\": {\"operators\": false, \"links\": false},\n  \"recovery\": {\"place\": \"drop\"},\n"
            "  \"account\": {",
            c->options->run_s);
    write_prices(" ", out);
    fprintf(out, ", \"hosts\": \"r*-s*\"},\n  \"anomalies\": [");
    write_anomalies(c, out);
    fprintf(out, "\n  ],\n  \"faults\": [");
    weir_ccp_write_losses(c, seed, links, out);
    fprintf(out, "\n  ]\n}\n");
}

static void write_tables(const struct weir_ccp *c, unsigned long long seed, FILE *out)
{
    char name[48];
    struct weir_stream stream = weir_stream_open(seed, "generate/ccp/channels");
    weir_generate_begin(out, "servers.csv");
    fprintf(out, "server,region,quality,uplink_bytes_per_s,anomalous,use\n");
    for (int e = 0; e < c->servers; e++)
        fprintf(out, "%s,r%02d,%s,%.0f,%.4g,%.4g\n", weir_ccp_name(c, e, name), c->server[e].region + 1,
                weir_ccp_classes[c->server[e].quality], c->server[e].uplink_bytes_per_s,
                c->class_anomalous[c->server[e].quality],
                c->server[e].load_bytes_per_s / c->server[e].uplink_bytes_per_s);
    weir_generate_begin(out, "categories.csv");
    fprintf(out, "category,content,screen,bitrate_bits_per_s,session_s,share\n");
    for (int i = 0; i < c->categories; i++)
        fprintf(out, "c%02d,%s,%s,%.0f,%.0f,%.6f\n", i + 1, weir_ccp_contents[c->category[i].content],
                weir_ccp_screens[c->category[i].screen], c->category[i].bitrate_bits_per_s, c->category[i].session_s,
                c->category[i].share);
    weir_generate_begin(out, "channels.csv");
    fprintf(out, "channel,content,screen,bitrate_bits_per_s,session_s,category,jobs\n");
    for (int n = 0; n < c->channels; n++) {
        double draw = weir_stream_uniform(&stream);
        int i = 0;
        while (i + 1 < c->categories && draw >= c->category[i].share)
            draw -= c->category[i++].share;
        fprintf(out, "%d,%s,%s,%.0f,%.0f,c%02d,r*-c%02d\n", n + 1, weir_ccp_contents[c->category[i].content],
                weir_ccp_screens[c->category[i].screen],
                c->category[i].bitrate_bits_per_s * weir_exp(weir_stream_normal(&stream, 0, 0.05)),
                c->category[i].session_s * weir_exp(weir_stream_normal(&stream, 0, 0.1)), i + 1, i + 1);
    }
    weir_generate_begin(out, "revenue.json");
    fprintf(out, "{\n  ");
    write_prices("\n  ", out);
    fprintf(out, "\n}\n");
}

int weir_ccp_write(const struct weir_ccp *c, unsigned long long seed, FILE *out)
{
    int links, code = write_platform(c, seed, &links, out);
    if (code)
        return code;
    write_workload(c, out);
    write_rates(c, out);
    write_scenario(c, seed, links, out);
    write_tables(c, seed, out);
    return WEIR_OK;
}
