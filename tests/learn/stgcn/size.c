/* As many series as the data set of the paper has: 59 regions x 29 categories. Times, which are told only, are the
 * processor's. */
#include <stdio.h>
#include <time.h>

#include "policies/learn/stgcn/stgcn.h"
#include "tests/learn/stgcn/counts.h"
#include "tests/support/test.h"

enum { DAY = 1440, WINDOW = 12, UPDATES = 150 };

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void data_set(void)
{
    struct test_counts counts = test_counts_draw(59, 29, 3 * DAY, 3194, 1);
    struct stgcn_settings settings = stgcn_defaults;
    struct stgcn *model;
    size_t nodes = (size_t)counts.nodes;
    double *next = weir_alloc(nodes, sizeof *next), net = 0, last = 0, recent = 0, cells = 0, slowest = 0;
    settings.nodes = counts.nodes;
    settings.updates = UPDATES;
    double start = cpu_s();
    CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, counts.values, 2 * DAY, 0, &model), 0);
    double fit = cpu_s() - start;
    stgcn_forecast(model, counts.values, 0, next); /* the first one reckons the graph */
    for (int t = 2 * DAY; t < 3 * DAY; t += 20) {
        const double *now = counts.values + (size_t)t * nodes;
        start = cpu_s();
        stgcn_forecast(model, now - WINDOW * nodes, 60.0 * t, next);
        slowest = fmax(slowest, cpu_s() - start);
        for (size_t n = 0; n < nodes; n++, cells++) {
            double mean = 0;
            for (size_t k = 1; k <= WINDOW; k++)
                mean += (now - k * nodes)[n] / WINDOW;
            net += fabs(next[n] - now[n]);
            last += fabs((now - nodes)[n] - now[n]);
            recent += fabs(mean - now[n]);
        }
    }
    printf("    fit %.1f s, forecast %.1f ms; error %.3f, last %.3f, mean of 12 %.3f\n", fit, 1e3 * slowest,
           net / cells, last / cells, recent / cells);
    CU_ASSERT(net < 0.85 * last && net < recent);
    stgcn_free(model);
    free(next);
    test_counts_free(&counts);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"data set", data_set}, {0}};
    return weir_test_main("learn/stgcn/size", cases, argc, argv);
}
