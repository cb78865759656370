/* What a program writes, in whatever pieces it comes: answers of one line each, and complaints. Knows no processes, so
 * that it can be fed from memory. */
#ifndef WEIR_POLICIES_PIPE_LINE_H
#define WEIR_POLICIES_PIPE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/text.h"

/* An answer that comes in. Zero-initialised: nothing has come. */
struct weir_pipe_answer {
    struct weir_text text; /* what has come */
    size_t looked;         /* bytes of it in which there is no end of line */
};

/* Forgets what has come: the next answer begins. */
void weir_pipe_answer_begin(struct weir_pipe_answer *answer);

void weir_pipe_answer_add(struct weir_pipe_answer *answer, const char *bytes, size_t count);

/* Whether nobody needs to read on: it is too long already. */
bool weir_pipe_answer_too_long(const struct weir_pipe_answer *answer);

/* *line is the answer without its end of line, borrowed until the next call; NULL while its end has not come. Errors:
 * WEIR_ERUN if there is a zero byte in it, if something stands behind its end, or if it is longer than 16 MiB. */
int weir_pipe_answer_take(struct weir_pipe_answer *answer, const char **line);

/* The error that a program says something at the wrong time; returns WEIR_ERUN. */
int weir_pipe_unasked(const char *text, const char *what);

void weir_pipe_answer_fini(struct weir_pipe_answer *answer);

/* The end of what a program writes to its stderr. Zero-initialised is empty. */
struct weir_pipe_complaint {
    struct weir_text text; /* its last bytes */
};

void weir_pipe_complaint_add(struct weir_pipe_complaint *complaint, const char *bytes, size_t count);

/* The lines of it that tell what went wrong, of at most 240 bytes each, divided by " | ": from the last one that names
 * a file of the command (as mine.py in "python3 mine.py"), with the two at the end if those between are many; the last
 * three if none does. Lines of nothing but marks ("  ^^^^") are left out, and control characters; what is no UTF-8
 * becomes '?'. "" if there is nothing. Owned. */
char *weir_pipe_complaint(const struct weir_pipe_complaint *complaint, const char *command);

void weir_pipe_complaint_fini(struct weir_pipe_complaint *complaint);

#endif
