/* Who still has bandwidth in a scheduling cycle: the books that requests are entered in as they are given to servers,
 * one after the other. B_remain of server e = B_e - sum of A_emi over the requests given to it in this cycle [li-2025].
 *
 * Rules give a server to a request of region m and category i, enter it in the books, and return the server; -1, and
 * nothing is entered, if no server that is well is in reach of the region. A server has room for a request if B_remain
 * is at least A_emi. Where no server has room, all rules do the same: of the servers in reach that are well, the one
 * with the most remaining bandwidth (it is below A_emi then, and below 0 after a while), the nearer of equals; that
 * takes O(servers). No rule allocates anything. Region and category must be in their ranges.
 *
 * All servers, regions and categories are numbered from 0. Bandwidths and rates have the same unit, whichever. */
#ifndef WEIR_LEARN_DISPATCH_BOOK_H
#define WEIR_LEARN_DISPATCH_BOOK_H

#include <stdbool.h>

struct book;

/* Fills nearest[regions][servers] from distance[regions][servers]: a row has the servers in reach of the region,
 * nearest first, the lower number of equals, and ends early with -1 where some are not in reach, which is what a
 * distance that is negative or not finite says. O(regions servers log servers). */
void book_order(const double *distance, int regions, int servers, int *nearest);

/* Books for a platform; free by book_free. nearest as above, copied. `near`: how many servers book_near compares, at
 * least 1; 8 is usual. Errors: WEIR_EINPUT for sizes below 1 or whose product is 2^31 or more, and for a row that names
 * a server twice or one that does not exist; *book is NULL then. Memory: 4 bytes for each server, region and category,
 * and 8 for each server and region. */
int book_new(int servers, int regions, int categories, const int *nearest, int near, struct book **book);
void book_free(struct book *book);

/* From now on book_near compares so many servers, at least 1, for requests of the region. */
void book_compare(struct book *book, int region, int near);

/* The bandwidth A_emi that requests use, rate[servers][regions][categories] >= 0, copied; all 0 before. Opens the books
 * anew if they are open. Errors: WEIR_EINPUT for a rate that is negative or not finite, naming its place; the books are
 * as before then. O(servers regions categories). */
int book_rates(struct book *book, const float *rate);

/* What rival_greedy goes by where that is not the bandwidth used: yield[servers][regions][categories], any unit,
 * copied; NULL: the rates, as at the beginning. Opens the books anew if they are open. Errors: WEIR_EINPUT for a yield
 * that is not finite, naming its place; the books are as before then. */
int book_yields(struct book *book, const float *yield);

/* Begins a cycle: bandwidth[servers] B_e is all that remains (what it is less what is in use otherwise, maybe below 0),
 * and nothing is given. healthy[servers]: a server that is not well gets nothing; NULL: all are. No server is well
 * before the first call. Errors: WEIR_EINPUT for a bandwidth that is not finite; the books are as before then. */
int book_open(struct book *book, const double *bandwidth, const bool *healthy);

/* The server is no longer well: it gets nothing for the rest of the cycle. */
void book_lose(struct book *book, int server);

/* B_remain; -INFINITY: not well. */
double book_remaining(const struct book *book, int server);

/* "The nearest server with the most remaining bandwidth": the servers that are well are looked at in order of their
 * distance, `near` at a time; of the first `near` among which any has room, the one with the most remaining bandwidth,
 * the nearer of equals. Where all the nearest are full for any request they are not looked at again: O(near),
 * amortised. Rule of the rival "origin", and of requests that nobody expected. */
int book_near(struct book *book, int region, int category);

/* How often servers, or arcs of the flow of `mf`, were looked at by rival_choose and rival_schedule of `mf` since the
 * books were opened: what rules take, on any machine. */
long book_looks(const struct book *book);

/* Enters a request that something else gave to a server in reach; -INFINITY remains -INFINITY. */
void book_enter(struct book *book, int server, double rate);

#endif
