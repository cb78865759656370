/* Runs that somebody steers: load, links and policies change at the ends of windows, and nothing else does. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* What is wished at which window's end; the first row without a time ends it. */
struct script {
    struct row {
        double at_s;
        struct weir_wish wish;
        const char *policy; /* read in the process of the run */
    } rows[4];
    double stop_s; /* 0: never */
    struct weir_stack stacks[4];
};

static int follow(void *context, const struct weir_view *view, struct weir_wish *wishes)
{
    struct script *script = context;
    int count = 0;
    if (script->stop_s > 0 && view->time_s >= script->stop_s)
        return -1;
    for (int r = 0; r < 4 && (script->rows[r].wish.factor > 0 || script->rows[r].policy); r++) {
        if (fabs(script->rows[r].at_s - view->time_s) > 1e-6)
            continue;
        wishes[count] = script->rows[r].wish;
        if (script->rows[r].policy) {
            if (weir_stack_parse(script->rows[r].policy, &script->stacks[r]) != WEIR_OK)
                return -1;
            wishes[count].kind = WEIR_WISH_POLICY;
            wishes[count].stack = &script->stacks[r];
        }
        count++;
    }
    return count;
}

static struct weir_test_result steer(const char *scenario, const char *policy, const struct script *script)
{
    struct script copy = *script;
    struct weir_control control = {&copy, follow};
    struct weir_test_result got = weir_test_run_steered(PLATFORM, scenario, policy, 1, &control);
    if (got.code == WEIR_OK && script->stop_s == 0)
        weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

/* A job of two operators on edge2 and cloud4, and another one; "LOAD" stands for the load of the first. */
static char *two_jobs(const char *load)
{
    return weir_format(
        "{\"duration\": \"60s\", \"window\": \"10s\", \"items_per_batch\": 1, \"warmup\": \"0s\","
        " \"workload\": {\"jobs\": [{\"name\": \"one\", \"source\": {\"host\": \"edge2\"}, \"source_bytes\": \"100kB\","
        "  \"load\": %s, \"operators\": ["
        "   {\"name\": \"a\", \"flops\": \"1Mf\", \"bytes\": \"100kB\", \"placement\": {\"host\": \"edge2\"}},"
        "   {\"name\": \"b\", \"flops\": \"1Mf\", \"state\": \"1MB\", \"max_parallelism\": 4,"
        "    \"placement\": {\"host\": \"cloud4\"}}]},"
        "  {\"name\": \"other\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\", \"arrive\": \"15s\","
        "   \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"},"
        "   \"operators\": [{\"name\": \"c\", \"flops\": \"1Mf\", \"placement\": {\"host\": \"edge\"}}]}]}}",
        load);
}

static void nothing_changes_without_wishes(void)
{
    char *scenario = two_jobs("{\"kind\": \"poisson\", \"rate\": \"20/s\"}");
    struct weir_test_result alone = weir_test_run(PLATFORM, scenario, "reactive", 1);
    struct weir_test_result watched = steer(scenario, "reactive", &(struct script){0});
    CU_ASSERT_EQUAL_FATAL(alone.code, WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(watched.code, WEIR_OK);
    CU_ASSERT_EQUAL(alone.result.checksum, watched.result.checksum);
    CU_ASSERT_EQUAL(memcmp(&alone.result.metrics, &watched.result.metrics, sizeof alone.result.metrics), 0);
    weir_test_result_fini(&alone);
    weir_test_result_fini(&watched);
    free(scenario);
}

static void the_load_is_multiplied(void)
{
    /* Of 10 items/s for 60 s, and times 2 from 30 s on: 300 + 600. The other job comes at 15 s: 450, or 150 + 600. A
     * wish at 0 s holds from the second item on. What is due next at 30 s keeps its date. */
    static const struct {
        const char *load;
        double at_s, factor;
        const char *name;
        double one, other, tolerance;
    } cases[] = {
        {"{\"kind\": \"constant\", \"rate\": \"10/s\"}", 30, 2, NULL, 900, 750, 2},
        {"{\"kind\": \"constant\", \"rate\": \"10/s\"}", 30, 2, "one", 900, 450, 2},
        {"{\"kind\": \"constant\", \"rate\": \"10/s\"}", 30, 0.5, "other", 600, 300, 2},
        {"{\"kind\": \"constant\", \"rate\": \"10/s\"}", 0, 2, NULL, 1200, 900, 2},
        /* 300 + 900 items: four standard deviations */
        {"{\"kind\": \"poisson\", \"rate\": \"10/s\"}", 30, 3, "one", 1200, 450, 140},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = two_jobs(cases[c].load);
        struct script script = {
            .rows = {{cases[c].at_s, {WEIR_WISH_LOAD, cases[c].name, cases[c].factor, NULL}, NULL}}};
        struct weir_test_result got = steer(scenario, "static", &script);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CHECK_NEAR((double)weir_test_job(&got, "one")->arrived, cases[c].one, cases[c].tolerance);
        CHECK_NEAR((double)weir_test_job(&got, "other")->arrived, cases[c].other, 2);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

static void a_link_gets_narrower(void)
{
    /* 100 kB over 100 Mbit/s take 8 ms, and 10 ms of latency: 18 ms. At a tenth from 30 s on: 90 ms; the mean is 54 ms.
     * With a fault that leaves half of it all the time: 26 ms, then (half of a half) 42 ms, in the mean 34 ms. */
    static const struct {
        const char *faults, *name;
        double factor, network_s;
    } cases[] = {
        {"", "backhaul", 0.1, 0.054},
        {"", NULL, 0.1, 0.054},
        {"", "local", 0.1, 0.018},
        {"\"faults\": [{\"link\": \"backhaul\", \"at\": \"0s\", \"for\": \"90s\", \"bandwidth\": 0.5}],", "backhaul",
         0.5, 0.034},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *jobs = two_jobs("{\"kind\": \"constant\", \"rate\": \"1/s\"}");
        char *scenario = weir_format("{%s%s", cases[c].faults, jobs + 1);
        struct script script = {.rows = {{30, {WEIR_WISH_LINK, cases[c].name, cases[c].factor, NULL}, NULL}}};
        struct weir_test_result got = steer(scenario, "static", &script);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        CHECK_NEAR(weir_test_job(&got, "one")->network_s, cases[c].network_s, 0.002);
        weir_test_result_fini(&got);
        free(scenario);
        free(jobs);
    }
}

static void other_policies_take_over(void)
{
    char *scenario = two_jobs("{\"kind\": \"constant\", \"rate\": \"20/s\"}");
    struct script script = {.rows = {{20, {0}, "edge-only"}, {40, {0}, "cloud-only"}}};
    struct weir_test_result got = steer(scenario, "static", &script);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "20.000 edge-only one/b 1 -> 1 instances: 1 on edge"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "40.000 cloud-only one/b 1 -> 1 instances: 1 on cloud"));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "40.000 cloud-only other/c 1 -> 1 instances: 1 on cloud"));
    CU_ASSERT(got.result.metrics.migrations >= 3);
    CU_ASSERT(got.result.metrics.state_moved_bytes >= 2e6);
    weir_test_result_fini(&got);
    free(scenario);
}

static void every_policy_takes_over(void)
{
    char *scenario = two_jobs("{\"kind\": \"poisson\", \"rate\": \"20/s\"}");
    for (int p = 0; weir_catalog[p]; p++) {
        struct weir_stack stack = {0};
        int code = weir_stack_parse(weir_catalog[p]->name, &stack);
        code = code ? code : weir_stack_check(&stack, weir_catalog);
        weir_stack_fini(&stack);
        if (code) /* it wants parameters */
            continue;
        struct script script = {.rows = {{20, {0}, weir_catalog[p]->name}, {40, {0}, "static"}}};
        struct weir_test_result got = steer(scenario, "reactive", &script);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        if (got.code != WEIR_OK)
            fprintf(stderr, "\n%s: %s\n", weir_catalog[p]->name, got.message);
        weir_test_result_fini(&got);
    }
    weir_error_clear();
    free(scenario);
}

static void the_same_script_gives_the_same(void)
{
    char *scenario = two_jobs("{\"kind\": \"poisson\", \"rate\": \"20/s\"}");
    struct script script = {.rows = {{10, {WEIR_WISH_LOAD, NULL, 1.5, NULL}, NULL},
                                     {20, {WEIR_WISH_LINK, NULL, 0.5, NULL}, NULL},
                                     {30, {0}, "ds2"}}};
    struct weir_test_result a = steer(scenario, "reactive", &script);
    struct weir_test_result b = steer(scenario, "reactive", &script);
    struct weir_test_result other = steer(scenario, "reactive", &(struct script){0});
    CU_ASSERT_EQUAL_FATAL(a.code, WEIR_OK);
    CU_ASSERT_EQUAL(a.result.checksum, b.result.checksum);
    CU_ASSERT_STRING_EQUAL(a.decisions, b.decisions);
    CU_ASSERT_NOT_EQUAL(a.result.checksum, other.result.checksum);
    weir_test_result_fini(&a);
    weir_test_result_fini(&b);
    weir_test_result_fini(&other);
    free(scenario);
}

static void wishes_that_cannot_be_met(void)
{
    static const struct {
        struct row row;
        const char *message;
    } cases[] = {
        {{10, {WEIR_WISH_LINK, "none", 0.5, NULL}, NULL}, "there is no link \"none\" whose bandwidth could be changed"},
        {{10, {WEIR_WISH_LOAD, "none", 0.5, NULL}, NULL}, "there is no job \"none\" whose load could be changed"},
        {{10, {WEIR_WISH_LOAD, NULL, 1e9, NULL}, NULL}, "the factor 1e+09 of a load is not from 1e-06 to 1e+06"},
        {{10, {0}, "nonesuch"}, "there is no policy \"nonesuch\""},
    };
    char *scenario = two_jobs("{\"kind\": \"poisson\", \"rate\": \"20/s\"}");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct script script = {.rows = {cases[c].row}};
        struct weir_test_result got = steer(scenario, "static", &script);
        CU_ASSERT_EQUAL(got.code, WEIR_EINPUT);
        CU_ASSERT_PTR_NOT_NULL(strstr(got.message, cases[c].message));
        weir_test_result_fini(&got);
    }
    free(scenario);
    /* under a network model that cannot bear it */
    scenario = weir_format("{\"duration\": \"60s\", \"window\": \"10s\", \"simgrid\": {\"network/model\": \"LV08\"},"
                           " \"workload\": {\"jobs\": [{\"name\": \"one\", \"source\": {\"host\": \"edge\"},"
                           "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
                           "  \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}]}]}}");
    struct script script = {.rows = {{10, {WEIR_WISH_LINK, NULL, 0.5, NULL}, NULL}}};
    struct weir_test_result got = steer(scenario, "static", &script);
    CU_ASSERT_EQUAL(got.code, WEIR_EINPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.message, "SimGrid is right about links whose bandwidth changes only under"));
    weir_test_result_fini(&got);
    free(scenario);
}

static void it_may_be_stopped(void)
{
    char *scenario = two_jobs("{\"kind\": \"poisson\", \"rate\": \"20/s\"}");
    struct weir_test_result got = steer(scenario, "static", &(struct script){.stop_s = 30});
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    CU_ASSERT_EQUAL(got.result.job_count, 0);
    weir_test_result_fini(&got);
    free(scenario);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"nothing changes without wishes", nothing_changes_without_wishes},
        {"the load is multiplied", the_load_is_multiplied},
        {"a link gets narrower", a_link_gets_narrower},
        {"other policies take over", other_policies_take_over},
        {"every policy takes over, many items", every_policy_takes_over},
        {"the same script gives the same", the_same_script_gives_the_same},
        {"wishes that cannot be met", wishes_that_cannot_be_met},
        {"it may be stopped", it_may_be_stopped},
        {0},
    };
    return weir_test_main("engine control", cases, argc, argv);
}
