/* weir workflow: what a workflow file amounts to. */
#include <cjson/cJSON.h>
#include <float.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/cli/command.h"
#include "sim/model/workflow.h"

enum { REFERENCE_SPEED, DATA_FACTOR, LEAST_RUNTIME, DAG, JSON };
static const struct weir_flag flags[] = {
    [REFERENCE_SPEED] = {"reference-speed", 's', "SPEED",
                         "of the core on which runtimes were measured; work is runtime times it (default 1Gf)"},
    [DATA_FACTOR] = {"data-factor", 0, "NUMBER", "times all sizes (default 1)"},
    [LEAST_RUNTIME] = {"least-runtime", 0, "TIME", "raise shorter runtimes to it (default: 0, which stay)"},
    [DAG] = {"dag", 0, "DAG", "which workflow of a table that holds several"},
    [JSON] = {"json", 0, NULL, "print JSON"},
    {0},
};

static int read_options(const struct weir_arguments *arguments, struct weir_workflow_options *options)
{
    const char *speed = weir_arguments_value(arguments, REFERENCE_SPEED);
    const char *factor = weir_arguments_value(arguments, DATA_FACTOR);
    const char *least = weir_arguments_value(arguments, LEAST_RUNTIME);
    int code = WEIR_OK;
    *options = WEIR_WORKFLOW_OPTIONS;
    options->dag = weir_arguments_value(arguments, DAG);
    if (speed && weir_quantity_parse(WEIR_UNIT_SPEED, speed, &options->reference_flops_per_s))
        code = weir_error_context("--reference-speed");
    if (!code && !(options->reference_flops_per_s > 0))
        code = weir_error(WEIR_EUSAGE, "--reference-speed: must be more than 0");
    if (!code && factor && (weir_quantity_parse(WEIR_UNIT_NONE, factor, &options->data_factor) != WEIR_OK))
        code = weir_error_context("--data-factor");
    if (!code && !(options->data_factor >= 0))
        code = weir_error(WEIR_EUSAGE, "--data-factor: must not be negative");
    if (!code && least)
        code = weir_read_time("least-runtime", least, &options->least_runtime_s);
    return code == WEIR_EINPUT ? weir_error(WEIR_EUSAGE, "%s", weir_error_message()) : code;
}

static void print_json(const struct weir_workflow *workflow, const struct weir_workflow_summary *summary, double speed)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "file", workflow->path);
    cJSON_AddStringToObject(root, "format", workflow->format);
    cJSON_AddNumberToObject(root, "tasks", summary->tasks);
    cJSON_AddNumberToObject(root, "edges", summary->edges);
    cJSON_AddNumberToObject(root, "roots", summary->roots);
    cJSON_AddNumberToObject(root, "sinks", summary->sinks);
    cJSON_AddNumberToObject(root, "depth", summary->depth);
    cJSON_AddNumberToObject(root, "width", summary->width);
    cJSON_AddNumberToObject(root, "fan_in", summary->fan_in);
    cJSON_AddNumberToObject(root, "fan_out", summary->fan_out);
    cJSON_AddNumberToObject(root, "reference_flops_per_s", speed);
    cJSON_AddNumberToObject(root, "work_flops", summary->flops);
    cJSON_AddNumberToObject(root, "work_s", summary->flops / speed);
    cJSON_AddNumberToObject(root, "critical_path_s", summary->critical_flops / speed);
    cJSON_AddNumberToObject(root, "edge_bytes", summary->bytes);
    cJSON_AddNumberToObject(root, "input_bytes", summary->input_bytes);
    cJSON_AddNumberToObject(root, "output_bytes", summary->output_bytes);
    char *text = cJSON_Print(root);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(root);
}

static const char *bytes(double value, char buffer[32])
{
    return weir_quantity_show(WEIR_UNIT_BYTES, value, buffer, 32);
}

static void print_text(const struct weir_workflow *workflow, const struct weir_workflow_summary *summary, double speed)
{
    char work[32], at[32], along[32], in[32], out[32];
    weir_quantity_show(WEIR_UNIT_FLOPS, summary->flops, work, sizeof work);
    weir_quantity_show(WEIR_UNIT_SPEED, speed, at, sizeof at);
    printf("%s: %s\n", workflow->path, workflow->format);
    printf("  tasks          %d (%d roots, %d sinks)\n", summary->tasks, summary->roots, summary->sinks);
    printf("  edges          %d (at most %d into a task, %d out of one)\n", summary->edges, summary->fan_in,
           summary->fan_out);
    printf("  levels         %d (at most %d tasks on one)\n", summary->depth, summary->width);
    printf("  work           %s, %.10g s at %s\n", work, summary->flops / speed, at);
    printf("  critical path  %.10g s without transfers (speed-up at most %.3g)\n", summary->critical_flops / speed,
           summary->critical_flops > 0 ? summary->flops / summary->critical_flops : 1);
    printf("  data           %s along edges, %s from outside, %s left at the end\n", bytes(summary->bytes, along),
           bytes(summary->input_bytes, in), bytes(summary->output_bytes, out));
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_workflow_options options;
    struct weir_workflow *workflow = NULL;
    int code = read_options(arguments, &options);
    if (!code)
        code = weir_workflow_read(arguments->words[0], &options, &workflow);
    weir_tell_remarks(false);
    if (code)
        return code;
    struct weir_workflow_summary summary = weir_workflow_summarise(workflow);
    if (weir_arguments_value(arguments, JSON))
        print_json(workflow, &summary, options.reference_flops_per_s);
    else
        print_text(workflow, &summary, options.reference_flops_per_s);
    weir_workflow_free(workflow);
    return WEIR_OK;
}

const struct weir_command weir_command_workflow = {
    .name = "workflow",
    .words = "FILE",
    .min_words = 1,
    .max_words = 1,
    .summary = "read a workflow file, and show its tasks, work, critical path and data",
    .detail = "FILE, plain or gzip, is WfCommons JSON, weir's own JSON, Pegasus YAML or DAX, DOT, an output\n"
              "of daggen, a Standard Task Graph, a batch_task table of Alibaba, or a table NAME.tasks.csv with\n"
              "NAME.edges.csv beside it. A job of a workload runs it: \"workflow\": \"FILE\".\n",
    .flags = flags,
    .run = run,
};
