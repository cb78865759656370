/* What waits far back in an input: nothing is lost of it, the order is kept, and it takes 64 bytes an item. */
#include <malloc.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/packed.h"
#include "tests/support/test.h"

#define ITEMS 20000

static struct weir_segments *const segments = (void *)64; /* told apart, never looked at */

struct world {
    struct weir_flow flow;
    struct weir_run_job job;
    struct weir_inbox inbox;
};

static void world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->job.flow = &world->flow;
    world->inbox.job = &world->job;
}

static void world_fini(struct world *world)
{
    weir_packed_free(&world->inbox);
    weir_batch_pool_fini(&world->flow.pool);
}

/* Batch n of a row of draws: most are of one item and have small numbers, some have larger ones than a word holds. */
static struct weir_batch *draw(struct world *world, uint64_t n)
{
    struct weir_stream stream = weir_stream_at(17, n);
    int count = weir_stream_uniform(&stream) < 0.1 ? 1 + (int)(9 * weir_stream_uniform(&stream)) : 1;
    bool large = weir_stream_uniform(&stream) < 0.1;
    struct weir_batch *batch = weir_batch_new(&world->flow.pool, count);
    batch->count = count;
    batch->edge = (unsigned)(weir_stream_bits(&stream) % (large ? 1u << 27 : 1u << 9));
    batch->epoch = (unsigned)(weir_stream_bits(&stream) % (large ? 1u << 31 : 1u << 15));
    batch->segment = (unsigned)(weir_stream_bits(&stream) % (large ? 1u << 31 : 1u << 28));
    batch->segments = segments;
    for (int i = 0; i < count; i++) {
        uint64_t words[8];
        for (int w = 0; w < 8; w++)
            words[w] = weir_stream_bits(&stream) >> 2; /* no number that is none */
        memcpy(&batch->items[i], words, sizeof words);
        batch->items[i].path %= large ? 1u << 30 : 1u << 11;
    }
    return batch;
}

/* Whether it is batch n of the row, to the last bit. */
static bool is(struct world *world, const struct weir_batch *batch, uint64_t n)
{
    struct weir_batch *wanted = draw(world, n);
    bool same = batch->count == wanted->count && batch->edge == wanted->edge && batch->epoch == wanted->epoch &&
                batch->segment == wanted->segment && batch->segments == segments &&
                memcmp(batch->items, wanted->items, (size_t)batch->count * sizeof batch->items[0]) == 0;
    wanted->segments = NULL;
    weir_batch_release(&world->flow.pool, wanted);
    return same;
}

static void take(struct world *world, uint64_t n)
{
    struct weir_batch *batch = weir_packed_take(&world->inbox);
    if (!is(world, batch, n))
        CU_FAIL("another batch than was put in");
    batch->segments = NULL;
    weir_batch_release(&world->flow.pool, batch);
}

/* The row grows and shrinks at random, and is empty at times. */
static void what_goes_in_comes_out(void)
{
    static struct world world;
    world_init(&world);
    world.job.segments = segments;
    struct weir_stream stream = weir_stream_at(18, 0);
    uint64_t in = 0, out = 0;
    int empty = 0;
    while (in < ITEMS) {
        bool grows = weir_stream_uniform(&stream) < 0.5;
        for (uint64_t n = weir_stream_bits(&stream) % 300; n; n--) {
            if (grows)
                weir_packed_put(&world.inbox, draw(&world, in++));
            else if (weir_inbox_has_packed(&world.inbox))
                take(&world, out++);
        }
        empty += in == out;
    }
    CU_ASSERT(empty > 10);
    while (weir_inbox_has_packed(&world.inbox))
        take(&world, out++);
    CHECK_NEAR((double)out, (double)in, 0);
    world_fini(&world);
}

/* A page of 63 items has a line of its own besides, and what the allocator adds. */
static void memory(void)
{
    static struct world world;
    world_init(&world);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < ITEMS; i++) {
        struct weir_batch *batch = weir_batch_new(&world.flow.pool, 1);
        memset(batch->items, 0, sizeof batch->items[0]);
        batch->count = 1;
        batch->edge = batch->epoch = batch->segment = 0;
        weir_packed_put(&world.inbox, batch);
    }
    size_t after = mallinfo2().uordblks;
    if (before) /* the sanitisers' allocator does not tell */
        CHECK_NEAR((double)(after - before) / ITEMS, 64 * 64.5 / 63, 1);
    world_fini(&world);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"what goes in comes out", what_goes_in_comes_out}, {"memory", memory}, {0}};
    return weir_test_main("engine/packed", cases, argc, argv);
}
