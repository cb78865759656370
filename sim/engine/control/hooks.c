/* Calls of the policies' hooks: how long they take, who hears that a user's code begins, and what becomes of hooks that
 * fail or that plan with numbers that are none. */
#include "sim/engine/control/hooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/control/view.h"

static double wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* What the policies are asked about. */
struct event {
    const char *name;
    const int *jobs; /* NULL: a window */
    int count;       /* of jobs */
    bool departs;
};

/* "policy mine at 20 s (window 1)", "policy mine at 0 s (arrival of job camera)"; owned. */
static char *place_of(const struct weir_controller *controller, const struct weir_used_policy *used,
                      const struct event *event)
{
    char window[32], more[32] = "";
    snprintf(window, sizeof window, "%ld", controller->view.window);
    if (event->count > 1)
        snprintf(more, sizeof more, " and %d more", event->count - 1);
    return weir_format("policy %s at %.6g s (%s %s%s)", used->called, controller->clock->now_s, event->name,
                       event->jobs ? controller->view.jobs[event->jobs[0]].name : window, more);
}

/* The hook of the event. */
static int ask(const struct weir_used_policy *used, const struct weir_view *view, const struct event *event,
               struct weir_plan *plan)
{
    const struct weir_policy *policy = used->policy;
    if (!event->jobs)
        return policy->window_ends(used->state, view, plan);
    if (!event->departs)
        return policy->jobs_arrive ? policy->jobs_arrive(used->state, view, event->jobs, event->count, plan)
                                   : policy->job_arrives(used->state, view, event->jobs[0], plan);
    policy->job_departs(used->state, view, event->jobs[0]);
    return WEIR_OK;
}

/* Calls the hook of the event; `plan` is NULL if there is nothing to decide. */
static void call(struct weir_controller *controller, const struct weir_used_policy *used, const struct event *event,
                 struct weir_plan *plan)
{
    char *place = used->limit_s > 0 ? place_of(controller, used, event) : NULL;
    if (plan)
        weir_plan_author(plan, used->called);
    weir_error_clear();
    weir_hook_begins(controller->spec->observer, used, place);
    controller->asked = used;
    double start_s = wall_s();
    int code = ask(used, &controller->view, event, plan);
    controller->books->decision_wall_s += wall_s() - start_s;
    controller->asked = NULL;
    weir_hook_begins(controller->spec->observer, used, NULL);
    if (code < 0) {
        code = weir_error_code() ? weir_error_code() : WEIR_ERUN;
        if (!*weir_error_message())
            weir_error(code, "gave up without saying why");
    } else {
        code = plan ? weir_plan_check_finite(plan) : WEIR_OK;
    }
    if (code) {
        if (!place)
            place = place_of(controller, used, event);
        weir_clock_fail(controller->clock, code, "%s: %s", place, weir_error_message());
    }
    free(place);
}

void weir_hook_jobs_arrive(struct weir_controller *controller, const int *jobs, int count, struct weir_plan *plan)
{
    for (int p = 0; p < controller->policies->count && weir_goes_on(controller); p++) {
        const struct weir_used_policy *used = &controller->policies->list[p];
        bool together = used->policy->jobs_arrive != NULL;
        if (!together && !used->policy->job_arrives)
            continue;
        for (int k = 0; k < count && weir_goes_on(controller); k += together ? count : 1) {
            const struct event event = {.name = "arrival of job", .jobs = jobs + k, .count = together ? count : 1};
            call(controller, used, &event, plan);
        }
    }
}

void weir_hook_window_ends(struct weir_controller *controller, struct weir_plan *plan)
{
    const struct event event = {.name = "window"};
    for (int p = 0; p < controller->policies->count && weir_goes_on(controller); p++)
        if (controller->policies->list[p].policy->window_ends)
            call(controller, &controller->policies->list[p], &event, plan);
}

void weir_hook_job_departs(struct weir_controller *controller, int job)
{
    const struct event event = {.name = "departure of job", .jobs = &job, .count = 1, .departs = true};
    for (int p = 0; p < controller->policies->count; p++)
        if (controller->policies->list[p].policy->job_departs)
            call(controller, &controller->policies->list[p], &event, NULL);
}

double weir_hook_route(struct weir_controller *controller, const struct weir_used_policy *used,
                       struct weir_routing *item)
{
    const struct weir_observer *observer = controller->spec->observer;
    const struct weir_run_job *job = &controller->flow->jobs[item->job];
    const struct event event = {.name = "item for job", .jobs = &item->job, .count = 1};
    char *place = NULL;
    if (used->limit_s > 0) {
        place = place_of(controller, used, &event);
        weir_hook_begins(observer, used, place);
    }
    controller->asked = used;
    bool measured = controller->scenario->decision_measured;
    double begun_s = measured ? wall_s() : 0;
    int code = used->policy->route(used->state, &controller->view, item);
    double taken_s = measured ? wall_s() - begun_s : 0;
    controller->asked = NULL;
    if (used->limit_s > 0)
        weir_hook_begins(observer, used, NULL);
    if (code < 0 && !*weir_error_message())
        weir_error(code, "gave up without saying why");
    else if (code >= 0 && (item->choice < -1 || item->choice >= item->count))
        code = weir_error(WEIR_ERUN, "chose number %d of %d candidates for operator %s", item->choice, item->count,
                          job->ops[item->op].spec->name);
    if (code < 0) {
        if (!place)
            place = place_of(controller, used, &event);
        weir_clock_fail(controller->clock, weir_error_code() ? weir_error_code() : WEIR_ERUN, "%s: %s", place,
                        weir_error_message());
    }
    free(place);
    return taken_s;
}

static char *explain(const struct weir_used_policy *used, const struct weir_view *view,
                     const struct weir_explain_wish *wish)
{
    const struct weir_policy *policy = used->policy;
    if (wish)
        return policy->explain_as ? policy->explain_as(used->state, view, wish) : NULL;
    return policy->explain ? policy->explain(used->state, view) : NULL;
}

bool weir_hook_explain(struct weir_controller *controller)
{
    const struct weir_observer *observer = controller->spec->observer;
    bool enough = false;
    if (observer && observer->explained) /* what has just been decided is under way */
        weir_view_deployments(controller, 0);
    for (int p = 0; observer && observer->explained && p < controller->policies->count && weir_goes_on(controller);
         p++) {
        const struct weir_used_policy *used = &controller->policies->list[p];
        const struct event event = {.name = "explain, window"};
        char *place = used->limit_s > 0 ? place_of(controller, used, &event) : NULL;
        weir_hook_begins(observer, used, place);
        controller->asked = used;
        char *text = explain(used, &controller->view, observer->explain_wish);
        controller->asked = NULL;
        weir_hook_begins(observer, used, NULL);
        enough |= observer->explained(observer->context, controller->clock->now_s, used->called, text);
        free(text);
        free(place);
    }
    return enough;
}
