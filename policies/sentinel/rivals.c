/* The rivals of "sentinel": origin, gp, greedy and mf. At each window's end they schedule the requests that they expect
 * in the next one over the servers that are up, one after the other, and know of no anomaly. docs/policies/gp.md. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/dispatch/rivals.h"
#include "policies/sentinel/live.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define MOST   2e5  /* requests that are scheduled one by one; where there are more, each stands for several */
#define MEMORY 0.98 /* of what servers yielded, a window */
#define PRIOR  20.0 /* requests that the share of the region counts for */

struct rivals {
    /* parameters */
    int windows, near, categories, idle;
    double change;
    bool route;

    enum rival rule;
    struct live live;
    long shape; /* of the platform that the rest is made for; -1: none */
    struct book *book;
    float *rate;       /* [servers][regions][categories] */
    int *count;        /* the same */
    double *expected;  /* [regions][categories] */
    double *past;      /* the same, of one window */
    int *wanted;       /* the same, bundles of requests */
    double flow_flops; /* of mf: its flow is computed when the first request of a window comes, who waits for it */

    /* What greedy goes by. */
    double *given, *timely; /* [servers][regions] requests of late, and those of them that came in time */
    float *yield;           /* [servers][regions][categories] */
};

#define AT(field) offsetof(struct rivals, field)

static const struct weir_param params[] = {
    {.name = "windows",
     .type = WEIR_PARAM_INT,
     .offset = AT(windows),
     .fallback = "1",
     .min = 1,
     .max = 1440,
     .help = "Newest windows whose mean number of requests is expected in the next one."},
    {.name = "near",
     .type = WEIR_PARAM_INT,
     .offset = AT(near),
     .fallback = "0",
     .min = 0,
     .max = 100000,
     .help = "Nearest servers that are compared by the bandwidth they have left; 0: as many as the region has."},
    {.name = "categories",
     .type = WEIR_PARAM_INT,
     .offset = AT(categories),
     .fallback = "29",
     .min = 1,
     .max = 1000,
     .help = "Categories of requests at most."},
    {.name = "idle",
     .type = WEIR_PARAM_INT,
     .offset = AT(idle),
     .fallback = "60",
     .min = 0,
     .max = 1000000,
     .help = "Windows that instances without requests are kept."},
    {.name = "change",
     .type = WEIR_PARAM_DOUBLE,
     .offset = AT(change),
     .fallback = "0.05",
     .min = 0,
     .max = 1,
     .help = "Share of an operator's requests that must go another way for its weights to change."},
    {.name = "route",
     .type = WEIR_PARAM_BOOL,
     .offset = AT(route),
     .fallback = "true",
     .help = "Give each request its server by the rule as it comes; else by weights."},
    {0},
};

static int create(struct rivals *self, enum rival rule, const struct weir_policy_env *env)
{
    self->rule = rule;
    self->live = (struct live){.wanted = self->categories, .seed = env->seed};
    self->shape = -1;
    return WEIR_OK;
}

/* Servers in the region of its viewers, at least 1. */
static int near_of(const struct live *live, const struct weir_view *view, int region)
{
    const char *name = view->hosts[live->viewer[region]].region;
    int count = 0;
    for (int e = 0; e < live->servers; e++)
        count += strcmp(view->hosts[live->host[e]].region, name) == 0;
    return count > 0 ? count : 1;
}

/* Books for the platform as it is now. */
static int make_room(struct rivals *self, const struct weir_view *view)
{
    const struct live *live = &self->live;
    if (self->shape == live->shape)
        return WEIR_OK;
    size_t servers = (size_t)live->servers, regions = (size_t)live->regions;
    size_t cells = regions * (size_t)live->categories;
    double *distance = weir_alloc(regions * servers, sizeof *distance);
    int *nearest = weir_alloc(regions * servers, sizeof *nearest);
    for (size_t m = 0; m < regions; m++)
        for (size_t e = 0; e < servers; e++)
            distance[m * servers + e] = live->latency_s[e * regions + m];
    book_order(distance, live->regions, live->servers, nearest);
    book_free(self->book);
    int code =
        book_new(live->servers, live->regions, live->categories, nearest, self->near > 0 ? self->near : 1, &self->book);
    free(nearest);
    free(distance);
    if (code)
        return code;
    for (int m = 0; m < live->regions && self->near == 0; m++)
        book_compare(self->book, m, near_of(live, view, m));
    self->rate = weir_resize(self->rate, servers * cells, sizeof *self->rate);
    self->count = weir_resize(self->count, servers * cells, sizeof *self->count);
    self->expected = weir_resize(self->expected, cells, sizeof *self->expected);
    self->past = weir_resize(self->past, cells, sizeof *self->past);
    self->wanted = weir_resize(self->wanted, cells, sizeof *self->wanted);
    self->shape = live->shape;
    if (self->rule != RIVAL_GREEDY)
        return WEIR_OK;
    free(self->given);
    free(self->timely);
    self->given = weir_alloc(servers * regions, sizeof *self->given);
    self->timely = weir_alloc(servers * regions, sizeof *self->timely);
    self->yield = weir_resize(self->yield, servers * cells, sizeof *self->yield);
    return WEIR_OK;
}

/* The requests of a job in the window, by the weights of the instances that had them, and the results that came. */
static void learn_job(struct rivals *self, const struct weir_view *view, int j)
{
    const struct weir_job_view *job = &view->jobs[j];
    const struct live *live = &self->live;
    int m = live->jobs[j].region, o = 0;
    double weights = 0, requests = job->ingress_rate * view->window_s;
    while (o < job->operator_count && !live_movable(view, job, o, live->jobs[j].tier))
        o++;
    if (m < 0 || o == job->operator_count || !isfinite(requests))
        return;
    const struct weir_operator_view *op = &job->operators[o];
    for (int k = 0; k < op->instance_count; k++)
        weights += op->instances[k].weight;
    for (int k = 0; k < op->instance_count; k++) {
        int e = live->server_at[op->instances[k].host];
        if (e >= 0)
            self->given[e * live->regions + m] += requests * op->instances[k].weight / weights;
    }
    for (int k = 0; k < job->origin_count; k++) {
        int e = live->server_at[job->origins[k].host];
        double timely = (job->origins[k].delivered_rate - job->origins[k].late_rate) * view->window_s;
        if (e >= 0 && isfinite(timely))
            self->timely[e * live->regions + m] += fmax(timely, 0);
    }
}

/* A: the data rate of a request times the share of them that came in time from that server to that region. Where few
 * were given, the share is drawn towards that of the region; it is rounded, so that the nearer of equals counts. */
static int learn_yields(struct rivals *self, const struct weir_view *view)
{
    const struct live *live = &self->live;
    for (int k = 0; k < live->servers * live->regions; k++) {
        self->given[k] *= MEMORY;
        self->timely[k] *= MEMORY;
    }
    for (int j = 0; j < live->job_count; j++)
        learn_job(self, view, j);
    for (int m = 0; m < live->regions; m++) {
        double given = 0, timely = 0;
        for (int e = 0; e < live->servers; e++) {
            given += self->given[e * live->regions + m];
            timely += self->timely[e * live->regions + m];
        }
        double usual = given > 0 ? fmin(timely / given, 1) : 1;
        for (int e = 0; e < live->servers; e++) {
            int pair = e * live->regions + m;
            double share = (self->timely[pair] + PRIOR * usual) / (self->given[pair] + PRIOR);
            share = round(100 * fmin(share, 1)) / 100;
            for (int i = 0; i < live->categories; i++)
                self->yield[(long)pair * live->categories + i] =
                    (float)fmin(share * live->request_bytes[i] / live->window_s, 1e30);
        }
    }
    return book_yields(self->book, self->yield);
}

/* The mean of the newest windows, and one request of each cell that has jobs, so that it has a server. Returns their
 * sum. */
static double expect(struct rivals *self, const struct weir_view *view)
{
    const struct live *live = &self->live;
    int cells = live->regions * live->categories, known = live_past_count(live, view), windows = 0;
    double sum = 0;
    memset(self->expected, 0, (size_t)cells * sizeof *self->expected);
    for (; windows < self->windows && windows < known; windows++) {
        live_past(live, view, windows, self->past);
        for (int c = 0; c < cells; c++)
            self->expected[c] += self->past[c];
    }
    for (int c = 0; c < cells; c++)
        self->expected[c] = windows > 0 && isfinite(self->expected[c]) ? self->expected[c] / windows : 0;
    for (int j = 0; j < live->job_count; j++)
        if (live->jobs[j].region >= 0 && live->jobs[j].category >= 0) {
            double *expected = &self->expected[live->jobs[j].region * live->categories + live->jobs[j].category];
            *expected = fmax(*expected, 1);
        }
    for (int c = 0; c < cells; c++)
        sum += self->expected[c];
    return sum;
}

/* The books for the requests that come in the window, and the pool of what mf's flow says. */
static int open_window(struct rivals *self, double bundle)
{
    const struct live *live = &self->live;
    self->flow_flops = self->rule == RIVAL_MF ? LIVE_LOOK_FLOPS * (double)book_looks(self->book) : 0;
    live_rates(live, self->rate);
    int code = bundle > 1 ? book_rates(self->book, self->rate) : WEIR_OK;
    if (code == WEIR_OK)
        code = book_open(self->book, live->bandwidth, live->up);
    return code == WEIR_OK ? live_fill_pool(&self->live) : code;
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct rivals *self = state;
    struct live *live = &self->live;
    int code = live_read(live, view);
    if (code || live->servers == 0 || live->regions == 0 || live->categories == 0)
        return code;
    code = make_room(self, view);
    if (code)
        return code;
    double sum = expect(self, view), bundle = fmax(1, sum / MOST);
    int cells = live->regions * live->categories;
    for (int c = 0; c < cells; c++)
        self->wanted[c] = (int)ceil(self->expected[c] / bundle - 1e-9);
    live_rates(live, self->rate);
    for (long k = 0; bundle > 1 && k < (long)live->servers * cells; k++)
        self->rate[k] = (float)fmin((double)self->rate[k] * bundle, 1e30);
    code = book_rates(self->book, self->rate);
    if (code == WEIR_OK && self->rule == RIVAL_GREEDY)
        code = learn_yields(self, view);
    if (code == WEIR_OK)
        code = book_open(self->book, live->bandwidth, live->up);
    if (code)
        return code;
    long given = rival_counts(self->rule, self->book, self->wanted, self->count, NULL), wanted = 0;
    for (int c = 0; c < cells; c++)
        wanted += self->wanted[c];
    for (long k = 0; bundle > 1 && k < (long)live->servers * cells; k++)
        self->count[k] = (int)fmin(self->count[k] * bundle, INT_MAX);
    struct live_writing writing = {.count = self->count, .idle = self->idle, .change = self->change};
    int changed = live_write(live, view, plan, &writing);
    weir_plan_note(plan, -1, "%s: %.0f requests, %.0f without a server, %d operators changed", rival_names[self->rule],
                   (double)given * bundle, (double)(wanted - given) * bundle, changed);
    return open_window(self, bundle);
}

/* A request as it comes: by the rule among the servers that have an instance for it; by the flow first. */
static int route(void *state, const struct weir_view *view, struct weir_routing *item)
{
    struct rivals *self = state;
    struct live *live = &self->live;
    struct live_request request;
    if (self->shape < 0 || self->shape != live->shape || live->pool_shape != live->shape || !live->pool ||
        !live_request_of(live, view, item, &request))
        return WEIR_OK;
    item->flops += self->flow_flops;
    self->flow_flops = 0;
    if (self->rule == RIVAL_MF) {
        int server = live_take(live, &request, item);
        if (server >= 0) {
            book_enter(self->book, server, live_need(live, server, request.category) * live->bandwidth[server]);
            return WEIR_OK;
        }
    }
    long looks = book_looks(self->book);
    int server = rival_choose(self->rule, self->book, request.region, request.category, request.servers, request.count);
    item->flops += LIVE_LOOK_FLOPS * (double)(book_looks(self->book) - looks);
    if (server >= 0)
        live_send(live, &request, server, item);
    return WEIR_OK;
}

static bool routes(const void *state)
{
    return ((const struct rivals *)state)->route;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    live_forget(&((struct rivals *)state)->live, job);
}

static void destroy(void *state)
{
    struct rivals *self = state;
    live_fini(&self->live);
    book_free(self->book);
    free(self->rate);
    free(self->count);
    free(self->expected);
    free(self->past);
    free(self->wanted);
    free(self->given);
    free(self->timely);
    free(self->yield);
}

static int create_origin(void *state, const struct weir_policy_env *env)
{
    return create(state, RIVAL_ORIGIN, env);
}

static int create_gp(void *state, const struct weir_policy_env *env)
{
    return create(state, RIVAL_GP, env);
}

static int create_greedy(void *state, const struct weir_policy_env *env)
{
    return create(state, RIVAL_GREEDY, env);
}

static int create_mf(void *state, const struct weir_policy_env *env)
{
    return create(state, RIVAL_MF, env);
}

#define RIVAL(symbol, called, sentence, begin)                                                                         \
    const struct weir_policy symbol = {.abi = WEIR_POLICY_ABI,                                                         \
                                       .name = called,                                                                 \
                                       .summary = sentence,                                                            \
                                       .source = "li-2025",                                                            \
                                       .state_size = sizeof(struct rivals),                                            \
                                       .params = params,                                                               \
                                       .create = begin,                                                                \
                                       .window_ends = window_ends,                                                     \
                                       .job_departs = job_departs,                                                     \
                                       .destroy = destroy,                                                             \
                                       .route = route,                                                                 \
                                       .routes = routes}

RIVAL(weir_policy_origin, "origin",
      "Schedules requests on the one of the nearest servers with the most bandwidth left.", create_origin);
RIVAL(weir_policy_gp, "gp", "Schedules requests on the nearest server that has bandwidth left.", create_gp);
RIVAL(weir_policy_greedy, "greedy", "Schedules requests where each yields most, until a server's bandwidth is full.",
      create_greedy);
RIVAL(weir_policy_mf, "mf", "Schedules requests by the largest flow from regions to servers.", create_mf);
