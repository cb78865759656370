#include "tests/policies/sentinel_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/support/test.h"

extern const struct weir_policy weir_policy_sentinel;

static double *numbers(int count, double low, double high)
{
    double *made = malloc((size_t)count * sizeof *made);
    for (int k = 0; k < count; k++)
        made[k] = land_between(low, high);
    return made;
}

struct sentinel *parts_new(int servers, int regions, int categories)
{
    struct sentinel *self = weir_mock_state(&weir_policy_sentinel);
    struct live *live = &self->live;
    int cells = regions * categories;
    *live = (struct live){.servers = servers, .regions = regions, .categories = categories, .window_s = 60};
    live->bandwidth = numbers(servers, 0.5e8, 2e8);
    live->flops = numbers(servers, 1e9, 8e9);
    live->used = numbers(servers, 0, 1);
    live->used_per_s = numbers(servers, 0, 1e8);
    live->request_bytes = numbers(categories, 1e7, 4e8);
    live->request_flops = numbers(categories, 1e8, 2e10);
    live->requests = numbers(cells, 0, 10);
    live->latency_s = numbers(servers * regions, 1e-3, 20e-3);
    live->up = malloc((size_t)servers);
    memset(live->up, 1, (size_t)servers);
    live->server_tier = malloc((size_t)servers * sizeof *live->server_tier);
    live->category_tiers = malloc((size_t)categories * sizeof *live->category_tiers);
    for (int i = 0; i < categories; i++)
        live->category_tiers[i] = land_below(3) ? LIVE_ALL_TIERS : 1u << (WEIR_VIEW_EDGE + land_below(2));
    for (int e = 0; e < servers; e++) {
        live->server_tier[e] = land_below(3) ? WEIR_VIEW_EDGE : WEIR_VIEW_CLOUD;
        for (int m = 0; m < regions; m++) {
            double *latency_s = &live->latency_s[e * regions + m];
            *latency_s = land_below(8) ? 1e-3 * round(1e3 * *latency_s) : INFINITY; /* some are as near */
        }
    }
    self->requests.cells = cells;
    self->requests.next = numbers(cells, 0, 10);
    self->requests.model = calloc((size_t)cells, sizeof *self->requests.model);
    self->shape = self->devices.shape = self->requests.shape = self->effect.shape = -1;
    self->history.u_opt = 0.6;
    for (int platform = 0; platform < 2; platform++) { /* as if there had been another one */
        self->shape = -1;
        sentinel_schedule_room(self);
    }
    live_rates(live, self->rate);
    memset(self->safe, 1, (size_t)servers * (size_t)cells);
    memset(self->count, 0, (size_t)servers * (size_t)cells * sizeof *self->count);
    memset(self->left, 0, (size_t)cells * sizeof *self->left);
    memset(self->use, 0, (size_t)servers * sizeof *self->use);
    return self;
}

struct sentinel *parts_new_on_land(void)
{
    struct sentinel *self = weir_mock_state(&weir_policy_sentinel);
    self->live = (struct live){.wanted = 29, .seed = 1};
    self->shape = self->devices.shape = self->requests.shape = self->effect.shape = self->effect.net_shape = -1;
    self->devices.draws = self->history.draws = self->effect.draws = weir_stream_open(1, "parts");
    self->history.u_opt = 0.6;
    return self;
}

void parts_read(struct sentinel *self, struct weir_mock *land)
{
    CU_ASSERT_EQUAL_FATAL(live_read(&self->live, weir_mock_view(land)), WEIR_OK);
    sentinel_schedule_room(self);
}

void parts_free(struct sentinel *self)
{
    weir_policy_sentinel.destroy(self);
    free(self);
}

long parts_at(const struct sentinel *self, int e, int m, int i)
{
    return ((long)e * self->live.regions + m) * self->live.categories + i;
}

double parts_need(const struct sentinel *self, int e, int i)
{
    const struct live *live = &self->live;
    double by_bytes = live->request_bytes[i] / (live->bandwidth[e] * 60);
    double by_work = live->request_flops[i] / (live->flops[e] * 60);
    return by_bytes > by_work ? by_bytes : by_work;
}

bool parts_route(const struct sentinel *self, int e, int m)
{
    return isfinite(self->live.latency_s[e * self->live.regions + m]);
}

void parts_requests(struct sentinel *self, int most)
{
    for (int c = 0; c < self->requests.cells; c++)
        self->requests.next[c] = land_below(3) ? land_below(most + 1) : 0;
}

void parts_trouble(struct sentinel *self)
{
    const struct live *live = &self->live;
    for (int e = 0; e < live->servers; e++)
        self->healthy[e] = land_below(5) > 0;
    for (long k = 0; k < (long)live->servers * self->requests.cells; k++)
        self->safe[k] = land_below(5) > 0;
}
