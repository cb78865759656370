#include "policies/learn/dispatch/rivals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/learn/dispatch/world.h"
#include "tests/support/test.h"

/* Servers 0 to 2 in order of distance with room for 2, 2 and 3 requests. A is 1, 2 and 3 Mbit/s there. */
static void by_hand(void)
{
    static const double bandwidth[] = {2, 4, 9};
    static const int nearest[] = {0, 1, 2};
    static const float rate[] = {1, 2, 3};
    static const int wanted[RIVAL_COUNT][7] = {
        [RIVAL_ORIGIN] = {2, 2, 1, 2, 0, 1, 0}, /* 2 4 9, 2 4 6, 2 4 3, 2 2 3, 2 2 0, 1 2 0, 1 0 0 */
        [RIVAL_GP] = {0, 0, 1, 1, 2, 2, 2},
        [RIVAL_GREEDY] = {2, 2, 2, 1, 1, 0, 0},
        [RIVAL_MF] = {0, 1, 1, 2, 2, 2, 0}, /* 2 Mbit/s each on the mean: one of them to server 0, two to server 1 */
    };
    struct rival_request requests[7] = {0};
    for (enum rival rival = 0; rival < RIVAL_COUNT; rival++) {
        struct book *book;
        int server[7];
        CU_ASSERT_EQUAL_FATAL(book_new(3, 1, 1, nearest, 3, &book), WEIR_OK);
        CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
        CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(rival_schedule(rival, book, requests, 7, server), 7);
        for (int n = 0; n < 7; n++)
            CHECK_NEAR(server[n], wanted[rival][n], 0);
        book_free(book);
    }
}

/* The same servers again, but what they yield goes down with the distance; back to the rates. */
static void yields(void)
{
    static const double bandwidth[] = {2, 4, 9};
    static const int nearest[] = {0, 1, 2}, wanted[] = {1, 1, 0, 0, 2};
    static const float rate[] = {1, 2, 3}, yield[] = {0, 2, -1}, wrong[] = {0, NAN, 0};
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(3, 1, 1, nearest, 3, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_yields(book, yield), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(book_yields(book, wrong), WEIR_EINPUT);
    CHECK_MESSAGE("server 1, region 0, category 0: a yield of nan");
    for (int n = 0; n < 5; n++)
        CU_ASSERT_EQUAL(rival_greedy(book, 0, 0), wanted[n]);
    CU_ASSERT_EQUAL(book_yields(book, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(rival_greedy(book, 0, 0), 2);
    book_free(book);
}

/* gp and greedy in other words. */
static int slowly(const struct world *w, enum rival rival, const double *remain, int m, int i)
{
    int best = -1;
    for (int e = 0; e < w->servers; e++) {
        if (!world_offers(w, m, e) || remain[e] < world_rate(w, e, m, i))
            continue;
        double more = best < 0 ? 1 : world_rate(w, e, m, i) - world_rate(w, best, m, i);
        if (best < 0 || (rival == RIVAL_GREEDY && more > 0) ||
            ((rival == RIVAL_GP || fabs(more) <= 0) && world_before(w, m, e, best)))
            best = e;
    }
    for (int e = 0, none = best < 0; none && e < w->servers; e++)
        if (world_offers(w, m, e) &&
            (best < 0 || remain[e] > remain[best] || (remain[e] >= remain[best] && world_before(w, m, e, best))))
            best = e;
    return best;
}

static void equal_the_slow_rules(void)
{
    struct weir_stream s = weir_stream_open(4, "test/dispatch/rivals");
    for (int n = 0; n < 80; n++) {
        enum rival rival = n % 2 ? RIVAL_GP : RIVAL_GREEDY;
        struct world w;
        double remain[12];
        struct rival_request requests[120];
        int server[120], wrong = 0;
        long given = 0;
        world_draw(&w, 12, 3, 2, &s);
        struct book *book = world_book(&w, 4), *plain = world_book(&w, 4);
        memcpy(remain, w.bandwidth, sizeof remain);
        for (int r = 0; r < 120; r++)
            requests[r] = (struct rival_request){(int)weir_stream_below(&s, 3), (int)weir_stream_below(&s, 2)};
        long got = rival_schedule(rival, book, requests, 120, server);
        for (int r = 0; r < 120; r++) {
            int want = slowly(&w, rival, remain, requests[r].region, requests[r].category);
            wrong += server[r] != want;
            if (rival == RIVAL_GREEDY)
                wrong += rival_greedy_plain(plain, requests[r].region, requests[r].category) != want;
            if (want >= 0)
                remain[want] -= world_rate(&w, want, requests[r].region, requests[r].category);
            given += want >= 0;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(got, given);
        book_free(plain);
        book_free(book);
        world_fini(&w);
    }
}

/* The most requests of size 1 that servers with whole room can take: ways that lead to room, one after the other. */
static bool find_room(const struct world *w, const int *region, int count, int request, int *at, int *held, bool *seen)
{
    for (int e = 0; e < w->servers; e++) {
        if (seen[e] || !world_offers(w, region[request], e))
            continue;
        seen[e] = true;
        if (held[e] < (int)w->bandwidth[e]) {
            held[e]++;
            at[request] = e;
            return true;
        }
        for (int other = 0; other < count; other++)
            if (at[other] == e && find_room(w, region, count, other, at, held, seen)) {
                at[request] = e; /* the other went elsewhere, and is counted there */
                return true;
            }
    }
    return false;
}

/* With requests of one size, "mf" finds room for as many as there can be. */
static void largest_flow(void)
{
    struct weir_stream s = weir_stream_open(5, "test/dispatch/flow");
    long by_flow = 0, by_gp = 0;
    for (int n = 0; n < 60; n++) {
        enum { REQUESTS = 40 };
        struct world w;
        struct rival_request requests[REQUESTS];
        int server[2][REQUESTS], region[REQUESTS], at[REQUESTS], held[8] = {0}, most = 0, within[2] = {0};
        world_draw(&w, 8, 4, 1, &s);
        for (int j = 0; j < 32; j++)
            w.rate[j] = 1;
        for (int r = 0; r < REQUESTS; r++) {
            region[r] = (int)weir_stream_below(&s, 2) * (int)weir_stream_below(&s, 4); /* one has more than others */
            requests[r] = (struct rival_request){region[r], 0};
            at[r] = -1;
        }
        for (int r = 0; r < REQUESTS; r++) {
            bool seen[8] = {false};
            most += find_room(&w, region, REQUESTS, r, at, held, seen);
        }
        for (int k = 0; k < 2; k++) {
            struct book *book = world_book(&w, 4);
            int used[8] = {0};
            rival_schedule(k ? RIVAL_GP : RIVAL_MF, book, requests, REQUESTS, server[k]);
            for (int r = 0; r < REQUESTS; r++)
                if (server[k][r] >= 0)
                    within[k] += ++used[server[k][r]] <= (int)w.bandwidth[server[k][r]];
            book_free(book);
        }
        CU_ASSERT_EQUAL(within[0], most);
        CU_ASSERT(within[1] <= most);
        by_flow += within[0];
        by_gp += within[1];
        world_fini(&w);
    }
    CU_ASSERT(by_flow > by_gp); /* else the cases would be too easy to tell */
}

/* As long as there is room for all, every rule keeps to what servers have; counts are conserved and always the same. */
static void counts(void)
{
    struct weir_stream s = weir_stream_open(6, "test/dispatch/counts");
    for (int n = 0; n < 30; n++) {
        enum { E = 15, M = 4, I = 3, PAIRS = M * I };
        struct world w;
        int wanted[PAIRS], count[E * PAIRS], again[E * PAIRS], left[PAIRS];
        world_draw(&w, E, M, I, &s);
        for (int e = 0; e < E; e++)
            w.bandwidth[e] *= 30;
        for (int j = 0; j < PAIRS; j++)
            wanted[j] = (int)weir_stream_below(&s, 20);
        for (enum rival rival = 0; rival < RIVAL_COUNT; rival++) {
            struct book *book = world_book(&w, 4);
            long total = 0, all = 0, given = rival_counts(rival, book, wanted, count, left);
            int wrong = 0;
            for (int j = 0; j < PAIRS; j++) {
                int sum = left[j], reach = 0;
                for (int e = 0; e < E; e++) {
                    sum += count[e * PAIRS + j];
                    total += count[e * PAIRS + j];
                    reach += world_offers(&w, j / I, e);
                    wrong += count[e * PAIRS + j] > 0 && !world_offers(&w, j / I, e);
                }
                all += wanted[j];
                wrong += sum != wanted[j] || left[j] != (reach ? 0 : wanted[j]);
            }
            for (int e = 0; e < E; e++) {
                double used = 0;
                for (int j = 0; j < PAIRS; j++)
                    used += count[e * PAIRS + j] * world_rate(&w, e, j / I, j % I);
                wrong += used > w.bandwidth[e] ||
                         (w.healthy[e] && fabs(w.bandwidth[e] - used - book_remaining(book, e)) > 0);
            }
            CU_ASSERT_EQUAL(wrong, 0);
            CU_ASSERT_EQUAL(total, given);
            CU_ASSERT(given <= all);
            CU_ASSERT_EQUAL(book_open(book, w.bandwidth, w.healthy), WEIR_OK);
            CU_ASSERT_EQUAL(rival_counts(rival, book, wanted, again, NULL), given);
            CU_ASSERT_EQUAL(memcmp(count, again, sizeof count), 0);
            book_free(book);
        }
        world_fini(&w);
    }
}

static void bad_days(void)
{
    static const double bandwidth[] = {2, 2}, none[] = {0, -3};
    static const bool broken[] = {false, false};
    static const int nearest[] = {0, 1, -1, 0}, wanted[] = {5, 3}, nothing[] = {0, 0};
    static const float rate[] = {1, 1, 1, 1}, free_of_charge[] = {0, 0, 0, 0};
    for (enum rival rival = 0; rival < RIVAL_COUNT; rival++) {
        struct book *book;
        int count[4], left[2];
        CU_ASSERT_EQUAL_FATAL(book_new(2, 2, 1, nearest, 2, &book), WEIR_OK);
        CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
        CU_ASSERT_EQUAL(book_open(book, bandwidth, broken), WEIR_OK);
        CU_ASSERT_EQUAL(rival_counts(rival, book, wanted, count, left), 0); /* nobody is well */
        CU_ASSERT(left[0] == 5 && left[1] == 3 && count[0] + count[1] + count[2] + count[3] == 0);
        CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(rival_counts(rival, book, nothing, count, left), 0); /* nothing is asked for */
        CU_ASSERT(count[0] + count[1] + count[2] + count[3] + left[0] + left[1] == 0);
        CU_ASSERT_EQUAL(rival_counts(rival, book, wanted, count, left), 5); /* nobody is in reach of region 1 */
        CU_ASSERT(left[0] == 0 && left[1] == 3);
        CU_ASSERT(count[0] == 3 && count[2] == 2); /* room for 4; the fifth to the nearer of equals */
        CU_ASSERT_EQUAL(book_open(book, none, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(rival_counts(rival, book, wanted, count, left), 5); /* no bandwidth at all */
        CU_ASSERT(count[0] == 4 && count[2] == 1); /* 0 and -3, down to -3 and -3, then the nearer of equals, ... */
        CU_ASSERT_EQUAL(book_rates(book, free_of_charge), WEIR_OK);
        CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
        CU_ASSERT_EQUAL(rival_counts(rival, book, wanted, count, left), 5); /* requests that use nothing: the nearest */
        CU_ASSERT_EQUAL(count[0], 5);
        book_free(book);
    }
}

/* A request that some servers can have goes where the rule sends it when only those are well, with what is left. */
static void of_those_that_can(void)
{
    enum { E = 12, M = 3, I = 2 };
    static int (*const rules[])(struct book *, int, int) = {
        [RIVAL_ORIGIN] = book_near, [RIVAL_GP] = rival_gp, [RIVAL_GREEDY] = rival_greedy_plain, [RIVAL_MF] = book_near};
    struct weir_stream s = weir_stream_open(7, "test/dispatch/offered");
    long wrong = 0, none = 0, full = 0;
    for (int n = 0; n < 80; n++) {
        enum rival rival = (enum rival)(n % RIVAL_COUNT);
        struct world w;
        world_draw(&w, E, M, I, &s);
        int near = 1 + (int)weir_stream_below(&s, 4);
        struct book *book = world_book(&w, near), *only = world_book(&w, near);
        for (int r = 0; r < 100; r++) {
            int servers[E], count = 0, m = (int)weir_stream_below(&s, M), i = (int)weir_stream_below(&s, I);
            double left[E];
            bool well[E];
            for (int e = 0; e < E; e++) {
                left[e] = w.healthy[e] ? book_remaining(book, e) : 0;
                well[e] = w.healthy[e] && weir_stream_uniform(&s) < 0.4;
            }
            for (int e = 0; e < E; e++) { /* in no order, and with some that are not well */
                int k = (5 * e + r) % E;
                if (well[k] || (!w.healthy[k] && r % 2))
                    servers[count++] = k;
            }
            CU_ASSERT_EQUAL(book_open(only, left, well), WEIR_OK);
            int want = rules[rival](only, m, i), got = rival_choose(rival, book, m, i, servers, count);
            wrong += got != want;
            none += got < 0;
            full += got >= 0 && book_remaining(book, got) < 0;
            if (got >= 0)
                CHECK_NEAR(book_remaining(book, got), book_remaining(only, got), 0);
        }
        book_free(only);
        book_free(book);
        world_fini(&w);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(none > 50 && full > 500); /* each kind of case is there */
}

/* What a rule looks at: of 3 servers, gp at each once, or once more to find the one with the most left; near 2 at each
 * for the two nearest, again for the third, and again for the one with the most left. */
static void looks(void)
{
    static const double bandwidth[] = {1, 0, 0};
    static const int nearest[] = {0, 1, 2}, all[] = {0, 1, 2};
    static const float rate[] = {1, 1, 1};
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(3, 1, 1, nearest, 2, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(book_looks(book), 0);
    CU_ASSERT_EQUAL(rival_choose(RIVAL_GP, book, 0, 0, all, 3), 0);
    CU_ASSERT_EQUAL(book_looks(book), 3);
    CU_ASSERT_EQUAL(rival_choose(RIVAL_GP, book, 0, 0, all, 3), 0);
    CU_ASSERT_EQUAL(book_looks(book), 9);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(rival_choose(RIVAL_ORIGIN, book, 0, 0, all, 3), 0);
    CU_ASSERT_EQUAL(book_looks(book), 3);
    CU_ASSERT_EQUAL(rival_choose(RIVAL_ORIGIN, book, 0, 0, all, 3), 0);
    CU_ASSERT_EQUAL(book_looks(book), 3 + 9);
    book_free(book);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by hand", by_hand},
                                             {"yields", yields},
                                             {"equal the slow rules", equal_the_slow_rules},
                                             {"largest flow", largest_flow},
                                             {"counts", counts},
                                             {"bad days", bad_days},
                                             {"of those that can", of_those_that_can},
                                             {"looks", looks},
                                             {0}};
    return weir_test_main("learn/dispatch/rivals", cases, argc, argv);
}
