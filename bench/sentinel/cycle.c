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
    struct pool_plan *plans; /* of the plan, with the healthy servers */
    size_t plan_count;
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
    pool_fill(c->pool, c->plans, c->plan_count);
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

/* From the pool, and the rule of what is beyond it. */
static int give(struct cycle *c, int region, int category)
{
    int server = pool_take(c->pool, region, category, NULL, 0);
    if (server < 0)
        return book_near(c->book, region, category);
    const struct platform *p = c->platform;
    book_enter(c->book, server, (double)p->rate[((long)server * p->regions + region) * p->categories + category]);
    return server;
}

static void take(void *context)
{
    struct cycle *c = context;
    for (long n = 0; n < c->platform->requests; n++)
        c->server[n] = give(c, c->platform->request[n].region, c->platform->request[n].category);
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
        c->server[n] = give(c, c->platform->request[n].region, category);
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
    printf("%ld requests: %ld from the pool, %ld beyond it\n", c->platform->requests, tally.taken, tally.beyond);
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

/* What is planned, the nearest servers of a region first. */
static void list_plans(struct cycle *c)
{
    const struct platform *p = c->platform;
    size_t room = 0;
    for (int m = 0; m < p->regions; m++)
        for (int k = 0; k < p->servers && p->nearest[m * p->servers + k] >= 0; k++)
            for (int i = 0; i < p->categories; i++) {
                int e = p->nearest[m * p->servers + k];
                int count = c->plan->count[((long)e * p->regions + m) * p->categories + i];
                if (count <= 0 || !p->healthy[e])
                    continue;
                c->plans = weir_grow(c->plans, c->plan_count + 1, &room, sizeof *c->plans);
                c->plans[c->plan_count++] = (struct pool_plan){e, m, i, count};
            }
}

double cycle_measure(const struct platform *platform, const struct assignment *plan)
{
    struct cycle c = {.platform = platform, .plan = plan};
    double taken = -1;
    c.server = weir_alloc((size_t)platform->requests, sizeof *c.server);
    if (book_new(platform->servers, platform->regions, platform->categories, platform->nearest, 8, &c.book) ||
        book_rates(c.book, platform->rate))
        goto out;
    c.pool = pool_new(platform->servers, platform->regions, platform->categories);
    list_plans(&c);
    taken = measure_all(&c);
out:
    pool_free(c.pool);
    book_free(c.book);
    free(c.plans);
    free(c.server);
    return taken;
}
