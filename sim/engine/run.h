/* A run: one platform, one workload, one policy stack, one seed. The public face of the engine. */
#ifndef WEIR_ENGINE_RUN_H
#define WEIR_ENGINE_RUN_H

#include <stdbool.h>

#include "sim/api/policy.h"
#include "sim/base/param.h"
#include "sim/model/probe.h"
#include "sim/model/scenario.h"

/* Everything measured in a run after the warm-up; the table below names each. Counts are in items. */
struct weir_metrics {
    double emitted, delivered, duplicates, dropped, in_flight, replayed, lost, restarts;
    double throughput_per_s;
    double latency_mean_s, latency_p50_s, latency_p95_s, latency_p99_s, latency_max_s;
    double waiting_s, service_s, network_s, blocked_s; /* mean parts of the latency */
    double slo_violations; /* share of what was due; NaN: nothing was. See docs/results.md */
    double backlog_max, backlog_end;
    double instances_mean;
    double cpu_device, cpu_edge, cpu_cloud; /* mean shares of the tiers' cores */
    double backpressured;                   /* mean share over operators, weighted by instances */
    double energy_j;
    double cost, instance_cost;           /* whole hosts while they have an instance; a core for each instance */
    double network_bytes, crossing_bytes; /* over links (a byte counts once a transfer); between tiers */
    double decisions, refused, warnings;
    double choices, choosing_s, choice_s; /* of policies that route; choice_s is NaN if there were none */
    double rescales, migrations, tier_crossings, state_moved_bytes, paused_s;
    /* Those that cost something: complete, failed; means of these; sum. NaN where there are none. */
    double checkpoints, checkpoints_failed, checkpoint_duration_s, checkpoint_alignment_s, checkpoint_bytes;
    /* Attempts of services that may fail, or are tried twice at once; NaN where there are no such operators. */
    double failed_attempts, retries, hedges, rejected;
    /* Of the scenario's account (sim/model/account.h); NaN without one. The first of them is revenue. */
    double revenue, utilisation;
    double anomaly_frequency, device_anomalies, service_anomalies; /* shares of the requests */
    double income, fines;
    /* Of devices that move (sim/model/mobility.h); NaN where none does. The first of them is handovers. */
    double handovers, interrupted_s, handover_lost;
    double latency_before_s, latency_after_s; /* means, of what came within a window before and after a handover */
    /* Each of a key of its own (docs/energy.md); NaN without it. The first of them is carbon_g. */
    double carbon_g;
    double traffic_cost, bill;
    double energy_idle_j; /* that is no job's */
    double asleep_s, boots;
    double pstate_changes;
    double batteries_empty, battery_left_j;
};
enum weir_better { WEIR_BETTER_NONE, WEIR_BETTER_LOW, WEIR_BETTER_HIGH };
struct weir_metric {
    const char *name;
    const char *unit;
    enum weir_better better;
    size_t offset; /* of the double in weir_metrics */
    const char *help;
};
extern const struct weir_metric weir_metric_table[]; /* ends with a NULL name */

/* What came through one operator in the whole run (warm-up included), for conservation and theory. */
struct weir_operator_total {
    const char *job, *name;
    unsigned long long arrived, processed, emitted, dropped, queued, pending; /* pending: in joins and windows */
    unsigned long long in_transit;                                            /* sent to it, not yet arrived */
    unsigned long long late; /* too late for its windows in event time, and dropped there; counted as processed */
    unsigned long long lost_on_way,
        lost_inside;                        /* to failures, before and after they arrived; replayed by the source */
    double waiting_s, service_s, blocked_s; /* means over items processed after the warm-up */
    double queue_mean;                      /* time-averaged items waiting (not in service) after the warm-up */
    double queue_max;                       /* most items that waited at one input edge of one instance */
    double busy, backpressured;             /* mean shares after the warm-up */
};
struct weir_job_total {
    const char *name;
    unsigned long long arrived, emitted, dropped_at_source, backlog, delivered, in_transit;
    unsigned long long replayed, lost, held; /* by the source; on the way to the sink; at the sink until a checkpoint */
    unsigned long long duplicates;           /* delivered again; `delivered` is of the first time */
    double due, violations; /* results due after the warm-up and before the end, and those of them not come in time */
    double latency_mean_s, latency_p50_s, latency_p95_s, latency_p99_s, latency_max_s;
    double waiting_s, service_s, network_s, blocked_s; /* mean parts of the latency */
    unsigned long long arrivals_hash;                  /* of the arrival times: equal for two policies with one seed */
    double energy_j; /* after the warm-up, of hosts that give watts; NaN: joules are not divided among jobs */
};

/* The items of a job that took one way from the source to the sink, after the warm-up. Of an item that a join put
 * together it is the way of the part that came last. */
struct weir_path_total {
    const char *job;
    char *path; /* "source > decode > detect > sink"; owned */
    unsigned long long delivered;
    double latency_mean_s, latency_p50_s, latency_p95_s, latency_p99_s;
    double waiting_s, service_s, network_s, blocked_s; /* mean parts of the latency */
};

/* The results of a kind of a job's items, after the warm-up. */
struct weir_kind_total {
    const char *job, *name;
    unsigned long long delivered, late; /* late: beyond the deadline of the kind, or the objective of the job */
    double latency_mean_s, latency_p50_s, latency_p95_s, latency_p99_s, latency_max_s;
    double waiting_s; /* the mean part of it */
};

/* One of several sources of a job, and what came of its items, in the whole run; each sums up to that of the job, or of
 * its operators. A result of several items is of the source of the latest. */
struct weir_source_total {
    const char *job, *name;
    unsigned long long arrived, emitted, dropped_at_source, backlog, replayed;
    unsigned long long dropped, late; /* at operators: by full inputs and the like; too late for windows */
    unsigned long long delivered, duplicates;
    double latency_mean_s; /* after the warm-up */
};

/* A link that carried something; the whole run. SPLITDUPLEX links are two, NAME_UP and NAME_DOWN. */
struct weir_link_total {
    char *name; /* owned */
    double bytes;
    double use; /* share of what it could have carried */
};

/* Points of the distribution of latencies, all jobs together: a share of the items is at least so fast. */
#define WEIR_LATENCY_POINTS 56
static inline double weir_latency_share(int point)
{
    static const double tail[] = {0.99, 0.995, 0.999, 0.9995, 0.9999, 1};
    return point < 50 ? point / 50.0 : tail[point - 50];
}

struct weir_result {
    struct weir_metrics metrics;
    double latency_s[WEIR_LATENCY_POINTS]; /* at weir_latency_share; no part of the checksum, as it adds nothing */
    struct weir_job_total *jobs;
    int job_count;
    struct weir_operator_total *operators;
    int operator_count;
    struct weir_path_total *paths;
    int path_count;
    struct weir_kind_total *kinds; /* of jobs that have kinds */
    int kind_count;
    struct weir_source_total *sources; /* of jobs that have several */
    int source_count;
    struct weir_link_total *links;
    int link_count;
    unsigned long long checksum; /* of everything above, to the last bit */
    /* Works on hosts that had not enough for all, and transfers that shared a link, which SimGrid has had; all of them
     * with "activities": "all". */
    unsigned long long shared_works, shared_transfers;
    double wall_s, decision_wall_s; /* real time; no part of the results */
    double items_per_wall_s;
};
void weir_result_fini(struct weir_result *result);

/* A time in which something was so. What does not apply to its kind is NULL or 0. */
enum weir_span_kind {
    WEIR_SPAN_BUSY,      /* an instance works: host, job, op, number */
    WEIR_SPAN_BLOCKED,   /* an instance or (op NULL) a source is held back */
    WEIR_SPAN_TRANSFER,  /* host, to, job, op (NULL: the sink; state that moves: items 0), bytes, items */
    WEIR_SPAN_RESCALE,   /* a change of plan is carried out: job, op */
    WEIR_SPAN_MIGRATION, /* likewise, of hosts alone */
    WEIR_SPAN_DOWN,      /* host, or a link if is_link */
    WEIR_SPAN_SLOW,      /* likewise, with the share left of its speed or bandwidth */
    WEIR_SPAN_LOSSY,     /* a link, with the share left of its packets */
};
struct weir_span {
    enum weir_span_kind kind;
    double start_s, end_s; /* end_s > start_s */
    const char *host, *to; /* names, kept for the whole run */
    bool is_link;
    const char *job, *op;
    int number; /* of the instance in its operator */
    double bytes, left;
    double paused_s; /* of a change of plan: how long the operator stood still for it */
    long items;
};

/* Hears what happens, in order of simulated time. Any function may be NULL. Strings are borrowed. */
struct weir_observer {
    void *context;
    /* A row of windows.csv: job, op, host or link name "" where it does not apply. */
    void (*metric)(void *context, double time_s, const char *job, const char *op, const char *host, const char *metric,
                   double value);
    /* A row of decisions.csv; refusal is NULL if applied. `what` such as "jobs-3/detect: 2 -> 3 instances". */
    void (*decision)(void *context, double time_s, const char *policy, const char *job, const char *op,
                     const char *what, const char *why, const char *refusal);
    /* Told when it is over; outages, all at the end of the run. */
    void (*span)(void *context, const struct weir_span *span);
    void (*progress)(void *context, double time_s, double duration_s); /* a few hundred times a run */
    /* A hook of a shared object begins, or is over (`where` is NULL). It may take limit_s of real time; if it hangs,
     * only another process can end it. `where` such as "policy mine at 20 s (window 1)". */
    void (*foreign)(void *context, const char *where, double limit_s);
    /* After each round of decisions, at arrivals and at the ends of windows: what a policy says of its last one (NULL:
     * nothing, or it has no such hook). True ends the run, without a result. */
    bool (*explained)(void *context, double time_s, const char *policy, const char *text);
    const struct weir_explain_wish *explain_wish; /* NULL: text as such; else of policies with explain_as */
};

/* What somebody who steers a run wants changed from now on. */
struct weir_wish {
    enum weir_wish_kind {
        WEIR_WISH_LOAD,   /* times the rate that the workload gives: from the item after the one due next on */
        WEIR_WISH_LINK,   /* times the bandwidth that the platform gives; what faults leave of it is multiplied */
        WEIR_WISH_POLICY, /* other policies, begun anew: they get the jobs that run as if those arrived */
    } kind;
    const char *name;               /* of a job, also one that is still to come, or of a link; NULL: of all */
    double factor;                  /* of load or link, above 0; 1: as the files say */
    const struct weir_stack *stack; /* the policies; must outlive the run */
};

/* Steers a run. Without wishes a run is the same as one that nobody steers. */
#define WEIR_WISHES 16
struct weir_control {
    void *context;
    /* Called at 0 s before the first job arrives (view->window is -1) and at the end of each window, after its
     * decisions. It may take its time: the run waits. Fills in at most WEIR_WISHES wishes (those of the last window
     * come too late) and returns how many; below 0 ends the run, without a result. A wish that cannot be met, such as
     * one for a link that is not there, ends it with an error. */
    int (*window)(void *context, const struct weir_view *view, struct weir_wish *wishes);
};

struct weir_run_spec {
    const struct weir_scenario *scenario;
    const struct weir_stack *stack;
    const struct weir_policy *const *catalog; /* NULL-terminated */
    unsigned long long seed;
    const struct weir_observer *observer; /* may be NULL */
    const struct weir_control *control;   /* may be NULL */
    const char *paje;                     /* file for a trace of hosts and links; NULL: none */
};

/* Runs. Once a process (SimGrid), so callers fork. The result is empty if an observer or a control has ended the run
 * early. Errors: WEIR_EINPUT, WEIR_ERUN, WEIR_EENGINE; SimGrid may also abort the process. */
int weir_run(const struct weir_run_spec *spec, struct weir_result *result);

/* Checks a stack against the catalogue: names, parameters, create hooks. Errors: WEIR_EINPUT. */
int weir_stack_check(const struct weir_stack *stack, const struct weir_policy *const *catalog);

/* The same, but code of others is only looked at (sim/model/foreign.h), and nothing of it runs. */
int weir_stack_look(const struct weir_stack *stack, const struct weir_policy *const *catalog);

/* Loads the platform in SimGrid, asks for routes, and sends one transfer over the first that there is; once a process.
 * Errors: WEIR_EENGINE, or an abort. */
int weir_engine_probe(struct weir_probe *probe);

/* "SimGrid 3.32.0"; nothing is loaded for it. */
const char *weir_engine_version(void);

/* Loads what runs and questions load when they begin, so that processes forked from now on have it. Errors:
 * WEIR_EENGINE. */
int weir_engine_open(void);

#endif
