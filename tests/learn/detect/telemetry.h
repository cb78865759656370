/* Synthetic telemetry of a server for tests: upload, memory, CPU and disk follow the load of a day, each with noise
 * that lasts a few minutes; a sample a minute. */
#ifndef WEIR_TESTS_LEARN_DETECT_TELEMETRY_H
#define WEIR_TESTS_LEARN_DETECT_TELEMETRY_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

enum { TELEMETRY_WIDTH = 4, TELEMETRY_LENGTH = 12 };

/* count healthy samples, as values[count][4]; owned by the caller. */
static inline double *telemetry_healthy(uint64_t seed, size_t count)
{
    struct weir_stream stream = weir_stream_open(seed, "telemetry");
    double *values = weir_alloc(count * TELEMETRY_WIDTH, sizeof *values), load_noise = 0, own[TELEMETRY_WIDTH] = {0};
    static const double level[] = {50, 8, 0.1, 2}, share[] = {800, 20, 0.7, 30}, noise[] = {20, 0.6, 0.02, 1.5};
    for (size_t i = 0; i < count; i++) {
        double hour = fmod((double)i / 60, 24);
        double load = 0.35 + 0.2 * sin(2 * M_PI * (hour - 9) / 24) + 0.12 * sin(4 * M_PI * (hour - 7) / 24);
        load_noise = 0.9 * load_noise + weir_stream_normal(&stream, 0, 0.02);
        for (size_t n = 0; n < TELEMETRY_WIDTH; n++) {
            own[n] = 0.5 * own[n] + weir_stream_normal(&stream, 0, noise[n]);
            values[i * TELEMETRY_WIDTH + n] = level[n] + share[n] * (load + load_noise) + own[n];
        }
    }
    return values;
}

/* Makes something wrong in about a tenth of the time and says where: the server drops to nothing; its upload is cut
 * while its work goes on; its CPU is burnt by another; its memory leaks; its values are stuck. */
static inline bool *telemetry_spoil(uint64_t seed, double *values, size_t count)
{
    struct weir_stream stream = weir_stream_open(seed, "telemetry/anomalies");
    bool *wrong = weir_alloc(count, sizeof *wrong);
    size_t at = 60;
    for (int kind = 0;; kind = (kind + 1) % 5) {
        at += 200 + (size_t)weir_stream_below(&stream, 200);
        size_t end = at + 20 + (size_t)weir_stream_below(&stream, 30);
        if (end > count)
            return wrong;
        double *first = values + at * TELEMETRY_WIDTH;
        for (size_t i = at; i < end; i++) {
            double *now = values + i * TELEMETRY_WIDTH;
            wrong[i] = true;
            for (size_t n = 0; n < TELEMETRY_WIDTH; n++)
                now[n] *= kind == 0 ? 0.02 : 1;
            now[0] *= kind == 1 ? 0.4 : 1;
            now[2] += kind == 2 ? 0.3 : 0;
            now[1] += kind == 3 ? 0.5 * (double)(i - at + 1) : 0;
            for (size_t n = 0; kind == 4 && n < TELEMETRY_WIDTH; n++)
                now[n] = n == 0 ? first[n] * 0.6 : first[n];
        }
        at = end;
    }
}

/* The windows that end at samples 11, 11 + stride, ...; *windows is how many. Owned by the caller. */
static inline double *telemetry_windows(const double *values, size_t count, size_t stride, size_t *windows)
{
    size_t size = (size_t)TELEMETRY_LENGTH * TELEMETRY_WIDTH;
    *windows = (count - TELEMETRY_LENGTH) / stride + 1;
    double *all = weir_alloc(*windows * size, sizeof *all);
    for (size_t i = 0; i < *windows; i++)
        for (size_t j = 0; j < size; j++)
            all[i * size + j] = values[i * stride * TELEMETRY_WIDTH + j];
    return all;
}

#endif
