/* Small worlds of the flow and the rooms below it, without control: instances are put by hand. What comes of each item
 * is known by recursion from the items before it; and at the end nothing is anywhere. Each runs in a process of its
 * own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/flow.h"
#include "tests/support/test.h"

enum { EDGE, EDGE2, CLOUD, CLOUD4 }; /* hosts of two-tier.xml, of 1 Gf/s and 1, 2, 1 and 4 cores */
#define OPS_MOST    5
#define ITEMS       300
#define BYTES_PER_S 12.5e6 /* from edge hosts to cloud hosts, 10 ms */
#define WAY_S       10e-3

enum what { START = 1, RETIRE, PAUSE, RESUME, HALT, GO_ON };

/* What is done at a date; 0: before the run. Of RETIRE `host` is the number of the instance. */
struct action {
    enum what what;
    double at_s;
    int op, host;
};

struct outcome {
    struct weir_op_counts ops[OPS_MOST];
    struct weir_job_counts job;
    int most[OPS_MOST];   /* ever in one input */
    long left, under_way; /* items and batches anywhere, or in a sum; for the watchdog */
    double latency_s;     /* summed */
    double latency_most_s, end_s;
    double at_s[ITEMS];
};

static double at_s[ITEMS]; /* when each item came in the run before */

struct play {
    const char *job;
    const struct action *actions;
    int count;
    struct outcome *outcome;
    struct weir_flow flow;
    struct weir_clock clock;
    struct ring {
        struct weir_alarm alarm;
        struct play *play;
        const struct action *action;
    } rings[16];
};

static void act(struct play *play, const struct action *action)
{
    struct weir_run_job *job = &play->flow.jobs[0];
    struct weir_op *op = &job->ops[action->op];
    switch (action->what) {
    case START:
        weir_instance_activate(
            weir_instance_new(op, &(struct weir_placement){.host = action->host, .weight = 1, .cpu_share = 1}));
        return;
    case RETIRE:
        weir_instance_retire(op->instances[action->host]);
        return;
    case PAUSE:
        weir_op_pause(op);
        return;
    case RESUME:
        weir_op_resume(op);
        return;
    case HALT:
        weir_job_halt(job);
        return;
    case GO_ON:
        weir_job_resume(job);
        return;
    }
}

static void rings(struct weir_alarm *alarm)
{
    struct ring *ring = WEIR_RECORD(alarm, struct ring, alarm);
    act(ring->play, ring->action);
}

static void tell(struct play *play)
{
    struct weir_run_job *job = &play->flow.jobs[0];
    struct outcome *outcome = play->outcome;
    outcome->job = job->counts;
    outcome->under_way = job->watch.under_way;
    outcome->left = job->sink.in_hand + job->sink.in_transit + (long)play->flow.pool.all_count;
    for (int c = 0; c < WEIR_SIZE_CLASSES; c++)
        for (const struct weir_batch *batch = play->flow.pool.idle[c]; batch; batch = batch->next)
            outcome->left--;
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        weir_op_flush(op, play->clock.now_s);
        outcome->ops[o] = op->counts;
        outcome->left += labs(op->in_hand) + labs(op->queued) + labs(op->in_transit) + labs(op->in_service);
        for (const struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
            for (int e = 0; e < op->in_edges; e++) {
                outcome->left += labs(inbox->room[e].used) + labs(inbox->room[e].promised) + labs(inbox->serving);
                outcome->most[o] = inbox->room[e].most > outcome->most[o] ? inbox->room[e].most : outcome->most[o];
            }
    }
    struct weir_arrivals arrivals = weir_arrivals_open(job->spec->load, 1, "arrivals/j");
    for (int n = 0; n < ITEMS; n++)
        outcome->at_s[n] = weir_arrivals_next(&arrivals);
    outcome->latency_s = job->window.sum;
    outcome->latency_most_s = job->window.max;
    outcome->end_s = play->clock.now_s;
}

static int perform(struct play *play)
{
    struct weir_scenario *scenario;
    char *here = getcwd(NULL, 0);
    char *text = weir_format("{\"platform\": \"%s/tests/input/valid/two-tier.xml\", \"duration\": \"1000s\","
                             " \"workload\": {\"jobs\": [{\"name\": \"j\", %s}]}}",
                             here, play->job);
    int code = weir_scenario_read(weir_test_file("rooms-flow.json", text), NULL, &scenario);
    free(text);
    free(here);
    if (code)
        return code;
    weir_clock_init(&play->clock);
    struct weir_shares *shares =
        weir_shares_new(&(struct weir_shares_spec){.scenario = scenario, .platform = scenario->platform}, &play->clock);
    if (!shares)
        return weir_error_code();
    struct weir_books books;
    int count = weir_shares_link_count(shares);
    struct weir_link_view *links = weir_alloc((size_t)count, sizeof *links);
    for (int l = 0; l < count; l++)
        links[l].name = weir_link_name(shares, l);
    weir_books_init(&books, &(struct weir_run_spec){.scenario = scenario, .seed = 1}, links, count);
    free(links);
    weir_flow_init(&play->flow, scenario, 1, &play->clock, shares, &books);
    play->flow.jobs[0].life = WEIR_JOB_RUNNING;
    for (int a = 0; a < play->count; a++) {
        play->rings[a] = (struct ring){{.ring = rings}, play, &play->actions[a]};
        if (play->actions[a].at_s > 0)
            weir_alarm_set(&play->clock, &play->rings[a].alarm, play->actions[a].at_s);
        else
            act(play, &play->actions[a]);
    }
    weir_source_start(&play->flow.jobs[0]);
    weir_shares_run(shares);
    code = play->clock.code;
    tell(play);
    weir_flow_fini(&play->flow);
    weir_books_fini(&books);
    weir_shares_free(shares);
    weir_clock_fini(&play->clock);
    weir_scenario_free(scenario);
    return code;
}

static int child(void *context)
{
    int code = perform(context);
    weir_test_leak_check();
    return code;
}

/* All that the source has sent has been delivered, and nothing is left. */
static struct outcome run(const char *job, const struct action *actions, int count)
{
    struct outcome *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    static struct play play;
    play = (struct play){.job = job, .actions = actions, .count = count, .outcome = shared};
    weir_test_folder();
    CU_ASSERT_EQUAL_FATAL(weir_shares_open(), WEIR_OK);
    int ended = weir_apart(child, &play, 60, WEIR_EENGINE);
    if (ended)
        printf("\n    %s\n", weir_error_message());
    weir_error_clear();
    CU_ASSERT_EQUAL_FATAL(ended, WEIR_OK); /* the run's code */
    struct outcome outcome = *shared;
    munmap(shared, sizeof *shared);
    memcpy(at_s, outcome.at_s, sizeof at_s);
    CHECK_NEAR((double)outcome.left, 0, 0);
    CHECK_NEAR((double)outcome.under_way, 0, 0);
    CHECK_NEAR((double)outcome.job.emitted, ITEMS, 0);
    return outcome;
}
#define RUN(job, ...)                                                                                                  \
    run(job, (const struct action[]){__VA_ARGS__},                                                                     \
        (int)(sizeof(const struct action[]){__VA_ARGS__} / sizeof(struct action)))

/* Items at 20/s; 30 to 40 ms of work each in the mean. */
#define LOAD "\"load\": {\"kind\": \"poisson\", \"rate\": \"20/s\", \"count\": 300}, "
#define OP(name, more)                                                                                                 \
    "{\"name\": \"" name "\", \"flops\": {\"mean\": \"35Mf\", \"distribution\": \"exponential\"}" more "}"

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
        double waiting[2] = {0}, service[2] = {0}, blocked = 0;
        for (int n = 0; n < ITEMS; n++) {
            enters[n] = fmax(fmax(at_s[n], after(enters, n, 1)), after(begins, n, 2));
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

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"a tandem that blocks", a_tandem_that_blocks},
                                      {"over wires", over_wires},
                                      {"two instances", two_instances},
                                      {"partners", partners},
                                      {"what is closed", what_is_closed},
                                      {0}};
    return weir_test_main("engine/rooms/flow", cases, argc, argv);
}
