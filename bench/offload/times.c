/* How long the offloading library takes to decide, and what its decisions cost: prints a table with targets, then the
 * growth of the time with nodes, users and subtasks (figures 5 to 7 of [jiang-2023]). Processor time of one thread.
 *   bench_offload [REPEATS]   the fastest of so many runs counts; default 3 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"
#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/inside.h" /* capacities, for brute force */
#include "policies/learn/offload/sample.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

static int repeats = 3;

typedef int decide(const struct offload_problem *problem, int *placement);

static int dwo(const struct offload_problem *problem, int *placement)
{
    struct offload_dwo_options options = {.seed = 1};
    return offload_dwo(problem, &options, placement, NULL);
}

static int dwo_from_heu_wo(const struct offload_problem *problem, int *placement)
{
    struct offload_dwo_options options = {.start = OFFLOAD_START_HEU_WO};
    return offload_dwo(problem, &options, placement, NULL);
}

static int dwo_to_a_thousandth(const struct offload_problem *problem, int *placement)
{
    struct offload_dwo_options options = {.seed = 1, .least_gain = 1e-3};
    return offload_dwo(problem, &options, placement, NULL);
}

static int optimal(const struct offload_problem *problem, int *placement)
{
    return offload_optimal(problem, 0, placement, NULL);
}

struct drawn {
    struct offload_network *network;
    struct offload_problem *problem;
    double network_s;
};

static struct drawn draw(struct offload_sample sample, uint64_t seed)
{
    struct drawn drawn;
    double start_s = bench_cpu_s();
    if (offload_sample_draw(&sample, seed, &drawn.network, &drawn.problem) < 0) {
        fprintf(stderr, "bench_offload: %s\n", weir_error_message());
        exit(1);
    }
    drawn.network_s = bench_cpu_s() - start_s;
    return drawn;
}

static void release(struct drawn *drawn)
{
    offload_problem_free(drawn->problem);
    offload_network_free(drawn->network);
}

struct measured {
    double s;      /* mean of the instances, of each the fastest run */
    double cost_s; /* mean cost of a user */
    double network_s;
};

static struct measured measure(struct offload_sample sample, int instances, decide *algorithm)
{
    struct measured measured = {0};
    for (int i = 0; i < instances; i++) {
        struct drawn drawn = draw(sample, (uint64_t)i + 1);
        int *at = weir_alloc((size_t)offload_problem_subtasks(drawn.problem), sizeof *at);
        double fastest_s = INFINITY;
        for (int r = 0; r < repeats; r++) {
            double start_s = bench_cpu_s();
            if (algorithm(drawn.problem, at) < 0)
                fprintf(stderr, "bench_offload: %s\n", weir_error_message());
            fastest_s = fmin(fastest_s, bench_cpu_s() - start_s);
        }
        struct offload_evaluation evaluation = {0};
        offload_evaluate(drawn.problem, at, &evaluation);
        measured.s += fastest_s / instances;
        measured.cost_s += evaluation.cost_mean_s / instances;
        measured.network_s += drawn.network_s / instances;
        free(at);
        release(&drawn);
    }
    return measured;
}

static struct offload_sample sized(int nodes, int users, int subtasks)
{
    struct offload_sample sample = offload_sample_default(nodes, users, subtasks);
    sample.links_per_node = 2;
    return sample;
}

static void row(const char *what, struct measured measured, const char *target)
{
    printf("| %s | %.2f | %.4f | %s |\n", what, 1e3 * measured.s, measured.cost_s, target);
}

static void table(void)
{
    printf("| case | ms | mean cost, s | target |\n| --- | --- | --- | --- |\n");
    struct offload_sample small = sized(20, 30, 6), large = sized(200, 1000, 10), huge = sized(1000, 1000, 20);
    row("dwo, 20 nodes, 30 users, 6 subtasks", measure(small, 20, dwo), "below 5 ms");
    row("the same from heu-wo", measure(small, 20, dwo_from_heu_wo), "below 5 ms");
    row("heu-wo there", measure(small, 20, offload_heu_wo), "");
    row("dwo, 200 nodes, 1000 users, 10 subtasks", measure(large, 2, dwo), "below 2000 ms");
    row("the same from heu-wo", measure(large, 2, dwo_from_heu_wo), "below 2000 ms");
    row("the same, moves that gain a thousandth", measure(large, 2, dwo_to_a_thousandth), "below 2000 ms");
    row("heu-wo there", measure(large, 2, offload_heu_wo), "");
    struct measured measured = measure(huge, 1, offload_heu_wo);
    row("heu-wo, 1000 nodes, 1000 users, 20 subtasks", measured, "below 1000 ms");
    printf("| its network and users, once | %.2f | | |\n", 1e3 * measured.network_s);
}

/* ---- the optimum against brute force ---- */

#define USERS     5
#define SUBTASKS  3
#define NODES     6
#define CHOICES   216
#define RESOURCES 64

struct choices {
    int resources;
    double base[RESOURCES];                 /* loads if all subtasks are on node 0, over the root of the capacity */
    double more[USERS][CHOICES][RESOURCES]; /* what a user adds if it takes another placement */
};

static void find_choices(const struct drawn *drawn, struct choices *choices)
{
    const struct offload_network *network = drawn->network;
    int at[USERS * SUBTASKS] = {0};
    double load[RESOURCES];
    struct offload_evaluation evaluation = {.load = load};
    choices->resources = network->nodes + network->links;
    offload_evaluate(drawn->problem, at, &evaluation);
    for (int r = 0; r < choices->resources; r++)
        choices->base[r] = load[r] * sqrt(network->per_capacity[r]);
    for (int u = 0; u < USERS; u++) {
        for (int k = 0; k < CHOICES; k++) {
            for (int s = 0, digits = k; s < SUBTASKS; s++, digits /= NODES)
                at[u * SUBTASKS + s] = digits % NODES;
            offload_evaluate(drawn->problem, at, &evaluation);
            for (int r = 0; r < choices->resources; r++)
                choices->more[u][k][r] = load[r] * sqrt(network->per_capacity[r]) - choices->base[r];
        }
        memset(at, 0, sizeof at);
    }
}

/* The least cost over placements of users `user` and later, beside `loads`; counts the placements and stops at `most`.
 */
static double brute_force(const struct choices *choices, int user, const double *loads, long *count, long most)
{
    double least = INFINITY, sums[RESOURCES];
    for (int k = 0; k < CHOICES && *count < most; k++) {
        double cost = 0;
        for (int r = 0; r < choices->resources; r++) {
            sums[r] = loads[r] + choices->more[user][k][r];
            cost += sums[r] * sums[r];
        }
        (*count) += user == USERS - 1;
        least = fmin(least, user == USERS - 1 ? cost : brute_force(choices, user + 1, sums, count, most));
    }
    return least;
}

static void optimum(void)
{
    struct offload_sample sample = offload_sample_default(NODES, USERS, SUBTASKS);
    struct measured measured = measure(sample, 20, optimal);
    struct drawn drawn = draw(sample, 1);
    struct choices *choices = weir_alloc(1, sizeof *choices);
    find_choices(&drawn, choices);
    long count = 0, most = 20000000;
    double start_s = bench_cpu_s(), all = pow(CHOICES, USERS);
    double least = brute_force(choices, 0, choices->base, &count, most);
    double whole_s = (bench_cpu_s() - start_s) / (double)count * all;
    printf("\noptimal, 6 nodes, 5 users, 3 subtasks, %.2g placements: %.1f ms, mean of 20 instances. Brute force over "
           "tables: %.0f s,\n"
           "from %ld placements (least %.3f s): %.0f times as long; target: 100.\n",
           all, 1e3 * measured.s, whole_s, count, least / USERS, whole_s / measured.s);
    free(choices);
    release(&drawn);
}

/* ---- growth ---- */

/* Least squares; R2 of a line. */
static void fit(const double *x, const double *y, int count, double *slope, double *r2)
{
    double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
    for (int i = 0; i < count; i++) {
        mx += x[i] / count;
        my += y[i] / count;
    }
    for (int i = 0; i < count; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        xy += (x[i] - mx) * (y[i] - my);
        yy += (y[i] - my) * (y[i] - my);
    }
    *slope = xy / xx;
    *r2 = xy * xy / (xx * yy);
}

static void grow(const char *what, const char *name, decide *algorithm, const int sizes[][3], int varied)
{
    double x[5], y[5], slope, r2;
    printf("| %s | %s |", name, what);
    for (int i = 0; i < 5; i++) {
        x[i] = sizes[i][varied];
        y[i] = 1e3 * measure(sized(sizes[i][0], sizes[i][1], sizes[i][2]), 3, algorithm).s;
        printf(" %.2f", y[i]);
    }
    fit(x, y, 5, &slope, &r2);
    printf(" | %.3g | %.4f |\n", slope, r2);
}

static void growth(void)
{
    static const int heu_nodes[5][3] = {{100, 300, 20}, {200, 300, 20}, {400, 300, 20}, {600, 300, 20}, {800, 300, 20}};
    static const int heu_users[5][3] = {{300, 100, 20}, {300, 200, 20}, {300, 400, 20}, {300, 600, 20}, {300, 800, 20}};
    static const int heu_subtasks[5][3] = {
        {300, 300, 10}, {300, 300, 20}, {300, 300, 40}, {300, 300, 60}, {300, 300, 80}};
    static const int nodes[5][3] = {{10, 30, 6}, {15, 30, 6}, {20, 30, 6}, {25, 30, 6}, {30, 30, 6}};
    static const int users[5][3] = {{20, 10, 6}, {20, 20, 6}, {20, 30, 6}, {20, 40, 6}, {20, 50, 6}};
    static const int subtasks[5][3] = {{20, 30, 2}, {20, 30, 4}, {20, 30, 6}, {20, 30, 8}, {20, 30, 10}};
    printf("\n| algorithm | nodes, users or subtasks | ms at each | ms for one more | R2 of a line |\n| --- | --- | "
           "--- | --- | --- |\n");
    grow("100, 200, 400, 600, 800 nodes; 300 users, 20 subtasks", "heu-wo", offload_heu_wo, heu_nodes, 0);
    grow("100, 200, 400, 600, 800 users; 300 nodes, 20 subtasks", "heu-wo", offload_heu_wo, heu_users, 1);
    grow("10, 20, 40, 60, 80 subtasks; 300 nodes, 300 users", "heu-wo", offload_heu_wo, heu_subtasks, 2);
    grow("10, 15, 20, 25, 30 nodes; 30 users, 6 subtasks", "dwo", dwo, nodes, 0);
    grow("10, 20, 30, 40, 50 users; 20 nodes, 6 subtasks", "dwo", dwo, users, 1);
    grow("2, 4, 6, 8, 10 subtasks; 20 nodes, 30 users", "dwo", dwo, subtasks, 2);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        repeats = atoi(argv[1]);
    if (argc > 2 || repeats < 1) {
        fprintf(stderr, "usage: bench_offload [REPEATS]\n");
        return 2;
    }
    table();
    optimum();
    growth();
    return 0;
}
