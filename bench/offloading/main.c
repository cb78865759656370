/* The figures of the offloading study, by the delay model and in the simulator:
 *     build/bench/bench_offloading FIGURE [INSTANCES]
 * Figures 4 and 8 to 12 are those of [jiang-2023]; hops, gpu, graphs and churn are ours. docs/policies/offloading.md.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/offloading/instance.h"
#include "bench/offloading/simulate.h"
#include "policies/learn/offload/decide.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

struct algorithm {
    const char *label, *policy;
};

#define ALGORITHMS_AT_MOST 8
/* Without inertia: jobs that wait for their item are moved for any gain. */
#define FREELY "\"least_gain\": 0"
static const struct algorithm rivals[ALGORITHMS_AT_MOST] = {
    {"dwo", "{\"name\": \"dwo\", " FREELY "}"},
    {"dwo x5", "{\"name\": \"dwo\", \"starts\": 5, \"lower_sum\": true, " FREELY "}"},
    {"heu-wo", "{\"name\": \"heu-wo\", " FREELY "}"},
    {"refined", "{\"name\": \"heu-wo-refined\", " FREELY "}"},
    {"lawa", "lawa"},
    {"nearest", "nearest-offload"},
    {"random", "random-offload"},
};

static char folder[] = "/tmp/weir-offloading-XXXXXX";

static char *scenario_path(void)
{
    return weir_format("%s/scenario.json", folder);
}

static void clean_up(void)
{
    static const char *const files[] = {"platform.xml", "scenario.json"};
    for (int f = 0; f < 2; f++) {
        char *path = weir_format("%s/%s", folder, files[f]);
        unlink(path);
        free(path);
    }
    rmdir(folder);
}

/* ---- figure 4: small cases against the optimum ---- */

struct small {
    const char *label;
    const char *policy;
    double ratio, least, simulated;
};

enum { OPTIMAL, DWO, DWO_5, DWO_SUM, HEU_WO, REFINED, LAWA, NEAREST, RANDOM, SMALL };

static double cost_sum(const struct offload_problem *problem, const int *placement)
{
    struct offload_evaluation evaluation = {0};
    if (offload_evaluate(problem, placement, &evaluation) != WEIR_OK)
        give_up("evaluate");
    return evaluation.cost_sum_s;
}

static int run_small(const struct offload_problem *problem, int which, uint64_t seed, int *placement,
                     struct offload_trace *trace)
{
    const struct offload_dwo_options options = {.response = OFFLOAD_ENUMERATE,
                                                .starts = which == DWO ? 1 : 5,
                                                .seed = seed,
                                                .lower_sum_first = which == DWO_SUM};
    switch (which) {
    case OPTIMAL:
        return offload_optimal(problem, 0, placement, NULL);
    case HEU_WO:
        return offload_heu_wo(problem, placement);
    case REFINED:
        return offload_heu_wo_refined(problem, placement);
    case LAWA:
        return offload_lawa(problem, placement);
    case NEAREST:
        return offload_nearest(problem, placement);
    case RANDOM:
        return offload_random(problem, seed, placement);
    default:
        return offload_dwo(problem, &options, placement, trace);
    }
}

#define ROUNDS 8
static void figure_4(int instances)
{
    struct small small[SMALL] = {
        [OPTIMAL] = {"optimal", "{\"name\": \"optimal\", " FREELY "}", 0, 1, 0},
        [DWO] = {"dwo", "{\"name\": \"dwo\", \"best_response\": \"enumerate\", \"start\": \"random\", " FREELY "}", 0,
                 1, 0},
        [DWO_5] = {"dwo, best of 5",
                   "{\"name\": \"dwo\", \"best_response\": \"enumerate\", \"start\": \"random\", \"starts\": 5, " FREELY
                   "}",
                   0, 1, 0},
        [DWO_SUM] = {"dwo, lower_sum, 5",
                     "{\"name\": \"dwo\", \"best_response\": \"enumerate\", \"start\": \"random\", \"starts\": 5, "
                     "\"lower_sum\": true, " FREELY "}",
                     0, 1, 0},
        [HEU_WO] = {"heu-wo", rivals[2].policy, 0, 1, 0},
        [REFINED] = {"heu-wo-refined", rivals[3].policy, 0, 1, 0},
        [LAWA] = {"lawa", "lawa", 0, 1, 0},
        [NEAREST] = {"nearest", "nearest-offload", 0, 1, 0},
        [RANDOM] = {"random", "random-offload", 0, 1, 0},
    };
    struct draw draw = draw_default();
    draw.nodes = 5, draw.users = 4, draw.subtasks = 3;
    double potential[ROUNDS] = {0};
    char *path = scenario_path();
    for (int i = 0; i < instances; i++) {
        struct instance instance = instance_draw(&draw, (uint64_t)i);
        double best_s = 0, best_simulated_s = 0;
        int *placement = weir_alloc((size_t)offload_problem_subtasks(instance.problem), sizeof *placement);
        instance_write(&instance, folder, false);
        for (int a = 0; a < SMALL; a++) {
            struct offload_trace trace = {0};
            if (run_small(instance.problem, a, (uint64_t)i, placement, &trace) != WEIR_OK)
                give_up(small[a].label);
            double sum_s = cost_sum(instance.problem, placement);
            double simulated_s = simulate(path, small[a].policy).simulated_s;
            best_s = a == OPTIMAL ? sum_s : best_s;
            best_simulated_s = a == OPTIMAL ? simulated_s : best_simulated_s;
            small[a].ratio += best_s / sum_s / instances;
            small[a].least = fmin(small[a].least, best_s / sum_s);
            small[a].simulated += best_simulated_s / simulated_s / instances;
            for (int r = 0; a == DWO && r < ROUNDS; r++) {
                int at = r < trace.rounds ? r : trace.rounds;
                potential[r] += trace.potential[at] / trace.potential[trace.rounds] / instances;
            }
            offload_trace_fini(&trace);
        }
        free(placement);
        instance_free(&instance);
    }
    printf("figure 4: optimum / algorithm, %d cases of 5 nodes, 4 users, 3 subtasks\n\n", instances);
    printf("%-18s %8s %8s %8s %10s\n", "", "paper", "model", "worst", "simulated");
    for (int a = 0; a < SMALL; a++)
        printf("%-18s %8s %8.3f %8.3f %10.3f\n", small[a].label,
               a == DWO       ? "0.946"
               : a == OPTIMAL ? "1"
                              : "",
               small[a].ratio, small[a].least, small[a].simulated);
    printf("\nconvergence of dwo: potential after each round over that of the equilibrium\n\n");
    for (int r = 0; r < ROUNDS; r++)
        printf("%8d %8.4f\n", r, potential[r]);
    free(path);
}

/* ---- mean latency against one quantity ---- */

struct point {
    char label[32];
    struct draw draw;
};

#define FIRST 30 /* width of the first column */

static void print_head(const char *title, const char *quantity, const struct algorithm *algorithms)
{
    printf("%s\n\n%-*s", title, FIRST, quantity);
    for (const struct algorithm *a = algorithms; a->label; a++)
        printf(" %18s", a->label);
    printf("\n%-*s", FIRST, "");
    for (const struct algorithm *a = algorithms; a->label; a++)
        printf(" %9s%9s", "model", "simul.");
    printf("\n");
}

static void print_points(const struct point *points, int count, int instances, const struct algorithm *algorithms)
{
    char *path = scenario_path();
    for (int p = 0; p < count; p++) {
        struct outcome mean[ALGORITHMS_AT_MOST] = {0};
        double hops = 0;
        for (int i = 0; i < instances; i++) {
            struct instance instance = instance_draw(&points[p].draw, (uint64_t)i);
            hops += instance.mean_hops / instances;
            instance_write(&instance, folder, false);
            for (int a = 0; algorithms[a].label; a++) {
                struct outcome outcome = simulate(path, algorithms[a].policy);
                mean[a].model_s += outcome.model_s / instances;
                mean[a].simulated_s += outcome.simulated_s / instances;
                mean[a].late += outcome.late;
            }
            instance_free(&instance);
        }
        printf("%-*s", FIRST, points[p].label);
        for (int a = 0; algorithms[a].label; a++)
            printf(" %9.3f%9.3f", mean[a].model_s, mean[a].simulated_s);
        double late = 0;
        for (int a = 0; algorithms[a].label; a++)
            late += mean[a].late;
        printf("   %.1f hops%s\n", hops, late > 0 ? ", some items never came" : "");
        fflush(stdout);
    }
    free(path);
}

static void scale(double bounds[2], double factor)
{
    bounds[0] *= factor;
    bounds[1] *= factor;
}

static void figure_8_to_12(int figure, int instances)
{
    static const char *const titles[] = {"speed of the nodes, factor", "bandwidth of the links, factor", "nodes",
                                         "users", "subtasks of a user"};
    static const double values[5][4] = {
        {0.5, 1, 2, 4}, {0.2, 1, 5, 10}, {10, 20, 30, 40}, {10, 20, 30, 40}, {2, 4, 6, 8}};
    struct point points[4];
    for (int p = 0; p < 4; p++) {
        double value = values[figure - 8][p];
        struct draw draw = draw_default();
        if (figure == 8)
            scale(draw.speed_flops_per_s, value);
        else if (figure == 9)
            scale(draw.bytes_per_s, value);
        else if (figure == 10)
            draw.nodes = (int)value;
        else if (figure == 11)
            draw.users = (int)value;
        else
            draw.subtasks = (int)value;
        points[p].draw = draw;
        snprintf(points[p].label, sizeof points[p].label, "%g", value);
    }
    char *title = weir_format("figure %d: mean latency in s, %d cases of 20 nodes, 20 users, 6 subtasks but for the "
                              "first column",
                              figure, instances);
    print_head(title, titles[figure - 8], rivals);
    print_points(points, 4, instances, rivals);
    free(title);
}

/* ---- ours ---- */

static void hops(int instances)
{
    static const struct algorithm ways[ALGORITHMS_AT_MOST] = {
        {"dwo", "{\"name\": \"dwo\", " FREELY "}"},
        {"dwo, as modelled", "{\"name\": \"dwo\", \"rates\": \"model\", " FREELY "}"},
        {"dwo, share user", "{\"name\": \"dwo\", \"share\": \"user\", " FREELY "}"},
        {"lawa", "lawa"},
        {"lawa, as modelled", "{\"name\": \"lawa\", \"rates\": \"model\"}"},
    };
    struct point points[3];
    static const double density[] = {1, 1.5, 3};
    for (int p = 0; p < 3; p++) {
        points[p].draw = draw_default();
        points[p].draw.links_per_node = density[p];
        snprintf(points[p].label, sizeof points[p].label, "%g", density[p]);
    }
    print_head("several hops: mean latency in s", "links/node", ways);
    print_points(points, 3, instances, ways);
}

static void graphs(int instances)
{
    struct point points[3];
    static const double bandwidth[] = {0.2, 1, 10};
    for (int p = 0; p < 3; p++) {
        points[p].draw = draw_default();
        points[p].draw.subtasks = 9;
        points[p].draw.edges_per_subtask = 1.5;
        scale(points[p].draw.bytes_per_s, bandwidth[p]);
        snprintf(points[p].label, sizeof points[p].label, "%g", bandwidth[p]);
    }
    print_head("graphs of 9 subtasks and 13 edges: mean latency in s", "bandwidth", rivals);
    print_points(points, 3, instances, rivals);
}

/* What it is worth to know the classes: the same cases with all subtasks planned and run as cpu. */
static void gpu(int instances)
{
    char *path = scenario_path();
    printf("gpu: mean latency in s; every second node computes half of the subtasks so much faster\n\n");
    printf("%-14s %9s %18s %18s\n%-14s %9s %9s%9s %9s%9s\n", "factor", "no gpu", "dwo", "heu-wo-refined", "", "dwo",
           "model", "simul.", "model", "simul.");
    static const double factors[] = {2, 4, 8};
    for (int f = 0; f < 3; f++) {
        struct draw draw = draw_default();
        draw.gpu_factor = factors[f];
        draw.gpu_share = 0.5;
        struct outcome plain = {0}, dwo = {0}, refined = {0};
        for (int i = 0; i < instances; i++) {
            struct instance instance = instance_draw(&draw, (uint64_t)i);
            instance_write(&instance, folder, true);
            plain.simulated_s += simulate(path, rivals[0].policy).simulated_s / instances;
            instance_write(&instance, folder, false);
            struct outcome one = simulate(path, rivals[0].policy), other = simulate(path, rivals[3].policy);
            dwo.model_s += one.model_s / instances;
            dwo.simulated_s += one.simulated_s / instances;
            refined.model_s += other.model_s / instances;
            refined.simulated_s += other.simulated_s / instances;
            instance_free(&instance);
        }
        printf("%-14g %9.3f %9.3f%9.3f %9.3f%9.3f\n", factors[f], plain.simulated_s, dwo.model_s, dwo.simulated_s,
               refined.model_s, refined.simulated_s);
    }
    free(path);
}

/* Users that come over time, each with one item a second after it has come, and are gone when it is done. */
static void churn(int instances)
{
    static const struct algorithm ways[] = {
        {"dwo, replan arrival", "dwo"},
        {"dwo, replan window", "{\"name\": \"dwo\", \"replan\": \"window\"}"},
        {"heu-wo, replan arrival", "heu-wo"},
        {"heu-wo, replan window", "{\"name\": \"heu-wo\", \"replan\": \"window\"}"},
        {"heu-wo-refined, arrival", "heu-wo-refined"},
        {"lawa", "lawa"},
        {"nearest", "nearest-offload"},
        {"random", "random-offload"},
    };
    char *path = scenario_path();
    printf("churn: 100 users come 0.2 s apart on average and leave when they are done; simulated\n\n");
    printf("%-24s %9s %9s %9s %11s\n", "", "mean, s", "worst, s", "moves", "decisions");
    for (size_t a = 0; a < sizeof ways / sizeof *ways; a++) {
        struct outcome mean = {0};
        for (int i = 0; i < instances; i++) {
            struct draw draw = draw_default();
            draw.users = 100;
            draw.arrive_every_s = 0.2;
            struct instance instance = instance_draw(&draw, (uint64_t)i);
            instance_write(&instance, folder, false);
            struct outcome outcome = simulate(path, ways[a].policy);
            mean.simulated_s += outcome.simulated_s / instances;
            mean.worst_s += outcome.worst_s / instances;
            mean.migrations += outcome.migrations / instances;
            mean.decisions += outcome.decisions / instances;
            instance_free(&instance);
        }
        printf("%-24s %9.3f %9.3f %9.1f %11.1f\n", ways[a].label, mean.simulated_s, mean.worst_s, mean.migrations,
               mean.decisions);
        fflush(stdout);
    }
    free(path);
}

int main(int argc, char **argv)
{
    const char *figure = argc > 1 ? argv[1] : "";
    int instances = argc > 2 ? atoi(argv[2]) : strcmp(figure, "4") == 0 ? 100 : 5;
    int number = atoi(figure);
    if (argc > 3 || instances < 1) {
        fprintf(stderr, "usage: bench_offloading 4|8|9|10|11|12|hops|graphs|gpu|churn [INSTANCES]\n");
        return 2;
    }
    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    atexit(clean_up);
    if (number == 4)
        figure_4(instances);
    else if (number >= 8 && number <= 12)
        figure_8_to_12(number, instances);
    else if (strcmp(figure, "hops") == 0)
        hops(instances);
    else if (strcmp(figure, "graphs") == 0)
        graphs(instances);
    else if (strcmp(figure, "gpu") == 0)
        gpu(instances);
    else if (strcmp(figure, "churn") == 0)
        churn(instances);
    else {
        fprintf(stderr, "bench_offloading: there is no figure \"%s\": 4, 8 to 12, hops, graphs, gpu, churn\n", figure);
        return 2;
    }
    return 0;
}
