/* The derivative-free search that the fit begins with: BOBYQA of NLopt [powell-2009], a step at a time. */
#ifndef WEIR_ANALYSIS_FIT_WALK_H
#define WEIR_ANALYSIS_FIT_WALK_H

#include <stdbool.h>

/* A search in the unit cube of n sides. What it asks for has to be evaluated by somebody else, so that two searches can
 * go side by side: the search is a function of the answers so far, and is played again from its beginning for each
 * question. */
struct fit_walk {
    int n;
    const double *start; /* [n] */
    double step;         /* of the first moves */
    double close;        /* it ends where moves are shorter */
    int at_most;         /* evaluations */
    /* The value at a point that has been evaluated; false: it has not. */
    bool (*known)(void *context, const double *u, double *value);
    void *context;
};

/* The point [n] that the search asks for next; false: it has ended. */
bool fit_walk_next(const struct fit_walk *walk, double *u);

#endif
