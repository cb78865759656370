/* What fails in a run: single failures, as a scenario dates them, and those drawn from distributions of the times
 * between. */
#ifndef WEIR_MODEL_FAULTS_H
#define WEIR_MODEL_FAULTS_H

#include <stddef.h>

#include "sim/base/random.h"

struct weir_scenario;

enum weir_fault_effect {
    WEIR_FAULT_DOWN,
    WEIR_FAULT_SLOW,  /* a host computes, or a link carries, less */
    WEIR_FAULT_LOSSY, /* a link loses packets */
};

/* A host or link that fails, or gets worse, at a time and comes back, or not. */
struct weir_fault {
    int host;         /* -1: a link */
    const char *link; /* NULL: a host. Borrowed from the platform */
    double at_s;
    double for_s; /* INFINITY: for good */
    enum weir_fault_effect effect;
    double left; /* share of its speed, bandwidth or packets meanwhile; 0: it is down */
};

/* Times up or down: Weibull's distribution, of which the exponential is the one of shape 1, and the constant that of
 * shape INFINITY. */
struct weir_fault_times {
    double mean_s; /* 1e-3 to 1e9 */
    double shape;  /* 0.2 or more */
};

enum weir_fault_kind {
    WEIR_FAULT_HOST,   /* each host by itself */
    WEIR_FAULT_LINK,   /* each link by itself */
    WEIR_FAULT_REGION, /* the hosts of one region, or its hosts and links, together */
};

/* Things that fail again and again: up from the start of the run, then down, and so on. */
struct weir_fault_rule {
    char *name; /* of the random streams, "" unless given */
    enum weir_fault_kind kind;
    int *targets; /* hosts, or links, of the platform; in its order */
    int target_count;
    int *links; /* of a region: those that fail with its hosts */
    int link_count;
    struct weir_fault_times up, down;
    enum weir_fault_effect effect; /* as of a fault */
    double left;
};

/* The dates of one target: up, then down, and so on. */
struct weir_fault_dates {
    struct weir_stream stream;
    const struct weir_fault_rule *rule;
    double now_s;
};
struct weir_fault_dates weir_fault_dates_begin(const struct weir_fault_rule *rule, unsigned long long seed,
                                               const char *stream);
void weir_fault_dates_next(struct weir_fault_dates *dates, double *at_s, double *for_s);

/* All faults of a run with this seed: those that the scenario dates, those of its rules, then those that come with
 * anomalies. Dates are drawn from
 * streams of their own, one a host, link or region: "faults/host/<name of the rule>/<host>", so that they depend on
 * the seed and these names alone, not on policies or on other rules. The last fault of each target falls on the end of
 * the run or behind it. Returns their number; *faults is owned, free(). */
size_t weir_faults_draw(const struct weir_scenario *scenario, unsigned long long seed, struct weir_fault **faults);

/* The first host that is never down in any run of the scenario, neither by its platform nor by a date or a rule; -1 if
 * there is none. */
int weir_faults_home(const struct weir_scenario *scenario);

#endif
