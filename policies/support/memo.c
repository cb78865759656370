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
        memo->operators = weir_resize(memo->operators, memo->job_capacity, sizeof *memo->operators);
    }
    if (!memo->jobs[job]) {
        memo->jobs[job] = weir_alloc((size_t)view->jobs[job].operator_count, memo->record_size);
        memo->operators[job] = view->jobs[job].operator_count;
    }
    return memo->jobs[job] + (size_t)op * memo->record_size;
}

void weir_memo_forget(struct weir_memo *memo, int job)
{
    if (job < 0 || (size_t)job >= memo->job_capacity || !memo->jobs[job])
        return;
    for (int o = 0; memo->fini && o < memo->operators[job]; o++)
        memo->fini(memo->jobs[job] + (size_t)o * memo->record_size);
    free(memo->jobs[job]);
    memo->jobs[job] = NULL;
}

void weir_memo_fini(struct weir_memo *memo)
{
    for (size_t j = 0; j < memo->job_capacity; j++)
        weir_memo_forget(memo, (int)j);
    free(memo->jobs);
    free(memo->operators);
    memo->jobs = NULL;
    memo->operators = NULL;
    memo->job_capacity = 0;
}
