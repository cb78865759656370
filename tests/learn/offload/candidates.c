/* The nodes among which the programme looks on large networks: the nearest by a score, those where the user is, and
 * others in turn. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/chain.h"
#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { USERS = 4, STEPS = 3 };

/* A transfer's way alone beside the others' load. */
static double way_price(int u, int t, int from, int to, const struct drawn_costs *others)
{
    double sum = 0, root = sqrt(drawn_omega(&drawn, u) * drawn.transfer[u][t].bytes);
    for (int i = 0; i < drawn.hops[from][to]; i++) {
        const struct offload_link *link = &drawn.link[drawn.way[from][to][i]];
        sum += root * (root + others->load[drawn.nodes + drawn.way[from][to][i]]) / link->bytes_per_s +
               drawn_omega(&drawn, u) * link->latency_s;
    }
    return sum;
}

/* How good a node is: a run of three subtasks of the mean work, and the ways from the origin and to the end. */
static double score(int u, int m, const struct drawn_costs *others)
{
    const struct offload_user *user = &drawn.user[u];
    double root = 0;
    for (int s = 0; s < user->subtask_count; s++)
        root += sqrt(drawn_omega(&drawn, u) * user->work_flop[s]) / user->subtask_count;
    int raw = user->subtask_count - 1, result = raw + 1; /* as drawn.c has them: first those in between */
    return 3 * root * (root + others->load[m]) / drawn.flops[m] + way_price(u, raw, user->origin, m, others) +
           way_price(u, result, m, user->end, others);
}

static void check_candidates(struct offload_chain *chain, const int *at, int u, int most, bool *seen)
{
    struct offload_game *game = chain->game;
    int first = drawn_first(&drawn, u), count = drawn.user[u].subtask_count, other[DRAWN_ALL];
    static struct drawn_costs others;
    double scores[DRAWN_NODES] = {0}, sorted[DRAWN_NODES];
    bool among[DRAWN_NODES] = {false};
    memcpy(other, at, sizeof other);
    for (int s = 0; s < count; s++)
        other[first + s] = -1;
    CU_ASSERT_FATAL(drawn_evaluate(&drawn, other, &others));
    for (int m = 0; m < drawn.nodes; m++)
        scores[m] = score(u, m, &others);
    for (int s = 0; s < count; s++)
        scores[at[first + s]] = -1;
    memcpy(sorted, scores, sizeof sorted);
    for (int i = 1; i < drawn.nodes; i++)
        for (int j = i; j > 0 && sorted[j] < sorted[j - 1]; j--) {
            double swap = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = swap;
        }
    offload_game_begin(game, u);
    CU_ASSERT_TRUE(offload_chain_respond(chain, false, most, INFINITY));
    CU_ASSERT_EQUAL(chain->count, most);
    int near = most - most / 3;
    for (int c = 0; c < most; c++) {
        int node = chain->node[c];
        CU_ASSERT_FATAL(node >= 0 && node < drawn.nodes);
        CU_ASSERT(!among[node]);
        among[node] = seen[node] = true;
        CU_ASSERT(c >= near || scores[node] <= sorted[near - 1] * (1 + 1e-9));
    }
    for (int s = 0; s < count; s++)
        CU_ASSERT(among[at[first + s]] && among[chain->response[s]]);
    offload_game_try(game, at + first);
    offload_game_end(game);
}

/* For each number of candidates the two thirds of best score are among them; the rest are any, and within as many turns
 * as there are nodes all have been. */
static void nearest_and_others(void)
{
    for (uint64_t n = 0; n < 4; n++) {
        int at[DRAWN_ALL], nodes = 30 + (int)n * 10;
        CU_ASSERT_FATAL(drawn_make(&drawn, 300 + n, n % 2 ? DRAWN_LATE : DRAWN_WEIGHTS, nodes, USERS, STEPS));
        CU_ASSERT_FATAL(drawn_place(&drawn, n, at));
        struct offload_game game;
        struct offload_chain chain;
        offload_game_init(&game, drawn.problem, at, 1);
        offload_chain_init(&chain, &game);
        offload_game_load(&game);
        for (int most = 6; most < nodes; most += 5) {
            bool seen[DRAWN_NODES] = {false}, all = true;
            for (int turn = 0; turn < 4 * nodes; turn++)
                check_candidates(&chain, at, turn % USERS, most, seen);
            for (int m = 0; m < nodes; m++)
                all &= seen[m];
            CU_ASSERT_TRUE(all);
        }
        offload_chain_fini(&chain);
        offload_game_fini(&game);
        drawn_free(&drawn);
    }
}

/* On more than 64 nodes the game still ends where the programme on all nodes finds nothing better for anybody. */
static void large_games(void)
{
    for (uint64_t n = 0; n < 3; n++) {
        int at[DRAWN_ALL], start[DRAWN_ALL], response[STEPS], moved = 0;
        struct drawn_costs costs;
        struct offload_dwo_options options = {.start = OFFLOAD_START_GIVEN, .check = true, .no_polish = n == 1};
        struct offload_trace trace = {0};
        CU_ASSERT_FATAL(drawn_make(&drawn, 400 + n, n == 2 ? DRAWN_LATE | DRAWN_HOSTS : DRAWN_WEIGHTS, 72, 8, STEPS));
        CU_ASSERT_FATAL(drawn_place(&drawn, n, at));
        memcpy(start, at, sizeof start);
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, at, &trace), 0);
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, at, &costs));
        for (int u = 0; u < 8; u++) {
            double cost_s;
            CU_ASSERT_EQUAL(
                offload_best_response(drawn.problem, at, u, OFFLOAD_SEGMENT, !options.no_polish, response, &cost_s), 0);
            CU_ASSERT(cost_s >= costs.cost_s[u] * (1 - 1e-9));
            moved += at[drawn_first(&drawn, u)] != start[drawn_first(&drawn, u)];
        }
        CU_ASSERT(moved > 4 && trace.worst_error < 1e-12 && trace.moves == trace.checked);
        for (int r = 1; r <= trace.rounds; r++)
            CU_ASSERT(trace.potential[r] <= trace.potential[r - 1]);
        offload_trace_fini(&trace);
        drawn_free(&drawn);
    }
}

/* Of nodes that are as good the first one is taken: four equal ones, users of one subtask on the first `taken` of them,
 * and another user. */
static void ties(void)
{
    static const double flops[] = {1e9, 1e9, 1e9, 1e9}, work[] = {1e9};
    static const struct offload_network_spec spec = {.node_count = 4, .flops_per_s = flops};
    for (int taken = 0; taken < 4; taken++) {
        struct offload_network *network;
        struct offload_problem *problem;
        struct offload_user users[4];
        int at[4] = {0, 1, 2, 3}, got;
        for (int u = 0; u <= taken; u++)
            users[u] = (struct offload_user){.origin = -1, .end = -1, .subtask_count = 1, .work_flop = work};
        CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &network), 0);
        CU_ASSERT_EQUAL_FATAL(offload_problem_new(network, users, taken + 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), 0);
        at[taken] = 3;
        for (int kind = 0; kind < 6; kind++) {
            double cost_s;
            if (kind / 2 == OFFLOAD_ENUMERATE) /* stays where it is, unless another place is better */
                continue;
            CU_ASSERT_EQUAL(
                offload_best_response(problem, at, taken, (enum offload_response)(kind / 2), kind % 2, &got, &cost_s),
                0);
            CU_ASSERT_EQUAL(got, taken);
            CHECK_NEAR(cost_s, 1, 1e-9);
        }
        int all[4], wanted[4] = {0, 1, 2, 3};
        CU_ASSERT_EQUAL(offload_heu_wo(problem, all), 0);
        for (int u = 0; u <= taken; u++)
            CU_ASSERT_EQUAL(all[u], wanted[u]);
        CU_ASSERT_EQUAL(offload_nearest(problem, all), 0);
        for (int u = 0; u <= taken; u++)
            CU_ASSERT_EQUAL(all[u], 0);
        offload_problem_free(problem);
        offload_network_free(network);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"nearest and others", nearest_and_others}, {"large games", large_games}, {"ties", ties}, {0}};
    return weir_test_main("learn/offload/candidates", cases, argc, argv);
}
