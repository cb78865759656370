#include "policies/learn/effect/effect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/file.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

enum { SERVERS = 20, REGIONS = 5, CATEGORIES = 4, CELLS = SERVERS * REGIONS * CATEGORIES };

/* What is true: server e stands in region e % 5. Requests that cross regions fail with 0.7 in the three hours about the
 * peaks, with 0.04 else; those at home with 0.005; a server with a load above 0.85 fails 0.6 of all. A request yields
 * its category's rate, less 0.3 of it by a full load, half of it on each tenth server, 0.9 of it over regions. */
static double chance(int server, int region, double time_s, double load)
{
    double day = fmod(time_s / 86400, 1);
    bool peak = fabs(day - 0.53) < 0.0625 || fabs(day - 0.87) < 0.0625, crosses = server % REGIONS != region;
    return load > 0.85 ? 0.4 : crosses && peak ? 0.3 : crosses ? 0.96 : 0.995;
}

static double yield(int server, int region, int category, double load)
{
    static const double rates[CATEGORIES] = {150, 90, 240, 48};
    return rates[category] * (1 - 0.3 * load) * (server % 10 ? 1 : 0.5) * (server % REGIONS == region ? 1 : 0.9);
}

/* Five working days of requests, of which 15 % go to any server and the others stay in their region. */
static struct effect_sample *history(size_t count, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, "history");
    struct effect_sample *samples = weir_alloc(count, sizeof *samples);
    for (size_t i = 0; i < count; i++) {
        int region = (int)weir_stream_below(&stream, REGIONS), category = (int)weir_stream_below(&stream, CATEGORIES);
        int home = REGIONS * (int)weir_stream_below(&stream, SERVERS / REGIONS) + region;
        int server = weir_stream_uniform(&stream) < 0.15 ? (int)weir_stream_below(&stream, SERVERS) : home;
        double time_s = 5 * 86400 * weir_stream_uniform(&stream), load = weir_stream_uniform(&stream);
        int requests = 1 + (int)weir_stream_below(&stream, 4), safe = 0;
        for (int k = 0; k < requests; k++)
            safe += weir_stream_uniform(&stream) < chance(server, region, time_s, load);
        samples[i] = (struct effect_sample){
            .server = server,
            .region = region,
            .category = category,
            .time_s = time_s,
            .bandwidth_bytes_per_s = 1e7 * (1 + server % 7),
            .load = load,
            .rate = yield(server, region, category, load) * (0.9 + 0.2 * weir_stream_uniform(&stream)),
            .safe = (double)safe / requests,
            .weight = requests,
        };
    }
    return samples;
}

static struct effect_settings small(unsigned long long seed)
{
    static int home[SERVERS];
    struct effect_settings settings = effect_defaults;
    for (int e = 0; e < SERVERS; e++)
        home[e] = e % REGIONS;
    settings.servers = SERVERS;
    settings.regions = REGIONS;
    settings.categories = CATEGORIES;
    settings.home = home;
    settings.seed = seed;
    return settings;
}

/* State of all servers at a time. */
static void state_at(double time_s, double *bandwidth, double *load)
{
    struct weir_stream stream = weir_stream_open((unsigned long long)time_s, "state");
    for (int e = 0; e < SERVERS; e++) {
        bandwidth[e] = 1e7 * (1 + e % 7);
        load[e] = weir_stream_uniform(&stream);
    }
}

/* Shares of cells where S is wrong, and errors of A by its truth, on a day that was not learnt. */
struct quality {
    double net, table, home, all; /* S: of the net, of means of (region, category), of staying at home, of "safe" */
    double net_rate, table_rate;
};

static struct quality measure(struct effect *model, const struct effect_sample *samples, size_t count)
{
    static double rate_sum[REGIONS][CATEGORIES], safe_sum[REGIONS][CATEGORIES], weight[REGIONS][CATEGORIES];
    static float rate[CELLS], safe[CELLS];
    struct quality q = {0};
    double cells = 0;
    memset(rate_sum, 0, sizeof rate_sum);
    memset(safe_sum, 0, sizeof safe_sum);
    memset(weight, 0, sizeof weight);
    for (size_t i = 0; i < count; i++) {
        const struct effect_sample *s = &samples[i];
        rate_sum[s->region][s->category] += s->weight * s->rate;
        safe_sum[s->region][s->category] += s->weight * s->safe;
        weight[s->region][s->category] += s->weight;
    }
    for (double time_s = 5 * 86400; time_s < 6 * 86400; time_s += 1800) {
        double bandwidth[SERVERS], load[SERVERS];
        state_at(time_s, bandwidth, load);
        effect_predict_all(model, time_s, bandwidth, load, rate, safe);
        for (int cell = 0; cell < CELLS; cell++, cells++) {
            int e = cell / (REGIONS * CATEGORIES), m = cell / CATEGORIES % REGIONS, i = cell % CATEGORIES;
            bool truth = chance(e, m, time_s, load[e]) > 0.5;
            double wanted = yield(e, m, i, load[e]);
            q.net += effect_is_safe(model, (double)safe[cell]) != truth;
            q.table += (safe_sum[m][i] / weight[m][i] > 0.5) != truth;
            q.home += (e % REGIONS == m) != truth;
            q.all += !truth;
            q.net_rate += fabs((double)rate[cell] - wanted) / wanted;
            q.table_rate += fabs(rate_sum[m][i] / weight[m][i] - wanted) / wanted;
        }
    }
    return (struct quality){q.net / cells, q.table / cells,    q.home / cells,
                            q.all / cells, q.net_rate / cells, q.table_rate / cells};
}

static void accuracy(void)
{
    for (unsigned long long seed = 11; seed < 14; seed++) {
        size_t count = 20000;
        struct effect_sample *samples = history(count, seed);
        struct effect_settings settings = small(seed);
        struct effect *model;
        settings.updates = 1000;
        settings.batch = 128;
        CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, count, &model), 0);
        struct quality q = measure(model, samples, count);
        printf("    seed %llu: S wrong %.3f, table %.3f, at home %.3f, all safe %.3f; A off by %.3f, table %.3f\n",
               seed, q.net, q.table, q.home, q.all, q.net_rate, q.table_rate);
        CU_ASSERT(q.net < 0.4 * q.table && q.net < 0.4 * q.home && q.net < 0.4 * q.all);
        CU_ASSERT(q.net_rate < 0.3 * q.table_rate);
        effect_free(model);
        free(samples);
    }
}

/* Where every second rate is not known, the others say what A is, and S is learnt from all; were those that are not
 * known taken for 0, A would be half of what it is. */
static void rates_not_known(void)
{
    size_t count = 20000;
    struct effect_sample *known = history(count, 14), *samples = history(count, 14);
    struct effect_settings settings = small(14);
    struct effect *model;
    settings.updates = 1000;
    settings.batch = 128;
    for (size_t i = 0; i < count; i += 2)
        samples[i].rate = NAN;
    CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, count, &model), 0);
    struct quality q = measure(model, known, count);
    CU_ASSERT(q.net < 0.4 * q.table && q.net_rate < 0.3 * q.table_rate);
    effect_free(model);
    free(samples);
    free(known);
}

/* Distances instead of homes: what is far fails; a server of its own is not told apart otherwise. */
static void distances(void)
{
    static double distance[SERVERS * REGIONS], bandwidth[SERVERS], load[SERVERS];
    static float safe[CELLS];
    size_t count = 8000;
    struct weir_stream stream = weir_stream_open(5, "distances");
    struct effect_sample *samples = history(count, 5);
    struct effect_settings settings = small(5);
    struct effect *model;
    settings.home = NULL;
    settings.distance = distance;
    settings.updates = 600;
    settings.batch = 128;
    for (int i = 0; i < SERVERS * REGIONS; i++)
        distance[i] = (double)weir_stream_below(&stream, 5);
    for (size_t i = 0; i < count; i++) {
        samples[i].server = (int)weir_stream_below(&stream, SERVERS);
        samples[i].safe = distance[samples[i].server * REGIONS + samples[i].region] <= 2;
    }
    CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, count, &model), 0);
    state_at(43200, bandwidth, load);
    effect_predict_all(model, 43200, bandwidth, load, NULL, safe);
    int wrong = 0;
    for (int cell = 0; cell < CELLS; cell++)
        wrong += effect_is_safe(model, (double)safe[cell]) != (distance[cell / CATEGORIES] <= 2);
    CHECK_NEAR((double)wrong / CELLS, 0, 0.05);
    effect_free(model);
    free(samples);
}

/* All cells at once are what they are one by one. */
static void all_at_once(void)
{
    static float rate[CELLS], safe[CELLS];
    static double bandwidth[SERVERS], load[SERVERS];
    struct effect_sample *samples = history(3000, 1);
    struct effect_settings settings = small(1);
    settings.updates = 50;
    for (int told = 0; told < 2; told++) {
        struct effect *model;
        settings.home = told ? settings.home : NULL;
        CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, 3000, &model), 0);
        settings.home = small(1).home;
        state_at(70000, bandwidth, load);
        effect_predict_all(model, 70000, bandwidth, load, rate, safe);
        double worst = 0;
        for (int cell = 0; cell < CELLS; cell++) {
            int e = cell / (REGIONS * CATEGORIES);
            struct effect_sample at = {.server = e,
                                       .region = cell / CATEGORIES % REGIONS,
                                       .category = cell % CATEGORIES,
                                       .time_s = 70000,
                                       .bandwidth_bytes_per_s = bandwidth[e],
                                       .load = load[e]};
            double one_rate, one_safe;
            effect_predict(model, &at, &one_rate, &one_safe);
            worst = fmax(worst, fabs(one_safe - (double)safe[cell]));
            worst = fmax(worst, fabs(one_rate / (double)rate[cell] - 1));
        }
        CHECK_NEAR(worst, 0, 1e-4);
        effect_free(model);
    }
    free(samples);
}

/* Servers that no sample shows are taken for others of their region; and numbers of a server may be missing. */
static void unseen(void)
{
    static float rate[CELLS], safe[CELLS];
    static double bandwidth[SERVERS], load[SERVERS];
    size_t count = 10000, kept = 0;
    struct effect_sample *samples = history(count, 6);
    struct effect_settings settings = small(6);
    struct effect *model;
    settings.updates = 600;
    settings.batch = 128;
    for (size_t i = 0; i < count; i++) /* without 3 and 8, which stand in region 3 */
        if (samples[i].server != 3 && samples[i].server != 8) {
            samples[kept] = samples[i];
            samples[kept++].bandwidth_bytes_per_s = 1e7;
        }
    CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, kept, &model), 0);
    for (int e = 0; e < SERVERS; e++) {
        bandwidth[e] = 1e7;
        load[e] = 0;
    }
    bandwidth[3] = 0; /* each time that of all */
    load[3] = NAN;
    bandwidth[13] = INFINITY;
    effect_predict_all(model, 43200, bandwidth, load, rate, safe);
    for (int cell = 0; cell < REGIONS * CATEGORIES; cell++) {
        size_t unknown = 3 * REGIONS * CATEGORIES + (size_t)cell, other = 8 * REGIONS * CATEGORIES + (size_t)cell;
        CU_ASSERT(rate[unknown] == rate[other] && safe[unknown] == safe[other]);
        double wanted = yield(8, cell / CATEGORIES, cell % CATEGORIES, 0);
        CHECK_NEAR((double)rate[unknown] / wanted, 1, 0.3);
        CU_ASSERT(isfinite(rate[13 * REGIONS * CATEGORIES + cell]));
    }
    effect_free(model);
    free(samples);
}

/* The more an anomaly counts, the less is taken for safe. */
static void cautious(void)
{
    static float safe[3][CELLS];
    static double bandwidth[SERVERS], load[SERVERS];
    struct effect_sample *samples = history(5000, 2);
    double sums[3] = {0};
    state_at(70000, bandwidth, load);
    for (int k = 0; k < 3; k++) {
        struct effect_settings settings = small(2);
        struct effect *model;
        settings.updates = 200;
        settings.batch = 128;
        settings.caution = (const double[]){0.2, 1, 5}[k];
        CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, 5000, &model), 0);
        effect_predict_all(model, 70000, bandwidth, load, NULL, safe[k]);
        for (int cell = 0; cell < CELLS; cell++)
            sums[k] += (double)safe[k][cell] / CELLS;
        effect_free(model);
    }
    CU_ASSERT(sums[0] > sums[1] + 0.02 && sums[1] > sums[2] + 0.02);
    free(samples);
}

static void files(void)
{
    static double distance[SERVERS * REGIONS], bandwidth[SERVERS], load[SERVERS];
    static float rate[3][CELLS], safe[3][CELLS];
    struct effect_sample *samples = history(2000, 3);
    struct effect *model, *again, *loaded;
    struct effect_settings settings = small(1ull << 40 | 3);
    settings.updates = 60;
    settings.threshold = 0.7;
    settings.distance = distance;
    for (int i = 0; i < SERVERS * REGIONS; i++)
        distance[i] = i % 4;
    CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, 2000, &model), 0);
    CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, 2000, &again), 0);
    char *path = weir_format("%s/effect.weir", weir_test_folder());
    CU_ASSERT_EQUAL(effect_save(model, path), 0);
    CU_ASSERT_EQUAL_FATAL(effect_load(path, &loaded), 0);
    CU_ASSERT(effect_is_safe(loaded, 0.71) && !effect_is_safe(loaded, 0.69));
    struct effect *all[] = {model, again, loaded};
    state_at(30000, bandwidth, load);
    for (int i = 0; i < 3; i++)
        effect_predict_all(all[i], 30000, bandwidth, load, rate[i], safe[i]);
    for (int i = 1; i < 3; i++) {
        CU_ASSERT_EQUAL(memcmp(rate[0], rate[i], sizeof *rate), 0);
        CU_ASSERT_EQUAL(memcmp(safe[0], safe[i], sizeof *safe), 0);
    }
    /* what is learnt later is learnt by a loaded model as by the other */
    CU_ASSERT_EQUAL(effect_tune(model, samples, 100, 5), 0);
    effect_predict_all(model, 30000, bandwidth, load, rate[1], NULL);
    CU_ASSERT(memcmp(rate[0], rate[1], sizeof *rate) != 0);
    CU_ASSERT_EQUAL(effect_save(model, "no/such/model"), WEIR_EINPUT);
    CHECK_MESSAGE("no/such/model: cannot be written");
    effect_free(model);
    effect_free(again);
    effect_free(loaded);
    effect_free(NULL);
    CU_ASSERT_EQUAL(effect_load("README.md", &model), WEIR_EINPUT);
    CHECK_MESSAGE("README.md: is not a model file");
    CU_ASSERT_PTR_NULL(model);

    static const struct {
        const char *array, *message;
        int at;
        double value;
    } rows[] = {
        {"settings", "effect: servers is 0 and must be 1 to 1e+06", 0, 0},
        {"settings", "array \"homes\" of the model file is 1 x 20, and the model's is 1 x 21", 0, 21},
        {"settings", "its settings are out of range", 3, -1},
        {"settings", "its settings are out of range", 14, 0},
        {"settings", "its settings are out of range", 16, NAN},
        {"homes", "server 2 stands in region -1, and there are regions 0 to 4", 2, -0.5},
        {"homes", "server 2 stands in region 5, and there are regions 0 to 4", 2, 5},
        {"distances", "the distance of server 1 from region 1 is -1; it must be 0 or more", 6, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nn_file file = {0};
        char *other = weir_format("%s/other.weir", weir_test_folder());
        CU_ASSERT_EQUAL_FATAL(nn_file_load(&file, path), 0);
        ((double *)nn_file_find(&file, rows[i].array)->data)[rows[i].at] = rows[i].value;
        CU_ASSERT_EQUAL(nn_file_save(&file, other), 0);
        CU_ASSERT_EQUAL(effect_load(other, &model), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
        CU_ASSERT_PTR_NULL(model);
        nn_file_fini(&file);
        free(other);
    }
    free(path);
    free(samples);
}

/* After a failure a model is as it was. */
static void tune_fails(void)
{
    static double bandwidth[SERVERS], load[SERVERS];
    static float before[CELLS], after[CELLS];
    struct effect_sample *samples = history(500, 4);
    struct effect_settings settings = small(4);
    struct effect *model;
    settings.updates = 20;
    CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, samples, 500, &model), 0);
    state_at(30000, bandwidth, load);
    effect_predict_all(model, 30000, bandwidth, load, before, NULL);
    for (size_t i = 0; i < 500; i++)
        samples[i].load = 1e38;
    CU_ASSERT_EQUAL(effect_tune(model, samples, 500, 20), WEIR_ERUN);
    CHECK_MESSAGE("effect: its training diverged");
    samples[7].server = SERVERS;
    CU_ASSERT_EQUAL(effect_tune(model, samples, 500, 20), WEIR_EINPUT);
    CHECK_MESSAGE("effect: sample 7: its server is not there");
    effect_predict_all(model, 30000, bandwidth, load, after, NULL);
    CU_ASSERT_EQUAL(memcmp(before, after, sizeof before), 0);
    effect_free(model);
    free(samples);
}

static void refused(void)
{
    static const struct {
        const char *message;
        struct effect_sample sample;
    } rows[] = {
        {"sample 0: its server is not there", {-1, 0, 0, 0, 1, 0, 1, 1, 1}},
        {"sample 0: its region is not there", {0, REGIONS, 0, 0, 1, 0, 1, 1, 1}},
        {"sample 0: its category is not there", {0, 0, CATEGORIES, 0, 1, 0, 1, 1, 1}},
        {"sample 0: its time is not finite", {0, 0, 0, NAN, 1, 0, 1, 1, 1}},
        {"sample 0: its bandwidth must be above 0", {0, 0, 0, 0, 0, 0, 1, 1, 1}},
        {"sample 0: its load is not finite", {0, 0, 0, 0, 1, INFINITY, 1, 1, 1}},
        {"sample 0: its rate must be 0 or more", {0, 0, 0, 0, 1, 0, -1, 1, 1}},
        {"sample 0: its share that is safe must be 0 to 1", {0, 0, 0, 0, 1, 0, 1, 1.5, 1}},
        {"sample 0: its weight must be above 0", {0, 0, 0, 0, 1, 0, 1, 1, 0}},
    };
    struct effect *model;
    struct effect_settings settings = small(1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(effect_fit(&settings, &rows[i].sample, 1, &model), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
        CU_ASSERT_PTR_NULL(model);
    }
    CU_ASSERT_EQUAL(effect_fit(&settings, &rows[0].sample, 0, &model), WEIR_EINPUT);
    CHECK_MESSAGE("effect: there is no sample to learn");
    settings.dropout = 1;
    CU_ASSERT_EQUAL(effect_fit(&settings, &rows[0].sample, 1, &model), WEIR_EINPUT);
    CHECK_MESSAGE("effect: dropout is 1 and must be 0 to 0.95");
    /* one sample alone, of which nothing varies */
    struct effect_sample one = {1, 1, 1, 0, 5, 0, 0, 1, 1};
    settings = small(1);
    settings.updates = 3;
    double rate, safe;
    CU_ASSERT_EQUAL_FATAL(effect_fit(&settings, &one, 1, &model), 0);
    effect_predict(model, &one, &rate, &safe);
    CU_ASSERT(isfinite(rate) && rate >= 0 && safe > 0 && safe < 1);
    effect_free(model);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"accuracy", accuracy},
                                             {"distances", distances},
                                             {"all at once", all_at_once},
                                             {"rates not known", rates_not_known},
                                             {"unseen", unseen},
                                             {"cautious", cautious},
                                             {"files", files},
                                             {"tune fails", tune_fails},
                                             {"refused", refused},
                                             {0}};
    return weir_test_main("learn/effect", cases, argc, argv);
}
