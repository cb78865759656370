/* The inside of the workflow readers: workflow_*.c find the tasks and edges in a format, workflow_build.c makes a
 * workflow of them. */
#ifndef WEIR_MODEL_WORKFLOW_PARTS_H
#define WEIR_MODEL_WORKFLOW_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/text.h"
#include "sim/model/platform_names.h"
#include "sim/model/workflow.h"

/* A task that reads or writes a file. */
struct weir_file_use {
    int task, file;
    bool writes;
    double bytes;
};

/* A workflow that grows, in the order of its file. */
struct weir_workflow_builder {
    const char *path;
    const struct weir_workflow_options *options;
    struct weir_workflow *workflow;
    struct weir_names tasks; /* ids; borrowed from the document */
    struct weir_names files; /* likewise */
    struct weir_file_use *uses;
    size_t use_count, use_capacity;
    size_t task_capacity, flow_capacity;
    char **kept; /* texts that no document holds */
    size_t kept_count, kept_capacity;
    int zero_runtimes;
    int bare_tasks, bare_edges, bare_files; /* without a size, which count as 0; files each time they are named */
    bool by_files;                          /* what flows is what files say; else each edge says its bytes */
    bool adds_up; /* edges between the same tasks are one that carries all; else they are refused, unless by_files */
};

/* The functions below return an error without the place, which the reader puts before it; indexes are not negative. */

/* Adds a task under an id, which must outlive the builder; its name is "kind_id", or the id alone if kind is NULL. */
int weir_build_task(struct weir_workflow_builder *builder, const char *id, const char *kind, double flops);

/* The work of a runtime, checked. */
int weir_build_runtime(struct weir_workflow_builder *builder, double runtime_s, double *flops);

/* The index of a task, with a suggestion in the error if there is none. `what`: "parent", "task", ... */
int weir_build_find(const struct weir_workflow_builder *builder, const char *what, const char *id);

int weir_build_flow(struct weir_workflow_builder *builder, int from, int to, double bytes);

/* A file is known by its name, which must outlive the builder. */
int weir_build_use(struct weir_workflow_builder *builder, int task, const char *file, bool writes, double bytes);

/* Checks a size, not yet times the factor. */
int weir_build_size(const struct weir_workflow_builder *builder, double bytes);

/* Puts edges in order, finds what they carry, refuses circles, sorts the tasks. */
int weir_build_finish(struct weir_workflow_builder *builder);

/* A copy of a text that lives as long as the builder. */
const char *weir_build_keep(struct weir_workflow_builder *builder, const char *text, size_t length);

/* Reads a decimal number and nothing else; `what` is its name in the error. */
int weir_build_number(const char *what, const char *text, double *value);

/* Puts the place of a value before the last error; returns WEIR_EINPUT. */
int weir_build_fail_at(const struct weir_json *at);

/* The readers. `root` and the text outlive the builder. */
int weir_workflow_wfcommons(struct weir_workflow_builder *builder, const struct weir_json *root);
int weir_workflow_plain(struct weir_workflow_builder *builder, const struct weir_json *root);
int weir_workflow_pegasus(struct weir_workflow_builder *builder, const struct weir_json *root);
int weir_workflow_dot(struct weir_workflow_builder *builder, const char *text);
int weir_workflow_nodes(struct weir_workflow_builder *builder, const char *text);
bool weir_workflow_is_stg(const char *text);
int weir_workflow_stg(struct weir_workflow_builder *builder, const char *text);
bool weir_workflow_is_batch(const char *text);
int weir_workflow_batch(struct weir_workflow_builder *builder); /* reads the table itself */
struct _xmlDoc;
int weir_workflow_dax(struct weir_workflow_builder *builder, struct _xmlDoc *document);
/* Reads the tables itself; `edges` is the path of the second. */
int weir_workflow_tables(struct weir_workflow_builder *builder, const char *edges);

#endif
