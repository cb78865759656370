#include "policies/learn/dispatch/flow.h"

#include <math.h>
#include <stdlib.h>

#include "policies/learn/dispatch/inside.h"
#include "policies/learn/optimise/max_flow.h"
#include "sim/base/memory.h"

/* A region that has requests, and where its share of the flow lies. */
struct stretch {
    int edge;    /* of the nearest server in reach, whose number is the highest: farther ones count down */
    int place;   /* of the server that is filled at present */
    double room; /* flow to that server that is not used */
};

/* What the flow must leave beside a request so that rounding does not count: a billionth of it. */
#define SLACK 1e-9

/* Builds the network: regions are nodes 0 and on, then servers, source and sink. Of edges out of a node the last one
 * added is tried first, so the farthest is added first. */
static struct max_flow *build(const struct book *book, const double *need, struct stretch *stretches)
{
    int source = book->regions + book->servers, sink = source + 1;
    struct max_flow *network = max_flow_new(sink + 1);
    for (int m = 0; m < book->regions; m++) {
        const int *row = book_row(book, m);
        if (need[m] <= 0)
            continue;
        max_flow_edge(network, source, m, need[m], 0);
        for (int p = book->reach[m]; p-- > 0;) {
            double remain = book->remain[row[p]];
            stretches[m].edge = max_flow_edge(network, m, book->regions + row[p], remain > 0 ? remain : 0, 0);
        }
    }
    for (int e = 0; e < book->servers; e++)
        max_flow_edge(network, book->regions + e, sink, book->remain[e] > 0 ? book->remain[e] : 0, 0);
    return network;
}

/* Gives a request to the next server that flow goes to and that has room; -1: the flow is used up. */
static int take(struct book *book, const struct max_flow *network, struct stretch *stretch, int region, size_t pair)
{
    const int *row = book_row(book, region);
    const float *rate = book_rate(book, pair);
    double need = book->mean[pair];
    while (stretch->place < book->reach[region]) {
        book->looks++;
        if (stretch->room >= need * (1 - SLACK) && book->remain[row[stretch->place]] >= (double)rate[stretch->place]) {
            stretch->room -= need;
            return book_give(book, region, pair, stretch->place);
        }
        if (++stretch->place < book->reach[region])
            stretch->room = max_flow_on(network, stretch->edge - stretch->place);
    }
    return -1;
}

long flow_schedule(struct book *book, const struct rival_request *requests, long count, int *server)
{
    double *need = weir_alloc((size_t)book->regions, sizeof *need);
    struct stretch *stretches = weir_alloc((size_t)book->regions, sizeof *stretches);
    for (long n = 0; n < count; n++)
        need[requests[n].region] += book->mean[book_pair(book, requests[n].region, requests[n].category)];
    struct max_flow *network = build(book, need, stretches);
    max_flow_solve(network, book->regions + book->servers, book->regions + book->servers + 1);
    book->looks += max_flow_looks(network);
    for (int m = 0; m < book->regions; m++)
        if (need[m] > 0 && book->reach[m] > 0)
            stretches[m].room = max_flow_on(network, stretches[m].edge);
    long given = 0;
    for (long n = 0; n < count; n++) {
        int m = requests[n].region;
        size_t pair = book_pair(book, m, requests[n].category);
        server[n] = book->mean[pair] > 0 ? take(book, network, &stretches[m], m, pair) : -1;
        if (server[n] < 0)
            server[n] = book_near(book, m, requests[n].category);
        given += server[n] >= 0;
    }
    max_flow_free(network);
    free(stretches);
    free(need);
    return given;
}
