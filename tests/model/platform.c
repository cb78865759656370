#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/platform.h"
#include "tests/support/test.h"

#define HEAD                                                                                                           \
    "<?xml version=\"1.0\"?>\n"                                                                                        \
    "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                                                 \
    "<platform version=\"4.1\">\n"
#define ZONE  "<zone id=\"z\" routing=\"Full\">\n"
#define HOSTS "<host id=\"a\" speed=\"1Gf\"/>\n<host id=\"b\" speed=\"1Gf\"/>\n"
#define LINK  "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>\n"
#define END   "</zone></platform>\n"

static struct weir_platform *read(const char *path)
{
    struct weir_platform *platform = NULL;
    CU_ASSERT_EQUAL(weir_platform_read(path, &platform), WEIR_OK);
    if (!platform)
        fprintf(stderr, "\n%s\n", weir_error_message());
    return platform;
}

/* Reads a text as a platform file; *platform is NULL if it is refused. */
static struct weir_platform *read_text(const char *name, const char *text)
{
    struct weir_platform *platform = NULL;
    int status = weir_platform_read(weir_test_file(name, text), &platform);
    CU_ASSERT_EQUAL(status, platform ? WEIR_OK : WEIR_EINPUT);
    return platform;
}

static const struct weir_host *host(const struct weir_platform *platform, const char *name)
{
    int index = weir_platform_find(platform, name);
    CU_ASSERT_FATAL(index >= 0);
    CU_ASSERT_STRING_EQUAL(platform->hosts[index].name, name);
    return &platform->hosts[index];
}

static void test_properties(void)
{
    struct weir_platform *platform = read("tests/input/valid/platform-city.xml");
    CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
    CU_ASSERT_EQUAL(platform->host_count, 7); /* 2 cameras, 4 of the cluster, 1 cloud */
    CU_ASSERT_STRING_EQUAL(platform->hosts[0].name, "camera-1");
    CU_ASSERT_STRING_EQUAL(platform->hosts[5].name, "edge-7.city");

    const struct weir_host *camera = host(platform, "camera-1");
    CU_ASSERT_EQUAL(camera->tier, WEIR_TIER_DEVICE); /* from the zone */
    CU_ASSERT_STRING_EQUAL(camera->region, "north"); /* from the zone */
    CU_ASSERT_EQUAL(camera->slots, 2);
    CHECK_NEAR(camera->memory_bytes, 512.0 * 1024 * 1024, 0);
    CHECK_NEAR(camera->price_per_core_s, 1e-5, 0); /* from the zone around the zone */
    CHECK_NEAR(camera->speed_flops_per_s, 5e8, 0);
    CU_ASSERT_EQUAL(camera->cores, 1);
    CU_ASSERT_TRUE(camera->has_energy);

    camera = host(platform, "camera-2");
    CHECK_NEAR(camera->speed_flops_per_s, 5e8, 0); /* pstate 1 of "1Gf,500Mf" */
    CU_ASSERT_EQUAL(camera->cores, 2);
    CU_ASSERT_EQUAL(camera->slots, 0);
    CHECK_NEAR(camera->memory_bytes, 0, 0);
    CHECK_NEAR(camera->price_per_core_s, 0, 0); /* its own 0 over the zone's price */
    CU_ASSERT_FALSE(camera->has_energy);

    const struct weir_host *edge = host(platform, "edge-2.city");
    CU_ASSERT_EQUAL(edge->tier, WEIR_TIER_EDGE);      /* the default */
    CU_ASSERT_STRING_EQUAL(edge->region, "exchange"); /* the innermost zone is the cluster */
    CHECK_NEAR(edge->memory_bytes, 16e9, 0);          /* a bare number, from the cluster */
    CU_ASSERT_EQUAL(edge->cores, 4);
    CU_ASSERT_EQUAL(weir_platform_find(platform, "edge-3.city"), -1);

    CU_ASSERT_EQUAL(host(platform, "cloud")->tier, WEIR_TIER_CLOUD);
    CU_ASSERT_EQUAL(platform->link_count, 3);
    CU_ASSERT_STRING_EQUAL(platform->links[0].name, "radio");
    CHECK_NEAR(platform->links[0].bandwidth_bytes_per_s, 20e6 / 8, 0);
    CHECK_NEAR(platform->links[0].latency_s, 0.01, 1e-15);
    CHECK_NEAR(platform->links[2].bandwidth_bytes_per_s, 1.25e9, 0);
    CU_ASSERT_TRUE(platform->has_host_energy);
    CU_ASSERT_TRUE(platform->has_link_energy);
    CU_ASSERT_STRING_EQUAL(weir_platform_suggest(platform, "camera-11"), "camera-1");
    CU_ASSERT_PTR_NULL(weir_platform_suggest(platform, "nothing like it"));
    weir_platform_free(platform);
}

static void test_old_names(void)
{
    struct weir_platform *platform = read("tests/input/valid/platform-old-names.xml");
    CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
    CU_ASSERT_EQUAL(platform->host_count, 9);                       /* 1 and a fat tree of 4 x 2 */
    CHECK_NEAR(host(platform, "alone")->speed_flops_per_s, 1e9, 0); /* without a unit, as SimGrid allows */
    CHECK_NEAR(host(platform, "r7")->speed_flops_per_s, 1e3, 0);    /* 1kiloflops */
    CU_ASSERT_FALSE(platform->has_host_energy);
    weir_platform_free(platform);
}

/* Each file names in its first line what its error must say: "<!-- expect: TEXT -->". */
static void test_invalid(void)
{
    static const char *const names[] = {
        "access-point",
        "actor",
        "bandwidth-negative",
        "coordinates",
        "cores",
        "duplicate-cluster-host",
        "duplicate-host",
        "duplicate-link",
        "duplicate-zone",
        "entity",
        "entity-uri",
        "future-version",
        "gateway",
        "latency-unit",
        "malformed",
        "memory",
        "misplaced-element",
        "mixed-zone",
        "no-declaration",
        "no-host",
        "no-latency",
        "order",
        "peer",
        "price",
        "profile-missing",
        "profile-order",
        "profile-text",
        "pstate",
        "radical",
        "route-empty",
        "route-to-zone",
        "route-twice",
        "route-unknown-host",
        "route-unknown-link",
        "routing",
        "slots",
        "speed-unit",
        "split-duplex",
        "storage",
        "text",
        "tier",
        "torus",
        "trace-element",
        "two-roots",
        "unknown-attribute",
        "unknown-element",
        "version",
        "vivaldi-zones",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128], wanted[256] = "";
        struct weir_platform *platform = (struct weir_platform *)&wanted;
        snprintf(path, sizeof path, "tests/input/invalid/platform-%s.xml", names[i]);
        FILE *file = fopen(path, "r");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CU_ASSERT_EQUAL(fscanf(file, "<!-- expect: %255[^\n]", wanted), 1);
        fclose(file);
        char *end = strstr(wanted, " -->");
        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        *end = 0;
        CU_ASSERT_EQUAL(weir_platform_read(path, &platform), WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(platform);
        CHECK_MESSAGE(wanted);
    }
}

/* What SimGrid takes and what it refuses around the document, by trial of version 3.32. */
static void test_texts(void)
{
    static const struct {
        const char *name, *text, *message; /* NULL: taken */
    } cases[] = {
        {"plain.xml", HEAD ZONE HOSTS LINK END, NULL},
        {"link-first.xml", HEAD ZONE LINK HOSTS END, NULL},
        {"crlf.xml",
         "<?xml version=\"1.0\"?>\r\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\r\n"
         "<platform version=\"4.1\">" ZONE HOSTS END,
         NULL},
        {"no-doctype.xml", "<?xml version=\"1.0\"?>\n<platform version=\"4.1\">" ZONE HOSTS END,
         "no-doctype.xml:2: SimGrid wants the line <!DOCTYPE platform SYSTEM"},
        {"standalone.xml",
         "<?xml version=\"1.0\" standalone=\"no\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
         "<platform version=\"4.1\">" ZONE HOSTS END,
         "standalone.xml:1: SimGrid refuses \"standalone\""},
        {"latin.xml",
         "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!DOCTYPE platform SYSTEM "
         "\"https://simgrid.org/simgrid.dtd\">\n<platform version=\"4.1\">" ZONE
         "<host id=\"caf\xe9\" speed=\"1Gf\"/>" END,
         "latin.xml:1: the encoding is ISO-8859-1; save the file as UTF-8"},
        {"other.xml", "<?xml version=\"1.0\"?>\n<graph/>\n", "other.xml:2: the root is <graph>, not <platform>"},
        {"empty.xml", "", "empty.xml:1: not well-formed XML: Document is empty"},
        {"names.xml", HEAD ZONE "<router id=\"a\"/>\n<host id=\"a\" speed=\"1f\"/>" END,
         "names.xml:6: \"a\" is given twice, here and as a router in line 5"},
        {"zone-link.xml", HEAD ZONE LINK "<zone id=\"y\" routing=\"Full\">" HOSTS "</zone>" END,
         "zone-link.xml:6: <zone> comes too late: SimGrid wants it before the <link> of line 5"},
        {"namespace.xml", HEAD "<zone xmlns=\"urn:x\" id=\"z\" routing=\"Full\">" HOSTS END,
         "<zone> has an XML namespace"},
        {"made.xml",
         HEAD
         "<zone id=\"z\" routing=\"Full\">\n"
         "<cluster id=\"c\" prefix=\"c\" suffix=\"\" radical=\"0-1\" speed=\"1f\" bw=\"1Bps\" lat=\"0\" bb_bw=\"1Bps\" "
         "bb_lat=\"0\"/>\n<cluster id=\"d\" prefix=\"d\" suffix=\"\" radical=\"0\" speed=\"1f\" bw=\"1Bps\" "
         "lat=\"0\"/>\n"
         "<zoneRoute src=\"c\" dst=\"d\" gw_src=\"cc_router\" gw_dst=\"dd_router\">"
         "<link_ctn id=\"c_backbone\"/><link_ctn id=\"d_link_0\" direction=\"UP\"/></zoneRoute>" END,
         NULL},
        {"asymmetric.xml",
         HEAD ZONE HOSTS LINK "<route src=\"a\" dst=\"b\" symmetrical=\"NO\"><link_ctn id=\"l\"/></route>\n"
                              "<route src=\"b\" dst=\"a\" symmetrical=\"NO\"><link_ctn id=\"l\"/></route>" END,
         NULL},
        {"profile-stochastic.xml",
         HEAD ZONE HOSTS "</zone><trace id=\"t\" periodicity=\"0\">STOCHASTIC LOOP\nEXP 5 UNIF 0 1\nDET 2 NORM 1 0.1\n"
                         "</trace><trace_connect trace=\"t\" element=\"a\" kind=\"SPEED\"/></platform>",
         NULL},
        {"profile-period.xml", HEAD ZONE HOSTS "</zone><trace id=\"t\" periodicity=\"5\">0 1\n9 0\n</trace></platform>",
         "the profile repeats before its last date, 9"},
        {"profile-value.xml", HEAD ZONE HOSTS "</zone><trace id=\"t\" periodicity=\"5\">0 1\n2 -1\n</trace></platform>",
         "profile-value.xml:8: the value -1 of a profile is negative"},
        {"wifi.xml",
         HEAD "<zone id=\"z\" routing=\"Wifi\">" HOSTS
              "<link id=\"w\" sharing_policy=\"WIFI\" bandwidth=\"54Mbps,36Mbps\" latency=\"0s\"/>" END,
         NULL},
        {"many.xml",
         HEAD "<cluster id=\"c\" prefix=\"c\" suffix=\"\" radical=\"1-1000001\" speed=\"1f\" bw=\"1Bps\" lat=\"0\"/>"
              "</platform>",
         "radical \"1-1000001\" names more than 1000000 hosts; split the <cluster>"},
        {"bandwidths.xml", HEAD ZONE HOSTS "<link id=\"w\" bandwidth=\"54Mbps,36Mbps\" latency=\"0s\"/>" END,
         "takes several bandwidths; give one"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_platform *platform = read_text(cases[i].name, cases[i].text);
        if (cases[i].message)
            CU_ASSERT_PTR_NULL(platform);
        if (cases[i].message || !platform)
            CHECK_MESSAGE(cases[i].message ? cases[i].message : cases[i].name);
        if (!cases[i].message)
            CU_ASSERT_PTR_NOT_NULL(platform);
        weir_platform_free(platform);
    }
    struct weir_platform *platform = NULL;
    CU_ASSERT_EQUAL(weir_platform_read("tests/input/valid/no-such-file.xml", &platform), WEIR_EINPUT);
    CHECK_MESSAGE("no-such-file.xml");
}

/* SimGrid's XML cannot attach hosts to a Wi-Fi link, so the platform tells which one it is. */
static void test_wifi(void)
{
    struct weir_platform *platform = read_text(
        "air.xml", HEAD "<zone id=\"w\" routing=\"Full\">\n<zone id=\"wire\" routing=\"Full\"><host id=\"c\" "
                        "speed=\"1f\"/>" LINK "</zone>\n<zone id=\"air\" routing=\"Wifi\">" HOSTS
                        "<link id=\"w\" sharing_policy=\"WIFI\" bandwidth=\"54Mbps\" latency=\"0s\"/></zone>" END);
    CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
    CU_ASSERT_EQUAL(host(platform, "c")->wifi_link, -1);
    CU_ASSERT_EQUAL(host(platform, "a")->wifi_link, 1);
    CU_ASSERT_EQUAL(host(platform, "b")->wifi_link, 1);
    weir_platform_free(platform);
}

static void test_places(void)
{
    struct weir_platform *platform =
        read_text("places.xml", HEAD
                  "<zone id=\"z\" routing=\"Vivaldi\"><host id=\"a\" speed=\"1Gf\" coordinates=\"25.5 -9.4 1\"/>" END);
    CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
    CU_ASSERT_TRUE(host(platform, "a")->has_place);
    CHECK_NEAR(host(platform, "a")->place[0], 25.5, 0);
    CHECK_NEAR(host(platform, "a")->place[1], -9.4, 0);
    weir_platform_free(platform);
    platform = read_text("nowhere.xml", HEAD ZONE HOSTS END);
    CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
    CU_ASSERT_FALSE(host(platform, "a")->has_place);
    weir_platform_free(platform);
}

/* The hash knows the bytes of the file and of the profiles that it names, and nothing else. */
static void test_hash(void)
{
    static const char text[] = HEAD ZONE "<host id=\"a\" speed=\"1Gf\" speed_file=\"a.profile\"/>" END;
    unsigned long long hashes[3];
    static const char *const profiles[] = {"0 1\n", "0 1\n", "0 0.5\n"};
    for (int i = 0; i < 3; i++) {
        weir_test_file("a.profile", profiles[i]);
        struct weir_platform *platform = read_text("hash.xml", text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
        hashes[i] = platform->hash;
        weir_platform_free(platform);
    }
    CU_ASSERT_EQUAL(hashes[0], hashes[1]);
    CU_ASSERT_NOT_EQUAL(hashes[0], hashes[2]);
    weir_test_file("b.profile", "0 1\n");
    CU_ASSERT_PTR_NULL(read_text("twice.xml", HEAD ZONE "<host id=\"a\" speed=\"1Gf\" speed_file=\"b.profile\"/>\n"
                                                        "<host id=\"b\" speed=\"1Gf\" speed_file=\"b.profile\"/>" END));
    CHECK_MESSAGE("twice.xml:6: profile \"b.profile\" is used twice, here and in line 5, which SimGrid refuses");
}

/* Hosts of a cluster, and as many written out; the processor's time for it. */
static clock_t read_large(int count)
{
    clock_t start = clock();
    char *cluster = weir_format(HEAD "<cluster id=\"c\" prefix=\"node-\" suffix=\".x\" radical=\"0-%d\" speed=\"1Gf\" "
                                     "bw=\"1Gbps\" lat=\"1ms\"/></platform>",
                                count - 1);
    struct weir_platform *platform = read_text("cluster.xml", cluster);
    free(cluster);
    CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
    CU_ASSERT_EQUAL(platform->host_count, count);
    int wrong = 0;
    for (int i = 0; i < count; i++)
        wrong += weir_platform_find(platform, platform->hosts[i].name) != i;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(weir_platform_find(platform, "node-100000.x"), -1);
    weir_platform_free(platform);

    struct weir_text text = {0};
    weir_text_add(&text, HEAD ZONE);
    for (int i = 0; i < count; i++)
        weir_text_addf(&text, "<host id=\"n%d\" speed=\"1Gf\" core=\"4\"/>\n", i);
    size_t length = text.length;
    weir_text_add(&text, END);
    platform = read_text("written.xml", weir_text_string(&text));
    CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
    CU_ASSERT_EQUAL(platform->host_count, count);
    weir_platform_free(platform);

    text.length = length;
    weir_text_add(&text, "<host id=\"n5\" speed=\"1Gf\"/>\n" END);
    CU_ASSERT_PTR_NULL(read_text("late.xml", weir_text_string(&text)));
    char *twice = weir_format("late.xml:%d: \"n5\" is given twice, here and as a host in line 10", count + 5);
    CHECK_MESSAGE(twice); /* 4 lines before n0 */
    free(twice);
    weir_text_fini(&text);
    return clock() - start;
}

/* 100 000 hosts, past the 65 535 lines that libxml2 counts by itself, take some ten times what a tenth of them does; if
 * each was looked for among the others, it would be a hundred times. */
static void test_large(void)
{
    clock_t tenth = read_large(10000), whole = read_large(100000);
    CU_ASSERT(whole < 40 * tenth);
}

/* Whether links have profiles of their bandwidth, by an attribute or by a trace, is known. */
static void links_that_vary(void)
{
    static const struct {
        const char *text;
        bool vary;
    } cases[] = {
        {HEAD ZONE HOSTS LINK END, false},
        {HEAD ZONE HOSTS LINK "</zone><trace id=\"t\" periodicity=\"5\">0 1\n</trace>"
                              "<trace_connect trace=\"t\" element=\"l\" kind=\"LATENCY\"/></platform>",
         false},
        {HEAD ZONE HOSTS LINK "</zone><trace id=\"t\" periodicity=\"5\">0 1\n</trace>"
                              "<trace_connect trace=\"t\" element=\"l\" kind=\"BANDWIDTH\"/></platform>",
         true},
    };
    struct weir_platform *platform;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        platform = read_text("vary.xml", cases[i].text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(platform);
        CU_ASSERT_EQUAL(platform->links_vary, cases[i].vary);
        CU_ASSERT_EQUAL(platform->latencies_vary, i == 1);
        CU_ASSERT_EQUAL(platform->has_profiles, i > 0);
        weir_platform_free(platform);
    }
    CU_ASSERT_EQUAL_FATAL(weir_platform_read("tests/input/valid/one-link-profile.xml", &platform), WEIR_OK);
    CU_ASSERT(platform->links_vary && platform->has_profiles);
    weir_platform_free(platform);
}

static const struct weir_case cases[] = {
    {"properties", test_properties},
    {"old names", test_old_names},
    {"invalid files", test_invalid},
    {"texts", test_texts},
    {"wifi", test_wifi},
    {"links that vary", links_that_vary},
    {"places", test_places},
    {"hash", test_hash},
    {"large", test_large},
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    return weir_test_main("model/platform", cases, argc, argv);
}
