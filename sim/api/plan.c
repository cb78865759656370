#include "sim/api/plan.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/plan_state.h"
#include "sim/base/memory.h"

struct weir_plan *weir_plan_new(const struct weir_view *view)
{
    struct weir_plan *plan = weir_alloc(1, sizeof *plan);
    plan->view = view;
    plan->used = weir_alloc((size_t)view->host_count, sizeof *plan->used);
    weir_plan_reset(plan);
    return plan;
}

static void change_fini(struct weir_plan_change *change)
{
    free(change->instances);
    free(change->why);
    free(change->refusal);
}

static void clear(struct weir_plan *plan)
{
    for (int i = 0; i < plan->change_count; i++)
        change_fini(&plan->changes[i]);
    plan->change_count = 0;
    weir_plan_rates_clear(plan);
    weir_plan_powers_clear(plan);
    weir_plan_pstates_clear(plan);
    weir_plan_notes_clear(plan);
    weir_plan_outlooks_clear(plan);
    for (size_t j = 0; j < plan->job_count; j++) {
        if (!plan->jobs[j])
            continue;
        for (int o = 0; o < plan->view->jobs[j].operator_count; o++)
            free(plan->jobs[j][o].preset);
        free(plan->jobs[j]);
        plan->jobs[j] = NULL;
    }
}

void weir_plan_reset(struct weir_plan *plan)
{
    const struct weir_view *view = plan->view;
    clear(plan);
    plan->author = "";
    plan->jobs = weir_grow(plan->jobs, (size_t)view->job_count, &plan->job_capacity, sizeof *plan->jobs);
    for (size_t j = plan->job_count; j < (size_t)view->job_count; j++)
        plan->jobs[j] = NULL;
    plan->job_count = (size_t)view->job_count;
    for (int h = 0; h < view->host_count; h++)
        plan->used[h] = view->hosts[h].instances;
}

void weir_plan_free(struct weir_plan *plan)
{
    if (!plan)
        return;
    clear(plan);
    free(plan->changes);
    free(plan->rates);
    free(plan->powers);
    free(plan->pstates);
    free(plan->outlooks);
    free(plan->warnings);
    free(plan->jobs);
    free(plan->used);
    free(plan);
}

void weir_plan_author(struct weir_plan *plan, const char *policy)
{
    plan->author = policy;
}

bool weir_plan_has(const struct weir_plan *plan, int job, int op)
{
    const struct weir_view *view = plan->view;
    return job >= 0 && job < view->job_count && op >= 0 && op < view->jobs[job].operator_count;
}

static struct weir_plan_slot *slot_at(struct weir_plan *plan, int job, int op)
{
    if (!plan->jobs[job]) {
        int count = plan->view->jobs[job].operator_count;
        plan->jobs[job] = weir_alloc((size_t)count, sizeof *plan->jobs[job]);
        for (int o = 0; o < count; o++)
            plan->jobs[job][o].change = -1;
    }
    return &plan->jobs[job][op];
}

const struct weir_placement *weir_plan_base(const struct weir_plan *plan, int job, int op, int *count)
{
    const struct weir_plan_slot *slot = plan->jobs[job] ? &plan->jobs[job][op] : NULL;
    const struct weir_operator_view *seen = &plan->view->jobs[job].operators[op];
    bool preset = slot && slot->preset;
    *count = preset ? slot->preset_count : seen->instance_count;
    return preset ? slot->preset : seen->instances;
}

const struct weir_placement *weir_plan_get(const struct weir_plan *plan, int job, int op, int *count)
{
    int ignored;
    count = count ? count : &ignored;
    *count = 0;
    if (!weir_plan_has(plan, job, op))
        return NULL;
    const struct weir_plan_slot *slot = plan->jobs[job] ? &plan->jobs[job][op] : NULL;
    if (!slot || slot->change < 0)
        return weir_plan_base(plan, job, op, count);
    const struct weir_plan_change *change = &plan->changes[slot->change];
    *count = change->count;
    return change->instances;
}

const struct weir_plan_change *weir_plan_changes(const struct weir_plan *plan, int *count)
{
    *count = plan->change_count;
    return plan->changes;
}

int weir_plan_free_slots(const struct weir_plan *plan, int host)
{
    if (host < 0 || host >= plan->view->host_count)
        return 0;
    int slots = plan->view->hosts[host].slots;
    if (slots <= 0)
        return INT_MAX;
    return plan->used[host] < slots ? slots - plan->used[host] : 0;
}

/* Adds `by` for each instance to the planned use of its host. */
static void use_hosts(struct weir_plan *plan, const struct weir_placement *instances, int count, int by)
{
    for (int i = 0; i < count; i++)
        if (instances[i].host >= 0 && instances[i].host < plan->view->host_count)
            plan->used[instances[i].host] += by;
}

static struct weir_placement *copy_of(const struct weir_placement *instances, int count)
{
    struct weir_placement *copy = weir_alloc((size_t)count, sizeof *copy);
    if (count > 0)
        memcpy(copy, instances, (size_t)count * sizeof *copy);
    return copy;
}

static int by_place(const void *a, const void *b)
{
    const struct weir_placement *x = a, *y = b;
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    return (x->cpu_share > y->cpu_share) - (x->cpu_share < y->cpu_share);
}

/* Whether both are the same instances in any order. A weight or share that is no number equals nothing. */
static bool same(const struct weir_placement *a, int count_a, const struct weir_placement *b, int count_b)
{
    if (count_a != count_b)
        return false;
    bool equal = true;
    for (int i = 0; i < count_a && equal; i++) /* the usual case: in order, too */
        equal = a[i].host == b[i].host && a[i].weight == b[i].weight && a[i].cpu_share == b[i].cpu_share;
    if (equal)
        return true;
    struct weir_placement *x = copy_of(a, count_a), *y = copy_of(b, count_b);
    equal = true;
    for (int i = 0; i < count_a && equal; i++)
        equal = !isnan(x[i].weight) && !isnan(x[i].cpu_share);
    if (equal) {
        qsort(x, (size_t)count_a, sizeof *x, by_place);
        qsort(y, (size_t)count_b, sizeof *y, by_place);
    }
    for (int i = 0; i < count_a && equal; i++)
        equal = x[i].host == y[i].host && x[i].weight == y[i].weight && x[i].cpu_share == y[i].cpu_share;
    free(x);
    free(y);
    return equal;
}

static void withdraw(struct weir_plan *plan, struct weir_plan_slot *slot)
{
    int at = slot->change;
    change_fini(&plan->changes[at]);
    plan->change_count--;
    memmove(&plan->changes[at], &plan->changes[at + 1], (size_t)(plan->change_count - at) * sizeof *plan->changes);
    slot->change = -1;
    for (int i = at; i < plan->change_count; i++)
        plan->jobs[plan->changes[i].job][plan->changes[i].op].change = i;
}

char *weir_plan_format_why(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = format ? vsnprintf(NULL, 0, format, again) : 0;
    va_end(again);
    char *text = weir_alloc((size_t)(length > 0 ? length : 0) + 1, 1);
    if (length > 0)
        vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

void weir_plan_put(struct weir_plan *plan, int job, int op, const struct weir_placement *instances, int count,
                   const char *why, va_list args)
{
    if (!weir_plan_has(plan, job, op))
        return;
    static const struct weir_placement nowhere = {.host = -1, .weight = 1, .cpu_share = 1};
    if (count < 0)
        count = 0;
    if (count > 0 && !instances) { /* refused as that */
        instances = &nowhere;
        count = 1;
    }
    int present;
    const struct weir_placement *before = weir_plan_get(plan, job, op, &present);
    if (same(instances, count, before, present))
        return;
    struct weir_plan_slot *slot = slot_at(plan, job, op);
    struct weir_placement *wish = copy_of(instances, count);
    use_hosts(plan, before, present, -1);
    use_hosts(plan, wish, count, 1);

    int deployed;
    const struct weir_placement *base = weir_plan_base(plan, job, op, &deployed);
    if (slot->change >= 0 && same(wish, count, base, deployed)) {
        withdraw(plan, slot);
        free(wish);
        return;
    }
    if (slot->change < 0) {
        slot->change = plan->change_count++;
        plan->changes =
            weir_grow(plan->changes, (size_t)plan->change_count, &plan->change_capacity, sizeof *plan->changes);
    } else {
        change_fini(&plan->changes[slot->change]);
    }
    plan->changes[slot->change] = (struct weir_plan_change){.job = job,
                                                            .op = op,
                                                            .policy = plan->author,
                                                            .instances = wish,
                                                            .count = count,
                                                            .why = weir_plan_format_why(why, args)};
}

void weir_plan_set(struct weir_plan *plan, int job, int op, const struct weir_placement *instances, int count,
                   const char *why, ...)
{
    va_list args;
    va_start(args, why);
    weir_plan_put(plan, job, op, instances, count, why, args);
    va_end(args);
}

void weir_plan_preset(struct weir_plan *plan, int job, int op, const struct weir_placement *instances, int count)
{
    if (!weir_plan_has(plan, job, op))
        return;
    struct weir_plan_slot *slot = slot_at(plan, job, op);
    if (slot->change >= 0) {
        use_hosts(plan, plan->changes[slot->change].instances, plan->changes[slot->change].count, -1);
        withdraw(plan, slot);
    } else {
        int before;
        const struct weir_placement *base = weir_plan_base(plan, job, op, &before);
        use_hosts(plan, base, before, -1);
    }
    struct weir_placement *copy = copy_of(instances, count);
    free(slot->preset);
    slot->preset = copy;
    slot->preset_count = count;
    use_hosts(plan, copy, count, 1);
}

void weir_plan_move(struct weir_plan *plan, int job, int op, int host, const char *why, ...)
{
    if (!weir_plan_has(plan, job, op))
        return;
    int count;
    const struct weir_placement *present = weir_plan_get(plan, job, op, &count);
    struct weir_placement one = {.host = host, .weight = 1, .cpu_share = 1};
    bool fresh = !count && plan->view->jobs[job].operators[op].min_instances > 0; /* it has lost all */
    struct weir_placement *moved = fresh ? copy_of(&one, 1) : copy_of(present, count);
    count = fresh ? 1 : count;
    for (int i = 0; i < count; i++)
        moved[i].host = host;
    va_list args;
    va_start(args, why);
    weir_plan_put(plan, job, op, moved, count, why, args);
    va_end(args);
    free(moved);
}
