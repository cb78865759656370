#include "policies/learn/dispatch/book.h"

#include <assert.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/dispatch/inside.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct way {
    double distance;
    int server;
};

static int by_distance(const void *a, const void *b)
{
    const struct way *x = a, *y = b;
    if (x->distance < y->distance || x->distance > y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->server - y->server;
}

void book_order(const double *distance, int regions, int servers, int *nearest)
{
    struct way *ways = weir_alloc((size_t)servers, sizeof *ways);
    for (int m = 0; m < regions; m++) {
        const double *from = distance + (size_t)m * (size_t)servers;
        int *row = nearest + (size_t)m * (size_t)servers, count = 0;
        for (int e = 0; e < servers; e++)
            if (from[e] >= 0 && isfinite(from[e]))
                ways[count++] = (struct way){from[e], e};
        qsort(ways, (size_t)count, sizeof *ways, by_distance);
        for (int p = 0; p < count; p++)
            row[p] = ways[p].server;
        if (count < servers)
            row[count] = -1;
    }
    free(ways);
}

/* Counts who is in reach of each region. */
static int read_rows(struct book *book)
{
    int *seen = weir_alloc((size_t)book->servers, sizeof *seen), code = WEIR_OK; /* region + 1 that named it last */
    for (int m = 0; m < book->regions; m++) {
        const int *row = book_row(book, m);
        int count = 0;
        for (; count < book->servers && row[count] != -1; count++) {
            if (row[count] < 0 || row[count] >= book->servers || seen[row[count]] == m + 1) {
                code = weir_error(WEIR_EINPUT,
                                  "dispatch: region %d: server %d of the row of the nearest %s; each of 0 to %d may be "
                                  "there once, and -1 ends the row",
                                  m, row[count],
                                  row[count] < 0 || row[count] >= book->servers ? "does not exist" : "is there twice",
                                  book->servers - 1);
                goto out;
            }
            seen[row[count]] = m + 1;
            book->place[(size_t)m * (size_t)book->servers + (size_t)row[count]] = count;
        }
        book->reach[m] = count;
    }
out:
    free(seen);
    return code;
}

int book_new(int servers, int regions, int categories, const int *nearest, int near, struct book **made)
{
    *made = NULL;
    if (servers < 1 || regions < 1 || categories < 1 || (double)servers * regions * categories > INT_MAX || near < 1)
        return weir_error(
            WEIR_EINPUT,
            "dispatch: %d servers x %d regions x %d categories, %d compared; each must be at least 1, and "
            "the product below 2^31",
            servers, regions, categories, near);
    size_t pairs = (size_t)regions * (size_t)categories, e = (size_t)servers, m = (size_t)regions;
    struct book *book = weir_alloc(1, sizeof *book);
    *book = (struct book){.servers = servers, .regions = regions, .categories = categories};
    book->row = weir_alloc(m * e, sizeof(int));
    book->reach = weir_alloc(m, sizeof(int));
    book->place = weir_alloc(m * e, sizeof(int));
    book->group = weir_alloc(e, sizeof(int));
    book->rate = weir_alloc(pairs * e, sizeof(float));
    book->mean = weir_alloc(pairs, sizeof(double));
    book->least = weir_alloc(m, sizeof(float));
    book->remain = weir_alloc(e, sizeof(double));
    book->near = weir_alloc(m, sizeof(int));
    book->open_near = weir_alloc(m, sizeof(int));
    for (int i = 0; i < regions; i++)
        book->near[i] = near;
    book->open = weir_alloc(m, sizeof(int));
    book->best = weir_alloc(pairs, sizeof(int));
    memcpy(book->row, nearest, m * e * sizeof(int));
    for (size_t k = 0; k < m * e; k++)
        book->place[k] = -1;
    for (int i = 0; i < servers; i++)
        book->remain[i] = -INFINITY;
    int code = read_rows(book);
    if (code) {
        book_free(book);
        return code;
    }
    *made = book;
    return WEIR_OK;
}

void book_free(struct book *book)
{
    if (!book)
        return;
    free(book->row);
    free(book->reach);
    free(book->place);
    free(book->group);
    free(book->rate);
    free(book->yield);
    free(book->mean);
    free(book->least);
    free(book->remain);
    free(book->near);
    free(book->open_near);
    free(book->open);
    free(book->best);
    free(book);
}

/* Nobody is known to be full. */
static void look_anew(struct book *book)
{
    memset(book->open_near, 0, (size_t)book->regions * sizeof(int));
    memset(book->open, 0, (size_t)book->regions * sizeof(int));
    for (size_t j = 0; j < (size_t)book->regions * (size_t)book->categories; j++)
        book->best[j] = -1;
}

/* From [servers][regions][categories] to the order of the rows. */
static void arrange(const struct book *book, const float *from, float *to)
{
    size_t categories = (size_t)book->categories, pairs = (size_t)book->regions * categories;
    for (int m = 0; m < book->regions; m++) {
        const int *row = book_row(book, m);
        size_t first = book_pair(book, m, 0);
        for (int p = 0; p < book->reach[m]; p++)
            for (size_t i = 0; i < categories; i++)
                to[(first + i) * (size_t)book->servers + (size_t)p] = from[(size_t)row[p] * pairs + first + i];
    }
}

static int check(const struct book *book, const float *values, float least, const char *what)
{
    size_t categories = (size_t)book->categories, pairs = (size_t)book->regions * categories;
    for (size_t j = 0; j < pairs * (size_t)book->servers; j++)
        if (!(values[j] >= least) || isinf(values[j]))
            return weir_error(WEIR_EINPUT, "dispatch: server %zu, region %zu, category %zu: a %s of %g", j / pairs,
                              j % pairs / categories, j % categories, what, (double)values[j]);
    return WEIR_OK;
}

void book_compare(struct book *book, int region, int near)
{
    assert(region >= 0 && region < book->regions && near >= 1);
    book->near[region] = near;
    look_anew(book);
}

int book_rates(struct book *book, const float *rate)
{
    int code = check(book, rate, 0, "rate");
    if (code)
        return code;
    arrange(book, rate, book->rate);
    for (int m = 0; m < book->regions; m++) {
        book->least[m] = INFINITY;
        for (int i = 0; i < book->categories; i++) {
            size_t pair = book_pair(book, m, i);
            const float *row = book_rate(book, pair);
            double sum = 0;
            for (int p = 0; p < book->reach[m]; p++) {
                sum += (double)row[p];
                book->least[m] = row[p] < book->least[m] ? row[p] : book->least[m];
            }
            book->mean[pair] = book->reach[m] > 0 ? sum / book->reach[m] : 0;
        }
    }
    look_anew(book);
    return WEIR_OK;
}

int book_yields(struct book *book, const float *yield)
{
    int code = yield ? check(book, yield, -FLT_MAX, "yield") : WEIR_OK;
    if (code)
        return code;
    if (yield && !book->yield)
        book->yield =
            weir_alloc((size_t)book->regions * (size_t)book->categories * (size_t)book->servers, sizeof(float));
    if (yield)
        arrange(book, yield, book->yield);
    else {
        free(book->yield);
        book->yield = NULL;
    }
    look_anew(book);
    return WEIR_OK;
}

int book_open(struct book *book, const double *bandwidth, const bool *healthy)
{
    for (int e = 0; e < book->servers; e++)
        if (!isfinite(bandwidth[e]))
            return weir_error(WEIR_EINPUT, "dispatch: server %d: bandwidth %g must be finite", e, bandwidth[e]);
    for (int e = 0; e < book->servers; e++)
        book->remain[e] = !healthy || healthy[e] ? bandwidth[e] : -INFINITY;
    book->looks = 0;
    look_anew(book);
    return WEIR_OK;
}

void book_lose(struct book *book, int server)
{
    book->remain[server] = -INFINITY;
}

double book_remaining(const struct book *book, int server)
{
    return book->remain[server];
}

long book_looks(const struct book *book)
{
    return book->looks;
}

void book_enter(struct book *book, int server, double rate)
{
    book->remain[server] -= rate;
}

int book_overfill(struct book *book, int region, size_t pair)
{
    const int *row = book_row(book, region);
    int best = -1;
    double most = -INFINITY;
    for (int p = 0; p < book->reach[region]; p++)
        if (book->remain[row[p]] > most) {
            most = book->remain[row[p]];
            best = p;
        }
    return best < 0 ? -1 : book_give(book, region, pair, best);
}

int book_near(struct book *book, int region, int category)
{
    assert(region >= 0 && region < book->regions && category >= 0 && category < book->categories);
    const int *row = book_row(book, region);
    size_t pair = book_pair(book, region, category);
    const float *rate = book_rate(book, pair);
    int reach = book->reach[region], p = book->open_near[region];
    bool full = true; /* all that were looked at, for any request */
    while (p < reach) {
        int best = -1;
        double most = -INFINITY;
        for (int seen = 0; p < reach && seen < book->near[region]; p++) {
            double remain = book->remain[row[p]];
            seen += remain > -INFINITY;
            full = full && remain < (double)book->least[region];
            if (remain >= (double)rate[p] && remain > most) {
                most = remain;
                best = p;
            }
        }
        if (best >= 0)
            return book_give(book, region, pair, best);
        if (full)
            book->open_near[region] = p;
    }
    return book_overfill(book, region, pair);
}
