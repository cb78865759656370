#include "sim/experiment/recorder.h"

#include "sim/experiment/files.h"

static void on_metric(void *context, double time_s, const char *job, const char *op, const char *host,
                      const char *metric, double value)
{
    const struct weir_recorder *recorder = context;
    struct weir_rows *rows = recorder->windows;
    weir_trace_file_metric(recorder->trace, time_s, job, op, host, metric, value);
    if (recorder->held)
        weir_held_metric(recorder->held, job, host, metric, value);
    if (!rows)
        return;
    const char *const fields[] = {job, op, host, metric};
    weir_rows_number(rows, time_s);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        weir_rows_text(rows, ",");
        weir_rows_field(rows, fields[i]);
    }
    weir_rows_text(rows, ",");
    weir_rows_number(rows, value);
    weir_rows_text(rows, "\n");
}

static void on_decision(void *context, double time_s, const char *policy, const char *job, const char *op,
                        const char *what, const char *why, const char *refusal)
{
    const struct weir_recorder *recorder = context;
    FILE *file = recorder->decisions;
    weir_trace_file_decision(recorder->trace, time_s, policy, job, op, what, why, refusal);
    if (!file)
        return;
    const char *fields[] = {policy, job, op, what, why, refusal};
    fprintf(file, "%.10g", time_s);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        fputc(',', file);
        weir_csv_field(file, fields[i] ? fields[i] : "");
    }
    fputc('\n', file);
}

static void on_span(void *context, const struct weir_span *span)
{
    weir_trace_file_span(((struct weir_recorder *)context)->trace, span);
}

static void on_progress(void *context, double time_s, double duration_s)
{
    struct weir_recorder *recorder = context;
    if (recorder->line)
        weir_pool_progress(recorder->line, duration_s > 0 ? time_s / duration_s : 0);
}

static void on_foreign(void *context, const char *where, double limit_s)
{
    struct weir_recorder *recorder = context;
    if (recorder->line)
        weir_pool_foreign(recorder->line, where, limit_s);
}

void weir_recorder_begin(struct weir_recorder *recorder, struct weir_observer *observer)
{
    *observer = (struct weir_observer){.context = recorder, .progress = on_progress, .foreign = on_foreign};
    if (recorder->windows)
        weir_rows_text(recorder->windows, "time,job,operator,host,metric,value\n");
    if (recorder->decisions)
        fputs("time,policy,job,operator,what,why,refusal\n", recorder->decisions);
    if (recorder->windows || recorder->trace || recorder->held)
        observer->metric = on_metric;
    if (recorder->decisions || recorder->trace)
        observer->decision = on_decision;
    if (recorder->trace)
        observer->span = on_span;
}
