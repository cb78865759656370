/* A process between weir and a program: the program is its child, and so is, in the end, whatever the program starts,
 * by setsid too. It ends all of them when it is told, or when weir is gone, however that happens. */
#ifndef WEIR_POLICIES_PIPE_GUARD_H
#define WEIR_POLICIES_PIPE_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

struct weir_guard {
    pid_t pid;  /* of the guard; 0: none */
    int line;   /* its end means the end of all */
    int status; /* on which the program's status comes when it has ended */
};

/* Starts a guard and under it `sh -c command` in a folder ("": this one), in a group of its own, with these as its
 * stdin, stdout and stderr. Errors: WEIR_ERUN. */
int weir_guard_start(struct weir_guard *guard, const char *command, const char *folder, int in, int out, int errors);

/* Whether the program has ended, and how: as waitpid tells it. Does not wait. */
bool weir_guard_ended(struct weir_guard *guard, int *status);

/* Ends the program and all that it has started; waits until they are gone. */
void weir_guard_stop(struct weir_guard *guard);

#endif
