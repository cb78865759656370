/* Calls of the policies' hooks: how long they take, who hears that a user's code begins, and what becomes of hooks that
 * fail or that plan with numbers that are none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/parts.h"

/* Real time for a hook of a shared object, unless "timeout" says another; as that of programs at a pipe. */
#define HOOK_AT_MOST_S 10.0

int weir_hook_limit(const struct weir_policy_use *use, const struct weir_param *params, double *limit_s)
{
    *limit_s = weir_policy_is_path(use->name) ? HOOK_AT_MOST_S : 0;
    bool own = false; /* a parameter of the policy has that name */
    for (const struct weir_param *row = params; row->name; row++)
        own |= strcmp(row->name, "timeout") == 0;
    if (!use->params || !*limit_s || own)
        return WEIR_OK;
    struct weir_json at = weir_json_root(use->params);
    return weir_json_opt_quantity(&at, "timeout", WEIR_UNIT_TIME, 1e-3, 1e9, limit_s);
}

void weir_hook_begins(const struct weir_observer *observer, const struct weir_used_policy *used, const char *place)
{
    if (used->limit_s > 0 && observer && observer->foreign)
        observer->foreign(observer->context, place, used->limit_s);
}

static double wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* "policy mine at 20 s (window 1)", "policy mine at 0 s (arrival of job camera)"; owned. */
static char *place_of(const struct weir_world *world, const struct weir_used_policy *used, const char *event, int job)
{
    char window[32];
    snprintf(window, sizeof window, "%ld", world->view.window);
    return weir_format("policy %s at %.6g s (%s %s)", used->policy->name, weir_now(), event,
                       job < 0 ? window : world->view.jobs[job].name);
}

/* Calls the hook of the event; `plan` is NULL if there is nothing to decide. */
static void call(struct weir_world *world, const struct weir_used_policy *used, const char *event, int job,
                 struct weir_plan *plan)
{
    const struct weir_policy *policy = used->policy;
    const struct weir_view *view = &world->view;
    char *place = used->limit_s > 0 ? place_of(world, used, event, job) : NULL;
    int code = WEIR_OK;
    if (plan)
        weir_plan_author(plan, policy->name);
    weir_error_clear();
    weir_hook_begins(world->spec->observer, used, place);
    double start_s = wall_s();
    if (!plan)
        policy->job_departs(used->state, view, job);
    else
        code =
            job < 0 ? policy->window_ends(used->state, view, plan) : policy->job_arrives(used->state, view, job, plan);
    world->decision_wall_s += wall_s() - start_s;
    weir_hook_begins(world->spec->observer, used, NULL);
    if (code < 0) {
        code = weir_error_code() ? weir_error_code() : WEIR_ERUN;
        if (!*weir_error_message())
            weir_error(code, "gave up without saying why");
    } else {
        code = plan ? weir_plan_check_finite(plan) : WEIR_OK;
    }
    if (code) {
        if (!place)
            place = place_of(world, used, event, job);
        world->error = code;
        world->error_text = weir_format("%s: %s", place, weir_error_message());
    }
    free(place);
}

void weir_hook_job_arrives(struct weir_world *world, int job, struct weir_plan *plan)
{
    for (int p = 0; p < world->policy_count && !world->error; p++)
        if (world->policies[p].policy->job_arrives)
            call(world, &world->policies[p], "arrival of job", job, plan);
}

void weir_hook_window_ends(struct weir_world *world, struct weir_plan *plan)
{
    for (int p = 0; p < world->policy_count && !world->error; p++)
        if (world->policies[p].policy->window_ends)
            call(world, &world->policies[p], "window", -1, plan);
}

void weir_hook_job_departs(struct weir_world *world, int job)
{
    for (int p = 0; p < world->policy_count; p++)
        if (world->policies[p].policy->job_departs)
            call(world, &world->policies[p], "departure of job", job, NULL);
}

bool weir_hook_explain(struct weir_world *world)
{
    const struct weir_observer *observer = world->spec->observer;
    bool enough = false;
    for (int p = 0; observer && observer->explained && p < world->policy_count && !world->error; p++) {
        const struct weir_used_policy *used = &world->policies[p];
        char *place = used->limit_s > 0 ? place_of(world, used, "explain, window", -1) : NULL;
        weir_hook_begins(observer, used, place);
        char *text = used->policy->explain ? used->policy->explain(used->state, &world->view) : NULL;
        weir_hook_begins(observer, used, NULL);
        enough |= observer->explained(observer->context, weir_now(), used->policy->name, text);
        free(text);
        free(place);
    }
    return enough;
}
