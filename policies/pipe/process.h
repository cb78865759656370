/* A program at the other end of two pipes that is sent lines and answers each with one line, in real time. What it
 * writes to stderr is passed on to this process's stderr, and the last of it kept for messages. */
#ifndef WEIR_POLICIES_PIPE_PROCESS_H
#define WEIR_POLICIES_PIPE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "policies/pipe/guard.h"
#include "policies/pipe/line.h"

/* Zero-initialised: no program runs. */
struct weir_process {
    bool running, ended;     /* it was started; it is known to have ended */
    bool attached;           /* it was not started here, and goes on when the run has ended */
    struct weir_guard guard; /* ends the program, and what it has started, when this process is gone */
    int to, from, errors;    /* our ends of its stdin, stdout and stderr; -1: closed */
    struct weir_pipe_answer answer;
    struct weir_pipe_complaint complaint; /* of its stderr */
};

/* Starts `sh -c command` in a folder ("": this one), in a process group of its own. Errors: WEIR_ERUN. */
int weir_process_start(struct weir_process *process, const char *command, const char *folder);

/* In place of a program of its own: one at the other end of a socket, which was open when this process began. Errors:
 * WEIR_ERUN if that is no socket. */
int weir_process_attach(struct weir_process *process, int descriptor);

/* Sends text, which ends with a line end, and waits for one line. *answer is it without its end; borrowed until the
 * next call. Errors: WEIR_ERUN if the program has ended, or gives no whole line within timeout_s of real time, or more
 * than one, or one with a zero byte or longer than 16 MiB. After an error the program is only good to be stopped. */
int weir_process_ask(struct weir_process *process, const char *text, size_t length, double timeout_s,
                     const char **answer);

/* The lines of its stderr that tell what went wrong, as weir_pipe_complaint gives them. Owned. */
char *weir_process_said(struct weir_process *process, const char *command);

/* Sends a last text (NULL: none), closes its stdin, and gives it up to patience_s to end by itself; then ends it and
 * all that it has started. Nothing of it is left afterwards. Returns how many lines it still wrote after the last text.
 * Does nothing if no program runs. */
int weir_process_stop(struct weir_process *process, const char *text, double patience_s);

#endif
