/* Studies: which configurations they have, in which order, and how samples lie. What is refused is tested by the files
 * of tests/input/studies/invalid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/sweep_plan.h"
#include "tests/support/test.h"

#define SCENARIO "tests/input/cli.json"

/* Reads a study on SCENARIO whose other keys are given. */
static struct weir_study *study_of(const char *keys)
{
    struct weir_study *study = NULL;
    char *root = realpath(SCENARIO, NULL);
    char *text = weir_format("{\"scenario\": \"%s\", %s}", root, keys);
    CU_ASSERT_EQUAL_FATAL(weir_study_read(weir_test_file("study.json", text), &study), WEIR_OK);
    free(text);
    free(root);
    return study;
}

static void check_described(const struct weir_study *study, int configuration, const char *wanted)
{
    char *described = weir_study_describe(study, configuration);
    CU_ASSERT_STRING_EQUAL(described, wanted);
    free(described);
}

static void lists_change_slowest_samples_fastest(void)
{
    struct weir_study *study = study_of(
        "\"list\": [{\"costs\": {\"start\": \"2s\"}}, {\"window\": \"5s\"}],"
        "\"grid\": {\"duration\": [60, \"2min\"], \"# a remark\": 1, \"//link[@id='local']/@latency\": [\"1ms\"]},"
        "\"sample\": {\"method\": \"random\", \"runs\": 3, \"ranges\": {\"batch_span\": [\"1ms\", \"2ms\"]}}");
    CU_ASSERT_EQUAL(weir_study_count(study), 2 * 2 * 3);
    CU_ASSERT_STRING_EQUAL(study->name, "study");
    CU_ASSERT(study->keep_files);
    struct weir_study_value span = weir_study_value(study, 4, 0), same = weir_study_value(study, 4, 9);
    CU_ASSERT_STRING_EQUAL(span.shown, same.shown); /* 9 = 3 x 3 + 0: the first sample again */
    char *wanted = weir_format("costs={\"start\":\"2s\"}, duration=60, //link[@id='local']/@latency=1ms, batch_span=%s",
                               span.shown);
    check_described(study, 0, wanted);
    free(wanted);
    wanted = weir_format("window=5s, duration=2min, //link[@id='local']/@latency=1ms, batch_span=%s", span.shown);
    check_described(study, 9, wanted);
    free(wanted);
    weir_study_value_fini(&span);
    weir_study_value_fini(&same);
    weir_study_free(study);
}

/* Names by "as" in each place; kinds of values and their numbers in SI. */
static void names_and_numbers(void)
{
    static const struct {
        const char *name;
        enum weir_study_type type;
        enum weir_unit unit;
        double first; /* configuration 0; NaN of text */
    } wanted[] = {
        {"entry", WEIR_STUDY_QUANTITY, WEIR_UNIT_TIME, NAN}, /* which configuration 0 leaves as it is */
        {"backhaul", WEIR_STUDY_QUANTITY, WEIR_UNIT_TIME, 0.005},
        {"window", WEIR_STUDY_QUANTITY, WEIR_UNIT_TIME, 5}, /* a number among times is of seconds */
        {"part", WEIR_STUDY_NUMBER, WEIR_UNIT_NONE, 0.25},
        {"//host/@speed", WEIR_STUDY_QUANTITY, WEIR_UNIT_SPEED, 2e9},
        {"speed", WEIR_STUDY_TEXT, WEIR_UNIT_NONE, NAN}, /* a factor is no quantity */
        {"mixed", WEIR_STUDY_TEXT, WEIR_UNIT_NONE, NAN},
        {"record.links", WEIR_STUDY_TEXT, WEIR_UNIT_NONE, NAN},
        {"mb", WEIR_STUDY_QUANTITY, WEIR_UNIT_BANDWIDTH, NAN},
    };
    struct weir_study *study = study_of(
        "\"as\": {\"costs.start\": \"entry\", \"# a remark\": 1, \"items_per_batch\": \"mixed\"},"
        "\"list\": [{\"window\": 5}, {\"costs.start\": \"2min\", \"window\": \"1min\"}],"
        "\"grid\": {\"//link/@latency\": {\"values\": [\"5ms\", \"0\", \"2s\"], \"as\": \"backhaul\"},"
        "\"batch_share\": {\"as\": \"part\", \"values\": [0.25, 1e-3]}, \"//host/@speed\": [\"2Gf\"],"
        "\"//host[1]/@speed\": {\"as\": \"speed\", \"values\": [\"*2\"]}, \"items_per_batch\": [\"2s\", \"3MB\"],"
        "\"record.links\": [true, false]},"
        "\"sample\": {\"runs\": 2, \"ranges\": {\"x\": {\"min\": \"8Mbps\", \"max\": \"16Mbps\", \"as\": \"mb\"}}}");
    CU_ASSERT_EQUAL_FATAL(study->column_count, 9);
    for (int w = 0; w < 9; w++) {
        int c = 0;
        while (c < study->column_count && strcmp(study->columns[c].name, wanted[w].name) != 0)
            c++;
        CU_ASSERT_FATAL(c < study->column_count);
        struct weir_study_kind kind = weir_study_kind(study, c);
        struct weir_study_value value = weir_study_value(study, c, 0);
        double got = weir_study_number(kind, &value);
        CU_ASSERT_EQUAL(kind.type, wanted[w].type);
        CU_ASSERT_EQUAL(kind.unit, wanted[w].unit);
        if (strcmp(wanted[w].name, "mb") == 0)
            CU_ASSERT(got >= 1e6 && got <= 2e6) /* 8 to 16 Mbit/s in B/s */
        else if (isnan(wanted[w].first))
            CU_ASSERT(isnan(got))
        else
            CHECK_NEAR(got, wanted[w].first, 1e-12 * wanted[w].first);
        weir_study_value_fini(&value);
    }
    weir_study_free(study);
}

static void the_first_key_of_a_grid_changes_slowest(void)
{
    struct weir_study *study = study_of("\"grid\": {\"duration\": [60, 70], \"window\": [5, 6, 7]}");
    static const char *const wanted[] = {"duration=60, window=5", "duration=60, window=6", "duration=60, window=7",
                                         "duration=70, window=5", "duration=70, window=6", "duration=70, window=7"};
    CU_ASSERT_EQUAL_FATAL(weir_study_count(study), 6);
    for (int c = 0; c < 6; c++)
        check_described(study, c, wanted[c]);
    weir_study_free(study);
}

static void changes_are_sets_and_edits(void)
{
    struct weir_study_changes made;
    struct weir_study *study =
        study_of("\"seeds\": [3, 4], \"policies\": [\"good\"],"
                 "\"list\": [{\"window\": \"5s\"}, {\"//host/@speed\": \"2Gf\", \"duration\": 30}]");
    weir_study_change(study, 1, &made);
    CU_ASSERT_EQUAL(made.changes.edit_count, 1);
    CU_ASSERT_STRING_EQUAL(made.changes.edits[0].xpath, "//host/@speed");
    CU_ASSERT_STRING_EQUAL(made.changes.edits[0].value, "2Gf");
    CU_ASSERT_STRING_EQUAL(made.sets[0], "policies=[\"good\"]");
    CU_ASSERT_STRING_EQUAL(made.sets[1], "seeds=[3,4]");
    CU_ASSERT_STRING_EQUAL(made.sets[2], "duration=30");
    CU_ASSERT_PTR_NULL(made.sets[3]);
    weir_study_changes_fini(&made);
    weir_study_free(study);
}

static double number(const struct weir_study *study, int column, int configuration)
{
    struct weir_study_value value = weir_study_value(study, column, configuration);
    double got = strtod(value.shown, NULL);
    weir_study_value_fini(&value);
    return got;
}

/* Of 100 samples, each hundredth of each range holds exactly one: on its own scale. */
static void a_latin_hypercube_has_one_sample_a_stratum(void)
{
    struct weir_study *study = study_of(
        "\"sample\": {\"runs\": 100, \"seed\": 5, \"ranges\": {"
        "\"duration\": [100, 200], \"batch_span\": {\"min\": \"1ms\", \"max\": \"100ms\", \"scale\": \"log\"}}}");
    int linear[100] = {0}, log_scale[100] = {0}, together = 0;
    for (int c = 0; c < 100; c++) {
        int first = (int)(number(study, 0, c) - 100);        /* strata of 1 s */
        int second = (int)(50 * log10(number(study, 1, c))); /* two decades in 100 strata */
        CU_ASSERT_FATAL(first >= 0 && first < 100 && second >= 0 && second < 100);
        linear[first]++;
        log_scale[second]++;
        together += first == second;
    }
    for (int i = 0; i < 100; i++)
        CU_ASSERT(linear[i] == 1 && log_scale[i] == 1);
    CU_ASSERT(together < 10); /* 1 is expected of two independent orders */
    weir_study_free(study);
}

static void random_and_whole_numbers_stay_in_their_range(void)
{
    struct weir_study *study =
        study_of("\"sample\": {\"method\": \"random\", \"runs\": 4000, \"ranges\": {\"duration\": [100, 200],"
                 "\"items_per_batch\": {\"min\": 1, \"max\": 4, \"integer\": true}}}");
    double sum = 0;
    int counts[5] = {0};
    for (int c = 0; c < 4000; c++) {
        sum += number(study, 0, c);
        int whole = (int)number(study, 1, c);
        CU_ASSERT_FATAL(whole >= 1 && whole <= 4 && whole == number(study, 1, c));
        counts[whole]++;
    }
    CHECK_NEAR(sum / 4000, 150, 4 * 100 / sqrt(12 * 4000.0)); /* four standard errors of a uniform mean */
    for (int i = 1; i <= 4; i++)
        CHECK_NEAR(counts[i], 1000, 4 * sqrt(4000 * 0.25 * 0.75));
    weir_study_free(study);
}

/* A run has the key that weir run would give it, and runs with the same inputs have one key. */
static void keys_are_those_of_the_inputs(void)
{
    static const char *const sets[] = {"duration=30s", "seeds=[8]", NULL};
    struct weir_sweep_plan *plan = NULL, *again = NULL;
    struct weir_scenario *scenario = NULL;
    struct weir_study *study = study_of(
        "\"seeds\": [7, 8], \"list\": [{\"window\": \"10s\"}, {\"duration\": \"30s\"}, {\"duration\": \"60s\"}]");
    CU_ASSERT_EQUAL_FATAL(weir_sweep_plan_make(study, weir_catalog, &plan), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read(SCENARIO, sets, &scenario), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(plan->run_count, 3 * 2 * 2);
    /* Configuration 2, policy good (the second), seed 8 (the second): run 4 + 2 + 1, counted from 0. */
    CU_ASSERT_EQUAL(plan->keys[7], weir_run_key(scenario, &scenario->stacks[1], 8));
    char *name = weir_sweep_plan_name(plan, 7);
    CU_ASSERT_STRING_EQUAL(name, "run 8 (duration=30s, good, seed 8)");
    free(name);
    /* The scenario's own window and duration are 10 s and 60 s: the third configuration is the first. */
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(plan->keys[8 + i], plan->keys[i]);
        CU_ASSERT_EQUAL(weir_key_map_get(&plan->first, plan->keys[8 + i]), i);
    }
    char *path = weir_format("%s/plan.bin", weir_test_folder());
    CU_ASSERT_EQUAL(weir_sweep_plan_save(plan, path), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(weir_sweep_plan_load(study, weir_catalog, path, &again), WEIR_OK);
    CU_ASSERT_PTR_NULL(again->label_of); /* it was loaded, not made */
    CU_ASSERT_EQUAL(memcmp(again->keys, plan->keys, 12 * sizeof *plan->keys), 0);
    weir_sweep_plan_free(again);
    weir_study_free(study);
    study = study_of(
        "\"seeds\": [7, 9], \"list\": [{\"window\": \"10s\"}, {\"duration\": \"30s\"}, {\"duration\": \"60s\"}]");
    CU_ASSERT_EQUAL_FATAL(weir_sweep_plan_load(study, weir_catalog, path, &again), WEIR_OK);
    CU_ASSERT_PTR_NOT_NULL(again->label_of); /* another study: made anew */
    weir_sweep_plan_free(again);
    weir_sweep_plan_free(plan);
    weir_scenario_free(scenario);
    weir_study_free(study);
    free(path);
}

static const struct weir_case cases[] = {
    {"lists_change_slowest_samples_fastest", lists_change_slowest_samples_fastest},
    {"names_and_numbers", names_and_numbers},
    {"the_first_key_of_a_grid_changes_slowest", the_first_key_of_a_grid_changes_slowest},
    {"changes_are_sets_and_edits", changes_are_sets_and_edits},
    {"a_latin_hypercube_has_one_sample_a_stratum", a_latin_hypercube_has_one_sample_a_stratum},
    {"random_and_whole_numbers_stay_in_their_range", random_and_whole_numbers_stay_in_their_range},
    {"keys_are_those_of_the_inputs", keys_are_those_of_the_inputs},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment/study", cases, argc, argv);
}
