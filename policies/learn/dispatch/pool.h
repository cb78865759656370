/* Post-scheduling [li-2025]: real requests take their servers from a pool of strategies, the numbers of requests x_emi
 * that were planned for server e, region m and category i ahead of the cycle. This is what has to be quick: a request
 * takes O(1), amortised, and nothing is allocated or solved. */
#ifndef WEIR_LEARN_DISPATCH_POOL_H
#define WEIR_LEARN_DISPATCH_POOL_H

#include "policies/learn/dispatch/book.h"

struct pool;

/* An empty pool over books, which are borrowed. */
struct pool *pool_new(struct book *book);
void pool_free(struct pool *pool);

/* Puts in count[servers][regions][categories] >= 0 (that of an assignment, for one) in place of what was there; NULL:
 * nothing. Fill it after book_rates, for one cycle; the books may be opened before or after. Servers that are out of a
 * region's reach are left out. Requests of a pair (m, i) take the nearest of its servers first. Errors: WEIR_EINPUT for
 * a negative count, naming its place; the pool is empty then. O(servers regions categories). */
int pool_fill(struct pool *pool, const int *count);

/* The server of a request, entered in the books; -1: none that is well is in reach. From the pool, where servers that
 * are not (or no longer) well are skipped; where that is empty, by book_near. */
int pool_take(struct pool *pool, int region, int category);

/* Requests since the pool was filled: taken from it, given by book_near, left without server. */
struct pool_tally {
    long pooled, beyond, refused;
};
struct pool_tally pool_tally(const struct pool *pool);

/* What is left in the pool, of servers that are well or not. */
long pool_left(const struct pool *pool, int region, int category);

#endif
