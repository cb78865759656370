#include "policies/learn/forecast/catalog.h"

extern const struct forecaster_kind forecaster_last, forecaster_seasonal, forecaster_moving_average, forecaster_linear;
extern const struct forecaster_kind forecaster_svr, forecaster_gru, forecaster_cnn, forecaster_mlp;

const struct forecaster_kind *const forecaster_catalog[] = {
    &forecaster_last,
    &forecaster_seasonal,
    &forecaster_moving_average,
    &forecaster_linear,
    &forecaster_svr,
    &forecaster_gru,
    &forecaster_cnn,
    &forecaster_mlp,
    NULL,
};
