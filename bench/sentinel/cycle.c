#include "bench/sentinel/cycle.h"

#include <stdio.h>
#include <stdlib.h>

#include "policies/learn/dispatch/pool.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

enum { ROUNDS = 41 };

struct cycle {
    const struct platform *platform;
    const struct assignment *plan;
    struct book *book;
    struct pool *pool;
    int *server; /* [requests] */
    enum rival rival;
};

static void open_books(void *context)
{
    struct cycle *c = context;
    book_open(c->book, c->platform->bandwidth, c->platform->healthy);
}

static void fill(void *context)
{
    struct cycle *c = context;
    pool_fill(c->pool, c->plan->count);
}

static void open_and_fill(void *context)
{
    open_books(context);
    fill(context);
}

static void read_rates(void *context)
{
    struct cycle *c = context;
    book_rates(c->book, c->platform->rate);
}

static void take(void *context)
{
    struct cycle *c = context;
    for (long n = 0; n < c->platform->requests; n++)
        c->server[n] = pool_take(c->pool, c->platform->request[n].region, c->platform->request[n].category);
}

static void classify(void *context)
{
    struct cycle *c = context;
    for (long n = 0; n < c->platform->requests; n++)
        c->server[n] = kmeans_nearest(&c->platform->centre, c->platform->features + n * FEATURES, NULL);
}

static void classify_and_take(void *context)
{
    struct cycle *c = context;
    for (long n = 0; n < c->platform->requests; n++) {
        int category = kmeans_nearest(&c->platform->centre, c->platform->features + n * FEATURES, NULL);
        c->server[n] = pool_take(c->pool, c->platform->request[n].region, category);
    }
}

static void schedule(void *context)
{
    struct cycle *c = context;
    rival_schedule(c->rival, c->book, c->platform->request, c->platform->requests, c->server);
}

static void greedy_plain(void *context)
{
    struct cycle *c = context;
    for (long n = 0; n < c->platform->requests; n++)
        c->server[n] = rival_greedy_plain(c->book, c->platform->request[n].region, c->platform->request[n].category);
}

/* Classification and any rule: for a rule that goes by category it is part of the cycle. */
static void print(const char *what, const struct cycle *c, struct taken taken, double classify_s, double sentinel_s)
{
    printf("  %-34s %9.4f ms (middle %9.4f), %7.1f ns a request, %6.2f times; with classification %9.4f ms, %5.2f "
           "times\n",
           what, taken.least * 1e3, taken.middle * 1e3, taken.least * 1e9 / (double)c->platform->requests,
           taken.least / sentinel_s, (taken.least + classify_s) * 1e3,
           (taken.least + classify_s) / (sentinel_s + classify_s));
}

static double measure_all(struct cycle *c)
{
    struct taken rates = measure(5, NULL, read_rates, c), opening = measure(ROUNDS, NULL, open_books, c);
    struct taken filling = measure(ROUNDS, NULL, fill, c);
    struct taken sentinel = measure(ROUNDS, open_and_fill, take, c);
    struct pool_tally tally = pool_tally(c->pool);
    struct taken both = measure(ROUNDS, open_and_fill, classify_and_take, c);
    struct taken classes = measure(ROUNDS, NULL, classify, c);
    printf("ahead of the cycle: rates %.2f ms, books %.3f ms, pool %.2f ms\n", rates.least * 1e3, opening.least * 1e3,
           filling.least * 1e3);
    printf("%ld requests: %ld from the pool, %ld beyond it, %ld without server\n", c->platform->requests, tally.pooled,
           tally.beyond, tally.refused);
    print("post-scheduling", c, sentinel, classes.least, sentinel.least);
    printf("  %-34s %9.4f ms (middle %9.4f)\n", "classification alone", classes.least * 1e3, classes.middle * 1e3);
    printf("  %-34s %9.4f ms (middle %9.4f)\n", "both, request by request", both.least * 1e3, both.middle * 1e3);
    for (c->rival = 0; c->rival < RIVAL_COUNT; c->rival++) {
        if (c->rival == RIVAL_GREEDY)
            print("greedy, looking for each request", c, measure(ROUNDS, open_books, greedy_plain, c), classes.least,
                  sentinel.least);
        print(c->rival == RIVAL_GREEDY ? "greedy, remembering the best" : rival_names[c->rival], c,
              measure(ROUNDS, open_books, schedule, c), classes.least, sentinel.least);
    }
    return both.least;
}

double cycle_measure(const struct platform *platform, const struct assignment *plan)
{
    struct cycle c = {.platform = platform, .plan = plan};
    double taken = -1;
    c.server = weir_alloc((size_t)platform->requests, sizeof *c.server);
    if (book_new(platform->servers, platform->regions, platform->categories, platform->nearest, 8, &c.book) ||
        book_rates(c.book, platform->rate))
        goto out;
    c.pool = pool_new(c.book);
    taken = measure_all(&c);
out:
    pool_free(c.pool);
    book_free(c.book);
    free(c.server);
    return taken;
}
