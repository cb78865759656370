/* A pool of processes. SimGrid runs once a process and ends it when something is wrong, so each task gets a child: a
 * task that dies is one outcome with one sentence, and the others go on. */
#ifndef WEIR_EXPERIMENT_POOL_H
#define WEIR_EXPERIMENT_POOL_H

#include <stdbool.h>

/* The child's way to its parent. */
struct weir_pool_line;

/* Tells how far the task is, 0 to 1. Call it in the child only. */
void weir_pool_progress(struct weir_pool_line *line, double fraction);

/* Tells that code begins that is not weir's and may hang: `where` names it in messages, limit_s is the real time that
 * it may take; then the task is ended. NULL: it is over. Call it in the child only. */
void weir_pool_foreign(struct weir_pool_line *line, const char *where, double limit_s);

struct weir_pool_task {
    const char *name; /* for people: "ds2, seed 3" */
    /* Runs in the child; returns 0 or a code of weir_error(), whose message reaches the parent. What it writes to
     * stdout and stderr is kept for the message of a task that dies. */
    int (*work)(void *context, struct weir_pool_line *line);
    void *context;
    const char *words;     /* file that keeps what it writes to stdout and stderr, if that is anything; NULL: none */
    const char *words_are; /* what messages call that file; NULL: as it is */
};

enum weir_pool_state {
    WEIR_TASK_UNTOUCHED, /* not started: the pool was interrupted before */
    WEIR_TASK_DONE,
    WEIR_TASK_FAILED,
    WEIR_TASK_CUT, /* killed because the pool was interrupted */
};

struct weir_pool_outcome {
    enum weir_pool_state state;
    int code; /* of a failed task: what work returned; WEIR_EENGINE if the child died; WEIR_ERUN if it took too long */
    char *message; /* of a failed task; owned by the outcome */
    double wall_s;
};

struct weir_pool_options {
    int processes;       /* at once; 0: as many as there are cores online */
    double timeout_s;    /* for one task; 0: none */
    double memory_bytes; /* of one task: what it has in use, looked at some times a second; 0: no limit */
    bool quiet;          /* say nothing on stderr */
    bool many;           /* so many tasks that a line for each says less than one for all, now and then */
    const char *title;   /* before the progress bar */
};

/* Runs the tasks and fills one outcome each; tasks start in order. On SIGINT or SIGTERM no more are started and those
 * that run are killed: *interrupted is true then. Children are killed when this process dies, however it dies.
 * Returns 0 if all tasks are done, else the code of the first one in order that failed, with its name and message as
 * the error; when interrupted, WEIR_ERUN. */
int weir_pool_run(const struct weir_pool_options *options, const struct weir_pool_task *tasks, int count,
                  struct weir_pool_outcome *outcomes, bool *interrupted);

/* Tasks that are made when their turn comes, for very many of them. */
struct weir_pool_feed {
    int count; /* of tasks at most, for the progress */
    /* Makes the next task, whose name and context must live until it has ended; false: there is none. */
    bool (*next)(void *context, struct weir_pool_task *task);
    /* The task that `next` made as number 0, 1, ... has ended, or could not be started. Its message may be moved out of
     * the outcome. A code other than 0 stops the pool: what runs is killed. */
    int (*ended)(void *context, int number, const struct weir_pool_task *task, struct weir_pool_outcome *outcome);
    void *context;
};

/* Runs the tasks of a feed. Failed tasks are the feed's matter: returns the code that `ended` stopped the pool with,
 * WEIR_ERUN when interrupted or when no process can be started, else 0. */
int weir_pool_feed(const struct weir_pool_options *options, const struct weir_pool_feed *feed, bool *interrupted);

/* Runs one task; at most a progress bar is shown. Errors as above, without the task's name. */
int weir_pool_run_one(const struct weir_pool_options *options, const struct weir_pool_task *task, bool *interrupted);

void weir_pool_outcomes_free(struct weir_pool_outcome *outcomes, int count);

#endif
