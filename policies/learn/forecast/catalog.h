/* The kinds of forecasters that weir has. */
#ifndef WEIR_LEARN_FORECAST_CATALOG_H
#define WEIR_LEARN_FORECAST_CATALOG_H

#include "policies/learn/forecast/forecaster.h"

/* In the order in which they are listed; ends with NULL. */
extern const struct forecaster_kind *const forecaster_catalog[];

#endif
