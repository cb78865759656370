/* Who steers a run is asked at the ends of windows, and has the load, the links or the policies changed. */
#include "sim/engine/control/steer.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/engine/control/faults.h"
#include "sim/engine/control/hooks.h"
#include "sim/engine/control/plans.h"
#include "sim/engine/control/routing.h"
#include "sim/engine/control/view.h"

/* Beyond these a wish is a slip of the pen. */
#define FACTOR_LEAST 1e-6
#define FACTOR_MOST  1e6

/* What is named, or everything (NULL). */
static bool means(const struct weir_wish *wish, const char *name)
{
    return !wish->name || strcmp(wish->name, name) == 0;
}

static bool set_load(struct weir_controller *controller, const struct weir_wish *wish)
{
    bool found = false;
    for (int j = 0; j < controller->flow->job_count; j++) {
        struct weir_run_job *job = &controller->flow->jobs[j];
        if (!means(wish, job->spec->name))
            continue;
        found = true;
        weir_source_scale(job, wish->factor);
    }
    return found;
}

static bool is_wifi(const struct weir_platform *platform, size_t link)
{
    for (size_t h = 0; h < platform->host_count; h++)
        if (platform->hosts[h].wifi_link == (int)link)
            return true;
    return false;
}

static bool set_links(struct weir_controller *controller, const struct weir_wish *wish)
{
    const struct weir_platform *platform = controller->platform;
    const char *fixed = weir_scenario_fixed_links(controller->scenario);
    bool found = false;
    if (fixed) {
        weir_clock_fail(controller->clock, WEIR_EINPUT, "%s", fixed);
        return true;
    }
    for (size_t l = 0; l < platform->link_count; l++) {
        if (!means(wish, platform->links[l].name) || is_wifi(platform, l))
            continue;
        found = true;
        weir_link_wish(controller, l, wish->factor);
    }
    weir_links_catch_up(controller);
    return found || !wish->name;
}

/* New policies in place of the old ones. They are shown the jobs that run as if these arrived; what they plan then has
 * its price, since those jobs are at work. */
static void set_policies(struct weir_controller *controller, const struct weir_wish *wish)
{
    const struct weir_run_spec *spec = controller->spec;
    struct weir_policies made;
    if (weir_policies_make(&made, wish->stack, spec->catalog, spec->seed, spec->observer) != WEIR_OK) {
        weir_clock_fail(controller->clock, weir_error_code(), "%s", weir_error_message());
        weir_policies_free(&made);
        return;
    }
    weir_error_clear();
    weir_policies_free(controller->policies);
    *controller->policies = made;
    weir_routing_update(controller);
    if (weir_error_code())
        weir_clock_fail(controller->clock, weir_error_code(), "%s", weir_error_message());
    weir_view_deployments(controller, 0);
    struct weir_plan *plan = weir_plan_new(&controller->view);
    int *jobs = weir_alloc((size_t)controller->arrived_jobs, sizeof *jobs), count = 0;
    for (int j = 0; j < controller->arrived_jobs; j++)
        if (controller->flow->jobs[j].life == WEIR_JOB_RUNNING)
            jobs[count++] = j;
    weir_hook_jobs_arrive(controller, jobs, count, plan);
    free(jobs);
    if (weir_goes_on(controller)) {
        weir_plan_check(plan);
        weir_plan_tell(controller, plan);
        weir_plan_carry_out(controller, plan);
    }
    weir_plan_free(plan);
}

static void refuse(struct weir_controller *controller, const struct weir_wish *wish)
{
    bool load = wish->kind == WEIR_WISH_LOAD;
    weir_clock_fail(controller->clock, WEIR_EINPUT, "there is no %s \"%s\" whose %s could be changed",
                    load ? "job" : "link", wish->name, load ? "load" : "bandwidth");
}

void weir_steer(struct weir_controller *controller, bool end)
{
    const struct weir_control *control = controller->spec->control;
    struct weir_wish wishes[WEIR_WISHES];
    if (!control || !weir_goes_on(controller) || controller->explained)
        return;
    int count = control->window(control->context, &controller->view, wishes);
    controller->explained |= count < 0;
    for (int w = 0; w < count && !end && weir_goes_on(controller); w++) {
        const struct weir_wish *wish = &wishes[w];
        if (wish->kind == WEIR_WISH_POLICY) {
            set_policies(controller, wish);
        } else if (!(wish->factor >= FACTOR_LEAST && wish->factor <= FACTOR_MOST)) {
            weir_clock_fail(controller->clock, WEIR_EINPUT, "the factor %g of a %s is not from %g to %g", wish->factor,
                            wish->kind == WEIR_WISH_LOAD ? "load" : "link", FACTOR_LEAST, FACTOR_MOST);
        } else if (!(wish->kind == WEIR_WISH_LOAD ? set_load : set_links)(controller, wish)) {
            refuse(controller, wish);
        }
    }
}
