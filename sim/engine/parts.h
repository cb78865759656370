/* What the engine's files do for each other, a paragraph a file. Only they include it. */
#ifndef WEIR_ENGINE_PARTS_H
#define WEIR_ENGINE_PARTS_H

#include "sim/engine/world.h"

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
