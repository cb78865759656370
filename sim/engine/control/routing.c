/* Policies that route items as they come: asked in turn about each item that has a choice. */
#include "sim/engine/control/routing.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/control/hooks.h"

static bool wants(const struct weir_used_policy *used)
{
    const struct weir_policy *policy = used->policy;
    return policy && policy->route && (!policy->routes || policy->routes(used->state));
}

/* What there is to choose from. */
static int list_candidates(struct weir_controller *controller, const struct weir_op *op, const int *given)
{
    controller->candidates = weir_grow(controller->candidates, (size_t)op->route_count, &controller->candidate_capacity,
                                       sizeof *controller->candidates);
    for (int i = 0; i < op->route_count; i++) {
        const struct weir_inbox *inbox = op->routes[i];
        struct weir_candidate *candidate = &controller->candidates[i];
        *candidate = (struct weir_candidate){.host = inbox->host,
                                             .instances = inbox->instances,
                                             .weight = inbox->weight,
                                             .coming = inbox->in_transit + (given ? given[i] : 0),
                                             .serving = inbox->serving};
        for (int e = 0; e < op->in_edges; e++)
            candidate->waiting += inbox->room[e].used;
    }
    return op->route_count;
}

/* The operator that sends; -1: the source. */
static int from_of(const struct weir_op *op, const struct weir_sender *sender)
{
    for (int s = 0; s < op->job->source_count; s++)
        if (sender == &weir_source_at(op->job, s)->sender)
            return -1;
    return WEIR_RECORD(sender, struct weir_instance, sender)->op->index;
}

/* Seconds of the decision itself. */
static double work_s(const struct weir_controller *controller, const struct weir_routing *item, double measured_s)
{
    int host = controller->scenario->decision_host;
    if (controller->scenario->decision_measured)
        return measured_s;
    return host >= 0 && isfinite(item->flops) ? item->flops / controller->host_views[host].speed_flops_per_s : 0;
}

/* Who decides takes one item at a time, in the order in which they come; an item about which there is nothing to
 * compute is not held up. Returns seconds until this one is decided. */
static double take_turn(struct weir_controller *controller, double work_s)
{
    double now_s = controller->clock->now_s;
    if (!(work_s > 0))
        return 0;
    controller->choosing_until_s = fmax(now_s, controller->choosing_until_s) + work_s;
    double until_s = controller->choosing_until_s - now_s;
    struct weir_books *books = controller->books;
    books->choices += books->warm;
    books->choosing_s += books->warm ? work_s : 0;
    books->choice_s += books->warm ? until_s : 0;
    return until_s;
}

static int route(void *context, struct weir_op *op, const struct weir_sender *sender, double bytes, const int *given,
                 double *later_s)
{
    struct weir_controller *controller = context;
    struct weir_routing item = {.time_s = controller->clock->now_s,
                                .job = op->job->index,
                                .op = op->index,
                                .from = from_of(op, sender),
                                .host = sender->host,
                                .bytes = bytes,
                                .choice = -1};
    double measured_s = 0;
    item.count = list_candidates(controller, op, given);
    item.candidates = controller->candidates;
    for (int p = 0; p < controller->policies->count && weir_goes_on(controller); p++)
        if (wants(&controller->policies->list[p]))
            measured_s += weir_hook_route(controller, &controller->policies->list[p], &item);
    *later_s = fmax(*later_s, take_turn(controller, work_s(controller, &item, measured_s)));
    return weir_goes_on(controller) ? item.choice : -1;
}

void weir_routing_update(struct weir_controller *controller)
{
    bool any = false;
    for (int p = 0; p < controller->policies->count; p++)
        any |= wants(&controller->policies->list[p]);
    controller->flow->route = any ? route : NULL;
    controller->flow->route_context = controller;
}

void weir_routing_fini(struct weir_controller *controller)
{
    controller->flow->route = NULL;
    free(controller->candidates);
}
