#include "tests/support/run.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/test.h"

static void put(FILE *pipe, const void *bytes, size_t count)
{
    if (count && fwrite(bytes, 1, count, pipe) != count)
        _exit(99);
}

static void put_string(FILE *pipe, const char *string)
{
    size_t length = strlen(string);
    put(pipe, &length, sizeof length);
    put(pipe, string, length);
}

static bool get(FILE *pipe, void *bytes, size_t count)
{
    return fread(bytes, 1, count, pipe) == count;
}

static char *get_string(FILE *pipe)
{
    size_t length;
    if (!get(pipe, &length, sizeof length))
        return NULL;
    char *string = weir_alloc(length + 1, 1);
    if (get(pipe, string, length))
        return string;
    free(string);
    return NULL;
}

/* What a run tells while it goes on. */
struct heard {
    struct weir_text decisions, spans, rows;
};

static void note_decision(void *context, double time_s, const char *policy, const char *job, const char *op,
                          const char *what, const char *why, const char *refusal)
{
    struct heard *heard = context;
    weir_text_addf(&heard->decisions, "%.3f %s %s/%s %s | %s | %s\n", time_s, policy, job, op, what, why,
                   refusal ? refusal : "applied");
}

static const char *or_none(const char *name)
{
    return name ? name : "-";
}

static void note_span(void *context, const struct weir_span *span)
{
    struct heard *heard = context;
    weir_text_addf(&heard->spans, "%.17g %.17g %d %s %s %s %s %d %.17g %ld\n", span->start_s, span->end_s,
                   (int)span->kind, or_none(span->host), or_none(span->to), or_none(span->job), or_none(span->op),
                   span->number, span->bytes, span->items);
}

static void note_row(void *context, double time_s, const char *job, const char *op, const char *host,
                     const char *metric, double value)
{
    struct heard *heard = context;
    weir_text_addf(&heard->rows, "%.17g %s/%s/%s/%s %.17g\n", time_s, job, op, host, metric, value);
}

/* The scenario text with the platform put in, read. */
static int read_scenario(const char *platform, const char *scenario, struct weir_scenario **read)
{
    char *absolute = platform[0] == '/' ? weir_copy(platform) : NULL;
    if (!absolute) {
        char *here = getcwd(NULL, 0);
        absolute = weir_format("%s/%s", here, platform);
        free(here);
    }
    char *set = weir_format("platform=%s", absolute);
    const char *sets[] = {set, NULL};
    int code = weir_scenario_read(weir_test_file("scenario.json", scenario), sets, read);
    free(set);
    free(absolute);
    return code;
}

static void child(FILE *pipe, const char *platform, const char *scenario, const char *policy, unsigned long long seed,
                  const struct weir_policy *const *catalog, const struct weir_control *control, bool traced)
{
    struct weir_scenario *read = NULL;
    struct weir_stack stack = {0};
    struct weir_result result = {0};
    struct heard heard = {0};
    int code = read_scenario(platform, scenario, &read);
    if (code == WEIR_OK)
        code = weir_stack_parse(policy, &stack);
    if (code == WEIR_OK) {
        struct weir_observer observer = {.context = &heard,
                                         .decision = note_decision,
                                         .span = traced ? note_span : NULL,
                                         .metric = traced ? note_row : NULL};
        struct weir_run_spec spec = {.scenario = read,
                                     .stack = &stack,
                                     .catalog = catalog,
                                     .seed = seed,
                                     .observer = &observer,
                                     .control = control};
        code = weir_run(&spec, &result);
    }
    put(pipe, &code, sizeof code);
    put_string(pipe, code == WEIR_OK ? "" : weir_error_message());
    put(pipe, &result, sizeof result);
    for (int j = 0; j < result.job_count; j++) {
        put(pipe, &result.jobs[j], sizeof *result.jobs);
        put_string(pipe, result.jobs[j].name);
    }
    for (int o = 0; o < result.operator_count; o++) {
        put(pipe, &result.operators[o], sizeof *result.operators);
        put_string(pipe, result.operators[o].job);
        put_string(pipe, result.operators[o].name);
    }
    for (int p = 0; p < result.path_count; p++) {
        put(pipe, &result.paths[p], sizeof *result.paths);
        put_string(pipe, result.paths[p].job);
        put_string(pipe, result.paths[p].path);
    }
    for (int k = 0; k < result.kind_count; k++) {
        put(pipe, &result.kinds[k], sizeof *result.kinds);
        put_string(pipe, result.kinds[k].job);
        put_string(pipe, result.kinds[k].name);
    }
    for (int s = 0; s < result.source_count; s++) {
        put(pipe, &result.sources[s], sizeof *result.sources);
        put_string(pipe, result.sources[s].job);
        put_string(pipe, result.sources[s].name);
    }
    for (int l = 0; l < result.link_count; l++) {
        put(pipe, &result.links[l], sizeof *result.links);
        put_string(pipe, result.links[l].name);
    }
    put_string(pipe, weir_text_string(&heard.decisions));
    put_string(pipe, weir_text_string(&heard.spans));
    put_string(pipe, weir_text_string(&heard.rows));
    fclose(pipe);
    weir_text_fini(&heard.decisions);
    weir_text_fini(&heard.spans);
    weir_text_fini(&heard.rows);
    weir_result_fini(&result);
    weir_stack_fini(&stack);
    weir_scenario_free(read);
}

static const char *keep(struct weir_test_result *got, FILE *pipe)
{
    char *name = get_string(pipe);
    got->names = weir_resize(got->names, (size_t)got->name_count + 1, sizeof *got->names);
    return got->names[got->name_count++] = name;
}

static bool receive(FILE *pipe, struct weir_test_result *got)
{
    char *message;
    if (!get(pipe, &got->code, sizeof got->code) || !(message = get_string(pipe)))
        return false;
    snprintf(got->message, sizeof got->message, "%s", message);
    free(message);
    struct weir_result *result = &got->result;
    if (!get(pipe, result, sizeof *result))
        return false;
    result->paths = weir_alloc((size_t)result->path_count, sizeof *result->paths);
    result->kinds = weir_alloc((size_t)result->kind_count, sizeof *result->kinds);
    result->sources = weir_alloc((size_t)result->source_count, sizeof *result->sources);
    result->links = weir_alloc((size_t)result->link_count, sizeof *result->links);
    result->jobs = weir_alloc((size_t)result->job_count, sizeof *result->jobs);
    result->operators = weir_alloc((size_t)result->operator_count, sizeof *result->operators);
    for (int j = 0; j < result->job_count; j++) {
        if (!get(pipe, &result->jobs[j], sizeof *result->jobs))
            return false;
        result->jobs[j].name = keep(got, pipe);
    }
    for (int o = 0; o < result->operator_count; o++) {
        if (!get(pipe, &result->operators[o], sizeof *result->operators))
            return false;
        result->operators[o].job = keep(got, pipe);
        result->operators[o].name = keep(got, pipe);
    }
    for (int p = 0; p < result->path_count; p++) {
        if (!get(pipe, &result->paths[p], sizeof *result->paths))
            return false;
        result->paths[p].job = keep(got, pipe);
        result->paths[p].path = get_string(pipe);
    }
    for (int k = 0; k < result->kind_count; k++) {
        if (!get(pipe, &result->kinds[k], sizeof *result->kinds))
            return false;
        result->kinds[k].job = keep(got, pipe);
        result->kinds[k].name = keep(got, pipe);
    }
    for (int s = 0; s < result->source_count; s++) {
        if (!get(pipe, &result->sources[s], sizeof *result->sources))
            return false;
        result->sources[s].job = keep(got, pipe);
        result->sources[s].name = keep(got, pipe);
    }
    for (int l = 0; l < result->link_count; l++) {
        if (!get(pipe, &result->links[l], sizeof *result->links))
            return false;
        result->links[l].name = get_string(pipe);
    }
    got->decisions = get_string(pipe);
    got->spans = get_string(pipe);
    got->rows = get_string(pipe);
    return got->decisions && got->spans && got->rows;
}

static struct weir_test_result run(const char *platform, const char *scenario, const char *policy,
                                   unsigned long long seed, const struct weir_policy *const *catalog,
                                   const struct weir_control *control, bool traced)
{
    struct weir_test_result got = {.code = WEIR_EENGINE};
    int ends[2];
    weir_test_folder(); /* made by the parent, lest the child removes it */
    fflush(NULL);
    if (pipe(ends) != 0) {
        CU_FAIL("no pipe");
        return got;
    }
    weir_engine_open(); /* once, not in each child; one that cannot tells so */
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(fdopen(ends[1], "w"), platform, scenario, policy, seed, catalog, control, traced);
        weir_test_leak_check();
        _exit(0);
    }
    close(ends[1]);
    FILE *from = fdopen(ends[0], "r");
    bool whole = receive(from, &got);
    fclose(from);
    int status;
    waitpid(pid, &status, 0);
    if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "\nthe run's process ended with status %d\n", status);
        got.code = WEIR_EENGINE;
        snprintf(got.message, sizeof got.message, "the run's process died");
    }
    if (!got.decisions)
        got.decisions = weir_copy("");
    return got;
}

struct weir_test_result weir_test_run_catalog(const char *platform, const char *scenario, const char *policy,
                                              unsigned long long seed, const struct weir_policy *const *catalog)
{
    return run(platform, scenario, policy, seed, catalog, NULL, false);
}

struct weir_test_result weir_test_run_traced(const char *platform, const char *scenario, const char *policy,
                                             unsigned long long seed, const struct weir_policy *const *catalog)
{
    return run(platform, scenario, policy, seed, catalog, NULL, true);
}

struct weir_test_result weir_test_run_steered(const char *platform, const char *scenario, const char *policy,
                                              unsigned long long seed, const struct weir_control *control)
{
    return run(platform, scenario, policy, seed, weir_catalog, control, false);
}

struct weir_test_result weir_test_run(const char *platform, const char *scenario, const char *policy,
                                      unsigned long long seed)
{
    struct weir_test_result got = weir_test_run_catalog(platform, scenario, policy, seed, weir_catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\nrun: %s\n", got.message);
    return got;
}

void weir_test_result_fini(struct weir_test_result *got)
{
    weir_result_fini(&got->result);
    for (int n = 0; n < got->name_count; n++)
        free(got->names[n]);
    free(got->names);
    free(got->decisions);
    free(got->spans);
    free(got->rows);
    memset(got, 0, sizeof *got);
}

const struct weir_operator_total *weir_test_op(const struct weir_test_result *got, const char *job, const char *op)
{
    static const struct weir_operator_total none;
    for (int o = 0; o < got->result.operator_count; o++)
        if (strcmp(got->result.operators[o].job, job) == 0 && strcmp(got->result.operators[o].name, op) == 0)
            return &got->result.operators[o];
    CU_FAIL("no such operator in the result");
    return &none;
}

const struct weir_job_total *weir_test_job(const struct weir_test_result *got, const char *job)
{
    static const struct weir_job_total none;
    for (int j = 0; j < got->result.job_count; j++)
        if (strcmp(got->result.jobs[j].name, job) == 0)
            return &got->result.jobs[j];
    CU_FAIL("no such job in the result");
    return &none;
}

static void check_equal(const char *job, const char *what, unsigned long long left, unsigned long long right)
{
    if (left != right)
        fprintf(stderr, "\n%s: %s: %llu against %llu\n", job, what, left, right);
    CU_ASSERT_EQUAL(left, right);
}

/* What is told of several sources of a job comes to what is told of it and of its operators. */
static void check_sources(const struct weir_job *job, const struct weir_job_total *total,
                          const struct weir_test_result *got)
{
    struct weir_source_total sums = {0};
    unsigned long long dropped = 0, late = 0, sources = 0;
    for (int s = 0; s < got->result.source_count; s++) {
        const struct weir_source_total *source = &got->result.sources[s];
        if (strcmp(source->job, job->name) != 0)
            continue;
        CU_ASSERT_STRING_EQUAL(source->name, job->sources[sources++].name);
        check_equal(source->name, "arrived + replayed = emitted + dropped + backlog",
                    source->arrived + source->replayed, source->emitted + source->dropped_at_source + source->backlog);
        sums.arrived += source->arrived;
        sums.emitted += source->emitted;
        sums.dropped_at_source += source->dropped_at_source;
        sums.backlog += source->backlog;
        sums.replayed += source->replayed;
        sums.dropped += source->dropped;
        sums.late += source->late;
        sums.delivered += source->delivered;
        sums.duplicates += source->duplicates;
    }
    check_equal(job->name, "sources", sources, job->source_count > 1 ? (unsigned long long)job->source_count : 0);
    if (!sources)
        return;
    for (int o = 0; o < job->operator_count; o++) {
        dropped += weir_test_op(got, job->name, job->operators[o].name)->dropped;
        late += weir_test_op(got, job->name, job->operators[o].name)->late;
    }
    check_equal(job->name, "arrived, by source", sums.arrived, total->arrived);
    check_equal(job->name, "emitted, by source", sums.emitted, total->emitted);
    check_equal(job->name, "dropped there, by source", sums.dropped_at_source, total->dropped_at_source);
    check_equal(job->name, "backlog, by source", sums.backlog, total->backlog);
    check_equal(job->name, "replayed, by source", sums.replayed, total->replayed);
    check_equal(job->name, "delivered, by source", sums.delivered, total->delivered);
    check_equal(job->name, "duplicates, by source", sums.duplicates, total->duplicates);
    check_equal(job->name, "dropped, by source", sums.dropped, dropped);
    check_equal(job->name, "late, by source", sums.late, late);
}

void weir_test_conservation(const char *platform, const char *scenario, const struct weir_test_result *got)
{
    struct weir_scenario *read = NULL;
    CU_ASSERT_EQUAL_FATAL(read_scenario(platform, scenario, &read), WEIR_OK);
    for (int j = 0; j < read->workload->job_count; j++) {
        const struct weir_job *job = &read->workload->jobs[j];
        const struct weir_job_total *total = weir_test_job(got, job->name);
        check_equal(job->name, "arrived + replayed = emitted + dropped + backlog", total->arrived + total->replayed,
                    total->emitted + total->dropped_at_source + total->backlog);
        check_sources(job, total, got);
        unsigned long long to_sink = 0;
        for (int o = 0; o < job->operator_count; o++) {
            const struct weir_operator *op = &job->operators[o];
            const struct weir_operator_total *at = weir_test_op(got, job->name, op->name);
            unsigned long long sent = 0, inputs = 0;
            for (int e = 0; e < job->edge_count; e++) {
                const struct weir_edge *edge = &job->edges[e];
                if (edge->from == o && edge->to < 0)
                    to_sink += at->emitted;
                if (edge->to != o)
                    continue;
                inputs++;
                sent += edge->from < 0 ? total->emitted
                                       : weir_test_op(got, job->name, job->operators[edge->from].name)->emitted;
            }
            if (job->source_count < 2) /* else the total is of all sources */
                check_equal(op->name, "sent to it = arrived + dropped + lost + in transit", sent,
                            at->arrived + at->dropped + at->lost_on_way + at->in_transit);
            if (op->join_all)
                check_equal(op->name, "arrived = inputs x processed + queued + pending", at->arrived,
                            inputs * at->processed + at->queued + at->pending + at->lost_inside);
            else
                check_equal(op->name, "arrived = processed + queued", at->arrived,
                            at->processed + at->queued + at->lost_inside);
            if (op->event_time) {
                CU_ASSERT(at->late <= at->processed);
            } else if (op->window_s > 0) {
                /* Each instance may owe a fraction of a result. */
                double owing = op->parallelism + 4 * (got->result.metrics.rescales + got->result.metrics.migrations);
                double due = op->selectivity * (double)(at->processed - at->pending);
                if (!got->result.metrics.restarts) /* else windows were lost */
                    CHECK_NEAR((double)at->emitted, due, 1 + owing + 1e-9 * due + at->queue_max);
            } else if (op->selectivity == floor(op->selectivity)) {
                check_equal(op->name, "emitted = selectivity x processed", at->emitted,
                            (unsigned long long)op->selectivity * at->processed);
            } else { /* binomial: five standard deviations */
                double due = op->selectivity * (double)at->processed;
                CHECK_NEAR((double)at->emitted, due, 5 + 5 * sqrt(due));
            }
        }
        check_equal(job->name, "sent to the sink = delivered + duplicates + in transit", to_sink,
                    total->delivered + total->duplicates + total->held + total->lost + total->in_transit);
    }
    weir_scenario_free(read);
}

struct weir_test_result weir_test_run_sound(const char *platform, char *scenario, const char *policy,
                                            const struct weir_policy *const *catalog)
{
    struct weir_test_result got = weir_test_run_catalog(platform, scenario, policy, 1, catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n%s\n", got.message, scenario);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(platform, scenario, &got);
    free(scenario);
    return got;
}
