/* The kinds of detectors that weir has. */
#ifndef WEIR_LEARN_DETECT_CATALOG_H
#define WEIR_LEARN_DETECT_CATALOG_H

#include "policies/learn/detect/detector.h"

/* In the order in which they are listed; ends with NULL. */
extern const struct detector_kind *const detector_catalog[];

#endif
