/* The small parts of the flow, each against the same thing done the long way: lines of waiters against a list, the time
 * of a server against one that is kept tick by tick, what happened lately and what came before against lists. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/engine/flow/again.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/recent.h"
#include "sim/engine/flow/track.h"
#include "sim/engine/flow/waiting.h"
#include "tests/support/test.h"

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

#define WAITERS 7

static struct weir_waiter waiters[WAITERS];
static struct weir_waiters lines[2];
static int rows[2][WAITERS], row_of[WAITERS], lengths[2];

static void take_out(int waiter)
{
    if (row_of[waiter] < 0)
        return;
    int *row = rows[row_of[waiter]], *length = &lengths[row_of[waiter]], i = 0;
    while (row[i] != waiter)
        i++;
    memmove(row + i, row + i + 1, (size_t)(*length - i - 1) * sizeof *row);
    --*length;
    row_of[waiter] = -1;
}

static bool are_the_rows(void)
{
    bool same = true;
    for (int l = 0; l < 2; l++) {
        const struct weir_waiter *at = lines[l].first, *before = NULL;
        for (int i = 0; i < lengths[l]; i++, before = at, at = at->next)
            if (!at || at != &waiters[rows[l][i]] || at->before != before || at->in != &lines[l])
                return false;
        same &= !at && lines[l].last == before && weir_waiters_count(&lines[l]) == lengths[l];
        for (int w = 0; w < WAITERS; w++)
            same &= weir_wait_turn(&lines[l], &waiters[w]) == (!lengths[l] || rows[l][0] == w);
    }
    for (int w = 0; w < WAITERS; w++)
        same &= row_of[w] >= 0 || !waiters[w].in;
    return same;
}

static void lines_of_waiters(void)
{
    draws = weir_stream_at(1, 0);
    for (int w = 0; w < WAITERS; w++)
        row_of[w] = -1;
    int wrong = 0, needs = 0;
    for (int step = 0; step < 5000; step++) {
        int waiter = below(WAITERS), line = below(2), other = below(WAITERS), need = below(9);
        switch (below(4)) {
        case 0:
            weir_wait_over(&waiters[waiter]);
            take_out(waiter);
            break;
        case 1:
            if (row_of[waiter] >= 0 || row_of[other] < 0)
                break;
            weir_wait_instead(&waiters[waiter], &waiters[other]);
            row_of[waiter] = row_of[other];
            for (int i = 0; i < lengths[row_of[waiter]]; i++)
                if (rows[row_of[waiter]][i] == other)
                    rows[row_of[waiter]][i] = waiter;
            row_of[other] = -1;
            needs += waiters[waiter].need != waiters[other].need;
            break;
        default:
            weir_wait_in(&lines[line], &waiters[waiter], need);
            needs += waiters[waiter].need != need;
            if (row_of[waiter] == line)
                break;
            take_out(waiter);
            rows[line][lengths[line]++] = waiter;
            row_of[waiter] = line;
        }
        wrong += !are_the_rows();
    }
    CHECK_NEAR(wrong, 0, 0);
    CHECK_NEAR(needs, 0, 0);
}

#define TICKS 30000
#define LAG   40

static bool busy[TICKS];

/* The tick after the last one that is taken. */
static int free_tick(void)
{
    int tick = TICKS;
    while (tick > 0 && !busy[tick - 1])
        tick--;
    return tick;
}

static int take_ticks(int tick, int ticks)
{
    for (; ticks; tick++)
        if (!busy[tick]) {
            busy[tick] = true;
            ticks--;
        }
    return tick;
}

/* Free stretches that end after the tick, with the open one. */
static int stretches(int after)
{
    int count = 1, end = free_tick();
    for (int tick = after; tick < end; tick++)
        count += !busy[tick] && busy[tick + 1];
    return count;
}

/* A tick is 1/64 s, so that no date is rounded. Items come in batches: the first has been on its way for LAG ticks at
 * most, which the first batch has. At times the server stands still after its last work. */
static void time_of_a_server(void)
{
    draws = weir_stream_at(2, 0);
    struct weir_track track = {0};
    int now = LAG, wrong = 0, gaps = 0;
    for (int batch = 0; now < TICKS - 2000; batch++) {
        int at = now - (batch ? below(LAG + 1) : LAG), most = 0;
        weir_track_begin(&track, at / 64.0, now / 64.0);
        for (int g = 0; g < track.count; g++)
            gaps += track.gaps[g].end_s > track.gaps[g].start_s;
        gaps -= stretches(now - LAG);
        for (int items = 1 + below(5); items; items--) {
            int work = 1 + below(4);
            double end_s = weir_track_take(&track, at / 64.0, work / 64.0);
            most = take_ticks(at, work);
            wrong += end_s != most / 64.0;
            at += below(8);
        }
        if (below(8) == 0) {
            int until = free_tick() - 2 + below(5);
            weir_track_block(&track, until / 64.0);
            for (int tick = free_tick(); tick < until; tick++)
                busy[tick] = true;
        }
        wrong += weir_track_free_s(&track) != free_tick() / 64.0;
        now += below(24);
    }
    CHECK_NEAR(wrong, 0, 0);
    CHECK_NEAR(gaps, 0, 0);
    weir_track_reset(&track, 2);
    CHECK_NEAR(weir_track_take(&track, 1, 0.5), 2.5, 0);
    CHECK_NEAR(weir_track_take(&track, 4, 0.5), 4.5, 0);
    CHECK_NEAR(weir_track_take(&track, 3, 2), 5.5, 0); /* from 3 to 4, and from 4.5 on */
    weir_track_fini(&track);
    weir_track_block(&track, 3);
    CHECK_NEAR(weir_track_free_s(&track), 3, 0);
    weir_track_fini(&track);
    weir_track_reset(&track, 1); /* a gap shorter than rounding is none */
    CHECK_NEAR(weir_track_take(&track, 1 + 0.5e-12, 1), 2 + 0.5e-12, 1e-15);
    CHECK_NEAR(track.count, 1, 0);
    weir_track_fini(&track);
    /* Free until 0.3 s and from 1.3 s on, for three times 0.1 s, whose sum is 0.3 s and 5.6e-17 s: nothing of the third
     * is left for 1.3 s. Of 0.1 s and 2 ps something is. */
    for (int more = 0; more < 2; more++) {
        weir_track_reset(&track, 0);
        CHECK_NEAR(weir_track_take(&track, 0.3, 1), 1.3, 1e-15);
        for (int n = 1; n <= 3; n++)
            CHECK_NEAR(weir_track_take(&track, 0, 0.1 + (n == 3 && more ? 2e-12 : 0)),
                       n == 3 && more ? 1.3 + 2e-12 : n * 0.1, 1e-15);
        weir_track_fini(&track);
    }
}

#define EVENTS 3000

static void what_happened_lately(void)
{
    draws = weir_stream_at(3, 0);
    static int dates[EVENTS], counts[EVENTS];
    struct weir_recent recent = {.keep_s = 50};
    int date = 0, wrong = 0, kept = 0;
    for (int e = 0; e < EVENTS; e++) {
        date += below(e % 1000 < 500 ? 2 : 12);
        dates[e] = date;
        counts[e] = 1 + below(9);
        weir_recent_add(&recent, dates[e], counts[e]);
        int now = date + below(3), back = below(51 - (now - date)), sum = 0, entries = 0;
        for (int i = e; i >= 0 && dates[i] >= now - back; i--)
            sum += counts[i];
        wrong += weir_recent_count(&recent, now, back) != sum;
        for (int i = e; i >= 0 && dates[i] >= date - 50; i--)
            entries++;
        kept += (int)recent.used - entries;
    }
    CHECK_NEAR(wrong, 0, 0);
    CHECK_NEAR(kept, 0, 0);
    free(recent.ring);
}

struct came {
    unsigned id, epoch;
    int op, count;
    double birth_s;
};

static struct came all[EVENTS];
static int all_count;

static struct came *of_epoch(unsigned epoch, unsigned id, int op)
{
    for (int c = 0; c < all_count; c++)
        if (all[c].epoch == epoch && all[c].id == id && all[c].op == op)
            return &all[c];
    all[all_count] = (struct came){.id = id, .epoch = epoch, .op = op, .birth_s = id};
    return &all[all_count++];
}

/* Item n came at n seconds. A job plays some items, goes back, and forgets those before a checkpoint at times; items
 * may come twice of themselves. */
static void what_came_before(void)
{
    draws = weir_stream_at(4, 0);
    struct weir_again *again = weir_again_new();
    int wrong = 0, seen = 0;
    unsigned from = 0, to = 0;
    for (unsigned epoch = 0; epoch < 12; epoch++) {
        to += 5 + (unsigned)below(30);
        for (unsigned id = from; id < to; id++)
            for (int times = below(4); times; times--) {
                int op = below(3), before = 0;
                struct came *now = of_epoch(epoch, id, op);
                now->count++;
                for (int c = 0; c < all_count; c++)
                    if (all[c].epoch < epoch && all[c].id == id && all[c].op == op && all[c].count > before)
                        before = all[c].count;
                bool is = weir_again_item(again, epoch, id, op, id);
                wrong += is != (now->count <= before);
                seen += is;
            }
        if (epoch % 3 == 2) {
            from = (from + to) / 2;
            weir_again_forget(again, from);
            for (int c = 0; c < all_count; c++)
                if (all[c].birth_s < from)
                    all[c--] = all[--all_count];
            wrong += weir_again_item(again, epoch, from - 1, 7, from - 1); /* it is not known any more */
            wrong += weir_again_item(again, epoch, from - 1, 0, from - 1);
        }
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(seen > 50);
    weir_again_free(again);
}

/* A room with a low watermark closes when what it holds and has promised fills it, and opens when that has come down.
 */
static void closed_until_it_is_low(void)
{
    draws = weir_stream_at(6, 0);
    struct weir_room room = {.capacity = 10, .limit = 10, .low = 3};
    bool closed = false;
    int changes = 0, wrong = 0;
    for (int step = 0; step < 4000; step++) {
        long *part = below(2) ? &room.used : &room.promised;
        bool more = below(10) < (step / 60 % 2 ? 7 : 3);
        if (more ? room.used + room.promised < 10 && !closed : *part > 0)
            *part += more ? 1 : -1;
        weir_room_changed(&room);
        long held = room.used + room.promised;
        bool was = closed;
        closed = held >= 10 || (closed && held > 3);
        changes += was != closed;
        wrong += closed ? weir_room_free(&room) > 0 : weir_room_free(&room) != 10 - held;
    }
    CHECK_NEAR(wrong, 0, 0);
    CU_ASSERT(changes > 30);
    room = (struct weir_room){.capacity = 10, .limit = 10, .low = -1, .used = 10};
    weir_room_changed(&room);
    room.used = 9;
    CHECK_NEAR((double)weir_room_free(&room), 1, 0); /* one without knows nothing of that */
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"lines of waiters", lines_of_waiters},
                                      {"the time of a server", time_of_a_server},
                                      {"what happened lately", what_happened_lately},
                                      {"what came before", what_came_before},
                                      {"closed until it is low", closed_until_it_is_low},
                                      {0}};
    return weir_test_main("engine/parts", cases, argc, argv);
}
