#include "tests/learn/dispatch/world.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"

void world_draw(struct world *w, int servers, int regions, int categories, struct weir_stream *s)
{
    size_t e = (size_t)servers, ways = e * (size_t)regions, cells = ways * (size_t)categories;
    *w = (struct world){.servers = servers, .regions = regions, .categories = categories};
    w->bandwidth = weir_alloc(e, sizeof(double));
    w->distance = weir_alloc(ways, sizeof(double));
    w->nearest = weir_alloc(ways, sizeof(int));
    w->healthy = weir_alloc(e, sizeof(bool));
    w->rate = weir_alloc(cells, sizeof(float));
    for (int i = 0; i < servers; i++) {
        w->bandwidth[i] = 2 + (double)weir_stream_below(s, 8);
        w->healthy[i] = weir_stream_uniform(s) > 0.1;
    }
    for (size_t j = 0; j < ways; j++)
        w->distance[j] = weir_stream_uniform(s) < 0.2 ? INFINITY : (double)weir_stream_below(s, 6);
    for (size_t j = 0; j < cells; j++)
        w->rate[j] = (float)(1 + weir_stream_below(s, 8)) / 4;
    book_order(w->distance, regions, servers, w->nearest);
}

void world_fini(struct world *w)
{
    free(w->bandwidth);
    free(w->distance);
    free(w->nearest);
    free(w->healthy);
    free(w->rate);
}

struct book *world_book(const struct world *w, int near)
{
    struct book *book;
    CU_ASSERT_EQUAL_FATAL(book_new(w->servers, w->regions, w->categories, w->nearest, near, &book), WEIR_OK);
    CU_ASSERT_EQUAL(book_rates(book, w->rate), WEIR_OK);
    CU_ASSERT_EQUAL(book_open(book, w->bandwidth, w->healthy), WEIR_OK);
    return book;
}

double world_rate(const struct world *w, int server, int region, int category)
{
    return (double)w->rate[(server * w->regions + region) * w->categories + category];
}

bool world_before(const struct world *w, int region, int server, int other)
{
    const double *distance = w->distance + (size_t)region * (size_t)w->servers;
    return distance[server] < distance[other] || (distance[server] <= distance[other] && server < other);
}

bool world_offers(const struct world *w, int region, int server)
{
    return w->healthy[server] && isfinite(w->distance[(size_t)region * (size_t)w->servers + (size_t)server]);
}
