/* Small worlds of the flow and the rooms below it. What comes of each item is known by recursion from the items before
 * it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/engine/rooms/play.h"
#include "tests/support/test.h"

#define BYTES_PER_S 12.5e6 /* from edge hosts to cloud hosts, 10 ms */
#define WAY_S       10e-3

static double at_s[ITEMS]; /* when the items of a run came */

/* Items at 20/s; 30 to 40 ms of work each in the mean. */
#define LOAD "\"load\": {\"kind\": \"poisson\", \"rate\": \"20/s\", \"count\": 300}, "
#define OP(name, more)                                                                                                 \
    "{\"name\": \"" name "\", \"flops\": {\"mean\": \"35Mf\", \"distribution\": \"exponential\"}" more "}"

static struct outcome played(struct outcome got)
{
    memcpy(at_s, got.at_s, sizeof at_s);
    return got;
}

#define RUN(job, ...) played(PLAY(job, __VA_ARGS__))

static double work_s(const char *op, int item)
{
    char name[32];
    snprintf(name, sizeof name, "service/j/%s", op);
    struct weir_stream stream = weir_stream_at(weir_stream_key(1, name), (uint64_t)item);
    return weir_stream_exponential(&stream, 35e-3);
}

static void check_latencies(const struct outcome *outcome, const double *done_s)
{
    double sum_s = 0, most_s = 0;
    for (int n = 0; n < ITEMS; n++) {
        sum_s += done_s[n] - at_s[n];
        most_s = fmax(most_s, done_s[n] - at_s[n]);
    }
    CHECK_NEAR((double)outcome->job.delivered, ITEMS, 0);
    CHECK_NEAR(outcome->latency_s, sum_s, 1e-6);
    CHECK_NEAR(outcome->latency_most_s, most_s, 1e-9);
}

static double after(const double *dates_s, int n, int back)
{
    return n >= back ? dates_s[n - back] : 0;
}

/* Two stations with little room on one host: an item enters when the one so many before it has begun its service, and
 * until then it holds up the one before. */
static void a_tandem_that_blocks(void)
{
    for (int room = 1; room <= 3; room++) {
        char *job = weir_format("\"source\": \"edge2\", \"sink\": \"edge2\", " LOAD
                                "\"operators\": [" OP("a", ", \"capacity\": 2") ", " OP("b", ", \"capacity\": %d") "]",
                                room);
        struct outcome got = RUN(job, {START, 0, 0, EDGE2}, {START, 0, 1, EDGE2});
        free(job);
        static double enters[ITEMS], begins[ITEMS], goes[ITEMS], begins_b[ITEMS], done[ITEMS];
        double waiting[2] = {0}, service[2] = {0}, blocked = 0, held = 0;
        for (int n = 0; n < ITEMS; n++) {
            enters[n] = fmax(fmax(at_s[n], after(enters, n, 1)), after(begins, n, 2));
            held += enters[n] - fmax(at_s[n], after(enters, n, 1));
            begins[n] = fmax(enters[n], after(goes, n, 1));
            double ready = begins[n] + work_s("a", n);
            goes[n] = fmax(ready, after(begins_b, n, room));
            begins_b[n] = fmax(goes[n], after(done, n, 1));
            done[n] = begins_b[n] + work_s("b", n);
            waiting[0] += begins[n] - enters[n];
            waiting[1] += begins_b[n] - goes[n];
            service[0] += work_s("a", n);
            service[1] += work_s("b", n);
            blocked += goes[n] - ready;
        }
        check_latencies(&got, done);
        for (int o = 0; o < 2; o++) {
            CHECK_NEAR((double)got.ops[o].arrived, ITEMS, 0);
            CHECK_NEAR((double)got.ops[o].processed, ITEMS, 0);
            CHECK_NEAR((double)got.ops[o].emitted, ITEMS, 0);
            CHECK_NEAR(got.ops[o].waiting_s, waiting[o], 1e-6);
            CHECK_NEAR(got.ops[o].queue_area, waiting[o], 1e-6);
            CHECK_NEAR(got.ops[o].service_s, service[o], 1e-6);
            CHECK_NEAR(got.ops[o].busy_s, service[o], 1e-6);
        }
        CHECK_NEAR(got.source_s[WEIR_BLOCKED], held, 1e-6);
        CHECK_NEAR(got.source_s[WEIR_IDLE], got.end_s - held, 1e-6);
        CHECK_NEAR(got.ops[0].blocked_s, blocked, 1e-6);
        CHECK_NEAR(got.ops[0].blocked_time_s, blocked, 1e-6);
        CHECK_NEAR(got.ops[1].instance_s, got.end_s, 1e-6);
        CHECK_NEAR(got.most[0], 2, 0);
        CHECK_NEAR(got.most[1], room, 0);
        CHECK_NEAR(got.end_s, done[ITEMS - 1], 1e-9);
    }
}

/* From edge to a on cloud and on to edge2: one item at a time is on a wire, and who sends waits for it. */
static void over_wires(void)
{
    static const double bytes = 400e3; /* 32 ms on the wire */
    struct outcome got = RUN("\"source\": \"edge\", \"sink\": \"edge2\", \"source_bytes\": \"400kB\", " LOAD
                             "\"operators\": [" OP("a", ", \"bytes\": \"400kB\"") "]",
                             {START, 0, 0, CLOUD});
    static double sent[ITEMS], goes[ITEMS], done[ITEMS];
    double waiting = 0;
    for (int n = 0; n < ITEMS; n++) {
        sent[n] = fmax(at_s[n], n ? sent[n - 1] + bytes / BYTES_PER_S : 0);
        double comes = sent[n] + bytes / BYTES_PER_S + WAY_S, begins = fmax(comes, after(goes, n, 1));
        goes[n] = fmax(begins + work_s("a", n), n ? goes[n - 1] + bytes / BYTES_PER_S : 0);
        done[n] = goes[n] + bytes / BYTES_PER_S + WAY_S;
        waiting += begins - comes;
    }
    check_latencies(&got, done);
    CHECK_NEAR(got.ops[0].waiting_s, waiting, 1e-6);
}

/* Two instances with a queue each have items in turn; with one for both whoever is free first has the next. */
static void two_instances(void)
{
    for (int shared = 0; shared < 2; shared++) {
        char *job =
            weir_format("\"source\": \"cloud4\", \"sink\": \"cloud4\", " LOAD "\"operators\": [" OP("a", "%s") "]",
                        shared ? ", \"queue\": \"shared\"" : "");
        struct outcome got = RUN(job, {START, 0, 0, CLOUD4}, {START, 0, 0, CLOUD4});
        free(job);
        static double done[ITEMS];
        double free_s[2] = {0};
        for (int n = 0; n < ITEMS; n++) {
            int i = shared ? free_s[1] < free_s[0] : n % 2;
            done[n] = free_s[i] = fmax(at_s[n], free_s[i]) + work_s("a", n);
        }
        check_latencies(&got, done);
    }
}

/* Each item goes to x and y, and what comes of both meets in m. */
static void partners(void)
{
    struct outcome got = RUN(
        "\"source\": \"cloud4\", \"sink\": \"cloud4\", " LOAD "\"operators\": [" OP("x", "") ", " OP("y", "") ", " OP(
            "m", ", \"join\": \"all\"") "], \"edges\": [{\"from\": \"source\", \"to\": \"x\"}, {\"from\": \"source\","
                                        " \"to\": \"y\"}, {\"from\": \"x\", \"to\": \"m\"}, {\"from\": \"y\", \"to\": "
                                        "\"m\"}, {\"from\": \"m\","
                                        " \"to\": \"sink\"}]",
        {START, 0, 0, CLOUD4}, {START, 0, 1, CLOUD4}, {START, 0, 2, CLOUD4});
    static double x[ITEMS], y[ITEMS], done[ITEMS];
    for (int n = 0; n < ITEMS; n++) {
        x[n] = fmax(at_s[n], after(x, n, 1)) + work_s("x", n);
        y[n] = fmax(at_s[n], after(y, n, 1)) + work_s("y", n);
        done[n] = fmax(fmax(x[n], y[n]), after(done, n, 1)) + work_s("m", n);
    }
    check_latencies(&got, done);
    CHECK_NEAR((double)got.ops[2].arrived, 2 * ITEMS, 0);
    CHECK_NEAR((double)got.ops[2].processed, ITEMS, 0);
}

/* An operator that is closed from 3 s to 5 s lets nothing in; the source of a job that is halted holds back; and what
 * comes to two instances one of which leaves and comes back is served all the same. */
static void what_is_closed(void)
{
    static const char job[] =
        "\"source\": \"edge2\", \"sink\": \"edge2\", " LOAD "\"operators\": [" OP("a", "") ", " OP("b", "") "]";
    for (int halted = 0; halted < 2; halted++) {
        struct outcome got =
            halted ? RUN(job, {START, 0, 0, EDGE2}, {START, 0, 1, EDGE2}, {HALT, 3, 0, 0}, {GO_ON, 5, 0, 0})
                   : RUN(job, {START, 0, 0, EDGE2}, {START, 0, 1, EDGE2}, {PAUSE, 3, 1, 0}, {RESUME, 5, 1, 0});
        static double enters[ITEMS], goes[ITEMS], done[ITEMS];
        for (int n = 0; n < ITEMS; n++) {
            enters[n] = fmax(at_s[n], after(enters, n, 1));
            if (halted && enters[n] > 3 && enters[n] < 5)
                enters[n] = 5;
            goes[n] = fmax(enters[n], after(goes, n, 1)) + work_s("a", n);
            if (!halted && goes[n] > 3 && goes[n] < 5)
                goes[n] = 5;
            done[n] = fmax(goes[n], after(done, n, 1)) + work_s("b", n);
        }
        check_latencies(&got, done);
        CHECK_NEAR(got.source_s[WEIR_BLOCKED], halted ? 2 : 0, 1e-9); /* until it sends again */
    }
    struct outcome got =
        RUN("\"source\": \"edge\", \"sink\": \"edge2\", \"source_bytes\": \"100kB\", " LOAD
            "\"operators\": [" OP("a", ", \"capacity\": 3, \"bytes\": \"100kB\"") ", " OP("b", ", \"capacity\": 2") "]",
            {START, 0, 0, CLOUD}, {START, 0, 0, CLOUD4}, {START, 0, 1, CLOUD4}, {RETIRE, 2, 0, 1},
            {START, 4, 0, CLOUD4}, {RETIRE, 6, 0, 0}, {START, 8, 1, CLOUD}, {RETIRE, 10, 1, 0});
    CHECK_NEAR((double)got.job.delivered, ITEMS, 0);
    CHECK_NEAR((double)got.ops[0].processed, ITEMS, 0);
    CHECK_NEAR((double)got.ops[1].processed, ITEMS, 0);
    CHECK_NEAR(got.most[0], 3, 0);
    CHECK_NEAR(got.most[1], 2, 0);
}

/* One that is to stand still does so from the end of what it serves on. */
static void who_stands_still(void)
{
    struct outcome got = RUN("\"source\": \"edge2\", \"sink\": \"edge2\", " LOAD "\"operators\": [" OP("a", "") "]",
                             {START, 0, 0, EDGE2}, {STALL, 3, 0, 0});
    static double done[ITEMS];
    double service = 0;
    for (int n = 0; n < ITEMS; n++) {
        double free_s = after(done, n, 1), begins = fmax(at_s[n], free_s);
        if (begins >= 3 && (n == 0 || fmax(at_s[n - 1], after(done, n - 1, 1)) < 3))
            begins = fmax(at_s[n], fmax(free_s, 3) + 0.5);
        done[n] = begins + work_s("a", n);
        service += work_s("a", n);
    }
    check_latencies(&got, done);
    CHECK_NEAR(got.ops[0].busy_s, service + 0.5, 1e-6);
}

/* How many results come of an item is drawn of it: 1.7 in the mean, and of each of these 0.4. */
static void results_of_items(void)
{
    struct outcome got =
        RUN("\"source\": \"cloud4\", \"sink\": \"edge\", " LOAD "\"operators\": [" OP(
                "a", ", \"selectivity\": 1.7") ", " OP("b", ", \"selectivity\": 0.4, \"bytes\": \"1kB\"") "]",
            {START, 0, 0, CLOUD4}, {START, 0, 1, CLOUD4}, {START, 0, 1, CLOUD4});
    int of_a = 0, of_b = 0;
    for (uint64_t n = 0; n < ITEMS; n++) {
        struct weir_stream draw = weir_stream_at(weir_stream_key(1, "select/j/a"), n);
        int results = 1 + (weir_stream_uniform(&draw) < 1.7 - 1);
        of_a += results;
        for (int r = 0; r < results; r++) {
            struct weir_stream another = weir_stream_at(n, (uint64_t)r); /* the first has the item's own number */
            struct weir_stream of =
                weir_stream_at(weir_stream_key(1, "select/j/b"), r ? weir_stream_bits(&another) : n);
            of_b += weir_stream_uniform(&of) < 0.4;
        }
    }
    CHECK_NEAR((double)got.ops[0].emitted, of_a, 0);
    CHECK_NEAR((double)got.ops[1].processed, of_a, 0);
    CHECK_NEAR((double)got.ops[1].emitted, of_b, 0);
    CHECK_NEAR((double)got.job.delivered, of_b, 0);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"a tandem that blocks", a_tandem_that_blocks},
                                      {"over wires", over_wires},
                                      {"two instances", two_instances},
                                      {"partners", partners},
                                      {"what is closed", what_is_closed},
                                      {"who stands still", who_stands_still},
                                      {"results of items", results_of_items},
                                      {0}};
    return weir_test_main("engine/rooms/flow", cases, argc, argv);
}
