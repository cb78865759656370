/* The rule of Kubernetes' HorizontalPodAutoscaler, autoscaling/v2, without its metrics server: from what pods use, or a
 * metric beside them, to a number of replicas, and from that to the one that is asked for. docs/policies/hpa.md has the
 * rule and its source. Times are those of the run, in seconds. */
#ifndef WEIR_POLICIES_SUPPORT_HPA_H
#define WEIR_POLICIES_SUPPORT_HPA_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/support/patience.h"

enum weir_hpa_select { WEIR_HPA_MAX, WEIR_HPA_MIN, WEIR_HPA_DISABLED };
extern const char *const weir_hpa_selects[]; /* "Max", "Min", "Disabled", NULL */

/* Of one direction: what may be added or taken away within a period. */
struct weir_hpa_scaling {
    double window_s; /* stabilizationWindowSeconds */
    int select;      /* enum weir_hpa_select */
    int pods;        /* 0: there is no such policy */
    double pods_s;
    int percent;
    double percent_s;
};

struct weir_hpa_behavior {
    struct weir_hpa_scaling up, down;
};

/* A pod as the controller groups them. */
enum weir_hpa_phase {
    WEIR_HPA_READY,
    WEIR_HPA_IGNORED, /* pending, or ready for less than a window of its metric */
    WEIR_HPA_MISSING  /* has no metric */
};
struct weir_hpa_pod {
    enum weir_hpa_phase phase;
    double usage, request; /* cores; usage counts of ready pods */
};

/* Replicas for a target of `target` percent of the pods' requests, from a present number of them; -1 if no ready pod
 * has a metric, for then the controller does not scale. *percent is the utilisation that it saw, in whole percent. */
int weir_hpa_utilization(const struct weir_hpa_pod *pods, int count, int target, double tolerance, int replicas,
                         int *percent);

/* Replicas for a metric beside the pods that shall be `target` for each of them (AverageValue). Replicas at least 1. */
int weir_hpa_average(double value, double target, double tolerance, int replicas);

struct weir_hpa_event {
    double time_s;
    int count;
};

/* What is remembered of one scale target. Zero-initialised is valid. */
struct weir_hpa_memory {
    struct weir_patience recommendations;
    struct weir_hpa_event *ups, *downs;
    size_t up_count, up_capacity, down_count, down_capacity;
};
void weir_hpa_memory_fini(struct weir_hpa_memory *memory);

/* The number that is asked for: the recommendation, stabilised, within what the behaviour lets through now and from
 * `least` to `most`. Remembers the recommendation; at the first call the present number is one, too. */
int weir_hpa_normalize(const struct weir_hpa_behavior *behavior, struct weir_hpa_memory *memory, double now_s,
                       int replicas, int recommendation, int least, int most);

/* The number of replicas was changed now. */
void weir_hpa_scaled(const struct weir_hpa_behavior *behavior, struct weir_hpa_memory *memory, double now_s, int from,
                     int to);

/* Whether a period is over that began at *due_s - period_s, and if so sets the end of the next one. The first call is
 * always in time. */
bool weir_hpa_due(double *due_s, double now_s, double period_s);

#endif
