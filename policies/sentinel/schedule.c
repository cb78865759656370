/* Pre-scheduling, the program that is solved ahead of the requests, and post-scheduling, which gives what it left. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define BUSIEST    0.8  /* use of a server above which requests begin to wait for each other for long */
#define PARTS      8    /* in which requests are dealt out then */
#define NEAR_RATIO 1.25 /* servers whose latency is at most so many times the least, and */
#define NEAR_S     1e-3 /* so much more, are equally near */

/* A pair of server and region. */
struct pair {
    double latency_s;
    int server, region;
};

static int nearer_first(const void *a, const void *b)
{
    const struct pair *one = a, *other = b;
    if (one->latency_s != other->latency_s)
        return one->latency_s < other->latency_s ? -1 : 1;
    if (one->server != other->server)
        return one->server - other->server;
    return one->region - other->region;
}

/* All pairs with a route, the nearest first. */
static void order_pairs(struct sentinel *self)
{
    const struct live *live = &self->live;
    size_t count = 0, most = (size_t)live->servers * (size_t)live->regions;
    struct pair *pairs = weir_alloc(most, sizeof *pairs);
    for (int e = 0; e < live->servers; e++)
        for (int m = 0; m < live->regions; m++)
            if (isfinite(live->latency_s[e * live->regions + m]))
                pairs[count++] = (struct pair){live->latency_s[e * live->regions + m], e, m};
    qsort(pairs, count, sizeof *pairs, nearer_first);
    self->order = weir_resize(self->order, count, sizeof *self->order);
    for (size_t k = 0; k < count; k++)
        self->order[k] = pairs[k].server * live->regions + pairs[k].region;
    self->order_count = (long)count;
    free(pairs);
}

void sentinel_schedule_room(struct sentinel *self)
{
    const struct live *live = &self->live;
    size_t servers = (size_t)live->servers, cells = (size_t)live->regions * (size_t)live->categories;
    if (self->shape == live->shape)
        return;
    self->healthy = weir_resize(self->healthy, servers, sizeof *self->healthy);
    self->use = weir_resize(self->use, servers, sizeof *self->use);
    self->rate = weir_resize(self->rate, servers * cells, sizeof *self->rate);
    self->safe = weir_resize(self->safe, servers * cells, sizeof *self->safe);
    self->count = weir_resize(self->count, servers * cells, sizeof *self->count);
    self->extra = weir_resize(self->extra, servers, sizeof *self->extra);
    self->capacity = weir_resize(self->capacity, servers, sizeof *self->capacity);
    self->left = weir_resize(self->left, cells, sizeof *self->left);
    self->probes = weir_resize(self->probes, servers, sizeof *self->probes);
    self->planned = weir_resize(self->planned, cells, sizeof *self->planned);
    self->was_healthy = weir_resize(self->was_healthy, servers, sizeof *self->was_healthy);
    self->was_safe = weir_resize(self->was_safe, servers * cells, sizeof *self->was_safe);
    memset(self->healthy, 1, servers);
    memset(self->extra, 0, servers * sizeof *self->extra);
    self->planned_u_opt = -1;
    order_pairs(self);
    self->shape = live->shape;
}

/* The program says how many requests of each category a server takes, and where they come from makes no odds to it.
 * Here each server gets those of the nearest regions whose routes are safe; what finds no server that way is left. */
static void deal(struct sentinel *self, const struct assignment *solved)
{
    const struct live *live = &self->live;
    int regions = live->regions, categories = live->categories;
    long cells = (long)regions * categories;
    int *room = weir_alloc((size_t)live->servers * (size_t)categories, sizeof *room);
    memcpy(self->left, solved->left, (size_t)cells * sizeof *self->left);
    for (int e = 0; e < live->servers; e++)
        for (long c = 0; c < cells; c++) {
            room[e * categories + c % categories] += solved->count[e * cells + c];
            self->left[c] += solved->count[e * cells + c];
            self->count[e * cells + c] = 0;
        }
    memset(self->use, 0, (size_t)live->servers * sizeof *self->use);
    for (long k = 0; k < self->order_count; k++)
        for (int i = 0, e = self->order[k] / regions, m = self->order[k] % regions; i < categories; i++) {
            int *left = &self->left[m * categories + i], *free_at = &room[e * categories + i];
            int portion = *left < *free_at ? *left : *free_at;
            if (portion <= 0 || !self->safe[e * cells + m * categories + i])
                continue;
            *left -= portion;
            *free_at -= portion;
            self->count[e * cells + m * categories + i] = portion;
            self->use[e] += sentinel_need(self, e, m, i) * portion;
        }
    free(room);
}

/* As equation 14 has it: each server has requests of all regions in proportion, but for routes that are not safe. */
static void deal_proportionally(struct sentinel *self, const struct assignment *solved)
{
    const struct live *live = &self->live;
    size_t servers = (size_t)live->servers, cells = (size_t)live->regions * (size_t)live->categories;
    memcpy(self->count, solved->count, servers * cells * sizeof *self->count);
    memcpy(self->left, solved->left, cells * sizeof *self->left);
    memcpy(self->use, solved->use, servers * sizeof *self->use);
}

/* How far the forecast of groups of cells is from what the schedule in use was made for, summed: groups are regions, or
 * categories. */
static double drift(const struct sentinel *self, bool by_region)
{
    const struct live *live = &self->live;
    double off = 0;
    for (int g = 0; g < (by_region ? live->regions : live->categories); g++) {
        double of_group = 0;
        for (int k = 0; k < (by_region ? live->categories : live->regions); k++) {
            int cell = by_region ? g * live->categories + k : k * live->categories + g;
            of_group += self->requests.next[cell] - self->planned[cell];
        }
        off += fabs(of_group);
    }
    return off;
}

/* Whether the schedule in use will do: servers and routes are as they were, and the forecast is about the same. */
static bool still_good(const struct sentinel *self)
{
    const struct live *live = &self->live;
    size_t servers = (size_t)live->servers, cells = (size_t)live->regions * (size_t)live->categories;
    double all = 0;
    for (size_t c = 0; c < cells; c++)
        all += self->planned[c];
    return self->planned_u_opt == self->history.u_opt && self->planned_rates == self->effect.rates_changed &&
           drift(self, true) < self->renew * all && drift(self, false) < self->renew * all &&
           memcmp(self->was_healthy, self->healthy, servers * sizeof *self->healthy) == 0 &&
           memcmp(self->was_safe, self->safe, servers * cells) == 0;
}

static void remember(struct sentinel *self)
{
    const struct live *live = &self->live;
    size_t servers = (size_t)live->servers, cells = (size_t)live->regions * (size_t)live->categories;
    memcpy(self->planned, self->requests.next, cells * sizeof *self->planned);
    memcpy(self->was_healthy, self->healthy, servers * sizeof *self->healthy);
    memcpy(self->was_safe, self->safe, servers * cells);
    self->planned_u_opt = self->history.u_opt;
    self->planned_rates = self->effect.rates_changed;
}

/* What the revenue of each server counts: one, or as many requests as it could take, in shares of their mean. */
static const double *weigh(struct sentinel *self)
{
    const struct live *live = &self->live;
    if (self->weigh == SENTINEL_SERVERS)
        return NULL;
    double sum = 0;
    for (int e = 0; e < live->servers; e++) {
        double need = 0;
        for (int i = 0; i < live->categories; i++) {
            double times = 0;
            for (int m = 0; m < live->regions; m++)
                times += sentinel_times(self, e, m, i);
            need += live_need(live, e, i) * (times / live->regions) / live->categories;
        }
        self->capacity[e] = need > 0 ? 1 / need : 1;
        sum += self->capacity[e];
    }
    for (int e = 0; e < live->servers; e++)
        self->capacity[e] *= live->servers / sum;
    return self->capacity;
}

int sentinel_preschedule(struct sentinel *self, struct sentinel_schedule *schedule)
{
    const struct live *live = &self->live;
    schedule->kept = still_good(self);
    if (schedule->kept)
        return WEIR_OK;
    struct assignment_problem problem = {.servers = live->servers,
                                         .regions = live->regions,
                                         .categories = live->categories,
                                         .bandwidth = live->bandwidth,
                                         .healthy = self->healthy,
                                         .requests = self->requests.next,
                                         .rate = self->rate,
                                         .safe = self->safe,
                                         .u_opt = self->history.u_opt,
                                         .sigma = self->sigma,
                                         .weight = weigh(self)};
    struct assignment_settings settings = {.segments = self->segments,
                                           .block = 160,
                                           .nodes = self->nodes,
                                           .gap = self->gap,
                                           .time_limit_s = self->time_limit_s};
    struct assignment solved;
    int code = assignment_solve(&problem, &settings, &solved);
    if (code != WEIR_OK)
        return weir_error_context("pre-scheduling");
    if (self->expand == SENTINEL_NEAR)
        deal(self, &solved);
    else
        deal_proportionally(self, &solved);
    schedule->wanted = solved.wanted;
    schedule->placed = solved.total;
    schedule->value = solved.value;
    schedule->bound = solved.bound;
    schedule->end = solved.end;
    schedule->blocks = solved.blocks;
    assignment_fini(&solved);
    remember(self);
    return WEIR_OK;
}

/* What speaks for a server: the lower, the better. */
enum { FITS, FITS_ABOVE, UNSAFE, FULL, NOT_AT_ALL };

static int grade(const struct sentinel *self, int server, int region, int category)
{
    const struct live *live = &self->live;
    if (!self->healthy[server] || !live_serves(live, server, category) ||
        !isfinite(live->latency_s[server * live->regions + region]))
        return NOT_AT_ALL;
    double then = self->use[server] + self->extra[server] + sentinel_need(self, server, region, category);
    if (then > BUSIEST)
        return FULL;
    if (!self->safe[((long)server * live->regions + region) * live->categories + category])
        return UNSAFE;
    return then > self->history.u_opt ? FITS_ABOVE : FITS;
}

int sentinel_choose(const struct sentinel *self, int region, int category, const int *servers, int count)
{
    const struct live *live = &self->live;
    int least = NOT_AT_ALL, best = -1;
    double nearest_s = INFINITY, most = -INFINITY;
    for (int k = 0; k < count; k++) {
        int e = servers ? servers[k] : k, is = grade(self, e, region, category);
        double latency_s = live->latency_s[e * live->regions + region];
        if (is < least || (is == least && latency_s < nearest_s))
            nearest_s = latency_s;
        least = is < least ? is : least;
    }
    for (int k = 0; least < NOT_AT_ALL && k < count; k++) {
        int e = servers ? servers[k] : k;
        double remaining = live->bandwidth[e] * (1 - self->use[e] - self->extra[e]);
        bool near = live->latency_s[e * live->regions + region] <= nearest_s * NEAR_RATIO + NEAR_S;
        if ((near || least == FULL) && remaining > most && grade(self, e, region, category) == least) {
            most = remaining;
            best = e;
        }
    }
    return best;
}

/* Gives `left` requests of a cell to servers, each as many as it should have. Returns those for which there is none. */
static long give(struct sentinel *self, int region, int category, long left)
{
    const struct live *live = &self->live;
    while (left > 0) {
        int e = sentinel_choose(self, region, category, NULL, live->servers);
        if (e < 0)
            return left;
        double need = sentinel_need(self, e, region, category);
        bool fits = self->use[e] + need <= self->history.u_opt;
        double room = need > 0 && fits ? floor((self->history.u_opt - self->use[e]) / need)
                      : need > 0       ? 1
                                       : (double)left;
        long portion = room < 1 ? 1 : room < (double)left ? (long)room : left;
        if (self->use[e] + need > BUSIEST) /* nobody has room */
            portion = (left + PARTS - 1) / PARTS;
        self->count[((long)e * live->regions + region) * live->categories + category] += (int)portion;
        self->use[e] += need * (double)portion;
        left -= portion;
    }
    return 0;
}

static bool has_server(const struct sentinel *self, int cell)
{
    long cells = (long)self->live.regions * self->live.categories;
    for (int e = 0; e < self->live.servers; e++)
        if (self->count[e * cells + cell] > 0)
            return true;
    return false;
}

void sentinel_postschedule(struct sentinel *self, struct sentinel_schedule *schedule)
{
    const struct live *live = &self->live;
    for (int m = 0; m < live->regions && !schedule->kept; m++)
        for (int i = 0; i < live->categories; i++) {
            int cell = m * live->categories + i;
            if (self->left[cell] == 0 && !has_server(self, cell))
                give(self, m, i, 1); /* of which nothing is predicted: some may come none the less */
            long unserved = give(self, m, i, self->left[cell]);
            schedule->left += self->left[cell] - unserved;
            schedule->unserved += unserved;
        }
}
