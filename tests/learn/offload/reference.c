/* Against the reference: the same costs, potentials, shares, equilibria, placements of the rivals, to 1e-9. */
#include <string.h>

#include "policies/learn/offload/decide.h"
#include "tests/learn/offload/instances.h"
#include "tests/support/test.h"

static void check_near(double got, double wanted)
{
    CHECK_NEAR(got, wanted, 1e-9 * (wanted > 1 ? wanted : 1));
}

/* Costs, latencies and potential at the placement that a result names. */
static void check_evaluation(const struct instance *instance, const struct instance_result *result)
{
    double cost_s[INSTANCE_MOST], latency_s[INSTANCE_MOST];
    struct offload_evaluation evaluation = {.cost_s = cost_s, .latency_s = latency_s};
    CU_ASSERT_EQUAL_FATAL(offload_evaluate(instance->problem, result->at, &evaluation), 0);
    check_near(evaluation.cost_sum_s, result->sum_s);
    check_near(evaluation.potential, result->potential);
    for (int u = 0; u < offload_problem_users(instance->problem); u++) {
        check_near(cost_s[u], result->cost_s[u]);
        if (result->has_latency)
            check_near(latency_s[u], result->latency_s[u]);
        else
            check_near(latency_s[u], cost_s[u]); /* a chain */
    }
}

static void costs(void)
{
    struct instance_file *file = instance_open();
    struct instance instance = {0};
    int instances = 0, results = 0;
    for (; instance_next(file, &instance); instances++)
        for (int i = 0; i < instance.result_count; i++, results++)
            check_evaluation(&instance, &instance.results[i]);
    CU_ASSERT_EQUAL(instances, 55);
    CU_ASSERT(results > 400);
    instance_close(file);
}

static void shares(void)
{
    struct instance_file *file = instance_open();
    struct instance instance = {0};
    int compared = 0;
    while (instance_next(file, &instance)) {
        const struct instance_result *start = instance_result(&instance, "start");
        double got[INSTANCE_MOST];
        struct offload_flow flows[2 * INSTANCE_MOST];
        if (!start->has_shares)
            continue;
        CU_ASSERT_EQUAL_FATAL(offload_shares(instance.problem, start->at, got, flows), 0);
        for (int s = 0; s < offload_problem_subtasks(instance.problem); s++, compared++)
            CHECK_NEAR(got[s], start->shares[s], 1e-12);
        for (int t = 0; t < offload_problem_transfers(instance.problem); t++, compared++) {
            CHECK_NEAR(flows[t].least_share, start->flows[2 * t], 1e-12);
            check_near(flows[t].time_s, start->flows[2 * t + 1]);
        }
    }
    CU_ASSERT(compared > 700);
    instance_close(file);
}

static void check_placement(const struct instance *instance, const int *got, const struct instance_result *wanted)
{
    for (int s = 0; s < offload_problem_subtasks(instance->problem); s++)
        CU_ASSERT_EQUAL(got[s], wanted->at[s]);
}

static void check_game(const struct instance *instance, const char *from, const char *to,
                       struct offload_dwo_options options)
{
    const struct instance_result *start = instance_result(instance, from), *wanted = instance_result(instance, to);
    int at[INSTANCE_MOST];
    struct offload_trace trace = {0};
    if (!start || !wanted)
        return;
    memcpy(at, start->at, sizeof at);
    options.start = OFFLOAD_START_GIVEN;
    options.check = true;
    CU_ASSERT_EQUAL_FATAL(offload_dwo(instance->problem, &options, at, &trace), 0);
    check_placement(instance, at, wanted);
    CU_ASSERT_EQUAL(trace.rounds, wanted->rounds);
    CU_ASSERT_EQUAL(trace.moves, wanted->moves);
    check_near(trace.potential[0], start->potential);
    check_near(trace.potential[trace.rounds], wanted->potential);
    check_near(trace.cost_s[trace.rounds], wanted->sum_s);
    CU_ASSERT(trace.worst_error < 1e-12);
    offload_trace_fini(&trace);
}

static void equilibria(void)
{
    struct instance_file *file = instance_open();
    struct instance instance = {0};
    while (instance_next(file, &instance)) {
        if (instance.graph)
            continue;
        check_game(&instance, "start", "enum", (struct offload_dwo_options){.response = OFFLOAD_ENUMERATE});
        check_game(&instance, "start", "segment+polish", (struct offload_dwo_options){.response = OFFLOAD_SEGMENT});
        check_game(&instance, "start", "segment", (struct offload_dwo_options){.no_polish = true});
        check_game(&instance, "start", "viterbi", (struct offload_dwo_options){.response = OFFLOAD_VITERBI});
        check_game(&instance, "heu-wo", "heu-wo+enum", (struct offload_dwo_options){.response = OFFLOAD_ENUMERATE});
    }
    instance_close(file);
}

static void rivals(void)
{
    struct instance_file *file = instance_open();
    struct instance instance = {0};
    static const struct {
        const char *name;
        int (*place)(const struct offload_problem *problem, int *placement);
    } all[] = {{"heu-wo", offload_heu_wo}, {"lawa", offload_lawa}, {"nearest", offload_nearest}};
    int compared = 0;
    while (instance_next(file, &instance))
        for (int i = 0; i < 3; i++) {
            const struct instance_result *wanted = instance_result(&instance, all[i].name);
            int at[INSTANCE_MOST];
            if (!wanted)
                continue;
            CU_ASSERT_EQUAL_FATAL(all[i].place(instance.problem, at), 0);
            check_placement(&instance, at, wanted);
            compared++;
        }
    CU_ASSERT(compared > 100);
    instance_close(file);
}

static void refined(void)
{
    struct instance_file *file = instance_open();
    struct instance instance = {0};
    static const char *const pairs[][2] = {{"heu-wo", "heu-wo+refine"}, {"nearest", "nearest+refine"}};
    int compared = 0;
    while (instance_next(file, &instance))
        for (int i = 0; i < 2; i++) {
            const struct instance_result *wanted = instance_result(&instance, pairs[i][1]);
            int at[INSTANCE_MOST];
            if (!wanted)
                continue;
            memcpy(at, instance_result(&instance, pairs[i][0])->at, sizeof at);
            CU_ASSERT_EQUAL_FATAL(offload_refine(instance.problem, at, NULL), 0);
            struct offload_evaluation evaluation = {0};
            CU_ASSERT_EQUAL_FATAL(offload_evaluate(instance.problem, at, &evaluation), 0);
            check_near(evaluation.cost_sum_s, wanted->sum_s);
            compared++;
        }
    CU_ASSERT_EQUAL(compared, 24);
    instance_close(file);
}

static void optimum(void)
{
    struct instance_file *file = instance_open();
    struct instance instance = {0};
    int compared = 0;
    while (instance_next(file, &instance)) {
        const struct instance_result *wanted = instance_result(&instance, "optimum");
        int at[INSTANCE_MOST];
        if (!wanted)
            continue;
        struct offload_search search;
        CU_ASSERT_EQUAL_FATAL(offload_optimal(instance.problem, 0, at, &search), 0);
        struct offload_evaluation evaluation = {0};
        CU_ASSERT_EQUAL_FATAL(offload_evaluate(instance.problem, at, &evaluation), 0);
        check_near(evaluation.cost_sum_s, wanted->sum_s);
        compared++;
    }
    CU_ASSERT(compared >= 32);
    instance_close(file);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"costs", costs},
                                             {"shares", shares},
                                             {"equilibria", equilibria},
                                             {"rivals", rivals},
                                             {"refined", refined},
                                             {"optimum", optimum},
                                             {0}};
    return weir_test_main("learn/offload/reference", cases, argc, argv);
}
