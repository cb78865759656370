#include "sim/experiment/trace_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/key_map.h"

/* Processes that are no hosts. */
#define NETWORK   "network"
#define DECISIONS "decisions"
#define JOBS      "jobs"
#define FAULTS    "faults and anomalies"

struct weir_trace_file {
    FILE *file;
    char *path;
    double from_s, until_s;
    bool any; /* an event is in it */
    struct weir_key_map numbers;
    long processes, threads, transfers;
};

int weir_trace_file_begin(const struct weir_trace_options *options, struct weir_trace_file **file)
{
    *file = NULL;
    if (!options || !options->path)
        return WEIR_OK;
    FILE *stream = weir_file_begin(options->path);
    if (!stream)
        return weir_error_code();
    struct weir_trace_file *made = *file = weir_alloc(1, sizeof *made);
    made->file = stream;
    made->path = weir_copy(options->path);
    made->from_s = options->from_s;
    made->until_s = options->until_s;
    fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[", stream);
    return WEIR_OK;
}

int weir_trace_file_end(struct weir_trace_file *file, bool whole)
{
    if (!file)
        return WEIR_OK;
    int code = WEIR_OK;
    fputs("\n]}\n", file->file);
    if (whole) {
        code = weir_file_commit(file->file, file->path);
    } else {
        char *partial = weir_format("%s.partial", file->path);
        fclose(file->file);
        weir_os->unlink(partial);
        free(partial);
    }
    weir_key_map_fini(&file->numbers);
    free(file->path);
    free(file);
    return code;
}

static void put_text(FILE *file, const char *text)
{
    fputc('"', file);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c < ' ')
            fprintf(file, "\\u%04x", *c);
        else
            fputc(*c, file);
    fputc('"', file);
}

/* The separator before the next event. */
static FILE *next(struct weir_trace_file *file)
{
    fputs(file->any ? ",\n" : "\n", file->file);
    file->any = true;
    return file->file;
}

/* The number of a process or thread, which is named when it is new. */
static long number_of(struct weir_trace_file *file, long process, const char *name)
{
    unsigned long long key = weir_hash(WEIR_HASH_START, &process, sizeof process);
    key = weir_hash(key, name, strlen(name));
    long known = (long)weir_key_map_get(&file->numbers, key);
    if (known >= 0)
        return known;
    bool thread = process > 0;
    long number = thread ? ++file->threads : ++file->processes;
    weir_key_map_set(&file->numbers, key, number);
    FILE *to = next(file);
    fprintf(to, "{\"ph\":\"M\",\"name\":\"%s_name\",\"pid\":%ld,\"tid\":%ld,\"args\":{\"name\":",
            thread ? "thread" : "process", thread ? process : number, thread ? number : 0);
    put_text(to, name);
    fputs("}}", to);
    return number;
}

static bool touches(const struct weir_trace_file *file, double start_s, double end_s)
{
    return file && end_s >= file->from_s && start_s <= file->until_s;
}

/* A span on a thread, but for its name and what follows it. */
static FILE *begin_span(struct weir_trace_file *file, const char *process, const char *thread,
                        const struct weir_span *span)
{
    long pid = number_of(file, 0, process), tid = number_of(file, pid, thread);
    FILE *to = next(file);
    fprintf(to, "{\"ph\":\"X\",\"pid\":%ld,\"tid\":%ld,\"ts\":%.3f,\"dur\":%.3f,\"name\":", pid, tid,
            1e6 * span->start_s, 1e6 * (span->end_s - span->start_s));
    return to;
}

static void put_transfer(struct weir_trace_file *file, const struct weir_span *span)
{
    char *way = weir_format("%s > %s", span->host, span->to);
    char *what = weir_format("%s/%s", span->job, span->op ? span->op : "sink");
    long pid = number_of(file, 0, NETWORK), tid = number_of(file, pid, way);
    /* Transfers overlap: spans that begin and end apart. */
    long id = ++file->transfers;
    for (int end = 0; end < 2; end++) {
        FILE *to = next(file);
        fprintf(to, "{\"ph\":\"%c\",\"cat\":\"transfer\",\"id\":%ld,\"pid\":%ld,\"tid\":%ld,\"ts\":%.3f,\"name\":",
                end ? 'e' : 'b', id, pid, tid, 1e6 * (end ? span->end_s : span->start_s));
        put_text(to, what);
        fprintf(to, ",\"args\":{\"bytes\":%.17g,\"items\":%ld}}", span->bytes, span->items);
    }
    free(what);
    free(way);
}

static void put_state(struct weir_trace_file *file, const struct weir_span *span)
{
    char *who =
        span->op ? weir_format("%s/%s #%d", span->job, span->op, span->number) : weir_format("%s source", span->job);
    FILE *to = begin_span(file, span->host, who, span);
    bool busy = span->kind == WEIR_SPAN_BUSY;
    fprintf(to, "\"%s\",\"cname\":\"%s\"}", busy ? "busy" : "backpressured", busy ? "good" : "terrible");
    free(who);
}

void weir_trace_file_span(struct weir_trace_file *file, const struct weir_span *span)
{
    static const char *const outages[] = {"down", "slow", "lossy"};
    if (!touches(file, span->start_s, span->end_s))
        return;
    if (span->kind == WEIR_SPAN_TRANSFER) {
        put_transfer(file, span);
    } else if (span->kind == WEIR_SPAN_BUSY || span->kind == WEIR_SPAN_BLOCKED) {
        put_state(file, span);
    } else if (span->kind == WEIR_SPAN_RESCALE || span->kind == WEIR_SPAN_MIGRATION) {
        char *who = weir_format("%s/%s", span->job, span->op);
        FILE *to = begin_span(file, DECISIONS, who, span);
        fprintf(to, "\"%s\"}", span->kind == WEIR_SPAN_RESCALE ? "rescale" : "migration");
        free(who);
    } else {
        char *who = weir_format("%s %s", span->is_link ? "link" : "host", span->host);
        FILE *to = begin_span(file, FAULTS, who, span);
        fprintf(to, "\"%s\",\"args\":{\"left\":%.9g}}", outages[span->kind - WEIR_SPAN_DOWN], span->left);
        free(who);
    }
}

void weir_trace_file_metric(struct weir_trace_file *file, double time_s, const char *job, const char *op,
                            const char *host, const char *metric, double value)
{
    bool wanted = *op    ? strcmp(metric, "queued") == 0
                  : *job ? strcmp(metric, "backlog") == 0
                         : *host && strcmp(metric, "cpu") == 0;
    if (!touches(file, time_s, time_s) || !wanted || !isfinite(value))
        return;
    long pid = number_of(file, 0, *job ? JOBS : host);
    char *name = *op ? weir_format("%s/%s queued", job, op) : *job ? weir_format("%s backlog", job) : weir_copy("cpu");
    FILE *to = next(file);
    fprintf(to, "{\"ph\":\"C\",\"pid\":%ld,\"ts\":%.3f,\"name\":", pid, 1e6 * time_s);
    put_text(to, name);
    fprintf(to, ",\"args\":{\"%s\":%.9g}}", *job ? "items" : "share", value);
    free(name);
}

void weir_trace_file_decision(struct weir_trace_file *file, double time_s, const char *policy, const char *job,
                              const char *op, const char *what, const char *why, const char *refusal)
{
    if (!touches(file, time_s, time_s))
        return;
    char *who = weir_format("%s/%s", job, op), *name = weir_format("%s%s", refusal ? "refused: " : "", what);
    long pid = number_of(file, 0, DECISIONS), tid = number_of(file, pid, who);
    FILE *to = next(file);
    fprintf(to, "{\"ph\":\"i\",\"s\":\"t\",\"pid\":%ld,\"tid\":%ld,\"ts\":%.3f,\"name\":", pid, tid, 1e6 * time_s);
    put_text(to, name);
    fputs(",\"args\":{\"policy\":", to);
    put_text(to, policy);
    fputs(",\"why\":", to);
    put_text(to, why ? why : "");
    if (refusal) {
        fputs(",\"refusal\":", to);
        put_text(to, refusal);
    }
    fputs("}}", to);
    free(name);
    free(who);
}
