/* Orders of service, against theory and against a list of arrivals served by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

static struct weir_test_result run(const char *scenario)
{
    struct weir_test_result got = weir_test_run(PLATFORM, scenario, "static", 1);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(PLATFORM, scenario, &got);
    return got;
}

/* An item of the list: of which kind, when it comes, what work it is, when it should be done. */
struct entry {
    int kind;
    double at_s, left_s, key, deadline_s, done_s; /* done_s: NAN: it has left */
    bool begun, here;
};
#define ITEMS 300

static const double deadlines_s[] = {2, 0.3, 0.6};
static const long priorities[] = {-5, 7, 0};

/* Item n comes at n / 20 s. Its kind and its work are drawn from streams that have names. */
static void make_list(struct entry *list, const char *order)
{
    uint64_t kinds = weir_stream_key(1, "kind/j"), work = weir_stream_key(1, "service/j/a");
    const struct weir_distribution flops = {.mean = 1, .cv = 1, .spread = WEIR_SPREAD_EXPONENTIAL};
    for (int n = 0; n < ITEMS; n++) {
        struct weir_stream kind = weir_stream_at(kinds, (uint64_t)n);
        double draw = weir_stream_uniform(&kind);
        struct entry *entry = &list[n];
        *entry = (struct entry){.kind = draw < 0.5 ? 0 : draw < 0.75 ? 1 : 2, .at_s = n / 20.};
        struct weir_stream service = weir_stream_at(work, (uint64_t)n | (uint64_t)entry->kind << 56);
        entry->left_s = weir_draw(&flops, &service);
        entry->deadline_s = entry->at_s + deadlines_s[entry->kind];
        entry->key = order[0] == 'e' ? entry->deadline_s : order[0] == 'p' ? -(double)priorities[entry->kind] : 0;
    }
}

/* Who goes first of those that may be served now; -1: nobody. */
static int best(const struct entry *list, const bool *served)
{
    int first = -1;
    for (int n = 0; n < ITEMS; n++)
        if (list[n].here && !served[n] && (first < 0 || list[n].key < list[first].key))
            first = n;
    return first;
}

/* Serves the list with so many servers; service_s is of an item of work 1. */
static void serve(struct entry *list, int servers, double service_s, bool preempt, bool expire)
{
    bool served[ITEMS] = {false};
    double now_s = 0;
    for (int n = 0; n < ITEMS; n++)
        list[n].left_s *= service_s;
    for (int ever = 0; ever < 20 * ITEMS; ever++) {
        int busy = 0, first;
        for (int n = 0; n < ITEMS; n++) {
            list[n].here |= list[n].at_s <= now_s && list[n].done_s == 0;
            if (served[n] && preempt)
                served[n] = false;
            busy += served[n];
        }
        for (; busy < servers && (first = best(list, served)) >= 0; busy++)
            served[first] = list[first].begun = true;
        double next_s = INFINITY;
        for (int n = 0; n < ITEMS; n++) {
            if (served[n])
                next_s = fmin(next_s, now_s + list[n].left_s);
            else if (list[n].here && expire)
                next_s = fmin(next_s, list[n].deadline_s);
            if (list[n].at_s > now_s)
                next_s = fmin(next_s, list[n].at_s);
        }
        if (!isfinite(next_s))
            return;
        for (int n = 0; n < ITEMS; n++)
            if (served[n]) {
                bool ends = now_s + list[n].left_s <= next_s;
                list[n].left_s -= next_s - now_s;
                if (ends) {
                    list[n].done_s = next_s;
                    list[n].here = served[n] = false;
                }
            }
        now_s = next_s;
        for (int n = 0; n < ITEMS && expire; n++) /* its server may have come free at the very date: see below */
            if (list[n].here && !served[n] && list[n].deadline_s <= now_s) {
                list[n].here = false;
                list[n].done_s = NAN;
            }
    }
}

static void compare_kinds(const struct weir_test_result *got, const struct entry *list)
{
    for (int k = 0; k < 3; k++) {
        double sum_s = 0, most_s = 0;
        unsigned long long count = 0, late = 0;
        for (int n = 0; n < ITEMS; n++)
            if (list[n].kind == k && !isnan(list[n].done_s)) {
                double took_s = list[n].done_s - list[n].at_s;
                count++;
                sum_s += took_s;
                most_s = fmax(most_s, took_s);
                late += took_s > deadlines_s[k];
            }
        const struct weir_kind_total *kind = &got->result.kinds[k];
        CU_ASSERT_EQUAL(kind->delivered, count);
        CU_ASSERT_EQUAL(kind->late, late);
        CHECK_NEAR(kind->latency_mean_s, sum_s / (double)count, 1e-9 * sum_s / (double)count);
        CHECK_NEAR(kind->latency_max_s, most_s, 1e-9 * most_s);
    }
}

/* Work comes faster than it is served: by the end some 20 % of it waits. */
static void a_list_by_hand(void)
{
    static const struct {
        const char *order, *more;
        int servers;
        bool preempt, expire;
    } cases[] = {
        {"fifo", "", 1, false, false},
        {"priority", "", 1, false, false},
        {"priority", ", \"preempt\": true", 1, true, false},
        {"edf", "", 1, false, false},
        {"edf", ", \"preempt\": true", 1, true, false},
        {"edf", ", \"preempt\": true", 3, true, false},
        {"priority", ", \"preempt\": true", 2, true, false},
        {"priority", "", 2, false, false},
        {"fifo", ", \"expire\": true", 1, false, true},
        {"edf", ", \"expire\": true", 1, false, true},
        {"priority", ", \"expire\": true, \"preempt\": true", 1, true, true},
        {"edf", ", \"expire\": true, \"preempt\": true", 2, true, true},
    };
    struct entry list[ITEMS];
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double service_s = 0.06 * cases[c].servers;
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
            "\"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"20/s\", \"count\": %d}, \"kinds\": [{\"name\": "
            "\"x\", \"share\": 0.5, \"priority\": -5, \"deadline\": \"2s\"}, {\"name\": \"y\", \"share\": 0.25,"
            " \"priority\": 7, \"deadline\": \"300ms\"}, {\"name\": \"z\", \"share\": 0.25, \"deadline\": \"600ms\"}],"
            " \"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"%.0fkf\", \"distribution\": \"exponential\"},"
            " \"queue\": \"shared\", \"parallelism\": %d, \"placement\": \"cloud4\", \"order\": \"%s\"%s}]}]}}",
            ITEMS, 1e6 * service_s, cases[c].servers, cases[c].order, cases[c].more);
        make_list(list, cases[c].order);
        serve(list, cases[c].servers, service_s, cases[c].preempt, cases[c].expire);
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got = run(all ? weir_test_all(scenario) : scenario);
            CU_ASSERT_EQUAL_FATAL(got.result.kind_count, 3);
            compare_kinds(&got, list);
            CHECK_NEAR(got.result.metrics.delivered + got.result.metrics.dropped, ITEMS, 0);
            CU_ASSERT(!cases[c].expire || got.result.metrics.dropped > 20);
            weir_test_result_fini(&got);
        }
        free(scenario);
    }
}

#define JOB(deadline, operators)                                                                                       \
    "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"500ms\", \"workload\": {\"jobs\": [{\"name\": \"j\","   \
    " \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1000000/s\", \"count\": 20}, " deadline     \
    ", \"operators\": [" operators "]}]}}"

/* 20 at once, 0.3 s each, 1 s from when they came: four are served, as of HAProxy's queue; five fit into the input, and
 * the others leave as they come into it. */
static void deadlines_pass(void)
{
    struct weir_test_result got =
        run(JOB("\"slo\": \"1s\"", "{\"name\": \"a\", \"flops\": \"300Mf\", \"capacity\": 5, \"expire\": true}"));
    CHECK_NEAR(got.result.metrics.delivered, 4, 0);
    CHECK_NEAR(got.result.metrics.dropped, 16, 0);
    CHECK_NEAR(got.result.metrics.latency_max_s, 1.2 - 3e-6, 1e-9);
    weir_test_result_fini(&got);
    /* A first operator takes what there is of them, 0.3 s each; the second lets in those of 0.3, 0.6, 0.9 s, also from
     * another host, 10 ms away. */
    for (int away = 0; away < 2; away++) {
        got =
            run(away ? JOB("\"slo\": \"1s\"", "{\"name\": \"a\", \"flops\": \"300Mf\"}, {\"name\": \"b\", \"flops\":"
                                              " \"10Mf\", \"expire\": true, \"capacity\": 1, \"placement\": \"cloud\"}")
                     : JOB("\"slo\": \"1s\"", "{\"name\": \"a\", \"flops\": \"300Mf\"}, {\"name\": \"b\", \"flops\":"
                                              " \"10Mf\", \"expire\": true, \"capacity\": 1}"));
        CHECK_NEAR(weir_test_op(&got, "j", "a")->processed, 20, 0);
        CHECK_NEAR(got.result.metrics.delivered, 3, 0);
        CHECK_NEAR(got.result.metrics.dropped, 17, 0);
        weir_test_result_fini(&got);
    }
}

/* What comes of an item is of its kind, in windows of the latest of them. */
static void results_are_of_the_kind(void)
{
    struct weir_test_result got =
        run("{\"platform\": \"\", \"duration\": \"20s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
            "\"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"50/s\", \"count\": 400}, \"kinds\": [{\"name\": "
            "\"never\", \"share\": 0}, {\"name\": \"all\", \"share\": 1, \"priority\": 1}], \"operators\": [{\"name\": "
            "\"a\", \"flops\": \"1Mf\", \"selectivity\": 3}, {\"name\": \"b\", \"window\": \"1s\", \"flops\": \"1Mf\","
            " \"selectivity\": 0.5}, {\"name\": \"c\", \"flops\": \"1Mf\", \"order\": \"priority\"}]}]}}");
    CU_ASSERT_EQUAL_FATAL(got.result.kind_count, 2);
    CHECK_NEAR((double)got.result.kinds[0].delivered, 0, 0);
    CHECK_NEAR((double)got.result.kinds[1].delivered, 600, 0);
    CHECK_NEAR(got.result.metrics.delivered, 600, 0);
    weir_test_result_fini(&got);
}

/* M/M/1 with two priorities, l1 + l2 of 10/s; R = (l1 + l2) / m^2, and r1 = l1 / m [cobham-1954, white-1958]:
 *   the first waits R / (1 - r1), the second R / ((1 - r1) (1 - r));
 * where the first preempts, it takes (1 / m) / (1 - r1), and the second (1 / m) / (1 - r1) + R / ((1 - r1) (1 - r)). */
static double first_waits(const struct weir_test_result *got)
{
    return got->result.kinds[1].waiting_s;
}
static double second_waits(const struct weir_test_result *got)
{
    return got->result.kinds[0].waiting_s;
}
static double first_takes(const struct weir_test_result *got)
{
    return got->result.kinds[1].latency_mean_s;
}
static double second_takes(const struct weir_test_result *got)
{
    return got->result.kinds[0].latency_mean_s;
}
static void two_priorities(void)
{
    const double l1 = 3, l = 8, m = 10, R = l / (m * m), r1 = l1 / m, r = l / m;
    for (int preempt = 0; preempt < 2; preempt++) {
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"5000s\", \"warmup\": \"100s\", \"window\": \"100s\", \"workload\": "
            "{\"jobs\": [{\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"poisson\", \"rate\": \"8/s\"},"
            " \"kinds\": [{\"name\": \"second\", \"share\": 0.625}, {\"name\": \"first\", \"share\": 0.375,"
            " \"priority\": 1}], \"operators\": [{\"name\": \"a\", \"flops\": {\"mean\": \"100Mf\", \"distribution\": "
            "\"exponential\"}, \"order\": \"priority\"%s}]}]}}",
            preempt ? ", \"preempt\": true" : "");
        double behind_s = R / ((1 - r1) * (1 - r));
        weir_test_seeds("the first of two priorities", PLATFORM, scenario, 6, 1, preempt ? first_takes : first_waits,
                        preempt ? 1 / m / (1 - r1) : R / (1 - r1), 0.05);
        weir_test_seeds("the second", PLATFORM, scenario, 6, 0, preempt ? second_takes : second_waits,
                        preempt ? 1 / m / (1 - r1) + behind_s : behind_s, 0.1);
        free(scenario);
    }
}

/* Work that is stopped goes on with what is left of it, also where it is of a class with a speed of its own: 4 Gf/s on
 * a host whose cores have 1 Gf/s. */
static void a_class_preempts(void)
{
    struct entry list[ITEMS];
    for (int servers = 1; servers <= 2; servers++) {
        double service_s = 0.06 * servers;
        char *scenario = weir_format(
            "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": "
            "\"e\", \"load\": {\"kind\": \"constant\", \"rate\": \"20/s\", \"count\": %d}, \"kinds\": [{\"name\": "
            "\"x\", \"share\": 0.5, \"priority\": -5, \"deadline\": \"2s\"}, {\"name\": \"y\", \"share\": 0.25,"
            " \"priority\": 7, \"deadline\": \"300ms\"}, {\"name\": \"z\", \"share\": 0.25, \"deadline\": \"600ms\"}],"
            " \"operators\": [{\"name\": \"a\", \"class\": \"gpu\", \"flops\": {\"mean\": \"%.0fkf\", "
            "\"distribution\": \"exponential\"}, \"queue\": \"shared\", \"parallelism\": %d, \"placement\": \"e\","
            " \"order\": \"edf\", \"preempt\": true}]}]}}",
            ITEMS, 4e6 * service_s, servers);
        make_list(list, "edf");
        serve(list, servers, service_s, true, false);
        for (int all = 0; all < 2; all++) {
            struct weir_test_result got =
                weir_test_run("tests/input/valid/view.xml", all ? weir_test_all(scenario) : scenario, "static", 1);
            CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
            CU_ASSERT_EQUAL_FATAL(got.result.kind_count, 3);
            compare_kinds(&got, list);
            weir_test_result_fini(&got);
        }
        free(scenario);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"a list by hand", a_list_by_hand},
                                      {"deadlines pass", deadlines_pass},
                                      {"results are of the kind", results_are_of_the_kind},
                                      {"two priorities, many items", two_priorities},
                                      {"a class preempts", a_class_preempts},
                                      {0}};
    return weir_test_main("engine/order", cases, argc, argv);
}
