/* Platforms drawn at random for the tests of dispatching. */
#ifndef WEIR_TESTS_LEARN_DISPATCH_WORLD_H
#define WEIR_TESTS_LEARN_DISPATCH_WORLD_H

#include <stdbool.h>

#include "policies/learn/dispatch/book.h"
#include "sim/base/random.h"

struct world {
    int servers, regions, categories;
    double *bandwidth; /* [servers] */
    double *distance;  /* [regions][servers] */
    int *nearest;      /* [regions][servers] */
    bool *healthy;     /* [servers] */
    float *rate;       /* [servers][regions][categories] */
};

/* A tenth of the servers is not well, a fifth of the ways leads nowhere. Distances are whole, so that some are equal;
 * rates are multiples of 1/4 and bandwidths whole, so that sums are exact. */
void world_draw(struct world *world, int servers, int regions, int categories, struct weir_stream *stream);
void world_fini(struct world *world);

/* Books with its rates, opened; fails the test if they cannot be. */
struct book *world_book(const struct world *world, int near);

double world_rate(const struct world *world, int server, int region, int category);

/* Whether the server comes before the other for the region: nearer, or the lower number of equals. */
bool world_before(const struct world *world, int region, int server, int other);

/* Whether the server is well and in reach. */
bool world_offers(const struct world *world, int region, int server);

#endif
