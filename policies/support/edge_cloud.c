#include "policies/support/edge_cloud.h"

#include <math.h>

#include "policies/support/queue.h"

static double transfer_s(const struct weir_view *view, int from, int to, double bytes, double rate)
{
    if (from < 0 || from == to || from >= view->host_count)
        return 0;
    double bytes_per_s = view->route_bytes_per_s(view, from, to);
    if (!(bytes > 0))
        return view->route_latency_s(view, from, to);
    if (!(bytes_per_s > rate * bytes))
        return INFINITY;
    return view->route_latency_s(view, from, to) + bytes / bytes_per_s;
}

/* Where the plan has the first instance of an operator, -1: nowhere. */
static int host_of(const struct weir_mover *mover, int op)
{
    int count;
    const struct weir_placement *placed = weir_plan_get(mover->plan, mover->job, op, &count);
    return count > 0 ? placed[0].host : -1;
}

double weir_network_s(const struct weir_mover *mover, int host)
{
    const struct weir_job_view *job = &mover->view->jobs[mover->job];
    const struct weir_operator_view *op = &job->operators[mover->op];
    double in = 0, out = 0;
    for (int u = 0; u < op->upstream_count; u++) {
        int from = op->upstream[u];
        int at = from < 0 ? job->source_host : host_of(mover, from);
        double rate = from < 0 ? mover->ingress : mover->demand[from].output;
        in = fmax(in, transfer_s(mover->view, at, host, op->in_bytes, rate));
    }
    for (int d = 0; d < op->downstream_count; d++) {
        int to = op->downstream[d];
        int at = to < 0 ? job->sink_host : host_of(mover, to);
        out = fmax(out, transfer_s(mover->view, at, host, op->out_bytes, mover->demand[mover->op].output));
    }
    return in + out;
}

double weir_latency_at(const struct weir_mover *mover, int host, double mu, int servers)
{
    return weir_network_s(mover, host) + weir_mmc_stay(mover->demand[mover->op].input, mu, servers);
}

double weir_migration_s(const struct weir_mover *mover, int from, int to, double horizon_s)
{
    const struct weir_view *view = mover->view;
    double state = view->jobs[mover->job].operators[mover->op].state_bytes;
    double stall = view->restart_s(view);
    if (from != to && state > 0)
        stall += state / view->route_bytes_per_s(view, from, to);
    if (!(stall >= 0) || !isfinite(stall) || !(horizon_s > 0))
        return INFINITY;
    return stall * stall / (2 * horizon_s);
}

int weir_servers_for(double lambda, double mu, double load, int most)
{
    double needed = lambda > 0 && !isinf(mu) ? ceil(lambda / (mu * load) - 1e-9) : 1;
    if (!(needed > 1)) /* also 0/0 */
        needed = 1;
    return needed < most ? (int)needed : most > 1 ? most : 1;
}

bool weir_edge_has_instances(const struct weir_mover *mover, int host, int count)
{
    const struct weir_view *view = mover->view;
    int needed = weir_ds2_round(mover->demand[mover->op].instances, 1);
    int most = view->jobs[mover->job].operators[mover->op].max_parallelism;
    long room = count;
    for (int h = 0; h < view->host_count && room < most; h++)
        if (view->hosts[h].up && view->hosts[h].tier == view->hosts[host].tier)
            room += weir_plan_free_slots(mover->plan, h);
    return needed < (room < most ? room : most);
}

int weir_edge_near(const struct weir_mover *mover, int home)
{
    const struct weir_view *view = mover->view;
    int best = home;
    double least_s = weir_network_s(mover, home);
    for (int h = 0; h < view->host_count; h++) {
        if (!view->hosts[h].up || view->hosts[h].tier != view->hosts[home].tier ||
            weir_plan_free_slots(mover->plan, h) < 1)
            continue;
        double network_s = weir_network_s(mover, h);
        if (network_s < least_s) {
            least_s = network_s;
            best = h;
        }
    }
    return best;
}

int weir_move_windows(const struct weir_view *view, int job, int op, int patience)
{
    const struct weir_operator_view *seen = &view->jobs[job].operators[op];
    double slowest = INFINITY, state = seen->state_bytes;
    bool deployed =
        seen->instance_count > 0 && seen->instances[0].host >= 0 && seen->instances[0].host < view->host_count;
    for (int h = 0; h < view->host_count && state > 0 && deployed; h++)
        if (view->hosts[h].tier == WEIR_VIEW_CLOUD && view->hosts[h].up)
            slowest = fmin(slowest, view->route_bytes_per_s(view, seen->instances[0].host, h));
    double stall_s = view->restart_s(view) + (isfinite(slowest) && slowest > 0 ? state / slowest : 0);
    return (int)fmin(patience + ceil(stall_s / view->window_s - 1e-9), 1e6);
}
