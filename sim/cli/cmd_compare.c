/* weir compare: policies x seeds, side by side. */
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/reporting.h"
#include "sim/experiment/compare.h"
#include "sim/experiment/files.h"
#include "sim/experiment/probe.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/table.h"

enum {
    POLICY,
    SEEDS,
    SET,
    PROCESSES,
    OUTPUT,
    RESUME,
    FORCE,
    METRICS,
    BOOTSTRAP,
    TIMEOUT,
    NO_REPORT,
    JSON,
    NO_CODE,
    QUIET
};
static const struct weir_flag flags[] = {
    [POLICY] = {"policy", 'p', "P", "a policy, a stack (ds2+nearest), ./mine.so, 'exec:COMMAND'; repeatable"},
    [SEEDS] = {"seeds", 's', "N|LIST", "5 means 1 to 5; or a list such as 3,7,10-19; else the scenario's"},
    [SET] = {"set", 0, "PATH=VALUE", "change a value of the scenario, as in duration=600s; repeatable"},
    [PROCESSES] = {"jobs", 'j', "N", "runs at once; else as many as there are cores"},
    [OUTPUT] = {"output", 'o', "DIR", "where results go; else results/SCENARIO"},
    [RESUME] = {"resume", 'r', NULL, "keep finished runs of these inputs, replace others, run the rest"},
    [FORCE] = {"force", 'f', NULL, "remove the runs that are there, run all anew"},
    [METRICS] = {"metrics", 'm', "A,B,C", "columns of the table; `weir list metrics` shows all"},
    [BOOTSTRAP] = {"bootstrap", 0, NULL, "intervals by bootstrap over seeds, of 8 at least; for runs that are skewed"},
    [TIMEOUT] = {"timeout", 0, "TIME", "stop a run after so much real time, as in 90s"},
    [NO_REPORT] = {"no-report", 0, NULL, "do not make report.html"},
    [JSON] = {"json", 0, NULL, "print the summary as JSON instead of a table"},
    [NO_CODE] = WEIR_NO_CODE_FLAG,
    [QUIET] = {"quiet", 'q', NULL, "no progress, no remarks"},
    {0},
};

/* The stacks given by --policy; *stacks is owned, NULL if there are none. */
static int read_policies(const struct weir_arguments *arguments, struct weir_stack **stacks, int *count)
{
    int code = WEIR_OK;
    const char **names = weir_arguments_values(arguments, POLICY, count);
    *stacks = *count ? weir_alloc((size_t)*count, sizeof **stacks) : NULL;
    for (int i = 0; i < *count && code == WEIR_OK; i++)
        code = weir_stack_parse(names[i], &(*stacks)[i]);
    free(names);
    return code;
}

static int read_flags(const struct weir_arguments *arguments, struct weir_compare_spec *spec,
                      unsigned long long **seeds, char **folder)
{
    const char *processes = weir_arguments_value(arguments, PROCESSES), *list = weir_arguments_value(arguments, SEEDS);
    const char *timeout = weir_arguments_value(arguments, TIMEOUT), *output = weir_arguments_value(arguments, OUTPUT);
    struct weir_columns columns;
    spec->resume = weir_arguments_value(arguments, RESUME) != NULL;
    spec->force = weir_arguments_value(arguments, FORCE) != NULL;
    spec->bootstrap = weir_arguments_value(arguments, BOOTSTRAP) != NULL;
    spec->pool.quiet = weir_arguments_value(arguments, QUIET) != NULL;
    spec->pool.title = "compare";
    int code = weir_columns_choose(weir_arguments_value(arguments, METRICS), NULL, &columns);
    if (code == WEIR_OK && spec->resume && spec->force)
        code = weir_error(WEIR_EUSAGE, "compare: --resume keeps runs and --force removes them; give one of the two");
    if (code == WEIR_OK && processes)
        code = weir_read_integer("jobs", processes, 1, 4096, &spec->pool.processes);
    if (code == WEIR_OK && timeout)
        code = weir_read_time("timeout", timeout, &spec->pool.timeout_s);
    if (code == WEIR_OK && list)
        code = weir_read_seeds("seeds", list, seeds, &spec->seed_count);
    if (code == WEIR_OK && output)
        code = weir_read_folder("output", output, folder);
    return code;
}

static int show(const struct weir_arguments *arguments, const struct weir_summary *summary)
{
    struct weir_columns columns;
    if (weir_arguments_value(arguments, JSON)) {
        char *json = weir_summary_json(summary);
        fputs(json, stdout);
        free(json);
    } else {
        int code = weir_columns_choose(weir_arguments_value(arguments, METRICS), summary, &columns);
        if (code != WEIR_OK)
            return code;
        weir_table_print(stdout, summary, &columns, weir_terminal_bold(stdout), weir_terminal_width(stdout));
    }
    fflush(stdout);
    if (!weir_arguments_value(arguments, QUIET))
        fprintf(stderr, "results are in %s\n", summary->folder);
    return WEIR_OK;
}

/* Whether the scenario has the routes that it needs, and what will be busiest, in a line. */
static int preview(const struct weir_scenario *scenario, bool quiet, bool *interrupted)
{
    struct weir_preview preview;
    weir_preview_make(scenario, &preview);
    int code = weir_probe_scenario(scenario, &preview, false, interrupted);
    if (code == WEIR_OK && !quiet && !*interrupted) {
        weir_preview_line(stderr, &preview);
        fputc('\n', stderr);
    }
    weir_preview_fini(&preview);
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_compare_spec spec = {.catalog = cli->catalog};
    struct weir_scenario *scenario = NULL;
    struct weir_stack *stacks = NULL;
    struct weir_summary *summary = NULL;
    unsigned long long *seeds = NULL;
    const char **sets = NULL;
    char *folder = NULL, *path = NULL;
    int stack_count = 0;
    bool interrupted = false;

    int code = read_flags(arguments, &spec, &seeds, &folder);
    if (code == WEIR_OK)
        code = weir_read_sets(arguments, SET, &sets);
    if (code == WEIR_OK)
        code = read_policies(arguments, &stacks, &stack_count);
    if (code == WEIR_OK)
        code = weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, NULL, arguments->words[0], &path);
    if (code == WEIR_OK)
        code = weir_scenario_read(path, sets, &scenario);
    if (code != WEIR_OK)
        goto out;
    if (!folder) {
        char *name = weir_file_name(scenario->name);
        folder = weir_format("results/%s", name);
        free(name);
    }
    spec.scenario = scenario;
    spec.sets = sets;
    spec.stacks = stacks ? stacks : scenario->stacks;
    spec.stack_count = stacks ? stack_count : scenario->stack_count;
    spec.seeds = seeds ? seeds : scenario->seeds;
    spec.seed_count = seeds ? spec.seed_count : scenario->seed_count;
    spec.folder = folder;
    code = weir_tell_code(path, spec.stacks, spec.stack_count, weir_arguments_value(arguments, NO_CODE) != NULL,
                          spec.pool.quiet);
    if (code == WEIR_OK)
        code = preview(scenario, spec.pool.quiet, &interrupted);
    if (code == WEIR_OK && !interrupted)
        code = weir_compare(&spec, &summary, &interrupted);
    if (summary) {
        int shown = show(arguments, summary);
        code = code == WEIR_OK ? shown : code;
        if (!weir_arguments_value(arguments, NO_REPORT))
            weir_report_after(folder, spec.pool.quiet);
    }
out:
    weir_summary_free(summary);
    for (int i = 0; stacks && i < stack_count; i++)
        weir_stack_fini(&stacks[i]);
    free(stacks);
    weir_scenario_free(scenario);
    free(path);
    free(seeds);
    free(sets);
    free(folder);
    return interrupted ? WEIR_INTERRUPTED : code;
}

const struct weir_command weir_command_compare = {
    .name = "compare",
    .words = "SCENARIO",
    .min_words = 1,
    .max_words = 1,
    .summary = "run policies with several seeds in parallel, and show them side by side",
    .detail = WEIR_SCENARIO_HELP
    "Leaves summary.csv, runs.csv, scenario.json and a folder for each run in the results folder. Ctrl-C keeps\n"
    "what is finished; --resume goes on from there.\n",
    .flags = flags,
    .run = run,
};
