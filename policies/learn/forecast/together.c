/* Several forecasters of one kind as one: fitted together, one joining another, twins, and forecasts prepared. */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/work.h"
#include "policies/learn/given.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

bool forecaster_shares(const struct forecaster *forecaster)
{
    return forecaster && forecaster->kind->fit_together;
}

/* Whether what one knows is of use to the other as it stands. */
static bool alike(const struct forecaster *one, const struct forecaster *other)
{
    return one->kind == other->kind && one->env.ahead == other->env.ahead &&
           strcmp(one->parameters, other->parameters) == 0;
}

static int unlike(const struct forecaster *one)
{
    return weir_error(WEIR_EINPUT,
                      "forecaster %s: others that share what it knows must be of the same kind, with the "
                      "same parameters and steps ahead; %s",
                      one->kind->name, one->kind->fit_together ? "they are not" : "this kind shares nothing");
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
    if (learn_given(__func__, "forecasters series", forecasters, series) != WEIR_OK)
        return WEIR_EINPUT;
    if (count == 0)
        return weir_error(WEIR_EINPUT, "%s: there is no forecaster", __func__);
    for (size_t i = 0; i < count; i++) {
        if (learn_given(__func__, "forecasters[i] values", forecasters[i], series[i].values) != WEIR_OK)
            return WEIR_EINPUT;
        if (!forecasters[i]->kind->fit_together || !alike(forecasters[i], forecasters[0]))
            return unlike(forecasters[0]);
    }
    const struct forecaster_kind *kind = forecasters[0]->kind;
    struct forecaster_series *cleaned = weir_alloc(count, sizeof *cleaned);
    void **states = states_of(forecasters, count);
    int code = WEIR_OK;
    tune = tune && forecasters[0]->fitted;
    for (size_t i = 0; i < count; i++)
        forecasters[i]->fitted = false;
    for (size_t i = 0; i < count && code == WEIR_OK; i++) {
        double *values;
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
    if (learn_given(__func__, "joining of", joining, of) != WEIR_OK)
        return WEIR_EINPUT;
    if (!of->kind->join || !alike(joining, of))
        return unlike(of);
    if (!of->fitted || (!series && !joining->fitted))
        return weir_error(WEIR_EINPUT, "forecaster %s: it must be fitted to a series first", of->kind->name);
    if (series && learn_given(__func__, "values", series->values) != WEIR_OK)
        return WEIR_EINPUT;
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
    if (learn_given(__func__, "env of made", env, of, made) != WEIR_OK)
        return WEIR_EINPUT;
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
    if (count == 0 || !forecasters || !forecasters[0] || !forecasters[0]->kind->prepare || horizon < 1 ||
        horizon > FORECASTER_HORIZON)
        return;
    void **states = weir_alloc(count, sizeof *states);
    for (size_t i = 0; i < count; i++)
        if (forecasters[i] && forecasters[i]->fitted && alike(forecasters[i], forecasters[0]))
            states[fitted++] = forecasters[i]->state;
    if (fitted > 0)
        forecasters[0]->kind->prepare(states, fitted, horizon);
    free(states);
}
