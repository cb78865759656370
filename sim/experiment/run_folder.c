#include "sim/experiment/run_folder.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record.h"

/* What the observer writes to. */
struct recorder {
    FILE *windows, *decisions;
    struct weir_pool_line *line;
};

static void on_metric(void *context, double time_s, const char *job, const char *op, const char *host,
                      const char *metric, double value)
{
    FILE *file = ((struct recorder *)context)->windows;
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
    FILE *file = ((struct recorder *)context)->decisions;
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
    struct recorder *recorder = context;
    if (recorder->line)
        weir_pool_progress(recorder->line, duration_s > 0 ? time_s / duration_s : 0);
}

static void on_foreign(void *context, const char *where, double limit_s)
{
    struct recorder *recorder = context;
    if (recorder->line)
        weir_pool_foreign(recorder->line, where, limit_s);
}

static FILE *begin_csv(const char *path, const char *header)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        weir_error(WEIR_EINPUT, "%s: cannot write: %s", path, strerror(errno));
        return NULL;
    }
    setvbuf(file, NULL, _IOFBF, 1 << 18);
    fprintf(file, "%s\n", header);
    return file;
}

static int finish_csv(FILE **file, const char *path)
{
    int code = *file ? weir_file_finish(*file, path) : WEIR_OK;
    *file = NULL;
    return code;
}

static const char *const run_files[] = {"result.json", "result.json.partial", "windows.csv", "decisions.csv"};

static void remove_files(const char *folder)
{
    /* result.json goes first: from then on the folder does not count as finished. */
    for (size_t i = 0; i < sizeof run_files / sizeof *run_files; i++) {
        char *path = weir_format("%s/%s", folder, run_files[i]);
        unlink(path);
        free(path);
    }
    rmdir(folder);
}

void weir_run_remove_partial(const char *folder)
{
    char *partial = weir_format("%s.partial", folder);
    remove_files(partial);
    free(partial);
}

void weir_run_remove(const char *folder)
{
    weir_run_remove_partial(folder);
    remove_files(folder);
}

int weir_run_into(const char *folder, const struct weir_run_spec *spec, struct weir_pool_line *line)
{
    struct recorder recorder = {.line = line};
    struct weir_observer observer = {&recorder, on_metric, on_decision, on_progress, on_foreign};
    struct weir_run_spec observed = *spec;
    observed.observer = &observer;
    struct weir_result result = {0};
    char *partial = weir_format("%s.partial", folder);
    char *windows = weir_format("%s/windows.csv", partial);
    char *decisions = weir_format("%s/decisions.csv", partial);
    char *json = weir_format("%s/result.json", partial);
    char *content = NULL;

    remove_files(partial);
    int code = weir_folder_make(partial);
    if (code != WEIR_OK)
        goto out;
    recorder.windows = begin_csv(windows, "time,job,operator,host,metric,value");
    recorder.decisions = begin_csv(decisions, "time,policy,job,operator,what,why,refusal");
    if (!recorder.windows || !recorder.decisions) {
        code = WEIR_EINPUT;
        goto out;
    }
    if ((code = weir_run(&observed, &result)) != WEIR_OK ||
        (code = finish_csv(&recorder.windows, windows)) != WEIR_OK ||
        (code = finish_csv(&recorder.decisions, decisions)) != WEIR_OK)
        goto out;
    content = weir_record_print(spec, &result);
    if ((code = weir_file_replace(json, content)) != WEIR_OK || (code = weir_folder_sync(partial)) != WEIR_OK)
        goto out;
    remove_files(folder);
    if (rename(partial, folder) != 0)
        code = weir_error(WEIR_EINPUT, "%s: cannot rename %s to this name: %s; is there something else in it?", folder,
                          partial, strerror(errno));
out:
    if (recorder.windows)
        fclose(recorder.windows);
    if (recorder.decisions)
        fclose(recorder.decisions);
    if (code != WEIR_OK)
        remove_files(partial);
    weir_result_fini(&result);
    free(content);
    free(json);
    free(decisions);
    free(windows);
    free(partial);
    return code;
}
