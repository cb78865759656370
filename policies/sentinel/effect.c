/* Service effect: what a request yields on a server, and whether it fails there for no fault of the server. Late
 * results are counted by the zone of the server, the region of the viewer and the hour of the day. Where few came, the
 * count is drawn towards that of all pairs alike (within a region or across, of the edge or the cloud). What is late
 * now counts as well, pair by pair, drawn likewise. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define PRIOR  20.0 /* requests that the more general count stands for, */
#define NOW    5.0  /* and what is late now in all pairs alike, for a single one */
#define MEMORY 0.8  /* of the recent counts, a window */
#define CALM   0.99 /* of what they alarm of, a minute */
#define DAILY  0.5  /* of the counts by hour, a refit */

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Whether two servers are of one zone. */
static bool alike(const struct live *live, const struct weir_view *view, int one, int other)
{
    return live->server_tier[one] == live->server_tier[other] &&
           same(view->hosts[live->host[one]].region, view->hosts[live->host[other]].region);
}

static void forget(struct sentinel_effect *effect)
{
    free(effect->kind);
    free(effect->late);
    free(effect->all);
    free(effect->recent_late);
    free(effect->recent_all);
    free(effect->alarm);
}

static void begin(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    int *first = weir_alloc((size_t)live->servers, sizeof *first); /* a server of each zone */
    effect->zone = weir_resize(effect->zone, (size_t)live->servers, sizeof *effect->zone);
    effect->zones = 0;
    for (int e = 0; e < live->servers; e++) {
        int z = 0;
        while (z < effect->zones && !alike(live, view, first[z], e))
            z++;
        if (z == effect->zones)
            first[effect->zones++] = e;
        effect->zone[e] = z;
    }
    size_t pairs = (size_t)effect->zones * (size_t)live->regions;
    forget(effect);
    effect->kind = weir_alloc(pairs, sizeof *effect->kind);
    effect->late = weir_alloc(pairs * SENTINEL_HOURS, sizeof *effect->late);
    effect->all = weir_alloc(pairs * SENTINEL_HOURS, sizeof *effect->all);
    effect->recent_late = weir_alloc(pairs, sizeof *effect->recent_late);
    effect->recent_all = weir_alloc(pairs, sizeof *effect->recent_all);
    effect->alarm = weir_alloc(pairs, sizeof *effect->alarm);
    for (int z = 0; z < effect->zones; z++)
        for (int m = 0; m < live->regions; m++) {
            bool home = same(view->hosts[live->host[first[z]]].region, view->hosts[live->viewer[m]].region);
            bool cloud = live->server_tier[first[z]] == WEIR_VIEW_CLOUD;
            effect->kind[z * live->regions + m] =
                (unsigned char)((home ? 0 : SENTINEL_ACROSS) | (cloud ? SENTINEL_CLOUD : 0));
        }
    effect->shape = live->shape;
    effect->servers = live->servers;
    free(first);
}

static void make_room(struct sentinel *self, const struct weir_view *view)
{
    if (self->effect.shape != self->live.shape || self->effect.servers != self->live.servers)
        begin(self, view);
}

static int hour_at(double time_s)
{
    double hour = fmod(time_s, 86400) / 3600;
    return hour >= 0 && hour < SENTINEL_HOURS ? (int)hour : 0;
}

static double drawn(double late, double all, double prior, double weight)
{
    return (late + weight * prior) / (all + weight);
}

/* What was in the newest windows counts less with each. */
static void fade(struct sentinel_effect *effect, int regions)
{
    for (int kind = 0; kind < SENTINEL_KINDS; kind++) {
        effect->kind_all[kind] *= MEMORY;
        effect->kind_late[kind] *= MEMORY;
    }
    for (int pair = 0; pair < effect->zones * regions; pair++) {
        effect->recent_all[pair] *= (float)MEMORY;
        effect->recent_late[pair] *= (float)MEMORY;
    }
}

void sentinel_effect_learn(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    make_room(self, view);
    sentinel_rates_begin(self, view);
    int hour = hour_at(view->time_s - view->window_s / 2);
    fade(effect, live->regions);
    for (int j = 0; j < live->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        int m = live->jobs[j].region;
        for (int o = 0; m >= 0 && o < job->origin_count; o++) {
            const struct weir_origin_view *origin = &job->origins[o];
            int e = origin->host >= 0 && origin->host < view->host_count ? live->server_at[origin->host] : -1;
            double all = origin->delivered_rate * view->window_s, late = origin->late_rate * view->window_s;
            /* What is late on a server that is not well says nothing of the service. */
            if (e < 0 || !(all > 0) || !isfinite(late) || (self->shape == live->shape && !self->healthy[e]))
                continue;
            double seen = sentinel_rate_seen(self, view, j, e, origin);
            sentinel_rates_judge(self, j, e, seen, all);
            sentinel_effect_watch(self, view, j, e, all, late, seen);
            int pair = effect->zone[e] * live->regions + m, kind = effect->kind[pair];
            effect->all[pair * SENTINEL_HOURS + hour] += (float)all;
            effect->late[pair * SENTINEL_HOURS + hour] += (float)late;
            effect->hourly_all[kind][hour] += all;
            effect->hourly_late[kind][hour] += late;
            effect->kind_all[kind] += all;
            effect->kind_late[kind] += late;
            effect->recent_all[pair] += (float)all;
            effect->recent_late[pair] += (float)late;
        }
    }
    double calm = weir_pow(CALM, view->window_s / 60);
    for (int pair = 0; pair < effect->zones * live->regions; pair++) {
        int kind = effect->kind[pair];
        double usual = drawn(effect->kind_late[kind], effect->kind_all[kind], 0, PRIOR);
        double now = drawn(effect->recent_late[pair], effect->recent_all[pair], usual, NOW);
        effect->alarm[pair] = (float)fmax(now, calm * effect->alarm[pair]);
    }
}

double sentinel_late(const struct sentinel *self, int server, int region, double time_s)
{
    const struct sentinel_effect *effect = &self->effect;
    int pair = effect->zone[server] * self->live.regions + region, kind = effect->kind[pair], hour = hour_at(time_s);
    double pooled = drawn(effect->hourly_late[kind][hour], effect->hourly_all[kind][hour], 0, PRIOR);
    double usual =
        drawn(effect->late[pair * SENTINEL_HOURS + hour], effect->all[pair * SENTINEL_HOURS + hour], pooled, PRIOR);
    return fmax(usual, effect->alarm[pair]);
}

/* What is late now; and, as long as no net knows, what usually is. */
static double late_by(const struct sentinel *self, int server, int region, double time_s, const float *chance)
{
    const struct sentinel_effect *effect = &self->effect;
    int pair = effect->zone[server] * self->live.regions + region;
    return chance ? effect->alarm[pair] : sentinel_late(self, server, region, time_s);
}

void sentinel_effect_expect(struct sentinel *self, const struct weir_view *view)
{
    struct live *live = &self->live;
    make_room(self, view);
    const float *chance = self->service_detection ? sentinel_effect_ask(self, view) : NULL;
    self->effect.learnt = sentinel_rates(self);
    double time_s = view->time_s + view->window_s / 2;
    self->effect.unsafe = 0;
    for (int e = 0; e < live->servers; e++)
        for (int m = 0; m < live->regions; m++) {
            bool reached = isfinite(live->latency_s[e * live->regions + m]);
            bool safe = reached && (!self->service_detection || late_by(self, e, m, time_s, chance) <= self->unsafe);
            long cell = ((long)e * live->regions + m) * live->categories;
            for (int i = 0; i < live->categories; i++) {
                bool serves = live_serves(live, e, i);
                bool fine = safe && (!chance || effect_is_safe(self->effect.net, (double)chance[cell + i]));
                self->safe[cell + i] = serves && fine;
                self->effect.unsafe += reached && serves && !fine;
            }
        }
}

void sentinel_effect_refit(struct sentinel *self)
{
    struct sentinel_effect *effect = &self->effect;
    size_t count = (size_t)effect->zones * (size_t)self->live.regions * SENTINEL_HOURS;
    for (size_t k = 0; effect->all && effect->shape == self->live.shape && k < count; k++) {
        effect->all[k] *= (float)DAILY;
        effect->late[k] *= (float)DAILY;
    }
    for (int kind = 0; kind < SENTINEL_KINDS; kind++)
        for (int h = 0; h < SENTINEL_HOURS; h++) {
            effect->hourly_all[kind][h] *= DAILY;
            effect->hourly_late[kind][h] *= DAILY;
        }
}

void sentinel_effect_fini(struct sentinel_effect *effect)
{
    free(effect->zone);
    forget(effect);
    free(effect->samples);
    free(effect->chance);
    free(effect->times);
    free(effect->busy);
    free(effect->judged);
    effect_free(effect->net);
}
