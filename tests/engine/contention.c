/* Links that several use at once. They are shared max-min fairly by connections, whatever the latencies of their ways;
 * a connection is a FIFO. Each case runs twice: as it is, and with everything in SimGrid's hands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/stats.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM(body)                                                                                                 \
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"                        \
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n" body "</zone></platform>\n"

/* a and b send to c over one link of 100 Mbit/s = 12.5 MB/s; their ways to it differ. */
#define TWO_WAYS(latency, latency_a, latency_b)                                                                        \
    PLATFORM("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\" core=\"8\"/>"   \
             "<link id=\"L\" bandwidth=\"100Mbps\" latency=\"" latency "\"/>"                                          \
             "<link id=\"ua\" bandwidth=\"10Gbps\" latency=\"" latency_a "\"/>"                                        \
             "<link id=\"ub\" bandwidth=\"10Gbps\" latency=\"" latency_b "\"/>"                                        \
             "<route src=\"a\" dst=\"c\"><link_ctn id=\"ua\"/><link_ctn id=\"L\"/></route>"                            \
             "<route src=\"b\" dst=\"c\"><link_ctn id=\"ub\"/><link_ctn id=\"L\"/></route>")

/* Items of 1 MB, 15 a second, from one host to an operator without work on another. */
#define ITEMS_PER_S 15.0
#define STREAM(name, from, to, more)                                                                                   \
    "{\"name\": \"" name "\", \"source\": \"" from "\", \"source_bytes\": \"1MB\","                                    \
    " \"load\": {\"kind\": \"constant\", \"rate\": \"15/s\"" more "},"                                                 \
    " \"operators\": [{\"name\": \"s\", \"flops\": \"0f\", \"placement\": \"" to "\", \"capacity\": 1000000}]}"
#define SCENARIO(duration, more, jobs)                                                                                 \
    "{\"platform\": \"\", \"duration\": \"" duration "\"" more ", \"workload\": {\"jobs\": [" jobs "]}}"

/* Runs the scenario in one way (0) or the other. */
static struct weir_test_result run(const char *platform, const char *scenario, int way)
{
    const char *text = way ? weir_test_all(scenario) : scenario;
    struct weir_test_result got = weir_test_run(platform, text, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(platform, text, &got);
    return got;
}

/* Item n of `count`, from 1 on, comes at (n - 1) / 15 s; the last one is through at n x 1 MB / bytes_per_s and the way,
 * as the stream always has something to send. */
static void check_stream(const struct weir_test_result *got, const char *name, int count, double bytes_per_s,
                         double way_s)
{
    const struct weir_job_total *job = weir_test_job(got, name);
    double each_s = 1e6 / bytes_per_s;
    CHECK_NEAR((double)job->delivered, count, 0);
    CHECK_NEAR(job->latency_max_s, count * each_s + way_s - (count - 1) / ITEMS_PER_S, 1e-6);
    CHECK_NEAR(job->latency_mean_s, (count + 1) / 2.0 * each_s + way_s - (count - 1) / 2.0 / ITEMS_PER_S, 1e-6);
}

/* Two streams of 15 MB/s share 12.5 MB/s: 6.25 each. */
static void two_flows(const char *xml, double way_a_s, double way_b_s)
{
    static const char scenario[] = SCENARIO(
        "60s", "", STREAM("near", "a", "c", ", \"count\": 100") "," STREAM("far", "b", "c", ", \"count\": 100"));
    const char *platform = weir_test_file("two-ways.xml", xml);
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(platform, scenario, way);
        check_stream(&got, "near", 100, 6.25e6, way_a_s);
        check_stream(&got, "far", 100, 6.25e6, way_b_s);
        weir_test_result_fini(&got);
    }
}

static void ways_of_2_and_201_ms_share_evenly(void)
{
    two_flows(TWO_WAYS("1ms", "1ms", "200ms"), 2e-3, 201e-3);
}

static void ways_of_0_and_1_ms_share_evenly(void)
{
    two_flows(TWO_WAYS("0ms", "0ms", "1ms"), 0, 1e-3);
}

static void a_long_run_of_two_flows(void)
{
    static const char scenario[] =
        SCENARIO("120s", ", \"warmup\": \"20s\"", STREAM("near", "a", "c", "") "," STREAM("far", "b", "c", ""));
    const char *platform = weir_test_file("two-ways.xml", TWO_WAYS("1ms", "1ms", "200ms"));
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(platform, scenario, way);
        /* Item n is there at 0.16 n + 0.002 and 0.16 n + 0.201 s: 749 and 748 by 120 s; 124 and 123 of them by 20 s,
         * which leaves 625 each in 100 s. */
        CHECK_NEAR((double)weir_test_job(&got, "near")->delivered, 749, 0);
        CHECK_NEAR((double)weir_test_job(&got, "far")->delivered, 748, 0);
        CHECK_NEAR(got.result.metrics.throughput_per_s, 12.5, 1e-9);
        weir_test_result_fini(&got);
    }
}

static void parking_lot(void)
{
    static const char xml[] =
        PLATFORM("<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>"
                 "<link id=\"wide\" bandwidth=\"100Mbps\" latency=\"1ms\"/><link id=\"narrow\" bandwidth=\"60Mbps\" "
                 "latency=\"2ms\"/>"
                 "<route src=\"a\" dst=\"b\"><link_ctn id=\"wide\"/></route>"
                 "<route src=\"b\" dst=\"c\"><link_ctn id=\"narrow\"/></route>"
                 "<route src=\"a\" dst=\"c\"><link_ctn id=\"wide\"/><link_ctn id=\"narrow\"/></route>");
    static const char scenario[] =
        SCENARIO("60s", "",
                 STREAM("both", "a", "c", ", \"count\": 30") "," STREAM(
                     "first", "a", "b", ", \"count\": 70") "," STREAM("second", "b", "c", ", \"count\": 30"));
    const char *platform = weir_test_file("parking-lot.xml", xml);
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(platform, scenario, way);
        /* Two share 7.5 MB/s of the narrow link, 3.75 each; what that leaves of 12.5 MB/s on the wide one is 8.75. All
         * end at 8 s and their way. */
        check_stream(&got, "both", 30, 3.75e6, 3e-3);
        check_stream(&got, "first", 70, 8.75e6, 1e-3);
        check_stream(&got, "second", 30, 3.75e6, 2e-3);
        weir_test_result_fini(&got);
    }
}

static void fifty_connections_share_evenly(void)
{
    /* Copies of one job, each with a connection of its own: 12.5 / 50 = 0.25 MB/s, 4 s an item. */
    static const char scenario[] =
        "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"count\": 50,"
        " \"source\": \"a\", \"source_bytes\": \"1MB\", \"load\": {\"kind\": \"constant\", \"rate\": \"15/s\", "
        "\"count\": 10},"
        " \"operators\": [{\"name\": \"s\", \"flops\": \"0f\", \"placement\": \"c\"}]}]}}";
    const char *platform = weir_test_file("two-ways.xml", TWO_WAYS("1ms", "1ms", "200ms"));
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(platform, scenario, way);
        check_stream(&got, "j-0", 10, 0.25e6, 2e-3);
        check_stream(&got, "j-31", 10, 0.25e6, 2e-3);
        check_stream(&got, "j-49", 10, 0.25e6, 2e-3);
        weir_test_result_fini(&got);
    }
}

/* One item of so many bytes from a host to c, at a date. */
#define ONCE(name, from, bytes, start)                                                                                 \
    "{\"name\": \"" name "\", \"source\": \"" from "\", \"source_bytes\": \"" bytes "\","                              \
    " \"load\": {\"kind\": \"constant\", \"rate\": \"1/h\", \"count\": 1, \"start\": \"" start "\"},"                  \
    " \"operators\": [{\"name\": \"s\", \"flops\": \"0f\", \"placement\": \"c\"}]}"

static void check_ends(const char *scenario, double a_s, double b_s)
{
    const char *platform = weir_test_file("two-ways.xml", TWO_WAYS("1ms", "1ms", "200ms"));
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run(platform, scenario, way);
        CHECK_NEAR(weir_test_job(&got, "a")->latency_mean_s, a_s, 1e-6);
        CHECK_NEAR(weir_test_job(&got, "b")->latency_mean_s, b_s, 1e-6);
        weir_test_result_fini(&got);
    }
}

static void who_comes_later_takes_half_of_what_is_left(void)
{
    /* a has 25 of 50 MB through when b comes at 2 s; 25 MB at 6.25 MB/s take until 6 s, as do 25 of b's 50 MB; the
     * others have all of the link, until 8 s. */
    check_ends(SCENARIO("60s", "", ONCE("a", "a", "50MB", "0s") "," ONCE("b", "b", "50MB", "2s")), 6.002, 6.201);
    /* b's 5 MB take 0.8 s of half of the link; a has lost 0.4 s by them. */
    check_ends(SCENARIO("60s", "", ONCE("a", "a", "50MB", "0s") "," ONCE("b", "b", "5MB", "2s")), 4.402, 1.001);
}

static void a_slower_link_slows_both(void)
{
    /* 12.5 MB each by 2 s, at 6.25 MB/s; the other 12.5 MB at half of that until the link is whole again at 4 s: 6.25
     * MB; the last 6.25 MB by 5 s. */
    check_ends(SCENARIO("60s", ", \"faults\": [{\"link\": \"L\", \"at\": \"2s\", \"for\": \"2s\", \"bandwidth\": 0.5}]",
                        ONCE("a", "a", "25MB", "0s") "," ONCE("b", "b", "25MB", "0s")),
               5.002, 5.201);
}

static void by_round_trips_the_nearer_has_more(void)
{
    /* SimGrid has the latencies: a's bytes flow from 2 ms on, b's from 2.201 s on. Then a has 201 of 203 parts of the
     * link, as shares go by the inverse of the latency, until it is through; what is left of b has all of it. */
    double a = 12.5 * 201 / 203, b = 12.5 * 2 / 203, together_s = (50 - 12.5 * (2.201 - 0.002)) / a;
    double a_ends_s = 2.201 + together_s;
    check_ends(
        SCENARIO("60s", ", \"fairness\": \"rtt\"", ONCE("a", "a", "50MB", "0s") "," ONCE("b", "b", "50MB", "2s")),
        a_ends_s, a_ends_s + (50 - b * together_s) / 12.5 - 2);
}

/* ---- a limit beside a stream ---- */

static int limits(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    if (job == 0)
        weir_plan_rate(plan, job, -1, 0, 2.5e6, "a fifth of the link");
    return 0;
}
static const struct weir_policy limiting = {
    .abi = WEIR_POLICY_ABI, .name = "limiting", .summary = "A limit.", .source = "", .job_arrives = limits};

static void what_a_limit_leaves_goes_to_the_other(void)
{
    static const char scenario[] = SCENARIO(
        "60s", "", STREAM("slow", "a", "c", ", \"count\": 20") "," STREAM("fast", "b", "c", ", \"count\": 80"));
    const struct weir_policy *const catalog[] = {&limiting, NULL};
    const char *platform = weir_test_file("two-ways.xml", TWO_WAYS("1ms", "1ms", "200ms"));
    for (int way = 0; way < 2; way++) {
        const char *text = way ? weir_test_all(scenario) : scenario;
        struct weir_test_result got = weir_test_run_catalog(platform, text, "limiting", 1, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        /* 2.5 and 12.5 - 2.5 = 10 MB/s: both for 8 s */
        check_stream(&got, "slow", 20, 2.5e6, 2e-3);
        check_stream(&got, "fast", 80, 10e6, 201e-3);
        weir_test_result_fini(&got);
    }
}

/* ---- state that moves ---- */

static int moves(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_placement cloud = {2, 1, 1}; /* the third host */
    if (view->window == 0)
        weir_plan_set(plan, 0, 0, &cloud, 1, "as the test wants");
    return 0;
}
static const struct weir_policy moving = {
    .abi = WEIR_POLICY_ABI, .name = "moving", .summary = "A move.", .source = "", .window_ends = moves};

static void state_moves_beside_a_stream(void)
{
    static const char scenario[] =
        SCENARIO("60s",
                 ", \"window\": \"5s\","
                 " \"costs\": {\"start\": \"0s\", \"stop\": \"0s\", \"checkpoint\": \"0s\", \"restore\": \"0s\"}",
                 "{\"name\": \"s\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\"},"
                 " \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\", \"state\": \"100MB\"}]}," STREAM(
                     "stream", "edge", "cloud4", ""));
    const struct weir_policy *const catalog[] = {&moving, NULL};
    const char *platform = "tests/input/valid/two-tier.xml";
    for (int way = 0; way < 2; way++) {
        const char *text = way ? weir_test_all(scenario) : scenario;
        struct weir_test_result got = weir_test_run_catalog(platform, text, "moving", 1, catalog);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        /* 100 MB at half of 12.5 MB/s: 16 s, and 10 ms of way. */
        CHECK_NEAR(got.result.metrics.paused_s, 16.01, 1e-6);
        /* The stream: 12.5/s for 60 s less the way, but 16 s of half of that. */
        CHECK_NEAR((double)weir_test_job(&got, "stream")->delivered, floor(12.5 * (60 - 0.01 - 8)), 0);
        weir_test_result_fini(&got);
    }
}

/* ---- two Poisson streams, against a simulation of two FIFOs ---- */

#define POISSON_ITEMS 20000
#define ALONE_S       (125e3 / 12.5e6) /* of an item of 125 kB on the link */

/* Two FIFOs whose heads share a server evenly; alone, a head has all of it. Writes when each item is through. */
static void share_server(const double *const *arrivals, double **ends)
{
    int head[2] = {0, 0};
    double left_s[2] = {ALONE_S, ALONE_S}, now_s = 0;
    while (head[0] < POISSON_ITEMS || head[1] < POISSON_ITEMS) {
        bool busy[2];
        double after_s[2] = {INFINITY, INFINITY};
        for (int f = 0; f < 2; f++)
            busy[f] = head[f] < POISSON_ITEMS && arrivals[f][head[f]] <= now_s;
        double pace = busy[0] && busy[1] ? 0.5 : 1;
        for (int f = 0; f < 2; f++)
            if (head[f] < POISSON_ITEMS)
                after_s[f] = busy[f] ? left_s[f] / pace : arrivals[f][head[f]] - now_s;
        int next = after_s[1] < after_s[0];
        double arrives_s = busy[next] ? now_s + after_s[next] : arrivals[next][head[next]];
        for (int f = 0; f < 2; f++)
            left_s[f] -= busy[f] ? after_s[next] * pace : 0;
        now_s = arrives_s;
        if (busy[next]) {
            ends[next][head[next]++] = now_s;
            left_s[next] = ALONE_S;
        }
    }
}

/* The mean latencies of both jobs, by that simulation, with the arrivals that the run has. */
static void simulate(const char *platform, const char *scenario, unsigned long long seed, double way_s, double *means)
{
    struct weir_scenario *read = NULL;
    char *set = weir_format("platform=%s", platform);
    const char *sets[] = {set, NULL};
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read(weir_test_file("arrivals.json", scenario), sets, &read), WEIR_OK);
    double *arrivals[2], *ends[2];
    for (int f = 0; f < 2; f++) {
        const struct weir_job *job = &read->workload->jobs[f];
        char *stream = weir_format("arrivals/%s", job->name);
        struct weir_arrivals walk = weir_arrivals_open(job->load, seed, stream);
        arrivals[f] = weir_alloc(POISSON_ITEMS, sizeof **arrivals);
        ends[f] = weir_alloc(POISSON_ITEMS, sizeof **ends);
        for (int i = 0; i < POISSON_ITEMS; i++)
            arrivals[f][i] = weir_arrivals_next(&walk);
        free(stream);
    }
    share_server((const double *const *)arrivals, ends);
    for (int f = 0; f < 2; f++) {
        means[f] = way_s;
        for (int i = 0; i < POISSON_ITEMS; i++)
            means[f] += (ends[f][i] - arrivals[f][i]) / POISSON_ITEMS;
        free(arrivals[f]);
        free(ends[f]);
    }
    free(set);
    weir_scenario_free(read);
}

#define POISSON(name, from, rate)                                                                                      \
    "{\"name\": \"" name "\", \"source\": \"" from "\", \"source_bytes\": \"125kB\","                                  \
    " \"load\": {\"kind\": \"poisson\", \"rate\": \"" rate "/s\", \"count\": 20000},"                                  \
    " \"operators\": [{\"name\": \"s\", \"flops\": \"0f\", \"placement\": \"c\", \"capacity\": 1000000}]}"
#define TWO_POISSON(rate) SCENARIO("1000s", "", POISSON("a", "a", rate) "," POISSON("b", "b", rate))

static void poisson(const char *what, const char *xml, const char *scenario, double way_s, double wanted_s)
{
    const char *platform = weir_test_file("poisson.xml", xml);
    struct weir_moments seen = {0};
    for (unsigned long long seed = 1; seed <= 10; seed++) {
        double means[2];
        simulate(platform, scenario, seed, way_s, means);
        for (int way = 0; way < (seed == 1 ? 2 : 1); way++) {
            const char *text = way ? weir_test_all(scenario) : scenario;
            struct weir_test_result got = weir_test_run(platform, text, "static", seed);
            CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
            CHECK_NEAR((double)weir_test_job(&got, "a")->delivered, POISSON_ITEMS, 0);
            CHECK_NEAR(weir_test_job(&got, "a")->latency_mean_s, means[0], 1e-8);
            CHECK_NEAR(weir_test_job(&got, "b")->latency_mean_s, means[1], 1e-8);
            if (!way)
                weir_moments_add(&seen, got.result.metrics.latency_mean_s);
            weir_test_result_fini(&got);
        }
    }
    double half_s = weir_moments_half_width(&seen, 0.99);
    printf("\n    %s: %.3f ms, wanted %.1f, half width %.3f ", what, seen.mean * 1e3, wanted_s * 1e3, half_s * 1e3);
    CHECK_NEAR(seen.mean, wanted_s, half_s + 0.05e-3); /* known to a tenth of a millisecond */
    CU_ASSERT(half_s < 0.04 * wanted_s);
}

static void two_poisson_streams(void)
{
    poisson("40/s each, 10 ms of way", TWO_WAYS("10ms", "0ms", "0ms"), TWO_POISSON("40"), 10e-3, 42.5e-3);
    poisson("25/s each, 10 ms of way", TWO_WAYS("10ms", "0ms", "0ms"), TWO_POISSON("25"), 10e-3, 26.4e-3);
    poisson("40/s each, 1 us of way", TWO_WAYS("1us", "0ms", "0ms"), TWO_POISSON("40"), 1e-6, 32.4e-3);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"ways of 2 and 201 ms share evenly", ways_of_2_and_201_ms_share_evenly},
        {"ways of 0 and 1 ms share evenly", ways_of_0_and_1_ms_share_evenly},
        {"a long run of two flows", a_long_run_of_two_flows},
        {"parking lot", parking_lot},
        {"fifty connections share evenly", fifty_connections_share_evenly},
        {"who comes later takes half of what is left", who_comes_later_takes_half_of_what_is_left},
        {"a slower link slows both", a_slower_link_slows_both},
        {"by round trips the nearer has more", by_round_trips_the_nearer_has_more},
        {"what a limit leaves goes to the other", what_a_limit_leaves_goes_to_the_other},
        {"state moves beside a stream", state_moves_beside_a_stream},
        {"two Poisson streams, many items", two_poisson_streams},
        {0},
    };
    return weir_test_main("engine/contention", cases, argc, argv);
}
