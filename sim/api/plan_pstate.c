/* Hosts that are to work in another performance state. */
#include <stdlib.h>
#include <string.h>

#include "sim/api/plan_state.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

static void state_fini(struct weir_plan_pstate_change *wish)
{
    free(wish->why);
    free(wish->refusal);
}

void weir_plan_pstates_clear(struct weir_plan *plan)
{
    for (int p = 0; p < plan->pstate_count; p++)
        state_fini(&plan->pstates[p]);
    plan->pstate_count = 0;
}

/* Takes back what was asked for the host. */
static void withdraw_state(struct weir_plan *plan, int host)
{
    for (int p = 0; p < plan->pstate_count; p++) {
        if (plan->pstates[p].host != host)
            continue;
        state_fini(&plan->pstates[p]);
        plan->pstate_count--;
        memmove(&plan->pstates[p], &plan->pstates[p + 1], (size_t)(plan->pstate_count - p) * sizeof *plan->pstates);
        return;
    }
}

void weir_plan_pstate(struct weir_plan *plan, int host, int pstate, const char *why, ...)
{
    if (host < 0 || host >= plan->view->host_count)
        return;
    withdraw_state(plan, host);
    if (plan->view->hosts[host].pstate == pstate)
        return;
    plan->pstates =
        weir_grow(plan->pstates, (size_t)plan->pstate_count + 1, &plan->pstate_capacity, sizeof *plan->pstates);
    va_list args;
    va_start(args, why);
    plan->pstates[plan->pstate_count++] = (struct weir_plan_pstate_change){
        .host = host, .pstate = pstate, .policy = plan->author, .why = weir_plan_format_why(why, args)};
    va_end(args);
}

/* Why a host cannot work in a state; NULL: it can. Owned. */
static char *check_state(const struct weir_host_view *host, int pstate)
{
    if (!host->up)
        return weir_format("host \"%s\" %s", host->name,
                           host->asleep       ? "sleeps"
                           : host->boot_s > 0 ? "boots"
                                              : "is down");
    if (pstate < 0 || pstate >= host->pstate_count)
        return host->pstate_count > 1 ? weir_format("host \"%s\" has the performance states 0 to %d, and not %d",
                                                    host->name, host->pstate_count - 1, pstate)
                                      : weir_format("host \"%s\" has no performance state but 0", host->name);
    if (!(host->pstate_flops_per_s[pstate] > 0))
        return weir_format("host \"%s\" computes nothing in performance state %d", host->name, pstate);
    return NULL;
}

void weir_plan_pstates_check(struct weir_plan *plan)
{
    for (int p = 0; p < plan->pstate_count; p++) {
        struct weir_plan_pstate_change *wish = &plan->pstates[p];
        free(wish->refusal);
        wish->refusal = check_state(&plan->view->hosts[wish->host], wish->pstate);
    }
}

const struct weir_plan_pstate_change *weir_plan_pstates(const struct weir_plan *plan, int *count)
{
    *count = plan->pstate_count;
    return plan->pstates;
}
