#include "sim/experiment/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/experiment/anomaly_file.h"
#include "sim/experiment/files.h"
#include "sim/experiment/held.h"
#include "sim/experiment/record.h"
#include "sim/experiment/recorder.h"
#include "sim/experiment/watched.h"

/* What the run wrote to stdout and stderr; until it is finished, beside the folder. */
#define WORDS "stderr.txt"

char *weir_run_file(const char *folder, const char *name)
{
    char *plain = weir_format("%s/%s", folder, name), *packed = weir_format("%s/%s.gz", folder, name);
    bool is_packed = !weir_file_exists(plain) && weir_file_exists(packed);
    free(is_packed ? plain : packed);
    return is_packed ? packed : plain;
}

static FILE *begin_csv(const char *path)
{
    FILE *file = weir_os_create(path, O_CREAT | O_TRUNC);
    if (!file) {
        weir_error(WEIR_EINPUT, "%s: cannot write: %s", path, strerror(errno));
        return NULL;
    }
    setvbuf(file, NULL, _IOFBF, 1 << 18);
    return file;
}

static int finish_csv(FILE **file, const char *path)
{
    int code = *file ? weir_file_finish(*file, path) : WEIR_OK;
    *file = NULL;
    return code;
}

static const char *const run_files[] = {"result.json",    "result.json.partial", "windows.csv",
                                        "windows.csv.gz", "decisions.csv",       "anomalies.csv.partial",
                                        "anomalies.csv",  "report.html",         WORDS};

static void remove_files(const char *folder)
{
    /* result.json goes first: from then on the folder does not count as finished. */
    for (size_t i = 0; i < sizeof run_files / sizeof *run_files; i++) {
        char *path = weir_format("%s/%s", folder, run_files[i]);
        weir_os->unlink(path);
        free(path);
    }
    rmdir(folder);
}

int weir_run_look(const char *folder)
{
    int code = WEIR_OK;
    DIR *entries = opendir(folder);
    if (!entries)
        return errno == ENOENT
                   ? WEIR_OK
                   : weir_error(WEIR_EINPUT, "%s: results cannot take its place: %s", folder, strerror(errno));
    for (struct dirent *entry; code == WEIR_OK && (entry = readdir(entries));) {
        bool known = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        for (size_t i = 0; i < sizeof run_files / sizeof *run_files; i++)
            known = known || strcmp(entry->d_name, run_files[i]) == 0;
        if (!known)
            code =
                weir_error(WEIR_EINPUT,
                           "%s: has %s in it, which is no file of a run and is not removed; move it, or give another "
                           "folder with -o",
                           folder, entry->d_name);
    }
    closedir(entries);
    return code;
}

/* Gives a finished folder its name. An older run there is whole until the new one is. */
static int take_place(const char *partial, const char *folder)
{
    int code = weir_run_look(folder);
    if (code != WEIR_OK)
        return code;
    if (weir_file_exists(folder) && weir_os->exchange(partial, folder) == 0) {
        remove_files(partial);
        return WEIR_OK;
    }
    remove_files(folder); /* the file system cannot exchange names */
    return weir_os->rename(partial, folder) == 0
               ? WEIR_OK
               : weir_error(WEIR_EINPUT, "%s: cannot rename %s to this name: %s", folder, partial, strerror(errno));
}

void weir_run_remove_partial(const char *folder)
{
    char *partial = weir_format("%s.partial", folder);
    remove_files(partial);
    free(partial);
}

char *weir_run_words(const char *folder)
{
    return weir_format("%s." WORDS, folder);
}

bool weir_run_is_words(const char *path)
{
    size_t length = strlen(path), ending = strlen("." WORDS);
    return length > ending && strcmp(path + length - ending, "." WORDS) == 0;
}

void weir_run_keep_words(const char *folder)
{
    char *words = weir_run_words(folder), *kept = weir_format("%s/" WORDS, folder);
    if (weir_file_exists(words))
        weir_os->rename(words, kept); /* else it stays beside */
    free(kept);
    free(words);
}

void weir_run_remove(const char *folder)
{
    char *words = weir_run_words(folder);
    weir_os->unlink(words);
    free(words);
    weir_run_remove_results(folder);
}

void weir_run_remove_results(const char *folder)
{
    weir_run_remove_partial(folder);
    remove_files(folder);
}

int weir_run_into(const char *folder, const struct weir_run_spec *spec, struct weir_pool_line *line)
{
    return weir_run_traced(folder, spec, line, NULL);
}

int weir_run_traced(const char *folder, const struct weir_run_spec *spec, struct weir_pool_line *line,
                    const struct weir_trace_options *trace)
{
    struct weir_recorder recorder = {.line = line};
    struct weir_observer observer;
    struct weir_run_spec observed;
    struct weir_watched watched;
    struct weir_control control = {0};
    struct weir_held *held = weir_held_new(spec, &control);
    recorder.held = held;
    struct weir_result result = {0};
    char *partial = weir_format("%s.partial", folder);
    char *windows = weir_format("%s/windows.csv%s", partial, spec->scenario->record_gzip ? ".gz" : "");
    char *decisions = weir_format("%s/decisions.csv", partial);
    char *json = weir_format("%s/result.json", partial);
    char *content = NULL;
    FILE *windows_file = NULL;

    int code = weir_run_look(folder);
    if (code != WEIR_OK)
        goto out;
    remove_files(partial);
    if ((code = weir_folder_make(partial)) != WEIR_OK)
        goto out;
    if ((code = weir_trace_file_begin(trace, &recorder.trace)) != WEIR_OK)
        goto out;
    windows_file = begin_csv(windows);
    recorder.decisions = begin_csv(decisions);
    if (!windows_file || !recorder.decisions) {
        code = WEIR_EINPUT;
        goto out;
    }
    recorder.windows = weir_rows_new(windows_file, spec->scenario->record_gzip);
    weir_recorder_begin(&recorder, &observer);
    weir_watched_begin(&watched, spec, &observer, &control, held != NULL, &observed);
    code = weir_run(&observed, &result);
    weir_rows_end(recorder.windows);
    if (code != WEIR_OK || (code = finish_csv(&windows_file, windows)) != WEIR_OK ||
        (code = finish_csv(&recorder.decisions, decisions)) != WEIR_OK ||
        (code = weir_anomaly_file_write(partial, spec->scenario, spec->seed)) != WEIR_OK)
        goto out;
    content = weir_record_print(spec, &result, held, partial);
    if (!content) {
        code = weir_error_code();
        goto out;
    }
    if ((code = weir_file_replace(json, content)) != WEIR_OK || (code = weir_folder_sync(partial)) != WEIR_OK)
        goto out;
    code = take_place(partial, folder);
out:
    if (weir_trace_file_end(recorder.trace, code == WEIR_OK) != WEIR_OK)
        code = weir_error_code();
    if (windows_file)
        fclose(windows_file);
    if (recorder.decisions)
        fclose(recorder.decisions);
    if (code != WEIR_OK)
        remove_files(partial);
    weir_result_fini(&result);
    weir_held_free(held);
    free(content);
    free(json);
    free(decisions);
    free(windows);
    free(partial);
    return code;
}
