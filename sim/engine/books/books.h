/* What is counted in a run: for the view of the policies, for what the observer hears, and for the result. Known to
 * flow, control and run; knows none of them. Times are the clock's, and given by the caller. */
#ifndef WEIR_ENGINE_BOOKS_H
#define WEIR_ENGINE_BOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/stats.h"
#include "sim/engine/books/outages.h"
#include "sim/engine/books/spent.h"
#include "sim/engine/run.h"

/* Counts of an operator since the start of the run; windows and warm-up take differences. */
struct weir_op_counts {
    uint64_t arrived, processed, emitted;
    double queue_area;                      /* items waiting x seconds */
    double waiting_s, service_s, blocked_s; /* sums over items processed */
    uint64_t dropped;
    uint64_t late;                              /* processed, but too late for their windows in event time */
    uint64_t failed, retries, hedges, rejected; /* attempts; rejected: by a breaker, among the failed ones */
    uint64_t lost_on_way, lost_inside;          /* to failures, before and after they arrived */
    double busy_s, idle_s, blocked_time_s;      /* of all instances */
    double instance_s;
};

struct weir_job_counts {
    uint64_t arrived, emitted, delivered, late, dropped, dropped_at_source; /* delivered: for the first time */
    uint64_t duplicates;
    uint64_t replayed, lost, restarts; /* lost: results on their way to the sink */
};

/* Of one of several sources of a job, of what comes of its items; operators: dropped there, too late for windows. */
struct weir_source_counts {
    uint64_t arrived, emitted, dropped_at_source, replayed;
    uint64_t dropped, late;
    uint64_t delivered, duplicates;
    double latency_s; /* sum over those delivered */
};

/* What has come to a job's sink from one host in this window. */
struct weir_origin {
    int host;
    uint64_t delivered, late;
    double bytes;
};

struct weir_host_counts {
    double flops, sent_bytes, received_bytes;
};
struct weir_host_book {
    _Alignas(32) struct weir_host_counts counts; /* in one line of the cache */
    struct weir_host_counts at_window, at_warmup;
    int instances;
    double state_bytes; /* of active instances: control's */
    double taken_bytes; /* and of those to come of changes under way */
};
struct weir_link_book {
    const char *name;   /* borrowed from who gave the links */
    double bytes_per_s; /* at the start of the run */
    double bytes, bytes_at_window;
};

struct weir_telemetry;
struct weir_monitors;
struct weir_truth;
struct weir_ledger;

struct weir_books {
    const struct weir_scenario *scenario;
    const struct weir_platform *platform;
    const struct weir_observer *observer; /* may be NULL */
    unsigned long long seed;
    bool warm; /* the warm-up is over */
    double window_start_s;
    long window;
    unsigned char *tiers; /* of the hosts */
    struct weir_host_book *hosts;
    struct weir_link_book *links;
    int link_count;
    struct weir_outages *outages; /* what faults do, when */
    size_t outage_count;
    /* Sums for the metrics of the run, after the warm-up. */
    double instance_area, instance_since_s;
    int instances_alive;
    double price_per_s, instance_price_per_s; /* of all hosts that have an instance, and of all instances alive */
    double cost, instance_cost;
    double network_bytes, crossing_bytes, traffic_cost;
    double choices, choosing_s, choice_s; /* items whose way took time to decide; work, and with the wait for it */
    double decisions, refused, warnings, rescales, migrations, tier_crossings, state_moved_bytes, paused_s;
    double checkpoints, checkpoints_failed, checkpoint_s, alignment_s, checkpoint_bytes; /* s: sums */
    double energy_at_warmup_j;
    int asleep; /* hosts that are, now */
    bool slept; /* some ever were */
    double asleep_s, boots;
    double
        more_flops[WEIR_TIER_COUNT]; /* that hosts can do for changes of their performance states, after the warm-up */
    double pstate_changes;
    bool stated; /* there were some */
    double batteries_empty;
    double carbon_g, carbon_at_window_g; /* since the warm-up, or in it */
    double backlog_most;
    double decision_wall_s;
    struct weir_telemetry *telemetry; /* telemetry.c */
    struct weir_monitors *monitors;   /* monitor.c; NULL: they do not err */
    struct weir_truth *truth;         /* truth.c */
    struct weir_ledger *ledger;       /* account.c; NULL: the scenario has none */
};

/* The links as they are at the start. Outages and anomalies are drawn here. */
void weir_books_init(struct weir_books *books, const struct weir_run_spec *spec, const struct weir_link_view *links,
                     int link_count);
void weir_books_fini(struct weir_books *books);

/* Instances begin or cease to occupy a host. */
void weir_books_instances(struct weir_books *books, int host, int by, double now_s);
/* What they have cost until now. */
void weir_books_settle(struct weir_books *books, double now_s);
/* An operator is changed: it moves if it has as many instances as before, on other hosts; it crosses if some go from a
 * tier to another, however many there are. */
void weir_books_change(struct weir_books *books, bool moves, bool crosses);
/* Bytes have gone from a host to another over links (by index), those sent again included. */
void weir_books_transfer(struct weir_books *books, int from, int to, const int *links, int link_count, double bytes);

/* paths.c: the ways that items take through a job: a tree from the source, one node a prefix, made as items go along.
 * Parts of the latency: waiting, service, network, blocked. */
struct weir_paths {
    int *next; /* [way x operators + operator]: the way that goes on there; 0: not taken yet */
    int ops;
    struct weir_path_node *nodes; /* 0: the first source, 1: its ways beyond the most that are kept */
    size_t count, capacity;
};
struct weir_paths *weir_paths_new(int ops);
void weir_paths_free(struct weir_paths *paths);
/* Where the ways from a source begin, by its number. */
uint64_t weir_paths_root(struct weir_paths *paths, int source);
/* The number of the source from which a way began. */
int weir_paths_source(const struct weir_paths *paths, uint64_t path);
uint64_t weir_paths_branch(struct weir_paths *paths, uint64_t path, int op); /* a step not taken before */
/* The way of an item that comes to the operator, after the way that it took so far (0: from the source). */
static inline uint64_t weir_paths_step(struct weir_paths *paths, uint64_t path, int op)
{
    int next = paths->next[path * (uint64_t)paths->ops + (uint64_t)op];
    return next ? (uint64_t)next : weir_paths_branch(paths, path, op);
}
/* The operator of its last step, and *path is the way before that; -1 - its number at a source, and of ways from it
 * beyond the most. */
int weir_paths_back(const struct weir_paths *paths, uint64_t *path);
void weir_paths_deliver(struct weir_paths *paths, uint64_t path, double latency_s, const double parts_s[4]);
/* Appends the totals of the ways on which something was delivered. */
void weir_paths_totals(const struct weir_paths *paths, const struct weir_job *job, struct weir_result *result);

/* trace.c: what took which time, told to the observer where it listens. The trace of `spent` is made if so. */
void weir_trace_spent(const struct weir_books *books, struct weir_spent *spent, int host, const char *job,
                      const char *op, int number, double now_s);
bool weir_trace_listens(const struct weir_books *books);
void weir_trace_transfer(const struct weir_books *books, int from, int to, const char *job, const char *op,
                         double bytes, long items, double start_s, double end_s);
void weir_trace_change(const struct weir_books *books, const char *job, const char *op, bool moves, double start_s,
                       double paused_s, double now_s);
void weir_trace_outages(const struct weir_books *books); /* at the end of the run */
void weir_trace_down(const struct weir_books *books, int host, double start_s, double end_s);

/* telemetry.c: what monitors of hosts report. A disk has read or written bytes. */
void weir_telemetry_disk(struct weir_books *books, int host, double bytes);
/* A window ends: fills in what each host's view reports; CPU and bytes sent are there already. Of what waits in the
 * inputs of a host so many bytes. */
void weir_telemetry_update(struct weir_books *books, struct weir_host_view *views, const double *waiting_bytes,
                           double now_s);
/* What goes wrong in the run, by time. Borrowed. */
const struct weir_anomaly *weir_telemetry_anomalies(const struct weir_books *books, size_t *count);

/* account.c: results of a job have come from a host, some of them late, and others again; or items were dropped in an
 * input there. What is said at the ends of windows: ledger.h. */
void weir_account_results(struct weir_books *books, int host, int sink_host, uint64_t count, uint64_t late,
                          uint64_t again, double item_bytes, double now_s);
void weir_account_drops(struct weir_books *books, int host, uint64_t count, double now_s);

/* truth.c: how long something is wrong with a host between two dates, by an anomaly or a fault; and whether now. */
double weir_truth_wrong_s(const struct weir_books *books, int host, double from_s, double until_s);
bool weir_truth_is_wrong(const struct weir_books *books, int host, double date_s);

#endif
