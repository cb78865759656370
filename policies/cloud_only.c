/* Places every instance in the cloud. docs/policies/cloud-only.md. */
#include "policies/support/place.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"

static int cloud_host(void *context, const struct weir_room *room)
{
    return weir_room_least(room, WEIR_VIEW_CLOUD, NULL);
}

static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    weir_place_job(view, plan, job, cloud_host, NULL, "cloud host with the fewest instances per core");
    return WEIR_OK;
}

const struct weir_policy weir_policy_cloud_only = {
    .abi = WEIR_POLICY_ABI,
    .name = "cloud-only",
    .summary = "Places a job that arrives on the cloud hosts with the fewest instances per core.",
    .source = "",
    .job_arrives = job_arrives,
};
