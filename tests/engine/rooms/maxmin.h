/* An independent simulation of hosts and links that share max-min: rates are filled up step by step, from nothing,
 * after every event. Slow and plain. */
#ifndef WEIR_TESTS_ENGINE_ROOMS_MAXMIN_H
#define WEIR_TESTS_ENGINE_ROOMS_MAXMIN_H

#include "tests/engine/rooms/world.h"

#define MAXMIN_LINKS 4

struct maxmin_host {
    double flops_per_s;
    int cores;
};
struct maxmin_link {
    const char *name;
    double bytes_per_s;
    bool fatpipe;
};
/* Both ways. */
struct maxmin_route {
    int a, b;
    int links[MAXMIN_LINKS], count;
};

struct maxmin {
    const struct maxmin_host *hosts;
    const struct maxmin_link *links;
    const struct maxmin_route *routes;
    int host_count, link_count, route_count;
};

/* Steps of work, transfers (without a way), STOP, SLOW, RESIZE, DOWN, UP, LINK_DOWN and LINK_UP, sorted by date. */
void maxmin_run(const struct maxmin *maxmin, const struct world *world, struct world_outcome *outcome);

#endif
