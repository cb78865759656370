/* Rules that decide on each request as it comes, which others are compared with [li-2025]. They know who is well and
 * what remains (book.h says what they share), and plan nothing ahead. */
#ifndef WEIR_LEARN_DISPATCH_RIVALS_H
#define WEIR_LEARN_DISPATCH_RIVALS_H

#include "policies/learn/dispatch/book.h"

enum rival {
    RIVAL_ORIGIN, /* book_near: of the nearest servers, the one with the most remaining bandwidth */
    RIVAL_GP,     /* the nearest server that has room */
    RIVAL_GREEDY, /* of the servers that have room, the one with the highest A_emi (or yield), the nearer of equals */
    RIVAL_MF,     /* as the largest flow from regions to servers says; needs all requests at once */
    RIVAL_COUNT
};
extern const char *const rival_names[RIVAL_COUNT + 1]; /* "origin", "gp", "greedy", "mf", NULL */

/* O(1), amortised. */
int rival_gp(struct book *book, int region, int category);

/* What was best for a pair (m, i) stays so until it is full: O(1) then, and O(servers) to find the next. */
int rival_greedy(struct book *book, int region, int category);

/* The same without remembering: O(servers) for each request. Gives the same servers. */
int rival_greedy_plain(struct book *book, int region, int category);

/* The same rules (and book_near in place of RIVAL_MF) for a request that only some servers can have, by number, each of
 * them once: of those that are well and in reach, the one that the rule names. Nothing is remembered: O(servers) for
 * each request, for book_near times what it compares. Allocates nothing. */
int rival_choose(enum rival rival, struct book *book, int region, int category, const int *servers, int count);

struct rival_request {
    int region, category;
};

/* Schedules requests in their order: server[count] gets the server of each, -1 for none; returns how many have one.
 *
 * RIVAL_MF: a region has an edge to each server in its reach that is well, a server one to the sink with what remains
 * of its bandwidth, and the source one to each region with the bandwidth that its requests need, each the mean of A_emi
 * over the servers in reach. The largest flow (Dinic) is dealt to the requests, those of a region taking the nearest of
 * its servers first, each request whole. What the flow does not cover, and what does not come out even, goes by
 * book_near. */
long rival_schedule(enum rival rival, struct book *book, const struct rival_request *requests, long count, int *server);

/* The same for numbers of requests: wanted[regions][categories] >= 0 come mixed evenly, in an order that is always the
 * same. count[servers][regions][categories] gets how many go where, left[regions][categories] (may be NULL) those
 * without server; returns how many have one. */
long rival_counts(enum rival rival, struct book *book, const int *wanted, int *count, int *left);

#endif
