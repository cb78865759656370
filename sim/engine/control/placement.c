/* Where instances go by themselves: as the scenario places them, where there is room; and the room that state takes. */
#include "sim/engine/control/placement.h"

#include <math.h>

#include "sim/base/memory.h"

/* Does a host take one more by itself: where slots have no limit, one that has a free core comes first. */
static bool fits(const struct weir_controller *controller, const struct weir_space *space, int host, double bytes,
                 bool full_cores)
{
    const struct weir_host *spec = &controller->platform->hosts[host];
    if (!(spec->speed_flops_per_s > 0) || weir_space_lack(space, host, 1, bytes) != WEIR_LACKS_NOTHING)
        return false;
    return spec->slots || full_cores || space->instances[host] < spec->cores;
}

int weir_own_host(const struct weir_controller *controller, const struct weir_op *op, const struct weir_space *space,
                  double bytes)
{
    for (int pass = 0; pass < 2; pass++)
        for (int w = 0; w < op->where_count; w++)
            if (fits(controller, space, op->where[w], bytes, pass == 1))
                return op->where[w];
    return -1;
}

int weir_down_host(const struct weir_controller *controller, const struct weir_op *op, const struct weir_space *space)
{
    int best = -1;
    for (int w = 0; w < op->where_count; w++) {
        int host = op->where[w], slots = controller->platform->hosts[host].slots;
        bool room = !slots || space->instances[host] < slots;
        const struct weir_host_view *view = &space->view->hosts[host];
        if (!view->up && !view->asleep && room && (best < 0 || space->instances[host] < space->instances[best]))
            best = host;
    }
    return best;
}

int weir_default_host(const struct weir_controller *controller, const struct weir_op *op,
                      const struct weir_space *space, double bytes)
{
    const struct weir_platform *platform = controller->platform;
    int own = weir_own_host(controller, op, space, bytes);
    if (own >= 0)
        return own;
    enum weir_tier least = platform->hosts[op->where[0]].tier;
    for (int tier = (int)least; tier < WEIR_TIER_COUNT; tier++)
        for (size_t h = 0; h < platform->host_count; h++)
            if ((int)platform->hosts[h].tier == tier && fits(controller, space, (int)h, bytes, true))
                return (int)h;
    for (size_t h = 0; h < platform->host_count; h++)
        if (fits(controller, space, (int)h, bytes, true))
            return (int)h;
    return -1;
}

bool weir_tiers_cross(const struct weir_controller *controller, struct weir_instance *const *come, int come_count,
                      struct weir_instance *const *leave, int leave_count)
{
    const struct weir_host *hosts = controller->platform->hosts;
    int more[WEIR_TIER_COUNT] = {0};
    bool gains = false, loses = false;
    for (int i = 0; i < come_count; i++)
        more[hosts[come[i]->host].tier]++;
    for (int i = 0; i < leave_count; i++)
        more[hosts[leave[i]->host].tier]--;
    for (int t = 0; t < WEIR_TIER_COUNT; t++) {
        gains |= more[t] > 0;
        loses |= more[t] < 0;
    }
    return gains && loses;
}

void weir_state_lay(struct weir_controller *controller, struct weir_op *op)
{
    struct weir_host_book *hosts = controller->books->hosts;
    int active = 0, after = 0;
    for (size_t i = 0; i < op->instance_count; i++) {
        const struct weir_instance *instance = op->instances[i];
        active += instance->life == WEIR_ACTIVE;
        after +=
            op->changing && !instance->leaves && (instance->life == WEIR_ACTIVE || instance->life == WEIR_STARTING);
    }
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_instance *instance = op->instances[i];
        bool lies = instance->life == WEIR_ACTIVE, will = after && !instance->leaves;
        double now = lies ? op->state_bytes / active : 0;
        double then = will && (lies || instance->life == WEIR_STARTING) ? op->state_bytes / after : 0;
        double most = fmax(now, then);
        hosts[instance->host].state_bytes += now - instance->state_bytes;
        hosts[instance->host].taken_bytes += most - instance->taken_bytes;
        instance->state_bytes = now;
        instance->taken_bytes = most;
    }
}

void weir_state_leave(struct weir_op *op)
{
    int stay = 0, leave = 0;
    for (size_t i = 0; i < op->instance_count; i++) {
        bool active = op->instances[i]->life == WEIR_ACTIVE;
        stay += active && !op->instances[i]->leaves;
        leave += active && op->instances[i]->leaves;
    }
    op->state_host_count = 0;
    op->state_hosts = weir_resize(op->state_hosts, (size_t)leave, sizeof *op->state_hosts);
    for (size_t i = 0; !stay && i < op->instance_count; i++)
        if (op->instances[i]->life == WEIR_ACTIVE)
            op->state_hosts[op->state_host_count++] = op->instances[i]->host;
}

double *weir_state_surplus(const struct weir_controller *controller, const struct weir_op *op, int before, int after)
{
    double *surplus = weir_alloc(controller->platform->host_count, sizeof *surplus);
    for (int i = 0; !before && i < op->state_host_count; i++)
        if (weir_host_up(controller->shares, op->state_hosts[i]))
            surplus[op->state_hosts[i]] += op->state_bytes / op->state_host_count;
    for (size_t i = 0; i < op->instance_count; i++) {
        const struct weir_instance *instance = op->instances[i];
        bool active = instance->life == WEIR_ACTIVE;
        if (active)
            surplus[instance->host] += op->state_bytes / before;
        if (!instance->leaves && (active || instance->life == WEIR_STARTING))
            surplus[instance->host] -= op->state_bytes / after;
    }
    return surplus;
}

int weir_job_deploy(struct weir_run_job *job, const struct weir_plan *plan)
{
    int waiting = 0;
    for (int o = 0; o < job->spec->operator_count; o++) {
        struct weir_op *op = &job->ops[o];
        int count;
        const struct weir_placement *placements = weir_plan_get(plan, job->index, o, &count);
        for (int i = 0; i < count; i++) {
            if (weir_host_up(job->flow->shares, placements[i].host)) {
                weir_instance_activate(weir_instance_new(op, &placements[i]));
                continue;
            }
            op->anew = weir_resize(op->anew, (size_t)op->anew_count + 1, sizeof *op->anew);
            op->anew[op->anew_count++] = placements[i];
            waiting++;
        }
    }
    job->life = WEIR_JOB_RUNNING;
    weir_source_start(job);
    return waiting;
}

void weir_job_retire(struct weir_run_job *job)
{
    job->life = WEIR_JOB_GONE;
    for (int o = 0; o < job->spec->operator_count; o++)
        for (size_t i = 0; i < job->ops[o].instance_count; i++)
            weir_instance_retire(job->ops[o].instances[i]);
}
