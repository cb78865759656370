/* What waits by rank, against a list that is searched from end to end: who goes first, who leaves next, what is kept of
 * each. */
#include "sim/engine/flow/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/queue.h"
#include "tests/engine/flow_world.h"
#include "tests/support/test.h"

#define ENTRIES 300
#define WAIT_S  4.0
#define SLO_S   3.0

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

static struct flow_world world;

struct entry {
    struct weir_batch *batch;
    double key, leaves_s, left;
    uint64_t number;
};

static struct entry list[ENTRIES];
static int count, wrong;
static uint64_t came;

static const double deadlines_s[] = {SLO_S, 0.5, 6};
static const double priorities[] = {2, -3, 0};

static bool goes_before(const struct entry *a, const struct entry *b)
{
    return a->key != b->key ? a->key < b->key : a->number < b->number;
}

static bool leaves_before(const struct entry *a, const struct entry *b)
{
    return a->leaves_s != b->leaves_s ? a->leaves_s < b->leaves_s : a->number < b->number;
}

static int first_by(bool (*before)(const struct entry *a, const struct entry *b))
{
    int first = 0;
    for (int e = 1; e < count; e++)
        if (before(&list[e], &list[first]))
            first = e;
    return first;
}

static void check(const struct weir_inbox *inbox)
{
    wrong += inbox->ranks->count != (size_t)count;
    wrong += weir_ranks_leave_s(inbox) != (count ? list[first_by(leaves_before)].leaves_s : INFINITY);
    if (count) {
        const struct entry *first = &list[first_by(goes_before)];
        struct weir_rank rank = weir_ranks_first(inbox);
        wrong += inbox->first != first->batch || rank.key != first->key || rank.number != first->number;
    } else {
        wrong += inbox->first != NULL;
    }
}

/* An item comes, or one that was begun comes back with its rank. */
static void put(struct weir_inbox *inbox, const struct entry *back)
{
    struct entry *entry = &list[count++];
    if (back) {
        *entry = *back;
        entry->left = 1 + below(1000);
        weir_ranks_put(inbox, entry->batch, (struct weir_rank){entry->key, entry->number}, entry->leaves_s,
                       entry->left);
        return;
    }
    const struct weir_operator *spec = inbox->op->spec;
    int kind = world.job->kinds ? below(3) : 0;
    struct weir_batch *batch = flow_world_batch(&world, 1, (uint64_t)below(99) | (uint64_t)kind << WEIR_KIND_SHIFT);
    batch->items[0].birth = world.clock.now_s - below(64) / 16.0;
    double deadline_s = batch->items[0].birth + deadlines_s[kind], leaves_s;
    *entry = (struct entry){.batch = batch, .left = -1, .number = came++};
    entry->key = spec->order == WEIR_ORDER_EDF        ? deadline_s
                 : spec->order == WEIR_ORDER_PRIORITY ? -(world.job->kinds ? priorities[kind] : 0)
                                                      : 0;
    entry->leaves_s = world.clock.now_s + spec->max_wait_s;
    if (spec->expires)
        entry->leaves_s = fmin(entry->leaves_s, deadline_s);
    struct weir_rank rank = weir_rank_of(inbox, &batch->items[0], &leaves_s);
    wrong += rank.key != entry->key || rank.number != entry->number || leaves_s != entry->leaves_s;
    weir_ranks_put(inbox, batch, rank, leaves_s, -1);
}

static struct entry take(struct weir_inbox *inbox, bool leaving)
{
    int at = first_by(leaving ? leaves_before : goes_before);
    struct entry entry = list[at];
    list[at] = list[--count];
    struct weir_batch *batch = leaving ? weir_ranks_take_leaving(inbox) : weir_ranks_take(inbox);
    wrong += batch != entry.batch || inbox->ranks->left != entry.left;
    wrong += inbox->ranks->rank.key != entry.key || inbox->ranks->rank.number != entry.number;
    return entry;
}

static void who_goes_first(const char *kinds, const char *more)
{
    char *job = weir_format("\"slo\": \"3s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, %s"
                            "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\", %s}]",
                            kinds, more);
    flow_world_begin(&world, "", job);
    free(job);
    struct weir_inbox *inbox = weir_inbox_new(&world.job->ops[0], 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(inbox->ranks);
    count = wrong = 0;
    came = 0;
    check(inbox);
    for (int step = 0; step < 3000 && !wrong; step++) {
        world.clock.now_s += below(3) / 16.0;
        bool grows = step / 400 % 2 == 0;
        if (count < ENTRIES && (!count || below(10) < (grows ? 7 : 3))) {
            put(inbox, NULL);
        } else {
            struct entry entry = take(inbox, below(2));
            if (!below(3))
                put(inbox, &entry);
            else
                weir_batch_release(&world.flow.pool, entry.batch);
        }
        check(inbox);
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(inbox->ranks->capacity > 64);
    flow_world_end(&world);
}

#define KINDS                                                                                                          \
    "\"kinds\": [{\"name\": \"x\", \"share\": 0.5, \"priority\": 2}, {\"name\": \"y\", \"share\": 0.25, \"deadline\":" \
    " \"0.5s\", \"priority\": -3}, {\"name\": \"z\", \"share\": 0.25, \"deadline\": \"6s\"}], "

static void by_every_order(void)
{
    draws = weir_stream_at(23, 0);
    who_goes_first(KINDS, "\"order\": \"edf\"");
    who_goes_first(KINDS, "\"order\": \"edf\", \"expire\": true");
    who_goes_first(KINDS, "\"order\": \"priority\", \"max_wait\": \"4s\"");
    who_goes_first(KINDS, "\"order\": \"priority\", \"max_wait\": \"4s\", \"expire\": true");
    who_goes_first("", "\"order\": \"edf\", \"max_wait\": \"4s\"");
    who_goes_first("", "\"expire\": true");
}

/* The kind of the source's item n is drawn of a stream that has the name of the job, and deadlines are the kinds', or
 * the job's objective. */
static void kinds_of_items(void)
{
    flow_world_begin(&world, "",
                     "\"slo\": \"3s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, " KINDS
                     "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}]");
    int other = 0;
    for (uint64_t n = 0; n < 500; n++) {
        struct weir_stream stream = weir_stream_at(weir_stream_key(1, "kind/j"), n);
        double u = weir_stream_uniform(&stream);
        uint64_t kind = u < 0.5 ? 0 : u < 0.75 ? 1 : 2, id = weir_kinds_draw(world.job, n);
        other += id != (n | kind << 56) || weir_kind_deadline_s(world.job, id) != deadlines_s[kind] ||
                 weir_kind_priority(world.job, id) != priorities[kind];
    }
    CHECK_NEAR(other, 0, 0);
    struct weir_kind_count *counts = world.job->kinds->counts;
    for (int tenths = 1; tenths <= 9; tenths++)
        weir_kinds_deliver(
            world.job, &(struct weir_item){(uint64_t)1 << 56, .birth = 4, .at = 4 + tenths / 10.0, .waiting = 0.25});
    CHECK_NEAR((double)counts[1].late, 4, 0); /* of more than 0.5 s */
    CHECK_NEAR(counts[1].waiting_s, 9 * 0.25, 0);
    CHECK_NEAR((double)counts[1].latency.count, 9, 0);
    CHECK_NEAR((double)counts[0].late + (double)counts[2].late, 0, 0);
    flow_world_end(&world);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"by every order", by_every_order}, {"kinds of items", kinds_of_items}, {0}};
    return weir_test_main("engine/ranks", cases, argc, argv);
}
