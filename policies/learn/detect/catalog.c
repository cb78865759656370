#include "policies/learn/detect/catalog.h"

extern const struct detector_kind detector_z_score, detector_last_value, detector_rules, detector_vgru_kind,
    detector_both;

const struct detector_kind *const detector_catalog[] = {
    &detector_z_score, &detector_last_value, &detector_rules, &detector_vgru_kind, &detector_both, NULL,
};
