/* Inputs against a list of their items: the order, what a full one drops, who enters when there is room again, which
 * batches go together, and the sums that are kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/queue.h"
#include "tests/support/test.h"

#define EDGES  2
#define ITEMS  60000
#define STEPS  4000
#define NO_ONE 3 /* senders */

struct entry {
    uint64_t id;
    int edge;
};

/* An operator with one input of two edges, and the same as a list. */
struct world {
    struct weir_scenario scenario;
    struct weir_host host;
    struct weir_platform platform;
    struct weir_books books;
    struct weir_clock clock;
    struct weir_flow flow;
    struct weir_run_job job;
    struct weir_operator spec;
    struct weir_op op;
    struct weir_edge edges[EDGES];
    struct weir_out_edge out[EDGES];
    struct weir_inbox *inbox;
    struct entry list[ITEMS];
    int first, last;
    uint64_t ids;
    long used[EDGES], most[EDGES], dropped, arrived, taken;
    double area;
};

static struct world world;
static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

static void begin(enum weir_full first, enum weir_full second, long capacity)
{
    memset(&world, 0, sizeof world);
    draws = weir_stream_at(5, (uint64_t)capacity);
    weir_clock_init(&world.clock);
    world.host = (struct weir_host){.speed_flops_per_s = 1e9};
    world.platform.hosts = &world.host;
    world.scenario.items_per_batch = 1;
    world.flow.scenario = &world.scenario;
    world.flow.platform = &world.platform;
    world.flow.clock = &world.clock;
    world.flow.books = &world.books;
    world.job.flow = &world.flow;
    world.job.batch_limit = 1000;
    static double bytes[EDGES];
    world.spec.input_capacity = capacity;
    world.spec.capacity_bytes = world.spec.max_wait_s = INFINITY;
    world.spec.low_watermark = -1;
    world.op.upstream_bytes = bytes;
    world.op.job = &world.job;
    world.op.spec = &world.spec;
    world.op.in_edges = EDGES;
    world.inbox = weir_inbox_new(&world.op, 0);
    world.edges[0].full = first;
    world.edges[1].full = second;
    for (int e = 0; e < EDGES; e++)
        world.out[e] = (struct weir_out_edge){.to = &world.op, .to_edge = e, .spec = &world.edges[e]};
}

static void end(void)
{
    weir_inbox_free(world.inbox);
    weir_batch_pool_fini(&world.flow.pool);
    weir_clock_fini(&world.clock);
}

/* Time goes on: what waits, waits. */
static void wait_some(void)
{
    double later_s = below(5) / 4.0;
    world.area += (world.last - world.first) * later_s;
    world.clock.now_s += later_s;
}

static struct weir_batch *make(int edge, int count)
{
    struct weir_batch *batch = weir_batch_new(&world.flow.pool, count);
    batch->count = count;
    batch->edge = (unsigned)edge;
    batch->epoch = batch->segment = 0;
    batch->segments = NULL;
    batch->out_edge = &world.out[edge];
    for (int i = 0; i < count; i++)
        batch->items[i] = (struct weir_item){.id = world.ids++};
    return batch;
}

static void enter(uint64_t id, int edge)
{
    world.list[world.last++] = (struct entry){id, edge};
    world.arrived++;
    if (++world.used[edge] > world.most[edge])
        world.most[edge] = world.used[edge];
}

/* The oldest item of an edge leaves the list. */
static void drop_oldest(int edge)
{
    int i = world.first;
    while (world.list[i].edge != edge)
        i++;
    memmove(world.list + i, world.list + i + 1, (size_t)(--world.last - i) * sizeof *world.list);
    world.used[edge]--;
    world.dropped++;
    world.arrived--;
}

/* Takes a batch and compares it with the head of the list; returns its items. */
static int take(void)
{
    struct weir_batch *batch = weir_inbox_take(world.inbox);
    if (!batch)
        return 0;
    int count = batch->count;
    bool right = count <= world.last - world.first;
    for (int i = 0; i < count && right; i++, world.first++) {
        right = world.list[world.first].id == batch->items[i].id && world.list[world.first].edge == (int)batch->edge;
        world.used[world.list[world.first].edge]--;
    }
    world.taken += count;
    CU_ASSERT(right);
    weir_batch_release(&world.flow.pool, batch);
    return right ? count : -1;
}

static void check_sums(void)
{
    for (int e = 0; e < EDGES; e++) {
        CHECK_NEAR((double)world.inbox->room[e].used, (double)world.used[e], 0);
        CHECK_NEAR((double)world.inbox->room[e].most, (double)world.most[e], 0);
    }
    weir_op_queue_changed(&world.op, 0, world.clock.now_s);
    CHECK_NEAR((double)world.op.queued, world.last - world.first, 0);
    CHECK_NEAR((double)world.op.in_service, (double)world.taken, 0);
    CHECK_NEAR((double)world.inbox->serving, (double)world.taken, 0);
    CHECK_NEAR((double)world.op.counts.arrived, (double)world.arrived, 0);
    CHECK_NEAR((double)world.op.counts.dropped, (double)world.dropped, 0);
    CHECK_NEAR((double)world.job.counts.dropped, (double)world.dropped, 0);
    CHECK_NEAR(world.op.counts.queue_area, world.area, 0);
}

/* One edge drops what comes, the other what waits longest. */
static void what_is_dropped(long capacity, bool one_by_one)
{
    begin(WEIR_FULL_DROP_NEW, WEIR_FULL_DROP_OLD, capacity);
    world.flow.one_by_one = one_by_one;
    struct weir_waiter nobody = {0};
    for (int step = 0; step < STEPS; step++) {
        wait_some();
        if (below(10) < (step / 500 % 2 ? 7 : 3)) {
            if (take() < 0)
                break;
            continue;
        }
        int edge = below(EDGES), count = one_by_one ? 1 : 1 + below((int)capacity + 3);
        struct weir_batch *batch = make(edge, count);
        long counter = 100;
        for (int i = 0; i < count; i++) {
            uint64_t id = batch->items[i].id;
            if (edge == 0 && world.used[0] == capacity) {
                world.dropped++;
                continue;
            }
            if (edge == 1 && count - i > capacity) { /* those behind it leave no room for it */
                world.dropped++;
                continue;
            }
            if (edge == 1 && world.used[1] == capacity)
                drop_oldest(1);
            enter(id, edge);
        }
        CU_ASSERT_TRUE(weir_inbox_put(world.inbox, &batch, &nobody, &counter));
        CU_ASSERT_PTR_NULL(batch);
        CHECK_NEAR((double)counter, 100 - count, 0);
        CU_ASSERT_PTR_NULL(nobody.in);
    }
    check_sums();
    while (take() > 0)
        ;
    CHECK_NEAR(world.last - world.first, 0, 0);
    end();
}

static void a_full_one_drops(void)
{
    what_is_dropped(1, false);
    what_is_dropped(7, false);
    what_is_dropped(100, true); /* most of it is packed */
}

/* Above half full a certain share goes: all of it here, and none. */
static void a_full_one_sheds(void)
{
    for (int share = 0; share < 2; share++) {
        begin(WEIR_FULL_SHED, WEIR_FULL_SHED, 6);
        world.edges[0].shed_share = share;
        struct weir_waiter nobody = {0};
        for (int step = 0; step < STEPS / 4; step++) {
            wait_some();
            if (below(2) && take() < 0)
                break;
            struct weir_batch *batch = make(0, 1 + below(6));
            for (int i = 0; i < batch->count; i++)
                if (world.used[0] == 6 || (share && world.used[0] > 3))
                    world.dropped++;
                else
                    enter(batch->items[i].id, 0);
            CU_ASSERT_TRUE(weir_inbox_put(world.inbox, &batch, &nobody, &(long){0}));
        }
        CHECK_NEAR((double)world.most[0], share ? 4 : 6, 0);
        check_sums();
        end();
    }
}

/* A sender that waits, as a list: what is left of its batch. */
struct waits {
    struct weir_waiter waiter;
    struct weir_batch *batch;
    int woken;
};

static struct waits senders[NO_ONE];
static int line[NO_ONE], line_count;

static void wake(struct weir_soon *soon)
{
    WEIR_RECORD(soon, struct waits, waiter.wake)->woken++;
}

/* The sender at the head of the line, or who comes when nobody waits, puts in what there is room for: all, or, if at
 * least half of the room is free, a part. */
static void put(int sender)
{
    struct waits *waits = &senders[sender];
    struct weir_batch *batch = waits->batch;
    int count = batch->count, space = (int)(world.spec.input_capacity - world.used[0]);
    int half = world.spec.input_capacity > 1 ? (int)world.spec.input_capacity / 2 : 1;
    bool turn = !line_count || line[0] == sender;
    int goes = !turn ? 0 : space >= count ? count : space >= half ? space : 0;
    long counter = 50;
    for (int i = 0; i < goes; i++)
        enter(batch->items[i].id, 0);
    bool over = weir_inbox_put(world.inbox, &waits->batch, &waits->waiter, &counter);
    CU_ASSERT_EQUAL(over, goes == count);
    CHECK_NEAR((double)counter, 50 - goes, 0);
    int at = 0;
    while (at < line_count && line[at] != sender)
        at++;
    if (goes == count) {
        CU_ASSERT_PTR_NULL(waits->batch);
        if (at < line_count)
            memmove(line + at, line + at + 1, (size_t)(--line_count - at) * sizeof *line);
        return;
    }
    CHECK_NEAR(waits->batch->count, count - goes, 0);
    CHECK_NEAR(waits->waiter.need, count - goes < half ? count - goes : half, 0);
    if (at == line_count)
        line[line_count++] = sender;
}

/* Whoever is first and finds room enough for what it needs is woken, at this date. */
static void ring(void)
{
    const struct weir_waiters *waiters = &world.inbox->room[0].waiters;
    while (line_count) {
        int sender = line[0];
        CU_ASSERT_PTR_EQUAL(waiters->first, &senders[sender].waiter);
        bool enough = world.spec.input_capacity - world.used[0] >= senders[sender].waiter.need;
        senders[sender].woken = 0;
        while (world.clock.soon_first) {
            struct weir_soon *soon = world.clock.soon_first;
            world.clock.soon_first = soon->next;
            if (!world.clock.soon_first)
                world.clock.soon_last = NULL;
            soon->listed = false;
            soon->ring(soon);
        }
        CHECK_NEAR(senders[sender].woken, enough, 0);
        if (!enough)
            return;
        put(sender);
    }
    CU_ASSERT_PTR_NULL(waiters->first);
}

static void senders_wait_in_line(void)
{
    for (int capacity = 1; capacity <= 9; capacity += 4) {
        begin(WEIR_FULL_BLOCK, WEIR_FULL_BLOCK, capacity);
        memset(senders, 0, sizeof senders);
        line_count = 0;
        for (int s = 0; s < NO_ONE; s++)
            senders[s].waiter.wake.ring = wake;
        for (int step = 0; step < STEPS; step++) {
            wait_some();
            int sender = below(NO_ONE);
            if (below(2)) {
                if (take() < 0)
                    break;
                ring();
            } else if (!senders[sender].batch) {
                senders[sender].batch = make(0, 1 + below(2 * capacity));
                put(sender);
            }
        }
        check_sums();
        CU_ASSERT(world.taken > 500);
        end();
    }
}

/* Batches that are sized by time go together along one edge, in one interval between checkpoints, while all of their
 * work takes no longer than a span, here ten items of 10 ms, and there are no more than the job's batches may have. */
static void short_batches_go_together(void)
{
    for (int limit = 3; limit < 20; limit += 10) {
        begin(WEIR_FULL_BLOCK, WEIR_FULL_BLOCK, 1000);
        struct weir_waiter nobody = {0};
        world.scenario.items_per_batch = 0;
        world.scenario.batch_span_s = 0.1 + 1e-9;
        world.spec.flops.mean = 1e7;
        world.job.batch_limit = limit;
        int most = limit < 10 ? limit : 10, sizes[200], edges[200], segments[200], at = 0;
        for (int b = 0; b < 200; b++) {
            struct weir_batch *batch = make(edges[b] = below(8) == 0, sizes[b] = 1 + below(4));
            batch->segment = (unsigned)(segments[b] = b / 30);
            for (int i = 0; i < batch->count; i++)
                enter(batch->items[i].id, edges[b]);
            CU_ASSERT_TRUE(weir_inbox_put(world.inbox, &batch, &nobody, &(long){0}));
        }
        while (at < 200) {
            int together = sizes[at++];
            while (at < 200 && edges[at] == edges[at - 1] && segments[at] == segments[at - 1] &&
                   together + sizes[at] <= most)
                together += sizes[at++];
            CHECK_NEAR(take(), together, 0);
        }
        check_sums();
        end();
    }
}

/* What was promised is put in whatever waits; what waits is lost with its host. */
static void promised_and_lost(void)
{
    begin(WEIR_FULL_BLOCK, WEIR_FULL_BLOCK, 8);
    world.inbox->room[1].promised = 5;
    CHECK_NEAR((double)weir_room_free(&world.inbox->room[1]), 3, 0);
    long counter = 10;
    weir_inbox_put_promised(world.inbox, make(1, 3), &counter);
    CHECK_NEAR((double)counter, 7, 0);
    CHECK_NEAR((double)world.inbox->room[1].promised, 2, 0);
    CHECK_NEAR((double)weir_room_free(&world.inbox->room[1]), 3, 0);
    struct weir_batch *batch = make(0, 2);
    CU_ASSERT_TRUE(weir_inbox_put(world.inbox, &batch, &(struct weir_waiter){0}, &counter));
    world.clock.now_s = 4;
    weir_inbox_clear(world.inbox);
    CHECK_NEAR((double)world.op.queued, 0, 0);
    CHECK_NEAR(world.op.counts.queue_area, 20, 0);
    CHECK_NEAR((double)world.op.counts.lost_inside, 5, 0);
    CHECK_NEAR((double)world.inbox->room[0].used + (double)world.inbox->room[1].used, 0, 0);
    CU_ASSERT_PTR_NULL(weir_inbox_take(world.inbox));
    weir_discard(&world.job, &world.op, make(0, 4), &counter);
    weir_discard(&world.job, NULL, make(0, 1), &counter);
    CHECK_NEAR((double)counter, 0, 0);
    CHECK_NEAR((double)world.op.counts.lost_on_way, 4, 0);
    CHECK_NEAR((double)world.job.counts.lost, 1, 0);
    end();
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"a full one drops", a_full_one_drops},         {"a full one sheds", a_full_one_sheds},
        {"senders wait in line", senders_wait_in_line}, {"short batches go together", short_batches_go_together},
        {"promised and lost", promised_and_lost},       {0}};
    return weir_test_main("engine/input", cases, argc, argv);
}
