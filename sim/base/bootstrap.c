#include "sim/base/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/stats.h"

#define SAMPLES 2000

static double error_of(const struct weir_moments *moments)
{
    return weir_moments_deviation(moments) / sqrt((double)moments->count);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool weir_bootstrap_interval(const double *values, size_t count, double level, double *low, double *high)
{
    struct weir_moments all = {0};
    for (size_t i = 0; i < count; i++)
        weir_moments_add(&all, values[i]);
    if (count < WEIR_BOOTSTRAP_LEAST || !(error_of(&all) > 1e-12 * fabs(all.mean)))
        return false;
    double *t = weir_alloc(SAMPLES, sizeof *t);
    struct weir_stream draws = weir_stream_open(count, "bootstrap");
    for (int s = 0; s < SAMPLES; s++) {
        struct weir_moments sample = {0};
        do { /* of one value alone there is no error; such samples are drawn again */
            sample = (struct weir_moments){0};
            for (size_t i = 0; i < count; i++)
                weir_moments_add(&sample, values[weir_stream_below(&draws, count)]);
        } while (!(error_of(&sample) > 1e-12 * fabs(all.mean)));
        t[s] = (sample.mean - all.mean) / error_of(&sample);
    }
    qsort(t, SAMPLES, sizeof *t, compare);
    int tail = (int)lround((1 - level) / 2 * SAMPLES);
    *low = all.mean - t[SAMPLES - 1 - tail] * error_of(&all);
    *high = all.mean - t[tail] * error_of(&all);
    free(t);
    return true;
}
