/* Workflows: tasks and what flows between them, read from the files of others. As a job (workload_workflow.c) a task is
 * an operator that joins its inputs, and one item is one execution of the whole. */
#ifndef WEIR_MODEL_WORKFLOW_H
#define WEIR_MODEL_WORKFLOW_H

#include "sim/base/json.h"

struct weir_task {
    char *name; /* unique in the workflow */
    double flops;
    double input_bytes;  /* of files that it reads and no task writes */
    double output_bytes; /* of files that it writes and no task reads */
    int parents, children;
};

/* A dependency, and what the child reads of what the parent writes. */
struct weir_flow {
    int from, to; /* indexes of tasks */
    double bytes;
};

struct weir_workflow {
    char *path;
    const char *format;      /* "WfCommons JSON", ... */
    struct weir_task *tasks; /* in topological order */
    int task_count;
    struct weir_flow *flows; /* by from, then by to; none twice */
    int flow_count;
    unsigned long long hash; /* of the content of its files */
};

/* How measured times become work. Start from WEIR_WORKFLOW_OPTIONS. */
struct weir_workflow_options {
    double reference_flops_per_s; /* of the core on which runtimes were measured: flops = runtime x this */
    double data_factor;           /* times all sizes */
    double least_runtime_s;       /* shorter runtimes are raised to it; at 0, those of zero stay, which is a remark */
    const char *dag;              /* of a table that holds several workflows: which; else NULL */
};
#define WEIR_WORKFLOW_OPTIONS ((struct weir_workflow_options){.reference_flops_per_s = 1e9, .data_factor = 1})

#define WEIR_TASKS_AT_MOST 10000 /* as many as a job can have operators */
#define WEIR_FLOWS_AT_MOST 1000000

/* Reads a workflow, plain or gzip, of whatever format its content shows:
 *   WfCommons JSON   schemas 1.0 to 1.6 (https://wfcommons.org/format)
 *   weir JSON        {"tasks": [...], "edges": [...]}
 *   Pegasus          abstract workflows of version 5, YAML or JSON
 *   Pegasus DAX      <adag>, versions 2 and 3
 *   DOT              "digraph ...", as daggen writes it and SimGrid reads it
 *   daggen           lines of NODE
 *   STG              the Standard Task Graph Set
 *   batch_task       a table of Alibaba's cluster traces, of which options->dag is a job
 *   CSV              X.tasks.csv with X.edges.csv beside it
 * Errors: WEIR_EINPUT with file and place: a circle, tasks given twice, unknown parents, files or sizes or runtimes
 * that are missing, negative sizes and runtimes. *workflow is NULL then. */
int weir_workflow_read(const char *path, const struct weir_workflow_options *options, struct weir_workflow **workflow);
void weir_workflow_free(struct weir_workflow *workflow);

/* What a workflow amounts to. */
struct weir_workflow_summary {
    int tasks, edges, roots, sinks;
    int depth; /* tasks on the longest way */
    int width; /* most tasks on one level; a task's level is one more than the highest of its parents' */
    int fan_in, fan_out;
    double flops;
    double critical_flops; /* on the way from root to sink that has most; transfers take no time */
    double bytes;          /* along all edges */
    double input_bytes, output_bytes;
};
struct weir_workflow_summary weir_workflow_summarise(const struct weir_workflow *workflow);

#endif
