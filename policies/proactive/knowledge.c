/* The knowledge base: what is known of each job, and the models that know how its load goes on. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/proactive/proactive.h"
#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

struct proactive_job *proactive_job_at(struct proactive *self, int job)
{
    size_t old = self->job_capacity;
    if ((size_t)job >= old) {
        self->jobs = weir_grow(self->jobs, (size_t)job + 1, &self->job_capacity, sizeof *self->jobs);
        memset(self->jobs + old, 0, (self->job_capacity - old) * sizeof *self->jobs);
    }
    if (!self->jobs[job]) {
        self->jobs[job] = weir_alloc(1, sizeof *self->jobs[job]);
        self->jobs[job]->next_per_s = self->jobs[job]->rescale_s = NAN;
    }
    return self->jobs[job];
}

void proactive_job_forget(struct proactive *self, int job)
{
    if (job < 0 || (size_t)job >= self->job_capacity || !self->jobs[job])
        return;
    proactive_group_leave(self, job);
    forecaster_free(self->jobs[job]->model);
    free(self->jobs[job]);
    self->jobs[job] = NULL;
    weir_memo_forget(&self->operators, job);
    weir_scaler_forget(&self->scaler, job);
}

void proactive_knowledge_fini(struct proactive *self)
{
    for (size_t j = 0; j < self->job_capacity; j++)
        proactive_job_forget(self, (int)j);
    free(self->jobs);
    proactive_groups_fini(self);
    for (size_t k = 0; k < self->trained_count; k++)
        forecaster_free(self->trained[k]);
    free(self->trained);
    free(self->calibrated);
    weir_memo_fini(&self->operators);
    weir_scaler_fini(&self->scaler);
    for (size_t k = 0; k < self->history_count; k++)
        free((void *)self->history[k].values);
    free(self->history);
    free(self->mean);
    free(self->spread);
}

size_t proactive_steps(const struct proactive *self, const struct weir_view *view)
{
    double lasts_s = fmax(fmax(self->hold_s, self->horizon_s), view->window_s);
    return (size_t)fmin(ceil(lasts_s / view->window_s - 1e-9), FORECASTER_HORIZON);
}

static struct forecaster_env env_of(const struct proactive *self, const struct weir_view *view)
{
    return (struct forecaster_env){.step_s = view->window_s,
                                   .season_s = self->season_s,
                                   .seed = self->seed,
                                   .stream = self->stream,
                                   .catalog = self->catalog,
                                   .ahead = (int)proactive_steps(self, view),
                                   .folder = self->folder};
}

static const char *given(const char *text)
{
    return *text ? text : NULL;
}

/* A file's rates, as means over steps of the window in the time of the run. */
static int read_file(const struct proactive *self, const char *file, double step_s, struct transfer_series *read)
{
    struct weir_series series;
    char *path = weir_path_beside(self->folder, file);
    const struct weir_series_options options = {.time = given(self->train_time),
                                                .value = given(self->train_value),
                                                .time_format = given(self->train_time_format)};
    int code = weir_series_load(path, &options, &series);
    if (code == WEIR_OK && (!series.value || series.count < 2))
        code = weir_error(WEIR_EINPUT, "%s: a history needs two rows of a time and a rate at least", path);
    if (code != WEIR_OK)
        goto out;
    double file_step_s = step_s * self->train_speedup, end_s = series.time_s[series.count - 1];
    size_t row = 0;
    read->count = (size_t)(end_s / file_step_s + 1e-9);
    double *values = weir_alloc(read->count, sizeof *values);
    read->values = values;
    for (size_t k = 0; k < read->count; k++) {
        double now_s = (double)k * file_step_s, until_s = now_s + file_step_s, items = 0;
        while (now_s < until_s && row + 1 < series.count) {
            double to_s = fmin(series.time_s[row + 1], until_s);
            items += series.value[row] * (to_s - now_s);
            now_s = to_s;
            row += series.time_s[row + 1] <= until_s;
        }
        values[k] = items / file_step_s * self->train_scale;
    }
    if (read->count == 0)
        code = weir_error(WEIR_EINPUT, "%s holds less than one window (%g s)", path, step_s);
out:
    weir_series_fini(&series);
    free(path);
    return code;
}

/* The files of `train`, separated by commas. */
static int read_history(struct proactive *self, double step_s)
{
    char *files = weir_copy(self->train), *rest = NULL;
    int code = WEIR_OK;
    size_t capacity = 0;
    for (char *file = strtok_r(files, ",", &rest); file && code == WEIR_OK; file = strtok_r(NULL, ",", &rest)) {
        self->history = weir_grow(self->history, self->history_count + 1, &capacity, sizeof *self->history);
        self->history[self->history_count] = (struct transfer_series){0};
        code = read_file(self, file, step_s, &self->history[self->history_count++]);
    }
    free(files);
    if (code == WEIR_OK && self->history_count == 0)
        code = weir_error(WEIR_EINPUT, "\"train\" (%s) names no file", self->train);
    return code == WEIR_OK ? code : weir_error_context("train");
}

static int make_model(struct proactive *self, const struct weir_view *view, struct forecaster **made)
{
    struct forecaster_env env = env_of(self, view);
    if (self->forecaster.node)
        return forecaster_make(&env, &self->forecaster, made);
    return forecaster_make_text(&env, self->preset, made);
}

/* The model that `model` names, in the time of its file. */
static int load_model(struct proactive *self, const struct weir_view *view)
{
    struct forecaster_env env = env_of(self, view);
    char *path = weir_path_beside(self->folder, self->model);
    env.step_s *= self->train_speedup;
    env.season_s *= self->train_speedup;
    self->trained = weir_alloc(1, sizeof *self->trained);
    self->trained_count = 1;
    int code = forecaster_load(&env, path, &self->trained[0]);
    free(path);
    return code;
}

/* A model for each file of `train`. Before the run: it costs nothing in it. */
static int train_models(struct proactive *self, const struct weir_view *view)
{
    int code = read_history(self, view->window_s);
    self->trained = weir_alloc(self->history_count + 1, sizeof *self->trained);
    self->trained_count = self->history_count;
    for (size_t k = 0; k < self->history_count && code == WEIR_OK; k++) {
        code = make_model(self, view, &self->trained[k]);
        if (code == WEIR_OK)
            code = forecaster_fit(self->trained[k], self->history[k].values, self->history[k].count);
    }
    return code;
}

/* A model as it was before the run, for one more job. A kind that cannot be copied is made and fitted again, which
 * gives the same. */
static int twin_of_trained(struct proactive *self, const struct weir_view *view, size_t which, struct forecaster **made)
{
    struct forecaster_env env = env_of(self, view);
    env.step_s = 0; /* as it has it */
    if (*self->model)
        env.season_s *= self->train_speedup;
    if (forecaster_twin(&env, self->trained[which], made) == WEIR_OK)
        return WEIR_OK;
    weir_error_clear();
    if (*self->model)
        return weir_error(WEIR_EINPUT, "%s cannot be copied", self->model);
    int code = make_model(self, view, made);
    return code == WEIR_OK ? forecaster_fit(*made, self->history[which].values, self->history[which].count) : code;
}

int proactive_prepare(struct proactive *self, const struct weir_view *view, int job)
{
    struct proactive_job *known = self->jobs[job];
    int code = WEIR_OK;
    if (!*self->model && !*self->train) {
        code = make_model(self, view, &known->model);
    } else {
        if (!self->trained)
            code = *self->model ? load_model(self, view) : train_models(self, view);
        if (code == WEIR_OK)
            code = twin_of_trained(self, view, 0, &known->model);
        known->ready = code == WEIR_OK;
    }
    if (code == WEIR_OK)
        proactive_group_join(self, view, job, *self->train ? 0 : -1);
    return code;
}

int proactive_renew(struct proactive *self, const struct weir_view *view, int job)
{
    struct proactive_job *known = self->jobs[job];
    forecaster_free(known->model);
    known->model = NULL;
    known->ready = false;
    known->again_at = 0;
    int code = make_model(self, view, &known->model);
    if (code == WEIR_OK)
        proactive_group_join(self, view, job, -1);
    return code;
}

int proactive_choose(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job)
{
    struct proactive_job *known = self->jobs[job];
    const struct weir_job_view *seen = &view->jobs[job];
    struct transfer_series target = {seen->ingress_history, (size_t)seen->history_count};
    struct transfer_choice *choices = weir_alloc(self->history_count, sizeof *choices);
    transfer_choose(&target, self->history, self->history_count, 0.1, 0, choices);
    const struct transfer_choice nearest = choices[0];
    free(choices);
    known->chosen = true;
    bool none = self->train_within > 0 && nearest.distance > self->train_within;
    int chosen = none ? -1 : (int)nearest.index;
    if (none)
        weir_plan_note(plan, job, "the nearest file of \"train\" is %.3g away, beyond %.3g: a model learns in the run",
                       nearest.distance, self->train_within);
    if (!known->group || known->group->history == chosen)
        return WEIR_OK;
    proactive_group_leave(self, job);
    forecaster_free(known->model);
    known->model = NULL;
    known->taken = 0; /* it has yet to see the run */
    known->next_per_s = NAN;
    known->ready = !none;
    int code = none ? make_model(self, view, &known->model) : twin_of_trained(self, view, nearest.index, &known->model);
    if (code == WEIR_OK)
        proactive_group_join(self, view, job, chosen);
    return code;
}

void proactive_fall_back(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job)
{
    struct proactive_job *known = self->jobs[job];
    const struct weir_job_view *seen = &view->jobs[job];
    struct forecaster_env env = env_of(self, view);
    weir_plan_warn(plan, job, "%s; \"last\" takes its place", weir_error_message());
    weir_error_clear();
    int since = known->group ? known->group->since : 0;
    proactive_group_leave(self, job);
    forecaster_free(known->model);
    known->failures++;
    since = seen->history_count - since >= 2 ? since : 0; /* of the load as it is now */
    known->ready =
        forecaster_make_text(&env, "last", &known->model) == WEIR_OK &&
        forecaster_fit(known->model, seen->ingress_history + since, (size_t)(seen->history_count - since)) == WEIR_OK;
    known->taken = seen->history_count;
    bool fitted_here = !*self->model && !*self->train;
    if (self->refit > 0 && fitted_here && known->failures < 20) /* each time twice as late */
        known->again_at = seen->history_count + self->refit * (1 << (known->failures - 1));
}
