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

/* Frees the sentences and leaves none. */
void weir_remarks_fini(struct weir_remarks *remarks);

#endif
