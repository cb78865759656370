/* Dynamic programmes for the best response of a chain. Private. */
#ifndef WEIR_LEARN_OFFLOAD_CHAIN_H
#define WEIR_LEARN_OFFLOAD_CHAIN_H

#include "policies/learn/offload/game.h"

/* Room that is kept from one response to the next. */
struct offload_chain {
    struct offload_game *game;
    int longest;
    double *f, *g; /* [longest + 1][nodes] */
    int *f_from;   /* [longest + 1][nodes]: subtasks before the last run */
    int *g_from;   /* [longest + 1][nodes]: node before */
    double *run;   /* [nodes] */
    double *queue; /* [nodes][nodes]: sum of load / bandwidth along the ways from a node */
    int *queue_of; /* [nodes]: turn for which its row holds */
    int turn;
    int *response; /* [longest] */
};

void offload_chain_init(struct offload_chain *chain, struct offload_game *game);
void offload_chain_fini(struct offload_chain *chain);

/* Finds the user's response to the loads by the segment programme (spec of the header decide.h) or, with `blind`, the
 * layered shortest path; into chain->response. A response that would cost `bound` or more by the programme's own
 * reckoning need not be found: then, or if there is none, false. The reckoning is at most the true cost. */
bool offload_chain_respond(struct offload_chain *chain, bool blind, double bound);

#endif
