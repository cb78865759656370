/* The knowledge base: what is known of each job, and the models that know how its load goes on. */
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
    forecaster_free(self->jobs[job]->model);
    free(self->jobs[job]);
    self->jobs[job] = NULL;
    weir_memo_forget(&self->operators, job);
}

void proactive_knowledge_fini(struct proactive *self)
{
    for (size_t j = 0; j < self->job_capacity; j++)
        proactive_job_forget(self, (int)j);
    free(self->jobs);
    weir_memo_fini(&self->operators);
    free(self->history);
    free(self->mean);
    free(self->spread);
}

static struct forecaster_env env_of(const struct proactive *self, const struct weir_view *view)
{
    return (struct forecaster_env){.step_s = view->window_s,
                                   .season_s = self->season_s,
                                   .seed = self->seed,
                                   .stream = self->stream,
                                   .catalog = self->catalog,
                                   .folder = self->folder};
}

/* Adds a file's rates to the history: means over steps of the window, in the time of the run. */
static int add_history(struct proactive *self, const char *file, double step_s)
{
    struct weir_series series;
    char *path = weir_path_beside(self->folder, file);
    int code = weir_series_read(path, NULL, NULL, &series);
    if (code == WEIR_OK && (!series.value || series.count < 2))
        code = weir_error(WEIR_EINPUT, "%s: a history needs two rows of a time and a rate at least", path);
    free(path);
    if (code != WEIR_OK) {
        weir_series_fini(&series);
        return code;
    }
    double file_step_s = step_s * self->train_speedup, end_s = series.time_s[series.count - 1];
    size_t steps = (size_t)(end_s / file_step_s + 1e-9), row = 0, capacity = 0;
    self->history = weir_grow(self->history, self->history_count + steps + 1, &capacity, sizeof *self->history);
    for (size_t k = 0; k < steps; k++) {
        double now_s = (double)k * file_step_s, until_s = now_s + file_step_s, items = 0;
        while (now_s < until_s && row + 1 < series.count) {
            double to_s = fmin(series.time_s[row + 1], until_s);
            items += series.value[row] * (to_s - now_s);
            now_s = to_s;
            row += series.time_s[row + 1] <= until_s;
        }
        self->history[self->history_count++] = items / file_step_s * self->train_scale;
    }
    weir_series_fini(&series);
    return WEIR_OK;
}

/* Files separated by commas, one after the other. A choice among them, or a joint adaptation, would begin here. */
static int read_history(struct proactive *self, double step_s)
{
    char *files = weir_copy(self->train), *rest = NULL;
    int code = WEIR_OK;
    for (char *file = strtok_r(files, ",", &rest); file && code == WEIR_OK; file = strtok_r(NULL, ",", &rest))
        code = add_history(self, file, step_s);
    free(files);
    if (code == WEIR_OK && self->history_count == 0)
        code = weir_error(WEIR_EINPUT, "\"train\" (%s) holds less than one window (%g s)", self->train, step_s);
    return code == WEIR_OK ? code : weir_error_context("train");
}

static int make_model(struct proactive *self, const struct weir_view *view, struct forecaster **made)
{
    struct forecaster_env env = env_of(self, view);
    if (self->forecaster.node)
        return forecaster_make(&env, &self->forecaster, made);
    return forecaster_make_text(&env, self->preset, made);
}

int proactive_prepare(struct proactive *self, const struct weir_view *view, struct proactive_job *known)
{
    int code = WEIR_OK;
    if (*self->model) {
        struct forecaster_env env = env_of(self, view);
        char *path = weir_path_beside(self->folder, self->model);
        code = forecaster_load(&env, path, &known->model);
        free(path);
        known->ready = code == WEIR_OK;
        return code;
    }
    if (*self->train && !self->history)
        code = read_history(self, view->window_s);
    if (code == WEIR_OK)
        code = make_model(self, view, &known->model);
    if (code == WEIR_OK && *self->train) { /* before the run: it costs nothing in it */
        code = forecaster_fit(known->model, self->history, self->history_count);
        known->ready = code == WEIR_OK;
    }
    return code;
}

void proactive_fall_back(struct proactive *self, const struct weir_view *view, struct weir_plan *plan, int job)
{
    struct proactive_job *known = self->jobs[job];
    const struct weir_job_view *seen = &view->jobs[job];
    struct forecaster_env env = env_of(self, view);
    weir_plan_warn(plan, job, "%s; \"last\" takes its place", weir_error_message());
    weir_error_clear();
    forecaster_free(known->model);
    known->failures++;
    known->fallen = true;
    known->ready = forecaster_make_text(&env, "last", &known->model) == WEIR_OK &&
                   forecaster_fit(known->model, seen->ingress_history, (size_t)seen->history_count) == WEIR_OK;
    known->taken = seen->history_count;
}
