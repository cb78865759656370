/* A child of the pool: how it is born, heard, watched and judged. Private to pool*.c. */
#ifndef WEIR_EXPERIMENT_POOL_CHILD_H
#define WEIR_EXPERIMENT_POOL_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "sim/experiment/last_words.h"
#include "sim/experiment/pool.h"
#include "sim/experiment/words_file.h"

/* What a child tells: how far it is, and in the end whether it is done or why it failed. Shorter than PIPE_BUF, so that
 * each arrives whole. */
struct weir_child_report {
    enum { WEIR_CHILD_PROGRESS, WEIR_CHILD_FOREIGN, WEIR_CHILD_END } kind;
    int code;           /* of an end */
    double value;       /* how far it is; what foreign code may take, in s */
    char message[2000]; /* of a failure; where foreign code begins, "" when it is over */
};

struct weir_child {
    pid_t pid; /* 0: free */
    struct weir_pool_task task;
    int number;         /* of the task, in the order in which they came */
    int reports, words; /* read ends: reports; its stdout and stderr */
    double begun_s, fraction;
    bool too_long, too_large, stuck;  /* why it was killed: time or memory of the task, time of foreign code */
    struct weir_child_report foreign; /* where it is, if that is foreign code; else its message is empty */
    double foreign_since_s;
    struct weir_child_report end; /* as told; a progress until then */
    struct weir_last_words last;
    struct weir_words_file file; /* of all words */
};

/* Forks a child for the task; `mask` is the signal mask that it gets. Errors: WEIR_ERUN. */
int weir_child_start(struct weir_child *child, const struct weir_pool_task *task, const sigset_t *mask);

/* Reads what the child has said, without waiting. */
void weir_child_drain(struct weir_child *child);

/* Kills the child if it, or foreign code in it, takes longer or (looked at if `weigh`) has more memory than the options
 * allow. */
void weir_child_watch(struct weir_child *child, const struct weir_pool_options *options, bool weigh);

/* The child has ended with a wait status: the outcome, done or failed. It is free then. */
void weir_child_finish(struct weir_child *child, const struct weir_pool_options *options, int status,
                       struct weir_pool_outcome *outcome);

#endif
