/* Calls: items of an operator whose services may fail ("fails"), and what is done about it: they are tried again
 * ("retry"), twice at once ("hedge"), or not at all for a while ("breaker").
 *
 * Each item that comes in is a call, until it has been served or is given up. An attempt waits in an input and is
 * served as any item; a call has one at a time, or two, and while it backs off none. */
#ifndef WEIR_ENGINE_CALL_H
#define WEIR_ENGINE_CALL_H

#include "sim/engine/flow/flow.h"

struct weir_attempt {
    struct weir_call *call;
    struct weir_batch *batch; /* NULL: it is over */
    unsigned number;          /* in the call, for its draws */
    bool serving;
    bool trial; /* that a breaker lets through to see */
};

/* Of an inbox: how many attempts in succession have failed, and since when none is let through. */
struct weir_breaker {
    long failures;
    bool open, tries; /* one that is let through is under way */
    double until_s;   /* open: none before */
};

/* NULL in an operator whose services do not fail. */
void weir_calls_init(struct weir_op *op);
void weir_calls_fini(struct weir_op *op);
/* Calls that wait for their next attempt are lost. */
void weir_calls_clear(struct weir_op *op);
/* Some of them do so. */
bool weir_calls_wait(const struct weir_op *op);

/* Items come to an input. */
void weir_calls_enter(struct weir_inbox *inbox, struct weir_batch *batch);
/* An attempt has been taken out of its input: false if another one was quicker, and it is gone. */
bool weir_call_starts(struct weir_batch *batch, struct weir_inbox *inbox);
/* The work of its service, in flops, where `flops` is that of the first attempt. */
double weir_call_flops(const struct weir_op *op, const struct weir_batch *batch, double flops);
/* Its service is over, and no longer counted: false if that was for nothing, and the attempt is gone. */
bool weir_call_ends(struct weir_instance *instance, struct weir_batch *batch);
/* It has waited too long, and is out of its input. */
void weir_call_expires(struct weir_inbox *inbox, struct weir_batch *batch);
/* It is lost; returns the items that are lost by that. The batch stays the caller's. */
uint64_t weir_call_lost(struct weir_batch *batch);

#endif
