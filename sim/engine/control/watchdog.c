/* Tells a stalled simulation from an idle one. Time always passes, since windows close; so a job is stalled when items
 * stand inside it through a whole window in which nothing of it computed, was sent or slept. An idle one has no items
 * inside, or waits for time to pass: for a transfer, for a host to come back, for the end of a window. The other way
 * not to get on is to turn without time passing. Neither can happen unless weir has a fault; then the run ends with an
 * error that names who waits, instead of results that look sound. And so it does if SimGrid never ends a transfer. */
#include "sim/engine/control/watchdog.h"

#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/engine/control/recovery.h"

/* Jobs that the error of a run that turns names. */
#define NAMED_MAX 4

static void watch_job(struct weir_controller *controller, struct weir_run_job *job)
{
    struct weir_watch *watch = &job->watch;
    long items = job->life == WEIR_JOB_WAITING || weir_recovery_due(job) ? 0 : weir_job_items_inside(job);
    bool still = items && !watch->under_way;
    if (still && watch->was_still && watch->begun == watch->begun_before) {
        char *who = weir_job_who_waits(job);
        weir_clock_fail(controller->clock, WEIR_EENGINE,
                        "job %s stands still at %.6g s: %ld items are inside it, and nothing is under way that could "
                        "move them (%s); this is a fault of weir",
                        job->spec->name, controller->clock->now_s, items, who);
        free(who);
    }
    watch->was_still = still;
    watch->begun_before = watch->begun;
}

/* A transfer that, as it goes, would not carry a byte in as long as the run lasts is one that never ends: SimGrid's
 * options may amount to that. One whose hosts or links are down has failed, and is sent again when they are up. */
static void watch_transfers(struct weir_controller *controller)
{
    const struct weir_scenario *scenario = controller->scenario;
    char text[512];
    if (weir_shares_still(controller->shares, 1 / scenario->duration_s, scenario->window_s, text, sizeof text))
        weir_clock_fail(controller->clock, WEIR_EENGINE, "%s", text);
}

void weir_watchdog_window(struct weir_controller *controller)
{
    for (int j = 0; j < controller->arrived_jobs && weir_goes_on(controller); j++)
        watch_job(controller, &controller->flow->jobs[j]);
    if (weir_goes_on(controller))
        watch_transfers(controller);
}

/* Too many events at one date. */
static void turns(void *context)
{
    const struct weir_controller *controller = context;
    struct weir_text who = {0};
    int named = 0;
    for (int j = 0; j < controller->arrived_jobs && named < NAMED_MAX; j++) {
        const struct weir_run_job *job = &controller->flow->jobs[j];
        if (job->life == WEIR_JOB_WAITING || !weir_job_items_inside(job))
            continue;
        char *waits = weir_job_who_waits(job);
        weir_text_addf(&who, "%sjob %s: %s", named++ ? "; " : "", job->spec->name, waits);
        free(waits);
    }
    weir_clock_fail(controller->clock, WEIR_EENGINE,
                    "the run does not get on at %.6g s: %lu events have come without time passing (%s); this is a "
                    "fault of weir",
                    controller->clock->now_s, controller->clock->rung_at_most,
                    named ? weir_text_string(&who) : "no job has items inside");
    weir_text_fini(&who);
}

void weir_watchdog_init(struct weir_controller *controller)
{
    controller->clock->stuck = turns;
    controller->clock->stuck_context = controller;
}
