/* Series of rates as CSV, what the kinds of traffic write: a header `time_s,rate`, then a row a step, which a load of
 * kind csv plays. */
#ifndef WEIR_GENERATE_RATES_H
#define WEIR_GENERATE_RATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/param.h"

struct weir_rates_options {
    double duration_s, step_s;
    bool integers;
};

/* The rows that all kinds of traffic share, for the struct weir_rates_options `member` of their options. */
#define WEIR_RATES_PARAMS(type, member, duration, step)                                                                \
    {"duration", WEIR_PARAM_DOUBLE,     WEIR_UNIT_TIME, offsetof(type, member.duration_s), duration, 1e-6, 1e300,      \
     NULL,       "length of the series"},                                                                              \
        {"step",                                                                                                       \
         WEIR_PARAM_DOUBLE,                                                                                            \
         WEIR_UNIT_TIME,                                                                                               \
         offsetof(type, member.step_s),                                                                                \
         step,                                                                                                         \
         1e-6,                                                                                                         \
         1e300,                                                                                                        \
         NULL,                                                                                                         \
         "time from one row to the next"},                                                                             \
    {                                                                                                                  \
        "integers", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, offsetof(type, member.integers), "false", 0, 0, NULL,             \
            "round the items of a step to whole ones"                                                                  \
    }

/* How many rows there are: duration / step, a last part of a step being left out. Errors: WEIR_EUSAGE for fewer than 2
 * or more than 100 million. */
int weir_rates_count(const struct weir_rates_options *options, size_t *count);

void weir_rates_header(FILE *out);

/* A row; rate_per_s is not negative. */
void weir_rates_write(const struct weir_rates_options *options, double time_s, double rate_per_s, FILE *out);

#endif
