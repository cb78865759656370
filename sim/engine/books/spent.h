/* How the time of an instance or a source is spent. */
#ifndef WEIR_ENGINE_SPENT_H
#define WEIR_ENGINE_SPENT_H

enum weir_doing { WEIR_IDLE, WEIR_BUSY, WEIR_BLOCKED, WEIR_DOINGS };

struct weir_trace; /* trace.c: who is told of it */

struct weir_spent {
    enum weir_doing doing;
    double since_s;
    double spent_s[WEIR_DOINGS];
    struct weir_trace *trace; /* NULL: nobody listens */
};

/* trace.c */
void weir_trace_set(struct weir_spent *spent, enum weir_doing doing, double now_s);
void weir_trace_free(struct weir_spent *spent);

/* From now on it does something else, or the same: the time until now is counted. */
static inline void weir_spent_set(struct weir_spent *spent, enum weir_doing doing, double now_s)
{
    if (spent->trace)
        weir_trace_set(spent, doing, now_s);
    spent->spent_s[spent->doing] += now_s - spent->since_s;
    spent->since_s = now_s;
    spent->doing = doing;
}

#endif
