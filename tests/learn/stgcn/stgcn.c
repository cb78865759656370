#include "policies/learn/stgcn/stgcn.h"

#include <stdio.h>
#include <string.h>

#include "policies/learn/nn/file.h"
#include "sim/base/error.h"
#include "tests/learn/stgcn/counts.h"
#include "tests/support/test.h"

enum { DAY = 1440 };

/* Mean absolute errors from `first` on, each `every` steps. */
struct errors {
    double net, last, seasonal, recent, truth; /* recent: mean of the window; truth: the mean that was drawn from */
};

static struct errors measure(struct stgcn *model, const struct test_counts *counts, int first, int every)
{
    struct errors errors = {0};
    size_t nodes = (size_t)counts->nodes;
    int window = stgcn_settings_of(model)->window;
    double *next = weir_alloc(nodes, sizeof *next), cells = 0;
    for (int t = first; t < counts->steps; t += every) {
        const double *now = counts->values + (size_t)t * nodes;
        stgcn_forecast(model, now - (size_t)window * nodes, 60.0 * t, next);
        for (size_t n = 0; n < nodes; n++, cells++) {
            double recent = 0;
            for (int k = 1; k <= window; k++)
                recent += (now - (size_t)k * nodes)[n] / window;
            errors.net += fabs(next[n] - now[n]);
            errors.last += fabs((now - nodes)[n] - now[n]);
            errors.seasonal += fabs((now - DAY * nodes)[n] - now[n]);
            errors.recent += fabs(recent - now[n]);
            errors.truth += fabs(counts->means[(size_t)t * nodes + n] - now[n]);
            CU_ASSERT(next[n] >= 0);
        }
    }
    free(next);
    return (struct errors){errors.net / cells, errors.last / cells, errors.seasonal / cells, errors.recent / cells,
                           errors.truth / cells};
}

/* Two days learnt, the third one forecast minute by minute. */
static void accuracy(void)
{
    for (unsigned long long seed = 11; seed < 14; seed++) {
        struct test_counts counts = test_counts_draw(10, 6, 3 * DAY, 336, seed);
        struct stgcn_settings settings = stgcn_defaults;
        struct stgcn *model;
        settings.nodes = counts.nodes;
        settings.seed = seed;
        settings.updates = 300;
        CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 2 * DAY, 0, &model), 0);
        struct errors errors = measure(model, &counts, 2 * DAY, 3);
        printf("    seed %llu: error %.3f, last %.3f, seasonal %.3f, mean of 12 %.3f, truth %.3f\n", seed, errors.net,
               errors.last, errors.seasonal, errors.recent, errors.truth);
        CU_ASSERT(errors.net < 0.8 * errors.last && errors.net < 0.8 * errors.seasonal);
        CU_ASSERT(errors.net < errors.recent);
        CU_ASSERT(errors.net < 1.05 * errors.truth); /* what draws leave to anyone */
        stgcn_free(model);
        test_counts_free(&counts);
    }
}

/* Five working days learnt, the weekend forecast, whose 25 % more was never seen: that samples sway is what helps. */
static void unseen_weekend(void)
{
    struct test_counts counts = test_counts_draw(4, 3, 6 * DAY, 100, 21);
    struct stgcn_settings settings = stgcn_defaults;
    struct errors errors[2];
    settings.nodes = counts.nodes;
    for (int sway = 0; sway < 2; sway++) {
        struct stgcn *model;
        settings.sway = sway ? stgcn_defaults.sway : 0;
        CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 5 * DAY, 0, &model), 0);
        errors[sway] = measure(model, &counts, 5 * DAY, 1);
        stgcn_free(model);
    }
    CU_ASSERT(errors[1].net < errors[0].net);
    CU_ASSERT(errors[1].net < errors[1].recent);
    test_counts_free(&counts);
}

/* A small model that is quick to fit. */
static struct stgcn_settings small(int nodes)
{
    struct stgcn_settings settings = stgcn_defaults;
    settings.nodes = nodes;
    settings.updates = 40;
    return settings;
}

static void files(void)
{
    struct test_counts counts = test_counts_draw(2, 3, 400, 60, 1);
    struct stgcn_settings settings = small(counts.nodes);
    struct stgcn *model, *again, *loaded;
    double next[3][6];
    settings.seed = 1ull << 40 | 5;
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 400, 0, &model), 0);
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 400, 0, &again), 0);
    char *path = weir_format("%s/stgcn.weir", weir_test_folder());
    CU_ASSERT_EQUAL(stgcn_save(model, path), 0);
    CU_ASSERT_EQUAL_FATAL(stgcn_load(path, &loaded), 0);
    struct stgcn *all[] = {model, again, loaded};
    for (int i = 0; i < 3; i++)
        stgcn_forecast(all[i], counts.values, 43200, next[i]);
    CU_ASSERT_EQUAL(memcmp(next[0], next[1], sizeof *next), 0);
    CU_ASSERT_EQUAL(memcmp(next[0], next[2], sizeof *next), 0);
    CU_ASSERT(stgcn_settings_of(loaded)->seed == settings.seed && stgcn_settings_of(loaded)->sway == settings.sway);
    stgcn_forecast(model, counts.values, 43200, next[1]); /* asking changes nothing */
    CU_ASSERT_EQUAL(memcmp(next[0], next[1], sizeof *next), 0);
    settings.seed = 2;
    stgcn_free(again);
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 400, 0, &again), 0);
    stgcn_forecast(again, counts.values, 43200, next[1]);
    CU_ASSERT(memcmp(next[0], next[1], sizeof *next) != 0);
    CU_ASSERT_EQUAL(stgcn_save(model, "no/such/model"), WEIR_EINPUT);
    CHECK_MESSAGE("no/such/model: cannot be written");
    stgcn_free(model);
    stgcn_free(again);
    stgcn_free(loaded);
    stgcn_free(NULL);
    CU_ASSERT_EQUAL(stgcn_load("README.md", &model), WEIR_EINPUT);
    CHECK_MESSAGE("README.md: is not a model file");
    CU_ASSERT_PTR_NULL(model);
    free(path);
    test_counts_free(&counts);
}

/* Files that are whole and say what cannot be. */
static void forged(void)
{
    static const struct {
        int at;
        double value;
        const char *message;
    } rows[] = {
        {0, 0, "stgcn: nodes is 0 and must be 1 to 20000"},
        {0, 3, "array \"scale\" of the model file is 1 x 2, and the model's is 1 x 3"},
        {2, 5, "array \"tanh.first.weight\" of the model file is 3 x 16, and the model's is 3 x 5"},
        {3, -1, "its settings are out of range"},
        {8, NAN, "its settings are out of range"},
        {9, 0, NULL}, /* without calendar: arrays are left over, which is no error */
        {13, 0, "the scale of node 1 is 0 and must be above 0"},
    };
    struct test_counts counts = test_counts_draw(1, 2, 50, 20, 1);
    struct stgcn_settings settings = small(2);
    struct stgcn *model;
    char *path = weir_format("%s/forged.weir", weir_test_folder());
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 50, 0, &model), 0);
    CU_ASSERT_EQUAL(stgcn_save(model, path), 0);
    stgcn_free(model);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nn_file file = {0};
        CU_ASSERT_EQUAL_FATAL(nn_file_load(&file, path), 0);
        double *numbers = nn_file_find(&file, "settings")->data, *scale = nn_file_find(&file, "scale")->data;
        if (rows[i].at == 13)
            scale[1] = rows[i].value;
        else
            numbers[rows[i].at] = rows[i].value;
        char *other = weir_format("%s/other.weir", weir_test_folder());
        CU_ASSERT_EQUAL(nn_file_save(&file, other), 0);
        CU_ASSERT_EQUAL(stgcn_load(other, &model), rows[i].message ? WEIR_EINPUT : 0);
        if (rows[i].message)
            CHECK_MESSAGE(rows[i].message);
        stgcn_free(model);
        nn_file_fini(&file);
        free(other);
    }
    struct nn_file odd = {0};
    nn_file_put_text(&odd, "model", "gru");
    CU_ASSERT_EQUAL(nn_file_save(&odd, path), 0);
    CU_ASSERT_EQUAL(stgcn_load(path, &model), WEIR_EINPUT);
    CHECK_MESSAGE("forged.weir: it is a model of kind \"gru\", not \"stgcn\"");
    nn_file_fini(&odd);
    free(path);
    test_counts_free(&counts);
}

static void refused(void)
{
    static const struct {
        const char *message;
        struct stgcn_settings settings;
        int steps;
        double value, first_s;
    } rows[] = {
        {"stgcn: nodes is 0 and must be 1 to 20000", {.nodes = 0}, 50, 1, 0},
        {"stgcn: kernel is 13 and must be 1 to 12", {.nodes = 2, .kernel = 13}, 50, 1, 0},
        {"stgcn: rate is -1 and must be above 0", {.nodes = 2, .rate = -1}, 50, 1, 0},
        {"stgcn: step_s is -5 and must be 0 or more", {.nodes = 2, .step_s = -5}, 50, 1, 0},
        {"stgcn: sway is 3 and must be 0 to 2", {.nodes = 2, .sway = 3}, 50, 1, 0},
        {"stgcn: the series have 13 steps, and a window of 12 needs 14", {.nodes = 2}, 13, 1, 0},
        {"stgcn: node 1 is -1 in step 3; counts are finite and not negative", {.nodes = 2}, 50, -1, 0},
        {"stgcn: node 1 is nan in step 3", {.nodes = 2}, 50, NAN, 0},
        {"stgcn: node 1 is inf in step 3", {.nodes = 2}, 50, INFINITY, 0},
        {"stgcn: the time of the first step is not finite", {.nodes = 2}, 50, 1, NAN},
        {"stgcn: its training diverged", {.nodes = 2, .rate = 1e30}, 50, 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stgcn_settings settings = small(rows[i].settings.nodes);
        struct stgcn *model;
        double values[100];
        for (int k = 0; k < 100; k++)
            values[k] = k % 7;
        values[3 * 2 + 1] = rows[i].value;
        settings.kernel = rows[i].settings.kernel ? rows[i].settings.kernel : settings.kernel;
        settings.rate = rows[i].settings.rate != 0 ? rows[i].settings.rate : settings.rate;
        settings.step_s = rows[i].settings.step_s != 0 ? rows[i].settings.step_s : settings.step_s;
        settings.sway = rows[i].settings.sway != 0 ? rows[i].settings.sway : settings.sway;
        int code = stgcn_fit(&settings, values, (size_t)rows[i].steps, rows[i].first_s, &model);
        CU_ASSERT_EQUAL(code, settings.rate > 1e20 ? WEIR_ERUN : WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
        CU_ASSERT_PTR_NULL(model);
    }
}

/* Series that are flat, empty or alone; and gaps in what a forecast is made from. */
static void odd_series(void)
{
    double values[3 * 60], next[3], newest[3 * 12];
    for (int t = 0; t < 60; t++) {
        values[3 * t] = 0;
        values[3 * t + 1] = 7;
        values[3 * t + 2] = t % 2 ? 1000 : 0;
    }
    struct stgcn_settings settings = small(3);
    settings.step_s = 0;
    settings.epochs = 300;
    settings.updates = 600;
    settings.sway = 0;
    struct stgcn *model;
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, values, 60, 0, &model), 0);
    stgcn_forecast(model, values + 3 * 48, 0, next);
    CHECK_NEAR(next[0], 0, 0.1);
    CHECK_NEAR(next[1], 7, 0.7);
    CHECK_NEAR(next[2], 0, 150); /* the last one was 1000 */
    stgcn_forecast(model, values + 3 * 47, 0, next);
    CHECK_NEAR(next[2], 1000, 150);
    memcpy(newest, values + 3 * 48, sizeof newest);
    newest[4] = NAN;
    newest[5] = -1;
    newest[8] = INFINITY;
    stgcn_forecast(model, newest, 0, next);
    CU_ASSERT(isfinite(next[0]) && isfinite(next[1]) && isfinite(next[2]));
    CHECK_NEAR(next[1], 7, 0.7); /* as without the gap: the value before it goes on */
    for (int i = 0; i < 3 * 12; i++)
        newest[i] = NAN;
    stgcn_forecast(model, newest, 0, next);
    CHECK_NEAR(next[1], 7, 0.7);
    stgcn_free(model);

    settings = small(1);
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, values, 60, 0, &model), 0);
    stgcn_forecast(model, values, 0, next);
    CU_ASSERT(isfinite(next[0]));
    stgcn_free(model);
}

/* A model learns on where the load has doubled; and after a failure it is as it was. */
static void tuned(void)
{
    struct test_counts counts = test_counts_draw(2, 2, 900, 80, 3);
    struct stgcn_settings settings = small(counts.nodes);
    struct stgcn *model;
    double before[4], after[4];
    settings.updates = 200;
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 400, 0, &model), 0);
    for (size_t i = 0; i < 900 * 4; i++)
        counts.values[i] *= 4;
    stgcn_forecast(model, counts.values, 0, before);
    CU_ASSERT_EQUAL(stgcn_tune(model, counts.values, 10, 0, 10), WEIR_EINPUT);
    CHECK_MESSAGE("stgcn: the series have 10 steps");
    stgcn_forecast(model, counts.values, 0, after);
    CU_ASSERT_EQUAL(memcmp(before, after, sizeof before), 0);
    CU_ASSERT_EQUAL(stgcn_tune(model, counts.values + 400 * 4, 400, 400 * 60, 100), 0);
    double wanted = 0, got = 0;
    for (int t = 800; t < 900; t++) {
        stgcn_forecast(model, counts.values + (t - 12) * 4, 60.0 * t, after);
        for (int n = 0; n < 4; n++) {
            wanted += 4 * counts.means[t * 4 + n];
            got += after[n];
        }
    }
    CHECK_NEAR(got / wanted, 1, 0.1);
    stgcn_free(model);
    test_counts_free(&counts);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"accuracy", accuracy}, {"unseen weekend", unseen_weekend}, {"files", files}, {"forged", forged},
        {"refused", refused},   {"odd series", odd_series},         {"tuned", tuned}, {0}};
    return weir_test_main("learn/stgcn", cases, argc, argv);
}
