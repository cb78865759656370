/* A job of the flow played in a process of its own, without control: instances are put by hand. */
#ifndef WEIR_TESTS_ENGINE_ROOMS_PLAY_H
#define WEIR_TESTS_ENGINE_ROOMS_PLAY_H

#include "sim/engine/flow/flow.h"

enum { EDGE, EDGE2, CLOUD, CLOUD4 }; /* hosts of two-tier.xml, of 1 Gf/s and 1, 2, 1 and 4 cores */
#define OPS_MOST 5
#define ITEMS    300

enum what { START = 1, RETIRE, PAUSE, RESUME, HALT, GO_ON, STALL /* for half a second */ };

/* What is done at a date; 0: before the run. Of RETIRE and STALL `host` is the number of the instance. */
struct action {
    enum what what;
    double at_s;
    int op, host;
};

struct outcome {
    struct weir_op_counts ops[OPS_MOST];
    struct weir_job_counts job;
    int most[OPS_MOST];   /* ever in one input */
    long left, under_way; /* items and batches anywhere, or in a sum; for the watchdog */
    double latency_s;     /* summed */
    double source_s[WEIR_DOINGS];
    double latency_most_s, end_s;
    double at_s[ITEMS];
};

/* Plays a job (what stands in it after its name), and fails the test unless all that its source sent, ITEMS items, has
 * left it at the end: nothing is in any of its parts, or in a sum of them. */
struct outcome play_job(const char *job, const struct action *actions, int count);
#define PLAY(job, ...)                                                                                                 \
    play_job(job, (const struct action[]){__VA_ARGS__},                                                                \
             (int)(sizeof(const struct action[]){__VA_ARGS__} / sizeof(struct action)))

#endif
