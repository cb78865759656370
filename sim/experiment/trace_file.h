/* A run as a trace in Chrome's trace event format (JSON), which Perfetto and chrome://tracing open: hosts are
 * processes, instances and sources their threads, with spans in which they are busy or blocked; transfers, changes of
 * plans and outages are spans, too, decisions are marks, backlogs and queues are counters. */
#ifndef WEIR_EXPERIMENT_TRACE_FILE_H
#define WEIR_EXPERIMENT_TRACE_FILE_H

#include "sim/engine/run.h"

/* What to trace; path NULL: nothing. Spans that touch from_s..until_s are told whole. */
struct weir_trace_options {
    const char *path;
    double from_s, until_s;
};

struct weir_trace_file;

/* Opens "path.partial". Errors: WEIR_EINPUT; *file is NULL then, and for options without a path. */
int weir_trace_file_begin(const struct weir_trace_options *options, struct weir_trace_file **file);
/* Ends the file and gives it its name, or (!whole) removes it. Errors: WEIR_EINPUT. NULL: nothing happens. */
int weir_trace_file_end(struct weir_trace_file *file, bool whole);

/* NULL: nothing happens. */
void weir_trace_file_span(struct weir_trace_file *file, const struct weir_span *span);
void weir_trace_file_metric(struct weir_trace_file *file, double time_s, const char *job, const char *op,
                            const char *host, const char *metric, double value);
void weir_trace_file_decision(struct weir_trace_file *file, double time_s, const char *policy, const char *job,
                              const char *op, const char *what, const char *why, const char *refusal);

#endif
