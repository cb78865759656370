/* The kinds of a job's items: which an item is of, and what came of each. The kind is a part of the item's id, and what
 * comes of an item is of the same. */
#ifndef WEIR_ENGINE_KINDS_H
#define WEIR_ENGINE_KINDS_H

#include "sim/engine/flow/flow.h"

#define WEIR_KIND_SHIFT 56

struct weir_kinds {
    uint64_t key; /* of the stream of draws */
    const struct weir_kind *specs;
    double *deadlines_s; /* of the kind, or the job's objective */
    struct weir_kind_count {
        uint64_t late; /* after the warm-up */
        double waiting_s;
        struct weir_histogram latency;
    } * counts;
};

/* NULL in the job if all its items are alike. */
void weir_kinds_init(struct weir_run_job *job);
void weir_kinds_fini(struct weir_run_job *job);

/* The id of the source's item of a number: with its kind, which is drawn. */
uint64_t weir_kinds_draw(const struct weir_run_job *job, uint64_t number);

static inline unsigned weir_kind_of(uint64_t id)
{
    return (unsigned)(id >> WEIR_KIND_SHIFT);
}

/* An id made of random bits, with the kind of another. */
static inline uint64_t weir_kind_like(const struct weir_run_job *job, uint64_t bits, unsigned kind)
{
    return job->kinds ? bits << (64 - WEIR_KIND_SHIFT) >> (64 - WEIR_KIND_SHIFT) | (uint64_t)kind << WEIR_KIND_SHIFT
                      : bits;
}

static inline double weir_kind_deadline_s(const struct weir_run_job *job, uint64_t id)
{
    return job->kinds ? job->kinds->deadlines_s[weir_kind_of(id)] : job->slo_s;
}

static inline double weir_kind_priority(const struct weir_run_job *job, uint64_t id)
{
    return job->kinds ? (double)job->kinds->specs[weir_kind_of(id)].priority : 0;
}

/* A result has come, after the warm-up. */
void weir_kinds_deliver(struct weir_run_job *job, const struct weir_item *item);

#endif
