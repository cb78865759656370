#define _GNU_SOURCE /* pipe2 */
#include "sim/experiment/pool_child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/experiment/progress.h"

struct weir_pool_line {
    int descriptor;
};

static void tell(struct weir_pool_line *line, const struct weir_child_report *report)
{
    ssize_t written;
    do
        written = weir_os->write(line->descriptor, report, sizeof *report);
    while (written < 0 && errno == EINTR);
}

void weir_pool_progress(struct weir_pool_line *line, double fraction)
{
    struct weir_child_report report = {.kind = WEIR_CHILD_PROGRESS, .value = fraction};
    tell(line, &report);
}

void weir_pool_foreign(struct weir_pool_line *line, const char *where, double limit_s)
{
    struct weir_child_report report = {.kind = WEIR_CHILD_FOREIGN, .value = limit_s};
    snprintf(report.message, sizeof report.message, "%s", where ? where : "");
    tell(line, &report);
}

/* The life of a child; does not return. */
static void live(const struct weir_pool_task *task, const sigset_t *mask, pid_t parent, int reports, int words)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(1);
    /* Ctrl-C reaches the whole group; the parent decides what becomes of its children. */
    signal(SIGINT, SIG_IGN);
    sigprocmask(SIG_SETMASK, mask, NULL);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(words, STDOUT_FILENO);
    dup2(words, STDERR_FILENO);

    struct weir_pool_line line = {reports};
    weir_error_clear();
    int code = task->work(task->context, &line);
    struct weir_child_report report = {.kind = WEIR_CHILD_END, .code = code};
    if (code != WEIR_OK)
        snprintf(report.message, sizeof report.message, "%s", weir_error_message());
    tell(&line, &report);
    fflush(NULL);
    _exit(weir_exit_code(code)); /* not exit(): what the parent registered to happen at its end is not the child's */
}

int weir_child_start(struct weir_child *child, const struct weir_pool_task *task, const sigset_t *mask)
{
    int reports[2], words[2];
    if (weir_os->pipe2(reports, O_CLOEXEC) != 0)
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(errno));
    if (weir_os->pipe2(words, O_CLOEXEC) != 0) {
        close(reports[0]);
        close(reports[1]);
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(errno));
    }
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = weir_os->fork();
    if (pid == 0)
        live(task, mask, parent, reports[1], words[1]);
    int reason = errno;
    close(reports[1]);
    close(words[1]);
    if (pid < 0) {
        close(reports[0]);
        close(words[0]);
        return weir_error(WEIR_ERUN, "cannot start a process: %s", strerror(reason));
    }
    fcntl(reports[0], F_SETFL, O_NONBLOCK);
    fcntl(words[0], F_SETFL, O_NONBLOCK);
    *child = (struct weir_child){.pid = pid, .task = *task, .reports = reports[0], .words = words[0]};
    child->begun_s = weir_clock_s();
    weir_words_begin(&child->file, task->words);
    return WEIR_OK;
}

/* A pipe at its end is closed and becomes -1. */
static void close_ended(int *descriptor, ssize_t got)
{
    if (*descriptor >= 0 && got == 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

void weir_child_drain(struct weir_child *child)
{
    struct weir_child_report report;
    ssize_t got = -1;
    while (child->reports >= 0 && (got = read(child->reports, &report, sizeof report)) == sizeof report) {
        if (report.kind == WEIR_CHILD_END) {
            child->end = report;
        } else if (report.kind == WEIR_CHILD_FOREIGN) {
            child->foreign = report;
            child->foreign_since_s = weir_clock_s();
        } else {
            child->fraction = report.value;
        }
    }
    close_ended(&child->reports, got);
    char bytes[1024];
    while (child->words >= 0 && (got = read(child->words, bytes, sizeof bytes)) > 0) {
        weir_last_words_add(&child->last, bytes, (size_t)got);
        weir_words_add(&child->file, bytes, (size_t)got);
    }
    close_ended(&child->words, got);
}

/* Memory that a process has in use now; 0 if that cannot be known. */
static double resident_bytes(pid_t pid)
{
    char path[40];
    unsigned long pages = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%*s %lu", &pages) != 1)
        pages = 0;
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

void weir_child_watch(struct weir_child *child, const struct weir_pool_options *options, bool weigh)
{
    double now_s = weir_clock_s();
    if (options->timeout_s > 0 && now_s - child->begun_s > options->timeout_s)
        child->too_long = true;
    else if (*child->foreign.message && now_s - child->foreign_since_s > child->foreign.value)
        child->stuck = true;
    else if (weigh && options->memory_bytes > 0 && resident_bytes(child->pid) > options->memory_bytes)
        child->too_large = true;
    if (child->too_long || child->too_large || child->stuck)
        kill(child->pid, SIGKILL);
}

/* Why a child was stopped. */
static char *why_stopped(const struct weir_child *child, const struct weir_pool_options *options, const char *words)
{
    const char *where = child->foreign.message, *colon = *where ? ": " : "", *join = *words ? "; its last words: " : "";
    if (child->too_long)
        return weir_format("%s%stook longer than the %g s that a run may take, and was stopped%s%s", where, colon,
                           options->timeout_s, join, words);
    if (child->too_large)
        return weir_format("%s%stook more than the %g MB of memory that a run may take, and was stopped%s%s", where,
                           colon, options->memory_bytes / 1e6, join, words);
    return weir_format("%s: took longer than the %g s of real time that a hook may take, and was stopped; raise "
                       "\"timeout\" of the policy if it needs more",
                       where, child->foreign.value);
}

/* The code and message of a child that did not end well. */
static int fail(const struct weir_child *child, const struct weir_pool_options *options, int status, char **message)
{
    char line[400];
    const char *where = child->foreign.message, *colon = *where ? ": " : "";
    const char *words = weir_last_words_line(&child->last, line, sizeof line);
    if (child->too_long || child->too_large || child->stuck) {
        *message = why_stopped(child, options, words);
        return WEIR_ERUN;
    }
    if (child->end.kind == WEIR_CHILD_END && child->end.code != WEIR_OK) {
        *message = weir_copy(child->end.message);
        return child->end.code;
    }
    const char *join = *words ? "; its last words: " : " without a word";
    if (WIFSIGNALED(status))
        *message = weir_format("%s%sthe process was ended by signal %d (%s)%s%s", where, colon, WTERMSIG(status),
                               strsignal(WTERMSIG(status)), join, words);
    else
        *message = weir_format("%s%sthe process ended with code %d and no result%s%s", where, colon,
                               WEXITSTATUS(status), join, words);
    return WEIR_EENGINE;
}

/* Where the rest can be read. */
static void add_file(const struct weir_child *child, struct weir_pool_outcome *outcome)
{
    const char *name = child->task.words_are ? child->task.words_are : child->task.words;
    char *message = weir_format("%s (all that it wrote is in %s)", outcome->message, name);
    free(outcome->message);
    outcome->message = message;
}

void weir_child_finish(struct weir_child *child, const struct weir_pool_options *options, int status,
                       struct weir_pool_outcome *outcome)
{
    weir_child_drain(child);
    if (child->reports >= 0)
        close(child->reports);
    if (child->words >= 0)
        close(child->words);
    *outcome = (struct weir_pool_outcome){.wall_s = weir_clock_s() - child->begun_s};
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && child->end.kind == WEIR_CHILD_END) {
        outcome->state = WEIR_TASK_DONE;
    } else {
        outcome->state = WEIR_TASK_FAILED;
        outcome->code = fail(child, options, status, &outcome->message);
    }
    if (weir_words_end(&child->file, &child->last) && outcome->message)
        add_file(child, outcome);
    weir_last_words_fini(&child->last);
    *child = (struct weir_child){0};
}
