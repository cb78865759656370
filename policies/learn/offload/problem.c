#include "policies/learn/offload/problem.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/given.h"
#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

static const char *name_user(int user, const char *name, char buffer[OFFLOAD_NAME_SIZE])
{
    if (name)
        snprintf(buffer, OFFLOAD_NAME_SIZE, "user %d (%.80s)", user, name);
    else
        snprintf(buffer, OFFLOAD_NAME_SIZE, "user %d", user);
    return buffer;
}

const char *offload_user_name(const struct offload_problem *problem, int user, char buffer[OFFLOAD_NAME_SIZE])
{
    return name_user(user, problem->names[user], buffer);
}

/* ---- the users' numbers, checked ---- */

static int check_place(int node, int nodes, bool needed, const char *who, const char *what)
{
    if (node >= (needed ? 0 : -1) && node < nodes)
        return WEIR_OK;
    return weir_error(WEIR_EINPUT, "%s: its %s is node %d; nodes are 0 to %d", who, what, node, nodes - 1);
}

static int check_transfer(const struct offload_transfer *transfer, int index, int count, const char *who)
{
    int from = transfer->from, to = transfer->to;
    if (from < -1 || from >= count || to < -1 || to >= count || (from == -1 && to == -1) || (to != -1 && from >= to))
        return weir_error(
            WEIR_EINPUT,
            "%s: transfer %d goes from subtask %d to %d; it must go to a later one of its %d, from -1 (origin) or "
            "to -1 (end)",
            who, index, from, to, count);
    if (!isfinite(transfer->bytes) || transfer->bytes < 0)
        return weir_error(WEIR_EINPUT, "%s: transfer %d has %g bytes; it must not be below 0", who, index,
                          transfer->bytes);
    return WEIR_OK;
}

static int check_user(const struct offload_network *network, const struct offload_user *user, const char *who)
{
    if (user->subtask_count < 1)
        return weir_error(WEIR_EINPUT, "%s has no subtasks", who);
    if (!user->work_flop || (user->transfer_count > 0 && !user->transfers))
        return weir_error(WEIR_EINPUT, "%s: its work or its transfers are NULL", who);
    if (user->transfer_count < 0 || !isfinite(user->weight) || user->weight < 0)
        return weir_error(WEIR_EINPUT, "%s has a weight of %g and %d transfers; neither can be below 0", who,
                          user->weight, user->transfer_count);
    for (int s = 0; s < user->subtask_count; s++) {
        if (!isfinite(user->work_flop[s]) || user->work_flop[s] < 0)
            return weir_error(WEIR_EINPUT, "%s: subtask %d has %g flop; it must not be below 0", who, s,
                              user->work_flop[s]);
        if (user->kinds && (user->kinds[s] < 0 || user->kinds[s] >= network->kinds))
            return weir_error(WEIR_EINPUT, "%s: subtask %d is of kind %d; the network has kinds 0 to %d", who, s,
                              user->kinds[s], network->kinds - 1);
    }
    bool raw = false, result = false;
    for (int t = 0; t < user->transfer_count; t++) {
        if (check_transfer(&user->transfers[t], t, user->subtask_count, who) < 0)
            return weir_error_code();
        raw = raw || user->transfers[t].from < 0;
        result = result || user->transfers[t].to < 0;
    }
    if (check_place(user->origin, network->nodes, raw, who, "origin") < 0 ||
        check_place(user->end, network->nodes, result, who, "end") < 0)
        return weir_error_code();
    return WEIR_OK;
}

/* ---- copies ---- */

static void allocate(struct offload_problem *problem)
{
    size_t users = (size_t)problem->users, subtasks = (size_t)problem->subtasks, transfers = (size_t)problem->transfers;
    problem->names = weir_alloc(users, sizeof *problem->names);
    problem->first_subtask = weir_alloc(users + 1, sizeof *problem->first_subtask);
    problem->first_transfer = weir_alloc(users + 1, sizeof *problem->first_transfer);
    problem->origin = weir_alloc(users, sizeof *problem->origin);
    problem->end = weir_alloc(users, sizeof *problem->end);
    problem->omega = weir_alloc(users, sizeof *problem->omega);
    problem->chain = weir_alloc(users, sizeof *problem->chain);
    problem->work = weir_alloc(subtasks, sizeof *problem->work);
    problem->kind = weir_alloc(subtasks, sizeof *problem->kind);
    problem->allowed = weir_alloc(subtasks, sizeof *problem->allowed);
    problem->bytes = weir_alloc(transfers, sizeof *problem->bytes);
    problem->from = weir_alloc(transfers, sizeof *problem->from);
    problem->to = weir_alloc(transfers, sizeof *problem->to);
    problem->in_first = weir_alloc(subtasks + 1, sizeof *problem->in_first);
    problem->in = weir_alloc(transfers, sizeof *problem->in);
    problem->out_first = weir_alloc(subtasks + 1, sizeof *problem->out_first);
    problem->out = weir_alloc(transfers, sizeof *problem->out);
}

static struct offload_amount amount(double value, double omega)
{
    return (struct offload_amount){.root = sqrt(omega * value), .square = omega * value};
}

/* Lists the transfers of all users by one end. Those at an end outside are on no list. */
static void list_transfers(const struct offload_problem *problem, const int *subtask_of, int *first, int *list)
{
    for (int u = 0; u < problem->users; u++)
        for (int t = problem->first_transfer[u]; t < problem->first_transfer[u + 1]; t++)
            if (subtask_of[t] >= 0)
                first[problem->first_subtask[u] + subtask_of[t] + 1]++;
    for (int s = 0; s < problem->subtasks; s++)
        first[s + 1] += first[s];
    int *next = weir_alloc((size_t)problem->subtasks, sizeof *next);
    memcpy(next, first, (size_t)problem->subtasks * sizeof *next);
    for (int u = 0; u < problem->users; u++)
        for (int t = problem->first_transfer[u]; t < problem->first_transfer[u + 1]; t++)
            if (subtask_of[t] >= 0)
                list[next[problem->first_subtask[u] + subtask_of[t]]++] = t;
    free(next);
}

static bool is_chain(const struct offload_problem *problem, int user)
{
    int first = problem->first_subtask[user], count = problem->first_subtask[user + 1] - first;
    for (int s = 0; s < count; s++) {
        int in = problem->in_first[first + s + 1] - problem->in_first[first + s];
        int out = problem->out_first[first + s + 1] - problem->out_first[first + s];
        if (in > 1 || out > 1 || (s > 0 && in == 0))
            return false;
        if (in == 1 && problem->from[problem->in[problem->in_first[first + s]]] != s - 1)
            return false;
        if (out == 1 && s + 1 < count && problem->to[problem->out[problem->out_first[first + s]]] != s + 1)
            return false;
    }
    return true;
}

static void copy_user(struct offload_problem *problem, int u, const struct offload_user *user)
{
    int s = problem->first_subtask[u], t = problem->first_transfer[u];
    problem->names[u] = weir_copy(user->name);
    problem->origin[u] = user->origin;
    problem->end[u] = user->end;
    problem->omega[u] = user->weight > 0 ? user->weight : 1;
    for (int i = 0; i < user->subtask_count; i++, s++) {
        problem->work[s] = amount(user->work_flop[i], problem->omega[u]);
        problem->kind[s] = user->kinds ? user->kinds[i] : 0;
    }
    for (int i = 0; i < user->transfer_count; i++, t++) {
        problem->bytes[t] = amount(user->transfers[i].bytes, problem->omega[u]);
        problem->from[t] = user->transfers[i].from;
        problem->to[t] = user->transfers[i].to;
    }
    problem->first_subtask[u + 1] = s;
    problem->first_transfer[u + 1] = t;
    if (user->subtask_count > problem->longest)
        problem->longest = user->subtask_count;
}

/* ---- which node may host what ---- */

/* Whether a node can send to, or hear from, all that it must: `row` are the nodes of the next subtask, NULL: all. */
static bool reaches_any(const struct offload_network *network, int node, const unsigned char *row)
{
    const int *at = offload_tree_at(&network->out, network->nodes, node);
    for (int n = 0; n < network->nodes; n++)
        if (at[n] >= 0 && (!row || row[n]))
            return true;
    return false;
}

/* Nodes of subtask s from which the rest can follow; rows of later subtasks are known. For a graph each transfer is
 * looked at by itself, so that what remains need not fit together. */
static bool fill_row(const struct offload_problem *problem, int u, int s, const unsigned char *hosts,
                     unsigned char *row)
{
    const struct offload_network *network = problem->network;
    const unsigned char *able = network->hosts + (size_t)problem->kind[s] * (size_t)network->nodes;
    bool any = false;
    for (int m = 0; m < network->nodes; m++) {
        row[m] = able[m] && (!hosts || hosts[m]);
        for (int i = problem->in_first[s]; row[m] && i < problem->in_first[s + 1]; i++)
            if (problem->from[problem->in[i]] < 0)
                row[m] = offload_network_reaches(network, problem->origin[u], m);
        for (int i = problem->out_first[s]; row[m] && i < problem->out_first[s + 1]; i++) {
            int to = problem->to[problem->out[i]];
            row[m] = to < 0 ? offload_network_reaches(network, m, problem->end[u])
                            : reaches_any(network, m, problem->allowed[problem->first_subtask[u] + to]);
        }
        any = any || row[m];
    }
    return any;
}

/* Why subtask s of user u has no node left. */
static int nowhere(const struct offload_problem *problem, int u, int s, const unsigned char *hosts)
{
    char who[OFFLOAD_NAME_SIZE], from[OFFLOAD_NAME_SIZE], to[OFFLOAD_NAME_SIZE];
    const struct offload_network *network = problem->network;
    const unsigned char *able = network->hosts + (size_t)problem->kind[s] * (size_t)network->nodes;
    int local = s - problem->first_subtask[u];
    offload_user_name(problem, u, who);
    bool any = false;
    for (int m = 0; m < network->nodes; m++)
        any = any || (able[m] && (!hosts || hosts[m]));
    if (!any)
        return weir_error(
            WEIR_EINPUT, "%s: no node can host subtask %d: each lacks a speed for its kind or is excluded", who, local);
    int origin = problem->origin[u], end = problem->end[u];
    if (origin >= 0 && end >= 0 && !offload_network_reaches(network, origin, end))
        return weir_error(WEIR_EINPUT, "%s: there is no way from its origin, %s, to its end, %s", who,
                          offload_node_name(network, origin, from), offload_node_name(network, end, to));
    return weir_error(WEIR_EINPUT, "%s: subtask %d has no node from which what follows can be reached", who, local);
}

static int find_allowed(struct offload_problem *problem, const struct offload_user *users)
{
    const struct offload_network *network = problem->network;
    size_t nodes = (size_t)network->nodes, rows = 0;
    for (int u = 0; u < problem->users; u++)
        if (users[u].hosts || !network->all_reachable)
            rows += (size_t)users[u].subtask_count;
    problem->allowed_rows = weir_alloc(rows * nodes, 1);
    unsigned char *next = problem->allowed_rows;
    for (int u = 0; u < problem->users; u++) {
        bool own = users[u].hosts || !network->all_reachable;
        for (int s = problem->first_subtask[u + 1] - 1; s >= problem->first_subtask[u]; s--) {
            size_t local = (size_t)(s - problem->first_subtask[u]);
            const unsigned char *hosts = users[u].hosts ? users[u].hosts + local * nodes : NULL;
            const unsigned char *able = network->hosts + (size_t)problem->kind[s] * nodes;
            if (own) {
                if (!fill_row(problem, u, s, hosts, next))
                    return nowhere(problem, u, s, hosts);
                problem->allowed[s] = next;
                next += nodes;
            } else if (!network->hosts_everywhere[problem->kind[s]]) {
                if (!memchr(able, 1, nodes))
                    return nowhere(problem, u, s, NULL);
                problem->allowed[s] = able;
            }
        }
    }
    return WEIR_OK;
}

/* ---- the problem ---- */

int offload_problem_new(const struct offload_network *network, const struct offload_user *users, int user_count,
                        enum offload_shares shares, struct offload_problem **made)
{
    if (learn_given(__func__, "network problem", network, made) != WEIR_OK)
        return WEIR_EINPUT;
    *made = NULL;
    if (user_count < 0 || (user_count > 0 && !users))
        return weir_error(WEIR_EINPUT, "%d users; there cannot be fewer than 0, and each must be given", user_count);
    if (shares != OFFLOAD_SHARE_OF_SUBTASK && shares != OFFLOAD_SHARE_OF_USER)
        return weir_error(WEIR_EINPUT, "there are no shares %d", (int)shares);
    struct offload_problem *problem = weir_alloc(1, sizeof *problem);
    problem->network = network;
    problem->shares = shares;
    long subtasks = 0, transfers = 0;
    for (int u = 0; u < user_count; u++) {
        char who[OFFLOAD_NAME_SIZE];
        if (check_user(network, &users[u], name_user(u, users[u].name, who)) < 0)
            goto failed;
        subtasks += users[u].subtask_count;
        transfers += users[u].transfer_count;
    }
    if (subtasks > INT_MAX / 2 || transfers > INT_MAX / 2) {
        weir_error(WEIR_EINPUT, "%ld subtasks and %ld transfers are more than there is room for", subtasks, transfers);
        goto failed;
    }
    problem->users = user_count;
    problem->subtasks = (int)subtasks;
    problem->transfers = (int)transfers;
    allocate(problem);
    for (int u = 0; u < user_count; u++)
        copy_user(problem, u, &users[u]);
    list_transfers(problem, problem->to, problem->in_first, problem->in);
    list_transfers(problem, problem->from, problem->out_first, problem->out);
    for (int u = 0; u < user_count; u++)
        problem->chain[u] = is_chain(problem, u);
    if (find_allowed(problem, users) < 0)
        goto failed;
    *made = problem;
    return WEIR_OK;
failed:
    offload_problem_free(problem);
    return weir_error_code();
}

void offload_problem_free(struct offload_problem *problem)
{
    if (!problem)
        return;
    for (int u = 0; u < problem->users; u++)
        free(problem->names[u]);
    void *arrays[] = {problem->names,
                      problem->first_subtask,
                      problem->first_transfer,
                      problem->origin,
                      problem->end,
                      problem->omega,
                      problem->chain,
                      problem->work,
                      problem->kind,
                      problem->allowed,
                      problem->allowed_rows,
                      problem->bytes,
                      problem->from,
                      problem->to,
                      problem->in_first,
                      problem->in,
                      problem->out_first,
                      problem->out};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        free(arrays[i]);
    free(problem);
}

int offload_problem_users(const struct offload_problem *problem)
{
    return problem ? problem->users : 0;
}

int offload_problem_subtasks(const struct offload_problem *problem)
{
    return problem ? problem->subtasks : 0;
}

int offload_problem_transfers(const struct offload_problem *problem)
{
    return problem ? problem->transfers : 0;
}

static bool is_user(const struct offload_problem *problem, int user)
{
    return problem && user >= 0 && user < problem->users;
}

int offload_problem_first_subtask(const struct offload_problem *problem, int user)
{
    return is_user(problem, user) ? problem->first_subtask[user] : -1;
}

int offload_problem_first_transfer(const struct offload_problem *problem, int user)
{
    return is_user(problem, user) ? problem->first_transfer[user] : -1;
}

bool offload_problem_is_chain(const struct offload_problem *problem, int user)
{
    return is_user(problem, user) && problem->chain[user];
}

bool offload_problem_may_host(const struct offload_problem *problem, int user, int subtask, int node)
{
    if (!is_user(problem, user) || subtask < 0 || node < 0 || node >= problem->network->nodes ||
        subtask >= problem->first_subtask[user + 1] - problem->first_subtask[user])
        return false;
    const unsigned char *row = problem->allowed[problem->first_subtask[user] + subtask];
    return !row || row[node];
}

bool offload_fits(const struct offload_problem *problem, int user, int subtask, const int *own, int node)
{
    const struct offload_network *network = problem->network;
    if (problem->allowed[subtask] && !problem->allowed[subtask][node])
        return false;
    for (int i = problem->in_first[subtask]; !network->all_reachable && i < problem->in_first[subtask + 1]; i++)
        if (!offload_network_reaches(network, offload_transfer_source(problem, user, own, problem->in[i]), node))
            return false;
    return true;
}

double offload_user_placements(const struct offload_problem *problem, int user)
{
    double count = 1;
    for (int s = problem->first_subtask[user]; s < problem->first_subtask[user + 1]; s++) {
        int able = 0;
        for (int m = 0; m < problem->network->nodes; m++)
            able += !problem->allowed[s] || problem->allowed[s][m];
        count *= able;
    }
    return count;
}
