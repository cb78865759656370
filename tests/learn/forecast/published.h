/* The series that published accuracy figures are for, made from shared data: messages of a traffic sensor network in 5
 * minutes, times 1 + u with u uniform in +-0.1; and taxi pick-ups with the mean and the deviation of that. */
#ifndef WEIR_TESTS_LEARN_FORECAST_PUBLISHED_H
#define WEIR_TESTS_LEARN_FORECAST_PUBLISHED_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/series/scale.h"
#include "sim/base/csv.h"
#include "tests/support/test.h"

#define PUBLISHED_BITS(high, low) ((unsigned __int128)(high) << 64 | (low))

/* The next number of numpy's default_rng(2507).uniform(-0.1, 0.1): PCG64 (O'Neill 2014, XSL-RR 128/64) with the state
 * and increment that numpy gives this seed. */
static inline double published_noise(unsigned __int128 *state)
{
    *state = *state * PUBLISHED_BITS(0x2360ed051fc65da4, 0x4385df649fccf645) +
             PUBLISHED_BITS(0xf844bf8fd69af080, 0xcfe3ca8d2ae43f9d);
    uint64_t folded = (uint64_t)(*state >> 64) ^ (uint64_t)*state;
    unsigned turn = (unsigned)(*state >> 122);
    uint64_t bits = folded >> turn | folded << (-turn & 63);
    return -0.1 + 0.2 * ((double)(bits >> 11) * 0x1p-53);
}

static inline double *published_read(const char *file, size_t *count)
{
    char *path = weir_test_shared(file);
    struct weir_series series;
    if (!path)
        return NULL;
    CU_ASSERT_EQUAL_FATAL(weir_series_read(path, NULL, NULL, &series), 0);
    double *values = malloc(series.count * sizeof *values);
    CU_ASSERT_PTR_NOT_NULL_FATAL(values);
    *count = series.count;
    memcpy(values, series.value, series.count * sizeof *values);
    weir_series_fini(&series);
    free(path);
    return values;
}

/* The sensor network with noise; owned, NULL where there are no shared data. */
static inline double *published_iot(size_t *count)
{
    double *values = published_read("gontarska2021/IoT_5min.csv.gz", count);
    unsigned __int128 state = PUBLISHED_BITS(0x4b3a0af74b43e5ba, 0x136f5ba6564ee223);
    for (size_t i = 0; values && i < *count; i++)
        values[i] = rint(values[i] * (1 + published_noise(&state)));
    return values;
}

/* The taxis, likewise. */
static inline double *published_taxi(size_t *count)
{
    size_t iot_count;
    double *iot = published_iot(&iot_count), *values = published_read("gontarska2021/taxi_5min.csv.gz", count);
    if (iot && values) {
        struct series_scale to = series_scale_standard(iot, iot_count), from = series_scale_standard(values, *count);
        for (size_t i = 0; i < *count; i++)
            values[i] = series_scale_from(&to, series_scale_to(&from, values[i]));
    }
    free(iot);
    return values;
}

#endif
