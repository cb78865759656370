/* The game in rounds, against the same rules played anew on the test's own model of costs: who moves where in which
 * round, potentials and sums after each, starts, and users who rest on large networks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/chain.h"
#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { SETS = 6, CASES = 12, STEPS = 3, USERS = 4, ROUNDS = 40 };
static const int sets[SETS] = {0,
                               DRAWN_LATE | DRAWN_WEIGHTS,
                               DRAWN_GRAPHS | DRAWN_WEIGHTS | DRAWN_HOSTS,
                               DRAWN_OF_USERS | DRAWN_LATE,
                               DRAWN_ONE_WAY | DRAWN_KINDS,
                               DRAWN_GIVEN | DRAWN_BARE};

static bool next_case(int *number, int nodes, int users, int steps)
{
    while (*number < SETS * CASES) {
        int n = (*number)++;
        if (drawn_make(&drawn, 9000 + (uint64_t)n, sets[n % SETS], nodes, users, steps))
            return true;
    }
    return false;
}

static void near(double got, double wanted)
{
    CHECK_NEAR(got, wanted, 1e-9 * fmax(1e-6, wanted));
}

static double cost_at(const int *at, int u)
{
    static struct drawn_costs costs;
    double omega = drawn.user[u].weight > 0 ? drawn.user[u].weight : 1;
    return drawn_evaluate(&drawn, at, &costs) ? omega * costs.cost_s[u] : INFINITY;
}

/* ---- the game, anew ---- */

struct played {
    int rounds, moves;
    double potential[ROUNDS + 1], sum[ROUNDS + 1];
};

/* A user's answer into own[]; its cost. */
typedef double answer(const int *at, int user, int *own);

static double best_of_all(const int *at, int u, int *own)
{
    return drawn_best(&drawn, at, u, own);
}

/* Each subtask once, in their order, to the node where the whole costs least, if less by more than rounding. */
static double single_moves(const int *at, int u, int *own)
{
    int other[DRAWN_ALL], first = drawn_first(&drawn, u), count = drawn.user[u].subtask_count;
    memcpy(other, at, sizeof other);
    double now = cost_at(other, u);
    for (int s = first; s < first + count; s++) {
        int to = other[s], here = to;
        double least = now;
        for (int m = 0; m < drawn.nodes; m++) {
            other[s] = m;
            double cost = m == here ? now : cost_at(other, u);
            if (cost < least && cost < now * (1 - 1e-12)) {
                least = cost;
                to = m;
            }
        }
        other[s] = to;
        now = least;
    }
    memcpy(own, other + first, (size_t)count * sizeof *own);
    return now;
}

static void note_round(struct played *played, const int *at)
{
    static struct drawn_costs costs;
    CU_ASSERT_FATAL(played->rounds <= ROUNDS && drawn_evaluate(&drawn, at, &costs));
    played->potential[played->rounds] = costs.potential;
    played->sum[played->rounds] = costs.sum;
}

/* One round; how many moved. sleep[u], rest[u]: rounds that a user still rests, and has rested at last. */
static int play_round(struct played *played, int *at, answer *respond, double lower, int *sleep, int *rest)
{
    int moved = 0;
    for (int u = 0; u < drawn.users; u++) {
        int own[DRAWN_STEPS];
        if (sleep && sleep[u] > 0) {
            sleep[u]--;
            continue;
        }
        double now = cost_at(at, u);
        if (respond(at, u, own) < now * lower) {
            memcpy(at + drawn_first(&drawn, u), own, (size_t)drawn.user[u].subtask_count * sizeof *own);
            moved++;
            if (rest)
                rest[u] = 0;
        } else if (sleep) {
            sleep[u] = rest[u] = rest[u] == 0 ? 1 : rest[u] < 8 ? 2 * rest[u] : 8;
        }
    }
    played->rounds++;
    played->moves += moved;
    note_round(played, at);
    return moved;
}

static struct played play(int *at, answer *respond, double least_gain)
{
    struct played played = {0};
    note_round(&played, at);
    while (play_round(&played, at, respond, 1 - fmax(least_gain, 1e-12), NULL, NULL) > 0)
        ;
    return played;
}

/* With rests: rounds until none of those awake moves, then one in which all are, and anew if one of them moves. */
static struct played play_resting(int *at, answer *respond)
{
    struct played played = {0};
    int sleep[DRAWN_USERS] = {0}, rest[DRAWN_USERS] = {0};
    note_round(&played, at);
    for (bool going = true; going;) {
        memset(sleep, 0, sizeof sleep);
        while (play_round(&played, at, respond, 1 - 1e-12, sleep, rest) > 0)
            ;
        memset(sleep, 0, sizeof sleep);
        going = play_round(&played, at, respond, 1 - 1e-12, sleep, rest) > 0;
    }
    return played;
}

static void check_trace(const struct offload_trace *trace, const struct played *wanted)
{
    CU_ASSERT_EQUAL(trace->rounds, wanted->rounds);
    CU_ASSERT_EQUAL(trace->moves, wanted->moves);
    for (int r = 0; r <= wanted->rounds && r <= trace->rounds; r++) {
        near(trace->potential[r], wanted->potential[r]);
        near(trace->cost_s[r], wanted->sum[r]);
    }
}

static void check_placement(const int *got, const int *wanted)
{
    for (int s = 0; s < drawn_subtasks(&drawn); s++)
        CU_ASSERT_EQUAL(got[s], wanted[s]);
}

/* ---- against it ---- */

static void best_responses(void)
{
    static const enum offload_start starts[] = {OFFLOAD_START_RANDOM, OFFLOAD_START_HEU_WO, OFFLOAD_START_NEAREST,
                                                OFFLOAD_START_GIVEN};
    int moves = 0, lazy = 0, played_games = 0;
    for (int number = 0; next_case(&number, 4, USERS, STEPS); drawn_free(&drawn)) {
        int got[DRAWN_ALL], wanted[DRAWN_ALL], given[DRAWN_ALL];
        struct offload_dwo_options options = {
            .response = OFFLOAD_ENUMERATE, .start = starts[number % 4], .seed = (uint64_t)number, .check = true};
        options.least_gain = number % 3 == 2 ? 0.1 : 0;
        bool can = options.start == OFFLOAD_START_RANDOM   ? offload_random(drawn.problem, options.seed, wanted) == 0
                   : options.start == OFFLOAD_START_HEU_WO ? offload_heu_wo(drawn.problem, wanted) == 0
                   : options.start == OFFLOAD_START_GIVEN  ? drawn_place(&drawn, (uint64_t)number, given)
                                                           : offload_nearest(drawn.problem, wanted) == 0;
        weir_error_clear();
        if (!can)
            continue;
        if (options.start == OFFLOAD_START_GIVEN) { /* the second and the last have no place yet */
            bool which[USERS] = {false, true, false, true};
            given[drawn_first(&drawn, 1)] = -1;
            given[drawn_first(&drawn, 3) + 1] = -1;
            memcpy(wanted, given, sizeof wanted);
            if (offload_heu_wo_place(drawn.problem, which, wanted) != 0)
                continue;
        }
        memcpy(got, given, sizeof got);
        struct offload_trace trace = {0};
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, got, &trace), 0);
        struct played played = play(wanted, best_of_all, options.least_gain);
        check_trace(&trace, &played);
        check_placement(got, wanted);
        CU_ASSERT(trace.start == 0 && trace.checked == played.moves && trace.all_moves == played.moves);
        CU_ASSERT(trace.worst_error < 1e-12);
        moves += played.moves;
        lazy += number % 3 == 2;
        played_games++;
        offload_trace_fini(&trace);
        CU_ASSERT(!trace.potential && !trace.cost_s && trace.rounds == 0);
    }
    CU_ASSERT(moves > 100 && lazy > 5 && played_games > 40);
}

/* Several starts: further ones are at random by the seed and their number, the equilibrium of least cost is taken. */
static void several_starts(void)
{
    int later = 0;
    for (int number = 0; next_case(&number, 4, USERS, STEPS); drawn_free(&drawn)) {
        int got[DRAWN_ALL], wanted[DRAWN_ALL], one[DRAWN_ALL];
        struct offload_dwo_options options = {.response = OFFLOAD_ENUMERATE, .starts = 4, .seed = 50};
        struct offload_trace trace = {0};
        struct played best = {0};
        int start = -1, all = 0;
        bool can = true;
        for (int i = 0; i < 4; i++) {
            can = can && offload_random(drawn.problem, 50 + (uint64_t)i, one) == 0;
            if (!can)
                break;
            struct played played = play(one, best_of_all, 0);
            all += played.moves;
            if (start >= 0 && !(played.sum[played.rounds] < best.sum[best.rounds] * (1 - 1e-12)))
                continue;
            best = played;
            start = i;
            memcpy(wanted, one, sizeof one);
        }
        weir_error_clear();
        if (!can)
            continue;
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, got, &trace), 0);
        near(trace.cost_s[trace.rounds], best.sum[best.rounds]);
        CU_ASSERT_EQUAL(trace.all_moves, all);
        if (trace.start == start) { /* else they cost the same but for rounding */
            check_trace(&trace, &best);
            check_placement(got, wanted);
        }
        later += start > 0;
        offload_trace_fini(&trace);
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, got, NULL), 0);
        static struct drawn_costs costs;
        CU_ASSERT(drawn_evaluate(&drawn, got, &costs));
        near(costs.sum, best.sum[best.rounds]);
    }
    CU_ASSERT(later > 10);
}

/* Moves that lower the sum of all come first where that is asked for. */
static void lower_first(void)
{
    int differ = 0;
    for (int number = 0; next_case(&number, 4, USERS, STEPS); drawn_free(&drawn)) {
        int got[DRAWN_ALL], wanted[DRAWN_ALL];
        struct offload_dwo_options options = {
            .response = OFFLOAD_ENUMERATE, .start = OFFLOAD_START_GIVEN, .lower_sum_first = true};
        struct offload_trace trace = {0};
        if (!drawn_place(&drawn, (uint64_t)number, got))
            continue;
        memcpy(wanted, got, sizeof got);
        CU_ASSERT_EQUAL_FATAL(offload_dwo(drawn.problem, &options, got, &trace), 0);
        offload_lower_sum(drawn.problem, wanted);
        struct played played = play(wanted, best_of_all, 0);
        check_trace(&trace, &played);
        check_placement(got, wanted);
        differ += played.rounds > 1;
        offload_trace_fini(&trace);
    }
    CU_ASSERT(differ > 5);
}

/* Single moves alone: the refinement. */
static void refined(void)
{
    int rounds = 0;
    for (int number = 0; next_case(&number, 5, USERS, STEPS); drawn_free(&drawn)) {
        int got[DRAWN_ALL], wanted[DRAWN_ALL];
        struct offload_trace trace = {0};
        if (!drawn_place(&drawn, (uint64_t)number, got))
            continue;
        memcpy(wanted, got, sizeof got);
        CU_ASSERT_EQUAL_FATAL(offload_refine(drawn.problem, got, &trace), 0);
        struct played played = play(wanted, single_moves, 0);
        check_trace(&trace, &played);
        check_placement(got, wanted);
        rounds += played.rounds;
        offload_trace_fini(&trace);
        CU_ASSERT_EQUAL(offload_refine(drawn.problem, got, NULL), 0);
        check_placement(got, wanted);
    }
    CU_ASSERT(rounds > 150);
}

/* More than 64 nodes: users who do not move rest. */
static void resting(void)
{
    for (int nodes = 64; nodes <= 70; nodes += 2)
        for (uint64_t n = 0; n < 2; n++) {
            int got[DRAWN_ALL], wanted[DRAWN_ALL];
            struct offload_trace trace = {0};
            CU_ASSERT_FATAL(drawn_make(&drawn, n, n ? DRAWN_WEIGHTS : DRAWN_LATE, nodes, 8, 2));
            CU_ASSERT_FATAL(drawn_place(&drawn, n, got));
            memcpy(wanted, got, sizeof got);
            CU_ASSERT_EQUAL_FATAL(offload_refine(drawn.problem, got, &trace), 0);
            struct played played = nodes > 64 ? play_resting(wanted, single_moves) : play(wanted, single_moves, 0);
            check_trace(&trace, &played);
            check_placement(got, wanted);
            offload_trace_fini(&trace);
            drawn_free(&drawn);
        }
}

/* What is refused, and what the library says to that. */
static void refused(void)
{
    CU_ASSERT_FATAL(drawn_make(&drawn, 3, 0, 4, 2, 2));
    int at[DRAWN_ALL] = {0, 0, 0, 0}, response[2];
    double cost_s;
    const struct {
        struct offload_dwo_options options;
        const char *says;
    } cases[] = {{{.response = (enum offload_response)3}, "dwo: there is no response 3 or no start 0"},
                 {{.start = (enum offload_start)4}, "dwo: there is no response 0 or no start 4"},
                 {{.least_gain = -0.1}, "dwo: a least gain of -0.1; it must be 0 to 1"},
                 {{.least_gain = 1.1}, "dwo: a least gain of 1.1; it must be 0 to 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_EQUAL(offload_dwo(drawn.problem, &cases[i].options, at, NULL), WEIR_EINPUT);
        CHECK_MESSAGE(cases[i].says);
    }
    struct offload_dwo_options all = {.least_gain = 1, .start = OFFLOAD_START_GIVEN};
    CU_ASSERT_EQUAL(offload_dwo(drawn.problem, &all, at, NULL), 0); /* nobody saves all that it costs */
    for (int s = 0; s < 4; s++)
        CU_ASSERT_EQUAL(at[s], 0);
    CU_ASSERT_EQUAL(offload_best_response(drawn.problem, at, 2, OFFLOAD_SEGMENT, true, response, &cost_s), WEIR_EINPUT);
    CU_ASSERT_EQUAL(offload_best_response(drawn.problem, at, -1, OFFLOAD_SEGMENT, true, response, &cost_s),
                    WEIR_EINPUT);
    CU_ASSERT_EQUAL(offload_best_response(drawn.problem, at, 1, OFFLOAD_VITERBI, true, response, &cost_s), 0);
    at[3] = 4;
    CU_ASSERT_EQUAL(offload_best_response(drawn.problem, at, 1, OFFLOAD_SEGMENT, true, response, &cost_s), WEIR_EINPUT);
    CU_ASSERT_EQUAL(offload_refine(drawn.problem, at, NULL), WEIR_EINPUT);
    CU_ASSERT_EQUAL(offload_dwo(drawn.problem, &all, at, NULL), WEIR_EINPUT);
    weir_error_clear();
    offload_trace_fini(NULL);
    drawn_free(&drawn);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"best responses", best_responses},
                                             {"several starts", several_starts},
                                             {"lower first", lower_first},
                                             {"refined", refined},
                                             {"resting", resting},
                                             {"refused", refused},
                                             {0}};
    return weir_test_main("learn/offload/rounds", cases, argc, argv);
}
