/* What plans ask for, told to the observer and carried out. */
#include "sim/engine/control/plans.h"

#include <stdarg.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/control/changes.h"
#include "sim/engine/control/pstates.h"
#include "sim/engine/control/rates.h"
#include "sim/engine/control/sleep.h"

/* Text of a placement list: "2 on edge-1, 1 on cloud-0 at 0.25 of a core". */
static void add_hosts(const struct weir_controller *controller, struct weir_text *text,
                      const struct weir_placement *list, int count)
{
    const char *separator = "";
    for (int i = 0; i < count; i++) {
        int same = 0, before = 0;
        for (int k = 0; k < count; k++) {
            same += list[k].host == list[i].host;
            before += k < i && list[k].host == list[i].host;
        }
        if (before)
            continue;
        bool known = list[i].host >= 0 && list[i].host < controller->view.host_count;
        weir_text_addf(text, "%s%d on %s", separator, same,
                       known ? controller->platform->hosts[list[i].host].name : "an unknown host");
        if (list[i].cpu_share != 1)
            weir_text_addf(text, " at %.4g of a core", list[i].cpu_share);
        separator = ", ";
    }
}

void weir_tell_decision(struct weir_controller *controller, const char *policy, int job, const char *op,
                        const char *what, const char *why, const char *refusal)
{
    struct weir_books *books = controller->books;
    books->decisions += books->warm;
    books->refused += books->warm && refusal;
    const struct weir_observer *observer = controller->spec->observer;
    if (observer && observer->decision)
        observer->decision(observer->context, controller->clock->now_s, policy, controller->view.jobs[job].name, op,
                           what, why, refusal);
}

void weir_tell_note(struct weir_controller *controller, const char *policy, int job, const char *op, const char *format,
                    ...)
{
    const struct weir_observer *observer = controller->spec->observer;
    if (!observer || !observer->decision)
        return;
    va_list args;
    va_start(args, format);
    struct weir_text why = {0};
    weir_text_addv(&why, format, args);
    va_end(args);
    observer->decision(observer->context, controller->clock->now_s, policy, controller->view.jobs[job].name, op, "note",
                       weir_text_string(&why), NULL);
    weir_text_fini(&why);
}

void weir_tell_elsewhere(struct weir_controller *controller, const struct weir_op *op, int own, int host)
{
    const struct weir_host *hosts = controller->platform->hosts;
    weir_tell_note(controller, "recovery", op->job->index, op->spec->name,
                   "an instance starts on %s instead of %s, which is %s", hosts[host].name, hosts[own].name,
                   weir_host_up(controller->shares, own)                 ? "full"
                   : weir_host_is(controller->shares, own) == WEIR_AWAKE ? "down"
                                                                         : "asleep");
}

void weir_plan_tell_change(struct weir_controller *controller, const struct weir_plan_change *change)
{
    const struct weir_operator_view *op = &controller->view.jobs[change->job].operators[change->op];
    struct weir_text what = {0};
    weir_text_addf(&what, "%d -> %d instances%s", op->instance_count, change->count, change->count ? ": " : "");
    add_hosts(controller, &what, change->instances, change->count);
    weir_tell_decision(controller, change->policy, change->job, op->name, weir_text_string(&what), change->why,
                       change->refusal);
    weir_text_fini(&what);
}

void weir_plan_tell_warnings(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_warning *warnings = weir_plan_warnings(plan, &count);
    const struct weir_observer *observer = controller->spec->observer;
    for (int w = 0; w < count; w++) {
        const struct weir_plan_warning *told = &warnings[w];
        controller->books->warnings += controller->books->warm && !told->note;
        if (observer && observer->decision)
            observer->decision(observer->context, controller->clock->now_s, told->policy,
                               told->job < 0 ? "" : controller->view.jobs[told->job].name, "",
                               told->note ? "note" : "warning", told->why, NULL);
    }
}

void weir_plan_tell(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int c = 0; c < count; c++)
        weir_plan_tell_change(controller, &changes[c]);
    weir_rates_tell(controller, plan);
    weir_pstates_tell(controller, plan);
    weir_sleep_tell(controller, plan);
}

void weir_plan_check_again(struct weir_controller *controller, struct weir_plan *plan)
{
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    bool *refused = weir_alloc((size_t)count, sizeof *refused);
    for (int c = 0; c < count; c++)
        refused[c] = changes[c].refusal != NULL;
    weir_plan_check_room(plan);
    for (int c = 0; c < count; c++)
        if (changes[c].refusal && !refused[c])
            weir_tell_note(controller, changes[c].policy, changes[c].job,
                           controller->view.jobs[changes[c].job].operators[changes[c].op].name, "change given up: %s",
                           changes[c].refusal);
    free(refused);
}

void weir_plan_carry_out(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    if (weir_goes_on(controller))
        weir_rates_carry_out(controller, plan);
    for (int c = 0; c < count && weir_goes_on(controller); c++)
        if (!changes[c].refusal && controller->flow->jobs[changes[c].job].life == WEIR_JOB_RUNNING)
            weir_change_begin(controller, &changes[c]);
    if (weir_goes_on(controller))
        weir_pstates_carry_out(controller, plan);
    if (weir_goes_on(controller))
        weir_sleep_carry_out(controller, plan);
}
