/* Moves operators from the edge to the cloud and back, by the latency that they have and would have there.
 * docs/policies/load-balancer.md. */
#include <math.h>
#include <stdlib.h>

#include "policies/support/demand.h"
#include "policies/support/edge_cloud.h"
#include "policies/support/memo.h"
#include "policies/support/patience.h"
#include "policies/support/queue.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

/* A cloud host that is busier than this is not moved to. */
#define CPU_FULL 0.95
/* An operator that is blocked longer shows the latency of those after it. */
#define BLOCKED 0.1

struct load_balancer {
    struct weir_patience_rule patience; /* up: to the cloud, down: back */
    int windows;
    double horizon_s;
    double return_ratio;
    int moves_per_window;
    bool only_when_full;
    double load;
    bool measured, foresee, follow;
    double min_items;

    struct weir_memo memo; /* of struct track */
};

/* Of an operator. */
struct track {
    struct weir_patience patience; /* of its place: EDGE or CLOUD */
    bool away;                     /* moved to the cloud by this policy */
    int home;                      /* the host it left */
    bool moving;                   /* the source has moved since the job began */
    bool stray;                    /* and since the operator was placed at the edge last */
};
enum place { EDGE, CLOUD };

/* A move that may be made. */
struct option {
    int op;
    bool back, follows; /* home from the cloud; from one host of the edge to another */
    int to, count;
    double edge_s, migration_s, cloud_s;
    double gain_s;
    double load; /* instances needed over those there, where gains are equal */
};

/* The demand on a job's operators: in this window, and the most until a move that begins now would be done, and within
 * the horizon. Without foresight they are the same. */
struct demands {
    struct weir_ds2_demand *now, *soon, *later; /* [operator] */
    double ingress, ingress_soon, ingress_later;
};

/* Of one window_ends. */
struct round {
    struct load_balancer *self;
    const struct weir_view *view;
    struct weir_plan *plan;
    double *claimed; /* [host] cores that moves of this round will use */
};

static const struct weir_param params[] = {
    WEIR_PARAM_ROW(struct load_balancer, "windows", WEIR_PARAM_INT, WEIR_UNIT_NONE, windows, "3", 1, 1000000,
                   "Windows in a row in which the rule must hold."),
    WEIR_PARAM_ROW(struct load_balancer, "horizon", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, horizon_s, "300s", 1e-3, 1e9,
                   "Time an operator is expected to stay where it is moved; also the least time before it returns."),
    WEIR_PARAM_ROW(struct load_balancer, "return_ratio", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, return_ratio, "0.7", 0, 1,
                   "An operator returns when its latency at the edge is below this share of that in the cloud."),
    WEIR_PARAM_ROW(struct load_balancer, "moves_per_window", WEIR_PARAM_INT, WEIR_UNIT_NONE, moves_per_window, "1", 1,
                   1000, "Operators of a job moved at most in a window, greatest gain first."),
    WEIR_PARAM_ROW(struct load_balancer, "only_when_full", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, only_when_full, "false", 0,
                   0, "Move only when the edge has no instance left to give."),
    WEIR_PARAM_ROW(struct load_balancer, "load", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, load, "0.8", 0.01, 1,
                   "Share of busy time for which the instances on the new host are counted."),
    WEIR_PARAM_ROW(struct load_balancer, "measured", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, measured, "true", 0, 0,
                   "Add what the measured latency at the edge is above the formula's, and its share in the cloud."),
    WEIR_PARAM_ROW(struct load_balancer, "foresee", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, foresee, "true", 0, 0,
                   "Go by what a policy before it in the stack foresees, where one does."),
    WEIR_PARAM_ROW(struct load_balancer, "follow", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, follow, "true", 0, 0,
                   "Where the source moves, look at other hosts of the edge, too, and return to the best of them."),
    WEIR_PARAM_ROW(struct load_balancer, "min_items", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, min_items, "10", 0, 1e9,
                   "Items in a window below which the declared speed stands for the measured rate."),
    {0},
};

static void forget_track(void *record)
{
    weir_patience_fini(&((struct track *)record)->patience);
}

static int create(void *state, const struct weir_policy_env *env)
{
    struct load_balancer *self = state;
    self->patience.up.windows = self->patience.down.windows = self->windows;
    self->patience.down.cooldown_s = self->horizon_s;
    self->memo = (struct weir_memo){.record_size = sizeof(struct track), .fini = forget_track};
    return WEIR_OK;
}

static bool known(const struct weir_view *view, int host)
{
    return host >= 0 && host < view->host_count;
}

/* Latency of an item where the operator is planned, by the formula. What was measured above it goes to *excess_s:
 * bursts wait longer than the formula knows. seen_per_s: the demand when that was measured. */
static double latency_now(const struct round *round, const struct weir_mover *mover, const struct weir_placement *now,
                          int count, double mu, double seen_per_s, double *excess_s)
{
    const struct weir_operator_view *op = &round->view->jobs[mover->job].operators[mover->op];
    *excess_s = 0;
    if (!round->view->hosts[now[0].host].up)
        return INFINITY;
    double stay_s = weir_mmc_stay(mover->demand[mover->op].input, mu, count);
    double measured_s = weir_mmc_stay(seen_per_s, mu, count); /* of what the latency was measured with */
    bool as_deployed = op->instance_count == count && op->instances[0].host == now[0].host;
    if (round->self->measured && as_deployed && op->backpressured <= BLOCKED && op->processed_rate > 0 &&
        isfinite(op->latency_s))
        *excess_s = fmax(op->latency_s - measured_s, 0);
    return weir_network_s(mover, now[0].host) + stay_s;
}

static bool has_core(const struct round *round, int h, double more, double limit)
{
    const struct weir_host_view *host = &round->view->hosts[h];
    double cores = host->cores > 0 ? host->cores : 1;
    return fmax(host->cpu, 0) * cores + round->claimed[h] + more <= limit * cores;
}

/* The cloud host with the least migration + cloud latency, in option->to; -1 if there is none; or, of an operator whose
 * source has moved, a host of the edge. Bursts come along, and are worked off as much faster as the instances there
 * (`power`, items/s at the edge) are. */
static void find_cloud(const struct round *round, const struct weir_mover *mover, const struct weir_placement *now,
                       double power, double excess_s, bool stray, struct option *option)
{
    const struct weir_view *view = round->view;
    const struct weir_operator_view *op = &view->jobs[mover->job].operators[mover->op];
    double lambda = mover->demand[mover->op].input, best = INFINITY;
    option->to = -1;
    for (int h = 0; h < view->host_count; h++) {
        int room = weir_plan_free_slots(round->plan, h);
        bool follows = stray && h != now[0].host && view->hosts[h].tier == view->hosts[now[0].host].tier;
        if (!view->hosts[h].up || (view->hosts[h].tier != WEIR_VIEW_CLOUD && !follows) || room < 1 ||
            !has_core(round, h, 0, CPU_FULL))
            continue;
        double mu = weir_declared_rate(op, &view->hosts[h], now[0].cpu_share);
        int most = op->max_parallelism < room ? op->max_parallelism : room;
        int servers = weir_servers_for(lambda, mu, round->self->load, most);
        double cloud_s = weir_latency_at(mover, h, mu, servers);
        if (excess_s > 0 && mu > 0)
            cloud_s += excess_s * fmin(1, power / (mu * servers));
        double migration_s = weir_migration_s(mover, now[0].host, h, round->self->horizon_s);
        if (migration_s + cloud_s < best) {
            best = migration_s + cloud_s;
            option->to = h;
            option->count = servers;
            option->migration_s = migration_s;
            option->cloud_s = cloud_s;
            option->follows = follows;
        }
    }
}

/* At the edge: whether it should leave. */
static bool should_leave(const struct round *round, const struct weir_mover *mover, const struct weir_placement *now,
                         int count, double mu, double seen_per_s, bool stray, struct option *option)
{
    if (!(mover->demand[mover->op].input > 0))
        return false;
    if (round->self->only_when_full && !stray && weir_edge_has_instances(mover, now[0].host, count))
        return false;
    double excess_s;
    option->edge_s = latency_now(round, mover, now, count, mu, seen_per_s, &excess_s) + excess_s;
    find_cloud(round, mover, now, mu * count, excess_s, stray, option);
    if (option->to < 0 || !(option->edge_s > option->migration_s + option->cloud_s))
        return false;
    option->gain_s = option->edge_s - option->migration_s - option->cloud_s;
    option->load = mover->demand[mover->op].instances / count;
    return true;
}

/* In the cloud, moved there before: whether it should return. */
static bool should_return(const struct round *round, const struct weir_mover *mover, const struct weir_placement *now,
                          int count, double mu, struct track *track, struct option *option)
{
    const struct weir_view *view = round->view;
    const struct weir_operator_view *op = &view->jobs[mover->job].operators[mover->op];
    if (track->moving)
        track->home = weir_edge_near(mover, track->home);
    int room = weir_plan_free_slots(round->plan, track->home);
    if (!view->hosts[track->home].up || room < 1)
        return false;
    double lambda = mover->demand[mover->op].input;
    double at_home = weir_declared_rate(op, &view->hosts[track->home], now[0].cpu_share);
    int most = op->max_parallelism < room ? op->max_parallelism : room;
    if (lambda > 0 && !has_core(round, track->home, lambda / at_home, round->self->load))
        return false;
    option->back = true;
    option->to = track->home;
    option->count = weir_servers_for(lambda, at_home, round->self->load, most);
    option->edge_s = weir_latency_at(mover, track->home, at_home, option->count);
    option->cloud_s = view->hosts[now[0].host].up ? weir_latency_at(mover, now[0].host, mu, count) : INFINITY;
    if (!(option->edge_s < round->self->return_ratio * option->cloud_s))
        return false;
    option->gain_s = option->cloud_s - option->edge_s;
    option->load = mover->demand[mover->op].instances / count;
    return true;
}

/* Counts the windows of an operator; true if it may be moved now. */
static bool consider(const struct round *round, struct weir_mover *mover, const struct demands *demands,
                     struct option *option)
{
    struct load_balancer *self = round->self;
    const struct weir_view *view = round->view;
    struct track *track = weir_memo_at(&self->memo, view, mover->job, mover->op);
    int count;
    const struct weir_placement *now = weir_plan_get(round->plan, mover->job, mover->op, &count);
    if (view->jobs[mover->job].operators[mover->op].changing || count == 0 || !known(view, now[0].host)) {
        weir_patience_pass(&track->patience);
        return false;
    }
    *option = (struct option){.op = mover->op};
    double mu = weir_instance_rate(view, round->plan, mover->job, mover->op, self->min_items);
    int present = view->hosts[now[0].host].tier == WEIR_VIEW_CLOUD ? CLOUD : EDGE, wanted = present;
    track->away = track->away && present == CLOUD; /* a move that was refused left it at the edge */
    mover->demand = demands->soon;
    mover->ingress = demands->ingress_soon;
    bool moved = self->follow && view->jobs[mover->job].source_host != view->jobs[mover->job].source_before;
    track->moving |= moved;
    track->stray |= moved;
    if (present == EDGE &&
        should_leave(round, mover, now, count, mu, demands->now[mover->op].input, track->stray, option)) {
        if (option->follows) { /* it has moved for good: there is nothing to wait for */
            weir_patience_pass(&track->patience);
            return true;
        }
        wanted = CLOUD;
    }
    mover->demand = demands->later;
    mover->ingress = demands->ingress_later;
    if (track->away && should_return(round, mover, now, count, mu, track, option))
        wanted = EDGE;
    return weir_patience_ask(&track->patience, &self->patience, view->time_s, present, wanted) != present;
}

static int by_gain(const void *a, const void *b)
{
    const struct option *x = a, *y = b;
    if (x->gain_s != y->gain_s)
        return x->gain_s > y->gain_s ? -1 : 1;
    if (x->load != y->load)
        return x->load > y->load ? -1 : 1;
    return x->op - y->op;
}

static void move(const struct round *round, const struct weir_mover *mover, const struct option *option)
{
    const struct weir_view *view = round->view;
    struct track *track = weir_memo_at(&round->self->memo, view, mover->job, option->op);
    int present;
    const struct weir_placement *now = weir_plan_get(round->plan, mover->job, option->op, &present);
    int from = now[0].host, count = option->count;
    if (weir_plan_free_slots(round->plan, option->to) < count)
        return; /* taken by a move before */
    struct weir_placement *placed = weir_alloc((size_t)count, sizeof *placed);
    for (int i = 0; i < count; i++)
        placed[i] = (struct weir_placement){.host = option->to, .weight = 1, .cpu_share = now[0].cpu_share};
    const char *name = view->hosts[option->to].name;
    track->stray = false;
    if (option->follows)
        weir_plan_set(round->plan, mover->job, option->op, placed, count,
                      "the source has moved: %.3g s > migration %.3g s + %.3g s at %s", option->edge_s,
                      option->migration_s, option->cloud_s, name);
    else if (option->back)
        weir_plan_set(round->plan, mover->job, option->op, placed, count,
                      "edge %.3g s < %.2g x cloud %.3g s for %d windows: back to %s", option->edge_s,
                      round->self->return_ratio, option->cloud_s, track->patience.down, name);
    else if (isinf(option->edge_s))
        weir_plan_set(round->plan, mover->job, option->op, placed, count,
                      "%.3g s there, migration included, instead of overload for %d windows: to %s",
                      option->migration_s + option->cloud_s, track->patience.up, name);
    else
        weir_plan_set(round->plan, mover->job, option->op, placed, count,
                      "edge %.3g s > migration %.3g s + cloud %.3g s for %d windows: to %s", option->edge_s,
                      option->migration_s, option->cloud_s, track->patience.up, name);
    const struct weir_operator_view *op = &view->jobs[mover->job].operators[option->op];
    double rate = weir_declared_rate(op, &view->hosts[option->to], placed[0].cpu_share);
    if (rate > 0)
        round->claimed[option->to] += mover->demand[option->op].input / rate;
    free(placed);
    if (option->follows)
        return;
    track->away = !option->back;
    if (track->away)
        track->home = from;
    weir_patience_acted(&track->patience, view->time_s);
}

/* The most of the first `steps` windows that are foreseen, and of now. */
static double most_of(const struct round *round, int job, int op, int steps, double now)
{
    const double *per_s;
    int foreseen = weir_plan_foreseen(round->plan, job, op, &per_s);
    for (int k = 0; k < foreseen && k < steps && round->self->foresee; k++)
        now = fmax(now, per_s[k]);
    return now;
}

/* The demand with the most that is foreseen within `steps` windows, 0: within as many as each operator's move takes. */
static void look_ahead(const struct round *round, int job, const struct weir_ds2_operator *model,
                       const struct weir_ds2_demand *now, int steps, struct weir_ds2_demand *ahead)
{
    for (int o = 0; o < round->view->jobs[job].operator_count; o++) {
        double input =
            most_of(round, job, o, steps > 0 ? steps : weir_move_windows(round->view, job, o, round->self->windows),
                    now[o].input);
        ahead[o] = now[o];
        if (!(input > now[o].input))
            continue;
        ahead[o].input = input;
        ahead[o].output = model[o].selectivity * input;
        ahead[o].instances = input / model[o].rate;
    }
}

static void balance_job(const struct round *round, int j)
{
    const struct load_balancer *self = round->self;
    const struct weir_job_view *job = &round->view->jobs[j];
    size_t count = (size_t)job->operator_count;
    struct weir_ds2_operator *model = weir_alloc(count, sizeof *model);
    struct weir_ds2_demand *demand = weir_alloc(3 * count, sizeof *demand);
    struct option *options = weir_alloc(count, sizeof *options);
    struct demands demands = {.now = demand, .soon = demand + count, .later = demand + 2 * count};
    struct weir_mover mover = {.view = round->view, .plan = round->plan, .job = j};
    demands.ingress = demands.ingress_soon = demands.ingress_later = weir_ingress_wanted(job, 0);
    weir_job_demand(round->view, round->plan, j, demands.ingress, self->min_items, model, demand);
    int within = (int)fmin(ceil(self->horizon_s / round->view->window_s), 1e6);
    look_ahead(round, j, model, demands.now, 0, demands.soon);
    look_ahead(round, j, model, demands.now, within, demands.later);
    demands.ingress_soon = most_of(round, j, -1, self->windows, demands.ingress);
    demands.ingress_later = most_of(round, j, -1, within, demands.ingress);
    int found = 0;
    for (mover.op = 0; mover.op < job->operator_count; mover.op++)
        found += consider(round, &mover, &demands, &options[found]);
    qsort(options, (size_t)found, sizeof *options, by_gain);
    mover.demand = demands.soon;
    for (int i = 0; i < found && i < self->moves_per_window; i++)
        move(round, &mover, &options[i]);
    free(options);
    free(demand);
    free(model);
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct round round = {.self = state, .view = view, .plan = plan};
    round.claimed = weir_alloc((size_t)view->host_count, sizeof *round.claimed);
    for (int j = 0; j < view->job_count; j++)
        if (view->jobs[j].running && view->jobs[j].operator_count > 0)
            balance_job(&round, j);
    free(round.claimed);
    return WEIR_OK;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    struct load_balancer *self = state;
    weir_memo_forget(&self->memo, job);
}

static void destroy(void *state)
{
    struct load_balancer *self = state;
    weir_memo_fini(&self->memo);
}

const struct weir_policy weir_policy_load_balancer = {
    .abi = WEIR_POLICY_ABI,
    .name = "load-balancer",
    .summary = "Moves operators to the cloud when staying is slower than moving and working there, and back.",
    .source = "armah-2025",
    .state_size = sizeof(struct load_balancer),
    .params = params,
    .create = create,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
};
