#include "sim/engine/flow/route.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"
#include "sim/engine/flow/connection.h"
#include "sim/engine/flow/waiting.h"

/* Of uniform keys beyond so many, each group is taken to have the same: by the law of large numbers the groups differ
 * by about a hundredth then. */
#define KEYS_COUNTED (1L << 20)

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
    op->route = op->routes[0];
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
    op->route = kept ? op->routes[0] : NULL;
    /* Those who wait for room here look elsewhere. */
    struct weir_clock *clock = op->job->flow->clock;
    for (int e = 0; e < op->in_edges; e++)
        weir_waiters_wake_all(clock, &inbox->room[e].waiters);
    for (struct weir_connection *c = inbox->connections; c; c = c->next)
        weir_connection_wake(c);
}

uint64_t weir_op_group_of(const struct weir_op *op, uint64_t key)
{
    struct weir_stream mixed = weir_stream_at(op->select_key, key);
    return weir_stream_below(&mixed, WEIR_KEY_GROUPS);
}
int weir_group_owner(uint64_t group, int instances)
{
    return (int)(group * (uint64_t)instances / WEIR_KEY_GROUPS);
}

static void init_weights(struct weir_op *op)
{
    long keys = op->spec->keys;
    op->key_groups = weir_alloc((size_t)keys, sizeof *op->key_groups);
    double sum = 0;
    for (long k = 0; k < keys; k++)
        op->key_groups[k] = sum += weir_pow((double)(k + 1), -op->spec->key_skew);
    for (long k = 0; k < keys; k++)
        op->key_groups[k] /= sum;
}

/* Of n instances, the share of the items that the one with the hottest range gets. */
static double hottest(const double *groups, int n)
{
    double most = 0, range = 0;
    int owner = 0;
    for (int g = 0; g < WEIR_KEY_GROUPS; g++) {
        int of = weir_group_owner((uint64_t)g, n);
        range = of == owner ? range + groups[g] : groups[g];
        owner = of;
        most = fmax(most, range);
    }
    return most;
}

void weir_op_init_keys(struct weir_op *op)
{
    long keys = op->spec->keys;
    if (keys <= 0 || op->spec->join_all) /* a join goes by item */
        return;
    if (op->spec->key_skew > 0)
        init_weights(op);
    double groups[WEIR_KEY_GROUPS] = {0};
    bool counted = op->key_groups || keys <= KEYS_COUNTED;
    for (long k = 0; k < (counted ? keys : WEIR_KEY_GROUPS); k++) {
        uint64_t group = counted ? weir_op_group_of(op, (uint64_t)k) : (uint64_t)k;
        double before = op->key_groups && k > 0 ? op->key_groups[k - 1] : 0;
        groups[group] += op->key_groups ? op->key_groups[k] - before : 1.0 / (double)(counted ? keys : WEIR_KEY_GROUPS);
    }
    op->range_share = weir_alloc((size_t)op->spec->max_parallelism, sizeof *op->range_share);
    for (int n = 1; n <= op->spec->max_parallelism; n++)
        op->range_share[n - 1] = hottest(groups, n);
}

uint64_t weir_op_key_of(const struct weir_op *op, uint64_t id)
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

/* Who wants a route. */
struct wish {
    const struct weir_sender *sender;
    double *later_s;
    int *given; /* [route] items of its batch; NULL: nobody asks */
};

static int choose(struct weir_op *op, const struct weir_batch *batch, int item, const struct wish *wish)
{
    uint64_t id = batch->items[item].id;
    if (op->route_count == 1)
        return 0;
    if (op->join) {
        struct weir_stream mixed = weir_stream_at(op->key_key, id);
        return (int)weir_stream_below(&mixed, (uint64_t)op->route_count);
    }
    if (op->spec->keys > 0)
        return weir_group_owner(weir_op_group_of(op, weir_op_key_of(op, id)), op->route_count);
    const struct weir_flow *flow = op->job->flow;
    int chosen = flow->route
                     ? flow->route(flow->route_context, op, wish->sender, batch->item_bytes, wish->given, wish->later_s)
                     : -1;
    return chosen >= 0 ? chosen : by_weight(op);
}

/* Cuts a batch whose items may go to different inboxes. */
static struct weir_batch *cut(struct weir_op *op, struct weir_batch *batch, struct wish *wish)
{
    struct weir_batch_pool *pool = &op->job->flow->pool;
    struct weir_batch **pieces = weir_alloc((size_t)op->route_count, sizeof *pieces);
    if (op->job->flow->route)
        wish->given = weir_alloc((size_t)op->route_count, sizeof *wish->given);
    for (int i = 0; i < batch->count; i++) {
        int part = choose(op, batch, i, wish);
        if (wish->given)
            wish->given[part]++;
        if (!pieces[part]) {
            struct weir_batch *piece = pieces[part] = weir_batch_new(pool, batch->count - i);
            piece->edge = batch->edge;
            piece->out_edge = batch->out_edge;
            piece->item_bytes = batch->item_bytes;
            weir_batch_like(piece, batch);
            piece->inbox = op->routes[part];
        }
        weir_batch_append(pieces[part], batch, i);
    }
    struct weir_batch *list = batch->next;
    weir_batch_release(pool, batch);
    for (int p = op->route_count - 1; p >= 0; p--) {
        if (!pieces[p])
            continue;
        pieces[p]->next = list;
        list = pieces[p];
    }
    free(wish->given);
    free(pieces);
    return list;
}

struct weir_batch *weir_route_pieces(const struct weir_sender *sender, struct weir_op *op, struct weir_batch *batch,
                                     double *later_s)
{
    struct wish wish = {sender, later_s, NULL};
    if (op->route_count > 1 && batch->count > 1)
        return cut(op, batch, &wish);
    batch->inbox = op->route_count == 1 ? op->route : op->routes[choose(op, batch, 0, &wish)];
    return batch;
}
