/* Barriers of checkpoints that cost something (recovery.checkpoints). A barrier stands between two checkpoint intervals
 * and goes through a job as its items do: each source lets it go, an instance that has it from all who send to it
 * passes it on, and at last the sink has it.
 *
 * Aligned, it waits behind what is queued and on its way, and what an instance gets of behind the barrier meanwhile it
 * sets aside: that fills its input, and its senders wait. What comes before the barrier needs no room then, lest the
 * two wait for each other. Unaligned, it overtakes all of it, which is then a part of the checkpoint; an instance
 * passes it on between two services. */
#ifndef WEIR_ENGINE_BARRIER_H
#define WEIR_ENGINE_BARRIER_H

#include "sim/engine/flow/flow.h"

struct weir_barrier {
    struct weir_barrier *next; /* of its job, in order of beginning */
    struct weir_run_job *job;
    unsigned segment; /* items of it, and of later ones, are behind the barrier */
    bool unaligned;
    double *passed_s;      /* [source] when it let it go; INFINITY: it has not */
    double held_s;         /* the longest time for which an instance has set items aside for it */
    struct weir_soon look; /* who can pass it now? */
    struct weir_alarm way; /* it has come along a route */
    /* An instance passes it; so many bytes of items were on their way to it. The sink has it. */
    void (*passes)(struct weir_barrier *barrier, struct weir_instance *instance, double in_flight_bytes);
    void (*through)(struct weir_barrier *barrier);
};

/* A new interval begins, and the barrier is on its way. `unaligned`, `passes` and `through` are set. */
void weir_barrier_begin(struct weir_barrier *barrier, struct weir_run_job *job);
/* It is through, or given up; nothing if it has not begun. */
void weir_barrier_end(struct weir_barrier *barrier);

/* Who passes the barriers of a job now? */
void weir_barriers_look(struct weir_run_job *job);

/* What waits behind a barrier is set aside, and barriers that can be passed are; false: nothing may be taken now. */
bool weir_barrier_lets_take(struct weir_instance *instance);
/* Passes what overtakes. */
void weir_barrier_heed(struct weir_instance *instance);

/* Whether a batch that is to enter the inbox is before the barrier for which items have been set aside there. */
bool weir_barrier_is_before(const struct weir_inbox *inbox, const struct weir_batch *batch);
/* What is set aside goes back to the head. */
void weir_inbox_put_back(struct weir_inbox *inbox);

#endif
