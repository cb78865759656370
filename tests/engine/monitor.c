/* Monitors that err: what is reported against what there is, window by window. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

enum { WINDOWS = 900, SIGNALS = 4 };

/* Tells in its decisions what the monitor of edge2 reports; a change of weight costs nothing. */
static int tell(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    int count;
    const struct weir_placement *now = weir_plan_get(plan, 0, 0, &count);
    struct weir_placement one = now[0];
    one.weight = view->window % 2 ? 1 : 2;
    for (int h = 0; h < view->host_count; h++) {
        const struct weir_host_view *host = &view->hosts[h];
        if (strcmp(host->name, "edge2") == 0)
            weir_plan_set(plan, 0, 0, &one, 1, "%.15g %.15g %.15g %.15g", host->cpu, host->memory_reported_bytes,
                          host->disk_bytes_per_s, host->sent_bytes_per_s);
    }
    return WEIR_OK;
}

static const struct weir_policy teller = {.abi = WEIR_POLICY_ABI, .name = "teller", .window_ends = tell};

/* A job of 50 items/s on edge2 (2 cores of 1 Gflop/s), 900 windows of 1 s, the last of which decides nothing. Its
 * memory grows all the time, as an anomaly makes it, so that each window's report is another. */
static int run(const char *monitor, unsigned long long seed, double (*reports)[SIGNALS])
{
    const struct weir_policy *const catalog[] = {&teller, NULL};
    char *text = weir_format(
        "{\"duration\": \"900s\", \"window\": \"1s\", \"items_per_batch\": 1%s,"
        " \"anomalies\": [{\"host\": \"edge2\", \"at\": \"0s\", \"for\": \"900s\", \"ramp\": true, \"memory\": "
        "{\"offset\": \"9MB\"}}],"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"2kB\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\"}, \"sink\": {\"host\": \"cloud\"},"
        "  \"operators\": [{\"name\": \"a\", \"flops\": \"4Mf\", \"bytes\": \"1kB\", \"disk\": \"3kB\","
        "   \"state\": \"1MB\", \"placement\": {\"host\": \"edge2\"}}]}]}}",
        monitor);
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, text, "teller", seed, catalog);
    int told = 0;
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    for (char *line = strtok(got.decisions, "\n"); line; line = strtok(NULL, "\n")) {
        const char *why = strchr(line, '|');
        double *r = reports[told++];
        CU_ASSERT_FATAL(told < WINDOWS && why &&
                        sscanf(why, "| %lf %lf %lf %lf", &r[0], &r[1], &r[2], &r[3]) == SIGNALS);
    }
    weir_test_result_fini(&got);
    free(text);
    return told;
}

static double truth[WINDOWS][SIGNALS], seen[WINDOWS][SIGNALS];

/* Without noise the reports are the truth: 50 items/s of 4 ms on two cores are 0.1; memory 1 MB, and 10 kB more each
 * window, half of that in the first. */
static void exact(void)
{
    CU_ASSERT_EQUAL(run("", 1, truth), WINDOWS - 1);
    CU_ASSERT_EQUAL(run(", \"monitor\": {}", 1, seen), WINDOWS - 1);
    CU_ASSERT(memcmp(truth, seen, (WINDOWS - 1) * sizeof *truth) == 0);
    for (int w = 1; w < WINDOWS - 1; w++) {
        CHECK_NEAR(truth[w][0], 0.1, 3e-3); /* an item more or less falls into the window */
        CHECK_NEAR(truth[w][1], 1e6 + 1e4 * (w + 0.5), 1e-3);
    }
}

/* Mean and deviation of what is reported less what there is, over `scale`. */
static void spread(int signal, bool relative, double *mean, double *deviation)
{
    double sum = 0, square = 0;
    int count = WINDOWS - 2;
    for (int w = 1; w <= count; w++) {
        double off = (seen[w][signal] - truth[w][signal]) / (relative ? truth[w][signal] : 1);
        sum += off / count;
        square += off * off / count;
    }
    *mean = sum;
    *deviation = sqrt(square - sum * sum);
}

/* Noise is of the size that was asked for, signal by signal and about the truth: 898 draws, whose mean errs by
 * deviation / sqrt(898) and whose deviation by 1 / sqrt(2 x 898) of itself; four of each. */
static void noise_has_its_size(void)
{
    static const struct {
        double relative, additive;
    } sizes[] = {{0.1, 0}, {0, 5e4}, {0.05, 1e4}, {0, 0}};
    double mean, deviation;
    run(", \"monitor\": {\"noise\": {\"cpu\": 0.1, \"memory\": {\"additive\": \"50kB\"}, \"disk\": {\"relative\": "
        "0.05, "
        "\"additive\": \"10kBps\"}}}",
        1, seen);
    for (int s = 0; s < SIGNALS; s++) {
        spread(s, s == 0, &mean, &deviation);
        double wanted = s == 0 ? 0.1 : hypot(sizes[s].relative * truth[5][s], sizes[s].additive);
        CHECK_NEAR(mean, 0, 4 * wanted / sqrt(898) + 1e-9);
        CHECK_NEAR(deviation, wanted, 4 * wanted / sqrt(2 * 898) + 1e-9);
    }
    /* One number is for all four; the same seed draws the same, another one others, and signals each their own. */
    static double again[WINDOWS][SIGNALS], other[WINDOWS][SIGNALS];
    run(", \"monitor\": {\"noise\": 0.1}", 1, seen);
    run(", \"monitor\": {\"noise\": 0.1}", 1, again);
    run(", \"monitor\": {\"noise\": 0.1}", 2, other);
    CU_ASSERT(memcmp(seen, again, (WINDOWS - 1) * sizeof *seen) == 0);
    double product = 0;
    for (int w = 1; w < WINDOWS - 1; w++) {
        CU_ASSERT(seen[w][1] != other[w][1] && seen[w][1] != truth[w][1]);
        product += (seen[w][1] / truth[w][1] - 1) * (seen[w][3] / truth[w][3] - 1) / 898;
    }
    for (int s = 0; s < SIGNALS; s++) {
        spread(s, true, &mean, &deviation);
        CHECK_NEAR(deviation, 0.1, 4 * 0.1 / sqrt(2 * 898));
    }
    CHECK_NEAR(product, 0, 4 * 0.01 / sqrt(898));
}

/* The truth of three windows before (2.5 s, rounded up), and of the first until then. */
static void late(void)
{
    run(", \"monitor\": {\"lag\": \"2.5s\"}", 1, seen);
    for (int w = 0; w < WINDOWS - 1; w++)
        CU_ASSERT(memcmp(seen[w], truth[w < 3 ? 0 : w - 3], sizeof *seen) == 0);
}

/* A fifth of the reports is missing, and what stood stands; the others are the truth of one window before. */
static void gaps(void)
{
    int missing = 0;
    run(", \"monitor\": {\"gaps\": 0.2, \"lag\": \"1s\"}", 1, seen);
    for (int w = 2; w < WINDOWS - 1; w++) {
        bool stands = memcmp(seen[w], seen[w - 1], sizeof *seen) == 0;
        CU_ASSERT(stands || memcmp(seen[w], truth[w - 1], sizeof *seen) == 0);
        missing += stands;
    }
    CHECK_NEAR(missing, 0.2 * 897, 4 * sqrt(0.2 * 0.8 * 897));
}

static void refuses(void)
{
    static const struct {
        const char *monitor, *message;
    } cases[] = {{"{\"nois\": 1}", "did you mean \"noise\"?"},
                 {"{\"noise\": -1}", "noise"},
                 {"{\"noise\": {\"cpus\": 1}}", "did you mean \"cpu\"?"},
                 {"{\"noise\": {\"cpu\": {\"additive\": 2}}}", "additive"},
                 {"{\"noise\": {\"memory\": {\"additive\": \"1s\"}}}", "additive"},
                 {"{\"lag\": \"-1s\"}", "lag"},
                 {"{\"gaps\": 1}", "gaps"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct weir_policy *const catalog[] = {&teller, NULL};
        char *text =
            weir_format("{\"duration\": \"9s\", \"window\": \"1s\", \"monitor\": %s, \"workload\": {\"jobs\": ["
                        "{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", "
                        "\"rate\": \"1/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"4Mf\"}]}]}}",
                        cases[i].monitor);
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, text, "teller", 1, catalog);
        CU_ASSERT_EQUAL(got.code, WEIR_EINPUT);
        if (!strstr(got.message, cases[i].message))
            printf("%s: %s\n", cases[i].monitor, got.message);
        CU_ASSERT_PTR_NOT_NULL(strstr(got.message, cases[i].message));
        weir_test_result_fini(&got);
        free(text);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"exact", exact},     {"noise_has_its_size", noise_has_its_size},
                                             {"late", late},       {"gaps", gaps},
                                             {"refuses", refuses}, {0}};
    return weir_test_main("engine/monitor", cases, argc, argv);
}
