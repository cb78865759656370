/* What the autoscaler makes of its samples. */
#include <math.h>

#include "policies/flink_autoscaler/flink.h"

static const struct flink_sample *at(const struct flink_job *job, size_t sample, int vertex)
{
    return &job->samples[sample * (size_t)job->count + (size_t)vertex];
}

/* Change a second of what a sample counts, from the first to the last one; NaN with fewer than two. */
enum counted { IN, OUT, BUSY, LAG };
static double value_of(const struct flink_sample *sample, enum counted what)
{
    switch (what) {
    case IN:
        return sample->in;
    case OUT:
        return sample->out;
    case BUSY:
        return sample->busy_s;
    case LAG:
        break;
    }
    return sample->lag;
}

static double rate_of(const struct flink_job *job, int vertex, enum counted what)
{
    size_t last = job->sample_count - 1;
    if (job->sample_count < 2)
        return NAN;
    double took_s = job->times_s[last] - job->times_s[0];
    return (value_of(at(job, last, vertex), what) - value_of(at(job, 0, vertex), what)) / fmax(took_s, 1e-3);
}

enum gauge { LOAD, IN_RATE, OBSERVED };
static double mean_of(const struct flink_job *job, int vertex, enum gauge what, int least)
{
    double sum = 0;
    int count = 0;
    bool infinite = false;
    for (size_t s = 0; s < job->sample_count; s++) {
        const struct flink_sample *sample = at(job, s, vertex);
        double value = what == LOAD ? sample->load : what == IN_RATE ? sample->in_rate : sample->observed;
        infinite |= isinf(value);
        if (!isfinite(value))
            continue;
        sum += value;
        count++;
    }
    if (!count)
        return infinite ? INFINITY : NAN;
    return count < least ? NAN : sum / count;
}

double flink_observed(const struct flink_job *job, int vertex, int least)
{
    return mean_of(job, vertex, OBSERVED, least);
}

double flink_restart_s(const struct flink *self, const struct flink_job *job)
{
    double longest_s = -1;
    for (int r = 0; self->tracks_restart && r < job->restart_count && r < FLINK_RESTARTS; r++)
        longest_s = fmax(longest_s, job->restarts_s[r]);
    return longest_s < 0 ? self->restart_s : fmin(longest_s, self->restart_limit_s);
}

/* capacity = round( lag / catch-up + rate x restart / catch-up + rate / utilisation ), whole items a second */
double flink_capacity(const struct flink *self, const struct flink_evaluated *vertex, double utilization,
                      double restart_s)
{
    utilization = fmin(1, fmax(0, utilization));
    if (isnan(vertex->catch_up_rate) || isnan(vertex->target_rate))
        return NAN;
    if (utilization == 0)
        return INFINITY;
    double restart_rate = self->catch_up_s > 0 ? vertex->target_rate * restart_s / self->catch_up_s : 0;
    return floor(vertex->catch_up_rate + restart_rate + vertex->target_rate / utilization + 0.5);
}

static double true_rate_of(const struct flink *self, const struct flink_job *job, int v, int parallelism)
{
    bool mean = self->aggregator == FLINK_AVG;
    if (isnan(at(job, job->sample_count - 1, v)->load))
        return NAN; /* no busy time: the vertex is left as it is */
    double busy = mean ? rate_of(job, v, BUSY) / parallelism : mean_of(job, v, LOAD, 1);
    double in = mean ? NAN : mean_of(job, v, IN_RATE, 1);
    if (!isfinite(in))
        in = rate_of(job, v, IN);
    /* Without items it is taken to be able to do anything, until there is something to measure. */
    double by_time = in == 0 ? INFINITY : in / fmax(busy, 0);
    double observed = flink_observed(job, v, self->observe_least);
    if (isnan(observed))
        return by_time;
    return !isfinite(by_time) || by_time > observed * (1 + self->observe_switch) ? observed : by_time;
}

/* Items that go from one vertex to another, for each that comes into the one. */
static double ratio_of(const struct flink_job *job, const struct weir_job_view *view, int from, int to)
{
    const struct weir_operator_view *op = &view->operators[to];
    double in = rate_of(job, from, IN), out = 0, others = 0;
    if (!(in > 0))
        return 0;
    for (int u = 0; u < op->upstream_count; u++)
        if (op->upstream[u] != from)
            others += op->upstream[u] >= 0 && view->operators[op->upstream[u]].downstream_count == 1
                          ? rate_of(job, op->upstream[u], OUT)
                          : NAN;
    out = isnan(others) ? rate_of(job, from, OUT) : rate_of(job, to, IN) - others;
    return out > 0 ? out / in : 0;
}

/* What comes to a vertex, and what it shall catch up on. */
static void find_target(const struct flink *self, const struct flink_job *job, const struct weir_job_view *view, int v,
                        struct flink_evaluated *evaluated)
{
    const struct weir_operator_view *op = &view->operators[v];
    struct flink_evaluated *mine = &evaluated[v];
    if (flink_is_source(op)) {
        double lag = at(job, job->sample_count - 1, v)->lag;
        mine->target_rate = fmax(0, rate_of(job, v, IN) + rate_of(job, v, LAG));
        mine->catch_up_rate = self->catch_up_s > 0 ? lag / self->catch_up_s : 0;
        return;
    }
    for (int u = 0; u < op->upstream_count; u++) {
        double ratio = ratio_of(job, view, op->upstream[u], v);
        mine->target_rate += evaluated[op->upstream[u]].target_rate * ratio;
        mine->catch_up_rate += evaluated[op->upstream[u]].catch_up_rate * ratio;
    }
}

static bool processes_backlog(const struct flink *self, const struct flink_job *job, const struct weir_job_view *view)
{
    for (int v = 0; v < job->count; v++)
        if (flink_is_source(&view->operators[v]) &&
            at(job, job->sample_count - 1, v)->lag / rate_of(job, v, IN) > self->backlog_s)
            return true;
    return false;
}

bool flink_evaluate(const struct flink *self, const struct flink_job *job, const struct weir_job_view *view,
                    struct flink_evaluated *evaluated)
{
    bool backlog = processes_backlog(self, job, view);
    double restart_s = flink_restart_s(self, job);
    /* While it works off a backlog it may be busy all the time, and is not made smaller. */
    double most = backlog ? 1 : self->most_use < 0 ? self->target + self->boundary : self->most_use;
    double least = backlog ? 0 : self->least_use < 0 ? self->target - self->boundary : self->least_use;
    for (int v = 0; v < job->count; v++) {
        struct flink_evaluated *mine = &evaluated[v];
        *mine = (struct flink_evaluated){0};
        if (flink_is_source(&view->operators[v]) && isnan(rate_of(job, v, IN)))
            return false;
        find_target(self, job, view, v, evaluated);
        mine->true_rate = true_rate_of(self, job, v, view->operators[v].instance_count);
        mine->up_threshold = flink_capacity(self, mine, most, 0);
        mine->down_threshold = flink_capacity(self, mine, least, restart_s);
    }
    return true;
}
