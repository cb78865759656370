/* Checkpoint intervals and what the source keeps, against plain lists: which results wait and leave, what is lost and
 * played again when a job goes back, what is delivered twice. */
#include "sim/engine/flow/segments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/engine/flow/again.h"
#include "sim/engine/flow/deliver.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/source.h"
#include "tests/engine/flow_world.h"
#include "tests/support/test.h"

#define ARRIVALS 4000
#define SEGMENTS 400
#define BATCHES  400
#define SLO_S    1.5

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

static struct flow_world world;
static int wrong;

/* A batch of items first .. first + count - 1 of the source. */
struct piece {
    struct weir_batch *batch; /* NULL: it is held */
    int first, count;
    unsigned segment, epoch;
};

static struct {
    double at_s[ARRIVALS];
    int generated, next;  /* items that came; the first that the source has not sent */
    int starts[SEGMENTS]; /* the first item of each segment */
    long alive[SEGMENTS];
    int count, first, log; /* segments; the first that is not complete; the first item that is kept */
    struct piece out[BATCHES], held[BATCHES];
    int outs, helds;
    unsigned epoch;
    bool recovering, delivered_before[ARRIVALS];
    uint64_t delivered, late, lost, replayed, duplicates;
} list;

static void find_first(void)
{
    while (list.first + 1 < list.count && !list.alive[list.first])
        list.first++;
}

static void take(struct piece *pieces, int *count, int at)
{
    memmove(pieces + at, pieces + at + 1, (size_t)(--*count - at) * sizeof *pieces);
}

/* Results leave the sink. */
static void deliver(const struct piece *piece)
{
    for (int n = piece->first; n < piece->first + piece->count; n++) {
        if (list.delivered_before[n] && !world.scenario->recovery.exactly_once) {
            list.duplicates++;
            continue;
        }
        list.delivered_before[n] = true;
        list.delivered++;
        list.late += world.clock.now_s - list.at_s[n] > SLO_S;
    }
}

/* Results whose checkpoint is complete leave. */
static void settle(void)
{
    find_first();
    for (int h = 0; h < list.helds; h++)
        if (list.held[h].segment < (unsigned)list.first) {
            struct piece piece = list.held[h];
            take(list.held, &list.helds, h--);
            deliver(&piece);
        }
}

static void alive(unsigned segment, int by)
{
    list.alive[segment] += by;
    if (!list.alive[segment] && list.helds && !list.recovering && (int)segment + 1 < list.count)
        settle();
}

/* The source sends its next items. */
static void send(void)
{
    int waiting = list.generated - list.next;
    if (!waiting || list.recovering || list.outs == BATCHES)
        return;
    struct piece piece = {.first = list.next, .count = 1 + below(waiting < 4 ? waiting : 4), .epoch = list.epoch};
    piece.segment = weir_segments_present(world.job->segments);
    wrong += (int)piece.segment != list.count - 1;
    piece.batch = flow_world_batch(&world, piece.count, 0);
    weir_batch_tag(piece.batch, world.job->segments, piece.segment);
    for (int i = 0; i < piece.count; i++) {
        struct weir_run_job *job = world.job;
        const struct weir_arrival *arrival =
            &job->source.backlog[job->source.backlog_first & (job->source.backlog_size - 1)];
        wrong += arrival->time_s != list.at_s[list.next + i] || arrival->id != (uint64_t)list.next + (uint64_t)i;
        piece.batch->items[i].id = arrival->id;
        piece.batch->items[i].birth = arrival->time_s;
        piece.batch->items[i].path = weir_paths_step(job->paths, 0, 0);
        weir_segments_log(job->segments, arrival);
        job->source.backlog_first++;
        job->source.backlog_count--;
    }
    list.alive[piece.segment]++;
    list.next += piece.count;
    list.out[list.outs++] = piece;
}

/* A batch comes to the sink; if it is stale, or at random, it is dropped. */
static void arrive(void)
{
    if (!list.outs)
        return;
    int at = below(2) ? below(list.outs) : 0;
    struct piece piece = list.out[at];
    take(list.out, &list.outs, at);
    wrong += weir_batch_stale(world.job, piece.batch) != (piece.epoch != list.epoch);
    if (piece.epoch != list.epoch || !below(20)) {
        weir_batch_release(&world.flow.pool, piece.batch);
        alive(piece.segment, -1);
        return;
    }
    for (int i = 0; i < piece.count; i++)
        piece.batch->items[i].at = world.clock.now_s;
    piece.batch->edge = (unsigned)weir_origin_of(world.job, 2);
    piece.batch->item_bytes = 3;
    weir_count_delivery(world.job, piece.batch);
    if (world.scenario->recovery.exactly_once) {
        list.held[list.helds++] = piece;
    } else {
        deliver(&piece);
    }
    alive(piece.segment, -1);
}

static void checkpoint(void)
{
    if (list.recovering || list.count == SEGMENTS)
        return;
    weir_segments_begin(world.job->segments);
    find_first();
    list.log = list.starts[list.first];
    list.starts[list.count++] = list.next;
    settle();
}

/* A host has failed with what was on it, and that is noticed; maybe while the job still recovers. */
static void fail(void)
{
    if (list.count == SEGMENTS)
        return;
    for (int p = 0; p < list.outs; p++)
        if (!below(3) && list.out[p].epoch == list.epoch) {
            weir_segments_wreck(world.job->segments, list.out[p].batch);
            list.out[p].batch = NULL;
        }
    find_first();
    for (int h = 0; h < list.helds; h++)
        if (list.held[h].segment >= (unsigned)list.first) {
            list.lost += (uint64_t)list.held[h].count;
            take(list.held, &list.helds, h--);
        }
    weir_segments_rewind(world.job->segments);
    list.recovering = true;
    list.epoch++;
    for (int p = 0; p < list.outs; p++)
        if (!list.out[p].batch) {
            list.alive[list.out[p].segment]--;
            take(list.out, &list.outs, p--);
        }
    list.replayed += (uint64_t)(list.next - list.starts[list.first]);
    list.next = list.log = list.starts[list.first];
    for (int s = list.first; s <= list.count; s++)
        list.starts[s] = list.next;
    list.count++;
}

static void go_on(void)
{
    list.recovering = world.job->segments->recovering = false;
}

static void check(void)
{
    const struct weir_run_job *job = world.job;
    const struct weir_segments *segments = job->segments;
    long held = 0;
    for (int h = 0; h < list.helds; h++)
        held += list.held[h].count;
    wrong += segments->held != held || segments->count != (size_t)list.count || segments->recovering != list.recovering;
    for (int s = 0; s < list.count; s++)
        wrong += segments->list[s].alive != list.alive[s] || segments->list[s].offset != (uint64_t)list.starts[s];
    wrong += segments->log_first != (uint64_t)list.log || segments->log_count != (size_t)(list.next - list.log);
    for (size_t l = 0; l < segments->log_count; l++)
        wrong += segments->log[l].time_s != list.at_s[list.log + (int)l];
    wrong += weir_segments_oldest_s(segments) != (list.next > list.log ? list.at_s[list.log] : INFINITY);
    wrong += job->counts.delivered != list.delivered || job->counts.late != list.late;
    wrong += job->counts.lost != list.lost || job->counts.replayed != list.replayed;
    wrong += job->counts.duplicates != list.duplicates || job->counts.restarts != list.epoch;
    wrong += job->source.backlog_count != (size_t)(list.generated - list.next);
    wrong += job->window.count != list.delivered || job->origin_count > 1;
    if (job->origin_count) {
        const struct weir_origin *origin = &job->origins[0];
        wrong += origin->host != 2 || origin->delivered != list.delivered || origin->late != list.late;
        wrong += origin->bytes != 3.0 * (double)(list.delivered + list.duplicates);
    }
}

static void begin(bool exactly_once)
{
    memset(&list, 0, sizeof list);
    wrong = 0;
    draws = weir_stream_at(22, exactly_once);
    flow_world_begin(&world, "\"recovery\": {\"checkpoint_interval\": \"1s\"},",
                     "\"slo\": \"1.5s\", \"load\": {\"kind\": \"poisson\", \"rate\": \"40/s\"},"
                     " \"operators\": [{\"name\": \"a\", \"flops\": 0}]");
    world.scenario->recovery.exactly_once = exactly_once;
    list.count = 1;
    struct weir_arrivals arrivals = weir_arrivals_open(world.job->spec->load, 1, "arrivals/j");
    for (int n = 0; n < ARRIVALS; n++)
        list.at_s[n] = weir_arrivals_next(&arrivals);
    weir_source_start(world.job);
}

/* Time goes on; what waits at the source is known, at this time and at others. */
static void wait_some(void)
{
    world.clock.now_s += below(9) / 128.0;
    double now_s = world.clock.now_s, then_s = now_s - below(200) / 128.0;
    weir_source_refill(world.job, now_s);
    int waiting = 0, then = 0;
    for (; list.at_s[list.generated] <= now_s; list.generated++)
        ;
    for (int n = list.next; n < list.generated; n++) {
        waiting += list.at_s[n] <= now_s;
        then += list.at_s[n] <= then_s;
    }
    wrong += weir_source_waiting(world.job, now_s) != (uint64_t)waiting;
    wrong += weir_source_waiting(world.job, then_s) != (uint64_t)then;
    wrong += world.job->counts.arrived != (uint64_t)list.generated;
}

static void what_waits_and_leaves(void)
{
    for (int exactly_once = 0; exactly_once < 2; exactly_once++) {
        begin(exactly_once);
        while (world.clock.now_s < 90 && !wrong) {
            wait_some();
            int what = below(100);
            if (what < 45)
                send();
            else if (what < 90)
                arrive();
            else if (what < 94)
                checkpoint();
            else if (what < 95)
                fail();
            else
                go_on();
            check();
        }
        CHECK_NEAR(wrong, 0, 0);
        CU_ASSERT(list.delivered > 1000 && list.epoch > 10 && list.replayed > 100 && list.late > 100);
        CU_ASSERT(exactly_once ? list.lost > 20 : list.duplicates > 20);
        go_on();
        while (list.outs)
            arrive();
        checkpoint();
        check(); /* what was sent before is complete: nothing waits any more */
        CHECK_NEAR((double)world.job->segments->held, 0, 0);
        CHECK_NEAR(wrong, 0, 0);
        CHECK_NEAR(flow_world_idle_batches(&world), (double)world.flow.pool.all_count, 0);
        flow_world_end(&world);
    }
}

/* What comes of a window, wherever it stands on the way, is known again by its number alone: not by the latest item in
 * it, nor by that item's kind, which stands above the number. */
static void what_comes_of_windows(void)
{
    static const char *const jobs[] = {
        "{\"name\": \"a\", \"flops\": 0, \"window\": \"2s\"}, {\"name\": \"b\", \"flops\": 0}",
        "{\"name\": \"a\", \"flops\": 0}, {\"name\": \"b\", \"flops\": 0, \"window\": \"2s\"}"};
    for (int j = 0; j < 2; j++) {
        char *job = weir_format("\"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"kinds\": [{\"name\": "
                                "\"x\", \"share\": 0.5}, {\"name\": \"y\", \"share\": 0.5}], \"operators\": [%s]",
                                jobs[j]);
        flow_world_begin(&world, "\"recovery\": {\"checkpoint_interval\": \"1s\"},", job);
        free(job);
        static const double births_s[] = {5, 3, 4, 5, 6, 8};
        static const uint64_t numbers[] = {100, 101, 102, 101, 100, 103}; /* two of the first play, and twice new */
        for (int r = 0; r < 6; r++) {
            struct weir_batch *batch = flow_world_batch(&world, 1, 0);
            uint64_t way = weir_paths_step(world.job->paths, 0, 0);
            weir_batch_tag(batch, world.job->segments, 0);
            batch->edge = (unsigned)weir_origin_of(world.job, 2);
            batch->items[0].id = weir_kind_like(world.job, numbers[r], r == 3);
            batch->items[0].birth = births_s[r];
            batch->items[0].at = 9;
            batch->items[0].path = weir_paths_step(world.job->paths, way, 1);
            if (r == 2)
                world.job->segments->epoch++;
            weir_count_delivery(world.job, batch);
        }
        CHECK_NEAR((double)world.job->counts.delivered, 4, 0);
        CHECK_NEAR((double)world.job->counts.duplicates, 2, 0);
        flow_world_end(&world);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"what waits and leaves", what_waits_and_leaves}, {"what comes of windows", what_comes_of_windows}, {0}};
    return weir_test_main("engine/segments", cases, argc, argv);
}
