/* proactive and its presets: ahead of the load, patient on the way down, honest when a model fails. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/policies/proactive_world.h"
#include "tests/support/test.h"

/* The load of a file: 50/s, and 490/s from 100 s to 200 s. With a headroom of 0.2 that is 1 instance, and
 * ceil(1.2 * 4.9) = 6. The horizon is 30 s: at the end of window 7 (70 s) the surge is 30 s ahead, the first step of
 * which begins at 70 + 0 s; the third ends at 100 s. So the window that ends at 80 s is the first to see it. It shrinks
 * when the last window and those up to `hold` (50 s) ahead are free of it, two windows in a row: 21 and 22. */
static void ahead_of(const char *file, const char *keys)
{
    char *text =
        weir_format("{\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\"%s}, \"horizon\": \"30s\", \"warm\": 1, "
                    "\"confidence\": 0, \"hold\": \"50s\", \"cooldown\": \"0s\", \"stabilization\": \"0s\"}",
                    file, keys);
    CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, text), WEIR_OK);
    for (int w = 1; w <= 30; w++) {
        int got = step(w <= 10 || w > 20 ? 50 : 490);
        int wanted = w < 8 ? 1 : w < 22 ? 6 : 1;
        if (w == 8) {
            CU_ASSERT(strstr(why, "monitor: in 50/s") && strstr(why, "oracle sees 490/s") &&
                      strstr(why, "within 30 s"));
            CU_ASSERT(strstr(why, "plan: 4.9 instances of 100/s needed") && strstr(why, "known: 8 windows"));
        }
        CU_ASSERT_EQUAL(got, wanted);
    }
    CU_ASSERT_EQUAL(warnings, 0);
    end();
    free(text);
}

static void ahead_of_the_load(void)
{
    ahead_of(weir_test_file("surge.csv", "time_s,rate\n0,50\n100,490\n200,50\n400,50\n"), "");
    /* The same from midnight on, out of order, without names, written in a way of its own. */
    ahead_of(
        weir_test_file("own.csv",
                       "01.02.24 00h01m40,490\n01.02.24 00h00m00,50\n01.02.24 00h06m40,50\n01.02.24 00h03m20,50\n"),
        ", \"time_format\": \"%d.%m.%y %Hh%Mm%S\", \"header\": false, \"sort\": true");
}

/* Until a model is fitted, the last value stands for the forecast; then a ramp is met before it is there. */
static void learns_in_the_run(void)
{
    CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive,
                                "{\"forecaster\": {\"name\": \"linear\", \"window\": 4}, \"warm\": 20,"
                                " \"headroom\": 0, \"confidence\": 0}"),
                          WEIR_OK);
    for (int w = 0; w < 60; w++) {
        int got = step(100 + 10 * w);
        /* Ahead by two windows, after a change by what it took (one) and the next: 20/s more. */
        double seen = 100 + 10 * (w + (w + 1 >= 20 ? 2 : 0));
        CU_ASSERT_EQUAL(got, (int)ceil(seen / 100 - 1e-6));
        CU_ASSERT((flops > 0) == (w + 1 >= 20)); /* the model costs work */
    }
    CU_ASSERT(strstr(why, "linear sees") != NULL);
    end();
}

/* A forecast of a billion times what was ever seen is refused: the last value takes over, and it is told once. */
static void falls_back(void)
{
    const char *file = weir_test_file("wild.csv", "time_s,rate\n0,50\n1000,50\n");
    char *text =
        weir_format("{\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\", \"scale\": 1e9}, \"warm\": 1}", file);
    CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, text), WEIR_OK);
    for (int w = 0; w < 20; w++)
        CU_ASSERT_EQUAL(step(150), 2);
    CU_ASSERT_EQUAL(warnings, 1);
    CU_ASSERT(strstr(warning, "oracle") && strstr(warning, "\"last\" takes its place"));
    for (int w = 0; w < 20; w++)
        step(250);
    CU_ASSERT(strstr(why, "last sees 250/s") && strstr(why, "1 failures"));
    CU_ASSERT_EQUAL(warnings, 1);
    end();
    free(text);
}

/* State of 1 GB over 100 MB/s: a pause of 1e9 / 2 / 1e8 = 5 s and more. With "pay" at 1000, nothing wins as much. */
static void pays_or_stays(void)
{
    static const char *const texts[] = {"{\"forecaster\": \"last\", \"pay\": 1000}", "{\"forecaster\": \"last\"}"};
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, texts[i]), WEIR_OK);
        world->operators[0][0].stateful = true;
        world->operators[0][0].state_bytes = 1e9;
        world->restart_s = 5;
        for (int w = 0; w < 5; w++)
            step(130);
        CU_ASSERT_EQUAL(world->operators[0][0].instance_count, i == 0 ? 1 : 2);
        end();
    }
}

/* Two instances sustain 100/s each as measured, but a calibration says 150/s and 180/s for two and three of them: a
 * forecast of 160/s needs three. */
static void by_throughput(void)
{
    CU_ASSERT_EQUAL_FATAL(
        begin(
            &weir_policy_svr_twres,
            "{\"sizing\": \"twres\", \"calibration\": \"1:90,2:150,3:180,4:200\", \"headroom\": 0, \"confidence\": 0}"),
        WEIR_OK);
    for (int w = 0; w < 3; w++)
        step(160);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 3);
    end();
    /* Of operators: that of the job's own goes first; one of another leaves it as it is, two of 100/s, and is told. */
    static const struct {
        const char *whose;
        int instances, warnings;
    } cases[] = {{"\"work\": \"1:90,2:150,3:180,4:200\"", 3, 0},
                 {"\"work\": \"1:200\", \"stream/work\": \"1:90,2:150,3:180\"", 3, 0},
                 {"\"stream/work\": \"1:200\", \"work\": \"1:90,2:150,3:180\"", 1, 0},
                 {"\"other/work\": \"1:10\"", 2, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = weir_format("{\"calibration\": {%s}, \"headroom\": 0, \"confidence\": 0}", cases[i].whose);
        CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_svr_twres, text), WEIR_OK);
        for (int w = 0; w < 3; w++)
            step(160);
        CU_ASSERT_EQUAL(world->operators[0][0].instance_count, cases[i].instances);
        CU_ASSERT_EQUAL(warnings, cases[i].warnings);
        end();
        free(text);
    }
    CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_svr_twres,
                                "{\"headroom\": 0, \"limit\": \"1s\", \"confidence\": 0, \"stabilization\": \"0s\"}"),
                          WEIR_OK);
    world->jobs[0].latency_mean_s = 2; /* above its limit without overload: one more a window */
    for (int w = 0; w < 3; w++)
        step(50);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 4);
    world->jobs[0].latency_mean_s = 0.5;
    for (int w = 0; w < 6; w++)
        step(50);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 1);
    end();
}

/* By the paper's rule growth is what the coming window calls for, or one for a long response. That the load will be ten
 * times as high in 40 s is beyond the horizon, and holds back giving back alone: one instance of 100/s for 50/s. */
static void grows_by_the_rule_alone(void)
{
    const char *file = weir_test_file("later.csv", "time_s,rate\n0,50\n100,490\n400,490\n");
    char *text = weir_format("{\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\"}, \"warm\": 1, \"headroom\": 0, "
                             "\"confidence\": 0, \"limit\": \"1s\", \"horizon\": \"10s\", \"hold\": \"60s\"}",
                             file);
    for (int slow = 0; slow < 2; slow++) {
        CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_svr_twres, text), WEIR_OK);
        for (int w = 0; w < 6; w++)
            CU_ASSERT_EQUAL(step(50), 1);
        world->jobs[0].latency_mean_s = slow ? 2 : 0.5; /* at 60 s, the surge being 40 s ahead */
        CU_ASSERT_EQUAL(step(50), slow ? 2 : 1);
        world->jobs[0].latency_mean_s = 0.5;
        /* F: 50/s for 10 s; one instance sustains 100/s, two 200/s */
        if (slow) {
            CHECK_NEAR(told(why, "TWRES: F "), 500, 0);
            CHECK_NEAR(told(why, ", MSTW(1) "), 1000, 0);
            CHECK_NEAR(told(why, ", MSTW(2) "), 2000, 0);
            CU_ASSERT(
                strstr(why, ", TWRES: F 500, MST(1) 100/s, MSTW(1) 1000, MSTW(2) 2000, R 2 s, limit 1 s: R > limit;") !=
                NULL);
        }
        CU_ASSERT_EQUAL(step(50), slow ? 2 : 1); /* nor are they given back for as long as they will be needed */
        CU_ASSERT_EQUAL(step(50), slow ? 2 : 1);
        CU_ASSERT_EQUAL(step(50), 5);
        CHECK_NEAR(told(why, "TWRES: F "), 4900, 0);
        CHECK_NEAR(told(why, ", MSTW(5) "), 5000, 0);
        CU_ASSERT(strstr(why, slow ? "F 4900, MST(2) 200/s, MSTW(2) 2000, MSTW(5) 5000" : "MSTW(5) 5000") != NULL);
        CU_ASSERT(strstr(why, ": F > MSTW;") != NULL);
        end();
    }
    free(text);
}

/* A history of two hours trains before the run, so that the first windows are forecast and cost no work. */
static void trained_before(void)
{
    char text[4096] = "time_s,rate\n";
    for (int k = 0, used = 12; k < 200; k++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%d,%d\n", 10 * k, 100 + k % 20);
    weir_test_file("history.csv", text);
    char *slot = weir_format("{\"train\": \"%s/history.csv\", \"season\": \"200s\"}", weir_test_folder());
    CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, slot), WEIR_OK);
    step(100);
    CU_ASSERT(strstr(why, "linear sees") != NULL);
    CU_ASSERT_EQUAL(warnings, 0);
    end();
    free(slot);
}

/* The same history in columns of other names, beside others, its dates as a log writes them: the same forecast. */
static void trained_on_other_columns(void)
{
    char plain[8192] = "time_s,rate\n", strange[16384] = "id,when,errors,seen\n";
    size_t used[2] = {strlen(plain), strlen(strange)};
    for (int k = 0; k < 200; k++) {
        int s = 10 * k, rate = 100 + 7 * (k % 20);
        used[0] += (size_t)snprintf(plain + used[0], sizeof plain - used[0], "%d,%d\n", s, rate);
        used[1] += (size_t)snprintf(strange + used[1], sizeof strange - used[1], "%d,05.04.2024 %02dh%02d-%02d,3,%d\n",
                                    k, s / 3600, s / 60 % 60, s % 60, rate);
    }
    weir_test_file("plain.csv", plain);
    weir_test_file("strange.csv", strange);
    static const char *const more[] = {
        "", ", \"train_time\": \"when\", \"train_value\": \"seen\", \"train_time_format\": \"%d.%m.%Y %Hh%M-%S\""};
    char said[2][sizeof why];
    for (int i = 0; i < 2; i++) {
        char *slot = weir_format("{\"train\": \"%s/%s.csv\", \"season\": \"200s\"%s}", weir_test_folder(),
                                 i ? "strange" : "plain", more[i]);
        CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, slot), WEIR_OK);
        step(100);
        strcpy(said[i], why);
        end();
        free(slot);
    }
    CHECK_NEAR(told(said[0], "sees "), told(said[1], "sees "), 0);
    CU_ASSERT_STRING_EQUAL(said[0], said[1]);
    CU_ASSERT(strstr(said[1], "linear sees") != NULL);
}

/* The mean error that the last decision tells of. */
static double told_error(void)
{
    const char *at = strstr(why, "windows, error ");
    return at ? strtod(at + strlen("windows, error "), NULL) : NAN;
}

static void write_saw(const char *name, int period, int swing)
{
    char text[8192] = "time_s,rate\n";
    for (int k = 0, used = 12; k < 300; k++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%d,%d\n", 10 * k, 200 + swing * (k % period));
    weir_test_file(name, text);
}

/* Of the models trained on two histories, the one whose history is like the load is taken once the load is known. */
static void nearest_history(void)
{
    double error[3];
    write_saw("other.csv", 37, 5);
    write_saw("like.csv", 8, 40);
    char *two = weir_format("%s/other.csv,%s/like.csv", weir_test_folder(), weir_test_folder());
    char *one = weir_format("%s/other.csv", weir_test_folder());
    for (int i = 0; i < 3; i++) {
        char *text = weir_format("{\"train\": \"%s\", \"train_within\": %g, \"forecaster\": {\"name\": \"linear\", "
                                 "\"window\": 12, \"seasonal\": false}, \"hold\": \"0s\", \"cooldown\": \"0s\", "
                                 "\"stabilization\": \"0s\", \"down_windows\": 1}",
                                 i ? one : two, i == 2 ? 0.1 : 0);
        CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, text), WEIR_OK);
        for (int w = 0; w < 120; w++) {
            step(200 + 40 * (w % 8));
            if (i == 2 && w == 29) /* `warm` windows: rejected, and learnt at once */
                CU_ASSERT(strstr(lesson, "linear learns 30 windows") != NULL && lessons == 2);
        }
        error[i] = told_error();
        end();
        free(text);
    }
    free(one);
    free(two);
    CU_ASSERT(error[2] < 5); /* the one history is too far away: none is taken */
    CU_ASSERT(error[0] < 5);
    CU_ASSERT(error[1] > 10);
}

/* The load triples, and swings as it never did: the model learns on, and is nearer than one that does not. */
static void adapts_to_another_load(void)
{
    static const char *const how[] = {"tune", "none"};
    double error[2];
    write_saw("before.csv", 8, 10);
    for (int i = 0; i < 2; i++) {
        char *text = weir_format("{\"train\": \"%s/before.csv\", \"adapt\": \"%s\", \"drift\": 1, \"hold\": \"0s\", "
                                 "\"forecaster\": {\"name\": \"linear\", \"window\": 12, \"seasonal\": false}, "
                                 "\"cooldown\": \"0s\", \"stabilization\": \"0s\", \"down_windows\": 1}",
                                 weir_test_folder(), how[i]);
        CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, text), WEIR_OK);
        for (int w = 0; w < 60; w++)
            step(200 + 10 * (w % 8));
        double before = flops;
        for (int w = 0; w < 140; w++)
            step(600 + 60 * (w % 5));
        error[i] = told_error();
        CU_ASSERT((flops - before > 3e4) == (i == 0)); /* learning is the larger part of the work */
        end();
        free(text);
    }
    CU_ASSERT(error[0] < 5);
    CU_ASSERT(error[1] > 20);
}

static void bad_input(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"forecaster\": \"liner\"}", "did you mean \"linear\"?"},
        {"{\"forecaster\": {\"name\": \"linear\", \"windw\": 3}}", "did you mean \"window\"?"},
        {"{\"forecaster\": 3}", "expected a string or an object: "},
        {"{\"calibration\": 3}", "calibration: expected a string or an object: Throughput model"},
        {"{\"forecaster\": \"oracle\"}", "\"file\" is missing"},
        {"{\"forecaster\": {\"name\": \"oracle\", \"file\": \"/none.csv\"}}", "/none.csv"},
        {"{\"model\": \"a\", \"train\": \"b\"}", "exclude each other"},
        {"{\"sizing\": \"twres\", \"calibration\": \"1:x\"}", "must be instances and items per second"},
        {"{\"sizing\": \"twres\", \"calibration\": \"1:0\"}", "both must be above 0"},
        {"{\"sizing\": \"twres\", \"calibration\": \"1:10,\"}", "must be instances and items per second"},
        {"{\"sizing\": \"twres\", \"calibration\": {\"work\": \"1:x\"}}", "\"calibration\" of \"work\""},
        {"{\"sizing\": \"twres\", \"calibration\": {\"work\": 3}}", "\"calibration\" of \"work\""},
        {"{\"sizing\": \"twres\", \"calibration\": {}}", "names no operator"},
        {"{\"calibration\": \"1:10\"}", "\"calibration\" does nothing with \"sizing\": \"ds2\""},
        {"{\"limit\": \"1s\"}", "\"limit\" does nothing with \"sizing\": \"ds2\""},
        {"{\"train_within\": 2}", "\"train_within\" does nothing without \"train\""},
        {"{\"train_scale\": 2}", "\"train_scale\" does nothing without \"train\""},
        {"{\"model\": \"a\", \"train_scale\": 2}", "and \"model\" takes its place"},
        {"{\"train_time\": \"t\"}", "do nothing without \"train\""},
        {"{\"train\": \"/none.csv\"}", "\"train\": /none.csv: no such file"},
        {"{\"model\": \"/none.weir\"}", "\"model\": /none.weir: no such file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CU_ASSERT(begin(&weir_policy_proactive, cases[i].text) < 0);
        CHECK_MESSAGE(cases[i].message);
        end();
    }
    /* What only the first window can show. */
    char *given = weir_format("{\"train\": \"%s\"}", weir_test_file("words.csv", "t,v\n0,a\n1,b\n"));
    CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, given), WEIR_OK);
    free(given);
    history[0] = 1;
    world->jobs[0].ingress_history = history;
    world->jobs[0].history_count = 1;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    CU_ASSERT(policy->window_ends(state, &world->view, plan) < 0);
    CHECK_MESSAGE("job stream: train: ");
    weir_plan_free(plan);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"ahead_of_the_load", ahead_of_the_load},
                                             {"learns_in_the_run", learns_in_the_run},
                                             {"falls_back", falls_back},
                                             {"pays_or_stays", pays_or_stays},
                                             {"by_throughput", by_throughput},
                                             {"grows_by_the_rule_alone", grows_by_the_rule_alone},
                                             {"trained_before", trained_before},
                                             {"trained_on_other_columns", trained_on_other_columns},
                                             {"nearest_history", nearest_history},
                                             {"adapts_to_another_load", adapts_to_another_load},
                                             {"bad_input", bad_input},
                                             {0}};
    return weir_test_main("policies/proactive", cases, argc, argv);
}
