#include "policies/learn/dispatch/rivals.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
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

/* One request, and the servers that can have it. */
struct offer {
    struct book *book;
    const int *place; /* [servers] in the row of the region */
    const float *rate;
    const int *servers;
    int count;
};

/* What is left of a server that can have the request, and its place; false if it cannot. */
static bool look(const struct offer *offer, int number, int *place, double *remain)
{
    int server = offer->servers[number];
    *place = offer->place[server];
    *remain = offer->book->remain[server];
    offer->book->looks++;
    return *place >= 0 && *remain > -INFINITY;
}

/* Of the servers of a group, by places, the one with room and the most left; -1: none has room. */
static int most_left(const struct offer *offer, const int *row, const int *group, int count)
{
    int best = -1;
    double most = -INFINITY;
    for (int g = 0; g < count; g++) {
        double remain = offer->book->remain[row[group[g]]];
        if (remain >= (double)offer->rate[group[g]] && remain > most) {
            most = remain;
            best = group[g];
        }
    }
    return best;
}

/* As book_near: the nearest of those beyond the last group are the next one. */
static int choose_near(const struct offer *offer, const int *row, int near)
{
    int *group = offer->book->group, last = -1, best = -1, size = near;
    while (best < 0 && size == near) {
        size = 0;
        for (int k = 0; k < offer->count; k++) {
            int place, at;
            double remain;
            if (!look(offer, k, &place, &remain) || place <= last || (size == near && place > group[size - 1]))
                continue;
            for (at = size < near ? size++ : size - 1; at > 0 && group[at - 1] > place; at--)
                group[at] = group[at - 1];
            group[at] = place;
        }
        best = most_left(offer, row, group, size);
        last = size > 0 ? group[size - 1] : last;
    }
    return best;
}

/* The one with room that is nearest, or that yields most; the nearer of equals. */
static int choose_first(const struct offer *offer, const float *yield)
{
    int best = -1;
    for (int k = 0; k < offer->count; k++) {
        int place;
        double remain;
        if (look(offer, k, &place, &remain) && remain >= (double)offer->rate[place] &&
            (best < 0 || (yield && yield[place] > yield[best]) ||
             ((!yield || yield[place] >= yield[best]) && place < best)))
            best = place;
    }
    return best;
}

/* Where none has room, the one with the most left. */
static int choose_any(const struct offer *offer)
{
    int best = -1;
    double most = -INFINITY;
    for (int k = 0; k < offer->count; k++) {
        int place;
        double remain;
        if (look(offer, k, &place, &remain) && (remain > most || (remain >= most && place < best))) {
            most = remain;
            best = place;
        }
    }
    return best;
}

int rival_choose(enum rival rival, struct book *book, int region, int category, const int *servers, int count)
{
    assert(region >= 0 && region < book->regions && category >= 0 && category < book->categories);
    size_t pair = book_pair(book, region, category);
    const int *row = book_row(book, region);
    struct offer offer = {.book = book,
                          .place = book->place + (row - book->row),
                          .rate = book_rate(book, pair),
                          .servers = servers,
                          .count = count};
    int best = -1;
    if (count == 0)
        return best;
    if (rival == RIVAL_GP)
        best = choose_first(&offer, NULL);
    else if (rival == RIVAL_GREEDY)
        best = choose_first(&offer, book->yield ? book_yield(book, pair) : offer.rate);
    else
        best = choose_near(&offer, row, book->near[region] < count ? book->near[region] : count);
    best = best < 0 ? choose_any(&offer) : best;
    return best < 0 ? -1 : book_give(book, region, pair, best);
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
