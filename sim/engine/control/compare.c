/* A change is made of what is wished and what is there. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/control/change.h"
#include "sim/engine/control/halt.h"

/* Matches the wish with what is there by host, sets weights and shares of what stays, lists what starts and stops. */
struct weir_change *weir_change_new(struct weir_controller *controller, struct weir_op *op,
                                    const struct weir_plan_change *wish)
{
    struct weir_change *change = weir_alloc(1, sizeof *change);
    change->controller = controller;
    change->op = op;
    change->policy = weir_format("%s", wish->policy);
    change->start = weir_alloc((size_t)wish->count, sizeof *change->start);
    change->stop = weir_alloc(op->instance_count, sizeof *change->stop);
    bool *taken = weir_alloc(op->instance_count, sizeof *taken);
    int *kept = weir_alloc((size_t)wish->count, sizeof *kept);
    for (int w = 0; w < wish->count; w++) {
        const struct weir_placement *wanted = &wish->instances[w];
        kept[w] = -1;
        for (size_t i = 0; kept[w] < 0 && i < op->instance_count; i++) {
            struct weir_instance *instance = op->instances[i];
            if (!taken[i] && instance->life == WEIR_ACTIVE && instance->host == wanted->host) {
                taken[i] = true;
                kept[w] = (int)i;
                weir_instance_weigh(instance, wanted->weight, wanted->cpu_share);
            }
        }
    }
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i]->life == WEIR_ACTIVE && !taken[i]) {
            op->instances[i]->leaves = true;
            change->stop[change->stop_count++] = op->instances[i];
        }
    for (int w = 0; w < wish->count; w++) {
        if (kept[w] >= 0)
            change->kept_count++;
        else
            change->start[change->start_count++] = weir_instance_new(op, &wish->instances[w]);
    }
    free(taken);
    free(kept);
    change->moves = change->start_count > 0 && change->start_count == change->stop_count;
    return change;
}

void weir_change_free(struct weir_change *change)
{
    struct weir_clock *clock = change->controller->clock;
    struct weir_change **link = &change->controller->changes;
    while (*link && *link != change)
        link = &(*link)->next;
    if (*link)
        *link = change->next;
    if (change->op->at_rest_context == change)
        change->op->at_rest = NULL;
    weir_moves_fini(&change->state);
    weir_alarm_stop(clock, &change->alarm);
    weir_alarm_stop(clock, &change->patience);
    weir_soon_drop(clock, &change->go);
    free(change->policy);
    free(change->start);
    free(change->stop);
    free(change);
}
