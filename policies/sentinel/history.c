/* U_opt from history (equation 12): the lower of the utilisations from which on the latency, and the share of late
 * results, are what they are in the worst fifth of all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/memory.h"

#define WORST      0.8 /* quantile */
#define ENOUGH     100 /* observations before it is fitted, and */
#define OF_BIN     20  /* of a range of utilisations before it counts */
#define DAILY      0.5 /* of what is known, a refit */
#define LEAST      0.2 /* results are kept in bounds */
#define UNFITTED   0.6
#define LATE_LEAST 0.01 /* a share of late results below this is none */

double sentinel_u_opt_at_first(const struct sentinel *self)
{
    return self->u_opt > 0 ? self->u_opt : UNFITTED;
}

static void draw(struct sentinel *self, double latency_s, double late)
{
    struct sentinel_history *history = &self->history;
    if (!history->drawn)
        history->drawn = weir_alloc(SENTINEL_DRAWN, sizeof *history->drawn);
    long at = history->seen++;
    if (at >= SENTINEL_DRAWN)
        at = (long)weir_stream_below(&history->draws, (uint64_t)history->seen);
    if (at < SENTINEL_DRAWN)
        history->drawn[at] = (struct sentinel_served){latency_s, late};
}

static int server_of(const struct live *live, const struct weir_view *view, const struct weir_origin_view *origin)
{
    return origin->host >= 0 && origin->host < view->host_count && origin->delivered_rate > 0
               ? live->server_at[origin->host]
               : -1;
}

/* Whether all results of a job came from servers of the viewers' region: what is late elsewhere may be so by the route,
 * not by the use of the server. */
static bool stays_home(const struct sentinel *self, const struct weir_view *view, int job)
{
    const struct live *live = &self->live;
    int results = 0;
    for (int o = 0; live->jobs[job].region >= 0 && o < view->jobs[job].origin_count; o++) {
        int e = server_of(live, view, &view->jobs[job].origins[o]);
        int pair = e < 0 ? -1 : self->effect.zone[e] * live->regions + live->jobs[job].region;
        if (pair >= 0 && self->effect.kind[pair] & SENTINEL_ACROSS)
            return false;
        results += pair >= 0;
    }
    return results > 0;
}

/* Whether any job stays at home; where none does, all jobs count. */
static bool some_stay(const struct sentinel *self, const struct weir_view *view)
{
    for (int j = 0; j < self->live.job_count; j++)
        if (stays_home(self, view, j))
            return true;
    return false;
}

/* Joins what jobs saw of a server with how much it was used. */
void sentinel_history_take(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_history *history = &self->history;
    const struct live *live = &self->live;
    double *latency_s = weir_alloc((size_t)live->servers, sizeof *latency_s);
    double *late = weir_alloc((size_t)live->servers, sizeof *late),
           *all = weir_alloc((size_t)live->servers, sizeof *all);
    bool home = some_stay(self, view);
    for (int j = 0; j < live->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        if (live->jobs[j].region < 0 || !isfinite(job->latency_mean_s) || (home && !stays_home(self, view, j)))
            continue;
        for (int o = 0; o < job->origin_count; o++) {
            int e = server_of(live, view, &job->origins[o]);
            if (e < 0)
                continue;
            latency_s[e] += job->origins[o].delivered_rate * job->latency_mean_s;
            late[e] += job->origins[o].late_rate;
            all[e] += job->origins[o].delivered_rate;
        }
    }
    for (int e = 0; e < live->servers; e++) {
        double use = live->used[e];
        if (!(all[e] > 0) || !(use >= 0) || !self->healthy[e])
            continue;
        int bin = use < 1 ? (int)(use * SENTINEL_BINS) : SENTINEL_BINS - 1;
        history->latency_s[bin] += latency_s[e] / all[e];
        history->late[bin] += late[e] / all[e];
        history->count[bin]++;
        draw(self, latency_s[e] / all[e], late[e] / all[e]);
    }
    free(all);
    free(late);
    free(latency_s);
}

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

/* The lowest utilisation from which on the mean stays at or above the limit; 1: there is none. */
static double from(const struct sentinel_history *history, const double *sum, double limit)
{
    int lowest = SENTINEL_BINS;
    for (int b = SENTINEL_BINS - 1; b >= 0; b--) {
        if (history->count[b] < OF_BIN)
            continue;
        if (sum[b] / history->count[b] < limit)
            break;
        lowest = b;
    }
    return (double)lowest / SENTINEL_BINS;
}

void sentinel_history_refit(struct sentinel *self)
{
    struct sentinel_history *history = &self->history;
    int count = (int)(history->seen < SENTINEL_DRAWN ? history->seen : SENTINEL_DRAWN);
    if (self->u_opt > 0 || count < ENOUGH)
        return;
    double *sorted = weir_alloc((size_t)count, sizeof *sorted), limit[2];
    for (int kind = 0; kind < 2; kind++) {
        for (int k = 0; k < count; k++)
            sorted[k] = kind == 0 ? history->drawn[k].latency_s : history->drawn[k].late;
        qsort(sorted, (size_t)count, sizeof *sorted, ascending);
        limit[kind] = sorted[(int)(WORST * (count - 1))];
    }
    free(sorted);
    double by_latency = from(history, history->latency_s, limit[0]);
    double by_late = from(history, history->late, fmax(limit[1], LATE_LEAST));
    double lower = fmin(by_latency, by_late);
    if (lower < 1) /* else nothing ever got worse with use: what is known stays */
        history->u_opt = fmax(lower, LEAST);
    history->by_latency = by_latency;
    history->by_late = by_late;
    history->refits++;
    for (int b = 0; b < SENTINEL_BINS; b++) {
        history->latency_s[b] *= DAILY;
        history->late[b] *= DAILY;
        history->count[b] *= DAILY;
    }
}
