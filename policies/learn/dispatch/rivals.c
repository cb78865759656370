#include "policies/learn/dispatch/rivals.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/dispatch/flow.h"
#include "policies/learn/dispatch/inside.h"
#include "sim/base/memory.h"

const char *const rival_names[] = {"origin", "gp", "greedy", "mf", NULL};

int rival_gp(struct book *book, int region, int category)
{
    assert(region >= 0 && region < book->regions && category >= 0 && category < book->categories);
    const int *row = book_row(book, region);
    size_t pair = book_pair(book, region, category);
    const float *rate = book_rate(book, pair);
    int reach = book->reach[region], *open = &book->open[region];
    while (*open < reach && book->remain[row[*open]] < (double)book->least[region])
        ++*open; /* full for any request, or not well */
    for (int p = *open; p < reach; p++)
        if (book->remain[row[p]] >= (double)rate[p])
            return book_give(book, region, pair, p);
    return book_overfill(book, region, pair);
}

/* The place with the highest yield that has room, -1: none. */
static int find_best(const struct book *book, int region, size_t pair)
{
    const int *row = book_row(book, region);
    const float *rate = book_rate(book, pair), *yield = book->yield ? book_yield(book, pair) : rate;
    float most = -INFINITY;
    int best = -1;
    for (int p = 0; p < book->reach[region]; p++)
        if (yield[p] > most && book->remain[row[p]] >= (double)rate[p]) {
            most = yield[p];
            best = p;
        }
    return best;
}

int rival_greedy(struct book *book, int region, int category)
{
    assert(region >= 0 && region < book->regions && category >= 0 && category < book->categories);
    size_t pair = book_pair(book, region, category);
    int *best = &book->best[pair];
    if (*best < 0 || book->remain[book_row(book, region)[*best]] < (double)book_rate(book, pair)[*best])
        *best = find_best(book, region, pair);
    return *best < 0 ? book_overfill(book, region, pair) : book_give(book, region, pair, *best);
}

int rival_greedy_plain(struct book *book, int region, int category)
{
    assert(region >= 0 && region < book->regions && category >= 0 && category < book->categories);
    size_t pair = book_pair(book, region, category);
    int best = find_best(book, region, pair);
    return best < 0 ? book_overfill(book, region, pair) : book_give(book, region, pair, best);
}

static long schedule_each(struct book *book, int (*rule)(struct book *, int, int), const struct rival_request *requests,
                          long count, int *server)
{
    long given = 0;
    for (long n = 0; n < count; n++) {
        server[n] = rule(book, requests[n].region, requests[n].category);
        given += server[n] >= 0;
    }
    return given;
}

long rival_schedule(enum rival rival, struct book *book, const struct rival_request *requests, long count, int *server)
{
    switch (rival) {
    case RIVAL_ORIGIN:
        return schedule_each(book, book_near, requests, count, server);
    case RIVAL_GP:
        return schedule_each(book, rival_gp, requests, count, server);
    case RIVAL_GREEDY:
        return schedule_each(book, rival_greedy, requests, count, server);
    case RIVAL_MF:
        return flow_schedule(book, requests, count, server);
    case RIVAL_COUNT:
        break;
    }
    return 0;
}

/* Numbers of requests as a list: step t of the largest number gives a pair of w requests one if t w / largest passes a
 * whole number there, so that each pair's requests are spread over the whole list. */
static long mix(const struct book *book, const int *wanted, struct rival_request *requests)
{
    long count = 0, most = 0;
    int pairs = book->regions * book->categories;
    for (int j = 0; j < pairs; j++)
        most = wanted[j] > most ? wanted[j] : most;
    for (long t = 0; t < most; t++)
        for (int j = 0; j < pairs; j++)
            if ((t + 1) * wanted[j] / most > t * wanted[j] / most)
                requests[count++] = (struct rival_request){j / book->categories, j % book->categories};
    return count;
}

long rival_counts(enum rival rival, struct book *book, const int *wanted, int *count, int *left)
{
    size_t pairs = (size_t)book->regions * (size_t)book->categories;
    long total = 0;
    for (size_t j = 0; j < pairs; j++) {
        assert(wanted[j] >= 0);
        total += wanted[j];
    }
    struct rival_request *requests = weir_alloc((size_t)total, sizeof *requests);
    int *server = weir_alloc((size_t)total, sizeof *server);
    total = mix(book, wanted, requests);
    long given = rival_schedule(rival, book, requests, total, server);
    memset(count, 0, pairs * (size_t)book->servers * sizeof *count);
    if (left)
        memset(left, 0, pairs * sizeof *left);
    for (long n = 0; n < total; n++) {
        size_t pair = book_pair(book, requests[n].region, requests[n].category);
        if (server[n] >= 0)
            count[(size_t)server[n] * pairs + pair]++;
        else if (left)
            left[pair]++;
    }
    free(requests);
    free(server);
    return given;
}
