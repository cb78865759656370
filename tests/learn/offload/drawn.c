#include "tests/learn/offload/drawn.h"

#include <math.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

static double between(struct weir_stream *dice, double low, double high)
{
    return low + (high - low) * weir_stream_uniform(dice);
}

static bool chance(struct weir_stream *dice, double part)
{
    return weir_stream_uniform(dice) < part;
}

/* ---- networks ---- */

static void draw_links(struct drawn *drawn, struct weir_stream *dice, int features)
{
    for (int a = 0; a < drawn->nodes; a++)
        for (int b = a + 1; b < drawn->nodes; b++) {
            double part = drawn->nodes > 10 ? 0.04 : features & DRAWN_ONE_WAY ? 0.6 : 0.4;
            if (b != a + 1 && !chance(dice, part))
                continue;
            for (int back = 0; back < (features & DRAWN_ONE_WAY ? 1 : 2); back++)
                for (int twice = 0; twice < (features & DRAWN_HOP && chance(dice, 0.4) ? 2 : 1); twice++)
                    drawn->link[drawn->links++] =
                        (struct offload_link){.from = back ? b : a,
                                              .to = back ? a : b,
                                              .bytes_per_s = between(dice, 1e6, 1e7),
                                              .latency_s = features & DRAWN_LATE ? between(dice, 0, 0.2) : 0};
        }
}

/* The widest link from one node to another; -1: none. */
static int joined(const struct drawn *drawn, int from, int to)
{
    int best = -1;
    for (int l = 0; l < drawn->links; l++)
        if (drawn->link[l].from == from && drawn->link[l].to == to &&
            (best < 0 || drawn->link[l].bytes_per_s > drawn->link[best].bytes_per_s))
            best = l;
    return best;
}

/* Ways of the least sum of 1 / bandwidth: Floyd's algorithm, the middle nodes in order. */
static void find_ways(struct drawn *drawn)
{
    static double span[DRAWN_NODES][DRAWN_NODES];
    static int middle[DRAWN_NODES][DRAWN_NODES];
    int n = drawn->nodes;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            int link = joined(drawn, a, b);
            span[a][b] = a == b ? 0 : link < 0 ? INFINITY : 1 / drawn->link[link].bytes_per_s;
            middle[a][b] = -1;
        }
    for (int k = 0; k < n; k++)
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++)
                if (span[a][k] + span[k][b] < span[a][b]) {
                    span[a][b] = span[a][k] + span[k][b];
                    middle[a][b] = k;
                }
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            int stack[64] = {b}, depth = 1, at = a;
            drawn->hops[a][b] = span[a][b] < INFINITY ? 0 : -1;
            while (depth > 0 && a != b && span[a][b] < INFINITY) {
                int next = stack[depth - 1];
                if (middle[at][next] >= 0) {
                    stack[depth++] = middle[at][next];
                    continue;
                }
                CU_ASSERT_FATAL(drawn->hops[a][b] < DRAWN_HOPS);
                drawn->way[a][b][drawn->hops[a][b]++] = joined(drawn, at, next);
                at = next;
                depth--;
            }
        }
}

static void find_hops(struct drawn *drawn)
{
    for (int a = 0; a < drawn->nodes; a++)
        for (int b = 0; b < drawn->nodes; b++) {
            drawn->way[a][b][0] = joined(drawn, a, b);
            drawn->hops[a][b] = a == b ? 0 : drawn->way[a][b][0] < 0 ? -1 : 1;
        }
}

/* Half of the ways go over some other node, though there may be a shorter one. */
static void take_detours(struct drawn *drawn, struct weir_stream *dice)
{
    for (int a = 0; a < drawn->nodes; a++)
        for (int b = 0; b < drawn->nodes; b++) {
            int k = (int)weir_stream_below(dice, (uint64_t)drawn->nodes), first = joined(drawn, a, k);
            int second = joined(drawn, k, b);
            if (a == b || first < 0 || second < 0 || chance(dice, 0.5))
                continue;
            drawn->way[a][b][0] = first;
            drawn->way[a][b][1] = second;
            drawn->hops[a][b] = 2;
        }
}

int drawn_way(void *data, int from, int to, const int **links)
{
    const struct drawn *drawn = data;
    *links = drawn->way[from][to];
    return drawn->hops[from][to];
}

static void draw_network(struct drawn *drawn, struct weir_stream *dice, int features)
{
    draw_links(drawn, dice, features);
    for (int m = 0; m < drawn->nodes; m++) {
        drawn->flops[m] = between(dice, 1e9, 5e9);
        drawn->by_kind[m] = drawn->flops[m];
        drawn->by_kind[drawn->nodes + m] = m % 3 == 1 ? 0 : between(dice, 1e9, 20e9);
    }
    if (features & DRAWN_KINDS)
        drawn->flops[drawn->nodes - 2] = 0;
    if (features & DRAWN_HOP)
        find_hops(drawn);
    else
        find_ways(drawn);
    if (features & DRAWN_GIVEN)
        take_detours(drawn, dice);
    drawn->kinds = features & DRAWN_KINDS ? 2 : 1;
    const struct offload_network_spec spec = {.node_count = drawn->nodes,
                                              .flops_per_s = drawn->flops,
                                              .kind_count = drawn->kinds,
                                              .kind_flops_per_s = features & DRAWN_KINDS ? drawn->by_kind : NULL,
                                              .link_count = drawn->links,
                                              .links = drawn->link,
                                              .routing = features & DRAWN_GIVEN ? OFFLOAD_GIVEN
                                                         : features & DRAWN_HOP ? OFFLOAD_SINGLE_HOP
                                                                                : OFFLOAD_SHORTEST,
                                              .way = drawn_way,
                                              .data = drawn};
    CU_ASSERT_EQUAL_FATAL(offload_network_new(&spec, &drawn->network), 0);
}

/* ---- users ---- */

static void draw_transfers(struct drawn *drawn, struct weir_stream *dice, int u, bool graph, bool raw, bool result)
{
    struct offload_user *user = &drawn->user[u];
    int count = 0, steps = user->subtask_count;
    bool in[DRAWN_STEPS] = {false}, out[DRAWN_STEPS] = {false};
    for (int s = 1; s < steps; s++)
        for (int from = 0; from < s; from++)
            if (graph ? chance(dice, 0.5) : from == s - 1) {
                drawn->transfer[u][count++] = (struct offload_transfer){from, s, 0};
                out[from] = in[s] = true;
            }
    for (int s = 0; s < steps; s++)
        if (!in[s] && raw)
            drawn->transfer[u][count++] = (struct offload_transfer){-1, s, 0};
    for (int s = 0; s < steps; s++)
        if (!out[s] && result)
            drawn->transfer[u][count++] = (struct offload_transfer){s, -1, 0};
    for (int t = 0; t < count; t++)
        drawn->transfer[u][t].bytes = between(dice, 1e5, 3e6);
    user->transfer_count = count;
    user->transfers = drawn->transfer[u];
    user->origin = raw ? user->origin : -1;
    user->end = result ? user->end : -1;
}

static void draw_user(struct drawn *drawn, struct weir_stream *dice, int features, int u, int steps)
{
    struct offload_user *user = &drawn->user[u];
    bool one_way = features & DRAWN_ONE_WAY, bare = features & DRAWN_BARE;
    user->subtask_count = u % 3 == 2 && steps > 1 ? steps - 1 : steps;
    user->weight = features & DRAWN_WEIGHTS ? between(dice, 0.2, 5) : u % 2;
    user->origin = one_way ? 0 : (int)weir_stream_below(dice, (uint64_t)drawn->nodes);
    user->end = one_way ? drawn->nodes - 1 : (int)weir_stream_below(dice, (uint64_t)drawn->nodes);
    for (int s = 0; s < user->subtask_count; s++) {
        drawn->work[u][s] = bare && chance(dice, 0.2) ? 0 : between(dice, 1e8, 5e9);
        drawn->kind[u][s] = features & DRAWN_KINDS ? chance(dice, 0.4) : 0;
        for (int m = 0; m < drawn->nodes; m++)
            drawn->hosts[u][s * drawn->nodes + m] = chance(dice, 0.7);
    }
    user->work_flop = drawn->work[u];
    user->kinds = features & DRAWN_KINDS ? drawn->kind[u] : NULL;
    user->hosts = features & DRAWN_HOSTS && u != 1 ? drawn->hosts[u] : NULL;
    bool raw = !(bare && chance(dice, 0.4)), result = !(bare && chance(dice, 0.4));
    draw_transfers(drawn, dice, u, features & DRAWN_GRAPHS && u % 2 == 0, raw, result);
    for (int t = 0; t < user->transfer_count && bare; t++)
        if (chance(dice, 0.2))
            drawn->transfer[u][t].bytes = 0;
}

bool drawn_make(struct drawn *drawn, uint64_t number, int features, int nodes, int users, int steps)
{
    struct weir_stream dice = weir_stream_at(weir_stream_key(11, "drawn"), number);
    memset(drawn, 0, sizeof *drawn);
    drawn->nodes = nodes;
    drawn->users = users;
    drawn->of_users = features & DRAWN_OF_USERS;
    draw_network(drawn, &dice, features);
    for (int u = 0; u < users; u++)
        draw_user(drawn, &dice, features, u, steps);
    enum offload_shares shares = drawn->of_users ? OFFLOAD_SHARE_OF_USER : OFFLOAD_SHARE_OF_SUBTASK;
    if (offload_problem_new(drawn->network, drawn->user, users, shares, &drawn->problem) == 0)
        return true;
    weir_error_clear();
    drawn_free(drawn);
    return false;
}

void drawn_free(struct drawn *drawn)
{
    offload_problem_free(drawn->problem);
    offload_network_free(drawn->network);
    drawn->problem = NULL;
    drawn->network = NULL;
}

bool drawn_case(struct drawn *drawn, int *number, uint64_t first, int cases, int nodes, int users, int steps)
{
    static const int sets[DRAWN_SETS] = {0,
                                         DRAWN_LATE | DRAWN_WEIGHTS,
                                         DRAWN_KINDS | DRAWN_WEIGHTS | DRAWN_HOSTS,
                                         DRAWN_GRAPHS | DRAWN_LATE | DRAWN_WEIGHTS,
                                         DRAWN_OF_USERS | DRAWN_WEIGHTS | DRAWN_LATE,
                                         DRAWN_GRAPHS | DRAWN_BARE | DRAWN_HOSTS,
                                         DRAWN_ONE_WAY | DRAWN_HOSTS,
                                         DRAWN_GIVEN | DRAWN_BARE | DRAWN_LATE,
                                         DRAWN_HOP | DRAWN_ONE_WAY | DRAWN_GRAPHS};
    while (*number < cases) {
        int n = (*number)++;
        if (drawn_make(drawn, first + (uint64_t)n, sets[n % DRAWN_SETS], nodes, users, steps))
            return true;
    }
    return false;
}
