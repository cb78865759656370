#include "sim/engine/flow/expiry.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/queue.h"
#include "sim/engine/flow/ranks.h"

struct weir_expiry {
    struct weir_alarm alarm; /* for the oldest item, or one that was */
    struct weir_inbox *inbox;
};

/* Items move one by one, stand in the order in which they came, and their clocks say when that was. */
static double due_s(const struct weir_inbox *inbox)
{
    if (inbox->ranks)
        return weir_ranks_leave_s(inbox);
    return inbox->first ? inbox->first->items[0].at + inbox->op->spec->max_wait_s : INFINITY;
}

void weir_expiry_watch(struct weir_inbox *inbox)
{
    struct weir_clock *clock = inbox->job->flow->clock;
    struct weir_alarm *alarm = &inbox->expiry->alarm;
    if (inbox->ranks ? !weir_alarm_is_set(alarm) || due_s(inbox) < alarm->date_s
                     : inbox->first && !weir_alarm_is_set(alarm))
        weir_alarm_set(clock, alarm, fmax(clock->now_s, due_s(inbox)));
}

static void rings(struct weir_alarm *alarm)
{
    struct weir_inbox *inbox = WEIR_RECORD(alarm, struct weir_expiry, alarm)->inbox;
    bool any = false;
    for (; due_s(inbox) <= inbox->job->flow->clock->now_s; any = true)
        weir_inbox_drop_due(inbox);
    weir_expiry_watch(inbox);
    if (any)
        weir_op_at_rest(inbox->op);
}

void weir_expiry_init(struct weir_inbox *inbox)
{
    if (!isfinite(inbox->op->spec->max_wait_s) && !inbox->op->spec->expires)
        return;
    inbox->expiry = weir_alloc(1, sizeof *inbox->expiry);
    *inbox->expiry = (struct weir_expiry){.alarm.ring = rings, .inbox = inbox};
}

void weir_expiry_fini(struct weir_inbox *inbox)
{
    if (inbox->expiry)
        weir_alarm_stop(inbox->job->flow->clock, &inbox->expiry->alarm);
    free(inbox->expiry);
}
