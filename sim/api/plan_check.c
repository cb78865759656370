#include "sim/api/plan_check.h"

#include <math.h>
#include <stdlib.h>

#include "sim/api/plan_state.h"
#include "sim/api/space.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"

/* Routing adds weights up and takes them away again: beyond, sums would lose them. */
#define WEIGHT_AT_LEAST 1e-9
#define WEIGHT_AT_MOST  1e9

static int on_host(const struct weir_placement *instances, int count, int host)
{
    int found = 0;
    for (int i = 0; i < count; i++)
        found += instances[i].host == host;
    return found;
}

/* What does not depend on other operators. NULL: nothing wrong. Owned. */
static char *check_wish(const struct weir_view *view, const struct weir_plan_change *change)
{
    const struct weir_job_view *job = &view->jobs[change->job];
    const struct weir_operator_view *op = &job->operators[change->op];
    if (!job->running)
        return weir_format("job \"%s\" has departed", job->name);
    if (change->count < op->min_instances)
        return change->count ? weir_format("%d instances, at least %d are needed", change->count, op->min_instances)
                             : weir_format("no instances");
    if (change->count > op->max_parallelism)
        return weir_format("%d instances, at most %d are allowed", change->count, op->max_parallelism);
    for (int i = 0; i < change->count; i++) {
        const struct weir_placement *at = &change->instances[i];
        if (at->host < 0 || at->host >= view->host_count)
            return weir_format("host %d does not exist", at->host);
        const struct weir_host_view *host = &view->hosts[at->host];
        if (!host->up)
            return weir_format(host->asleep       ? "host \"%s\" sleeps; wake it first"
                               : host->boot_s > 0 ? "host \"%s\" boots"
                                                  : "host \"%s\" is down",
                               host->name);
        if (!(weir_view_speed(&view->hosts[at->host], op) > 0))
            return weir_format("host \"%s\" has speed 0", view->hosts[at->host].name);
        if (!(at->weight >= WEIGHT_AT_LEAST && at->weight <= WEIGHT_AT_MOST))
            return weir_format("weight of instance %d is %g; it must be from %g to %g", i + 1, at->weight,
                               WEIGHT_AT_LEAST, WEIGHT_AT_MOST);
        if (!(at->cpu_share > 0) || at->cpu_share > 1)
            return weir_format("CPU share of instance %d is %g; it must be above 0 and at most 1", i + 1,
                               at->cpu_share);
    }
    return op->changing ? weir_format("a change is under way") : NULL;
}

int weir_plan_check_finite(const struct weir_plan *plan)
{
    for (int c = 0; c < plan->change_count; c++) {
        const struct weir_plan_change *change = &plan->changes[c];
        const struct weir_job_view *job = &plan->view->jobs[change->job];
        for (int i = 0; i < change->count; i++) {
            const struct weir_placement *at = &change->instances[i];
            bool weight = !isfinite(at->weight);
            if (weight || !isfinite(at->cpu_share))
                return weir_error(WEIR_ERUN,
                                  "%s of instance %d of %s/%s is %g; every number of a plan must be finite: find out "
                                  "where it comes from",
                                  weight ? "weight" : "cpu_share", i + 1, job->name, job->operators[change->op].name,
                                  weight ? at->weight : at->cpu_share);
        }
    }
    return weir_plan_rates_check_finite(plan);
}

static char *full(const struct weir_host_view *host, int in_use, int more)
{
    if (in_use >= host->slots || more == 1)
        return weir_format("host \"%s\" is full (%d slots, %d in use)", host->name, host->slots, in_use);
    return weir_format("host \"%s\" has no room for %d more instances (%d slots, %d in use)", host->name, more,
                       host->slots, in_use);
}

/* Slots and memory of one host for `before` -> `after` instances. */
static char *check_host(const struct weir_space *space, int h, int before, int after, double state_before,
                        double state_after)
{
    const struct weir_host_view *host = &space->view->hosts[h];
    double more = state_after - state_before, room = host->memory_bytes - space->memory_bytes[h];
    char needed[32], left[32];
    switch (weir_space_lack(space, h, after - before, more)) {
    case WEIR_LACKS_SLOTS:
        return full(host, space->instances[h], after - before);
    case WEIR_LACKS_MEMORY:
        weir_quantity_show(WEIR_UNIT_BYTES, more, needed, sizeof needed);
        weir_quantity_show(WEIR_UNIT_BYTES, room > 0 ? room : 0, left, sizeof left);
        return weir_format("host \"%s\" has too little memory (%s of state more, %s free)", host->name, needed, left);
    case WEIR_LACKS_POWER: /* found out before */
    case WEIR_LACKS_NOTHING:
        break;
    }
    return NULL;
}

/* Slots and memory; takes them if there is room. */
static char *check_room(struct weir_space *space, const struct weir_plan_change *change,
                        const struct weir_placement *base, int base_count, bool base_counts)
{
    const struct weir_operator_view *op = &space->view->jobs[change->job].operators[change->op];
    double state = isfinite(op->state_bytes) && op->state_bytes > 0 ? op->state_bytes : 0;
    if (!base_counts)
        base_count = 0; /* a preset that is replaced before anything was started */
    double part_before = base_count > 0 ? state / base_count : 0,
           part_after = change->count > 0 ? state / change->count : 0;
    char *refusal = NULL;
    for (int i = 0; i < change->count && !refusal; i++) {
        int h = change->instances[i].host;
        if (i > 0 && on_host(change->instances, i, h))
            continue; /* seen */
        int before = on_host(base, base_count, h), after = on_host(change->instances, change->count, h);
        refusal = check_host(space, h, before, after, before * part_before, after * part_after);
    }
    if (refusal)
        return refusal;
    for (int i = 0; i < base_count; i++) {
        if (base[i].host >= 0 && base[i].host < space->view->host_count)
            weir_space_take(space, base[i].host, -1, -part_before);
    }
    for (int i = 0; i < change->count; i++)
        weir_space_take(space, change->instances[i].host, 1, part_after);
    return NULL;
}

/* Presets take room: those of operators left as they are (`changed` false), or one that a refused wish falls back to.
 */
static void take(struct weir_space *space, const struct weir_operator_view *op, const struct weir_plan_slot *slot)
{
    for (int i = 0; i < slot->preset_count; i++) {
        int h = slot->preset[i].host;
        if (h >= 0 && h < space->view->host_count)
            weir_space_take(space, h, 1, isfinite(op->state_bytes) ? op->state_bytes / slot->preset_count : 0);
    }
    for (int i = 0; i < op->instance_count; i++) /* in place of what the view shows */
        if (op->instances[i].host >= 0 && op->instances[i].host < space->view->host_count)
            weir_space_take(space, op->instances[i].host, -1, 0);
}

/* Room as it is before any change of the plan. */
static struct weir_space space_of(const struct weir_plan *plan)
{
    struct weir_space space = {0};
    weir_space_begin(&space, plan->view);
    for (size_t j = 0; j < plan->job_count; j++)
        for (int o = 0; plan->jobs[j] && o < plan->view->jobs[j].operator_count; o++)
            if (plan->jobs[j][o].preset && plan->jobs[j][o].change < 0)
                take(&space, &plan->view->jobs[j].operators[o], &plan->jobs[j][o]);
    return space;
}

void weir_plan_check(struct weir_plan *plan)
{
    weir_plan_rates_check(plan);
    weir_plan_powers_check(plan);
    weir_plan_pstates_check(plan);
    if (!plan->change_count)
        return;
    struct weir_space space = space_of(plan);
    for (int i = 0; i < plan->change_count; i++) {
        struct weir_plan_change *change = &plan->changes[i];
        const struct weir_plan_slot *slot = &plan->jobs[change->job][change->op];
        int base_count;
        const struct weir_placement *base = weir_plan_base(plan, change->job, change->op, &base_count);
        free(change->refusal);
        change->refusal = check_wish(plan->view, change);
        if (!change->refusal)
            change->refusal = check_room(&space, change, base, base_count, !slot->preset);
        if (change->refusal && slot->preset)
            take(&space, &plan->view->jobs[change->job].operators[change->op], slot);
    }
    weir_space_fini(&space);
}

void weir_plan_check_room(struct weir_plan *plan)
{
    struct weir_space space = space_of(plan);
    for (int i = 0; i < plan->change_count; i++) {
        struct weir_plan_change *change = &plan->changes[i];
        int base_count;
        const struct weir_placement *base = weir_plan_base(plan, change->job, change->op, &base_count);
        if (!change->refusal)
            change->refusal = check_room(&space, change, base, base_count, true);
    }
    weir_space_fini(&space);
}
