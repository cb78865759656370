#include "policies/learn/dispatch/pool.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/dispatch/inside.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* What is planned for a server, of one pair. */
struct strategy {
    int server, left;
    float rate;
};

/* The strategies of a pair: those from `next` on may have some left. */
struct slice {
    size_t next, end;
};

struct pool {
    struct book *book;
    struct slice *slices; /* [regions][categories] */
    struct strategy *strategies;
    size_t room;
    struct pool_tally tally;
};

struct pool *pool_new(struct book *book)
{
    struct pool *pool = weir_alloc(1, sizeof *pool);
    pool->book = book;
    pool->slices = weir_alloc((size_t)book->regions * (size_t)book->categories, sizeof *pool->slices);
    return pool;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    free(pool->slices);
    free(pool->strategies);
    free(pool);
}

/* Makes the slices of a region, category by category. Counts are read in the order in which they lie. */
static size_t fill_region(struct pool *pool, const int *count, int region, size_t used)
{
    const struct book *book = pool->book;
    const int *row = book_row(book, region);
    size_t categories = (size_t)book->categories, pairs = (size_t)book->regions * categories;
    size_t first = book_pair(book, region, 0);
    struct slice *slices = pool->slices + first;
    for (int p = 0; p < book->reach[region]; p++)
        for (size_t i = 0; i < categories; i++)
            slices[i].end += count[(size_t)row[p] * pairs + first + i] > 0;
    for (size_t i = 0; i < categories; i++) { /* numbers to places; `end` is where the next one goes */
        size_t number = slices[i].end;
        slices[i] = (struct slice){used, used};
        used += number;
    }
    pool->strategies = weir_grow(pool->strategies, used, &pool->room, sizeof *pool->strategies);
    for (int p = 0; p < book->reach[region]; p++)
        for (size_t i = 0; i < categories; i++) {
            int planned = count[(size_t)row[p] * pairs + first + i];
            if (planned > 0)
                pool->strategies[slices[i].end++] = (struct strategy){row[p], planned, book_rate(book, first + i)[p]};
        }
    return used;
}

int pool_fill(struct pool *pool, const int *count)
{
    const struct book *book = pool->book;
    size_t categories = (size_t)book->categories, pairs = (size_t)book->regions * categories, used = 0;
    memset(pool->slices, 0, pairs * sizeof *pool->slices);
    pool->tally = (struct pool_tally){0};
    for (size_t j = 0; count && j < pairs * (size_t)book->servers; j++)
        if (count[j] < 0)
            return weir_error(WEIR_EINPUT, "dispatch: server %zu, region %zu, category %zu: a count of %d", j / pairs,
                              j % pairs / categories, j % categories, count[j]);
    for (int m = 0; count && m < book->regions; m++)
        used = fill_region(pool, count, m, used);
    return WEIR_OK;
}

int pool_take(struct pool *pool, int region, int category)
{
    struct book *book = pool->book;
    assert(region >= 0 && region < book->regions && category >= 0 && category < book->categories);
    struct slice *slice = &pool->slices[book_pair(book, region, category)];
    for (; slice->next < slice->end; slice->next++) {
        struct strategy *strategy = &pool->strategies[slice->next];
        double *remain = &book->remain[strategy->server];
        if (strategy->left > 0 && *remain > -INFINITY) {
            strategy->left--;
            *remain -= (double)strategy->rate;
            pool->tally.pooled++;
            return strategy->server;
        }
    }
    int server = book_near(book, region, category);
    pool->tally.beyond += server >= 0;
    pool->tally.refused += server < 0;
    return server;
}

struct pool_tally pool_tally(const struct pool *pool)
{
    return pool->tally;
}

long pool_left(const struct pool *pool, int region, int category)
{
    const struct slice *slice = &pool->slices[book_pair(pool->book, region, category)];
    long left = 0;
    for (size_t s = slice->next; s < slice->end; s++)
        left += pool->strategies[s].left;
    return left;
}
