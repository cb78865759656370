/* A server that gets nothing to do shows little of what is wrong with it. So one that is suspected gets a few requests,
 * of one cell, until it has shown with them that it is well; and so do servers that the schedule leaves idle, as far as
 * a share of all requests goes: before it sends them work. */
#include <math.h>

#include "policies/sentinel/sentinel.h"

/* The category of which the most requests are expected in the nearest region with a safe route; -1: there is none. */
static int choose(const struct sentinel *self, int server)
{
    const struct live *live = &self->live;
    const unsigned char *safe = self->safe + (long)server * live->regions * live->categories;
    double nearest_s = INFINITY, most = 0;
    int best = -1;
    for (int m = 0; m < live->regions; m++)
        for (int i = 0; i < live->categories; i++) {
            double latency_s = live->latency_s[server * live->regions + m];
            int cell = m * live->categories + i;
            double requests = self->requests.next[cell];
            if (!isfinite(latency_s) || !safe[cell] || !(requests > 0) ||
                !(latency_s < nearest_s || (latency_s == nearest_s && requests > most)))
                continue;
            nearest_s = latency_s;
            most = requests;
            best = cell;
        }
    return best;
}

/* How many idle servers may be tried, of those requests that are expected. */
static int idle_at_most(const struct sentinel *self)
{
    double all = 0;
    for (int c = 0; c < self->requests.cells; c++)
        all += self->requests.next[c];
    return self->probe > 0 ? (int)fmin(self->probe_idle * all / self->probe, self->live.servers) : 0;
}

int sentinel_choose_probes(struct sentinel *self)
{
    int count = 0, idle = 0, most = idle_at_most(self);
    for (int e = 0; e < self->live.servers; e++) {
        self->probes[e] = -1;
        if (!self->device_detection)
            continue;
        struct sentinel_device *device = &self->devices.servers[e];
        bool suspected = self->live.up[e] && !self->healthy[e];
        bool unused = self->live.up[e] && self->healthy[e] && self->use[e] <= 0;
        if (self->probe <= 0 || !(suspected || (unused && idle < most)))
            device->probe = -1;
        else if (device->probe < 0)
            device->probe = choose(self, e);
        self->probes[e] = device->probe;
        idle += unused && device->probe >= 0;
        count += device->probe >= 0;
    }
    return count;
}
