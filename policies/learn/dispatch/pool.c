#include "policies/learn/dispatch/pool.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

#define NOTHING 1e-9  /* requests: what is left by rounding */
#define EQUAL   1e-12 /* credit */

/* What is planned for a server, of one pair. */
struct strategy {
    int server;
    double planned, left, credit;
};

struct slice {
    size_t first, end; /* of its strategies */
    double left;       /* of the pair */
};

/* The strategies of all pairs. */
struct plans {
    struct slice *slices; /* [regions][categories] */
    struct strategy *strategies;
    size_t room;
};

struct pool {
    int servers, regions, categories;
    struct plans now, before; /* of this cycle, and of the last one or nothing */
    long *offered;            /* [servers] the request, by number, that it was offered to last */
    long requests;
    struct pool_tally tally;
};

static size_t pairs_of(const struct pool *pool)
{
    return (size_t)pool->regions * (size_t)pool->categories;
}

static size_t pair_of(const struct pool *pool, int region, int category)
{
    return (size_t)region * (size_t)pool->categories + (size_t)category;
}

struct pool *pool_new(int servers, int regions, int categories)
{
    assert(servers >= 1 && regions >= 1 && categories >= 1);
    struct pool *pool = weir_alloc(1, sizeof *pool);
    *pool = (struct pool){.servers = servers, .regions = regions, .categories = categories};
    pool->now.slices = weir_alloc(pairs_of(pool), sizeof *pool->now.slices);
    pool->before.slices = weir_alloc(pairs_of(pool), sizeof *pool->before.slices);
    pool->offered = weir_alloc((size_t)servers, sizeof *pool->offered);
    return pool;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    free(pool->now.slices);
    free(pool->now.strategies);
    free(pool->before.slices);
    free(pool->before.strategies);
    free(pool->offered);
    free(pool);
}

static int check_plan(const struct pool *pool, const struct pool_plan *plan, size_t number)
{
    if (plan->server < 0 || plan->server >= pool->servers || plan->region < 0 || plan->region >= pool->regions ||
        plan->category < 0 || plan->category >= pool->categories)
        return weir_error(WEIR_EINPUT, "dispatch: plan %zu: there is no server %d, region %d, category %d", number,
                          plan->server, plan->region, plan->category);
    if (!(plan->count >= 0) || isinf(plan->count))
        return weir_error(WEIR_EINPUT, "dispatch: server %d, region %d, category %d: a count of %g", plan->server,
                          plan->region, plan->category, plan->count);
    return WEIR_OK;
}

static struct strategy *find_strategy(const struct plans *plans, size_t pair, int server)
{
    for (size_t s = plans->slices[pair].first; s < plans->slices[pair].end; s++)
        if (plans->strategies[s].server == server)
            return &plans->strategies[s];
    return NULL;
}

/* Puts the plans into slices, those of a server together. */
static void arrange_plans(const struct pool *pool, struct plans *to, const struct pool_plan *plans, size_t count)
{
    size_t used = 0;
    memset(to->slices, 0, pairs_of(pool) * sizeof *to->slices);
    for (size_t p = 0; p < count; p++)
        to->slices[pair_of(pool, plans[p].region, plans[p].category)].end++;
    for (size_t j = 0; j < pairs_of(pool); j++) { /* numbers to places; `end` is where the next one goes */
        size_t number = to->slices[j].end;
        to->slices[j].first = to->slices[j].end = used;
        used += number;
    }
    to->strategies = weir_grow(to->strategies, used, &to->room, sizeof *to->strategies);
    for (size_t p = 0; p < count; p++) {
        size_t pair = pair_of(pool, plans[p].region, plans[p].category);
        struct strategy *known = find_strategy(to, pair, plans[p].server);
        if (!known && plans[p].count > 0) {
            known = &to->strategies[to->slices[pair].end++];
            *known = (struct strategy){.server = plans[p].server};
        }
        if (known)
            known->planned += plans[p].count;
    }
}

/* Credit goes over; that of servers that are gone is made good in proportion, so that a pair's is 0 in sum. */
static void carry_over(struct pool *pool, size_t pair)
{
    struct slice *slice = &pool->now.slices[pair];
    double credit = 0, planned = 0;
    for (size_t s = slice->first; s < slice->end; s++) {
        struct strategy *strategy = &pool->now.strategies[s];
        const struct strategy *was = find_strategy(&pool->before, pair, strategy->server);
        strategy->credit = was ? was->credit : 0;
        credit += strategy->credit;
        planned += strategy->planned;
    }
    slice->left = planned;
    for (size_t s = slice->first; s < slice->end; s++) {
        struct strategy *strategy = &pool->now.strategies[s];
        strategy->credit -= credit * strategy->planned / planned;
        strategy->left = strategy->planned + strategy->credit;
    }
}

int pool_fill(struct pool *pool, const struct pool_plan *plans, size_t count)
{
    int code = WEIR_OK;
    for (size_t p = 0; p < count && code == WEIR_OK; p++)
        code = check_plan(pool, &plans[p], p);
    struct plans before = pool->now;
    pool->now = pool->before;
    pool->before = before;
    pool->tally = (struct pool_tally){0};
    arrange_plans(pool, &pool->now, plans, code == WEIR_OK ? count : 0);
    for (size_t j = 0; j < pairs_of(pool); j++)
        carry_over(pool, j);
    return code;
}

static bool can_have(const struct pool *pool, const struct strategy *strategy, const int *offered)
{
    return !offered || pool->offered[strategy->server] == pool->requests;
}

int pool_take(struct pool *pool, int region, int category, const int *offered, int offers)
{
    assert(region >= 0 && region < pool->regions && category >= 0 && category < pool->categories);
    struct slice *slice = &pool->now.slices[pair_of(pool, region, category)];
    struct strategy *best = NULL;
    double sum = 0;
    pool->requests++;
    for (int k = 0; offered && k < offers; k++)
        pool->offered[offered[k]] = pool->requests;
    for (size_t s = slice->first; s < slice->end; s++)
        sum += can_have(pool, &pool->now.strategies[s], offered) ? pool->now.strategies[s].planned : 0;
    for (size_t s = slice->first; s < slice->end && slice->left > NOTHING; s++) {
        struct strategy *strategy = &pool->now.strategies[s];
        if (can_have(pool, strategy, offered) && strategy->left > NOTHING &&
            (!best || strategy->credit + strategy->planned / sum > best->credit + best->planned / sum + EQUAL))
            best = strategy;
    }
    if (!best) {
        pool->tally.beyond++;
        return -1;
    }
    for (size_t s = slice->first; s < slice->end; s++)
        if (can_have(pool, &pool->now.strategies[s], offered))
            pool->now.strategies[s].credit += pool->now.strategies[s].planned / sum;
    best->credit -= 1;
    best->left -= 1;
    slice->left -= 1;
    pool->tally.taken++;
    return best->server;
}

struct pool_tally pool_tally(const struct pool *pool)
{
    return pool->tally;
}

double pool_left(const struct pool *pool, int region, int category)
{
    return fmax(pool->now.slices[pair_of(pool, region, category)].left, 0);
}

int pool_strategies(const struct pool *pool, int region, int category)
{
    const struct slice *slice = &pool->now.slices[pair_of(pool, region, category)];
    return (int)(slice->end - slice->first);
}
