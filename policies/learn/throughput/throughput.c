#include "policies/learn/throughput/throughput.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

static void terms(int workers, double phi[THROUGHPUT_TERMS])
{
    double m = workers;
    phi[0] = 1;
    phi[1] = 1 / m;
    phi[2] = m;
    phi[3] = m * m;
}

int throughput_fit(struct throughput *model, const struct throughput_sample *samples, size_t count,
                   enum throughput_error error)
{
    *model = (struct throughput){0};
    if (count == 0)
        return weir_error(WEIR_EINPUT, "throughput model: no samples to fit");
    for (size_t i = 0; i < count; i++)
        if (samples[i].workers < 1 || !(samples[i].per_s > 0) || !isfinite(samples[i].per_s))
            return weir_error(WEIR_EINPUT,
                              "throughput model: sample %zu has %d workers and %g records/s; both must be above 0", i,
                              samples[i].workers, samples[i].per_s);
    double *a = weir_alloc(count * THROUGHPUT_TERMS, sizeof *a), *b = weir_alloc(count, sizeof *b);
    for (size_t i = 0; i < count; i++) {
        double scale = error == THROUGHPUT_OF_RATE ? samples[i].per_s : 1, *row = a + i * THROUGHPUT_TERMS;
        terms(samples[i].workers, row);
        for (int t = 0; t < THROUGHPUT_TERMS; t++)
            row[t] *= scale;
        b[i] = scale / samples[i].per_s;
    }
    throughput_nnls(a, b, count, THROUGHPUT_TERMS, model->weight);
    free(b);
    free(a);
    return WEIR_OK;
}

double throughput_per_s(const struct throughput *model, int workers)
{
    if (workers < 1)
        return 0;
    double phi[THROUGHPUT_TERMS], time_s = 0;
    terms(workers, phi);
    for (int t = 0; t < THROUGHPUT_TERMS; t++)
        time_s += model->weight[t] * phi[t];
    return 1 / time_s;
}

int throughput_best(const struct throughput *model, int most)
{
    int best = 1;
    for (int m = 2; m <= most; m++)
        if (throughput_per_s(model, m) > throughput_per_s(model, best))
            best = m;
    return best;
}

int throughput_workers(const struct throughput *model, double per_s, int most, bool *enough)
{
    int best = throughput_best(model, most), m = 1;
    while (m < best && !(throughput_per_s(model, m) >= per_s))
        m++;
    if (enough)
        *enough = throughput_per_s(model, m) >= per_s;
    return m;
}

int throughput_twres(const struct throughput *model, int workers, double per_s, double response_s, double limit_s,
                     int most)
{
    int needed = throughput_workers(model, per_s, most, NULL);
    if (per_s > throughput_per_s(model, workers))
        return needed > workers ? needed : workers;
    if (response_s > limit_s)
        return workers < throughput_best(model, most) ? workers + 1 : workers;
    return needed < workers ? needed : workers;
}
