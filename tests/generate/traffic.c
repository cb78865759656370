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

/* Fails unless the values look drawn uniformly from mean (1 - noise) to mean (1 + noise), whose deviation is
 * mean noise / sqrt 3: their mean to 4 of its deviations, deviation to 5 %, and both ends reached to 1.5 %. */
static void check_noise(const struct weir_series *s, double mean, double noise)
{
    struct weir_moments moments = {0};
    double low = 1e9, high = 0, deviation = mean * noise / sqrt(3), near = 0.015 * mean * noise;
    for (size_t i = 0; i < s->count; i++) {
        weir_moments_add(&moments, s->value[i]);
        low = fmin(low, s->value[i]);
        high = fmax(high, s->value[i]);
    }
    CHECK_NEAR(moments.mean, mean, 4 * deviation / sqrt((double)s->count));
    CHECK_NEAR(weir_moments_deviation(&moments), deviation, 0.05 * deviation);
    CU_ASSERT(low >= mean * (1 - noise) && low < mean * (1 - noise) + near);
    CU_ASSERT(high <= mean * (1 + noise) && high > mean * (1 + noise) - near);
}

static void diurnal_noise(void)
{
    struct weir_series s = series_of("diurnal --base 100/s --peak 100/s --noise 0.2 --duration 1000min", 3);
    CU_ASSERT_EQUAL(s.count, 1000);
    check_noise(&s, 100, 0.2);
    weir_series_fini(&s);
}

static void whole_items(void)
{
    struct weir_series s = series_of("diurnal --base 1/s --peak 9/s --step 30s --duration 4h --integers", 1);
    for (size_t i = 0; i < s.count; i++)
        CHECK_NEAR(s.value[i] * 30, round(s.value[i] * 30), 1e-6);
    weir_series_fini(&s);
}

/* Writes rows "300 i,value[i]" and returns the path. */
static const char *five_minutes(const double *value, int count)
{
    char text[4096] = "time,items\n";
    for (int i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%.17g\n", 300 * i, value[i]);
    return weir_test_file("coarse.csv", text);
}

static struct weir_series iot_series(const char *options, const double *value, int count, unsigned long long seed)
{
    char *line = weir_format("iot-traffic --input %s %s", five_minutes(value, count), options);
    struct weir_series series = series_of(line, seed);
    free(line);
    return series;
}

static void iot_spline(void)
{
    /* A natural cubic spline through a line is the line: 300 + 30 i items in 5 minutes are (300 + 6 k) / 300 s at
     * minute k. */
    struct weir_series s = iot_series("--noise 0", (double[]){300, 330, 360, 390}, 4, 1);
    CU_ASSERT_EQUAL_FATAL(s.count, 16);
    for (size_t k = 0; k < s.count; k++) {
        CHECK_NEAR(s.time_s[k], 60 * (double)k, 1e-9);
        CHECK_NEAR(s.value[k], (300 + 6 * (double)k) / 300, 1e-7);
    }
    weir_series_fini(&s);
    /* Through 0, 1, 0 at x = 0, 1, 2 the natural spline's second derivatives are 0, -3, 0, so at x = 1/2 it is
     * 1/2 + 3/16 = 0.6875; times 6000 items in 300 s: 13.75/s. */
    s = iot_series("--noise 0 --step 150s", (double[]){0, 6000, 0}, 3, 1);
    CU_ASSERT_EQUAL_FATAL(s.count, 5);
    CHECK_NEAR(s.value[1], 13.75, 1e-6);
    CHECK_NEAR(s.value[2], 20, 1e-6);
    weir_series_fini(&s);
    /* A spline that dips below 0 is cut: 4, 0, 0, 4 has a negative middle. */
    s = iot_series("--noise 0 --step 50s", (double[]){400, 0, 0, 400}, 4, 1);
    CU_ASSERT_EQUAL(s.value[9], 0);
    weir_series_fini(&s);
    /* A factor of its own: items in a fine step are 0.4 times those of the coarse one, 120 in 60 s. */
    s = iot_series("--noise 0 --factor 0.4", (double[]){300, 300, 300}, 3, 1);
    CHECK_NEAR(s.value[3], 2, 1e-7);
    weir_series_fini(&s);
    /* Rates stay rates; whole items: 7.5/s in 60 s are 450. */
    s = iot_series("--noise 0 --values rates --duration 5min", (double[]){7.5, 7.5, 7.5}, 3, 1);
    CU_ASSERT_EQUAL(s.count, 5);
    CHECK_NEAR(s.value[4], 7.5, 1e-7);
    weir_series_fini(&s);
}

static void iot_noise(void)
{
    double flat[200];
    for (int i = 0; i < 200; i++)
        flat[i] = 3000;
    struct weir_series s = iot_series("--noise 0.1", flat, 200, 5);
    CU_ASSERT_EQUAL(s.count, 199 * 5 + 1);
    check_noise(&s, 10, 0.1);
    weir_series_fini(&s);
}

/* Events: 3, 1, 2, 4 of them in four windows of a minute, and one that opens a fifth. */
#define EVENTS "when,other\n0,x\n1,x\n59.9,x\n60,x\n120,x\n179,x\n180,x\n200,x\n220,x\n239,x\n240,x\n"

static void timestamps(void)
{
    const char *path = weir_test_file("events.csv", EVENTS);
    char *line = weir_format("from-timestamps --input %s", path);
    struct weir_series s = series_of(line, 1);
    free(line);
    CU_ASSERT_EQUAL_FATAL(s.count, 4);
    for (int i = 0; i < 4; i++)
        CHECK_NEAR(s.value[i] * 60, ((int[]){3, 1, 2, 4})[i], 1e-6);
    weir_series_fini(&s);
    /* Mean 2.5, deviation sqrt(5/4) = 1.118 in a window become 100/s and 10/s: 3 is 100 + 10 x 0.5 / 1.118 = 104.472.
     */
    line = weir_format("from-timestamps --input %s --time when --mean 100/s --deviation 10/s", path);
    s = series_of(line, 1);
    free(line);
    CHECK_NEAR(s.value[0], 104.472, 0.001);
    CHECK_NEAR(s.value[1], 86.584, 0.001);
    CHECK_NEAR(s.value[2], 95.528, 0.001);
    CHECK_NEAR(s.value[3], 113.416, 0.001);
    weir_series_fini(&s);
    /* Like a series of mean 30 and deviation 10: the same draws. */
    line = weir_format("from-timestamps --input %s --like %s", path,
                       weir_test_file("like.csv", "time_s,rate\n0,20\n60,40\n"));
    s = series_of(line, 1);
    free(line);
    CHECK_NEAR(s.value[0], 34.472, 0.001);
    CHECK_NEAR(s.value[1], 16.584, 0.001);
    weir_series_fini(&s);
}

static void bursts(void)
{
    /* About 1000 stays in each state: 15 000 s at 10 s quiet and 5 s busy. A third of the time busy: 1000 pairs of
     * exponential stays give it within 4 x sqrt(2) / 3 x (2/3) / sqrt 1000 = 0.04, and mean stays within 4 / sqrt 1000
     * = 13 %. */
    struct weir_series s =
        series_of("bursts --low 10/s --high 40/s --mean_low 10s --mean_high 5s --duration 15000s --step 50ms", 4);
    struct weir_moments moments = {0};
    long busy = 0, stays = 0;
    for (size_t i = 0; i < s.count; i++) {
        weir_moments_add(&moments, s.value[i]);
        CU_ASSERT_FATAL(s.value[i] >= 10 - 1e-9 && s.value[i] <= 40 + 1e-6);
        busy += s.value[i] > 25;
        stays += s.value[i] > 25 && (i == 0 || s.value[i - 1] <= 25);
    }
    CHECK_NEAR((moments.mean - 10) / 30, 1. / 3, 0.04);
    CHECK_NEAR((double)busy * 0.05 / (double)stays, 5, 0.65);
    CHECK_NEAR((double)((long)s.count - busy) * 0.05 / (double)stays, 10, 1.3);
    weir_series_fini(&s);
}

static void burst_counts(void)
{
    /* Both states alike: a Poisson process. 1000 counts of mean 50: within 4 x sqrt(50 / 1000) = 0.9, and the variance
     * over the mean within 4 x sqrt(2 / 1000) = 0.18 of 1. */
    struct weir_series s = series_of("bursts --low 25/s --high 25/s --rows counts --duration 2000s --step 2s", 6);
    struct weir_moments moments = {0};
    CU_ASSERT_EQUAL(s.count, 1000);
    for (size_t i = 0; i < s.count; i++) {
        CHECK_NEAR(s.value[i] * 2, round(s.value[i] * 2), 1e-6);
        weir_moments_add(&moments, s.value[i] * 2);
    }
    CHECK_NEAR(moments.mean, 50, 0.9);
    double deviation = weir_moments_deviation(&moments);
    CHECK_NEAR(deviation * deviation / moments.mean, 1, 0.18);
    weir_series_fini(&s);
    /* With states, counts vary by more: the burstier, the more. */
    s = series_of(
        "bursts --low 0/s --high 100/s --mean_low 30s --mean_high 10s --rows counts --duration 2000s --step 2s", 6);
    moments = (struct weir_moments){0};
    for (size_t i = 0; i < s.count; i++)
        weir_moments_add(&moments, s.value[i] * 2);
    deviation = weir_moments_deviation(&moments);
    CU_ASSERT(deviation * deviation / moments.mean > 20);
    weir_series_fini(&s);
}

static void wrong_input_is_refused(void)
{
    const char *two = weir_copy(weir_test_file("two.csv", "time,items\n0,1\n300,2\n"));
    const char *bare = weir_copy(weir_test_file("bare.csv", "time\n0\n300\n600\n"));
    const char *even = weir_copy(weir_test_file("even.csv", "time\n0\n60\n120\n180\n"));
    const char *negative = weir_copy(weir_test_file("negative.csv", "time,items\n0,1\n300,-2\n600,1\n"));
    const struct {
        const char *line, *file;
        int code;
        const char *message;
    } wrong[] = {
        {"iot-traffic", "", WEIR_EUSAGE, "generate iot-traffic: --input must be given"},
        {"iot-traffic --input ", "no-such.csv", WEIR_EINPUT, "generate iot-traffic: no-such.csv: no such file"},
        {"iot-traffic --input ", two, WEIR_EINPUT, "has 2 rows; a cubic spline needs three"},
        {"iot-traffic --input ", bare, WEIR_EINPUT, "has no column of values; name it by --column"},
        {"iot-traffic --input ", negative, WEIR_EINPUT, "negative.csv:3: "},
        {"iot-traffic --duration 1h --input ", even, WEIR_EINPUT, "has no column of values"},
        {"iot-traffic --duration 1h --values rates --input ", "tests/input/valid/load-rates.csv", WEIR_EUSAGE,
         "--duration (3600 s) is longer than the input (180 s)"},
        {"iot-traffic --step 0s --input ", "tests/input/valid/load-rates.csv", WEIR_EUSAGE,
         "--step must be more than 0"},
        {"from-timestamps", "", WEIR_EUSAGE, "generate from-timestamps: --input must be given"},
        {"from-timestamps --time hour --input ", two, WEIR_EINPUT, "\"hour\""},
        {"from-timestamps --step 1h --input ", two, WEIR_EUSAGE, "must be twice --step"},
        {"from-timestamps --deviation 2/s --input ", even, WEIR_EINPUT, "as many events in every window"},
        {"from-timestamps --like no-such.csv --input ", even, WEIR_EINPUT, "no-such.csv: no such file"},
        {"bursts --low 9/s --high 8/s", "", WEIR_EUSAGE, "--low (9/s) is above --high (8/s)"},
        {"bursts --mean_low 1ns --mean_high 1ns", "", WEIR_EUSAGE, "changes of state"},
        {"bursts --rows bytes", "", WEIR_EUSAGE, "--rows: \"bytes\" is not known"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *line = weir_format("%s%s", wrong[i].line, wrong[i].file);
        refuse(line, wrong[i].code, wrong[i].message);
        free(line);
    }
    free((char *)two);
    free((char *)bare);
    free((char *)even);
    free((char *)negative);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"diurnal", diurnal},
        {"diurnal noise", diurnal_noise},
        {"whole items", whole_items},
        {"IoT traffic: spline", iot_spline},
        {"IoT traffic: noise", iot_noise},
        {"timestamps", timestamps},
        {"bursts", bursts},
        {"bursts: counts", burst_counts},
        {"wrong input is refused", wrong_input_is_refused},
        {0},
    };
    return weir_test_main("generate traffic", cases, argc, argv);
}
