/* weir calibrate: numbers of a scenario fitted to measured series. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit.h"
#include "sim/analysis/fit_cache.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/quantity.h"
#include "sim/cli/command.h"
#include "sim/cli/measured.h"
#include "sim/experiment/files.h"
#include "sim/experiment/shipped.h"
#include "sim/report/fit_page.h"

#define BUDGET_AT_MOST 10000000

enum {
    FREE,
    MATCH,
    LOAD,
    LOAD_OF,
    FIT_ON,
    PREDICT,
    SET,
    SET_ON,
    POLICY,
    SEEDS,
    BUDGET,
    APART,
    WITHIN,
    TIME,
    TIME_FORMAT,
    EVERY,
    OUTPUT,
    PROCESSES,
    TIMEOUT,
    FORCE,
    NO_REPORT,
    NO_CODE,
    JSON,
    QUIET
};
static const struct weir_flag flags[] = {
    [FREE] = {"free", 'f', "KEY=MIN..MAX", "a number that is fitted, as in costs.start=1s..60s; repeatable"},
    [MATCH] = {"match", 'm', "METRIC=COLUMN",
               "a metric and the column it is held against; repeatable; else columns "
               "that are called as metrics are"},
    [LOAD] = {"load", 0, "COLUMN", "the column with the load that was offered, in items/s; else the scenario's load"},
    [LOAD_OF] = {"load-of", 0, "JOB", "whose load that is, where there are several jobs"},
    [FIT_ON] = {"fit-on", 0, "NAME[:FROM..UNTIL]",
                "fit on this file, or a part of it; repeatable; else on all that "
                "are not predicted"},
    [PREDICT] = {"predict", 0, "NAME[:FROM..UNTIL]", "hold this file out, and predict it; repeatable"},
    [SET] = {"set", 0, "PATH=VALUE", "change a value of the scenario, as in window=10s; repeatable"},
    [SET_ON] = {"set-on", 0, "NAME:PATH=VALUE", "the same for the runs of one file; repeatable"},
    [POLICY] = {"policy", 'p', "P", "the policy of the runs; else the scenario's first"},
    [SEEDS] = {"seeds", 's', "N|LIST", "seeds of each point, the same for all; else the scenario's first"},
    [BUDGET] = {"budget", 'b', "N", "runs at most; else 50 for each key and 50 more, times files and seeds"},
    [APART] = {"apart", 0, "SHARE", "keys that may move together by more than that cannot be told apart; else 0.1"},
    [WITHIN] = {"within", 0, "SHARE", "fail, with exit code 1, if a misfit is greater, as in 0.1"},
    [TIME] = {"time", 0, "COLUMN", "the column of times, or two of date and time; else found"},
    [TIME_FORMAT] = {"time-format", 0, "FORMAT", "how times are written, as of strptime, or s, ms, us, ns"},
    [EVERY] = {"every", 0, "TIME", "compare means over so long; else over the rows' distance, or a window"},
    [OUTPUT] = {"output", 'o', "DIR", "where results go; else results/SCENARIO-calibrated"},
    [PROCESSES] = {"jobs", 'j', "N", "runs at once; else as many as there are cores"},
    [TIMEOUT] = {"timeout", 0, "TIME", "give up a run after so much real time"},
    [FORCE] = {"force", 0, NULL, "forget the runs that are kept in the folder, and make all anew"},
    [NO_REPORT] = {"no-report", 0, NULL, "do not make report.html"},
    [NO_CODE] = WEIR_NO_CODE_FLAG,
    [JSON] = {"json", 0, NULL, "print calibration.json"},
    [QUIET] = {"quiet", 'q', NULL, "no progress, no remarks"},
    {0},
};

/* A command line, read; fit_problem borrows from it. */
struct request {
    struct fit_problem problem;
    struct fit_answer answer;
    char *scenario, *folder, *policy;
    const char **sets;
    unsigned long long *seeds;
    double within;
    bool interrupted;
};

static int read_share(const struct weir_arguments *arguments, int row, double *share)
{
    const char *text = weir_arguments_value(arguments, row), *end;
    if (!text)
        return WEIR_OK;
    end = weir_number_scan(text, share);
    if (!end || *end || !(*share > 0) || !(*share < 1e6))
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is no share above 0, such as 0.1", flags[row].name, text);
    return WEIR_OK;
}

static int read_keys(const struct weir_arguments *arguments, struct fit_problem *problem)
{
    int count, code = WEIR_OK;
    const char **specs = weir_arguments_values(arguments, FREE, &count);
    if (count == 0)
        code = weir_error(WEIR_EUSAGE, "calibrate: nothing is free; name the numbers to be fitted, as in "
                                       "--free costs.start=1s..60s");
    if (count > FIT_KEYS)
        code = weir_error(WEIR_EUSAGE, "calibrate: %d numbers are free; %d can be at most", count, FIT_KEYS);
    for (int k = 0; k < count && code == WEIR_OK; k++) {
        code = fit_key_parse(specs[k], &problem->keys[problem->key_count++]);
        for (int o = 0; o < k && code == WEIR_OK; o++)
            if (strcmp(problem->keys[o].path, problem->keys[k].path) == 0)
                code = weir_error(WEIR_EUSAGE, "--free %s is there twice; keep one", problem->keys[k].path);
    }
    free(specs);
    return code;
}

static int read_matches(const struct weir_arguments *arguments, struct fit_problem *problem)
{
    int count, code = WEIR_OK;
    const char **specs = weir_arguments_values(arguments, MATCH, &count);
    if (count > FIT_MATCHES)
        code = weir_error(WEIR_EUSAGE, "calibrate: %d series are matched; %d can be at most", count, FIT_MATCHES);
    for (int m = 0; m < count && code == WEIR_OK; m++)
        code = fit_match_parse(specs[m], problem->base, &problem->matches[problem->match_count++]);
    free(specs);
    return code == WEIR_OK && count == 0 ? fit_match_all(problem, problem->cases[0].path) : code;
}

static int read_scenario(const struct weir_arguments *arguments, struct request *request)
{
    struct fit_problem *problem = &request->problem;
    const char *policy = weir_arguments_value(arguments, POLICY), *seeds = weir_arguments_value(arguments, SEEDS);
    int count = 0, code = weir_read_sets(arguments, SET, &request->sets);
    if (code != WEIR_OK)
        return code;
    while (request->sets && request->sets[count]) {
        problem->duration_is_set |= strncmp(request->sets[count], "duration=", 9) == 0;
        count++;
    }
    if (policy) {
        request->policy = weir_format(*policy == '['   ? "policies=[%s]"
                                      : *policy == '{' ? "policies=[%s]"
                                                       : "policies=[\"%s\"]",
                                      policy);
        request->sets = weir_resize(request->sets, (size_t)count + 2, sizeof *request->sets);
        request->sets[count] = request->policy;
        request->sets[count + 1] = NULL;
    }
    problem->sets = request->sets;
    code = weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, NULL, arguments->words[0], &request->scenario);
    problem->scenario = request->scenario;
    if (code == WEIR_OK)
        code = weir_scenario_read(problem->scenario, problem->sets, &problem->base);
    if (code == WEIR_OK)
        code = weir_stack_check(&problem->base->stacks[0], problem->catalog);
    if (code == WEIR_OK)
        code = weir_tell_code(problem->scenario, problem->base->stacks, 1,
                              weir_arguments_value(arguments, NO_CODE) != NULL, problem->pool.quiet);
    if (code == WEIR_OK && seeds)
        code = weir_read_seeds("seeds", seeds, &request->seeds, &problem->seed_count);
    if (code == WEIR_OK && !seeds) {
        problem->seed_count = 1;
        request->seeds = weir_alloc(1, sizeof *request->seeds);
        *request->seeds = problem->base->seeds[0];
    }
    problem->seeds = request->seeds;
    return code;
}

static int read_numbers(const struct weir_arguments *arguments, struct request *request)
{
    struct fit_problem *problem = &request->problem;
    const char *value;
    int code = read_share(arguments, APART, &problem->apart);
    if (code == WEIR_OK)
        code = read_share(arguments, WITHIN, &request->within);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, BUDGET)))
        code = weir_read_integer("budget", value, 1, BUDGET_AT_MOST, &problem->budget);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, EVERY)))
        code = weir_read_time("every", value, &problem->reading.every_s);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, PROCESSES)))
        code = weir_read_integer("jobs", value, 1, 4096, &problem->pool.processes);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, TIMEOUT)))
        code = weir_read_time("timeout", value, &problem->pool.timeout_s);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, OUTPUT)))
        code = weir_read_folder("output", value, &request->folder);
    return code;
}

static int read_request(const struct weir_arguments *arguments, struct request *request)
{
    struct fit_problem *problem = &request->problem;
    int fitted = 0, code = read_numbers(arguments, request);
    if (code == WEIR_OK)
        code = read_keys(arguments, problem);
    if (code == WEIR_OK)
        code = weir_read_cases(arguments, FIT_ON, PREDICT, SET_ON, problem);
    if (code == WEIR_OK)
        code = read_scenario(arguments, request);
    if (code == WEIR_OK)
        code = read_matches(arguments, problem);
    for (int c = 0; c < problem->case_count && code == WEIR_OK; c++) {
        code = fit_case_read(problem, &problem->cases[c]);
        fitted += problem->cases[c].fitted;
    }
    if (code == WEIR_OK)
        code = fit_check(problem);
    if (!problem->budget)
        problem->budget = (int)fmin(BUDGET_AT_MOST, 50.0 * (problem->key_count + 1) * fitted * problem->seed_count);
    if (code == WEIR_OK && !request->folder) {
        char *name = weir_file_name(problem->base->name);
        request->folder = weir_format("results/%s-calibrated", name);
        free(name);
    }
    return code;
}

/* Greater misfits than --within are no fit. */
static int judge(const struct request *request)
{
    const struct fit_problem *problem = &request->problem;
    for (int c = 0; c < problem->case_count && request->within > 0; c++) {
        for (int m = 0; m < problem->match_count; m++) {
            struct fit_agreement a;
            fit_agree(problem, &problem->cases[c], m, request->answer.series[c], &a);
            if (a.misfit > request->within)
                return weir_error(WEIR_ECHECK,
                                  "%s: %s is %s with a misfit of %.3g %%, more than the %g %% of --within: "
                                  "no values within the ranges reach it",
                                  problem->cases[c].path, problem->matches[m].name,
                                  problem->cases[c].fitted ? "fitted" : "predicted", 100 * a.misfit,
                                  100 * request->within);
        }
    }
    return WEIR_OK;
}

static int calibrate(const struct weir_arguments *arguments, struct request *request)
{
    struct fit_problem *problem = &request->problem;
    char *kept = weir_format("%s/runs.kept", request->folder);
    int lock = -1, code = weir_folder_make(request->folder);
    if (code == WEIR_OK && (lock = weir_folder_lock(request->folder)) < 0)
        code = lock;
    if (code == WEIR_OK && weir_arguments_value(arguments, FORCE) && weir_os->unlink(kept) != 0 && errno != ENOENT)
        code = weir_error(WEIR_EINPUT, "%s: cannot be removed: %s", kept, strerror(errno));
    if (code == WEIR_OK)
        code = fit_cache_open(kept, &problem->cache);
    if (code == WEIR_OK)
        code = fit_search(problem, &request->answer, &request->interrupted);
    if (request->interrupted)
        code = weir_error(WEIR_ERUN, "interrupted: %d runs were made and are kept in %s; the same command goes on",
                          problem->runs_made, request->folder);
    if (code == WEIR_OK)
        code = fit_write(problem, &request->answer, request->folder);
    if (code == WEIR_OK && !weir_arguments_value(arguments, NO_REPORT))
        code = weir_fit_page(problem, &request->answer, request->folder);
    int closed = fit_cache_close(problem->cache);
    weir_folder_unlock(lock);
    free(kept);
    return code == WEIR_OK ? closed : code;
}

static void release(struct request *request)
{
    struct fit_problem *problem = &request->problem;
    fit_answer_fini(problem, &request->answer);
    for (int c = 0; c < problem->case_count; c++)
        fit_case_fini(&problem->cases[c]);
    for (int k = 0; k < problem->key_count; k++)
        fit_key_fini(&problem->keys[k]);
    for (int m = 0; m < problem->match_count; m++)
        fit_match_fini(&problem->matches[m]);
    weir_scenario_free(problem->base);
    free(request->sets);
    free(request->seeds);
    free(request->scenario);
    free(request->folder);
    free(request->policy);
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct request *request = weir_alloc(1, sizeof *request);
    struct fit_problem *problem = &request->problem;
    problem->catalog = cli->catalog;
    problem->apart = 0.1;
    problem->pool.quiet = weir_arguments_value(arguments, QUIET) != NULL;
    problem->pool.many = true;
    problem->pool.title = "calibrate";
    problem->reading.time = weir_arguments_value(arguments, TIME);
    problem->reading.time_format = weir_arguments_value(arguments, TIME_FORMAT);
    problem->reading.load = weir_arguments_value(arguments, LOAD);
    problem->reading.job = weir_arguments_value(arguments, LOAD_OF);
    int code = read_request(arguments, request);
    weir_tell_remarks(problem->pool.quiet);
    if (code == WEIR_OK)
        code = calibrate(arguments, request);
    if (code == WEIR_OK) {
        char *json = weir_arguments_value(arguments, JSON) ? fit_json(problem, &request->answer) : NULL;
        if (json)
            fputs(json, stdout);
        else
            fit_print(problem, &request->answer, stdout);
        free(json);
        code = weir_stdout_finish();
    }
    if (code == WEIR_OK && !problem->pool.quiet)
        fprintf(stderr, "results are in %s\n", request->folder);
    if (code == WEIR_OK)
        code = judge(request);
    bool interrupted = request->interrupted;
    release(request);
    free(request);
    return interrupted ? WEIR_INTERRUPTED : code;
}

const struct weir_command weir_command_calibrate = {
    .name = "calibrate",
    .words = "SCENARIO MEASURED.csv...",
    .min_words = 2,
    .max_words = -1,
    .summary = "fit numbers of a scenario to measured series, and say which the series cannot tell apart",
    .detail = WEIR_SCENARIO_HELP
    "Each measured file is a run of the system (docs/calibrate.md). Runs are kept: the same command goes on from "
    "where\n"
    "it was interrupted. Leaves scenario.json, the scenario with the fitted values, calibration.json, CSV files and\n"
    "report.html in the folder.\n",
    .flags = flags,
    .run = run,
};
