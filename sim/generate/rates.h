/* Series of rates as CSV, what the kinds of traffic write: a header `time_s,rate`, then a row a step, which a load of
 * kind csv plays. */
#ifndef WEIR_GENERATE_RATES_H
#define WEIR_GENERATE_RATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/param.h"
#include "sim/base/random.h"

struct weir_rates_options {
    double duration_s, step_s;
    bool integers;
};

/* The rows that all kinds of traffic share, for the struct weir_rates_options `member` of their options; `help` is that
 * of the duration. */
#define WEIR_RATES_TIME(type, field, name, preset, help)                                                               \
    WEIR_PARAM(name, WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, offsetof(type, field), preset, 0, 1e300, NULL, help)
#define WEIR_RATES_PARAMS(type, member, duration, step, help)                                                          \
    WEIR_RATES_TIME(type, member.duration_s, "duration", duration, help),                                              \
        WEIR_RATES_TIME(type, member.step_s, "step", step, "time from one row to the next"),                           \
        WEIR_PARAM("integers", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, offsetof(type, member.integers), "false", 0, 0, NULL,  \
                   "round the items of a step to whole ones")

/* How many rows there are: duration / step, a last part of a step being left out. Errors: WEIR_EUSAGE for a step of 0,
 * for fewer than 2 rows or more than 100 million. */
int weir_rates_count(const struct weir_rates_options *options, size_t *count);

void weir_rates_header(FILE *out);

/* A row; rate_per_s is not negative. */
void weir_rates_write(const struct weir_rates_options *options, double time_s, double rate_per_s, FILE *out);

/* 1 + a uniform draw from -noise to noise. */
double weir_rates_noise(double noise, struct weir_stream *stream);

/* Mean and standard deviation (divisor n) of n > 0 values. */
void weir_rates_moments(const double *value, size_t n, double *mean, double *deviation);

#endif
