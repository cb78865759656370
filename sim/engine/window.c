/* Tumbling windows: an instance counts what it processes and emits the results at the window's end. A result carries
 * the times of the latest item that went into it (Karimov et al., ICDE 2018). Where jobs may go back to a checkpoint, a
 * window keeps the items of each checkpoint interval apart, so that what is played again is counted once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/world.h"

static void release_part(struct weir_run_job *job, const struct weir_window_part *part)
{
    if (job->recovery)
        weir_recovery_alive(job, part->segment, -1);
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

/* The part of a segment, which is made if it is not there. */
static struct weir_window_part *part_of(struct weir_instance *instance, unsigned segment)
{
    struct weir_window_content *content = &instance->window;
    for (int p = 0; p < content->part_count; p++)
        if (content->parts[p].segment == segment)
            return &content->parts[p];
    if (content->part_count == content->part_capacity) {
        content->part_capacity = content->part_capacity ? 2 * content->part_capacity : 1;
        content->parts = weir_resize(content->parts, (size_t)content->part_capacity, sizeof *content->parts);
    }
    struct weir_window_part *part = &content->parts[content->part_count++];
    *part = (struct weir_window_part){.segment = segment, .birth = -INFINITY};
    if (instance->op->job->recovery)
        weir_recovery_alive(instance->op->job, segment, 1);
    return part;
}

void weir_window_add(struct weir_instance *instance, const struct weir_batch *batch)
{
    struct weir_window_content *content = &instance->window;
    double window_s = instance->op->spec->window_s;
    if (!content->count)
        instance->window_end_s = (floor(weir_now() / window_s) + 1) * window_s;
    struct weir_window_part *part = part_of(instance, batch->job ? batch->segment : 0);
    part->count += (uint64_t)batch->count;
    content->count += (uint64_t)batch->count;
    instance->op->in_window += (uint64_t)batch->count;
    for (int i = 0; i < batch->count; i++) {
        if (batch->birth[i] < part->birth)
            continue;
        part->path = batch->path[i];
        part->birth = batch->birth[i];
        part->at = batch->at[i];
        part->waiting = batch->waiting[i];
        part->service = batch->service[i];
        part->network = batch->network[i];
        part->blocked = batch->blocked[i];
    }
}

/* What comes of one part; NULL if it is less than a result. */
static struct weir_batch *results_of(struct weir_world *world, struct weir_instance *instance,
                                     const struct weir_window_part *part)
{
    struct weir_window_content *content = &instance->window;
    const struct weir_op *op = instance->op;
    double owed = content->carry + op->spec->selectivity * (double)part->count;
    int results = owed < 1e9 ? (int)(owed + 1e-9) : 1000000000;
    content->carry = owed - results;
    if (results <= 0)
        return NULL;
    struct weir_batch *batch = weir_batch_new(&world->pool, results);
    weir_batch_tag(batch, op->job->recovery ? op->job : NULL, part->segment);
    for (int i = 0; i < results; i++) {
        struct weir_stream id = weir_stream_at(op->select_key + (uint64_t)instance->number, content->number++);
        batch->id[i] = weir_stream_bits(&id);
        batch->path[i] = part->path;
        batch->birth[i] = part->birth;
        batch->at[i] = weir_now();
        batch->waiting[i] = part->waiting + (weir_now() - part->at);
        batch->service[i] = part->service;
        batch->network[i] = part->network;
        batch->blocked[i] = part->blocked;
    }
    batch->count = results;
    return batch;
}

void weir_window_fire(struct weir_world *world, struct weir_instance *instance)
{
    struct weir_window_content *content = &instance->window;
    struct weir_op *op = instance->op;
    if (!content->count || weir_now() < instance->window_end_s)
        return;
    struct weir_batch *first = NULL, **end = &first;
    for (int p = 0; p < content->part_count; p++) {
        *end = results_of(world, instance, &content->parts[p]);
        if (*end)
            end = &(*end)->next;
    }
    weir_window_clear(instance);
    instance->in_service = true;
    for (struct weir_batch *batch = first, *next; batch; batch = next) {
        next = batch->next;
        op->counts.emitted += (uint64_t)batch->count;
        weir_send_all(world, instance->host, op->out, op->out_count, batch, &instance->clock, &instance->parking);
    }
    instance->in_service = false;
    weir_clock_set(&instance->clock, WEIR_IDLE, weir_now());
    weir_op_at_rest(op);
}

void weir_window_hand_over(struct weir_instance *from, struct weir_instance *to)
{
    struct weir_window_content *given = &from->window;
    if (!given->count)
        return;
    if (!to->window.count)
        to->window_end_s = from->window_end_s;
    for (int p = 0; p < given->part_count; p++) {
        const struct weir_window_part *part = &given->parts[p];
        struct weir_window_part *into = part_of(to, part->segment);
        uint64_t count = into->count + part->count;
        if (part->birth > into->birth)
            *into = *part;
        into->count = count;
        to->window.count += part->count;
        to->op->in_window += part->count;
    }
    to->window.carry += given->carry;
    given->carry = 0;
    weir_window_clear(from);
    weir_wake(&to->parking);
}
