/* What an operator sustains: runs of its job alone, with more items than it takes. */
#ifndef WEIR_ANALYSIS_CALIBRATE_MEASURE_H
#define WEIR_ANALYSIS_CALIBRATE_MEASURE_H

#include "sim/engine/run.h"

enum { CALIBRATE_WINDOWS = 1000 };

/* What is asked. */
struct calibrate_question {
    const struct weir_scenario *scenario;
    const struct weir_policy *const *catalog;
    const struct weir_stack *stack; /* that decides nothing */
    unsigned long long seed;
    int job, op; /* in the workload */
    int windows; /* measured, after the first; 1 to CALIBRATE_WINDOWS */
    double timeout_s;
};

struct calibrate_answer {
    double mst_per_s; /* items that ended service, mean of the windows after the first */
    double mstw;      /* items that ended service in the first window, which begins with nothing inside */
    double busy;      /* mean share of the instances' time in these windows */
    char limit[64];   /* the operator that is busiest, if it is another one; else "" */
};

/* Measures `instances` of the operator where the scenario places them: the job alone from 0 s on, without faults,
 * anomalies and decisions, offered `per_s` items a second at first and four times as many as long as it takes all.
 * Errors: those of a run; WEIR_ERUN if it still takes all of some 1e7 items a second. */
int calibrate_measure(const struct calibrate_question *question, int instances, double per_s,
                      struct calibrate_answer *answer);

#endif
