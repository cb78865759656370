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
    int cell, tier;           /* of the job */
    struct portion *portions; /* of the cell, in the tier, the largest first */
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

static bool in_tier(const struct writer *at, int server)
{
    return at->tier == LIVE_ANY || (int)at->live->server_tier[server] == at->tier;
}

static void gather(struct writer *at, int cell, int tier)
{
    const struct live *live = at->live;
    long cells = (long)live->regions * live->categories;
    at->cell = cell;
    at->tier = tier;
    at->portion_count = 0;
    at->total = 0;
    for (int e = 0; e < live->servers; e++)
        if (at->how->count[e * cells + cell] > 0 && healthy(at, e) && in_tier(at, e)) {
            double count = at->how->count[e * cells + cell];
            at->portions[at->portion_count++] = (struct portion){e, count, false};
            at->total += count;
        }
    bool served = at->portion_count > 0;
    for (int e = 0; e < live->servers && served && at->how->probe > 0; e++)
        if (probed(at, e) && in_tier(at, e) && !(at->how->count[e * cells + cell] > 0 && healthy(at, e))) {
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

/* Cores that a portion of the cell's requests keeps busy to 0.8 each at an operator, with its part of what waits there:
 * that is to be done in the next window as well. */
static double cores_for(const struct writer *at, int job, int op, const struct portion *portion)
{
    const struct weir_job_view *seen = &at->view->jobs[job];
    const struct live_job *known = &at->live->jobs[job];
    const struct weir_operator_view *work = &seen->operators[op];
    const struct weir_host_view *host = &at->view->hosts[at->live->host[portion->server]];
    double cell = at->live->requests[known->region * at->live->categories + known->category];
    double mine = cell > 0 ? fmin(seen->ingress_rate * at->view->window_s / cell, 1) : 1;
    double inputs = seen->ingress_rate > 0 && work->arrival_rate > 0 ? work->arrival_rate / seen->ingress_rate : 1;
    double full = weir_view_speed(host, work) * at->view->window_s * CORE_FULL;
    double waits = fmax(work->queued, 0) + fmax(work->held, 0);
    double items = portion->count * mine * inputs + waits * portion->count / at->total;
    return full > 0 && isfinite(items) ? items * work->flops_per_item / full : 1;
}

/* Instances for so many cores; of those present, one more may stay. */
static int copies_for(const struct weir_host_view *host, double cores, int present)
{
    int most = host->cores > 1 ? host->cores : 1, copies = cores < most ? (int)ceil(cores - 1e-9) : most;
    copies = copies > 1 ? copies : 1;
    return present == copies + 1 ? present : copies;
}

/* The nearest server with a free slot that the wish does not name; -1: there is none. */
static int nearest_free(const struct writer *at, int job)
{
    const struct live *live = at->live;
    int best = -1, m = live->jobs[job].region;
    for (int e = 0; e < live->servers; e++) {
        double latency_s = live->latency_s[e * live->regions + m];
        if (healthy(at, e) && in_tier(at, e) && isfinite(latency_s) &&
            (best < 0 || latency_s < live->latency_s[best * live->regions + m]) &&
            copies_at(at->wish, at->wish_count, live->host[e]) == 0 &&
            weir_plan_free_slots(at->plan, live->host[e]) > 0)
            best = e;
    }
    return best;
}

/* What the servers of the schedule have no slots for goes to the nearest that have, as much as a core of theirs does.
 */
static void spill(struct writer *at, int job, int op, double left, double share)
{
    int most = at->view->jobs[job].operators[op].max_parallelism;
    for (int e; left > 0 && at->wish_count < most && (e = nearest_free(at, job)) >= 0;) {
        double cores = cores_for(at, job, op, &(struct portion){e, at->total * left, false});
        double part = cores > 1 ? left / cores : left;
        ask(at, at->live->host[e], part, share);
        left -= part;
    }
}

/* The part of the wish that has weight. A server that has no room for all instances that its portion takes gets no more
 * than what those it has can do. */
static void ask_portions(struct writer *at, int job, int op, const struct weir_placement *present, int count)
{
    int most = at->view->jobs[job].operators[op].max_parallelism;
    double share = count > 0 ? present[0].cpu_share : 1, left = 0;
    for (int p = 0; p < at->portion_count && at->wish_count < most; p++) {
        int server = at->portions[p].server, host = at->live->host[server], there = copies_at(present, count, host);
        int free_slots = weir_plan_free_slots(at->plan, host), rest = most - at->wish_count;
        double cores = cores_for(at, job, op, &at->portions[p]);
        int copies = copies_for(&at->view->hosts[host], cores, there);
        if (copies > there && copies - there > free_slots)
            copies = there + (free_slots > 0 ? free_slots : 0);
        if (p + 1 < at->portion_count && copies > 1 && rest - copies < at->portion_count - p - 1)
            copies = 1; /* rather all servers than one twice */
        copies = copies < rest ? copies : rest;
        double able = cores > copies ? copies / cores : 1, part = at->portions[p].count / at->total;
        for (int c = 0; c < copies; c++)
            ask(at, host, able * part / copies, share);
        left += (1 - able) * part;
    }
    spill(at, job, op, left, share);
    double sum = 0;
    for (int k = 0; k < at->wish_count; k++)
        sum += at->wish[k].weight;
    for (int k = 0; k < at->wish_count && sum > 0; k++)
        at->wish[k].weight /= sum;
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

/* Whether a server wants more instances than it has: their weights together may be what they were. */
static bool wants_more_copies(const struct writer *at, const struct weir_placement *present, int count)
{
    for (int k = 0; k < at->wish_count; k++) {
        int there = copies_at(present, count, at->wish[k].host);
        if (there > 0 && copies_at(at->wish, at->wish_count, at->wish[k].host) > there)
            return true;
    }
    return false;
}

/* The part of the cell's requests that are the job's, of `jobs` in the cell. */
static double part_of(const struct writer *at, int job, int jobs)
{
    double cell = at->live->requests[at->cell], mine = at->view->jobs[job].ingress_rate * at->view->window_s;
    return cell > 0 && mine >= 0 ? fmin(mine / cell, 1) : 1.0 / jobs;
}

static void add_plan(struct writer *at, int server, double count)
{
    struct live *live = at->live;
    live->plans = weir_grow(live->plans, (size_t)live->plan_count + 1, &live->plan_capacity, sizeof *live->plans);
    live->plans[live->plan_count++] =
        (struct pool_plan){server, at->cell / live->categories, at->cell % live->categories, count};
}

/* What the job's requests are dealt out by as they come: the portions, and after them, where the operator has been
 * looked at, what it was asked for instead. */
static void deal_out(struct writer *at, int job, int op, int jobs, bool looked_at)
{
    double mine = at->total * part_of(at, job, jobs);
    if (at->portion_count == 0 || !(mine > 0) ||
        !live_enters(at->view, &at->view->jobs[job], op, at->live->jobs[job].tier))
        return;
    for (int p = 0; p < at->portion_count && !looked_at; p++)
        add_plan(at, at->portions[p].server, mine * at->portions[p].count / at->total);
    for (int k = 0; k < at->wish_count && looked_at; k++)
        if (at->wish[k].weight > IDLE)
            add_plan(at, at->live->server_at[at->wish[k].host], mine * at->wish[k].weight);
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
    bool must = must_leave(at, present, count) || untried(at, present, count) || wants_more_copies(at, present, count);
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
    live->plan_count = 0;
    list_jobs(live, first, next);
    for (int c = 0; c < cells; c++) {
        if (first[c] < 0)
            continue;
        at.cell = -1;
        int jobs = 0;
        for (int j = first[c]; j >= 0; j = next[j])
            jobs++;
        for (int j = first[c]; j >= 0; j = next[j]) {
            if (at.cell < 0 || at.tier != live->jobs[j].tier)
                gather(&at, c, live->jobs[j].tier);
            take_seats(&at, &live->jobs[j]);
            for (int o = 0; o < view->jobs[j].operator_count; o++) {
                const struct weir_operator_view *op = &view->jobs[j].operators[o];
                bool free_now = !op->changing && op->max_parallelism > 0;
                if (!live_movable(view, &view->jobs[j], o, live->jobs[j].tier))
                    continue;
                if (free_now)
                    changed += write_operator(&at, j, o);
                deal_out(&at, j, o, jobs, free_now);
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
