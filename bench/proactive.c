/* A decision of the policy "proactive" for 200 jobs of 6 operators: what window_ends takes on a view with a load that
 * swings, model fitted. Prints milliseconds of processor time a decision, mean and largest. bench_proactive
 * [FORECASTER] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"
#include "sim/api/plan_check.h"
#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"

enum { JOBS = 200, OPERATORS = 6, WARM = 600, WINDOWS = 700 };

extern const struct weir_policy weir_policy_proactive;

static double route(const struct weir_view *view, int from, int to)
{
    return 1e8;
}

static double restart(const struct weir_view *view)
{
    return 1;
}

static double load(int job, int window)
{
    return 200 + 150 * sin(2 * 3.141592653589793 * (window + 3 * job) / 288) + (window * 7919 + job * 104729) % 13;
}

struct world {
    struct weir_view view;
    struct weir_host_view host;
    struct weir_job_view jobs[JOBS];
    struct weir_operator_view operators[JOBS][OPERATORS];
    struct weir_placement placed[JOBS][OPERATORS][16];
    int upstream[OPERATORS];
    double bytes[1];
    double history[JOBS][WINDOWS];
};

static struct world *begin(void)
{
    struct world *world = weir_alloc(1, sizeof *world);
    world->host = (struct weir_host_view){
        .name = "cloud", .region = "", .tier = WEIR_VIEW_CLOUD, .speed_flops_per_s = 1e9, .cores = 100000, .up = true};
    world->view = (struct weir_view){.window_s = 10,
                                     .hosts = &world->host,
                                     .host_count = 1,
                                     .jobs = world->jobs,
                                     .job_count = JOBS,
                                     .route_bytes_per_s = route,
                                     .route_latency_s = route,
                                     .restart_s = restart};
    for (int j = 0; j < JOBS; j++) {
        world->jobs[j] = (struct weir_job_view){.name = "job",
                                                .running = true,
                                                .slo_s = INFINITY,
                                                .sink_host = -1,
                                                .operators = world->operators[j],
                                                .operator_count = OPERATORS,
                                                .ingress_history = world->history[j]};
        for (int o = 0; o < OPERATORS; o++) {
            world->upstream[o] = o - 1;
            world->operators[j][o] = (struct weir_operator_view){.name = "work",
                                                                 .index = o,
                                                                 .upstream = &world->upstream[o],
                                                                 .upstream_bytes = world->bytes,
                                                                 .upstream_count = 1,
                                                                 .flops_per_item = 1e7,
                                                                 .selectivity = 1,
                                                                 .max_parallelism = 16,
                                                                 .instances = world->placed[j][o],
                                                                 .instance_count = 2};
            for (int i = 0; i < 16; i++)
                world->placed[j][o][i] = (struct weir_placement){0, 1, 1};
        }
    }
    return world;
}

static double decide(struct world *world, void *state, int window, int *code)
{
    world->view.window = window;
    world->view.time_s = 10.0 * (window + 1);
    for (int j = 0; j < JOBS; j++) {
        world->jobs[j].ingress_rate = world->history[j][window] = load(j, window);
        world->jobs[j].history_count = window + 1;
        for (int o = 0; o < OPERATORS; o++) {
            struct weir_operator_view *op = &world->operators[j][o];
            op->true_rate = op->true_output_rate = 100;
            op->processed_rate = op->arrival_rate = op->output_rate = load(j, window);
        }
    }
    struct weir_plan *plan = weir_plan_new(&world->view);
    weir_plan_author(plan, "proactive");
    double start_s = bench_cpu_s();
    *code = weir_policy_proactive.window_ends(state, &world->view, plan);
    double taken_s = bench_cpu_s() - start_s;
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int c = 0; c < count; c++)
        world->operators[changes[c].job][changes[c].op].instance_count = changes[c].count;
    weir_plan_free(plan);
    return taken_s;
}

int main(int argc, char **argv)
{
    struct weir_policy_env env = {.seed = 1, .stream = "bench", .folder = ""};
    const struct weir_policy *policy = &weir_policy_proactive;
    char *text = weir_format("{\"forecaster\": \"%s\", \"season\": \"2880s\", \"warm\": %d, \"refit\": 0}",
                             argc > 1 ? argv[1] : "linear", WARM - 10);
    struct weir_json_doc *doc = NULL;
    struct world *world = begin();
    void *state = weir_alloc(1, policy->state_size);
    weir_param_defaults(policy->params, state);
    int code = weir_json_parse(text, "bench", &doc);
    if (code == WEIR_OK) {
        struct weir_json root = weir_json_root(doc);
        code = weir_param_bind(policy->params, &root, NULL, state);
    }
    if (code == WEIR_OK)
        code = policy->create(state, &env);
    double sum_s = 0, most_s = 0;
    for (int w = 0; w < WINDOWS && code == WEIR_OK; w++) {
        double taken_s = decide(world, state, w, &code);
        if (w < WARM)
            continue;
        sum_s += taken_s;
        most_s = taken_s > most_s ? taken_s : most_s;
    }
    if (code == WEIR_OK)
        printf("%.3f %.3f\n", 1e3 * sum_s / (WINDOWS - WARM), 1e3 * most_s);
    else
        fprintf(stderr, "bench_proactive: %s\n", weir_error_message());
    policy->destroy(state);
    free(state);
    free(world);
    weir_json_free(doc);
    free(text);
    return weir_exit_code(code);
}
