/* A host has another speed from one moment to the next. What it could have done in a window or in the run is the
 * integral of its speed; kept is by how much that differs from the speed at the end, or at the start. */
#include "sim/engine/control/pstates.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/control/batteries.h"

struct weir_pstates {
    double *missed; /* [host] flops that it could have done in this window more than at its present speed; NULL: none */
};

void weir_pstates_init(struct weir_controller *controller)
{
    controller->pstates = weir_alloc(1, sizeof *controller->pstates);
    for (size_t h = 0; h < controller->platform->host_count; h++) {
        const struct weir_host *spec = &controller->platform->hosts[h];
        struct weir_host_view *view = &controller->host_views[h];
        view->pstate = spec->pstate;
        view->pstate_count = spec->pstate_count;
        view->pstate_flops_per_s = weir_platform_pstates(spec);
    }
}

void weir_pstates_fini(struct weir_controller *controller)
{
    free(controller->pstates->missed);
    free(controller->pstates);
}

static void tell_state(struct weir_controller *controller, const struct weir_plan_pstate_change *wish)
{
    const struct weir_observer *observer = controller->spec->observer;
    const struct weir_host_view *host = &controller->host_views[wish->host];
    if (!observer || !observer->decision)
        return;
    char *what = weir_format("pstate %s: %d -> %d", host->name, host->pstate, wish->pstate);
    observer->decision(observer->context, controller->clock->now_s, wish->policy, "", "", what, wish->why,
                       wish->refusal);
    free(what);
}

void weir_pstates_tell(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_pstate_change *wishes = weir_plan_pstates(plan, &count);
    for (int w = 0; w < count; w++) {
        controller->books->decisions += controller->books->warm;
        controller->books->refused += controller->books->warm && wishes[w].refusal;
        tell_state(controller, &wishes[w]);
    }
}

static void give_up_state(struct weir_controller *controller, const struct weir_plan_pstate_change *wish)
{
    const struct weir_observer *observer = controller->spec->observer;
    if (!observer || !observer->decision)
        return;
    char *why = weir_format("%s stays in performance state %d: it is not up any more",
                            controller->host_views[wish->host].name, controller->host_views[wish->host].pstate);
    observer->decision(observer->context, controller->clock->now_s, wish->policy, "", "", "note", why, NULL);
    free(why);
}

/* The speed becomes another one: what follows from it in the books and in what policies see. */
static void change_state(struct weir_controller *controller, int index, int pstate)
{
    struct weir_books *books = controller->books;
    struct weir_host_view *view = &controller->host_views[index];
    const struct weir_host *spec = &controller->platform->hosts[index];
    double now_s = controller->clock->now_s, before = view->speed_flops_per_s;
    double after = view->pstate_flops_per_s[pstate], more = (after - before) * spec->cores;
    double *missed = controller->pstates->missed;
    if (!missed)
        missed = controller->pstates->missed = weir_alloc(controller->platform->host_count, sizeof *missed);
    missed[index] -= more * (now_s - books->window_start_s);
    double from_s = now_s > controller->scenario->warmup_s ? now_s : controller->scenario->warmup_s;
    books->more_flops[spec->tier] += more * (controller->scenario->duration_s - from_s);
    books->pstate_changes += books->warm;
    books->stated = true;
    view->pstate = pstate;
    view->speed_flops_per_s = after;
    weir_batteries_range(controller, index);
    view->speed_gpu_flops_per_s = spec->speed_gpu_flops_per_s * (after / spec->speed_flops_per_s);
}

void weir_pstates_carry_out(struct weir_controller *controller, const struct weir_plan *plan)
{
    int count;
    const struct weir_plan_pstate_change *wishes = weir_plan_pstates(plan, &count);
    for (int w = 0; w < count; w++) {
        if (wishes[w].refusal)
            continue;
        if (!weir_host_up(controller->shares, wishes[w].host))
            give_up_state(controller, &wishes[w]);
        else if (weir_host_set_pstate(controller->shares, wishes[w].host, wishes[w].pstate))
            change_state(controller, wishes[w].host, wishes[w].pstate);
    }
}

double weir_pstates_could(const struct weir_controller *controller, int host, double window_s)
{
    const struct weir_host_view *view = &controller->host_views[host];
    double could = window_s * view->speed_flops_per_s * view->cores;
    return controller->pstates->missed ? could + controller->pstates->missed[host] : could;
}

void weir_pstates_next_window(struct weir_controller *controller)
{
    for (int h = 0; controller->pstates->missed && h < controller->view.host_count; h++)
        controller->pstates->missed[h] = 0;
}
