/* What a trained variational GRU is, for the files that fit it, use it and save it. */
#ifndef WEIR_LEARN_DETECT_VGRU_MODEL_H
#define WEIR_LEARN_DETECT_VGRU_MODEL_H

#include "policies/learn/detect/vgru_net.h"

/* From raw scores to 0..1. */
struct vgru_range {
    double low, high;
};

struct vgru {
    struct vgru_settings settings;
    struct vgru_trained trained;
    struct vgru_net net;
    double *centre, *unit;           /* of each dimension: scaled = (value - centre) / unit */
    struct vgru_range whole, newest; /* of a window's score and of its last sample's */
};

/* A model with weights at their start and room for the rest. Errors: WEIR_EINPUT for settings out of their ranges. */
int vgru_new(struct vgru **model, const struct vgru_settings *settings);

#endif
