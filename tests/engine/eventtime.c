/* Windows in event time against a list of the items: how many results each key and window gives, when they come, and
 * what is too late. */
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
#define ITEMS    200000

/* An item of a source that sends one each 1/rate s. */
struct item {
    double birth_s;
    unsigned key;
};
static struct item items[ITEMS];
static int item_count;

/* Keys as the model has them: drawn for each item, by the seed and the operator's name. */
static void list_items(int count, double rate, unsigned keys)
{
    uint64_t stream = weir_stream_key(1, "key/j/w");
    item_count = count;
    for (int i = 0; i < count; i++) {
        struct weir_stream draw = weir_stream_at(stream, (uint64_t)i);
        items[i] = (struct item){i / rate, (unsigned)weir_stream_below(&draw, keys)};
    }
}

/* Owned. One job of a source and an operator without work on one host, so that an item is processed as it comes. */
static char *scenario_of(const char *rate, int count, const char *more, const char *op)
{
    return weir_format("{\"duration\": \"150s\", \"window\": \"10s\", %s \"workload\": {\"jobs\": [{\"name\": \"j\", "
                       "\"source\": {\"host\": \"edge\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"%s\", "
                       "\"count\": %d}, \"operators\": [{\"name\": \"w\", \"placement\": {\"host\": \"edge\"}, "
                       "\"bytes\": \"1B\", %s}]}]}}",
                       more, rate, count, op);
}

static struct weir_test_result run(char *scenario, const char *policy)
{
    return weir_test_run_sound(PLATFORM, scenario, policy, policy[0] == 'c' ? weir_test_chaos : weir_catalog);
}

/* 10 keys that have items in each of 10 windows, at two rates: 100 results. */
static void one_result_for_each_key_and_window(void)
{
    static const char *const rates[] = {"10/s", "1000/s"};
    for (int r = 0; r < 2; r++) {
        struct weir_test_result got = run(
            scenario_of(rates[r], r ? 100000 : 1000, "", "\"keys\": 10, \"window\": {\"size\": \"10s\"}"), "static");
        CU_ASSERT_EQUAL(weir_test_op(&got, "j", "w")->emitted, 100);
        CU_ASSERT_EQUAL(weir_test_op(&got, "j", "w")->late, 0);
        weir_test_result_fini(&got);
    }
}

/* Results and the sum of their latencies, of windows one of which begins each slide. */
struct sum {
    int results;
    double latency_s;
};

/* The first item from the end of a window on closes it; what is open when the source ends closes with the last item. */
static double closes_s(double end_s)
{
    for (int i = 0; i < item_count; i++)
        if (items[i].birth_s >= end_s - 1e-9)
            return items[i].birth_s;
    return items[item_count - 1].birth_s;
}

static struct sum of_sliding(double size_s, double slide_s, unsigned keys)
{
    struct sum sum = {0};
    for (double n = -floor(size_s / slide_s) - 1; n * slide_s <= items[item_count - 1].birth_s + 1e-9; n++)
        for (unsigned key = 0; key < keys; key++) {
            double latest_s = -1;
            for (int i = 0; i < item_count; i++)
                if (items[i].key == key && items[i].birth_s >= n * slide_s - 1e-9 &&
                    items[i].birth_s < n * slide_s + size_s - 1e-9)
                    latest_s = items[i].birth_s;
            if (latest_s < 0)
                continue;
            sum.results++;
            sum.latency_s += closes_s(n * slide_s + size_s) - latest_s;
        }
    return sum;
}

static struct sum of_sessions(double gap_s, unsigned keys)
{
    struct sum sum = {0};
    for (unsigned key = 0; key < keys; key++) {
        double latest_s = -INFINITY;
        for (int i = 0; i <= item_count; i++) {
            if (i < item_count && items[i].key != key)
                continue;
            if (isfinite(latest_s) && (i == item_count || items[i].birth_s > latest_s + gap_s + 1e-9)) {
                sum.results++;
                sum.latency_s += closes_s(latest_s + gap_s) - latest_s;
            }
            if (i < item_count)
                latest_s = items[i].birth_s;
        }
    }
    return sum;
}

static void check(const char *what, const struct weir_test_result *got, struct sum wanted, bool dates)
{
    const struct weir_job_total *job = weir_test_job(got, "j");
    if ((int)job->delivered != wanted.results)
        fprintf(stderr, "\n%s: %llu results, wanted %d\n", what, job->delivered, wanted.results);
    CU_ASSERT_EQUAL((int)job->delivered, wanted.results);
    if (dates)
        CHECK_NEAR(job->latency_mean_s, wanted.latency_s / wanted.results, 1e-6);
}

/* Each kind of window, with few and many keys, and whatever the instances are, also while they change. */
static void as_in_the_list(void)
{
    static const struct {
        double size_s, slide_s; /* slide 0: sessions */
        unsigned keys;
    } cases[] = {{10, 10, 3}, {7, 7, 40}, {10, 2.5, 7}, {9, 4, 20}, {1, 0, 10}, {4, 0, 25}, {0.3, 0.1, 2}};
    static const char *const policies[] = {"static", "chaos", "chaos"};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double size_s = cases[c].size_s, slide_s = cases[c].slide_s;
        list_items(500, 5, cases[c].keys);
        struct sum wanted =
            slide_s > 0 ? of_sliding(size_s, slide_s, cases[c].keys) : of_sessions(size_s, cases[c].keys);
        for (int p = 0; p < 3; p++) {
            char *window = slide_s > 0 ? weir_format("{\"type\": \"sliding\", \"size\": \"%gs\", \"slide\": \"%gs\"}",
                                                     size_s, slide_s)
                                       : weir_format("{\"type\": \"session\", \"gap\": \"%gs\"}", size_s);
            char *op = weir_format("\"keys\": %u, \"window\": %s, \"parallelism\": %d, \"max_parallelism\": 4%s",
                                   cases[c].keys, window, p == 2 ? 3 : 1, p == 2 ? ", \"state\": \"2MB\"" : "");
            struct weir_test_result got = run(scenario_of("5/s", 500, "", op), policies[p]);
            check(window, &got, wanted, p == 0);
            CU_ASSERT_EQUAL(weir_test_op(&got, "j", "w")->late, 0);
            weir_test_result_fini(&got);
            free(window);
            free(op);
        }
    }
}

/* Each item, one a second, comes to w at once, and 1.7 s later by way of b. A window of 0.5 s that begins with item n
 * ends at n + 0.5; when the second copy comes, at n + 1.7, the watermark is n + 1. Of the last two of 20 it is 19, the
 * last's own: it is in time, and that before is too late. */
static struct weir_test_result run_late(const char *more)
{
    char *scenario = weir_format(
        "{\"duration\": \"60s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
        "{\"host\": \"cloud4\"}, \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\", \"count\": 20}, \"operators\": ["
        "{\"name\": \"a\"}, {\"name\": \"b\", \"flops\": \"1.7Gf\", \"parallelism\": 2}, {\"name\": \"w\", \"window\": "
        "{\"size\": \"0.5s\"%s}}], \"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"a\", \"w\"], [\"b\", "
        "\"w\"], "
        "[\"w\", \"sink\"]]}]}}",
        more);
    return run(scenario, "static");
}

static void late_items(void)
{
    static const struct {
        const char *more;
        unsigned late, results;
    } cases[] = {
        {"", 19, 20},
        {", \"allowed_lateness\": \"0.4s\"", 19, 20},
        {", \"allowed_lateness\": \"0.6s\"", 0, 39}, /* each of 19 copies makes its window give a result anew */
        {", \"out_of_orderness\": \"0.4s\"", 19, 20},
        {", \"out_of_orderness\": \"0.6s\"", 0, 20},
        {", \"out_of_orderness\": \"0.3s\", \"allowed_lateness\": \"0.3s\"", 0, 39},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct weir_test_result got = run_late(cases[c].more);
        const struct weir_operator_total *w = weir_test_op(&got, "j", "w");
        if (w->late != cases[c].late || w->emitted != cases[c].results)
            fprintf(stderr, "\n%s: %llu late and %llu results\n", cases[c].more, w->late, w->emitted);
        CU_ASSERT_EQUAL(w->late, cases[c].late);
        CU_ASSERT_EQUAL(w->emitted, cases[c].results);
        CU_ASSERT_EQUAL(w->processed, 40);
        weir_test_result_fini(&got);
    }
}

/* The host of the operator fails twice: exactly once, each result comes once; at least once, what comes again is known
 * by its key and window. */
static void failures(void)
{
    static const char *const modes[] = {"exactly-once", "at-least-once"};
    list_items(1000, 10, 10);
    struct sum wanted = of_sliding(10, 5, 10);
    for (int m = 0; m < 2; m++)
        for (int interval = 3; interval < 20; interval += 8) {
            char *more = weir_format(
                "\"faults\": [{\"host\": \"edge\", \"at\": \"33.33s\", \"for\": \"2s\"}, {\"host\": "
                "\"edge\", \"at\": \"71.2s\", \"for\": \"1s\"}], \"recovery\": {\"place\": \"wait\", \"delivery\": "
                "\"%s\", \"checkpoint_interval\": \"%ds\"},",
                modes[m], interval);
            struct weir_test_result got = run(
                scenario_of("10/s", 1000, more,
                            "\"keys\": 10, \"window\": {\"type\": \"sliding\", \"size\": \"10s\", \"slide\": \"5s\"}"),
                "static");
            check(more, &got, wanted, false);
            CU_ASSERT_EQUAL(got.result.metrics.restarts, 2);
            CU_ASSERT(m == 1 || weir_test_job(&got, "j")->duplicates == 0);
            weir_test_result_fini(&got);
            free(more);
        }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"one result for each key and window", one_result_for_each_key_and_window},
                                      {"as in the list", as_in_the_list},
                                      {"late items", late_items},
                                      {"failures", failures},
                                      {0}};
    return weir_test_main("engine/eventtime", cases, argc, argv);
}
