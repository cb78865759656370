#include "policies/learn/transfer/drift.h"

#include "sim/base/random.h"
#include "tests/support/test.h"

static void by_hand(void)
{
    /* slack 0, threshold 1. Value 0: mean 0, sum 0. Value 2: mean 1, sum 1. Value 2: mean 4/3, sum 1 + 2/3: drift. */
    struct transfer_drift drift = transfer_drift_start(0, 1, 0);
    CU_ASSERT_FALSE(transfer_drift_push(&drift, 0));
    CU_ASSERT_FALSE(transfer_drift_push(&drift, 2));
    CHECK_NEAR(drift.sum, 1, 1e-15);
    CU_ASSERT_TRUE(transfer_drift_push(&drift, 2));
    CU_ASSERT_EQUAL(drift.count, 0); /* starts anew */
    /* a warm-up of 4 puts it off: sums 0, 1, 5/3, and after a 2 with mean 3/2, 13/6 */
    drift = transfer_drift_start(0, 1, 4);
    int called = 0;
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(called, 0);
        called += transfer_drift_push(&drift, i ? 2 : 0);
    }
    CU_ASSERT_EQUAL(called, 1);
}

/* Errors of deviation 1: no call in 5000 steady ones, soon after their mean has risen by 2, none after it has fallen.
 */
static void regimes(void)
{
    struct weir_stream stream = weir_stream_open(9, "drift");
    struct transfer_drift drift = transfer_drift_start(0.5, 20, 30);
    int calls = 0, first = -1;
    for (int i = 0; i < 5000; i++)
        calls += transfer_drift_push(&drift, weir_stream_normal(&stream, 5, 1));
    CU_ASSERT_EQUAL(calls, 0);
    for (int i = 0; i < 5000; i++)
        calls += transfer_drift_push(&drift, weir_stream_normal(&stream, 3, 1));
    CU_ASSERT_EQUAL(calls, 0);
    for (int i = 0; i < 100; i++)
        if (transfer_drift_push(&drift, weir_stream_normal(&stream, 7, 1)) && first < 0)
            first = i;
    /* the mean of all is 4, each value adds 7 - 4 - 0.5 = 2.5: 20 are there after 8 or so */
    CU_ASSERT(first >= 4 && first <= 16);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by hand", by_hand}, {"regimes", regimes}, {0}};
    return weir_test_main("learn/transfer/drift", cases, argc, argv);
}
