/* The net of sentinel's service effect: which results are kept for it, when it is trained and asked, and what follows
 * from its answers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/policies/sentinel_parts.h"
#include "tests/support/test.h"

enum { S0 = LAND_REGIONS, JOBS = 4, MOST = 20000, DAY_S = 86400 };
static struct weir_mock *land;
static struct sentinel *self;

static void begin(void)
{
    land_seed(9);
    land = land_new(false);
    land->view.window_s = 300;
    for (int h = S0; h < S0 + LAND_SERVERS; h++)
        land->hosts[h].region = land->hosts[h % LAND_REGIONS].region;
    self = parts_new_on_land();
    for (int j = 0; j < JOBS; j++)
        land_simple_job(land, j % LAND_REGIONS, j % 2 ? 1e6 : 4e6, 1e6);
    parts_read(self, land);
}

static void end(void)
{
    free(land);
    parts_free(self);
}

/* Results of one server for one job in a window, and of nobody else. */
static void watch_one(int job, int e, double all, double late)
{
    for (int j = 0; j < JOBS; j++)
        land->jobs[j].origin_count = j == job;
    land->origins[job][0] = (struct weir_origin_view){S0 + e, all / 300, late / 300, 0};
    sentinel_effect_learn(self, &land->view);
}

/* Each result that counts is kept as a sample, drawn evenly once there are 20 000; of the time in the middle of the
 * window, with the share that came in time and the load of the server, no more than tenfold. */
static void samples(void)
{
    static struct effect_sample kept[MOST];
    struct weir_stream draws;
    begin();
    draws = self->effect.draws;
    for (long n = 0; n < MOST + 3000; n++) {
        int job = land_below(JOBS), e = land_below(LAND_SERVERS), m = job % LAND_REGIONS;
        double all = land_between(1, 9), late = all * land_between(-0.1, 1.1);
        double load = land_below(5) ? land_between(-1, 12) : NAN;
        land->view.time_s = n < 3 ? 100.0 * n : land_between(0, 1e6);
        self->live.used[e] = load;
        watch_one(job, e, all, late);
        long at = n < MOST ? n : (long)weir_stream_below(&draws, (uint64_t)n + 1);
        if (at < MOST)
            kept[at] = (struct effect_sample){.server = e,
                                              .region = m,
                                              .category = job % 2,
                                              .time_s = fmax(land->view.time_s - 150, 0),
                                              .bandwidth_bytes_per_s = land->view.links[S0 + e].bytes_per_s,
                                              .load = isnan(load) ? 0 : fmin(fmax(load, 0), 10),
                                              .safe = fmin(fmax(1 - late / all, 0), 1),
                                              .weight = all};
    }
    CU_ASSERT_EQUAL_FATAL(self->effect.seen, MOST + 3000);
    for (int k = 0; k < MOST; k++) {
        const struct effect_sample *is = &self->effect.samples[k], *was = &kept[k];
        CU_ASSERT_FATAL(is->server == was->server && is->region == was->region && is->category == was->category);
        CHECK_NEAR_FATAL(is->time_s, was->time_s, 1e-9);
        CHECK_NEAR_FATAL(is->bandwidth_bytes_per_s, was->bandwidth_bytes_per_s, 0);
        CHECK_NEAR_FATAL(is->load, was->load, 1e-12);
        CHECK_NEAR_FATAL(is->safe, was->safe, 1e-12);
        CHECK_NEAR_FATAL(is->weight, was->weight, 1e-12);
    }
    self->live.shape++; /* another platform: all anew */
    watch_one(0, 0, 1, 0);
    CU_ASSERT_EQUAL_FATAL(self->effect.seen, 1);
    end();
}

static void train(void)
{
    struct weir_plan *plan = weir_plan_new(&land->view);
    sentinel_effect_train(self, &land->view, plan);
    weir_plan_free(plan);
}

/* Results of all pairs; what crosses regions is late. */
static void watch(int count)
{
    for (int n = 0; n < count; n++) {
        int job = n % JOBS, e = n / JOBS % LAND_SERVERS;
        bool across = e % LAND_REGIONS != job % LAND_REGIONS;
        watch_one(job, e, 10, across ? 9 : 0);
    }
}

/* After a day and 200 results, where the service is looked at at all. */
static void when_trained(void)
{
    static const struct {
        double time_s;
        int results;
        bool looks, other, trained;
    } rows[] = {{DAY_S, 200, true, false, true},
                {DAY_S - 1, 200, true, false, false},
                {DAY_S, 199, true, false, false},
                {DAY_S, 200, false, false, false},
                {DAY_S, 200, true, true, false}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        begin();
        land->view.time_s = rows[k].time_s;
        self->service_detection = rows[k].looks;
        watch(rows[k].results);
        if (rows[k].other)
            self->live.shape++;
        train();
        CU_ASSERT_EQUAL_FATAL(self->effect.net != NULL, rows[k].trained);
        end();
    }
}

/* It is taught with the region that each server stands in, if all stand where viewers are, how far the regions are (a
 * thousand seconds without a route), and what counts as unsafe: a net that the test has taught says the same. */
static void what_taught(void)
{
    for (int strange = 0; strange < 2; strange++) {
        begin();
        self->unsafe = 0.3;
        self->seed = 4;
        if (strange)
            land->hosts[S0 + 4].region = "nowhere";
        sentinel_effect_learn(self, &land->view);
        land->view.time_s = DAY_S;
        watch(600);
        self->live.latency_s[5] = INFINITY;
        train();
        CU_ASSERT_PTR_NOT_NULL_FATAL(self->effect.net);
        int home[LAND_SERVERS], count = LAND_SERVERS * LAND_REGIONS * 2;
        double distance[LAND_SERVERS * LAND_REGIONS];
        for (int e = 0; e < LAND_SERVERS; e++)
            home[e] = e % LAND_REGIONS;
        for (int k = 0; k < LAND_SERVERS * LAND_REGIONS; k++)
            distance[k] = k == 5 ? 1000 : self->live.latency_s[k];
        struct effect_settings settings = effect_defaults;
        settings.servers = LAND_SERVERS;
        settings.regions = LAND_REGIONS;
        settings.categories = 2;
        settings.home = strange ? NULL : home;
        settings.distance = distance;
        settings.threshold = 0.7;
        settings.epochs = 400;
        settings.seed = 4;
        struct effect *net;
        CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, self->effect.samples, (size_t)self->effect.seen, &net), 0);
        float *is = weir_alloc((size_t)count, sizeof *is), *wanted = weir_alloc((size_t)count, sizeof *wanted);
        effect_predict_all(self->effect.net, DAY_S, self->live.bandwidth, self->live.used, NULL, is);
        effect_predict_all(net, DAY_S, self->live.bandwidth, self->live.used, NULL, wanted);
        for (int k = 0; k < count; k++)
            CHECK_NEAR_FATAL((double)is[k], (double)wanted[k], 1e-9);
        CU_ASSERT_FATAL(effect_is_safe(self->effect.net, 0.71) && !effect_is_safe(self->effect.net, 0.69));
        effect_free(net);
        free(wanted);
        free(is);
        end();
    }
}

/* It is asked for the middle of the ten minutes to come, and its answer holds for as long; a route is safe where both
 * it and what is late now say so. */
static void when_asked(void)
{
    int safe = 0, unsafe = 0;
    begin();
    CU_ASSERT_PTR_NULL_FATAL(sentinel_effect_ask(self, &land->view));
    land->view.time_s = DAY_S;
    watch(600);
    for (int pair = 0; pair < self->effect.zones * self->live.regions; pair++)
        self->effect.alarm[pair] = 0;
    train();
    CU_ASSERT_PTR_NOT_NULL_FATAL(self->effect.net);
    int cells = self->live.regions * self->live.categories, count = LAND_SERVERS * cells;
    float *chance = weir_alloc((size_t)count, sizeof *chance);
    for (int w = 0; w < 12; w++) {
        double since = w * 300 % 600;
        land->view.time_s = DAY_S + 300 * w;
        for (int e = 0; e < LAND_SERVERS; e++)
            self->live.used[e] = since > 0 ? 5 : 0.1 * e;
        if (since <= 0) {
            for (int e = 0; e < LAND_SERVERS; e++)
                self->live.used[e] = 0.1 * e;
            effect_predict_all(self->effect.net, land->view.time_s + 300, self->live.bandwidth, self->live.used, NULL,
                               chance);
        }
        const float *asked = sentinel_effect_ask(self, &land->view);
        CU_ASSERT_PTR_NOT_NULL_FATAL(asked);
        CHECK_NEAR_FATAL(self->effect.asked_s, land->view.time_s - since, 0);
        for (int k = 0; k < count; k++)
            CHECK_NEAR_FATAL((double)asked[k], (double)chance[k], 1e-6);
        int alarmed = w == 7; /* of the second zone and region */
        self->effect.alarm[self->live.regions + 1] = alarmed ? 0.9f : 0;
        sentinel_effect_expect(self, &land->view);
        for (int k = 0; k < count; k++) {
            bool of_it = self->effect.zone[k / cells] == 1 && k % cells / self->live.categories == 1;
            bool fine = effect_is_safe(self->effect.net, (double)chance[k]) && !(alarmed && of_it);
            CU_ASSERT_EQUAL_FATAL(self->safe[k], fine);
            safe += fine;
            unsafe += !fine;
        }
    }
    CU_ASSERT_FATAL(safe > 12 * count / 6 && unsafe > 12 * count / 6);
    self->live.shape++;
    CU_ASSERT_PTR_NULL_FATAL(sentinel_effect_ask(self, &land->view));
    free(chance);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"samples", samples},
                                             {"when trained", when_trained},
                                             {"what taught", what_taught},
                                             {"when asked", when_asked},
                                             {0}};
    return weir_test_main("policies/sentinel_net", cases, argc, argv);
}
