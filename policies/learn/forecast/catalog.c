#include "policies/learn/forecast/catalog.h"

extern const struct forecaster_kind forecaster_last;

const struct forecaster_kind *const forecaster_catalog[] = {
    &forecaster_last,
    NULL,
};
