/* Where items go, and who meets whom, the long way: turns by weight, owners of keys, the pieces of a batch, joins. */
#include "sim/engine/flow/route.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/engine/flow/join.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/waiting.h"
#include "tests/engine/flow_world.h"
#include "tests/support/test.h"

#define INBOXES 9

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

static struct flow_world world;
static struct weir_op *op; /* the last operator */
static struct weir_inbox *inboxes[INBOXES];

static void begin(const char *operators)
{
    char *job = weir_format("\"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, %s", operators);
    flow_world_begin(&world, "\"recovery\": {\"checkpoint_interval\": \"1s\"},", job);
    free(job);
    draws = weir_stream_at(24, 0);
    op = &world.job->ops[world.job->spec->operator_count - 1];
    for (int i = 0; i < INBOXES; i++)
        inboxes[i] = weir_inbox_new(op, i % 4);
}

#define ONE(more) "\"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"" more "}]"

static void woken(struct weir_soon *soon)
{
    (void)soon;
}

/* Open ones stand in the order of opening; who waits for room in one that closes is woken. */
static void inboxes_open_and_close(void)
{
    begin(ONE(""));
    int open[INBOXES], count = 0, wrong = 0;
    for (int step = 0; step < 500; step++) {
        int i = below(INBOXES), at = 0;
        while (at < count && open[at] != i)
            at++;
        struct weir_waiter waiter = {.wake.ring = woken};
        weir_wait_in(&inboxes[i]->room[0].waiters, &waiter, 1);
        if (below(2)) {
            weir_op_open_inbox(op, inboxes[i]);
            if (at == count)
                open[count++] = i;
            wrong += waiter.wake.listed;
        } else {
            weir_op_close_inbox(op, inboxes[i]);
            wrong += waiter.wake.listed != (at < count);
            if (at < count)
                memmove(open + at, open + at + 1, (size_t)(--count - at) * sizeof *open);
        }
        weir_soon_drop(&world.clock, &waiter.wake);
        weir_wait_over(&waiter);
        wrong += op->route_count != count || op->route != (count ? inboxes[open[0]] : NULL);
        for (int r = 0; r < count; r++)
            wrong += op->routes[r] != inboxes[open[r]];
        for (int b = 0; b < INBOXES; b++) {
            bool is = false;
            for (int r = 0; r < count; r++)
                is |= open[r] == b;
            wrong += inboxes[b]->open != is;
        }
    }
    CHECK_NEAR(wrong, 0, 0);
    flow_world_end(&world);
}

/* The inbox to which the next item goes, in a batch of its own. */
static int goes_to(uint64_t id)
{
    double later_s = 0;
    struct weir_batch *batch = flow_world_batch(&world, 1, id), *piece;
    piece = weir_route_pieces(NULL, op, batch, &later_s);
    int to = 0;
    while (to < INBOXES && inboxes[to] != piece->inbox)
        to++;
    CU_ASSERT(piece == batch && to < INBOXES && later_s == 0);
    weir_batch_release(&world.flow.pool, piece);
    return to;
}

/* With weights 1, 2 and 4 in each turn of seven each gets its weight, and after any number it has within one of its
 * share. */
static void turns_by_weight(void)
{
    begin(ONE(""));
    int given[3] = {0}, wrong = 0;
    for (int i = 0; i < 3; i++) {
        inboxes[i]->weight = 1 << i;
        weir_op_open_inbox(op, inboxes[i]);
    }
    for (int n = 1; n <= 70; n++) {
        given[goes_to((uint64_t)n)]++;
        for (int i = 0; i < 3; i++)
            wrong += n % 7 ? fabs(given[i] - n * (1 << i) / 7.0) >= 1 : given[i] != n / 7 << i;
    }
    CHECK_NEAR(wrong, 0, 0);
    for (int i = 0; i < 3; i++) { /* alike: one after the other, the first first */
        inboxes[i]->weight = 0.1;
        inboxes[i]->credit = 0;
    }
    for (int n = 0; n < 30; n++)
        wrong += goes_to(0) != n % 3;
    CHECK_NEAR(wrong, 0, 0);
    flow_world_end(&world);
}

/* Keys lie in 128 groups, and of n instances number i has those from 128 i / n to 128 (i + 1) / n. */
static int owner(uint64_t key, int instances)
{
    struct weir_stream mixed = weir_stream_at(op->select_key, key);
    uint64_t group = weir_stream_below(&mixed, 128);
    int i = 0;
    while (group * (uint64_t)instances >= 128 * (uint64_t)(i + 1))
        i++;
    return i;
}

static void owners_of_keys(const char *keys, int count, double skew)
{
    char *job = weir_format(ONE(", \"max_parallelism\": 9, \"keys\": %s"), keys);
    begin(job);
    free(job);
    double shares[1000], sum = 0;
    for (int k = 0; k < count; k++)
        sum += shares[k] = pow(k + 1, -skew);
    for (int n = 1; n <= INBOXES; n++) {
        double of[INBOXES] = {0}, most = 0;
        for (int k = 0; k < count; k++)
            of[owner((uint64_t)k, n)] += shares[k] / sum;
        for (int i = 0; i < n; i++)
            most = fmax(most, of[i]);
        CHECK_NEAR(op->range_share[n - 1], most, 1e-12);
        weir_op_open_inbox(op, inboxes[n - 1]);
        int wrong = 0;
        for (uint64_t id = 0; id < 300; id++) {
            struct weir_stream draw = weir_stream_at(op->key_key, id);
            uint64_t key = 0;
            if (skew > 0) {
                double u = weir_stream_uniform(&draw) * sum;
                while ((int)key + 1 < count && u > shares[key])
                    u -= shares[key++];
            } else {
                key = weir_stream_below(&draw, (uint64_t)count);
            }
            wrong += goes_to(id) != owner(key, n);
        }
        CHECK_NEAR(wrong, 0, 0);
    }
    flow_world_end(&world);
}

/* Up to 2^20 keys are counted by their groups, which are not quite alike; of more, each group is taken to have 1/128.
 */
static void many_keys_are_even(void)
{
    for (int more = 0; more < 2; more++) {
        char *job = weir_format(ONE(", \"max_parallelism\": 9, \"keys\": %ld"), (1L << 20) + more);
        begin(job);
        free(job);
        for (int n = 2; n <= 9; n++) {
            int most = (128 + n - 1) / n; /* groups */
            double even = most / 128.0, off = fabs(op->range_share[n - 1] - even);
            CU_ASSERT(more ? off < 1e-12 : off > 1e-6 && off < 0.01 * even);
        }
        flow_world_end(&world);
    }
}

static void keys_have_owners(void)
{
    owners_of_keys("100", 100, 0);
    owners_of_keys("{\"count\": 1000, \"skew\": 0.8}", 1000, 0.8);
    owners_of_keys("1", 1, 0);
}

static int asked, counted;

/* In turn, but for every fourth item, of which it says nothing; each takes a quarter of a second. */
static int in_turn(void *context, struct weir_op *of, const struct weir_sender *sender, double bytes, const int *given,
                   double *later_s)
{
    CU_ASSERT(context == &world && of == op && sender == NULL && bytes == 77);
    for (int i = 0; given && i < of->route_count; i++)
        counted += given[i];
    *later_s += 0.25;
    return asked++ % 4 == 3 ? -1 : asked % of->route_count;
}

/* A batch is cut into a piece an inbox, in their order; items keep theirs. What nobody chooses goes by weight. */
static void pieces_of_a_batch(void)
{
    begin(ONE(""));
    for (int i = 0; i < 3; i++) {
        inboxes[i]->weight = 1;
        weir_op_open_inbox(op, inboxes[i]);
    }
    world.flow.route = in_turn;
    world.flow.route_context = &world;
    int wrong = 0;
    for (int size = 2; size < 12; size++) {
        struct weir_batch *batch = flow_world_batch(&world, size, 100), *behind = flow_world_batch(&world, 1, 0);
        double later_s = 0;
        weir_batch_tag(batch, world.job->segments, 0);
        batch->item_bytes = 77;
        batch->out_edge = &world.job->source.out[0];
        batch->next = behind;
        asked = counted = 0;
        for (int i = 0; i < 3; i++)
            inboxes[i]->credit = 0;
        struct weir_batch *piece = weir_route_pieces(NULL, op, batch, &later_s);
        wrong += asked != size || later_s != size * 0.25 || counted != size * (size - 1) / 2;
        int to[12], turns = 0, seen = 0;
        for (int n = 0; n < size; n++)
            to[n] = n % 4 == 3 ? turns++ % 3 : (n + 1) % 3;
        for (int i = 0; i < 3; i++) {
            int in = 0;
            for (int n = 0; n < size; n++)
                if (to[n] == i)
                    wrong +=
                        piece->inbox != inboxes[i] || in >= piece->count || piece->items[in++].id != 100 + (uint64_t)n;
            if (!in)
                continue;
            wrong += piece->count != in || piece->segments != world.job->segments || piece->item_bytes != 77 ||
                     piece->out_edge != &world.job->source.out[0];
            seen += in;
            struct weir_batch *next = piece->next;
            weir_batch_release(&world.flow.pool, piece);
            piece = next;
        }
        wrong += seen != size || piece != behind || world.job->segments->list[0].alive != 0;
        weir_batch_release(&world.flow.pool, behind);
    }
    CHECK_NEAR(wrong, 0, 0);
    flow_world_end(&world);
}

#define PARTS 300

/* What has come of an item. */
static struct {
    int came;
    unsigned segment;
    struct weir_item latest;
} parts[PARTS];

/* Of three inputs. A result has the times of the latest part, and counts for the interval of the first. */
static void partners_meet(void)
{
    begin("\"operators\": [{\"name\": \"x\", \"flops\": 0}, {\"name\": \"y\", \"flops\": 0}, {\"name\": \"z\","
          " \"flops\": 0}, {\"name\": \"m\", \"flops\": 0, \"join\": \"all\"}], \"edges\": [{\"from\": \"source\","
          " \"to\": \"x\"}, {\"from\": \"source\", \"to\": \"y\"}, {\"from\": \"source\", \"to\": \"z\"}, {\"from\":"
          " \"x\", \"to\": \"m\"}, {\"from\": \"y\", \"to\": \"m\"}, {\"from\": \"z\", \"to\": \"m\"}, {\"from\":"
          " \"m\", \"to\": \"sink\"}]");
    struct weir_segments *segments = world.job->segments;
    memset(parts, 0, sizeof parts);
    for (int s = 0; s < 3; s++)
        weir_segments_begin(segments);
    int wrong = 0, results = 0, pending = 0;
    for (int step = 0; step < 2500 && !wrong; step++) {
        int size = 1 + below(3), first = below(PARTS - 3), done = 0;
        struct weir_item complete[3];
        struct weir_batch *batch = flow_world_batch(&world, size, (uint64_t)first);
        weir_batch_tag(batch, segments, (unsigned)below(4));
        unsigned segment = batch->segment;
        for (int i = 0; i < size; i++) {
            struct weir_item *item = &batch->items[i];
            item->at = below(50);
            item->birth = below(50);
            item->path = (uint64_t)below(9);
            item->waiting = below(50);
            item->service = below(50);
            item->network = below(50);
            item->blocked = below(50);
            int n = first + i;
            if (!parts[n].came)
                parts[n].segment = segment;
            if (!parts[n].came++ || item->at >= parts[n].latest.at)
                parts[n].latest = *item;
            pending++;
            if (parts[n].came == 3) {
                complete[done++] = parts[n].latest;
                parts[n].came = 0;
                pending -= 3;
            }
        }
        struct weir_batch *got = weir_join_match(op, batch);
        wrong += (got ? got->count : 0) != done || (got && got->segment != segment);
        if (got && got->count == done)
            for (int i = 0; i < done; i++)
                wrong += memcmp(&got->items[i], &complete[i], sizeof complete[i]) != 0;
        if (got)
            weir_batch_release(&world.flow.pool, got);
        long alive[4] = {0};
        for (int n = 0; n < PARTS; n++)
            alive[parts[n].segment] += parts[n].came > 0;
        for (int s = 0; s < 4; s++)
            wrong += segments->list[s].alive != alive[s];
        wrong += weir_join_pending(op->join) != (uint64_t)pending;
        results += done;
        if (step == 1200) {
            wrong += weir_join_clear(world.job, op->join) != (uint64_t)pending;
            memset(parts, 0, sizeof parts);
            pending = 0;
        }
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(results > 800);
    /* Partners go to the same inbox of several, each to one as likely as to another. */
    for (int i = 0; i < 5; i++)
        weir_op_open_inbox(op, inboxes[i]);
    int other = 0;
    for (uint64_t id = 0; id < 200; id++) {
        struct weir_stream draw = weir_stream_at(op->key_key, id);
        other += goes_to(id) != (int)weir_stream_below(&draw, 5);
    }
    CHECK_NEAR(other, 0, 0);
    flow_world_end(&world);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"inboxes open and close", inboxes_open_and_close},
                                      {"turns by weight", turns_by_weight},
                                      {"keys have owners", keys_have_owners},
                                      {"many keys are even", many_keys_are_even},
                                      {"pieces of a batch", pieces_of_a_batch},
                                      {"partners meet", partners_meet},
                                      {0}};
    return weir_test_main("engine/routing", cases, argc, argv);
}
