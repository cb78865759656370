#include "tests/policies/offload_world.h"

#include <math.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

static double between(struct weir_stream *dice, double low, double high)
{
    return low + (high - low) * weir_stream_uniform(dice);
}

/* Ways of least hops, ties by the lower number. */
static bool find_ways(struct world *world)
{
    int hops[NODES][NODES];
    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++) {
            bool joined = a != b && world->wire[a < b ? a : b][a < b ? b : a];
            hops[a][b] = a == b ? 0 : joined ? 1 : 99;
            world->next[a][b] = joined ? b : -1;
        }
    for (int k = 0; k < NODES; k++)
        for (int a = 0; a < NODES; a++)
            for (int b = 0; b < NODES; b++)
                if (hops[a][k] + hops[k][b] < hops[a][b]) {
                    hops[a][b] = hops[a][k] + hops[k][b];
                    world->next[a][b] = world->next[a][k];
                }
    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++)
            if (hops[a][b] >= 99)
                return false;
    return true;
}

struct world weir_offload_world_draw(uint64_t number, bool weights)
{
    struct weir_stream dice = weir_stream_at(weir_stream_key(20, "offload-plan"), number);
    struct world world;
    do {
        memset(&world, 0, sizeof world);
        for (int a = 0; a < NODES; a++)
            for (int b = a + 1; b < NODES; b++) {
                world.wire[a][b] = weir_stream_uniform(&dice) < 0.5;
                world.bytes_per_s[a][b] = world.bytes_per_s[b][a] = 1e6 * (double)(int)between(&dice, 12, 125);
            }
    } while (!find_ways(&world));
    for (int m = 0; m < NODES; m++)
        world.flops[m] = 1e9 * (double)(int)between(&dice, 100, 500);
    for (int u = 0; u < JOBS; u++) {
        static const double dates[] = {0, 7, 7.5, 23}; /* 7.5: while what moves at 7 is on its way */
        world.arrive_s[u] = u == 0 ? 0 : dates[weir_stream_below(&dice, 4)];
        world.source[u] = (int)weir_stream_below(&dice, NODES);
        world.sink[u] = (world.source[u] + 1 + (int)weir_stream_below(&dice, NODES - 1)) % NODES;
        world.omega[u] = weights ? (double)(1 + (int)weir_stream_below(&dice, 9)) : 1;
        for (int s = 0; s < STEPS; s++)
            world.work[u][s] = 1e9 * (double)(int)between(&dice, 5, 30);
        for (int s = 0; s <= STEPS; s++)
            world.data[u][s] = 1e5 * (double)(int)between(&dice, 5, 50);
    }
    return world;
}

/* ---- the model: (19), with the latency of links ---- */

static void load_way(const struct world *world, int from, int to, double root, struct strategy *into)
{
    for (int at = from; at != to; at = world->next[at][to]) {
        into->load[NODES + at * NODES + world->next[at][to]] += root;
        into->delay_s += LATENCY;
    }
}

static struct strategy strategy_of(const struct world *world, int u, int number)
{
    struct strategy strategy = {.delay_s = 0};
    int at = world->source[u];
    for (int s = 0; s <= STEPS; s++) {
        int next = s == STEPS ? world->sink[u] : number % NODES;
        number /= NODES;
        load_way(world, at, next, sqrt(world->omega[u] * world->data[u][s]), &strategy);
        if (s < STEPS)
            strategy.load[next] += sqrt(world->omega[u] * world->work[u][s]);
        at = next;
    }
    return strategy;
}

static double capacity(const struct world *world, int r)
{
    return r < NODES ? world->flops[r] : world->bytes_per_s[(r - NODES) / NODES][(r - NODES) % NODES];
}

static double dot(const struct world *world, const struct strategy *a, const struct strategy *b)
{
    double sum = 0;
    for (int r = 0; r < NODES + NODES * NODES; r++)
        if (a->load[r] > 0 && b->load[r] > 0)
            sum += a->load[r] * b->load[r] / capacity(world, r);
    return sum;
}

struct table *weir_offload_tabulate(const struct world *world)
{
    struct table *table = weir_alloc(1, sizeof *table);
    for (int u = 0; u < JOBS; u++)
        for (int k = 0; k < PLACES; k++) {
            struct strategy *own = &table->strategies[u][k];
            *own = strategy_of(world, u, k);
            table->alone[u][k] = dot(world, own, own) + world->omega[u] * own->delay_s;
        }
    for (int u = 0; u < JOBS; u++)
        for (int v = u + 1; v < JOBS; v++)
            for (int k = 0; k < PLACES; k++)
                for (int l = 0; l < PLACES; l++)
                    table->product[u][v][k][l] = table->product[v][u][l][k] =
                        dot(world, &table->strategies[u][k], &table->strategies[v][l]);
    return table;
}

/* T_u times omega_u. */
double weir_offload_cost(const struct table *table, const int *at, int u)
{
    double sum = table->alone[u][at[u]];
    for (int v = 0; v < JOBS; v++)
        sum += v == u ? 0 : table->product[u][v][at[u]][at[v]];
    return sum;
}

double weir_offload_cost_of_all(const struct table *table, const int *at)
{
    double sum = 0;
    for (int u = 0; u < JOBS; u++)
        sum += weir_offload_cost(table, at, u);
    return sum;
}

/* The least of all 5^9. */
double weir_offload_least(const struct table *table)
{
    double best = INFINITY;
    for (int a = 0; a < PLACES; a++)
        for (int b = 0; b < PLACES; b++) {
            double both = table->alone[0][a] + table->alone[1][b] + 2 * table->product[0][1][a][b];
            const double *first = table->product[0][2][a], *second = table->product[1][2][b];
            for (int c = 0; c < PLACES; c++) {
                double sum = both + table->alone[2][c] + 2 * (first[c] + second[c]);
                best = sum < best ? sum : best;
            }
        }
    return best;
}

/* The least a user could cost while the others stay. */
double weir_offload_best_response(const struct table *table, const int *at, int u)
{
    double best = INFINITY;
    int other[JOBS];
    memcpy(other, at, sizeof other);
    for (other[u] = 0; other[u] < PLACES; other[u]++)
        best = fmin(best, weir_offload_cost(table, other, u));
    return best;
}
