/* Which servers sentinel tries with a few requests, and of which cell, against a plain search; and its table of more
 * servers than it lists. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/policies/sentinel_parts.h"
#include "tests/support/test.h"

enum { RUNS = 300 };
static struct sentinel *self;

/* The nearest region of which something is expected on a safe route, and there what most is expected of. */
static int cell_for(int e)
{
    const struct live *live = &self->live;
    double nearest_s = INFINITY;
    int best = -1;
    for (int c = 0; c < self->requests.cells; c++)
        if (self->safe[e * self->requests.cells + c] && self->requests.next[c] > 0)
            nearest_s = fmin(nearest_s, live->latency_s[e * live->regions + c / live->categories]);
    for (int c = 0; c < self->requests.cells && isfinite(nearest_s); c++)
        if (live->latency_s[e * live->regions + c / live->categories] <= nearest_s && self->requests.next[c] > 0 &&
            self->safe[e * self->requests.cells + c] &&
            (best < 0 || self->requests.next[c] > self->requests.next[best]))
            best = c;
    return best;
}

/* Those that are suspected, and of those that have nothing to do as many as a share of all requests goes for; each
 * keeps its cell. */
static void tried(void)
{
    int suspects = 0, idlers = 0, left_out = 0;
    for (int run = 0; run < RUNS; run++) {
        land_seed((uint64_t)run);
        self = parts_new(7, 2, 3);
        struct sentinel_devices *devices = &self->devices;
        devices->servers = calloc(7, sizeof *devices->servers);
        devices->server_count = 7;
        for (int e = 0; e < 7; e++)
            devices->servers[e].probe = -1;
        self->probe = run % 9 ? 0.5 : 0;
        self->device_detection = run % 11 != 0;
        for (int w = 0; w < 4; w++) {
            int before[7], count = 0, idle = 0;
            double all = 0;
            parts_requests(self, 1 + land_below(16));
            parts_trouble(self);
            for (int c = 0; c < 6; c++)
                all += self->requests.next[c];
            int most = self->probe > 0 ? (int)floor(0.05 * all / 0.5) : 0;
            for (int e = 0; e < 7; e++) {
                self->use[e] = land_below(2) ? 0 : land_between(0, 1);
                self->live.up[e] = land_below(6) > 0;
                before[e] = devices->servers[e].probe;
            }
            int got = sentinel_choose_probes(self);
            for (int e = 0; e < 7; e++) {
                bool up = self->live.up[e], bored = up && self->healthy[e] && self->use[e] <= 0;
                bool due = self->probe > 0 && up && (!self->healthy[e] || (bored && idle < most));
                int wanted = !self->device_detection || !due ? -1 : before[e] >= 0 ? before[e] : cell_for(e);
                CU_ASSERT_EQUAL_FATAL(self->probes[e], wanted);
                if (self->device_detection)
                    CU_ASSERT_EQUAL_FATAL(devices->servers[e].probe, wanted);
                idle += bored && wanted >= 0;
                count += wanted >= 0;
                suspects += wanted >= 0 && !self->healthy[e];
                left_out += bored && !due;
            }
            CU_ASSERT_EQUAL_FATAL(got, count);
            idlers += idle;
        }
        parts_free(self);
    }
    CU_ASSERT_FATAL(suspects > RUNS && idlers > RUNS && left_out > RUNS);
}

/* No more than there are servers, however many requests there are. */
static void no_more_than_servers(void)
{
    land_seed(1);
    self = parts_new(3, 1, 1);
    self->devices.servers = calloc(3, sizeof *self->devices.servers);
    for (int e = 0; e < 3; e++) {
        self->devices.servers[e].probe = -1;
        self->live.latency_s[e] = 1e-3;
    }
    self->requests.next[0] = 1e12;
    CU_ASSERT_EQUAL_FATAL(sentinel_choose_probes(self), 3);
    self->requests.next[0] = 10; /* a twentieth is one half request */
    for (int e = 0; e < 3; e++)
        self->devices.servers[e].probe = -1;
    CU_ASSERT_EQUAL_FATAL(sentinel_choose_probes(self), 1);
    CU_ASSERT_FATAL(self->probes[0] == 0 && self->probes[1] == -1 && self->probes[2] == -1);
    parts_free(self);
}

/* Sixty rows at most, and how many more there are. */
static void long_table(void)
{
    static struct weir_host_view hosts[64];
    struct weir_view view = {.hosts = hosts, .host_count = 64};
    for (int servers = 60; servers <= 63; servers += 3) {
        int rows = 0, more = 0;
        land_seed(2);
        self = parts_new(servers, 2, 1);
        self->live.host = malloc((size_t)servers * sizeof *self->live.host);
        for (int e = 0; e < servers; e++) {
            self->live.host[e] = servers - 1 - e;
            hosts[e].name = "host";
            self->count[2 * e] = e;
            self->count[2 * e + 1] = 1000;
        }
        self->device_detection = false;
        char *text = sentinel_explain(self, &view);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            double uplink, use, planned, requests;
            if (strncmp(line, "and ", 4) == 0)
                more = atoi(line + 4);
            if (strncmp(line, "host", 4) != 0)
                continue;
            CU_ASSERT_EQUAL_FATAL(sscanf(line, "host %lf %lf %lf %lf well", &uplink, &use, &planned, &requests), 4);
            CHECK_NEAR_FATAL(uplink, self->live.bandwidth[rows], 1e-3 * uplink);
            CHECK_NEAR_FATAL(use, self->live.used[rows], 5.1e-4);
            CHECK_NEAR_FATAL(requests, 1000 + rows, 0);
            rows++;
        }
        CU_ASSERT_FATAL(rows == 60 && more == servers - 60);
        free(text);
        self->shape = 5; /* of another platform */
        CU_ASSERT_PTR_NULL_FATAL(sentinel_explain(self, &view));
        self->shape = self->live.shape;
        self->live.servers = 1;
        text = sentinel_explain(self, &view);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        free(text);
        self->live.servers = 0;
        CU_ASSERT_PTR_NULL_FATAL(sentinel_explain(self, &view));
        self->live.servers = 1;
        self->live.categories = 0;
        CU_ASSERT_PTR_NULL_FATAL(sentinel_explain(self, &view));
        parts_free(self);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"tried", tried}, {"no more than servers", no_more_than_servers}, {"long table", long_table}, {0}};
    return weir_test_main("policies/sentinel_probe", cases, argc, argv);
}
