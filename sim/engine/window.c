/* Tumbling windows: an instance counts what it processes and emits the results at the window's end. A result carries
 * the times of the latest item that went into it (Karimov et al., ICDE 2018). */
#include <math.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/engine/world.h"

void weir_window_add(struct weir_instance *instance, const struct weir_batch *batch)
{
    struct weir_window_content *content = &instance->window;
    double window_s = instance->op->spec->window_s;
    if (!content->count)
        instance->window_end_s = (floor(weir_now() / window_s) + 1) * window_s;
    content->count += (uint64_t)batch->count;
    instance->op->in_window += (uint64_t)batch->count;
    for (int i = 0; i < batch->count; i++) {
        if (content->any && batch->birth[i] < content->birth)
            continue;
        content->any = true;
        content->path = batch->path[i];
        content->birth = batch->birth[i];
        content->at = batch->at[i];
        content->waiting = batch->waiting[i];
        content->service = batch->service[i];
        content->network = batch->network[i];
        content->blocked = batch->blocked[i];
    }
}

void weir_window_fire(struct weir_world *world, struct weir_instance *instance)
{
    struct weir_window_content *content = &instance->window;
    struct weir_op *op = instance->op;
    double now_s = weir_now();
    if (!content->count || now_s < instance->window_end_s)
        return;
    double owed = content->carry + op->spec->selectivity * (double)content->count;
    int results = owed < 1e9 ? (int)(owed + 1e-9) : 1000000000;
    content->carry = owed - results;
    op->in_window -= content->count;
    content->count = 0;
    content->any = false;
    if (results <= 0) {
        weir_op_at_rest(op);
        return;
    }
    struct weir_batch *batch = weir_batch_new(&world->pool, results);
    for (int i = 0; i < results; i++) {
        struct weir_stream id = weir_stream_at(op->select_key + (uint64_t)instance->number, content->number++);
        batch->id[i] = weir_stream_bits(&id);
        batch->path[i] = content->path;
        batch->birth[i] = content->birth;
        batch->at[i] = now_s;
        batch->waiting[i] = content->waiting + (now_s - content->at);
        batch->service[i] = content->service;
        batch->network[i] = content->network;
        batch->blocked[i] = content->blocked;
    }
    batch->count = results;
    batch->item_bytes = op->spec->out_bytes;
    op->counts.emitted += (uint64_t)results;
    instance->in_service = true;
    weir_send_all(world, instance->host, op->out, op->out_count, batch, &instance->clock, &instance->parking);
    instance->in_service = false;
    weir_clock_set(&instance->clock, WEIR_IDLE, weir_now());
    weir_op_at_rest(op);
}

void weir_window_hand_over(struct weir_instance *from, struct weir_instance *to)
{
    struct weir_window_content *a = &from->window, *b = &to->window;
    if (!a->count)
        return;
    if (!b->count)
        to->window_end_s = from->window_end_s;
    if (!b->any || a->birth > b->birth) {
        uint64_t count = b->count, number = b->number;
        double carry = b->carry;
        *b = *a;
        b->count = count;
        b->number = number;
        b->carry = carry;
    }
    b->count += a->count;
    b->carry += a->carry;
    b->any = true;
    memset(a, 0, sizeof *a);
    weir_wake(&to->parking);
}
