/* Series of rates: what was asked for comes out, and a load of kind csv plays it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/random.h"
#include "sim/base/stats.h"
#include "sim/model/load.h"
#include "tests/generate/make.h"

/* The series that a line makes, as a load of kind csv reads it. */
static struct weir_series series_of(const char *line, unsigned long long seed)
{
    struct weir_series series = {0};
    char *text = make(line, seed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT(strncmp(text, "time_s,rate\n", 12) == 0);
    CU_ASSERT_EQUAL_FATAL(weir_series_read(weir_test_file("rates.csv", text), "time_s", "rate", &series), WEIR_OK);
    free(text);
    return series;
}

static void diurnal(void)
{
    /* One peak at noon: base at midnight, peak at 12 h, and the 8th day is like the first. */
    struct weir_series s = series_of("diurnal --base 10/s --peak 110/s --peaks 0.5 --duration 10d --weekend 0.5", 1);
    CU_ASSERT_EQUAL_FATAL(s.count, 10 * 1440);
    CHECK_NEAR(s.value[0], 10, 1e-6);
    CHECK_NEAR(s.value[720], 110, 0.01);
    CHECK_NEAR(s.value[5 * 1440 + 720], 55, 0.01); /* days six and seven: times 0.5 */
    CHECK_NEAR(s.value[6 * 1440 + 720], 55, 0.01);
    for (size_t i = 0; i < 1440; i++)
        CHECK_NEAR(s.value[7 * 1440 + i], s.value[i], 1e-6);
    /* One standard deviation (0.08 d = 115.2 min) from the peak: 10 + 100 exp(-1/2) = 70.65 */
    CHECK_NEAR(s.value[720 + 115], 70.65, 0.2);
    CHECK_NEAR(s.time_s[1], 60, 1e-9);
    weir_series_fini(&s);
}

static void diurnal_noise(void)
{
    /* A flat day, 1000 rows: uniform from 80 to 120, mean 100 and deviation 40 / sqrt 12 = 11.55. The mean of 1000 is
     * within 4 x 11.55 / sqrt 1000 = 1.46. */
    struct weir_series s = series_of("diurnal --base 100/s --peak 100/s --noise 0.2 --duration 1000min", 3);
    struct weir_moments moments = {0};
    double low = 1e9, high = 0;
    CU_ASSERT_EQUAL_FATAL(s.count, 1000);
    for (size_t i = 0; i < s.count; i++) {
        weir_moments_add(&moments, s.value[i]);
        low = fmin(low, s.value[i]);
        high = fmax(high, s.value[i]);
    }
    CHECK_NEAR(moments.mean, 100, 1.46);
    CHECK_NEAR(weir_moments_deviation(&moments), 11.55, 0.6);
    CU_ASSERT(low >= 80 && low < 80.5);
    CU_ASSERT(high <= 120 && high > 119.5);
    weir_series_fini(&s);
}

static void whole_items(void)
{
    struct weir_series s = series_of("diurnal --base 1/s --peak 9/s --step 30s --duration 4h --integers", 1);
    for (size_t i = 0; i < s.count; i++)
        CHECK_NEAR(s.value[i] * 30, round(s.value[i] * 30), 1e-6);
    weir_series_fini(&s);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"diurnal", diurnal},
        {"diurnal noise", diurnal_noise},
        {"whole items", whole_items},
        {0},
    };
    return weir_test_main("generate traffic", cases, argc, argv);
}
