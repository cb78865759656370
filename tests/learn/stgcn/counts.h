/* Counts as those of the workload `ccp`: Poisson draws a minute of regions x categories, whose days have two peaks,
 * each content its own, with a noise of 10 % that holds for ten minutes, and more at weekends. */
#ifndef WEIR_TESTS_LEARN_STGCN_COUNTS_H
#define WEIR_TESTS_LEARN_STGCN_COUNTS_H

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

struct test_counts {
    int nodes, steps;
    double *values, *means; /* steps x nodes; what was drawn, and from what; owned */
};

static inline double test_poisson(struct weir_stream *stream, double mean)
{
    double left = mean;
    int count = -1;
    do {
        left += log(weir_stream_uniform(stream));
        count++;
    } while (left > 0);
    return count;
}

/* Minutes from midnight of a Monday on; `total`: mean of all nodes together in a minute, about. */
static inline struct test_counts test_counts_draw(int regions, int categories, int minutes, double total,
                                                  unsigned long long seed)
{
    enum { CONTENTS = 6 };
    static const double peaks[] = {0.53, 0.87};
    struct test_counts counts = {.nodes = regions * categories, .steps = minutes};
    struct weir_stream stream = weir_stream_open(seed, "counts");
    size_t cells = (size_t)counts.nodes * (size_t)minutes;
    double *share = weir_alloc((size_t)counts.nodes, sizeof *share), sum = 0, noise[CONTENTS] = {0};
    counts.values = weir_alloc(cells, sizeof(double));
    counts.means = weir_alloc(cells, sizeof(double));
    for (int n = 0; n < counts.nodes; n++)
        sum += share[n] = pow(1 + n % regions, -0.7) * pow(1 + n % categories, -0.8);
    for (int t = 0; t < minutes; t++) {
        double day = fmod((t + 0.5) / 1440, 1), shape[CONTENTS];
        for (int k = 0; k < CONTENTS; k++) {
            if (t % 10 == 0)
                noise[k] = 0.9 + 0.2 * weir_stream_uniform(&stream);
            shape[k] = 0.35;
            for (int p = 0; p < 2; p++) {
                double away = fabs(day - peaks[p]);
                away = fmin(away, 1 - away) / 0.07;
                shape[k] += (p ? 1.2 - 0.1 * k : 0.5 + 0.1 * k) * exp(-away * away / 2);
            }
            shape[k] *= noise[k] * (t / 1440 % 7 >= 5 ? 1.25 : 1) / 0.62;
        }
        for (int n = 0; n < counts.nodes; n++) {
            size_t at = (size_t)t * (size_t)counts.nodes + (size_t)n;
            counts.means[at] = total * share[n] / sum * shape[n % categories % CONTENTS];
            counts.values[at] = test_poisson(&stream, counts.means[at]);
        }
    }
    free(share);
    return counts;
}

static inline void test_counts_free(struct test_counts *counts)
{
    free(counts->values);
    free(counts->means);
}

#endif
