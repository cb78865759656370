/* How a user finds its place: the programme over runs, moves of single subtasks, enumeration; each against all
 * placements of the user, or the same rule written anew on the test's own model of costs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/chain.h"
#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { SETS = 9, CASES = 15, NODES = 5, USERS = 3, STEPS = 4 };
static const int sets[SETS] = {0,
                               DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_KINDS | DRAWN_WEIGHTS | DRAWN_HOSTS,
                               DRAWN_GRAPHS | DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_OF_USERS | DRAWN_WEIGHTS | DRAWN_LATE,
                               DRAWN_OF_USERS | DRAWN_GRAPHS | DRAWN_KINDS | DRAWN_HOSTS,
                               DRAWN_ONE_WAY | DRAWN_LATE,
                               DRAWN_GIVEN | DRAWN_LATE | DRAWN_BARE,
                               DRAWN_HOP | DRAWN_HOSTS | DRAWN_GRAPHS | DRAWN_BARE};

static bool next_case(int *number, int *at)
{
    while (*number < SETS * CASES) {
        int n = (*number)++;
        if (!drawn_make(&drawn, 5000 + (uint64_t)n, sets[n % SETS], NODES, USERS, STEPS))
            continue;
        if (drawn_place(&drawn, (uint64_t)n, at))
            return true;
        drawn_free(&drawn);
    }
    return false;
}

static double omega(int u)
{
    return drawn.user[u].weight > 0 ? drawn.user[u].weight : 1;
}

/* omega T of a user; INFINITY: it cannot be so. */
static double cost_at(const int *at, int u)
{
    static struct drawn_costs costs;
    return drawn_evaluate(&drawn, at, &costs) ? omega(u) * costs.cost_s[u] : INFINITY;
}

static void near(double got, double wanted)
{
    CHECK_NEAR(got, wanted, 1e-9 * fmax(1e-6, wanted));
}

/* ---- enumeration ---- */

static void enumerate(void)
{
    int at[DRAWN_ALL], compared = 0;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn))
        for (int u = 0; u < USERS; u++, compared++) {
            int best[STEPS], got[STEPS];
            double least = drawn_best(&drawn, at, u, best), cost_s;
            CU_ASSERT_EQUAL_FATAL(offload_best_response(drawn.problem, at, u, OFFLOAD_ENUMERATE, true, got, &cost_s),
                                  0);
            near(cost_s * omega(u), least);
            int other[DRAWN_ALL];
            memcpy(other, at, sizeof other);
            memcpy(other + drawn_first(&drawn, u), got, (size_t)drawn.user[u].subtask_count * sizeof *got);
            near(cost_at(other, u), least);
        }
    CU_ASSERT(compared > SETS * CASES);
}

struct heard {
    struct offload_game *game;
    const double *cost; /* [numbers of placements]: as the test has them */
    int count, subtasks;
};

static void hear(void *context, double cost)
{
    struct heard *heard = context;
    int number = 0;
    for (int s = 0; s < heard->subtasks; s++)
        number = number * NODES + heard->game->own_placement[s];
    near(cost, heard->cost[number]);
    heard->count++;
}

/* Each placement that costs less than a bound is told once, with its cost, whatever the bound. */
static void each(void)
{
    static double cost[NODES * NODES * NODES * NODES];
    int at[DRAWN_ALL];
    for (int number = 0; next_case(&number, at); drawn_free(&drawn)) {
        int u = number % USERS, first = drawn_first(&drawn, u), count = drawn.user[u].subtask_count, all = 0;
        int other[DRAWN_ALL];
        double least = INFINITY;
        memcpy(other, at, sizeof other);
        memset(other + first, 0, (size_t)count * sizeof *other);
        do {
            cost[all] = cost_at(other, u);
            least = fmin(least, cost[all++]);
        } while (drawn_next(&drawn, other, first, first + count));
        struct offload_game game;
        offload_game_init(&game, drawn.problem, at, 1);
        offload_game_load(&game);
        for (int part = 0; part < 4; part++) {
            double below = part == 3 ? INFINITY : least * (1 + part * 0.7) + 1e-9 * part;
            int wanted = 0;
            for (int k = 0; k < all; k++)
                wanted += cost[k] < below * (1 - 1e-9);
            struct heard heard = {.game = &game, .cost = cost, .subtasks = count};
            offload_game_begin(&game, u);
            offload_game_each(&game, &below, hear, &heard);
            offload_game_try(&game, at + first);
            offload_game_end(&game);
            CU_ASSERT(part == 0 ? heard.count <= 1 : heard.count == wanted);
        }
        offload_game_fini(&game);
    }
}

/* ---- moves of single subtasks ---- */

/* The same rule: in their order, each to the node where the whole costs least if that is less by more than rounding,
 * once or until all in a row stay. Returns the cost. */
static double polished(int *at, int u, bool once)
{
    int first = drawn_first(&drawn, u), count = drawn.user[u].subtask_count, settled = 0;
    double now = cost_at(at, u);
    for (int s = 0; settled < count && s < count;) {
        int here = at[first + s], to = here;
        double least = now;
        for (int m = 0; m < NODES; m++) {
            at[first + s] = m;
            double cost = m == here ? now : cost_at(at, u);
            if (cost < least && cost < now * (1 - 1e-12)) {
                least = cost;
                to = m;
            }
        }
        at[first + s] = to;
        now = least;
        settled = to == here ? settled + 1 : 1;
        s = s + 1 < count || once ? s + 1 : 0;
    }
    return now;
}

static void polish(void)
{
    int at[DRAWN_ALL], moved = 0;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn))
        for (int u = 0; u < USERS; u++)
            for (int once = 0; once < 2; once++) {
                int first = drawn_first(&drawn, u), count = drawn.user[u].subtask_count, wanted[DRAWN_ALL];
                struct offload_game game;
                memcpy(wanted, at, sizeof wanted);
                double least = polished(wanted, u, once);
                offload_game_init(&game, drawn.problem, at, 1);
                offload_game_load(&game);
                offload_game_begin(&game, u);
                near(offload_game_cost(&game), cost_at(at, u));
                near(offload_game_polish(&game, once), least);
                for (int s = 0; s < count; s++) {
                    CU_ASSERT_EQUAL(game.own_placement[s], wanted[first + s]);
                    moved += wanted[first + s] != at[first + s];
                }
                offload_game_fini(&game);
            }
    CU_ASSERT(moved > 300);
}

/* ---- the programme ---- */

/* What a resource costs alone beside the others' load: w (w + Y) / cap. */
static double price(int resource, double w, const struct drawn_costs *others)
{
    double cap = resource < NODES ? drawn.flops[resource] : drawn.link[resource - NODES].bytes_per_s;
    return w > 0 ? w * (w + others->load[resource]) / cap : 0;
}

/* A transfer along its way, alone there. */
static double way_price(int u, int t, int from, int to, const struct drawn_costs *others)
{
    double sum = 0;
    for (int i = 0; i < drawn.hops[from][to]; i++) {
        int link = drawn.way[from][to][i];
        sum += price(NODES + link, sqrt(omega(u) * drawn.user[u].transfers[t].bytes), others) +
               omega(u) * drawn.link[link].latency_s;
    }
    return sum;
}

/* The programme's reckoning of a placement: runs of subtasks in a row on one node (blind: each by itself) and
 * transfers, each as if there were nothing else of the user. */
static double reckoned(const int *at, int u, bool blind, const struct drawn_costs *others)
{
    const struct offload_user *user = &drawn.user[u];
    const int *own = at + drawn_first(&drawn, u);
    double sum = 0, run = 0;
    for (int t = 0; t < user->transfer_count; t++)
        sum += way_price(u, t, user->transfers[t].from < 0 ? user->origin : own[user->transfers[t].from],
                         user->transfers[t].to < 0 ? user->end : own[user->transfers[t].to], others);
    for (int s = 0; s < user->subtask_count; s++) {
        double speed = drawn.kinds > 1 ? drawn.by_kind[drawn.kind[u][s] * NODES + own[s]] : drawn.flops[own[s]];
        double work = omega(u) * user->work_flop[s] * drawn.flops[own[s]] / speed;
        bool last = s + 1 == user->subtask_count || own[s + 1] != own[s] || blind;
        run += drawn.of_users ? work : sqrt(work);
        if (!last)
            continue;
        sum += price(own[s], drawn.of_users ? sqrt(run) : run, others);
        run = 0;
    }
    return sum;
}

/* The least reckoning of all placements on some nodes. */
static double least_reckoned(int *at, int u, bool blind, const bool *among, const struct drawn_costs *others)
{
    int first = drawn_first(&drawn, u), next = first + drawn.user[u].subtask_count;
    double least = INFINITY;
    memset(at + first, 0, (size_t)(next - first) * sizeof *at);
    do {
        bool inside = true;
        for (int s = first; s < next; s++)
            inside &= among[at[s]];
        if (inside && cost_at(at, u) < INFINITY)
            least = fmin(least, reckoned(at, u, blind, others));
    } while (drawn_next(&drawn, at, first, next));
    return least;
}

/* The response costs the least by that reckoning, of all placements or of those on the candidates, and is found if that
 * is below the bound. */
static void programme(void)
{
    int at[DRAWN_ALL], found = 0, some = 0;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn)) {
        struct offload_game game;
        struct offload_chain chain;
        offload_game_init(&game, drawn.problem, at, 1);
        offload_chain_init(&chain, &game);
        offload_game_load(&game);
        for (int u = 0; u < USERS; u++)
            for (int kind = 0; kind < 4 && offload_problem_is_chain(drawn.problem, u); kind++) {
                bool blind = kind % 2, among[NODES] = {false};
                int first = drawn_first(&drawn, u), count = drawn.user[u].subtask_count, other[DRAWN_ALL];
                struct drawn_costs others;
                memcpy(other, at, sizeof other);
                for (int s = 0; s < count; s++)
                    other[first + s] = -1;
                CU_ASSERT_FATAL(drawn_evaluate(&drawn, other, &others));
                offload_game_begin(&game, u);
                bool any = offload_chain_respond(&chain, blind, kind < 2 ? NODES : NODES - 1, INFINITY);
                CU_ASSERT_EQUAL(chain.count, kind < 2 ? NODES : NODES - 1);
                for (int c = 0; c < chain.count; c++) {
                    CU_ASSERT(!among[chain.node[c]]);
                    among[chain.node[c]] = true;
                }
                double least = least_reckoned(other, u, blind, among, &others), value = chain.value;
                CU_ASSERT_EQUAL(any, least < INFINITY);
                if (any) {
                    near(value, least);
                    memcpy(other + first, chain.response, (size_t)count * sizeof *other);
                    near(reckoned(other, u, blind, &others), least);
                    CU_ASSERT(cost_at(other, u) < INFINITY);
                    CU_ASSERT_FALSE(kind < 2 && offload_chain_respond(&chain, blind, NODES, least * (1 - 1e-9)));
                    CU_ASSERT(kind >= 2 || offload_chain_respond(&chain, blind, NODES, least * (1 + 1e-9)));
                    for (int s = 0; s < count && kind < 2; s++)
                        CU_ASSERT_EQUAL(chain.response[s], other[first + s]);
                    found++;
                    some += kind >= 2;
                }
                offload_game_try(&game, at + first);
                offload_game_end(&game);
            }
        offload_chain_fini(&chain);
        offload_game_fini(&game);
    }
    CU_ASSERT(found > 500 && some > 200);
}

/* What is answered in play: the programme's response, with moves of single subtasks where they are asked for, and for
 * users that are no chain these moves from where they are. Never worse than it is said to be. */
static void best_response(void)
{
    int at[DRAWN_ALL], graphs = 0;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn))
        for (int u = 0; u < USERS; u++)
            for (int kind = 0; kind < 3; kind++) {
                int first = drawn_first(&drawn, u), got[STEPS], other[DRAWN_ALL], best[STEPS];
                bool chain = offload_problem_is_chain(drawn.problem, u);
                double cost_s, least = drawn_best(&drawn, at, u, best);
                enum offload_response how = kind == 2 ? OFFLOAD_VITERBI : OFFLOAD_SEGMENT;
                CU_ASSERT_EQUAL_FATAL(offload_best_response(drawn.problem, at, u, how, kind == 1, got, &cost_s), 0);
                memcpy(other, at, sizeof other);
                memcpy(other + first, got, (size_t)drawn.user[u].subtask_count * sizeof *got);
                near(cost_at(other, u), cost_s * omega(u));
                CU_ASSERT(cost_s * omega(u) >= least * (1 - 1e-9));
                if (kind == 1 || !chain)
                    near(polished(other, u, false), cost_s * omega(u)); /* nothing is left to move */
                if (chain)
                    continue;
                memcpy(other, at, sizeof other);
                near(cost_s * omega(u), polished(other, u, false));
                graphs++;
            }
    CU_ASSERT(graphs > 50);
}

/* Others who count twice: a user that moves lowers the sum of all costs, and no move of a single subtask lowers it in
 * the end. */
static void lower_sum(void)
{
    int at[DRAWN_ALL], lower = 0;
    static struct drawn_costs before, now;
    for (int number = 0; next_case(&number, at); drawn_free(&drawn)) {
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, at, &before));
        double first = before.sum;
        offload_lower_sum(drawn.problem, at);
        CU_ASSERT_FATAL(drawn_evaluate(&drawn, at, &before));
        CU_ASSERT(before.sum <= first);
        near(offload_placement_cost(drawn.problem, at), before.sum);
        for (int s = 0; s < drawn_subtasks(&drawn); s++) {
            int kept = at[s];
            for (at[s] = 0; at[s] < NODES; at[s]++)
                CU_ASSERT(!drawn_evaluate(&drawn, at, &now) || now.sum >= before.sum * (1 - 1e-9));
            at[s] = kept;
        }
        lower += before.sum < first;
    }
    CU_ASSERT(lower > SETS * CASES / 3);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"enumerate", enumerate},
                                             {"each", each},
                                             {"polish", polish},
                                             {"programme", programme},
                                             {"best response", best_response},
                                             {"lower sum", lower_sum},
                                             {0}};
    return weir_test_main("learn/offload/responses", cases, argc, argv);
}
