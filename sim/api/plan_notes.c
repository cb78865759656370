/* What a plan carries beside its changes: the work that it took, warnings and notes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/api/plan_state.h"
#include "sim/base/memory.h"

void weir_plan_work(struct weir_plan *plan, double flops)
{
    if (isfinite(flops) && flops > 0)
        plan->flops += flops;
}

double weir_plan_flops(const struct weir_plan *plan)
{
    return plan->flops;
}

static void add(struct weir_plan *plan, bool note, int job, const char *why, va_list args)
{
    char text[512] = "";
    if (why)
        vsnprintf(text, sizeof text, why, args);
    plan->warnings =
        weir_grow(plan->warnings, (size_t)plan->warning_count + 1, &plan->warning_capacity, sizeof *plan->warnings);
    bool known = job >= 0 && job < plan->view->job_count;
    plan->warnings[plan->warning_count++] =
        (struct weir_plan_warning){note, known ? job : -1, plan->author, weir_copy(text)};
}

void weir_plan_warn(struct weir_plan *plan, int job, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    add(plan, false, job, why, args);
    va_end(args);
}

void weir_plan_note(struct weir_plan *plan, int job, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    add(plan, true, job, why, args);
    va_end(args);
}

const struct weir_plan_warning *weir_plan_warnings(const struct weir_plan *plan, int *count)
{
    *count = plan->warning_count;
    return plan->warnings;
}

void weir_plan_notes_clear(struct weir_plan *plan)
{
    for (int i = 0; i < plan->warning_count; i++)
        free(plan->warnings[i].why);
    plan->warning_count = 0;
    plan->flops = 0;
}
