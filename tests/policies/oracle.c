/* The oracle against the integral of the load that it reads, added up second by second. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/test.h"

extern const struct forecaster_kind forecaster_oracle;

/* Rows of 7 to 20 s: 80/s for 7 s, and so on; the last row lasts as long as the one before it. */
static const double begins_s[] = {0, 7, 20, 40, 41, 55}, rates[] = {80, 10, 200, 1000, 30, 60};
enum { ROWS = 6, END_S = 69 };

/* Items of the file from one time of it to another, a thousandth of a second at a time. */
static double items(double from_s, double to_s, bool counts)
{
    double sum = 0;
    for (long ms = lround(1000 * from_s); ms < lround(1000 * to_s); ms++) {
        double at_s = ((double)ms + 0.5) / 1000;
        int row = ROWS - 1;
        while (begins_s[row] > at_s)
            row--;
        double span_s = (row + 1 < ROWS ? begins_s[row + 1] : END_S) - begins_s[row];
        sum += at_s < END_S ? rates[row] / (counts ? span_s : 1) / 1000 : 0;
    }
    return sum;
}

static const char *file(void)
{
    struct weir_text csv = {0};
    weir_text_add(&csv, "time_s,rate\n");
    for (int r = 0; r < ROWS; r++)
        weir_text_addf(&csv, "%g,%g\n", begins_s[r], rates[r]);
    const char *path = weir_test_file("irregular.csv", csv.data);
    weir_text_fini(&csv);
    return path;
}

static struct forecaster *make(double step_s, const char *keys, const char *path)
{
    static const struct forecaster_kind *const catalog[] = {&forecaster_oracle, NULL};
    struct forecaster_env env = {.step_s = step_s, .catalog = catalog};
    struct forecaster *made;
    char *text = weir_format("oracle:file=%s%s", path, keys);
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, text, &made), WEIR_OK);
    free(text);
    return made;
}

/* Steps of 5 s and more, scaled, faster, again and again, rates and counts: mean and Poisson's spread of each. */
static void forecasts(void)
{
    static const struct {
        const char *keys;
        double step_s, scale, speedup;
        bool counts, repeat;
    } rows[] = {
        {"", 5, 1, 1, false, false},
        {"", 10, 1, 1, false, false},
        {":scale=3", 10, 3, 1, false, false},
        {":speedup=2", 5, 1, 2, false, false},
        {":values=counts", 5, 1, 1, true, false},
        {":values=counts:speedup=2:scale=0.5", 5, 0.5, 2, true, false},
        {":repeat=true", 10, 1, 1, false, true},
    };
    const char *path = file();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct forecaster *made = make(rows[i].step_s, rows[i].keys, path);
        double length_s = rows[i].step_s * rows[i].speedup, seen[] = {1000, 1000}, mean[20], spread[20];
        int whole = (int)(END_S / length_s); /* of the rest of a step it says nothing */
        CU_ASSERT_EQUAL(forecaster_fit(made, seen, 2), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_push(made, 1000), WEIR_OK);
        CU_ASSERT_EQUAL(forecaster_predict(made, 20, mean, spread), WEIR_OK);
        for (int k = 0; k < 20; k++) {
            int step = 3 + k;
            bool over = step >= whole && !rows[i].repeat;
            step %= whole;
            double come = items(step * length_s, (step + 1) * length_s, rows[i].counts) * rows[i].scale;
            if (!rows[i].counts)
                come /= rows[i].speedup;
            CHECK_NEAR(mean[k], over ? 0 : come / rows[i].step_s, 1e-6);
            CHECK_NEAR(spread[k], over ? 0 : sqrt(come) / rows[i].step_s, 1e-6);
        }
        char *says = forecaster_describe(made), *steps = says ? strrchr(says, ',') : NULL;
        CHECK_NEAR(steps ? strtod(steps + 1, NULL) : NAN, whole, 0);
        free(says);
        forecaster_free(made);
    }
}

/* One row lasts no time; times alone are no rates; a file that is shorter than a step has nothing to say. */
static void refuses(void)
{
    static const struct forecaster_kind *const catalog[] = {&forecaster_oracle, NULL};
    static const struct {
        const char *csv, *message;
    } rows[] = {{"time_s,rate\n0,5\n", "is shorter than one step (10 s)"},
                {"time_s,rate\n0,5\n4.9,5\n", "is shorter than one step (10 s)"},
                {"0\n5\n9\n", "has times only; rates or counts are needed"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct forecaster_env env = {.step_s = 10, .catalog = catalog};
        struct forecaster *made;
        char *text = weir_format("oracle:file=%s", weir_test_file("short.csv", rows[i].csv));
        CU_ASSERT_EQUAL(forecaster_make_text(&env, text, &made), WEIR_EINPUT);
        CU_ASSERT_PTR_NULL(made);
        CHECK_MESSAGE(rows[i].message);
        free(text);
    }
    struct forecaster_env short_steps = {.step_s = 0.5, .catalog = catalog};
    struct forecaster *none;
    char *one_row = weir_format("oracle:file=%s", weir_test_file("short.csv", "time_s,rate\n0,5\n"));
    CU_ASSERT(forecaster_make_text(&short_steps, one_row, &none) < 0);
    free(one_row);
    struct forecaster *made = make(10, "", weir_test_file("short.csv", "time_s,rate\n0,5\n5,5\n")); /* exactly one */
    double seen[] = {5}, mean[2];
    forecaster_fit(made, seen, 1);
    CU_ASSERT_EQUAL(forecaster_predict(made, 2, mean, NULL), WEIR_OK);
    CHECK_NEAR(mean[0], 0, 0); /* it was the first step */
    forecaster_free(made);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"forecasts", forecasts}, {"refuses", refuses}, {0}};
    return weir_test_main("policies/oracle", cases, argc, argv);
}
