#include "sim/engine/control/halt.h"

#include "sim/engine/control/checkpoints.h"

/* Changes of one job that wait until it is drained. */
static void something_rests(void *context)
{
    const struct weir_change *told = context;
    for (struct weir_change *change = told->controller->changes; change; change = change->next)
        if (change->stage == WEIR_CHANGE_DRAINS && change->op->job == told->op->job)
            weir_soon(change->controller->clock, &change->go);
}

/* All operators of the job tell one of the changes that wait, if there are any. */
static void listen(struct weir_controller *controller, struct weir_run_job *job)
{
    struct weir_change *told = controller->changes;
    while (told && (told->stage != WEIR_CHANGE_DRAINS || told->op->job != job))
        told = told->next;
    for (int o = 0; o < job->spec->operator_count; o++) {
        job->ops[o].at_rest = told ? something_rests : NULL;
        job->ops[o].at_rest_context = told;
    }
}

void weir_halt_begin(struct weir_change *change)
{
    struct weir_op *op = change->op;
    weir_checkpoints_give_up(change->controller, op->job);
    if (weir_change_halts(change)) {
        weir_job_halt(op->job);
        listen(change->controller, op->job);
        return;
    }
    op->at_rest = something_rests;
    op->at_rest_context = change;
    weir_op_pause(op);
}

void weir_halt_drained(struct weir_change *change)
{
    if (weir_change_halts(change))
        listen(change->controller, change->op->job);
    else
        change->op->at_rest = NULL;
}

void weir_halt_end(struct weir_change *change)
{
    struct weir_books *books = change->controller->books;
    struct weir_run_job *job = change->op->job;
    double now_s = change->controller->clock->now_s, paused_s = change->paused_s;
    if (weir_change_halts(change))
        paused_s = weir_job_resume(job) ? (now_s - job->halted_s) * job->spec->operator_count : 0;
    else
        weir_op_resume(change->op);
    if (books->warm)
        books->paused_s += paused_s;
}

bool weir_halt_is_drained(const struct weir_change *change)
{
    return weir_change_halts(change) ? weir_job_drained(change->op->job) : weir_op_drained(change->op);
}

bool weir_halt_is_quiet(const struct weir_change *change)
{
    const struct weir_run_job *job = change->op->job;
    if (!weir_change_halts(change))
        return weir_op_quiet(change->op);
    bool quiet = true;
    for (int o = 0; o < job->spec->operator_count; o++)
        quiet &= weir_op_quiet(&job->ops[o]);
    return quiet;
}

bool weir_halt_serves(const struct weir_change *change)
{
    const struct weir_run_job *job = change->op->job;
    if (!weir_change_halts(change))
        return change->op->in_service;
    long serves = 0;
    for (int o = 0; o < job->spec->operator_count; o++)
        serves += job->ops[o].in_service;
    return serves > 0;
}

uint64_t weir_halt_processed(const struct weir_change *change)
{
    const struct weir_run_job *job = change->op->job;
    if (!weir_change_halts(change))
        return change->op->counts.processed;
    uint64_t processed = 0;
    for (int o = 0; o < job->spec->operator_count; o++)
        processed += job->ops[o].counts.processed;
    return processed;
}

/* Whether a change waits for another one. */
static bool waits_for(const struct weir_change *change, const struct weir_change *other)
{
    if (other->waits || other->op->job != change->op->job)
        return false;
    if (change->stage == WEIR_CHANGE_STARTS)
        return other->stage == WEIR_CHANGE_STARTS && other->begun_s == change->begun_s;
    return other->stage != WEIR_CHANGE_STARTS;
}

void weir_halt_look(struct weir_controller *controller, const struct weir_run_job *job)
{
    for (struct weir_change *change = controller->changes; change; change = change->next) {
        change->ready = change->waits && change->op->job == job;
        for (const struct weir_change *other = controller->changes; other && change->ready; other = other->next)
            change->ready = !waits_for(change, other);
    }
    for (struct weir_change *change = controller->changes; change; change = change->next)
        if (change->ready) {
            change->waits = false;
            weir_soon(controller->clock, &change->go);
        }
}

void weir_halt_meet(struct weir_change *change, void (*step)(struct weir_change *change))
{
    change->step = step;
    change->waits = true;
    weir_halt_look(change->controller, change->op->job);
}
