/* The DS2 recursion against reference numbers, Erlang C, and the policy's windows and limits. */
#include "policies/support/ds2.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "policies/support/demand.h"
#include "policies/support/queue.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_ds2;

/* ---- reference numbers ---- */

#define MOST 16

struct reference {
    struct weir_ds2_operator operators[MOST];
    int upstream[MOST][MOST];
    double input[MOST], output[MOST], ingress;
    int instances[MOST];
    int count;
};

static void compare(const struct reference *want)
{
    struct weir_ds2_demand got[MOST];
    weir_ds2(want->operators, want->count, want->ingress, got);
    for (int i = 0; i < want->count; i++) {
        CHECK_NEAR(got[i].input, want->input[i], 1e-12 * want->input[i]);
        CHECK_NEAR(got[i].output, want->output[i], 1e-12 * want->output[i]);
        CU_ASSERT_EQUAL(weir_ds2_round(got[i].instances, 1), want->instances[i]);
    }
}

static void read_upstream(struct reference *into, int op, char *text)
{
    struct weir_ds2_operator *seen = &into->operators[op];
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        into->upstream[op][seen->upstream_count++] = atoi(word);
    seen->upstream = into->upstream[op];
}

static void test_reference(void)
{
    FILE *file = fopen("tests/data/ds2-reference.csv", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    char line[512], upstream[64];
    struct reference now = {0};
    int last = -1, cases = 0;
    while (fgets(line, sizeof line, file)) {
        int number, op;
        double ingress, rate, selectivity, input, output;
        int instances;
        if (sscanf(line, "%d,%lf,%d,%63[^,],%lf,%lf,%lf,%lf,%d", &number, &ingress, &op, upstream, &rate, &selectivity,
                   &input, &output, &instances) != 9)
            continue; /* header */
        if (number != last && last >= 0)
            compare(&now);
        if (number != last) {
            now = (struct reference){.ingress = ingress};
            last = number;
            cases++;
        }
        CU_ASSERT_EQUAL_FATAL(op, now.count);
        now.operators[op].rate = rate;
        now.operators[op].selectivity = selectivity;
        now.input[op] = input;
        now.output[op] = output;
        now.instances[op] = instances;
        now.count++;
        read_upstream(&now, op, upstream);
    }
    fclose(file);
    compare(&now);
    CU_ASSERT_EQUAL(cases, 24);
}

/* A chain by hand: 1000/s; a serves 300/s and doubles, b serves 2000/s: a 3.33 -> 4, b gets 2000/s -> 1, not the
 * 2 x 4 x 300 = 2400/s that four instances could emit. */
static void test_exact_demand(void)
{
    int from_source[] = {-1}, from_a[] = {0};
    struct weir_ds2_operator ops[] = {{from_source, 1, 300, 2}, {from_a, 1, 2000, 1}};
    struct weir_ds2_demand demand[2];
    weir_ds2(ops, 2, 1000, demand);
    CU_ASSERT_EQUAL(weir_ds2_round(demand[0].instances, 1), 4);
    CHECK_NEAR(demand[1].input, 2000, 1e-9);
    CU_ASSERT_EQUAL(weir_ds2_round(demand[1].instances, 1), 1);
    CU_ASSERT_EQUAL(weir_ds2_round(demand[1].instances, 1.2), 2); /* 1.2 -> 2 */
}

static void test_odd_values(void)
{
    int from_source[] = {-1};
    struct weir_ds2_operator op = {from_source, 1, 0, NAN};
    struct weir_ds2_demand demand;
    weir_ds2(&op, 1, 10, &demand);
    CU_ASSERT(isinf(demand.instances)); /* no speed at all */
    CHECK_NEAR(demand.output, 0, 0);
    CU_ASSERT_EQUAL(weir_ds2_round(demand.instances, 1), INT_MAX);
    op.rate = INFINITY;
    weir_ds2(&op, 1, 10, &demand);
    CHECK_NEAR(demand.instances, 0, 0);
    op.rate = 5;
    weir_ds2(&op, 1, NAN, &demand);
    CHECK_NEAR(demand.input, 0, 0);
    weir_ds2(&op, 1, -3, &demand);
    CHECK_NEAR(demand.input, 0, 0);
    CU_ASSERT_EQUAL(weir_ds2_round(NAN, 1), 1);
    CU_ASSERT_EQUAL(weir_ds2_round(0, 1), 1);
    CU_ASSERT_EQUAL(weir_ds2_round(3, 1), 3);
    CU_ASSERT_EQUAL(weir_ds2_round(3 + 1e-6, 1), 4);
    CU_ASSERT_EQUAL(weir_ds2_round((0.1 + 0.2) / 0.1, 1), 3); /* 3.0000000000000004 */
}

static void test_erlang(void)
{
    CHECK_NEAR(weir_mmc_wait(8, 1, 10), 0.20459007539822177, 1e-14); /* load 0.8, 10 servers */
    CHECK_NEAR(weir_mmc_wait(0.5, 1, 1), 1.0, 1e-14);                /* M/M/1: rho / (mu - lambda) = 0.5 / 0.5 */
    CHECK_NEAR(weir_mmc_wait(15, 10, 2), 0.12857142857142856, 1e-14);
    CHECK_NEAR(weir_mmc_wait(95, 1, 100), 0.10129137078260406, 1e-13);
    CU_ASSERT(isinf(weir_mmc_wait(10, 1, 10)));
    CU_ASSERT(isinf(weir_mmc_wait(1, 0, 10)));
    CHECK_NEAR(weir_mmc_wait(0, 0, 1), 0, 0);
    CHECK_NEAR(weir_mmc_wait(5, INFINITY, 1), 0, 0);
    CHECK_NEAR(weir_mmc_stay(0.5, 1, 1), 2.0, 1e-14); /* 1 / (mu - lambda) */
    CU_ASSERT(isinf(weir_mmc_stay(0, 0, 1)));
}

/* ---- the policy ---- */

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

static struct fixture begin(void)
{
    return begin_with("{}");
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
    struct fixture f = begin();
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
    struct fixture f = begin();
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
    struct fixture f = begin();
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
    struct fixture f = begin();
    load(&f, 500, 100, 1e6);
    f.world->operators[0][0].changing = true;
    CU_ASSERT_EQUAL(weir_mock_step(f.world, &weir_policy_ds2, f.state), 0);
    f.world->operators[0][0].changing = false;
    CU_ASSERT_EQUAL(weir_mock_step(f.world, &weir_policy_ds2, f.state), 1);
    end(&f);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"reference", test_reference},   {"exact_demand", test_exact_demand},
        {"odd_values", test_odd_values}, {"erlang", test_erlang},
        {"one_step", test_one_step},     {"drain_and_cap", test_drain_and_cap},
        {"declared", test_declared},     {"down", test_down},
        {"changing", test_changing},     {0},
    };
    return weir_test_main("ds2", cases, argc, argv);
}
