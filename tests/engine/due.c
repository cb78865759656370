/* What was due and did not come in time, and who delivers nothing: everything that an objective asks for is in
 * `slo_violations`, delivered or not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/memory.h"
#include "tests/engine/failing.h"

/* One item a second at `edge`, at 0, 1, 2, ... s; the fault, the objective, and what is done with them. */
#define STREAM(more, slo, operators)                                                                                   \
    "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", " more " \"workload\": {\"jobs\": [{"           \
    "\"name\": \"j\", \"source\": \"edge\", \"slo\": \"" slo "\", \"load\": {\"kind\": \"constant\", \"rate\": "       \
    "\"1/s\"}, " operators "}]}}"
#define ONE  "\"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", \"placement\": \"cloud\"}]"
#define DEAD "\"faults\": [{\"link\": \"backhaul\", \"at\": \"0s\"}],"

/* Items of 0 to 89 s are due before the end at 100 s; those of 90 s and later are not: 90. None comes. */
static void nothing_delivered_is_all_late(void)
{
    struct weir_test_result got = run(STREAM(DEAD, "10s", ONE));
    const struct weir_metrics *m = &got.result.metrics;
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CHECK_NEAR(m->delivered, 0, 0);
    CHECK_NEAR(m->slo_violations, 1, 0);
    CHECK_NEAR(job->due, 90, 0);
    CHECK_NEAR(job->violations, 90, 0);
    /* Of nothing there is no latency, in whole or in parts. */
    const double none[] = {m->latency_mean_s,  m->latency_p50_s,
                           m->latency_p95_s,   m->latency_p99_s,
                           m->latency_max_s,   m->waiting_s,
                           m->service_s,       m->network_s,
                           m->blocked_s,       job->latency_mean_s,
                           job->latency_max_s, job->blocked_s,
                           job->latency_p99_s, got.result.operators[0].service_s};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CU_ASSERT(isnan(none[i]));
    weir_test_result_fini(&got);
}

/* The host is down from 49.5 s on: the items of 0 to 49 s came after 10 ms. Those of 50 to 89 s are due, and late. */
static void what_is_still_inside_is_late(void)
{
    struct weir_test_result got = run(STREAM(
        "\"faults\": [{\"host\": \"cloud\", \"at\": \"49.5s\"}], \"recovery\": {\"place\": \"wait\"},", "10s", ONE));
    CHECK_NEAR(got.result.metrics.delivered, 50, 0);
    CHECK_NEAR(weir_test_job(&got, "j")->due, 90, 0);
    CHECK_NEAR(got.result.metrics.slo_violations, 40 / 90., 1e-12);
    weir_test_result_fini(&got);
}

/* Down from 20.5 to 60.5 s; back, the items of 21 to 60 s come at once, in 10 ms each, after the restart (61.5 s at the
 * latest, as it is looked at once a second): those of 21 to 50 s are more than 10 s late, those of 53 to 60 s are not.
 */
static void late_ones_are_late_once(void)
{
    struct weir_test_result got = run(STREAM("\"faults\": [{\"host\": \"cloud\", \"at\": \"20.5s\", \"for\": \"40s\"}],"
                                             " \"recovery\": {\"place\": \"wait\", \"restart\": \"0s\"},",
                                             "10s", ONE));
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CHECK_NEAR((double)job->arrived, 100, 0); /* none at the very end */
    CHECK_NEAR(got.result.metrics.delivered, 100, 0);
    CHECK_NEAR(job->due, 90, 0);
    CU_ASSERT(job->violations >= 30 && job->violations <= 32);
    CHECK_NEAR(got.result.metrics.slo_violations, job->violations / 90, 1e-12);
    weir_test_result_fini(&got);
}

/* a takes 4 s for one that comes each second, has room for 1, and drops the others: it serves those of 0, 4, 8, ... s,
 * with one that waits 3 or 4 s before each. */
static void dropped_ones_are_late(void)
{
    struct weir_test_result got = run(STREAM("", "20s",
                                             "\"operators\": [{\"name\": \"a\", \"flops\": \"4Gf\", \"capacity\": 1, "
                                             "\"placement\": \"edge\"}], \"edges\": [{\"from\": \"source\", \"to\": "
                                             "\"a\", \"full\": \"drop-new\"}, [\"a\", \"sink\"]]"));
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CHECK_NEAR(job->due, 80, 0);
    /* All that is not dropped comes within 8 s: of the 80 due, those that came are in time. A result every 4 s from
     * 4 s on; the item that came out at 4 k s entered at 4 (k - 1) s - 3 s or so: the 20 of items before 80 s. */
    CHECK_NEAR(job->violations, 80 - 21, 1);
    CHECK_NEAR(got.result.metrics.slo_violations, job->violations / 80, 1e-12);
    weir_test_result_fini(&got);
}

/* The warm-up ends at 30 s: what is due from then on counts, which are the items of 20 to 89 s. */
static void the_warm_up_is_left_out(void)
{
    struct weir_test_result got = run(STREAM(DEAD "\"warmup\": \"30s\",", "10s", ONE));
    CHECK_NEAR(weir_test_job(&got, "j")->due, 70, 0);
    CHECK_NEAR(got.result.metrics.slo_violations, 1, 0);
    weir_test_result_fini(&got);
}

static void without_objective_there_is_none(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"10s\", \"workload\": {\"jobs\": [{\"name\": "
            "\"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": "
            "\"1/s\"}, " ONE "}]}}");
    CU_ASSERT(isnan(got.result.metrics.slo_violations));
    CHECK_NEAR(weir_test_job(&got, "j")->due, 0, 0);
    /* Nor where nothing is due before the end. */
    struct weir_test_result none = run(STREAM("", "100s", ONE));
    CU_ASSERT(isnan(none.result.metrics.slo_violations));
    weir_test_result_fini(&none);
    weir_test_result_fini(&got);
}

/* Filters, multipliers, branches and joins: if all comes out long before the end, as many results are due as came. And
 * as many whatever becomes of them: with the way to the cloud dead, and with inputs that drop. */
static void what_is_due_is_known_beforehand(void)
{
    static const struct {
        const char *graph;
        bool drops;
    } graphs[] = {
        {"\"operators\": [{\"name\": \"f\", \"flops\": \"1Mf\", \"selectivity\": 0.3}, {\"name\": \"m\", \"flops\": "
         "\"1Mf\", \"selectivity\": 2.5}, {\"name\": \"g\", \"flops\": \"1Mf\", \"selectivity\": 0.7, \"placement\": "
         "\"cloud\"}]",
         false},
        {"\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}, {\"name\": \"b\", \"flops\": \"1Mf\"}, {\"name\": "
         "\"c\", \"flops\": \"1Mf\"}, {\"name\": \"j\", \"flops\": \"1Mf\", \"join\": \"all\", \"placement\": "
         "\"cloud\"}, {\"name\": \"t\", \"flops\": \"1Mf\", \"selectivity\": 0.5}], \"edges\": [[\"source\", \"a\"], "
         "[\"a\", \"b\"], [\"a\", \"c\"], [\"b\", \"j\"], [\"c\", \"j\"], [\"j\", \"t\"], [\"t\", \"sink\"], [\"j\", "
         "\"sink\"]]",
         false},
        {"\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}, {\"name\": \"b\", \"flops\": \"1Mf\"}, {\"name\": "
         "\"c\", \"flops\": \"1Mf\"}, {\"name\": \"j\", \"flops\": \"1Mf\", \"join\": \"all\", \"placement\": "
         "\"cloud\"}], \"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"source\", \"c\"], [\"a\", \"j\"], "
         "[\"b\", \"j\"], [\"c\", \"j\"], [\"j\", \"sink\"]]",
         false},
        {"\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", \"selectivity\": 3}, {\"name\": \"b\", \"flops\": "
         "\"1Mf\", \"selectivity\": 0.4}, {\"name\": \"c\", \"flops\": \"300Mf\", \"capacity\": 2, \"placement\": "
         "\"cloud\"}], \"edges\": [[\"source\", \"a\"], [\"a\", \"b\"], {\"from\": \"a\", \"to\": \"c\", \"full\": "
         "\"drop-old\"}, [\"b\", \"c\"], [\"c\", \"sink\"]]",
         true},
    };
    for (size_t g = 0; g < sizeof graphs / sizeof *graphs; g++) {
        double due[2];
        for (int dead = 0; dead < 2; dead++) {
            char *scenario = weir_format(
                "{\"platform\": \"\", \"duration\": \"100s\", %s \"workload\": {\"jobs\": [{\"name\": \"j\", "
                "\"source\": \"edge\", \"slo\": \"5s\", \"load\": {\"kind\": \"poisson\", \"rate\": \"10/s\", "
                "\"count\": 500}, %s}]}}",
                dead ? DEAD : "", graphs[g].graph);
            struct weir_test_result got = run(scenario);
            const struct weir_job_total *job = weir_test_job(&got, "j");
            due[dead] = job->due;
            if (!dead && !graphs[g].drops) {
                CHECK_NEAR(job->due, (double)job->delivered, 0);
                CHECK_NEAR(job->violations, 0, 0);
            }
            if (!dead && graphs[g].drops)
                CU_ASSERT(got.result.metrics.dropped > 50 && job->violations >= got.result.metrics.dropped);
            if (dead)
                CHECK_NEAR(job->violations, job->due, 0);
            weir_test_result_fini(&got);
            free(scenario);
        }
        CU_ASSERT(due[0] > 100);
        CHECK_NEAR(due[0], due[1], 0);
    }
}

/* 10/s into windows of 10 s that give a result for 100 items. Each is due by its latest item, which came just before
 * the window's end, and is in time; the items in it are due no more. */
#define WINDOWS(more, slo)                                                                                             \
    "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", " more " \"workload\": {\"jobs\": [{"           \
    "\"name\": \"j\", \"source\": \"edge\", \"slo\": \"" slo "\", \"load\": {\"kind\": \"constant\", \"rate\": "       \
    "\"10/s\", \"start\": \"50ms\"}, \"operators\": [{\"name\": \"w\", \"flops\": \"1Mf\", \"window\": \"10s\", "      \
    "\"selectivity\": 0.01, \"placement\": \"cloud\"}]}]}}"
static void windows_owe_their_results(void)
{
    struct weir_test_result got = run(WINDOWS("", "5s"));
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CHECK_NEAR(job->due, 9, 0); /* of windows until 90 s; the last one ends with the run */
    CHECK_NEAR(job->violations, 0, 0);
    weir_test_result_fini(&got);
    /* Dead from 49.5 s on, after 4 windows. What came until then is in a window that never gives a result; the items of
     * 49.55 to 94.95 s are due before the end, and nobody has gathered them: 455 shares of a hundredth. */
    got = run(WINDOWS("\"faults\": [{\"link\": \"backhaul\", \"at\": \"49.5s\"}],", "5s"));
    job = weir_test_job(&got, "j");
    CHECK_NEAR(job->violations, 4.55, 1e-9);
    CHECK_NEAR(job->due - job->violations, 4, 1e-9);
    weir_test_result_fini(&got);
}

/* A window's result is due by its latest item, which came 0.05 s before the window's end: that of 80 to 90 s at 99.97
 * s, though it is given at 90 s, so that 10.02 s later the run is over. */
static void results_of_windows_are_due_by_their_items(void)
{
    struct weir_test_result got = run(WINDOWS("", "10.02s"));
    CHECK_NEAR(weir_test_job(&got, "j")->due, 9, 0);
    weir_test_result_fini(&got);
}

/* Items of 0, 1, ... s are due 35 s later, whole windows after they came: 5 in the window until 40 s, 10 in each until
 * 100 s, and none of them comes. */
static void each_window_has_what_is_due_in_it(void)
{
    struct weir_test_result got = weir_test_run_traced(PLATFORM, STREAM(DEAD, "35s", ONE), "static", 1, weir_catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    int seen = 0;
    for (const char *line = got.rows; *line; line = strchr(line, '\n') + 1) {
        double time_s, value;
        if (sscanf(line, "%lf j///due_rate %lf", &time_s, &value) != 2)
            continue;
        CHECK_NEAR(value, time_s < 35 ? 0 : time_s < 45 ? 0.5 : 1, 1e-12);
        seen++;
    }
    CU_ASSERT_EQUAL(seen, 10);
    weir_test_result_fini(&got);
}

/* Each item takes 0.3 s of the window's operator: the k-th of 10/s is gathered 0.01 + 0.3 (k + 1) s - 0.1 k s after it
 * came, in time for k up to 23. The other 926 of the 950 that are due are late, and so are the results of windows. */
static void gathered_too_late(void)
{
    struct weir_test_result got = run(
        "{\"platform\": \"\", \"duration\": \"100s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", "
        "\"source\": \"edge\", \"slo\": \"5s\", \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\", \"start\": "
        "\"50ms\"}, \"operators\": [{\"name\": \"w\", \"flops\": \"300Mf\", \"window\": \"10s\", \"selectivity\": "
        "0.01, "
        "\"placement\": \"cloud\"}]}]}}");
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CU_ASSERT(job->delivered >= 2);
    CHECK_NEAR(job->due - (double)job->delivered, 9.26, 1e-9);
    CHECK_NEAR(job->violations, job->due, 1e-9);
    weir_test_result_fini(&got);
}

/* The example of docs/results.md: 10/s for 100 s, half of which a filter lets pass, the host behind it fails at 60 s.
 * Of 950 items that are due before the end at 5 s each, half are; about 300 of these come. By hand, with the filter's
 * own results: what passes does so whatever happens, so that a run without the failure tells how many. */
static void the_example_of_the_docs(void)
{
    static const char *const faults[] = {
        "", "\"faults\": [{\"host\": \"cloud4\", \"at\": \"60s\"}], \"recovery\": {\"place\": \"wait\"},"};
    double delivered[2], due[2], violations[2], share = 0;
    for (int f = 0; f < 2; f++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", %s \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
            "\"edge\", \"slo\": \"5s\", \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"}, \"operators\": "
            "[{\"name\": "
            "\"f\", \"flops\": \"1Mf\", \"selectivity\": 0.5}, {\"name\": \"a\", \"flops\": \"9Mf\", \"placement\": "
            "\"cloud4\"}]}]}}",
            faults[f]);
        struct weir_test_result got = run(scenario);
        const struct weir_job_total *job = weir_test_job(&got, "j");
        delivered[f] = (double)job->delivered;
        due[f] = job->due;
        violations[f] = job->violations;
        share = got.result.metrics.slo_violations;
        weir_test_result_fini(&got);
        free(scenario);
    }
    CHECK_NEAR(due[0], 475, 5 * sqrt(950 / 4.));
    CHECK_NEAR(due[1], due[0], 0);
    CHECK_NEAR(violations[0], 0, 0);
    CHECK_NEAR(violations[1], due[1] - delivered[1], 0);
    CHECK_NEAR(delivered[1], 300, 5 * sqrt(600 / 4.));
    CHECK_NEAR(share, (due[1] - delivered[1]) / due[1], 1e-12);
    CHECK_NEAR(share, 175 / 475., 0.05);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"nothing delivered is all late", nothing_delivered_is_all_late},
        {"what is still inside is late", what_is_still_inside_is_late},
        {"late ones are late once", late_ones_are_late_once},
        {"dropped ones are late", dropped_ones_are_late},
        {"the warm-up is left out", the_warm_up_is_left_out},
        {"without objective there is none", without_objective_there_is_none},
        {"what is due is known beforehand", what_is_due_is_known_beforehand},
        {"windows owe their results", windows_owe_their_results},
        {"results of windows are due by their items", results_of_windows_are_due_by_their_items},
        {"each window has what is due in it", each_window_has_what_is_due_in_it},
        {"gathered too late", gathered_too_late},
        {"the example of the docs", the_example_of_the_docs},
        {0},
    };
    return weir_test_main("engine/due", cases, argc, argv);
}
