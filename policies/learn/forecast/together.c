/* Several forecasters of one kind as one: fitted together, one joining another, twins, and forecasts prepared. */
#include <assert.h>
#include <stdlib.h>

#include "policies/learn/forecast/work.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

bool forecaster_shares(const struct forecaster *forecaster)
{
    return forecaster->kind->fit_together != NULL;
}

static void **states_of(struct forecaster *const *forecasters, size_t count)
{
    void **states = weir_alloc(count, sizeof *states);
    for (size_t i = 0; i < count; i++)
        states[i] = forecasters[i]->state;
    return states;
}

int forecaster_fit_together(struct forecaster *const *forecasters, const struct forecaster_series *series, size_t count,
                            bool tune)
{
    const struct forecaster_kind *kind = forecasters[0]->kind;
    struct forecaster_series *cleaned = weir_alloc(count, sizeof *cleaned);
    void **states = states_of(forecasters, count);
    int code = WEIR_OK;
    tune = tune && forecasters[0]->fitted;
    for (size_t i = 0; i < count; i++)
        forecasters[i]->fitted = false;
    for (size_t i = 0; i < count && code == WEIR_OK; i++) {
        double *values;
        assert(forecasters[i]->kind == kind && kind->fit_together);
        code = forecaster_clean(forecasters[i], series[i].values, series[i].count, &values);
        cleaned[i] = (struct forecaster_series){values, series[i].count};
    }
    if (code == WEIR_OK) {
        code = kind->fit_together(states, cleaned, count, tune);
        if (code != WEIR_OK)
            weir_error_context("forecaster %s", kind->name);
    }
    for (size_t i = 0; i < count; i++) {
        if (code == WEIR_OK)
            forecaster_begin(forecasters[i]);
        free((void *)cleaned[i].values);
    }
    free(cleaned);
    free(states);
    return code;
}

int forecaster_join(struct forecaster *joining, const struct forecaster *of, const struct forecaster_series *series)
{
    assert(joining->kind == of->kind && of->kind->join && of->fitted && (series || joining->fitted));
    if (!series) {
        of->kind->join(joining->state, of->state, NULL);
        return WEIR_OK;
    }
    double *cleaned;
    joining->fitted = false;
    int code = forecaster_clean(joining, series->values, series->count, &cleaned);
    if (code != WEIR_OK)
        return code;
    of->kind->join(joining->state, of->state, &(struct forecaster_series){cleaned, series->count});
    forecaster_begin(joining);
    free(cleaned);
    return WEIR_OK;
}

int forecaster_twin(const struct forecaster_env *env, const struct forecaster *of, struct forecaster **made)
{
    struct weir_text bytes = {0};
    *made = NULL;
    int code = forecaster_pack(of, &bytes);
    if (code == WEIR_OK)
        code = forecaster_restore(env, "a twin", bytes.data, bytes.length, made);
    if (code == WEIR_OK && of->kind->join)
        of->kind->join((*made)->state, of->state, NULL);
    weir_text_fini(&bytes);
    return code;
}

void forecaster_prepare(struct forecaster *const *forecasters, size_t count, size_t horizon)
{
    size_t fitted = 0;
    if (count == 0 || !forecasters[0]->kind->prepare)
        return;
    void **states = weir_alloc(count, sizeof *states);
    for (size_t i = 0; i < count; i++) {
        assert(forecasters[i]->kind == forecasters[0]->kind);
        if (forecasters[i]->fitted)
            states[fitted++] = forecasters[i]->state;
    }
    if (fitted > 0)
        forecasters[0]->kind->prepare(states, fitted, horizon);
    free(states);
}
