/* Items under way: sources, inputs, instances, connections, joins and windows. The face of the room for those above it:
 * control, which deploys and changes, and run, which reads what came of it. Nobody above writes what is not said to be
 * theirs. */
#ifndef WEIR_ENGINE_FLOW_H
#define WEIR_ENGINE_FLOW_H

#include "sim/api/plan.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/books/books.h"
#include "sim/engine/clock/clock.h"
#include "sim/engine/flow/batch.h"
#include "sim/engine/flow/content.h"
#include "sim/engine/flow/due.h"
#include "sim/engine/flow/room.h"
#include "sim/engine/flow/segments.h"
#include "sim/engine/flow/underway.h"
#include "sim/engine/shares/shares.h"

/* Keys are spread over the instances in groups, as stream processors do, so that a rescale moves whole groups. */
#define WEIR_KEY_GROUPS 128

struct weir_acks;
struct weir_barrier;
struct weir_breaker;
struct weir_calls;
struct weir_connection;
struct weir_downlink;
struct weir_eventtime;
struct weir_flow;
struct weir_inbox;
struct weir_instance;
struct weir_join;
struct weir_kinds;
struct weir_mobile;
struct weir_op;
struct weir_peers;
struct weir_run_job;
struct weir_sender;
struct weir_uplink;

/* Where batches wait for the instances that share it: one an instance, or one a host if the queue is shared. The sink
 * of a job is an inbox without instances. */
struct weir_inbox {
    struct weir_batch *first, *last; /* the oldest, as they came; NULL: nothing waits */
    struct weir_op *op;              /* NULL: the sink */
    struct weir_run_job *job;
    struct weir_instance *idle_first, *idle_last;
    int host;
    int instances;           /* that live on it */
    bool open;               /* may be routed to */
    struct weir_inbox *next; /* of its operator, ever made */
    /* The second line of the cache. */
    long serving;           /* items in service of its instances */
    struct weir_room *room; /* one an input edge */
    struct weir_connection *connections;
    long in_transit;            /* items in its connections */
    long in_hand;               /* of a sink: items emitted to it that their senders still hold */
    struct weir_packed *packed; /* what waits behind them (packed.h); NULL: nothing ever did */
    struct weir_expiry *expiry; /* what has waited too long leaves (expiry.h); NULL: nothing does */
    struct weir_ranks *ranks;   /* what waits, by rank (ranks.h); NULL: in the order of coming */
    /* What is behind a barrier (barrier.h), to be put back at the head; since when. */
    struct weir_batch *aside_first, *aside_last;
    double aside_s;
    bool apart;                   /* items come in by themselves: ranks.h, call.h */
    bool cuts, watched;           /* ack.h; this, or something is set aside */
    struct weir_acks *acks;       /* NULL: never needed */
    struct weir_breaker *breaker; /* call.h; NULL: there is none */
    struct weir_peers *peers;     /* connections by host, where there are many; NULL: there are few */
    double weight;                /* of its active instances together */
    double credit;                /* of the weighted round robin */
};

/* An edge, as one of its sender's. */
struct weir_out_edge {
    struct weir_op *to; /* NULL: the sink */
    struct weir_inbox *sink;
    int to_edge; /* index among the inputs of `to` */
    const struct weir_edge *spec;
    uint64_t shed_key;
    double bytes_per_s;  /* that its transfers may use; INFINITY: no limit. Set by control. */
    double stretch;      /* of an edge with a delay: the number of the stretch that is counted */
    long passes, passed; /* items in it, and in the one before */
};

/* A sender's wait until it is decided where its items go. */
struct weir_pause {
    struct weir_alarm alarm;
    struct weir_sender *sender;
};

/* Something that holds a batch and sends it along all its edges, one after the other: a source or an instance. */
struct weir_sender {
    struct weir_run_job *job;
    struct weir_out_edge *edges;
    int edge_count, edge;      /* under way; edge_count: it holds nothing */
    struct weir_batch *batch;  /* for the edges to come */
    struct weir_batch *pieces; /* of this edge, still to be handed over */
    int host;
    struct weir_waiter waiter;
    double begun_s, since_s; /* where it was held up: of the sending; the items stand still since then */
    void (*sent)(struct weir_sender *sender, double blocked_s); /* all of it; may send again */
    struct weir_spent *spent;
    /* Where it waits, if it does. */
    struct weir_connection *connection;
    struct weir_room *room;
    const struct weir_waiters *line_of_connection, *line_of_room;
    struct weir_pause *pause; /* NULL: it never had one */
};

enum weir_life { WEIR_STARTING, WEIR_ACTIVE, WEIR_RETIRING, WEIR_GONE };
struct weir_instance {
    /* What every item touches comes first, by lines of the cache. */
    struct weir_op *op;
    struct weir_inbox *inbox;
    struct weir_soon go;
    int host;
    enum weir_life life;
    unsigned host_failures; /* of its host when it started */
    int emitted;            /* items under way to the next ones */
    bool in_idle_list;
    bool in_service;     /* between take and emitted */
    bool stalled, left;  /* for a checkpoint; its inbox for good */
    bool crashed;        /* its host failed under it */
    bool dead;           /* and that is known */
    unsigned char heeds; /* WEIR_HEEDS_... */

    struct weir_batch *batch, *results; /* in service; of windows, to be sent */
    struct weir_alarm alarm;            /* windows due; the end of a stall or of stopping */
    long taken;                         /* items in service */
    double begun_s;                     /* of the service */
    struct weir_instance *idle_next;

    struct weir_work work;
    double worked; /* flops of the service, as the host's speed has them */
    double cpu_share;

    double stall_s; /* it stands still so long for checkpoints: control's */
    struct weir_spent spent;
    struct weir_window_content window;
    double stretch;  /* flops as the host's speed has them, a flop of its class of work */
    double served_s; /* the last item's clock at the end of its service */

    struct weir_sender sender;

    double drawn; /* flops of the service */
    double weight;
    int number;              /* unique in the operator */
    struct weir_track track; /* its time on the items' own clock */
    double stop_s;           /* how long stopping takes once drained */
    double *flops;           /* scratch, one an item of the batch in service */
    int flops_room;
    struct weir_rank rank;                   /* of what it serves, if its operator preempts */
    struct weir_quota *quota;                /* NULL: no limit */
    double toils_s;                          /* pace.h: it has had no rest since then; INFINITY: it has */
    struct weir_instance *leader, **workers; /* workers.h */
    unsigned passed;                         /* the segment behind the barrier that it has passed last */
    double passed_s;                         /* when it did, and could send it on */
    /* Control's. */
    double active_s;                 /* it has taken items since then; INFINITY: it starts */
    double busy_s, spent_s;          /* of this window: in service; in all. Control clears them */
    bool counted_out;                /* gone, and its clock is counted */
    bool leaves;                     /* a change under way will stop it */
    double state_bytes, taken_bytes; /* that the books of its host have for it */
};

struct weir_op {
    /* What every item touches comes first, by lines of the cache. */
    _Alignas(WEIR_LINE) struct weir_run_job *job;
    struct weir_flow *flow;
    const struct weir_operator *spec;
    struct weir_inbox **routes; /* open inboxes, in order of making */
    struct weir_inbox *route;   /* the first of them */
    struct weir_out_edge *out;
    int route_count, in_edges, out_count;
    bool paused;   /* stateful change: no item may enter. weir_op_pause */
    bool changing; /* a change of plan is under way: control's */
    bool gathers;  /* items are served in batches: gather.h */
    bool preempts; /* order.h */
    bool slows;    /* pace.h */
    bool special;  /* one of these, or quota.h, or barrier.h */

    long in_hand; /* items emitted to it that their senders still hold */
    long queued, in_transit, in_service;
    double queue_since_s;
    struct weir_join *join;
    struct weir_eventtime *events;  /* windows in event time; NULL: it has none */
    void (*at_rest)(void *context); /* told when something of it comes to rest; NULL: nobody waits. Control's. */
    void *at_rest_context;

    struct weir_op_counts counts;
    struct weir_calls *calls; /* call.h; NULL: no service fails */
    long beside;              /* of its items, those that wait for another attempt; less second attempts */

    double item_flops;                                              /* of each item; NAN: drawn */
    double selectivity, window_s, disk_bytes, state_bytes_per_item; /* of spec */
    uint64_t service_key, select_key, batch_key;
    unsigned way_from, way_to; /* the last step of an item's way: weir_paths_step */

    uint64_t key_key;
    struct weir_op_counts at_window, at_warmup; /* control's */
    int index;
    double in_bytes, out_bytes; /* per item, means over the edges */
    int *upstream, *downstream; /* indices, -1: source or sink; and bytes and limits of the edges, for the view */
    double *upstream_bytes, *downstream_bytes;
    double *upstream_rates, *downstream_rates;
    struct weir_instance **instances; /* starting, active, retiring, and gone: control's to take out */
    int active;                       /* how many of them take items */
    int instances_ever;
    size_t instance_count, instance_capacity;
    struct weir_inbox *inboxes;
    int route_capacity;
    struct weir_waiters gate;
    uint64_t in_window; /* items in windows */
    double state_bytes;
    double *key_groups; /* cumulated weight of the keys, NULL if uniform */
    double
        *range_share; /* [spec->max_parallelism] of the items, the hottest range's of so many and one; NULL: no keys */
    /* Control's own. */
    struct weir_placement *anew; /* instances to start once the job recovers */
    int anew_count;
    struct weir_placement *view_instances;
    double *view_ready_s, *view_busy;
    size_t view_capacity, ready_capacity, busy_capacity;
    int *state_hosts; /* where its state lies while it has no instance, an equal part for each entry */
    int state_host_count;
    unsigned long long placed_hash; /* of the hosts that the observer was told last */
    int *where;                     /* hosts of its default placement */
    int where_count;
};

enum weir_job_life { WEIR_JOB_WAITING, WEIR_JOB_RUNNING, WEIR_JOB_GONE };

/* A source of a job. */
struct weir_source {
    struct weir_run_job *job;
    const struct weir_source_spec *spec; /* NULL: it is that of the job itself */
    int index, host;                     /* of others than the first: weir_source_host */
    struct weir_sender sender;
    struct weir_alarm alarm;
    struct weir_soon go;
    double next_arrival_s; /* generated, not yet in the backlog */
    struct weir_arrival *backlog;
    size_t backlog_first, backlog_count, backlog_size; /* ring; size is a power of two */
    uint64_t generated, arrivals_hash;
    struct weir_source_counts counts, counts_at_window, counts_at_warmup; /* the latter two are control's */
    uint64_t path;                                                        /* where the ways of its items begin */
    double free_s;
    bool done;
    struct weir_mobile *mobile; /* mobile.h; NULL: it stands still */
    struct weir_uplink *uplink; /* uplink.h; NULL likewise */
    struct weir_arrivals arrivals;
    struct weir_spent spent, at_window; /* the latter is control's */
    struct weir_out_edge *out;
    int out_count;
};

struct weir_run_job {
    _Alignas(WEIR_LINE) struct weir_flow *flow;
    const struct weir_job *spec;
    struct weir_segments *segments; /* NULL where nothing can fail */
    struct weir_paths *paths;
    struct weir_watch watch;

    /* The sources. */
    int source_host;                  /* of the first; of one that moves, that of its access point */
    struct weir_source source, *more; /* the first of its sources, and the others: weir_source_at */
    int source_count;
    struct weir_mobile *sink_mobile; /* of a sink that moves, perhaps with its first source; NULL: it stands still */
    struct weir_downlink *downlink;  /* downlink.h; NULL likewise */
    bool moves;                      /* its sink does, or one of its sources */
    int batch_limit;
    int halts;          /* changes of plan for which all of it stands still: weir_job_halt */
    double halted_s;    /* since then */
    double load_factor; /* of the rates that the workload gives: control's */

    /* Measures. */
    double slo_s;                                        /* of spec */
    struct weir_kinds *kinds;                            /* NULL: its items are alike */
    struct weir_job_counts counts, at_window, at_warmup; /* the latter two are control's */
    double energy_at_warmup_j;                           /* control's */
    struct weir_due *due;                                /* NULL: it has no objective */
    bool any_windows, ending;    /* an operator has a window; its source has ended (eventtime.h) */
    struct weir_origin *origins; /* hosts that results have ever come from */
    size_t origin_count, origin_capacity, origin_view_capacity;
    struct weir_origin_view *origin_views;
    int index;
    enum weir_job_life life; /* control's */
    struct weir_op *ops;
    struct weir_inbox sink;
    struct weir_room sink_room;
    struct weir_histogram total, window;
    double *history;
    size_t history_count, history_capacity;
};

struct weir_flow {
    const struct weir_scenario *scenario;
    const struct weir_platform *platform;
    struct weir_clock *clock;
    struct weir_shares *shares;
    struct weir_books *books;
    unsigned long long seed;
    bool one_by_one;           /* items move alone, and their clocks are the run's */
    struct weir_run_job *jobs; /* in order of arrival */
    int job_count;
    struct weir_batch_pool pool;
    struct weir_connection **connections; /* ever made */
    size_t connection_count, connection_capacity;
    uint64_t loss_key;        /* of the stream of losses */
    struct weir_downs *downs; /* of access points (mobile.h); NULL: nobody heeds them */
    /* Who chooses among the open inboxes of an operator without keys and joins, set by control: the number of one, or
     * -1: as the engine does; *later_s becomes at least the time until that is chosen. `given` has how many items of
     * the same batch each of them has got already; NULL: none. NULL: the engine chooses. */
    int (*route)(void *context, struct weir_op *op, const struct weir_sender *sender, double bytes, const int *given,
                 double *later_s);
    void *route_context;
};

/* Makes the jobs of the scenario, none of which has arrived. */
void weir_flow_init(struct weir_flow *flow, const struct weir_scenario *scenario, unsigned long long seed,
                    struct weir_clock *clock, struct weir_shares *shares, struct weir_books *books);
void weir_flow_fini(struct weir_flow *flow);

/* A new instance that occupies its host; it takes items from weir_instance_activate on. */
struct weir_instance *weir_instance_new(struct weir_op *op, const struct weir_placement *placement);
void weir_instance_activate(struct weir_instance *instance);
/* It gets no more items and goes once it is drained; nothing if it is not active. */
void weir_instance_retire(struct weir_instance *instance);
/* One that is about to take items, or takes them, stands still from now on, or no longer. */
void weir_instance_hold(struct weir_instance *instance, bool still);
/* Its host has failed, and that is known. */
void weir_instance_kill(struct weir_instance *instance);
/* It never took items, and goes. */
void weir_instance_forget(struct weir_instance *instance);
void weir_instance_free(struct weir_instance *instance);
bool weir_instance_lost(const struct weir_instance *instance); /* its host has failed, which may not be known yet */
/* The instances that count as deployed: starting or active; placements may be NULL. Returns how many. */
int weir_op_deployed(const struct weir_op *op, struct weir_placement *placements);

/* Nothing enters until it is resumed; senders look elsewhere. */
void weir_op_pause(struct weir_op *op);
void weir_op_resume(struct weir_op *op);
bool weir_op_quiet(const struct weir_op *op);   /* nothing waits or is in service */
bool weir_op_drained(const struct weir_op *op); /* nothing is in transit either */
bool weir_op_is_stateful(const struct weir_op *op);

/* The source holds back until all who have halted the job have resumed it, and windows stay as they are; what is inside
 * goes on to the sink. weir_job_resume: true if the job goes on. */
void weir_job_halt(struct weir_run_job *job);
bool weir_job_resume(struct weir_run_job *job);
bool weir_job_drained(const struct weir_run_job *job); /* nothing is inside but in windows and for want of a partner */

/* Its sources begin. */
void weir_source_start(struct weir_run_job *job);
static inline struct weir_source *weir_source_at(const struct weir_run_job *job, int source)
{
    return source ? &job->more[source - 1] : (struct weir_source *)&job->source;
}
static inline int weir_source_host(const struct weir_source *source)
{
    return source->index ? source->host : source->job->source_host;
}

/* Of each of its items. */
static inline double weir_source_bytes(const struct weir_source *source)
{
    return source->spec ? source->spec->source_bytes : source->job->spec->source_bytes;
}
/* Brings the backlog up to date with the arrivals until now. */
void weir_source_refill(struct weir_run_job *job, double now_s);
uint64_t weir_source_waiting(const struct weir_run_job *job, double now_s);
/* The load factor has changed. */
void weir_source_scale(struct weir_run_job *job, double factor);

bool weir_job_is_empty(const struct weir_run_job *job);
/* Drops what is in the inputs, joins and windows of its operators, as a failure does. */
void weir_job_drop_contents(struct weir_run_job *job);
/* Wakes whoever waits for something of the job, to see how things are now. */
void weir_job_wake_all(struct weir_run_job *job);
/* It has recovered: the source plays from now on. */
void weir_job_recovered(struct weir_run_job *job);

/* Seconds of the window in which its sources were held back, together. */
double weir_sources_blocked_s(const struct weir_run_job *job);

/* Brings sums over time up to date: queues, and what instances and the source spend. */
void weir_op_flush(struct weir_op *op, double now_s);
uint64_t weir_op_pending(const struct weir_op *op); /* items in its join that wait for their partners */

/* Bandwidths or losses of links have changed. */
void weir_flow_links_changed(struct weir_flow *flow);

/* For the watchdog: items inside a job that somebody must move, and who waits. */
long weir_job_items_inside(const struct weir_run_job *job);
char *weir_job_who_waits(const struct weir_run_job *job); /* owned by the caller */

/* WEIR_EENGINE, with what does not add up, if items were lost or counted twice. */
int weir_flow_check_conservation(const struct weir_flow *flow);

/* An active instance gets another weight in the routing, and another share of a core from its next service on. */
void weir_instance_weigh(struct weir_instance *instance, double weight, double cpu_share);

#endif
