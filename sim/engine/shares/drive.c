/* The run: our events and SimGrid's, each at its date. While SimGrid holds nothing, our clock goes on by itself and
 * SimGrid's stays behind. While it holds something, ours goes ahead of it up to the next date at which something
 * happens there. What SimGrid is to do at the present date waits until its clock has come. */
#include "sim/engine/shares/state.h"

#include <math.h>

/* SimGrid's next date as it was asked last; it is good until SimGrid has done something. */
struct foresight {
    bool known;
    double next_s;
};

/* Whether our next event comes before anything that may happen in SimGrid. */
static bool may_ring(const struct weir_shares *shares, double date_s, struct foresight *foresight)
{
    if ((!shares->held && !shares->in_step) || date_s <= weir_simgrid->now())
        return true;
    if (shares->in_step)
        return false;
    if (!foresight->known)
        *foresight = (struct foresight){true, weir_simgrid->next()};
    return date_s < foresight->next_s - weir_clock_tie_s(date_s);
}

/* Whether the effect of what SimGrid has just been told is still to come. */
static bool is_unsettled(struct weir_shares *shares)
{
    if (shares->unsettled && weir_simgrid->now() > shares->unsettled_s)
        shares->unsettled = false;
    return shares->unsettled;
}

/* While SimGrid holds nothing and has nothing to do, our events ring one after the other. */
static void ring_alone(struct weir_shares *shares)
{
    struct weir_clock *clock = shares->clock;
    if (shares->in_step || shares->unsettled)
        return;
    while (!shares->held && !shares->urgent && !clock->over && (clock->soon_first || weir_clock_any(clock)))
        weir_clock_ring(clock);
}

static void finish(struct weir_shares *shares)
{
    weir_share_drop_all(shares);
    weir_simgrid->wake(INFINITY);
}

void weir_drive_on(void *context)
{
    struct weir_shares *shares = context;
    struct weir_clock *clock = shares->clock;
    struct foresight foresight = {0};
    if (weir_simgrid->await()) /* what has ended there comes first */
        return;
    for (;;) {
        ring_alone(shares);
        if (clock->soon_first)
            weir_clock_ring_soon(clock);
        if (clock->over)
            break;
        if (shares->urgent) {
            if (weir_simgrid->now() < clock->now_s) {
                weir_simgrid->wake(clock->now_s);
                return;
            }
            weir_share_run_errands(shares);
            foresight.known = false;
            continue;
        }
        if (is_unsettled(shares)) {
            weir_simgrid->wake(nextafter(shares->unsettled_s, INFINITY));
            return;
        }
        double next_s = weir_clock_next_s(clock);
        if (isinf(next_s) && !shares->held)
            break;
        if (!may_ring(shares, next_s, &foresight)) {
            weir_simgrid->wake(next_s);
            return;
        }
        weir_clock_ring(clock);
    }
    finish(shares);
}

void weir_shares_run(struct weir_shares *shares)
{
    weir_simgrid->wake(0);
    weir_simgrid->run();
}
