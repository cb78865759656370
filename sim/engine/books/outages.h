/* The faults of a scenario as dates: when each host and link is down, slower, or loses packets. */
#ifndef WEIR_ENGINE_OUTAGES_H
#define WEIR_ENGINE_OUTAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/model/scenario.h"

struct weir_outages {
    int host;         /* -1: a link */
    const char *link; /* of the platform; NULL: a host */
    double *dates_s;  /* down, up, down, ... or of the shares */
    double *shares;   /* [count], what is left of speed, bandwidth or packets from each date on; NULL: down and up */
    unsigned count;
    bool lossy; /* the shares are of packets, and a link's */
};

struct weir_outages *weir_outages_new(const struct weir_scenario *scenario, unsigned long long seed, size_t *count);
void weir_outages_free(struct weir_outages *outages, size_t count);

#endif
