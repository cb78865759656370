#include "sim/experiment/watched.h"

static void tee_metric(void *context, double time_s, const char *job, const char *op, const char *host,
                       const char *metric, double value)
{
    const struct weir_watched *watched = context;
    watched->recorder.metric(watched->recorder.context, time_s, job, op, host, metric, value);
}

static void tee_decision(void *context, double time_s, const char *policy, const char *job, const char *op,
                         const char *what, const char *why, const char *refusal)
{
    const struct weir_watched *watched = context;
    const struct weir_observer *both[] = {&watched->recorder, watched->other_observer};
    for (int b = 0; b < 2; b++)
        if (both[b]->decision)
            both[b]->decision(both[b]->context, time_s, policy, job, op, what, why, refusal);
}

static void tee_span(void *context, const struct weir_span *span)
{
    const struct weir_watched *watched = context;
    const struct weir_observer *both[] = {&watched->recorder, watched->other_observer};
    for (int b = 0; b < 2; b++)
        if (both[b]->span)
            both[b]->span(both[b]->context, span);
}

static void tee_progress(void *context, double time_s, double duration_s)
{
    const struct weir_watched *watched = context;
    if (watched->recorder.progress)
        watched->recorder.progress(watched->recorder.context, time_s, duration_s);
}

static void tee_foreign(void *context, const char *where, double limit_s)
{
    const struct weir_watched *watched = context;
    if (watched->recorder.foreign)
        watched->recorder.foreign(watched->recorder.context, where, limit_s);
}

static int tee_window(void *context, const struct weir_view *view, struct weir_wish *wishes)
{
    const struct weir_watched *watched = context;
    if (watched->held.window)
        watched->held.window(watched->held.context, view, wishes);
    return watched->other_control->window(watched->other_control->context, view, wishes);
}

void weir_watched_begin(struct weir_watched *watched, const struct weir_run_spec *spec,
                        const struct weir_observer *recorder, const struct weir_control *held, bool is_held,
                        struct weir_run_spec *observed)
{
    *watched =
        (struct weir_watched){.recorder = *recorder, .other_observer = spec->observer, .other_control = spec->control};
    if (is_held)
        watched->held = *held;
    *observed = *spec;
    watched->observer = *recorder;
    if (spec->observer)
        watched->observer = (struct weir_observer){.context = watched,
                                                   .metric = recorder->metric ? tee_metric : NULL,
                                                   .decision = tee_decision,
                                                   .span = tee_span,
                                                   .progress = tee_progress,
                                                   .foreign = tee_foreign};
    observed->observer = &watched->observer;
    watched->control = spec->control ? (struct weir_control){.context = watched, .window = tee_window} : watched->held;
    observed->control = watched->control.window ? &watched->control : NULL;
}
