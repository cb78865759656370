/* Sums over a job, the long way: what is inside and must move, when it is empty, what adds up, what is due when. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/instance.h"
#include "sim/engine/flow/waiting.h"
#include "tests/engine/flow_world.h"
#include "tests/support/test.h"

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

static struct flow_world world;

#define OPS  6
#define LOAD "\"load\": {\"kind\": \"constant\", \"rate\": \"2/s\"}, "

/* A job whose operators lead on to later ones or the sink at random; each is led to. */
static void begin_any(void)
{
    struct weir_text text = {0};
    weir_text_addf(&text, LOAD "\"operators\": [");
    for (int o = 0; o < OPS; o++)
        weir_text_addf(&text, "%s{\"name\": \"%d\", \"flops\": 0, \"min_instances\": %d}", o ? ", " : "", o, below(2));
    weir_text_addf(&text, "], \"edges\": [{\"from\": \"source\", \"to\": \"0\"}");
    for (int to = 1; to < OPS; to++) {
        int from = below(to + 1) - 1, other = below(to + 1) - 1;
        weir_text_addf(&text,
                       from < 0 ? ", {\"from\": \"source\", \"to\": \"%d\"}" : ", {\"to\": \"%d\", \"from\": \"%d\"}",
                       to, from);
        if (other >= 0 && other != from)
            weir_text_addf(&text, ", {\"to\": \"%d\", \"from\": \"%d\"}", to, other);
    }
    for (int o = 0; o < OPS; o++)
        weir_text_addf(&text, ", {\"from\": \"%d\", \"to\": \"sink\"}", o);
    weir_text_addf(&text, "]");
    flow_world_begin(&world, "", text.data);
    free(text.data);
}

/* Whether one of the edges leads to an operator of which that is said. */
static bool leads(const struct weir_out_edge *edges, int count, const bool *of)
{
    for (int e = 0; e < count; e++)
        if (edges[e].to && of[edges[e].to->index])
            return true;
    return false;
}

/* What need not move: who waits to enter an operator that has no instance and need not have one; all that is in those
 * that lead there, or to such; and what their senders, which stand still, hold for whomever. */
static long must_move(const bool *absent)
{
    struct weir_run_job *job = world.job;
    bool closed[OPS], behind[OPS] = {false}, held[OPS] = {false};
    memcpy(closed, absent, sizeof closed);
    for (int times = 0; times < OPS; times++)
        for (int o = 0; o < OPS; o++)
            if (leads(job->ops[o].out, job->ops[o].out_count, closed))
                behind[o] = closed[o] = true;
    bool to_sink = false;
    for (int o = -1; o < OPS; o++) {
        const struct weir_out_edge *edges = o < 0 ? job->source.out : job->ops[o].out;
        int count = o < 0 ? job->source.out_count : job->ops[o].out_count;
        for (int e = 0; e < count && leads(edges, count, closed); e++)
            *(edges[e].to ? &held[edges[e].to->index] : &to_sink) = true;
    }
    long items = job->sink.in_transit + (to_sink ? 0 : job->sink.in_hand);
    for (int o = 0; o < OPS; o++) {
        items += behind[o] ? 0 : job->ops[o].queued + job->ops[o].in_transit + job->ops[o].in_service;
        items += closed[o] || held[o] ? 0 : job->ops[o].in_hand;
    }
    return items;
}

static void what_must_move(void)
{
    draws = weir_stream_at(25, 0);
    int excused = 0;
    for (int round = 0; round < 60; round++) {
        begin_any();
        struct weir_instance instance = {.life = round % 2 ? WEIR_ACTIVE : WEIR_STARTING}, *list = &instance;
        struct weir_waiter waiters[OPS] = {0};
        bool absent[OPS];
        long all = world.job->sink.in_transit = below(1000);
        all += world.job->sink.in_hand = below(1000);
        for (int o = 0; o < OPS; o++) {
            struct weir_op *op = &world.job->ops[o];
            all += op->queued = below(1000);
            all += op->in_transit = below(1000);
            all += op->in_service = below(1000);
            all += op->in_hand = below(1000);
            op->instances = &list;
            op->instance_count = (size_t)!below(3);
            op->paused = !below(5);
            if (below(4))
                weir_wait_in(&op->gate, &waiters[o], 1);
            absent[o] = !op->instance_count && !op->spec->min_instances && op->gate.first && !op->paused;
        }
        long wanted = must_move(absent);
        excused += wanted < all;
        CHECK_NEAR((double)weir_job_items_inside(world.job), (double)wanted, 0);
        for (int o = 0; o < OPS; o++) {
            world.job->ops[o].instances = NULL;
            world.job->ops[o].instance_count = 0;
        }
        flow_world_end(&world);
    }
    CU_ASSERT(excused > 20);
}

/* A job is empty, or drained, if nothing at all is against it. */
static void when_a_job_is_empty(void)
{
    flow_world_begin(&world, "\"recovery\": {\"checkpoint_interval\": \"1s\"},",
                     LOAD "\"operators\": [{\"name\": \"a\", \"flops\": 0}, {\"name\": \"b\", \"flops\": 0}]");
    struct weir_run_job *job = world.job;
    struct weir_op *op = &job->ops[1];
    struct weir_instance instance = {0}, *list[1] = {&instance};
    op->instances = list;
    op->instance_count = 1;
    job->source.sender.edge = job->source.sender.edge_count = job->source.out_count;
    job->source.done = true;
    CU_ASSERT_TRUE(weir_job_is_empty(job));
    CU_ASSERT_TRUE(weir_job_drained(job));
    CU_ASSERT_TRUE(weir_op_quiet(op));
    long *counts[] = {&job->sink.in_transit, &job->sink.in_hand, &job->segments->held, &op->in_hand,
                      &op->in_service,       &op->queued,        &op->in_transit};
    const char against[7][4] = {{1, 0, 0, 0}, {1, 0, 0, 0}, {1, 0, 0, 0}, {1, 0, 0, 0},
                                {1, 0, 0, 0}, {1, 1, 1, 1}, {1, 1, 1, 0}};
    for (int c = 0; c < 7; c++) {
        *counts[c] = 1;
        CU_ASSERT_EQUAL(!weir_job_is_empty(job), against[c][0]);
        CU_ASSERT_EQUAL(!weir_job_drained(job), against[c][1]);
        CU_ASSERT_EQUAL(!weir_op_drained(op), against[c][2]);
        CU_ASSERT_EQUAL(!weir_op_quiet(op), against[c][3]);
        *counts[c] = 0;
    }
    bool *flags[] = {&op->changing, &job->segments->recovering, &instance.in_service};
    for (int f = 0; f < 3; f++) {
        *flags[f] = true;
        CU_ASSERT_FALSE(weir_job_is_empty(job));
        CU_ASSERT_EQUAL(weir_job_drained(job), f < 2);
        CU_ASSERT_EQUAL(weir_op_drained(op), f < 2);
        *flags[f] = false;
    }
    op->in_window = 1;
    CU_ASSERT_FALSE(weir_job_is_empty(job));
    op->in_window = 0;
    job->source.done = false;
    CU_ASSERT_FALSE(weir_job_is_empty(job));
    job->source.done = true;
    job->source.sender.edge = 0; /* it holds a batch */
    CU_ASSERT_FALSE(weir_job_drained(job));
    op->instances = NULL;
    op->instance_count = 0;
    flow_world_end(&world);
}

static struct weir_op *find(const char *name)
{
    struct weir_op *op = world.job->ops;
    while (strcmp(op->spec->name, name) != 0)
        op++;
    return op;
}

/* What adds up does not with one more or less of anything; but what is emitted adds up with more if draws say how many
 * results come. */
static void what_adds_up(void)
{
    for (int selectivity = 1; selectivity <= 3; selectivity++) {
        char *text = weir_format(LOAD "\"operators\": [{\"name\": \"x\", \"flops\": 0},"
                                      " {\"name\": \"a\", \"flops\": 0, \"selectivity\": %s}, {\"name\":"
                                      " \"b\", \"flops\": 0}, {\"name\": \"c\", \"flops\": 0}, {\"name\": \"m\","
                                      " \"flops\": 0, \"join\": \"all\"}], \"edges\": [{\"from\": \"source\", \"to\":"
                                      " \"b\"}, {\"from\": \"source\", \"to\": \"c\"}, {\"from\": \"b\", \"to\":"
                                      " \"m\"}, {\"from\": \"c\", \"to\": \"m\"}, {\"from\": \"m\", \"to\": \"a\"},"
                                      " {\"from\": \"a\", \"to\": \"sink\"}, [\"source\", \"x\"], [\"x\", \"sink\"]]",
                                 selectivity == 3   ? "2.5"
                                 : selectivity == 2 ? "2"
                                                    : "1");
        flow_world_begin(&world, "\"recovery\": {\"checkpoint_interval\": \"1s\"},", text);
        free(text);
        struct weir_run_job *job = world.job;
        struct weir_op *a = find("a"), *b = find("b"), *c = find("c"), *m = find("m");
        weir_source_start(job);
        world.clock.now_s = 20; /* 40 or 41 have come */
        weir_source_refill(job, 20);
        uint64_t come = job->counts.arrived, each = selectivity == 3 ? 2 : (uint64_t)selectivity;
        job->source.backlog_count -= 30; /* of them sent, and 7 again */
        job->source.backlog_first += 30;
        job->counts.replayed = 7;
        job->counts.dropped_at_source = 3;
        job->counts.arrived = come + 3;
        job->counts.emitted = 37;
        b->counts = (struct weir_op_counts){
            .arrived = 21, .dropped = 4, .lost_on_way = 2, .processed = 10, .emitted = 10, .lost_inside = 3};
        b->in_hand = 6, b->in_transit = 4, b->queued = 5, b->in_service = 3;
        find("x")->counts = c->counts = (struct weir_op_counts){.arrived = 37, .processed = 37, .emitted = 37};
        m->counts =
            (struct weir_op_counts){.arrived = 30, .lost_on_way = 17, .processed = 12, .emitted = 12, .lost_inside = 3};
        m->in_service = 3;
        a->counts = (struct weir_op_counts){.arrived = 12, .processed = 12, .emitted = each * 12};
        job->counts.delivered = 37 + each * 12 - 8;
        job->counts.duplicates = 3;
        job->counts.lost = 2;
        job->sink.in_transit = 1;
        job->sink.in_hand = 1;
        job->segments->held = 1;
        CU_ASSERT_EQUAL(weir_flow_check_conservation(&world.flow), 0);
        uint64_t *counts[] = {&job->counts.arrived,   &job->counts.replayed,  &job->counts.dropped_at_source,
                              &job->counts.emitted,   &job->counts.delivered, &job->counts.duplicates,
                              &job->counts.lost,      &b->counts.arrived,     &b->counts.dropped,
                              &b->counts.lost_on_way, &b->counts.processed,   &b->counts.lost_inside,
                              &b->counts.emitted,     &c->counts.arrived,     &c->counts.processed,
                              &c->counts.emitted,     &m->counts.arrived,     &m->counts.lost_on_way,
                              &m->counts.processed,   &m->counts.lost_inside, &m->counts.emitted,
                              &a->counts.arrived,     &a->counts.processed,   &a->counts.emitted};
        int adds_up = 0;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (int by = -1; by <= 1; by += 2) {
                *counts[i] += (uint64_t)(int64_t)by;
                adds_up += weir_flow_check_conservation(&world.flow) == 0;
                *counts[i] -= (uint64_t)(int64_t)by;
            }
        long *more[] = {&b->in_hand,    &b->in_transit,        &b->queued,         &b->in_service,
                        &m->in_service, &job->sink.in_transit, &job->sink.in_hand, &job->segments->held};
        for (size_t i = 0; i < sizeof more / sizeof *more; i++)
            for (int by = -1; by <= 1; by += 2) {
                *more[i] += by;
                adds_up += weir_flow_check_conservation(&world.flow) == 0;
                *more[i] -= by;
            }
        a->counts.emitted++; /* and it is delivered */
        job->counts.delivered++;
        adds_up += weir_flow_check_conservation(&world.flow) == 0;
        CHECK_NEAR(adds_up, selectivity == 3, 0);
        weir_error_clear();
        flow_world_end(&world);
    }
}

#define WINDOWS   20 /* of 5 s */
#define DUE_SLO_S 4.0

/* How many results an item that comes to an operator should give; e takes one of b's and one of c's. */
static int results_of(const char *name, uint64_t id)
{
    const struct weir_op *op = find(name);
    int sum = 0, count = weir_results_of(op, id);
    for (int r = 0; r < count; r++) {
        uint64_t result = weir_result_id(op, id, r);
        sum += name[0] == 'a' ? results_of("e", result) + results_of("d", result) : 1;
        sum += name[0] == 'e' ? results_of("d", result) : 0;
    }
    return sum;
}

/* a leads to b, c and d; b and c meet in e, which gives 1.5 to the sink and to d each; d gives 0.25; or 2 and 3. Each
 * is due 4 s after its item came, if that is before the end, and counts in the window of that date until it has closed.
 */
static void what_is_due_when(void)
{
    for (int drawn = 0; drawn < 2; drawn++) {
        draws = weir_stream_at(26, (uint64_t)drawn);
        char *text = weir_format(
            "\"slo\": \"4s\", " LOAD "\"operators\": [{\"name\": \"a\", \"flops\": 0}, {\"name\": \"b\", \"flops\":"
            " 0}, {\"name\": \"c\", \"flops\": 0}, {\"name\": \"d\", \"flops\": 0, \"selectivity\": %s}, {\"name\":"
            " \"e\", \"flops\": 0, \"selectivity\": %s, \"join\": \"all\"}], \"edges\": [{\"from\": \"source\", \"to\":"
            " \"a\"}, {\"from\": \"a\", \"to\": \"b\"}, {\"from\": \"a\", \"to\": \"c\"}, {\"from\": \"a\", \"to\":"
            " \"d\"}, {\"from\": \"b\", \"to\": \"e\"}, {\"from\": \"c\", \"to\": \"e\"}, {\"from\": \"e\", \"to\":"
            " \"d\"}, {\"from\": \"d\", \"to\": \"sink\"}, {\"from\": \"e\", \"to\": \"sink\"}]",
            drawn ? "0.25" : "3", drawn ? "1.5" : "2");
        flow_world_begin(&world, "\"window\": \"5s\", \"warmup\": \"20s\",", text);
        free(text);
        double due[WINDOWS + 1] = {0}, met[WINDOWS + 1] = {0}, all = 0, all_met = 0;
        int closed = 0, wrong = 0;
        for (uint64_t id = 0; id < 3000; id++) {
            double birth_s = below(100 * 64) / 64.0;
            int last = closed + closed / 2 + 1; /* not too far ahead, so that what is kept grows bit by bit */
            if (!drawn)
                birth_s = fmin(birth_s, fmax(0, 5 * last - DUE_SLO_S - 0.25));
            double date_s = birth_s + DUE_SLO_S;
            int results = results_of("a", id), in_time = below(results + 1), window = (int)(date_s / 5);
            weir_due_arrives(world.job, id, birth_s);
            for (int r = 0; r < in_time; r++)
                weir_due_met(world.job, birth_s);
            if (date_s < 100 && date_s >= 20) {
                all += results;
                all_met += in_time;
            }
            if (date_s < 100 && window >= closed) {
                due[window] += results;
                met[window] += in_time;
            }
            if (id % 150 == 149) {
                struct weir_owed owed = weir_due_close(world.job, closed);
                wrong += owed.due != due[closed] || owed.violations != due[closed] - met[closed];
                closed++;
            }
        }
        CHECK_NEAR(wrong, 0, 0);
        CHECK_NEAR(weir_due_total(world.job).due, all, 0);
        CHECK_NEAR(weir_due_total(world.job).violations, all - all_met, 0);
        flow_world_end(&world);
    }
}

/* Where all operators filter, too, what is owed for an item is drawn of it. */
static void what_filters_owe(void)
{
    flow_world_begin(
        &world, "", "\"slo\": \"4s\", " LOAD "\"operators\": [{\"name\": \"a\", \"flops\": 0, \"selectivity\": 0.25}]");
    int results = 0;
    for (uint64_t id = 0; id < 200; id++) {
        weir_due_arrives(world.job, id, 50);
        results += weir_results_of(find("a"), id);
    }
    CU_ASSERT(results != 50);
    CHECK_NEAR(weir_due_total(world.job).due, results, 0);
    flow_world_end(&world);
}

/* Fifteen operators before which somebody waits: twelve of them are named. */
static void who_waits(void)
{
    struct weir_text text = {0};
    weir_text_addf(&text, LOAD "\"operators\": [");
    for (int o = 0; o < 15; o++)
        weir_text_addf(&text, "%s{\"name\": \"%c\", \"flops\": 0}", o ? ", " : "", 'a' + o);
    weir_text_addf(&text, "]");
    flow_world_begin(&world, "", text.data);
    free(text.data);
    struct weir_waiter waiters[15] = {0};
    for (int count = 1; count <= 15; count++) {
        weir_wait_in(&world.job->ops[count - 1].gate, &waiters[count - 1], 1);
        char *names = weir_job_who_waits(world.job);
        int named = 0;
        for (const char *at = names; (at = strstr(at, "senders wait to enter ")); at++)
            named++;
        const char *more = strstr(names, "; and ");
        CHECK_NEAR(strtod(names, NULL), 1, 0); /* it begins with the first: "1 senders" */
        CHECK_NEAR(named, count < 12 ? count : 12, 0);
        CHECK_NEAR(more ? strtod(more + strlen("; and "), NULL) : 0, count < 12 ? 0 : count - 12, 0);
        free(names);
    }
    flow_world_end(&world);
}

static void rings(struct weir_alarm *alarm)
{
    (void)alarm;
}

/* A connection tries again at the earliest of the dates that were said, and the watchdog knows of it once. */
static void the_next_try(void)
{
    flow_world_begin(&world, "", LOAD "\"operators\": [{\"name\": \"a\", \"flops\": 0}]");
    struct weir_connection connection = {.inbox = &world.job->sink, .again.ring = rings};
    static const double dates_s[] = {5, 5.5, 7, 5, 3, 3.5, 4}, tries_s[] = {5, 5, 5, 5, 3, 3, 3};
    for (int d = 0; d < 7; d++) {
        weir_connection_try_at(&connection, dates_s[d]);
        CHECK_NEAR(connection.again.date_s, tries_s[d], 0);
        CHECK_NEAR((double)world.job->watch.under_way, 1, 0);
    }
    weir_alarm_stop(&world.clock, &connection.again);
    flow_world_end(&world);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"what must move", what_must_move},     {"when a job is empty", when_a_job_is_empty},
        {"what adds up", what_adds_up},         {"what is due when", what_is_due_when},
        {"what filters owe", what_filters_owe}, {"who waits", who_waits},
        {"the next try", the_next_try},         {0}};
    return weir_test_main("engine/sums", cases, argc, argv);
}
