/* The model of costs of tests/learn/offload/drawn.h. */
#include <math.h>
#include <string.h>

#include "sim/base/random.h"
#include "tests/learn/offload/drawn.h"

int drawn_first(const struct drawn *drawn, int user)
{
    int first = 0;
    for (int u = 0; u < user; u++)
        first += drawn->user[u].subtask_count;
    return first;
}

int drawn_subtasks(const struct drawn *drawn)
{
    return drawn_first(drawn, drawn->users);
}

double drawn_omega(const struct drawn *drawn, int u)
{
    return drawn->user[u].weight > 0 ? drawn->user[u].weight : 1;
}

/* Speed of a node for a subtask; 0: it cannot host it. */
static double speed(const struct drawn *drawn, int u, int s, int node)
{
    if (drawn->kinds == 1 || drawn->flops[node] == 0)
        return drawn->flops[node];
    return drawn->by_kind[drawn->kind[u][s] * drawn->nodes + node];
}

static int end_of(const struct offload_user *user, const int *own, int subtask, bool origin)
{
    return subtask >= 0 ? own[subtask] : origin ? user->origin : user->end;
}

static bool feasible(const struct drawn *drawn, int u, const int *own)
{
    const struct offload_user *user = &drawn->user[u];
    for (int s = 0; s < user->subtask_count; s++)
        if (own[s] < 0 || own[s] >= drawn->nodes || !(speed(drawn, u, s, own[s]) > 0) ||
            (user->hosts && !user->hosts[s * drawn->nodes + own[s]]))
            return false;
    for (int t = 0; t < user->transfer_count; t++)
        if (drawn->hops[end_of(user, own, user->transfers[t].from, true)]
                       [end_of(user, own, user->transfers[t].to, false)] < 0)
            return false;
    return true;
}

static double capacity(const struct drawn *drawn, int r)
{
    return r < drawn->nodes ? drawn->flops[r] : drawn->link[r - drawn->nodes].bytes_per_s;
}

/* Work as a node of the speed for all would have it: c F / F_kind. */
static double work_on(const struct drawn *drawn, int u, int s, int node)
{
    double work = drawn->user[u].work_flop[s];
    return drawn->kinds == 1 ? work : work * drawn->flops[node] / speed(drawn, u, s, node);
}

double drawn_item(const struct drawn *drawn, int u, int s, int node)
{
    return sqrt(drawn_omega(drawn, u) * work_on(drawn, u, s, node));
}

/* w_ur: into w[resources]; the latencies of its links. */
static double load_of(const struct drawn *drawn, int u, const int *own, double *w)
{
    const struct offload_user *user = &drawn->user[u];
    double delay_s = 0;
    memset(w, 0, (size_t)(drawn->nodes + drawn->links) * sizeof *w);
    for (int s = 0; s < user->subtask_count; s++) {
        double work = drawn_omega(drawn, u) * work_on(drawn, u, s, own[s]);
        w[own[s]] += drawn->of_users ? work : sqrt(work);
    }
    for (int t = 0; t < user->transfer_count; t++) {
        int from = end_of(user, own, user->transfers[t].from, true),
            to = end_of(user, own, user->transfers[t].to, false);
        double bytes = drawn_omega(drawn, u) * user->transfers[t].bytes;
        for (int i = 0; i < drawn->hops[from][to]; i++) {
            w[drawn->nodes + drawn->way[from][to][i]] += drawn->of_users ? bytes : sqrt(bytes);
            delay_s += drawn->link[drawn->way[from][to][i]].latency_s;
        }
    }
    for (int r = 0; drawn->of_users && r < drawn->nodes + drawn->links; r++)
        w[r] = sqrt(w[r]);
    return delay_s;
}

/* Share of a resource that one subtask or transfer holds: its own root, or the user's, of all. */
static double share_of(const struct drawn *drawn, int u, double amount, double w, double all)
{
    double root = sqrt(drawn_omega(drawn, u) * amount);
    return amount > 0 ? (drawn->of_users ? w : root) / all : 0;
}

/* A transfer's time, and what it holds. */
static double flow_time(const struct drawn *drawn, int u, int t, const int *own, const double *w,
                        struct drawn_costs *costs, int number)
{
    const struct offload_transfer *transfer = &drawn->user[u].transfers[t];
    int from = end_of(&drawn->user[u], own, transfer->from, true),
        to = end_of(&drawn->user[u], own, transfer->to, false);
    double time_s = 0;
    costs->least_share[number] = 1;
    costs->flow[number] = INFINITY;
    for (int i = 0; i < drawn->hops[from][to]; i++) {
        int link = drawn->way[from][to][i], r = drawn->nodes + link;
        double share = share_of(drawn, u, transfer->bytes, w[r], costs->load[r]);
        time_s += drawn->link[link].latency_s;
        if (transfer->bytes > 0)
            time_s += transfer->bytes / (drawn->link[link].bytes_per_s * share);
        costs->least_share[number] = fmin(costs->least_share[number], share);
        costs->flow[number] = fmin(costs->flow[number], share * drawn->link[link].bytes_per_s);
    }
    return costs->time_s[number] = time_s;
}

/* (4), (5): ends of subtasks in their order, which is topological. */
static double latency_of(const struct drawn *drawn, int u, const int *own, const double *w, struct drawn_costs *costs,
                         int first, int first_transfer)
{
    const struct offload_user *user = &drawn->user[u];
    double ready[DRAWN_STEPS] = {0}, last = 0;
    for (int s = 0; s < user->subtask_count; s++) {
        for (int t = 0; t < user->transfer_count; t++)
            if (user->transfers[t].to == s && user->transfers[t].from < 0)
                ready[s] = fmax(ready[s], flow_time(drawn, u, t, own, w, costs, first_transfer + t));
        double work = work_on(drawn, u, s, own[s]);
        double share = costs->share[first + s] = share_of(drawn, u, work, w[own[s]], costs->load[own[s]]);
        double end = ready[s] + (work > 0 ? work / (drawn->flops[own[s]] * share) : 0);
        last = fmax(last, end);
        for (int t = 0; t < user->transfer_count; t++) {
            if (user->transfers[t].from != s)
                continue;
            double there = end + flow_time(drawn, u, t, own, w, costs, first_transfer + t);
            int to = user->transfers[t].to;
            last = to < 0 ? fmax(last, there) : last;
            if (to >= 0)
                ready[to] = fmax(ready[to], there);
        }
    }
    return last;
}

bool drawn_evaluate(const struct drawn *drawn, const int *at, struct drawn_costs *costs)
{
    static double w[DRAWN_USERS][DRAWN_NODES + DRAWN_LINKS];
    int resources = drawn->nodes + drawn->links;
    double delay_s[DRAWN_USERS] = {0}, squares = 0;
    memset(costs, 0, sizeof *costs);
    for (int u = 0; u < drawn->users; u++) {
        const int *own = at + drawn_first(drawn, u);
        memset(w[u], 0, sizeof w[u]);
        if (own[0] == -1)
            continue;
        if (!feasible(drawn, u, own))
            return false;
        delay_s[u] = load_of(drawn, u, own, w[u]);
        for (int r = 0; r < resources; r++)
            costs->load[r] += w[u][r];
    }
    for (int u = 0, transfer = 0; u < drawn->users; transfer += drawn->user[u++].transfer_count) {
        int first = drawn_first(drawn, u);
        if (at[first] == -1)
            continue;
        double all = 0;
        for (int r = 0; r < resources; r++) {
            all += w[u][r] > 0 ? w[u][r] * costs->load[r] / capacity(drawn, r) : 0;
            squares += w[u][r] > 0 ? w[u][r] * w[u][r] / capacity(drawn, r) : 0;
        }
        costs->cost_s[u] = all / drawn_omega(drawn, u) + delay_s[u];
        costs->latency_s[u] = latency_of(drawn, u, at + first, w[u], costs, first, transfer);
        costs->sum += drawn_omega(drawn, u) * costs->cost_s[u];
        costs->potential += all / 2 + drawn_omega(drawn, u) * delay_s[u];
    }
    costs->potential += squares / 2;
    return true;
}

bool drawn_place(const struct drawn *drawn, uint64_t number, int *at)
{
    struct weir_stream dice = weir_stream_at(weir_stream_key(12, "places"), number);
    for (int u = 0; u < drawn->users; u++) {
        int *own = at + drawn_first(drawn, u), tries = 0;
        do
            for (int s = 0; s < drawn->user[u].subtask_count; s++)
                own[s] = (int)weir_stream_below(&dice, (uint64_t)drawn->nodes);
        while (!feasible(drawn, u, own) && ++tries < 20000);
        if (tries == 20000)
            return false;
    }
    return true;
}

bool drawn_next(const struct drawn *drawn, int *at, int from, int to)
{
    for (int s = to - 1; s >= from; s--) {
        if (++at[s] < drawn->nodes)
            return true;
        at[s] = 0;
    }
    return false;
}

double drawn_best(const struct drawn *drawn, const int *at, int user, int *best)
{
    int other[DRAWN_ALL], first = drawn_first(drawn, user), next = first + drawn->user[user].subtask_count;
    struct drawn_costs costs;
    double least = INFINITY;
    memcpy(other, at, (size_t)drawn_subtasks(drawn) * sizeof *other);
    for (int s = first; s < next; s++)
        other[s] = 0;
    do {
        if (!feasible(drawn, user, other + first) || !drawn_evaluate(drawn, other, &costs) ||
            !(drawn_omega(drawn, user) * costs.cost_s[user] < least))
            continue;
        least = drawn_omega(drawn, user) * costs.cost_s[user];
        memcpy(best, other + first, (size_t)(next - first) * sizeof *best);
    } while (drawn_next(drawn, other, first, next));
    return least;
}
