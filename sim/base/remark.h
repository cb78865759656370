/* Remarks: what a reader took for what, and what is strange but no error; one sentence each, collected per thread. */
#ifndef WEIR_BASE_REMARK_H
#define WEIR_BASE_REMARK_H

#include <stddef.h>

/* Zero-initialised is empty. */
struct weir_remarks {
    size_t units;    /* of weir_remark_unit, also those that are dropped */
    char **sentence; /* [count], owned */
    size_t count, capacity;
    size_t dropped; /* beyond the first 1000 */
};

/* From here on this thread's remarks go to `remarks`; NULL: nowhere, as at the beginning. Returns where they went. */
struct weir_remarks *weir_remarks_collect(struct weir_remarks *remarks);

/* Whether remarks go anywhere: what is costly to find out need not be found out else. */
int weir_remarks_wanted(void);

/* Adds a sentence, unless it is there already. */
void weir_remark(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same about a value without a unit, which who wants to be strict takes as an error. */
void weir_remark_unit(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* From here on this thread's readers go on after an error where they can, and the errors before the last one go to
 * `errors`; NULL: they stop at the first, as at the beginning. Returns where they went. A reader that returns 0 may
 * have left errors here all the same: what it has made is then not to be used. */
struct weir_remarks *weir_errors_collect(struct weir_remarks *errors);

/* For readers, with the code of a part that others do not need: if errors are collected, takes the last error there and
 * returns 0; else returns the code. */
int weir_error_keep(int code);

/* For readers, when parts have failed that were kept: makes the error kept last the present one again; its code. */
int weir_error_again(void);

/* Frees the sentences and leaves none. */
void weir_remarks_fini(struct weir_remarks *remarks);

#endif
