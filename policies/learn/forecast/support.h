/* What several kinds of forecasters share. */
#ifndef WEIR_LEARN_FORECAST_SUPPORT_H
#define WEIR_LEARN_FORECAST_SUPPORT_H

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/series/tail.h"

/* A season in steps: `period_s`, or the environment's if that is 0; rounded, at least 1. */
size_t forecaster_season(const struct forecaster_env *env, double period_s);

/* Row of a parameter table for a season; `field` is a double of seconds. */
#define FORECASTER_PERIOD(type, field)                                                                                 \
    WEIR_PARAM("period", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, offsetof(type, field), "0s", 0, 1e9, NULL,                 \
               "Season of the series; 0: that of whoever asks, one day if they do not say.")

/* Standard deviations of the error 1, 2, ... steps ahead of a linear process whose response to an error of deviation
 * `sigma` is response[0] = 1, response[1], ...: sigma * sqrt(sum of squares so far). */
void forecaster_spread(double sigma, const double *response, size_t horizon, double *spread);

/* A kind's rows of what is kept: appended to *to, taken from bytes (WEIR_EINPUT if they do not fit), freed. */
void forecaster_kept_save(const struct forecaster_kept *rows, const void *state, struct weir_text *to);
int forecaster_kept_load(const struct forecaster_kept *rows, void *state, const char *bytes, size_t left);
void forecaster_kept_free(const struct forecaster_kept *rows, void *state);

/* Saves and loads a row of values for the hooks save and load. */
void forecaster_pack_tail(struct weir_text *to, const struct series_tail *tail);
int forecaster_unpack_tail(const char **bytes, size_t *left, struct series_tail *tail);

#endif
