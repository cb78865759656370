/* The state of a run: what the engine's files share. Only they include it.
 *
 * SimGrid runs one actor at a time, so shared state needs no locks; but an actor gives way to others at every call of
 * SimGrid's, waking another one included. So state is made whole before a wake, and read again after it. */
#ifndef WEIR_ENGINE_WORLD_H
#define WEIR_ENGINE_WORLD_H

#include <simgrid/forward.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/api/plan_check.h"
#include "sim/base/stats.h"
#include "sim/engine/batch.h"
#include "sim/engine/run.h"

/* Where an actor waits until another one wakes it. */
struct weir_parking {
    sg_sem_t semaphore;
    bool parked;
};

/* A sender that waits for room, in the order of coming. */
struct weir_waiter {
    struct weir_waiter *next;
    struct weir_parking *parking;
    int need; /* items of room */
};
struct weir_waiters {
    struct weir_waiter *first, *last;
};

/* How the time of an instance or a source is spent. */
enum weir_doing { WEIR_IDLE, WEIR_BUSY, WEIR_BLOCKED, WEIR_DOINGS };
struct weir_trace;
struct weir_clock {
    enum weir_doing doing;
    double since_s;
    double spent_s[WEIR_DOINGS];
    struct weir_trace *trace; /* NULL: nobody listens */
};

struct weir_world;
struct weir_op;
struct weir_connection;

/* The room of one input edge. */
struct weir_room {
    long used, capacity;
    long most; /* ever used */
    struct weir_waiters waiters;
};

/* Where batches wait for the instances that share it: one an instance, or one a host if the queue is shared. The sink
 * of a job is an inbox without instances. */
struct weir_inbox {
    struct weir_inbox *next; /* of its operator, ever made */
    struct weir_op *op;      /* NULL: the sink */
    struct weir_run_job *job;
    int host;
    bool open;     /* may be routed to */
    double weight; /* of its active instances together */
    double credit; /* of the weighted round robin */
    int instances; /* that live on it */
    struct weir_batch *first, *last;
    struct weir_room *room; /* one an input edge */
    long in_transit;        /* items in its connections */
    long in_hand;           /* of a sink: items emitted to it that their senders still hold */
    struct weir_instance *idle_first, *idle_last;
    struct weir_connection *connections;
};

/* A FIFO from a host to an inbox on another one. */
struct weir_connection {
    struct weir_connection *next;
    struct weir_inbox *inbox;
    int from;
    int route;                        /* index into the world's routes */
    const struct weir_out_edge *edge; /* of an edge with a limit; NULL: of all others */
    /* Batches that wait to be opened; `opener` exists only once it was needed. */
    struct weir_batch *first, *last;
    int queued;
    double next_open_s; /* when the batch opened last has left the first link, unless others slow it down */
    bool has_opener;
    struct weir_parking opener_parking;
    /* Open transfers, oldest first, in a ring. */
    struct weir_open_transfer *ring;
    unsigned ring_size, ring_first, open; /* the size is a power of two; the first is counted from the beginning */
    struct weir_parking receiver_parking;
    struct weir_parking room_parking; /* the receiver waits for room of the inbox */
    struct weir_waiters senders;
    struct weir_track wire; /* its time on the items' own clock */
    double late_until_s;    /* lost segments have been sent again by then */
    double taken_s;         /* when the receiver took the last batch in */
    double pace_s;          /* mean interval of that while batches are late, else 0 */
    int origin;             /* to a sink: index into the job's origins */
};
struct weir_open_transfer {
    sg_comm_t transfer; /* NULL while it is being started */
    struct weir_batch *batch;
    double opened_s, sent_s, bytes; /* sent again after a failure */
};

/* What a route between two hosts costs; found once. */
struct weir_route {
    double latency_s, bytes_per_s; /* what one connection gets if it is alone */
    double alone_bytes_per_s;      /* the smallest bandwidth on the way */
    double loss;                   /* of packets */
    double most_bytes_per_s;       /* of a connection, for its losses; 0: no limit */
    int *links;
    int link_count;
};

/* The items of a window that belong to one checkpoint interval, and the times of the latest of them. */
struct weir_window_part {
    double end_s; /* of the window */
    unsigned segment;
    uint64_t count, path;
    double birth, at, waiting, service, network, blocked;
};
struct weir_window_content {
    uint64_t count;
    double carry; /* fraction of a result owed */
    struct weir_window_part *parts;
    int part_count, part_capacity;
    double lag_s, lag_before_s; /* how far items' clocks were behind when they were added; before the last results */
    uint64_t number;            /* results so far, for their ids */
};

enum weir_life { WEIR_STARTING, WEIR_ACTIVE, WEIR_RETIRING, WEIR_GONE };
struct weir_instance {
    struct weir_op *op;
    int number; /* unique in the operator */
    int host;
    double weight, cpu_share;
    enum weir_life life;
    struct weir_inbox *inbox;
    struct weir_instance *idle_next;
    bool in_idle_list;
    bool counted_out;       /* gone, and its clock is counted */
    bool in_service;        /* between take and emitted */
    unsigned host_failures; /* of its host when it started */
    bool crashed;           /* its host failed under it */
    bool dead;              /* and that is known */
    double stall_s;         /* it stands still so long for checkpoints */
    struct weir_parking parking;
    struct weir_clock clock;
    struct weir_track track; /* its time on the items' own clock */
    struct weir_window_content window;
    double stopped_s; /* how long stopping takes once drained */
    double *flops;    /* scratch, one an item of the batch in service */
    int flops_room;
};

/* Counts since the start of the run; windows and warm-up take differences. */
struct weir_op_counts {
    uint64_t arrived, processed, emitted, dropped;
    uint64_t lost_on_way, lost_inside;      /* to failures, before and after they arrived */
    double waiting_s, service_s, blocked_s; /* sums over items processed */
    double queue_area;                      /* items waiting x seconds */
    double busy_s, idle_s, blocked_time_s;  /* of all instances */
    double instance_s;
};

struct weir_out_edge {
    struct weir_op *to; /* NULL: the sink */
    struct weir_inbox *sink;
    int to_edge; /* index among the inputs of `to` */
    const struct weir_edge *spec;
    uint64_t shed_key;
    double bytes_per_s; /* that its transfers may use; INFINITY: no limit */
};

struct weir_op {
    struct weir_run_job *job;
    const struct weir_operator *spec;
    int index;
    double in_bytes, out_bytes; /* per item, means over the edges */
    int in_edges;
    struct weir_out_edge *out;
    int out_count;
    int *upstream, *downstream; /* for the view */
    double *upstream_bytes, *downstream_bytes;
    double *upstream_rates, *downstream_rates;
    struct weir_instance **instances; /* starting, active, retiring, and gone in this window or the last */
    int instances_ever;
    size_t instance_count, instance_capacity;
    struct weir_inbox *inboxes;
    struct weir_inbox **routes; /* open inboxes, in order of making */
    int route_count, route_capacity;
    bool paused;   /* stateful change: no item may enter */
    bool changing; /* a change of plan is under way */
    struct weir_waiters gate;
    struct weir_parking *drain_watcher; /* woken when something of it comes to rest */
    long in_hand;                       /* items emitted to it that their senders still hold */
    long queued, in_transit, in_service;
    double queue_since_s;
    long queue_most;
    uint64_t in_window; /* items in windows */
    double state_bytes;
    uint64_t service_key, select_key, key_key;
    double *key_groups; /* cumulated weight of the keys, NULL if uniform */
    struct weir_join *join;
    struct weir_op_counts counts, at_window, at_warmup;
    struct weir_placement *anew; /* instances to start once the job recovers */
    int anew_count;
    struct weir_placement *view_instances;
    size_t view_capacity;
    unsigned long long placed_hash; /* of the hosts that the observer was told last */
    int *where;
    int where_count;
};

struct weir_arrival {
    double time_s;
    uint64_t id;
};

enum weir_job_life { WEIR_JOB_WAITING, WEIR_JOB_RUNNING, WEIR_JOB_GONE };
struct weir_job_counts {
    uint64_t arrived, emitted, dropped_at_source, dropped, delivered, late;
    uint64_t replayed, lost, restarts; /* lost: results on their way to the sink */
};
/* What has come to a job's sink from one host in this window. */
struct weir_origin {
    int host;
    uint64_t delivered, late;
    double bytes;
};
/* What the watchdog knows of a job. Under way is what takes time: work, transfers, sleep. */
struct weir_watch {
    long under_way;
    uint64_t begun, begun_before; /* ever; and at the end of the window before */
    bool was_still;
};
struct weir_run_job {
    struct weir_world *world;
    const struct weir_job *spec;
    int index;
    enum weir_job_life life;
    struct weir_op *ops;
    struct weir_out_edge *source_out;
    int source_out_count;
    struct weir_inbox sink;
    struct weir_room sink_room;
    /* The source. */
    struct weir_arrivals arrivals;
    double load_factor;    /* of the rate that the workload gives */
    double next_arrival_s; /* generated, not yet in the backlog */
    struct weir_arrival *backlog;
    size_t backlog_first, backlog_count, backlog_size; /* ring; size is a power of two */
    uint64_t generated;
    uint64_t arrivals_hash;
    int batch_limit;
    bool source_done;
    struct weir_parking source_parking;
    struct weir_clock source_clock, source_at_window;
    double source_free_s;
    double backlog_most;
    /* Measures. */
    struct weir_job_counts counts, at_window, at_warmup;
    struct weir_paths *paths;
    struct weir_watch watch;
    struct weir_recovery_state *recovery; /* NULL where nothing can fail */
    struct weir_histogram total, window;
    double *history;
    size_t history_count, history_capacity;
    struct weir_origin *origins; /* hosts that results have ever come from */
    struct weir_origin_view *origin_views;
    size_t origin_count, origin_capacity, origin_view_capacity;
};

struct weir_host_counts {
    double flops, sent_bytes, received_bytes;
};
struct weir_run_host {
    sg_host_t host;
    bool up;
    unsigned failures; /* so far */
    int instances;
    double state_bytes;
    struct weir_host_counts counts, at_window, at_warmup;
};
struct weir_run_link {
    sg_link_t link;
    const char *name;
    double loss; /* share of packets */
    double bytes_per_s;
    double bytes, bytes_at_window;
};

struct weir_used_policy {
    const struct weir_policy *policy;
    void *state;
    char *stream;
    double limit_s; /* of real time, for a hook of a shared object; 0: one of the catalogue */
};

/* Kept from one arrival of a job to the next, since with many hosts and jobs they are large. */
struct weir_arrival_plans {
    struct weir_plan *plan, *defaults;
    int *planned; /* [host] */
};

struct weir_world {
    const struct weir_run_spec *spec;
    const struct weir_scenario *scenario;
    const struct weir_platform *platform;
    struct weir_run_host *hosts;
    int home; /* a host that stays up: actors live there, and compute elsewhere */
    struct weir_outages *outages;
    double *link_factors; /* of the platform's links, as wished by who steers; NULL: all 1 */
    size_t outage_count;
    struct weir_run_link *links;
    int link_count;
    uint64_t loss_key;         /* of the stream of losses */
    struct weir_route *routes; /* found so far */
    size_t route_count, route_capacity;
    struct weir_route_map *route_map;
    struct weir_run_job *jobs; /* in order of arrival */
    int job_count, arrived_jobs;
    struct weir_used_policy *policies;
    int policy_count;
    struct weir_batch_pool pool;
    struct weir_change *changes;          /* under way */
    struct weir_connection **connections; /* ever made, for the end */
    size_t connection_count, connection_capacity;
    double warmup_s;
    bool warm; /* the warm-up is over */
    double window_start_s;
    long window;
    unsigned long turns, turns_at_most; /* of actors; how many may go by without time passing */
    double turns_since_s;
    bool over;                  /* the end has come: actors stop */
    bool explained;             /* who listens to explanations has heard enough */
    struct weir_result *filled; /* at the end */
    int error;                  /* of a policy hook or a missing route: ends the run */
    char *error_text;
    /* The view and its arrays, rebuilt at each window. */
    struct weir_view view;
    struct weir_host_view *host_views;
    struct weir_job_view *job_views;
    struct weir_link_view *link_views;
    struct weir_arrival_plans arrival_plans;
    struct weir_telemetry *telemetry;
    struct weir_truth *truth;
    struct weir_ledger *ledger; /* of the scenario's account; NULL: none */
    struct weir_plan *decided;  /* at the last window's end, to be carried out at due_s; NULL: nothing */
    double due_s;
    /* Sums for the metrics of the run. */
    double instance_area, instance_since_s;
    int instances_alive;
    double price_per_s; /* of all instances alive */
    double cost;
    double network_bytes, crossing_bytes;
    double decisions, refused, warnings, rescales, migrations, state_moved_bytes, paused_s;
    double energy_at_warmup_j;
    double backlog_most;
    double decision_wall_s;
};

#endif
