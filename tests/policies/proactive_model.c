/* What proactive knows of a load: when its model learns, from how much, how far off it was. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/policies/proactive_world.h"
#include "tests/support/test.h"

#define LINEAR  "\"forecaster\": {\"name\": \"linear\", \"window\": 4, \"seasonal\": false}, \"confidence\": 0"
#define AT_ONCE ", \"stabilization\": \"0s\", \"cooldown\": \"0s\", \"down_windows\": 1"

static void start(const struct weir_policy *which, const char *keys, const char *more)
{
    char *text = weir_format("{%s%s}", keys, more);
    CU_ASSERT_EQUAL_FATAL(begin(which, text), WEIR_OK);
    free(text);
}

/* The windows of lessons and the windows that each learnt, of a load of 100/s; the lists end with 0. */
static void check_lessons(const int *at, const int *of, int windows)
{
    for (int w = 1; w <= windows; w++) {
        lessons = 0;
        step(100);
        CU_ASSERT_EQUAL(lessons, w == *at);
        if (w != *at)
            continue;
        CHECK_NEAR(told(lesson, "learns "), *of, 0);
        at++;
        of++;
    }
    CU_ASSERT_EQUAL(*at, 0);
}

/* First after `warm` windows, or the six that a linear model of four needs, then every `refit`, from `memory` windows
 * at most. */
static void lessons_in_time(void)
{
    static const struct {
        const char *more;
        int windows, at[9], of[9];
    } rows[] = {
        {"", 240, {30, 130, 230}, {30, 130, 230}},
        {", \"refit\": 0", 240, {30}, {30}},
        {", \"warm\": 10, \"refit\": 40", 100, {10, 50, 90}, {10, 50, 90}},
        {", \"warm\": 3, \"refit\": 20", 50, {6, 26, 46}, {6, 26, 46}},
        {", \"warm\": 20, \"refit\": 20, \"memory\": 25", 90, {20, 40, 60, 80}, {20, 25, 25, 25}},
        {", \"warm\": 20, \"refit\": 20, \"memory\": 6", 50, {20, 40}, {6, 6}},
        {", \"warm\": 20, \"refit\": 20, \"memory\": 5", 50, {20, 40}, {20, 40}}, /* too few for a model */
        {", \"warm\": 20, \"refit\": 1", 24, {20, 21, 22, 23, 24}, {20, 21, 22, 23, 24}},
        {", \"refit\": 1000, \"memory\": 0", 130, {30}, {30}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(&weir_policy_proactive, LINEAR, rows[i].more);
        check_lessons(rows[i].at, rows[i].of, rows[i].windows);
        end();
    }
}

/* One that was trained on 50 windows learns again when the run is as long, and not before. */
static void lessons_of_the_trained(void)
{
    struct weir_text csv = {0};
    weir_text_add(&csv, "time_s,rate\n");
    for (int k = 0; k <= 50; k++)
        weir_text_addf(&csv, "%d,100\n", 10 * k);
    char *keys = weir_format(LINEAR ", \"train\": \"%s\"", weir_test_file("past.csv", csv.data));
    static const struct {
        const char *more;
        int windows, at[5], of[5];
    } rows[] = {{", \"refit\": 20", 95, {50, 70, 90}, {50, 70, 90}},
                {", \"refit\": 60", 130, {60, 120}, {60, 120}},
                {", \"refit\": 0", 130, {0}, {0}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(&weir_policy_proactive, keys, rows[i].more);
        check_lessons(rows[i].at, rows[i].of, rows[i].windows);
        end();
    }
    free(keys);
    weir_text_fini(&csv);
}

/* An oracle that says 100/s for ever. */
static const char *flat_file(void)
{
    return weir_test_file("flat.csv", "time_s,rate\n0,100\n100,100\n");
}

static char *flat(const char *keys)
{
    return weir_format("\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\", \"repeat\": true}%s", flat_file(),
                       keys);
}

/* The window in which the test of Page and Hinkley calls a drift, for a load that goes from 100/s to 300/s after
 * `calm` windows, of which the test sees those from `first` on: errors of 2/3 of the load. */
static int drifts_at(int first, int calm, double threshold, int warm)
{
    for (int last = first; last < MOST; last++) {
        double above = 0, least = 0;
        for (int k = first; k <= last; k++) {
            double sum = 0;
            for (int m = first; m <= k; m++)
                sum += m > calm ? 2.0 / 3 : 0;
            above += (k > calm ? 2.0 / 3 : 0) - sum / (k - first + 1) - 0.02;
            least = fmin(least, above);
        }
        if (last - first + 1 >= warm && above - least > threshold)
            return last;
    }
    return 0;
}

/* A drift is answered at once, and again `warm` windows after the load changed: with all that was seen, or, of a model
 * that was trained before, with what came since, two windows at least. */
static void lessons_of_drift(void)
{
    static const struct {
        const char *more;
        double threshold;
        int warm, trained; /* windows, 0: not before */
        bool answers;
    } rows[] = {{"", 2, 5, 0, true},
                {", \"drift\": 1", 1, 5, 0, true},
                {", \"drift\": 3", 3, 5, 0, true},
                {", \"adapt\": \"none\"", 2, 5, 0, false},
                {", \"adapt\": \"fit\"", 2, 5, 0, true},
                {"", 2, 12, 0, true},
                {"", 2, 5, 30, true},
                {"", 2, 5, 1, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *past = weir_format("time_s,rate\n0,100\n%d,100\n", 10 * rows[i].trained);
        char *train = weir_format(", \"train\": \"%s\"", weir_test_file("short.csv", past));
        char *keys =
            weir_format(", \"refit\": 0, \"warm\": %d%s%s", rows[i].warm, rows[i].more, rows[i].trained ? train : "");
        char *slot = flat(keys);
        start(&weir_policy_proactive, slot, "");
        int first = rows[i].trained ? 2 : rows[i].warm + 2,
            drift = drifts_at(first, 20, rows[i].threshold, rows[i].warm);
        int again = drift - 1 + rows[i].warm;
        for (int w = 1; w <= 60; w++) {
            lessons = 0;
            step(w > 20 ? 300 : 100);
            bool fits = !rows[i].trained && w == rows[i].warm, late = rows[i].answers && w == again;
            CU_ASSERT_EQUAL(lessons, fits || late || (rows[i].answers && w == drift));
            if (lessons)
                CHECK_NEAR(told(lesson, "learns "), !rows[i].trained ? w : late ? rows[i].warm : 2, 0);
        }
        end();
        free(slot);
        free(keys);
        free(train);
        free(past);
    }
}

/* What is forecast and comes is no error, also if it is nothing or next to it; and of 0.25/s and 0.75/s a drift is seen
 * as of 100/s and 300/s. */
static void small_loads(void)
{
    static const double calm[] = {0, 0.25}, later[] = {0, 0.75};
    for (int i = 0; i < 2; i++) {
        char *csv = weir_format("time_s,rate\n0,%g\n100,%g\n", calm[i], calm[i]);
        char *keys =
            weir_format("\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\", \"repeat\": true}, \"refit\": 0, "
                        "\"warm\": 5",
                        weir_test_file("small.csv", csv));
        start(&weir_policy_proactive, keys, "");
        int drift = drifts_at(7, 20, 2, 5);
        for (int w = 1; w <= 60; w++) {
            lessons = 0;
            step(w > 20 ? later[i] : calm[i]);
            CU_ASSERT_EQUAL(lessons, w == 5 || (i == 1 && (w == drift || w == drift + 4)));
        }
        end();
        free(keys);
        free(csv);
    }
}

/* However long a forecast has been contradicted, when its model fails at last, another one is tried: 100/s and more
 * were foreseen for 30 windows while 1/s came; then a billion. */
static void contradicted_and_fails(void)
{
    char *keys =
        weir_format("\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\"}, \"warm\": 1, \"refit\": 10, \"adapt\": "
                    "\"none\", \"hold\": \"10s\", \"horizon\": \"10s\"",
                    weir_test_file("late.csv", "time_s,rate\n0,100\n300,1e12\n4000,1e12\n"));
    start(&weir_policy_proactive, keys, "");
    int at[3], count = 0;
    for (int w = 1; w <= 70; w++) {
        warnings = 0;
        step(1);
        if (warnings && count < 3)
            at[count++] = w;
    }
    CHECK_NEAR(count, 3, 0);
    CHECK_NEAR(at[0], 30, 0);
    CHECK_NEAR(at[1], 40, 0);
    CHECK_NEAR(at[2], 60, 0);
    end();
    free(keys);
}

/* The mean error: of all, of the first 20; then a twentieth of each new one. The load rises by 40/s a window. */
static void errors(void)
{
    double off[100], mean = 0;
    int decisions = 0;
    char *slot = flat(", \"warm\": 1, \"confidence\": 0, \"adapt\": \"none\", \"refit\": 0" AT_ONCE);
    start(&weir_policy_proactive, slot, "");
    for (int w = 1; w <= 60; w++) {
        why[0] = '\0';
        step(100 + 40 * w);
        if (w == 1)
            continue; /* nothing had been forecast */
        int seen = w - 1;
        off[seen - 1] = 40 * w;
        if (seen <= 20) {
            mean = 0;
            for (int k = 0; k < seen; k++)
                mean += off[k] / seen;
        } else {
            mean = 0.95 * mean + 0.05 * off[seen - 1];
        }
        decisions += *why != '\0';
        if (*why) {
            CHECK_NEAR(told(why, "error "), mean, 0.006 * mean);
            CHECK_NEAR(told(why, "known: "), w, 0);
        }
    }
    CU_ASSERT(decisions >= 10);
    end();
    free(slot);
}

/* A model that fails is replaced, and another one tried after `refit` windows, twice as many, and so on. */
static void tries_again(void)
{
    static const struct {
        const char *more;
        int at[6];
    } rows[] = {{"", {1, 101, 301}},
                {", \"refit\": 10", {1, 11, 31, 71, 151, 311}},
                {", \"refit\": 0", {1}},
                {", \"train\": \"past.csv\"", {1}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *keys =
            weir_format("\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\", \"scale\": 1e9, \"repeat\": true}, "
                        "\"warm\": 1%s",
                        flat_file(), rows[i].more);
        char *folder = weir_format("%s/", weir_test_folder());
        weir_test_file("past.csv", "time_s,rate\n0,100\n300,100\n");
        seen_from = folder;
        start(&weir_policy_proactive, keys, "");
        seen_from = "";
        free(folder);
        for (int w = 1, next = 0; w < 320; w++) {
            warnings = 0;
            step(150);
            bool fails = next < 6 && w == rows[i].at[next];
            next += fails;
            CU_ASSERT_EQUAL(warnings, fails);
            CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 2);
        }
        end();
        free(keys);
    }
}

/* 2000/s are no forecast where at most 1/s was seen; where 150/s were, they are. From then on it learns as others do.
 */
static void comes_back(void)
{
    char *keys =
        weir_format("\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\", \"scale\": 20, \"repeat\": true}, "
                    "\"warm\": 1, \"refit\": 10, \"adapt\": \"none\"",
                    flat_file());
    start(&weir_policy_proactive, keys, "");
    for (int w = 1; w <= 35; w++) {
        lessons = warnings = 0;
        step(w == 1 ? 1 : 150);
        CU_ASSERT_EQUAL(lessons, w % 10 == 1);
        CU_ASSERT_EQUAL(warnings, w == 1);
    }
    end();
    free(keys);
}

/* What is reckoned of a window: the value that came, 12 steps of forecast for the two minutes of `hold`, and lessons.
 */
static void costs_of(const char *forecaster, const char *keys, bool pushes)
{
    struct forecaster_env of = {.step_s = 10, .season_s = 86400, .catalog = forecaster_catalog};
    struct forecaster *made;
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&of, forecaster, &made), WEIR_OK);
    double push = forecaster_cost(made, 1, 1).push_flops, predict = forecaster_cost(made, 1, 12).predict_flops;
    CU_ASSERT(predict > 0);
    CU_ASSERT_EQUAL(push > 0, pushes);
    start(&weir_policy_proactive, keys, "");
    for (int w = 1; w <= 140; w++) {
        flops = 0;
        step(100);
        double wanted = w < 30 ? 0 : predict + (w > 30 ? push : 0);
        if (w == 30 || w == 130)
            wanted += forecaster_cost(made, (size_t)w, 1).fit_flops;
        CHECK_NEAR(flops, wanted, 1e-9 * wanted);
    }
    end();
    forecaster_free(made);
}

static void costs(void)
{
    costs_of("linear:window=4:seasonal=false", LINEAR, false);
    costs_of("holt-winters", "\"forecaster\": \"holt-winters\", \"confidence\": 0", true);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"lessons_in_time", lessons_in_time},
                                             {"lessons_of_the_trained", lessons_of_the_trained},
                                             {"lessons_of_drift", lessons_of_drift},
                                             {"small_loads", small_loads},
                                             {"contradicted_and_fails", contradicted_and_fails},
                                             {"errors", errors},
                                             {"tries_again", tries_again},
                                             {"comes_back", comes_back},
                                             {"costs", costs},
                                             {0}};
    return weir_test_main("policies/proactive-model", cases, argc, argv);
}
