/* Single steps of the flow, each by what it does to what is around it, in a flow without instances. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "sim/engine/flow/barrier.h"
#include "sim/engine/flow/call.h"
#include "sim/engine/flow/deliver.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/route.h"
#include "sim/engine/flow/waiting.h"
#include "tests/engine/flow_world.h"
#include "tests/support/test.h"

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

static struct flow_world world;

#define LOAD        "\"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, "
#define CHECKPOINTS "\"recovery\": {\"checkpoint_interval\": \"1s\"},"
#define ONE(more)   LOAD "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"" more "}]"

#define ITEMS    12
#define SEGMENTS 5
#define GAP      3

/* Items of one key come in any order, each of a segment; those that are at most the gap apart from the next are of one
 * session. Each session keeps the oldest of its segments alive, and no other. */
static void sessions_keep_their_oldest_segment(void)
{
    draws = weir_stream_at(31, 0);
    int wrong = 0, merged = 0;
    for (int round = 0; round < 300; round++) {
        flow_world_begin(
            &world, CHECKPOINTS,
            ONE(", \"keys\": 1, \"window\": {\"type\": \"session\", \"gap\": \"3s\", \"allowed_lateness\": \"1h\"}"));
        struct weir_op *op = &world.job->ops[0];
        struct weir_segments *segments = world.job->segments;
        struct weir_instance instance = {.op = op, .inbox = weir_inbox_new(op, 0)};
        int births[ITEMS], of[ITEMS], sessions = 0;
        for (int n = 0; n < ITEMS; n++) {
            while (segments->count < SEGMENTS)
                weir_segments_begin(segments);
            births[n] = 100 + below(40);
            of[n] = below(SEGMENTS);
            struct weir_batch *batch = flow_world_batch(&world, 1, (uint64_t)n);
            weir_batch_tag(batch, segments, (unsigned)of[n]);
            batch->items[0].birth = batch->items[0].at = births[n];
            batch->items[0].path = weir_paths_step(world.job->paths, 0, 0);
            weir_eventtime_add(&instance, batch);
            weir_batch_release(&world.flow.pool, batch);
            long alive[SEGMENTS] = {0};
            int before = sessions, until = -1, oldest = SEGMENTS;
            sessions = 0;
            for (int birth = 100; birth <= 141; birth++) {
                bool any = false;
                for (int i = 0; i <= n; i++)
                    any |= births[i] == birth;
                if ((birth > until || birth == 141) && oldest < SEGMENTS) { /* the session is over */
                    alive[oldest]++;
                    sessions++;
                    oldest = SEGMENTS;
                }
                for (int i = 0; i <= n; i++)
                    if (births[i] == birth)
                        oldest = of[i] < oldest ? of[i] : oldest;
                until = any ? birth + GAP : until;
            }
            merged += sessions < before;
            for (int s = 0; s < SEGMENTS; s++)
                wrong += segments->list[s].alive != alive[s];
        }
        wrong += op->in_window != ITEMS;
        flow_world_end(&world);
        free(instance.window.own);
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(merged > 100);
}

static void woken(struct weir_soon *soon)
{
    (void)soon;
}

/* What is promised takes room as what is there. */
static void what_a_full_input_holds(void)
{
    flow_world_begin(&world, "", ONE(", \"capacity\": 9"));
    struct weir_inbox *inbox = weir_inbox_new(&world.job->ops[0], 2);
    struct weir_waiter waiters[2] = {{.wake.ring = woken}, {.wake.ring = woken}};
    inbox->room[0].used = 7;
    inbox->room[0].promised = 2;
    for (int w = 0; w < 2; w++)
        weir_wait_in(&inbox->room[0].waiters, &waiters[w], 1);
    char *names = weir_job_who_waits(world.job);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(names, "2 senders wait for room at an input of a on cloud, which holds 9 of 9 items"));
    free(names);
    flow_world_end(&world);
}

/* A batch for which there is no room waits, and stays its sender's; one that has been on its way since before a
 * barrier, for which others are set aside, goes in. */
static void what_finds_no_room_waits(void)
{
    for (int aside = 0; aside < 2; aside++)
        for (int watched = 0; watched < 2; watched++) {
            flow_world_begin(&world, CHECKPOINTS, ONE(", \"capacity\": 4"));
            struct weir_op *op = &world.job->ops[0];
            struct weir_inbox *inbox = weir_inbox_new(op, 0);
            struct weir_batch *batch = flow_world_batch(&world, 3, 0), *same = batch;
            struct weir_waiter waiter = {.wake.ring = woken};
            long held = op->in_transit = 5;
            batch->out_edge = &world.job->source.out[0];
            inbox->room[0].used = 4;
            inbox->watched = watched;
            inbox->aside_first = inbox->aside_last = aside ? flow_world_batch(&world, 1, 7) : NULL;
            bool goes = watched && aside;
            CU_ASSERT_EQUAL(weir_inbox_put(inbox, &batch, &waiter, &op->in_transit), goes);
            CU_ASSERT_PTR_EQUAL(batch, goes ? NULL : same);
            CU_ASSERT_PTR_EQUAL(inbox->first, goes ? same : NULL);
            CU_ASSERT_PTR_EQUAL(waiter.in, goes ? NULL : &inbox->room[0].waiters);
            CHECK_NEAR((double)op->in_transit, (double)held - (goes ? 3 : 0), 0);
            CHECK_NEAR((double)inbox->room[0].used, goes ? 7 : 4, 0);
            flow_world_end(&world);
        }
}

/* A barrier that is under way to nobody by a route waits for no date: of an instance that has it from the source at
 * once, it waits until that passes it. */
static void a_barrier_waits_for_no_date(void)
{
    flow_world_begin(&world, CHECKPOINTS, ONE(""));
    struct weir_op *op = &world.job->ops[0];
    struct weir_instance instance = {.op = op, .inbox = weir_inbox_new(op, 0), .life = WEIR_ACTIVE, .go.ring = woken};
    struct weir_instance *list[1] = {&instance};
    op->instances = list;
    op->instance_count = 1;
    world.job->source.sender.edge = world.job->source.sender.edge_count = 1;
    world.clock.now_s = 7;
    struct weir_barrier barrier = {0};
    weir_barrier_begin(&barrier, world.job);
    CU_ASSERT_TRUE(barrier.look.listed);
    weir_soon_drop(&world.clock, &barrier.look);
    barrier.look.ring(&barrier.look);
    CHECK_NEAR(barrier.passed_s[0], 7, 0);
    CU_ASSERT_TRUE(instance.go.listed); /* it may pass it now */
    CU_ASSERT_FALSE(weir_alarm_is_set(&barrier.way));
    CHECK_NEAR((double)world.job->watch.under_way, 0, 0);
    weir_soon_drop(&world.clock, &instance.go);
    weir_barrier_end(&barrier);
    op->instances = NULL;
    op->instance_count = 0;
    flow_world_end(&world);
}

/* Results count for the way that they took, whatever their numbers are. */
static void results_count_for_their_way(void)
{
    flow_world_begin(&world, "",
                     LOAD "\"operators\": [{\"name\": \"a\", \"flops\": 0}, {\"name\": \"b\", \"flops\": 0}], "
                          "\"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"a\", \"b\"], [\"b\", \"sink\"]]");
    struct weir_paths *paths = world.job->paths;
    uint64_t a = weir_paths_step(paths, 0, 0), ab = weir_paths_step(paths, a, 1), b = weir_paths_step(paths, 0, 1);
    const uint64_t ways[] = {ab, ab, b, ab, b}, ids[] = {b, a, ab, 0, b};
    for (int r = 0; r < 5; r++) {
        struct weir_batch *batch = flow_world_batch(&world, 1, ids[r]);
        batch->edge = (unsigned)weir_origin_of(world.job, 2);
        batch->items[0].path = ways[r];
        batch->items[0].waiting = 1 + r;
        batch->items[0].at = 1 + r;
        weir_count_delivery(world.job, batch);
    }
    struct weir_result result = {0};
    weir_paths_totals(paths, world.job->spec, &result);
    CU_ASSERT_EQUAL_FATAL(result.path_count, 2);
    for (int p = 0; p < 2; p++) {
        bool direct = strcmp(result.paths[p].path, "source > b > sink") == 0;
        CU_ASSERT(direct || strcmp(result.paths[p].path, "source > a > b > sink") == 0);
        CHECK_NEAR((double)result.paths[p].delivered, direct ? 2 : 3, 0);
        CHECK_NEAR(result.paths[p].latency_mean_s, direct ? (3 + 5) / 2.0 : (1 + 2 + 4) / 3.0, 1e-15);
        CHECK_NEAR(result.paths[p].waiting_s, direct ? (3 + 5) / 2.0 : (1 + 2 + 4) / 3.0, 1e-15);
        free(result.paths[p].path);
    }
    free(result.paths);
    flow_world_end(&world);
}

/* What is in an inbox is taken out of it. */
static struct weir_batch *take(struct weir_inbox *inbox)
{
    struct weir_batch *batch = inbox->first;
    CU_ASSERT_PTR_NOT_NULL_FATAL(batch);
    inbox->first = inbox->last = NULL;
    weir_inbox_make_room(inbox, 0, 1);
    inbox->op->in_service++;
    inbox->serving++;
    return batch;
}

/* A second attempt waits 1 s after the first, at the other instance; when the first is done, it is no attempt any more,
 * and when its turn comes nothing is served, and nothing is left of it. */
static void a_second_attempt_comes_too_late(void)
{
    flow_world_begin(&world, "", ONE(", \"parallelism\": 2, \"hedge\": {\"after\": \"1s\"}"));
    struct weir_op *op = &world.job->ops[0];
    struct weir_inbox *inboxes[2];
    for (int i = 0; i < 2; i++) {
        inboxes[i] = weir_inbox_new(op, i);
        weir_op_open_inbox(op, inboxes[i]);
    }
    op->in_service = 5; /* others */
    inboxes[0]->serving = 2;
    inboxes[1]->serving = 3;
    weir_calls_enter(inboxes[0], flow_world_batch(&world, 1, 3));
    struct weir_batch *first = take(inboxes[0]);
    CU_ASSERT_TRUE(weir_call_starts(first, inboxes[0]));
    struct weir_alarm *alarm = weir_clock_first(&world.clock);
    CU_ASSERT_PTR_NOT_NULL_FATAL(alarm);
    CHECK_NEAR(alarm->date_s, 1, 0);
    weir_alarm_stop(&world.clock, alarm);
    world.clock.now_s = 1;
    alarm->ring(alarm);
    CHECK_NEAR((double)op->counts.hedges, 1, 0);
    CHECK_NEAR((double)op->beside, -1, 0);
    struct weir_batch *second = take(inboxes[1]);
    struct weir_instance instance = {.op = op, .inbox = inboxes[0]};
    op->in_service--;
    inboxes[0]->serving--;
    CU_ASSERT_TRUE(weir_call_ends(&instance, first));
    CHECK_NEAR((double)op->in_service, 6, 0);
    CU_ASSERT_FALSE(weir_call_starts(second, inboxes[1]));
    CHECK_NEAR((double)op->in_service, 5, 0);
    CHECK_NEAR((double)inboxes[0]->serving, 2, 0);
    CHECK_NEAR((double)inboxes[1]->serving, 3, 0);
    CHECK_NEAR((double)op->beside, 0, 0);
    CHECK_NEAR((double)op->queued, 0, 0);
    weir_batch_release(&world.flow.pool, first);
    CHECK_NEAR(flow_world_idle_batches(&world), (double)world.flow.pool.all_count, 0);
    flow_world_end(&world);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"sessions keep their oldest segment", sessions_keep_their_oldest_segment},
                                      {"what a full input holds", what_a_full_input_holds},
                                      {"what finds no room waits", what_finds_no_room_waits},
                                      {"a barrier waits for no date", a_barrier_waits_for_no_date},
                                      {"results count for their way", results_count_for_their_way},
                                      {"a second attempt comes too late", a_second_attempt_comes_too_late},
                                      {0}};
    return weir_test_main("engine/steps", cases, argc, argv);
}
