#include "sim/experiment/recorder.h"

#include <math.h>

#include "sim/experiment/files.h"

static void on_metric(void *context, double time_s, const char *job, const char *op, const char *host,
                      const char *metric, double value)
{
    FILE *file = ((struct weir_recorder *)context)->windows;
    fprintf(file, "%.10g,", time_s);
    weir_csv_field(file, job);
    fputc(',', file);
    weir_csv_field(file, op);
    fputc(',', file);
    weir_csv_field(file, host);
    fputc(',', file);
    weir_csv_field(file, metric);
    if (isfinite(value))
        fprintf(file, ",%.10g\n", value);
    else
        fputs(",\n", file);
}

static void on_decision(void *context, double time_s, const char *policy, const char *job, const char *op,
                        const char *what, const char *why, const char *refusal)
{
    FILE *file = ((struct weir_recorder *)context)->decisions;
    const char *fields[] = {policy, job, op, what, why, refusal};
    fprintf(file, "%.10g", time_s);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        fputc(',', file);
        weir_csv_field(file, fields[i] ? fields[i] : "");
    }
    fputc('\n', file);
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
    if (recorder->windows) {
        fputs("time,job,operator,host,metric,value\n", recorder->windows);
        observer->metric = on_metric;
    }
    if (recorder->decisions) {
        fputs("time,policy,job,operator,what,why,refusal\n", recorder->decisions);
        observer->decision = on_decision;
    }
}
