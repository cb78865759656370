#include "policies/support/memo.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void *weir_memo_at(struct weir_memo *memo, const struct weir_view *view, int job, int op)
{
    size_t old = memo->job_capacity;
    if ((size_t)job >= old) {
        memo->jobs = weir_grow(memo->jobs, (size_t)job + 1, &memo->job_capacity, sizeof *memo->jobs);
        memset(memo->jobs + old, 0, (memo->job_capacity - old) * sizeof *memo->jobs);
    }
    struct weir_memo_job *known = &memo->jobs[job];
    if (!known->records) {
        known->count = view->jobs[job].operator_count;
        known->records = weir_alloc((size_t)known->count, memo->record_size);
    }
    return known->records + (size_t)op * memo->record_size;
}

void weir_memo_forget(struct weir_memo *memo, int job)
{
    if (job < 0 || (size_t)job >= memo->job_capacity)
        return;
    struct weir_memo_job *known = &memo->jobs[job];
    for (int op = 0; memo->fini && op < known->count; op++)
        memo->fini(known->records + (size_t)op * memo->record_size);
    free(known->records);
    *known = (struct weir_memo_job){0};
}

void weir_memo_fini(struct weir_memo *memo)
{
    for (size_t j = 0; j < memo->job_capacity; j++)
        weir_memo_forget(memo, (int)j);
    free(memo->jobs);
    memo->jobs = NULL;
    memo->job_capacity = 0;
}
