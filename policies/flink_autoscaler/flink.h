/* The parts of the autoscaler of Flink's Kubernetes operator. Words are those of the original: a vertex is an operator,
 * its parallelism the number of its instances, a source vertex one that the job's source feeds. Rates are in items/s,
 * NaN where there is none. */
#ifndef WEIR_POLICIES_FLINK_H
#define WEIR_POLICIES_FLINK_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/api/plan.h"
#include "sim/api/policy.h"

enum flink_aggregator { FLINK_AVG, FLINK_MAX, FLINK_MIN };
enum flink_alignment { FLINK_BALANCED, FLINK_EVENLY_SPREAD, FLINK_OFF };

/* The parameters, and below what is remembered. */
struct flink {
    double interval_s; /* between two looks */
    double stabilization_s, window_s;
    double target, boundary, most_use, least_use; /* utilisation; most_use and least_use below 0: target +- boundary */
    double catch_up_s, restart_s, restart_limit_s, backlog_s;
    bool tracks_restart;
    double observe_s, observe_switch;
    int observe_least;
    double down_interval_s, down_factor, up_factor;
    int least, most; /* parallelism */
    bool effectiveness;
    double effective;
    int aggregator, alignment;
    const char *excluded; /* names, with semicolons between */
    struct flink_job *jobs;
    size_t job_capacity, job_count;
};

/* What a look at a vertex shows. */
struct flink_sample {
    double in, out, busy_s; /* since the job arrived: items taken and given, time of its instances in service */
    double lag;             /* of source vertices; else 0 */
    double load;            /* share of time busy, of the instance that the aggregator takes */
    double in_rate;         /* of the monitor's last window; NaN of source vertices */
    double observed;        /* true processing rate seen while a source vertex catches up */
};

/* A parallelism that was recommended below the present one. */
struct flink_delayed {
    double time_s;
    int parallelism;
    bool outside;
};

struct flink_vertex {
    double in, out, busy_s; /* running totals */
    /* The scale-down that waits; delayed_count 0: none. */
    double first_s;
    struct flink_delayed *delayed;
    size_t delayed_count, delayed_capacity;
    /* Its last rescale. */
    bool scaled, told;
    int from, to;
    double rate, expected;
};

#define FLINK_RESTARTS 3 /* that are remembered */

struct flink_job {
    bool seen, running;
    double running_s, due_s;
    struct flink_vertex *vertices;
    int count;
    double *times_s;              /* [sample] */
    struct flink_sample *samples; /* [sample][vertex] */
    size_t sample_count, time_capacity, sample_capacity;
    double scaled_s; /* when it was, if that is not over yet; NaN */
    double restarts_s[FLINK_RESTARTS];
    int restart_count;
};

/* A vertex as evaluated. */
struct flink_evaluated {
    double target_rate, catch_up_rate, true_rate;
    double up_threshold, down_threshold; /* of the true rate */
};

/* collect.c: adds a window of the view to the totals; takes a sample if one is due, and says whether it did. */
void flink_count(struct flink_job *job, const struct weir_view *view, int j);
bool flink_collect(struct flink *self, struct flink_job *job, const struct weir_view *view, int j);
/* Whether the window is full: only then is the job rescaled. Drops what lies before it. */
bool flink_window_full(const struct flink *self, struct flink_job *job, double now_s);
void flink_forget_samples(struct flink_job *job);

/* evaluate.c: [vertex]; false if the rate of a source vertex is not known yet. */
bool flink_evaluate(const struct flink *self, const struct flink_job *job, const struct weir_job_view *view,
                    struct flink_evaluated *evaluated);
bool flink_is_source(const struct weir_operator_view *op);
/* Mean of the samples, without those that are NaN or infinite; infinite if all are, NaN if there are fewer than
 * `least`. */
double flink_observed(const struct flink_job *job, int vertex, int least);
/* What a vertex must be able to do at a utilisation; infinite at 0. */
double flink_capacity(const struct flink *self, const struct flink_evaluated *vertex, double utilization,
                      double restart_s);
double flink_restart_s(const struct flink *self, const struct flink_job *job);

/* scale.c: rescales the job, or does not. */
void flink_scale(const struct flink *self, struct flink_job *job, const struct weir_view *view, int j,
                 const struct flink_evaluated *evaluated, struct weir_plan *plan);
/* A parallelism from `wanted` on that spreads `groups` groups of keys better, up to the present one if that is more,
 * else up to `most`; `wanted` if there is none. */
int flink_align(enum flink_alignment mode, int groups, int present, int wanted, int most);

#endif
