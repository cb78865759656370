/* Places every instance at the edge, near the source if there is room. docs/policies/edge-only.md. */
#include "policies/support/place.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"

static int edge_host(void *context, const struct weir_room *room)
{
    int source = room->view->jobs[room->job].source_host;
    bool known = source >= 0 && source < room->view->host_count;
    return weir_room_least(room, WEIR_VIEW_EDGE, known ? room->view->hosts[source].region : NULL);
}

static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    weir_place_job(view, plan, job, edge_host, NULL,
                   "edge host with the fewest instances per core, region of %s first");
    return WEIR_OK;
}

const struct weir_policy weir_policy_edge_only = {
    .abi = WEIR_POLICY_ABI,
    .name = "edge-only",
    .summary = "Places a job that arrives on the edge hosts with the fewest instances per core, its region first.",
    .source = "",
    .job_arrives = job_arrives,
};
