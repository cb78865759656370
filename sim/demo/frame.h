/* What is to be seen of a run at the end of a window, and how it comes from the process of the engine to the one that
 * shows it. Plain bytes: both are one program, forked. */
#ifndef WEIR_DEMO_FRAME_H
#define WEIR_DEMO_FRAME_H

#include <stdbool.h>

#include "sim/engine/run.h"

/* Jobs, operators and hosts come in the order of the scenario; shares from 0 to 1, rates in items/s. */
struct weir_demo_op {
    char where[96]; /* "2 on edge-1, 1 on cloud" */
    int instances;
    bool changing; /* a change of plan is under way */
    double arrival_rate, processed_rate, dropped_rate;
    double busy, idle, backpressured;
    double occupancy; /* of the inputs' room */
    double queued;
};
struct weir_demo_job {
    bool running;
    int op_first, op_count; /* in the frame's operators */
    double ingress_rate, emitted_rate, delivered_rate, dropped_rate;
    int source_host; /* of one that moves, that of its access point */
    double backlog, source_backpressured;
    double latency_mean_s, latency_p95_s; /* of what was delivered in the window */
};
struct weir_demo_host {
    bool up;
    int instances;
    double cpu;
    double sent_bytes_per_s, memory_bytes; /* as its monitor reports */
    char wrong[32];                        /* what was truly wrong with it in the window, "memory-leak"; "": nothing */
};

enum weir_demo_event_kind {
    WEIR_DEMO_DECIDED, /* policy, op, what, why, refusal ("": carried out) */
    WEIR_DEMO_CHANGED, /* a change is through: op, since_s, paused_s, bytes of state moved; moves: of hosts alone */
    WEIR_DEMO_HOST,    /* a host has gone down, or come up again (what) */
};
struct weir_demo_event {
    enum weir_demo_event_kind kind;
    double time_s, since_s, paused_s, bytes;
    bool moves;
    char policy[48], job[64], op[64], what[160], why[320], refusal[160];
    char from[96]; /* where the operator was before */
};

struct weir_demo_frame {
    double time_s;
    long window; /* -1: before the first */
    int job_count, op_count, host_count, event_count;
    struct weir_demo_job *jobs;
    struct weir_demo_op *ops;
    struct weir_demo_host *hosts;
    struct weir_demo_event *events;
};
void weir_demo_frame_fini(struct weir_demo_frame *frame);

/* What the engine's process says: a window has ended, or the run. */
struct weir_demo_end {
    int code; /* of the run */
    char message[1000];
    struct weir_metrics metrics;
};

/* Whole frames and ends through a pipe. Reading: 1 a frame, 2 an end, 0 the other process is gone. */
void weir_demo_write_frame(int to, const struct weir_demo_frame *frame);
void weir_demo_write_end(int to, const struct weir_demo_end *end);
int weir_demo_read(int from, struct weir_demo_frame *frame, struct weir_demo_end *end);

/* What is answered to a frame: go on, with these wishes; or (count below 0) stop. */
struct weir_demo_answer {
    int count;
    struct weir_demo_wish {
        enum weir_wish_kind kind;
        int target; /* job, link; -1: all */
        int stack;  /* of the session */
        double factor;
    } wishes[WEIR_WISHES];
};
void weir_demo_write_answer(int to, const struct weir_demo_answer *answer);
bool weir_demo_read_answer(int from, struct weir_demo_answer *answer);

#endif
