/* Likelihoods, statistics and minima equal those of another implementation: tests/data/forecast-reference.csv, which
 * says how its series are made. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/arma.h"
#include "policies/learn/forecast/prophet_map.h"
#include "policies/learn/series/kpss.h"
#include "tests/support/test.h"

#define LONGEST 600

static void noise(long seed, size_t count, double *e)
{
    unsigned long long x = (unsigned long long)seed;
    for (size_t i = 0; i < count; i++) {
        e[i] = -2;
        for (int k = 0; k < 4; k++) {
            x = (1103515245 * x + 12345) % (1ULL << 31);
            e[i] += (double)x / (double)(1ULL << 31);
        }
    }
}

static void arma_row(const char *text)
{
    struct arma arma = {0};
    long seed;
    double likelihood, variance, last_error, conditional, last, got, x[7] = {0.1}, e[LONGEST], z[200];
    if (sscanf(text, "%ld,%d,%d,%lf,%lf,%lf,%lf,%lf", &seed, &arma.p, &arma.q, &likelihood, &variance, &last_error,
               &conditional, &last) != 8)
        CU_FAIL_FATAL("row");
    noise(seed, 200, e);
    for (int t = 0; t < 200; t++)
        z[t] = 0.8 * e[t] + (t > 0 ? 0.4 * e[t - 1] : 0);
    CHECK_NEAR(z[199], last, 1e-12);
    for (int i = 0; i < arma.p; i++)
        x[1 + i] = 0.4 * sin(1 + i + 3 * arma.p);
    for (int j = 0; j < arma.q; j++)
        x[1 + arma.p + j] = 0.5 * cos(2 + j + arma.q);
    arma_set(&arma, x);
    CHECK_NEAR(arma_log_likelihood(&arma, z, 200, &got), likelihood, 1e-9);
    CHECK_NEAR(got, variance, 1e-11);
    CHECK_NEAR(arma_conditional(&arma, z, 200, 0), conditional, 1e-12);
    struct arma_filter filter;
    double error = 0;
    CU_ASSERT(arma_filter_start(&arma, &filter));
    for (int t = 0; t < 200; t++)
        error = arma_filter_step(&filter, z[t] - arma.c);
    CHECK_NEAR(error, last_error, 1e-11);
}

static void kpss_row(const char *text)
{
    long seed;
    size_t count;
    int walk;
    double statistic, last, e[LONGEST], sum = 0;
    if (sscanf(text, "%ld,%zu,%d,%lf,%lf", &seed, &count, &walk, &statistic, &last) != 5 || count > LONGEST)
        CU_FAIL_FATAL("row");
    noise(seed, count, e);
    for (size_t t = 0; t < count; t++) {
        sum += e[t];
        e[t] = 50 + (walk ? 0.3 * sum : e[t]);
    }
    CHECK_NEAR(e[count - 1], last, 1e-10);
    CHECK_NEAR(series_kpss(e, count), statistic, 1e-10);
}

static void prophet_row(const char *text)
{
    long seed;
    int used;
    size_t bent = 0;
    double objective, other, sigma, first, second, y[LONGEST];
    if (sscanf(text, "%ld,%lf,%lf,%d,%lf,%lf,%lf", &seed, &objective, &other, &used, &sigma, &first, &second) != 7)
        CU_FAIL_FATAL("row");
    noise(seed, LONGEST, y);
    for (int i = 0; i < LONGEST; i++) {
        double t = i / 48.;
        y[i] = 100 + 3 * t - 6 * fmax(0, t - 5) + 12 * sin(2 * M_PI * t) + 5 * cos(4 * M_PI * t) + 7 * y[i];
    }
    struct prophet_map map = {0};
    prophet_map_fit(&map, y, LONGEST, 25, 0.05, &(struct prophet_season){48, 4}, 1);
    CHECK_NEAR(map.objective, objective, 1e-6);
    CHECK_NEAR(map.objective, other, 1e-6);
    CHECK_NEAR(map.sigma, sigma, 1e-8);
    for (size_t j = 0; j < map.changes; j++)
        bent += map.weights[2 + j] != 0;
    CU_ASSERT_EQUAL(bent, (size_t)used);
    CHECK_NEAR(prophet_map_at(&map, LONGEST), first, 1e-4);
    CHECK_NEAR(prophet_map_at(&map, LONGEST + 47), second, 1e-4);
    prophet_map_fini(&map);
}

/* All rows of a kind. */
static void rows(const char *kind, void (*check)(const char *), int wanted)
{
    char line[400];
    int seen = 0;
    size_t length = strlen(kind);
    FILE *file = fopen("tests/data/forecast-reference.csv", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, kind, length) == 0 && line[length] == ',') {
            check(line + length + 1);
            seen++;
        }
    }
    fclose(file);
    CU_ASSERT_EQUAL(seen, wanted);
}

static void likelihoods(void)
{
    rows("arma", arma_row, 16);
}

static void statistics(void)
{
    rows("kpss", kpss_row, 4);
    CU_ASSERT(isnan(series_kpss((double[]){3, 3, 3}, 3)));
    CU_ASSERT(isnan(series_kpss((double[]){3}, 1)));
}

static void minima(void)
{
    rows("prophet", prophet_row, 4);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"likelihoods", likelihoods}, {"statistics", statistics}, {"minima", minima}, {0}};
    return weir_test_main("learn/forecast/reference", cases, argc, argv);
}
