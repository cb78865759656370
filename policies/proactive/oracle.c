/* The oracle knows the load: it reads the file that the load is played from. No other forecaster can be better on the
 * mean, so what a policy reaches with it bounds what forecasts are worth. It knows the rate, not which items chance
 * will draw. Its clock is the number of values that it has been given: the first is the first step of the load. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/forecaster.h"
#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

enum kind { RATES, COUNTS };

struct oracle {
    const char *file, *time, *value, *time_format;
    bool header, sort;
    int values;
    double scale, speedup;
    bool repeat;

    double step_s;
    double *total;  /* [count + 1] items before each step of the load; owned */
    size_t count;   /* whole steps that the file covers */
    size_t elapsed; /* steps that have come */
};

#define AT(field) offsetof(struct oracle, field)
static const char *const kinds[] = {"rates", "counts", NULL};
static const struct weir_param params[] = {
    WEIR_PARAM("file", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(file), NULL, 0, 0, NULL,
               "The CSV that the load is played from."),
    WEIR_PARAM("time", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(time), NULL, 0, 0, NULL,
               "Its column of times, as in the load."),
    WEIR_PARAM("value", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(value), NULL, 0, 0, NULL,
               "Its column of values, as in the load."),
    WEIR_PARAM("time_format", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(time_format), NULL, 0, 0, NULL,
               "How its times are written, as in the load."),
    WEIR_PARAM("header", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(header), "true", 0, 0, NULL,
               "Whether its first line names columns."),
    WEIR_PARAM("sort", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(sort), "false", 0, 0, NULL,
               "Whether its rows are put in order of time."),
    WEIR_PARAM("values", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(values), "rates", 0, 0, kinds,
               "What the values are, as in the "
               "load."),
    WEIR_PARAM("scale", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(scale), "1", 1e-12, 1e12, NULL,
               "Factor of the values, as in the "
               "load."),
    WEIR_PARAM("speedup", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(speedup), "1", 1e-9, 1e9, NULL,
               "How much faster the file is played, as in the load."),
    WEIR_PARAM("repeat", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(repeat), "false", 0, 0, NULL,
               "Whether the load begins again at the end of the file."),
    {0},
};

/* Sums up the file step by step, in its own time: rates that hold until the next row. */
static void add_up(struct oracle *self, const struct weir_series *series)
{
    size_t rows = series->count;
    double last_s = rows > 1 ? series->time_s[rows - 1] - series->time_s[rows - 2] : 0;
    double end_s = series->time_s[rows - 1] + last_s, length_s = self->step_s * self->speedup, items = 0, now_s = 0;
    self->count = (size_t)(end_s / length_s + 1e-9);
    self->total = weir_alloc(self->count + 1, sizeof *self->total);
    for (size_t k = 1, row = 0; k <= self->count; k++) {
        double until_s = (double)k * length_s;
        while (now_s < until_s && row < rows) {
            double next_s = row + 1 < rows ? series->time_s[row + 1] : end_s, span_s = next_s - series->time_s[row];
            double rate = self->values == COUNTS ? series->value[row] / span_s : series->value[row];
            double to_s = fmin(next_s, until_s);
            items += rate * (to_s - now_s);
            now_s = to_s;
            row += next_s <= until_s;
        }
        self->total[k] = items;
    }
}

static int create(void *state, const struct forecaster_env *env)
{
    struct oracle *self = state;
    struct weir_series series;
    if (!self->file)
        return weir_error(WEIR_EINPUT, "\"file\" is missing: the CSV that the load is played from");
    char *path = weir_path_beside(env->folder ? env->folder : "", self->file);
    const struct weir_series_options options = {.time = self->time,
                                                .value = self->value,
                                                .time_format = self->time_format,
                                                .no_header = !self->header,
                                                .sort = self->sort};
    int code = weir_series_load(path, &options, &series);
    free(path);
    if (code != WEIR_OK)
        return code;
    self->step_s = env->step_s;
    if (!series.value)
        code = weir_error(WEIR_EINPUT, "%s has times only; rates or counts are needed", self->file);
    else
        add_up(self, &series);
    if (code == WEIR_OK && self->count == 0)
        code = weir_error(WEIR_EINPUT, "%s is shorter than one step (%g s)", self->file, self->step_s);
    weir_series_fini(&series);
    return code;
}

static int fit(void *state, const double *values, size_t count)
{
    struct oracle *self = state;
    self->elapsed = count;
    return WEIR_OK;
}

static int push(void *state, double value)
{
    struct oracle *self = state;
    self->elapsed++;
    return WEIR_OK;
}

static int predict(void *state, size_t horizon, double *mean, double *spread)
{
    const struct oracle *self = state;
    for (size_t i = 0; i < horizon; i++) {
        size_t step = self->elapsed + i;
        if (step >= self->count && !self->repeat) {
            mean[i] = spread[i] = 0; /* the load is over */
            continue;
        }
        step %= self->count;
        double items = (self->total[step + 1] - self->total[step]) * self->scale;
        if (self->values == RATES) /* which are as high in the load's time as in the file's */
            items /= self->speedup;
        mean[i] = items / self->step_s;
        spread[i] = sqrt(items) / self->step_s; /* Poisson's */
    }
    return WEIR_OK;
}

static void describe(const void *state, struct weir_text *to)
{
    const struct oracle *self = state;
    weir_text_addf(to, "%s, %zu steps", self->file, self->count);
}

static void destroy(void *state)
{
    struct oracle *self = state;
    free(self->total);
}

const struct forecaster_kind forecaster_oracle = {
    .name = "oracle",
    .summary = "Reads what will come from the file that the load is played from: the bound of all others.",
    .source = "",
    .state_size = sizeof(struct oracle),
    .params = params,
    .create = create,
    .fit = fit,
    .push = push,
    .predict = predict,
    .describe = describe,
    .destroy = destroy,
};
