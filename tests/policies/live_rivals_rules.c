/* The rivals of sentinel on random platforms: each request, expected or come, has its server by the rule of the docs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/dispatch/pool.h"
#include "policies/learn/dispatch/rivals.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/policies/live_land.h"
#include "tests/support/test.h"

enum { S0 = LAND_REGIONS, FIRST = 2, JOBS = 5, RUNS = 24, WINDOWS = 6, CELLS = LAND_REGIONS * 2 };
extern const struct weir_policy weir_policy_origin, weir_policy_gp, weir_policy_greedy, weir_policy_mf;
static const struct weir_policy *const all[] = {&weir_policy_origin, &weir_policy_gp, &weir_policy_greedy,
                                                &weir_policy_mf};
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/rivals"};
static const double bytes[2] = {2e8, 5e7}, flops[2] = {1e2, 4e2};

static struct weir_mock *land;
static const struct weir_policy *policy;
static enum rival rule;
static void *state;
static struct weir_json_doc *params;
static double history[JOBS][WINDOWS + 1];
static char note[200];

/* What the test knows. A cell is a region and a kind of requests, both in the order of the jobs. */
static double remain[LAND_SERVERS], given[LAND_SERVERS][LAND_REGIONS], timely[LAND_SERVERS][LAND_REGIONS];
static double yield[LAND_SERVERS][CELLS], scale;
static int windows, near_given, count[LAND_SERVERS][CELLS];

static int cell_of(int job)
{
    return job % LAND_REGIONS * 2 + job % 2;
}

/* So many jobs are there; those that come bring another region, so that all is anew. */
static void come(int jobs)
{
    for (int j = land->view.job_count; j < jobs; j++)
        land_simple_job(land, j % LAND_REGIONS, flops[j % 2], bytes[j % 2]);
    memset(given, 0, sizeof given);
    memset(timely, 0, sizeof timely);
}

static void begin(int run)
{
    char text[120];
    land_seed((uint64_t)run);
    rule = (enum rival)(run % 4);
    policy = all[rule];
    windows = 1 + run / 4 % 3;
    near_given = run / 8 % 3;
    snprintf(text, sizeof text, "{\"change\": 0, \"windows\": %d, \"near\": %d, \"idle\": %d}", windows, near_given,
             run % 2);
    land = land_new(run % 3 == 2);
    state = weir_mock_state(policy);
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "params", &params), WEIR_OK);
    struct weir_json root = weir_json_root(params);
    CU_ASSERT_EQUAL_FATAL(weir_param_bind(policy->params, &root, NULL, state), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(policy->create(state, &env), WEIR_OK);
    come(FIRST);
}

static void end(void)
{
    policy->destroy(state);
    weir_json_free(params);
    free(state);
    free(land);
}

static double link_of(int e)
{
    for (int m = 0; m < LAND_REGIONS && m < land->view.job_count; m++)
        if (land_route(land, S0 + e, m))
            return land->view.links[S0 + e].bytes_per_s;
    return 1e12;
}

/* What a request takes of the server's uplink, in bytes/s: by its bytes, or as much as it takes of the cores. */
static double rate(int e, int cell)
{
    double cores = land->hosts[S0 + e].speed_flops_per_s * land->hosts[S0 + e].cores;
    double need = fmax(bytes[cell % 2] / (link_of(e) * 10), flops[cell % 2] / (cores * 10));
    return (double)(float)(scale * (double)(float)(need * link_of(e)));
}

static bool reach(int e, int m)
{
    return land->hosts[S0 + e].up && land_route(land, S0 + e, m);
}

static bool nearer(int e, int f, int m)
{
    return land->latency_s[S0 + e][m] < land->latency_s[S0 + f][m]; /* never equal */
}

static int servers_of(int m)
{
    int there = 0;
    for (int e = 0; e < LAND_SERVERS; e++)
        there += strcmp(land->hosts[S0 + e].region, land->hosts[m].region) == 0;
    return there > 0 ? there : 1;
}

/* The nearest ones that are up are compared, so many at a time; of the first of these groups in which one has room, the
 * one with the most left. */
static int by_origin(int cell, const bool *offered, int near)
{
    int m = cell / 2, left = 0;
    bool done[LAND_SERVERS];
    for (int e = 0; e < LAND_SERVERS; e++) {
        done[e] = !offered[e] || !reach(e, m);
        left += !done[e];
    }
    while (left > 0) {
        int best = -1;
        for (int n = 0; n < near && left > 0; n++, left--) {
            int next = -1;
            for (int e = 0; e < LAND_SERVERS; e++)
                if (!done[e] && (next < 0 || nearer(e, next, m)))
                    next = e;
            done[next] = true;
            if (remain[next] >= rate(next, cell) && (best < 0 || remain[next] > remain[best]))
                best = next;
        }
        if (best >= 0)
            return best;
    }
    return -1;
}

/* The nearest with room, or the one that yields most of those. */
static int by_first(int cell, const bool *offered, bool by_yield)
{
    int best = -1, m = cell / 2;
    for (int e = 0; e < LAND_SERVERS; e++) {
        if (!offered[e] || !reach(e, m) || remain[e] < rate(e, cell))
            continue;
        bool better = best >= 0 && by_yield && yield[e][cell] > yield[best][cell];
        bool equal = best >= 0 && (!by_yield || yield[e][cell] >= yield[best][cell]);
        if (best < 0 || better || (equal && nearer(e, best, m)))
            best = e;
    }
    return best;
}

static int choice(int cell, const bool *offered, int near)
{
    int best = rule == RIVAL_GP       ? by_first(cell, offered, false)
               : rule == RIVAL_GREEDY ? by_first(cell, offered, true)
                                      : by_origin(cell, offered, near);
    for (int e = 0, full = best < 0; e < LAND_SERVERS && full; e++)
        if (offered[e] && reach(e, cell / 2) &&
            (best < 0 || remain[e] > remain[best] || (remain[e] >= remain[best] && nearer(e, best, cell / 2))))
            best = e;
    if (best >= 0)
        remain[best] -= rate(best, cell);
    return best;
}

static int near_of(int m)
{
    return near_given > 0 ? near_given : servers_of(m);
}

/* Requests of the newest windows, one at least, mixed evenly, each with its server. */
static void schedule(const int *wanted)
{
    static const bool everybody[LAND_SERVERS] = {true, true, true, true, true, true};
    int most = 0;
    memset(count, 0, sizeof count);
    for (int c = 0; c < CELLS; c++)
        most = wanted[c] > most ? wanted[c] : most;
    for (long t = 0; t < most; t++)
        for (int c = 0; c < CELLS; c++)
            if ((t + 1) * wanted[c] / most > t * wanted[c] / most) {
                int e = choice(c, everybody, near_of(c / 2));
                if (e >= 0)
                    count[e][c]++;
            }
}

/* The largest flow, which tests/learn looks at, for the rates, distances and servers as the test has them. */
static void by_flow(const int *wanted)
{
    double distance[LAND_REGIONS * LAND_SERVERS], bandwidth[LAND_SERVERS];
    int nearest[LAND_REGIONS * LAND_SERVERS];
    float rates[LAND_SERVERS * CELLS];
    bool up[LAND_SERVERS];
    struct book *book;
    for (int e = 0; e < LAND_SERVERS; e++) {
        bandwidth[e] = link_of(e);
        up[e] = land->hosts[S0 + e].up;
        for (int m = 0; m < LAND_REGIONS; m++)
            distance[m * LAND_SERVERS + e] = land_route(land, S0 + e, m) ? land->latency_s[S0 + e][m] : INFINITY;
        for (int c = 0; c < CELLS; c++)
            rates[e * CELLS + c] = (float)rate(e, c);
    }
    book_order(distance, LAND_REGIONS, LAND_SERVERS, nearest);
    book_new(LAND_SERVERS, LAND_REGIONS, 2, nearest, 1, &book);
    for (int m = 0; m < LAND_REGIONS; m++)
        book_compare(book, m, near_of(m));
    book_rates(book, rates);
    book_open(book, bandwidth, up);
    rival_counts(RIVAL_MF, book, wanted, count[0], NULL);
    book_free(book);
}

/* Shares of the requests that came in time, by server and region, as greedy has them: 0.98 of what was known, drawn by
 * 20 requests to that of the region, in whole percents. */
static void learn(void)
{
    for (int e = 0; e < LAND_SERVERS; e++)
        for (int m = 0; m < LAND_REGIONS; m++) {
            given[e][m] *= 0.98;
            timely[e][m] *= 0.98;
        }
    for (int j = 0; j < land->view.job_count; j++) {
        const struct weir_operator_view *op = &land->operators[j][0];
        double sum = 0;
        for (int k = 0; k < op->instance_count; k++)
            sum += op->instances[k].weight;
        for (int k = 0; k < op->instance_count; k++)
            if (op->instances[k].host >= S0)
                given[op->instances[k].host - S0][j % LAND_REGIONS] +=
                    land->jobs[j].ingress_rate * 10 * op->instances[k].weight / sum;
        for (int o = 0; o < land->jobs[j].origin_count; o++)
            if (land->origins[j][o].host >= S0)
                timely[land->origins[j][o].host - S0][j % LAND_REGIONS] +=
                    fmax(10 * (land->origins[j][o].delivered_rate - land->origins[j][o].late_rate), 0);
    }
    for (int m = 0; m < LAND_REGIONS; m++) {
        double asked = 0, came = 0;
        for (int e = 0; e < LAND_SERVERS; e++) {
            asked += given[e][m];
            came += timely[e][m];
        }
        double usual = asked > 0 ? fmin(came / asked, 1) : 1;
        for (int e = 0; e < LAND_SERVERS; e++) {
            double share = fmin((timely[e][m] + 20 * usual) / (given[e][m] + 20), 1);
            for (int i = 0; i < 2; i++)
                yield[e][m * 2 + i] = (double)(float)(round(100 * share) / 100 * bytes[i] / 10);
        }
    }
}

/* A window of random requests and results; the plan is carried out. */
static void window(double busy)
{
    for (int j = 0; j < land->view.job_count; j++) {
        struct weir_job_view *job = &land->jobs[j];
        job->ingress_rate = history[j][job->history_count++] = land_below(6) ? busy * land_between(0, 1) : 0;
        job->ingress_history = history[j];
        job->origin_count = land_below(4);
        for (int o = 0; o < job->origin_count; o++)
            land->origins[j][o] =
                (struct weir_origin_view){land_below(S0 + LAND_SERVERS), land_between(0, 3), land_between(0, 3), 0};
    }
    land_report(land, land->view.window % 2 == 1);
    land->view.window++;
    land->view.time_s += 10;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(land));
    weir_plan_author(plan, policy->name);
    if (rule == RIVAL_GREEDY)
        learn();
    CU_ASSERT_EQUAL_FATAL(policy->window_ends(state, &land->view, plan), WEIR_OK);
    int notes;
    snprintf(note, sizeof note, "%s", weir_plan_warnings(plan, &notes)[0].why);
    weir_mock_apply(land, plan);
    weir_plan_free(plan);
}

static void check_weights(const int *wanted, double bundle)
{
    double had[2] = {0}, said[2] = {-1, -1};
    if (rule == RIVAL_MF)
        by_flow(wanted);
    else
        schedule(wanted);
    for (int c = 0; c < CELLS; c++) {
        had[1] += wanted[c];
        for (int e = 0; e < LAND_SERVERS; e++) {
            had[0] += count[e][c];
            count[e][c] = (int)floor(count[e][c] * bundle); /* whole requests again */
        }
    }
    sscanf(strchr(note, ':'), ": %lf requests, %lf without", &said[0], &said[1]);
    CHECK_NEAR_FATAL(said[0], had[0] * bundle, 0.51);
    CHECK_NEAR_FATAL(said[1], (had[1] - had[0]) * bundle, 0.51);
    for (int j = 0; j < land->view.job_count; j++) {
        const struct weir_operator_view *op = &land->operators[j][0];
        double sum = 0, share[LAND_SERVERS] = {0};
        for (int e = 0; e < LAND_SERVERS; e++)
            sum += count[e][cell_of(j)];
        for (int k = 0; k < op->instance_count && sum > 0; k++)
            share[op->instances[k].host - S0] += op->instances[k].weight;
        for (int e = 0; e < LAND_SERVERS && sum > 0; e++)
            CHECK_NEAR_FATAL(share[e], count[e][cell_of(j)] / sum, 1e-6);
    }
}

/* What the flow gave each cell, the largest number first. */
static struct pool *open_pool(void)
{
    struct pool_plan plans[LAND_SERVERS * CELLS];
    size_t n = 0;
    for (int c = 0; c < CELLS; c++)
        for (bool done[LAND_SERVERS] = {false};;) {
            int most = -1;
            for (int e = 0; e < LAND_SERVERS; e++)
                if (!done[e] && count[e][c] > 0 && (most < 0 || count[e][c] > count[most][c]))
                    most = e;
            if (most < 0)
                break;
            done[most] = true;
            plans[n++] = (struct pool_plan){most, c / 2, c % 2, count[most][c]};
        }
    struct pool *pool = pool_new(LAND_SERVERS, LAND_REGIONS, 2);
    CU_ASSERT_EQUAL_FATAL(pool_fill(pool, plans, n), WEIR_OK);
    return pool;
}

/* A request of the job, among the servers that have an instance: the one that the rule, or first the pool, names. */
static void arrive(struct pool *pool, int j)
{
    struct weir_candidate list[WEIR_MOCK_INSTANCES];
    int servers = 0, offers[LAND_SERVERS], wanted = -1, instances = land->operators[j][0].instance_count;
    bool offered[LAND_SERVERS] = {false};
    for (int k = 0; k < instances; k++) {
        list[k] = (struct weir_candidate){land->operators[j][0].instances[k].host, 1, 1, 0, 0, 0};
        if (list[k].host >= S0) {
            offered[list[k].host - S0] = true;
            offers[servers++] = list[k].host - S0;
        }
    }
    int cell = cell_of(j), near = near_of(j % LAND_REGIONS);
    struct weir_routing item = {.job = j, .from = -1, .candidates = list, .count = instances, .choice = -1};
    CU_ASSERT_EQUAL_FATAL(policy->route(state, &land->view, &item), WEIR_OK);
    if (servers > 1 && rule == RIVAL_MF)
        wanted = pool_take(pool, cell / 2, cell % 2, offers, servers);
    if (wanted >= 0)
        remain[wanted] -= rate(wanted, cell);
    else if (servers > 1)
        wanted = choice(cell, offered, near < servers ? near : servers);
    CU_ASSERT_EQUAL_FATAL(item.choice < 0 ? -1 : list[item.choice].host - S0, wanted);
    CU_ASSERT_FATAL(wanted < 0 || item.flops >= 4 * servers);
}

static void check_arrivals(void)
{
    struct pool *pool = open_pool();
    for (int e = 0; e < LAND_SERVERS; e++)
        remain[e] = link_of(e);
    scale = 1;
    for (int n = 0; n < 60; n++)
        arrive(pool, land_below(land->view.job_count));
    pool_free(pool);
}

/* Busier and busier: with room for all, for some, for none; then so many that each stands for several. */
static void rules(void)
{
    static const double busy[WINDOWS] = {2, 10, 40, 100, 400, 1e6};
    for (int run = 0; run < RUNS; run++) {
        begin(run);
        for (int w = 0; w < WINDOWS; w++) {
            double expected[CELLS] = {0}, sum = 0;
            int wanted[CELLS];
            if (w == 2)
                come(JOBS);
            window(busy[w]);
            for (int j = 0; j < land->view.job_count; j++) { /* each of a cell of its own */
                for (int t = 0, known = land->jobs[j].history_count; t < windows && t < known; t++)
                    expected[cell_of(j)] += 10 * history[j][known - 1 - t] / (windows < w + 1 ? windows : w + 1);
                expected[cell_of(j)] = fmax(expected[cell_of(j)], 1);
                sum += expected[cell_of(j)];
            }
            scale = fmax(sum / 2e5, 1);
            for (int c = 0; c < CELLS; c++)
                wanted[c] = (int)ceil(expected[c] / scale - 1e-9);
            for (int e = 0; e < LAND_SERVERS; e++)
                remain[e] = link_of(e);
            check_weights(wanted, scale);
            if (rule != RIVAL_MF || w == run / 4 % 3 + 1) /* what is left of credit goes over */
                check_arrivals();
        }
        end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"rules", rules}, {0}};
    return weir_test_main("policies/live_rivals_rules", cases, argc, argv);
}
