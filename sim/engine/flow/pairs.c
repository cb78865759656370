#include "sim/engine/flow/pairs.h"

#include <math.h>
#include <string.h>

#include "sim/base/random.h"
#include "sim/engine/flow/eventtime.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/window.h"

static uint64_t start_bits(const struct weir_pane *pane)
{
    uint64_t bits;
    memcpy(&bits, &pane->start_s, sizeof bits);
    return bits;
}

/* A result with the times of an item, and an id made of bits. */
static struct weir_batch *result_of(struct weir_op *op, const struct weir_item *latest, uint64_t bits, unsigned segment,
                                    double clock_s)
{
    struct weir_batch *batch = weir_batch_new(&op->job->flow->pool, 1);
    weir_batch_tag(batch, op->job->segments, segment);
    struct weir_item *result = &batch->items[0];
    *result = *latest;
    result->id = weir_kind_like(op->job, bits, weir_kind_of(latest->id));
    result->at = fmax(result->at, clock_s);
    result->waiting += result->at - latest->at;
    batch->count = 1;
    op->events->counts.results++;
    weir_window_given(op, batch);
    return batch;
}

/* Of two items the later one, and an id of both; of windows that overlap, in which they may meet several times, also of
 * where the window begins. */
static struct weir_batch *pair_of(struct weir_op *op, const struct weir_item *first, const struct weir_item *second,
                                  const struct weir_pane *window, unsigned segment, double clock_s)
{
    struct weir_stream of_first = weir_stream_at(op->select_key, first->id);
    struct weir_stream of_both = weir_stream_at(weir_stream_bits(&of_first), second->id);
    uint64_t id = weir_stream_bits(&of_both);
    if (window && op->spec->window_type == WEIR_WINDOW_SLIDING) {
        struct weir_stream of_window = weir_stream_at(id, start_bits(window));
        id = weir_stream_bits(&of_window);
    }
    return result_of(op, first->birth > second->birth ? first : second, id, segment, clock_s);
}

struct weir_batch **weir_pairs_give(struct weir_op *op, struct weir_pane *pane, double clock_s,
                                    struct weir_batch **last)
{
    if (op->spec->join == WEIR_JOIN_INTERVAL)
        return last;
    if (op->spec->join != WEIR_JOIN_WINDOW) {
        struct weir_stream of_key = weir_stream_at(op->select_key, pane->key);
        struct weir_stream of_window = weir_stream_at(weir_stream_bits(&of_key), start_bits(pane) + pane->results++);
        *last = result_of(op, &pane->latest, weir_stream_bits(&of_window), pane->segment, clock_s);
        return &(*last)->next;
    }
    for (size_t i = 0; i < pane->sides[0].count; i++)
        for (size_t j = 0; j < pane->sides[1].count; j++) {
            *last = pair_of(op, &pane->sides[0].items[i], &pane->sides[1].items[j], pane, pane->segment, clock_s);
            last = &(*last)->next;
        }
    return last;
}

void weir_pairs_meet(struct weir_instance *instance, const struct weir_pane *pane, const struct weir_item *item,
                     unsigned segment)
{
    struct weir_op *op = instance->op;
    const struct weir_item *first = pane->input ? item : &pane->latest, *second = pane->input ? &pane->latest : item;
    struct weir_batch **last = &instance->window.ready;
    while (*last)
        last = &(*last)->next;
    *last = pair_of(op, first, second, NULL, pane->segment < segment ? pane->segment : segment, item->at);
}

void weir_pairs_clear(struct weir_op *op)
{
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_batch *ready = op->instances[i]->window.ready;
        op->instances[i]->window.ready = NULL;
        for (struct weir_batch *next; ready; ready = next) {
            next = ready->next;
            weir_batch_release(&op->job->flow->pool, ready);
        }
    }
}
