/* Places every instance on the host nearest to the job's source. docs/policies/nearest.md. */
#include <math.h>
#include <stdlib.h>

#include "policies/support/place.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct nearest {
    int tier; /* index into weir_place_tiers */
};

static const struct weir_param params[] = {
    {.name = "tier",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct nearest, tier),
     .fallback = "any",
     .choices = weir_place_tiers,
     .help = "Tier of the hosts that are looked at."},
    {0},
};

/* What the rule needs for one job. */
struct search {
    int tier;
    const double *latency_s; /* [host] from the source; INFINITY: no route */
};

static int nearest_host(void *context, const struct weir_room *room)
{
    const struct search *search = context;
    int best = -1;
    for (int h = 0; h < room->view->host_count; h++)
        if (weir_room_has(room, h, search->tier) && isfinite(search->latency_s[h]) &&
            (best < 0 || search->latency_s[h] < search->latency_s[best]))
            best = h;
    return best;
}

static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    const struct nearest *self = state;
    int source = view->jobs[job].source_host;
    if (source < 0 || source >= view->host_count)
        return WEIR_OK;
    double *latency_s = weir_alloc((size_t)view->host_count, sizeof *latency_s);
    for (int h = 0; h < view->host_count; h++)
        latency_s[h] = h == source ? 0 : view->route_latency_s(view, source, h);
    struct search search = {.tier = self->tier - 1, .latency_s = latency_s};
    weir_place_job(view, plan, job, nearest_host, &search, "nearest host with a free slot from %s");
    free(latency_s);
    return WEIR_OK;
}

const struct weir_policy weir_policy_nearest = {
    .abi = WEIR_POLICY_ABI,
    .name = "nearest",
    .summary = "Places a job that arrives on the hosts nearest to its source.",
    .source = "",
    .state_size = sizeof(struct nearest),
    .params = params,
    .job_arrives = job_arrives,
};
