/* The autoscaler of Flink's Kubernetes operator: parameters, hooks, and when a job is looked at.
 * docs/policies/flink-autoscaler.md. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/flink_autoscaler/flink.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

static const char *const aggregators[] = {"AVG", "MAX", "MIN", NULL};
static const char *const alignments[] = {"BALANCED", "EVENLY_SPREAD", "OFF", NULL};

#define TIME(key, field, text, sentence)                                                                               \
    WEIR_PARAM_ROW(struct flink, key, WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, field, text, 0, 1e9, sentence)
#define NUMBER(key, field, text, high_end, sentence)                                                                   \
    WEIR_PARAM_ROW(struct flink, key, WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, field, text, 0, high_end, sentence)
#define COUNT(key, field, text, sentence)                                                                              \
    WEIR_PARAM_ROW(struct flink, key, WEIR_PARAM_INT, WEIR_UNIT_NONE, field, text, 1, 1000000, sentence)
#define SWITCH(key, field, text, sentence)                                                                             \
    WEIR_PARAM_ROW(struct flink, key, WEIR_PARAM_BOOL, WEIR_UNIT_NONE, field, text, 0, 0, sentence)
#define CHOICE(key, field, text, words, sentence)                                                                      \
    {                                                                                                                  \
        .name = key, .type = WEIR_PARAM_CHOICE, .offset = offsetof(struct flink, field), .fallback = text,             \
        .choices = words, .help = sentence                                                                             \
    }
static const struct weir_param params[] = {
    TIME("reconcile.interval", interval_s, "60s", "Time between two looks at a job."),
    TIME("stabilization.interval", stabilization_s, "5min",
         "Time since a job has run as it is, in which it is not looked at."),
    TIME("metrics.window", window_s, "15min", "Time that a look goes back, and that must be full before a decision."),
    NUMBER("utilization.target", target, "0.7", 1, "Share of its time that a vertex shall be busy."),
    NUMBER("target.utilization.boundary", boundary, "0.3", 1,
           "Distance from the target within which no vertex asks for a rescale."),
    WEIR_PARAM_ROW(struct flink, "utilization.max", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, most_use, "-1", -1, 1,
                   "Upper bound in the place of target and boundary; below 0: these."),
    WEIR_PARAM_ROW(struct flink, "utilization.min", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, least_use, "-1", -1, 1,
                   "Lower bound in the place of target and boundary; below 0: these."),
    TIME("catch-up.duration", catch_up_s, "30min",
         "Time in which a backlog shall be worked off after a rescale; 0: it is not looked at."),
    TIME("restart.time", restart_s, "5min", "Time that a rescale is expected to take."),
    SWITCH("restart.time-tracking.enabled", tracks_restart, "false",
           "Whether the longest of the last three rescales counts in the place of restart.time."),
    TIME("restart.time-tracking.limit", restart_limit_s, "15min", "The most that counts of such a rescale."),
    TIME("backlog-processing.lag-threshold", backlog_s, "5min",
         "Lag of a source vertex, in time at its rate, beyond which a job is not made smaller."),
    TIME("observed-true-processing-rate.lag-threshold", observe_s, "30s",
         "Lag of a source vertex, in time at its rate, from which its rate shows what it can do."),
    NUMBER("observed-true-processing-rate.switch-threshold", observe_switch, "0.15", 1e6,
           "Share by which the rate from busy time must exceed the observed one for the latter to be taken."),
    COUNT("observed-true-processing-rate.min-observations", observe_least, "2",
          "Observations that are needed for that."),
    TIME("scale-down.interval", down_interval_s, "1h", "Time for which a scale-down waits; 0: it does not."),
    NUMBER("scale-down.max-factor", down_factor, "0.6", 1, "Share of a vertex's parallelism that a rescale may take."),
    NUMBER("scale-up.max-factor", up_factor, "100000", 1e9,
           "Multiple of a vertex's parallelism that a rescale may add."),
    COUNT("vertex.min-parallelism", least, "1", "Least parallelism of a vertex."),
    COUNT("vertex.max-parallelism", most, "200",
          "Greatest parallelism of a vertex, if its max_parallelism is not less."),
    WEIR_PARAM_ROW(struct flink, "vertex.exclude.ids", WEIR_PARAM_STRING, WEIR_UNIT_NONE, excluded, "", 0, 0,
                   "Operators that are left as they are, with semicolons between their names."),
    SWITCH("scaling.effectiveness.detection.enabled", effectiveness, "false",
           "Whether a vertex whose last rescale up was ineffective is not scaled up further."),
    NUMBER("scaling.effectiveness.threshold", effective, "0.1", 1,
           "Share of the expected increase of its true rate below which a rescale up was ineffective."),
    CHOICE("metrics.busy-time.aggregator", aggregator, "MAX", aggregators,
           "Which instance's busy time counts: the mean of all, the busiest, the least busy one."),
    CHOICE("scaling.parallelism-alignment.mode", alignment, "BALANCED", alignments,
           "How the parallelism of operators with keys is fitted to the number of key groups."),
    {0},
};

static int create(void *state, const struct weir_policy_env *env)
{
    const struct flink *self = state;
    (void)env;
    if (self->most_use >= 0 && self->most_use < self->target)
        return weir_error(WEIR_EINPUT, "\"utilization.max\" (%g) must not be below \"utilization.target\" (%g)",
                          self->most_use, self->target);
    if (self->least_use > self->target)
        return weir_error(WEIR_EINPUT, "\"utilization.min\" (%g) must not be above \"utilization.target\" (%g)",
                          self->least_use, self->target);
    if (self->least > self->most)
        return weir_error(WEIR_EINPUT,
                          "\"vertex.min-parallelism\" (%d) must not be above \"vertex.max-parallelism\" (%d)",
                          self->least, self->most);
    if (!(self->interval_s > 0))
        return weir_error(WEIR_EINPUT, "\"reconcile.interval\" must be above 0");
    return WEIR_OK;
}

static struct flink_job *job_of(struct flink *self, const struct weir_view *view, int j)
{
    if ((size_t)j >= self->job_count) {
        self->jobs = weir_grow(self->jobs, (size_t)j + 1, &self->job_capacity, sizeof *self->jobs);
        memset(self->jobs + self->job_count, 0, ((size_t)j + 1 - self->job_count) * sizeof *self->jobs);
        self->job_count = (size_t)j + 1;
    }
    struct flink_job *job = &self->jobs[j];
    if (!job->vertices) {
        job->count = view->jobs[j].operator_count;
        job->vertices = weir_alloc((size_t)job->count, sizeof *job->vertices);
        job->scaled_s = NAN;
    }
    return job;
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct flink *self = state;
    for (int j = 0; j < view->job_count; j++) {
        if (!view->jobs[j].running || !view->jobs[j].operator_count)
            continue;
        struct flink_job *job = job_of(self, view, j);
        flink_count(job, view, j);
        if (!flink_collect(self, job, view, j) || !flink_window_full(self, job, view->time_s))
            continue;
        struct flink_evaluated *evaluated = weir_alloc((size_t)job->count, sizeof *evaluated);
        if (flink_evaluate(self, job, &view->jobs[j], evaluated))
            flink_scale(self, job, view, j, evaluated, plan);
        free(evaluated);
    }
    return WEIR_OK;
}

static void forget(struct flink_job *job)
{
    for (int v = 0; v < job->count && job->vertices; v++)
        free(job->vertices[v].delayed);
    free(job->vertices);
    free(job->times_s);
    free(job->samples);
    *job = (struct flink_job){0};
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct flink *self = state;
    (void)view;
    if (job >= 0 && (size_t)job < self->job_count)
        forget(&self->jobs[job]);
}

static void destroy(void *state)
{
    struct flink *self = state;
    for (size_t j = 0; j < self->job_count; j++)
        forget(&self->jobs[j]);
    free(self->jobs);
}

const struct weir_policy weir_policy_flink_autoscaler = {
    .abi = WEIR_POLICY_ABI,
    .name = "flink-autoscaler",
    .summary = "The autoscaler of Flink's Kubernetes operator: true rates from busy time, and time to catch up.",
    .source = "flink-autoscaler",
    .state_size = sizeof(struct flink),
    .params = params,
    .create = create,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
