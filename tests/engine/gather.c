/* Items served in batches: work = a + b n, when a batch goes, and queues that theory knows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

#define JOB(load, operator)                                                                                            \
    "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\","   \
    " \"load\": {\"kind\": \"constant\", " load "}, \"operators\": [{\"name\": \"a\", "                                \
    operator"}]}]}}"

/* Items at 0, 100, 200, ... ms; a batch of four takes 5 + 4 x 2 ms. The first of four waits for 300 ms, and all of it
 * is done 13 ms after the fourth: 313, 213, 113 and 13 ms. With a wait of 250 ms three come together, and are done at
 * 250 + 5 + 3 x 2 ms: 261, 161, 61 ms. Without a wait each goes alone. The last of 403 have none to wait for. */
static void a_batch_goes(void)
{
    static const struct {
        const char *scenario;
        double mean_s, max_s, service_s;
    } cases[] = {
        {JOB("\"rate\": \"10/s\", \"count\": 400", "\"flops\": \"2Mf\", \"batch\": {\"items\": 4, \"wait\": \"1s\", "
                                                   "\"flops\": \"5Mf\"}"),
         0.163, 0.313, 0.013},
        {JOB("\"rate\": \"10/s\", \"count\": 399", "\"flops\": \"2Mf\", \"batch\": {\"items\": 4, \"wait\": \"250ms\","
                                                   " \"flops\": \"5Mf\"}"),
         0.161, 0.261, 0.011},
        {JOB("\"rate\": \"10/s\", \"count\": 400", "\"flops\": \"2Mf\", \"batch\": {\"items\": 4, \"flops\": \"5Mf\"}"),
         0.007, 0.007, 0.007},
        {JOB("\"rate\": \"10/s\", \"count\": 400", "\"flops\": \"2Mf\", \"batch\": {\"items\": 1, \"wait\": \"1s\"}"),
         0.002, 0.002, 0.002},
        /* its input holds two: they go at once */
        {JOB("\"rate\": \"10/s\", \"count\": 400", "\"flops\": \"2Mf\", \"batch\": {\"items\": 4, \"wait\": \"1s\", "
                                                   "\"flops\": \"5Mf\"}, \"capacity\": 2"),
         0.059, 0.109, 0.009},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(cases[c].scenario) : cases[c].scenario);
            CHECK_NEAR(got.result.metrics.latency_mean_s, cases[c].mean_s, 1e-9);
            CHECK_NEAR(got.result.metrics.latency_max_s, cases[c].max_s, 1e-9);
            CHECK_NEAR(got.result.metrics.service_s, cases[c].service_s, 1e-9);
            weir_test_result_fini(&got);
        }
    struct weir_test_result got =
        run(JOB("\"rate\": \"10/s\", \"count\": 401", "\"flops\": \"2Mf\", \"batch\": {\"items\": 4, \"wait\": \"1s\","
                                                      " \"flops\": \"5Mf\"}"));
    CHECK_NEAR(got.result.metrics.latency_max_s, 1.007, 1e-9); /* the last, alone */
    CHECK_NEAR(got.result.metrics.delivered, 401, 0);
    weir_test_result_fini(&got);
}

/* What has waited too long for a window of the watchdog is no fault; results go on one by one: 100 B over 100 Mbit/s, 8
 * us each, after one another, and 10 ms. */
static void results_go_one_by_one(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"200s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
        " \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"count\": 3}, \"operators\":"
        " [{\"name\": \"a\", \"batch\": {\"items\": 3, \"wait\": \"1h\", \"flops\": \"1Gf\"}, \"bytes\": \"100B\"},"
        " {\"name\": \"b\", \"flops\": \"1Mf\", \"placement\": \"cloud\"}]}]}}");
    CHECK_NEAR(got.result.metrics.delivered, 3, 0);
    /* the first: 120 s, 1 s, 8 us + 10 ms + 1 ms; the third is behind two that take 1 ms each */
    CHECK_NEAR(got.result.metrics.latency_max_s, 121 + 8e-6 + 0.011, 1e-6);
    CHECK_NEAR(got.result.metrics.latency_mean_s, (121 + 61 + 1) / 3. + 8e-6 + 0.010 + 0.002, 1e-6);
    weir_test_result_fini(&got);
}

/* M/M[1,b]/1: a server that takes what waits, b at most, for an exponential time however many they are. With r the root
 * in (0, 1) of m r^(b+1) - (l + m) r + l = 0, and n waiting while it works with probability C r^n,
 *   1 / C = 1 / (1 - r) + m / l,    waiting = C r / (1 - r)^2 / l. */
static double waited(const struct weir_test_result *got)
{
    return got->result.metrics.waiting_s;
}
static double theory_s(double l, double m, int b)
{
    double low = 0, high = 1 - 1e-9;
    for (int i = 0; i < 200; i++) { /* it falls from l to below 0, and is 0 at 1 again */
        double r = (low + high) / 2;
        *(m * pow(r, b + 1) - (l + m) * r + l > 0 ? &low : &high) = r;
    }
    return low / ((1 - low) * (1 - low)) / (1 / (1 - low) + m / l) / l;
}
static void bulk_service(void)
{
    static const struct {
        double rate;
        int most;
    } cases[] = {{12, 2}, {30, 4}, {8, 1000}};
    CHECK_NEAR(theory_s(8, 10, 1), 0.8 / (10 - 8), 1e-9); /* b = 1: M/M/1 */
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"5000s\", \"warmup\": \"100s\", \"window\": \"100s\", \"workload\": "
            "{\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"poisson\", \"rate\": \"%g/s\"},"
            " \"operators\": [{\"name\": \"a\", \"batch\": {\"items\": %d, \"flops\": {\"mean\": \"100Mf\", "
            "\"distribution\": \"exponential\"}}}]}]}}",
            cases[c].rate, cases[c].most);
        weir_test_seeds("waiting in bulk service", PLATFORM, scenario, 6, 1, waited,
                        theory_s(cases[c].rate, 10, cases[c].most), 0.06);
        free(scenario);
    }
}

/* Eight items at once: a serves four of them in 1 s, and b takes 100 s for each result. At 10 s one is served there, as
 * many wait as its input holds, and the others of the four, with a, are emitted, too; so are none of the next four,
 * which a has not begun. */
static void what_is_held_is_emitted(void)
{
    for (int capacity = 1; capacity <= 4; capacity++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"10s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": "
            "\"j\", \"source\": \"edge2\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 8},"
            " \"operators\": [{\"name\": \"a\", \"batch\": {\"items\": 4, \"wait\": \"1h\", \"flops\": \"1Gf\"}},"
            " {\"name\": \"b\", \"flops\": \"100Gf\", \"capacity\": %d}]}]}}",
            capacity);
        struct weir_test_result got = run(scenario);
        const struct weir_operator_total *a = weir_test_op(&got, "j", "a"), *b = weir_test_op(&got, "j", "b");
        bool all = capacity + 1 >= 4; /* a has handed over the first four, and serves the next */
        int taken = 1 + capacity;
        CHECK_NEAR((double)a->emitted, all ? 8 : 4, 0);
        CHECK_NEAR((double)a->processed, all ? 8 : 4, 0);
        CHECK_NEAR((double)b->arrived, taken, 0);
        CHECK_NEAR((double)b->queued, taken, 0); /* with what is served */
        weir_test_result_fini(&got);
        free(scenario);
    }
}

/* What a still holds is emitted when it is served: with b taking 6 s an item, and one waiting there, the third of four
 * is in hand at 5 s, and the fourth behind it; at 10 s the fourth is in hand. */
static void what_is_held_is_emitted_once(void)
{
    struct weir_test_result got = weir_test_run_traced(
        PLATFORM,
        "{\"platform\": \"\", \"duration\": \"30s\", \"window\": \"5s\", \"workload\": {\"jobs\": [{\"name\": \"j\", "
        "\"source\": \"edge2\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 4},"
        " \"operators\": [{\"name\": \"a\", \"batch\": {\"items\": 4, \"wait\": \"1h\", \"flops\": \"1Gf\"}},"
        " {\"name\": \"b\", \"flops\": \"6Gf\", \"capacity\": 1}]}]}}",
        "static", 1, weir_catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR((double)weir_test_op(&got, "j", "a")->emitted, 4, 0);
    for (int time_s = 5; time_s <= 30; time_s += 5) {
        char *row = weir_format("%d j/a//output_rate ", time_s);
        const char *at = strstr(got.rows, row);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        CHECK_NEAR(strtod(at + strlen(row), NULL), time_s == 5 ? 4 / 5.0 : 0, 1e-12);
        free(row);
    }
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"a batch goes", a_batch_goes},
                                      {"results go one by one", results_go_one_by_one},
                                      {"bulk service, many items", bulk_service},
                                      {"what is held is emitted", what_is_held_is_emitted},
                                      {"what is held is emitted once", what_is_held_is_emitted_once},
                                      {0}};
    return weir_test_main("engine/gather", cases, argc, argv);
}
