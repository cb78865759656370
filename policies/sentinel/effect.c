/* Service effect: what a request yields on a server, and whether it fails there for no fault of the server. Late
 * results are counted by the zone of the server, the region of the viewer and the hour of the day. Where few came, the
 * count is drawn towards that of all pairs alike (within a region or across). What is late now counts as well. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define PRIOR  20.0 /* requests that the more general count stands for */
#define MEMORY 0.8  /* of the recent counts, a window */
#define CALM   0.99 /* of what they alarm of, a minute */
#define DAILY  0.5  /* of the counts by hour, a refit */

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
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
        while (z < effect->zones && !same(view->hosts[live->host[first[z]]].region, view->hosts[live->host[e]].region))
            z++;
        if (z == effect->zones)
            first[effect->zones++] = e;
        effect->zone[e] = z;
    }
    size_t pairs = (size_t)effect->zones * (size_t)live->regions;
    free(effect->home);
    free(effect->late);
    free(effect->all);
    effect->home = weir_alloc(pairs, sizeof *effect->home);
    effect->late = weir_alloc(pairs * SENTINEL_HOURS, sizeof *effect->late);
    effect->all = weir_alloc(pairs * SENTINEL_HOURS, sizeof *effect->all);
    for (int z = 0; z < effect->zones; z++)
        for (int m = 0; m < live->regions; m++)
            effect->home[z * live->regions + m] =
                same(view->hosts[live->host[first[z]]].region, view->hosts[live->viewer[m]].region);
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

static double drawn(double late, double all, double prior)
{
    return (late + PRIOR * prior) / (all + PRIOR);
}

void sentinel_effect_learn(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    make_room(self, view);
    int hour = hour_at(view->time_s - view->window_s / 2);
    for (int side = 0; side < 2; side++) {
        effect->recent_all[side] *= MEMORY;
        effect->recent_late[side] *= MEMORY;
    }
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
            sentinel_effect_watch(self, view, j, e, all, late);
            int pair = effect->zone[e] * live->regions + m, side = !effect->home[pair];
            effect->all[pair * SENTINEL_HOURS + hour] += (float)all;
            effect->late[pair * SENTINEL_HOURS + hour] += (float)late;
            effect->hourly_all[side][hour] += all;
            effect->hourly_late[side][hour] += late;
            effect->recent_all[side] += all;
            effect->recent_late[side] += late;
        }
    }
    for (int side = 0; side < 2; side++) {
        double now = drawn(effect->recent_late[side], effect->recent_all[side], 0);
        effect->alarm[side] = fmax(now, weir_pow(CALM, view->window_s / 60) * effect->alarm[side]);
    }
}

double sentinel_late(const struct sentinel *self, int server, int region, double time_s)
{
    const struct sentinel_effect *effect = &self->effect;
    int pair = effect->zone[server] * self->live.regions + region, side = !effect->home[pair], hour = hour_at(time_s);
    double pooled = drawn(effect->hourly_late[side][hour], effect->hourly_all[side][hour], 0);
    double usual = drawn(effect->late[pair * SENTINEL_HOURS + hour], effect->all[pair * SENTINEL_HOURS + hour], pooled);
    return fmax(usual, effect->alarm[side]);
}

/* What is late now; and, as long as no net knows, what usually is. */
static double late_by(const struct sentinel *self, int server, int region, double time_s, const float *chance)
{
    const struct sentinel_effect *effect = &self->effect;
    int pair = effect->zone[server] * self->live.regions + region;
    return chance ? effect->alarm[!effect->home[pair]] : sentinel_late(self, server, region, time_s);
}

void sentinel_effect_expect(struct sentinel *self, const struct weir_view *view)
{
    struct live *live = &self->live;
    make_room(self, view);
    live_rates(live, self->rate);
    const float *chance = self->service_detection ? sentinel_effect_ask(self, view) : NULL;
    double time_s = view->time_s + view->window_s / 2;
    self->effect.unsafe = 0;
    for (int e = 0; e < live->servers; e++)
        for (int m = 0; m < live->regions; m++) {
            bool reached = isfinite(live->latency_s[e * live->regions + m]);
            bool safe = reached && (!self->service_detection || late_by(self, e, m, time_s, chance) <= self->unsafe);
            long cell = ((long)e * live->regions + m) * live->categories;
            for (int i = 0; i < live->categories; i++) {
                self->safe[cell + i] = safe && (!chance || effect_is_safe(self->effect.net, (double)chance[cell + i]));
                self->effect.unsafe += reached && !self->safe[cell + i];
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
    for (int side = 0; side < 2; side++)
        for (int h = 0; h < SENTINEL_HOURS; h++) {
            effect->hourly_all[side][h] *= DAILY;
            effect->hourly_late[side][h] *= DAILY;
        }
}

void sentinel_effect_fini(struct sentinel_effect *effect)
{
    free(effect->zone);
    free(effect->home);
    free(effect->late);
    free(effect->all);
    free(effect->samples);
    free(effect->chance);
    effect_free(effect->net);
}
