#include "policies/learn/cluster/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

#define SMALL 10

/* The least inertia of any assignment of SMALL points of a plane to three clusters: 3^9 of them, the first fixed. */
static double least_of_all(const double *x)
{
    double least = INFINITY;
    for (int code = 0; code < 19683; code++) {
        double sum[3][2] = {{0}}, square = 0;
        int size[3] = {0};
        for (int i = 0, rest = code; i < SMALL; i++) {
            int c = i == 0 ? 0 : rest % 3;
            rest = i == 0 ? rest : rest / 3;
            size[c]++;
            for (int d = 0; d < 2; d++) {
                sum[c][d] += x[2 * i + d];
                square += x[2 * i + d] * x[2 * i + d];
            }
        }
        for (int c = 0; c < 3; c++)
            if (size[c] > 0)
                square -= (sum[c][0] * sum[c][0] + sum[c][1] * sum[c][1]) / size[c]; /* sum |x - mean|^2 */
        least = fmin(least, square);
    }
    return least;
}

static void equals_all_partitions(void)
{
    struct weir_stream s = weir_stream_open(3, "test/kmeans");
    struct kmeans_settings settings = {.clusters = 3, .restarts = 10, .iterations = 300};
    for (int n = 0; n < 30; n++) {
        double x[2 * SMALL];
        int assigned[SMALL];
        struct kmeans model;
        for (int i = 0; i < 2 * SMALL; i++)
            x[i] = weir_stream_uniform(&s);
        settings.seed = (uint64_t)n;
        CU_ASSERT_EQUAL(kmeans_fit(x, SMALL, 2, &settings, &model, assigned), WEIR_OK);
        double least = least_of_all(x), again = 0, distance2;
        CU_ASSERT(model.inertia <= 1.01 * least && model.inertia >= least - 1e-12);
        for (int i = 0; i < SMALL; i++) {
            CU_ASSERT_EQUAL(kmeans_nearest(&model, x + 2 * i, &distance2), assigned[i]);
            again += distance2;
        }
        CHECK_NEAR(again, model.inertia, 1e-12);
        kmeans_fini(&model);
    }
}

/* 29 heaps of 40 points about centres 10 apart, with a deviation of 0.5: each is a cluster, and the inertia is that
 * about the means of the heaps. */
static void finds_heaps(void)
{
    enum { HEAPS = 29, EACH = 40 };
    static double x[HEAPS * EACH][3];
    static int assigned[HEAPS * EACH];
    struct weir_stream s = weir_stream_open(4, "test/kmeans");
    double wanted = 0;
    for (int h = 0; h < HEAPS; h++) {
        double mean[3] = {0};
        for (int i = 0; i < EACH; i++)
            for (int d = 0; d < 3; d++) {
                int digit = d == 0 ? h % 3 : d == 1 ? h / 3 % 3 : h / 9;
                x[h * EACH + i][d] = 10 * digit + weir_stream_normal(&s, 0, 0.5);
                mean[d] += x[h * EACH + i][d] / EACH;
            }
        for (int i = 0; i < EACH; i++)
            for (int d = 0; d < 3; d++)
                wanted += pow(x[h * EACH + i][d] - mean[d], 2);
    }
    struct kmeans_settings settings = {.clusters = HEAPS, .restarts = 10, .iterations = 300, .seed = 1};
    struct kmeans model, again;
    CU_ASSERT_EQUAL(kmeans_fit(x[0], HEAPS * EACH, 3, &settings, &model, assigned), WEIR_OK);
    CHECK_NEAR(model.inertia, wanted, 1e-6);
    for (int i = 0; i < HEAPS * EACH; i++)
        CU_ASSERT_EQUAL(assigned[i], assigned[i - i % EACH]);
    CU_ASSERT_EQUAL(kmeans_fit(x[0], HEAPS * EACH, 3, &settings, &again, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(memcmp(model.centres, again.centres, sizeof(double) * HEAPS * 3), 0);
    kmeans_fini(&again);
    kmeans_fini(&model);
}

static void more_clusters_than_samples(void)
{
    static const double x[] = {1, 5, 1, 9, 5}; /* three different values */
    struct kmeans_settings settings = {.clusters = 29, .restarts = 2, .iterations = 10};
    struct kmeans model;
    int assigned[5];
    CU_ASSERT_EQUAL(kmeans_fit(x, 5, 1, &settings, &model, assigned), WEIR_OK);
    CU_ASSERT_EQUAL(model.clusters, 3);
    CHECK_NEAR(model.inertia, 0, 0);
    CU_ASSERT(assigned[0] == assigned[2] && assigned[1] == assigned[4] && assigned[0] != assigned[3]);
    kmeans_fini(&model);
    CU_ASSERT_EQUAL(kmeans_fit(x, 1, 1, &settings, &model, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(model.clusters, 1);
    kmeans_fini(&model);
}

static void refused(void)
{
    static const double x[] = {1, 2, 3, NAN};
    struct kmeans_settings settings = {.clusters = 2, .restarts = 1, .iterations = 10};
    struct kmeans model;
    CU_ASSERT_EQUAL(kmeans_fit(x, 2, 2, &settings, &model, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("k-means: sample 1, dimension 1: nan is no finite number");
    CU_ASSERT_EQUAL(kmeans_fit(x, 0, 2, &settings, &model, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("0 samples of 2 dimensions");
    settings.clusters = 0;
    CU_ASSERT_EQUAL(kmeans_fit(x, 1, 2, &settings, &model, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("0 clusters, 1 restarts");
    CU_ASSERT_PTR_NULL(model.centres);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"equals all partitions", equals_all_partitions},
                                             {"finds heaps", finds_heaps},
                                             {"more clusters than samples", more_clusters_than_samples},
                                             {"refused", refused},
                                             {0}};
    return weir_test_main("learn/cluster/kmeans", cases, argc, argv);
}
