/* Patience against Kubernetes' rule, written anew as its documentation has it, and against cases by hand. */
#include "policies/support/patience.h"

#include <stdint.h>

#include "tests/support/test.h"

static const struct weir_patience_rule at_once = {{1, 0, 0}, {1, 0, 0}};

static void test_at_once(void)
{
    struct weir_patience p = {0};
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &at_once, 10, 2, 5), 5);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &at_once, 20, 5, 1), 1);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &at_once, 30, 1, 1), 1);
    weir_patience_fini(&p);
    CU_ASSERT_PTR_NULL(p.asked);
}

/* Three windows in a row for less: as far as all three asked for, which the fourth last no longer decides. */
static void test_streaks(void)
{
    static const struct weir_patience_rule rule = {{2, 0, 0}, {3, 0, 0}};
    struct weir_patience p = {0};
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 10, 6, 5), 6);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 20, 6, 2), 6);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 30, 6, 6), 6); /* the streak is over */
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 40, 6, 5), 6);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 50, 6, 2), 6);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 60, 6, 3), 5);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 70, 6, 1), 3); /* nobody followed it; the 5 of 40 s is too long ago */
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 80, 6, 9), 6);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 90, 6, 7), 7); /* as far as both */
    weir_patience_pass(&p);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 100, 6, 9), 6); /* anew */
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 110, 6, 8), 8);
    weir_patience_fini(&p);
}

/* A cool-down of 30 s upwards and 60 s downwards, to the second. */
static void test_cooldowns(void)
{
    static const struct weir_patience_rule rule = {{1, 0, 30}, {1, 0, 60}};
    struct weir_patience p = {0};
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 10, 2, 3), 3); /* nothing was changed before */
    weir_patience_acted(&p, 10);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 39.9, 3, 4), 3);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 40, 3, 4), 4);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 69.9, 3, 1), 3);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 70, 3, 1), 1);
    weir_patience_fini(&p);
}

/* Streaks begin anew after a change: two windows more, though the last one asked for it, too. */
static void test_anew_after_a_change(void)
{
    static const struct weir_patience_rule rule = {{2, 0, 0}, {2, 0, 0}};
    struct weir_patience p = {0};
    weir_patience_ask(&p, &rule, 10, 2, 4);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 20, 2, 4), 4);
    weir_patience_acted(&p, 20);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 30, 4, 6), 4);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 40, 4, 6), 6);
    weir_patience_fini(&p);
}

/* The last 300 s hold it up, at their end to the second; the first call counts as a wish for what is there. */
static void test_stabilisation(void)
{
    static const struct weir_patience_rule rule = {{1, 0, 0}, {1, 300, 0}};
    struct weir_patience p = {0};
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 0, 10, 4), 10);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 100, 10, 7), 10);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 299, 10, 4), 10);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 300, 10, 4), 7); /* what was there is 300 s ago */
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 301, 7, 12), 12);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 600.5, 12, 3), 12);
    CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 601, 12, 3), 3);
    weir_patience_fini(&p);
}

/* ---- Kubernetes' rule ---- */

#define MOST 400

/* "stabilizeRecommendationWithBehaviors" of the HorizontalPodAutoscaler as the documentation tells it: of what was
 * recommended in the window, growth is held down to the least and shrinking up to the most. */
struct kubernetes {
    double time_s[MOST];
    int instances[MOST];
    int count;
};

static int kubernetes(struct kubernetes *hpa, double now_s, int present, int wanted, double up_s, double down_s)
{
    if (hpa->count == 0) {
        hpa->time_s[hpa->count] = now_s;
        hpa->instances[hpa->count++] = present;
    }
    int up = wanted, down = wanted;
    for (int i = 0; i < hpa->count; i++) {
        if (hpa->time_s[i] > now_s - up_s && hpa->instances[i] < up)
            up = hpa->instances[i];
        if (hpa->time_s[i] > now_s - down_s && hpa->instances[i] > down)
            down = hpa->instances[i];
    }
    hpa->time_s[hpa->count] = now_s;
    hpa->instances[hpa->count++] = wanted;
    if (present < up)
        return up;
    return present > down ? down : present;
}

static void test_like_kubernetes(void)
{
    uint64_t draw = 7;
    for (int trial = 0; trial < 50; trial++) {
        struct kubernetes hpa = {.count = 0};
        struct weir_patience p = {0};
        struct weir_patience_rule rule = {{1, 15.0 * (trial % 4), 0}, {1, 30.0 * (trial % 7), 0}};
        int present = 5, changes = 0;
        for (int w = 0; w < 300; w++) {
            draw = draw * 6364136223846793005u + 1442695040888963407u;
            int wanted = 1 + (int)(draw >> 33) % 9;
            int want = kubernetes(&hpa, 15.0 * w, present, wanted, rule.up.stabilize_s, rule.down.stabilize_s);
            CU_ASSERT_EQUAL(weir_patience_ask(&p, &rule, 15.0 * w, present, wanted), want);
            changes += want != present;
            present = want;
        }
        CU_ASSERT(changes > 0);
        weir_patience_fini(&p);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"at_once", test_at_once},
                                             {"streaks", test_streaks},
                                             {"cooldowns", test_cooldowns},
                                             {"anew_after_a_change", test_anew_after_a_change},
                                             {"stabilisation", test_stabilisation},
                                             {"like_kubernetes", test_like_kubernetes},
                                             {0}};
    return weir_test_main("policies/patience", cases, argc, argv);
}
