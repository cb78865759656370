/* What is asked of a platform in SimGrid before a run, and what comes of it (sim/engine/run.h does it). */
#ifndef WEIR_MODEL_PROBE_H
#define WEIR_MODEL_PROBE_H

#include "sim/model/initial.h"

/* A platform to be tried in SimGrid, and pairs of its hosts that are asked for a route. */
struct weir_probe {
    const struct weir_platform *platform;
    const struct weir_scenario *scenario; /* whose options SimGrid gets; NULL: none */
    const struct weir_pair *pairs;
    size_t pair_count;
    /* What flows between the pairs, and memory for what that makes of the links, as many as there is room for; NULL: it
     * is not asked for. */
    const double *bytes_per_s;
    struct weir_probe_link {
        char name[96];
        double bytes_per_s, bandwidth_bytes_per_s;
    } * links;
    size_t link_room;
    struct weir_probe_state *state; /* may be memory that processes share, as SimGrid may end this one */
};
struct weir_probe_state {
    size_t next;           /* pair to begin with, or that is asked for */
    bool asking;           /* it is asked for now */
    size_t missing;        /* pairs without a route, or with one that carries nothing */
    int from, to;          /* the first of them */
    bool sending, failed;  /* a transfer is tried; it failed, as a host or link is down */
    struct weir_pair sent; /* between which */
};

/* Counts the pair at state->next as one without a route. */
static inline void weir_probe_missing(struct weir_probe *probe)
{
    struct weir_probe_state *state = probe->state;
    if (state->missing++ == 0) {
        state->from = probe->pairs[state->next].from;
        state->to = probe->pairs[state->next].to;
    }
}

#endif
