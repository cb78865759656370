/* What is told of who works, waits and sends, and when, in worlds small enough to know it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* From edge 1.25 MB over 100 Mbit/s and 10 ms to a on cloud, 20 ms of work; its 2.5 MB go back to edge. */
#define JOB(options, load, op)                                                                                         \
    "{\"platform\": \"\", \"duration\": \"9s\", \"window\": \"5s\"" options ", \"workload\": {\"jobs\": [{"            \
    "\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1.25MB\", \"sink\": {\"host\": \"edge\"}," \
    " \"load\": {\"kind\": \"constant\", " load "}, \"operators\": [{\"name\": \"a\", \"flops\": \"20Mf\","            \
    " \"bytes\": \"2.5MB\", \"placement\": {\"host\": \"cloud\"}" op "}]}]}}"

struct told {
    double start_s, end_s;
    int kind;
    const char *who; /* host, to, job, op, number */
    double bytes;
    long items;
};

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run_traced(PLATFORM, scenario, "static", 1, weir_catalog);
    if (got.code != WEIR_OK)
        printf("\n    %s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    return got;
}

static bool is_same(const char *line, const struct told *wanted)
{
    struct told told;
    int begin, end;
    if (sscanf(line, "%lf %lf %d %n%*s %*s %*s %*s %*d%n %lf %ld", &told.start_s, &told.end_s, &told.kind, &begin, &end,
               &told.bytes, &told.items) != 5)
        return false;
    return fabs(told.start_s - wanted->start_s) < 1e-9 && fabs(told.end_s - wanted->end_s) < 1e-9 &&
           told.kind == wanted->kind && strlen(wanted->who) == (size_t)(end - begin) &&
           strncmp(line + begin, wanted->who, (size_t)(end - begin)) == 0 && fabs(told.bytes - wanted->bytes) < 1e-3 &&
           told.items == wanted->items;
}

/* All that is told, in any order. */
static void check(const char *scenario, const struct told *wanted, int count)
{
    struct weir_test_result got = run(scenario);
    bool seen[64] = {false};
    int lines = 0, strange = 0;
    for (const char *line = got.spans; *line; line = strchr(line, '\n') + 1, lines++) {
        int w = 0;
        while (w < count && (seen[w] || !is_same(line, &wanted[w])))
            w++;
        if (w < count)
            seen[w] = true;
        else
            strange++;
    }
    if (strange || lines != count)
        printf("\n%s", got.spans);
    CU_ASSERT_EQUAL(strange, 0);
    CU_ASSERT_EQUAL(lines, count);
    weir_test_result_fini(&got);
}

static void an_item(void)
{
    static const struct told wanted[] = {
        {0, 0.11, WEIR_SPAN_TRANSFER, "edge cloud j a 0", 1.25e6, 1},
        {0.11, 0.13, WEIR_SPAN_BUSY, "cloud - j a 0", 0, 0},
        {0.13, 0.34, WEIR_SPAN_TRANSFER, "cloud edge j - 0", 2.5e6, 1},
    };
    check(JOB("", "\"rate\": \"1/h\", \"count\": 1", ""), wanted, 3);
}

/* Three at 0, 40 and 80 ms. The way back takes 200 ms of wire: the second waits for it in hand until it is free. */
static void three_items(void)
{
    static const struct told wanted[] = {
        {0, 0.11, WEIR_SPAN_TRANSFER, "edge cloud j a 0", 1.25e6, 1},
        {0.04, 0.1, WEIR_SPAN_BLOCKED, "edge - j - 0", 0, 0},
        {0.1, 0.21, WEIR_SPAN_TRANSFER, "edge cloud j a 0", 1.25e6, 1},
        {0.1, 0.2, WEIR_SPAN_BLOCKED, "edge - j - 0", 0, 0},
        {0.2, 0.31, WEIR_SPAN_TRANSFER, "edge cloud j a 0", 1.25e6, 1},
        {0.11, 0.13, WEIR_SPAN_BUSY, "cloud - j a 0", 0, 0},
        {0.13, 0.34, WEIR_SPAN_TRANSFER, "cloud edge j - 0", 2.5e6, 1},
        {0.21, 0.23, WEIR_SPAN_BUSY, "cloud - j a 0", 0, 0},
        {0.23, 0.33, WEIR_SPAN_BLOCKED, "cloud - j a 0", 0, 0},
        {0.33, 0.54, WEIR_SPAN_TRANSFER, "cloud edge j - 0", 2.5e6, 1},
        {0.33, 0.35, WEIR_SPAN_BUSY, "cloud - j a 0", 0, 0},
        {0.35, 0.53, WEIR_SPAN_BLOCKED, "cloud - j a 0", 0, 0},
        {0.53, 0.74, WEIR_SPAN_TRANSFER, "cloud edge j - 0", 2.5e6, 1},
    };
    check(JOB("", "\"rate\": \"25/s\", \"count\": 3", ""), wanted, 13);
}

/* Ten leave together when the last of them has come, at 90, 190 and, five of them, 240 ms. */
static void batches(void)
{
    static const struct told wanted[] = {
        {0.09, 1.1, WEIR_SPAN_TRANSFER, "edge cloud j a 0", 12.5e6, 10},
        {0.19, 1.09, WEIR_SPAN_BLOCKED, "edge - j - 0", 0, 0},
        {1.09, 2.1, WEIR_SPAN_TRANSFER, "edge cloud j a 0", 12.5e6, 10},
        {1.09, 2.09, WEIR_SPAN_BLOCKED, "edge - j - 0", 0, 0},
        {2.09, 2.6, WEIR_SPAN_TRANSFER, "edge cloud j a 0", 6.25e6, 5},
        {1.1, 1.3, WEIR_SPAN_BUSY, "cloud - j a 0", 0, 0},
        {1.3, 3.31, WEIR_SPAN_TRANSFER, "cloud edge j - 0", 25e6, 10},
        {2.1, 2.3, WEIR_SPAN_BUSY, "cloud - j a 0", 0, 0},
        {2.3, 3.3, WEIR_SPAN_BLOCKED, "cloud - j a 0", 0, 0},
        {3.3, 5.31, WEIR_SPAN_TRANSFER, "cloud edge j - 0", 25e6, 10},
        {3.3, 3.4, WEIR_SPAN_BUSY, "cloud - j a 0", 0, 0},
        {3.4, 5.3, WEIR_SPAN_BLOCKED, "cloud - j a 0", 0, 0},
        {5.3, 6.31, WEIR_SPAN_TRANSFER, "cloud edge j - 0", 12.5e6, 5},
    };
    check(JOB(", \"items_per_batch\": 10", "\"rate\": \"100/s\", \"count\": 25", ""), wanted, 13);
}

/* What is done when the run ends is told up to then: the first item is worked on for 20 s, the second waits, and the
 * source has stood with the third since 2 s. */
static void the_end_of_the_run(void)
{
    static const struct told wanted[] = {
        {0, 9, WEIR_SPAN_BUSY, "edge - j a 0", 0, 0},
        {2, 9, WEIR_SPAN_BLOCKED, "edge - j - 0", 0, 0},
    };
    check("{\"platform\": \"\", \"duration\": \"9s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
          " \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
          " \"operators\": [{\"name\": \"a\", \"flops\": \"20Gf\", \"capacity\": 1,"
          " \"placement\": {\"host\": \"edge\"}}]}]}}",
          wanted, 2);
}

/* Of three items, at 0, 0.4 and 0.8 s, one result when the window ends, from edge to cloud. */
static void the_end_of_a_window(void)
{
    static const struct told wanted[] = {
        {0, 0.1, WEIR_SPAN_BUSY, "edge - j a 0", 0, 0},
        {0.4, 0.5, WEIR_SPAN_BUSY, "edge - j a 0", 0, 0},
        {0.8, 0.9, WEIR_SPAN_BUSY, "edge - j a 0", 0, 0},
        {1, 1.11, WEIR_SPAN_TRANSFER, "edge cloud j - 0", 1.25e6, 1},
    };
    check("{\"platform\": \"\", \"duration\": \"9s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
          " \"source\": {\"host\": \"edge\"}, \"sink\": {\"host\": \"cloud\"},"
          " \"load\": {\"kind\": \"constant\", \"rate\": \"2.5/s\", \"count\": 3}, \"operators\": [{\"name\": \"a\","
          " \"flops\": \"100Mf\", \"bytes\": \"1.25MB\", \"window\": \"1s\", \"selectivity\": 0.34,"
          " \"placement\": {\"host\": \"edge\"}}]}]}}",
          wanted, 4);
}

/* Items of the transfers, in the order of telling; returns how many there are. */
static int transfers(const char *spans, long *items, int most)
{
    int count = 0, kind;
    long carried;
    for (const char *line = spans; *line; line = strchr(line, '\n') + 1)
        if (sscanf(line, "%*f %*f %d %*s %*s %*s %*s %*d %*f %ld", &kind, &carried) == 2 &&
            kind == WEIR_SPAN_TRANSFER && count < most)
            items[count++] = carried;
    return count;
}

/* 110/s in batches of 50 ms: six items each. While the host is slow they pile up: the first six take 0.6 s, those that
 * have come until then go together as said, and so do the next. */
static void check_merged(const char *flops, const char *capacity, long together)
{
    char *scenario =
        weir_format("{\"platform\": \"\", \"duration\": \"2s\", \"window\": \"1s\", \"items_per_batch\": \"auto\","
                    " \"batch_span\": \"50ms\", \"faults\": [{\"host\": \"edge2\", \"at\": \"0s\", \"for\": \"1s\","
                    " \"speed\": 0.01}], \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\","
                    " \"sink\": {\"host\": \"cloud\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"110/s\"},"
                    " \"operators\": [{\"name\": \"a\", \"flops\": \"%s\", \"bytes\": \"1B\","
                    " \"placement\": {\"host\": \"edge2\"}, \"capacity\": %s}]}]}}",
                    flops, capacity);
    struct weir_test_result got = run(scenario);
    long items[3];
    CHECK_NEAR(transfers(got.spans, items, 3), 3, 0);
    CHECK_NEAR((double)items[0], 6, 0);
    CHECK_NEAR((double)items[1], (double)together, 0);
    CHECK_NEAR((double)items[2], (double)together, 0);
    weir_test_result_fini(&got);
    free(scenario);
}

/* As many as make a quarter of the input, or 50 ms of work at full speed. */
static void batches_that_wait_go_together(void)
{
    check_merged("1Mf", "96", 24);
    check_merged("1Mf", "95", 18);  /* at most 23 */
    check_merged("4Mf", "400", 12); /* 18 would take 72 ms */
}

/* Items that an instance has worked on, by its number; of one operator, each of which has at most 16 ever. */
static void count_by_instance(const char *spans, int counts[16])
{
    for (const char *line = spans; *line; line = strchr(line, '\n') + 1) {
        int kind, number;
        if (sscanf(line, "%*f %*f %d %*s %*s %*s %*s %d", &kind, &number) == 2 && kind == WEIR_SPAN_BUSY && number < 16)
            counts[number]++;
    }
}

static int by_count(const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

/* Three keys by Zipf's law with exponent 1: 6, 3 and 2 of eleven items, each key to one of 16 instances; which one is
 * drawn, with this seed three different ones. Four standard errors of 6600 items are below 2.5 %. */
static void keys_go_to_their_instances(void)
{
    int counts[16] = {0};
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"70s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
        " \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": 6600},"
        " \"operators\": [{\"name\": \"a\", \"flops\": \"1kf\", \"placement\": {\"host\": \"edge\"},"
        " \"parallelism\": 16, \"max_parallelism\": 16, \"keys\": {\"count\": 3, \"skew\": 1}}]}]}}");
    count_by_instance(got.spans, counts);
    qsort(counts, 16, sizeof *counts, by_count);
    CHECK_NEAR(counts[0], 3600, 165);
    CHECK_NEAR(counts[1], 1800, 165);
    CHECK_NEAR(counts[2], 1200, 165);
    CHECK_NEAR(counts[3], 0, 0);
    weir_test_result_fini(&got);
}

/* Items at once, of a span of time: a batch of them is at most a quarter of the smallest input, but one item at least.
 */
static void batches_of_a_quarter(void)
{
    static const struct {
        int capacity[2], batch;
    } cases[] = {{{8, 100}, 2}, {{100, 24}, 6}, {{3, 3}, 1}, {{19, 19}, 4}, {{1000, 1000}, 24}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"9s\", \"window\": \"5s\", \"batch_span\": \"1s\", \"workload\": "
            "{\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"1kB\", \"load\": {\"kind\": "
            "\"constant\", \"rate\": \"1000000/s\", \"count\": 24}, \"operators\": [{\"name\": \"a\", \"flops\": "
            "\"1kf\", \"capacity\": %d, \"placement\": \"cloud\"}, {\"name\": \"b\", \"flops\": \"1kf\", \"capacity\": "
            "%d, \"placement\": \"cloud\"}]}]}}",
            cases[c].capacity[0], cases[c].capacity[1]);
        struct weir_test_result got = run(scenario);
        int sent = 0, largest = 0;
        for (const char *line = got.spans; *line; line = strchr(line, '\n') + 1) {
            int kind, items;
            if (sscanf(line, "%*f %*f %d %*s %*s %*s %*s %*d %*f %d", &kind, &items) == 2 &&
                kind == WEIR_SPAN_TRANSFER) {
                sent += items;
                largest = items > largest ? items : largest;
            }
        }
        CHECK_NEAR(sent, 24, 0);
        CHECK_NEAR(largest, cases[c].batch, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"an item", an_item},
                                      {"three items", three_items},
                                      {"batches", batches},
                                      {"the end of a window", the_end_of_a_window},
                                      {"the end of the run", the_end_of_the_run},
                                      {"batches that wait go together", batches_that_wait_go_together},
                                      {"keys go to their instances", keys_go_to_their_instances},
                                      {"batches of a quarter", batches_of_a_quarter},
                                      {0}};
    return weir_test_main("engine/spans", cases, argc, argv);
}
