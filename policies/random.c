/* Places every instance on a host drawn at random. docs/policies/random.md. */
#include "sim/base/random.h"
#include "policies/support/place.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"

struct random {
    int tier; /* index into weir_place_tiers */

    uint64_t key; /* of the stream, one element a job */
};

static const struct weir_param params[] = {
    {.name = "tier",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct random, tier),
     .fallback = "any",
     .choices = weir_place_tiers,
     .help = "Tier of the hosts that are drawn from."},
    {0},
};

static int create(void *state, const struct weir_policy_env *env)
{
    struct random *self = state;
    self->key = weir_stream_key(env->seed, env->stream);
    return WEIR_OK;
}

/* What the rule needs for one job. */
struct draw {
    int tier;
    struct weir_stream stream;
};

static int random_host(void *context, const struct weir_room *room)
{
    struct draw *draw = context;
    int fitting = 0;
    for (int h = 0; h < room->view->host_count; h++)
        fitting += weir_room_has(room, h, draw->tier);
    if (fitting == 0)
        return -1;
    int left = (int)weir_stream_below(&draw->stream, (uint64_t)fitting);
    for (int h = 0; h < room->view->host_count; h++)
        if (weir_room_has(room, h, draw->tier) && left-- == 0)
            return h;
    return -1;
}

static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    const struct random *self = state;
    /* One stream a job: what one draws does not depend on the jobs before it. */
    struct draw draw = {.tier = self->tier - 1, .stream = weir_stream_at(self->key, (uint64_t)job)};
    weir_place_job(view, plan, job, random_host, &draw, "drawn at random");
    return WEIR_OK;
}

const struct weir_policy weir_policy_random = {
    .abi = WEIR_POLICY_ABI,
    .name = "random",
    .summary = "Places a job that arrives on hosts drawn at random from those with free slots.",
    .source = "",
    .state_size = sizeof(struct random),
    .params = params,
    .create = create,
    .job_arrives = job_arrives,
};
