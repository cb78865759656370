#include "policies/learn/dispatch/book.h"

#include <math.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/learn/dispatch/world.h"
#include "tests/support/test.h"

static void orders(void)
{
    static const double distance[] = {3, 1, 1, 0, INFINITY, 2, -1, NAN};
    int row[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    book_order(distance, 2, 4, row);
    CU_ASSERT(row[0] == 3 && row[1] == 1 && row[2] == 2 && row[3] == 0); /* 0, then 1 and 1 by number, then 3 */
    CU_ASSERT(row[4] == 1 && row[5] == -1);                              /* one alone is in reach */
}

/* Four servers in a line, one region, two compared at a time. */
static void by_hand(void)
{
    static const double bandwidth[] = {2, 3, 9, 1};
    static const int nearest[] = {0, 1, 2, 3};
    static const float rate[] = {1, 1, 1, 1};
    static const int wanted[] = {
        1,                      /* of 2 and 3 the second has more */
        0,                      /* 2 and 2: the nearer of equals */
        1, 0, 1,                /* 1 and 2; 1 and 1; 0 and 1 */
        2, 2, 2, 2, 2, 2, 2, 2, /* the next two: 9 down to 2 and 1 */
        2, 3,                   /* 1 and 1; 0 and 1 */
        0, 1, 2, 3, 0,          /* nobody has room, all have 0: the nearer of equals, then all have -1 */
    };
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(4, 1, 1, nearest, 2, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_near(book, 0, 0), -1); /* not open yet */
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    for (size_t n = 0; n < sizeof wanted / sizeof *wanted; n++)
        CU_ASSERT_EQUAL(book_near(book, 0, 0), wanted[n]);
    CHECK_NEAR(book_remaining(book, 0), -2, 0);
    CHECK_NEAR(book_remaining(book, 3), -1, 0);
    book_free(book);
}

static void of_those_that_are_well(void)
{
    static const double bandwidth[] = {2, 3, 9};
    static const bool healthy[] = {true, false, true}, none[] = {false, false, false};
    static const int nearest[] = {0, 1, 2, 2, -1, 0};
    static const float rate[] = {1, 1, 1, 1, 1, 1};
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(3, 2, 1, nearest, 2, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, healthy), WEIR_OK);
    CU_ASSERT_EQUAL(book_near(book, 0, 0), 2); /* the two nearest that are well are 0 and 2 */
    CU_ASSERT(isinf(book_remaining(book, 1)));
    book_lose(book, 2);
    CU_ASSERT_EQUAL(book_near(book, 0, 0), 0);
    CU_ASSERT_EQUAL(book_near(book, 1, 0), -1); /* 2 alone was in reach; the row ends before 0 */
    book_enter(book, 0, 5);
    CHECK_NEAR(book_remaining(book, 0), 2 - 1 - 5, 0);
    CU_ASSERT_EQUAL(book_near(book, 0, 0), 0); /* over full, but there is nobody else */
    CU_ASSERT_EQUAL(book_open(book, bandwidth, none), WEIR_OK);
    CU_ASSERT_EQUAL(book_near(book, 0, 0), -1);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK); /* a cycle begins anew */
    CU_ASSERT_EQUAL(book_near(book, 1, 0), 2);
    book_free(book);
}

/* What the rule says, in other words: the nearest `near` of those that are well and come after all that were refused.
 */
static int slowly(const struct world *w, const double *remain, int near, int region, int category)
{
    int row[32], count = 0, best = -1;
    for (int e = 0; e < w->servers; e++)
        if (world_offers(w, region, e)) {
            int at = count++;
            for (; at > 0 && world_before(w, region, e, row[at - 1]); at--)
                row[at] = row[at - 1];
            row[at] = e;
        }
    for (int group = 0; group < count && best < 0; group += near)
        for (int p = group; p < count && p < group + near; p++)
            if (remain[row[p]] >= world_rate(w, row[p], region, category) &&
                (best < 0 || remain[row[p]] > remain[best]))
                best = row[p];
    for (int p = 0, none = best < 0; none && p < count; p++)
        if (best < 0 || remain[row[p]] > remain[best])
            best = row[p];
    return best;
}

static void equals_the_slow_rule(void)
{
    struct weir_stream s = weir_stream_open(1, "test/dispatch/book");
    for (int n = 0; n < 60; n++) {
        struct world w;
        int near = 1 + (int)weir_stream_below(&s, 5), wrong = 0;
        double remain[12], sum = 0;
        world_draw(&w, 12, 3, 2, &s);
        struct book *book = world_book(&w, near);
        memcpy(remain, w.bandwidth, sizeof remain);
        for (int r = 0; r < 120; r++) { /* about twice what there is room for */
            int m = (int)weir_stream_below(&s, 3), i = (int)weir_stream_below(&s, 2);
            int want = slowly(&w, remain, near, m, i), got = book_near(book, m, i);
            wrong += got != want;
            if (want >= 0)
                remain[want] -= world_rate(&w, want, m, i);
            if (r == 30 && want >= 0) { /* it breaks in mid-cycle */
                w.healthy[want] = false;
                book_lose(book, want);
            }
        }
        for (int e = 0; e < 12; e++)
            sum += w.healthy[e] ? fabs(book_remaining(book, e) - remain[e]) : !isinf(book_remaining(book, e));
        CU_ASSERT_EQUAL(wrong, 0);
        CHECK_NEAR(sum, 0, 0);
        book_free(book);
        world_fini(&w);
    }
}

static void refused(void)
{
    static const int twice[] = {1, 0, 1, 1}, none[] = {0, 2, 0, 1}, good[] = {0, 1, 1, -1};
    static const double endless[] = {1, INFINITY}, bandwidth[] = {4, 4};
    float rate[] = {1, 1, 2, 2};
    struct book *book;
    CU_ASSERT_EQUAL(book_new(2, 2, 0, good, 1, &book), WEIR_EINPUT);
    CHECK_MESSAGE("2 servers x 2 regions x 0 categories, 1 compared");
    CU_ASSERT_EQUAL(book_new(2, 2, 1, good, 0, &book), WEIR_EINPUT);
    CHECK_MESSAGE("0 compared; each must be at least 1");
    CU_ASSERT_EQUAL(book_new(2, 2, 1, twice, 1, &book), WEIR_EINPUT);
    CHECK_MESSAGE("region 1: server 1 of the row of the nearest is there twice");
    CU_ASSERT_EQUAL(book_new(2, 2, 1, none, 1, &book), WEIR_EINPUT);
    CHECK_MESSAGE("region 0: server 2 of the row of the nearest does not exist");
    CU_ASSERT_PTR_NULL(book);
    CU_ASSERT_EQUAL_FATAL(book_new(2, 2, 1, good, 1, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, bandwidth, NULL), WEIR_OK);
    rate[3] = -1;
    CU_ASSERT_EQUAL(book_rates(book, rate), WEIR_EINPUT);
    CHECK_MESSAGE("server 1, region 1, category 0: a rate of -1");
    CU_ASSERT_EQUAL(book_open(book, endless, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("server 1: bandwidth inf must be finite");
    CU_ASSERT_EQUAL(book_near(book, 1, 0), 1); /* all is as before */
    CHECK_NEAR(book_remaining(book, 1), 4 - 2, 0);
    book_free(book);
    book_free(NULL);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"orders", orders},
                                             {"by hand", by_hand},
                                             {"of those that are well", of_those_that_are_well},
                                             {"equals the slow rule", equals_the_slow_rule},
                                             {"refused", refused},
                                             {0}};
    return weir_test_main("learn/dispatch/book", cases, argc, argv);
}
