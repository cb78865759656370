/* The game and the exact search: potential, equilibria, responses, ratios to the optimum. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/sample.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

#define MOST 256

struct drawn {
    struct offload_network *network;
    struct offload_problem *problem;
};

/* False: this seed gives no instance (a directed network whose last node is too far away). */
static bool draw(const struct offload_sample *sample, uint64_t seed, struct drawn *drawn)
{
    if (offload_sample_draw(sample, seed, &drawn->network, &drawn->problem) == 0)
        return true;
    weir_error_clear();
    return false;
}

static void release(struct drawn *drawn)
{
    offload_problem_free(drawn->problem);
    offload_network_free(drawn->network);
}

static double cost_sum(const struct drawn *drawn, const int *at)
{
    struct offload_evaluation evaluation = {0};
    CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn->problem, at, &evaluation), 0);
    return evaluation.cost_sum_s;
}

/* 10 000 accepted moves from random starts, by all responses, on chains and graphs, with both kinds of shares: each
 * changes the potential by exactly the mover's gain. */
static void potential(void)
{
    long moves = 0;
    double worst = 0;
    for (uint64_t seed = 1; moves < 10000; seed++) {
        struct offload_sample sample = offload_sample_default(5 + (int)(seed % 3), 6, 3);
        sample.edges_per_subtask = seed % 4 == 3 ? 1.5 : 0;
        sample.subtasks = seed % 4 == 3 ? 4 : 3;
        sample.shares = seed % 2 ? OFFLOAD_SHARE_OF_SUBTASK : OFFLOAD_SHARE_OF_USER;
        struct offload_dwo_options options = {
            .response = (enum offload_response)(seed % 3), .seed = seed, .check = true};
        struct drawn drawn;
        int at[MOST];
        CU_ASSERT_FATAL(draw(&sample, seed, &drawn));
        struct offload_trace trace = {0};
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, at, &trace), 0);
        CU_ASSERT_EQUAL(trace.checked, trace.all_moves);
        for (int i = 1; i <= trace.rounds; i++)
            CU_ASSERT(trace.potential[i] <= trace.potential[i - 1]);
        moves += trace.checked;
        worst = fmax(worst, trace.worst_error);
        offload_trace_fini(&trace);
        release(&drawn);
    }
    CU_ASSERT(worst < 1e-12);
}

/* With weights omega the potential changes by omega times the gain; it is the weighted sum that falls. */
static void weights(void)
{
    static const double flops_per_s[] = {2e9, 3e9, 5e9}, work[] = {4e9, 1e9};
    static const struct offload_link links[] = {{0, 1, 1e6, 0}, {1, 0, 1e6, 0}, {1, 2, 2e6, 0.1}, {2, 1, 2e6, 0.1}};
    static const struct offload_transfer transfers[] = {{-1, 0, 1e5}, {0, 1, 2e5}, {1, -1, 1e5}};
    struct offload_network_spec spec = {.node_count = 3, .flops_per_s = flops_per_s, .link_count = 4, .links = links};
    struct offload_user users[6];
    for (int u = 0; u < 6; u++)
        users[u] = (struct offload_user){.origin = u % 3,
                                         .end = (u + 1) % 3,
                                         .weight = 0.5 + u,
                                         .subtask_count = 2,
                                         .work_flop = work,
                                         .transfer_count = 3,
                                         .transfers = transfers};
    struct drawn drawn;
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &drawn.network), 0);
    CU_ASSERT_EQUAL_FATAL(offload_problem_new(drawn.network, users, 6, OFFLOAD_SHARE_OF_SUBTASK, &drawn.problem), 0);
    int at[12];
    struct offload_trace trace = {0};
    struct offload_dwo_options options = {.response = OFFLOAD_ENUMERATE, .starts = 20, .check = true};
    CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, at, &trace), 0);
    CU_ASSERT(trace.checked > 50);
    CU_ASSERT(trace.worst_error < 1e-12);
    double cost_s[6], sum = 0;
    struct offload_evaluation evaluation = {.cost_s = cost_s};
    CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn.problem, at, &evaluation), 0);
    for (int u = 0; u < 6; u++)
        sum += users[u].weight * cost_s[u];
    CHECK_NEAR(evaluation.cost_sum_s, sum, 1e-9 * sum);
    CHECK_NEAR(trace.cost_s[trace.rounds], sum, 1e-9 * sum);
    offload_trace_fini(&trace);
    release(&drawn);
}

/* No user can gain at the end, whatever placement it takes: enumerated. */
static void equilibrium(void)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct offload_sample sample = offload_sample_default(5, 4, 3);
        sample.directed = seed % 3 == 2;
        sample.links_per_node = sample.directed ? 2.5 : 1.5;
        sample.edges_per_subtask = seed % 3 == 1 ? 1.5 : 0;
        struct drawn drawn;
        int at[MOST], response[MOST];
        double cost_s[4], best_s;
        if (!draw(&sample, seed, &drawn))
            continue;
        /* On directed networks the programme is as good as enumeration. */
        struct offload_dwo_options options = {.response = sample.directed ? OFFLOAD_SEGMENT : OFFLOAD_ENUMERATE};
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, at, NULL), 0);
        struct offload_evaluation evaluation = {.cost_s = cost_s};
        CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn.problem, at, &evaluation), 0);
        for (int u = 0; u < 4; u++) {
            CU_ASSERT_EQUAL_FATAL(
                offload_best_response(drawn.problem, at, u, OFFLOAD_ENUMERATE, false, response, &best_s), 0);
            CU_ASSERT(best_s >= cost_s[u] * (1 - 1e-11));
        }
        release(&drawn);
    }
}

/* The least sum of costs over all placements, one by one. */
static double brute_force(const struct drawn *drawn, int nodes, int subtasks)
{
    double least = INFINITY;
    int at[MOST] = {0};
    for (int s = 0; s < subtasks;) {
        struct offload_evaluation evaluation = {0};
        if (offload_evaluate(drawn->problem, at, &evaluation) == 0)
            least = fmin(least, evaluation.cost_sum_s);
        for (s = 0; s < subtasks && ++at[s] == nodes; s++)
            at[s] = 0;
    }
    weir_error_clear();
    return least;
}

static void optimal_exact(void)
{
    static const struct {
        int nodes, users, subtasks, count;
        double edges;
        bool directed;
    } sizes[] = {{3, 2, 2, 120, 0, false}, {4, 2, 2, 60, 0, false}, {3, 2, 2, 40, 0, true},
                 {3, 3, 2, 20, 0, false},  {3, 2, 3, 40, 1, false}, {4, 1, 4, 20, 0, false}};
    int compared = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int n = 0; n < sizes[i].count; n++) {
            struct offload_sample sample = offload_sample_default(sizes[i].nodes, sizes[i].users, sizes[i].subtasks);
            sample.directed = sizes[i].directed;
            sample.edges_per_subtask = sizes[i].edges;
            sample.shares = n % 4 == 3 ? OFFLOAD_SHARE_OF_USER : OFFLOAD_SHARE_OF_SUBTASK;
            struct drawn drawn;
            int at[MOST];
            CU_ASSERT_FATAL(draw(&sample, 1000 * i + (uint64_t)n, &drawn));
            CU_ASSERT_EQUAL_FATAL(offload_optimal(drawn.problem, 0, at, NULL), 0);
            double least = brute_force(&drawn, sizes[i].nodes, sizes[i].users * sizes[i].subtasks);
            CHECK_NEAR(cost_sum(&drawn, at), least, 1e-9 * least);
            compared++;
            release(&drawn);
        }
    CU_ASSERT_EQUAL(compared, 300);
}

/* 6^15 = 4.7e11 placements; fewer than one in ten thousand is looked at. */
static void optimal_visits_few(void)
{
    struct offload_sample sample = offload_sample_default(6, 5, 3);
    struct drawn drawn;
    int at[MOST], game[MOST];
    struct offload_search search;
    struct offload_dwo_options options = {.starts = 5};
    CU_ASSERT_FATAL(draw(&sample, 1, &drawn));
    CU_ASSERT_EQUAL_FATAL(offload_optimal(drawn.problem, 0, at, &search), 0);
    CHECK_NEAR(search.placements, pow(6, 15), 1);
    CU_ASSERT(search.visited < 47000000);
    CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, game, NULL), 0);
    CU_ASSERT(cost_sum(&drawn, at) <= cost_sum(&drawn, game));
    release(&drawn);
}

/* 20^9 = 5.1e11 placements, 8000 of each user: no table of pairs would fit. */
static void optimal_without_tables(void)
{
    struct offload_sample sample = offload_sample_default(20, 3, 3);
    struct drawn drawn;
    int at[MOST], one[MOST];
    struct offload_search search;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        CU_ASSERT_FATAL(draw(&sample, seed, &drawn));
        CU_ASSERT_EQUAL_FATAL(offload_optimal(drawn.problem, 0, at, &search), 0);
        CHECK_NEAR(search.placements, pow(20, 9), 1);
        CU_ASSERT(search.whole);
        /* Nor can it be improved by moving any one user, or is it above what many games find. */
        struct offload_dwo_options options = {.starts = 50, .seed = seed};
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, one, NULL), 0);
        CU_ASSERT(cost_sum(&drawn, at) <= cost_sum(&drawn, one) * (1 + 1e-12));
        release(&drawn);
    }
}

/* What is said of each user's deviations, whether or not all its placements are looked at, is true of them all; and the
 * bounds lie below the least sum, the one by (36) wherever the placement is an equilibrium or not. */
static void deviations(void)
{
    int certain = 0, gaps = 0, slack = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct offload_sample sample = offload_sample_default(4, 3, 3);
        sample.shares = seed % 4 == 3 ? OFFLOAD_SHARE_OF_USER : OFFLOAD_SHARE_OF_SUBTASK;
        sample.edges_per_subtask = seed % 5 == 4 ? 1.5 : 0;
        if (seed % 4 == 3) /* a tree of narrow links, where it pays to take a link twice */
            sample.links_per_node = 1, sample.bytes_per_s[0] = 2e6, sample.bytes_per_s[1] = 2e7;
        struct drawn drawn;
        int at[MOST], response[MOST], all[MOST], some[MOST], optimum[MOST];
        struct offload_deviation exact[3], bounded[3];
        struct offload_bounds bounds;
        CU_ASSERT_FATAL(draw(&sample, seed, &drawn));
        if (seed % 2)
            CU_ASSERT_EQUAL_FATAL(offload_random(drawn.problem, seed, at), 0);
        if (seed % 2 == 0)
            CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &(struct offload_dwo_options){0}, at, NULL), 0);
        CU_ASSERT_EQUAL_FATAL(offload_deviations(drawn.problem, at, 1e6, exact, all), 0);
        CU_ASSERT_EQUAL_FATAL(offload_deviations(drawn.problem, at, 0, bounded, some), 0);
        for (int u = 0; u < 3; u++) {
            double best_s;
            int moved[MOST], first = offload_problem_first_subtask(drawn.problem, u);
            offload_best_response(drawn.problem, at, u, OFFLOAD_ENUMERATE, false, response, &best_s);
            CHECK_NEAR(exact[u].best_s, fmin(best_s, exact[u].cost_s), 1e-9 * best_s);
            CHECK_NEAR(exact[u].least_s, exact[u].best_s, 1e-9 * best_s);
            CU_ASSERT(bounded[u].least_s <= best_s * (1 + 1e-9));
            CU_ASSERT(bounded[u].best_s >= best_s * (1 - 1e-9));
            /* Going there costs what is said. */
            memcpy(moved, at, sizeof moved);
            memcpy(moved + first, some + first, 3 * sizeof *some);
            double cost_s[3];
            struct offload_evaluation evaluation = {.cost_s = cost_s};
            CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn.problem, moved, &evaluation), 0);
            CHECK_NEAR(cost_s[u], bounded[u].best_s, 1e-9 * best_s);
            certain += offload_deviation_certain(&bounded[u]);
            gaps += offload_deviation_gains(&exact[u]);
        }
        CU_ASSERT_EQUAL_FATAL(offload_bound(drawn.problem, at, 1e6, &bounds), 0);
        CU_ASSERT_EQUAL_FATAL(offload_optimal(drawn.problem, 0, optimum, NULL), 0);
        double least = cost_sum(&drawn, optimum);
        CHECK_NEAR(bounds.cost_s, cost_sum(&drawn, at), 1e-9 * least);
        CU_ASSERT(bounds.least_s <= least * (1 + 1e-9));
        CU_ASSERT(bounds.alone_s <= least * (1 + 1e-9));
        CU_ASSERT(bounds.responses_s <= least * (1 + 1e-9));
        CU_ASSERT(bounds.responses_s >= bounds.cost_s / bounds.anarchy * (1 - 1e-9));
        if (bounds.slack == 0)
            CHECK_NEAR(bounds.anarchy, (3 + sqrt(5)) / 2, 1e-9);
        slack += bounds.slack > 0;
        release(&drawn);
    }
    CU_ASSERT(certain > 200);
    CU_ASSERT(gaps > 100);
    CU_ASSERT(slack > 50);
}

/* Equal users alone on one node and nothing else to choose: C = (n w)^2 / F, each best response is what it is. By hand:
 * two users of 4 flop on 1 flop/s pay 2 (2 + 2) = 8 each; alone 4 each. */
static void bound_by_hand(void)
{
    const double speed = 1, work = 4;
    const struct offload_network_spec spec = {.node_count = 1, .flops_per_s = &speed};
    struct offload_network *network;
    struct offload_problem *problem;
    struct offload_user users[2] = {{.origin = -1, .end = -1, .subtask_count = 1, .work_flop = &work},
                                    {.origin = -1, .end = -1, .subtask_count = 1, .work_flop = &work}};
    struct offload_bounds bounds;
    int at[2] = {0, 0};
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
    CU_ASSERT_EQUAL_FATAL(offload_problem_new(network, users, 2, OFFLOAD_SHARE_OF_SUBTASK, &problem), 0);
    CU_ASSERT_EQUAL_FATAL(offload_bound(problem, at, 10, &bounds), 0);
    CHECK_NEAR(bounds.cost_s, 16, 1e-12);
    CHECK_NEAR(bounds.alone_s, 8, 1e-12);
    CHECK_NEAR(bounds.anarchy, 2.618033988749895, 1e-12);
    CHECK_NEAR(bounds.responses_s, 16 / 2.618033988749895, 1e-9);
    CHECK_NEAR(bounds.least_s, 8, 1e-12);
    offload_problem_free(problem);
    offload_network_free(network);
}

/* Mean of the response's cost over the best one's, of one user against random others, and how often it is the best. */
static void compare_responses(const struct offload_sample *sample, int count, bool polish, double *mean, double *exact)
{
    int compared = 0;
    *mean = *exact = 0;
    for (uint64_t seed = 1; compared < count; seed++) {
        struct drawn drawn;
        int at[MOST], response[MOST];
        double best_s, cost_s;
        if (!draw(sample, seed, &drawn))
            continue;
        CU_ASSERT_EQUAL_FATAL(offload_random(drawn.problem, seed, at), 0);
        offload_best_response(drawn.problem, at, 0, OFFLOAD_ENUMERATE, false, response, &best_s);
        offload_best_response(drawn.problem, at, 0, OFFLOAD_SEGMENT, polish, response, &cost_s);
        *mean += cost_s / best_s / count;
        *exact += (cost_s < best_s * (1 + 1e-9)) / (double)count;
        compared++;
        release(&drawn);
    }
}

static void segment(void)
{
    double mean, exact;
    struct offload_sample sample = offload_sample_default(8, 4, 4);
    sample.directed = true;
    sample.links_per_node = 2.5;
    compare_responses(&sample, 500, false, &mean, &exact);
    CHECK_NEAR(exact, 1, 1e-9); /* all of 500 */
    sample = offload_sample_default(5, 4, 3);
    compare_responses(&sample, 500, true, &mean, &exact);
    CU_ASSERT(mean < 1.015);
    CU_ASSERT(exact > 0.8);
    /* Shares of users: the programme and the moves follow the same prices. */
    sample.shares = OFFLOAD_SHARE_OF_USER;
    compare_responses(&sample, 200, true, &mean, &exact);
    CU_ASSERT(mean < 1.015);
}

/* The settings of the study: optimum over dwo, mean of 500 instances with 5 nodes, 4 users, 3 subtasks. */
static void ratio(void)
{
    static const struct offload_dwo_options all[] = {
        {.response = OFFLOAD_ENUMERATE},
        {.response = OFFLOAD_ENUMERATE, .starts = 5},
        {.response = OFFLOAD_ENUMERATE, .start = OFFLOAD_START_HEU_WO, .lower_sum_first = true}};
    double mean[3] = {0};
    for (uint64_t seed = 1; seed <= 500; seed++) {
        struct offload_sample sample = offload_sample_default(5, 4, 3);
        struct drawn drawn;
        int at[MOST];
        CU_ASSERT_FATAL(draw(&sample, seed, &drawn));
        CU_ASSERT_EQUAL_FATAL(offload_optimal(drawn.problem, 0, at, NULL), 0);
        double least = cost_sum(&drawn, at);
        for (int i = 0; i < 3; i++) {
            CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &all[i], at, NULL), 0);
            mean[i] += least / cost_sum(&drawn, at) / 500;
        }
        release(&drawn);
    }
    CHECK_NEAR(mean[0], 0.925, 0.015);
    CU_ASSERT(mean[1] > 0.95);
    CU_ASSERT(mean[2] > 0.93);
}

/* Graphs, at three bandwidths: the refined heuristic is better than each of its rivals, in the mean of latencies. */
static void refined_wins(void)
{
    static const double bandwidths[][2] = {{100e6 / 8, 1e9 / 8}, {20e6 / 8, 100e6 / 8}, {1e9 / 8, 10e9 / 8}};
    int (*const rivals[])(const struct offload_problem *, int *) = {offload_heu_wo_refined, offload_heu_wo,
                                                                    offload_lawa, offload_nearest};
    for (int b = 0; b < 3; b++) {
        double mean[4] = {0};
        for (uint64_t seed = 1; seed <= 8; seed++) {
            struct offload_sample sample = offload_sample_default(12, 12, 12);
            sample.links_per_node = 2;
            sample.edges_per_subtask = 2;
            memcpy(sample.bytes_per_s, bandwidths[b], sizeof sample.bytes_per_s);
            struct drawn drawn;
            int at[MOST];
            CU_ASSERT_FATAL(draw(&sample, seed, &drawn));
            for (int i = 0; i < 4; i++) {
                struct offload_evaluation evaluation = {0};
                CU_ASSERT_EQUAL_FATAL(rivals[i](drawn.problem, at), 0);
                CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn.problem, at, &evaluation), 0);
                mean[i] += evaluation.latency_mean_s / 8;
            }
            release(&drawn);
        }
        for (int i = 1; i < 4; i++)
            CU_ASSERT(mean[0] < mean[i]);
    }
}

/* More nodes than the programme looks at in every round: still nobody can gain by it at the end. */
static void large(void)
{
    struct offload_sample sample = offload_sample_default(80, 60, 5);
    sample.links_per_node = 2;
    struct drawn drawn;
    static int at[300], response[300];
    static double cost_s[60];
    struct offload_dwo_options options = {.start = OFFLOAD_START_HEU_WO};
    CU_ASSERT_FATAL(draw(&sample, 1, &drawn));
    CU_ASSERT_EQUAL_FATAL(offload_heu_wo(drawn.problem, at), 0);
    double before = cost_sum(&drawn, at);
    CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, at, NULL), 0);
    CU_ASSERT(cost_sum(&drawn, at) < before);
    struct offload_evaluation evaluation = {.cost_s = cost_s};
    CU_ASSERT_EQUAL_FATAL(offload_evaluate(drawn.problem, at, &evaluation), 0);
    for (int u = 0; u < 60; u++) {
        double best_s;
        CU_ASSERT_EQUAL_FATAL(offload_best_response(drawn.problem, at, u, OFFLOAD_SEGMENT, false, response, &best_s),
                              0);
        CU_ASSERT(best_s >= cost_s[u] * (1 - 1e-11));
    }
    /* Users who would move only for a tenth stay longer where they are. */
    struct offload_trace few = {0}, many = {0};
    CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, at, &many), 0);
    options.least_gain = 0.1;
    CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, at, &few), 0);
    CU_ASSERT(few.moves < many.moves);
    offload_trace_fini(&few);
    offload_trace_fini(&many);
    release(&drawn);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"potential", potential},
                                             {"weights", weights},
                                             {"equilibrium", equilibrium},
                                             {"optimal exact", optimal_exact},
                                             {"optimal visits few", optimal_visits_few},
                                             {"optimal without tables", optimal_without_tables},
                                             {"deviations", deviations},
                                             {"bound by hand", bound_by_hand},
                                             {"segment", segment},
                                             {"ratio", ratio},
                                             {"refined wins", refined_wins},
                                             {"large", large},
                                             {0}};
    return weir_test_main("learn/offload/game", cases, argc, argv);
}
