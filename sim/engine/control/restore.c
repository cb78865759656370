#include "sim/engine/control/restore.h"

#include <stdlib.h>

#include "sim/base/memory.h"

struct weir_fetch {
    struct weir_moves moves;
    struct weir_soon end;
    struct weir_restore *restore;
};

static void fetched(struct weir_soon *end)
{
    const struct weir_fetch *fetch = WEIR_RECORD(end, struct weir_fetch, end);
    struct weir_restore *restore = fetch->restore;
    restore->failed |= fetch->moves.failed;
    if (!--restore->under_way || restore->failed)
        weir_soon(fetch->moves.controller->clock, restore->end);
}

/* What goes to the instances of an operator that will be there. */
static void add_parts(struct weir_moves *moves, const struct weir_op *op)
{
    const struct weir_recovery *rules = &moves->controller->scenario->recovery;
    int works = 0;
    for (size_t i = 0; i < op->instance_count; i++)
        works += op->instances[i]->life == WEIR_ACTIVE;
    double bytes = op->state_bytes / (works + op->anew_count);
    for (size_t i = 0; i < op->instance_count && !rules->local; i++)
        if (op->instances[i]->life == WEIR_ACTIVE && op->instances[i]->host != rules->store)
            weir_moves_add(moves, rules->store, op->instances[i]->host, bytes);
    for (int a = 0; a < op->anew_count; a++)
        if (op->anew[a].host != rules->store)
            weir_moves_add(moves, rules->store, op->anew[a].host, bytes);
}

/* Of hosts on which instances start anew, so far. */
static unsigned failures_of(const struct weir_run_job *job)
{
    unsigned failures = 0;
    for (int o = 0; o < job->spec->operator_count; o++)
        for (int a = 0; a < job->ops[o].anew_count; a++)
            failures += weir_host_failures(job->flow->shares, job->ops[o].anew[a].host);
    return failures;
}

bool weir_restore_lost(const struct weir_restore *restore)
{
    return restore->ops && failures_of(restore->job) != restore->failures;
}

void weir_restore_begin(struct weir_restore *restore, struct weir_controller *controller, struct weir_run_job *job,
                        struct weir_soon *end)
{
    int count = job->spec->operator_count;
    *restore = (struct weir_restore){
        .ops = weir_alloc((size_t)count, sizeof *restore->ops), .end = end, .job = job, .failures = failures_of(job)};
    for (int o = 0; o < count; o++) {
        if (!(job->ops[o].state_bytes > 0))
            continue;
        struct weir_fetch *fetch = &restore->ops[restore->count++];
        fetch->restore = restore;
        fetch->end.ring = fetched;
        fetch->moves = (struct weir_moves){.controller = controller, .op = &job->ops[o], .end = &fetch->end};
        add_parts(&fetch->moves, &job->ops[o]);
    }
    restore->under_way = restore->count;
    if (!restore->count)
        weir_soon(controller->clock, end);
    for (int o = 0; o < restore->count && weir_goes_on(controller); o++)
        weir_moves_begin(&restore->ops[o].moves);
}

void weir_restore_fini(struct weir_restore *restore)
{
    for (int o = 0; o < restore->count; o++)
        weir_moves_fini(&restore->ops[o].moves);
    free(restore->ops);
    *restore = (struct weir_restore){0};
}
