/* The rows of a policy's table for the behaviour of a HorizontalPodAutoscaler and the flags of its controller. The
 * policy's struct has the fields `behavior`, `tolerance` and `sync_s`. */
#ifndef WEIR_POLICIES_SUPPORT_HPA_PARAMS_H
#define WEIR_POLICIES_SUPPORT_HPA_PARAMS_H

#include "policies/support/hpa.h"
#include "sim/base/param.h"

#define WEIR_HPA_ROW(owner, key, kind, quantity, field, text, low_end, high_end, sentence)                             \
    {                                                                                                                  \
        .name = key, .type = kind, .unit = quantity, .offset = offsetof(owner, field), .fallback = text,               \
        .min = low_end, .max = high_end, .help = sentence                                                              \
    }
#define WEIR_HPA_CHOICE(owner, key, field, sentence)                                                                   \
    {                                                                                                                  \
        .name = key, .type = WEIR_PARAM_CHOICE, .offset = offsetof(owner, field), .fallback = "Max",                   \
        .choices = weir_hpa_selects, .help = sentence                                                                  \
    }
#define WEIR_HPA_SECONDS(owner, key, field, text, low_end, high_end, sentence)                                         \
    WEIR_HPA_ROW(owner, key, WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, field, text, low_end, high_end, sentence)
#define WEIR_HPA_COUNT(owner, key, field, text, low_end, high_end, sentence)                                           \
    WEIR_HPA_ROW(owner, key, WEIR_PARAM_INT, WEIR_UNIT_NONE, field, text, low_end, high_end, sentence)

/* Ranges are those that the API allows. */
#define WEIR_HPA_ROWS(owner)                                                                                           \
    WEIR_HPA_SECONDS(owner, "scaleUp.stabilizationWindowSeconds", behavior.up.window_s, "0", 0, 3600,                  \
                     "Seconds of which the lowest recommendation counts before more replicas are asked for."),         \
        WEIR_HPA_CHOICE(owner, "scaleUp.selectPolicy", behavior.up.select,                                             \
                        "Which of the policies up counts: the one that lets most through, the least, or none."),       \
        WEIR_HPA_COUNT(owner, "scaleUp.policies.Pods.value", behavior.up.pods, "4", 0, 1000000,                        \
                       "Replicas that may be added within a period; 0: no such policy."),                              \
        WEIR_HPA_SECONDS(owner, "scaleUp.policies.Pods.periodSeconds", behavior.up.pods_s, "15", 1, 1800,              \
                         "Seconds of that period."),                                                                   \
        WEIR_HPA_COUNT(owner, "scaleUp.policies.Percent.value", behavior.up.percent, "100", 0, 1000000,                \
                       "Percent of the replicas that may be added within a period; 0: no such policy."),               \
        WEIR_HPA_SECONDS(owner, "scaleUp.policies.Percent.periodSeconds", behavior.up.percent_s, "15", 1, 1800,        \
                         "Seconds of that period, too."),                                                              \
        WEIR_HPA_SECONDS(owner, "scaleDown.stabilizationWindowSeconds", behavior.down.window_s, "300", 0, 3600,        \
                         "Seconds of which the highest recommendation counts before fewer replicas are asked for."),   \
        WEIR_HPA_CHOICE(owner, "scaleDown.selectPolicy", behavior.down.select,                                         \
                        "Which of the policies down counts: the one that lets most through, the least, or none."),     \
        WEIR_HPA_COUNT(owner, "scaleDown.policies.Pods.value", behavior.down.pods, "0", 0, 1000000,                    \
                       "Replicas that may be taken away within a period; 0: no such policy."),                         \
        WEIR_HPA_SECONDS(owner, "scaleDown.policies.Pods.periodSeconds", behavior.down.pods_s, "15", 1, 1800,          \
                         "Seconds of the period for taking replicas away."),                                           \
        WEIR_HPA_COUNT(owner, "scaleDown.policies.Percent.value", behavior.down.percent, "100", 0, 100,                \
                       "Percent of the replicas that may be taken away within a period; 0: no such policy."),          \
        WEIR_HPA_SECONDS(owner, "scaleDown.policies.Percent.periodSeconds", behavior.down.percent_s, "15", 1, 1800,    \
                         "Seconds of the period for taking a percentage away."),                                       \
        WEIR_HPA_ROW(owner, "horizontal-pod-autoscaler-tolerance", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, tolerance,       \
                     "0.1", 0, 1, "Share by which the metric must differ from its target before anything is done."),   \
        WEIR_HPA_ROW(owner, "horizontal-pod-autoscaler-sync-period", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, sync_s, "15s", \
                     0.001, 1e9, "Time between two looks; it looks at the first window's end after each.")

#endif
