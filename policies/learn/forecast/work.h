/* The inside of a forecaster: shared by the files of the checks, not by kinds. */
#ifndef WEIR_LEARN_FORECAST_WORK_H
#define WEIR_LEARN_FORECAST_WORK_H

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/series/fill.h"

/* Steps ahead for which errors are kept. */
#define FORECASTER_LEADS 64

/* What is remembered of the series and of the forecasts, without pointers: it is saved as it stands. */
struct forecaster_memory {
    double last;                      /* the newest value */
    double largest;                   /* of all absolute values */
    double step;                      /* root mean square of the steps of the fitted series */
    bool negative;                    /* a value below 0 was seen */
    size_t recent_count;              /* of `recent` */
    double recent[SERIES_HAMPEL];     /* the newest values as they came, oldest first */
    double seen[FORECASTER_LEADS];    /* errors counted for 1, 2, ... steps ahead, at most 100 */
    double square[FORECASTER_LEADS];  /* their mean square, the latest weighing 1/seen */
    double widened[FORECASTER_LEADS]; /* logarithm of the factor of spreads of kinds that are `narrow` */
    struct forecaster_counts counts;
};

/* Forecasts that wait for their values: row `time % FORECASTER_LEADS` was made when `time` values had come. */
struct forecaster_pending {
    size_t time[FORECASTER_LEADS];
    size_t horizon[FORECASTER_LEADS];
    double mean[FORECASTER_LEADS][FORECASTER_LEADS], spread[FORECASTER_LEADS][FORECASTER_LEADS];
};

struct forecaster {
    const struct forecaster_kind *kind;
    struct forecaster_env env;
    void *state;
    double outliers;           /* 0: kept */
    struct weir_json_doc *own; /* parameters of one that was made from a text; else NULL */
    char *parameters;          /* as JSON */
    bool fitted;
    size_t time; /* values pushed */
    struct forecaster_memory memory;
    struct forecaster_pending *pending; /* NULL before the first forecast */
};

/* Takes the outliers out of the next value and remembers it; returns what is left. */
double forecaster_take_in(struct forecaster *forecaster, double value);

/* The series as kinds get it: without gaps, and without outliers if those are to go; what the checks remember is that
 * of the series. *cleaned is owned by the caller. Errors as those of forecaster_fit. */
int forecaster_clean(struct forecaster *forecaster, const double *values, size_t count, double **cleaned);

/* It has been fitted: forecasts made before wait for nothing any more. */
void forecaster_begin(struct forecaster *forecaster);

/* Scores the pending forecasts of this value. */
void forecaster_score(struct forecaster *forecaster, double value);

/* Keeps a forecast until its values come. */
void forecaster_expect(struct forecaster *forecaster, size_t horizon, const double *mean, const double *spread);

/* By what the spread of a forecast so many steps ahead is multiplied. */
double forecaster_widening(const struct forecaster *forecaster, size_t lead);

/* The spread of a forecast so many steps ahead, from what was seen. */
double forecaster_seen_spread(const struct forecaster *forecaster, size_t lead);

/* What a file holds after its first line, and a forecaster made of it; `name` is for messages. Errors as those of
 * forecaster_save and forecaster_load. */
int forecaster_pack(const struct forecaster *forecaster, struct weir_text *to);
int forecaster_restore(const struct forecaster_env *env, const char *name, const char *bytes, size_t length,
                       struct forecaster **made);

#endif
