#include "sim/engine/flow/ranks.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/kinds.h"

enum heap { BY_RANK, BY_LEAVING };

struct weir_ranked {
    struct weir_batch *batch;
    struct weir_rank rank;
    double leaves_s, left;
    unsigned at[2]; /* its place in each heap */
};

void weir_ranks_init(struct weir_inbox *inbox)
{
    const struct weir_operator *spec = inbox->op->spec;
    if (spec->order != WEIR_ORDER_FIFO || spec->expires)
        inbox->ranks = weir_alloc(1, sizeof *inbox->ranks);
}

void weir_ranks_fini(struct weir_inbox *inbox)
{
    if (!inbox->ranks)
        return;
    free(inbox->ranks->list);
    free(inbox->ranks->by_rank);
    free(inbox->ranks->by_leaving);
    free(inbox->ranks->free_places);
    free(inbox->ranks);
}

struct weir_rank weir_rank_of(const struct weir_inbox *inbox, const struct weir_item *item, double *leaves_s)
{
    const struct weir_operator *spec = inbox->op->spec;
    double deadline_s = item->birth + weir_kind_deadline_s(inbox->job, item->id);
    *leaves_s = inbox->job->flow->clock->now_s + spec->max_wait_s;
    if (spec->expires)
        *leaves_s = fmin(*leaves_s, deadline_s);
    struct weir_rank rank = {.number = inbox->ranks->number++};
    if (spec->order == WEIR_ORDER_PRIORITY)
        rank.key = -weir_kind_priority(inbox->job, item->id);
    else if (spec->order == WEIR_ORDER_EDF)
        rank.key = deadline_s;
    return rank;
}

static unsigned *heap_of(const struct weir_ranks *ranks, enum heap heap)
{
    return heap == BY_RANK ? ranks->by_rank : ranks->by_leaving;
}

static bool is_before(const struct weir_ranks *ranks, enum heap heap, unsigned a, unsigned b)
{
    const struct weir_ranked *x = &ranks->list[a], *y = &ranks->list[b];
    if (heap == BY_LEAVING && x->leaves_s != y->leaves_s)
        return x->leaves_s < y->leaves_s;
    if (heap == BY_LEAVING)
        return x->rank.number < y->rank.number;
    return weir_rank_before(&x->rank, &y->rank);
}

static void set(struct weir_ranks *ranks, enum heap heap, size_t at, unsigned place)
{
    heap_of(ranks, heap)[at] = place;
    ranks->list[place].at[heap] = (unsigned)at;
}

/* What stands at `at` is brought to where it belongs. */
static void settle(struct weir_ranks *ranks, enum heap heap, size_t at)
{
    const unsigned *places = heap_of(ranks, heap);
    unsigned place = places[at];
    for (; at > 0 && is_before(ranks, heap, place, places[(at - 1) / 2]); at = (at - 1) / 2)
        set(ranks, heap, at, places[(at - 1) / 2]);
    for (size_t child = 2 * at + 1; child < ranks->count; child = 2 * at + 1) {
        if (child + 1 < ranks->count && is_before(ranks, heap, places[child + 1], places[child]))
            child++;
        if (!is_before(ranks, heap, places[child], place))
            break;
        set(ranks, heap, at, places[child]);
        at = child;
    }
    set(ranks, heap, at, place);
}

static void reserve(struct weir_ranks *ranks)
{
    if (ranks->count < ranks->capacity)
        return;
    ranks->capacity = ranks->capacity ? 2 * ranks->capacity : 16;
    ranks->list = weir_resize(ranks->list, ranks->capacity, sizeof *ranks->list);
    ranks->by_rank = weir_resize(ranks->by_rank, ranks->capacity, sizeof *ranks->by_rank);
    ranks->by_leaving = weir_resize(ranks->by_leaving, ranks->capacity, sizeof *ranks->by_leaving);
    ranks->free_places = weir_resize(ranks->free_places, ranks->capacity, sizeof *ranks->free_places);
}

void weir_ranks_put(struct weir_inbox *inbox, struct weir_batch *batch, struct weir_rank rank, double leaves_s,
                    double left)
{
    struct weir_ranks *ranks = inbox->ranks;
    reserve(ranks);
    unsigned place = ranks->free_count ? ranks->free_places[--ranks->free_count] : (unsigned)ranks->count;
    ranks->list[place] = (struct weir_ranked){batch, rank, leaves_s, left, {0}};
    batch->next = NULL;
    size_t last = ranks->count++;
    for (int heap = BY_RANK; heap <= BY_LEAVING; heap++) {
        set(ranks, (enum heap)heap, last, place);
        settle(ranks, (enum heap)heap, last);
    }
    inbox->first = ranks->list[ranks->by_rank[0]].batch;
}

static struct weir_batch *take(struct weir_inbox *inbox, unsigned place)
{
    struct weir_ranks *ranks = inbox->ranks;
    const struct weir_ranked taken = ranks->list[place];
    ranks->count--;
    for (int heap = BY_RANK; heap <= BY_LEAVING; heap++) {
        unsigned last = heap_of(ranks, (enum heap)heap)[ranks->count];
        if (last == place)
            continue;
        set(ranks, (enum heap)heap, taken.at[heap], last);
        settle(ranks, (enum heap)heap, taken.at[heap]);
    }
    ranks->free_places[ranks->free_count++] = place;
    ranks->rank = taken.rank;
    ranks->left = taken.left;
    inbox->first = ranks->count ? ranks->list[ranks->by_rank[0]].batch : NULL;
    return taken.batch;
}

struct weir_batch *weir_ranks_take(struct weir_inbox *inbox)
{
    return take(inbox, inbox->ranks->by_rank[0]);
}

struct weir_batch *weir_ranks_take_leaving(struct weir_inbox *inbox)
{
    return take(inbox, inbox->ranks->by_leaving[0]);
}

struct weir_rank weir_ranks_first(const struct weir_inbox *inbox)
{
    return inbox->ranks->list[inbox->ranks->by_rank[0]].rank;
}

double weir_ranks_leave_s(const struct weir_inbox *inbox)
{
    const struct weir_ranks *ranks = inbox->ranks;
    return ranks->count ? ranks->list[ranks->by_leaving[0]].leaves_s : INFINITY;
}
