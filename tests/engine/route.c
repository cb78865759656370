/* Policies that route items as they come: round robin is the engine's own, the tails of queues are those of theory, and
 * what choosing takes is charged to the item. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/same.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"
#define LONGEST  12 /* queues are counted up to this length */

enum rule { NOTHING, ROUND_ROBIN, SHORTEST, TWO_CHOICES, FIXED, WRONG, FAILING };
static enum rule rule; /* set before the child is forked, as the next three */
static int fixed;
static double work_flops;
static double seen_from_s; /* items from then on are counted */

struct router {
    struct weir_stream draws;
    int next;
    double items, candidates, at_least[LONGEST + 1]; /* candidates with so many items or more, seen by arrivals */
};

static int create(void *state, const struct weir_policy_env *env)
{
    ((struct router *)state)->draws = weir_stream_open(env->seed, env->stream);
    return WEIR_OK;
}

static long length_of(const struct weir_candidate *candidate)
{
    return candidate->waiting + candidate->coming + candidate->serving;
}

static void count(struct router *router, const struct weir_routing *item)
{
    router->items++;
    router->candidates += item->count;
    for (int c = 0; c < item->count; c++)
        for (int k = 0; k <= LONGEST && k <= length_of(&item->candidates[c]); k++)
            router->at_least[k]++;
}

static int shorter(const struct weir_routing *item, int a, int b)
{
    return length_of(&item->candidates[b]) < length_of(&item->candidates[a]) ? b : a;
}

static int route(void *state, const struct weir_view *view, struct weir_routing *item)
{
    struct router *router = state;
    if (item->time_s >= seen_from_s)
        count(router, item);
    item->flops += work_flops;
    switch (rule) {
    case NOTHING:
        break;
    case ROUND_ROBIN:
        item->choice = router->next++ % item->count;
        break;
    case SHORTEST: /* of those that are as short, any: from a place that is drawn on */
        item->choice = (int)weir_stream_below(&router->draws, (uint64_t)item->count);
        for (int c = 0, first = item->choice; c < item->count; c++)
            item->choice = shorter(item, item->choice, (first + c) % item->count);
        break;
    case TWO_CHOICES: {
        int one = (int)weir_stream_below(&router->draws, (uint64_t)item->count);
        int other = (int)weir_stream_below(&router->draws, (uint64_t)item->count);
        item->choice = shorter(item, one, other);
        break;
    }
    case FIXED:
        item->choice = fixed;
        break;
    case WRONG:
        item->choice = item->count;
        break;
    case FAILING:
        return weir_error(WEIR_ERUN, "will not choose from %d on host %s", item->count, view->hosts[item->host].name);
    }
    return WEIR_OK;
}

/* Says at the end of each window what it has seen. */
static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    const struct router *router = state;
    struct weir_text text = {0};
    weir_text_addf(&text, "seen %.0f:", router->items);
    for (int k = 1; k <= LONGEST && router->candidates > 0; k++)
        weir_text_addf(&text, " %.6f", router->at_least[k] / router->candidates);
    weir_plan_note(plan, -1, "%s", weir_text_string(&text));
    weir_text_fini(&text);
    return WEIR_OK;
}

#define ROUTER(its_name)                                                                                               \
    {                                                                                                                  \
        .abi = WEIR_POLICY_ABI, .name = its_name, .summary = "Routes.", .source = "",                                  \
        .state_size = sizeof(struct router), .create = create, .window_ends = window_ends, .route = route              \
    }
static const struct weir_policy router = ROUTER("router");
static const struct weir_policy idle = {
    .abi = WEIR_POLICY_ABI, .name = "idle", .summary = "Does nothing.", .source = ""};
static const struct weir_policy *const catalog[] = {&router, &idle, NULL};

static struct weir_test_result run(const char *platform, const char *scenario, const char *policy, enum rule with)
{
    rule = with;
    struct weir_test_result got = weir_test_run_catalog(platform, scenario, policy, 1, catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(platform, scenario, &got);
    return got;
}

/* A fork to three instances on one host and two on two others, with batches of one and of seven. */
#define THREE(batch)                                                                                                   \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"10s\", \"items_per_batch\": " batch ","                 \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"source_bytes\": \"1kB\","                    \
    "  \"load\": {\"kind\": \"poisson\", \"rate\": \"200/s\"}, \"operators\": ["                                       \
    "   {\"name\": \"a\", \"flops\": {\"mean\": \"10Mf\", \"distribution\": \"exponential\"}, \"bytes\": \"2kB\","     \
    "    \"parallelism\": 3, \"placement\": \"cloud4\"},"                                                              \
    "   {\"name\": \"b\", \"flops\": \"4Mf\", \"parallelism\": 2, \"placement\": {\"tier\": \"edge\"}}]}]}}"

static void round_robin_is_the_engines_own(void)
{
    static const char *const scenarios[] = {THREE("1"), THREE("7")};
    for (int s = 0; s < 2; s++) {
        struct weir_test_result own = run(PLATFORM, scenarios[s], "idle", NOTHING);
        struct weir_test_result left = run(PLATFORM, scenarios[s], "router", NOTHING);
        CU_ASSERT(own.result.metrics.delivered > 10000);
        CU_ASSERT_EQUAL(own.result.checksum, left.result.checksum);
        weir_test_result_fini(&left);
        weir_test_result_fini(&own);
    }
    /* Of one operator, since the policy has but one counter. */
    static const char one[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"items_per_batch\": 7, \"workload\": {\"jobs\": [{\"name\": "
        "\"j\","
        " \"source\": \"edge\", \"source_bytes\": \"1kB\", \"load\": {\"kind\": \"poisson\", \"rate\": \"200/s\"},"
        " \"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"10Mf\", \"distribution\": \"exponential\"},"
        "  \"parallelism\": 3, \"placement\": \"cloud4\"}]}]}}";
    struct weir_test_result own = run(PLATFORM, one, "idle", NOTHING);
    struct weir_test_result same = run(PLATFORM, one, "router", ROUND_ROBIN);
    struct weir_test_result other = run(PLATFORM, one, "router", SHORTEST);
    CU_ASSERT_EQUAL(own.result.checksum, same.result.checksum);
    CU_ASSERT_NOT_EQUAL(own.result.checksum, other.result.checksum);
    CU_ASSERT(other.result.metrics.waiting_s < own.result.metrics.waiting_s);
    weir_test_result_fini(&other);
    weir_test_result_fini(&same);
    weir_test_result_fini(&own);
}

/* Number k of what was seen last: 0 the items, 1 and more the share of queues of that length at least. */
static double seen(const char *decisions, int k)
{
    const char *last = NULL;
    for (const char *at = decisions; (at = strstr(at, "seen ")); at++)
        last = at;
    CU_ASSERT_PTR_NOT_NULL_FATAL(last);
    last += strlen("seen ");
    double items = atof(last);
    last = strchr(last, ':') + 1;
    char *end = (char *)last;
    double value = items;
    for (int i = 0; i < k; i++)
        value = strtod(end, &end);
    return value;
}

/* 100 servers of a core each, at a load of 0.8. With two choices the share of queues of length k or more goes to
 * 0.8^(2^k - 1) as servers become more, and the time in the system to the sum of 0.8^(2^k - 2) over k = 1, 2, ...
 * service times; with the shortest of all, nobody is behind another. */
static void tails_of_queues(void)
{
    char *platform = weir_format(
        "%s", weir_test_file("hundred.xml",
                             "<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">"
                             "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\"><host id=\"a\" speed=\"1Gf\" "
                             "core=\"100\"/></zone></platform>"));
    static const char scenario[] =
        "{\"duration\": \"120s\", \"warmup\": \"20s\", \"window\": \"60s\", \"items_per_batch\": 1,"
        " \"record\": {\"operators\": false, \"hosts\": false, \"links\": false},"
        " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"a\", \"load\": {\"kind\": \"poisson\", \"rate\": "
        "\"800/s\"}, \"operators\": [{\"name\": \"o\", \"flops\": {\"mean\": \"100Mf\", \"distribution\": "
        "\"exponential\"}, \"parallelism\": 100}]}]}}";
    seen_from_s = 20;
    struct weir_test_result got = run(platform, scenario, "router", TWO_CHOICES);
    double sum = 0;
    for (int k = 1; k <= 5; k++) {
        double share = pow(0.8, pow(2, k) - 1);
        sum += pow(0.8, pow(2, k) - 2);
        CHECK_NEAR(seen(got.decisions, k), share, 0.01 + 0.03 * share);
    }
    CHECK_NEAR(got.result.metrics.latency_mean_s, 0.1 * sum, 0.03 * 0.1 * sum);
    CHECK_NEAR(seen(got.decisions, 0), 40 * 800, 600); /* from 20 s to 60 s, the last window that is looked at */
    weir_test_result_fini(&got);
    got = run(platform, scenario, "router", SHORTEST);
    CHECK_NEAR(seen(got.decisions, 1), 0.8, 0.01);
    CHECK_NEAR(seen(got.decisions, 2), 0, 0.005);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 0.1, 0.002);
    weir_test_result_fini(&got);
    seen_from_s = 0;
    free(platform);
}

#define TWO(options, more)                                                                                             \
    "{\"platform\": \"\", \"duration\": \"40s\", \"window\": \"10s\", \"items_per_batch\": 1, " options                \
    "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge2\", \"load\": {\"kind\": \"constant\", \"rate\": " \
    "\"10/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"20Mf\", \"parallelism\": 2, \"placement\": "            \
    "\"edge2\"" more "}]}]}}"

/* Items come every 100 ms and take 20 ms. To choose takes 3 ms of a host of 1 Gf/s that decides, and they wait for it.
 */
static void what_choosing_takes_is_charged(void)
{
    work_flops = 3e6;
    struct weir_test_result got = run(PLATFORM, TWO("\"decision_host\": \"cloud\", ", ""), "router", FIXED);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 0.023, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.023, 1e-9);
    CHECK_NEAR(got.result.metrics.blocked_s, 0.003, 1e-9);
    weir_test_result_fini(&got);
    /* No host decides: it takes no time. */
    got = run(PLATFORM, TWO("", ""), "router", FIXED);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.020, 1e-9);
    weir_test_result_fini(&got);
    /* 200 ms a choice, twice as long as there is: the source sends 5/s. */
    work_flops = 200e6;
    got = run(PLATFORM, TWO("\"decision_host\": \"cloud\", ", ""), "router", FIXED);
    CHECK_NEAR(got.result.metrics.throughput_per_s, 5, 0.1);
    weir_test_result_fini(&got);
    /* Two of a stack are charged together. */
    work_flops = 3e6;
    got = run(PLATFORM, TWO("\"decision_host\": \"cloud\", ", ""),
              "{\"label\": \"two\", \"stack\": [\"router\", \"router\"]}", FIXED);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.026, 1e-9);
    weir_test_result_fini(&got);
    work_flops = 0;
}

/* Three jobs whose items come at the same dates, every 100 ms, and are served in 20 ms. One is chosen for at a time, 3
 * ms each: they are late by 3, 6 and 9 ms. At 40 ms each there is time for 25 choices a second, of 30 items. */
static void one_after_the_other(void)
{
    static const char jobs[] =
        "{\"platform\": \"\", \"duration\": \"%s\", \"warmup\": \"10s\", \"window\": \"10s\", \"items_per_batch\": 1,"
        " \"decision_host\": \"cloud\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"count\": 3, \"source\": "
        "\"cloud4\","
        " \"load\": {\"kind\": \"constant\", \"rate\": \"10/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": "
        "\"20Mf\","
        " \"parallelism\": 2, \"placement\": \"cloud4\"}]}]}}";
    char *scenario = weir_format(jobs, "40s");
    work_flops = 3e6;
    struct weir_test_result got = run(PLATFORM, scenario, "router", FIXED);
    CHECK_NEAR(got.result.metrics.latency_mean_s, 0.020 + (0.003 + 0.006 + 0.009) / 3, 1e-9);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.029, 1e-9);
    CHECK_NEAR(got.result.metrics.choices, 3 * 10 * 30, 3);
    CHECK_NEAR(got.result.metrics.choosing_s, 0.003 * got.result.metrics.choices, 1e-9);
    CHECK_NEAR(got.result.metrics.choice_s, 0.006, 1e-5);
    weir_test_result_fini(&got);
    work_flops = 40e6;
    got = run(PLATFORM, scenario, "router", FIXED);
    CHECK_NEAR(got.result.metrics.throughput_per_s, 25, 0.1);
    CHECK_NEAR(got.result.metrics.choosing_s, 30, 0.1); /* all of the time that counts */
    weir_test_result_fini(&got);
    work_flops = 0; /* nothing to compute: nothing to wait for */
    got = run(PLATFORM, scenario, "router", FIXED);
    CHECK_NEAR(got.result.metrics.latency_max_s, 0.020, 1e-9);
    CHECK_NEAR(got.result.metrics.choices, 0, 0);
    CU_ASSERT(isnan(got.result.metrics.choice_s));
    weir_test_result_fini(&got);
    free(scenario);
}

/* Measured: what the hook takes by the clock, in place of what it says. It is above 0, and less
 * than what is said. */
static void measured(void)
{
    work_flops = 30e6;
    struct weir_test_result got = run(PLATFORM, TWO("\"decision_work\": \"measured\", ", ""), "router", TWO_CHOICES);
    CHECK_NEAR(got.result.metrics.choices, 400, 2);
    CU_ASSERT(got.result.metrics.choosing_s > 0 && got.result.metrics.choosing_s < 400 * 0.030);
    CU_ASSERT(got.result.metrics.choice_s > 0 && got.result.metrics.latency_mean_s > 0.020);
    weir_test_result_fini(&got);
    work_flops = 0;
}

/* All items to one of two: 20 ms every 10 ms, so that the queue there grows, though the other is free. Keys and joins
 * have their own ways. */
static void the_choice_is_kept(void)
{
    static const char fast[] =
        "{\"platform\": \"\", \"duration\": \"40s\", \"items_per_batch\": 1, \"workload\": {\"jobs\": [{\"name\": "
        "\"j\","
        " \"source\": \"edge2\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\", \"count\": 1000}, "
        "\"operators\": "
        "[{\"name\": \"a\", \"flops\": \"20Mf\", \"parallelism\": 2, \"placement\": \"edge2\"%s}]}]}}";
    for (fixed = 0; fixed < 2; fixed++) {
        char *scenario = weir_format(fast, "");
        struct weir_test_result got = run(PLATFORM, scenario, "router", FIXED);
        CHECK_NEAR(got.result.metrics.latency_max_s, 1000 * 0.020 - 999 * 0.010, 1e-6);
        weir_test_result_fini(&got);
        free(scenario);
    }
    fixed = 0;
    char *keyed = weir_format(fast, ", \"keys\": 1000");
    struct weir_test_result own = run(PLATFORM, keyed, "idle", NOTHING), asked = run(PLATFORM, keyed, "router", FIXED);
    CU_ASSERT_EQUAL(own.result.checksum, asked.result.checksum);
    weir_test_result_fini(&asked);
    weir_test_result_fini(&own);
    free(keyed);
}

static void choices_that_are_none(void)
{
    rule = WRONG;
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, TWO("", ""), "router", 1, catalog);
    CU_ASSERT_EQUAL(got.code, WEIR_ERUN);
    CU_ASSERT(strstr(got.message,
                     "policy router at 0 s (item for job j): chose number 2 of 2 candidates for operator a") != NULL);
    weir_test_result_fini(&got);
    rule = FAILING;
    got = weir_test_run_catalog(PLATFORM, TWO("", ""), "router", 1, catalog);
    CU_ASSERT_EQUAL(got.code, WEIR_ERUN);
    CU_ASSERT(strstr(got.message, "(item for job j): will not choose from 2 on host edge2") != NULL);
    weir_test_result_fini(&got);
}

/* Plans, failures and routes together: nothing hangs and nothing is lost. */
static void choosing_while_hosts_fail(void)
{
    work_flops = 30e6; /* 30 ms of the 100 ms between two items */
    struct weir_test_result got =
        run(PLATFORM,
            "{\"platform\": \"\", \"duration\": \"60s\", \"items_per_batch\": 1, \"decision_host\": \"edge\","
            " \"faults\": [{\"host\": \"cloud4\", \"at\": \"10.015s\", \"for\": \"3s\"}, {\"host\": \"cloud\", \"at\": "
            "\"20.05s\"}], \"recovery\": {\"restart\": \"1s\", \"checkpoint_interval\": \"2s\", \"delivery\": "
            "\"exactly-once\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": "
            "\"constant\", \"rate\": \"10/s\", \"count\": 400}, \"operators\": [{\"name\": \"a\", \"flops\": \"20Mf\","
            " \"parallelism\": 3, \"placement\": {\"tier\": \"cloud\"}}]}]}}",
            "router", TWO_CHOICES);
    CHECK_NEAR(got.result.metrics.delivered, 400, 0);
    CU_ASSERT(got.result.metrics.restarts >= 2);
    weir_test_result_fini(&got);
    work_flops = 0;
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"round robin is the engine's own", round_robin_is_the_engines_own},
                                      {"tails of queues, many items", tails_of_queues},
                                      {"what choosing takes is charged", what_choosing_takes_is_charged},
                                      {"one after the other", one_after_the_other},
                                      {"measured", measured},
                                      {"the choice is kept", the_choice_is_kept},
                                      {"choices that are none", choices_that_are_none},
                                      {"choosing while hosts fail", choosing_while_hosts_fail},
                                      {0}};
    return weir_test_main("engine/route", cases, argc, argv);
}
