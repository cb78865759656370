/* What the programs of this folder measure on: a platform, its requests of a cycle, and what was expected of them. */
#ifndef WEIR_BENCH_SENTINEL_PLATFORM_H
#define WEIR_BENCH_SENTINEL_PLATFORM_H

#include <stdbool.h>
#include <time.h>

#include "policies/learn/cluster/kmeans.h"
#include "policies/learn/dispatch/rivals.h"

/* Content and screen one-hot, bitrate and duration of a session. */
enum { FEATURES = 11 };

struct platform {
    int servers, regions, categories;
    double *bandwidth;    /* [servers] Mbit/s */
    bool *healthy;        /* [servers] */
    float *rate;          /* [servers][regions][categories] Mbit/s of a request */
    unsigned char *safe;  /* the same shape */
    double *expected;     /* [regions][categories] requests of a cycle */
    int *nearest;         /* [regions][servers] */
    struct kmeans centre; /* of the categories */

    long requests; /* those that come */
    struct rival_request *request;
    double *features; /* [requests][FEATURES] */
};

/* `load` is the share of all bandwidth that the expected requests need. requests > 0: so many come and are expected,
 * and the servers are scaled to the load; 0: the servers are as drawn, and as many come as they stand for. The requests
 * that come are drawn one by one in proportion to those expected, so that pairs get more or fewer. */
void platform_draw(struct platform *platform, int servers, int regions, int categories, double load, long requests);
void platform_fini(struct platform *platform);

/* Time that passes: steps are short, and the fastest of many counts. */
static inline double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Seconds of the fastest round, and of the one in the middle. */
struct taken {
    double least, middle;
};

/* Measures the rounds of step(context), each after prepare(context), which is not measured (NULL: nothing). */
struct taken measure(int rounds, void (*prepare)(void *context), void (*step)(void *context), void *context);

#endif
