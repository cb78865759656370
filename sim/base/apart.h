/* Work in a child process, for code that cannot be trusted: a crash or an endless loop of it becomes an error. */
#ifndef WEIR_BASE_APART_H
#define WEIR_BASE_APART_H

/* Calls work(context) in a child process and returns its code; its error message becomes this thread's. What it changes
 * in memory is lost. If it takes longer than timeout_s of real time, or the child dies: `code` and a sentence that says
 * so. */
int weir_apart(int (*work)(void *context), void *context, double timeout_s, int code);

#endif
