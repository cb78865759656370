/* What a policy remembers for each operator of each job: records of one size, zeroed when first asked for. */
#ifndef WEIR_POLICIES_SUPPORT_MEMO_H
#define WEIR_POLICIES_SUPPORT_MEMO_H

#include <stddef.h>

#include "sim/api/view.h"

/* Zero-initialised with `record_size` set is empty and valid. */
struct weir_memo {
    size_t record_size;         /* of one record, at least 1 */
    void (*fini)(void *record); /* frees what a record holds; NULL: nothing */
    struct weir_memo_job {
        char *records; /* [operator * record_size]; NULL: none */
        int count;
    } * jobs;
    size_t job_capacity;
};

/* The record of an operator that the view shows. Valid until weir_memo_forget or fini. */
void *weir_memo_at(struct weir_memo *memo, const struct weir_view *view, int job, int op);

/* Frees the records of a job. */
void weir_memo_forget(struct weir_memo *memo, int job);

void weir_memo_fini(struct weir_memo *memo);

#endif
