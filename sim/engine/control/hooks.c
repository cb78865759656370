/* Calls of the policies' hooks: how long they take, who hears that a user's code begins, and what becomes of hooks that
 * fail or that plan with numbers that are none. */
#include "sim/engine/control/hooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

static double wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* "policy mine at 20 s (window 1)", "policy mine at 0 s (arrival of job camera)"; owned. */
static char *place_of(const struct weir_controller *controller, const struct weir_used_policy *used, const char *event,
                      int job)
{
    char window[32];
    snprintf(window, sizeof window, "%ld", controller->view.window);
    return weir_format("policy %s at %.6g s (%s %s)", used->policy->name, controller->clock->now_s, event,
                       job < 0 ? window : controller->view.jobs[job].name);
}

/* Calls the hook of the event; `plan` is NULL if there is nothing to decide. */
static void call(struct weir_controller *controller, const struct weir_used_policy *used, const char *event, int job,
                 struct weir_plan *plan)
{
    const struct weir_policy *policy = used->policy;
    const struct weir_view *view = &controller->view;
    char *place = used->limit_s > 0 ? place_of(controller, used, event, job) : NULL;
    int code = WEIR_OK;
    if (plan)
        weir_plan_author(plan, policy->name);
    weir_error_clear();
    weir_hook_begins(controller->spec->observer, used, place);
    controller->asked = used;
    double start_s = wall_s();
    if (!plan)
        policy->job_departs(used->state, view, job);
    else
        code =
            job < 0 ? policy->window_ends(used->state, view, plan) : policy->job_arrives(used->state, view, job, plan);
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
            place = place_of(controller, used, event, job);
        weir_clock_fail(controller->clock, code, "%s: %s", place, weir_error_message());
    }
    free(place);
}

void weir_hook_job_arrives(struct weir_controller *controller, int job, struct weir_plan *plan)
{
    for (int p = 0; p < controller->policies->count && weir_goes_on(controller); p++)
        if (controller->policies->list[p].policy->job_arrives)
            call(controller, &controller->policies->list[p], "arrival of job", job, plan);
}

void weir_hook_window_ends(struct weir_controller *controller, struct weir_plan *plan)
{
    for (int p = 0; p < controller->policies->count && weir_goes_on(controller); p++)
        if (controller->policies->list[p].policy->window_ends)
            call(controller, &controller->policies->list[p], "window", -1, plan);
}

void weir_hook_job_departs(struct weir_controller *controller, int job)
{
    for (int p = 0; p < controller->policies->count; p++)
        if (controller->policies->list[p].policy->job_departs)
            call(controller, &controller->policies->list[p], "departure of job", job, NULL);
}

void weir_hook_route(struct weir_controller *controller, const struct weir_used_policy *used, struct weir_routing *item)
{
    const struct weir_observer *observer = controller->spec->observer;
    const struct weir_run_job *job = &controller->flow->jobs[item->job];
    char *place = NULL;
    if (used->limit_s > 0) {
        place = place_of(controller, used, "item for job", item->job);
        weir_hook_begins(observer, used, place);
    }
    controller->asked = used;
    int code = used->policy->route(used->state, &controller->view, item);
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
            place = place_of(controller, used, "item for job", item->job);
        weir_clock_fail(controller->clock, weir_error_code() ? weir_error_code() : WEIR_ERUN, "%s: %s", place,
                        weir_error_message());
    }
    free(place);
}

bool weir_hook_explain(struct weir_controller *controller)
{
    const struct weir_observer *observer = controller->spec->observer;
    bool enough = false;
    for (int p = 0; observer && observer->explained && p < controller->policies->count && weir_goes_on(controller);
         p++) {
        const struct weir_used_policy *used = &controller->policies->list[p];
        char *place = used->limit_s > 0 ? place_of(controller, used, "explain, window", -1) : NULL;
        weir_hook_begins(observer, used, place);
        controller->asked = used;
        char *text = used->policy->explain ? used->policy->explain(used->state, &controller->view) : NULL;
        controller->asked = NULL;
        weir_hook_begins(observer, used, NULL);
        enough |= observer->explained(observer->context, controller->clock->now_s, used->policy->name, text);
        free(text);
        free(place);
    }
    return enough;
}
