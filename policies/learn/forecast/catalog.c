#include "policies/learn/forecast/catalog.h"

extern const struct forecaster_kind forecaster_last, forecaster_seasonal, forecaster_moving_average, forecaster_linear;

const struct forecaster_kind *const forecaster_catalog[] = {
    &forecaster_last, &forecaster_seasonal, &forecaster_moving_average, &forecaster_linear, NULL,
};
