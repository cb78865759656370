/* Time and memory of the nets of live streams: the forecaster of all counts, and what requests do on servers:
 *     bench_nets [servers [regions [categories [minutes [updates [samples]]]]]] */
#include <math.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "policies/learn/effect/effect.h"
#include "policies/learn/stgcn/stgcn.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

enum { REPEATS = 5 };

struct sizes {
    int servers, regions, categories, minutes, updates, samples;
};

static double peak_mib(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_maxrss / 1024;
}

static int fail(void)
{
    fprintf(stderr, "bench_nets: %s\n", weir_error_message());
    return 2;
}

/* A day of one peak, with noise as wide as that of counts. */
static int forecasts(const struct sizes *sizes, struct weir_stream *s)
{
    struct stgcn_settings settings = stgcn_defaults;
    struct stgcn *model;
    settings.nodes = sizes->regions * sizes->categories;
    settings.updates = sizes->updates;
    size_t nodes = (size_t)settings.nodes, minutes = (size_t)sizes->minutes;
    double *counts = weir_alloc(minutes * nodes, sizeof *counts), *next = weir_alloc(nodes, sizeof *next);
    for (size_t i = 0; i < minutes * nodes; i++) {
        size_t minute = i / nodes;
        double mean = 3 * (1 + 0.8 * sin(2 * M_PI * (double)minute / 1440)) * (double)(1 + i % nodes % 5);
        counts[i] = fmax(0, round(weir_stream_normal(s, mean, sqrt(mean))));
    }
    double start = bench_cpu_s();
    int code = stgcn_fit(&settings, counts, minutes, 0, &model);
    if (code == WEIR_OK) {
        printf("stgcn: %zu nodes, %zu minutes, %d updates: fit %.1f s, ", nodes, minutes, settings.updates,
               bench_cpu_s() - start);
        stgcn_forecast(model, counts, 720, next);
        start = bench_cpu_s();
        for (int i = 0; i < REPEATS; i++)
            stgcn_forecast(model, counts, 720, next);
        printf("forecast %.2f ms, peak %.0f MiB\n", 1e3 * (bench_cpu_s() - start) / REPEATS, peak_mib());
        stgcn_free(model);
    }
    free(next);
    free(counts);
    return code;
}

static struct effect_sample draw(const struct sizes *sizes, struct weir_stream *s)
{
    struct effect_sample sample = {.server = (int)weir_stream_below(s, (uint64_t)sizes->servers),
                                   .region = (int)weir_stream_below(s, (uint64_t)sizes->regions),
                                   .category = (int)weir_stream_below(s, (uint64_t)sizes->categories),
                                   .time_s = 86400 * weir_stream_uniform(s),
                                   .bandwidth_bytes_per_s = 1e7 * (1 + weir_stream_uniform(s)),
                                   .load = weir_stream_uniform(s),
                                   .weight = 1};
    bool crosses = sample.server % sizes->regions != sample.region;
    sample.rate = (1 + sample.category) * (1 - 0.3 * sample.load);
    sample.safe = weir_stream_uniform(s) > (crosses ? 0.3 : 0.01);
    return sample;
}

static int effects(const struct sizes *sizes, struct weir_stream *s)
{
    struct effect_settings settings = effect_defaults;
    struct effect *model;
    settings.servers = sizes->servers;
    settings.regions = sizes->regions;
    settings.categories = sizes->categories;
    size_t cells = (size_t)sizes->servers * (size_t)sizes->regions * (size_t)sizes->categories;
    int *home = weir_alloc((size_t)sizes->servers, sizeof *home);
    double *bandwidth = weir_alloc((size_t)sizes->servers, sizeof *bandwidth);
    double *load = weir_alloc((size_t)sizes->servers, sizeof *load);
    struct effect_sample *samples = weir_alloc((size_t)sizes->samples, sizeof *samples);
    float *rate = weir_alloc(cells, sizeof *rate), *safe = weir_alloc(cells, sizeof *safe);
    for (int e = 0; e < sizes->servers; e++) {
        home[e] = e % sizes->regions;
        bandwidth[e] = 1.5e7;
    }
    for (int i = 0; i < sizes->samples; i++)
        samples[i] = draw(sizes, s);
    settings.home = home;
    double start = bench_cpu_s();
    int code = effect_fit(&settings, samples, (size_t)sizes->samples, &model);
    if (code == WEIR_OK) {
        printf("effect: %zu cells, %d samples: fit %.1f s, ", cells, sizes->samples, bench_cpu_s() - start);
        effect_predict_all(model, 43200, bandwidth, load, rate, safe);
        start = bench_cpu_s();
        for (int i = 0; i < REPEATS; i++)
            effect_predict_all(model, 43200, bandwidth, load, rate, safe);
        printf("all cells %.0f ms, peak %.0f MiB\n", 1e3 * (bench_cpu_s() - start) / REPEATS, peak_mib());
        effect_free(model);
    }
    free(safe);
    free(rate);
    free(samples);
    free(load);
    free(bandwidth);
    free(home);
    return code;
}

int main(int argc, char **argv)
{
    struct sizes sizes = {476, 59, 29, 1440, 200, 300000};
    int *const all[] = {&sizes.servers, &sizes.regions, &sizes.categories,
                        &sizes.minutes, &sizes.updates, &sizes.samples};
    for (int i = 1; i < argc && i <= 6; i++)
        *all[i - 1] = atoi(argv[i]);
    struct weir_stream s = weir_stream_open(1, "bench/nets");
    if (effects(&sizes, &s) != WEIR_OK || forecasts(&sizes, &s) != WEIR_OK)
        return fail();
    return 0;
}
