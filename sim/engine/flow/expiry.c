#include "sim/engine/flow/expiry.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/queue.h"

struct weir_expiry {
    struct weir_alarm alarm; /* for the oldest item, or one that was */
    struct weir_inbox *inbox;
};

/* Items move one by one, stand in the order in which they came, and their clocks say when that was. */
static double due_s(const struct weir_inbox *inbox)
{
    return inbox->first->items[0].at + inbox->op->spec->max_wait_s;
}

void weir_expiry_watch(struct weir_inbox *inbox)
{
    if (inbox->first && !weir_alarm_is_set(&inbox->expiry->alarm))
        weir_alarm_set(inbox->job->flow->clock, &inbox->expiry->alarm,
                       fmax(inbox->job->flow->clock->now_s, due_s(inbox)));
}

static void rings(struct weir_alarm *alarm)
{
    struct weir_inbox *inbox = WEIR_RECORD(alarm, struct weir_expiry, alarm)->inbox;
    bool any = false;
    for (; inbox->first && due_s(inbox) <= inbox->job->flow->clock->now_s; any = true)
        weir_inbox_drop_first(inbox);
    weir_expiry_watch(inbox);
    if (any)
        weir_op_at_rest(inbox->op);
}

void weir_expiry_init(struct weir_inbox *inbox)
{
    if (!isfinite(inbox->op->spec->max_wait_s))
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
