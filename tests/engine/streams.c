/* Several sources of a job, and joins of streams by key, against lists of their items. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"
#include "tests/support/worlds.h"

#define PLATFORM "tests/input/valid/two-tier.xml"
#define ITEMS    1000

/* Items of the two sources: one each 1/rate s. */
struct item {
    double birth_s;
    unsigned key;
};
static struct item lists[2][ITEMS];
static int counts[2];

/* The number of the source is the seventh byte of an item's id, by which its key is drawn. */
static void list_items(int source, int count, double rate, unsigned keys)
{
    uint64_t stream = weir_stream_key(1, "key/j/w");
    counts[source] = count;
    for (int i = 0; i < count; i++) {
        struct weir_stream draw = weir_stream_at(stream, (uint64_t)i | (uint64_t)source << 48);
        lists[source][i] = (struct item){i / rate, (unsigned)weir_stream_below(&draw, keys)};
    }
}

static struct weir_test_result run(char *scenario, const char *policy)
{
    return weir_test_run_sound(PLATFORM, scenario, policy, policy[0] == 'c' ? weir_test_chaos : weir_catalog);
}

/* Owned. Left on edge, right on edge2, and what they feed on cloud. */
static char *scenario_of(const char *more, const char *left, const char *right, const char *op)
{
    return weir_format(
        "{\"duration\": \"150s\", \"window\": \"10s\", %s \"workload\": {\"jobs\": [{\"name\": \"j\", "
        "\"sources\": [{\"name\": \"left\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": "
        "\"constant\", %s}}, {\"name\": \"right\", \"source\": {\"host\": \"edge2\"}, \"load\": {\"kind\": "
        "\"constant\", %s}}], \"operators\": [{\"name\": \"w\", \"placement\": {\"host\": \"cloud\"}, %s}]}]}}",
        more, left, right, op);
}

/* Pairs of one key in the windows that begin at multiples of the slide. */
static int pairs_in_windows(double size_s, double slide_s)
{
    int pairs = 0;
    for (int i = 0; i < counts[0]; i++)
        for (int j = 0; j < counts[1]; j++) {
            double a_s = lists[0][i].birth_s + 1e-9, b_s = lists[1][j].birth_s + 1e-9;
            if (lists[0][i].key != lists[1][j].key)
                continue;
            for (double n = floor(fmax(a_s, b_s) / slide_s); n * slide_s + size_s > fmax(a_s, b_s); n--)
                pairs += n * slide_s <= fmin(a_s, b_s);
        }
    return pairs;
}

static int pairs_near(double lower_s, double upper_s)
{
    int pairs = 0;
    for (int i = 0; i < counts[0]; i++)
        for (int j = 0; j < counts[1]; j++) {
            double apart_s = lists[1][j].birth_s - lists[0][i].birth_s;
            pairs += lists[0][i].key == lists[1][j].key && apart_s >= lower_s - 1e-9 && apart_s <= upper_s + 1e-9;
        }
    return pairs;
}

/* Pairs of one key in one session of it: of both inputs together, in order. */
static int pairs_in_sessions(double gap_s, unsigned keys)
{
    int pairs = 0;
    for (unsigned key = 0; key < keys; key++) {
        int next[2] = {0, 0}, inside[2] = {0, 0};
        double latest_s = -INFINITY;
        for (;;) {
            for (int s = 0; s < 2; s++)
                while (next[s] < counts[s] && lists[s][next[s]].key != key)
                    next[s]++;
            if (next[0] == counts[0] && next[1] == counts[1])
                break;
            int s = next[0] == counts[0]   ? 1
                    : next[1] == counts[1] ? 0
                                           : lists[1][next[1]].birth_s < lists[0][next[0]].birth_s;
            double birth_s = lists[s][next[s]++].birth_s;
            if (birth_s > latest_s + gap_s + 1e-9) {
                pairs += inside[0] * inside[1];
                inside[0] = inside[1] = 0;
            }
            inside[s]++;
            latest_s = birth_s;
        }
        pairs += inside[0] * inside[1];
    }
    return pairs;
}

static const struct {
    double a_s, b_s; /* size and slide, or lower and upper, or the gap */
    char kind;       /* w, i, s */
    unsigned keys;
} joins[] = {{10, 10, 'w', 10}, {7, 3.5, 'w', 4}, {5, 5, 'w', 1}, {-0.5, 1, 'i', 10}, {0, 3, 'i', 5},
             {-2, -1, 'i', 3},  {1, 2, 'i', 3},   {0, 0, 'i', 2}, {0.8, 0, 's', 10}};

static char *op_of(size_t c, int instances)
{
    char *join =
        joins[c].kind == 'i' ? weir_format("\"interval\", \"interval\": {\"lower\": \"%gs\", \"upper\": \"%gs\"}",
                                           joins[c].a_s, joins[c].b_s)
        : joins[c].kind == 's'
            ? weir_format("\"window\", \"window\": {\"type\": \"session\", \"gap\": \"%gs\"}", joins[c].a_s)
            : weir_format("\"window\", \"window\": {\"type\": \"sliding\", \"size\": \"%gs\", \"slide\": \"%gs\"}",
                          joins[c].a_s, joins[c].b_s);
    char *op = weir_format("\"keys\": %u, \"join\": %s, \"parallelism\": %d, \"max_parallelism\": 4", joins[c].keys,
                           join, instances);
    free(join);
    return op;
}

static int wanted_of(size_t c)
{
    return joins[c].kind == 'i'   ? pairs_near(joins[c].a_s, joins[c].b_s)
           : joins[c].kind == 's' ? pairs_in_sessions(joins[c].a_s, joins[c].keys)
                                  : pairs_in_windows(joins[c].a_s, joins[c].b_s);
}

static void check(const char *what, const struct weir_test_result *got, int wanted)
{
    const struct weir_job_total *job = weir_test_job(got, "j");
    if ((int)job->delivered != wanted)
        fprintf(stderr, "\n%s: %llu results, wanted %d\n", what, job->delivered, wanted);
    CU_ASSERT_EQUAL((int)job->delivered, wanted);
    CU_ASSERT_EQUAL(weir_test_op(got, "j", "w")->late, 0);
    CU_ASSERT_EQUAL(weir_test_op(got, "j", "w")->pending, 0);
}

/* All pairs and no others, also while instances come and go; the selectivity follows from the keys. */
static void pairs_by_key(void)
{
    for (size_t c = 0; c < sizeof joins / sizeof *joins; c++) {
        list_items(0, 300, 5, joins[c].keys);
        list_items(1, 120, 2, joins[c].keys);
        int wanted = wanted_of(c);
        CU_ASSERT(wanted > 0);
        for (int p = 0; p < 3; p++) {
            char *op = op_of(c, p ? 3 : 1);
            struct weir_test_result got =
                run(scenario_of("", "\"rate\": \"5/s\", \"count\": 300", "\"rate\": \"2/s\", \"count\": 120", op),
                    p == 2 ? "chaos" : "static");
            check(op, &got, wanted);
            weir_test_result_fini(&got);
            free(op);
        }
    }
}

/* Owned: the host of the join fails, and comes back: where checkpoints cost nothing, and where their barriers come from
 * both sources, wait or overtake, and bytes go to a store. */
#define MODES 6
static char *failing(int mode)
{
    static const char *const modes[MODES] = {
        "exactly-once\"",
        "at-least-once\"",
        "exactly-once\", \"store\": \"edge2\", \"checkpoints\": {}",
        "at-least-once\", \"store\": \"edge2\", \"checkpoints\": {\"concurrent\": 2}",
        "exactly-once\", \"store\": \"cloud4\", \"checkpoints\": {\"barriers\": \"unaligned\"}",
        "at-least-once\", \"checkpoints\": {\"barriers\": \"unaligned\"}",
    };
    return weir_format("\"faults\": [{\"host\": \"cloud\", \"at\": \"23.3s\", \"for\": \"2s\"}, {\"host\": "
                       "\"cloud\", \"at\": \"41.2s\", \"for\": \"1s\"}], \"recovery\": {\"place\": \"wait\", "
                       "\"delivery\": \"%s, \"checkpoint_interval\": \"4s\"},",
                       modes[mode]);
}

/* All pairs come out, also while instances come and go (chaos), once or, at least once, no other is new. */
static void fail_with(int mode, size_t c, bool chaos)
{
    char *op = op_of(c, 1), *more = failing(mode);
    list_items(0, 300, 5, joins[c].keys);
    list_items(1, 120, 2, joins[c].keys);
    struct weir_test_result got =
        run(scenario_of(more, "\"rate\": \"5/s\", \"count\": 300", "\"rate\": \"2/s\", \"count\": 120", op),
            chaos ? "chaos" : "static");
    check(more, &got, wanted_of(c));
    CU_ASSERT(chaos ? got.result.metrics.rescales > 0 : got.result.metrics.restarts == 2);
    CU_ASSERT(mode % 2 || weir_test_job(&got, "j")->duplicates == 0);
    CU_ASSERT(mode < 2 || got.result.metrics.checkpoints > (chaos ? 5 : 20));
    for (int s = 0; s < 2 && !chaos; s++) /* each plays again what it had sent */
        CU_ASSERT(got.result.sources[s].replayed > 0 && got.result.sources[s].emitted > got.result.sources[s].arrived);
    weir_test_result_fini(&got);
    free(op);
    free(more);
}

static void failures(void)
{
    for (int mode = 0; mode < MODES; mode++)
        for (size_t c = 0; c < sizeof joins / sizeof *joins; c++) {
            fail_with(mode, c, false);
            fail_with(mode, c, true);
        }
}

/* Left has an item a second from 0 to 99 s, right one each 20 s from 0 to 80 s, and w windows of 5 s. Both ways take
 * 10 ms. The four windows before each item of right wait for that: the latest item of the i-th of them came 16 - 5i s
 * before it. From then on, as right has ended, the next item of left closes a window, a second after its last; the last
 * window closes with the last item. */
static void the_slowest_source_holds_back(void)
{
    static const struct {
        const char *more;
        double mean_s;
        unsigned late, results;
    } cases[] = {
        {"", (4 * (16 + 11 + 6 + 1) + 3 * 1 + 0) / 20.0 + 0.01, 0, 20},
        /* 2 s after its item right is idle, so that each window closes with the next item of left. */
        {", \"idle_timeout\": \"2s\"", (19 * 1 + 0) / 20.0 + 0.01, 0, 20},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *op = weir_format("\"window\": {\"size\": \"5s\"%s}", cases[c].more);
        struct weir_test_result got = run(
            scenario_of("", "\"rate\": \"1/s\", \"count\": 100", "\"rate\": \"3/min\", \"count\": 5", op), "static");
        CU_ASSERT_EQUAL(weir_test_op(&got, "j", "w")->late, cases[c].late);
        CU_ASSERT_EQUAL(weir_test_job(&got, "j")->delivered, cases[c].results);
        CHECK_NEAR(weir_test_job(&got, "j")->latency_mean_s, cases[c].mean_s, 1e-6);
        weir_test_result_fini(&got);
        free(op);
    }
}

/* What comes of a join is one stream for windows behind it, whichever source its later items are of: left has an item a
 * second, right one 0.5 s after each, so that all pairs have the times of right. The window of w that ends at 5(k + 1)
 * s closes with the pair that right's item at 5(k + 1) + 0.5 s makes; the last one when all has ended, with the last
 * pair in it. */
static void windows_behind_a_join(void)
{
    struct weir_test_result got = run(
        weir_copy(
            "{\"duration\": \"150s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": "
            "[{\"name\": \"left\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": "
            "\"1/s\", \"count\": 100}}, {\"name\": \"right\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": "
            "\"constant\", \"rate\": \"1/s\", \"start\": \"0.5s\", \"count\": 100}}], \"operators\": [{\"name\": "
            "\"m\", \"join\": \"interval\", \"interval\": {\"lower\": \"0s\", \"upper\": \"0.9s\"}}, {\"name\": "
            "\"w\", \"window\": {\"size\": \"5s\"}}]}]}}"),
        "static");
    CU_ASSERT_EQUAL(weir_test_op(&got, "j", "m")->emitted, 100);
    CU_ASSERT_EQUAL(weir_test_job(&got, "j")->delivered, 20);
    CHECK_NEAR(weir_test_job(&got, "j")->latency_mean_s, (19 * 1 + 0) / 20.0, 1e-6);
    weir_test_result_fini(&got);
}

/* The items of right are 6 s under way, so that they come 1 s after their window has ended. */
static void late_items_of_an_idle_source(void)
{
    static const struct {
        const char *more;
        unsigned late, results;
    } cases[] = {{"", 0, 20},
                 {", \"idle_timeout\": \"2s\"", 5, 20},
                 {", \"idle_timeout\": \"2s\", \"allowed_lateness\": \"2s\"", 0, 25},
                 {", \"idle_timeout\": \"2s\", \"out_of_orderness\": \"2s\"", 0, 20}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"duration\": \"150s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": "
            "[{\"name\": \"left\", \"source\": {\"host\": \"cloud\"}, \"load\": {\"kind\": \"constant\", \"rate\": "
            "\"1/s\", "
            "\"count\": 100}}, {\"name\": \"right\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": "
            "\"constant\", "
            "\"rate\": \"3/min\", \"count\": 5}}], \"operators\": [{\"name\": \"slow\", \"flops\": \"6Gf\", "
            "\"placement\": "
            "{\"host\": \"edge\"}}, {\"name\": \"w\", \"placement\": {\"host\": \"cloud\"}, \"window\": {\"size\": "
            "\"5s\"%s}}], \"edges\": [[\"left\", \"w\"], [\"right\", \"slow\"], [\"slow\", \"w\"], [\"w\", "
            "\"sink\"]]}]}}",
            cases[c].more);
        struct weir_test_result got = run(scenario, "static");
        if (weir_test_op(&got, "j", "w")->late != cases[c].late)
            fprintf(stderr, "\n%s: %llu late\n", cases[c].more, weir_test_op(&got, "j", "w")->late);
        CU_ASSERT_EQUAL(weir_test_op(&got, "j", "w")->late, cases[c].late);
        CU_ASSERT_EQUAL(weir_test_job(&got, "j")->delivered, cases[c].results);
        weir_test_result_fini(&got);
    }
}

/* Each source has its host, size and backlog: 10/s of 1 kB and 5/s of 3 kB for 10 s over the network, and a source
 * that holds two while w takes one a second, and drops the rest. */
static void each_source_by_itself(void)
{
    struct weir_test_result got = run(
        weir_copy(
            "{\"duration\": \"30s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": ["
            "{\"name\": \"a\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\", \"load\": {\"kind\": "
            "\"constant\", \"rate\": \"10/s\", \"count\": 100}}, {\"name\": \"b\", \"source\": {\"host\": \"edge2\"}, "
            "\"source_bytes\": \"3kB\", \"load\": {\"kind\": \"constant\", \"rate\": \"5/s\", \"count\": 50}}, "
            "{\"name\": \"c\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"5/s\", "
            "\"count\": 50}, \"backlog\": {\"capacity\": 2}}], \"operators\": [{\"name\": \"m\", \"placement\": "
            "{\"host\": \"cloud\"}}, {\"name\": \"n\", \"flops\": \"1Gf\", \"capacity\": 1, \"placement\": {\"host\": "
            "\"edge\"}}], \"edges\": [[\"a\", \"m\"], [\"b\", \"m\"], [\"c\", \"n\"], [\"m\", \"sink\"], [\"n\", "
            "\"sink\"]]}]}}"),
        "static");
    CU_ASSERT_EQUAL(weir_test_op(&got, "j", "m")->processed, 150);
    CHECK_NEAR(got.result.metrics.network_bytes, 100 * 1e3 + 50 * 3e3, 1);
    /* n has served those of 0 to 9 s when the last comes at 9.8 s; the next in service, one in its input, one in hand
     * of the source and two behind it are served after that. */
    CU_ASSERT_EQUAL(weir_test_op(&got, "j", "n")->processed + weir_test_job(&got, "j")->dropped_at_source, 50);
    CHECK_NEAR((double)weir_test_op(&got, "j", "n")->processed, 10 + 4, 1);
    CU_ASSERT_EQUAL(weir_test_job(&got, "j")->arrived, 200);
    weir_test_result_fini(&got);
}

/* A pair has the times of its later item, and waits from when that came until the other one does. Left is born each 10
 * s, takes 0.3 s on edge and 10 ms to cloud, where right is born. */
static void pairs_wait_for_the_slower(void)
{
    static const struct {
        const char *left, *right;
        double waiting_s, service_s, network_s;
    } cases[] = {
        {"0s", "100ms", 0.31 - 0.1, 0, 0}, /* right's item is later, and there first */
        {"0s", "900ms", 0, 0, 0},          /* there last */
        {"200ms", "0s", 0, 0.3, 0.01},     /* left's item is later */
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *scenario = weir_format(
            "{\"duration\": \"150s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"sources\": "
            "[{\"name\": \"left\", \"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": "
            "\"0.1/s\", \"start\": \"%s\", \"count\": 10}}, {\"name\": \"right\", \"source\": {\"host\": \"cloud\"}, "
            "\"load\": {\"kind\": \"constant\", \"rate\": \"0.1/s\", \"start\": \"%s\", \"count\": 10}}], "
            "\"operators\": [{\"name\": \"slow\", \"flops\": \"300Mf\", \"bytes\": \"1B\", \"placement\": {\"host\": "
            "\"edge\"}}, {\"name\": \"w\", \"placement\": {\"host\": \"cloud\"}, \"join\": \"interval\", \"interval\": "
            "{\"lower\": \"-1s\", \"upper\": \"1s\"}}], \"edges\": [[\"left\", \"slow\"], [\"right\", \"w\"], "
            "[\"slow\", \"w\"], [\"w\", \"sink\"]]}]}}",
            cases[c].left, cases[c].right);
        struct weir_test_result got = run(scenario, "static");
        const struct weir_metrics *m = &got.result.metrics;
        CHECK_NEAR(m->delivered, 10, 0);
        CHECK_NEAR(m->waiting_s, cases[c].waiting_s, 1e-6);
        CHECK_NEAR(m->service_s, cases[c].service_s, 1e-6);
        CHECK_NEAR(m->network_s, cases[c].network_s, 1e-6);
        CHECK_NEAR(m->latency_mean_s, cases[c].waiting_s + cases[c].service_s + cases[c].network_s, 1e-6);
        weir_test_result_fini(&got);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"pairs by key", pairs_by_key},
                                      {"failures", failures},
                                      {"the slowest source holds back", the_slowest_source_holds_back},
                                      {"windows behind a join", windows_behind_a_join},
                                      {"late items of an idle source", late_items_of_an_idle_source},
                                      {"each source by itself", each_source_by_itself},
                                      {"pairs wait for the slower one", pairs_wait_for_the_slower},
                                      {0}};
    return weir_test_main("engine/streams", cases, argc, argv);
}
