/* Groups: jobs of a kind have one net, which is taught with the loads of all of them and runs for all of them at once.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/proactive/proactive.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* Jobs are of a kind if they have the same operators. */
static bool of_a_kind(const struct weir_job_view *a, const struct weir_job_view *b)
{
    if (a->operator_count != b->operator_count || a->source_bytes != b->source_bytes)
        return false;
    for (int o = 0; o < a->operator_count; o++)
        if (strcmp(a->operators[o].name, b->operators[o].name) != 0 ||
            a->operators[o].flops_per_item != b->operators[o].flops_per_item)
            return false;
    return true;
}

/* Windows that have closed since it began. */
static int windows_of(const struct proactive_group *group, const struct weir_view *view)
{
    return (int)(view->window - group->began);
}

static struct proactive_group *found(struct proactive *self, const struct weir_view *view, int job, int history)
{
    if (!forecaster_shares(self->jobs[job]->model))
        return NULL;
    for (size_t g = 0; g < self->group_count; g++)
        if (self->groups[g]->history == history && of_a_kind(&view->jobs[self->groups[g]->like], &view->jobs[job]))
            return self->groups[g];
    return NULL;
}

/* A job of the group whose model is ready, NULL: none. */
static struct forecaster *who_knows(const struct proactive *self, const struct proactive_group *group)
{
    for (size_t k = 0; k < group->count; k++)
        if (self->jobs[group->jobs[k]]->ready)
            return self->jobs[group->jobs[k]]->model;
    return NULL;
}

void proactive_group_join(struct proactive *self, const struct weir_view *view, int job, int history)
{
    struct proactive_job *known = self->jobs[job];
    struct proactive_group *group = found(self, view, job, history);
    if (!group) {
        group = weir_alloc(1, sizeof *group);
        *group = (struct proactive_group){.like = job,
                                          .history = history,
                                          .began = view->window - view->jobs[job].history_count,
                                          .ready = known->ready};
        if (known->ready) /* of a file nobody knows: only a drift has it learn */
            group->trained = history < 0 ? INT_MAX : (int)self->history[history].count;
        self->groups = weir_grow(self->groups, self->group_count + 1, &self->group_capacity, sizeof *self->groups);
        self->groups[self->group_count++] = group;
    }
    struct forecaster *other = who_knows(self, group);
    if (known->ready && other)
        forecaster_join(known->model, other, NULL); /* which may have learnt in the run */
    group->jobs = weir_grow(group->jobs, group->count + 1, &group->capacity, sizeof *group->jobs);
    group->jobs[group->count++] = job;
    known->group = group;
}

static void drop_group(struct proactive *self, struct proactive_group *group)
{
    size_t g = 0;
    while (self->groups[g] != group)
        g++;
    for (self->group_count--; g < self->group_count; g++)
        self->groups[g] = self->groups[g + 1];
    free(group->jobs);
    free(group);
}

void proactive_group_leave(struct proactive *self, int job)
{
    struct proactive_group *group = self->jobs[job]->group;
    if (!group)
        return;
    size_t k = 0;
    while (group->jobs[k] != job)
        k++;
    for (group->count--; k < group->count; k++)
        group->jobs[k] = group->jobs[k + 1];
    self->jobs[job]->group = NULL;
    if (group->count == 0)
        drop_group(self, group);
    else if (group->like == job)
        group->like = group->jobs[0];
}

void proactive_groups_fini(struct proactive *self)
{
    while (self->group_count > 0)
        drop_group(self, self->groups[self->group_count - 1]);
    free(self->groups);
}

/* A drift is answered at once, and again when the new load is better known. */
static void plan_lessons(const struct proactive *self, const struct weir_view *view, struct proactive_group *group)
{
    int count = windows_of(group, view), better = group->since + self->warm;
    /* Page and Hinkley's test of the mean error of the group, in shares of the load */
    bool drift =
        group->drift.threshold > 0 && group->offs > 0 && transfer_drift_push(&group->drift, group->off / group->offs);
    group->off = group->offs = 0;
    if (group->drift.threshold <= 0 && self->adapt != PROACTIVE_KEEP && group->ready)
        group->drift = transfer_drift_start(0.02, self->drift, self->warm);
    if (drift) {
        group->since = count - 1;
        group->adapt_at = count;
    } else if (group->since > 0 && group->fitted_at < better && count >= better) {
        group->adapt_at = count;
    }
}

/* The newest windows that it shall learn now, 0: none. */
static int lesson(const struct proactive *self, const struct weir_view *view, struct proactive_group *group)
{
    int count = windows_of(group, view), need = (int)forecaster_need(self->jobs[group->jobs[0]]->model), lasts = count;
    if (!group->ready)
        return count >= (self->warm > need ? self->warm : need) ? count : 0;
    /* One that was trained before the run knows more until the run has shown as much. */
    bool again = self->refit > 0 && count - group->fitted_at >= self->refit && count >= group->trained;
    if (group->adapt_at > 0 && count >= group->adapt_at) {
        group->adapt_at = 0;
        again = true;
        if (group->trained > 0) { /* of the load as it is now; one that knows nothing else needs all there is */
            lasts = count - group->since;
            lasts = lasts > 2 * need ? lasts : 2 * need;
        }
    }
    return again && count >= need ? (lasts < count ? lasts : count) : 0;
}

/* Those of a group that have seen enough to learn from it. */
struct class
{
    int *jobs;
    struct forecaster **models;
    struct forecaster_series *series;
    size_t count, longest;
};

static void call_class(const struct proactive *self, const struct weir_view *view, const struct proactive_group *group,
                       int lasts, struct class *class)
{
    int need = (int)forecaster_need(self->jobs[group->jobs[0]]->model);
    int most = self->memory >= need && self->memory < lasts ? self->memory : lasts;
    class->jobs = weir_alloc(group->count, sizeof *class->jobs);
    class->models = weir_alloc(group->count, sizeof *class->models);
    class->series = weir_alloc(group->count, sizeof *class->series);
    for (size_t k = 0; k < group->count; k++) {
        const struct weir_job_view *seen = &view->jobs[group->jobs[k]];
        int taken = most < seen->history_count ? most : seen->history_count;
        if (seen->history_count < need)
            continue;
        class->jobs[class->count] = group->jobs[k];
        class->models[class->count] = self->jobs[group->jobs[k]]->model;
        class->series[class->count++] =
            (struct forecaster_series){seen->ingress_history + seen->history_count - taken, (size_t)taken};
        class->longest = (size_t)taken > class->longest ? (size_t)taken : class->longest;
    }
}

static void tell(struct proactive *self, struct weir_plan *plan, const struct class *class)
{
    const char *name = forecaster_kind_of(class->models[0])->name;
    double flops = forecaster_cost(class->models[0], class->longest, 1).fit_flops;
    self->jobs[class->jobs[0]]->flops += flops;
    if (class->count > 1)
        weir_plan_note(plan, class->jobs[0], "%s learns %zu windows of %zu jobs alike: %.3g flop", name, class->longest,
                       class->count, flops);
    else
        weir_plan_note(plan, class->jobs[0], "%s learns %zu windows: %.3g flop", name, class->longest, flops);
}

/* Each gets the message, which the first would clear. */
static void give_up(struct proactive *self, const struct weir_view *view, struct weir_plan *plan,
                    const struct class *class, int code)
{
    char *message = weir_copy(weir_error_message());
    for (size_t k = 0; k < class->count; k++) {
        weir_error(code, "%s", message);
        proactive_fall_back(self, view, plan, class->jobs[k]);
    }
    free(message);
}

/* Those that were absent know what the class has learnt. */
static void pass_on(const struct proactive *self, const struct proactive_group *group, struct forecaster *learned)
{
    for (size_t k = 0; k < group->count; k++) {
        struct proactive_job *known = self->jobs[group->jobs[k]];
        if (known->ready && known->model != learned && forecaster_shares(learned))
            forecaster_join(known->model, learned, NULL);
    }
}

static void teach(struct proactive *self, const struct weir_view *view, struct weir_plan *plan,
                  struct proactive_group *group, int lasts)
{
    struct class class = {0};
    call_class(self, view, group, lasts, &class);
    if (class.count > 0) {
        bool tune = group->ready && self->adapt != PROACTIVE_FIT;
        const struct forecaster_series *first = &class.series[0];
        int code;
        tell(self, plan, &class);
        if (class.count > 1)
            code = forecaster_fit_together(class.models, class.series, class.count, tune);
        else
            code = tune ? forecaster_tune(class.models[0], first->values, first->count)
                        : forecaster_fit(class.models[0], first->values, first->count);
        for (size_t k = 0; k < class.count; k++) {
            self->jobs[class.jobs[k]]->ready = code == WEIR_OK;
            self->jobs[class.jobs[k]]->taken = view->jobs[class.jobs[k]].history_count;
        }
        group->ready = code == WEIR_OK;
        group->fitted_at = windows_of(group, view);
        if (code == WEIR_OK)
            pass_on(self, group, class.models[0]);
        else
            give_up(self, view, plan, &class, code);
    }
    free(class.jobs);
    free(class.models);
    free(class.series);
}

/* Jobs that came when the others had been taught join them once they have seen enough of their own load. */
static void admit(struct proactive *self, const struct weir_view *view, struct weir_plan *plan,
                  struct proactive_group *group)
{
    struct forecaster *of = who_knows(self, group);
    for (size_t k = 0; of && k < group->count;) {
        int job = group->jobs[k++];
        struct proactive_job *known = self->jobs[job];
        int count = view->jobs[job].history_count, need = (int)forecaster_need(known->model);
        if (known->ready || count < (self->warm > need ? self->warm : need))
            continue;
        int taken = self->memory >= need && self->memory < count ? self->memory : count;
        const struct forecaster_series series = {view->jobs[job].ingress_history + count - taken, (size_t)taken};
        known->ready = forecaster_join(known->model, of, &series) == WEIR_OK;
        known->taken = count;
        if (!known->ready) {
            proactive_fall_back(self, view, plan, job);
            k--; /* it has left */
        }
    }
}

/* A run that ends before a model is fitted is one of the last value: said once. */
static void tell_of_short_run(struct proactive *self, const struct weir_view *view, struct weir_plan *plan,
                              const struct proactive_group *group)
{
    const struct forecaster *model = self->jobs[group->jobs[0]]->model;
    int need = (int)forecaster_need(model), wanted = self->warm > need ? self->warm : need;
    double left = (view->ends_s - view->time_s) / view->window_s;
    if (self->told || group->ready || !(view->ends_s > 0) || windows_of(group, view) + floor(left + 1e-9) > wanted)
        return;
    self->told = true;
    weir_plan_warn(plan, group->jobs[0],
                   "%s is fitted after %d windows of %g s, and the run ends before the next: the last value stands for "
                   "all forecasts; give it \"train\", a longer \"duration\", or a shorter \"window\" or \"warm\"",
                   forecaster_kind_of(model)->name, wanted, view->window_s);
}

void proactive_teach(struct proactive *self, const struct weir_view *view, struct weir_plan *plan)
{
    for (size_t g = 0; g < self->group_count;) {
        struct proactive_group *group = self->groups[g];
        size_t groups = self->group_count;
        plan_lessons(self, view, group);
        int lasts = lesson(self, view, group);
        if (lasts > 0)
            teach(self, view, plan, group, lasts);
        if (groups != self->group_count)
            continue; /* it failed, and the next has its place */
        admit(self, view, plan, group);
        tell_of_short_run(self, view, plan, group);
        g++;
    }
}

void proactive_foresee(struct proactive *self, const struct weir_view *view)
{
    for (size_t g = 0; g < self->group_count; g++) {
        const struct proactive_group *group = self->groups[g];
        struct forecaster **models = weir_alloc(group->count, sizeof *models);
        size_t steps = 0;
        for (size_t k = 0; k < group->count; k++) {
            size_t wanted = proactive_looks_ahead(self, view, group->jobs[k]);
            models[k] = self->jobs[group->jobs[k]]->model;
            steps = wanted > steps ? wanted : steps;
        }
        if (group->count > 1)
            forecaster_prepare(models, group->count, steps);
        free(models);
    }
}
