/* The DS2 recursion against reference numbers, Erlang C, as ds2 and others use them. */
#include "policies/support/ds2.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/support/queue.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

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

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"reference", test_reference},
        {"exact_demand", test_exact_demand},
        {"odd_values", test_odd_values},
        {"erlang", test_erlang},
        {0},
    };
    return weir_test_main("ds2", cases, argc, argv);
}
