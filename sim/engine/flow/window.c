/* A result carries the times of the latest item that went into it (Karimov et al., ICDE 2018). An item belongs to the
 * window in which its own clock says that it was processed; since the items of a batch are added together, when the
 * last one is done, several windows may be open, and each closes as much later as clocks are behind. The results' own
 * clock is the window's end. What comes later still makes a small window of its own. Where jobs may go back to a
 * checkpoint, a window keeps the items of each checkpoint interval apart, so that what is played again is counted once,
 * and numbers: each result has that of one of the items, and is known again by it (again.h), since the window holds
 * other items in another play. */
#include "sim/engine/flow/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/again.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/kinds.h"

/* Sums of dates are as exact as this. */
#define ROUNDING_S 1e-9
#define MARGIN     1.25

static double now_of(const struct weir_instance *instance)
{
    return instance->op->job->flow->clock->now_s;
}

static void release_part(struct weir_run_job *job, const struct weir_window_part *part)
{
    free(part->numbers.all);
    if (job->segments)
        weir_segments_alive(job->segments, part->segment, -1);
}

void weir_window_clear(struct weir_instance *instance)
{
    struct weir_window_content *content = &instance->window;
    for (int p = 0; p < content->part_count; p++)
        release_part(instance->op->job, &content->parts[p]);
    instance->op->in_window -= content->count;
    content->part_count = 0;
    content->count = 0;
}

void weir_window_fini(struct weir_window_content *content)
{
    for (int p = 0; p < content->part_count; p++)
        free(content->parts[p].numbers.all);
    free(content->parts);
}

/* The part of a window and a segment, which is made if it is not there. */
static struct weir_window_part *part_of(struct weir_instance *instance, double end_s, unsigned segment)
{
    struct weir_window_content *content = &instance->window;
    for (int p = 0; p < content->part_count; p++)
        if (content->parts[p].segment == segment && content->parts[p].end_s == end_s)
            return &content->parts[p];
    if (content->part_count == content->part_capacity) {
        content->part_capacity = content->part_capacity ? 2 * content->part_capacity : 2;
        content->parts = weir_resize(content->parts, (size_t)content->part_capacity, sizeof *content->parts);
    }
    struct weir_window_part *part = &content->parts[content->part_count++];
    *part = (struct weir_window_part){.end_s = end_s, .segment = segment, .birth = -INFINITY};
    if (instance->op->job->segments)
        weir_segments_alive(instance->op->job->segments, segment, 1);
    return part;
}

/* For what is due of the job. An item counts when it is gathered first. */
void weir_window_gathered(const struct weir_op *op, const struct weir_item *item)
{
    struct weir_segments *segments = op->job->segments;
    if (op->job->due &&
        !(segments && weir_again_item(segments->again, segments->epoch, item->id, op->index, item->birth)))
        weir_due_gathered(op, item->birth, item->at);
}

/* Likewise: results are due when they are given first. In event time those of a window and key are given together. */
void weir_window_given(const struct weir_op *op, const struct weir_batch *results)
{
    struct weir_run_job *job = op->job;
    struct weir_segments *segments = job->segments;
    bool again = false;
    if (!job->due)
        return;
    for (int i = 0; i < results->count; i++) {
        const struct weir_item *item = &results->items[i];
        if (segments && (i == 0 || !op->events))
            again = weir_again_item(segments->again, segments->epoch, weir_kind_like(job, item->id, 0), ~op->index,
                                    item->birth);
        if (!again)
            weir_due_fired(op, item->id, item->birth);
    }
}

static void note_number(const struct weir_op *op, struct weir_window_part *part, uint64_t id)
{
    struct weir_window_numbers *numbers = &part->numbers;
    struct weir_stream drawn = weir_stream_at(op->select_key, id);
    WEIR_ONE_MORE(numbers->all, part->count, numbers->capacity);
    numbers->all[part->count] = weir_stream_bits(&drawn);
}

void weir_window_add(struct weir_instance *instance, const struct weir_batch *batch)
{
    struct weir_window_content *content = &instance->window;
    double window_s = instance->op->spec->window_s, now_s = now_of(instance);
    struct weir_window_part *part = NULL;
    if (instance->op->events) {
        weir_eventtime_add(instance, batch);
        return;
    }
    for (int i = 0; i < batch->count; i++) {
        double at_s = batch->items[i].at;
        double end_s = (floor(at_s / window_s) + 1) * window_s;
        if (!part || part->end_s != end_s)
            part = part_of(instance, end_s, batch->segment);
        content->lag_s = fmax(content->lag_s, now_s - at_s);
        if (instance->op->job->segments)
            note_number(instance->op, part, batch->items[i].id);
        part->count++;
        weir_window_gathered(instance->op, &batch->items[i]);
        if (batch->items[i].birth < part->birth)
            continue;
        part->kind = weir_kind_of(batch->items[i].id);
        part->path = batch->items[i].path;
        part->birth = batch->items[i].birth;
        part->at = at_s;
        part->waiting = batch->items[i].waiting;
        part->service = batch->items[i].service;
        part->network = batch->items[i].network;
        part->blocked = batch->items[i].blocked;
    }
    content->count += (uint64_t)batch->count;
    instance->op->in_window += (uint64_t)batch->count;
}

/* How much later than its end a window closes: by the largest lag of late, and something more, as lags vary. */
static double lag_s(const struct weir_window_content *content)
{
    return MARGIN * fmax(content->lag_s, content->lag_before_s);
}

double weir_window_due_s(const struct weir_instance *instance)
{
    const struct weir_window_content *content = &instance->window;
    double first_s = INFINITY;
    for (int p = 0; p < content->part_count; p++)
        first_s = fmin(first_s, content->parts[p].end_s);
    return first_s + lag_s(content);
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* If there are fewer results than items, those of the lowest numbers stand for all: of a window that holds much the
 * same in another play these are much the same items. */
static void choose_numbers(const struct weir_window_part *part, int results)
{
    if (part->numbers.all && (uint64_t)results < part->count)
        qsort(part->numbers.all, part->count, sizeof *part->numbers.all, by_number);
}

/* Random bits for the id of a result. */
static uint64_t bits_for(struct weir_instance *instance, const struct weir_window_part *part, int result)
{
    const uint64_t *numbers = part->numbers.all;
    struct weir_stream id =
        numbers ? weir_stream_at(numbers[(uint64_t)result % part->count], (uint64_t)result / part->count)
                : weir_stream_at(instance->op->select_key + (uint64_t)instance->number, instance->window.number++);
    return weir_stream_bits(&id);
}

/* What comes of one part; NULL if it is less than a result. */
static struct weir_batch *results_of(struct weir_instance *instance, const struct weir_window_part *part)
{
    struct weir_window_content *content = &instance->window;
    const struct weir_op *op = instance->op;
    double owed = content->carry + op->spec->selectivity * (double)part->count;
    int results = owed < 1e9 ? (int)(owed + 1e-9) : 1000000000;
    content->carry = owed - results;
    if (results <= 0)
        return NULL;
    struct weir_batch *batch = weir_batch_new(&op->job->flow->pool, results);
    weir_batch_tag(batch, op->job->segments, part->segment);
    choose_numbers(part, results);
    double at_s = fmax(part->at, fmin(part->end_s, now_of(instance)));
    for (int i = 0; i < results; i++) {
        batch->items[i].id = weir_kind_like(op->job, bits_for(instance, part, i), part->kind);
        batch->items[i].path = part->path;
        batch->items[i].birth = part->birth;
        batch->items[i].at = at_s;
        batch->items[i].waiting = part->waiting + (at_s - part->at);
        batch->items[i].service = part->service;
        batch->items[i].network = part->network;
        batch->items[i].blocked = part->blocked;
    }
    batch->count = results;
    weir_window_given(op, batch);
    return batch;
}

struct weir_batch *weir_window_fire(struct weir_instance *instance)
{
    struct weir_window_content *content = &instance->window;
    struct weir_op *op = instance->op;
    double now_s = now_of(instance) + ROUNDING_S;
    if (op->events)
        return weir_eventtime_fire(instance);
    if (now_s < weir_window_due_s(instance))
        return NULL;
    struct weir_batch *first = NULL, **end = &first;
    int kept = 0;
    for (int p = 0; p < content->part_count; p++) {
        const struct weir_window_part *part = &content->parts[p];
        if (now_s < part->end_s + lag_s(content)) {
            content->parts[kept++] = *part;
            continue;
        }
        *end = results_of(instance, part);
        if (*end)
            end = &(*end)->next;
        content->count -= part->count;
        op->in_window -= part->count;
        release_part(op->job, part);
    }
    content->part_count = kept;
    if (content->lag_s > 0) { /* something was added since */
        content->lag_before_s = content->lag_s;
        content->lag_s = 0;
    }
    return first;
}

void weir_window_hold(struct weir_instance *instance)
{
    struct weir_window_content *content = &instance->window;
    double now_s = now_of(instance);
    for (int p = 0; p < content->part_count; p++) {
        struct weir_window_part *part = &content->parts[p];
        double due_s = fmax(part->at, part->end_s);
        if (due_s >= now_s)
            continue;
        part->waiting += due_s - part->at;
        part->blocked += now_s - due_s;
        part->at = now_s;
    }
}

/* The one gets what the other holds, too. */
static void merge_parts(struct weir_window_part *into, const struct weir_window_part *part)
{
    struct weir_window_numbers numbers = into->numbers;
    uint64_t count = into->count + part->count;
    if (part->numbers.all) {
        numbers.all = weir_grow(numbers.all, count, &numbers.capacity, sizeof *numbers.all);
        memcpy(numbers.all + into->count, part->numbers.all, part->count * sizeof *numbers.all);
    }
    if (part->birth > into->birth)
        *into = *part;
    into->numbers = numbers;
    into->count = count;
}

void weir_window_hand_over(struct weir_instance *from, struct weir_instance *to)
{
    struct weir_window_content *given = &from->window;
    if (!given->count)
        return;
    to->window.lag_s = fmax(to->window.lag_s, fmax(given->lag_s, given->lag_before_s));
    for (int p = 0; p < given->part_count; p++) {
        const struct weir_window_part *part = &given->parts[p];
        merge_parts(part_of(to, part->end_s, part->segment), part);
        to->window.count += part->count;
        to->op->in_window += part->count;
    }
    to->window.carry += given->carry;
    given->carry = 0;
    weir_window_clear(from);
}
