/* What healthy servers look like to sentinel: types, ranges, the samples and windows that are kept, and the window that
 * stands for a type and a load; all followed by the test from the first window on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "tests/policies/sentinel_parts.h"
#include "tests/support/test.h"

enum { S0 = LAND_REGIONS, T = SENTINEL_SAMPLES, RUNS = 6, MOST = 2048 };
static struct weir_mock *land;
static struct sentinel *self;

/* What the test has seen of a type of servers. */
static struct type {
    int like; /* a server of it */
    long seen;
    double sample[MOST][4], low[4], high[4];
    bool known[4];
    double window[4][T][4];
} types[LAND_SERVERS];
static int type_count, type_of[LAND_SERVERS];
static double kept[MOST][T][2];
static long windows;
static struct weir_stream draws;

static bool alike(int e, int f)
{
    const struct weir_host_view *one = &land->hosts[S0 + e], *other = &land->hosts[S0 + f];
    return one->tier == other->tier && one->cores == other->cores &&
           one->speed_flops_per_s == other->speed_flops_per_s &&
           floor(log2(self->live.bandwidth[e])) == floor(log2(self->live.bandwidth[f]));
}

static void begin(int run)
{
    land_seed(50 + (uint64_t)run);
    land = land_new(false);
    land->view.window_s = 60;
    for (int h = S0; h < land->view.host_count; h++) { /* few types; each of tier, cores, speed and link tells some */
        land->hosts[h].memory_bytes = 4e9;
        land->hosts[h].tier = run == 1 && h % 3 == 0 ? WEIR_VIEW_CLOUD : WEIR_VIEW_EDGE;
        land->hosts[h].cores = run == 2 && h % 3 == 1 ? 4 : 8;
        land->hosts[h].speed_flops_per_s = run == 3 && h % 3 == 2 ? 1e9 : 2e9;
        ((struct weir_link_view *)&land->view.links[h])->bytes_per_s = run == 4 && h % 3 == 0 ? 1.5e8 : 9e7 + 1e6 * h;
    }
    self = parts_new_on_land();
    self->hold = 3;
    for (int j = 0; j < 3; j++)
        land_simple_job(land, j, 1e8, 2e7);
    draws = self->devices.draws;
    memset(types, 0, sizeof types);
    type_count = 0;
    windows = 0;
}

static void end(void)
{
    free(land);
    parts_free(self);
}

static void report(int run)
{
    for (int h = S0; h < S0 + LAND_SERVERS; h++) {
        struct weir_host_view *host = &land->hosts[h];
        double rate = land_between(0, 1), link = land->view.links[h].bytes_per_s;
        rate *= (1.05 + sin((double)land->view.window / 25)) / 2 * (h % 2 + 1) / (run == 5 ? 1 : 2);
        host->up = land_below(15) > 0;
        host->cpu = land_below(40) ? 0.4 * rate + 0.01 : NAN;
        host->memory_reported_bytes = (run % 2 ? 1e8 : 1e6) * (rate + 1);
        host->sent_bytes_per_s = (run == 5 ? 1.2 : 0.9) * rate * link;
        host->disk_bytes_per_s = 0.7 * rate * link * land_between(0.9, 1.1);
    }
    land->view.window++;
    land->view.time_s += 60;
    parts_read(self, land);
}

static bool whole(const double sample[4])
{
    return !isnan(sample[0] + sample[1] + sample[2] + sample[3]);
}

static int load_of(const struct sentinel_device *device)
{
    double sum = 0;
    int count = 0;
    for (int t = 0; t < T; t++)
        if (whole(device->sample[t])) {
            sum += device->sample[t][3];
            count++;
        }
    int level = count ? (int)floor(4 * sqrt(sum / count)) : 0;
    return level > 3 ? 3 : level;
}

static double unrest(const struct type *type, const struct sentinel_device *device)
{
    double all = 0;
    for (int n = 0; n < 4; n++) {
        double mean = 0, var = 0, range = type->high[n] - type->low[n];
        for (int t = 0; t < T; t++)
            mean += device->sample[t][n] / T;
        for (int t = 0; t < T; t++)
            var += (device->sample[t][n] - mean) * (device->sample[t][n] - mean) / T;
        all += var / (range > 0 ? range * range : 1);
    }
    return all;
}

static int by_size(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* The range has all but 0.5 % below and 5 % above, of memory a hundredth at least; above as if the uplink were full. */
static void find_range(struct type *type)
{
    static double sorted[MOST];
    int count = type->seen < MOST ? (int)type->seen : MOST;
    for (int n = 0; n < 4 && count > 0; n++) {
        for (int k = 0; k < count; k++)
            sorted[k] = type->sample[k][n];
        qsort(sorted, (size_t)count, sizeof *sorted, by_size);
        type->low[n] = sorted[(int)(0.005 * (count - 1))];
        type->high[n] = sorted[(int)(0.95 * (count - 1))];
    }
    type->high[1] = fmax(type->high[1], type->low[1] + 0.01);
    double upload = type->high[3];
    if (upload > 0 && upload < 1) {
        type->high[0] = fmin(type->high[0] / upload, 1);
        type->high[2] /= upload;
        type->high[3] = 1;
    }
}

/* Where the next of so many goes: all have the same chance to be kept. */
static long place(long seen)
{
    return seen < MOST ? seen : (long)weir_stream_below(&draws, (uint64_t)seen + 1);
}

/* What servers that are well have shown: their newest sample, their windows without a gap, and of each type and load
 * the one of them that is in the middle by unrest. */
static void follow(void)
{
    int level[LAND_SERVERS];
    double rank[LAND_SERVERS];
    for (int e = 0; e < LAND_SERVERS; e++) {
        const struct sentinel_device *device = &self->devices.servers[e];
        struct type *type = &types[type_of[e]];
        level[e] = -1;
        if (device->state != SENTINEL_WELL)
            continue;
        if (whole(device->sample[T - 1])) {
            long at = place(type->seen++);
            if (at < MOST)
                memcpy(type->sample[at], device->sample[T - 1], sizeof type->sample[at]);
        }
        bool gap = false;
        for (int t = 0; t < T; t++)
            gap |= !whole(device->sample[t]);
        if (gap)
            continue;
        long at = place(windows++);
        if (at < MOST)
            memcpy(kept[at], device->shown, sizeof kept[at]);
        level[e] = load_of(device);
        rank[e] = unrest(type, device);
    }
    for (int k = 0; k < type_count; k++)
        for (int l = 0; l < 4; l++) {
            int of[LAND_SERVERS], count = 0;
            for (int e = 0; e < LAND_SERVERS; e++)
                if (type_of[e] == k && level[e] == l) {
                    int at = count++;
                    for (; at > 0 && rank[of[at - 1]] > rank[e]; at--)
                        of[at] = of[at - 1];
                    of[at] = e;
                }
            if (count == 0)
                continue;
            types[k].known[l] = true;
            memcpy(types[k].window[l], self->devices.servers[of[(count - 1) / 2]].sample, sizeof types[k].window[l]);
        }
}

static void check(void)
{
    const struct sentinel_devices *all = &self->devices;
    CU_ASSERT_EQUAL_FATAL(all->class_count, type_count);
    CU_ASSERT_EQUAL_FATAL(all->windows, windows);
    bool same = true;
    for (long k = 0, of = 2 * T; k < of * (windows < MOST ? windows : MOST); k++)
        same &= all->kept[k / of][k % of / 2][k % 2] == kept[k / of][k % of / 2][k % 2];
    CU_ASSERT_FATAL(same);
    for (int e = 0; e < LAND_SERVERS; e++) {
        const struct type *type = &types[type_of[e]];
        const struct sentinel_class *class = &all->classes[all->servers[e].class];
        long count = type->seen < MOST ? type->seen : MOST;
        CU_ASSERT_EQUAL_FATAL(all->servers[e].class, type_of[e]);
        CU_ASSERT_EQUAL_FATAL(class->seen, type->seen);
        for (long k = 0; k < 4 * count; k++)
            CU_ASSERT_FATAL(class->drawn[k / 4][k % 4] == type->sample[k / 4][k % 4]);
        for (int n = 0; n < 4; n++) {
            CHECK_NEAR_FATAL(class->low[n], type->low[n], 1e-12);
            CHECK_NEAR_FATAL(class->high[n], type->high[n], 1e-12);
        }
        int level = load_of(&all->servers[e]), nearest = -1;
        for (int off = 3; off >= 0; off--) { /* of two as near the lower one */
            nearest = level + off < 4 && type->known[level + off] ? level + off : nearest;
            nearest = level - off >= 0 && type->known[level - off] ? level - off : nearest;
        }
        const double *baseline = sentinel_baseline(all, &all->servers[e]);
        CU_ASSERT_EQUAL_FATAL(baseline != NULL, nearest >= 0);
        for (int t = 0; t < T * 4 && baseline && nearest >= 0; t++)
            CU_ASSERT_FATAL(baseline[t] == type->window[nearest][t / 4][t % 4]);
    }
}

/* Ranges are taken at the first windows, ever less often, then each hour. */
static void followed(void)
{
    int loads = 0;
    for (int run = 0; run < RUNS; run++) {
        begin(run);
        for (int w = 0, again = 0; w < (run ? 200 : 700); w++) {
            report(run);
            if (w == 0)
                for (int e = 0; e < LAND_SERVERS; e++) {
                    int k = 0;
                    while (k < type_count && !alike(types[k].like, e))
                        k++;
                    if (k == type_count)
                        types[type_count++].like = e;
                    type_of[e] = k;
                }
            if (w == again) {
                for (int k = 0; k < type_count; k++)
                    find_range(&types[k]);
                again += w == 0 ? 1 : w < 60 ? w : 60;
            }
            sentinel_devices_judge(self, &land->view);
            follow();
            if (w < 80 || w % 20 == 0)
                check();
        }
        CU_ASSERT_EQUAL_FATAL(type_count, run == 0 || run == 5 ? 1 : 2);
        for (int l = 0; l < 4; l++)
            loads += types[0].known[l];
        end();
    }
    CU_ASSERT_FATAL(loads >= 3 * RUNS);
}

/* The range of 201 samples, of which the numbers of each signal are 0 to 200 in some order: the second of them, and the
 * one with 190 below it, of memory in thousandths. With the uplink at 0.95 of what there is the rest is that much more.
 */
static void quantiles(void)
{
    static const int times[] = {7, 8, 10, 11};
    struct sentinel_class type = {.seen = 201};
    struct sentinel_devices devices = {.classes = &type, .class_count = 1};
    type.drawn = calloc(SENTINEL_DRAWN, sizeof *type.drawn);
    for (int k = 0; k < 201; k++)
        for (int n = 0; n < 4; n++)
            type.drawn[k][n] = (k * times[n] % 201) / (n == 1 ? 1e5 : n == 2 ? 10. : n == 0 ? 400. : 200.);
    sentinel_ranges(&devices);
    CHECK_NEAR_FATAL(type.low[0], 1 / 400., 1e-12);
    CHECK_NEAR_FATAL(type.high[0], 190 / 400. / 0.95, 1e-12);
    CHECK_NEAR_FATAL(type.low[1], 1 / 1e5, 1e-12);
    CHECK_NEAR_FATAL(type.high[1], 1 / 1e5 + 0.01, 1e-12); /* a hundredth at least */
    CHECK_NEAR_FATAL(type.low[2], 0.1, 1e-12);
    CHECK_NEAR_FATAL(type.high[2], 20, 1e-12);
    CHECK_NEAR_FATAL(type.low[3], 1 / 200., 1e-12);
    CHECK_NEAR_FATAL(type.high[3], 1, 1e-12);
    free(type.drawn);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"followed", followed}, {"quantiles", quantiles}, {0}};
    return weir_test_main("policies/sentinel_baseline", cases, argc, argv);
}
