#include "policies/learn/detect/scores.h"

#include <math.h>

#include "tests/support/test.h"

#define T true
#define F false

static void counts(void)
{
    static const bool truth[] = {T, T, T, F, F, F, F, T}, flagged[] = {T, F, T, T, F, F, F, F};
    struct detect_scores s = detect_score(truth, flagged, 8);
    CU_ASSERT(s.hits == 2 && s.false_alarms == 1 && s.misses == 2 && s.passes == 3);
    CHECK_NEAR(s.precision, 2. / 3, 1e-15);
    CHECK_NEAR(s.recall, 0.5, 1e-15);
    CHECK_NEAR(s.f1, 4. / 7, 1e-15);             /* 2 (2/3) (1/2) / (2/3 + 1/2) */
    s = detect_score(truth + 3, flagged + 4, 4); /* no alarm, no anomaly */
    CU_ASSERT(isnan(s.precision) && isnan(s.recall) && isnan(s.f1) && s.passes == 4);
    s = detect_score(truth, flagged + 4, 3); /* no alarm */
    CU_ASSERT(isnan(s.precision) && s.recall == 0 && s.f1 == 0);
    s = detect_score(truth, flagged, 0);
    CU_ASSERT(isnan(s.f1));
}

static void adjusted(void)
{
    static const bool truth[] = {T, T, T, F, F, T, T, F, T};
    bool flagged[] = {F, F, T, T, F, F, F, F, T};
    static const bool wanted[] = {T, T, T, T, F, F, F, F, T};
    double score[] = {1, 2, 5, 7, 0, 1, 3, 4, NAN};
    static const double highest[] = {5, 5, 5, 7, 0, 3, 3, 4};
    detect_point_adjust(truth, flagged, 9);
    for (int i = 0; i < 9; i++)
        CU_ASSERT_EQUAL(flagged[i], wanted[i]);
    detect_point_adjust_scores(truth, score, 9);
    for (int i = 0; i < 8; i++)
        CHECK_NEAR(score[i], highest[i], 0);
    CU_ASSERT(isnan(score[8]));
}

static void best(void)
{
    /* By score: 9 T, 8 F, 7 T, 7 F, 3 T, 1 F. F1 at 1 alarm 2/4, at 2 2/5, at 4 4/7, at 5 6/8, at 6 6/9. */
    static const bool truth[] = {T, F, T, F, T, F, F};
    static const double score[] = {9, 8, 7, 7, 3, 1, NAN};
    double threshold;
    struct detect_scores s = detect_best(truth, score, 7, &threshold);
    CHECK_NEAR(s.f1, 0.75, 1e-15);
    CHECK_NEAR(threshold, 2, 0); /* half way from 3 to 1 */
    CU_ASSERT(s.hits == 3 && s.false_alarms == 2 && s.misses == 0 && s.passes == 2);
    bool flagged[7];
    for (int i = 0; i < 7; i++)
        flagged[i] = score[i] > threshold;
    CHECK_NEAR(detect_score(truth, flagged, 7).f1, s.f1, 0);
    /* All the same: alarm everywhere. */
    s = detect_best(truth, (double[]){4, 4, 4, 4, 4, 4, 4}, 7, &threshold);
    CHECK_NEAR(s.f1, 2. * 3 / (6 + 4), 1e-15);
    CU_ASSERT(threshold < 4 && threshold > 3.999);
    s = detect_best(truth, (double[]){NAN}, 1, &threshold);
    CU_ASSERT(s.f1 == 0 && isnan(threshold));
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"counts", counts}, {"adjusted", adjusted}, {"best", best}, {0}};
    return weir_test_main("learn/detect/scores", cases, argc, argv);
}
