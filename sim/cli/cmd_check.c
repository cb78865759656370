/* weir check: are these platforms, scenarios and workloads right? */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/cli/command.h"
#include "sim/engine/run.h"
#include "sim/experiment/preview.h"
#include "sim/experiment/probe.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/sweep_plan.h"
#include "sim/model/workflow.h"

enum { PLATFORM, TIME, VALUE, FORMAT, NO_HEADER, SORT, SAME, EVENTS, STRICT };
enum { SHOWN = 5 }; /* operators, links and hosts of a preview */
static const struct weir_flag flags[] = {
    [PLATFORM] = {"platform", 'p', "XML", "the platform for workloads that are not part of a scenario"},
    [TIME] = {"time", 0, "COLUMN", "of a CSV: the column of times, or DATE,CLOCK; else by its name, or the first"},
    [VALUE] = {"value", 0, "COLUMN", "of a CSV: the column of values; else the first that holds numbers"},
    [FORMAT] = {"time-format", 0, "FORMAT", "of a CSV: how times are written, as strptime has it; or s, ms, us, ns"},
    [NO_HEADER] = {"no-header", 0, NULL, "of a CSV: it has no line of column names: they are 1, 2 and so on"},
    [SORT] = {"sort", 0, NULL, "of a CSV: sort the rows by time"},
    [SAME] = {"same", 0, "WAY", "of a CSV: rows of one time: refuse (default), add or mean"},
    [EVENTS] = {"events", 0, NULL, "of a CSV: a row is an event; its time alone counts"},
    [STRICT] = {"strict", 0, NULL, "values without a unit are errors"},
    {0},
};

static int check_platform(const char *path, bool *interrupted)
{
    struct weir_platform *platform = NULL;
    int code = weir_platform_read(path, &platform);
    if (code == WEIR_OK)
        code = weir_probe_platform(platform, interrupted);
    if (code == WEIR_OK && platform->bad_energy)
        code = weir_error(WEIR_EINPUT, "%s", platform->bad_energy);
    if (code == WEIR_OK)
        printf("%s: ok (%zu hosts, %zu links)\n", path, platform->host_count, platform->link_count);
    weir_platform_free(platform);
    return code;
}

static int check_scenario(const struct weir_cli *cli, const char *path, bool *interrupted)
{
    struct weir_scenario *scenario = NULL;
    int code = weir_scenario_read(path, NULL, &scenario);
    for (int i = 0; code == WEIR_OK && i < scenario->stack_count; i++) {
        code = weir_stack_look(&scenario->stacks[i], cli->catalog);
        if (code != WEIR_OK && !strstr(weir_error_message(), path))
            weir_error_context("%s", path);
    }
    struct weir_preview preview = {0};
    if (code == WEIR_OK) {
        weir_preview_make(scenario, &preview);
        code = weir_probe_scenario(scenario, &preview, true, interrupted);
    }
    if (code == WEIR_OK)
        printf("%s: ok (%zu hosts, %zu links, %d jobs, %d policies, %d seeds)\n", path, scenario->platform->host_count,
               scenario->platform->link_count, scenario->workload->job_count, scenario->stack_count,
               scenario->seed_count);
    if (code == WEIR_OK)
        weir_preview_print(stdout, &preview, SHOWN);
    weir_preview_fini(&preview);
    weir_scenario_free(scenario);
    return code;
}

static int check_study(const struct weir_cli *cli, const char *path)
{
    struct weir_study *study = NULL;
    struct weir_sweep_plan *plan = NULL;
    int code = weir_study_read(path, &study);
    if (code == WEIR_OK)
        code = weir_sweep_plan_make(study, cli->catalog, &plan);
    if (code == WEIR_OK)
        printf("%s: ok (%d configurations, %d policies, %d seeds)\n", path, plan->configuration_count,
               plan->policy_count, plan->seed_count);
    weir_sweep_plan_free(plan);
    weir_study_free(study);
    return code;
}

static int check_workload(const struct weir_json *root, const char *path, const char *platform_path)
{
    struct weir_platform *platform = NULL;
    struct weir_workload *workload = NULL;
    if (!platform_path)
        return weir_error(WEIR_EINPUT,
                          "%s: has no \"platform\", so it is taken as a workload; give its platform by --platform "
                          "FILE.xml, or, if it is a scenario, add the key",
                          path);
    int code = weir_platform_read(platform_path, &platform);
    if (code == WEIR_OK)
        code = weir_workload_read(root, path, platform, &workload);
    if (code == WEIR_OK)
        printf("%s: ok (%d jobs)\n", path, workload->job_count);
    weir_workload_free(workload);
    weir_platform_free(platform);
    return code;
}

static int check_workflow(const char *path)
{
    struct weir_workflow *workflow = NULL;
    int code = weir_workflow_read(path, &WEIR_WORKFLOW_OPTIONS, &workflow);
    if (code == WEIR_OK)
        printf("%s: ok (%d tasks, %d edges)\n", path, workflow->task_count, workflow->flow_count);
    weir_workflow_free(workflow);
    return code;
}

static int check_series(const struct weir_arguments *arguments, const char *path)
{
    struct weir_series series;
    struct weir_series_options options = {
        .time = weir_arguments_value(arguments, TIME),
        .value = weir_arguments_value(arguments, VALUE),
        .time_format = weir_arguments_value(arguments, FORMAT),
        .events = weir_arguments_value(arguments, EVENTS) != NULL,
        .no_header = weir_arguments_value(arguments, NO_HEADER) != NULL,
        .sort = weir_arguments_value(arguments, SORT) != NULL,
        .any = true,
    };
    int code = weir_read_same("same", weir_arguments_value(arguments, SAME), &options.same);
    if (code == WEIR_OK)
        code = weir_series_load(path, &options, &series);
    if (code == WEIR_OK) {
        printf("%s: ok (%s)\n", path, series.about);
        weir_series_fini(&series);
    }
    return code;
}

static int check_json(const struct weir_cli *cli, const char *path, const char *platform, bool *interrupted)
{
    struct weir_json_doc *doc = NULL;
    struct weir_json child;
    int code = weir_json_load(path, &doc);
    if (code != WEIR_OK)
        return code;
    struct weir_json root = weir_json_root(doc);
    bool scenario = weir_json_get(&root, "platform", &child);
    bool workload = !scenario && (platform || weir_json_get(&root, "jobs", &child));
    bool workflow = weir_json_get(&root, "tasks", &child) || weir_json_get(&root, "schemaVersion", &child);
    if (!scenario && workflow)
        code = check_workflow(path);
    else if (!scenario && weir_json_get(&root, "scenario", &child))
        code = check_study(cli, path);
    else if (workload)
        code = check_workload(&root, path, platform);
    else
        code = check_scenario(cli, path, interrupted);
    weir_json_free(doc);
    return code;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_table(const char *path)
{
    static const char *const ends[] = {".csv", ".csv.gz", ".tsv", ".tsv.gz", NULL};
    for (const char *const *end = ends; *end; end++)
        if (ends_with(path, *end))
            return true;
    return false;
}

/* What readers took for what, below the line of the file; how many values there are without a unit. */
static size_t print_remarks(void)
{
    struct weir_remarks *remarks = weir_remarks_collect(NULL);
    for (size_t i = 0; remarks && i < remarks->count; i++)
        printf("  remark: %s\n", remarks->sentence[i]);
    if (remarks && remarks->dropped)
        printf("  remark: and %zu more\n", remarks->dropped);
    size_t units = remarks ? remarks->units : 0;
    if (remarks)
        weir_remarks_fini(remarks);
    weir_remarks_collect(remarks);
    return units;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    const char *platform = weir_arguments_value(arguments, PLATFORM);
    int bad = 0;
    bool interrupted = false;
    for (int i = 0; i < arguments->word_count && !interrupted; i++) {
        char *path;
        int code = weir_shipped_resolve(WEIR_SHIPPED_SCENARIO | WEIR_SHIPPED_STUDY, NULL, arguments->words[i], &path);
        if (code == WEIR_OK && ends_with(path, ".xml"))
            code = check_platform(path, &interrupted);
        else if (code == WEIR_OK && ends_with(path, ".json"))
            code = check_json(cli, path, platform, &interrupted);
        else if (code == WEIR_OK && is_table(path))
            code = check_series(arguments, path);
        else if (code == WEIR_OK)
            code = weir_error(WEIR_EINPUT,
                              "%s: ends neither in .xml (a platform) nor in .json (a scenario or workload) nor in .csv "
                              "(a series)",
                              path);
        free(path);
        if (code != WEIR_OK && !interrupted)
            printf("%s\n", weir_error_message());
        bool bare = print_remarks() > 0 && weir_arguments_value(arguments, STRICT);
        bad += (code != WEIR_OK || bare) && !interrupted;
        fflush(stdout);
        weir_error_clear();
    }
    return interrupted ? WEIR_INTERRUPTED : bad ? WEIR_EINPUT : WEIR_OK;
}

const struct weir_command weir_command_check = {
    .name = "check",
    .words = "FILE|NAME...",
    .min_words = 1,
    .max_words = -1,
    .summary =
        "check platforms (.xml), scenarios, workloads, studies (.json) and series (.csv), and say what is wrong where",
    .detail =
        "Prints one line for each file. A JSON file with the key \"platform\" is a scenario: its platform, workload,\n"
        "loads and policies are checked, too. One with \"tasks\" or \"schemaVersion\" is a workflow (`weir workflow` "
        "reads\n"
        "other formats as well), one with the key \"scenario\" is a study of weir sweep. Platforms are also tried in\n"
        "SimGrid itself. A CSV is a series: which columns are taken, how its times are read, from when to when it "
        "goes.\n"
        "NAME is one of `weir list scenarios` or `weir list studies`.\n",
    .flags = flags,
    .run = run,
};
