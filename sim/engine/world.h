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

/* watchdog.c */
/* Something that takes time begins and ends for an actor of the job. */
static inline void weir_begin(struct weir_run_job *job)
{
    job->watch.under_way++;
    job->watch.begun++;
}
static inline void weir_end(struct weir_run_job *job)
{
    job->watch.under_way--;
}
void weir_sleep_for(struct weir_run_job *job, double duration_s);
void weir_sleep_until(struct weir_run_job *job, double date_s);
/* A window ends: a job that stood still through it ends the run with an error. */
void weir_watch_windows(struct weir_world *world, double now_s);
/* Many turns have gone by; does not return if no time has. */
void weir_watch_turned(struct weir_world *world, const char *who, const struct weir_run_job *job);
/* An actor of the job begins a turn of its loop. */
static inline void weir_turn(struct weir_world *world, const char *who, const struct weir_run_job *job)
{
    if (++world->turns >= world->turns_at_most)
        weir_watch_turned(world, who, job);
}

/* channel.c: parking, room and inboxes */
void weir_parking_init(struct weir_parking *parking);
void weir_parking_fini(struct weir_parking *parking);
void weir_park(struct weir_parking *parking);
/* Parks until woken or until the date; true if woken. */
bool weir_park_until(struct weir_parking *parking, double date_s);
void weir_wake(struct weir_parking *parking);
void weir_waiters_add(struct weir_waiters *waiters, struct weir_waiter *waiter);
void weir_waiters_remove(struct weir_waiters *waiters, struct weir_waiter *waiter);
/* Wakes those who wait now, in order. */
void weir_waiters_wake_all(const struct weir_waiters *waiters);
void weir_clock_set(struct weir_clock *clock, enum weir_doing doing, double now_s);
struct weir_inbox *weir_inbox_new(struct weir_op *op, int host);
/* Puts a batch in along its edge, as the edge says: waits for room in the order of coming, or drops. Returns NULL when
 * every item is settled, or what is left when the inbox closed or its operator paused meanwhile (never if `must`). */
struct weir_put {
    struct weir_parking *parking; /* where to wait */
    double since_s;               /* the batch stands still since then */
    long *counter;                /* less the items settled */
    struct weir_clock *clock;     /* set to blocked while waiting; may be NULL */
    bool must;
};
struct weir_batch *weir_inbox_put(struct weir_inbox *inbox, struct weir_batch *batch, const struct weir_put *put);
/* Takes the oldest batch, or several short ones as one; NULL if there is none. */
struct weir_batch *weir_inbox_take(struct weir_inbox *inbox);
void weir_op_queue_changed(struct weir_op *op, long items, double now_s);
void weir_op_at_rest(struct weir_op *op);
/* Drops a stale batch on its way to the operator or (NULL) the sink; the counter is less its items. */
void weir_discard(struct weir_run_job *job, struct weir_op *op, struct weir_batch *batch, long *counter);

/* route.c */
/* Sends an emitted batch along the edges, to the inboxes it goes to: copies for all but the last. `clock` is the
 * sender's. Returns when all is handed over: how long the sender was blocked. The batch is consumed. */
double weir_send_all(struct weir_world *world, int from_host, struct weir_out_edge *edges, int count,
                     struct weir_batch *batch, struct weir_clock *clock, struct weir_parking *parking);
void weir_op_open_inbox(struct weir_op *op, struct weir_inbox *inbox);
void weir_op_close_inbox(struct weir_op *op, struct weir_inbox *inbox);
/* Builds the table of cumulated key weights of a skewed operator. */
void weir_op_init_keys(struct weir_op *op);

/* connection.c */
/* Hands a batch to the connection from a host to an inbox; waits while the connection is full. Returns the batch if
 * the inbox closed meanwhile, else NULL. */
struct weir_batch *weir_connection_send(struct weir_world *world, int from_host, struct weir_inbox *inbox,
                                        struct weir_batch *batch, struct weir_clock *clock,
                                        struct weir_parking *parking);
void weir_connection_fini(struct weir_connection *connection);

/* network.c */
/* Valid until another route is asked for; `index` (may be NULL) stays so. */
const struct weir_route *weir_world_route(struct weir_world *world, int from, int to, int *index);
/* False where there is no route; the run ends with an error then, since SimGrid would abort. */
bool weir_world_need_route(struct weir_world *world, int from, int to);
/* The bandwidth or loss of a link has changed: finds those of the routes again. */
void weir_world_routes_again(struct weir_world *world);
void weir_world_routes_fini(struct weir_world *world);
/* Starts a transfer between two hosts along their route, at most at most_bytes_per_s (INFINITY: no limit). */
sg_comm_t weir_network_send(struct weir_world *world, int from, int to, const struct weir_route *route, double bytes,
                            double most_bytes_per_s);
/* How much later a batch comes because a segment of it is lost: 0, mostly. Drawn for the first item's id. */
double weir_network_late_s(const struct weir_world *world, int from, int to, const struct weir_route *route,
                           uint64_t id, double bytes);
void weir_count_transfer(struct weir_world *world, int from, int to, const struct weir_route *route, double bytes);

/* trace.c: what happened as spans of time, where somebody listens */
void weir_trace_clock(struct weir_world *world, struct weir_clock *clock, int host, const char *job, const char *op,
                      int number);
/* The clock is about to be set. */
void weir_trace_set(struct weir_clock *clock, enum weir_doing doing, double now_s);
void weir_trace_transfer(const struct weir_world *world, int from, int to, const char *job, const char *op,
                         double bytes, long items, double start_s, double end_s);
void weir_trace_change(const struct weir_op *op, bool moves, double start_s, double paused_s);
void weir_trace_end(const struct weir_world *world);
void weir_trace_free(struct weir_clock *clock);

/* telemetry.c: what monitors of hosts report */
void weir_telemetry_init(struct weir_world *world);
void weir_telemetry_fini(struct weir_world *world);
/* A disk has read or written bytes. */
void weir_telemetry_disk(struct weir_world *world, int host, double bytes);
/* A window ends: fills in what the view of each host reports; CPU and bytes sent are there already. */
void weir_telemetry_update(struct weir_world *world, double now_s);

/* What goes wrong in the run, by time. Borrowed. */
const struct weir_anomaly *weir_telemetry_anomalies(const struct weir_world *world, size_t *count);

/* truth.c: when something is wrong with a host, by an anomaly or a fault */
void weir_truth_init(struct weir_world *world);
void weir_truth_fini(struct weir_world *world);
/* How long it is so of a time. */
double weir_truth_wrong_s(const struct weir_world *world, int host, double from_s, double until_s);
bool weir_truth_is_wrong(const struct weir_world *world, int host, double date_s);

/* account.c: what the platform earns and is fined; nothing where the scenario has no account */
void weir_account_init(struct weir_world *world);
void weir_account_fini(struct weir_world *world);
/* Results of a job have come from a host, some of them late; or items were dropped in an input there. */
void weir_account_results(struct weir_world *world, const struct weir_run_job *job, int host, uint64_t count,
                          uint64_t late, double item_bytes);
void weir_account_drops(struct weir_world *world, int host, uint64_t count);
/* A window ends: what it has earned; rows of windows.csv, of all and of a host; and then the next one begins. */
void weir_account_close(struct weir_world *world, double now_s);
void weir_account_tell(const struct weir_world *world);
void weir_account_tell_host(struct weir_world *world, int host);
void weir_account_next_window(struct weir_world *world);
void weir_account_warm(struct weir_world *world); /* the warm-up ends */
void weir_account_result(const struct weir_world *world, struct weir_metrics *metrics);

/* join.c */
struct weir_join *weir_join_new(void);
void weir_join_free(struct weir_join *join);
/* Puts the items in and returns the batch of those that are complete, NULL if there are none; consumes the batch. */
struct weir_batch *weir_join_match(struct weir_world *world, struct weir_op *op, struct weir_batch *batch);
/* Empties it; returns how many items were in it. */
uint64_t weir_join_clear(struct weir_run_job *job, struct weir_join *join);
uint64_t weir_join_pending(const struct weir_join *join); /* items put in that still wait */

/* window.c: tumbling windows */
void weir_window_add(struct weir_instance *instance, const struct weir_batch *batch);
/* When the next results leave; infinity if there are none. */
double weir_window_due_s(const struct weir_instance *instance);
/* Emits what is due. */
void weir_window_fire(struct weir_world *world, struct weir_instance *instance);
void weir_window_clear(struct weir_instance *instance);
void weir_window_hand_over(struct weir_instance *from, struct weir_instance *to);

/* source.c, instance.c: the actors */
void weir_source_start(struct weir_world *world, struct weir_run_job *job);
/* Brings the backlog up to date with the arrivals until now. */
void weir_source_refill(struct weir_run_job *job, double now_s);
/* Puts what was sent back before the backlog. */
void weir_source_unsend(struct weir_run_job *job, const struct weir_arrival *arrivals, size_t count);
uint64_t weir_source_waiting(const struct weir_run_job *job, double now_s);
/* Its host has failed. */
void weir_instance_kill(struct weir_world *world, struct weir_instance *instance);
void weir_instance_free(struct weir_instance *instance);
void weir_instance_actor(int argc, char **argv);
/* Starts an actor with data, on a host. */
sg_actor_t weir_actor_start(const char *name, sg_host_t host, void (*main)(int, char **), void *data);

/* deploy.c: jobs and plans carried out */
void weir_job_deploy(struct weir_world *world, struct weir_run_job *job, const struct weir_plan *plan);
void weir_job_retire(struct weir_world *world, struct weir_run_job *job);
/* Starts an instance at once. */
void weir_instance_deploy(struct weir_world *world, struct weir_op *op, const struct weir_placement *placement);
void weir_carry_out(struct weir_world *world, const struct weir_plan_change *change);
void weir_instance_gone(struct weir_world *world, struct weir_instance *instance);
/* Drops the changes that the end of the run has cut short. */
void weir_changes_fini(struct weir_world *world);
bool weir_job_is_empty(const struct weir_run_job *job);
/* The instances that count as deployed: starting or active. */
int weir_op_deployed(const struct weir_op *op, struct weir_placement *placements);

/* faults.c */
struct weir_outages;
struct weir_outages *weir_outages_new(const struct weir_scenario *scenario, unsigned long long seed, size_t *count);
void weir_outages_free(struct weir_outages *outages, size_t count);
void weir_faults_start(struct weir_world *world);
/* Gives a link of the platform its bandwidth: times what faults leave of it and what is wished. */
void weir_link_apply(struct weir_world *world, size_t link);

/* recovery.c */
void weir_recovery_init(struct weir_run_job *job);
void weir_recovery_free(struct weir_run_job *job);
void weir_recovery_start(struct weir_world *world);
/* One more or less of a segment is alive. */
void weir_recovery_alive(struct weir_run_job *job, unsigned segment, long by);
unsigned weir_recovery_epoch(const struct weir_run_job *job);
unsigned weir_recovery_segment(const struct weir_run_job *job); /* the present one */
bool weir_recovering(const struct weir_run_job *job);
/* It goes back, or will once the detector has noticed. */
bool weir_recovery_due(const struct weir_run_job *job);
/* Sent before a failure: to be dropped wherever it turns up. */
bool weir_batch_stale(const struct weir_run_job *job, const struct weir_batch *batch);
/* The source sends this. */
void weir_recovery_log(struct weir_run_job *job, const struct weir_arrival *arrival);
/* True if the results wait for their checkpoint; they belong to the recovery then. */
bool weir_recovery_hold(struct weir_world *world, struct weir_run_job *job, struct weir_batch *batch);
/* A batch that is lost with its host, until the job goes back. */
void weir_recovery_wreck(struct weir_run_job *job, struct weir_batch *batch);
long weir_recovery_held(const struct weir_run_job *job);

/* path.c */
struct weir_paths *weir_paths_new(int ops);
void weir_paths_free(struct weir_paths *paths);
/* The items have come to the operator. */
void weir_paths_step(struct weir_paths *paths, struct weir_batch *batch, int op);
void weir_paths_deliver(struct weir_paths *paths, const struct weir_batch *batch);
/* Appends the totals of the ways on which something was delivered. */
void weir_paths_totals(const struct weir_paths *paths, const struct weir_job *job, struct weir_result *result);

/* origin.c */
/* Index of a host among those that results of the job have come from. */
int weir_origin_of(struct weir_run_job *job, int host);
/* Fills in the view of the window, of so many seconds. */
void weir_origins_view(struct weir_run_job *job, struct weir_job_view *view, double window_s);
void weir_origins_clear(struct weir_run_job *job);

/* measure.c */
/* Results have reached the sink; or (the second) may leave it. */
void weir_count_results(struct weir_world *world, struct weir_run_job *job, struct weir_batch *batch);
void weir_count_delivery(struct weir_world *world, struct weir_run_job *job, struct weir_batch *batch);
void weir_measure_flush(struct weir_world *world, double now_s); /* clocks, areas and costs up to now */
void weir_measure_warm(struct weir_world *world, double now_s);  /* the warm-up ends */
void weir_measure_next_window(struct weir_world *world, double now_s);
void weir_instances_changed(struct weir_world *world, int host, int by, double now_s);

/* view.c, report_windows.c, result.c */
void weir_view_init(struct weir_world *world);
void weir_view_links(struct weir_world *world);                /* their bandwidths, as they are */
void weir_view_update(struct weir_world *world, double now_s); /* the window that ends now */
/* Instances only, between windows; of the jobs from first_job on. */
void weir_view_deployments(struct weir_world *world, int first_job, double now_s);
void weir_view_fini(struct weir_world *world);
void weir_report_window(struct weir_world *world);

/* Rows of the hosts of an operator's instances, if they are others than those told last. */
void weir_report_placement(struct weir_world *world, int job, int op);
void weir_result_fill(struct weir_world *world, struct weir_result *result);

/* conserve.c: WEIR_EENGINE, with what does not add up, if items were lost or counted twice */
int weir_check_conservation(const struct weir_world *world);

/* hooks.c */
/* The real time that a hook may take: 0 for policies of the catalogue. Errors: WEIR_EINPUT. */
int weir_hook_limit(const struct weir_policy_use *use, const struct weir_param *params, double *limit_s);
/* Tells the observer that a hook of a shared object begins, or (place NULL) that it is over. */
void weir_hook_begins(const struct weir_observer *observer, const struct weir_used_policy *used, const char *place);
/* Ask all policies in turn; sets the world's error if one fails, or plans with numbers that are not finite. */
void weir_hook_job_arrives(struct weir_world *world, int job, struct weir_plan *plan);
void weir_hook_window_ends(struct weir_world *world, struct weir_plan *plan);
void weir_hook_job_departs(struct weir_world *world, int job);
/* Asks the policies what they have decided, if somebody listens; true if the run shall end. */
bool weir_hook_explain(struct weir_world *world);

/* run.c: the policies of a stack, as many as it has; those after one that fails are zero. */
int weir_policies_make(const struct weir_stack *stack, const struct weir_policy *const *catalog,
                       unsigned long long seed, const struct weir_observer *observer,
                       struct weir_used_policy **policies);
void weir_policies_free(struct weir_used_policy *policies, int count, const struct weir_observer *observer);

/* control.c: asks who steers the run, if anybody does, and does what is wished; `end`: only tells. */
void weir_steer(struct weir_world *world, bool end);

/* controller.c */
/* Checks a plan, tells of what is in it, and carries it out at once. */
void weir_plan_carry_out(struct weir_world *world, struct weir_plan *plan);
/* The host for one more instance beside those planned (a count a host), -1 if none is up and free. */
int weir_default_host(const struct weir_world *world, const struct weir_op *op, const int *planned);
void weir_controller_start(struct weir_world *world);
/* Counts a decision and tells the observer. */
void weir_tell_decision(struct weir_world *world, const char *policy, int job, const char *op, const char *what,
                        const char *why, const char *refusal);

/* rates.c: limits of transfers along edges */
void weir_rates_tell(struct weir_world *world, const struct weir_plan *plan);
void weir_rates_carry_out(struct weir_world *world, const struct weir_plan *plan);

/* simgrid_setup.c */
/* Starts SimGrid and loads the platform; the hosts follow the outages. */
int weir_simgrid_init(const struct weir_scenario *scenario, const struct weir_platform *platform,
                      const struct weir_outages *outages, size_t outage_count, const char *paje);
int weir_simgrid_hosts(struct weir_world *world);
/* Index into the world's links, -1 if it is not one of them. */
int weir_simgrid_link_index(const struct weir_world *world, sg_link_t link);
/* A link as it is now. */
struct weir_link_view weir_simgrid_link_view(const struct weir_world *world, int link);
double weir_simgrid_energy_j(const struct weir_world *world);
double weir_now(void);

#endif
