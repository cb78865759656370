/* What a request takes of a server, learnt where it is not what was declared: a server that is slower than it says,
 * work that contends. Seen is the time that a job's instances on a server were busy for each result of theirs, and the
 * bytes of these; the net of the effect learns how many times the declared that is, and counts for a server as long as
 * it has erred less there, on results that came after it was trained, than the declared size. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/memory.h"

#define RATE_MOST   10.0 /* times the declared that are believed; as few are a tenth */
#define CROWDED     0.25 /* of the cores busy: instances beyond their number would wait for each other's */
#define ENOUGH      20   /* comparisons, one a job and window, before the net may count for a server */
#define RATE_NEWEST 100  /* that are kept; of more, all before count half */
#define CLEARLY     0.9  /* of the declared size's error that the net's must be below to count from then on */

/* The operator that is all of a job that can be scheduled, with an edge to the viewers and no other; -1: there is none,
 * and what results of a server took cannot be told. */
static int only_operator(const struct live *live, const struct weir_view *view, int j)
{
    const struct weir_job_view *job = &view->jobs[j];
    int only = -1;
    for (int o = 0; o < job->operator_count; o++) {
        if (!live_movable(view, job, o, live->jobs[j].tier))
            continue;
        const struct weir_operator_view *op = &job->operators[o];
        if (only >= 0 || op->downstream_count != 1 || op->downstream[0] >= 0 || !(op->selectivity > 0))
            return -1;
        only = o;
    }
    return only;
}

/* Cores that instances on each server kept busy. */
static void take_busy(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    memset(effect->busy, 0, (size_t)live->servers * sizeof *effect->busy);
    for (int j = 0; j < view->job_count; j++)
        for (int o = 0; o < view->jobs[j].operator_count; o++) {
            const struct weir_operator_view *op = &view->jobs[j].operators[o];
            for (int k = 0; k < op->instance_count; k++) {
                int e = live->server_at[op->instances[k].host];
                if (e >= 0 && op->instance_busy[k] > 0)
                    effect->busy[e] += op->instance_busy[k] * op->instances[k].cpu_share;
            }
        }
}

void sentinel_rates_begin(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    size_t servers = (size_t)live->servers;
    if (effect->rates_shape != live->shape) {
        effect->busy = weir_resize(effect->busy, servers, sizeof *effect->busy);
        effect->judged = weir_resize(effect->judged, servers, sizeof *effect->judged);
        effect->rates_shape = live->shape;
        sentinel_rates_forget(self);
    }
    take_busy(self, view);
}

void sentinel_rates_forget(struct sentinel *self)
{
    struct sentinel_effect *effect = &self->effect;
    if (effect->judged)
        memset(effect->judged, 0, (size_t)self->live.servers * sizeof *effect->judged);
    effect->rates_changed++;
}

/* Time of a core that the job's instances on the host were busy in the window; NAN if one has not been there all the
 * time. */
static double busy_s(const struct weir_view *view, const struct weir_operator_view *op, int host)
{
    double sum = 0;
    int there = 0;
    for (int k = 0; k < op->instance_count; k++) {
        if (op->instances[k].host != host)
            continue;
        if (!(op->ready_s[k] >= view->window_s) || !isfinite(op->instance_busy[k]))
            return NAN;
        sum += op->instance_busy[k] * op->instances[k].cpu_share * view->window_s;
        there++;
    }
    return there > 0 ? sum : NAN;
}

double sentinel_rate_seen(const struct sentinel *self, const struct weir_view *view, int job, int server,
                          const struct weir_origin_view *origin)
{
    const struct live *live = &self->live;
    int o = only_operator(live, view, job), i = live->jobs[job].category;
    const struct weir_host_view *host = &view->hosts[live->host[server]];
    double declared = live_need(live, server, i);
    bool crowded = host->instances > host->cores && self->effect.busy[server] > CROWDED * host->cores;
    if (o < 0 || crowded || !(declared > 0))
        return NAN;
    const struct weir_operator_view *op = &view->jobs[job].operators[o];
    double busy = busy_s(view, op, live->host[server]), bytes = op->downstream_bytes[0];
    double flops = origin->delivered_rate * view->window_s / op->selectivity * op->flops_per_item;
    double slower = flops > 0 ? busy * weir_view_speed(host, op) / flops : isnan(busy) ? NAN : 1;
    double larger = bytes > 0 && origin->bytes_per_s > 0 ? origin->bytes_per_s / origin->delivered_rate / bytes : 1;
    double uplink = live->request_bytes[i] / (live->bandwidth[server] * live->window_s) * larger;
    double cores =
        live->flops[server] > 0 ? live->request_flops[i] / (live->flops[server] * live->window_s) * slower : 0;
    return isnan(slower) ? NAN : fmin(fmax(fmax(uplink, cores) / declared, 1 / RATE_MOST), RATE_MOST);
}

void sentinel_rates_judge(struct sentinel *self, int job, int server, double seen, double weight)
{
    struct sentinel_effect *effect = &self->effect;
    const struct live *live = &self->live;
    if (!effect->net || effect->asked_s < 0 || effect->net_shape != live->shape || isnan(seen))
        return;
    struct sentinel_judged *judged = &effect->judged[server];
    long cell = ((long)server * live->regions + live->jobs[job].region) * live->categories + live->jobs[job].category;
    double by_net = (double)effect->times[cell] - seen, declared = 1 - seen;
    if (judged->count >= RATE_NEWEST) {
        judged->count /= 2;
        judged->net /= 2;
        judged->declared /= 2;
    }
    judged->count++;
    judged->net += weight * by_net * by_net;
    judged->declared += weight * declared * declared;
    bool was = judged->by_net;
    judged->by_net = judged->count >= ENOUGH && judged->net < (was ? judged->declared : CLEARLY * judged->declared);
    effect->rates_changed += was != judged->by_net;
}

static bool by_net(const struct sentinel *self, int server)
{
    const struct sentinel_effect *effect = &self->effect;
    return effect->net && effect->net_shape == self->live.shape && effect->rates_shape == self->live.shape &&
           effect->judged[server].by_net;
}

double sentinel_times(const struct sentinel *self, int server, int region, int category)
{
    const struct live *live = &self->live;
    if (!by_net(self, server))
        return 1;
    double times = (double)self->effect.times[((long)server * live->regions + region) * live->categories + category];
    return fmin(fmax(times, 1 / RATE_MOST), RATE_MOST);
}

double sentinel_need(const struct sentinel *self, int server, int region, int category)
{
    return live_need(&self->live, server, category) * sentinel_times(self, server, region, category);
}

int sentinel_rates(struct sentinel *self)
{
    const struct live *live = &self->live;
    int count = 0;
    live_rates(live, self->rate);
    for (int e = 0; e < live->servers; e++) {
        if (!by_net(self, e))
            continue;
        count++;
        for (int m = 0; m < live->regions; m++)
            for (int i = 0; i < live->categories; i++)
                self->rate[((long)e * live->regions + m) * live->categories + i] *=
                    (float)sentinel_times(self, e, m, i);
    }
    return count;
}
