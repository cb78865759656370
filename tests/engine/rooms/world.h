/* Small worlds of hosts and links alone: what is begun when, and what came of it. Each runs in a child process, since
 * SimGrid runs once a process. */
#ifndef WEIR_TESTS_ENGINE_ROOMS_WORLD_H
#define WEIR_TESTS_ENGINE_ROOMS_WORLD_H

#include <stdbool.h>

#include "sim/model/scenario.h"

#define STEPS_AT_MOST 512

enum world_what {
    WORK,      /* flops `amount` on host `a`, at most `limit` of a core (0: all of it) */
    TRANSFER,  /* bytes `amount` from host `a` to `b`, at most `limit` bytes/s (0: no limit) */
    STOP,      /* what step `a` began */
    DOWN,      /* host `a` */
    UP,        /* host `a` */
    SLOW,      /* host `a` works at a share `amount` of its speed */
    LINK_DOWN, /* link `name` */
    LINK_UP,
    RESIZE, /* link `name` has `amount` bytes/s */
    LOSE,   /* link `name` loses a share `amount` of packets */
    ENERGY, /* the joules until now are its `end_s` */
    STILL /* its `end_s` is 1 if a transfer gets less than `amount` bytes/s `limit` s late, else 0; the text is kept */
};

struct world_step {
    double at_s;
    enum world_what what;
    int a, b;
    double amount, limit;
    const char *name;
    double way_s; /* of a transfer: it is on its way for so long before it has come */
    bool again;   /* when it is done, the same begins anew, once */
    int then;     /* the step that begins when it is done, and so on from there; 0: none. Its own date is INFINITY. */
};

struct world {
    const char *platform;    /* what stands inside <platform> */
    const char *profiles[2]; /* the files 0.profile and 1.profile beside it */
    const struct world_step *steps;
    int count;
    double until_s;             /* 0: until nothing is left */
    bool all, rtt;              /* the scenario's choices */
    const char *option, *value; /* of SimGrid; NULL: none */
};

struct world_end {
    int told;     /* how often */
    bool ok;      /* the last time */
    double end_s; /* of the last time */
    int turn;     /* which one that was of all that were told, from 1 on */
};

struct world_outcome {
    struct world_end ends[STEPS_AT_MOST];
    double over_s;                       /* our clock at the end */
    unsigned failures;                   /* of host 0 */
    int changes;                         /* of bandwidths and losses of links that were told */
    bool latencies;                      /* are SimGrid's */
    unsigned long long works, transfers; /* that have shared, or SimGrid has had */
    int sent;                            /* transfers that SimGrid was given */
    char text[512];                      /* of STILL */
    int code;                            /* of the run, or of a child that died */
};

/* Fails the test if the world cannot be run. */
void world_run(const struct world *world, struct world_outcome *outcome);

/* Runs it both ways, with what shares alone in SimGrid's hands and with everything; checks that step `s` ends at
 * wanted_s[s] (negative: not looked at; INFINITY: never), and all steps alike both ways. */
void world_check(struct world world, const double *wanted_s);

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))
#define CHECK_WORLD(xml, done, ...)                                                                                    \
    world_check((struct world){.platform = (xml), .steps = (done), .count = COUNT(done)},                              \
                (const double[COUNT(done)]){__VA_ARGS__})

#endif
