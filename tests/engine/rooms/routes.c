/* Routes asked for: what they cost, what becomes of it, and that each is known once. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <simgrid/host.h>
#include <simgrid/link.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/shares/shares.h"
#include "sim/engine/shares/simgrid.h"
#include "tests/support/test.h"

#define PLATFORM(content)                                                                                              \
    "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\"><platform "                    \
    "version=\"4.1\"><zone id=\"z\" routing=\"Full\">" content "</zone></platform>"

/* What is asked of a platform in a process of its own. */
struct inquiry {
    const char *xml, *edited; /* the document in memory instead; NULL: none */
    void (*ask)(struct weir_shares *shares);
};

/* In the other process a fatal assertion would not end the test. */
static bool holds(bool condition)
{
    CU_ASSERT(condition);
    return condition;
}

static int inquire(void *context)
{
    const struct inquiry *inquiry = context;
    struct weir_platform *platform;
    int code = weir_platform_read(weir_test_file("routes.xml", inquiry->xml), &platform);
    if (code != WEIR_OK)
        return code;
    if (inquiry->edited)
        platform->content = weir_copy(inquiry->edited);
    struct weir_clock clock;
    weir_clock_init(&clock);
    struct weir_shares *shares = weir_shares_new(&(struct weir_shares_spec){.platform = platform}, &clock);
    if (!shares)
        return weir_error_code();
    unsigned before = CU_get_number_of_failures();
    inquiry->ask(shares);
    code = CU_get_number_of_failures() > before ? weir_error(WEIR_ERUN, "failed there") : WEIR_OK;
    weir_shares_free(shares);
    weir_clock_fini(&clock);
    weir_platform_free(platform);
    return code;
}

static void check_edited(const char *xml, const char *edited, void (*ask)(struct weir_shares *shares))
{
    struct inquiry inquiry = {xml, edited, ask};
    weir_test_folder();
    CHECK_NEAR((double)weir_apart(inquire, &inquiry, 60, WEIR_EENGINE), (double)WEIR_OK, 0);
    weir_error_clear();
}

static void check(const char *xml, void (*ask)(struct weir_shares *shares))
{
    check_edited(xml, NULL, ask);
}

/* From a over l and m to c, over l to b; d stands alone. */
static const char four[] =
    PLATFORM("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>"
             "<host id=\"d\" speed=\"1Gf\"/><link id=\"m\" bandwidth=\"60Mbps\" latency=\"5ms\"/>"
             "<link id=\"l\" bandwidth=\"100Mbps\" latency=\"10ms\" sharing_policy=\"SPLITDUPLEX\"/>"
             "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\" direction=\"UP\"/></route>"
             "<route src=\"a\" dst=\"c\"><link_ctn id=\"l\" direction=\"UP\"/><link_ctn id=\"m\"/></route>");

static int link_of(const struct weir_shares *shares, const char *name)
{
    for (int l = 0; l < weir_shares_link_count(shares); l++)
        if (strcmp(weir_link_name(shares, l), name) == 0)
            return l;
    return -1;
}

static void ask_what_they_cost(struct weir_shares *shares)
{
    int up = link_of(shares, "l_UP"), down = link_of(shares, "l_DOWN"), m = link_of(shares, "m");
    if (!holds(up >= 0 && down >= 0 && m >= 0))
        return;
    CHECK_NEAR(weir_link_bandwidth(shares, up), 12.5e6, 1e-3);
    CHECK_NEAR(weir_link_bandwidth(shares, m), 7.5e6, 1e-3);
    CHECK_NEAR(weir_link_latency(shares, up), 10e-3, 1e-15);
    CHECK_NEAR(weir_link_latency(shares, m), 5e-3, 1e-15);
    struct weir_route there = *weir_route(shares, weir_route_find(shares, 0, 2));
    CHECK_NEAR(there.from, 0, 0);
    CHECK_NEAR(there.to, 2, 0);
    CHECK_NEAR(there.latency_s, 15e-3, 1e-15);
    CHECK_NEAR(there.bytes_per_s, 7.5e6, 1e-3);
    CHECK_NEAR(there.alone_bytes_per_s, 7.5e6, 1e-3);
    CHECK_NEAR(there.loss + there.most_bytes_per_s, 0, 0);
    CHECK_NEAR(there.link_count, 2, 0);
    CU_ASSERT(there.links[0] == up && there.links[1] == m);
    struct weir_route back = *weir_route(shares, weir_route_find(shares, 1, 0));
    CHECK_NEAR(back.latency_s, 10e-3, 1e-15);
    CHECK_NEAR(back.bytes_per_s, 12.5e6, 1e-3);
    CHECK_NEAR(back.link_count, 1, 0);
    CU_ASSERT(back.links[0] == down);
    struct weir_route none = *weir_route(shares, weir_route_find(shares, 0, 3));
    CU_ASSERT(none.bytes_per_s == 0 && isinf(none.latency_s));
    CHECK_NEAR(none.link_count, 0, 0);
    double latency_s;
    void *links[2];
    CHECK_NEAR(weir_simgrid_platform->route(sg_host_by_name("a"), sg_host_by_name("d"), &latency_s, links, 2), -1, 0);
    CHECK_NEAR(weir_simgrid_platform->route(sg_host_by_name("a"), sg_host_by_name("c"), &latency_s, links, 1), 2, 0);
    CU_ASSERT_PTR_EQUAL(links[0], sg_link_get_data(sg_link_by_name("l_UP")));
}

static void what_they_cost(void)
{
    check(four, ask_what_they_cost);
}

/* What has been made of the file in memory counts. */
static void what_an_edited_platform_costs(void)
{
    char *plain = weir_copy(four), *latency = strstr(plain, "latency=\"10ms\""), *rate = strstr(plain, "60Mbps");
    if (latency && rate) {
        memcpy(latency, "latency=\"77ms\"", strlen("latency=\"77ms\""));
        memcpy(rate, "44Mbps", strlen("44Mbps"));
    }
    check_edited(plain, four, ask_what_they_cost);
    free(plain);
}

static int told;

static void on_change(void *context)
{
    told += *(int *)context;
}

/* A tenth and a fifth are lost: 28 % in all. A segment of 1460 B, and a round trip of 30 ms. */
static void ask_what_changes(struct weir_shares *shares)
{
    int one = 1, both = weir_route_find(shares, 0, 2), first = weir_route_find(shares, 0, 1);
    weir_shares_on_change(shares, on_change, &one);
    weir_link_lose(shares, "l", 0.1);
    weir_link_lose(shares, "m", 0.2);
    CHECK_NEAR(told, 2, 0);
    double most = 1460 / 30e-3 * sqrt(1.5 / 0.28);
    CHECK_NEAR(weir_route(shares, both)->loss, 0.28, 1e-12);
    CHECK_NEAR(weir_route(shares, both)->most_bytes_per_s, most, 1e-6);
    CHECK_NEAR(weir_route(shares, both)->bytes_per_s, most, 1e-6);
    CHECK_NEAR(weir_route(shares, both)->alone_bytes_per_s, 7.5e6, 1e-3);
    CHECK_NEAR(weir_route(shares, first)->loss, 0.1, 1e-12);
    /* Of a narrow link what is not lost is the bound. */
    weir_link_resize(shares, "m", 1000);
    CHECK_NEAR(told, 3, 0);
    CHECK_NEAR(weir_route(shares, both)->bytes_per_s, 720, 1e-9);
    CHECK_NEAR(weir_route(shares, both)->alone_bytes_per_s, 1000, 1e-9);
    CHECK_NEAR(weir_route(shares, first)->alone_bytes_per_s, 12.5e6, 1e-3);
    weir_link_lose(shares, "l", 0);
    weir_link_lose(shares, "m", 0);
    weir_link_resize(shares, "m", 25e6);
    CHECK_NEAR(weir_route(shares, both)->loss + weir_route(shares, both)->most_bytes_per_s, 0, 0);
    CHECK_NEAR(weir_route(shares, both)->bytes_per_s, 12.5e6, 1e-3);
    CHECK_NEAR(weir_route(shares, first)->loss, 0, 0);
}

static void what_changes(void)
{
    check(four, ask_what_changes);
}

/* SimGrid knows nothing of the properties of SPLITDUPLEX links' directions. */
static void ask_for_properties(struct weir_shares *shares)
{
    static const struct {
        const char *link, *value;
        bool second;
    } wanted[] = {{"l_UP", "1:2", false}, {"l_DOWN", "1:2", true}, {"m", "3:4", false}, {"n_DOWN", NULL, false}};
    for (int w = 0; w < 4; w++) {
        bool second = false;
        const char *value =
            weir_simgrid_platform->link_property(sg_link_by_name(wanted[w].link), "wattage_range", &second);
        CHECK_NEAR(value && second, wanted[w].second, 0);
        CHECK_NEAR(value != NULL, wanted[w].value != NULL, 0);
        CU_ASSERT(!value || strcmp(value, wanted[w].value) == 0);
    }
    CHECK_NEAR(weir_shares_link_count(shares) >= 4, true, 0);
}

static void properties(void)
{
    check(PLATFORM("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"
                   "<link id=\"l\" bandwidth=\"1MBps\" latency=\"0\" sharing_policy=\"SPLITDUPLEX\">"
                   "<prop id=\"wattage_range\" value=\"1:2\"/></link>"
                   "<link id=\"m\" bandwidth=\"1MBps\" latency=\"0\"><prop id=\"wattage_range\" value=\"3:4\"/></link>"
                   "<link id=\"n_DOWN\" bandwidth=\"1MBps\" latency=\"0\"/>"
                   "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\" direction=\"UP\"/><link_ctn id=\"m\"/>"
                   "<link_ctn id=\"n_DOWN\"/></route>"),
          ask_for_properties);
}

#define HOSTS 40

/* All pairs, twice: the same index, and its own for each. */
static void ask_for_all_pairs(struct weir_shares *shares)
{
    static bool seen[HOSTS * HOSTS];
    static int index[HOSTS][HOSTS];
    for (int from = 0; from < HOSTS; from++)
        for (int to = 0; to < HOSTS; to++) {
            index[from][to] = weir_route_find(shares, from, to);
            if (!holds(index[from][to] >= 0 && index[from][to] < HOSTS * HOSTS && !seen[index[from][to]]))
                return;
            seen[index[from][to]] = true;
        }
    for (int from = 0; from < HOSTS; from++)
        for (int to = 0; to < HOSTS; to++) {
            if (!holds(weir_route_find(shares, from, to) == index[from][to]))
                return;
            const struct weir_route *route = weir_route(shares, index[from][to]);
            CU_ASSERT(route->from == from && route->to == to);
            if (from != to)
                CHECK_NEAR(route->latency_s, (from + to) * 1e-3, 1e-12);
        }
}

/* A star: the link of host n has n ms. */
static void each_is_known_once(void)
{
    struct weir_text text = {0};
    weir_text_add(&text, "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\"><platform "
                         "version=\"4.1\"><zone id=\"z\" routing=\"Full\">");
    for (int h = 0; h < HOSTS; h++)
        weir_text_addf(&text,
                       "<host id=\"h%02d\" speed=\"1Gf\"/><link id=\"l%02d\" bandwidth=\"1MBps\" latency=\"%dms\"/>", h,
                       h, h);
    for (int from = 0; from < HOSTS; from++)
        for (int to = from + 1; to < HOSTS; to++)
            weir_text_addf(
                &text, "<route src=\"h%02d\" dst=\"h%02d\"><link_ctn id=\"l%02d\"/><link_ctn id=\"l%02d\"/></route>",
                from, to, from, to);
    weir_text_add(&text, "</zone></platform>");
    check(text.data, ask_for_all_pairs);
    weir_text_fini(&text);
}

/* The same as a zone that routes so, in another one that does. */
static void a_zone_may_be_a_star(void)
{
    struct weir_text text = {0};
    weir_text_add(&text, "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\"><platform "
                         "version=\"4.1\"><AS id=\"world\" routing=\"star\"><zone id=\"z\" routing=\"Star\">");
    for (int h = 0; h < HOSTS; h++)
        weir_text_addf(&text,
                       "<host id=\"h%02d\" speed=\"1Gf\"/><link id=\"l%02d\" bandwidth=\"1MBps\" latency=\"%dms\"/>"
                       "<host_link id=\"h%02d\" up=\"l%02d\" down=\"l%02d\"/>",
                       h, h, h, h, h, h);
    weir_text_add(&text, "</zone></AS></platform>");
    check(text.data, ask_for_all_pairs);
    weir_text_fini(&text);
}

static void ask_where_none_lead(struct weir_shares *shares)
{
    CU_ASSERT_FALSE(weir_route(shares, weir_route_find(shares, 0, 1))->bytes_per_s > 0);
}

/* SimGrid would die of the question. */
static void no_routes_in_the_outermost_zone(void)
{
    check("<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\"><platform "
          "version=\"4.1\"><zone id=\"z\" routing=\"None\"><host id=\"a\" speed=\"1Gf\"/><host id=\"b\" "
          "speed=\"1Gf\"/></zone></platform>",
          ask_where_none_lead);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"what they cost", what_they_cost},
                                      {"what an edited platform costs", what_an_edited_platform_costs},
                                      {"what changes", what_changes},
                                      {"properties", properties},
                                      {"each is known once", each_is_known_once},
                                      {"a zone may be a star", a_zone_may_be_a_star},
                                      {"no routes in the outermost zone", no_routes_in_the_outermost_zone},
                                      {0}};
    return weir_test_main("engine/rooms/routes", cases, argc, argv);
}
