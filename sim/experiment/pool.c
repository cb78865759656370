#define _GNU_SOURCE /* pipe2 */
#include "sim/experiment/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/last_words.h"
#include "sim/experiment/progress.h"

#define TICK_MS 100

/* What a child tells: how far it is, and in the end whether it is done or why it failed. Shorter than PIPE_BUF, so that
 * each arrives whole. */
struct report {
    enum { PROGRESS, FOREIGN, END } kind;
    int code;           /* of an end */
    double value;       /* how far it is; what foreign code may take, in s */
    char message[1000]; /* of a failure; where foreign code begins, "" when it is over */
};

struct weir_pool_line {
    int descriptor;
};

/* A running child. */
struct child {
    pid_t pid; /* 0: free */
    int task;
    int reports, words; /* read ends: reports; its stdout and stderr */
    double begun_s, fraction;
    bool too_long, stuck;  /* why it was killed: the time of the task, or that of foreign code */
    struct report foreign; /* where it is, if that is foreign code; else its message is empty */
    double foreign_since_s;
    struct report end; /* as told; its kind is PROGRESS until then */
    struct weir_last_words last;
};

struct pool {
    const struct weir_pool_options *options;
    const struct weir_pool_task *tasks;
    struct weir_pool_outcome *outcomes;
    int count, started;
    struct child *children;
    int child_count;
    int signals; /* signalfd of SIGCHLD, SIGINT, SIGTERM */
    sigset_t mask_before;
    bool interrupted;
    struct weir_progress progress;
};

static void tell(struct weir_pool_line *line, const struct report *report)
{
    ssize_t written;
    do
        written = write(line->descriptor, report, sizeof *report);
    while (written < 0 && errno == EINTR);
}

void weir_pool_progress(struct weir_pool_line *line, double fraction)
{
    struct report report = {.kind = PROGRESS, .value = fraction};
    tell(line, &report);
}

void weir_pool_foreign(struct weir_pool_line *line, const char *where, double limit_s)
{
    struct report report = {.kind = FOREIGN, .value = limit_s};
    snprintf(report.message, sizeof report.message, "%s", where ? where : "");
    tell(line, &report);
}

/* The life of a child; does not return. */
static void live(const struct pool *pool, const struct weir_pool_task *task, pid_t parent, int reports, int words)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(1);
    /* Ctrl-C reaches the whole group; the parent decides what becomes of its children. */
    signal(SIGINT, SIG_IGN);
    sigprocmask(SIG_SETMASK, &pool->mask_before, NULL);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(words, STDOUT_FILENO);
    dup2(words, STDERR_FILENO);

    struct weir_pool_line line = {reports};
    weir_error_clear();
    int code = task->work(task->context, &line);
    struct report report = {.kind = END, .code = code};
    if (code != WEIR_OK)
        snprintf(report.message, sizeof report.message, "%s", weir_error_message());
    tell(&line, &report);
    fflush(NULL);
    _exit(weir_exit_code(code)); /* not exit(): what the parent registered to happen at its end is not the child's */
}

static int start(struct pool *pool, struct child *child)
{
    int reports[2], words[2];
    int task = pool->started;
    if (pipe2(reports, O_CLOEXEC) != 0)
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(errno));
    if (pipe2(words, O_CLOEXEC) != 0) {
        close(reports[0]);
        close(reports[1]);
        return weir_error(WEIR_ERUN, "cannot make a pipe: %s", strerror(errno));
    }
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        live(pool, &pool->tasks[task], parent, reports[1], words[1]);
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
    *child = (struct child){.pid = pid, .task = task, .reports = reports[0], .words = words[0]};
    child->begun_s = weir_clock_s();
    pool->started++;
    return WEIR_OK;
}

/* Reads what there is, without waiting; a pipe at its end is closed and becomes -1. */
static void drain(struct child *child)
{
    struct report report;
    ssize_t got = -1;
    while (child->reports >= 0 && (got = read(child->reports, &report, sizeof report)) == sizeof report) {
        if (report.kind == END) {
            child->end = report;
        } else if (report.kind == FOREIGN) {
            child->foreign = report;
            child->foreign_since_s = weir_clock_s();
        } else {
            child->fraction = report.value;
        }
    }
    if (child->reports >= 0 && got == 0) {
        close(child->reports);
        child->reports = -1;
    }
    char bytes[1024];
    while (child->words >= 0 && (got = read(child->words, bytes, sizeof bytes)) > 0)
        weir_last_words_add(&child->last, bytes, (size_t)got);
    if (child->words >= 0 && got == 0) {
        close(child->words);
        child->words = -1;
    }
}

/* The code and message of a child that did not end well. */
static int fail(const struct pool *pool, struct child *child, int status, char **message)
{
    char line[400];
    const char *where = child->foreign.message, *colon = *where ? ": " : "";
    if (child->too_long) {
        *message = weir_format("%s%stook longer than the %g s that a run may take, and was stopped", where, colon,
                               pool->options->timeout_s);
        return WEIR_ERUN;
    }
    if (child->stuck) {
        *message =
            weir_format("%s: took longer than the %g s of real time that a hook may take, and was stopped; raise "
                        "\"timeout\" of the policy if it needs more",
                        where, child->foreign.value);
        return WEIR_ERUN;
    }
    if (child->end.kind == END && child->end.code != WEIR_OK) {
        *message = weir_copy(child->end.message);
        return child->end.code;
    }
    const char *words = weir_last_words_line(&child->last, line, sizeof line);
    const char *join = *words ? "; its last words: " : " without a word";
    if (WIFSIGNALED(status))
        *message = weir_format("%s%sthe process was ended by signal %d (%s)%s%s", where, colon, WTERMSIG(status),
                               strsignal(WTERMSIG(status)), join, words);
    else
        *message = weir_format("%s%sthe process ended with code %d and no result%s%s", where, colon,
                               WEXITSTATUS(status), join, words);
    return WEIR_EENGINE;
}

static void finish(struct pool *pool, struct child *child, int status)
{
    drain(child);
    if (child->reports >= 0)
        close(child->reports);
    if (child->words >= 0)
        close(child->words);
    struct weir_pool_outcome *outcome = &pool->outcomes[child->task];
    const char *name = pool->tasks[child->task].name;
    outcome->wall_s = weir_clock_s() - child->begun_s;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && child->end.kind == END) {
        outcome->state = WEIR_TASK_DONE;
        weir_progress_ended(&pool->progress, name, outcome->wall_s, NULL);
    } else if (pool->interrupted) {
        outcome->state = WEIR_TASK_CUT;
    } else {
        outcome->state = WEIR_TASK_FAILED;
        outcome->code = fail(pool, child, status, &outcome->message);
        weir_progress_ended(&pool->progress, name, outcome->wall_s, outcome->message);
    }
    weir_last_words_fini(&child->last);
    *child = (struct child){0};
}

static void reap(struct pool *pool)
{
    for (int i = 0; i < pool->child_count; i++) {
        struct child *child = &pool->children[i];
        int status;
        if (child->pid && waitpid(child->pid, &status, WNOHANG) == child->pid)
            finish(pool, child, status);
    }
}

static void kill_all(struct pool *pool)
{
    for (int i = 0; i < pool->child_count; i++)
        if (pool->children[i].pid)
            kill(pool->children[i].pid, SIGKILL);
}

static void hear_signals(struct pool *pool)
{
    struct signalfd_siginfo info;
    while (read(pool->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD || pool->interrupted)
            continue;
        pool->interrupted = true;
        kill_all(pool);
    }
}

static void watch_time(struct pool *pool)
{
    double now_s = weir_clock_s();
    for (int i = 0; i < pool->child_count; i++) {
        struct child *child = &pool->children[i];
        if (child->pid && pool->options->timeout_s > 0 && now_s - child->begun_s > pool->options->timeout_s) {
            child->too_long = true;
            kill(child->pid, SIGKILL);
        } else if (child->pid && *child->foreign.message && now_s - child->foreign_since_s > child->foreign.value) {
            child->stuck = true;
            kill(child->pid, SIGKILL);
        }
    }
}

static int running(const struct pool *pool, double *fraction)
{
    int active = 0;
    *fraction = 0;
    for (int i = 0; i < pool->child_count; i++) {
        active += pool->children[i].pid != 0;
        *fraction += pool->children[i].pid ? pool->children[i].fraction : 0;
    }
    *fraction = (*fraction + pool->started - active) / (pool->count ? pool->count : 1);
    return active;
}

/* Waits until something happens, at most a tick. */
static void wait_a_little(struct pool *pool, struct pollfd *polled)
{
    nfds_t count = 0;
    polled[count++] = (struct pollfd){pool->signals, POLLIN, 0};
    for (int i = 0; i < pool->child_count; i++) {
        const struct child *child = &pool->children[i];
        if (child->pid && child->reports >= 0)
            polled[count++] = (struct pollfd){child->reports, POLLIN, 0};
        if (child->pid && child->words >= 0)
            polled[count++] = (struct pollfd){child->words, POLLIN, 0};
    }
    poll(polled, count, TICK_MS);
}

static int work(struct pool *pool)
{
    int code = WEIR_OK, active;
    double fraction;
    struct pollfd *polled = weir_alloc((size_t)pool->child_count * 2 + 1, sizeof *polled);
    do {
        for (int i = 0; i < pool->child_count; i++) {
            if (pool->children[i].pid || pool->interrupted || code != WEIR_OK || pool->started == pool->count)
                continue;
            code = start(pool, &pool->children[i]);
        }
        wait_a_little(pool, polled);
        hear_signals(pool);
        for (int i = 0; i < pool->child_count; i++)
            if (pool->children[i].pid)
                drain(&pool->children[i]);
        watch_time(pool);
        reap(pool);
        active = running(pool, &fraction);
        weir_progress_draw(&pool->progress, active, fraction);
    } while (active || (pool->started < pool->count && !pool->interrupted && code == WEIR_OK));
    free(polled);
    return code;
}

static int judge(const struct pool *pool)
{
    if (pool->interrupted)
        return weir_error(WEIR_ERUN, "interrupted");
    int first = -1, failed = 0;
    for (int i = pool->count - 1; i >= 0; i--) {
        if (pool->outcomes[i].state == WEIR_TASK_FAILED) {
            first = i;
            failed++;
        }
    }
    if (first < 0)
        return WEIR_OK;
    weir_error(pool->outcomes[first].code, "%s: %s", pool->tasks[first].name, pool->outcomes[first].message);
    if (failed > 1)
        weir_error_context("%d of %d runs failed, the first of them", failed, pool->count);
    return pool->outcomes[first].code;
}

int weir_pool_run(const struct weir_pool_options *options, const struct weir_pool_task *tasks, int count,
                  struct weir_pool_outcome *outcomes, bool *interrupted)
{
    struct pool pool = {.options = options, .tasks = tasks, .outcomes = outcomes, .count = count, .signals = -1};
    memset(outcomes, 0, (size_t)count * sizeof *outcomes);
    *interrupted = false;
    long cores = options->processes > 0 ? options->processes : sysconf(_SC_NPROCESSORS_ONLN);
    pool.child_count = cores < 1 ? 1 : cores < count ? (int)cores : count;
    pool.children = weir_alloc((size_t)pool.child_count, sizeof *pool.children);

    /* The signals come through a descriptor: no handler, no global. SIGCHLD must not be ignored, or waitpid fails. */
    struct sigaction child_before, child_default = {.sa_handler = SIG_DFL};
    sigset_t heard;
    sigemptyset(&heard);
    sigaddset(&heard, SIGCHLD);
    sigaddset(&heard, SIGINT);
    sigaddset(&heard, SIGTERM);
    sigaction(SIGCHLD, &child_default, &child_before);
    sigprocmask(SIG_BLOCK, &heard, &pool.mask_before);
    pool.signals = signalfd(-1, &heard, SFD_NONBLOCK | SFD_CLOEXEC);
    weir_progress_begin(&pool.progress, options->title, count, options->quiet);
    int code = pool.signals < 0 ? weir_error(WEIR_ERUN, "cannot make a signalfd: %s", strerror(errno)) : WEIR_OK;
    if (code == WEIR_OK)
        code = work(&pool);
    weir_progress_end(&pool.progress);
    if (code == WEIR_OK)
        code = judge(&pool);
    *interrupted = pool.interrupted;

    if (pool.signals >= 0)
        close(pool.signals);
    sigprocmask(SIG_SETMASK, &pool.mask_before, NULL);
    sigaction(SIGCHLD, &child_before, NULL);
    free(pool.children);
    return code;
}

int weir_pool_run_one(const struct weir_pool_options *options, const struct weir_pool_task *task, bool *interrupted)
{
    struct weir_pool_outcome outcome;
    int code = weir_pool_run(options, task, 1, &outcome, interrupted);
    if (code != WEIR_OK && outcome.message)
        weir_error(code, "%s", outcome.message);
    weir_pool_outcomes_free(&outcome, 1);
    return code;
}

void weir_pool_outcomes_free(struct weir_pool_outcome *outcomes, int count)
{
    for (int i = 0; i < count; i++) {
        free(outcomes[i].message);
        outcomes[i].message = NULL;
    }
}
