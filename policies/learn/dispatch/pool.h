/* Post-scheduling [li-2025]: real requests take their servers from a pool of strategies, the numbers of requests x_emi
 * that were planned for server e, region m and category i ahead of the cycle. This is what has to be quick: a request
 * takes O(strategies of its pair), and nothing is allocated or solved.
 *
 * Requests of a pair (m, i) are dealt in proportion to what is planned. Each one that comes gives the servers that can
 * have it credit in shares of their plans, 1 in all; of those that have some left, the one with the most credit takes
 * the request and pays 1, the first that was planned of equals. So after n of N requests no server has had a whole one
 * more than n x / N, and after N each has had x. What is left of credit goes over into the next cycle: half a request
 * planned for each of two cycles is one request in one of them. */
#ifndef WEIR_LEARN_DISPATCH_POOL_H
#define WEIR_LEARN_DISPATCH_POOL_H

#include <stddef.h>

struct pool;

/* Requests, not necessarily whole, that are planned for a server; several of one server and pair add up. */
struct pool_plan {
    int server, region, category;
    double count;
};

/* An empty pool; each number at least 1. Free by pool_free. */
struct pool *pool_new(int servers, int regions, int categories);
void pool_free(struct pool *pool); /* NULL is fine */

/* Begins a cycle with these plans in place of what was there; credit goes over where a server has a plan again, less
 * the same share of each plan as the others have lost. Errors: WEIR_EINPUT for a number out of range, and for a count
 * that is negative or not finite, naming its place; the pool is empty then, and credit is forgotten. O(pairs + plans),
 * times the strategies of a pair. */
int pool_fill(struct pool *pool, const struct pool_plan *plans, size_t count);

/* The server of a request, of those offered (by number, `offers` of them; NULL: all are); -1: the pool has nothing left
 * for the pair, or for none of these. Region, category and servers must be in range. */
int pool_take(struct pool *pool, int region, int category, const int *offered, int offers);

/* Requests since the pool was filled: taken from it, and turned away. */
struct pool_tally {
    long taken, beyond;
};
struct pool_tally pool_tally(const struct pool *pool);

/* What is left of the pair, and the number of its strategies, with something left or not. */
double pool_left(const struct pool *pool, int region, int category);
int pool_strategies(const struct pool *pool, int region, int category);

#endif
