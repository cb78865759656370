/* The rivals of "sentinel" on a platform small enough to reckon by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_origin, weir_policy_gp, weir_policy_greedy, weir_policy_mf;
static const struct weir_policy *const all[] = {&weir_policy_origin, &weir_policy_gp, &weir_policy_greedy,
                                                &weir_policy_mf};
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/rivals"};

enum { NORTH, SOUTH, A, B, C, FIRST_SERVER = A };
static struct weir_mock *world;
static void *state;
static const struct weir_policy *tried;
/* A request is 200 MB in and out, a window 10 s, an uplink 100 MB/s: five requests a window fill a server. */
static const double request_bytes[] = {2e8, 2e8};

/* Viewers in the north and in the south, servers A, B and C: A is near to the north, C to the south, B between. A job
 * in each region, on A. */
static void begin(const struct weir_policy *policy)
{
    static const double latency_s[2][3] = {{1e-3, 2e-3, 5e-3}, {5e-3, 3e-3, 1e-3}};
    world = weir_mock_new();
    weir_mock_host(world, "north", "north", WEIR_VIEW_DEVICE, 1, 0);
    weir_mock_host(world, "south", "south", WEIR_VIEW_DEVICE, 1, 0);
    for (int e = 0; e < 3; e++)
        weir_mock_host(world, e == 0 ? "a" : e == 1 ? "b" : "c", e < 2 ? "north" : "south", WEIR_VIEW_EDGE, 4, 0);
    for (int m = 0; m < 2; m++) {
        for (int e = 0; e < 3; e++)
            world->latency_s[m][FIRST_SERVER + e] = world->latency_s[FIRST_SERVER + e][m] = latency_s[m][e];
        weir_mock_job(world, m == 0 ? "north" : "south", m);
        world->jobs[m].sink_host = m;
        weir_mock_operator(world, m, "serve", 1e6);
        world->operators[m][0].downstream_bytes = request_bytes;
        weir_mock_deploy(world, m, 0, A);
    }
    tried = policy;
    state = weir_mock_state(policy);
    CU_ASSERT_EQUAL_FATAL(policy->create(state, &env), WEIR_OK);
}

/* Sets a whole parameter. */
static void set(const char *name, int value)
{
    const struct weir_param *row = tried->params;
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    CU_ASSERT_PTR_NOT_NULL_FATAL(row->name);
    *(int *)((char *)state + row->offset) = value;
}

static void end(void)
{
    tried->destroy(state);
    free(state);
    free(world);
}

/* A window in which so many requests came; returns the changes. */
static int step(double north, double south)
{
    static double history[2][3];
    double came[2] = {north / 10, south / 10};
    for (int m = 0; m < 2; m++) {
        struct weir_job_view *job = &world->jobs[m];
        memmove(history[m], history[m] + 1, 2 * sizeof **history);
        history[m][2] = came[m];
        job->ingress_rate = came[m];
        job->history_count = job->history_count < 3 ? job->history_count + 1 : 3;
        job->ingress_history = history[m] + 3 - job->history_count;
        world->operators[m][0].arrival_rate = came[m];
    }
    return weir_mock_step(world, tried, state);
}

/* Checks the shares of A, B and C in a job's requests. */
static void check(int job, double a, double b, double c, int line)
{
    const struct weir_operator_view *op = &world->operators[job][0];
    double wanted[] = {a, b, c}, sum = 0, share[3] = {0};
    for (int k = 0; k < op->instance_count; k++)
        sum += op->instances[k].weight;
    for (int k = 0; k < op->instance_count; k++)
        share[op->instances[k].host - FIRST_SERVER] += op->instances[k].weight / sum;
    for (int e = 0; e < 3; e++)
        weir_check_near(__FILE__, line,
                        e == 0   ? "share of a"
                        : e == 1 ? "share of b"
                                 : "share of c",
                        share[e], wanted[e], 1e-6);
}
#define SHARES(job, a, b, c) check(job, a, b, c, __LINE__)

static void gp(void)
{
    begin(&weir_policy_gp);
    step(8, 2); /* north: 5 fit on A, 3 go to B */
    SHARES(NORTH, 5. / 8, 3. / 8, 0);
    SHARES(SOUTH, 0, 0, 1);
    world->hosts[A].up = false;
    step(8, 2); /* 5 on B, and C has room for 3 beside the 2 */
    SHARES(NORTH, 0, 5. / 8, 3. / 8);
    SHARES(SOUTH, 0, 0, 1);
    world->hosts[A].up = true;
    CU_ASSERT_EQUAL(step(8, 2), 1);
    SHARES(NORTH, 5. / 8, 3. / 8, 0);
    CU_ASSERT_EQUAL(step(8, 2), 0); /* nothing is new */
    end();
}

static void origin(void)
{
    begin(&weir_policy_origin);
    step(9, 1); /* as many are near as the region has: A and B of the north, C of the south */
    SHARES(NORTH, 5. / 9, 4. / 9, 0);
    SHARES(SOUTH, 0, 0, 1);
    end();
    begin(&weir_policy_origin);
    set("near", 3);
    step(9, 0); /* all three are near, and one request of the south is on C */
    const struct weir_operator_view *op = &world->operators[NORTH][0];
    CU_ASSERT_EQUAL(op->instance_count, 3);
    SHARES(SOUTH, 0, 0, 1);
    for (int k = 0; k < op->instance_count; k++)
        CU_ASSERT(op->instances[k].weight > 2. / 9 && op->instances[k].weight < 4. / 9);
    end();
    begin(&weir_policy_origin);
    set("near", 1); /* one is compared with nobody: as gp */
    step(8, 2);
    SHARES(NORTH, 5. / 8, 3. / 8, 0);
    end();
}

static void mf(void)
{
    begin(&weir_policy_mf);
    step(10, 5); /* as much as there is room for: A and B full with the north, C with the south */
    SHARES(NORTH, 0.5, 0.5, 0);
    SHARES(SOUTH, 0, 0, 1);
    end();
}

/* What came in time from each server, as origins show it. */
static void greedy(void)
{
    begin(&weir_policy_greedy);
    step(4, 1); /* nothing is known, so all yield the same: the nearest */
    SHARES(NORTH, 1, 0, 0);
    struct weir_origin_view seen = {.host = A, .delivered_rate = 0.4, .late_rate = 0.3, .bytes_per_s = 8e7};
    world->jobs[NORTH].origins = &seen;
    world->jobs[NORTH].origin_count = 1;
    step(4, 1);
    /* Given 4, in time 1, so 1/4 of what the north was given came in time. All servers: (x + 20/4) / (g + 20); of A,
     * (1 + 5) / 24, of the others 5 / 20. They are equal: the nearest. */
    SHARES(NORTH, 1, 0, 0);
    /* Given 4 more, all late: A has (0.98 + 20 u) / (7.92 + 20), the others u. u = 0.98 / 7.92. Equal again as long as
     * A alone is used. */
    seen.late_rate = 0.4;
    step(4, 1);
    SHARES(NORTH, 1, 0, 0);
    /* With more than A holds, B is tried: 2 of 7. What B gives is in time, so B is better from then on, and A, whose
     * share is below that of the region now, worse than C, of which nothing is known. */
    seen.late_rate = 0.1;
    step(7, 1);
    SHARES(NORTH, 5. / 7, 2. / 7, 0);
    struct weir_origin_view two[2] = {{.host = A, .delivered_rate = 0.5, .late_rate = 0.5},
                                      {.host = B, .delivered_rate = 0.2}};
    world->jobs[NORTH].origins = two;
    world->jobs[NORTH].origin_count = 2;
    step(7, 1);
    SHARES(NORTH, 0, 5. / 7, 2. / 7);
    end();
}

/* The requests of a job are those of its first operator that may go. What stands still before it, on the viewers' host,
 * says nothing of servers. Given A 7 and then 5, of which none came in time, B 2, which did: the region has 2 of 13.86,
 * 0.14; A (20 x 0.144) / 31.86 = 0.09, B (2 + 2.89) / 22 = 0.22, C of which nothing is known 0.14. */
static void behind_another(void)
{
    begin(&weir_policy_greedy);
    world->operators[NORTH][0].stateful = true;
    world->placed[NORTH][0][0].host = NORTH;
    weir_mock_operator(world, NORTH, "after", 1e6);
    world->operators[NORTH][1].downstream_bytes = request_bytes;
    weir_mock_deploy(world, NORTH, 1, A);
    step(7, 1);
    struct weir_origin_view two[2] = {{.host = A, .delivered_rate = 0.5, .late_rate = 0.5},
                                      {.host = B, .delivered_rate = 0.2}};
    world->jobs[NORTH].origins = two;
    world->jobs[NORTH].origin_count = 2;
    step(7, 1);
    const struct weir_operator_view *op = &world->operators[NORTH][1];
    double share[3] = {0};
    for (int k = 0; k < op->instance_count; k++)
        share[op->instances[k].host - FIRST_SERVER] += op->instances[k].weight;
    CHECK_NEAR(share[0], 0, 1e-6);
    CHECK_NEAR(share[1], 5. / 7, 1e-6);
    CHECK_NEAR(share[2], 2. / 7, 1e-6);
    CU_ASSERT_EQUAL(world->placed[NORTH][0][0].host, NORTH);
    end();
}

/* Shares count in whole percents, so that the nearer of equals is used: of 4 requests each 3.504 of A and 3.696 of B
 * came in time, of the region's 8 0.9; (3.504 + 18) / 24 = 0.896 and (3.696 + 18) / 24 = 0.904 are both 0.90. */
static void whole_percents(void)
{
    begin(&weir_policy_greedy);
    weir_mock_deploy(world, NORTH, 0, B);
    struct weir_origin_view two[2] = {{.host = A, .delivered_rate = 0.5504, .late_rate = 0.2},
                                      {.host = B, .delivered_rate = 0.3696}};
    world->jobs[NORTH].origins = two;
    world->jobs[NORTH].origin_count = 2;
    step(8, 1);
    SHARES(NORTH, 5. / 8, 3. / 8, 0);
    end();
}

/* The mean of several windows; a job without requests keeps one server. */
static void windows(void)
{
    begin(&weir_policy_gp);
    set("windows", 2);
    step(4, 0);
    SHARES(NORTH, 1, 0, 0);
    SHARES(SOUTH, 0, 0, 1);
    step(16, 0); /* (4 + 16) / 2 = 10 */
    SHARES(NORTH, 0.5, 0.5, 0);
    end();
}

/* What the hook says of a window, whose plan has so many notes and changes nothing. */
static int ends(int notes)
{
    int told, changes;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    int said = tried->window_ends(state, &world->view, plan);
    weir_plan_warnings(plan, &told);
    weir_plan_changes(plan, &changes);
    CU_ASSERT(told == notes && changes == 0);
    weir_plan_free(plan);
    return said;
}

/* No servers, no jobs that can be served, figures of jobs that are no numbers: nothing is scheduled. */
static void nothing_to_schedule(void)
{
    for (size_t p = 0; p < sizeof all / sizeof *all; p++) {
        begin(all[p]);
        world->jobs[SOUTH].source_bytes = INFINITY;
        CU_ASSERT(ends(0) < 0);
        CHECK_MESSAGE("categories of jobs");
        end();
        begin(all[p]);
        world->jobs[NORTH].running = world->jobs[SOUTH].running = false;
        CU_ASSERT(ends(0) == 0);
        end();
        begin(all[p]);
        for (int h = FIRST_SERVER; h <= C; h++)
            world->hosts[h].tier = WEIR_VIEW_DEVICE;
        CU_ASSERT(ends(0) == 0);
        end();
    }
}

static void bad_days(void)
{
    for (size_t p = 0; p < sizeof all / sizeof *all; p++) {
        begin(all[p]);
        CU_ASSERT_EQUAL(step(0, 0) > 0, 1); /* the south goes to C */
        for (int h = FIRST_SERVER; h <= C; h++)
            world->hosts[h].up = false;
        CU_ASSERT_EQUAL(step(8, 2), 0); /* nobody is up: all stays as it is */
        for (int h = FIRST_SERVER; h <= C; h++)
            world->hosts[h].up = true;
        step(100, 50); /* ten times what there is room for: who has most left is next, so all get as much */
        SHARES(NORTH, 0.5, 0.5, 0);
        SHARES(SOUTH, 0, 0, 1);
        step(1e12, 1); /* more than are scheduled one by one */
        double sum = 0;
        for (int k = 0; k < world->operators[NORTH][0].instance_count; k++)
            sum += world->operators[NORTH][0].instances[k].weight;
        CHECK_NEAR(sum, 1, 1e-6);
        end();
        begin(all[p]);
        for (int h = FIRST_SERVER; h <= C; h++)
            world->latency_s[h][SOUTH] = world->latency_s[SOUTH][h] = INFINITY;
        step(4, 4); /* no server is in reach of the south: it stays where it is */
        SHARES(SOUTH, 1, 0, 0);
        end();
        begin(all[p]);
        for (int h = FIRST_SERVER; h <= C; h++)
            world->hosts[h].tier = WEIR_VIEW_DEVICE;
        CU_ASSERT_EQUAL(step(4, 4), 0); /* no servers at all */
        end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"gp", gp},
                                             {"origin", origin},
                                             {"mf", mf},
                                             {"greedy", greedy},
                                             {"behind another", behind_another},
                                             {"whole percents", whole_percents},
                                             {"windows", windows},
                                             {"nothing to schedule", nothing_to_schedule},
                                             {"bad days", bad_days},
                                             {0}};
    return weir_test_main("live_rivals", cases, argc, argv);
}
