/* What proactive is given: histories in files, saved models, jobs that come and go, throughput that was measured. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/forecaster.h"
#include "policies/proactive/proactive.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/policies/proactive_world.h"
#include "tests/support/test.h"

#define LINEAR "\"forecaster\": {\"name\": \"linear\", \"window\": 4, \"seasonal\": false}, \"confidence\": 0"

#define LAST "\"forecaster\": \"last\", \"confidence\": 0"

static void start(const struct weir_policy *which, const char *keys, const char *more)
{
    char *text = weir_format("{%s%s}", keys, more);
    CU_ASSERT_EQUAL_FATAL(begin(which, text), WEIR_OK);
    free(text);
}

enum { PAST = 200 };
static double past(int k)
{
    return 200 + 30 * (k % 8);
}

/* What is forecast in the first window after such a history, of 200/s. */
static double sees(const char *csv, const char *more)
{
    char *keys = weir_format(LINEAR ", \"train\": \"%s\"%s", weir_test_file("history.csv", csv), more);
    start(&weir_policy_proactive, keys, "");
    step(200);
    double seen = told(why, "sees ");
    CHECK_NEAR(told(why, "known: "), 1, 0);
    end();
    free(keys);
    return seen;
}

/* The same history in rows of half a window, of 3 and 7 s, at half of its rates, at half of its speed. */
static void same_history(void)
{
    struct weir_text given[5] = {0};
    for (int i = 0; i < 5; i++)
        weir_text_add(&given[i], "time_s,rate\n");
    for (int k = 0; k < PAST; k++) {
        weir_text_addf(&given[0], "%d,%g\n", 10 * k, past(k));
        weir_text_addf(&given[1], "%d,%g\n%d,%g\n", 10 * k, past(k) - 50, 10 * k + 5, past(k) + 50);
        weir_text_addf(&given[2], "%d,%g\n%d,%g\n", 10 * k, past(k) - 70, 10 * k + 3, past(k) + 30);
        weir_text_addf(&given[3], "%d,%g\n", 10 * k, past(k) / 2);
        weir_text_addf(&given[4], "%d,%g\n", 20 * k, past(k));
    }
    for (int i = 0; i < 5; i++)
        weir_text_addf(&given[i], "%d,0\n", (i == 4 ? 20 : 10) * PAST); /* where the last one ends */
    double plain = sees(given[0].data, "");
    CU_ASSERT(plain > 220 && plain < 300);
    CHECK_NEAR(sees(given[1].data, ""), plain, 1e-3 * plain);
    CHECK_NEAR(sees(given[2].data, ""), plain, 1e-3 * plain);
    CHECK_NEAR(sees(given[3].data, ", \"train_scale\": 2"), plain, 1e-3 * plain);
    CHECK_NEAR(sees(given[4].data, ", \"train_speedup\": 2"), plain, 1e-3 * plain);
    for (int i = 0; i < 5; i++)
        weir_text_fini(&given[i]);
}

/* Names of files are seen from the folder of the scenario; a season is one in the time of the run. */
static void folder_and_season(void)
{
    struct weir_text csv = {0};
    weir_text_add(&csv, "time_s,rate\n");
    for (int k = 0; k <= PAST; k++)
        weir_text_addf(&csv, "%d,%g\n", 10 * k, past(k));
    weir_test_file("beside.csv", csv.data);
    char *folder = weir_format("%s/", weir_test_folder());
    seen_from = folder;
    start(&weir_policy_proactive,
          "\"forecaster\": \"seasonal\", \"confidence\": 0, \"train\": \"beside.csv\", \"season\": \"80s\"", "");
    step(past(PAST));
    CHECK_NEAR(told(why, "sees "), past(PAST + 2), 0.1); /* what came six windows before */
    end();
    start(&weir_policy_proactive,
          "\"forecaster\": {\"name\": \"oracle\", \"file\": \"beside.csv\"}, \"confidence\": 0, \"warm\": 1, \"hold\": "
          "\"10s\","
          " \"horizon\": \"10s\"",
          "");
    step(150);
    CHECK_NEAR(told(why, "sees "), past(1), 0.1);
    end();
    seen_from = "";
    free(folder);
    weir_text_fini(&csv);
}

/* A saved model forecasts in the policy what it forecasts by itself, after the same values. */
static void saved_model(void)
{
    double values[PAST], mean[2];
    struct forecaster_env of = {.step_s = 10, .season_s = 86400, .catalog = forecaster_catalog};
    struct forecaster *made;
    for (int k = 0; k < PAST; k++)
        values[k] = past(k);
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&of, "linear:window=4:seasonal=false", &made), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_fit(made, values, PAST), WEIR_OK);
    const char *path = weir_test_file("model.weir", "");
    CU_ASSERT_EQUAL(forecaster_save(made, path), WEIR_OK);
    forecaster_push(made, 290);
    CU_ASSERT_EQUAL(forecaster_predict(made, 2, mean, NULL), WEIR_OK);
    char *keys = weir_format("\"model\": \"%s\", \"confidence\": 0", path);
    start(&weir_policy_proactive, keys, "");
    step(290);
    CHECK_NEAR(told(why, "sees "), fmax(290, fmax(mean[0], mean[1])), 0.1);
    for (int w = 0; w < 150; w++)
        step(290);
    CU_ASSERT_EQUAL(lessons, 0); /* nobody knows what it was trained on */
    end();
    forecaster_free(made);
    free(keys);
}

/* A history shorter than a window, or of one row, is refused by the first window. */
static void short_history(void)
{
    static const char *const files[] = {"time_s,rate\n0,5\n9.9,5\n", "time_s,rate\n0,5\n"};
    static const char *const messages[] = {"holds less than one window (10 s)", "needs two rows of a time and a rate"};
    for (int i = 0; i < 2; i++) {
        char *keys = weir_format("{\"train\": \"%s\"}", weir_test_file("tiny.csv", files[i]));
        CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, keys), WEIR_OK);
        history[0] = 1;
        world->jobs[0].ingress_history = history;
        world->jobs[0].history_count = 1;
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        CU_ASSERT_EQUAL(policy->window_ends(state, &world->view, plan), WEIR_EINPUT);
        CHECK_MESSAGE(messages[i]);
        weir_plan_free(plan);
        end();
        free(keys);
    }
}

/* Only jobs that run and have a history are scaled; one that departs is known no more. */
static void jobs(void)
{
    start(&weir_policy_proactive, LAST, "");
    for (int j = 1; j < 4; j++) {
        weir_mock_job(world, "other", 0);
        weir_mock_operator(world, j, "work", 1e7);
        weir_mock_deploy(world, j, 0, 0);
        world->jobs[j].running = j == 3;
        world->jobs[j].ingress_rate = 450;
        weir_mock_serve(world, j, 0, 450, 100);
    }
    world->jobs[1].ingress_history = world->jobs[2].ingress_history = history;
    world->jobs[1].history_count = 1;
    step(250);
    step(350);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 5); /* 4.2 */
    for (int j = 1; j < 4; j++)
        CU_ASSERT_EQUAL(world->operators[j][0].instance_count, 1);
    policy->job_departs(state, &world->view, 0);
    policy->job_departs(state, &world->view, 7); /* never seen */
    world->jobs[0].history_count = 0;
    step(650);
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 8);
    CHECK_NEAR(told(why, "known: "), 1, 0);
    CHECK_NEAR(told(why, "a change takes "), 0, 0);
    end();
}

/* Without room nothing has changed: neither a change that takes time, nor a cool-down. */
static void no_room(void)
{
    start(&weir_policy_proactive, LAST, "");
    world->hosts[0].slots = 1;
    CU_ASSERT_EQUAL(step(250), 1);
    CU_ASSERT_EQUAL(step(250), 1);
    world->hosts[0].slots = 4;
    CU_ASSERT_EQUAL(step(250), 3);
    CHECK_NEAR(told(why, "a change takes "), 0, 0);
    end();
}

/* TWRES by calibration of 100/s an instance: the load with its headroom; one more where the response time of the job is
 * above its limit and the operator is where it is spent. */
static void by_throughput(void)
{
    static const struct {
        const char *more;
        double load, response_s, slo_s, other_s;
        int got;
    } rows[] = {{"", 250, 0, INFINITY, 0, 3},
                {"", 251, 0, INFINITY, 0, 4},
                {", \"headroom\": 0", 300, 0, INFINITY, 0, 3},
                {"", 50, 2, INFINITY, 0, 1},
                {"", 50, 2, 1, 0, 2},
                {"", 50, 2, 2, 0, 1},
                {", \"limit\": \"3s\"", 50, 2, 1, 0, 1},
                {", \"limit\": \"1s\"", 50, 2, INFINITY, 0, 2},
                {"", 50, 2, 1, 5, 1},
                {"", 250, 2, 1, 0, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(&weir_policy_svr_twres,
              "\"forecaster\": \"last\", \"confidence\": 0, \"calibration\": \"1:100,2:200,3:300,4:400\"",
              rows[i].more);
        weir_mock_operator(world, 0, "other", 1e6);
        weir_mock_deploy(world, 0, 1, 0);
        world->operators[0][1].latency_s = rows[i].other_s;
        world->jobs[0].slo_s = rows[i].slo_s;
        world->jobs[0].latency_mean_s = rows[i].response_s;
        CU_ASSERT_EQUAL(step(rows[i].load), rows[i].got);
        end();
    }
}

/* What was measured, a tenth of its mean with each window: 80, then 82 and 83.8/s of one instance; and 80 and 100/s of
 * one and two instances are 90/s each. */
static void measured_throughput(void)
{
    static const double loads[] = {167, 168}, after[] = {179, 181};
    for (int i = 0; i < 2; i++) {
        start(&weir_policy_svr_twres, "\"forecaster\": \"last\", \"confidence\": 0, \"headroom\": 0", "");
        rate_each = 80;
        step(60);
        rate_each = 100;
        step(60);
        CU_ASSERT_EQUAL(step(loads[i]), 2 + i);
        end();
        start(&weir_policy_svr_twres, "\"forecaster\": \"last\", \"confidence\": 0, \"headroom\": 0", "");
        rate_each = 80;
        step(60);
        CU_ASSERT_EQUAL(step(100), 2);
        rate_each = 100;
        CU_ASSERT_EQUAL(step(after[i]), 2 + i);
        end();
    }
    for (int tenth = 9; tenth <= 10; tenth++) { /* nine items tell nothing, ten do */
        start(&weir_policy_svr_twres, LAST, ", \"headroom\": 0");
        rate_each = 20;
        served_most = tenth / 10.0;
        step(15);
        rate_each = 100;
        served_most = INFINITY;
        CU_ASSERT_EQUAL(step(167) == 2, tenth == 9);
        end();
    }
}

/* One, two and four instances sustain 1/(5 ms + 5 ms/m): 100, 133.3 and 160/s. Three are known by the fit: 150/s; by
 * the mean of what each gives, 68.9/s, they would be 206.7/s. Items that weigh nothing are measured as others are. */
static void fitted_throughput(void)
{
    static const double loads[] = {149, 151};
    for (int i = 0; i < 2; i++) {
        start(&weir_policy_svr_twres, LAST, ", \"headroom\": 0, \"stabilization\": \"0s\", \"cooldown\": \"0s\"");
        world->operators[0][0].in_bytes = 0;
        for (int m = 4; m >= 1; m /= 2) {
            while (world->operators[0][0].instance_count < m)
                weir_mock_deploy(world, 0, 0, 0);
            world->operators[0][0].instance_count = m;
            rate_each = 1 / (5e-3 + 5e-3 / m) / m;
            step(0.95 * rate_each * m);
        }
        struct proactive *self = state;
        const struct proactive_operator *known = weir_memo_at(&self->operators, &world->view, 0, 0);
        for (int m = 1; m <= 4; m++)
            CHECK_NEAR(known->sustained[m], m == 3 ? 0 : 1 / (5e-3 + 5e-3 / m), 1e-9);
        CHECK_NEAR(step(loads[i]), 3 + i, 0);
        end();
    }
}

/* 1.2 x (340 + 600/30)/100 = 4.32 -> 5 are wanted, and 100/s sent on, before and after: undone at 30 s, when the first
 * whole window has shown it, and tried again 600 s later, or 60 s; growth by one is let be. */
static void brings_nothing(void)
{
    static const struct {
        const char *more;
        double load;
        int grown, left, again;
    } rows[] = {{"", 340, 5, 1, 63},
                {", \"remember\": \"1min\"", 340, 5, 1, 9},
                {", \"remember\": \"0s\"", 340, 5, 5, 3},
                {"", 200, 3, 1, 63},
                {"", 110, 2, 2, 63}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(&weir_policy_proactive, LAST, rows[i].more);
        served_most = 100;
        world->jobs[0].backlog = 600;
        for (int w = 1; w <= rows[i].again; w++)
            CU_ASSERT_EQUAL(step(rows[i].load), w < 3 || w == rows[i].again ? rows[i].grown : rows[i].left);
        end();
    }
}

/* 10 items in the window are enough to believe that an instance serves 50/s: 1.2 x 90/50 -> 3; 9 are not: 90/100. */
static void few_items(void)
{
    static const struct {
        const char *more;
        double served;
        int got;
    } rows[] = {{"", 1, 3}, {"", 0.9, 2}, {", \"min_items\": 100", 9.9, 2}, {", \"min_items\": 99", 9.9, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(&weir_policy_proactive, LAST, rows[i].more);
        rate_each = 50;
        served_most = rows[i].served;
        CU_ASSERT_EQUAL(step(90), rows[i].got);
        end();
    }
}

/* Pairs of a number of instances, up to a million, and what they serve; up to 64 of them. */
static void calibrations(void)
{
    static const struct {
        const char *text;
        bool taken;
    } rows[] = {{"1:100", true},     {"1000000:5", true}, {"1000001:5", false}, {"0:5", false},
                {"1:100,2:", false}, {"1:", false},       {"1", false},         {"-1:5", false},
                {"1:5;2:6", false},  {",1:5", false},     {"1:-5", false},      {"2:9,1:5", true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = weir_format("{\"sizing\": \"twres\", \"calibration\": \"%s\"}", rows[i].text);
        CU_ASSERT_EQUAL(begin(&weir_policy_proactive, text) >= 0, rows[i].taken);
        end();
        free(text);
    }
    for (int pairs = 64; pairs <= 65; pairs++) {
        struct weir_text text = {0};
        weir_text_add(&text, "{\"sizing\": \"twres\", \"calibration\": \"1:100");
        for (int m = 2; m <= pairs; m++)
            weir_text_addf(&text, ",%d:%d", m, 100 * m);
        weir_text_add(&text, "\"}");
        CU_ASSERT_EQUAL(begin(&weir_policy_proactive, text.data) >= 0, pairs == 64);
        end();
        weir_text_fini(&text);
    }
}

/* All numbers of a reason: up from one to 1.2 x 2.7 -> 4 for 250/s and 600 items that wait, down to one for 50/s. */
static void tells(void)
{
    static const char *const format =
        "monitor: in %lf/s, %lf/s to work off; analyse: %31s sees %lf/s (+-%lf) within %lf s; "
        "plan: %lf instances of %lf/s needed, %63[^:]: %lf; known: %lf windows, error %lf/s, "
        "a change takes %lf s, %lf failures";
    static const struct {
        const char *more;
        double within_s;
    } rows[] = {{", \"hold\": \"70s\"", 70}, {", \"hold\": \"5s\"", 20}};
    for (int i = 0; i < 2; i++) {
        char *more = weir_format(
            ", \"warm\": 1, \"stabilization\": \"0s\", \"cooldown\": \"0s\", \"down_windows\": 1%s", rows[i].more);
        start(&weir_policy_proactive, LAST, more);
        const double up[] = {250, 20, 250, 0, 20, 2.7, 100, 4, 1, 0, 0, 0},
                     down[] = {50, 0, 50, 0, rows[i].within_s, 0.5, 100, 1, 3, 100, 10, 0};
        for (int k = 0; k < 2; k++) {
            double got[12];
            char model[32], why_so[64];
            world->jobs[0].backlog = k ? 0 : 600;
            for (int w = 0; w < 1 + k; w++)
                step(k ? 50 : 250);
            CU_ASSERT_EQUAL(sscanf(why, format, &got[0], &got[1], model, &got[2], &got[3], &got[4], &got[5], &got[6],
                                   why_so, &got[7], &got[8], &got[9], &got[10], &got[11]),
                            14);
            for (int n = 0; n < 12; n++)
                CHECK_NEAR(got[n], (k ? down : up)[n], 1e-9);
            CU_ASSERT_STRING_EQUAL(why_so, k ? "more than is needed for long" : "too few for what is to come");
        }
        end();
        free(more);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"same_history", same_history},
                                             {"folder_and_season", folder_and_season},
                                             {"saved_model", saved_model},
                                             {"short_history", short_history},
                                             {"jobs", jobs},
                                             {"no_room", no_room},
                                             {"by_throughput", by_throughput},
                                             {"measured_throughput", measured_throughput},
                                             {"fitted_throughput", fitted_throughput},
                                             {"brings_nothing", brings_nothing},
                                             {"few_items", few_items},
                                             {"calibrations", calibrations},
                                             {"tells", tells},
                                             {0}};
    return weir_test_main("policies/proactive-given", cases, argc, argv);
}
