/* Places every instance on the host nearest to the job's source, and has it follow one that moves.
 * docs/policies/nearest.md. */
#include <math.h>
#include <stdlib.h>

#include "policies/support/memo.h"
#include "policies/support/place.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct nearest {
    int tier; /* index into weir_place_tiers */
    bool follow;
    struct weir_memo memo; /* of struct track, at the job's first operator */
};

/* Of a job: for which host of its source it was placed. */
struct track {
    bool known;
    int source;
};

static const struct weir_param params[] = {
    {.name = "tier",
     .type = WEIR_PARAM_CHOICE,
     .offset = offsetof(struct nearest, tier),
     .fallback = "any",
     .choices = weir_place_tiers,
     .help = "Tier of the hosts that are looked at."},
    WEIR_PARAM_ROW(struct nearest, "follow", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, follow, "true", 0, 0,
                   "Move the operators that stand on hosts of the tier when the source has moved."),
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

static void place(struct nearest *self, const struct weir_view *view, int job, bool again, struct weir_plan *plan)
{
    int source = view->jobs[job].source_host, tier = self->tier - 1;
    double *latency_s = weir_alloc((size_t)view->host_count, sizeof *latency_s);
    for (int h = 0; h < view->host_count; h++)
        latency_s[h] = h == source ? 0 : view->route_latency_s(view, source, h);
    struct search search = {.tier = tier, .latency_s = latency_s};
    if (again)
        weir_place_again(view, plan, job, tier, nearest_host, &search, "the source has moved: nearest host to %s");
    else
        weir_place_job(view, plan, job, nearest_host, &search, "nearest host with a free slot from %s");
    free(latency_s);
}

static bool has_source(const struct weir_view *view, int job)
{
    return view->jobs[job].source_host >= 0 && view->jobs[job].source_host < view->host_count;
}

static int create(void *state, const struct weir_policy_env *env)
{
    struct nearest *self = state;
    self->memo = (struct weir_memo){.record_size = sizeof(struct track)};
    return WEIR_OK;
}

static int job_arrives(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    if (has_source(view, job))
        place(state, view, job, false, plan);
    return WEIR_OK;
}

/* Whether an operator is changing, and would refuse another change. */
static bool is_busy(const struct weir_job_view *job)
{
    bool busy = false;
    for (int o = 0; o < job->operator_count; o++)
        busy |= job->operators[o].changing;
    return busy;
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct nearest *self = state;
    for (int j = 0; j < view->job_count && self->follow; j++) {
        const struct weir_job_view *job = &view->jobs[j];
        bool moved = job->source_host != job->source_before;
        if (!job->running || !job->operator_count || !has_source(view, j) || (!moved && !self->memo.job_capacity))
            continue; /* nobody has moved so far */
        struct track *track = weir_memo_at(&self->memo, view, j, 0);
        if (!track->known)
            *track = (struct track){true, job->source_before};
        if (track->source == job->source_host || is_busy(job))
            continue;
        place(self, view, j, true, plan);
        track->source = job->source_host;
    }
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    weir_memo_forget(&((struct nearest *)state)->memo, job);
}

static void destroy(void *state)
{
    weir_memo_fini(&((struct nearest *)state)->memo);
}

const struct weir_policy weir_policy_nearest = {
    .abi = WEIR_POLICY_ABI,
    .name = "nearest",
    .summary = "Places jobs on the hosts nearest to their sources, and follows those that move.",
    .source = "",
    .state_size = sizeof(struct nearest),
    .params = params,
    .create = create,
    .job_arrives = job_arrives,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
