/* What the autoscaler collects. */
#include <math.h>
#include <stdlib.h>

#include "policies/flink_autoscaler/flink.h"
#include "policies/support/hpa.h"
#include "policies/support/lag.h"
#include "sim/base/memory.h"

bool flink_is_source(const struct weir_operator_view *op)
{
    for (int u = 0; u < op->upstream_count; u++)
        if (op->upstream[u] < 0)
            return true;
    return false;
}

void flink_count(struct flink_job *job, const struct weir_view *view, int j)
{
    const struct weir_job_view *seen = &view->jobs[j];
    bool changing = false;
    for (int o = 0; o < seen->operator_count; o++) {
        const struct weir_operator_view *op = &seen->operators[o];
        struct flink_vertex *vertex = &job->vertices[o];
        vertex->in += op->processed_rate * view->window_s;
        vertex->out += op->output_rate * view->window_s;
        vertex->busy_s += op->busy * op->instance_count * view->window_s;
        changing |= op->changing;
    }
    if (changing && job->running)
        flink_forget_samples(job);
    if (!changing && !job->running) {
        job->running_s = job->seen ? view->time_s : view->time_s - seen->age_s;
        job->due_s = job->running_s;
        if (isfinite(job->scaled_s))
            job->restarts_s[job->restart_count++ % FLINK_RESTARTS] = job->running_s - job->scaled_s;
        job->scaled_s = NAN;
    }
    job->running = !changing;
    job->seen = true;
}

void flink_forget_samples(struct flink_job *job)
{
    job->sample_count = 0;
}

/* The share of time busy of the most or the least busy instance, or the mean of all that have one. */
static double load_of(const struct flink *self, const struct weir_operator_view *op)
{
    double load = NAN, sum = 0;
    int count = 0;
    for (int i = 0; i < op->instance_count; i++) {
        double busy = op->instance_busy[i];
        if (!isfinite(busy))
            continue;
        sum += busy;
        count++;
        load = self->aggregator == FLINK_MIN ? fmin(load, busy) : fmax(load, busy);
    }
    return self->aggregator == FLINK_AVG && count ? sum / count : load;
}

/* The rate that a source vertex has while it catches up is what it can do, its time blocked left out. */
static double observed_of(const struct flink *self, const struct flink_job *job, int o,
                          const struct weir_operator_view *op, double lag)
{
    if (op->processed_rate == 0)
        return INFINITY;
    if (lag >= self->observe_s * op->processed_rate && op->backpressured < 1)
        return op->processed_rate / (1 - op->backpressured);
    return flink_observed(job, o, self->observe_least);
}

bool flink_collect(struct flink *self, struct flink_job *job, const struct weir_view *view, int j)
{
    const struct weir_job_view *seen = &view->jobs[j];
    double now_s = view->time_s;
    if (!job->running || !weir_hpa_due(&job->due_s, now_s, self->interval_s))
        return false;
    if (now_s < job->running_s + self->stabilization_s - 1e-9)
        return false;
    size_t s = job->sample_count++, count = (size_t)job->count;
    job->times_s = weir_grow(job->times_s, s + 1, &job->time_capacity, sizeof *job->times_s);
    job->samples = weir_grow(job->samples, (s + 1) * count, &job->sample_capacity, sizeof *job->samples);
    job->times_s[s] = now_s;
    double *lag = weir_alloc(count, sizeof *lag);
    weir_lags(seen, lag);
    for (int o = 0; o < job->count; o++) {
        const struct weir_operator_view *op = &seen->operators[o];
        const struct flink_vertex *vertex = &job->vertices[o];
        bool source = flink_is_source(op);
        job->samples[s * count + (size_t)o] = (struct flink_sample){.in = vertex->in,
                                                                    .out = vertex->out,
                                                                    .busy_s = vertex->busy_s,
                                                                    .lag = source ? lag[o] : 0,
                                                                    .load = load_of(self, op),
                                                                    .in_rate = source ? NAN : op->processed_rate,
                                                                    .observed = NAN};
    }
    job->sample_count = s; /* what was observed is of those before */
    for (int o = 0; o < job->count; o++)
        if (flink_is_source(&seen->operators[o])) {
            struct flink_sample *sample = &job->samples[s * count + (size_t)o];
            sample->observed = observed_of(self, job, o, &seen->operators[o], sample->lag);
        }
    job->sample_count = s + 1;
    free(lag);
    return true;
}

bool flink_window_full(const struct flink *self, struct flink_job *job, double now_s)
{
    if (!job->sample_count || now_s < job->times_s[0] + self->window_s - 1e-9)
        return false;
    size_t dropped = 0, count = (size_t)job->count;
    while (dropped < job->sample_count && job->times_s[dropped] < now_s - self->window_s - 1e-9)
        dropped++;
    job->sample_count -= dropped;
    for (size_t s = 0; s < job->sample_count && dropped; s++) {
        job->times_s[s] = job->times_s[s + dropped];
        for (size_t o = 0; o < count; o++)
            job->samples[s * count + o] = job->samples[(s + dropped) * count + o];
    }
    return job->sample_count >= 2;
}
