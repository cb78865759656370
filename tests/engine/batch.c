/* Batches: the clocks of their items, and that nothing is lost when they are cut. */
#include "sim/engine/batch.h"

#include "tests/support/test.h"

static struct weir_batch_pool pool;

/* Items that were born and are here at 0, 1, 2 ... seconds. */
static struct weir_batch *some(int count)
{
    struct weir_batch *batch = weir_batch_new(&pool, count);
    for (int i = 0; i < count; i++) {
        batch->id[i] = (uint64_t)i;
        batch->birth[i] = batch->at[i] = i;
        batch->waiting[i] = batch->service[i] = batch->network[i] = batch->blocked[i] = 0;
    }
    batch->count = count;
    return batch;
}

static void check_parts(const struct weir_batch *batch)
{
    for (int i = 0; i < batch->count; i++)
        CHECK_NEAR(batch->waiting[i] + batch->service[i] + batch->network[i] + batch->blocked[i],
                   batch->at[i] - batch->birth[i], 1e-12);
}

static void serves_one_after_another(void)
{
    struct weir_batch *batch = some(3);
    /* 2 s each from 0 on: ends 2, 4, 6; the second comes at 1 and waits until 2, the third at 2 until 4. */
    struct weir_served served = weir_batch_serve(batch, 0, NULL, 0, 2, 100);
    CHECK_NEAR(served.free_s, 6, 1e-12);
    CHECK_NEAR(batch->waiting[1], 1, 1e-12);
    CHECK_NEAR(batch->waiting[2], 2, 1e-12);
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
    weir_batch_serve(batch, 5, flops, 1e-9, 0, 100);
    CHECK_NEAR(batch->at[0], 8, 1e-12);
    CHECK_NEAR(batch->at[1], 9, 1e-12);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void never_runs_ahead(void)
{
    struct weir_batch *batch = some(3);
    weir_batch_serve(batch, 0, NULL, 0, 2, 5);
    CHECK_NEAR(batch->at[2], 5, 0);
    weir_batch_carry(batch, 0, 1, 10, 12);
    CU_ASSERT(batch->at[2] <= 12);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void carries_in_a_pipeline(void)
{
    struct weir_batch *batch = some(3);
    /* 0.5 s on the wire, 10 s of latency: each is there 10.5 s after it came, none waits for another. */
    double free_s = weir_batch_carry(batch, 0, 0.5, 10, 100);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(batch->at[i], i + 10.5, 1e-12);
    CHECK_NEAR(free_s, 2.5, 1e-12);
    check_parts(batch);
    weir_batch_release(&pool, batch);
}

static void holds_all(void)
{
    struct weir_batch *batch = some(2);
    weir_batch_hold(batch, 4);
    weir_batch_hold(batch, -1);
    CHECK_NEAR(batch->blocked[1], 4, 0);
    CHECK_NEAR(batch->at[1], 5, 0);
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
    CU_ASSERT_EQUAL(slice->id[1], 1);
    CU_ASSERT_EQUAL(batch->id[0], 2);
    CHECK_NEAR(batch->birth[2], 4, 0);
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
        {"holds all", holds_all},
        {"cuts keep every item", cuts_keep_every_item},
        {"recycles", recycles},
        {0},
    };
    int code = weir_test_main("engine/batch", cases, argc, argv);
    weir_batch_pool_fini(&pool);
    return code;
}
