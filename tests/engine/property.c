/* Random workloads, without and with failures, under a policy that changes plans at random: nothing is lost or counted
 * twice, the parts of the latency sum to the whole, and nothing hangs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"
#include "tests/support/worlds.h"

#define PLATFORM WEIR_TEST_WORLDS_PLATFORM

/* Under the sanitisers an actor is a thread and everything takes its time. */
#if defined(WEIR_LONG)
#define WORLDS         200
#define FAILING_WORLDS 500
#define DRAINED_WORLDS 1000
#elif defined(__SANITIZE_ADDRESS__)
#define WORLDS         15
#define FAILING_WORLDS 15
#define DRAINED_WORLDS 8
#else
#define WORLDS         60
#define FAILING_WORLDS 120
#define DRAINED_WORLDS 200
#endif

static void run_worlds(const struct weir_test_worlds *set, unsigned count)
{
    double items = 0, changes = 0, refused = 0, restarts = 0, replayed = 0;
    for (unsigned w = 0; w < count; w++) {
        struct weir_text text = {0};
        weir_test_world(&text, set, w);
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, text.data, "chaos", w, weir_test_chaos);
        if (got.code != WEIR_OK)
            fprintf(stderr, "\nworld %u: %s\n%s\n", w, got.message, text.data);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        if (got.code == WEIR_OK) {
            unsigned before = CU_get_number_of_failures();
            const struct weir_metrics *m = &got.result.metrics;
            weir_test_conservation(PLATFORM, text.data, &got);
            CU_ASSERT_EQUAL(isnan(m->latency_mean_s), !m->delivered);
            if (m->delivered > 0)
                CHECK_NEAR(m->waiting_s + m->service_s + m->network_s + m->blocked_s, m->latency_mean_s,
                           1e-9 * fmax(1, m->latency_mean_s));
            if (CU_get_number_of_failures() > before)
                fprintf(stderr, "\nworld %u:\n%s\n", w, text.data);
            items += m->delivered;
            changes += m->rescales + m->migrations;
            refused += m->refused;
            restarts += m->restarts;
            replayed += m->replayed;
        }
        weir_test_result_fini(&got);
        weir_text_fini(&text);
    }
    printf("\n    %u worlds, %.0f items delivered, %.0f changes, %.0f refused, %.0f restarts, %.0f replayed ", count,
           items, changes, refused, restarts, replayed);
    CU_ASSERT(items > 50.0 * count);
    CU_ASSERT(changes > 2.0 * count);
    CU_ASSERT(set->failures ? restarts > 0.5 * count && replayed > 0 : restarts + replayed == 0);
}

static const char *const batches[] = {"1", "\"auto\"", "7", "50"};

static void random_worlds(void)
{
    static const struct weir_test_worlds set = {
        .name = "worlds", .batches = batches, .batch_count = 4, .most_bytes = 20000};
    run_worlds(&set, WORLDS);
}

/* Operators come to have no instance, and some again. */
static void worlds_with_none(void)
{
    static const struct weir_test_worlds set = {
        .name = "worlds with none", .batches = batches, .batch_count = 4, .zeros = true, .most_bytes = 20000};
    run_worlds(&set, WORLDS / 3);
    static const struct weir_test_worlds failing = {.name = "failing worlds with none",
                                                    .batches = batches,
                                                    .batch_count = 4,
                                                    .failures = true,
                                                    .zeros = true,
                                                    .most_bytes = 20000};
    run_worlds(&failing, WORLDS / 3);
}

/* Changes stop whole jobs. */
static void worlds_that_halt(void)
{
    static const struct weir_test_worlds set = {.name = "worlds that halt",
                                                .batches = batches,
                                                .batch_count = 4,
                                                .most_bytes = 20000,
                                                .more = "\"rescale\": \"job\", "};
    run_worlds(&set, WORLDS / 6);
    static const struct weir_test_worlds failing = {.name = "failing worlds that halt",
                                                    .batches = batches,
                                                    .batch_count = 4,
                                                    .failures = true,
                                                    .most_bytes = 20000,
                                                    .more = "\"rescale\": \"job\", "};
    run_worlds(&failing, WORLDS / 6);
}

/* State is fetched from a store, which may fail; restarts wait, and jobs are given up. */
#define STORE ", \"store\": \"cloud4\", \"restarts\": {\"strategy\": \"exponential-delay\", \"delay\": \"100ms\""
static void worlds_that_fetch(void)
{
    static const struct weir_test_worlds set = {.name = "failing worlds that fetch",
                                                .batches = batches,
                                                .batch_count = 4,
                                                .failures = true,
                                                .zeros = true,
                                                .most_bytes = 20000,
                                                .recovery = STORE ", \"attempts\": 2}"};
    run_worlds(&set, WORLDS / 6);
}

/* Checkpoints that overtake, and take long, some of them too long. */
static void worlds_with_barriers(void)
{
    static const struct weir_test_worlds set = {.name = "failing worlds with barriers",
                                                .batches = batches,
                                                .batch_count = 4,
                                                .failures = true,
                                                .zeros = true,
                                                .most_bytes = 20000,
                                                .recovery = ", \"store\": \"cloud4\", \"checkpoints\": {\"barriers\": "
                                                            "\"unaligned\", \"concurrent\": 3, \"timeout\": \"3s\"}"};
    run_worlds(&set, WORLDS / 6);
}

/* Items leave queues by themselves, and room comes back in steps. */
static void worlds_with_queues(void)
{
    static const struct weir_test_worlds set = {.name = "worlds with queues",
                                                .batches = batches,
                                                .batch_count = 1,
                                                .zeros = true,
                                                .queues = true,
                                                .most_bytes = 20000};
    run_worlds(&set, WORLDS / 6);
    static const struct weir_test_worlds failing = {.name = "failing worlds with queues",
                                                    .batches = batches,
                                                    .batch_count = 1,
                                                    .failures = true,
                                                    .queues = true,
                                                    .most_bytes = 20000};
    run_worlds(&failing, WORLDS / 6);
}

/* Services fail and are tried again, instances serve several items at once, consumers acknowledge or are cut off. */
static void worlds_with_calls(void)
{
    static const struct weir_test_worlds set = {.name = "worlds with calls",
                                                .batches = batches,
                                                .batch_count = 1,
                                                .zeros = true,
                                                .calls = true,
                                                .most_bytes = 20000,
                                                .more = "\"rescale\": \"cooperative\", "};
    run_worlds(&set, WORLDS / 4);
    static const struct weir_test_worlds failing = {.name = "failing worlds with calls",
                                                    .batches = batches,
                                                    .batch_count = 1,
                                                    .failures = true,
                                                    .calls = true,
                                                    .most_bytes = 20000,
                                                    .more = "\"rescale\": \"cooperative\", "};
    run_worlds(&failing, WORLDS / 4);
}

static void failing_worlds(void)
{
    static const struct weir_test_worlds set = {
        .name = "failing worlds", .batches = batches, .batch_count = 4, .failures = true, .most_bytes = 20000};
    run_worlds(&set, FAILING_WORLDS);
}

/* What happened in all of them, so that the test has something to look at. */
struct seen {
    double worlds, restarts, replayed;
};

/* The source of 400 items, or two of 200 each. */
static void add_sources(struct weir_text *text, bool two, unsigned rate)
{
    static const char *const hosts[] = {"edge2", "edge"};
    weir_text_add(text, two ? "\"sources\": [" : "");
    for (int s = 0; s <= two; s++)
        weir_text_addf(text,
                       "%s%s\"source\": {\"host\": \"%s\"}, \"source_bytes\": \"500B\", \"load\": {\"kind\": "
                       "\"poisson\", \"rate\": \"%u/s\", \"count\": %d}%s",
                       s ? ", " : "",
                       !two ? ""
                       : s  ? "{\"name\": \"t\", "
                            : "{\"name\": \"s\", ",
                       hosts[s], rate, two ? 200 : 400, two ? "}" : "");
    weir_text_add(text, two ? "], " : ", ");
}

/* Random failures and plans for 20 s, then time to drain: of a given number of items, each of which gives one result,
 * every one has come out, exactly once or at least once. */
static void every_item_comes_out_of(const char *name, const char *recovery, unsigned worlds, struct seen *seen)
{
    double restarts = 0, replayed = 0;
    for (unsigned w = 0; w < worlds; w++) {
        struct weir_stream s = weir_stream_at(weir_stream_key(2026, name), w);
        struct weir_text text = {0};
        static const char *const hosts[] = {"edge", "edge2", "cloud", "cloud4"};
        weir_text_addf(&text,
                       "{\"platform\": \"\", \"duration\": \"120s\", \"window\": \"1s\", \"items_per_batch\": %s, ",
                       weir_test_pick(&s, batches, 3));
        weir_test_failures(&text, &s, recovery);
        bool diamond = weir_test_below(&s, 2), window = weir_test_below(&s, 3) == 0;
        weir_text_add(&text, "\"workload\": {\"jobs\": [{\"name\": \"j\", ");
        bool sink = weir_test_below(&s, 2);
        add_sources(&text, !diamond && w % 3 == 0, 20 + weir_test_below(&s, 60));
        weir_text_addf(&text, "%s\"operators\": [", sink ? "\"sink\": {\"host\": \"cloud\"}, " : "");
        for (int o = 0; o < 4; o++)
            weir_text_addf(&text,
                           "%s{\"name\": \"o%d\", \"flops\": {\"mean\": \"%ukf\", \"distribution\": \"exponential\"},"
                           " \"bytes\": \"%uB\", \"parallelism\": %u, \"max_parallelism\": 4, \"capacity\": %u,"
                           " \"placement\": {\"host\": \"%s\"}%s%s}",
                           o ? ", " : "", o, 100 + weir_test_below(&s, 3000), weir_test_below(&s, 2000),
                           1 + weir_test_below(&s, 2), 1 + weir_test_below(&s, 50), weir_test_pick(&s, hosts, 4),
                           weir_test_below(&s, 3) ? "" : ", \"state\": \"100kB\"",
                           o < 3     ? ""
                           : diamond ? ", \"join\": \"all\""
                           : window  ? ", \"window\": \"700ms\""
                                     : "");
        weir_text_add(&text, diamond ? "], \"edges\": [[\"source\", \"o0\"], [\"o0\", \"o1\"], [\"o0\", \"o2\"],"
                                       " [\"o1\", \"o3\"], [\"o2\", \"o3\"], [\"o3\", \"sink\"]]}]}}"
                                     : "]}]}}");
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, text.data, "chaos", w, weir_test_chaos);
        const struct weir_metrics *m = &got.result.metrics;
        bool exactly = strstr(text.data, "exactly-once") != NULL;
        /* Each item comes out, and what comes out again counts apart, of windows too, whatever they hold when items are
         * played again. */
        double most = exactly ? 0 : m->replayed;
        bool right = got.code == WEIR_OK && m->delivered == 400 && m->duplicates <= most;
        if (!right)
            fprintf(stderr, "\nworld %u: %s %.0f delivered, %.0f replayed, %.0f held or on their way\n%s\n", w,
                    got.message, m->delivered, m->replayed, m->in_flight, text.data);
        CU_ASSERT(right);
        restarts += m->restarts;
        replayed += m->replayed;
        weir_test_result_fini(&got);
        weir_text_fini(&text);
    }
    printf("\n    %u worlds, %.0f restarts, %.0f replayed ", worlds, restarts, replayed);
    seen->worlds += worlds;
    seen->restarts += restarts;
    seen->replayed += replayed;
}

static void every_item_comes_out(void)
{
    struct seen seen = {0};
    every_item_comes_out_of("drained worlds", NULL, DRAINED_WORLDS, &seen);
    every_item_comes_out_of("drained worlds that fetch", STORE "}, \"local\": true", DRAINED_WORLDS / 8, &seen);
    every_item_comes_out_of("drained worlds with barriers", STORE "}, \"checkpoints\": {\"timeout\": \"4s\"}",
                            DRAINED_WORLDS / 4, &seen);
    every_item_comes_out_of("drained worlds with barriers that overtake",
                            ", \"store\": \"cloud\", \"checkpoints\": {\"barriers\": \"unaligned\", \"concurrent\": 2}",
                            DRAINED_WORLDS / 4, &seen);
    CU_ASSERT(seen.restarts > 0.5 * seen.worlds && seen.replayed > seen.worlds);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"random worlds", random_worlds},
                                      {"worlds with none", worlds_with_none},
                                      {"worlds that halt", worlds_that_halt},
                                      {"worlds that fetch", worlds_that_fetch},
                                      {"worlds with barriers", worlds_with_barriers},
                                      {"worlds with queues", worlds_with_queues},
                                      {"worlds with calls", worlds_with_calls},
                                      {"failing worlds", failing_worlds},
                                      {"every item comes out", every_item_comes_out},
                                      {0}};
    return weir_test_main("engine/property", cases, argc, argv);
}
