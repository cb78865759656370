/* What the policy ds2 does with windows: sizes, limits, dates, by hand. The recursion itself: ds2.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/support/demand.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_ds2;

static const struct weir_policy_env env = {.seed = 1, .stream = "policy/ds2"};

struct fixture {
    struct weir_mock *world;
    void *state;
};

/* One cloud host without limits; operators a and b, one instance each. */
static struct fixture begin_with(const char *params)
{
    struct fixture f = {weir_mock_new(), weir_mock_state(&weir_policy_ds2)};
    struct weir_json_doc *doc;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(params, "params", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    CU_ASSERT_EQUAL(weir_param_bind(weir_policy_ds2.params, &root, NULL, f.state), WEIR_OK);
    weir_json_free(doc);
    weir_mock_host(f.world, "cloud", "far", WEIR_VIEW_CLOUD, 64, 0);
    weir_mock_job(f.world, "stream", 0);
    for (int o = 0; o < 2; o++) {
        weir_mock_operator(f.world, 0, o ? "b" : "a", 1e7); /* declared: 1e9 / 1e7 = 100/s */
        weir_mock_deploy(f.world, 0, o, 0);
    }
    weir_policy_ds2.create(f.state, &env);
    return f;
}

static void end(struct fixture *f)
{
    weir_policy_ds2.destroy(f->state);
    free(f->state);
    free(f->world);
}

static int instances(const struct fixture *f, int op)
{
    return f->world->operators[0][op].instance_count;
}

static void load(struct fixture *f, double ingress, double rate_a, double rate_b)
{
    f->world->jobs[0].ingress_rate = ingress;
    weir_mock_serve(f->world, 0, 0, ingress, rate_a);
    weir_mock_serve(f->world, 0, 1, ingress, rate_b);
}

/* 250/s; a: 1.2 x 250/100 = 3 instances; b: 1.2 x 250/200 = 1.5 -> 2; both in the first window, though b has only
 * ever seen 100/s. */
static void test_one_step(void)
{
    struct fixture f = begin_with("{}");
    load(&f, 250, 100, 200);
    f.world->operators[0][1].arrival_rate = f.world->operators[0][1].processed_rate = 100;
    f.world->view.window = 0;
    f.world->view.time_s = 10;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(f.world));
    weir_plan_author(plan, "ds2");
    weir_policy_ds2.window_ends(f.state, &f.world->view, plan);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_STRING_EQUAL(changes[0].why, "in 250/s, true rate 100/s an instance: 3 instances");
    CU_ASSERT_EQUAL(changes[0].count, 3);
    CU_ASSERT_EQUAL(changes[1].count, 2);
    weir_plan_free(plan);
    end(&f);
}

/* 30 000 items wait: over 60 s that is 500/s more: 1.2 x 550/100 = 6.6 -> 7. max_parallelism caps at 8. */
static void test_drain_and_cap(void)
{
    struct fixture f = begin_with("{}");
    load(&f, 50, 100, 1000);
    f.world->jobs[0].backlog = 30000;
    CU_ASSERT_EQUAL(weir_mock_step(f.world, &weir_policy_ds2, f.state), 1);
    CU_ASSERT_EQUAL(instances(&f, 0), 7);
    f.world->jobs[0].backlog = 3e6;
    for (int w = 0; w < 3; w++) /* 30 s of cool-down: windows at 20, 30, 40 */
        weir_mock_step(f.world, &weir_policy_ds2, f.state);
    CU_ASSERT_EQUAL(instances(&f, 0), 8);
    end(&f);
}

/* Nothing processed: the declared 100/s and selectivity stand in: 1.2 x 150/100 -> 2 each. */
static void test_declared(void)
{
    struct fixture f = begin_with("{}");
    f.world->jobs[0].ingress_rate = 150;
    CU_ASSERT_EQUAL(weir_mock_step(f.world, &weir_policy_ds2, f.state), 2);
    CU_ASSERT_EQUAL(instances(&f, 0), 2);
    CU_ASSERT_EQUAL(instances(&f, 1), 2);

    /* 0.5 items/s x 10 s = 5 items are too few for a measurement, 1 x 10 are enough */
    struct weir_plan *plan = weir_plan_new(weir_mock_view(f.world));
    weir_mock_serve(f.world, 0, 0, 0.5, 7);
    CHECK_NEAR(weir_instance_rate(&f.world->view, plan, 0, 0, 10), 100, 1e-9);
    weir_mock_serve(f.world, 0, 0, 1, 7);
    CHECK_NEAR(weir_instance_rate(&f.world->view, plan, 0, 0, 10), 7, 1e-9);
    weir_plan_free(plan);
    end(&f);
}

/* Down after three windows, to the most that one of them asked for, and not within the margin. */
static void test_down(void)
{
    struct fixture f = begin_with("{\"stabilization\": \"0s\"}");
    for (int i = 1; i < 6; i++)
        weir_mock_deploy(f.world, 0, 0, 0);
    static const double loads[] = {100, 200, 100}; /* 1.32 x 1 -> 2; 1.32 x 2 -> 3 */
    for (int w = 0; w < 3; w++) {
        CU_ASSERT_EQUAL(instances(&f, 0), 6);
        load(&f, loads[w], 100, 1e6);
        weir_mock_step(f.world, &weir_policy_ds2, f.state);
    }
    CU_ASSERT_EQUAL(instances(&f, 0), 3);

    /* 160/s: up to 1.92 -> 2 would do, with the margin 2.11 -> 3: stays */
    for (int w = 0; w < 10; w++) {
        load(&f, 160, 100, 1e6);
        weir_mock_step(f.world, &weir_policy_ds2, f.state);
    }
    CU_ASSERT_EQUAL(instances(&f, 0), 3);
    end(&f);
}

static void test_changing(void)
{
    struct fixture f = begin_with("{}");
    load(&f, 500, 100, 1e6);
    f.world->operators[0][0].changing = true;
    CU_ASSERT_EQUAL(weir_mock_step(f.world, &weir_policy_ds2, f.state), 0);
    f.world->operators[0][0].changing = false;
    CU_ASSERT_EQUAL(weir_mock_step(f.world, &weir_policy_ds2, f.state), 1);
    end(&f);
}

/* One window with b wide enough; how many instances of a it ends with. */
static int window(struct fixture *f, double ingress, double rate_a)
{
    load(f, ingress, rate_a, 1e6);
    weir_mock_step(f->world, &weir_policy_ds2, f->state);
    return instances(f, 0);
}

/* On defaults: 1.2 x 250/100 = 3 at once; then 1.2 x 300/100 = 3.6 -> 4 when 30 s have passed, at 40 s; then down to
 * 1.32 x 100/100 -> 2 when 120 s have passed since 4 were asked for last, at 50 s: at 170 s. */
static void test_times(void)
{
    struct fixture f = begin_with("{}");
    CU_ASSERT_EQUAL(window(&f, 250, 100), 3); /* 10 s */
    CU_ASSERT_EQUAL(window(&f, 300, 100), 3);
    CU_ASSERT_EQUAL(window(&f, 300, 100), 3);
    CU_ASSERT_EQUAL(window(&f, 300, 100), 4); /* 40 s */
    CU_ASSERT_EQUAL(window(&f, 300, 100), 4);
    for (int w = 6; w <= 20; w++)
        CU_ASSERT_EQUAL(window(&f, 100, 100), w < 17 ? 4 : 2);
    end(&f);

    f = begin_with("{\"stabilization\": \"0s\", \"down_windows\": 1}"); /* grown at 10 s: down after 30 s, too */
    for (int w = 1; w <= 5; w++)
        CU_ASSERT_EQUAL(window(&f, w == 1 ? 500 : 100, 100), w < 4 ? 6 : 2);
    end(&f);

    f = begin_with("{}"); /* the first window counts as if what is there had been asked for, too */
    for (int i = 1; i < 6; i++)
        weir_mock_deploy(f.world, 0, 0, 0);
    for (int w = 1; w <= 15; w++)
        CU_ASSERT_EQUAL(window(&f, 100, 100), w < 13 ? 6 : 2);
    end(&f);
}

/* Growth above 1.2 x, shrinking below 1.2 x 1.1 x: 250/s need 3, 251/s 4; of 3, 151/s need 1.32 x 1.51 = 1.993 -> 2,
 * 152/s 2.006 -> 3. */
static void test_bounds(void)
{
    static const struct {
        double ingress;
        int before, after;
    } rows[] = {{250, 1, 3}, {250.1, 1, 4}, {151, 3, 2}, {152, 3, 3}, {166, 2, 2}, {167, 2, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f = begin_with("{\"stabilization\": \"0s\"}");
        for (int k = 1; k < rows[i].before; k++)
            weir_mock_deploy(f.world, 0, 0, 0);
        for (int w = 0; w < 3; w++)
            window(&f, rows[i].ingress, 100);
        CU_ASSERT_EQUAL(instances(&f, 0), rows[i].after);
        end(&f);
    }
}

/* Each parameter does what it says, and no other: one instance, 130/s, 6000 items that wait; by default
 * 1.2 x (130 + 6000/60)/100 = 2.76 -> 3 in the first window. */
static void test_parameters(void)
{
    static const struct {
        const char *params;
        int first, third;
    } rows[] = {
        {"{}", 3, 3},
        {"{\"overprovision\": 0.7}", 4, 4}, /* 3.91 */
        {"{\"overprovision\": 0}", 3, 3},   /* 2.3 */
        {"{\"drain\": \"0s\"}", 2, 2},      /* 1.56 */
        {"{\"drain\": \"20s\"}", 6, 6},     /* 1.2 x 4.3 = 5.16 */
        {"{\"drain\": \"0.5s\"}", 8, 8},    /* all that it may have */
        {"{\"up_windows\": 3}", 1, 3},
        {"{\"min_items\": 1301}", 2, 2}, /* 1300 were served: declared is 200/s: 1.2 x 1.15 = 1.38 */
        {"{\"min_items\": 1300}", 3, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f = begin_with(rows[i].params);
        f.world->operators[0][0].flops_per_item = 5e6;
        for (int w = 0; w < 3; w++) {
            load(&f, 130, 100, 1e6);
            f.world->operators[0][0].processed_rate = f.world->jobs[0].emitted_rate = 130;
            f.world->jobs[0].backlog = 6000;
            weir_mock_step(f.world, &weir_policy_ds2, f.state);
            if (w != 1)
                CU_ASSERT_EQUAL(instances(&f, 0), w ? rows[i].third : rows[i].first);
        }
        end(&f);
    }
}

/* An ingress that swings by 20 % around 100/s is noise (of 48 %, as second differences tell); 89/s need 1.2 x 0.89
 * = 1.07 instances and, with half of the reserve, 1.1 x 0.89 = 0.98: the second one is asked for by noise, and comes
 * when all windows of 60 s have asked for it. 92/s: 1.1 x 0.92 = 1.01, at once. Without noise 89/s are enough at once,
 * too: a swing by 3 % is noise of 7.3 %, less than half of the reserve. */
static void test_noise(void)
{
    static const double swings[] = {80, 120, 80, 120, 80, 120, 80, 120, 80, 120},
                        even[10] = {89, 89, 89, 89, 89, 89, 89, 89, 89, 89};
    static const double small[] = {97, 103, 97, 103, 97, 103, 97, 103, 97, 103};
    static const struct {
        const double *history;
        const char *params;
        double ingress;
        int at; /* window */
    } rows[] = {{swings, "{}", 89, 7},
                {swings, "{}", 92, 1},
                {even, "{}", 89, 1},
                {small, "{}", 89, 1},
                {swings, "{\"reserve\": \"30s\"}", 89, 4},
                {swings, "{\"reserve\": \"0s\"}", 89, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f = begin_with(rows[i].params);
        f.world->jobs[0].ingress_history = rows[i].history;
        f.world->jobs[0].history_count = 10;
        for (int w = 1; w <= 8; w++)
            CU_ASSERT_EQUAL(window(&f, rows[i].ingress, 100), w < rows[i].at ? 1 : 2);
        end(&f);
    }
}

/* a makes two of each item: 100/s are 200/s to b, which serves 100/s: 1.2 x 1 -> 2 and 1.2 x 2 -> 3. */
static void test_passes_on(void)
{
    struct fixture f = begin_with("{}");
    f.world->operators[0][0].selectivity = 2;
    load(&f, 100, 100, 100);
    weir_mock_step(f.world, &weir_policy_ds2, f.state);
    CU_ASSERT_EQUAL(instances(&f, 0), 2);
    CU_ASSERT_EQUAL(instances(&f, 1), 3);
    end(&f);
}

/* Jobs that do not run are left alone, those after them are not. */
static void test_jobs(void)
{
    struct fixture f = begin_with("{}");
    weir_mock_job(f.world, "other", 0);
    weir_mock_operator(f.world, 1, "c", 1e7);
    weir_mock_deploy(f.world, 1, 0, 0);
    weir_mock_job(f.world, "bare", 0);
    f.world->jobs[0].running = false;
    load(&f, 500, 100, 100);
    f.world->jobs[1].ingress_rate = 250;
    weir_mock_serve(f.world, 1, 0, 250, 100);
    CU_ASSERT_EQUAL(weir_mock_step(f.world, &weir_policy_ds2, f.state), 1);
    CU_ASSERT_EQUAL(instances(&f, 0), 1);
    CU_ASSERT_EQUAL(f.world->operators[1][0].instance_count, 3);

    weir_policy_ds2.job_departs(f.state, &f.world->view, 1); /* its cool-down is forgotten with it */
    f.world->jobs[1].ingress_rate = 350;
    weir_mock_serve(f.world, 1, 0, 350, 100);
    weir_mock_step(f.world, &weir_policy_ds2, f.state);
    CU_ASSERT_EQUAL(f.world->operators[1][0].instance_count, 5); /* 4.2 */
    end(&f);
}

/* 1.2 x (340 + 2400/60)/100 = 4.56 -> 5 are wanted, and 100/s sent on, before and after: growth brought nothing. The
 * window that ends at 20 s is the first with the new instances; what it says is judged at 30 s, and undone. It is
 * remembered for 600 s: the window at 630 s grows. With a minute: at 90 s, undone at 110 s, and then for two: 230 s,
 * and four: 250 + 240 = 490 s. With 0 it stays. */
static void test_brings_nothing(void)
{
    static const char *const texts[] = {"{}", "{\"remember\": \"1min\"}", "{\"remember\": \"0s\"}"};
    static const int high[3][4] = {{1, 63}, {1, 9, 23, 49}, {1}}; /* windows that grow */
    for (int i = 0; i < 3; i++) {
        struct fixture f = begin_with(texts[i]);
        for (int w = 1; w <= 70; w++) {
            struct weir_operator_view *a = &f.world->operators[0][0];
            load(&f, 340, 100, 1e6);
            f.world->jobs[0].emitted_rate = a->processed_rate = 100;
            a->true_rate = 100;
            f.world->jobs[0].backlog = 2400; /* 40/s more */
            weir_mock_step(f.world, &weir_policy_ds2, f.state);
            int got = instances(&f, 0);
            bool grown = i == 2;
            for (int k = 0; k < 4; k++)
                grown |= high[i][k] > 0 && w - high[i][k] >= 0 && w - high[i][k] < 2;
            CU_ASSERT_EQUAL(got, grown ? 5 : 1);
        }
        end(&f);
    }
}

/* Of growth that brought nothing one more is let be: from one to 1.2 x 2.3 -> 3 is undone, to 1.2 x 1.5 -> 2 is not. */
static void test_spare(void)
{
    static const double ingress[] = {190, 110};
    for (int i = 0; i < 2; i++) {
        struct fixture f = begin_with("{}");
        for (int w = 1; w <= 6; w++) {
            load(&f, ingress[i], 100, 1e6);
            f.world->jobs[0].emitted_rate = f.world->operators[0][0].processed_rate = 100;
            f.world->jobs[0].backlog = 2400;
            weir_mock_step(f.world, &weir_policy_ds2, f.state);
            CU_ASSERT_EQUAL(instances(&f, 0), i ? 2 : w < 3 ? 3 : 1);
        }
        end(&f);
    }
}

/* The number after a word; NAN if it is not there. */
static double told(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    return at ? strtod(at + strlen(word), NULL) : NAN;
}

/* b may have 8 of 20/s: of 500/s that come to a 160/s can pass, which is told; where all can pass, nothing is. */
static void test_what_can_come(void)
{
    for (int i = 0; i < 2; i++) {
        struct fixture f = begin_with("{}");
        load(&f, 500, 100, i ? 1e6 : 20);
        struct weir_plan *plan = weir_plan_new(weir_mock_view(f.world));
        weir_policy_ds2.window_ends(f.state, &f.world->view, plan);
        int count;
        const char *why = weir_plan_changes(plan, &count)[0].why;
        double let = told(why, "of which ");
        CU_ASSERT_EQUAL(i, isnan(let));
        CU_ASSERT(i || fabs(let - 160) < 1e-9);
        CHECK_NEAR(told(why, "in "), 500, 1e-9);
        CHECK_NEAR(told(why, "true rate "), 100, 1e-9);
        CHECK_NEAR(told(why, "an instance: "), i ? 6 : 2, 1e-9);
        weir_plan_free(plan);
        end(&f);
    }
}

/* Where there was no room nothing has changed: no cool-down. */
static void test_no_room(void)
{
    struct fixture f = begin_with("{}");
    f.world->hosts[0].slots = 2;
    for (int w = 0; w < 2; w++)
        CU_ASSERT_EQUAL(window(&f, 250, 100), 1);
    f.world->hosts[0].slots = 4;
    CU_ASSERT_EQUAL(window(&f, 250, 100), 3);
    end(&f);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"one_step", test_one_step},
        {"drain_and_cap", test_drain_and_cap},
        {"declared", test_declared},
        {"down", test_down},
        {"changing", test_changing},
        {"times", test_times},
        {"bounds", test_bounds},
        {"parameters", test_parameters},
        {"noise", test_noise},
        {"passes_on", test_passes_on},
        {"jobs", test_jobs},
        {"brings_nothing", test_brings_nothing},
        {"no_room", test_no_room},
        {"spare", test_spare},
        {"what_can_come", test_what_can_come},
        {0},
    };
    return weir_test_main("ds2-policy", cases, argc, argv);
}
