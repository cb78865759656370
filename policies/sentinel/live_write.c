/* From a schedule to instances and their weights. */
#include <math.h>
#include <stdlib.h>

#include "policies/sentinel/live.h"
#include "sim/base/memory.h"

#define IDLE      1e-9 /* weight of an instance that shall get nothing */
#define CORE_FULL 0.8

/* A server of a cell's schedule. */
struct portion {
    int server;
    double count;
    bool probe;
};

/* What one live_write works on. */
struct writer {
    struct live *live;
    const struct weir_view *view;
    struct weir_plan *plan;
    const struct live_writing *how;
    int cell;
    struct portion *portions; /* of the cell, the largest first */
    int portion_count;
    double total;
    struct weir_placement *wish; /* [capacity] */
    int wish_count;
    size_t wish_capacity;
    double *weight; /* [host_count] of all instances there, as wished less as deployed; all 0 between uses */
};

static int larger_first(const void *a, const void *b)
{
    const struct portion *one = a, *other = b;
    return one->count != other->count ? (one->count < other->count) - (one->count > other->count)
                                      : one->server - other->server;
}

static bool healthy(const struct writer *at, int server)
{
    return server >= 0 && at->live->up[server] && (!at->how->healthy || at->how->healthy[server]);
}

static bool probed(const struct writer *at, int server)
{
    return at->how->probes && server >= 0 && at->live->up[server] && at->how->probes[server] == at->cell;
}

static bool usable(const struct writer *at, int server)
{
    return healthy(at, server) || probed(at, server);
}

static void gather(struct writer *at, int cell)
{
    const struct live *live = at->live;
    long cells = (long)live->regions * live->categories;
    at->cell = cell;
    at->portion_count = 0;
    at->total = 0;
    for (int e = 0; e < live->servers; e++)
        if (at->how->count[e * cells + cell] > 0 && healthy(at, e)) {
            double count = at->how->count[e * cells + cell];
            at->portions[at->portion_count++] = (struct portion){e, count, false};
            at->total += count;
        }
    bool served = at->portion_count > 0;
    for (int e = 0; e < live->servers && served && at->how->probe > 0; e++)
        if (probed(at, e) && !(at->how->count[e * cells + cell] > 0 && healthy(at, e))) {
            at->portions[at->portion_count++] = (struct portion){e, at->how->probe, true};
            at->total += at->how->probe;
        }
    qsort(at->portions, (size_t)at->portion_count, sizeof *at->portions, larger_first);
}

static struct live_seat *seat_of(struct live_job *job, int server)
{
    for (int s = 0; s < job->seat_count; s++)
        if (job->seats[s].server == server)
            return &job->seats[s];
    return NULL;
}

/* Remembers who has weight now, and forgets those that stood idle for long. */
static void take_seats(const struct writer *at, struct live_job *job)
{
    int kept = 0;
    for (int s = 0; s < job->seat_count; s++)
        if (at->view->window - job->seats[s].used <= at->how->idle && usable(at, job->seats[s].server))
            job->seats[kept++] = job->seats[s];
    job->seat_count = kept;
    for (int p = 0; p < at->portion_count; p++) {
        struct live_seat *seat = seat_of(job, at->portions[p].server);
        if (!seat) {
            job->seats = weir_grow(job->seats, (size_t)job->seat_count + 1, &job->seat_capacity, sizeof *job->seats);
            seat = &job->seats[job->seat_count++];
            seat->server = at->portions[p].server;
        }
        seat->used = at->view->window;
    }
}

static void ask(struct writer *at, int host, double weight, double cpu_share)
{
    at->wish = weir_grow(at->wish, (size_t)at->wish_count + 1, &at->wish_capacity, sizeof *at->wish);
    at->wish[at->wish_count++] = (struct weir_placement){host, weight, cpu_share};
}

static int copies_at(const struct weir_placement *present, int count, int host)
{
    int copies = 0;
    for (int k = 0; k < count; k++)
        copies += present[k].host == host;
    return copies;
}

/* Instances that `items` requests of the cell keep busy to 0.8 of a core each; of those present, one more may stay. */
static int copies_for(const struct writer *at, int job, int op, int server, double items, int present)
{
    const struct weir_job_view *seen = &at->view->jobs[job];
    const struct live_job *known = &at->live->jobs[job];
    const struct weir_operator_view *work = &seen->operators[op];
    const struct weir_host_view *host = &at->view->hosts[at->live->host[server]];
    double cell = at->live->requests[known->region * at->live->categories + known->category];
    double mine = cell > 0 ? fmin(seen->ingress_rate * at->view->window_s / cell, 1) : 1;
    double inputs = seen->ingress_rate > 0 && work->arrival_rate > 0 ? work->arrival_rate / seen->ingress_rate : 1;
    double full = weir_view_speed(host, work) * at->view->window_s * CORE_FULL;
    double needed = full > 0 ? items * mine * inputs * work->flops_per_item / full : 1;
    int most = host->cores > 1 ? host->cores : 1, copies = needed < most ? (int)ceil(needed - 1e-9) : most;
    copies = copies > 1 ? copies : 1;
    return present == copies + 1 ? present : copies;
}

/* The part of the wish that has weight. */
static void ask_portions(struct writer *at, int job, int op, const struct weir_placement *present, int count)
{
    int most = at->view->jobs[job].operators[op].max_parallelism;
    double share = count > 0 ? present[0].cpu_share : 1;
    for (int p = 0; p < at->portion_count && at->wish_count < most; p++) {
        int server = at->portions[p].server, host = at->live->host[server], there = copies_at(present, count, host);
        int free_slots = weir_plan_free_slots(at->plan, host), rest = most - at->wish_count;
        int copies = copies_for(at, job, op, server, at->portions[p].count, there);
        if (copies > there && copies - there > free_slots)
            copies = there + (free_slots > 0 ? free_slots : 0);
        if (p + 1 < at->portion_count && copies > 1 && rest - copies < at->portion_count - p - 1)
            copies = 1; /* rather all servers than one twice */
        copies = copies < rest ? copies : rest;
        for (int c = 0; c < copies; c++)
            ask(at, host, at->portions[p].count / at->total / copies, share);
    }
}

/* Those that stand idle, as long as they are remembered. */
static void ask_idle(struct writer *at, int job, int op, const struct weir_placement *present, int count)
{
    int asked = at->wish_count, most = at->view->jobs[job].operators[op].max_parallelism;
    for (int k = 0; k < count && at->wish_count < most; k++) {
        int server = at->live->server_at[present[k].host];
        if (copies_at(at->wish, at->wish_count, present[k].host) > 0 || !usable(at, server) ||
            !seat_of(&at->live->jobs[job], server))
            continue;
        ask(at, present[k].host, asked > 0 ? IDLE : present[k].weight, present[k].cpu_share);
    }
}

/* Share of the requests that would go another way. */
static double difference(struct writer *at, const struct weir_placement *present, int count)
{
    double was = 0, is = 0, moved = 0;
    for (int k = 0; k < count; k++)
        was += present[k].weight;
    for (int k = 0; k < at->wish_count; k++)
        is += at->wish[k].weight;
    for (int k = 0; k < count; k++)
        at->weight[present[k].host] -= present[k].weight / was;
    for (int k = 0; k < at->wish_count; k++)
        at->weight[at->wish[k].host] += at->wish[k].weight / is;
    for (int k = 0; k < count; k++) {
        moved += fabs(at->weight[present[k].host]);
        at->weight[present[k].host] = 0;
    }
    for (int k = 0; k < at->wish_count; k++) {
        moved += fabs(at->weight[at->wish[k].host]);
        at->weight[at->wish[k].host] = 0;
    }
    return moved / 2;
}

/* Whether a server that shall be tried with a few requests, and can be, gets none. */
static bool untried(const struct writer *at, const struct weir_placement *present, int count)
{
    for (int p = 0; p < at->portion_count; p++) {
        int host = at->live->host[at->portions[p].server];
        double weight = 0;
        for (int k = 0; k < count; k++)
            weight += present[k].host == host ? present[k].weight : 0;
        if (at->portions[p].probe && copies_at(at->wish, at->wish_count, host) > 0 &&
            weight < at->portions[p].count / at->total / 2)
            return true;
    }
    return false;
}

/* Whether an instance is on a host that is no server in use, or is down. */
static bool must_leave(const struct writer *at, const struct weir_placement *present, int count)
{
    for (int k = 0; k < count; k++)
        if (!usable(at, at->live->server_at[present[k].host]))
            return true;
    return false;
}

static bool write_operator(struct writer *at, int job, int op)
{
    const struct live_job *known = &at->live->jobs[job];
    int count;
    const struct weir_placement *present = weir_plan_get(at->plan, job, op, &count);
    at->wish_count = 0;
    ask_portions(at, job, op, present, count);
    bool scheduled = at->wish_count > 0;
    if (scheduled) {
        ask_idle(at, job, op, present, count);
    } else { /* nobody said anything of the cell: those that are well stay */
        for (int k = 0; k < count; k++)
            if (usable(at, at->live->server_at[present[k].host]))
                ask(at, present[k].host, present[k].weight, present[k].cpu_share);
    }
    if (at->wish_count == 0)
        return false;
    bool must = must_leave(at, present, count) || untried(at, present, count);
    if (count > 0 && !must && (!scheduled || difference(at, present, count) < at->how->change))
        return false;
    const struct weir_host_view *first = &at->view->hosts[at->wish[0].host];
    weir_plan_set(at->plan, job, op, at->wish, at->wish_count,
                  "%g requests of region %d and category %d on %d servers, %.0f %% on %s; %d instances", at->total,
                  known->region, known->category, at->portion_count, 100 * at->wish[0].weight, first->name,
                  at->wish_count);
    return true;
}

/* The jobs of each cell as lists: first[cell] and next[job], -1 at the end. */
static void list_jobs(const struct live *live, int *first, int *next)
{
    for (int c = 0; c < live->regions * live->categories; c++)
        first[c] = -1;
    for (int j = live->job_count - 1; j >= 0; j--) {
        const struct live_job *job = &live->jobs[j];
        if (job->region < 0 || job->category < 0)
            continue;
        next[j] = first[job->region * live->categories + job->category];
        first[job->region * live->categories + job->category] = j;
    }
}

int live_write(struct live *live, const struct weir_view *view, struct weir_plan *plan,
               const struct live_writing *writing)
{
    struct writer at = {.live = live, .view = view, .plan = plan, .how = writing};
    int cells = live->regions * live->categories, changed = 0;
    int *first = weir_alloc((size_t)cells, sizeof *first), *next = weir_alloc((size_t)live->job_count, sizeof *next);
    at.portions = weir_alloc((size_t)live->servers, sizeof *at.portions);
    at.weight = weir_alloc((size_t)view->host_count, sizeof *at.weight);
    list_jobs(live, first, next);
    for (int c = 0; c < cells; c++) {
        if (first[c] < 0)
            continue;
        gather(&at, c);
        for (int j = first[c]; j >= 0; j = next[j]) {
            take_seats(&at, &live->jobs[j]);
            for (int o = 0; o < view->jobs[j].operator_count; o++) {
                const struct weir_operator_view *op = &view->jobs[j].operators[o];
                if (live_movable(op) && !op->changing && op->max_parallelism > 0)
                    changed += write_operator(&at, j, o);
            }
        }
    }
    free(at.wish);
    free(at.weight);
    free(at.portions);
    free(next);
    free(first);
    return changed;
}
