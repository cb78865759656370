/* Device detection: which servers are expected to be well in the coming window. Two steps, rules and a net, on the
 * newest samples of each server. */
#include "policies/sentinel/sentinel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/real.h"

/* What the rules compute of a server: of its window and of a healthy one the variances (4 operations a sample: mean,
 * difference, square, sum) and the products of each two signals, then the difference of the matrices. */
enum { PAIRS = SENTINEL_SIGNALS * (SENTINEL_SIGNALS + 1) / 2 };
#define RULES_FLOPS                                                                                                    \
    (2.0 * SENTINEL_SAMPLES * (4 * SENTINEL_SIGNALS + 2 * PAIRS) + 3.0 * SENTINEL_SIGNALS * SENTINEL_SIGNALS)

enum {
    HOUR = 60, /* cycles from one look at the ranges to the next, at most */
    CALM = 4,  /* windows with nothing to do that say as much as one with */
};

static void make_room(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_devices *devices = &self->devices;
    const struct live *live = &self->live;
    if (devices->shape == live->shape && devices->server_count == live->servers)
        return;
    if (devices->server_count != live->servers) {
        free(devices->servers);
        free(devices->asked);
        free(devices->score);
        devices->asked = weir_alloc((size_t)live->servers, sizeof *devices->asked);
        devices->score = weir_alloc((size_t)live->servers, sizeof *devices->score);
        devices->servers = weir_alloc((size_t)live->servers, sizeof *devices->servers);
        devices->server_count = live->servers;
        for (int e = 0; e < live->servers; e++) {
            for (int t = 0; t < SENTINEL_SAMPLES; t++)
                for (int n = 0; n < SENTINEL_SIGNALS; n++)
                    devices->servers[e].sample[t][n] = devices->servers[e].shown[t][n % SENTINEL_SHOWN] = NAN;
            devices->servers[e].score = NAN;
        }
    }
    for (int e = 0; e < live->servers; e++) {
        devices->servers[e].probe = -1; /* cells are others */
        devices->servers[e].class = sentinel_class_of(devices, &view->hosts[live->host[e]], live->bandwidth[e]);
    }
    devices->shape = live->shape;
}

/* Moves a window of `width` numbers a sample on by one. */
static void push(double *window, const double *newest, size_t width)
{
    memmove(window, window + width, (SENTINEL_SAMPLES - 1) * width * sizeof *window);
    memcpy(window + (SENTINEL_SAMPLES - 1) * width, newest, width * sizeof *window);
}

/* What a request is, the mean over the categories. */
struct request {
    double bytes, flops;
    bool disks; /* some server's disk has to do with them */
};

static struct request mean_request(const struct live *live, const struct weir_view *view)
{
    struct request mean = {0};
    for (int e = 0; e < live->servers; e++)
        mean.disks |= view->hosts[live->host[e]].disk_bytes_per_s > 0;
    for (int i = 0; i < live->categories; i++) {
        mean.bytes += live->request_bytes[i] / live->categories;
        mean.flops += live->request_flops[i] / live->categories;
    }
    return mean;
}

static void take(struct sentinel *self, int server, const struct weir_host_view *host, const struct request *request)
{
    struct sentinel_device *device = &self->devices.servers[server];
    double memory = host->memory_bytes > 0 ? host->memory_bytes : 1e9, uplink = self->live.bandwidth[server];
    double now[SENTINEL_SIGNALS] = {host->cpu, host->memory_reported_bytes / memory, host->disk_bytes_per_s / uplink,
                                    host->sent_bytes_per_s / uplink};
    double one = fmax(request->bytes / self->live.window_s / uplink, 1e-6); /* the upload of a request a window */
    device->one = one;
    double worked = request->flops > 0 ? host->cpu * self->live.flops[server] * request->bytes / request->flops / uplink
                                       : host->cpu;
    double moved = request->disks ? now[2] : now[3];
    double shown[SENTINEL_SHOWN] = {weir_log((worked + one) / (moved + one)),
                                    weir_log1p(host->memory_reported_bytes / fmax(4 * request->bytes, 1))};
    push(device->sample[0], now, SENTINEL_SIGNALS);
    push(device->shown[0], shown, SENTINEL_SHOWN);
}

/* What a host that is down reports says nothing. */
static void sample(struct sentinel *self, const struct weir_view *view)
{
    static const double nothing[SENTINEL_SIGNALS] = {NAN, NAN, NAN, NAN};
    struct sentinel_devices *devices = &self->devices;
    struct request request = mean_request(&self->live, view);
    long missed = devices->cycles > 0 ? view->window - devices->window - 1 : 0;
    for (int e = 0; e < devices->server_count; e++) {
        struct sentinel_device *device = &devices->servers[e];
        const struct weir_host_view *host = &view->hosts[self->live.host[e]];
        for (long w = host->up ? 0 : -1; w < missed && w < SENTINEL_SAMPLES; w++) {
            push(device->sample[0], nothing, SENTINEL_SIGNALS);
            push(device->shown[0], nothing, SENTINEL_SHOWN);
        }
        if (host->up)
            take(self, e, host, &request);
    }
    devices->window = view->window;
}

static enum detect_verdict by_rules(const struct sentinel *self, struct sentinel_device *device)
{
    static const double nothing[SENTINEL_SIGNALS];
    double spread[SENTINEL_SIGNALS], now[SENTINEL_SAMPLES * SENTINEL_SIGNALS],
        then[SENTINEL_SAMPLES * SENTINEL_SIGNALS];
    const double *healthy = sentinel_baseline(&self->devices, device);
    struct detect_rules rules = {SENTINEL_SAMPLES, SENTINEL_SIGNALS, self->beta, self->theta_v, self->theta_r};
    device->evidence = (struct detect_evidence){0};
    if (!healthy)
        return DETECT_UNSURE;
    sentinel_spread(&self->devices, device, healthy, spread);
    sentinel_still(device->sample[0], spread, now);
    sentinel_still(healthy, spread, then);
    return detect_rules_judge(&rules, now, then, nothing, spread, &device->evidence);
}

/* Whether the newest sample is out of the range that the net knows as healthy. */
static bool strange(const struct sentinel_devices *devices, const struct sentinel_device *device)
{
    const double *newest = device->shown[SENTINEL_SAMPLES - 1];
    for (int n = 0; n < SENTINEL_SHOWN; n++)
        if (newest[n] > devices->high[n] || newest[n] < devices->low[n])
            return true;
    return false;
}

/* Whether the net is asked: where the rules cannot tell; where they see nothing in a server that was suspected lately,
 * or whose newest sample is strange, as one that gets nothing to do looks calm; and where both see something, but the
 * newest sample is nothing strange: their windows hold for long what is over. */
static bool unclear(const struct sentinel_devices *devices, const struct sentinel_device *device)
{
    bool odd = strange(devices, device);
    return device->verdict == DETECT_UNSURE || (device->verdict == DETECT_ANOMALOUS && !odd) ||
           (device->verdict == DETECT_HEALTHY && (device->suspected > 0 || odd));
}

/* The net's scores of all that are unclear. */
static void ask_net(struct sentinel *self)
{
    struct sentinel_devices *devices = &self->devices;
    if (!self->learned || !devices->net)
        return;
    int count = 0;
    for (int e = 0; e < devices->server_count; e++)
        if (self->live.up[e] && unclear(devices, &devices->servers[e]))
            memcpy(devices->asked[count++], devices->servers[e].shown, sizeof *devices->asked);
    if (count == 0)
        return;
    devices->flops += count * vgru_flops(devices->net);
    vgru_score_recent(devices->net, devices->asked[0][0], (size_t)count, self->recent, devices->score);
    for (int e = devices->server_count - 1; e >= 0; e--)
        if (self->live.up[e] && unclear(devices, &devices->servers[e]))
            devices->servers[e].score = devices->score[--count];
}

/* Whether the newest sample is of a server that had something to do. */
static bool worked(const struct sentinel_device *device)
{
    const double *newest = device->sample[SENTINEL_SAMPLES - 1];
    return newest[0] > 0 || newest[2] > 0 || newest[3] > 0;
}

static enum sentinel_state state_of(const struct sentinel *self, struct sentinel_device *device, bool up)
{
    if (!up) {
        device->suspected = 0;
        return SENTINEL_DOWN;
    }
    enum sentinel_state state = SENTINEL_WELL;
    if (device->verdict == DETECT_ANOMALOUS && !(device->score <= self->eta)) /* NaN: the net was not asked */
        state = SENTINEL_BY_RULES;
    else if (device->score > self->eta)
        state = SENTINEL_BY_NET;
    if (state != SENTINEL_WELL) {
        device->suspected = self->hold;
        device->calm = 0;
        return state;
    }
    device->calm = worked(device) ? 0 : device->calm + 1;
    if (device->suspected > 0 && device->calm % CALM == 0)
        device->suspected--;
    return device->suspected > 0 ? SENTINEL_BY_HOLD : SENTINEL_WELL;
}

static double suspicion(const struct sentinel_device *device)
{
    return device->state == SENTINEL_BY_RULES ? 2 : device->state == SENTINEL_BY_NET ? 1 + device->score : 1;
}

static int descending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one < other) - (one > other);
}

/* When more servers seem not to be well than ever are at once, the load is another one rather than the servers: of
 * those that are up, the least suspect are used. */
static void pardon(struct sentinel *self)
{
    struct sentinel_devices *devices = &self->devices;
    int up = 0, accused = 0;
    for (int e = 0; e < devices->server_count; e++) {
        up += devices->servers[e].state != SENTINEL_DOWN;
        if (devices->servers[e].state > SENTINEL_DOWN)
            devices->score[accused++] = suspicion(&devices->servers[e]);
    }
    int most = (int)(self->most * up);
    devices->pardoned = accused > most ? accused - most : 0;
    if (devices->pardoned == 0)
        return;
    qsort(devices->score, (size_t)accused, sizeof *devices->score, descending);
    double least = devices->score[most];
    int left = devices->pardoned;
    for (int equal = 0; equal < 2; equal++) /* those below it, then as many of its equals as it takes */
        for (int e = devices->server_count - 1; e >= 0 && left > 0; e--) {
            struct sentinel_device *device = &devices->servers[e];
            if (device->state <= SENTINEL_DOWN || (equal ? suspicion(device) > least : suspicion(device) >= least))
                continue;
            device->state = SENTINEL_WELL;
            left--;
        }
}

void sentinel_devices_judge(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_devices *devices = &self->devices;
    make_room(self, view);
    sample(self, view);
    if (devices->cycles == devices->range_at) {
        sentinel_ranges(devices);
        devices->range_at += devices->range_at == 0 ? 1 : devices->range_at < HOUR ? devices->range_at : HOUR;
    }
    devices->flops = 0;
    for (int e = 0; e < devices->server_count; e++) {
        devices->flops += self->rules && self->live.up[e] ? RULES_FLOPS : 0;
        devices->servers[e].verdict = self->rules ? by_rules(self, &devices->servers[e]) : DETECT_UNSURE;
        devices->servers[e].score = NAN;
    }
    ask_net(self);
    memset(devices->in_state, 0, sizeof devices->in_state);
    devices->unsure = 0;
    for (int e = 0; e < devices->server_count; e++)
        devices->servers[e].state = state_of(self, &devices->servers[e], self->live.up[e]);
    pardon(self);
    for (int e = 0; e < devices->server_count; e++) {
        const struct sentinel_device *device = &devices->servers[e];
        devices->in_state[device->state]++;
        devices->unsure += self->live.up[e] && device->verdict == DETECT_UNSURE;
    }
    sentinel_baselines_take(devices);
    devices->cycles++;
}
