#include "policies/learn/detect/catalog.h"

extern const struct detector_kind detector_z_score, detector_last_value, detector_rules;

const struct detector_kind *const detector_catalog[] = {
    &detector_z_score,
    &detector_last_value,
    &detector_rules,
    NULL,
};
