/* The process pool: outcomes, deaths, time-outs, interruptions. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/experiment/pool.h"
#include "sim/experiment/progress.h"
#include "tests/support/test.h"

static const struct weir_pool_options quietly = {.processes = 2, .quiet = true};

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static int succeed(void *context, struct weir_pool_line *line)
{
    weir_pool_progress(line, 0.5);
    if (context) /* leaves a file that says so */
        return weir_file_replace(context, "done");
    return WEIR_OK;
}

static int refuse(void *context, struct weir_pool_line *line)
{
    (void)line;
    return weir_error(WEIR_EINPUT, "%s: is wrong", (const char *)context);
}

static int die(void *context, struct weir_pool_line *line)
{
    (void)line;
    fprintf(stderr, "[2.000000] [xbt/CRITICAL] no route from a to b\n");
    raise(*(int *)context);
    return WEIR_OK;
}

static int leave(void *context, struct weir_pool_line *line)
{
    (void)line;
    _exit(*(int *)context);
}

static int linger(void *context, struct weir_pool_line *line)
{
    (void)context;
    (void)line;
    sleep_ms(60000);
    return WEIR_OK;
}

static void every_task_has_an_outcome(void)
{
    int abort_signal = SIGABRT, zero = 0, three = 3;
    bool interrupted;
    char *mark = weir_format("%s/mark", weir_test_folder());
    const struct weir_pool_task tasks[] = {
        {.name = "good", .work = succeed, .context = mark},
        {.name = "wrong", .work = refuse, .context = "file.json"},
        {.name = "dead", .work = die, .context = &abort_signal},
        {.name = "silent", .work = leave, .context = &zero},
        {.name = "loud", .work = leave, .context = &three},
        {.name = "good too", .work = succeed, .context = NULL},
    };
    static const struct {
        enum weir_pool_state state;
        int code;
        const char *message;
    } wanted[] = {
        {WEIR_TASK_DONE, 0, NULL},
        {WEIR_TASK_FAILED, WEIR_EINPUT, "file.json: is wrong"},
        {WEIR_TASK_FAILED, WEIR_EENGINE,
         "the process was ended by signal 6 (Aborted); its last words: no route from a to b"},
        {WEIR_TASK_FAILED, WEIR_EENGINE, "the process ended with code 0 and no result without a word"},
        {WEIR_TASK_FAILED, WEIR_EENGINE, "the process ended with code 3 and no result without a word"},
        {WEIR_TASK_DONE, 0, NULL},
    };
    struct weir_pool_outcome outcomes[6];
    CU_ASSERT_EQUAL(weir_pool_run(&quietly, tasks, 6, outcomes, &interrupted), WEIR_EINPUT);
    CHECK_MESSAGE("4 of 6 runs failed, the first of them: wrong: file.json: is wrong");
    CU_ASSERT_FALSE(interrupted);
    for (int i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL(outcomes[i].state, wanted[i].state);
        CU_ASSERT_EQUAL(outcomes[i].code, wanted[i].code);
        if (wanted[i].message)
            CU_ASSERT_STRING_EQUAL(outcomes[i].message, wanted[i].message);
        CU_ASSERT_EQUAL(outcomes[i].message != NULL, wanted[i].message != NULL);
    }
    CU_ASSERT(weir_file_exists(mark));
    weir_pool_outcomes_free(outcomes, 6);
    free(mark);
}

static void a_task_that_takes_too_long_is_stopped(void)
{
    bool interrupted;
    const struct weir_pool_options hurried = {.processes = 1, .timeout_s = 0.2, .quiet = true};
    const struct weir_pool_task task = {.name = "slow", .work = linger, .context = NULL};
    CU_ASSERT_EQUAL(weir_pool_run_one(&hurried, &task, &interrupted), WEIR_ERUN);
    CHECK_MESSAGE("took longer than the 0.2 s that a run may take, and was stopped");
}

/* Takes 64 MiB, writes to all of it, and waits. */
static int eat(void *context, struct weir_pool_line *line)
{
    size_t size = (size_t)64 << 20;
    char *memory = malloc(size);
    fputs("[1.000000] [eater/ERROR] more, please\n", stderr);
    fflush(stderr);
    for (size_t i = 0; memory && i < size; i += 1024)
        memory[i] = 1;
    return linger(memory, line);
}

static void a_task_that_takes_too_much_memory_is_stopped(void)
{
#if defined(__SANITIZE_ADDRESS__) /* whose own memory is beyond measure */
    return;
#endif
    bool interrupted;
    const struct weir_pool_options narrow = {.processes = 2, .memory_bytes = 50e6, .quiet = true};
    const struct weir_pool_task tasks[] = {{.name = "large", .work = eat, .context = NULL},
                                           {.name = "small", .work = succeed, .context = NULL}};
    struct weir_pool_outcome outcomes[2];
    CU_ASSERT_EQUAL(weir_pool_run(&narrow, tasks, 2, outcomes, &interrupted), WEIR_ERUN);
    CHECK_MESSAGE(
        "large: took more than the 50 MB of memory that a run may take, and was stopped; its last words: more, "
        "please");
    CU_ASSERT_EQUAL(outcomes[1].state, WEIR_TASK_DONE);
    weir_pool_outcomes_free(outcomes, 2);
}

/* A feed of `left` tasks, which notes what has ended, and stops the pool at task number `stop`. */
struct counting_feed {
    int left, stop, done, cut;
};

static bool next_task(void *context, struct weir_pool_task *task)
{
    struct counting_feed *feed = context;
    *task = (struct weir_pool_task){.name = "one of many", .work = succeed, .context = NULL};
    return feed->left-- > 0;
}

static int ended_task(void *context, int number, const struct weir_pool_task *task, struct weir_pool_outcome *outcome)
{
    struct counting_feed *feed = context;
    CU_ASSERT_STRING_EQUAL(task->name, "one of many");
    feed->done += outcome->state == WEIR_TASK_DONE;
    feed->cut += outcome->state == WEIR_TASK_CUT;
    return number == feed->stop ? weir_error(WEIR_EINPUT, "the disk is full") : WEIR_OK;
}

static void a_feed_runs_dry_or_is_stopped(void)
{
    bool interrupted;
    struct counting_feed counts = {.left = 25, .stop = -1};
    const struct weir_pool_feed feed = {25, next_task, ended_task, &counts};
    CU_ASSERT_EQUAL(weir_pool_feed(&quietly, &feed, &interrupted), WEIR_OK);
    CU_ASSERT_EQUAL(counts.done, 25);

    counts = (struct counting_feed){.left = 1000, .stop = 10};
    CU_ASSERT_EQUAL(weir_pool_feed(&quietly, &feed, &interrupted), WEIR_EINPUT);
    CHECK_MESSAGE("the disk is full");
    /* Each task that was taken has an outcome, and none was taken after the stop; which ones end first is the system's
     * affair. */
    CU_ASSERT_EQUAL(counts.done + counts.cut, 1000 - counts.left);
    CU_ASSERT(counts.done >= 1 && counts.cut <= quietly.processes && counts.left > 0);
}

/* In foreign code; *context is what becomes of it: 0 it hangs, 1 it leaves, 2 it is over and this code fails. */
static int go_abroad(void *context, struct weir_pool_line *line)
{
    int end = *(int *)context;
    weir_pool_foreign(line, "policy elsewhere", 2);
    weir_pool_foreign(line, NULL, 0);
    weir_pool_foreign(line, "policy mine at 20 s", 2);
    if (end == 0)
        sleep_ms(60000);
    if (end == 1)
        _exit(0);
    weir_pool_foreign(line, NULL, 0);
    sleep_ms(3000); /* more than the code that is over might have taken */
    raise(SIGTERM);
    return WEIR_OK;
}

static void foreign_code_is_named_and_stopped(void)
{
    static const struct {
        int end, code;
        const char *message;
    } cases[] = {
        {0, WEIR_ERUN, "policy mine at 20 s: took longer than the 2 s of real time that a hook may take"},
        {1, WEIR_EENGINE, "policy mine at 20 s: the process ended with code 0 and no result without a word"},
        {2, WEIR_EENGINE, "the process was ended by signal 15"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool interrupted;
        int end = cases[i].end;
        const struct weir_pool_task task = {.name = "abroad", .work = go_abroad, .context = &end};
        CU_ASSERT_EQUAL(weir_pool_run_one(&quietly, &task, &interrupted), cases[i].code);
        CU_ASSERT_EQUAL(strncmp(weir_error_message(), cases[i].message, strlen(cases[i].message)), 0);
        CHECK_MESSAGE(cases[i].message);
    }
}

static int interrupt_parent(void *context, struct weir_pool_line *line)
{
    (void)line;
    kill(getppid(), *(int *)context);
    sleep_ms(60000);
    return WEIR_OK;
}

static void an_interruption_kills_what_runs_and_starts_no_more(void)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) {
        int sent = signals[i];
        bool interrupted;
        const struct weir_pool_options single = {.processes = 1, .quiet = true};
        const struct weir_pool_task tasks[] = {{.name = "first", .work = succeed, .context = NULL},
                                               {.name = "second", .work = interrupt_parent, .context = &sent},
                                               {.name = "third", .work = succeed, .context = NULL}};
        struct weir_pool_outcome outcomes[3];
        CU_ASSERT_EQUAL(weir_pool_run(&single, tasks, 3, outcomes, &interrupted), WEIR_ERUN);
        CHECK_MESSAGE("interrupted");
        CU_ASSERT(interrupted);
        CU_ASSERT_EQUAL(outcomes[0].state, WEIR_TASK_DONE);
        CU_ASSERT_EQUAL(outcomes[1].state, WEIR_TASK_CUT);
        CU_ASSERT_EQUAL(outcomes[2].state, WEIR_TASK_UNTOUCHED);
        weir_pool_outcomes_free(outcomes, 3);
    }
}

static int say_pid_and_linger(void *context, struct weir_pool_line *line)
{
    (void)line;
    char *pid = weir_format("%d", (int)getpid());
    int code = weir_file_replace(context, pid);
    free(pid);
    sleep_ms(60000);
    return code;
}

/* A pool in a process of its own, which is killed; its child must be gone soon after. */
static void children_do_not_outlive_a_killed_parent(void)
{
    char *path = weir_format("%s/pid", weir_test_folder());
    pid_t parent = fork();
    if (parent == 0) {
        bool interrupted;
        const struct weir_pool_task task = {.name = "child", .work = say_pid_and_linger, .context = path};
        weir_pool_run_one(&quietly, &task, &interrupted);
        _exit(0);
    }
    for (int i = 0; i < 60000 && !weir_file_exists(path); i++)
        sleep_ms(10);
    int pid = 0;
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fscanf(file, "%d", &pid), 1);
    fclose(file);
    CU_ASSERT_FATAL(pid > 1);
    CU_ASSERT_EQUAL(kill(pid, 0), 0);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    /* Its state in /proc: gone, or a zombie until init reaps it. */
    char *status = weir_format("/proc/%d/stat", pid), state = 'R';
    for (int i = 0; i < 60000 && state != 'Z' && weir_file_exists(status); i++) {
        sleep_ms(10);
        FILE *stat = fopen(status, "r");
        if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
            state = 'R';
        if (stat)
            fclose(stat);
    }
    CU_ASSERT(state == 'Z' || !weir_file_exists(status));
    free(status);
    free(path);
}

static void signals_are_as_before_afterwards(void)
{
    bool interrupted;
    sigset_t before, after;
    const struct weir_pool_task task = {.name = "good", .work = succeed, .context = NULL};
    sigprocmask(SIG_SETMASK, NULL, &before);
    CU_ASSERT_EQUAL(weir_pool_run_one(&quietly, &task, &interrupted), WEIR_OK);
    sigprocmask(SIG_SETMASK, NULL, &after);
    CU_ASSERT_EQUAL(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
    CU_ASSERT_EQUAL(sigismember(&before, SIGCHLD), sigismember(&after, SIGCHLD));
}

static const struct weir_case cases[] = {
    {"every task has an outcome", every_task_has_an_outcome},
    {"a task that takes too long is stopped", a_task_that_takes_too_long_is_stopped},
    {"a task that takes too much memory is stopped", a_task_that_takes_too_much_memory_is_stopped},
    {"a feed runs dry or is stopped", a_feed_runs_dry_or_is_stopped},
    {"foreign code is named and stopped", foreign_code_is_named_and_stopped},
    {"an interruption kills what runs and starts no more", an_interruption_kills_what_runs_and_starts_no_more},
    {"children do not outlive a killed parent", children_do_not_outlive_a_killed_parent},
    {"signals are as before afterwards", signals_are_as_before_afterwards},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment pool", cases, argc, argv);
}
