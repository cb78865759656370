#include "policies/learn/detect/rules.h"

#include <math.h>
#include <stdio.h>

#include "tests/support/test.h"

static const struct detect_rules rules = {.length = 4, .width = 2, .beta = 0.5, .theta_v = 0.4, .theta_r = 0.4};
/* Both dimensions go from 0 to 10 and together: scaled 0 0 1 1, variance 1/4, correlation 1. */
static const double healthy[] = {0, 0, 0, 0, 10, 10, 10, 10};

static void verdicts(void)
{
    static const struct {
        const char *what;
        double newest[8];
        enum detect_verdict verdict;
        double deviating, correlation;
    } cases[] = {
        {"the same", {0, 0, 0, 0, 10, 10, 10, 10}, DETECT_HEALTHY, 0, 0},
        {"the same elsewhere", {90, 70, 90, 70, 100, 80, 100, 80}, DETECT_HEALTHY, 0, 0},
        /* One swings by 20: scaled 0 to 2, variance 1, 0.75 more: half of the dimensions, which is beta. */
        {"variance alone", {0, 0, 0, 0, 20, 10, 20, 10}, DETECT_UNSURE, 0.5, 0},
        /* By 16: variance 0.64, 0.39 more, which is not above 0.4. */
        {"not enough", {0, 0, 0, 0, 16, 10, 16, 10}, DETECT_HEALTHY, 0, 0},
        /* One against the other: correlation -1, so both cells differ by 2: sqrt(8) / 2. */
        {"correlation alone", {10, 0, 10, 0, 0, 10, 0, 10}, DETECT_UNSURE, 0, 1.41421356},
        /* Independent: sqrt(2) / 2. */
        {"both", {0, 0, 20, 0, 0, 20, 20, 20}, DETECT_ANOMALOUS, 1, 0.70710678},
        /* Stuck: the variances differ by 1/4 only, but nothing goes together any more. */
        {"stuck", {5, 5, 5, 5, 5, 5, 5, 5}, DETECT_UNSURE, 0, 0.70710678},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct detect_evidence e;
        enum detect_verdict got = detect_rules_judge(&rules, cases[i].newest, healthy, NULL, NULL, &e);
        if (got != cases[i].verdict)
            fprintf(stderr, "\n%s: %d\n", cases[i].what, got);
        CU_ASSERT_EQUAL(got, cases[i].verdict);
        CHECK_NEAR(e.deviating, cases[i].deviating, 1e-12);
        CHECK_NEAR(e.correlation, cases[i].correlation, 1e-8);
    }
}

static void ranges(void)
{
    static const double newest[] = {0, 0, 0, 0, 20, 20, 20, 20}, low[] = {0, 0}, high[] = {100, 100};
    static const double constant[] = {7, 0, 7, 0, 7, 0, 7, 0};
    struct detect_evidence e;
    /* Of a range of 100, a swing of 20 is a variance of 0.01. */
    CU_ASSERT_EQUAL(detect_rules_judge(&rules, newest, healthy, low, high, &e), DETECT_HEALTHY);
    CHECK_NEAR(e.deviating, 0, 0);
    CU_ASSERT_EQUAL(detect_rules_judge(&rules, newest, healthy, NULL, NULL, &e), DETECT_UNSURE);
    CHECK_NEAR(e.deviating, 1, 0);
    /* A baseline that does not change has no range: the largest value, 20, is taken, so that variances are 1/4. */
    CU_ASSERT_EQUAL(detect_rules_judge(&rules, newest, constant, NULL, NULL, &e), DETECT_UNSURE);
    CHECK_NEAR(e.deviating, 0, 0);
    CHECK_NEAR(e.correlation, sqrt(2) / 2, 1e-12);
    CU_ASSERT_EQUAL(detect_rules_judge(&rules, constant, constant, NULL, NULL, NULL), DETECT_HEALTHY);
}

static void gaps(void)
{
    double newest[] = {0, 0, 20, 0, 0, 20, 20, 20};
    struct detect_evidence e;
    newest[1] = NAN; /* what is left: (20, 0), (0, 20), (20, 20) */
    detect_rules_judge(&rules, newest, healthy, NULL, NULL, &e);
    CU_ASSERT_EQUAL(e.samples, 3);
    /* Scaled 2 0 2: variance 8/9, 0.64 more. Correlation (4 - 0 - ...): -1/2 by symmetry, 1.5 less than 1. */
    CHECK_NEAR(e.deviating, 1, 0);
    CHECK_NEAR(e.correlation, 1.5 * sqrt(2) / 2, 1e-12);
    newest[2] = newest[4] = NAN;
    CU_ASSERT_EQUAL(detect_rules_judge(&rules, newest, healthy, NULL, NULL, &e), DETECT_UNSURE);
    CU_ASSERT_EQUAL(e.samples, 1);
    CU_ASSERT(isnan(e.deviating) && isnan(e.correlation));
}

static void beta_of_zero(void)
{
    struct detect_rules any = rules;
    any.beta = 0; /* no dimension at all cannot hold condition A */
    CU_ASSERT_EQUAL(detect_rules_judge(&any, healthy, healthy, NULL, NULL, NULL), DETECT_HEALTHY);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"verdicts", verdicts}, {"ranges", ranges}, {"gaps", gaps}, {"a beta of zero", beta_of_zero}, {0}};
    return weir_test_main("learn/detect/rules", cases, argc, argv);
}
