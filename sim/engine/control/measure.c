/* What is counted while a run goes on. */
#include "sim/engine/parts.h"

void weir_count_delivery(struct weir_world *world, struct weir_run_job *job, struct weir_batch *batch)
{
    if (!weir_recovery_hold(world, job, batch))
        weir_count_results(world, job, batch);
}

void weir_count_results(struct weir_world *world, struct weir_run_job *job, struct weir_batch *batch)
{
    int count = batch->count;
    double slo_s = job->spec->slo_s;
    uint64_t late = 0;
    for (int i = 0; i < count; i++) {
        double latency_s = batch->at[i] - batch->birth[i];
        weir_histogram_add(&job->window, latency_s, 1);
        late += latency_s > slo_s;
    }
    job->counts.delivered += (uint64_t)count;
    job->counts.late += late;
    struct weir_origin *origin = &job->origins[batch->origin];
    origin->delivered += (uint64_t)count;
    origin->late += late;
    origin->bytes += count * batch->item_bytes;
    weir_account_results(world, job, origin->host, (uint64_t)count, late, batch->item_bytes);
    if (world->warm)
        weir_paths_deliver(job->paths, batch);
    weir_batch_release(&world->pool, batch);
}

/* What instances have cost until now. */
static void settle_costs(struct weir_world *world, double now_s)
{
    double passed_s = now_s - world->instance_since_s;
    world->instance_since_s = now_s;
    if (!world->warm)
        return;
    world->instance_area += world->instances_alive * passed_s;
    world->cost += world->price_per_s * passed_s;
}

void weir_instances_changed(struct weir_world *world, int host, int by, double now_s)
{
    settle_costs(world, now_s);
    world->instances_alive += by;
    world->hosts[host].instances += by;
    world->price_per_s += by * world->platform->hosts[host].price_per_core_s;
    if (!world->instances_alive)
        world->price_per_s = 0; /* no rounding is left over */
}

static void flush_op(struct weir_op *op, double now_s)
{
    weir_op_queue_changed(op, 0, now_s);
    double spent_s[WEIR_DOINGS] = {0};
    size_t kept = 0;
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_instance *instance = op->instances[i];
        bool gone = instance->life == WEIR_GONE; /* its clock stands since it went */
        if (!gone && instance->life != WEIR_STARTING)
            weir_clock_set(&instance->clock, instance->clock.doing, now_s);
        for (int d = 0; d < WEIR_DOINGS; d++) {
            spent_s[d] += instance->clock.spent_s[d];
            instance->clock.spent_s[d] = 0;
        }
        if (gone && instance->counted_out && !op->changing) { /* a change may have it on its lists */
            weir_instance_free(instance);                     /* nobody remembers it by now */
            continue;
        }
        instance->counted_out = gone;
        op->instances[kept++] = instance;
    }
    op->instance_count = kept;
    op->counts.idle_s += spent_s[WEIR_IDLE];
    op->counts.busy_s += spent_s[WEIR_BUSY];
    op->counts.blocked_time_s += spent_s[WEIR_BLOCKED];
    op->counts.instance_s += spent_s[WEIR_IDLE] + spent_s[WEIR_BUSY] + spent_s[WEIR_BLOCKED];
}

void weir_measure_flush(struct weir_world *world, double now_s)
{
    settle_costs(world, now_s);
    for (int h = 0; h < world->view.host_count; h++)
        world->hosts[h].state_bytes = 0;
    uint64_t backlog = 0;
    for (int j = 0; j < world->arrived_jobs; j++) {
        struct weir_run_job *job = &world->jobs[j];
        if (job->life == WEIR_JOB_WAITING)
            continue;
        weir_source_refill(job, now_s);
        weir_clock_set(&job->source_clock, job->source_clock.doing, now_s);
        backlog += weir_source_waiting(job, now_s);
        for (int o = 0; o < job->spec->operator_count; o++) {
            struct weir_op *op = &job->ops[o];
            flush_op(op, now_s);
            int alive = 0;
            for (size_t i = 0; i < op->instance_count; i++)
                alive += op->instances[i]->life == WEIR_ACTIVE;
            for (size_t i = 0; i < op->instance_count; i++)
                if (op->instances[i]->life == WEIR_ACTIVE)
                    world->hosts[op->instances[i]->host].state_bytes += op->state_bytes / alive;
        }
    }
    if (world->warm && (double)backlog > world->backlog_most)
        world->backlog_most = (double)backlog;
}

void weir_measure_warm(struct weir_world *world, double now_s)
{
    weir_measure_flush(world, now_s);
    world->warm = true;
    weir_account_warm(world);
    world->energy_at_warmup_j = weir_simgrid_energy_j(world);
    for (int h = 0; h < world->view.host_count; h++)
        world->hosts[h].at_warmup = world->hosts[h].counts;
    for (int j = 0; j < world->arrived_jobs; j++) {
        struct weir_run_job *job = &world->jobs[j];
        job->at_warmup = job->counts;
        weir_histogram_clear(&job->total);
        weir_histogram_clear(&job->window); /* what the window had so far is part of the warm-up */
        for (int o = 0; o < job->spec->operator_count; o++)
            job->ops[o].at_warmup = job->ops[o].counts;
    }
}

void weir_measure_next_window(struct weir_world *world, double now_s)
{
    for (int h = 0; h < world->view.host_count; h++)
        world->hosts[h].at_window = world->hosts[h].counts;
    for (int l = 0; l < world->link_count; l++)
        world->links[l].bytes_at_window = world->links[l].bytes;
    for (int j = 0; j < world->arrived_jobs; j++) {
        struct weir_run_job *job = &world->jobs[j];
        if (job->life == WEIR_JOB_WAITING)
            continue;
        job->at_window = job->counts;
        job->source_at_window = job->source_clock;
        if (world->warm)
            weir_histogram_merge(&job->total, &job->window);
        weir_histogram_clear(&job->window);
        weir_origins_clear(job);
        for (int o = 0; o < job->spec->operator_count; o++)
            job->ops[o].at_window = job->ops[o].counts;
    }
    weir_account_next_window(world);
    world->window_start_s = now_s;
}
