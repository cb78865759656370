/* What policies foresee, for those after them in the stack. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/plan_state.h"
#include "sim/base/memory.h"

/* The place of an operator's outlook in its job's row: the source first. */
static struct weir_plan_outlook *outlook_at(const struct weir_plan *plan, int job, int op)
{
    bool exists = job >= 0 && job < plan->view->job_count && op >= -1 && op < plan->view->jobs[job].operator_count;
    if (!exists || (size_t)job >= plan->outlook_count || !plan->outlooks[job])
        return NULL;
    return &plan->outlooks[job][op + 1];
}

static void make_row(struct weir_plan *plan, int job)
{
    size_t count = (size_t)plan->view->job_count;
    if (plan->outlook_count < count) {
        plan->outlooks = weir_grow(plan->outlooks, count, &plan->outlook_capacity, sizeof *plan->outlooks);
        for (; plan->outlook_count < count; plan->outlook_count++)
            plan->outlooks[plan->outlook_count] = NULL;
    }
    if (!plan->outlooks[job])
        plan->outlooks[job] = weir_alloc((size_t)plan->view->jobs[job].operator_count + 1, sizeof *plan->outlooks[job]);
}

void weir_plan_foresee(struct weir_plan *plan, int job, int op, const double *per_s, int steps)
{
    if (steps < 1 || !per_s || (op != -1 && !weir_plan_has(plan, job, op)) || job < 0 || job >= plan->view->job_count)
        return;
    for (int k = 0; k < steps; k++)
        if (!isfinite(per_s[k]) || per_s[k] < 0)
            return;
    make_row(plan, job);
    struct weir_plan_outlook *outlook = outlook_at(plan, job, op);
    double *copy = weir_alloc((size_t)steps, sizeof *copy);
    memcpy(copy, per_s, (size_t)steps * sizeof *copy);
    free(outlook->per_s);
    *outlook = (struct weir_plan_outlook){copy, steps};
}

int weir_plan_foreseen(const struct weir_plan *plan, int job, int op, const double **per_s)
{
    const struct weir_plan_outlook *outlook = outlook_at(plan, job, op);
    if (per_s)
        *per_s = outlook ? outlook->per_s : NULL;
    return outlook ? outlook->steps : 0;
}

void weir_plan_outlooks_clear(struct weir_plan *plan)
{
    for (size_t j = 0; j < plan->outlook_count; j++) {
        if (!plan->outlooks[j])
            continue;
        for (int o = 0; o <= plan->view->jobs[j].operator_count; o++)
            free(plan->outlooks[j][o].per_s);
        free(plan->outlooks[j]);
        plan->outlooks[j] = NULL;
    }
}
