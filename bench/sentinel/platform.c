#include "bench/sentinel/platform.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

/* Servers, rates and what is expected. */
static void draw_servers(struct platform *p, double load, long requests)
{
    size_t categories = (size_t)p->categories, pairs = (size_t)p->regions * categories;
    double *bitrate = weir_alloc(categories, sizeof *bitrate), bandwidth_sum = 0, need = 0, count = 0;
    struct weir_stream s = weir_stream_open(1, "bench/sentinel");
    for (size_t i = 0; i < categories; i++)
        bitrate[i] = 0.5 + 5.5 * weir_stream_uniform(&s); /* Mbit/s */
    for (int e = 0; e < p->servers; e++) {
        p->bandwidth[e] = 50 + weir_stream_gamma(&s, 1, 200);
        p->healthy[e] = weir_stream_uniform(&s) > 0.05;
        bandwidth_sum += p->bandwidth[e];
    }
    for (size_t j = 0; j < pairs * (size_t)p->servers; j++) {
        p->rate[j] = (float)(bitrate[j % categories] * (0.8 + 0.4 * weir_stream_uniform(&s)));
        p->safe[j] = weir_stream_uniform(&s) > 0.1;
    }
    for (size_t j = 0; j < pairs; j++) {
        p->expected[j] = weir_stream_gamma(&s, 0.5, 1);
        need += p->expected[j] * bitrate[j % categories];
        count += p->expected[j];
    }
    double scale = requests > 0 ? (double)requests / count : load * bandwidth_sum / need;
    double wider = requests > 0 ? scale * need / (load * bandwidth_sum) : 1;
    for (size_t j = 0; j < pairs; j++)
        p->expected[j] *= scale;
    for (int e = 0; e < p->servers; e++)
        p->bandwidth[e] *= wider;
    p->requests = requests > 0 ? requests : (long)(count * scale);
    p->centre = (struct kmeans){.clusters = p->categories, .width = FEATURES};
    p->centre.centres = weir_alloc(categories * FEATURES, sizeof(double));
    for (size_t i = 0; i < categories; i++) {
        double *centre = p->centre.centres + i * FEATURES;
        centre[i % 6] = 1;
        centre[6 + i / 6 % 3] = 1;
        centre[9] = (bitrate[i] - 0.5) / 5.5;
        centre[10] = (double)i / p->categories;
    }
    free(bitrate);
}

/* Regions lie anywhere in a square, their servers about them. */
static void draw_places(struct platform *p, struct weir_stream *s)
{
    size_t servers = (size_t)p->servers, regions = (size_t)p->regions;
    double *region = weir_alloc(2 * regions, sizeof *region), *server = weir_alloc(2 * servers, sizeof *server);
    double *distance = weir_alloc(regions * servers, sizeof *distance);
    for (size_t m = 0; m < 2 * regions; m++)
        region[m] = weir_stream_uniform(s);
    for (size_t e = 0; e < 2 * servers; e++)
        server[e] = region[2 * (e / 2 % regions) + e % 2] + weir_stream_normal(s, 0, 0.02);
    for (size_t m = 0; m < regions; m++)
        for (size_t e = 0; e < servers; e++)
            distance[m * servers + e] = hypot(region[2 * m] - server[2 * e], region[2 * m + 1] - server[2 * e + 1]);
    book_order(distance, p->regions, p->servers, p->nearest);
    free(region);
    free(server);
    free(distance);
}

static void draw_requests(struct platform *p, struct weir_stream *s)
{
    int pairs = p->regions * p->categories;
    double *sum = weir_alloc((size_t)pairs, sizeof *sum), total = 0;
    for (int j = 0; j < pairs; j++)
        sum[j] = total += p->expected[j];
    for (long n = 0; n < p->requests; n++) {
        double at = weir_stream_uniform(s) * total;
        int low = 0, high = pairs - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (sum[middle] < at)
                low = middle + 1;
            else
                high = middle;
        }
        p->request[n] = (struct rival_request){low / p->categories, low % p->categories};
        for (int f = 0; f < FEATURES; f++)
            p->features[n * FEATURES + f] = p->centre.centres[p->request[n].category * FEATURES + f];
        p->features[n * FEATURES + 9] += weir_stream_normal(s, 0, 0.002);
        p->features[n * FEATURES + 10] += weir_stream_normal(s, 0, 0.002);
    }
    free(sum);
}

void platform_draw(struct platform *p, int servers, int regions, int categories, double load, long requests)
{
    size_t e = (size_t)servers, pairs = (size_t)regions * (size_t)categories;
    *p = (struct platform){.servers = servers, .regions = regions, .categories = categories};
    p->bandwidth = weir_alloc(e, sizeof(double));
    p->healthy = weir_alloc(e, sizeof(bool));
    p->rate = weir_alloc(e * pairs, sizeof(float));
    p->safe = weir_alloc(e * pairs, 1);
    p->expected = weir_alloc(pairs, sizeof(double));
    p->nearest = weir_alloc(e * (size_t)regions, sizeof(int));
    draw_servers(p, load, requests);
    p->request = weir_alloc((size_t)p->requests, sizeof *p->request);
    p->features = weir_alloc((size_t)p->requests * FEATURES, sizeof(double));
    struct weir_stream s = weir_stream_open(1, "bench/sentinel/requests");
    draw_places(p, &s);
    draw_requests(p, &s);
}

void platform_fini(struct platform *p)
{
    free(p->bandwidth);
    free(p->healthy);
    free(p->rate);
    free(p->safe);
    free(p->expected);
    free(p->nearest);
    kmeans_fini(&p->centre);
    free(p->request);
    free(p->features);
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct taken measure(int rounds, void (*prepare)(void *context), void (*step)(void *context), void *context)
{
    double *taken = weir_alloc((size_t)rounds, sizeof *taken);
    for (int r = 0; r < rounds; r++) {
        if (prepare)
            prepare(context);
        double start = clock_s(CLOCK_MONOTONIC);
        step(context);
        taken[r] = clock_s(CLOCK_MONOTONIC) - start;
    }
    qsort(taken, (size_t)rounds, sizeof *taken, by_time);
    struct taken result = {taken[0], taken[rounds / 2]};
    free(taken);
    return result;
}
