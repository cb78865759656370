/* Who steers a run is asked at the ends of windows, and has the load, the links or the policies changed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/parts.h"

/* Beyond these a wish is a slip of the pen. */
#define FACTOR_LEAST 1e-6
#define FACTOR_MOST  1e6

/* What is named, or everything (NULL). */
static bool means(const struct weir_wish *wish, const char *name)
{
    return !wish->name || strcmp(wish->name, name) == 0;
}

static bool set_load(struct weir_world *world, const struct weir_wish *wish)
{
    bool found = false;
    for (int j = 0; j < world->job_count; j++) {
        struct weir_run_job *job = &world->jobs[j];
        if (!means(wish, job->spec->name))
            continue;
        found = true;
        job->load_factor = wish->factor;
        if (job->life != WEIR_JOB_WAITING)
            weir_arrivals_scale(&job->arrivals, wish->factor);
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

static void fail(struct weir_world *world, int code, const char *message)
{
    if (!world->error) {
        world->error = code;
        world->error_text = weir_copy(message);
    }
}

static bool set_links(struct weir_world *world, const struct weir_wish *wish)
{
    const struct weir_platform *platform = world->platform;
    const char *fixed = weir_scenario_fixed_links(world->scenario);
    bool found = false;
    if (fixed) {
        fail(world, WEIR_EINPUT, fixed);
        return true;
    }
    if (!world->link_factors) {
        world->link_factors = weir_alloc(platform->link_count, sizeof *world->link_factors);
        for (size_t l = 0; l < platform->link_count; l++)
            world->link_factors[l] = 1;
    }
    for (size_t l = 0; l < platform->link_count; l++) {
        if (!means(wish, platform->links[l].name) || is_wifi(platform, l))
            continue;
        found = true;
        world->link_factors[l] = wish->factor;
        weir_link_apply(world, l);
    }
    weir_world_routes_again(world);
    return found || !wish->name;
}

/* New policies in place of the old ones. They are shown the jobs that run, one after the other, as if each arrived;
 * what they plan then has its price, since those jobs are at work. */
static void set_policies(struct weir_world *world, const struct weir_wish *wish)
{
    const struct weir_run_spec *spec = world->spec;
    struct weir_used_policy *made;
    if (weir_policies_make(wish->stack, spec->catalog, spec->seed, spec->observer, &made) != WEIR_OK) {
        fail(world, weir_error_code(), weir_error_message());
        weir_policies_free(made, wish->stack->use_count, spec->observer);
        return;
    }
    weir_error_clear();
    weir_policies_free(world->policies, world->policy_count, spec->observer);
    world->policies = made;
    world->policy_count = wish->stack->use_count;
    if (weir_error_code())
        fail(world, weir_error_code(), weir_error_message());
    weir_view_deployments(world, 0, weir_now());
    struct weir_plan *plan = weir_plan_new(&world->view);
    for (int j = 0; j < world->arrived_jobs && !world->error; j++)
        if (world->jobs[j].life == WEIR_JOB_RUNNING)
            weir_hook_job_arrives(world, j, plan);
    if (!world->error)
        weir_plan_carry_out(world, plan);
    weir_plan_free(plan);
}

static void refuse(struct weir_world *world, const struct weir_wish *wish)
{
    bool load = wish->kind == WEIR_WISH_LOAD;
    char *message = weir_format("there is no %s \"%s\" whose %s could be changed", load ? "job" : "link", wish->name,
                                load ? "load" : "bandwidth");
    fail(world, WEIR_EINPUT, message);
    free(message);
}

void weir_steer(struct weir_world *world, bool end)
{
    const struct weir_control *control = world->spec->control;
    struct weir_wish wishes[WEIR_WISHES];
    if (!control || world->error || world->explained)
        return;
    int count = control->window(control->context, &world->view, wishes);
    world->explained |= count < 0;
    for (int w = 0; w < count && !end && !world->error; w++) {
        const struct weir_wish *wish = &wishes[w];
        if (wish->kind == WEIR_WISH_POLICY) {
            set_policies(world, wish);
        } else if (!(wish->factor >= FACTOR_LEAST && wish->factor <= FACTOR_MOST)) {
            char *message = weir_format("the factor %g of a %s is not from %g to %g", wish->factor,
                                        wish->kind == WEIR_WISH_LOAD ? "load" : "link", FACTOR_LEAST, FACTOR_MOST);
            fail(world, WEIR_EINPUT, message);
            free(message);
        } else if (!(wish->kind == WEIR_WISH_LOAD ? set_load : set_links)(world, wish)) {
            refuse(world, wish);
        }
    }
}
