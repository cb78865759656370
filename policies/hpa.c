/* The HorizontalPodAutoscaler of Kubernetes on the CPU use of instances. docs/policies/hpa.md. */
#include <math.h>
#include <stdlib.h>

#include "policies/support/hpa_params.h"
#include "policies/support/memo.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct hpa {
    int target, least, most;
    struct weir_hpa_behavior behavior;
    double tolerance, sync_s;
    double initialization_s;

    double due_s;          /* of the next look */
    struct weir_memo memo; /* of struct weir_hpa_memory */
    double *wanted;        /* [host] cores that its instances would use; scratch */
    struct weir_hpa_pod *pods;
    size_t pod_capacity;
};

static const struct weir_param params[] = {
    WEIR_HPA_COUNT(struct hpa, "averageUtilization", target, "80", 1, 1000000,
                   "CPU use of an instance that is aimed at, in percent of its CPU share."),
    WEIR_HPA_COUNT(struct hpa, "minReplicas", least, "1", 1, 1000000, "Least number of instances of an operator."),
    WEIR_HPA_COUNT(struct hpa, "maxReplicas", most, "0", 0, 1000000,
                   "Greatest number of instances of an operator; 0: its own max_parallelism."),
    WEIR_HPA_ROWS(struct hpa),
    WEIR_HPA_ROW(struct hpa, "horizontal-pod-autoscaler-cpu-initialization-period", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME,
                 initialization_s, "300s", 0, 1e9,
                 "Age of an instance up to which its CPU use counts only once it was ready for a whole window."),
    {0},
};

static void forget(void *record)
{
    weir_hpa_memory_fini(record);
}

static int create(void *state, const struct weir_policy_env *env)
{
    struct hpa *self = state;
    self->memo.record_size = sizeof(struct weir_hpa_memory);
    self->memo.fini = forget;
    if (self->most > 0 && self->least > self->most)
        return weir_error(WEIR_EINPUT, "\"minReplicas\" (%d) must not be above \"maxReplicas\" (%d)", self->least,
                          self->most);
    return WEIR_OK;
}

/* Cores that the instances of each host would use if it had them. */
static void find_wanted(struct hpa *self, const struct weir_view *view)
{
    for (int h = 0; h < view->host_count; h++)
        self->wanted[h] = 0;
    for (int j = 0; j < view->job_count; j++)
        for (int o = 0; view->jobs[j].running && o < view->jobs[j].operator_count; o++) {
            const struct weir_operator_view *op = &view->jobs[j].operators[o];
            for (int i = 0; i < op->instance_count; i++)
                if (op->instance_busy[i] > 0)
                    self->wanted[op->instances[i].host] += op->instance_busy[i] * op->instances[i].cpu_share;
        }
}

/* An instance as a pod: one that starts is pending; one on a host that is down, or without a moment in the window, has
 * no metric; it has used no more of a core than it could get. */
static struct weir_hpa_pod pod_of(const struct hpa *self, const struct weir_view *view,
                                  const struct weir_operator_view *op, int i)
{
    const struct weir_host_view *host = &view->hosts[op->instances[i].host];
    double share = op->instances[i].cpu_share, wanted = self->wanted[op->instances[i].host];
    struct weir_hpa_pod pod = {.request = share};
    if (op->ready_s[i] < 0)
        pod.phase = WEIR_HPA_IGNORED;
    else if (!host->up || !isfinite(op->instance_busy[i]))
        pod.phase = WEIR_HPA_MISSING;
    else if (op->ready_s[i] < self->initialization_s && op->ready_s[i] < view->window_s - 1e-9)
        pod.phase = WEIR_HPA_IGNORED;
    else
        pod.usage = op->instance_busy[i] * share * (wanted > host->cores ? host->cores / wanted : 1);
    return pod;
}

static void decide(struct hpa *self, const struct weir_view *view, struct weir_plan *plan, int j, int o)
{
    const struct weir_operator_view *op = &view->jobs[j].operators[o];
    struct weir_hpa_memory *memory = weir_memo_at(&self->memo, view, j, o);
    int planned, percent, replicas = op->instance_count;
    weir_plan_get(plan, j, o, &planned);
    if (!replicas || !planned || op->max_parallelism < 1)
        return; /* with none it is switched off */
    int most = self->most > 0 && self->most < op->max_parallelism ? self->most : op->max_parallelism;
    int least = self->least > op->min_instances ? self->least : op->min_instances;
    least = least < most ? least : most;
    int wanted = replicas > most ? most : replicas < least ? least : -1;
    if (wanted < 0) {
        self->pods = weir_grow(self->pods, (size_t)replicas, &self->pod_capacity, sizeof *self->pods);
        for (int i = 0; i < replicas; i++)
            self->pods[i] = pod_of(self, view, op, i);
        int recommended = weir_hpa_utilization(self->pods, replicas, self->target, self->tolerance, replicas, &percent);
        if (recommended < 0)
            return;
        wanted = weir_hpa_normalize(&self->behavior, memory, view->time_s, replicas, recommended, least, most);
        if (wanted == planned || op->changing)
            return;
        weir_plan_scale(plan, j, o, wanted, "CPU %d %% of the requests, target %d %%: %d recommended, %d asked for",
                        percent, self->target, recommended, wanted);
    } else if (!op->changing) {
        weir_plan_scale(plan, j, o, wanted, "from %d to %d instances are allowed", least, most);
    }
    weir_plan_get(plan, j, o, &planned);
    weir_hpa_scaled(&self->behavior, memory, view->time_s, replicas, planned);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct hpa *self = state;
    if (!weir_hpa_due(&self->due_s, view->time_s, self->sync_s))
        return WEIR_OK;
    self->wanted = weir_resize(self->wanted, (size_t)view->host_count, sizeof *self->wanted);
    find_wanted(self, view);
    for (int j = 0; j < view->job_count; j++)
        for (int o = 0; view->jobs[j].running && o < view->jobs[j].operator_count; o++)
            decide(self, view, plan, j, o);
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct hpa *self = state;
    weir_memo_forget(&self->memo, job);
}

static void destroy(void *state)
{
    struct hpa *self = state;
    weir_memo_fini(&self->memo);
    free(self->wanted);
    free(self->pods);
}

const struct weir_policy weir_policy_hpa = {
    .abi = WEIR_POLICY_ABI,
    .name = "hpa",
    .summary = "Kubernetes' HorizontalPodAutoscaler: instances in proportion to CPU use over its target.",
    .source = "kubernetes-hpa",
    .state_size = sizeof(struct hpa),
    .params = params,
    .create = create,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
