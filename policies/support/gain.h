/* Whether instances that were added brought anything. One record an operator. */
#ifndef WEIR_POLICIES_SUPPORT_GAIN_H
#define WEIR_POLICIES_SUPPORT_GAIN_H

#include <stddef.h>

/* Zeroed it is empty and valid; what is in it is not for its users. */
struct weir_gain {
    enum { WEIR_GAIN_NONE, WEIR_GAIN_RAISED, WEIR_GAIN_OPEN, WEIR_GAIN_LOWERED } watched;
    int from, to;        /* of the growth that is watched; of several if the earlier ones are open */
    double before_per_s; /* served with `from` instances, when more was wanted; 0: not known */
    double level_per_s;  /* served with `to` of them */
    int ceiling;         /* 0: none */
    double until_s, span_s;
};

/* A window without a part of a change in it. */
struct weir_gain_window {
    double now_s;
    int instances;
    double served_per_s;
    int useful;   /* the least instances that serve so much */
    int short_of; /* more was to be served than could be */
    int spare;    /* instances more than useful that are let be */
    double remember_s;
    int hidden; /* chance can hide in a window what the watched growth promises */
};

/* Growth is decided; before_per_s as in the struct. Where the growth to `from` is still open, both are judged as one.
 */
void weir_gain_raised(struct weir_gain *gain, int from, int to, double before_per_s);

/* The instances to go to: as many as there are, or fewer. Growth after which still more was wanted than could be served
 * is undone, if what is served is worth fewer instances and the spare ones: the useful ones, or, where the growth
 * brought less than a tenth of what as many instances had served before, as many more than before as bring that (none
 * for less than a tenth of one). It never goes to fewer than there were. It is remembered for remember_s, and twice as
 * long each time in a row. If less is served then (by 3 %), all come back and nothing is judged for as long. A hidden
 * growth stays open as long as more is wanted. `why` says it; empty if nothing is to be done. */
int weir_gain_judge(struct weir_gain *gain, const struct weir_gain_window *window, char *why, size_t size);

/* The most instances that the operator may grow to; INT_MAX: any number. */
int weir_gain_limit(const struct weir_gain *gain, double now_s);

/* What was learnt does not hold any more, as other operators have grown. */
void weir_gain_forget(struct weir_gain *gain);

#endif
