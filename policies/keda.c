/* KEDA on the lag of its Kafka scaler: none and some by itself, from one on as the HorizontalPodAutoscaler that it
 * makes. docs/policies/keda.md. */
#include <math.h>
#include <stdlib.h>

#include "policies/support/hpa_params.h"
#include "policies/support/lag.h"
#include "policies/support/memo.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct keda {
    double threshold, activation;
    bool idle_consumers;
    double polling_s, cooldown_s, initial_s;
    int least, most;
    struct weir_hpa_behavior behavior;
    double tolerance, sync_s;

    double poll_due_s, sync_due_s;
    struct weir_memo memo; /* of struct target */
    double *lag;           /* [operator] of a job; scratch */
};

/* What is remembered of an operator. */
struct target {
    struct weir_hpa_memory hpa;
    bool seen, was_active;
    double seen_s, active_s; /* first; when it was active last */
};

static const struct weir_param params[] = {
    WEIR_HPA_ROW(struct keda, "lagThreshold", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, threshold, "10", 1e-3, 1e12,
                 "Items that may wait for each instance."),
    WEIR_HPA_ROW(struct keda, "activationLagThreshold", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, activation, "0", 0, 1e12,
                 "Waiting items above which an operator is active."),
    {.name = "allowIdleConsumers",
     .type = WEIR_PARAM_BOOL,
     .offset = offsetof(struct keda, idle_consumers),
     .fallback = "false",
     .help = "Whether the lag counts beyond what max_parallelism, the number of partitions, allows."},
    WEIR_HPA_SECONDS(struct keda, "pollingInterval", polling_s, "30", 1, 1e9,
                     "Seconds between two looks at whether an operator is active."),
    WEIR_HPA_SECONDS(struct keda, "cooldownPeriod", cooldown_s, "300", 0, 1e9,
                     "Seconds since an operator was active last, before it is left without an instance."),
    WEIR_HPA_SECONDS(struct keda, "initialCooldownPeriod", initial_s, "0", 0, 1e9,
                     "Seconds since its job arrived, before an operator that never was active is left without one."),
    WEIR_HPA_COUNT(struct keda, "minReplicaCount", least, "0", 0, 1000000,
                   "Least number of instances; 0 needs \"min_instances\": 0 of the operator, else 1 is meant."),
    WEIR_HPA_COUNT(struct keda, "maxReplicaCount", most, "100", 1, 1000000,
                   "Greatest number of instances, if its max_parallelism is not less."),
    WEIR_HPA_ROWS(struct keda),
    {0},
};

static void forget(void *record)
{
    weir_hpa_memory_fini(&((struct target *)record)->hpa);
}

static int create(void *state, const struct weir_policy_env *env)
{
    struct keda *self = state;
    self->memo.record_size = sizeof(struct target);
    self->memo.fini = forget;
    if (self->least > self->most)
        return weir_error(WEIR_EINPUT, "\"minReplicaCount\" (%d) must not be above \"maxReplicaCount\" (%d)",
                          self->least, self->most);
    return WEIR_OK;
}

/* One operator, as it is looked at. */
struct look {
    const struct weir_view *view;
    struct weir_plan *plan;
    const struct weir_operator_view *op;
    struct target *target;
    int job, number;
    int replicas, least, most; /* least without those that may be none */
    double lag;
};

static void scale(const struct look *look, int wanted, const char *why)
{
    if (!look->op->changing)
        weir_plan_scale(look->plan, look->job, look->number, wanted, "%.4g items wait, %s: %d instances", look->lag,
                        why, wanted);
}

/* KEDA's own part: from none to some and back. */
static void poll(const struct keda *self, const struct look *look)
{
    struct target *target = look->target;
    double now_s = look->view->time_s;
    bool active = look->lag > self->activation, none = self->least == 0 && look->op->min_instances == 0;
    if (look->replicas == 0 && active) {
        scale(look, look->least, "active");
    } else if (!active && look->replicas > 0 && none) {
        double since_s = target->was_active ? target->active_s + self->cooldown_s : target->seen_s + self->initial_s;
        if (since_s < now_s)
            scale(look, 0, "cooled down");
    } else if (!active && !none && look->replicas < look->least) {
        scale(look, look->least, "the least");
    }
    if (active) {
        target->was_active = true;
        target->active_s = now_s;
    }
}

/* The autoscaler's, as long as there is one. */
static void sync(const struct keda *self, const struct look *look)
{
    double value = look->lag;
    int planned, replicas = look->replicas;
    weir_plan_get(look->plan, look->job, look->number, &planned);
    if (!replicas || planned != replicas)
        return; /* with none it is switched off */
    if (!self->idle_consumers && value / self->threshold > look->op->max_parallelism)
        value = look->op->max_parallelism * self->threshold;
    int wanted = replicas > look->most ? look->most : replicas < look->least ? look->least : -1;
    if (wanted < 0)
        wanted = weir_hpa_normalize(&self->behavior, &look->target->hpa, look->view->time_s, replicas,
                                    weir_hpa_average(value, self->threshold, self->tolerance, replicas), look->least,
                                    look->most);
    if (wanted == replicas)
        return;
    scale(look, wanted, "lagThreshold for each instance");
    weir_plan_get(look->plan, look->job, look->number, &planned);
    weir_hpa_scaled(&self->behavior, &look->target->hpa, look->view->time_s, replicas, planned);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct keda *self = state;
    bool polls = weir_hpa_due(&self->poll_due_s, view->time_s, self->polling_s);
    bool syncs = weir_hpa_due(&self->sync_due_s, view->time_s, self->sync_s);
    for (int j = 0; j < view->job_count && (polls || syncs); j++) {
        const struct weir_job_view *job = &view->jobs[j];
        if (!job->running)
            continue;
        self->lag = weir_resize(self->lag, (size_t)job->operator_count, sizeof *self->lag);
        weir_lags(job, self->lag);
        for (int o = 0; o < job->operator_count; o++) {
            const struct weir_operator_view *op = &job->operators[o];
            int most = self->most < op->max_parallelism ? self->most : op->max_parallelism;
            int least = self->least > op->min_instances ? self->least : op->min_instances;
            struct look look = {.view = view,
                                .plan = plan,
                                .op = op,
                                .target = weir_memo_at(&self->memo, view, j, o),
                                .job = j,
                                .number = o,
                                .replicas = op->instance_count,
                                .least = least < 1      ? 1
                                         : least < most ? least
                                                        : most,
                                .most = most,
                                .lag = self->lag[o]};
            if (!look.target->seen)
                look.target->seen_s = view->time_s - job->age_s;
            look.target->seen = true;
            if (most < 1)
                continue;
            if (polls)
                poll(self, &look);
            if (syncs)
                sync(self, &look);
        }
    }
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct keda *self = state;
    weir_memo_forget(&self->memo, job);
}

static void destroy(void *state)
{
    struct keda *self = state;
    weir_memo_fini(&self->memo);
    free(self->lag);
}

const struct weir_policy weir_policy_keda = {
    .abi = WEIR_POLICY_ABI,
    .name = "keda",
    .summary = "KEDA: as many instances as what waits asks for, down to none and back.",
    .source = "keda",
    .state_size = sizeof(struct keda),
    .params = params,
    .create = create,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
