/* Signals of unlike hosts on one measure, by hand. */
#include "policies/learn/detect/signals.h"

#include <math.h>

#include "tests/support/test.h"

#define WIDTH 4

static void by_hand(void)
{
    /* The first swings between 0 and 18: mean 9, unit 0.9, logarithms 0 and log 21, which are a deviation below and
     * above their mean. The second is ten times that: the same. The third is 0 throughout: unit 1 and deviation 1. The
     * fourth stays at 5: unit 0.5, and the deviation of what does not change is its size, log 11. */
    double rows[][WIDTH] = {{0, 0, 0, 5}, {18, 180, 0, 5}, {18, 180, 0, NAN}, {0, 0, 0, 5}};
    struct detector_past pasts[] = {{rows[0], 3, 0}, {rows[3], 1, 9}};
    struct detect_signals signals;
    detect_signals_learn(&signals, WIDTH, pasts, 2);
    static const double units[] = {0.9, 9, 1, 0.5},
                        deviations[] = {1.522261218861711, 1.522261218861711, 1, 2.397895272798371};
    for (int n = 0; n < WIDTH; n++) {
        CHECK_NEAR(signals.unit[n], units[n], 1e-12);
        CHECK_NEAR(signals.deviation[n], deviations[n], 1e-12);
    }
    /* A tenth of 18 is log 3 = 1.0986, which is (1.0986 - 1.5223) / 1.5223 = -0.2783; below 0 is as 0. */
    double now[][WIDTH] = {{18, 180, 1.718281828459045, 5}, {1.8, 18, 0, 0}, {-7, NAN, 0, 5}};
    static const double wanted[][WIDTH] = {{1, 1, 1, 0}, {-0.278302387, -0.278302387, 0, -1}, {-1, NAN, 0, 0}};
    detect_signals_apply(&signals, now[0], 3);
    for (int i = 0; i < 3; i++)
        for (int n = 0; n < WIDTH; n++)
            if (isnan(wanted[i][n])) {
                CU_ASSERT(isnan(now[i][n]));
            } else {
                CHECK_NEAR(now[i][n], wanted[i][n], 1e-8);
            }
    detect_signals_fini(&signals);
}

static void nothing_there(void)
{
    /* A signal without any value, and no past at all: unit and deviation 1. */
    double rows[][1] = {{NAN}, {NAN}}, now = 1.718281828459045;
    struct detector_past past = {rows[0], 2, 0};
    struct detect_signals signals;
    for (int count = 0; count < 2; count++) {
        detect_signals_learn(&signals, 1, &past, count);
        CU_ASSERT(signals.unit[0] == 1 && signals.mean[0] == 0 && signals.deviation[0] == 1);
        detect_signals_apply(&signals, &now, 1);
        CHECK_NEAR(now, 1, 1e-12);
        now = 1.718281828459045;
        detect_signals_fini(&signals);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by hand", by_hand}, {"nothing there", nothing_there}, {0}};
    return weir_test_main("learn/detect/signals", cases, argc, argv);
}
