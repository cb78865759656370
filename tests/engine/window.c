/* Windows against a list of what they hold: what is gathered, what comes of it when, and what of it was due. */
#include "sim/engine/flow/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/again.h"
#include "sim/engine/flow/kinds.h"
#include "tests/engine/flow_world.h"
#include "tests/support/test.h"

#define WINDOW_S 2.0
#define GROUPS   200
#define GIVEN    20000
#define SEGMENTS 4
#define ITEMS    4096
#define SLO_S    3.0

static struct weir_stream draws;

static int below(int bound)
{
    return (int)(weir_stream_bits(&draws) % (uint64_t)bound);
}

/* Items of a window and a segment: how many, and the latest. */
struct group {
    double end_s;
    unsigned segment;
    int count;
    struct weir_item latest;
    uint64_t numbers[ITEMS]; /* of the items, drawn from their ids */
};

/* What an instance holds. */
struct held {
    struct group groups[GROUPS];
    int count;
    double carry, lag_s, lag_before_s;
    uint64_t results;
};

static struct flow_world world;
static struct weir_instance instances[2];
static struct held held[2];
static int wrong;
static double share; /* results an item */

static struct group *group_of(struct held *in, double end_s, unsigned segment)
{
    for (int g = 0; g < in->count; g++)
        if (in->groups[g].end_s == end_s && in->groups[g].segment == segment)
            return &in->groups[g];
    in->groups[in->count] = (struct group){.end_s = end_s, .segment = segment, .latest.birth = -1};
    return &in->groups[in->count++];
}

#define RUN_WINDOWS 10 /* of 10 s, the run's */

/* What is due: of items that are played again only what has not been gathered before. */
static struct {
    double bound[RUN_WINDOWS], gathered[RUN_WINDOWS], due[RUN_WINDOWS];
    int met[ITEMS][2], play; /* how often an item has been gathered in a play */
    struct {
        uint64_t number;
        int play;
    } given[GIVEN]; /* all results, without their kinds */
    int given_count;
} books;

static void add(double *sums, double birth_s, double what)
{
    int window = (int)((birth_s + SLO_S) / 10);
    if (window < RUN_WINDOWS)
        sums[window] += what;
}

static void note_gathered(const struct weir_item *item)
{
    int number = (int)(item->id & 0xffff);
    bool again = books.play && ++books.met[number][1] <= books.met[number][0];
    books.met[number][0] += !books.play;
    if (!again && item->at - item->birth <= SLO_S)
        add(books.gathered, item->birth, share);
}

/* A result has been given before if as many of its number were in the other play as now in this. */
static void note_given(double birth_s, uint64_t number)
{
    int counts[2] = {0, 0};
    books.given[books.given_count].number = number;
    books.given[books.given_count++].play = books.play;
    for (int g = 0; g < books.given_count; g++)
        counts[books.given[g].play] += books.given[g].number == number;
    if (!(books.play && world.job->segments && counts[1] <= counts[0]))
        add(books.due, birth_s, 1);
}

/* Up to three items, somewhat behind the clock; the batch counts as of a segment, if there are any. */
static void gather(int i, uint64_t *number)
{
    int count = 1 + below(3);
    unsigned segment = world.job->segments ? (unsigned)below(SEGMENTS) : 0;
    struct weir_batch *batch = flow_world_batch(&world, count, 0);
    weir_batch_tag(batch, world.job->segments, segment);
    for (int n = 0; n < count; n++) {
        struct weir_item *item = &batch->items[n];
        double behind_s = below(4) ? 0 : below(100) / 64.0;
        item->at = fmax(0, world.clock.now_s - behind_s);
        item->birth = fmax(0, item->at - below(256) / 64.0);
        item->id = books.play ? (uint64_t)below(ITEMS / 2) : (*number)++;
        item->id |= item->id % 3 << WEIR_KIND_SHIFT;
        item->path = (uint64_t)below(5);
        item->waiting = below(64) / 64.0;
        item->service = below(64) / 64.0;
        item->network = below(64) / 64.0;
        item->blocked = below(64) / 64.0;
        if (!books.play) {
            weir_due_arrives(world.job, item->id, item->birth);
            add(books.bound, item->birth, share);
        }
        struct group *group = group_of(&held[i], (floor(item->at / WINDOW_S) + 1) * WINDOW_S, segment);
        struct weir_stream drawn = weir_stream_at(world.job->ops[0].select_key, item->id);
        group->numbers[group->count++] = weir_stream_bits(&drawn);
        if (item->birth >= group->latest.birth)
            group->latest = *item;
        held[i].lag_s = fmax(held[i].lag_s, world.clock.now_s - item->at);
        note_gathered(item);
    }
    weir_window_add(&instances[i], batch);
    weir_batch_release(&world.flow.pool, batch);
}

static double later_s(const struct held *in)
{
    return 1.25 * fmax(in->lag_s, in->lag_before_s);
}

static double due_s(const struct held *in)
{
    double first_s = INFINITY;
    for (int g = 0; g < in->count; g++)
        first_s = fmin(first_s, in->groups[g].end_s);
    return first_s + later_s(in);
}

/* The id of one of the results, without its kind: a new one, or, where items may be played again, of the group's lowest
 * number that has not been taken; of all numbers in turn if there are enough results. */
static uint64_t id_of(int i, struct group *group, int result, int results)
{
    struct weir_stream id =
        weir_stream_at(world.job->ops[0].select_key + (uint64_t)instances[i].number, held[i].results++);
    if (world.job->segments && results >= group->count) {
        id = weir_stream_at(group->numbers[result % group->count], (uint64_t)(result / group->count));
    } else if (world.job->segments) {
        int lowest = result;
        for (int n = result; n < group->count; n++)
            if (group->numbers[n] < group->numbers[lowest])
                lowest = n;
        uint64_t number = group->numbers[lowest];
        group->numbers[lowest] = group->numbers[result];
        group->numbers[result] = number;
        id = weir_stream_at(number, 0);
    }
    return weir_stream_bits(&id);
}

/* The results of one group are as they should be; returns how many. */
static int compare(int i, struct group *group, struct weir_batch **list)
{
    double owed = held[i].carry + share * group->count, now_s = world.clock.now_s;
    int results = (int)floor(owed + 1e-9);
    held[i].carry = owed - results;
    if (!results)
        return 0;
    struct weir_batch *batch = *list;
    wrong += !batch || batch->count != results || batch->segment != group->segment;
    if (!batch || batch->count != results)
        return results;
    double at_s = fmax(group->latest.at, fmin(group->end_s, now_s));
    for (int r = 0; r < results; r++) {
        struct weir_item *item = &batch->items[r];
        uint64_t id = id_of(i, group, r, results);
        wrong += item->id != weir_kind_like(world.job, id, weir_kind_of(group->latest.id));
        note_given(group->latest.birth, weir_kind_like(world.job, id, 0));
        wrong += item->path != group->latest.path || item->birth != group->latest.birth || item->at != at_s;
        wrong += item->waiting != group->latest.waiting + at_s - group->latest.at;
        wrong += item->service != group->latest.service || item->network != group->latest.network;
        wrong += item->blocked != group->latest.blocked;
    }
    *list = batch->next;
    weir_batch_release(&world.flow.pool, batch);
    return results;
}

static int fire(int i)
{
    double now_s = world.clock.now_s + 1e-9;
    struct weir_batch *list = weir_window_fire(&instances[i]);
    if (now_s < due_s(&held[i])) {
        wrong += list != NULL;
        return 0;
    }
    int kept = 0, results = 0;
    double wait_s = later_s(&held[i]);
    for (int g = 0; g < held[i].count; g++)
        if (now_s < held[i].groups[g].end_s + wait_s)
            held[i].groups[kept++] = held[i].groups[g];
        else
            results += compare(i, &held[i].groups[g], &list);
    wrong += list != NULL;
    held[i].count = kept;
    if (held[i].lag_s > 0) {
        held[i].lag_before_s = held[i].lag_s;
        held[i].lag_s = 0;
    }
    return results;
}

/* What was due stood still until now. */
static void hold(int i)
{
    weir_window_hold(&instances[i]);
    for (int g = 0; g < held[i].count; g++) {
        struct weir_item *latest = &held[i].groups[g].latest;
        double since_s = fmax(latest->at, held[i].groups[g].end_s);
        if (since_s >= world.clock.now_s)
            continue;
        latest->waiting += since_s - latest->at;
        latest->blocked += world.clock.now_s - since_s;
        latest->at = world.clock.now_s;
    }
}

static void hand_over(int from)
{
    int to = 1 - from;
    weir_window_hand_over(&instances[from], &instances[to]);
    if (!held[from].count)
        return;
    held[to].lag_s = fmax(held[to].lag_s, fmax(held[from].lag_s, held[from].lag_before_s));
    for (int g = 0; g < held[from].count; g++) {
        const struct group *given = &held[from].groups[g];
        struct group *into = group_of(&held[to], given->end_s, given->segment);
        memcpy(into->numbers + into->count, given->numbers, (size_t)given->count * sizeof *given->numbers);
        into->count += given->count;
        if (given->latest.birth > into->latest.birth)
            into->latest = given->latest;
    }
    held[to].carry += held[from].carry;
    held[from].carry = 0;
    held[from].count = 0;
}

static void clear(int i)
{
    weir_window_clear(&instances[i]);
    held[i].count = 0;
}

static void check(void)
{
    uint64_t items[2] = {0, 0};
    long alive[SEGMENTS + 1] = {0};
    for (int i = 0; i < 2; i++) {
        for (int g = 0; g < held[i].count; g++) {
            items[i] += (uint64_t)held[i].groups[g].count;
            alive[held[i].groups[g].segment]++;
        }
        wrong += instances[i].window.count != items[i] || weir_window_due_s(&instances[i]) != due_s(&held[i]);
    }
    wrong += world.job->ops[0].in_window != items[0] + items[1];
    for (int s = 0; s < SEGMENTS && world.job->segments; s++)
        wrong += world.job->segments->list[s].alive != alive[s];
}

static void begin(bool segments)
{
    draws = weir_stream_at(21, segments);
    char *job =
        weir_format("\"slo\": \"3s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"kinds\": [{\"name\": "
                    "\"x\", \"share\": 0.2}, {\"name\": \"y\", \"share\": 0.4}, {\"name\": \"z\", \"share\": 0.4}],"
                    " \"operators\": [{\"name\": \"w\", \"window\": \"2s\", \"selectivity\": %.2f, \"flops\": 0}]",
                    share);
    flow_world_begin(&world, "", job);
    free(job);
    memset(held, 0, sizeof held);
    memset(instances, 0, sizeof instances);
    memset(&books, 0, sizeof books);
    wrong = 0;
    for (int i = 0; i < 2; i++) {
        instances[i].op = &world.job->ops[0];
        instances[i].number = 3 + 4 * i;
    }
    if (segments) {
        world.job->segments = weir_segments_new(world.job);
        for (int s = 0; s < SEGMENTS; s++)
            weir_segments_begin(world.job->segments);
    }
}

/* The job goes back: what comes from now on is played again. */
static void go_back(void)
{
    for (int i = 0; i < 2; i++)
        clear(i);
    books.play = 1;
    world.job->segments->epoch++;
}

static void what_windows_give(void)
{
    for (int way = 0; way < 3; way++) {
        bool segments = way > 0;
        share = way < 2 ? 0.35 : 2.3;
        begin(segments);
        uint64_t number = 0;
        int results = 0, hands = 0, most = 0;
        for (int step = 0; step < 3000; step++) {
            int i = below(2);
            world.clock.now_s += below(5) / 64.0;
            switch (below(64)) {
            case 0:
                hands += held[i].count > 0;
                hand_over(i);
                break;
            case 1:
                hold(i);
                break;
            case 2:
                if (!below(5))
                    clear(i);
                break;
            default:
                if (below(3))
                    gather(i, &number);
                else
                    results += fire(i);
            }
            check();
            for (int h = 0; h < 2; h++)
                most = held[h].count > most ? held[h].count : most;
            if (segments && step == 1500)
                go_back();
        }
        CHECK_NEAR(wrong, 0, 0);
        CU_ASSERT(results > 300 && hands > 10 && most > (segments ? 10 : 2) && world.clock.now_s > 80);
        double all = 0, bound = 0, gathered = 0;
        for (int w = 0; w < RUN_WINDOWS; w++) { /* none was delivered */
            struct weir_owed owed = weir_due_close(world.job, w);
            double missed = fmax(0, books.bound[w] - books.gathered[w]);
            CHECK_NEAR(owed.due, books.due[w] + missed, 1e-6);
            CHECK_NEAR(owed.violations, books.due[w] + missed, 1e-6);
            all += books.due[w];
            bound += books.bound[w];
            gathered += books.gathered[w];
        }
        CHECK_NEAR(weir_due_total(world.job).due, all + fmax(0, bound - gathered), 1e-6);
        for (int i = 0; i < 2; i++) {
            clear(i);
            weir_window_fini(&instances[i].window);
        }
        check();
        CHECK_NEAR(wrong, 0, 0);
        flow_world_end(&world);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"what windows give", what_windows_give}, {0}};
    return weir_test_main("engine/window", cases, argc, argv);
}
