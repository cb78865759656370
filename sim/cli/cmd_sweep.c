/* weir sweep: a base scenario, varied; many runs, here or on a cluster. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/cli/command.h"
#include "sim/cli/reporting.h"
#include "sim/experiment/files.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/sweep.h"
#include "sim/experiment/sweep_cluster.h"

enum {
    OUTPUT,
    PROCESSES,
    DRY_RUN,
    TIMEOUT,
    MEMORY,
    EXECUTOR,
    BATCH,
    SBATCH,
    PART,
    COLLECT,
    EXTRACT,
    SERIES,
    FORCE,
    NO_REPORT,
    NO_CODE,
    QUIET
};
static const struct weir_flag flags[] = {
    [OUTPUT] = {"output", 'o', "DIR", "where results go; else results/STUDY"},
    [PROCESSES] = {"jobs", 'j', "N", "runs at once; else as many as there are cores"},
    [DRY_RUN] = {"dry-run", 'n', NULL, "print the runs as CSV, and run none"},
    [TIMEOUT] = {"timeout", 0, "TIME", "stop a run after so much real time, as in 90s"},
    [MEMORY] = {"memory", 0, "SIZE", "stop a run that has more memory in use, as in 2GB"},
    [EXECUTOR] = {"executor", 0, "local|slurm|command",
                  "local; slurm (one job array); command (a line for each batch)"},
    [BATCH] = {"batch", 0, "N", "runs a task of the array, or a line; else as many as give at most 500"},
    [SBATCH] = {"sbatch", 0, "OPTIONS", "options for sbatch, as in '--partition=long --time=2:00:00'"},
    [PART] = {"part", 0, "K/N", "run the K-th of N parts of the sweep, and make no tables"},
    [COLLECT] = {"collect", 0, NULL, "make the tables of what is there, and run nothing"},
    [EXTRACT] = {"extract", 0, "N|KEY", "write the files of one run, given by its number or key"},
    [SERIES] = {"series", 0, "A,B,C|all", "also put these metrics of all windows.csv into runs.sqlite"},
    [FORCE] = {"force", 'f', NULL, "remove the results that are there, run all anew"},
    [NO_REPORT] = {"no-report", 0, NULL, "do not make report.html"},
    [NO_CODE] = WEIR_NO_CODE_FLAG,
    [QUIET] = {"quiet", 'q', NULL, "no progress, no remarks"},
    {0},
};

/* A command line, read. */
struct request {
    struct weir_sweep sweep;
    struct weir_cluster cluster;
    char *folder;
    enum { LOCAL, SLURM, COMMAND } executor;
};

static int read_part(const char *text, struct weir_sweep *sweep)
{
    char extra;
    if (sscanf(text, "%d/%d%c", &sweep->part, &sweep->parts, &extra) != 2 || sweep->part < 1 ||
        sweep->parts < sweep->part || sweep->parts > WEIR_STUDY_RUNS)
        return weir_error(WEIR_EUSAGE, "--part: \"%s\" is not K/N, with K from 1 to N, as in 3/20", text);
    return WEIR_OK;
}

static int read_executor(const char *text, struct request *request)
{
    static const char *const names[] = {"local", "slurm", "command"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            request->executor = i;
            return WEIR_OK;
        }
    }
    return weir_error(WEIR_EUSAGE, "--executor: \"%s\" is none; there are local, slurm and command", text);
}

static int read_memory(const char *text, double *bytes)
{
    if (weir_quantity_parse(WEIR_UNIT_BYTES, text, bytes) != WEIR_OK || *bytes <= 0)
        return weir_error(WEIR_EUSAGE, "--memory: \"%s\" is no size such as \"500MB\" or \"2GiB\"", text);
    return WEIR_OK;
}

static int check_flags(const struct weir_arguments *arguments, const struct request *request)
{
    static const int modes[] = {DRY_RUN, PART, COLLECT, EXTRACT, EXECUTOR};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (!weir_arguments_value(arguments, modes[i]))
            continue;
        if (first)
            return weir_error(WEIR_EUSAGE, "sweep: --%s and --%s are two things to do; give one of them", first,
                              flags[modes[i]].name);
        first = flags[modes[i]].name;
    }
    if (weir_arguments_value(arguments, SERIES) && first && !weir_arguments_value(arguments, COLLECT))
        return weir_error(WEIR_EUSAGE, "sweep: --series goes into runs.sqlite, which --%s does not make; leave one out",
                          first);
    if (request->sweep.force && first && request->executor == LOCAL)
        return weir_error(WEIR_EUSAGE,
                          "sweep: --force removes results, and --%s does not make new ones of all; leave "
                          "one out",
                          first);
    if (weir_arguments_value(arguments, BATCH) && request->executor == LOCAL)
        return weir_error(WEIR_EUSAGE, "sweep: --batch is for --executor slurm and command");
    if (weir_arguments_value(arguments, SBATCH) && request->executor != SLURM)
        return weir_error(WEIR_EUSAGE, "sweep: --sbatch is for --executor slurm");
    return WEIR_OK;
}

static int read_flags(const struct weir_arguments *arguments, struct request *request)
{
    struct weir_sweep *sweep = &request->sweep;
    const char *value;
    int code = WEIR_OK;
    request->cluster.sweep = sweep;
    request->cluster.options = weir_arguments_value(arguments, SBATCH);
    sweep->force = weir_arguments_value(arguments, FORCE) != NULL;
    sweep->pool.quiet = weir_arguments_value(arguments, QUIET) != NULL;
    sweep->series = weir_arguments_value(arguments, SERIES);
    sweep->pool.many = true;
    sweep->pool.title = "sweep";
    if ((value = weir_arguments_value(arguments, PROCESSES)))
        code = weir_read_integer("jobs", value, 1, 4096, &sweep->pool.processes);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, TIMEOUT)))
        code = weir_read_time("timeout", value, &sweep->pool.timeout_s);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, MEMORY)))
        code = read_memory(value, &sweep->pool.memory_bytes);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, EXECUTOR)))
        code = read_executor(value, request);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, BATCH)))
        code = weir_read_integer("batch", value, 1, WEIR_STUDY_RUNS, &request->cluster.batch);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, PART)))
        code = read_part(value, sweep);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, OUTPUT)))
        code = weir_read_folder("output", value, &request->folder);
    return code == WEIR_OK ? check_flags(arguments, request) : code;
}

static int list_runs(const struct weir_sweep_plan *plan)
{
    fputs("run,key,", stdout);
    weir_sweep_plan_print_header(plan, stdout);
    fputs(",policy,seed\n", stdout);
    for (int run = 0; run < plan->run_count; run++) {
        printf("%d,%016llx,", run + 1, plan->keys[run]);
        weir_sweep_plan_print_configuration(plan, weir_sweep_plan_configuration(plan, run), stdout);
        putchar(',');
        weir_csv_field(stdout, weir_sweep_plan_label(plan, run));
        printf(",%llu\n", weir_sweep_plan_seed(plan, run));
    }
    return WEIR_OK;
}

/* The report, if there are tables. */
static void report(const struct weir_arguments *arguments, const struct weir_sweep *sweep)
{
    char *table = weir_format("%s/aggregate.csv", sweep->folder);
    if (!weir_arguments_value(arguments, NO_REPORT) && weir_file_exists(table))
        weir_report_after(sweep->folder, sweep->pool.quiet);
    free(table);
}

static int run_here(const struct weir_arguments *arguments, const struct weir_sweep *sweep, bool *interrupted)
{
    int code = weir_sweep_run(sweep, interrupted);
    if (sweep->parts)
        return code;
    if (code == WEIR_OK && !sweep->pool.quiet)
        fprintf(stderr, "results are in %s\n", sweep->folder);
    if (!*interrupted)
        report(arguments, sweep);
    return code;
}

static int collect(const struct weir_arguments *arguments, const struct weir_sweep *sweep)
{
    int code = weir_sweep_collect(sweep);
    report(arguments, sweep);
    return code;
}

static int extract(const struct weir_sweep *sweep, const char *run)
{
    char *folder;
    int code = weir_sweep_extract(sweep, run, &folder);
    if (code == WEIR_OK)
        printf("%s\n", folder);
    free(folder);
    return code;
}

static int act(const struct weir_arguments *arguments, const struct request *request, bool *interrupted)
{
    if (weir_arguments_value(arguments, DRY_RUN))
        return list_runs(request->sweep.plan);
    if (weir_arguments_value(arguments, COLLECT))
        return collect(arguments, &request->sweep);
    if (weir_arguments_value(arguments, EXTRACT))
        return extract(&request->sweep, weir_arguments_value(arguments, EXTRACT));
    if (request->executor == SLURM)
        return weir_cluster_submit(&request->cluster, stdout);
    if (request->executor == COMMAND)
        return weir_cluster_print(&request->cluster, stdout);
    return run_here(arguments, &request->sweep, interrupted);
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct request request = {0};
    struct weir_study *study = NULL;
    struct weir_sweep_plan *plan = NULL;
    char *kept = NULL, *path = NULL;
    bool interrupted = false;

    int code = read_flags(arguments, &request);
    if (code == WEIR_OK)
        code = weir_shipped_resolve(WEIR_SHIPPED_STUDY, NULL, arguments->words[0], &path);
    if (code == WEIR_OK)
        code = weir_study_read(path, &study);
    if (code != WEIR_OK)
        goto out;
    if (!request.folder) {
        char *name = weir_file_name(study->name);
        request.folder = weir_format("results/%s", name);
        free(name);
    }
    request.sweep.folder = request.folder;
    kept = weir_format("%s/plan.bin", request.folder);
    code = request.sweep.parts ? weir_sweep_plan_load(study, cli->catalog, kept, &plan)
                               : weir_sweep_plan_make(study, cli->catalog, &plan);
    if (code != WEIR_OK)
        goto out;
    code = weir_tell_code(path, plan->base->stacks, plan->base->stack_count,
                          weir_arguments_value(arguments, NO_CODE) != NULL,
                          weir_arguments_value(arguments, QUIET) != NULL);
    if (code != WEIR_OK)
        goto out;
    request.sweep.plan = plan;
    code = act(arguments, &request, &interrupted);
out:
    weir_sweep_plan_free(plan);
    weir_study_free(study);
    free(request.folder);
    free(kept);
    free(path);
    return interrupted ? WEIR_INTERRUPTED : code;
}

const struct weir_command weir_command_sweep = {
    .name = "sweep",
    .words = "STUDY",
    .min_words = 1,
    .max_words = 1,
    .summary = "run what a study makes of a scenario: grids, lists and samples, on cores or a cluster",
    .detail =
        "STUDY is a JSON file (docs/sweep.md), or the name of one that weir brings along (`weir list studies`).\n"
        "Leaves summary.csv (a row a run), aggregate.csv (means over seeds), pairs.csv (policies against each other)\n"
        "and failures.csv in the results folder. Whatever is killed, finished runs stay: the same command runs the\n"
        "rest.\n",
    .flags = flags,
    .run = run,
};
