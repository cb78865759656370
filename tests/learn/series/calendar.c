#include "policies/learn/series/calendar.h"

#include <math.h>

#include "tests/support/test.h"

static void calendar(void)
{
    double midnight[SERIES_CALENDAR], at[SERIES_CALENDAR], later[SERIES_CALENDAR];
    series_calendar(0, midnight);
    for (int k = 0; k < SERIES_WEEKEND; k++)
        CHECK_NEAR(midnight[k], k % 2, 1e-12); /* sines are 0, cosines 1 */
    CHECK_NEAR(midnight[SERIES_WEEKEND], 0, 0);
    series_calendar(6 * 3600, at); /* a quarter of a turn, then half a one, then three quarters */
    static const double quarter[] = {1, 0, 0, -1, -1, 0};
    for (int k = 0; k < 6; k++)
        CHECK_NEAR(at[k], quarter[k], 1e-12);
    series_calendar(6 * 3600 + 4 * 86400, later); /* Friday */
    for (int k = 0; k < SERIES_CALENDAR; k++)
        CHECK_NEAR(later[k], at[k], 1e-9);
    series_calendar(6 * 3600 + 5 * 86400, later);
    CHECK_NEAR(later[SERIES_WEEKEND], 1, 0);
    series_calendar(13 * 86400 + 86399, later);
    CHECK_NEAR(later[SERIES_WEEKEND], 1, 0);
    series_calendar(-1, later); /* the Sunday before */
    CHECK_NEAR(later[SERIES_WEEKEND], 1, 0);
    series_calendar(14 * 86400, later);
    CHECK_NEAR(later[SERIES_WEEKEND], 0, 0);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"calendar", calendar}, {0}};
    return weir_test_main("learn/series/calendar", cases, argc, argv);
}
