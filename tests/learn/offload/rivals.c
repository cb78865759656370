/* What the game is compared with: nearest, lawa, random and the refined heuristic, each against the same rule written
 * anew, or all that it chooses from tried one by one. */
#include <math.h>
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "tests/learn/offload/drawn.h"
#include "tests/support/test.h"

static struct drawn drawn;

enum { CASES = DRAWN_SETS * 30, NODES = 6, USERS = 4, STEPS = 4 };

static bool next_case(int *number)
{
    return drawn_case(&drawn, number, 20000, CASES, NODES, USERS, STEPS);
}

static bool can(int u, int s, int m)
{
    return offload_problem_may_host(drawn.problem, u, s, m);
}

static double span(int from, int to)
{
    double sum = drawn.hops[from][to] < 0 ? INFINITY : 0;
    for (int i = 0; i < drawn.hops[from][to]; i++)
        sum += 1 / drawn.link[drawn.way[from][to][i]].bytes_per_s;
    return sum;
}

/* ---- nearest ---- */

static bool place_nearest(int u, int *own)
{
    const struct offload_user *user = &drawn.user[u];
    double raw = 0, result = 0;
    for (int t = 0; t < user->transfer_count; t++) {
        raw += user->transfers[t].from < 0 ? user->transfers[t].bytes : 0;
        result += user->transfers[t].to < 0 ? user->transfers[t].bytes : 0;
    }
    int pivot = user->origin < 0 || (user->end >= 0 && raw < result) ? user->end : user->origin;
    for (int s = 0; s < user->subtask_count; s++) {
        double least = INFINITY;
        own[s] = -1;
        for (int m = 0; m < NODES; m++) {
            double far =
                fmin(pivot < 0 ? 0 : span(pivot, m), 1e300) + fmin(user->end < 0 ? 0 : span(m, user->end), 1e300);
            bool fits = can(u, s, m);
            for (int t = 0; t < user->transfer_count && fits; t++)
                if (user->transfers[t].to == s)
                    fits =
                        drawn.hops[user->transfers[t].from < 0 ? user->origin : own[user->transfers[t].from]][m] >= 0;
            if (!fits || !(m == pivot || far < least))
                continue;
            least = m == pivot ? -1 : far;
            own[s] = m;
        }
        if (own[s] < 0)
            return false;
    }
    return true;
}

static void nearest(void)
{
    int elsewhere = 0, failed = 0;
    for (int number = 0; next_case(&number); drawn_free(&drawn)) {
        int got[DRAWN_ALL], wanted[DRAWN_ALL];
        bool good = true;
        for (int u = 0; u < USERS && good; u++)
            good = place_nearest(u, wanted + drawn_first(&drawn, u));
        CU_ASSERT_EQUAL(offload_nearest(drawn.problem, got) == 0, good);
        weir_error_clear();
        for (int s = 0; good && s < drawn_subtasks(&drawn); s++) {
            CU_ASSERT_EQUAL(got[s], wanted[s]);
            elsewhere += s > 0 && got[s] != got[s - 1];
        }
        failed += !good;
    }
    CU_ASSERT(elsewhere > 200 && failed < CASES / 4);
}

/* ---- lawa ---- */

/* Stops of the way from origin to end, with the sum of 1 / bandwidth to each from the one before; how many. */
static int stops_of(int u, int *stop, double *before)
{
    int origin = drawn.user[u].origin, end = drawn.user[u].end, count = 1;
    stop[0] = origin < 0 ? end : origin;
    before[0] = 0;
    for (int i = 0; origin >= 0 && end >= 0 && i < drawn.hops[origin][end]; i++, count++) {
        const struct offload_link *link = &drawn.link[drawn.way[origin][end][i]];
        stop[count] = link->to;
        before[count] = 1 / link->bytes_per_s;
    }
    return count;
}

/* Time alone of runs at stops, where subtask s is at stop number on[s], which never falls. INFINITY: it may not be. */
static double line_time(int u, const int *on, const int *stop, const double *before, int stops)
{
    const struct offload_user *user = &drawn.user[u];
    double sum = 0;
    for (int k = 0; k < stops; k++) {
        double run = 0, squares = 0;
        int done = 0; /* on arrival */
        for (int s = 0; s < user->subtask_count; s++) {
            done += on[s] < k;
            if (on[s] != k)
                continue;
            if (!can(u, s, stop[k]))
                return INFINITY;
            run += drawn_item(&drawn, u, s, stop[k]);
            squares += drawn_item(&drawn, u, s, stop[k]) * drawn_item(&drawn, u, s, stop[k]);
        }
        if (run > 0)
            sum += (drawn.of_users ? squares : run * run) / drawn.flops[stop[k]];
        for (int t = 0; t < user->transfer_count; t++) {
            int to = user->transfers[t].to < 0 ? user->subtask_count : user->transfers[t].to;
            if (user->transfers[t].from < done && done <= to)
                sum += drawn_omega(&drawn, u) * user->transfers[t].bytes * before[k];
        }
    }
    return sum;
}

/* The least of all such runs. */
static double least_line(int u, const int *stop, const double *before, int stops)
{
    int on[STEPS] = {0}, count = drawn.user[u].subtask_count;
    double least = INFINITY;
    for (bool more = true; more;) {
        least = fmin(least, line_time(u, on, stop, before, stops));
        int s = count - 1;
        while (s >= 0 && on[s] == stops - 1)
            s--;
        more = s >= 0;
        for (int to = more ? on[s] + 1 : 0; more && s < count; s++)
            on[s] = to;
    }
    return least;
}

static void lawa(void)
{
    int lines = 0, others = 0;
    for (int number = 0; next_case(&number); drawn_free(&drawn)) {
        int got[DRAWN_ALL], near[DRAWN_ALL];
        bool good = offload_lawa(drawn.problem, got) == 0;
        weir_error_clear();
        for (int u = 0; u < USERS && good; u++) {
            int stop[NODES], on[STEPS], count = drawn.user[u].subtask_count, first = drawn_first(&drawn, u);
            double before[NODES];
            int stops = stops_of(u, stop, before);
            double least = stop[0] < 0 ? INFINITY : least_line(u, stop, before, stops);
            bool along = least < INFINITY;
            for (int s = 0, k = 0; s < count && along; s++) {
                while (k < stops && stop[k] != got[first + s])
                    k++;
                along = k < stops;
                on[s] = k;
            }
            if (along) {
                CHECK_NEAR(line_time(u, on, stop, before, stops), least, 1e-9 * least);
                lines++;
                continue;
            }
            if (!place_nearest(u, near + first)) /* as no runs can be, or a graph has no ways in them */
                continue;
            for (int s = 0; s < count; s++)
                CU_ASSERT_EQUAL(got[first + s], near[first + s]);
            others++;
        }
    }
    CU_ASSERT(lines > 600 && others > 20);
}

/* ---- at random, and refined ---- */

/* Each of those nodes that fit is as likely: 6000 draws among 6 or fewer, to 5 standard deviations. */
static void at_random(void)
{
    enum { DRAWS = 6000 };
    for (int hosts = 0; hosts < 2; hosts++) {
        int counts[USERS][NODES] = {{0}}, pairs = 0;
        CU_ASSERT_FATAL(drawn_make(&drawn, 77, hosts ? DRAWN_HOSTS : 0, NODES, USERS, 1));
        for (uint64_t seed = 0; seed < DRAWS; seed++) {
            int at[USERS];
            CU_ASSERT_EQUAL_FATAL(offload_random(drawn.problem, seed, at), 0);
            for (int u = 0; u < USERS; u++)
                counts[u][at[u]]++;
            pairs += at[0] == at[1]; /* draws of users are their own */
        }
        double same = 0;
        int able[USERS] = {0};
        for (int u = 0; u < USERS; u++)
            for (int m = 0; m < NODES; m++)
                able[u] += can(u, 0, m);
        for (int m = 0; m < NODES; m++)
            same += can(0, 0, m) && can(1, 0, m) ? DRAWS / (double)(able[0] * able[1]) : 0;
        CHECK_NEAR(pairs, same, 5 * sqrt(same));
        for (int u = 0; u < USERS; u++)
            for (int m = 0; m < NODES; m++)
                CHECK_NEAR(counts[u][m], can(u, 0, m) ? DRAWS / (double)able[u] : 0, 5 * sqrt(DRAWS / (double)able[u]));
        drawn_free(&drawn);
    }
    for (int number = 0; next_case(&number); drawn_free(&drawn)) {
        int at[DRAWN_ALL];
        struct drawn_costs costs;
        if (offload_random(drawn.problem, (uint64_t)number, at) == 0)
            CU_ASSERT(drawn_evaluate(&drawn, at, &costs));
        weir_error_clear();
    }
}

/* Of the three that are refined, the one of the least sum of omega times latency. */
static void refined(void)
{
    int (*const starts[])(const struct offload_problem *, int *) = {offload_heu_wo, offload_nearest, offload_lawa};
    int chosen[3] = {0};
    for (int number = 0; next_case(&number); drawn_free(&drawn)) {
        int got[DRAWN_ALL], one[DRAWN_ALL], best[DRAWN_ALL], which = -1;
        double least = INFINITY;
        bool good = true;
        for (int i = 0; i < 3 && good; i++) {
            struct drawn_costs costs;
            double sum = 0;
            good = starts[i](drawn.problem, one) == 0 && offload_refine(drawn.problem, one, NULL) == 0;
            if (!good)
                break;
            CU_ASSERT_FATAL(drawn_evaluate(&drawn, one, &costs));
            for (int u = 0; u < USERS; u++)
                sum += drawn_omega(&drawn, u) * costs.latency_s[u];
            if (sum < least * (1 - 1e-12)) {
                least = sum;
                which = i;
                memcpy(best, one, sizeof best);
            }
        }
        CU_ASSERT_EQUAL(offload_heu_wo_refined(drawn.problem, got) == 0, good);
        weir_error_clear();
        for (int s = 0; good && s < drawn_subtasks(&drawn); s++)
            CU_ASSERT_EQUAL(got[s], best[s]);
        if (good)
            chosen[which]++;
    }
    CU_ASSERT(chosen[0] > 20 && chosen[1] > 20 && chosen[2] > 20);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"nearest", nearest}, {"lawa", lawa}, {"at random", at_random}, {"refined", refined}, {0}};
    return weir_test_main("learn/offload/rivals", cases, argc, argv);
}
