/* weir check: are these platforms, scenarios and workloads right? */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/check_report.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/cli/command.h"
#include "sim/engine/run.h"
#include "sim/experiment/probe.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/sweep_plan.h"
#include "sim/model/workflow.h"

enum { PLATFORM, SET, TIME, VALUE, FORMAT, NO_HEADER, SORT, SAME, EVENTS, STRICT, JSON };
static const struct weir_flag flags[] = {
    [PLATFORM] = {"platform", 'p', "XML", "the platform for workloads that are not part of a scenario"},
    [SET] = {"set", 0, "PATH=VALUE", "of scenarios: change a value first, as in duration=600s; repeatable"},
    [TIME] = {"time", 0, "COLUMN", "of a CSV: the column of times, or DATE,CLOCK; else by its name, or the first"},
    [VALUE] = {"value", 0, "COLUMN", "of a CSV: the column of values; else the first that holds numbers"},
    [FORMAT] = {"time-format", 0, "FORMAT", "of a CSV: how times are written, as strptime has it; or s, ms, us, ns"},
    [NO_HEADER] = {"no-header", 0, NULL, "of a CSV: it has no line of column names: they are 1, 2 and so on"},
    [SORT] = {"sort", 0, NULL, "of a CSV: sort the rows by time"},
    [SAME] = {"same", 0, "WAY", "of a CSV: rows of one time: refuse (default), add or mean"},
    [EVENTS] = {"events", 0, NULL, "of a CSV: a row is an event; its time alone counts"},
    [STRICT] = {"strict", 0, NULL, "values without a unit are errors"},
    [JSON] = {"json", 0, NULL, "print JSON: for each file its errors and remarks and, of a scenario, its preview"},
    {0},
};

static int check_platform(struct check_report *report, bool *interrupted)
{
    const char *path = report->path;
    struct weir_platform *platform = NULL;
    report->kind = "platform";
    int code = weir_platform_read(path, &platform);
    if (code == WEIR_OK)
        code = weir_probe_platform(platform, interrupted);
    if (code == WEIR_OK && platform->bad_energy)
        code = weir_error(WEIR_EINPUT, "%s", platform->bad_energy);
    if (code == WEIR_OK)
        weir_text_addf(&report->summary, "%zu hosts, %zu links", platform->host_count, platform->link_count);
    weir_platform_free(platform);
    return code;
}

struct look {
    const struct weir_cli *cli;
    const char *path;
};

static int look_at_stack(void *context, const struct weir_stack *stack)
{
    const struct look *look = context;
    int code = weir_stack_look(stack, look->cli->catalog);
    return code && !strstr(weir_error_message(), look->path) ? weir_error_context("%s", look->path) : code;
}

static int check_scenario(const struct weir_cli *cli, const char *const *sets, struct check_report *report,
                          bool *interrupted)
{
    struct look look = {cli, report->path};
    const struct weir_scenario_changes changes = {.sets = sets, .look = look_at_stack, .context = &look};
    int code = weir_scenario_read_changed(report->path, &changes, &report->scenario);
    const struct weir_scenario *scenario = report->scenario;
    report->kind = "scenario";
    if (code == WEIR_OK && report->errors.count == 0) {
        weir_preview_make(scenario, &report->preview);
        code = weir_probe_scenario(scenario, &report->preview, true, interrupted);
    }
    if (code == WEIR_OK)
        weir_text_addf(&report->summary, "%zu hosts, %zu links, %d jobs, %d policies, %d seeds",
                       scenario->platform->host_count, scenario->platform->link_count, scenario->workload->job_count,
                       scenario->stack_count, scenario->seed_count);
    return code;
}

static int check_study(const struct weir_cli *cli, struct check_report *report)
{
    const char *path = report->path;
    struct weir_study *study = NULL;
    report->kind = "study";
    struct weir_sweep_plan *plan = NULL;
    int code = weir_study_read(path, &study);
    if (code == WEIR_OK)
        code = weir_sweep_plan_make(study, cli->catalog, &plan);
    if (code == WEIR_OK)
        weir_text_addf(&report->summary, "%d configurations, %d policies, %d seeds", plan->configuration_count,
                       plan->policy_count, plan->seed_count);
    weir_sweep_plan_free(plan);
    weir_study_free(study);
    return code;
}

static int check_workload(const struct weir_json *root, struct check_report *report, const char *platform_path)
{
    const char *path = report->path;
    struct weir_platform *platform = NULL;
    struct weir_workload *workload = NULL;
    report->kind = "workload";
    if (!platform_path)
        return weir_error(WEIR_EINPUT,
                          "%s: has no \"platform\", so it is taken as a workload; give its platform by --platform "
                          "FILE.xml, or, if it is a scenario, add the key",
                          path);
    int code = weir_platform_read(platform_path, &platform);
    if (code == WEIR_OK)
        code = weir_workload_read(root, path, platform, &workload);
    if (code == WEIR_OK)
        weir_text_addf(&report->summary, "%d jobs", workload->job_count);
    weir_workload_free(workload);
    weir_platform_free(platform);
    return code;
}

static int check_workflow(struct check_report *report)
{
    const char *path = report->path;
    struct weir_workflow *workflow = NULL;
    report->kind = "workflow";
    int code = weir_workflow_read(path, &WEIR_WORKFLOW_OPTIONS, &workflow);
    if (code == WEIR_OK)
        weir_text_addf(&report->summary, "%d tasks, %d edges", workflow->task_count, workflow->flow_count);
    weir_workflow_free(workflow);
    return code;
}

static int check_series(const struct weir_arguments *arguments, struct check_report *report)
{
    const char *path = report->path;
    struct weir_series series;
    report->kind = "series";
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
        weir_text_addf(&report->summary, "%s", series.about);
        weir_series_fini(&series);
    }
    return code;
}

static int check_json(const struct weir_cli *cli, struct check_report *report, const char *platform,
                      const char *const *sets, bool *interrupted)
{
    const char *path = report->path;
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
        code = check_workflow(report);
    else if (!scenario && weir_json_get(&root, "scenario", &child))
        code = check_study(cli, report);
    else if (workload)
        code = check_workload(&root, report, platform);
    else
        code = check_scenario(cli, sets, report, interrupted);
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

/* Finds out what the file is and checks it; what is wrong goes into the report. */
static void check(const struct weir_cli *cli, const struct weir_arguments *arguments, const char *const *sets,
                  struct check_report *report, bool *interrupted)
{
    const char *path = report->path;
    struct weir_remarks *remarks = weir_remarks_collect(&report->remarks);
    struct weir_remarks *errors = weir_errors_collect(&report->errors);
    int code;
    if (ends_with(path, ".xml"))
        code = check_platform(report, interrupted);
    else if (ends_with(path, ".json"))
        code = check_json(cli, report, weir_arguments_value(arguments, PLATFORM), sets, interrupted);
    else if (is_table(path))
        code = check_series(arguments, report);
    else
        code = weir_error(WEIR_EINPUT,
                          "%s: ends neither in .xml (a platform) nor in .json (a scenario or workload) nor in .csv "
                          "(a series)",
                          path);
    weir_remarks_collect(remarks);
    weir_error_keep(code == WEIR_OK ? code : WEIR_EINPUT);
    weir_errors_collect(errors);
    weir_error_clear();
    report->ok = report->errors.count == 0;
    report->strict = report->remarks.units > 0 && weir_arguments_value(arguments, STRICT);
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    bool json = weir_arguments_value(arguments, JSON) != NULL, interrupted = false;
    cJSON *root = cJSON_CreateObject(), *files = cJSON_AddArrayToObject(root, "files");
    const char **sets = NULL;
    int bad = 0, code = weir_read_sets(arguments, SET, &sets);
    for (int i = 0; i < arguments->word_count && !interrupted && code == WEIR_OK; i++) {
        struct check_report report = {0};
        char *path = NULL;
        if (weir_shipped_resolve(WEIR_SHIPPED_SCENARIO | WEIR_SHIPPED_STUDY, NULL, arguments->words[i], &path)) {
            struct weir_remarks *errors = weir_errors_collect(&report.errors);
            weir_error_keep(WEIR_EINPUT);
            weir_errors_collect(errors);
            weir_error_clear();
        }
        report.path = path ? path : arguments->words[i];
        if (path)
            check(cli, arguments, sets, &report, &interrupted);
        bad += !report.ok || report.strict;
        if (json && !interrupted)
            check_report_add(&report, files);
        else if (!interrupted)
            check_report_print(&report);
        check_report_fini(&report);
        free(path);
    }
    if (json && !interrupted && code == WEIR_OK) {
        char *text = cJSON_Print(root);
        puts(text);
        cJSON_free(text);
    }
    cJSON_Delete(root);
    free(sets);
    if (code != WEIR_OK)
        return code;
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
