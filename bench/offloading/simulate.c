#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "bench/offloading/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bench/offloading/instance.h"
#include "policies/catalog.h"
#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/run.h"

struct task {
    const char *scenario, *policy;
    struct outcome *outcome; /* shared with the child */
    const struct weir_scenario *read;
    double *told_s; /* [job] */
};

static void on_decision(void *context, double time_s, const char *policy, const char *job, const char *op,
                        const char *what, const char *why, const char *refusal)
{
    struct task *task = context;
    const char *at = strstr(why, "latency ");
    int number = atoi(job + 1); /* "u3" */
    if (at && number >= 0 && number < task->read->workload->job_count)
        task->told_s[number] = strtod(at + strlen("latency "), NULL);
}

static int work(void *context)
{
    struct task *task = context;
    struct weir_scenario *scenario = NULL;
    struct weir_stack stack = {0};
    struct weir_result result = {0};
    int code = weir_scenario_read(task->scenario, NULL, &scenario);
    if (code == WEIR_OK)
        code = weir_stack_parse(task->policy, &stack);
    if (code == WEIR_OK) {
        struct weir_observer observer = {.context = task, .decision = on_decision};
        struct weir_run_spec spec = {
            .scenario = scenario, .stack = &stack, .catalog = weir_catalog, .seed = 1, .observer = &observer};
        task->read = scenario;
        task->told_s = weir_alloc((size_t)scenario->workload->job_count, sizeof *task->told_s);
        code = weir_run(&spec, &result);
    }
    struct outcome *outcome = task->outcome;
    for (int j = 0; code == WEIR_OK && j < result.job_count; j++) {
        outcome->model_s += task->told_s[j] / result.job_count;
        outcome->simulated_s += result.jobs[j].latency_mean_s / result.job_count;
        outcome->worst_s = fmax(outcome->worst_s, result.jobs[j].latency_max_s);
        outcome->late += result.jobs[j].delivered == 0;
    }
    outcome->migrations = result.metrics.migrations;
    outcome->decisions = result.metrics.decisions;
    weir_result_fini(&result);
    weir_stack_fini(&stack);
    weir_scenario_free(scenario);
    free(task->told_s);
    return code;
}

struct outcome simulate(const char *scenario, const char *policy)
{
    struct task task = {.scenario = scenario, .policy = policy};
    task.outcome = mmap(NULL, sizeof *task.outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (task.outcome == MAP_FAILED)
        abort();
    if (weir_apart(work, &task, 3600, WEIR_EENGINE) != WEIR_OK)
        give_up(policy);
    struct outcome outcome = *task.outcome;
    munmap(task.outcome, sizeof *task.outcome);
    return outcome;
}
