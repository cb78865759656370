#include "policies/learn/forecast/support.h"

#include <math.h>

#include "sim/base/error.h"

size_t forecaster_season(const struct forecaster_env *env, double period_s)
{
    double steps = round((period_s > 0 ? period_s : env->season_s) / env->step_s);
    return steps < 1 ? 1 : steps > 1e9 ? 1000000000 : (size_t)steps;
}

void forecaster_spread(double sigma, const double *response, size_t horizon, double *spread)
{
    double square = 0;
    for (size_t i = 0; i < horizon; i++) {
        square += response[i] * response[i];
        spread[i] = sigma * sqrt(square);
    }
}

void forecaster_pack_tail(struct weir_text *to, const struct series_tail *tail)
{
    const size_t sizes[] = {tail->keep, tail->count};
    weir_text_add_bytes(to, sizes, sizeof sizes);
    weir_text_add_bytes(to, tail->values, tail->count * sizeof *tail->values);
}

int forecaster_unpack_tail(const char **bytes, size_t *left, struct series_tail *tail)
{
    size_t sizes[2];
    int code = forecaster_unpack(bytes, left, sizes, sizeof sizes);
    if (code != WEIR_OK)
        return code;
    if (sizes[0] < 1 || sizes[0] > 1u << 28 || sizes[1] > 2 * sizes[0] || sizes[1] * sizeof(double) > *left)
        return weir_error(WEIR_EINPUT, "what it saved does not fit this weir; save it anew");
    free(tail->values);
    *tail = (struct series_tail){.keep = sizes[0], .count = sizes[1]};
    tail->values = weir_alloc(2 * sizes[0], sizeof *tail->values);
    return forecaster_unpack(bytes, left, tail->values, sizes[1] * sizeof *tail->values);
}
