/* What is drawn for an item depends on the seed, a name and the item alone; each draw as the streams of
 * sim/base/random.h give it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"
#define SEED     7
#define JOB(load, operators)                                                                                           \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": \"j\","      \
    " \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", " load "}, \"operators\": [" operators      \
    "]}]}}"

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run_traced(PLATFORM, scenario, "static", SEED, weir_catalog);
    if (got.code != WEIR_OK)
        printf("\n    %s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    return got;
}

/* Times that an operator has worked, in the order of telling; returns how often. */
static int works(const char *spans, const char *op, double *took_s, int most)
{
    int count = 0;
    for (const char *line = spans; *line; line = strchr(line, '\n') + 1) {
        double start_s, end_s;
        int kind;
        char its[32];
        if (sscanf(line, "%lf %lf %d %*s %*s %*s %31s", &start_s, &end_s, &kind, its) == 4 && kind == WEIR_SPAN_BUSY &&
            strcmp(its, op) == 0 && count < most)
            took_s[count++] = end_s - start_s;
    }
    return count;
}

static double uniform(const char *name, uint64_t more, uint64_t id)
{
    struct weir_stream stream = weir_stream_at(weir_stream_key(SEED, name) + more, id);
    return weir_stream_uniform(&stream);
}

static double exponential_s(const char *name, uint64_t id, double mean_s)
{
    struct weir_stream stream = weir_stream_at(weir_stream_key(SEED, name), id);
    return weir_stream_exponential(&stream, mean_s);
}

#define EXPONENTIAL(name, flops, more)                                                                                 \
    "{\"name\": \"" name "\", \"flops\": {\"mean\": \"" flops "\", \"distribution\": \"exponential\"},"                \
    " \"placement\": {\"host\": \"edge2\"}" more "}"
#define CONSTANT(name, flops, more)                                                                                    \
    "{\"name\": \"" name "\", \"flops\": \"" flops "\", \"placement\": {\"host\": \"edge\"}" more "}"

static void work(void)
{
    /* Ten at 2/s, of 10 ms each on average: none waits. */
    double took_s[16];
    struct weir_test_result got = run(JOB("\"rate\": \"2/s\", \"count\": 10", EXPONENTIAL("a", "10Mf", "")));
    CHECK_NEAR(works(got.spans, "a", took_s, 16), 10, 0);
    for (uint64_t id = 0; id < 10; id++)
        CHECK_NEAR(took_s[id], exponential_s("service/j/a", id, 10e-3), 1e-12 * 60);
    weir_test_result_fini(&got);
}

static void results(void)
{
    struct weir_test_result got =
        run(JOB("\"rate\": \"20/s\", \"count\": 1000", CONSTANT("a", "1Mf", ", \"selectivity\": 1.3")));
    int emitted = 0;
    for (uint64_t id = 0; id < 1000; id++)
        emitted += 1 + (uniform("select/j/a", 0, id) < 1.3 - 1);
    CHECK_NEAR((double)weir_test_op(&got, "j", "a")->emitted, emitted, 0);
    weir_test_result_fini(&got);
}

/* The first item is worked on until the end; the next ones wait, up to ten, and above half full some are shed. */
static void what_is_shed(void)
{
    for (int count = 8; count < 20; count++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": "
            "\"j\","
            " \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"20/s\", \"count\": %d},"
            " \"operators\": [" CONSTANT("a", "1Mf", "") "," CONSTANT(
                "b", "100Gf", ", \"capacity\": 10") "],"
                                                    " \"edges\": [{\"from\": \"source\", \"to\": \"a\"}, {\"from\": "
                                                    "\"a\", \"to\": \"b\", \"full\": \"shed\", \"share\": 0.4},"
                                                    " {\"from\": \"b\", \"to\": \"sink\"}]}]}}",
            count);
        struct weir_test_result got = run(scenario);
        int used = 0;
        for (uint64_t id = 1; id < (uint64_t)count; id++) /* the edge is the job's second */
            used += used < 10 && !(2 * used > 10 && uniform("shed/j/b", 1, id) < 0.4);
        CHECK_NEAR((double)weir_test_op(&got, "j", "b")->dropped, count - 1 - used, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* Results of windows are items of their own: four of each, whose work is drawn by what they are. */
static void results_of_windows(void)
{
    double took_s[16];
    struct weir_test_result got =
        run(JOB("\"rate\": \"10/s\", \"count\": 30",
                CONSTANT("w", "1Mf", ", \"window\": \"1s\", \"selectivity\": 0.4") "," EXPONENTIAL("b", "10Mf", "")));
    CHECK_NEAR((double)weir_test_op(&got, "j", "b")->processed, 12, 0);
    double sum_s = 0, wanted_s = 0;
    int count = works(got.spans, "b", took_s, 16);
    for (int i = 0; i < count; i++)
        sum_s += took_s[i];
    for (uint64_t n = 0; n < 12; n++) {
        struct weir_stream id = weir_stream_at(weir_stream_key(SEED, "select/j/w"), n);
        wanted_s += exponential_s("service/j/b", weir_stream_bits(&id), 10e-3);
    }
    CHECK_NEAR(sum_s, wanted_s, 1e-9);
    weir_test_result_fini(&got);
}

/* Whether an item from edge, host 0, to cloud, host 2, is lost on a route that loses a tenth. */
static bool is_lost(uint64_t id)
{
    return uniform("network/loss", 0 + 2, id) >= 0.9;
}

/* A route that loses a tenth: what is lost comes a round trip of 20 ms later. There are as many items as that another
 * one in the place of the first would be seen. */
static void what_is_lost(void)
{
    uint64_t count = 500;
    while (is_lost(count) == is_lost(0))
        count++;
    char *scenario =
        weir_format("{\"platform\": \"\", \"duration\": \"600s\", \"window\": \"5s\","
                    " \"faults\": [{\"link\": \"backhaul\", \"at\": \"0s\", \"loss\": 0.1}], \"workload\": {\"jobs\": "
                    "[{\"name\": \"j\","
                    " \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\","
                    " \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\", \"count\": %d}, \"operators\": ["
                    "{\"name\": \"a\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"cloud\"}}]}]}}",
                    (int)count);
    struct weir_test_result got = run(scenario);
    int late = 0;
    for (uint64_t id = 0; id < count; id++)
        late += is_lost(id);
    CU_ASSERT(late > 30 && late < 90);
    CHECK_NEAR(got.result.metrics.network_s, 10e-3 + 1e3 / 0.9 / 12.5e6 + 20e-3 * late / (double)count, 1e-9);
    weir_test_result_fini(&got);
    free(scenario);
}

/* Whether an attempt fails, and how much of the wait after each failure is left out, are draws of their own. Items of
 * 10 ms, 2 s apart, fail six times in ten, and are tried five times: after 100, 300, 400 and 400 ms, less up to half.
 */
static void attempts(void)
{
    const uint64_t step = 0xd1342543de82ef95; /* between the streams of attempts */
    struct weir_test_result got =
        run(JOB("\"rate\": \"0.5/s\", \"count\": 25",
                CONSTANT("a", "10Mf",
                         ", \"fails\": 0.6, \"retry\": {\"attempts\": 5, \"delay\": \"100ms\","
                         " \"multiplier\": 3, \"max_delay\": \"400ms\", \"jitter\": 0.5}")));
    double sum_s = 0, most_s = 0;
    int done = 0, failed = 0, often = 0;
    for (uint64_t id = 0; id < 25; id++) {
        double took_s = 0.01;
        uint64_t fails = 0;
        while (fails < 5 && uniform("fail/j/a", fails * step, id) < 0.6) {
            double wait_s = fmin(0.1 * pow(3, (double)fails++), 0.4);
            took_s += 0.01 + wait_s * (1 - 0.5 * uniform("jitter/j/a", fails * step, id));
        }
        failed += (int)fails;
        if (fails == 5)
            continue;
        done++;
        often += fails > 1;
        sum_s += took_s;
        most_s = fmax(most_s, took_s);
    }
    CU_ASSERT(often > 5 && done < 25);
    CHECK_NEAR(got.result.metrics.delivered, done, 0);
    CHECK_NEAR(got.result.metrics.failed_attempts, failed, 0);
    CHECK_NEAR(got.result.metrics.latency_mean_s, sum_s / done, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, most_s, 1e-9);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"work", work},
                                      {"results", results},
                                      {"what is shed", what_is_shed},
                                      {"results of windows", results_of_windows},
                                      {"what is lost", what_is_lost},
                                      {"attempts", attempts},
                                      {0}};
    return weir_test_main("engine/draws", cases, argc, argv);
}
