#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "sim/experiment/selftest.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/stats.h"
#include "sim/experiment/files.h"
#include "sim/experiment/selftest_cases.h"

/* One run of a case: what the child needs, and where it leaves the figures for its parent. */
struct run {
    const struct weir_selftest_case *one;
    const char *path; /* of the scenario */
    unsigned long long seed;
    double *figures; /* [check], shared with the parent */
};

static int work(void *context, struct weir_pool_line *line)
{
    const struct run *run = context;
    struct weir_scenario *scenario = NULL;
    struct weir_stack stack = {0};
    struct weir_result result = {0};
    (void)line;
    int code = weir_scenario_read(run->path, NULL, &scenario);
    if (code == WEIR_OK)
        code = weir_stack_parse(run->one->catalog[0]->name, &stack);
    if (code == WEIR_OK) {
        struct weir_run_spec spec = {
            .scenario = scenario, .stack = &stack, .catalog = run->one->catalog, .seed = run->seed};
        code = weir_run(&spec, &result);
    }
    for (int c = 0; code == WEIR_OK && c < run->one->check_count; c++)
        run->figures[c] = run->one->checks[c].value(&result, run->one->checks[c].op);
    weir_result_fini(&result);
    weir_stack_fini(&stack);
    weir_scenario_free(scenario);
    return code;
}

/* Writes a case's files to a folder of its own; *path is the scenario, owned. */
static int write_case(const char *folder, int number, const struct weir_selftest_case *one, char **path)
{
    char *own = weir_format("%s/%d", folder, number), *platform = weir_format("%s/platform.xml", own);
    *path = weir_format("%s/scenario.json", own);
    int code = weir_folder_make(own);
    if (code == WEIR_OK)
        code = weir_file_replace(platform, one->platform);
    if (code == WEIR_OK)
        code = weir_file_replace(*path, one->scenario);
    free(platform);
    free(own);
    return code;
}

static void remove_folder(const char *folder, int cases)
{
    static const char *const files[] = {"platform.xml", "scenario.json", ""};
    for (int c = 0; c < cases; c++) {
        for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
            char *path = weir_format("%s/%d/%s", folder, c, files[f]);
            if (*files[f])
                unlink(path);
            else
                rmdir(path);
            free(path);
        }
    }
    rmdir(folder);
}

/* The row of one check from the figures of all seeds. */
static struct weir_selftest_row judge(const struct weir_selftest_case *one, int check, const struct run *runs)
{
    const struct weir_selftest_check *wanted = &one->checks[check];
    struct weir_selftest_row row = {.group = one->group,
                                    .name = one->name,
                                    .op = wanted->op ? wanted->op : "",
                                    .quantity = wanted->quantity,
                                    .unit = wanted->unit,
                                    .expected = wanted->expected,
                                    .simulated = runs[0].figures[check],
                                    .tolerance = wanted->tolerance,
                                    .is_interval = wanted->tolerance <= 0};
    struct weir_moments moments = {0};
    for (int s = 0; s < one->seeds; s++) {
        double figure = runs[s].figures[check];
        weir_moments_add(&moments, figure);
        if (isnan(figure) || fabs(figure - row.expected) > fabs(row.simulated - row.expected))
            row.simulated = figure; /* NaN is worst, and stays */
    }
    if (row.is_interval) {
        row.simulated = moments.mean;
        row.tolerance = weir_moments_half_width(&moments, WEIR_SELFTEST_LEVEL);
    }
    row.passed = fabs(row.simulated - row.expected) <= row.tolerance;
    return row;
}

static void judge_all(struct weir_selftest *got, const struct run *runs)
{
    int rows = 0;
    for (int c = 0; c < got->case_count; c++)
        rows += got->cases[c].check_count;
    got->rows = weir_alloc((size_t)rows, sizeof *got->rows);
    for (int c = 0; c < got->case_count; runs += got->cases[c++].seeds) {
        for (int k = 0; k < got->cases[c].check_count; k++) {
            struct weir_selftest_row row = judge(&got->cases[c], k, runs);
            got->rows[got->row_count++] = row;
            got->failed += !row.passed;
        }
    }
}

/* Leaves the cases of a group only; NULL leaves all. */
static int choose(struct weir_selftest *got, const char *group)
{
    int kept = 0;
    for (int c = 0; c < got->case_count; c++) {
        struct weir_selftest_case one = got->cases[c];
        if (group && strcmp(one.group, group) != 0) {
            free(one.name);
            free(one.scenario);
        } else {
            got->cases[kept++] = one;
        }
    }
    got->case_count = kept;
    if (!kept)
        return weir_error(WEIR_EUSAGE, "selftest: there is no group \"%s\"; there are exact and theory", group);
    return WEIR_OK;
}

int weir_selftest_run(const struct weir_pool_options *options, const char *group, struct weir_selftest *got,
                      bool *interrupted)
{
    const char *base = getenv("TMPDIR");
    char *folder = weir_format("%s/weir-selftest-XXXXXX", base && *base ? base : "/tmp");
    *got = (struct weir_selftest){0};
    got->cases = weir_selftest_cases(&got->case_count);
    int code = choose(got, group);
    char **paths = weir_alloc((size_t)got->case_count, sizeof *paths);
    for (int c = 0; c < got->case_count; c++)
        got->run_count += got->cases[c].seeds;
    struct run *runs = weir_alloc((size_t)got->run_count, sizeof *runs);
    struct weir_pool_task *tasks = weir_alloc((size_t)got->run_count, sizeof *tasks);
    struct weir_pool_outcome *outcomes = weir_alloc((size_t)got->run_count, sizeof *outcomes);
    size_t bytes = ((size_t)got->run_count + 1) * WEIR_SELFTEST_CHECKS * sizeof(double);
    double *figures = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool made = false;
    if (code != WEIR_OK)
        goto out;
    if (figures == MAP_FAILED) {
        code = weir_error(WEIR_EINPUT, "no memory to share with child processes: %s", strerror(errno));
        goto out;
    }
    if (!mkdtemp(folder)) {
        code = weir_error(WEIR_EINPUT, "%s: cannot make this folder: %s; set TMPDIR to one that can be written", folder,
                          strerror(errno));
        goto out;
    }
    made = true;
    int next = 0;
    for (int c = 0; c < got->case_count && code == WEIR_OK; c++) {
        code = write_case(folder, c, &got->cases[c], &paths[c]);
        for (int s = 0; s < got->cases[c].seeds; s++, next++) {
            runs[next] = (struct run){&got->cases[c], paths[c], (unsigned long long)s + 1,
                                      figures + (size_t)next * WEIR_SELFTEST_CHECKS};
            tasks[next] = (struct weir_pool_task){.name = got->cases[c].name, .work = work, .context = &runs[next]};
        }
    }
    if (code == WEIR_OK)
        code = weir_pool_run(options, tasks, got->run_count, outcomes, interrupted);
    if (code == WEIR_OK)
        judge_all(got, runs);
    weir_pool_outcomes_free(outcomes, got->run_count);
out:
    if (made)
        remove_folder(folder, got->case_count);
    if (figures != MAP_FAILED)
        munmap(figures, bytes);
    for (int c = 0; c < got->case_count; c++)
        free(paths[c]);
    free(paths);
    free(outcomes);
    free(tasks);
    free(runs);
    free(folder);
    return code;
}

void weir_selftest_fini(struct weir_selftest *got)
{
    weir_selftest_cases_free(got->cases, got->case_count);
    free(got->rows);
    *got = (struct weir_selftest){0};
}
