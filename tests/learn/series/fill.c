#include "policies/learn/series/fill.h"

#include <math.h>
#include <string.h>

#include "policies/learn/series/tail.h"
#include "tests/support/test.h"

static void gaps(void)
{
    double line[] = {NAN, 1, 2, NAN, NAN, 5, 6, NAN};
    CU_ASSERT_EQUAL(series_fill(line, 8), 4);
    for (int i = 1; i < 7; i++)
        CHECK_NEAR(line[i], i, 1e-12); /* a spline through a line is the line */
    CHECK_NEAR(line[0], 1, 0);         /* the ends take the nearest */
    CHECK_NEAR(line[7], 6, 0);

    double step[] = {0, 0, NAN, NAN, 10, 10};
    CU_ASSERT_EQUAL(series_fill(step, 6), 2);
    CU_ASSERT(step[2] > 0 && step[2] < step[3] && step[3] < 10); /* no overshoot */

    double two[] = {4, NAN, NAN, 10}, one[] = {NAN, 3, NAN}, none[] = {NAN, NAN}, whole[] = {1, 2};
    CU_ASSERT_EQUAL(series_fill(two, 4), 2);
    CHECK_NEAR(two[1], 6, 1e-12);
    CHECK_NEAR(two[2], 8, 1e-12);
    CU_ASSERT_EQUAL(series_fill(one, 3), 2);
    CHECK_NEAR(one[0], 3, 0);
    CHECK_NEAR(one[2], 3, 0);
    CU_ASSERT_EQUAL(series_fill(none, 2), 2);
    CU_ASSERT(isnan(none[0]));
    CU_ASSERT_EQUAL(series_fill(whole, 2), 0);
}

static void hampel(void)
{
    double low, high;
    /* median 5, distances 4 2 0 2 4 (median 2): 5 +- 3 * 1.4826 * 2 */
    series_hampel((double[]){1, 3, 5, 7, 9}, 5, 3, &low, &high);
    CHECK_NEAR(low, 5 - 3 * 1.4826 * 2, 1e-12);
    CHECK_NEAR(high, 5 + 3 * 1.4826 * 2, 1e-12);
    /* more than half are equal: the standard deviation, sqrt((4 * 1 + 16) / 5) = 2 */
    series_hampel((double[]){0, 0, 0, 0, 5}, 5, 3, &low, &high);
    CHECK_NEAR(low, -6, 1e-12);
    CHECK_NEAR(high, 6, 1e-12);
    series_hampel((double[]){4}, 1, 3, &low, &high);
    CHECK_NEAR(low, 4, 0);
    CHECK_NEAR(high, 4, 0);
}

static void tail(void)
{
    struct series_tail tail = {0};
    series_tail_set(&tail, 3, (double[]){1, 2, 3, 4, 5}, 5);
    CU_ASSERT_EQUAL(tail.count, 3);
    for (int next = 6; next < 40; next++) {
        series_tail_push(&tail, next);
        const double *last = series_tail_last(&tail, 3);
        CU_ASSERT(last[0] == next - 2 && last[1] == next - 1 && last[2] == next);
    }
    series_tail_set(&tail, 4, (double[]){7}, 1);
    CU_ASSERT_EQUAL(tail.count, 1);
    CU_ASSERT_EQUAL(*series_tail_last(&tail, 1), 7);
    series_tail_fini(&tail);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"gaps", gaps}, {"hampel", hampel}, {"tail", tail}, {0}};
    return weir_test_main("learn/series/fill", cases, argc, argv);
}
