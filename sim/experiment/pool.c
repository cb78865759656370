#include "sim/experiment/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/pool_child.h"
#include "sim/experiment/progress.h"

#define TICK_MS 100
#define WEIGH_S 0.05 /* between two looks at the children's memory */

struct pool {
    const struct weir_pool_options *options;
    const struct weir_pool_feed *feed;
    bool dry; /* the feed has no more tasks */
    int started, stop_code;
    double weighed_s;
    struct weir_child *children;
    int child_count;
    int signals; /* signalfd of SIGCHLD, SIGINT, SIGTERM */
    sigset_t mask_before;
    bool interrupted;
    struct weir_progress progress;
};

static void kill_all(struct pool *pool)
{
    for (int i = 0; i < pool->child_count; i++)
        if (pool->children[i].pid)
            kill(pool->children[i].pid, SIGKILL);
}

static bool stopping(const struct pool *pool)
{
    return pool->interrupted || pool->stop_code != WEIR_OK;
}

static void finish(struct pool *pool, struct weir_child *child, int status)
{
    struct weir_pool_outcome outcome;
    const struct weir_pool_task task = child->task;
    int number = child->number;
    weir_child_finish(child, pool->options, status, &outcome);
    if (outcome.state == WEIR_TASK_FAILED && stopping(pool))
        outcome.state = WEIR_TASK_CUT;
    if (outcome.state != WEIR_TASK_CUT)
        weir_progress_ended(&pool->progress, task.name, outcome.wall_s, outcome.message);
    int code = pool->feed->ended(pool->feed->context, number, &task, &outcome);
    if (code != WEIR_OK && pool->stop_code == WEIR_OK) {
        pool->stop_code = code;
        kill_all(pool);
    }
    free(outcome.message);
}

static void reap(struct pool *pool)
{
    for (int i = 0; i < pool->child_count; i++) {
        struct weir_child *child = &pool->children[i];
        int status;
        if (child->pid && waitpid(child->pid, &status, WNOHANG) == child->pid)
            finish(pool, child, status);
    }
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

static void watch(struct pool *pool)
{
    double now_s = weir_clock_s();
    bool weigh = now_s - pool->weighed_s > WEIGH_S;
    if (weigh)
        pool->weighed_s = now_s;
    for (int i = 0; i < pool->child_count; i++)
        if (pool->children[i].pid)
            weir_child_watch(&pool->children[i], pool->options, weigh);
}

static int running(const struct pool *pool, double *fraction)
{
    int active = 0;
    *fraction = 0;
    for (int i = 0; i < pool->child_count; i++) {
        active += pool->children[i].pid != 0;
        *fraction += pool->children[i].pid ? pool->children[i].fraction : 0;
    }
    *fraction = (*fraction + pool->started - active) / (pool->feed->count > 0 ? pool->feed->count : 1);
    return active;
}

/* Waits until something happens, at most a tick. */
static void wait_a_little(struct pool *pool, struct pollfd *polled)
{
    nfds_t count = 0;
    polled[count++] = (struct pollfd){pool->signals, POLLIN, 0};
    for (int i = 0; i < pool->child_count; i++) {
        const struct weir_child *child = &pool->children[i];
        if (child->pid && child->reports >= 0)
            polled[count++] = (struct pollfd){child->reports, POLLIN, 0};
        if (child->pid && child->words >= 0)
            polled[count++] = (struct pollfd){child->words, POLLIN, 0};
    }
    poll(polled, count, TICK_MS);
}

/* Gives each free place a task. */
static void start_tasks(struct pool *pool)
{
    struct weir_pool_task task;
    for (int i = 0; i < pool->child_count && !stopping(pool) && !pool->dry; i++) {
        if (pool->children[i].pid)
            continue;
        if (!pool->feed->next(pool->feed->context, &task)) {
            pool->dry = true;
            return;
        }
        pool->stop_code = weir_child_start(&pool->children[i], &task, &pool->mask_before);
        if (pool->stop_code != WEIR_OK) {
            struct weir_pool_outcome untouched = {.state = WEIR_TASK_UNTOUCHED};
            pool->feed->ended(pool->feed->context, pool->started, &task, &untouched);
            kill_all(pool);
            return;
        }
        pool->children[i].number = pool->started++;
    }
}

static void work(struct pool *pool)
{
    double fraction;
    struct pollfd *polled = weir_alloc((size_t)pool->child_count * 2 + 1, sizeof *polled);
    start_tasks(pool);
    for (int active = running(pool, &fraction); active;) {
        wait_a_little(pool, polled);
        hear_signals(pool);
        for (int i = 0; i < pool->child_count; i++)
            if (pool->children[i].pid)
                weir_child_drain(&pool->children[i]);
        watch(pool);
        reap(pool);
        start_tasks(pool);
        active = running(pool, &fraction);
        weir_progress_draw(&pool->progress, active, fraction);
    }
    free(polled);
}

/* Each child needs two pipes and may need a file: raises what one process may have open, if that is too little. */
static void raise_open_files(int children)
{
    struct rlimit files;
    rlim_t needed = 64 + 4 * (rlim_t)children;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= needed)
        return;
    files.rlim_cur = needed < files.rlim_max ? needed : files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

int weir_pool_feed(const struct weir_pool_options *options, const struct weir_pool_feed *feed, bool *interrupted)
{
    struct pool pool = {.options = options, .feed = feed, .signals = -1};
    *interrupted = false;
    long cores = options->processes > 0 ? options->processes : sysconf(_SC_NPROCESSORS_ONLN);
    pool.child_count = cores < 1 ? 1 : cores < feed->count ? (int)cores : feed->count;
    pool.children = weir_alloc((size_t)pool.child_count, sizeof *pool.children);
    raise_open_files(pool.child_count);

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
    weir_progress_begin(&pool.progress, options->title, feed->count, options->quiet);
    pool.progress.many = options->many;
    if (pool.signals < 0)
        pool.stop_code = weir_error(WEIR_ERUN, "cannot make a signalfd: %s", strerror(errno));
    else
        work(&pool);
    weir_progress_end(&pool.progress);
    int code = pool.stop_code;
    if (pool.interrupted && code == WEIR_OK)
        code = weir_error(WEIR_ERUN, "interrupted");
    *interrupted = pool.interrupted;

    if (pool.signals >= 0)
        close(pool.signals);
    sigprocmask(SIG_SETMASK, &pool.mask_before, NULL);
    sigaction(SIGCHLD, &child_before, NULL);
    free(pool.children);
    return code;
}

/* --- tasks in an array --- */

struct array {
    const struct weir_pool_task *tasks;
    struct weir_pool_outcome *outcomes;
    int count, next;
};

static bool next_of_array(void *context, struct weir_pool_task *task)
{
    struct array *array = context;
    if (array->next == array->count)
        return false;
    *task = array->tasks[array->next++];
    return true;
}

static int ended_of_array(void *context, int number, const struct weir_pool_task *task,
                          struct weir_pool_outcome *outcome)
{
    struct array *array = context;
    array->outcomes[number] = *outcome;
    outcome->message = NULL; /* moved */
    return WEIR_OK;
}

static int judge(const struct array *array)
{
    int first = -1, failed = 0;
    for (int i = array->count - 1; i >= 0; i--) {
        if (array->outcomes[i].state == WEIR_TASK_FAILED) {
            first = i;
            failed++;
        }
    }
    if (first < 0)
        return WEIR_OK;
    weir_error(array->outcomes[first].code, "%s: %s", array->tasks[first].name, array->outcomes[first].message);
    if (failed > 1)
        weir_error_context("%d of %d runs failed, the first of them", failed, array->count);
    return array->outcomes[first].code;
}

int weir_pool_run(const struct weir_pool_options *options, const struct weir_pool_task *tasks, int count,
                  struct weir_pool_outcome *outcomes, bool *interrupted)
{
    struct array array = {.tasks = tasks, .outcomes = outcomes, .count = count};
    const struct weir_pool_feed feed = {count, next_of_array, ended_of_array, &array};
    memset(outcomes, 0, (size_t)count * sizeof *outcomes);
    int code = weir_pool_feed(options, &feed, interrupted);
    return code != WEIR_OK ? code : judge(&array);
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
