/* Live streams scheduled as they come: the pool of sentinel and of mf, the rules of the others, and what choosing
 * takes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/policies/sentinel_world.h"

extern const struct weir_policy weir_policy_origin, weir_policy_gp, weir_policy_greedy, weir_policy_mf;

/* Servers N1, N2, S1, S2 as candidates; items that are there already. */
static long waiting[SERVERS + 4];
static double flops; /* of the last request */

/* An item for a job's operator; the host that it is given, -1: the engine chooses. */
static int ask(int job, int from)
{
    const struct weir_operator_view *op = &world->operators[job][0];
    struct weir_candidate candidates[WEIR_MOCK_INSTANCES];
    struct weir_routing item = {.time_s = world->view.time_s + 1,
                                .job = job,
                                .from = from,
                                .host = world->jobs[job].source_host,
                                .candidates = candidates,
                                .count = op->instance_count,
                                .choice = -1};
    for (int k = 0; k < op->instance_count; k++)
        candidates[k] = (struct weir_candidate){op->instances[k].host,          1, op->instances[k].weight,
                                                waiting[op->instances[k].host], 0, 0};
    CU_ASSERT_EQUAL(policy->route(state, &world->view, &item), WEIR_OK);
    flops = item.flops;
    return item.choice < 0 ? -1 : candidates[item.choice].host;
}

/* Requests of 20 MB that fit an uplink of 100 MB/s in a window of 60 s, as the rules reckon: in float. */
static int that_fit(void)
{
    return (int)floor(1e8 / (double)(float)(2e7 / 60));
}

/* The nearest with room, N1, and N2 when it is full; when both are, the one with the most left: by turns. */
static void gp_at_arrival(void)
{
    CU_ASSERT_EQUAL_FATAL(begin_as(&weir_policy_gp, "{}"), WEIR_OK);
    CU_ASSERT(policy->routes(state));
    step(400, 30, 0);
    CU_ASSERT(share(0, N1) > 0.7 && share(0, N2) > 0.2 && share(0, S1) <= 0);
    int fit = that_fit();
    CU_ASSERT(fit == 299 || fit == 300);
    for (int n = 0; n < 2 * fit; n++) {
        CU_ASSERT_EQUAL(ask(0, -1), n < fit ? N1 : N2);
        CHECK_NEAR(flops, 4 * 2, 0); /* two servers looked at */
    }
    CU_ASSERT_EQUAL(ask(0, -1), N1);
    CHECK_NEAR(flops, 4 * 4, 0); /* and again, for the one with the most left */
    CU_ASSERT_EQUAL(ask(0, -1), N2);
    step(400, 30, 0); /* the next window begins with all of it */
    CU_ASSERT_EQUAL(ask(0, -1), N1);
    CU_ASSERT_EQUAL(ask(1, -1), -1); /* all of the south is on S1: no choice */
    end();
}

/* As many as the region has are compared: by turns. The two jobs of the north share what is left. */
static void origin_at_arrival(void)
{
    CU_ASSERT_EQUAL_FATAL(begin_as(&weir_policy_origin, "{}"), WEIR_OK);
    step(100, 30, 100);
    CU_ASSERT(share(0, N1) > 0.3 && share(0, N2) > 0.3);
    double left[2] = {1e8 * 60, 1e8 * 60};
    for (int n = 0; n < 120; n++) {
        int job = n % 3 == 2 ? 2 : 0, wanted = left[0] >= left[1] ? N1 : N2;
        CU_ASSERT_EQUAL(ask(job, -1), wanted);
        left[wanted - N1] -= job == 2 ? 5e6 : 2e7;
    }
    end();
}

/* mf takes what the flow says, in proportion, as often as was expected; its flow is computed for the first request. */
static void mf_at_arrival(void)
{
    CU_ASSERT_EQUAL_FATAL(begin_as(&weir_policy_mf, "{}"), WEIR_OK);
    step(400, 30, 0);
    double had[HOSTS] = {0}, w = share(0, N1);
    CU_ASSERT(w > 0.7 && w < 0.8);
    CU_ASSERT_EQUAL(ask(1, -1), -1);
    for (int n = 0; n < 400; n++) {
        had[ask(0, -1)]++;
        CU_ASSERT(n == 0 ? flops > 100 : flops < 50);
        CU_ASSERT(had[N1] < w * (n + 1) + 1 && had[N2] < (1 - w) * (n + 1) + 1);
    }
    CHECK_NEAR(had[N1], 400 * w, 1e-6);
    end();
}

/* Sentinel deals what was planned, in proportion; what is beyond goes to the nearest that is well and has room up to
 * u_opt, of those as near to the one with the most bandwidth left. */
static void sentinel_at_arrival(void)
{
    begin("{\"u_opt\": 0.6, \"forecaster\": \"last\", \"probe\": 0}");
    for (int n = 0; n < 3; n++)
        step(240, 30, 0);
    double had[HOSTS] = {0}, planned = 240;
    CU_ASSERT(share(0, N1) > 0.1 && share(0, N2) > 0.1);
    for (int n = 0; n < planned; n++) {
        int host = ask(0, -1);
        CU_ASSERT_FATAL(host >= N1);
        had[host]++;
        for (int e = N1; e < HOSTS; e++)
            CU_ASSERT(had[e] < share(0, e) * (n + 1) + 1);
    }
    for (int e = N1; e < HOSTS; e++)
        CHECK_NEAR(had[e], share(0, e) * planned, 1e-6);
    step(240, 30, 0);
    CU_ASSERT(told("of those that came 240 by the pool, 0 beyond it"));
    /* Beyond: N1 and N2 are as near, and what each has left is known. */
    double left[2];
    for (int e = 0; e < 2; e++)
        left[e] = 1 - (240 * share(0, N1 + e) + 30 * share(1, N1 + e)) / 300;
    for (int n = 0; n < planned; n++)
        ask(0, -1);
    for (int n = 0; n < 30; n++) {
        int host = ask(0, -1);
        CU_ASSERT_FATAL(host == N1 || host == N2);
        if (fabs(left[0] - left[1]) > 1.0 / 1200) /* there may be a request of the little job on one of them */
            CU_ASSERT_EQUAL(host, left[0] > left[1] ? N1 : N2);
        left[host - N1] -= 1.0 / 300;
    }
    step(240, 30, 0);
    CU_ASSERT(told("of those that came 240 by the pool, 30 beyond it"));
    end();
}

/* Of the instances on one server, the one with the fewest items; an item that no request enters by is the engine's. */
static void not_asked_and_shortest(void)
{
    begin("{\"u_opt\": 0.6, \"forecaster\": \"last\", \"probe\": 0}");
    for (int n = 0; n < 3; n++)
        step(240, 30, 0);
    struct weir_candidate candidates[] = {
        {N1, 1, 0.5, 3, 0, 0}, {N1, 1, 0.5, 1, 1, 0}, {N2, 1, 1, 0, 0, 0}, {NORTH, 1, 1, 0, 0, 0}};
    struct weir_routing item = {.job = 0, .from = -1, .candidates = candidates, .count = 4, .choice = -1};
    bool on[2] = {false, false};
    for (int n = 0; n < 10; n++) {
        item.choice = -1;
        CU_ASSERT_EQUAL(policy->route(state, &world->view, &item), WEIR_OK);
        CU_ASSERT(item.choice == 1 || item.choice == 2);
        on[item.choice - 1] = true;
    }
    CU_ASSERT(on[0] && on[1]);
    item.choice = -1;
    item.count = 2; /* one server: no choice */
    CU_ASSERT_EQUAL(policy->route(state, &world->view, &item), WEIR_OK);
    CU_ASSERT_EQUAL(item.choice, -1);
    item.count = 4;
    item.job = JOBS; /* it came after the window */
    CU_ASSERT_EQUAL(policy->route(state, &world->view, &item), WEIR_OK);
    CU_ASSERT_EQUAL(item.choice, -1);
    end();
    begin("{\"route\": false}");
    CU_ASSERT(!policy->routes(state));
    end();
}

/* What a cycle takes to compute: of a window, in the plan or for its first request; 2 servers offered and the
 * strategies for each. The rules look at 4 servers: 2 windows x 12 samples x (4 signals x 4 + 10 pairs x 2), and 3
 * x 16. */
static void what_it_takes(void)
{
    static const char *const how[] = {"{\"u_opt\": 0.6, \"forecaster\": \"last\", \"probe\": 0, \"in_cycle\": false}",
                                      "{\"u_opt\": 0.6, \"forecaster\": \"last\", \"probe\": 0, \"in_cycle\": true}"};
    double judged = 4 * (2 * 12 * (4 * 4 + 10 * 2) + 3 * 16);
    for (int inside = 0; inside < 2; inside++) {
        begin(how[inside]);
        for (int n = 0; n < 3; n++)
            step(240, 30, 0);
        int strategies = (share(0, N1) > 0) + (share(0, N2) > 0) + (share(0, S1) > 0) + (share(0, S2) > 0);
        int offered = world->operators[0][0].instance_count;
        ask(0, -1);
        CHECK_NEAR(flops, 4 * (offered + strategies) + (inside ? judged : 0), 0);
        ask(0, -1);
        CHECK_NEAR(flops, 4 * (offered + strategies), 0);
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        weir_plan_author(plan, policy->name);
        CU_ASSERT_EQUAL(policy->window_ends(state, &world->view, plan), WEIR_OK);
        CHECK_NEAR(weir_plan_flops(plan), inside ? 0 : judged, 0);
        weir_plan_free(plan);
        end();
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"gp at arrival", gp_at_arrival},
                                      {"origin at arrival", origin_at_arrival},
                                      {"mf at arrival", mf_at_arrival},
                                      {"sentinel at arrival", sentinel_at_arrival},
                                      {"not asked, and the shortest", not_asked_and_shortest},
                                      {"what it takes", what_it_takes},
                                      {0}};
    return weir_test_main("policies/live_route", cases, argc, argv);
}
