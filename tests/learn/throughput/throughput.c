#include "policies/learn/throughput/throughput.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

/* "fit 1 100 2 190": the pairs after the first word. */
static size_t read_samples(char *line, struct throughput_sample *samples)
{
    size_t count = 0;
    char *at = line + strlen("fit ");
    for (char *end; count < 8; count++, at = end) {
        samples[count].workers = (int)strtol(at, &end, 10);
        if (end == at)
            break;
        samples[count].per_s = strtod(end, &end);
    }
    return count;
}

static void reference(void)
{
    FILE *file = fopen("tests/data/throughput-reference.txt", "r");
    CU_ASSERT_FATAL(file != NULL);
    struct throughput models[2] = {0};
    int compared = 0;
    for (char line[512]; fgets(line, sizeof line, file);) {
        struct throughput_sample samples[8];
        double w[8], load, response, limit;
        int now, most, wanted, best, enough;
        bool got;
        if (strncmp(line, "fit ", 4) == 0) {
            size_t count = read_samples(line, samples);
            CU_ASSERT(throughput_fit(&models[0], samples, count, THROUGHPUT_OF_RATE) == 0);
            CU_ASSERT(throughput_fit(&models[1], samples, count, THROUGHPUT_OF_TIME) == 0);
        } else if (sscanf(line, "weights %lf %lf %lf %lf %lf %lf %lf %lf", &w[0], &w[1], &w[2], &w[3], &w[4], &w[5],
                          &w[6], &w[7]) == 8) {
            for (int k = 0; k < 8; k++)
                CHECK_NEAR(models[k / 4].weight[k % 4], w[k], 1e-9 * fmax(w[k], 1e-7));
            compared++;
        } else if (sscanf(line, "twres %d %lf %lf %lf %d %d", &now, &load, &response, &limit, &most, &wanted) == 6) {
            CU_ASSERT_EQUAL(throughput_twres(&models[0], now, load, response, limit, most), wanted);
            compared++;
        } else if (sscanf(line, "search %d %lf %d %d %d", &most, &load, &best, &wanted, &enough) == 5) {
            CU_ASSERT_EQUAL(throughput_best(&models[0], most), best);
            CU_ASSERT_EQUAL(throughput_workers(&models[0], load, most, &got), wanted);
            CU_ASSERT_EQUAL(got, enough);
            compared++;
        }
    }
    CU_ASSERT_EQUAL(compared, 24 * 9);
    fclose(file);
}

/* Weights that make the rates come back, also with a term left out. t(1) = 2e-6 + 5e-5 + 3e-8, 19219.7 records/s. */
static void without_noise(void)
{
    struct throughput truth = {{2e-6, 5e-5, 0, 3e-8}}, model;
    struct throughput_sample samples[10];
    for (int m = 1; m <= 10; m++)
        samples[m - 1] = (struct throughput_sample){m, throughput_per_s(&truth, m)};
    CHECK_NEAR(samples[0].per_s, 1 / 5.203e-5, 1e-9);
    for (int error = THROUGHPUT_OF_RATE; error <= THROUGHPUT_OF_TIME; error++) {
        CU_ASSERT(throughput_fit(&model, samples, 10, (enum throughput_error)error) == 0);
        for (int t = 0; t < THROUGHPUT_TERMS; t++)
            CHECK_NEAR(model.weight[t], truth.weight[t], 1e-12 * 5e-5);
    }
    /* The most: where -5e-5 / m^2 + 6e-8 m = 0, m = (5e-5 / 6e-8)^(1/3) = 9.41; t(9) = 9.98556e-6, t(10) = 1e-5. */
    CU_ASSERT_EQUAL(throughput_best(&truth, 30), 9);
    CU_ASSERT_EQUAL(throughput_best(&truth, 4), 4);
    bool enough;
    CU_ASSERT_EQUAL(throughput_workers(&truth, 1e6, 30, &enough), 9);
    CU_ASSERT(!enough);
    CU_ASSERT_EQUAL(throughput_workers(&truth, 0, 30, &enough), 1);
    CU_ASSERT(enough);
    CHECK_NEAR(throughput_per_s(&truth, 0), 0, 0);
}

/* With one observation one term fits it; the first one of those that do is the serial one. */
static void one_sample(void)
{
    struct throughput model;
    CU_ASSERT(throughput_fit(&model, &(struct throughput_sample){4, 100}, 1, THROUGHPUT_OF_RATE) == 0);
    CHECK_NEAR(throughput_per_s(&model, 4), 100, 1e-9);
}

/* A day of windows whose forecast is right: enough workers in each, and no more than that. */
static void day(void)
{
    struct throughput model = {{2e-6, 5e-5, 0, 3e-8}};
    int workers = 1;
    for (int k = 0; k < 1000; k++) {
        double load = throughput_per_s(&model, 9) * (0.45 + 0.35 * sin(2 * 3.141592653589793 * k / 200));
        workers = throughput_twres(&model, workers, load, 0.5, 1, 10);
        CU_ASSERT(throughput_per_s(&model, workers) >= load);
        CU_ASSERT(workers == 1 || throughput_per_s(&model, workers - 1) < load);
    }
    double light = throughput_per_s(&model, 2) / 2;
    CU_ASSERT_EQUAL(throughput_twres(&model, 2, light, 2, 1, 10), 3); /* slow without overload: one more */
    CU_ASSERT_EQUAL(throughput_twres(&model, 9, light, 2, 1, 10), 9); /* more than the best do not help */
    CU_ASSERT_EQUAL(throughput_twres(&model, 12, 1e9, 0, 1, 10), 12); /* overload takes none away */
}

static void bad_input(void)
{
    static const struct throughput_sample samples[] = {{0, 10}, {1, 0}, {1, NAN}, {1, INFINITY}};
    struct throughput model;
    CU_ASSERT(throughput_fit(&model, samples, 0, THROUGHPUT_OF_RATE) < 0);
    CHECK_MESSAGE("no samples");
    for (int i = 0; i < 4; i++) {
        CU_ASSERT(throughput_fit(&model, &samples[i], 1, THROUGHPUT_OF_RATE) < 0);
        CHECK_MESSAGE("both must be above 0");
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"reference", reference},   {"without_noise", without_noise},
                                             {"one_sample", one_sample}, {"day", day},
                                             {"bad_input", bad_input},   {0}};
    return weir_test_main("learn/throughput", cases, argc, argv);
}
