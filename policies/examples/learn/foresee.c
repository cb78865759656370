/* A policy as a shared object that asks a forecaster: each operator gets as many instances as the largest rate of the
 * next windows takes. `make` builds it; weir compare SCENARIO --policy static --policy ./foresee.so */
#include <math.h>

#include <weir/learn/learn.h>
#include <weir/policy.h>

#define STEPS 3 /* windows ahead */

struct foresee {
    const char *kind;
    double busy;
    struct forecaster_env env;
};

static const struct weir_param params[] = {
    {.name = "forecaster",
     .type = WEIR_PARAM_STRING,
     .offset = offsetof(struct foresee, kind),
     .fallback = "linear:window=4",
     .help = "Forecaster of the rate at the source, as NAME or NAME:KEY=VALUE."},
    {.name = "busy",
     .type = WEIR_PARAM_DOUBLE,
     .offset = offsetof(struct foresee, busy),
     .fallback = "0.7",
     .min = 0.05,
     .max = 1,
     .help = "How busy the instances shall be."},
    {0},
};

/* The largest rate at the source that is foreseen for the next windows. */
static int largest(struct foresee *self, const struct weir_job_view *job, double *rate)
{
    struct forecaster *forecaster;
    double mean[STEPS];
    int code = forecaster_make_text(&self->env, self->kind, &forecaster);
    *rate = job->ingress_rate;
    if (code == 0 && (size_t)job->history_count >= forecaster_need(forecaster) + STEPS) {
        code = forecaster_fit(forecaster, job->ingress_history, (size_t)job->history_count);
        if (code == 0)
            code = forecaster_predict(forecaster, STEPS, mean, NULL);
        for (int i = 0; code == 0 && i < STEPS; i++)
            *rate = fmax(*rate, mean[i]);
    }
    forecaster_free(forecaster);
    return code;
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct foresee *self = state;
    self->env.step_s = view->window_s;
    for (int j = 0; j < view->job_count; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        double rate;
        if (!job->running)
            continue;
        if (largest(self, job, &rate) != 0)
            return weir_error_context("job \"%s\"", job->name);
        for (int o = 0; o < job->operator_count; o++) {
            const struct weir_operator_view *op = &job->operators[o];
            double items = job->ingress_rate > 0 ? rate * op->arrival_rate / job->ingress_rate : 0;
            int count = (int)fmin(fmax(ceil(items / (op->true_rate * self->busy)), 1), op->max_parallelism);
            if (!op->changing)
                weir_plan_scale(plan, j, o, count, "%.4g/s foreseen", rate);
        }
    }
    return 0;
}

const struct weir_policy weir_policy_plugin = {
    .abi = WEIR_POLICY_ABI,
    .name = "foresee",
    .summary = "As many instances as the rate of the next windows takes.",
    .source = "",
    .state_size = sizeof(struct foresee),
    .params = params,
    .window_ends = window_ends,
};
