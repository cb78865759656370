#include "sim/engine/flow/full.h"

#include "sim/base/random.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/source.h"

void weir_inbox_drop(const struct weir_inbox *inbox, const struct weir_item *items, int count)
{
    struct weir_run_job *job = inbox->job;
    struct weir_flow *flow = job->flow;
    inbox->op->counts.dropped += (uint64_t)count;
    job->counts.dropped += (uint64_t)count;
    for (int i = 0; job->source_count > 1 && i < count; i++)
        weir_source_counts_of(job, items[i].path)->dropped++;
    weir_account_drops(flow->books, inbox->host, (uint64_t)count, flow->clock->now_s);
}

/* Drops the oldest items that wait at an input edge. */
static void drop_oldest(struct weir_inbox *inbox, int edge, long items)
{
    struct weir_batch **link = &inbox->first;
    struct weir_batch *before = NULL;
    while (items > 0 && (*link || weir_inbox_unpack(inbox))) {
        struct weir_batch *batch = *link;
        if (batch->edge != edge) {
            before = batch;
            link = &batch->next;
            continue;
        }
        int gone = batch->count < items ? batch->count : (int)items;
        items -= gone;
        weir_inbox_make_room(inbox, edge, gone);
        inbox->op->counts.arrived -= (uint64_t)gone; /* dropped instead */
        weir_inbox_drop(inbox, batch->items, gone);
        if (gone < batch->count) {
            weir_batch_behead(batch, gone);
            return;
        }
        *link = batch->next;
        if (inbox->last == batch)
            inbox->last = before;
        weir_batch_release(&inbox->job->flow->pool, batch);
    }
    if (!inbox->first)
        weir_inbox_unpack(inbox);
}

/* Keeps the items that are not shed: above half full each goes with the edge's probability. */
static void shed(struct weir_inbox *inbox, struct weir_batch *batch)
{
    const struct weir_room *room = &inbox->room[batch->edge];
    const struct weir_out_edge *edge = batch->out_edge;
    long used = room->used;
    int kept = 0, count = batch->count;
    for (int i = 0; i < count; i++) {
        struct weir_stream draw = weir_stream_at(edge->shed_key, batch->items[i].id);
        bool gone = used >= room->capacity ||
                    (2 * used > room->capacity && weir_stream_uniform(&draw) < edge->spec->shed_share);
        if (gone) {
            weir_inbox_drop(inbox, &batch->items[i], 1);
            continue;
        }
        batch->count = kept; /* append writes behind the items kept so far, never past i */
        weir_batch_append(batch, batch, i);
        kept++;
        used++;
    }
    batch->count = kept;
}

void weir_inbox_put_or_drop(struct weir_inbox *inbox, struct weir_batch *batch)
{
    struct weir_room *room = &inbox->room[batch->edge];
    enum weir_full full = batch->out_edge->spec->full;
    if (full == WEIR_FULL_SHED)
        shed(inbox, batch);
    long space = room->used < room->capacity ? room->capacity - room->used : 0;
    if (batch->count > space && full == WEIR_FULL_DROP_OLD) {
        if (batch->count > room->capacity) {
            int gone = batch->count - (int)room->capacity;
            weir_inbox_drop(inbox, batch->items, gone);
            weir_batch_behead(batch, gone);
        }
        drop_oldest(inbox, batch->edge, batch->count - space);
    } else if (batch->count > space) {
        weir_inbox_drop(inbox, batch->items + space, batch->count - (int)space);
        batch->count = (int)space;
    }
    if (batch->count > 0)
        weir_inbox_enqueue(inbox, batch);
    else
        weir_batch_release(&inbox->job->flow->pool, batch);
}
