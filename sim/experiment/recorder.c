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
    if (recorder->progress)
        recorder->progress(recorder->context, duration_s > 0 ? time_s / duration_s : 0);
}

void weir_recorder_begin(struct weir_recorder *recorder, struct weir_observer *observer)
{
    fputs("time,job,operator,host,metric,value\n", recorder->windows);
    fputs("time,policy,job,operator,what,why,refusal\n", recorder->decisions);
    *observer = (struct weir_observer){recorder, on_metric, on_decision, on_progress};
}
