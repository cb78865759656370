/* What the game and the heuristic are compared with: nearest, random, lawa. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/game.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"

static int no_node(const struct offload_problem *problem, int u, int s)
{
    char who[OFFLOAD_NAME_SIZE];
    return weir_error(WEIR_EINPUT, "%s: no node is left for subtask %d after those before it",
                      offload_user_name(problem, u, who), s - problem->first_subtask[u]);
}

/* ---- nearest ---- */

/* Where all of a user's subtasks are to be: the end at which more data are. -1: it has neither. */
static int nearest_to(const struct offload_problem *problem, int u)
{
    double raw = 0, result = 0;
    for (int t = problem->first_transfer[u]; t < problem->first_transfer[u + 1]; t++) {
        raw += problem->from[t] < 0 ? problem->bytes[t].square : 0;
        result += problem->to[t] < 0 ? problem->bytes[t].square : 0;
    }
    if (problem->origin[u] < 0 || problem->end[u] < 0)
        return problem->origin[u] < 0 ? problem->end[u] : problem->origin[u];
    return raw >= result ? problem->origin[u] : problem->end[u];
}

static double distance(const struct offload_problem *problem, int from, int to)
{
    size_t nodes = (size_t)problem->network->nodes;
    if (from < 0 || to < 0)
        return 0;
    return fmin(problem->network->span[(size_t)from * nodes + (size_t)to], 1e300);
}

static int place_nearest(const struct offload_problem *problem, int u, int *own)
{
    int first = problem->first_subtask[u], pivot = nearest_to(problem, u);
    for (int s = first; s < problem->first_subtask[u + 1]; s++) {
        double least = INFINITY;
        int best = -1;
        for (int m = 0; m < problem->network->nodes; m++) {
            double key = m == pivot ? -1 : distance(problem, pivot, m) + distance(problem, m, problem->end[u]);
            if (key < least && offload_fits(problem, u, s, own, m)) {
                least = key;
                best = m;
            }
        }
        if (best < 0)
            return no_node(problem, u, s);
        own[s - first] = best;
    }
    return WEIR_OK;
}

int offload_nearest(const struct offload_problem *problem, int *placement)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    for (int u = 0; u < problem->users; u++)
        if (place_nearest(problem, u, placement + problem->first_subtask[u]) < 0)
            return weir_error_code();
    return WEIR_OK;
}

/* ---- random ---- */

static bool place_random(const struct offload_problem *problem, int u, struct weir_stream *stream, int *own)
{
    int first = problem->first_subtask[u], nodes = problem->network->nodes;
    for (int s = first; s < problem->first_subtask[u + 1]; s++) {
        int fitting = 0;
        for (int m = 0; m < nodes; m++)
            fitting += offload_fits(problem, u, s, own, m);
        if (fitting == 0)
            return false;
        int left = (int)weir_stream_below(stream, (uint64_t)fitting);
        for (int m = 0; m < nodes; m++)
            if (offload_fits(problem, u, s, own, m) && left-- == 0)
                own[s - first] = m;
    }
    return true;
}

int offload_random(const struct offload_problem *problem, uint64_t seed, int *placement)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    uint64_t key = weir_stream_key(seed, "offload");
    for (int u = 0; u < problem->users; u++) {
        struct weir_stream stream = weir_stream_at(key, (uint64_t)u);
        bool placed = false;
        /* Chains succeed at once; a graph may run into nodes that do not fit together. */
        for (int tries = 0; tries < 1000 && !placed; tries++)
            placed = place_random(problem, u, &stream, placement + problem->first_subtask[u]);
        if (!placed)
            return no_node(problem, u, problem->first_subtask[u]);
    }
    return WEIR_OK;
}

/* ---- lawa ---- */

struct lawa {
    const struct offload_problem *problem;
    int user, first, count;
    double *cut;    /* [count + 1]: data that cross between the first j subtasks and the rest */
    int *stop;      /* nodes of the way */
    double *before; /* sum of 1 / bandwidth to a stop from the one before */
    int stops, room;
    double *value, *last; /* [count + 1]: least time with j subtasks done, at this stop and at the one before */
    int *start;           /* [stops][count + 1]: subtasks done on arrival */
};

static void find_cuts(struct lawa *lawa)
{
    const struct offload_problem *problem = lawa->problem;
    for (int j = 0; j <= lawa->count; j++)
        lawa->cut[j] = 0;
    for (int t = problem->first_transfer[lawa->user]; t < problem->first_transfer[lawa->user + 1]; t++) {
        int to = problem->to[t] < 0 ? lawa->count : problem->to[t];
        for (int j = problem->from[t] + 1; j <= to; j++)
            lawa->cut[j] += problem->bytes[t].square;
    }
}

static void find_stops(struct lawa *lawa)
{
    const struct offload_network *network = lawa->problem->network;
    int origin = lawa->problem->origin[lawa->user], end = lawa->problem->end[lawa->user];
    lawa->stops = 0;
    if (origin < 0 || end < 0) {
        lawa->stop[lawa->stops++] = origin < 0 ? end : origin;
        return;
    }
    const int *parent = offload_tree_parent(&network->in, end), *link = offload_tree_link(&network->in, end);
    double span = 0;
    lawa->stop[lawa->stops++] = origin;
    for (int i = offload_tree_at(&network->in, network->nodes, end)[origin]; i > 0; i = parent[i]) {
        int to = parent[i] == 0 ? end : network->link_to[link[i]];
        span += network->per_capacity[network->nodes + link[i]];
        if (to < 0)
            continue;
        lawa->before[lawa->stops] = span;
        lawa->stop[lawa->stops++] = to;
        span = 0;
    }
}

/* One stop more: runs i..j-1 on its node, after i were done when the data left the stop before. */
static void visit_stop(struct lawa *lawa, int k)
{
    const struct offload_problem *problem = lawa->problem;
    const struct offload_network *network = problem->network;
    int node = lawa->stop[k], count = lawa->count;
    double *swap = lawa->last;
    lawa->last = lawa->value;
    lawa->value = swap;
    for (int j = 0; j <= count; j++) {
        double run = 0;
        lawa->value[j] = INFINITY;
        for (int i = j; i >= 0; i--) {
            if (i < j) {
                int s = lawa->first + i;
                double root = problem->work[s].root * offload_factor(problem, s)[node];
                bool allowed = !problem->allowed[s] || problem->allowed[s][node];
                run += !allowed ? INFINITY : problem->shares == OFFLOAD_SHARE_OF_USER ? root * root : root;
            }
            double arrived = k == 0 ? (i == 0 ? 0 : INFINITY) : lawa->last[i] + lawa->cut[i] * lawa->before[k];
            double work = problem->shares == OFFLOAD_SHARE_OF_USER ? run : run * run;
            double time = arrived + work * network->per_capacity[node];
            if (time <= lawa->value[j]) {
                lawa->value[j] = time;
                lawa->start[k * (count + 1) + j] = i;
            }
        }
    }
}

/* Into own[]; false: the nodes of the way cannot host all. */
static bool place_lawa(struct lawa *lawa, int *own)
{
    if (lawa->stop[0] < 0)
        return false;
    for (int k = 0; k < lawa->stops; k++)
        visit_stop(lawa, k);
    int j = lawa->count;
    if (!(lawa->value[j] < INFINITY))
        return false;
    for (int k = lawa->stops - 1; k >= 0; k--) {
        int i = lawa->start[k * (lawa->count + 1) + j];
        for (int s = i; s < j; s++)
            own[s] = lawa->stop[k];
        j = i;
    }
    return true;
}

/* Whether each transfer of the user has a way. */
static bool has_ways(const struct offload_problem *problem, int u, const int *own)
{
    for (int t = problem->first_transfer[u]; t < problem->first_transfer[u + 1]; t++)
        if (!offload_network_reaches(problem->network, offload_transfer_source(problem, u, own, t),
                                     offload_transfer_target(problem, u, own, t)))
            return false;
    return true;
}

int offload_lawa(const struct offload_problem *problem, int *placement)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    size_t columns = (size_t)problem->longest + 1, rows = (size_t)problem->network->in.largest + 1;
    struct lawa lawa = {.problem = problem};
    lawa.cut = weir_alloc(columns, sizeof *lawa.cut);
    lawa.value = weir_alloc(columns, sizeof *lawa.value);
    lawa.last = weir_alloc(columns, sizeof *lawa.last);
    lawa.stop = weir_alloc(rows, sizeof *lawa.stop);
    lawa.before = weir_alloc(rows, sizeof *lawa.before);
    lawa.start = weir_alloc(rows * columns, sizeof *lawa.start);
    int code = WEIR_OK;
    for (int u = 0; u < problem->users && code == WEIR_OK; u++) {
        int *own = placement + problem->first_subtask[u];
        lawa.user = u;
        lawa.first = problem->first_subtask[u];
        lawa.count = problem->first_subtask[u + 1] - lawa.first;
        find_cuts(&lawa);
        find_stops(&lawa);
        if (!place_lawa(&lawa, own) || !has_ways(problem, u, own))
            code = place_nearest(problem, u, own);
    }
    free(lawa.cut);
    free(lawa.value);
    free(lawa.last);
    free(lawa.stop);
    free(lawa.before);
    free(lawa.start);
    return code;
}

/* ---- the heuristic, refined ---- */

/* Sum of omega times latency. */
static double latencies(const struct offload_problem *problem, const int *placement, double *latency_s)
{
    double sum = 0;
    struct offload_evaluation evaluation = {.latency_s = latency_s};
    if (offload_evaluate(problem, placement, &evaluation) < 0)
        return INFINITY;
    for (int u = 0; u < problem->users; u++)
        sum += problem->omega[u] * latency_s[u];
    return sum;
}

int offload_heu_wo_refined(const struct offload_problem *problem, int *placement)
{
    if (learn_given(__func__, "problem placement", problem, offload_placement_given(problem, placement)) != WEIR_OK)
        return WEIR_EINPUT;
    int (*const starts[])(const struct offload_problem *, int *) = {offload_heu_wo, offload_nearest, offload_lawa};
    int *tried = weir_alloc((size_t)problem->subtasks, sizeof *tried), code = WEIR_OK;
    double *latency_s = weir_alloc((size_t)problem->users, sizeof *latency_s);
    double least = INFINITY;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        code = starts[i](problem, tried);
        if (code == WEIR_OK)
            code = offload_refine(problem, tried, NULL);
        if (code < 0)
            break;
        double sum = latencies(problem, tried, latency_s);
        if (sum < least || i == 0) {
            least = sum;
            memcpy(placement, tried, (size_t)problem->subtasks * sizeof *placement);
        }
    }
    free(latency_s);
    free(tried);
    return code;
}
