/* Fit, push and predict, with the checks that hold for all kinds. */
#include "policies/learn/forecast/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* A forecast beyond so many times the largest value seen has diverged. */
#define DIVERGED 1000

static int refuse_infinite(const struct forecaster *forecaster, double value, size_t index)
{
    return weir_error(WEIR_EINPUT, "forecaster %s: value %zu of the series is %s; leave it out (a gap is filled)",
                      forecaster->kind->name, index + 1, value > 0 ? "infinite" : "minus infinity");
}

int forecaster_clean(struct forecaster *forecaster, const double *values, size_t count, double **cleaned)
{
    size_t need = forecaster_need(forecaster);
    *cleaned = NULL;
    if (count < need)
        return weir_error(WEIR_EINPUT,
                          "forecaster %s: the series has %zu values, and it needs %zu; give a longer series or "
                          "a smaller window",
                          forecaster->kind->name, count, need);
    for (size_t i = 0; i < count; i++)
        if (isinf(values[i]))
            return refuse_infinite(forecaster, values[i], i);
    double *kept = weir_alloc(count, sizeof *kept);
    memcpy(kept, values, count * sizeof *kept);
    size_t filled = series_fill(kept, count);
    if (filled == count) {
        free(kept);
        return weir_error(WEIR_EINPUT, "forecaster %s: the series has no value at all", forecaster->kind->name);
    }
    struct forecaster_memory *memory = &forecaster->memory;
    memory->counts.filled += filled;
    memory->recent_count = 0;
    for (size_t i = 0; i < count; i++)
        kept[i] = forecaster_take_in(forecaster, kept[i]);
    double square = 0;
    for (size_t i = 1; i < count; i++)
        square += (kept[i] - kept[i - 1]) * (kept[i] - kept[i - 1]);
    memory->step = count > 1 ? sqrt(square / (double)(count - 1)) : 0;
    *cleaned = kept;
    return WEIR_OK;
}

void forecaster_begin(struct forecaster *forecaster)
{
    for (size_t row = 0; forecaster->pending && row < FORECASTER_LEADS; row++)
        forecaster->pending->horizon[row] = 0;
    forecaster->fitted = true;
}

static int learn(struct forecaster *forecaster, int (*hook)(void *, const double *, size_t), const double *values,
                 size_t count)
{
    double *cleaned;
    forecaster->fitted = false;
    int code = forecaster_clean(forecaster, values, count, &cleaned);
    if (code != WEIR_OK)
        return code;
    code = hook(forecaster->state, cleaned, count);
    free(cleaned);
    if (code != WEIR_OK)
        return weir_error_context("forecaster %s", forecaster->kind->name);
    forecaster_begin(forecaster);
    return WEIR_OK;
}

int forecaster_fit(struct forecaster *forecaster, const double *values, size_t count)
{
    if (learn_given(__func__, "forecaster values", forecaster, values) != WEIR_OK)
        return WEIR_EINPUT;
    return learn(forecaster, forecaster->kind->fit, values, count);
}

int forecaster_tune(struct forecaster *forecaster, const double *values, size_t count)
{
    if (learn_given(__func__, "forecaster values", forecaster, values) != WEIR_OK)
        return WEIR_EINPUT;
    bool can = forecaster->fitted && forecaster->kind->tune;
    return learn(forecaster, can ? forecaster->kind->tune : forecaster->kind->fit, values, count);
}

static int check_fitted(const struct forecaster *forecaster)
{
    if (forecaster->fitted)
        return WEIR_OK;
    return weir_error(WEIR_EINPUT, "forecaster %s: it must be fitted to a series first", forecaster->kind->name);
}

/* What stands in for a value that is missing. */
static double stand_in(struct forecaster *forecaster)
{
    double mean;
    if (forecaster_predict(forecaster, 1, &mean, NULL) == WEIR_OK)
        return mean;
    weir_error_clear();
    return forecaster->memory.last;
}

int forecaster_push(struct forecaster *forecaster, double value)
{
    if (learn_given(__func__, "forecaster", forecaster) != WEIR_OK)
        return WEIR_EINPUT;
    int code = check_fitted(forecaster);
    if (code != WEIR_OK)
        return code;
    if (isinf(value))
        return weir_error(WEIR_EINPUT, "forecaster %s: the new value is infinite; leave it out (a gap is filled)",
                          forecaster->kind->name);
    if (isnan(value)) {
        value = stand_in(forecaster);
        forecaster->memory.counts.filled++;
        forecaster->time++;
    } else {
        forecaster->time++;
        forecaster_score(forecaster, value);
    }
    value = forecaster_take_in(forecaster, value);
    code = forecaster->kind->push(forecaster->state, value);
    return code == WEIR_OK ? WEIR_OK : weir_error_context("forecaster %s", forecaster->kind->name);
}

/* Refuses what cannot be used, raises to 0 what cannot be below it, and gives a spread where there is none. */
static int check_forecast(struct forecaster *forecaster, size_t horizon, double *mean, double *spread)
{
    struct forecaster_memory *memory = &forecaster->memory;
    double limit = DIVERGED * memory->largest + 1e-9;
    for (size_t i = 0; i < horizon; i++) {
        if (!isfinite(mean[i]) || fabs(mean[i]) > limit)
            return weir_error(WEIR_ERUN,
                              "forecaster %s: it diverged: step %zu of its forecast is %g, and the largest value seen "
                              "is %g; fit it anew or take another",
                              forecaster->kind->name, i + 1, mean[i], memory->largest);
        if (mean[i] < 0 && !memory->negative) {
            mean[i] = 0;
            memory->counts.raised++;
        }
        if (isnan(spread[i]))
            spread[i] = forecaster_seen_spread(forecaster, i + 1);
        if (forecaster->kind->narrow)
            spread[i] *= forecaster_widening(forecaster, i + 1);
        if (!isfinite(spread[i]) || spread[i] < 0)
            return weir_error(WEIR_ERUN,
                              "forecaster %s: it diverged: the spread of step %zu of its forecast is %g; fit it "
                              "anew or take another",
                              forecaster->kind->name, i + 1, spread[i]);
    }
    return WEIR_OK;
}

int forecaster_predict(struct forecaster *forecaster, size_t horizon, double *mean, double *spread)
{
    if (learn_given(__func__, "forecaster mean", forecaster, mean) != WEIR_OK)
        return WEIR_EINPUT;
    int code = check_fitted(forecaster);
    if (code != WEIR_OK)
        return code;
    if (horizon < 1 || horizon > FORECASTER_HORIZON)
        return weir_error(WEIR_EINPUT, "forecaster %s: a horizon of %zu steps; it must be 1 to %d",
                          forecaster->kind->name, horizon, FORECASTER_HORIZON);
    double few[FORECASTER_LEADS],
        *own = spread || horizon <= FORECASTER_LEADS ? NULL : weir_alloc(horizon, sizeof *own);
    double *spreads = spread ? spread : own ? own : few;
    for (size_t i = 0; i < horizon; i++)
        mean[i] = spreads[i] = NAN;
    code = forecaster->kind->predict(forecaster->state, horizon, mean, spreads);
    if (code != WEIR_OK)
        code = weir_error_context("forecaster %s", forecaster->kind->name);
    else
        code = check_forecast(forecaster, horizon, mean, spreads);
    if (code == WEIR_OK)
        forecaster_expect(forecaster, horizon, mean, spreads);
    free(own);
    return code;
}
