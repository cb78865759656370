/* What `capacity` means between hosts. An item goes on the wire when a place at its input is promised to it; over a
 * long way, items without a promise may be in transit as well, at most bandwidth x latency of them. Each case runs
 * twice: as it is, and with everything in SimGrid's hands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* Two hosts of 1 Gf/s and a link. */
static const char *platform(const char *bandwidth, const char *latency)
{
    char *xml = weir_format("<?xml version=\"1.0\"?>\n"
                            "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                            "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n"
                            "<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/>"
                            "<link id=\"l\" bandwidth=\"%s\" latency=\"%s\"/>"
                            "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route></zone></platform>\n",
                            bandwidth, latency);
    const char *path = weir_test_file("way.xml", xml);
    free(xml);
    return path;
}

/* ---- a tandem that is always busy ----
 * The first of two exponential stations of 100/s always has something to do. Seen from the second: 0 to b + 1 items are
 * with it, b of which wait, or b + 1 and the first one is blocked with another: b + 3 states, from one to the next at
 * the same rate in both directions, so all are as likely, and the second station works in all but one. */

static double tandem_rate(int room)
{
    return 100.0 * (room + 2) / (room + 3);
}

static double throughput(const struct weir_test_result *got)
{
    return got->result.metrics.throughput_per_s;
}

static char *tandem(int room)
{
    return weir_format(
        "{\"platform\": \"\", \"duration\": \"410s\", \"warmup\": \"10s\", \"window\": \"100s\","
        " \"record\": {\"operators\": false, \"hosts\": false, \"links\": false},"
        " \"workload\": {\"jobs\": [{\"name\": \"t\", \"source\": \"a\","
        "  \"load\": {\"kind\": \"constant\", \"rate\": \"300/s\"}, \"backlog\": {\"capacity\": 100},"
        "  \"operators\": [{\"name\": \"A\", \"flops\": {\"mean\": \"10Mf\", \"distribution\": \"exponential\"},"
        "    \"bytes\": \"1kB\"},"
        "   {\"name\": \"B\", \"flops\": {\"mean\": \"10Mf\", \"distribution\": \"exponential\"}, \"placement\": \"b\","
        "    \"capacity\": %d}]}]}}",
        room);
}

static void check_tandem(const char *bandwidth, const char *latency, int room)
{
    char *scenario = tandem(room), *what = weir_format("room for %d, %s, %s", room, bandwidth, latency);
    weir_test_seeds(what, platform(bandwidth, latency), scenario, 8, 1, throughput, tandem_rate(room), 0.01);
    free(scenario);
    free(what);
}

static void a_tandem_over_nothing(void)
{
    CHECK_NEAR(tandem_rate(1), 75, 1e-9);
    CHECK_NEAR(tandem_rate(2), 80, 1e-9);
    CHECK_NEAR(tandem_rate(20), 95.65, 0.005);
    check_tandem("10Gbps", "0ms", 1);
    check_tandem("10Gbps", "0ms", 2);
    check_tandem("10Gbps", "0ms", 20);
}

static void a_tandem_over_little(void)
{
    /* A place that is free again is used 100 us later, a hundredth of the work, which is too little to be seen here. */
    check_tandem("10Gbps", "100us", 1);
    check_tandem("10Gbps", "100us", 2);
    check_tandem("10Gbps", "100us", 20);
}

/* ---- a long way ----
 * Items of 10 kB over 1 MB/s and 100 ms: 10 ms each on the wire, 10 of them on the way. */

#define WIRE_S     0.01
#define WAY_S      0.1
#define ON_THE_WAY 10

static char *long_way(const char *duration, const char *rate, const char *flops, int capacity, const char *more)
{
    return weir_format("{\"platform\": \"\", \"duration\": \"%s\"%s, \"workload\": {\"jobs\": [{\"name\": \"j\","
                       " \"source\": \"a\", \"source_bytes\": \"10kB\", \"load\": {\"kind\": \"constant\", \"rate\": "
                       "\"%s\"},"
                       " \"operators\": [{\"name\": \"B\", \"flops\": \"%s\", \"placement\": \"b\","
                       " \"capacity\": %d}]}]}}",
                       duration, more, rate, flops, capacity);
}

static struct weir_test_result run_long_way(const char *scenario, int way)
{
    const char *path = platform("1MBps", "100ms"), *text = way ? weir_test_all(scenario) : scenario;
    struct weir_test_result got = weir_test_run(path, text, "static", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(path, text, &got);
    return got;
}

static const int rooms[] = {1, 2, 3, 9, 10, 11, 100};
#define ROOMS (sizeof rooms / sizeof *rooms)

static void a_full_way_stays_full(void)
{
    /* 200/s come and 100/s fit on the wire. The n-th is through at 0.01 n + 0.1 s and its work: 9989 by 99.995 s,
     * whatever the room, as long as the work takes less than the wire. */
    const char *works[] = {"1Mf", "9.9Mf"};
    for (size_t r = 0; r < ROOMS; r++)
        for (int w = 0; w < 2; w++)
            for (int way = 0; way < 2; way++) {
                char *scenario = long_way("99995ms", "200/s", works[w], rooms[r], "");
                struct weir_test_result got = run_long_way(scenario, way);
                CHECK_NEAR((double)weir_test_job(&got, "j")->delivered, 9989 - (w ? 1 : 0), 0);
                /* One on the wire, and one that the source holds. */
                CU_ASSERT_EQUAL(weir_test_op(&got, "j", "B")->in_transit, ON_THE_WAY + 2);
                weir_test_result_fini(&got);
                free(scenario);
            }
}

/* By SimGrid's latencies, too: as many are open as cover the way. */
static void a_full_way_stays_full_under_rtt(void)
{
    char *scenario = long_way("99995ms", "200/s", "1Mf", 100, ", \"fairness\": \"rtt\"");
    struct weir_test_result got = run_long_way(scenario, 0);
    CHECK_NEAR((double)weir_test_job(&got, "j")->delivered, 9989, 0);
    weir_test_result_fini(&got);
    free(scenario);
}

/* Two jobs share the link, so that an item takes two times as long on the wire as alone, and each opens transfers
 * faster than they end: as many are open as cover the way alone, 100 ms of 10 ms each, and two more; the source holds
 * another. */
static void a_shared_way_is_not_filled_without_end(void)
{
    const char *load =
        "\"load\": {\"kind\": \"constant\", \"rate\": \"200/s\"}, \"source\": \"a\", \"source_bytes\": \"10kB\"";
    char *scenario = weir_format(
        "{\"platform\": \"\", \"duration\": \"30s\", \"fairness\": \"rtt\", \"workload\": {\"jobs\": ["
        "{\"name\": \"j\", %s, \"operators\": [{\"name\": \"B\", \"flops\": \"1Mf\", \"placement\": \"b\"}]},"
        "{\"name\": \"k\", %s, \"operators\": [{\"name\": \"B\", \"flops\": \"1Mf\", \"placement\": \"b\"}]}]}}",
        load, load);
    struct weir_test_result got = run_long_way(scenario, 0);
    CHECK_NEAR((double)weir_test_op(&got, "j", "B")->in_transit, ON_THE_WAY + 2 + 1, 0);
    CHECK_NEAR((double)weir_test_op(&got, "k", "B")->in_transit, ON_THE_WAY + 2 + 1, 0);
    /* What has gone through is what the link carries. */
    CHECK_NEAR((double)(weir_test_job(&got, "j")->delivered + weir_test_job(&got, "k")->delivered), 30 * 100,
               2 * ON_THE_WAY + 4);
    weir_test_result_fini(&got);
    free(scenario);
}

static void a_way_with_time_to_spare_is_not_slowed(void)
{
    /* 80/s, evenly spaced, of 5 ms of work: none waits for another, whatever the room. */
    for (size_t r = 0; r < ROOMS; r++)
        for (int way = 0; way < 2; way++) {
            char *scenario = long_way("100s", "80/s", "5Mf", rooms[r], "");
            struct weir_test_result got = run_long_way(scenario, way);
            CHECK_NEAR(got.result.metrics.latency_max_s, WIRE_S + WAY_S + 0.005, 1e-9);
            CHECK_NEAR(got.result.metrics.latency_mean_s, WIRE_S + WAY_S + 0.005, 1e-9);
            CHECK_NEAR(got.result.metrics.blocked_s, 0, 1e-9);
            weir_test_result_fini(&got);
            free(scenario);
        }
}

static void a_slow_receiver_is_kept_busy(void)
{
    /* It takes longer than the wire, and always has something to do from 0.11 s on. In transit is what it takes in a
     * latency at most, one more on the wire, and one that the source holds. */
    static const double works_s[] = {0.0101, 0.013, 0.02, 0.15};
    for (size_t r = 0; r < ROOMS; r++)
        for (int w = 0; w < 4; w++)
            for (int way = 0; way < 2; way++) {
                char *work = weir_format("%.17gGf", works_s[w]);
                char *scenario = long_way("100s", "200/s", work, rooms[r], "");
                struct weir_test_result got = run_long_way(scenario, way);
                const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
                CHECK_NEAR((double)b->processed, floor((100 - WIRE_S - WAY_S) / works_s[w]), 0);
                CU_ASSERT(b->queue_max <= rooms[r]);
                CU_ASSERT((double)b->in_transit <= fmin(ON_THE_WAY, floor(WAY_S / works_s[w]) + 1) + 2);
                weir_test_result_fini(&got);
                free(scenario);
                free(work);
            }
}

static void a_receiver_that_stands_still_holds_little(void)
{
    /* It works for an hour on the first item: its room fills, and in transit stay 100 kB, bandwidth x latency, with one
     * item more in the source's hands. The others wait in its backlog, 200/s for 60 s. */
    for (size_t r = 0; r < ROOMS; r++)
        for (int way = 0; way < 2; way++) {
            char *scenario = long_way("60s", "200/s", "3600Gf", rooms[r], "");
            struct weir_test_result got = run_long_way(scenario, way);
            const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
            CHECK_NEAR((double)b->queued, 1 + rooms[r], 0);
            CHECK_NEAR((double)b->in_transit, ON_THE_WAY + 1, 0);
            CHECK_NEAR((double)weir_test_job(&got, "j")->backlog, 12000 - 1 - rooms[r] - ON_THE_WAY - 1, 1);
            weir_test_result_fini(&got);
            free(scenario);
        }
}

#define SLOW(more) ", \"faults\": [{\"host\": \"b\", \"at\": \"30003ms\"" more ", \"speed\": 0.001}]"

static void a_receiver_that_slows_down_holds_little(void)
{
    /* At full rate until 30.003 s: item 2990 came at 30 s and has 2 of 5 ms left, which take 2 s at a thousandth of the
     * speed. Five more of 5 s each end by 57.003 s. */
    for (size_t r = 0; r < ROOMS; r++)
        for (int way = 0; way < 2; way++) {
            char *scenario = long_way("60s", "200/s", "5Mf", rooms[r], SLOW(""));
            struct weir_test_result got = run_long_way(scenario, way);
            const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
            CHECK_NEAR((double)b->processed, 2990 + 5, 0);
            CU_ASSERT(b->queue_max <= rooms[r]);
            CU_ASSERT(b->in_transit <= ON_THE_WAY + 1);
            weir_test_result_fini(&got);
            free(scenario);
        }
}

static void a_receiver_that_recovers_is_kept_busy(void)
{
    /* The same for 5 s: items 2990 and 2991 are done by 35.005 s. Then come those that its room and the way hold, and
     * those that go on the wire from now on, once the sender has found its pace, which costs it six items at most. */
    for (size_t r = 0; r < ROOMS; r++)
        for (int way = 0; way < 2; way++) {
            char *scenario = long_way("60s", "200/s", "5Mf", rooms[r], SLOW(", \"for\": \"5s\""));
            struct weir_test_result got = run_long_way(scenario, way);
            double anew = (60 - 35.005 - WIRE_S - WAY_S) / WIRE_S;
            CHECK_NEAR((double)weir_test_op(&got, "j", "B")->processed, 2991 + rooms[r] + ON_THE_WAY + anew, 6);
            weir_test_result_fini(&got);
            free(scenario);
        }
}

static void a_room_that_fills_is_sent_what_it_takes(void)
{
    /* Work of 220 ms: item 1 is taken at 0.11 s, item 21 fills the room of 20 at 0.31 s, and 10 more are in transit. At
     * 0.33 s the next is taken: one comes in from the door, and none may follow, as only one was taken in 100 ms. */
    for (int way = 0; way < 2; way++) {
        char *scenario = long_way("345ms", "200/s", "220Mf", 20, ", \"window\": \"100ms\"");
        struct weir_test_result got = run_long_way(scenario, way);
        const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
        CHECK_NEAR((double)b->queued, 1 + 20, 0);
        CHECK_NEAR((double)b->in_transit, ON_THE_WAY - 1 + 1, 0);
        weir_test_result_fini(&got);
        free(scenario);
    }
}

static void who_was_full_lately_is_sent_what_it_takes(void)
{
    /* 100 items in half a second, of which the receiver takes one in 20 ms: the last at 2.09 s, and until 2.07 s its
     * room of 2 is full. From 2.101 s on come more: two have promises. At 2.121 s the third may go, as two were let in
     * within 100 ms (2.03 and 2.05 s), and the fourth at 2.131 s, as one was and one is on its way; the fifth may not,
     * and the source holds it. */
    static const char bursts[] =
        "{\"platform\": \"\", \"duration\": \"2165ms\", \"window\": \"1s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
        " \"source\": \"a\", \"source_bytes\": \"10kB\", \"load\": {\"kind\": \"steps\", \"arrivals\": \"even\","
        "  \"steps\": [{\"at\": \"0s\", \"rate\": \"200/s\"}, {\"at\": \"500ms\", \"rate\": \"0/s\"},"
        "   {\"at\": \"2100ms\", \"rate\": \"1000/s\"}]},"
        " \"operators\": [{\"name\": \"B\", \"flops\": \"20Mf\", \"placement\": \"b\", \"capacity\": 2}]}]}}";
    for (int way = 0; way < 2; way++) {
        struct weir_test_result got = run_long_way(bursts, way);
        CHECK_NEAR((double)weir_test_op(&got, "j", "B")->in_transit, 2 + 2 + 1, 0);
        weir_test_result_fini(&got);
    }
}

static void random_work_is_sent_what_it_takes(void)
{
    /* The way would hold 100 000 items; the receiver takes some 228 a second, so that its input of 50 has a place for
     * more than a latency of 10 ms now and then. It is never sent more than its room and a few: in transit are at most
     * what its room holds, twice what it takes in 10 ms (2.3, and hardly ever more than 12), and one on the wire. */
    static const char job[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"1s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
        " \"source\": \"a\", \"source_bytes\": \"100B\", \"load\": {\"kind\": \"constant\", \"rate\": \"650/s\"},"
        " \"operators\": [{\"name\": \"B\", \"flops\": {\"mean\": \"4.386Mf\", \"distribution\": \"exponential\"},"
        "  \"placement\": \"b\", \"capacity\": 50}]}]}}";
    const char *path = platform("1GBps", "10ms");
    for (int seed = 1; seed <= 3; seed++) {
        struct weir_test_result got = weir_test_run(path, job, "static", seed);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
        CU_ASSERT(b->in_transit <= 50 + 2 * 12 + 1);
        CHECK_NEAR((double)b->processed, 60 * 228, 4 * sqrt(60 * 228)); /* it is kept busy */
        weir_test_result_fini(&got);
    }
}

/* a and c reach b over long ways of their own. */
static const char two_ways[] =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
    "<platform version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n"
    "<host id=\"a\" speed=\"1Gf\"/><host id=\"c\" speed=\"1Gf\"/>"
    "<host id=\"b\" speed=\"1Gf\"><prop id=\"tier\" value=\"cloud\"/></host>"
    "<link id=\"near\" bandwidth=\"10Gbps\" latency=\"0ms\"/>"
    "<link id=\"la\" bandwidth=\"1MBps\" latency=\"100ms\"/><link id=\"lc\" bandwidth=\"1MBps\" latency=\"100ms\"/>"
    "<route src=\"a\" dst=\"c\"><link_ctn id=\"near\"/></route>"
    "<route src=\"a\" dst=\"b\"><link_ctn id=\"la\"/></route>"
    "<route src=\"c\" dst=\"b\"><link_ctn id=\"lc\"/></route></zone></platform>\n";

static void two_ways_share_what_the_receiver_takes(void)
{
    const char *path = weir_test_file("two-ways.xml", two_ways);
    for (size_t r = 0; r < ROOMS; r++)
        for (int way = 0; way < 2; way++) {
            char *scenario = weir_format(
                "{\"platform\": \"\", \"duration\": \"100s\", \"workload\": {\"jobs\": [{\"name\": \"j\","
                " \"source\": \"a\", \"load\": {\"kind\": \"constant\", \"rate\": \"200/s\"}, \"operators\": ["
                "{\"name\": \"A\", \"bytes\": \"10kB\", \"parallelism\": 2, \"placement\": {\"tier\": \"edge\"}},"
                " {\"name\": \"B\", \"flops\": \"20Mf\", \"placement\": \"b\", \"capacity\": %d}]}]}}",
                rooms[r]);
            struct weir_test_result got = weir_test_run(path, way ? weir_test_all(scenario) : scenario, "static", 1);
            CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
            const struct weir_operator_total *b = weir_test_op(&got, "j", "B");
            /* Of each way at most 3 are let in in 100 ms, one every 40 ms. So many may be in transit there, one more on
             * the wire, and one in the hands of who sends it. */
            CHECK_NEAR((double)b->processed, floor((100 - WIRE_S - WAY_S) / 0.02), 0);
            CU_ASSERT(b->queue_max <= rooms[r]);
            CU_ASSERT(b->in_transit <= 2 * (3 + 1 + 1));
            weir_test_result_fini(&got);
            free(scenario);
        }
}

/* Items of 60 kB and room for one: while the ways have half of their bandwidth, in transit beyond it are 50 kB at most,
 * so that none goes. The first is on the wire until 119 ms, 1 kB of it at full rate. At 150 ms the links are whole: 100
 * kB, and the second goes on both ways at once, and is there at 150 + 60 + 100 ms; it does not wait until the first is
 * there, at 219 ms. */
static void ways_that_widen_hold_more(void)
{
    static const char job[] =
        "\"load\": {\"kind\": \"constant\", \"rate\": \"200/s\"}, \"source_bytes\": \"60kB\", \"operators\": ["
        "{\"name\": \"B\", \"flops\": \"1f\", \"placement\": \"b\", \"capacity\": 1}]";
    const char *path = weir_test_file("two-ways.xml", two_ways);
    for (int end_ms = 305; end_ms <= 315; end_ms += 10)
        for (int way = 0; way < 2; way++) {
            char *scenario =
                weir_format("{\"platform\": \"\", \"duration\": \"%dms\", \"window\": \"100ms\", \"faults\": ["
                            "{\"link\": \"la\", \"at\": \"1ms\", \"for\": \"149ms\", \"bandwidth\": 0.5},"
                            " {\"link\": \"lc\", \"at\": \"1ms\", \"for\": \"149ms\", \"bandwidth\": 0.5}], "
                            "\"workload\": {\"jobs\": ["
                            "{\"name\": \"j\", \"source\": \"a\", %s}, {\"name\": \"k\", \"source\": \"c\", %s}]}}",
                            end_ms, job, job);
            struct weir_test_result got = weir_test_run(path, way ? weir_test_all(scenario) : scenario, "static", 1);
            CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
            CU_ASSERT_EQUAL(weir_test_op(&got, "j", "B")->processed, end_ms < 310 ? 1 : 2);
            CU_ASSERT_EQUAL(weir_test_op(&got, "k", "B")->processed, end_ms < 310 ? 1 : 2);
            weir_test_result_fini(&got);
            free(scenario);
        }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"a tandem over nothing, many items", a_tandem_over_nothing},
        {"a tandem over little, many items", a_tandem_over_little},
        {"a full way stays full, many items", a_full_way_stays_full},
        {"a full way stays full under rtt", a_full_way_stays_full_under_rtt},
        {"a shared way is not filled without end", a_shared_way_is_not_filled_without_end},
        {"a way with time to spare is not slowed, many items", a_way_with_time_to_spare_is_not_slowed},
        {"a slow receiver is kept busy, many items", a_slow_receiver_is_kept_busy},
        {"a receiver that stands still holds little", a_receiver_that_stands_still_holds_little},
        {"a receiver that slows down holds little", a_receiver_that_slows_down_holds_little},
        {"a receiver that recovers is kept busy", a_receiver_that_recovers_is_kept_busy},
        {"a room that fills is sent what it takes", a_room_that_fills_is_sent_what_it_takes},
        {"who was full lately is sent what it takes", who_was_full_lately_is_sent_what_it_takes},
        {"random work is sent what it takes", random_work_is_sent_what_it_takes},
        {"two ways share what the receiver takes, many items", two_ways_share_what_the_receiver_takes},
        {"ways that widen hold more", ways_that_widen_hold_more},
        {0},
    };
    return weir_test_main("engine/in_transit", cases, argc, argv);
}
