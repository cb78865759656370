/* What becomes of the tables of live streams as jobs, regions and hosts come and go, and of requests as they come. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/live.h"
#include "sim/base/error.h"
#include "tests/policies/live_land.h"
#include "tests/support/test.h"

enum { S0 = LAND_REGIONS };
static struct weir_mock *land;
static struct live live;

static void begin(int wanted)
{
    land_seed(7);
    land = land_new(false);
    live = (struct live){.wanted = wanted, .seed = 3};
}

static void end(void)
{
    live_fini(&live);
    free(land);
}

static void read(void)
{
    CU_ASSERT_EQUAL_FATAL(live_read(&live, weir_mock_view(land)), WEIR_OK);
}

/* Two kinds of requests, a little apart among themselves and far from each other: two categories, in the order of the
 * jobs. A third that is nearer to the second belongs to it as long as a quarter of the jobs is not new. */
static void clusters(void)
{
    static const double flops[] = {1e6, 1e9, 1.1e6, 0.9e9, 1.05e6, 0.7e9, 5e4, 1e6};
    static const int category[] = {0, 1, 0, 1, 0, 1, 0, 0};
    begin(2);
    for (int j = 0; j < 4; j++)
        land_simple_job(land, j % 2, flops[j], flops[j] / 10);
    read();
    CU_ASSERT_EQUAL_FATAL(live.categories, 2);
    CU_ASSERT_FATAL(live.fitted_jobs == 4 && live.new_jobs == 0);
    for (int j = 4; j < 8; j++) {
        long shape = live.shape;
        land_simple_job(land, j % 2, flops[j], flops[j] / 10);
        read();
        for (int k = 0; k <= j; k++)
            CU_ASSERT_EQUAL_FATAL(live.jobs[k].category, category[k]);
        CU_ASSERT_EQUAL_FATAL(live.categories, 2);
        CU_ASSERT_EQUAL_FATAL(live.shape, shape); /* also where they are made anew, for j of 5 and 7 */
        CU_ASSERT_EQUAL_FATAL(live.fitted_jobs, j < 5   ? 4
                                                : j < 7 ? 6
                                                        : 8); /* 1 of 4 is a quarter, 2 more; 1 of 6, 2 more */
        CU_ASSERT_EQUAL_FATAL(live.new_jobs, j == 4 || j == 6);
    }
    end();
}

/* With categories to spare each kind has its own, but only once they are made anew: after a quarter of new jobs, or
 * when that is asked for. */
static void made_anew(void)
{
    begin(29);
    for (int j = 0; j < 4; j++)
        land_simple_job(land, 0, j < 2 ? 1e6 : 1e9, 1e6);
    read();
    long shape = live.shape;
    CU_ASSERT_EQUAL_FATAL(live.categories, 2);
    land_simple_job(land, 0, 4e7, 1e6);
    read();
    CU_ASSERT_FATAL(live.categories == 2 && live.shape == shape);
    CU_ASSERT_EQUAL_FATAL(live.jobs[4].category,
                          1); /* log 4e7 is nearer to log 1e9 than to log 1e6: 1.40 and 1.60 decades */
    live_refit(&live);
    read();
    CU_ASSERT_FATAL(live.categories == 3 && live.shape > shape);
    CU_ASSERT_FATAL(live.jobs[0].category == 0 && live.jobs[3].category == 1 && live.jobs[4].category == 2);
    shape = live.shape;
    live_refit(&live);
    read();
    CU_ASSERT_FATAL(live.categories == 3 && live.shape == shape && !live.stale);
    end();
}

/* One that has left counts no more, and its number may come again in another region. */
static void jobs_leave(void)
{
    begin(29);
    for (int j = 0; j < 3; j++) {
        land_simple_job(land, j % 2, 1e6, 1e6);
        land->jobs[j].ingress_rate = 1 + j;
    }
    read();
    CU_ASSERT_FATAL(live.regions == 2 && live.categories == 1);
    CHECK_NEAR_FATAL(live.requests[0], 10 * (1 + 3), 1e-9);
    live_forget(&live, 2);
    CU_ASSERT_FATAL(live.jobs[2].region == -1 && live.jobs[2].category == -1 && !live.jobs[2].seats);
    live_forget(&live, -1);
    live_forget(&live, 3);
    land->jobs[2].running = false;
    read();
    CU_ASSERT_FATAL(live.jobs[2].region == -1 && live.jobs[0].region == 0 && live.jobs[1].region == 1);
    CHECK_NEAR_FATAL(live.requests[0], 10, 1e-9);
    land->jobs[0].running = false; /* without being forgotten */
    read();
    CU_ASSERT_EQUAL_FATAL(live.jobs[0].region, -1);
    CHECK_NEAR_FATAL(live.requests[0], 0, 0);
    CHECK_NEAR_FATAL(live.requests[1], 20, 1e-9);
    CU_ASSERT_EQUAL_FATAL(live_past_count(&live, &land->view), 0);
    land->jobs[1].running = false; /* the last one: of its category there is nothing to tell */
    read();
    CU_ASSERT_FATAL(live.category_jobs[0] == 0 && live.category_tiers[0] == 0);
    CHECK_NEAR_FATAL(live.request_bytes[0], 0, 0);
    CHECK_NEAR_FATAL(live.request_flops[0], 0, 0);
    CHECK_NEAR_FATAL(live.requests[1], 0, 0);
    end();
}

/* A third region: another shape, routes to the first two as they were. */
static void regions_come(void)
{
    begin(29);
    for (int m = 0; m < LAND_REGIONS; m++) {
        long shape = live.shape;
        land_simple_job(land, m, 1e6, 1e6);
        read();
        CU_ASSERT_FATAL(live.shape > shape);
        CU_ASSERT_EQUAL_FATAL(live.regions, m + 1);
        for (int e = 0; e < live.servers; e++)
            for (int k = 0; k <= m; k++)
                CHECK_NEAR_FATAL(live.latency_s[e * live.regions + k], land->latency_s[S0 + e][k], 0);
    }
    long shape = live.shape;
    int known = live.servers;
    weir_mock_host(land, "s6", "north", WEIR_VIEW_EDGE, 2, 0);
    read();
    CU_ASSERT_FATAL(live.shape > shape && live.servers == known + 1 && live.regions == LAND_REGIONS);
    for (int m = 0; m < LAND_REGIONS; m++)
        CU_ASSERT_EQUAL_FATAL(live.viewer[m], m);
    end();
}

/* Where a platform tells no links, what a route has counts, and one without end is none. */
static void without_links(void)
{
    static const double speed[] = {5e6, INFINITY, 1e12, 0};
    for (int k = 0; k < 4; k++) {
        begin(29);
        land->view.route_links = NULL;
        land->bytes_per_s = speed[k];
        for (int h = 0; h < land->view.host_count; h++)
            land->latency_s[S0 + 1][h] = INFINITY;
        land_simple_job(land, 0, 1e6, 1e6);
        read();
        for (int e = 0; e < live.servers; e++) {
            CHECK_NEAR_FATAL(live.bandwidth[e], e == 1 || k > 0 ? 1e12 : 5e6, 0);
            CU_ASSERT_EQUAL_FATAL(isfinite(live.latency_s[e]), e != 1);
        }
        end();
    }
}

/* A link that the platform does not know says nothing. */
static int odd_links(const struct weir_view *view, int from, int to, int *found, int max)
{
    (void)to, (void)max;
    found[0] = from % 2 ? -1 : view->link_count;
    return 1;
}

static void unknown_links(void)
{
    begin(29);
    land->view.route_links = odd_links;
    land_simple_job(land, 0, 1e6, 1e6);
    read();
    for (int e = 0; e < live.servers; e++) {
        CHECK_NEAR_FATAL(live.bandwidth[e], 1e12, 0);
        CU_ASSERT_FATAL(isfinite(live.latency_s[e]));
    }
    end();
}

/* Figures that are no numbers are refused when categories are made of them. */
static void no_numbers(void)
{
    begin(29);
    land_simple_job(land, 0, 1e6, 1e6);
    land_simple_job(land, 1, 1e6, 1e6);
    land->jobs[1].source_bytes = INFINITY;
    CU_ASSERT_EQUAL_FATAL(live_read(&live, &land->view), WEIR_EINPUT);
    CHECK_MESSAGE("categories of jobs");
    CU_ASSERT_EQUAL_FATAL(live.categories, 0);
    land->jobs[1].source_bytes = 100;
    read();
    CU_ASSERT_FATAL(live.categories == 1 && live.jobs[1].category == 0);
    end();
}

/* --- Requests as they come. */

static double length(const struct weir_candidate *c)
{
    return (double)(c->waiting + c->coming + c->serving) / (c->instances > 1 ? c->instances : 1);
}

/* Any candidates: each server that is among them is offered once, and a request that is given to it goes to its
 * shortest instance, the first of equals; a viewer, and a host that came later, is none. */
static void offers(void)
{
    int choices = 0;
    begin(29);
    land_simple_job(land, 0, 1e6, 1e6);
    read();
    for (int run = 0; run < 400; run++) {
        struct weir_candidate list[12];
        int count = land_below(13), best[LAND_SERVERS], servers = 0;
        for (int e = 0; e < LAND_SERVERS; e++)
            best[e] = -1;
        for (int c = 0; c < count; c++) {
            list[c] = (struct weir_candidate){land_below(land->view.host_count + 2),
                                              1 + land_below(3),
                                              1,
                                              land_below(4),
                                              land_below(3),
                                              land_below(3)};
            int e = list[c].host - S0;
            if (e < 0 || e >= LAND_SERVERS)
                continue;
            servers += best[e] < 0;
            if (best[e] < 0 || length(&list[c]) < length(&list[best[e]]))
                best[e] = c;
        }
        struct weir_routing item = {.job = 0, .from = -1, .candidates = list, .count = count, .choice = -1};
        struct live_request request;
        CU_ASSERT_EQUAL_FATAL(live_request_of(&live, &land->view, &item, &request), servers > 1);
        if (servers < 2)
            continue;
        choices++;
        CU_ASSERT_FATAL(request.region == 0 && request.category == 0 && request.count == servers);
        for (int e = 0; e < LAND_SERVERS; e++) {
            item.choice = -1;
            live_send(&live, &request, e, &item);
            CU_ASSERT_EQUAL_FATAL(item.choice, best[e]);
        }
    }
    CU_ASSERT_FATAL(choices > 200);
    end();
}

/* No request: of a job that nobody knows yet, that has left, whose category is not known, or of an operator behind
 * another one that may go. */
static void no_requests(void)
{
    struct weir_candidate two[] = {{S0, 1, 1, 0, 0, 0}, {S0 + 1, 1, 1, 0, 0, 0}};
    struct weir_routing item = {.job = 0, .from = -1, .candidates = two, .count = 2, .choice = -1};
    struct live_request request;
    begin(29);
    for (int j = 0; j < 2; j++) {
        land_simple_job(land, j, 1e6, 1e6);
        weir_mock_operator(land, j, "after", 1e6);
    }
    read();
    CU_ASSERT_FATAL(live_request_of(&live, &land->view, &item, &request));
    item.op = 1;
    CU_ASSERT_FATAL(!live_request_of(&live, &land->view, &item, &request));
    item.op = 0;
    item.job = 1;
    CU_ASSERT_FATAL(live_request_of(&live, &land->view, &item, &request) && request.region == 1);
    live.jobs[1].category = -1;
    CU_ASSERT_FATAL(!live_request_of(&live, &land->view, &item, &request));
    live.jobs[1].category = 0;
    live.jobs[1].region = -1;
    CU_ASSERT_FATAL(!live_request_of(&live, &land->view, &item, &request));
    live.jobs[1].region = 1;
    live.job_count = 1;
    CU_ASSERT_FATAL(!live_request_of(&live, &land->view, &item, &request));
    live.job_count = 2;
    land->view.job_count = 1;
    CU_ASSERT_FATAL(!live_request_of(&live, &land->view, &item, &request));
    item.job = 0;
    CU_ASSERT_FATAL(live_request_of(&live, &land->view, &item, &request));
    end();
}

/* The pool: three of four by one server, then nothing is left; looks are counted, and a new window begins at none. */
static void pool(void)
{
    struct weir_candidate two[] = {{S0, 1, 1, 0, 0, 0}, {S0 + 1, 1, 1, 0, 0, 0}};
    struct weir_routing item = {.job = 0, .from = -1, .candidates = two, .count = 2, .choice = -1};
    struct pool_plan plans[] = {{0, 0, 0, 3}, {1, 0, 0, 1}, {2, 0, 0, 5}};
    struct live_request request;
    begin(29);
    land_simple_job(land, 0, 1e6, 1e6);
    read();
    live.plans = malloc(sizeof plans);
    memcpy(live.plans, plans, sizeof plans);
    live.plan_count = 3;
    for (int window = 0; window < 2; window++) {
        int had[3] = {0};
        CU_ASSERT_EQUAL_FATAL(live_fill_pool(&live), WEIR_OK);
        CU_ASSERT_FATAL(live.pooled == 0 && live.beyond == 0);
        for (int n = 0; n < 6; n++) {
            CU_ASSERT_FATAL(live_request_of(&live, &land->view, &item, &request));
            item.choice = -1;
            item.flops = 0;
            int server = live_take(&live, &request, &item);
            CU_ASSERT_EQUAL_FATAL(item.choice, server);
            CHECK_NEAR_FATAL(item.flops, 4 * (2 + 3), 0); /* two offered, three planned */
            had[server < 0 ? 2 : server]++;
            CU_ASSERT_EQUAL_FATAL(server < 0, n >= 4);
        }
        CU_ASSERT_FATAL(had[0] == 3 && had[1] == 1);
        CU_ASSERT_FATAL(live.pooled == 4 && live.beyond == 2);
    }
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"clusters", clusters},
                                             {"made anew", made_anew},
                                             {"jobs leave", jobs_leave},
                                             {"regions come", regions_come},
                                             {"without links", without_links},
                                             {"unknown links", unknown_links},
                                             {"no numbers", no_numbers},
                                             {"offers", offers},
                                             {"no requests", no_requests},
                                             {"pool", pool},
                                             {0}};
    return weir_test_main("policies/live_changes", cases, argc, argv);
}
