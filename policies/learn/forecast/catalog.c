#include "policies/learn/forecast/catalog.h"

extern const struct forecaster_kind forecaster_last, forecaster_seasonal, forecaster_moving_average,
    forecaster_holt_winters, forecaster_linear, forecaster_arima, forecaster_prophet, forecaster_svr, forecaster_gru,
    forecaster_cnn, forecaster_mlp, forecaster_transfer, forecaster_ensemble;

const struct forecaster_kind *const forecaster_catalog[] = {
    &forecaster_last,
    &forecaster_seasonal,
    &forecaster_moving_average,
    &forecaster_holt_winters,
    &forecaster_linear,
    &forecaster_arima,
    &forecaster_prophet,
    &forecaster_svr,
    &forecaster_gru,
    &forecaster_cnn,
    &forecaster_mlp,
    &forecaster_transfer,
    &forecaster_ensemble,
    NULL,
};
