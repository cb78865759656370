#include "policies/learn/transfer/dtw.h"

#include "tests/learn/nn/numbers.h"

static const char reference[] = "tests/data/transfer-reference.txt";

static void by_hand(void)
{
    /* 0 1 2 against 0 0 1 2: the first 0 waits, nothing is left */
    const double a[] = {0, 1, 2}, b[] = {0, 0, 1, 2}, c[] = {5};
    CHECK_NEAR(transfer_dtw(a, 3, b, 4, 1, 1), 0, 0);
    CHECK_NEAR(transfer_dtw(b, 4, a, 3, 0, 1), 0, 0); /* the band is never less than the difference in length */
    /* all of a against one 5: 5 + 4 + 3; squares 25 + 16 + 9 = 50 */
    CHECK_NEAR(transfer_dtw(a, 3, c, 1, 9, 1), 12, 0);
    CHECK_NEAR(transfer_dtw(a, 3, c, 1, 9, 2), sqrt(50), 1e-15);
    /* without a band to walk in, place by place: 0 1 2 against 1 2 2 is 1 + 1 + 0, else 1 + 0 + 0 */
    const double d[] = {1, 2, 2};
    CHECK_NEAR(transfer_dtw(a, 3, d, 3, 0, 1), 2, 0);
    CHECK_NEAR(transfer_dtw(a, 3, d, 3, 1, 1), 1, 0);
}

static void equals_reference(void)
{
    struct test_numbers a = test_numbers_read(reference, "dtw.a"), b = test_numbers_read(reference, "dtw.b");
    struct test_numbers rows = test_numbers_read(reference, "dtw.band_power_distance");
    for (int i = 0; i < rows.rows; i++) {
        const double *row = rows.values + 3 * i; /* band, power, distance */
        size_t band = row[0] < 0 ? 1000 : (size_t)row[0];
        CHECK_NEAR(transfer_dtw(a.values, (size_t)a.columns, b.values, (size_t)b.columns, band, row[1]), row[2], 1e-12);
    }
    struct test_numbers self = test_numbers_read(reference, "dtw.self");
    double turned[30];
    for (int i = 0; i < 30; i++)
        turned[(i + 3) % 30] = a.values[i];
    for (int i = 0; i < self.rows; i++)
        CHECK_NEAR(transfer_dtw(a.values, 30, turned, 30, (size_t)self.values[3 * i], 1), self.values[3 * i + 2],
                   1e-12);
    free(a.values);
    free(b.values);
    free(rows.values);
    free(self.values);
}

enum { LENGTH = 96 };

static void fill(double *values, double level, double height, double period, double shift)
{
    for (int i = 0; i < LENGTH; i++)
        values[i] = level + height * sin(2 * M_PI * (i + shift) / period);
}

/* Level and height do not count, a shift in time hardly, the period does. */
static void choice(void)
{
    double target[LENGTH], series[4][LENGTH];
    fill(target, 100, 10, 24, 0);
    fill(series[0], 5, 1, 8, 0);
    fill(series[1], 7000, 900, 24, 2);
    fill(series[2], 1, 3, 24, 0);
    fill(series[3], 50, 5, 16, 0);
    struct transfer_series wanted = {target, LENGTH}, candidates[4];
    struct transfer_choice choices[4];
    for (int i = 0; i < 4; i++)
        candidates[i] = (struct transfer_series){series[i], LENGTH};
    transfer_choose(&wanted, candidates, 4, 0.05, 0.5, choices);
    CU_ASSERT(choices[0].index == 2 && choices[1].index == 1);
    CHECK_NEAR(choices[0].distance, 0, 1e-12);
    CU_ASSERT(choices[1].distance < 0.5 * choices[2].distance);
    CU_ASSERT(choices[0].kept && choices[1].kept && !choices[2].kept &&
              !choices[3].kept); /* 0.5 * 3 = 1, and one more */
    double middle = (choices[0].distance + choices[1].distance) / 2;
    CU_ASSERT_EQUAL(transfer_reject(choices, 4, 0), 2);
    CU_ASSERT_EQUAL(transfer_reject(choices, 4, middle), 1);
    CU_ASSERT(choices[0].kept && !choices[1].kept);
    choices[0].distance = 1;
    CU_ASSERT_EQUAL(transfer_reject(choices, 4, 0.5), 0);
    transfer_choose(&wanted, candidates, 4, 0.05, 0, choices);
    CU_ASSERT(choices[0].kept && !choices[1].kept);
    transfer_choose(&wanted, candidates, 4, 0.05, 1, choices);
    CU_ASSERT(choices[3].kept);
    /* of a longer candidate the piece that is like the target counts: here its last quarter */
    double longer[4 * LENGTH];
    fill(longer, 3, 1, 8, 0);
    fill(longer + LENGTH, 3, 1, 8, 0);
    fill(longer + 2 * LENGTH, 3, 1, 8, 0);
    fill(longer + 3 * LENGTH, 3, 1, 24, 0);
    candidates[3] = (struct transfer_series){longer, 4 * LENGTH};
    transfer_choose(&wanted, candidates, 4, 0.05, 0.5, choices);
    CU_ASSERT(choices[0].index + choices[1].index == 2 + 3);
    CHECK_NEAR(choices[1].distance, 0, 1e-12);
    candidates[3] = (struct transfer_series){series[3], LENGTH};
    /* series of other lengths, one of them constant */
    candidates[0].count = 40;
    for (int i = 0; i < LENGTH; i++)
        series[3][i] = 4;
    transfer_choose(&wanted, candidates, 4, 0.05, 1, choices);
    for (int i = 0; i < 4; i++)
        CU_ASSERT(isfinite(choices[i].distance));
    CU_ASSERT(choices[0].index == 2);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"by hand", by_hand}, {"reference", equals_reference}, {"choice", choice}, {0}};
    return weir_test_main("learn/transfer/dtw", cases, argc, argv);
}
