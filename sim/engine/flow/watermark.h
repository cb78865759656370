/* How far event time has come at an operator: for each source the latest birth seen there, less the out-of-orderness;
 * the source that is least far holds the others back (Akidau et al., VLDB 2015; as Flink has it, with a strategy for
 * bounded out-of-orderness before the operator). Each instance has its own watermark, so that one that is behind drops
 * nothing: what it has seen itself while something waits for it, and what all have seen else. */
#ifndef WEIR_ENGINE_WATERMARK_H
#define WEIR_ENGINE_WATERMARK_H

#include "sim/engine/flow/flow.h"

/* Dates that differ by no more are the same, but for rounding. */
#define WEIR_EVENT_ROUNDING_S 1e-9

/* A stream, as an operator knows it: what comes of a source, by its number, or of the windows or the join of another
 * operator, by the number of sources and its index. */
struct weir_mark {
    double birth_s; /* the latest that was seen; -INFINITY: none was; INFINITY: nothing more comes */
    double seen_s;  /* when something of it was seen last */
    int passed;     /* once it has ended: operators on its way that have been empty since */
};

struct weir_watermark {
    struct weir_op *op;
    int streams;
    bool *counts; /* [stream]: it may come here; NULL: nobody has asked */
    struct weir_mark *marks;
    bool *before;           /* [operator]: it leads to this one, or is it; NULL: nobody has asked */
    double clock_s;         /* of the items that were seen, or of what moved it on since */
    struct weir_alarm idle; /* a source may be idle then */
};

void weir_watermark_init(struct weir_watermark *watermark, struct weir_op *op);
void weir_watermark_fini(struct weir_watermark *watermark);
/* The job goes back to a checkpoint: nothing has been seen. */
void weir_watermark_reset(struct weir_watermark *watermark);

/* An instance has processed an item. */
void weir_watermark_see(struct weir_watermark *watermark, struct weir_instance *instance, const struct weir_item *item);
/* The watermark of an instance, s: -INFINITY before the first item of each source; it never goes back. */
double weir_watermark_of(struct weir_watermark *watermark, struct weir_instance *instance);
/* That of an instance for which nothing waits. */
double weir_watermark_ahead(const struct weir_watermark *watermark);

/* A source that has ended may have nothing under way any more. True if none is left for which that is to be asked. */
bool weir_watermark_look(struct weir_watermark *watermark);

/* Wakes those who rest. */
void weir_watermark_wake(const struct weir_watermark *watermark);

#endif
