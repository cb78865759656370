/* Batches: the clocks of their items, and that nothing is lost when they are cut. */
#include "sim/engine/flow/batch.h"

#include "tests/support/test.h"

static struct weir_batch_pool pool;
static struct weir_track track;

static struct weir_track *free_from(double free_s)
{
    weir_track_fini(&track);
    weir_track_reset(&track, free_s);
    return &track;
}

/* Items that were born and are here at 0, 1, 2 ... seconds. */
static struct weir_batch *some(int count)
{
    struct weir_batch *batch = weir_batch_new(&pool, count);
    CU_ASSERT_EQUAL(batch->count, 0); /* also of one that was used before */
    for (int i = 0; i < count; i++) {
        batch->items[i].id = (uint64_t)i;
        batch->items[i].path = 0;
        batch->items[i].birth = batch->items[i].at = i;
        batch->items[i].waiting = batch->items[i].service = batch->items[i].network = batch->items[i].blocked = 0;
    }
    batch->count = count;
    return batch;
}

static void check_parts(const struct weir_batch *batch)
{
    for (int i = 0; i < batch->count; i++)
        CHECK_NEAR(batch->items[i].waiting + batch->items[i].service + batch->items[i].network +
                       batch->items[i].blocked,
                   batch->items[i].at - batch->items[i].birth, 1e-12);
}

static void serves_one_after_another(void)
{
    struct weir_batch *batch = some(3);
    /* 2 s each from 0 on: ends 2, 4, 6; the second comes at 1 and waits until 2, the third at 2 until 4. */
    struct weir_served served = weir_batch_serve(batch, free_from(0), NULL, 0, 2, 100);
    CHECK_NEAR(served.end_s, 6, 1e-12);
    CHECK_NEAR(batch->items[1].waiting, 1, 1e-12);
    CHECK_NEAR(batch->items[2].waiting, 2, 1e-12);
    CHECK_NEAR(served.waiting_s, 3, 1e-12);
    CHECK_NEAR(served.service_s, 6, 1e-12);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void serves_unlike_items(void)
{
    struct weir_batch *batch = some(2);
    const double flops[] = {3e9, 1e9};
    /* 3 s and 1 s at 1e9 flop/s, free from 5 s on: ends 8 and 9. */
    weir_batch_serve(batch, free_from(5), flops, 1e-9, 0, 100);
    CHECK_NEAR(batch->items[0].at, 8, 1e-12);
    CHECK_NEAR(batch->items[1].at, 9, 1e-12);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void never_runs_ahead(void)
{
    struct weir_batch *batch = some(3);
    weir_batch_serve(batch, free_from(0), NULL, 0, 2, 5);
    CHECK_NEAR(batch->items[2].at, 5, 0);
    weir_batch_carry(batch, free_from(0), 1, 10, 12);
    CU_ASSERT(batch->items[2].at <= 12);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void carries_in_a_pipeline(void)
{
    struct weir_batch *batch = some(3);
    /* 0.5 s on the wire, 10 s of latency: each is there 10.5 s after it came, none waits for another. */
    weir_batch_carry(batch, free_from(0), 0.5, 10, 100);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(batch->items[i].at, i + 10.5, 1e-12);
    CHECK_NEAR(weir_track_free_s(&track), 2.5, 1e-12);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void batches_interleave(void)
{
    /* Two batches by different ways, both with items at 0, 1, 2 s of 0.25 s each: those of the second are served right
     * after those of the first, not after the whole of it. */
    struct weir_batch *first = some(3), *second = some(3);
    weir_batch_serve(first, free_from(0), NULL, 0, 0.25, 100);
    weir_batch_serve(second, &track, NULL, 0, 0.25, 100);
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR(first->items[i].waiting, 0, 1e-12);
        CHECK_NEAR(second->items[i].waiting, 0.25, 1e-12);
        CHECK_NEAR(second->items[i].at, i + 0.5, 1e-12);
    }
    check_parts(second);
    weir_batch_release(&pool, first);
    weir_batch_release(&pool, second);
}

static void work_fills_gaps(void)
{
    /* Busy at 0..1 and 2..3: 1.5 s of work from 0.5 on takes 1..2 and 3..3.5. */
    weir_track_begin(free_from(0), 0, 100);
    CHECK_NEAR(weir_track_take(&track, 0, 1), 1, 1e-12);
    CHECK_NEAR(weir_track_take(&track, 2, 1), 3, 1e-12);
    CHECK_NEAR(weir_track_take(&track, 0.5, 1.5), 3.5, 1e-12);
    CHECK_NEAR(weir_track_free_s(&track), 3.5, 1e-12);
    weir_track_block(&track, 7);
    CHECK_NEAR(weir_track_take(&track, 4, 1), 8, 1e-12);
    /* Clocks no longer lag by 100 s in a track that never saw it: old gaps are forgotten. */
    weir_track_begin(free_from(0), 0, 0);
    CHECK_NEAR(weir_track_take(&track, 5, 1), 6, 1e-12);
    weir_track_begin(&track, 10, 10);
    CHECK_NEAR(weir_track_take(&track, 0, 1), 7, 1e-12);
}

static void holds_all(void)
{
    struct weir_batch *batch = some(2);
    weir_batch_hold(batch, 4);
    weir_batch_hold(batch, -1);
    CHECK_NEAR(batch->items[1].blocked, 4, 0);
    CHECK_NEAR(batch->items[1].at, 5, 0);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void cuts_keep_every_item(void)
{
    struct weir_batch *batch = some(5);
    struct weir_batch *slice = weir_batch_slice(&pool, batch, 0, 2);
    weir_batch_behead(batch, 2);
    CU_ASSERT_EQUAL(slice->count, 2);
    CU_ASSERT_EQUAL(batch->count, 3);
    CU_ASSERT_EQUAL(slice->items[1].id, 1);
    CU_ASSERT_EQUAL(batch->items[0].id, 2);
    CHECK_NEAR(batch->items[2].birth, 4, 0);
    weir_batch_release(&pool, slice);
    weir_batch_release(&pool, batch);
}

/* Item n of a batch has the values 100 n + 1, 2, ... */
static void check_items(const struct weir_batch *batch, int first)
{
    for (int i = 0; i < batch->count; i++) {
        const struct weir_item *item = &batch->items[i];
        double all[] = {(double)item->id, (double)item->path, item->birth,   item->at,
                        item->waiting,    item->service,      item->network, item->blocked};
        for (int f = 0; f < 8; f++)
            CHECK_NEAR(all[f], 100 * (first + i) + f + 1, 0);
    }
}

static struct weir_batch *numbered(int count)
{
    struct weir_batch *batch = weir_batch_new(&pool, count);
    for (int i = 0; i < count; i++) {
        uint64_t n = 100 * (uint64_t)i;
        double at = 100 * i;
        batch->items[i] = (struct weir_item){n + 1, n + 2, at + 3, at + 4, at + 5, at + 6, at + 7, at + 8};
    }
    batch->count = count;
    batch->edge = 3;
    batch->item_bytes = 5;
    return batch;
}

static void cuts_keep_all_of_an_item(void)
{
    struct weir_batch *batch = numbered(7);
    struct weir_batch *slice = weir_batch_slice(&pool, batch, 2, 3);
    CU_ASSERT_EQUAL(slice->count, 3);
    CHECK_NEAR(slice->edge, 3, 0);
    CHECK_NEAR(slice->item_bytes, 5, 0);
    check_items(slice, 2);
    weir_batch_behead(batch, 4);
    CU_ASSERT_EQUAL(batch->count, 3);
    check_items(batch, 4);
    struct weir_batch *other = numbered(7), *list = weir_batch_new(&pool, 8);
    list->count = 0;
    for (int i = 5; i < 7; i++)
        weir_batch_append(list, other, i);
    CU_ASSERT_EQUAL(list->count, 2);
    check_items(list, 5);
    weir_batch_release(&pool, list);
    weir_batch_release(&pool, other);
    weir_batch_release(&pool, slice);
    weir_batch_release(&pool, batch);
}

static void recycles(void)
{
    size_t before = pool.all_count;
    for (int i = 0; i < 100; i++)
        weir_batch_release(&pool, some(8));
    CU_ASSERT(pool.all_count <= before + 1);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"serves one after another", serves_one_after_another},
        {"serves unlike items", serves_unlike_items},
        {"never runs ahead", never_runs_ahead},
        {"carries in a pipeline", carries_in_a_pipeline},
        {"batches interleave", batches_interleave},
        {"work fills gaps", work_fills_gaps},
        {"holds all", holds_all},
        {"cuts keep every item", cuts_keep_every_item},
        {"cuts keep all of an item", cuts_keep_all_of_an_item},
        {"recycles", recycles},
        {0},
    };
    int code = weir_test_main("engine/batch", cases, argc, argv);
    weir_batch_pool_fini(&pool);
    weir_track_fini(&track);
    return code;
}
