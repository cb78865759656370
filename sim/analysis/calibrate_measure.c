#include "sim/analysis/calibrate_measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"

#define MOST_PER_S 1e7
#define FULL       0.05 /* of what came is left over in every window: then more was offered than it takes */

/* Shared with the child that runs. */
struct trial {
    const struct calibrate_question *question;
    int instances;
    double per_s;
    int seen; /* windows */
    double processed[CALIBRATE_WINDOWS + 1], busy[CALIBRATE_WINDOWS + 1];
    double backlog, offered; /* items, in the end */
    char limit[64];
};

/* The operator that is busiest. */
static int busiest(const struct weir_job_view *job)
{
    int most = 0;
    for (int o = 1; o < job->operator_count; o++)
        if (job->operators[o].busy > job->operators[most].busy + 1e-9)
            most = o;
    return most;
}

/* A run is over when the windows are; nobody wants its result. */
static int look(void *context, const struct weir_view *view, struct weir_wish *wishes)
{
    struct trial *trial = context;
    (void)wishes;
    if (view->window < 0)
        return 0;
    const struct weir_job_view *job = &view->jobs[0];
    const struct weir_operator_view *op = &job->operators[trial->question->op];
    trial->processed[trial->seen] = op->processed_rate * view->window_s;
    trial->busy[trial->seen] = op->busy;
    trial->offered += job->ingress_rate * view->window_s;
    trial->backlog = job->backlog;
    int most = busiest(job);
    snprintf(trial->limit, sizeof trial->limit, "%s",
             job->operators[most].busy > op->busy + 1e-9 ? job->operators[most].name : "");
    return ++trial->seen > trial->question->windows ? -1 : 0;
}

/* Evenly spaced, from 0 s on. */
static int even_load(double per_s, struct weir_load **load)
{
    char text[96];
    struct weir_json_doc *doc;
    snprintf(text, sizeof text, "{\"kind\": \"constant\", \"rate\": \"%.17g/s\"}", per_s);
    int code = weir_json_parse(text, "load", &doc);
    if (code)
        return code;
    struct weir_json root = weir_json_root(doc);
    code = weir_load_read(&root, "", load);
    weir_json_free(doc);
    return code;
}

/* In the child, which may do to the scenario what it likes. */
static int run_trial(void *context)
{
    struct trial *trial = context;
    const struct calibrate_question *question = trial->question;
    struct weir_scenario scenario = *question->scenario;
    struct weir_workload workload = *scenario.workload;
    struct weir_job job = workload.jobs[question->job];
    struct weir_operator *op = &job.operators[question->op];
    int code = even_load(trial->per_s, &job.load);
    if (code)
        return code;
    job.arrive_s = 0;
    job.depart_s = INFINITY;
    job.backlog_capacity = 0;
    op->parallelism = trial->instances;
    op->max_parallelism = op->max_parallelism > trial->instances ? op->max_parallelism : trial->instances;
    workload.jobs = &job;
    workload.job_count = 1;
    scenario.workload = &workload;
    scenario.duration_s = (question->windows + 2) * scenario.window_s;
    scenario.warmup_s = 0;
    scenario.fault_count = scenario.fault_rule_count = scenario.anomaly_rule_count = 0;
    scenario.account.on = scenario.monitor.on = false;
    struct weir_control control = {.context = trial, .window = look};
    struct weir_result result = {0};
    struct weir_run_spec spec = {.scenario = &scenario,
                                 .stack = question->stack,
                                 .catalog = question->catalog,
                                 .seed = question->seed,
                                 .control = &control};
    code = weir_run(&spec, &result);
    weir_result_fini(&result);
    return code;
}

static void read_trial(const struct trial *trial, struct calibrate_answer *answer)
{
    int windows = trial->question->windows;
    *answer = (struct calibrate_answer){.mstw = trial->processed[0]};
    for (int w = 1; w <= windows; w++) {
        answer->mst_per_s += trial->processed[w] / windows / trial->question->scenario->window_s;
        answer->busy += trial->busy[w] / windows;
    }
    memcpy(answer->limit, trial->limit, sizeof answer->limit);
}

int calibrate_measure(const struct calibrate_question *question, int instances, double per_s,
                      struct calibrate_answer *answer)
{
    struct trial *trial = mmap(NULL, sizeof *trial, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (trial == MAP_FAILED)
        return weir_error(WEIR_ERUN, "no memory to share with the runs");
    int code = WEIR_OK;
    bool full = false;
    for (; code == WEIR_OK && !full && per_s <= MOST_PER_S; per_s *= 4) {
        *trial = (struct trial){.question = question, .instances = instances, .per_s = per_s};
        code = weir_apart(run_trial, trial, question->timeout_s, WEIR_EENGINE);
        if (code == WEIR_OK && trial->seen <= question->windows)
            code = weir_error(WEIR_ERUN, "the run with %d instances ended early", instances);
        full = trial->backlog > FULL * trial->offered;
    }
    if (code == WEIR_OK && !full)
        code = weir_error(WEIR_ERUN, "%d instances take all of %g items/s: there is nothing that limits them",
                          instances, MOST_PER_S);
    if (code == WEIR_OK)
        read_trial(trial, answer);
    munmap(trial, sizeof *trial);
    return code;
}
