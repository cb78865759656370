/* The policy "proactive" and its presets. docs/policies/proactive.md. */
#include "policies/proactive/proactive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/support/demand.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

extern const struct forecaster_kind forecaster_oracle;

#define AT(field) offsetof(struct proactive, field)
#define NUMBER(key, field, text, low_end, high_end, sentence)                                                          \
    WEIR_PARAM_ROW(struct proactive, key, WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, field, text, low_end, high_end, sentence)
#define TIME(key, field, text, sentence)                                                                               \
    WEIR_PARAM_ROW(struct proactive, key, WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, field, text, 0, 1e9, sentence)
#define WHOLE(key, field, text, low_end, sentence)                                                                     \
    WEIR_PARAM_ROW(struct proactive, key, WEIR_PARAM_INT, WEIR_UNIT_NONE, field, text, low_end, 1000000, sentence)
#define TEXT(key, field, sentence)                                                                                     \
    WEIR_PARAM_ROW(struct proactive, key, WEIR_PARAM_STRING, WEIR_UNIT_NONE, field, "", 0, 0, sentence)

static const char *const adapts[] = {"none", "tune", "fit", NULL};
static const char *const sizings[] = {"ds2", "twres", NULL};

/* The parameters of a preset: its forecaster, its way to count instances and its margin are the defaults. */
#define PARAMS(forecaster_name, sizing_name, confidence_text)                                                          \
    {                                                                                                                  \
        {.name = "forecaster",                                                                                         \
         .type = WEIR_PARAM_SLOT,                                                                                      \
         .offset = AT(forecaster),                                                                                     \
         .fallback = forecaster_name,                                                                                  \
         .help = "What forecasts the ingress: a name of weir list forecasters or \"oracle\", or an object with it."},  \
            TEXT("model", model, "A fitted forecaster saved by weir forecast --save, in its place."),                  \
            TEXT("train", train,                                                                                       \
                 "CSV files of rates, separated by commas: a model is fitted to each before the run."),                \
            TEXT("train_time", train_time, "Their column of times, by name or number; empty: it is found."),           \
            TEXT("train_value", train_value, "Their column of rates likewise."),                                       \
            TEXT("train_time_format", train_time_format,                                                               \
                 "How their times are written, as strptime has it, or s, ms, us, ns for numbers."),                    \
            NUMBER("train_scale", train_scale, "1", 1e-12, 1e12, "Factor of the rates in them."),                      \
            NUMBER("train_speedup", train_speedup, "1", 1e-9, 1e9, "How much faster the load plays than they."),       \
            NUMBER("train_within", train_within, "0", 0, 1e6,                                                          \
                   "Distance to the load beyond which none of them is taken, and a model learns in the run; 0: the "   \
                   "nearest is."),                                                                                     \
            TIME("season", season_s, "1d", "Season of the load, in the time of the run."),                             \
            WHOLE("warm", warm, "30", 1, "Windows before a model is fitted that was not trained before."),             \
            WHOLE("refit", refit, "100", 0, "Windows from one fit in the run to the next; 0: never again."),           \
            WHOLE("memory", memory, "2000", 0, "Windows that a fit in the run looks back; 0: all."),                   \
            {.name = "adapt",                                                                                          \
             .type = WEIR_PARAM_CHOICE,                                                                                \
             .offset = AT(adapt),                                                                                      \
             .fallback = "tune",                                                                                       \
             .choices = adapts,                                                                                        \
             .help = "When the errors of the forecasts rise for good: nothing, go on learning, or learn anew."},       \
            WHOLE("doubt", doubt, "3", 0,                                                                              \
                  "Windows in a row below their forecast by more than twice its error, after which it is not "         \
                  "followed upward; 0: never."),                                                                       \
            NUMBER("drift", drift, "2", 1e-3, 1e6,                                                                     \
                   "Sum of errors beyond the usual, in shares of the load, that says so."),                            \
            TIME("horizon", horizon_s, "0s",                                                                           \
                 "Time for which the instances must be enough; 0: a window and what changes took so far."),            \
            TIME("hold", hold_s, "2min", "Time for which instances must not be needed again to be given back."),       \
            NUMBER("headroom", headroom, "0.2", 0, 100, "Share of capacity beyond the forecast demand."),              \
            NUMBER("confidence", confidence, confidence_text, 0, 10,                                                   \
                   "Standard deviations of its error added to a forecast."),                                           \
            TIME("drain", drain_s, "30s", "Time in which the source's backlog shall be worked off; 0: not at all."),   \
            NUMBER("min_items", min_items, "10", 0, 1e9,                                                               \
                   "Items in a window below which the declared speed stands for the measured rate."),                  \
            WHOLE("down_windows", scaler.patience.down.windows, "2", 1,                                                \
                  "Windows in a row that must allow shrinking."),                                                      \
            TIME("reserve", scaler.reserve_s, "1min",                                                                  \
                 "Time in which all windows must ask for growth that noise alone could ask for."),                     \
            TIME("stabilization", scaler.patience.down.stabilize_s, "2min",                                            \
                 "An operator shrinks to the most that the windows of so long asked for; twice what a change takes, "  \
                 "at least."),                                                                                         \
            TIME("remember", scaler.remember_s, "10min",                                                               \
                 "Time for which growth that brought nothing is not tried again; 0: it is not judged."),               \
            TIME("cooldown", scaler.patience.down.cooldown_s, "30s",                                                   \
                 "Least time from a change of an operator until it shrinks."),                                         \
            NUMBER("pay", pay, "1", 0, 1e6,                                                                            \
                   "How many times over a change must win what standing still for it costs; 0: always."),              \
            {.name = "sizing",                                                                                         \
             .type = WEIR_PARAM_CHOICE,                                                                                \
             .offset = AT(sizing),                                                                                     \
             .fallback = sizing_name,                                                                                  \
             .choices = sizings,                                                                                       \
             .help = "How instances are counted: by true rates, or by the throughput model."},                         \
            TIME("limit", limit_s, "0s", "Response time above which TWRES adds one; 0: the job's objective."),         \
            {.name = "calibration",                                                                                    \
             .type = WEIR_PARAM_SLOT,                                                                                  \
             .offset = AT(calibration),                                                                                \
             .fallback = "",                                                                                           \
             .help = "Throughput model of operators for TWRES: instances:items per second, separated by commas; or "   \
                     "an object with that for operators (\"match\", \"job/match\")."},                                 \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

static const struct weir_param proactive_params[] = PARAMS("linear", "ds2", "1");
static const struct weir_param gru_params[] = PARAMS("gru", "ds2", "1");
static const struct weir_param svr_twres_params[] = PARAMS("svr:window=300:tune=all:ageing=tuned", "twres", "1.5");

/* Files that are read when a job arrives must be there before the run. */
static int check_files(const struct proactive *self, const char *key, const char *list)
{
    char *files = weir_copy(list), *rest = NULL;
    int code = WEIR_OK;
    for (char *file = strtok_r(files, ",", &rest); file && code == WEIR_OK; file = strtok_r(NULL, ",", &rest)) {
        char *path = weir_path_beside(self->folder, file);
        if (access(path, R_OK) != 0)
            code = weir_error(WEIR_EINPUT, "\"%s\": %s: no such file; check the path", key, path);
        free(path);
    }
    free(files);
    return code;
}

/* Parameters that would do nothing beside the others. */
static int check_use(const struct proactive *self)
{
    if (*self->model && *self->train)
        return weir_error(WEIR_EINPUT, "\"model\" and \"train\" exclude each other");
    if (!*self->train && self->train_scale != 1)
        return weir_error(WEIR_EINPUT, "\"train_scale\" does nothing without \"train\"%s; leave it out",
                          *self->model ? ", and \"model\" takes its place" : "");
    if (!*self->train && self->train_within > 0)
        return weir_error(WEIR_EINPUT, "\"train_within\" does nothing without \"train\"; leave it out");
    if (!*self->train && (*self->train_time || *self->train_value || *self->train_time_format))
        return weir_error(WEIR_EINPUT, "\"train_time\", \"train_value\" and \"train_time_format\" do nothing without "
                                       "\"train\"; leave them out");
    if (self->sizing == PROACTIVE_DS2 && self->calibration.node)
        return weir_error(WEIR_EINPUT, "\"calibration\" does nothing with \"sizing\": \"ds2\"; leave it out");
    if (self->sizing == PROACTIVE_DS2 && self->limit_s > 0)
        return weir_error(WEIR_EINPUT, "\"limit\" does nothing with \"sizing\": \"ds2\"; leave it out");
    int code = check_files(self, "model", self->model);
    return code ? code : check_files(self, "train", self->train);
}

static int create(struct proactive *self, const struct weir_policy_env *env, const char *preset)
{
    self->preset = preset;
    self->seed = env->seed;
    self->stream = weir_format("%s/forecast", env->stream);
    self->folder = weir_copy(env->folder ? env->folder : "");
    self->operators.record_size = sizeof(struct proactive_operator);
    self->scaler.patience.up.windows = 1;
    self->scaler.spare = 1;
    self->scaler.reserve = self->headroom;
    weir_scaler_init(&self->scaler);
    size_t count = 0;
    while (forecaster_catalog[count])
        count++;
    self->catalog = weir_alloc(count + 2, sizeof *self->catalog);
    memcpy(self->catalog, forecaster_catalog, count * sizeof *self->catalog);
    self->catalog[count] = &forecaster_oracle;
    int wrong = check_use(self);
    if (wrong)
        return wrong;
    wrong = proactive_read_calibration(self);
    if (wrong)
        return wrong;
    if (!self->forecaster.node)
        return WEIR_OK;
    /* A slot that is wrong shall be refused before the run. */
    struct forecaster *tried;
    struct forecaster_env of = {
        .step_s = 1, .season_s = self->season_s, .catalog = self->catalog, .folder = self->folder};
    int code = forecaster_make(&of, &self->forecaster, &tried);
    if (code == WEIR_OK)
        forecaster_free(tried);
    return code;
}

static int create_proactive(void *state, const struct weir_policy_env *env)
{
    return create(state, env, "linear");
}

static int create_gru(void *state, const struct weir_policy_env *env)
{
    return create(state, env, "gru");
}

static int create_svr_twres(void *state, const struct weir_policy_env *env)
{
    return create(state, env, "svr:window=300:tune=all:ageing=tuned");
}

/* What comes to the source and so to each operator, for the policies after this one. */
static void foresee(const struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job,
                    const struct weir_ds2_operator *model, const struct proactive_outlook *outlook)
{
    int count = view->jobs[job].operator_count;
    if (outlook->steps == 0)
        return;
    struct weir_ds2_demand *one = weir_alloc((size_t)count, sizeof *one); /* of 1 item/s */
    double *per_s = weir_alloc(outlook->steps, sizeof *per_s);
    weir_ds2(model, count, 1, one);
    weir_plan_foresee(plan, job, -1, self->mean, (int)outlook->steps);
    for (int o = 0; o < count; o++) {
        for (size_t k = 0; k < outlook->steps; k++)
            per_s[k] = one[o].input * fmax(self->mean[k], 0);
        weir_plan_foresee(plan, job, o, per_s, (int)outlook->steps);
    }
    free(per_s);
    free(one);
}

/* Analyse, plan and execute. */
static void scale(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job)
{
    int count = view->jobs[job].operator_count;
    struct proactive_outlook outlook;
    const struct weir_settle *settle = weir_scaler_window(&self->scaler, view, job);
    struct weir_reach reach;
    proactive_analyse(self, view, plan, job, settle, &outlook);
    struct weir_ds2_operator *model = weir_alloc((size_t)count, sizeof *model);
    struct weir_ds2_demand *up = weir_alloc(2 * (size_t)count, sizeof *up), *down = up + count;
    weir_job_demand(view, plan, job, outlook.up_per_s + outlook.backlog_per_s, self->min_items, model, up);
    weir_ds2(model, count, outlook.down_per_s + outlook.backlog_per_s, down);
    foresee(self, view, plan, job, model, &outlook);
    weir_reach_init(&reach, view, plan, job, model);
    for (int o = 0; o < count; o++) {
        struct proactive_step step = proactive_plan(self, view, plan, job, o, &reach, &up[o], &down[o]);
        proactive_execute(self, view, plan, job, o, &outlook, &step);
    }
    weir_plan_work(plan, self->jobs[job]->flops);
    weir_reach_fini(&reach);
    free(up);
    free(model);
}

/* Whether there is anything to decide, or to learn. */
static bool counts(const struct weir_job_view *seen)
{
    return seen->running && seen->operator_count > 0 && seen->history_count > 0;
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (int j = 0; j < view->job_count; j++)
        if (counts(&view->jobs[j]) && proactive_monitor(state, view, plan, j) != WEIR_OK)
            return weir_error_context("job %s", view->jobs[j].name);
    proactive_check_calibration(state, view, plan);
    proactive_teach(state, view, plan);
    proactive_foresee(state, view);
    for (int j = 0; j < view->job_count; j++)
        if (counts(&view->jobs[j]))
            scale(state, view, plan, j);
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    proactive_job_forget(state, job);
}

static void destroy(void *state)
{
    struct proactive *self = state;
    proactive_knowledge_fini(self);
    free(self->catalog);
    free(self->stream);
    free(self->folder);
}

const struct weir_policy weir_policy_proactive = {
    .abi = WEIR_POLICY_ABI,
    .name = "proactive",
    .summary = "Gives operators the instances that the forecast load needs by the time a change pays.",
    .source = "armah-2025",
    .state_size = sizeof(struct proactive),
    .params = proactive_params,
    .create = create_proactive,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};

const struct weir_policy weir_policy_gru = {
    .abi = WEIR_POLICY_ABI,
    .name = "gru",
    .summary = "Forecasts by a gated recurrent net that is trained before the run and goes on learning in it.",
    .source = "armah-2025",
    .state_size = sizeof(struct proactive),
    .params = gru_params,
    .create = create_gru,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};

const struct weir_policy weir_policy_svr_twres = {
    .abi = WEIR_POLICY_ABI,
    .name = "svr-twres",
    .summary = "Forecasts by online support vector regression, sizes by the throughput that instances sustain.",
    .source = "hu-2019",
    .state_size = sizeof(struct proactive),
    .params = svr_twres_params,
    .create = create_svr_twres,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
