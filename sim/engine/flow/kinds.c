#include "sim/engine/flow/kinds.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"

void weir_kinds_init(struct weir_run_job *job)
{
    size_t count = (size_t)job->spec->kind_count;
    if (!count)
        return;
    struct weir_kinds *kinds = job->kinds = weir_alloc(1, sizeof *kinds);
    char *name = weir_format("kind/%s", job->spec->name);
    kinds->key = weir_stream_key(job->flow->seed, name);
    free(name);
    kinds->specs = job->spec->kinds;
    kinds->deadlines_s = weir_alloc(count, sizeof *kinds->deadlines_s);
    kinds->counts = weir_alloc(count, sizeof *kinds->counts);
    for (size_t k = 0; k < count; k++)
        kinds->deadlines_s[k] = isfinite(kinds->specs[k].deadline_s) ? kinds->specs[k].deadline_s : job->slo_s;
}

void weir_kinds_fini(struct weir_run_job *job)
{
    if (!job->kinds)
        return;
    for (int k = 0; k < job->spec->kind_count; k++)
        weir_histogram_fini(&job->kinds->counts[k].latency);
    free(job->kinds->deadlines_s);
    free(job->kinds->counts);
    free(job->kinds);
}

uint64_t weir_kinds_draw(const struct weir_run_job *job, uint64_t number)
{
    struct weir_stream draw = weir_stream_at(job->kinds->key, number);
    double left = weir_stream_uniform(&draw);
    unsigned kind = 0, last = (unsigned)job->spec->kind_count - 1;
    while (kind < last && left >= job->kinds->specs[kind].share)
        left -= job->kinds->specs[kind++].share;
    return weir_kind_like(job, number, kind);
}

void weir_kinds_deliver(struct weir_run_job *job, const struct weir_item *item)
{
    struct weir_kind_count *count = &job->kinds->counts[weir_kind_of(item->id)];
    double latency_s = item->at - item->birth;
    count->late += latency_s > weir_kind_deadline_s(job, item->id);
    count->waiting_s += item->waiting;
    weir_histogram_add(&count->latency, latency_s, 1);
}
