/* The autoscaler of Flink's Kubernetes operator, against numbers reckoned by hand from its rule. */
#include "policies/flink_autoscaler/flink.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_flink_autoscaler;
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/flink-autoscaler"};
static struct weir_mock *world;
static void *state;
static struct weir_json_doc *doc; /* from which the parameters are borrowed */

/* Looked at every 10 s, from 10 s on; decided at 70 s first, from samples of a minute. */
#define QUICK "\"metrics.window\": \"60s\", \"scale-down.interval\": \"0s\", " TIMES
#define TIMES                                                                                                          \
    "\"reconcile.interval\": \"10s\", \"stabilization.interval\": \"0s\", \"catch-up.duration\": \"10min\","           \
    " \"restart.time\": \"60s\""

/* source -> a -> b with so many instances each. */
static int begin(const char *params, int of_a, int of_b)
{
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_flink_autoscaler);
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    CU_ASSERT_EQUAL(weir_param_bind(weir_policy_flink_autoscaler.params, &root, NULL, state), WEIR_OK);
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, 64, 0);
    weir_mock_job(world, "stream", 0);
    for (int o = 0; o < 2; o++) {
        weir_mock_operator(world, 0, o ? "b" : "a", 1e7);
        world->operators[0][o].max_parallelism = 32;
        for (int i = 0; i < (o ? of_b : of_a); i++)
            weir_mock_deploy(world, 0, o, 0);
    }
    return weir_policy_flink_autoscaler.create(state, &env);
}

static void end(void)
{
    weir_policy_flink_autoscaler.destroy(state);
    weir_json_free(doc);
    free(state);
    free(world);
}

/* A window in which the operators process so much, so busy; returns whether anything was changed. */
static bool step(double rate_a, double busy_a, double rate_b, double busy_b)
{
    const double rate[] = {rate_a, rate_b}, busy[] = {busy_a, busy_b};
    for (int o = 0; o < 2; o++) {
        world->operators[0][o].processed_rate = world->operators[0][o].output_rate = rate[o];
        world->operators[0][o].busy = busy[o];
        for (int i = 0; i < WEIR_MOCK_INSTANCES; i++)
            world->busy[0][o][i] = busy[o];
    }
    world->jobs[0].age_s = world->view.time_s + world->view.window_s;
    return weir_mock_step(world, &weir_policy_flink_autoscaler, state) > 0;
}

static int of(int op)
{
    return world->operators[0][op].instance_count;
}

/* The rule: capacity = round(lag / catch-up + rate x restart / catch-up + rate / utilisation). */
static void capacity(void)
{
    struct flink self = {.catch_up_s = 1800, .restart_s = 300};
    struct flink_evaluated vertex = {.target_rate = 1000, .catch_up_rate = 90000 / 1800.0};
    /* 50 + 1000 x 300 / 1800 + 1000 / 0.7 = 50 + 166.67 + 1428.57 */
    CHECK_NEAR(flink_capacity(&self, &vertex, 0.7, 300), 1645, 0);
    CHECK_NEAR(flink_capacity(&self, &vertex, 1.0, 0), 1050, 0);
    CHECK_NEAR(flink_capacity(&self, &vertex, 1.7, 0), 1050, 0); /* at most 1 */
    CU_ASSERT(isinf(flink_capacity(&self, &vertex, 0, 300)) && isinf(flink_capacity(&self, &vertex, -0.1, 300)));
    self.catch_up_s = 0; /* neither lag, which is 0 then, nor restart */
    vertex.catch_up_rate = 0;
    CHECK_NEAR(flink_capacity(&self, &vertex, 0.7, 300), 1429, 0);
    vertex.target_rate = NAN;
    CU_ASSERT(isnan(flink_capacity(&self, &vertex, 0.7, 300)));
}

/* Key groups: the number of them that the fullest instance has is 128 / p rounded down, as the original reckons. */
static void alignment(void)
{
    static const struct {
        enum flink_alignment mode;
        int present, wanted, most, aligned;
    } cases[] = {
        {FLINK_BALANCED, 4, 10, 128, 11},                                        /* 12 each; of 11 there are 11 */
        {FLINK_EVENLY_SPREAD, 4, 10, 128, 16},                                   /* the next divisor */
        {FLINK_OFF, 4, 10, 128, 10},           {FLINK_BALANCED, 4, 17, 128, 19}, /* 7 each of 17 and 18, 6 of 19 */
        {FLINK_EVENLY_SPREAD, 4, 17, 24, 17}, /* the next divisor, 32, is too many: as wanted */
        {FLINK_BALANCED, 12, 9, 128, 10},     /* down: 14 each, 12 of 10 */
        {FLINK_EVENLY_SPREAD, 12, 9, 128, 9}, /* no divisor from 9 to 12 */
        {FLINK_EVENLY_SPREAD, 12, 6, 128, 8},  {FLINK_EVENLY_SPREAD, 8, 5, 128, 8}, /* the present one: no change */
        {FLINK_BALANCED, 100, 120, 150, 128},                                       /* at most as many as groups */
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int got = flink_align(cases[c].mode, 128, cases[c].present, cases[c].wanted, cases[c].most);
        if (got != cases[c].aligned)
            fprintf(stderr, "\ncase %zu: %d\n", c, got);
        CU_ASSERT_EQUAL(got, cases[c].aligned);
    }
}

/* a does 100/s at 0.5 busy: 200/s. Wanted are 10 + 100 / 0.7 = 153: 0.765, one instance. b does its 100/s at 0.9:
 * 111/s, and 153 / 111.1 = 1.38: two; its rate is between 100 and 10 + 250, so that it alone asks for nothing. At 1
 * busy its rate is 100, which is not below 100; at 99/s, which is what comes in, it is below: 2 as soon as the window
 * is full. */
static void within_the_boundaries(void)
{
    CU_ASSERT_EQUAL(begin("{" QUICK "}", 1, 1), WEIR_OK);
    for (int w = 0; w < 20; w++)
        CU_ASSERT_FALSE(step(100, 0.5, 100, 0.9));
    end();
    CU_ASSERT_EQUAL(begin("{" QUICK ", \"utilization.max\": 0.85}", 1, 1), WEIR_OK);
    for (int w = 0; w < 6; w++)
        CU_ASSERT_FALSE(step(100, 0.5, 100, 0.9));
    CU_ASSERT(step(100, 0.5, 100, 0.9)); /* at 70 s: 111 < 100 / 0.85 = 118 */
    CU_ASSERT_EQUAL(of(0), 1);
    CU_ASSERT_EQUAL(of(1), 2);
    end();
}

/* The source's backlog grows by 50/s: 150/s come. At 70 s it is 3500: 3500 / 600 + 150 x 60 / 600 + 150 / 0.7 = 5.83 +
 * 15 + 214.29 = 235. a does 100/s, always busy: 2.35: three. b gets as much, at half its time, 200/s: 1.175: two. What
 * is observed from 3000 on, 30 s of 100/s, is 100/s as well. */
static void a_backlog(void)
{
    CU_ASSERT_EQUAL(begin("{" QUICK "}", 1, 1), WEIR_OK);
    for (int w = 1; w < 7; w++) {
        world->jobs[0].backlog = 500 * w;
        CU_ASSERT_FALSE(step(100, 1, 100, 0.5));
    }
    world->jobs[0].backlog = 3500;
    CU_ASSERT(step(100, 1, 100, 0.5));
    CU_ASSERT_EQUAL(of(0), 3);
    CU_ASSERT_EQUAL(of(1), 2);
    end();
    /* Busy time says 200/s, yet with 4000 behind it, and blocked for a fifth of its time, it does 80/s: it can do
     * 100/s. The lag does not grow: 80/s come; 6.67 + 8 + 114.29 = 129: 1.29. */
    CU_ASSERT_EQUAL(begin("{" QUICK ", \"backlog-processing.lag-threshold\": \"1s\"}", 1, 1), WEIR_OK);
    world->jobs[0].backlog = 4000;
    world->operators[0][0].backpressured = 0.2;
    for (int w = 0; w < 6; w++)
        CU_ASSERT_FALSE(step(80, 0.4, 80, 0.1));
    CU_ASSERT_FALSE(step(80, 0.4, 80, 0.1)); /* 100 is not below 6.67 + 80 / 1 = 87: within the bounds */
    world->jobs[0].backlog = 22000;          /* and now 37 + 80 a second and 300/s that it grew by */
    CU_ASSERT(step(80, 0.4, 80, 0.1));
    /* at 80 s: target 80 + 18000 / 60 = 380; 22000 / 600 + 380 x 60 / 600 + 380 / 0.7 = 36.67 + 38 + 542.86 = 618: 6.18
     */
    CU_ASSERT_EQUAL(of(0), 7);
    end();
}

/* 8 instances, each 0.1 busy, for 100/s: they could do 1000/s. 153 / 1000 is less than 0.4: 3.2, four; then 4 at 0.2 do
 * 500/s: 0.306: two; two at 0.4 do 250/s: 0.612: within 100 to 260. Each time a minute after the job runs anew. */
static void down_by_steps(void)
{
    CU_ASSERT_EQUAL(begin("{" QUICK "}", 8, 1), WEIR_OK);
    static const int counts[] = {8, 4, 2};
    for (int s = 0; s < 3; s++) {
        double busy = 0.8 / counts[s];
        CU_ASSERT_EQUAL(of(0), counts[s]);
        for (int w = 0; w < 6; w++)
            CU_ASSERT_FALSE(step(100, busy, 100, 0.5));
        CU_ASSERT_EQUAL(step(100, busy, 100, 0.5), s < 2);
        world->operators[0][0].changing = true; /* a window */
        step(100, busy, 100, 0.5);
        world->operators[0][0].changing = false;
    }
    CU_ASSERT_EQUAL(of(0), 2);
    end();
    /* Excluded, it is left; so are the others, with semicolons between. */
    CU_ASSERT_EQUAL(begin("{" QUICK ", \"vertex.exclude.ids\": \"c;a\"}", 8, 1), WEIR_OK);
    for (int w = 0; w < 20; w++)
        CU_ASSERT_FALSE(step(100, 0.1, 100, 0.5));
    end();
    CU_ASSERT_EQUAL(begin("{" QUICK ", \"vertex.exclude.ids\": \"aa;ab\"}", 8, 1), WEIR_OK);
    bool changed = false;
    for (int w = 0; w < 7; w++)
        changed |= step(100, 0.1, 100, 0.5);
    CU_ASSERT(changed);
    end();
    /* Nothing comes: it is taken to be able to do anything, and is halved but for a tenth. */
    CU_ASSERT_EQUAL(begin("{" QUICK ", \"vertex.min-parallelism\": 4}", 8, 5), WEIR_OK);
    for (int w = 0; w < 7; w++)
        step(0, 0, 0, 0);
    CU_ASSERT_EQUAL(of(0), 4); /* 3.2 */
    CU_ASSERT_EQUAL(of(1), 4); /* 2, but for the least */
    end();
}

/* A scale-down waits for two minutes from the first look that wants it, at 70 s, and is to the most that was wanted in
 * them. */
static void down_after_an_interval(void)
{
    const char *params = "{" TIMES ", \"scale-down.interval\": \"2min\", \"metrics.window\": \"20s\"}";
    CU_ASSERT_EQUAL(begin(params, 8, 1), WEIR_OK);
    /* window 20 s: decided from 30 s on; waits until 150 s. At 0.1 busy 4 are wanted; at 0.13, 153 / 769 x 8 = 1.6, 4
     * too. */
    while (world->view.time_s < 140)
        CU_ASSERT_FALSE(step(100, 0.1, 100, 0.5));
    CU_ASSERT(step(100, 0.1, 100, 0.5));
    CHECK_NEAR(world->view.time_s, 150, 0);
    CU_ASSERT_EQUAL(of(0), 4);
    end();
    CU_ASSERT_EQUAL(begin(params, 8, 1), WEIR_OK);
    while (world->view.time_s < 80)
        step(100, 0.1, 100, 0.5);
    /* At 110 s, 0.48 busy for all of the window: 153 / 208 x 8 = 5.9: six, and 208/s is within 100 to 260: as long as
     * that is the most, until 230 s, nothing asks for a rescale. At 120 s it was 0.353: 283/s, 4.3: five, outside. */
    while (world->view.time_s < 110)
        CU_ASSERT_FALSE(step(100, 0.48, 100, 0.5));
    while (world->view.time_s < 230)
        CU_ASSERT_FALSE(step(100, 0.1, 100, 0.5));
    CU_ASSERT(step(100, 0.1, 100, 0.5));
    CU_ASSERT_EQUAL(of(0), 5);
    end();
}

/* a was given 3 for 1 at 100/s and should do 300/s; it does 110/s: 10 of 200 more. With the check it is not given more,
 * and says so once; without, it is. A rescale that brought a fifth of it is followed by others. */
static void ineffective(void)
{
    for (int check = 0; check < 3; check++) {
        CU_ASSERT_EQUAL(
            begin(check ? "{" QUICK ", \"scaling.effectiveness.detection.enabled\": true}" : "{" QUICK "}", 1, 1),
            WEIR_OK);
        for (int w = 1; w <= 7; w++) {
            world->jobs[0].backlog = 500 * w;
            step(100, 1, 100, 0.5);
        }
        CU_ASSERT_EQUAL(of(0), 3);
        world->operators[0][0].changing = true;
        step(100, 1, 100, 0.5);
        world->operators[0][0].changing = false;
        double rate = check == 2 ? 140 : 110;
        for (int w = 8; w <= 17; w++) {
            world->jobs[0].backlog = 500 * w;
            step(rate, 1, rate, 0.2);
        }
        if (check == 1)
            CU_ASSERT_EQUAL(of(0), 3)
        else
            CU_ASSERT(of(0) > 3)
        end();
    }
}

/* Half of the keys are one instance's: it is busy all the time, the other never. By the busiest of the two they can do
 * 100/s, by the mean 200/s, by the other anything. */
static void aggregators(void)
{
    static const struct {
        const char *name;
        int wanted;
    } cases[] = {{"MAX", 4}, {"AVG", 2}, {"MIN", 1}};
    for (int c = 0; c < 3; c++) {
        char params[400];
        snprintf(params, sizeof params,
                 "{" QUICK ", \"utilization.max\": 0.7, \"utilization.min\": 0.7, "
                 "\"metrics.busy-time.aggregator\": \"%s\"}",
                 cases[c].name);
        CU_ASSERT_EQUAL(begin(params, 2, 1), WEIR_OK);
        for (int w = 0; w < 7; w++) {
            struct weir_operator_view *a = &world->operators[0][0];
            a->processed_rate = a->output_rate = 100;
            a->busy = 0.5;
            world->busy[0][0][0] = 1;
            world->busy[0][0][1] = 0;
            world->busy[0][1][0] = 0.68; /* 147/s, between 143 and 153 */
            world->operators[0][1].processed_rate = 100;
            world->operators[0][1].busy = 0.68;
            world->jobs[0].age_s = world->view.time_s + 10;
            weir_mock_step(world, &weir_policy_flink_autoscaler, state);
        }
        CU_ASSERT_EQUAL(of(0), cases[c].wanted); /* 1.53 x 2; 0.765 x 2; 0.4 x 2 */
        end();
    }
}

/* With keys 1.53 x 6 = 9.18, ten, are eleven: of 128 groups 11 each and not 12. */
static void key_groups(void)
{
    CU_ASSERT_EQUAL(begin("{" QUICK ", \"utilization.max\": 0.7}", 6, 1), WEIR_OK);
    world->operators[0][0].key_groups = 128;
    for (int w = 0; w < 7; w++)
        step(100, 1, 100, 0.5);
    CU_ASSERT_EQUAL(of(0), 11);
    end();
}

/* On defaults: 5 minutes to stabilise, 15 of samples: nothing before 20 minutes, whatever there is; the first sample
 * after 300 s is that of 300 s, so at 1200 s. */
static void by_default_after_twenty_minutes(void)
{
    CU_ASSERT_EQUAL(begin("{}", 1, 1), WEIR_OK);
    for (int w = 1; w < 120; w++) {
        world->jobs[0].backlog = 500 * w;
        CU_ASSERT_FALSE(step(100, 1, 100, 0.5));
    }
    world->jobs[0].backlog = 60000;
    CU_ASSERT(step(100, 1, 100, 0.5));
    /* 150/s come; 60000 / 1800 + 150 x 300 / 1800 + 150 / 0.7 = 33.3 + 25 + 214.3 = 273: 2.73 */
    CU_ASSERT_EQUAL(of(0), 3);
    end();
}

/* No busy time, no decision for the operator; none for a job that stands still; none without an instance. */
static void without_data(void)
{
    CU_ASSERT_EQUAL(begin("{" QUICK "}", 8, 8), WEIR_OK);
    for (int w = 0; w < 7; w++)
        step(100, NAN, 100, 0.1);
    CU_ASSERT_EQUAL(of(0), 8);
    CU_ASSERT_EQUAL(of(1), 4);
    end();
    CU_ASSERT_EQUAL(begin("{" QUICK "}", 8, 0), WEIR_OK);
    for (int w = 0; w < 7; w++)
        step(100, 0.1, 0, NAN);
    CU_ASSERT_EQUAL(of(0), 4);
    CU_ASSERT_EQUAL(of(1), 0);
    end();
    CU_ASSERT_EQUAL(begin("{" QUICK "}", 8, 8), WEIR_OK);
    for (int w = 0; w < 20; w++) {
        world->operators[0][1].changing = w % 5 == 0; /* a recovery now and then: the window is never full */
        CU_ASSERT_FALSE(step(100, 0.1, 100, 0.1));
    }
    end();
}

static void refusals(void)
{
    static const char *const cases[][2] = {
        {"{\"utilization.max\": 0.6}", "\"utilization.max\" (0.6) must not be below \"utilization.target\" (0.7)"},
        {"{\"utilization.min\": 0.8}", "\"utilization.min\" (0.8) must not be above \"utilization.target\" (0.7)"},
        {"{\"vertex.min-parallelism\": 300}",
         "\"vertex.min-parallelism\" (300) must not be above \"vertex.max-parallelism\" (200)"},
        {"{\"reconcile.interval\": \"0s\"}", "\"reconcile.interval\" must be above 0"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        CU_ASSERT_EQUAL(begin(cases[c][0], 1, 1), WEIR_EINPUT);
        CU_ASSERT_STRING_EQUAL(weir_error_message(), cases[c][1]);
        end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"capacity", capacity},
        {"alignment", alignment},
        {"within the boundaries", within_the_boundaries},
        {"a backlog", a_backlog},
        {"down by steps", down_by_steps},
        {"down after an interval", down_after_an_interval},
        {"ineffective", ineffective},
        {"aggregators", aggregators},
        {"key groups", key_groups},
        {"by default after twenty minutes", by_default_after_twenty_minutes},
        {"without data", without_data},
        {"refusals", refusals},
        {0},
    };
    return weir_test_main("policies/flink_autoscaler", cases, argc, argv);
}
