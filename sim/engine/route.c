/* From an emitted batch to the inboxes it goes to: weighted round robin over the items, by key, or by item for joins.
 */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"
#include "sim/engine/parts.h"

/* Keys are spread over the instances in groups, as stream processors do, so that a rescale moves whole groups. */
#define KEY_GROUPS 128

void weir_op_open_inbox(struct weir_op *op, struct weir_inbox *inbox)
{
    if (inbox->open)
        return;
    if (op->route_count == op->route_capacity) {
        op->route_capacity = op->route_capacity ? 2 * op->route_capacity : 4;
        op->routes = weir_resize(op->routes, (size_t)op->route_capacity, sizeof(struct weir_inbox *));
    }
    inbox->open = true;
    op->routes[op->route_count++] = inbox;
}

void weir_op_close_inbox(struct weir_op *op, struct weir_inbox *inbox)
{
    if (!inbox->open)
        return;
    inbox->open = false;
    int kept = 0;
    for (int i = 0; i < op->route_count; i++)
        if (op->routes[i] != inbox)
            op->routes[kept++] = op->routes[i];
    op->route_count = kept;
    /* Those who wait for room here look elsewhere. */
    for (int e = 0; e < op->in_edges; e++)
        weir_waiters_wake_all(&inbox->room[e].waiters);
    for (struct weir_connection *c = inbox->connections; c; c = c->next)
        weir_waiters_wake_all(&c->senders);
}

void weir_op_init_keys(struct weir_op *op)
{
    long keys = op->spec->keys;
    if (keys <= 0 || op->spec->key_skew <= 0)
        return;
    op->key_groups = weir_alloc((size_t)keys, sizeof *op->key_groups);
    double sum = 0;
    for (long k = 0; k < keys; k++)
        op->key_groups[k] = sum += weir_pow((double)(k + 1), -op->spec->key_skew);
    for (long k = 0; k < keys; k++)
        op->key_groups[k] /= sum;
}

static uint64_t key_of(const struct weir_op *op, uint64_t id)
{
    struct weir_stream draw = weir_stream_at(op->key_key, id);
    long keys = op->spec->keys;
    if (!op->key_groups)
        return weir_stream_below(&draw, (uint64_t)keys);
    double u = weir_stream_uniform(&draw);
    long low = 0, high = keys - 1;
    while (low < high) {
        long middle = (low + high) / 2;
        if (op->key_groups[middle] < u)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint64_t)low;
}

static int by_weight(struct weir_op *op)
{
    /* Smooth weighted round robin: each gains its weight, the richest pays the sum. */
    double sum = 0;
    int best = 0;
    for (int i = 0; i < op->route_count; i++) {
        struct weir_inbox *inbox = op->routes[i];
        inbox->credit += inbox->weight;
        sum += inbox->weight;
        if (inbox->credit > op->routes[best]->credit + 1e-12)
            best = i;
    }
    op->routes[best]->credit -= sum;
    return best;
}

static int choose(struct weir_op *op, uint64_t id)
{
    if (op->route_count == 1)
        return 0;
    if (op->join) {
        struct weir_stream mixed = weir_stream_at(op->key_key, id);
        return (int)weir_stream_below(&mixed, (uint64_t)op->route_count);
    }
    if (op->spec->keys > 0) {
        struct weir_stream mixed = weir_stream_at(op->select_key, key_of(op, id));
        uint64_t group = weir_stream_below(&mixed, KEY_GROUPS);
        return (int)(group * (uint64_t)op->route_count / KEY_GROUPS);
    }
    return by_weight(op);
}

/* A host's inbox takes the batch, over the network if need be; what is returned must be routed again. */
static struct weir_batch *hand_over(struct weir_world *world, int from_host, struct weir_inbox *inbox,
                                    struct weir_batch *batch, struct weir_clock *clock, struct weir_parking *parking)
{
    if (inbox->host != from_host)
        return weir_connection_send(world, from_host, inbox, batch, clock, parking);
    return weir_inbox_put(
        inbox, batch,
        &(struct weir_put){.parking = parking, .since_s = weir_now(), .counter = &inbox->op->in_hand, .clock = clock});
}

static void wait_at_gate(struct weir_op *op, struct weir_batch *batch, struct weir_clock *clock,
                         struct weir_parking *parking)
{
    double since_s = weir_now();
    weir_clock_set(clock, WEIR_BLOCKED, since_s);
    struct weir_waiter waiter = {.parking = parking};
    weir_waiters_add(&op->gate, &waiter);
    weir_park(parking);
    weir_waiters_remove(&op->gate, &waiter);
    weir_batch_hold(batch, weir_now() - since_s);
}

/* Cuts a batch whose items may go to different inboxes into a list of pieces, one for each; the batch is left empty.
 * Gives way to nobody. */
static struct weir_batch *cut(struct weir_world *world, struct weir_op *op, struct weir_batch *batch)
{
    struct weir_batch **pieces = weir_alloc((size_t)op->route_count, sizeof *pieces);
    for (int i = 0; i < batch->count; i++) {
        int part = choose(op, batch->id[i]);
        if (!pieces[part]) {
            struct weir_batch *piece = pieces[part] = weir_batch_new(&world->pool, batch->count - i);
            piece->inbox = op->routes[part];
            piece->edge = batch->edge;
            piece->out_edge = batch->out_edge;
            piece->item_bytes = batch->item_bytes;
            weir_batch_like(piece, batch);
        }
        weir_batch_append(pieces[part], batch, i);
    }
    batch->count = 0;
    struct weir_batch *list = NULL;
    for (int p = op->route_count - 1; p >= 0; p--) {
        if (!pieces[p])
            continue;
        pieces[p]->next = list;
        list = pieces[p];
    }
    free(pieces);
    return list;
}

/* Sends the pieces of a batch. Returns what must be routed again. */
static struct weir_batch *scatter(struct weir_world *world, int from_host, struct weir_op *op, struct weir_batch *batch,
                                  struct weir_clock *clock, struct weir_parking *parking)
{
    double start_s = weir_now();
    struct weir_batch *back = NULL; /* pieces that came back, whose items stand still since since_s */
    for (struct weir_batch *piece = cut(world, op, batch), *next; piece; piece = next) {
        next = piece->next;
        weir_batch_hold(piece, weir_now() - start_s);
        struct weir_batch *left = hand_over(world, from_host, piece->inbox, piece, clock, parking);
        if (!left)
            continue;
        left->since_s = weir_now();
        left->next = back;
        back = left;
    }
    for (struct weir_batch *left = back, *next; left; left = next) {
        next = left->next;
        weir_batch_hold(left, weir_now() - left->since_s);
        for (int i = 0; i < left->count; i++)
            weir_batch_append(batch, left, i);
        weir_batch_release(&world->pool, left);
    }
    if (batch->count)
        return batch;
    weir_batch_release(&world->pool, batch);
    return NULL;
}

/* Along one edge. */
static void send_along(struct weir_world *world, int from_host, struct weir_out_edge *edge, struct weir_batch *batch,
                       struct weir_clock *clock, struct weir_parking *parking)
{
    struct weir_op *op = edge->to;
    batch->edge = edge->to_edge;
    batch->out_edge = edge;
    batch->item_bytes = edge->spec->bytes;
    if (!op) {
        struct weir_inbox *sink = edge->sink;
        if (weir_batch_stale(sink->job, batch)) {
            weir_discard(sink->job, NULL, batch, &sink->in_hand);
        } else if (sink->host < 0 || sink->host == from_host) {
            sink->in_hand -= batch->count;
            batch->origin = weir_origin_of(sink->job, from_host);
            weir_count_delivery(world, sink->job, batch);
        } else {
            batch = weir_connection_send(world, from_host, sink, batch, clock, parking);
            if (batch)
                weir_discard(sink->job, NULL, batch, &sink->in_hand);
        }
        return;
    }
    while (batch) {
        if (weir_batch_stale(op->job, batch)) {
            weir_discard(op->job, op, batch, &op->in_hand);
            return;
        }
        if (op->paused || !op->route_count || weir_recovering(op->job)) {
            wait_at_gate(op, batch, clock, parking);
        } else if (op->route_count == 1 || batch->count == 1) {
            struct weir_inbox *inbox = op->routes[choose(op, batch->id[0])];
            batch = hand_over(world, from_host, inbox, batch, clock, parking);
        } else {
            batch = scatter(world, from_host, op, batch, clock, parking);
        }
    }
}

double weir_send_all(struct weir_world *world, int from_host, struct weir_out_edge *edges, int count,
                     struct weir_batch *batch, struct weir_clock *clock, struct weir_parking *parking)
{
    double start_s = weir_now(), last_s = start_s;
    for (int e = 0; e < count; e++) {
        if (edges[e].to)
            edges[e].to->in_hand += batch->count;
        else
            edges[e].sink->in_hand += batch->count;
    }
    for (int e = 0; e < count; e++) {
        struct weir_batch *sent = e + 1 < count ? weir_batch_slice(&world->pool, batch, 0, batch->count) : batch;
        send_along(world, from_host, &edges[e], sent, clock, parking);
        if (e + 1 < count) {
            double now_s = weir_now();
            weir_batch_hold(batch, now_s - last_s);
            last_s = now_s;
        }
    }
    return weir_now() - start_s;
}
