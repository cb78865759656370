/* Dynamic programmes for the best response of a chain. Private. */
#ifndef WEIR_LEARN_OFFLOAD_CHAIN_H
#define WEIR_LEARN_OFFLOAD_CHAIN_H

#include "policies/learn/offload/game.h"

/* The programme on some of the nodes, its candidates; indexes c are of those. Room is kept from one response to the
 * next. */
struct offload_chain {
    struct offload_game *game;
    int count;                    /* candidates */
    int *node;                    /* [count] */
    const double *span, *delay_s; /* [count][stride]: as the network's, between candidates; rows once asked for */
    size_t stride;
    double *some_span, *some_delay_s; /* room for these where not all nodes are candidates */
    double *f, *g;                    /* [longest + 1][count] */
    double *item;                     /* [longest][count]: of each subtask on a candidate, INFINITY: not allowed */
    double *load, *per_capacity;      /* [count]: of candidates */
    double *total;                    /* [count]: items of a run */
    double *queue;                    /* [count][count]: sum of load / bandwidth along the ways from a candidate */
    int *queue_of;                    /* [count]: turn for which its row, and those of span and delay, hold */
    int turn;
    double value;                 /* cost of the response by the programme's own reckoning */
    double *pressure;             /* [links]: load / bandwidth */
    double *rest;                 /* [longest + 1]: what the subtasks from j on cost at least */
    double *raw, *result, *score; /* [nodes]: ways from the origin, to the end; how good a candidate it is */
    int *response;                /* [longest] */
};

void offload_chain_init(struct offload_chain *chain, struct offload_game *game);
void offload_chain_fini(struct offload_chain *chain);

/* Finds the user's response to the loads by the segment programme or, with `blind`, the layered shortest path, into
 * chain->response. Candidates are all nodes or, if these are more than `most`, those that are cheap and near to the
 * ways from origin to end, those where the user is now, and some others. A response that would cost `bound` or more by
 * the programme's own reckoning, which is at most the true cost, need not be found: then, or if there is none, false.
 */
bool offload_chain_respond(struct offload_chain *chain, bool blind, int most, double bound);

#endif
