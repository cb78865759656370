/* Hosts that are to sleep or to wake. */
#include <stdlib.h>
#include <string.h>

#include "sim/api/plan_state.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

static void wish_fini(struct weir_plan_power_change *wish)
{
    free(wish->why);
    free(wish->refusal);
}

void weir_plan_powers_clear(struct weir_plan *plan)
{
    for (int p = 0; p < plan->power_count; p++)
        wish_fini(&plan->powers[p]);
    plan->power_count = 0;
}

/* Takes back what was asked for the host. */
static void withdraw_power(struct weir_plan *plan, int host)
{
    for (int p = 0; p < plan->power_count; p++) {
        if (plan->powers[p].host != host)
            continue;
        wish_fini(&plan->powers[p]);
        plan->power_count--;
        memmove(&plan->powers[p], &plan->powers[p + 1], (size_t)(plan->power_count - p) * sizeof *plan->powers);
        return;
    }
}

static void ask(struct weir_plan *plan, int host, bool sleeps, const char *why, va_list args)
{
    if (host < 0 || host >= plan->view->host_count)
        return;
    const struct weir_host_view *view = &plan->view->hosts[host];
    withdraw_power(plan, host);
    if (sleeps ? view->asleep : !view->asleep) /* as it is, or will be */
        return;
    plan->powers = weir_grow(plan->powers, (size_t)plan->power_count + 1, &plan->power_capacity, sizeof *plan->powers);
    plan->powers[plan->power_count++] = (struct weir_plan_power_change){
        .host = host, .sleeps = sleeps, .policy = plan->author, .why = weir_plan_format_why(why, args)};
}

void weir_plan_sleep(struct weir_plan *plan, int host, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    ask(plan, host, true, why, args);
    va_end(args);
}

void weir_plan_wake(struct weir_plan *plan, int host, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    ask(plan, host, false, why, args);
    va_end(args);
}

/* Why a host cannot go to sleep; NULL: it can. Owned. */
static char *check_sleep(const struct weir_host_view *host, int planned)
{
    if (!host->up)
        return weir_format(host->boot_s > 0 ? "host \"%s\" boots" : "host \"%s\" is down", host->name);
    if (!host->may_sleep)
        return weir_format("host \"%s\" has a source, a sink or something else that must not stop", host->name);
    if (host->instances > 0 || planned > 0)
        return weir_format("host \"%s\" has %d instances, and %d are planned there", host->name, host->instances,
                           planned);
    return NULL;
}

void weir_plan_powers_check(struct weir_plan *plan)
{
    for (int p = 0; p < plan->power_count; p++) {
        struct weir_plan_power_change *wish = &plan->powers[p];
        free(wish->refusal);
        wish->refusal = wish->sleeps ? check_sleep(&plan->view->hosts[wish->host], plan->used[wish->host]) : NULL;
    }
}

const struct weir_plan_power_change *weir_plan_powers(const struct weir_plan *plan, int *count)
{
    *count = plan->power_count;
    return plan->powers;
}
