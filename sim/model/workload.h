/* A workload: jobs over time. A job is a DAG of operators through which items flow from a source to a sink. */
#ifndef WEIR_MODEL_WORKLOAD_H
#define WEIR_MODEL_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/json.h"
#include "sim/base/random.h"
#include "sim/model/load.h"
#include "sim/model/platform.h"

/* What a full input does with what comes. */
enum weir_full {
    WEIR_FULL_BLOCK,    /* the sender waits: backpressure */
    WEIR_FULL_DROP_NEW, /* what comes is dropped and counted */
    WEIR_FULL_DROP_OLD, /* the oldest that waits is dropped and counted */
    WEIR_FULL_SHED,     /* above half full, a share p of what comes is dropped; when full, all */
    WEIR_FULL_COUNT
};
extern const char *const weir_full_names[]; /* "block", "drop-new", "drop-old", "shed", NULL */

/* An edge leads from the source (-1) or an operator to an operator or the sink (-1). */
struct weir_edge {
    int from;
    int to;
    int source; /* of those from a source: which, in the order of the file */
    enum weir_full full;
    double shed_share;               /* of WEIR_FULL_SHED */
    double bytes;                    /* of an item along it; out_bytes of `from` or source_bytes unless said */
    double delay_s;                  /* of what goes over it to the sink, at rest; grows as the rate nears delay_rate */
    double delay_rate, delay_over_s; /* items/s, INFINITY: it does not grow; the time in which the rate is counted */
};

/* What a source does whose backlog is full. */
enum weir_backlog_full {
    WEIR_BACKLOG_DROP_NEW, /* what comes is dropped */
    WEIR_BACKLOG_DROP_OLD, /* the oldest is */
    WEIR_BACKLOG_LATEST    /* all that waits is, and it goes on with what comes */
};

/* Where something is put by default, resolved to a set of hosts once the platform is known. */
enum weir_where_kind {
    WEIR_WHERE_ANY,    /* not said */
    WEIR_WHERE_SOURCE, /* the host of the job's source */
    WEIR_WHERE_HOST,
    WEIR_WHERE_REGION, /* a host of the region, optionally of a tier of it */
    WEIR_WHERE_TIER,   /* hosts of a tier; those in the region of the job's source first */
};
struct weir_where {
    enum weir_where_kind kind;
    char *name; /* of host or region */
    int tier;   /* enum weir_tier, -1: any */
};

/* Windows in event time: which items belong together. */
enum weir_window_type {
    WEIR_WINDOW_TUMBLING, /* each item is in one, of a fixed length */
    WEIR_WINDOW_SLIDING,  /* one begins each slide, so that an item may be in several */
    WEIR_WINDOW_SESSION   /* as long as items follow one another within a gap */
};
extern const char *const weir_window_type_names[]; /* "tumbling", "sliding", "session", NULL */

/* What an operator makes of several inputs. */
enum weir_join_kind {
    WEIR_JOIN_MERGE,    /* items in the order they come */
    WEIR_JOIN_ALL,      /* an item once it has come from every input */
    WEIR_JOIN_WINDOW,   /* pairs of items of two inputs with one key and in one window */
    WEIR_JOIN_INTERVAL, /* pairs with one key that have come near each other */
};
extern const char *const weir_join_names[]; /* "merge", "all", "window", "interval", NULL */

/* Which of the items that wait in an input is served next. */
enum weir_order {
    WEIR_ORDER_FIFO,     /* the oldest */
    WEIR_ORDER_PRIORITY, /* of the highest priority of its kind, and of these the oldest */
    WEIR_ORDER_EDF       /* of the earliest deadline */
};

/* Items of a job are of kinds, drawn as they come. */
struct weir_kind {
    char *name;
    double share;      /* of the items; of all kinds together 1 */
    long priority;     /* higher ones go first */
    double deadline_s; /* after it came from the source; INFINITY: none */
};
#define WEIR_KINDS_AT_MOST 256

struct weir_operator {
    char *name;
    struct weir_distribution flops;   /* per item; mean 0: a free operator */
    double out_bytes;                 /* per item that it emits */
    double selectivity;               /* items out per item in (per item of a window) */
    double state_bytes;               /* fixed part; 0 and no growth: stateless */
    double state_bytes_per_item;      /* growth per item processed */
    double state_update_bytes;        /* of its state that an item processed changes */
    double state_flops;               /* added to each item for each byte of state of its instance */
    double contention, coherence;     /* of its instances: weir_operator_slowdown */
    double tires_least, tires_time_s; /* share of speed without rest in the end; time constant, INFINITY: none */
    double disk_bytes;                /* read or written per item; takes no time */
    double state_max_bytes;           /* cap of growth, INFINITY if none */
    enum weir_join_kind join;
    bool join_all;                             /* it is WEIR_JOIN_ALL */
    double interval_lower_s, interval_upper_s; /* of WEIR_JOIN_INTERVAL: births of the second input less the first's */
    double window_s;                           /* > 0: results come of windows; the length, or the gap, of one */
    bool event_time;                           /* windows and joins by key and the items' births; else by the clock */
    enum weir_window_type window_type;         /* of windows in event time, as what follows */
    double window_gap_s;                       /* of sessions; window_s, too */
    double window_slide_s;                     /* from the beginning of one window to that of the next */
    double allowed_lateness_s;                 /* for which a window that has given its result takes items */
    double out_of_orderness_s;                 /* by which the watermark is behind the latest birth seen */
    double idle_timeout_s;                     /* without an item of a source, after which it holds no window back */
    long keys;                                 /* > 0: partitioned by key; Zipf skew below */
    double key_skew;                           /* Zipf exponent, 0: uniform */
    bool shared_queue;                         /* instances on one host share one input, else one each */
    long input_capacity;                       /* items that wait at most, per input edge of an instance */
    double capacity_bytes;                     /* the same in bytes, but at least one item; INFINITY: no limit */
    long low_watermark;                        /* items at which an input that was full has room again; -1: at once */
    long batch_items;                          /* that are served together at most; 1: each by itself */
    double batch_wait_s;                       /* that the first waits at most for the others */
    struct weir_distribution batch_flops;      /* of a batch, beside those of its items */
    double max_wait_s;              /* an item that has waited so long in an input leaves; INFINITY: none does */
    enum weir_order order;          /* of service */
    bool preempts;                  /* what should go first takes the place of what is in service */
    double quota_s, quota_period_s; /* of processor time that an instance has in each period; 0: no limit */
    bool expires;                   /* an item whose deadline has passed leaves the input */
    long concurrency;               /* items that an instance serves at once */
    double fails;                   /* share of services that fail */
    long retry_attempts;            /* at most, the first included */
    double retry_delay_s, retry_max_delay_s, retry_multiplier; /* before the second; at most; from each to the next */
    double retry_jitter;                                       /* share of the delay that is drawn */
    double hedge_after_s;               /* a second attempt begins beside the first then; INFINITY: none does */
    long breaker_failures;              /* in succession, after which none is let through; 0: all are */
    double breaker_open_s;              /* for so long */
    long unacked;                       /* items sent to an input and not acknowledged, at most; 0: no matter */
    double cut_off_s;                   /* without a taking, after which what waits is dropped; INFINITY: never */
    int parallelism;                    /* initial instances */
    double *weights;                    /* [parallelism] of these in the routing; NULL: all alike */
    int min_instances, max_parallelism; /* that a policy may ask for; at least 0 and 1 */
    struct weir_where where;            /* default placement */
    enum weir_class work_class;         /* what it computes on */
};

/* One of several sources of a job. */
struct weir_source_spec {
    char *name;
    struct weir_where where;
    int host;               /* resolved; as the load, of each copy of a template */
    double source_bytes;    /* per item that it emits */
    struct weir_load *load; /* owned by the workload */
    long backlog_capacity;  /* items; 0: no limit */
    int backlog_full;       /* enum weir_backlog_full */
};
#define WEIR_SOURCES_AT_MOST 256

/* A job with several sources has the first of them as its source, too. */
struct weir_job {
    char *name;
    struct weir_source_spec *sources; /* in the order of the file */
    int source_count;                 /* 0: one, which has no name */
    double arrive_s;
    double depart_s; /* INFINITY: stays */
    struct weir_where source;
    struct weir_where sink;          /* WEIR_WHERE_ANY: results end where they are made */
    double source_bytes;             /* per item that the source emits */
    struct weir_load *load;          /* shared by the copies of a template; owned by the workload */
    long backlog_capacity;           /* items; 0: no limit */
    int backlog_full;                /* enum weir_backlog_full */
    double slo_s;                    /* latency objective; INFINITY: none */
    struct weir_kind *kinds;         /* in the order of the file */
    int kind_count;                  /* 0: all are alike */
    double omega;                    /* what its latency weighs among those of all jobs, for policies that ask */
    struct weir_operator *operators; /* in topological order */
    int operator_count;
    struct weir_edge *edges;
    int edge_count;
    int source_host; /* resolved index into the platform's hosts */
    int sink_host;   /* resolved, -1: none */
    bool is_copy;    /* of a template: operators, edges, kinds, source and sink belong to the template's first job */
};

struct weir_workload {
    char *path;
    struct weir_job *jobs; /* templates expanded, in order of arrival then of the file */
    int job_count;
    struct weir_load **loads;
    int load_count;
    unsigned long long files_hash; /* of the content of workflow files, 0 if there are none */
};

/* Reads {"jobs": [...]} and checks it against the platform: names, references, a DAG with every operator on a way from
 * the source to the sink, quantities, hosts. A chain needs no edges; a workflow is read from its own file. A job with
 * "count": n stands for n jobs called name-0 .. name-(n-1), spread over the hosts that its source names, arriving
 * `arrive_every` apart.
 * Errors: WEIR_EINPUT with the place; *workload is NULL then. */
int weir_workload_read(const struct weir_json *at, const char *file, const struct weir_platform *platform,
                       struct weir_workload **workload);
void weir_workload_free(struct weir_workload *workload);

/* What the loads of all sources of a job give: the mean rate over its life in a run of so long, items/s; and items at
 * most. */
double weir_job_declared_rate(const struct weir_job *job, double duration_s);
double weir_job_declared_items(const struct weir_job *job);

/* Mean work of an item; in batches, in full ones. */
double weir_operator_item_flops(const struct weir_operator *op);

/* How much longer an item takes where so many instances work than where one does (n >= 1), by the Universal Scalability
 * Law: 1 + contention (n - 1) + coherence n (n - 1) [gunther-2008]. */
double weir_operator_slowdown(const struct weir_operator *op, int instances);

/* Whether an item takes longer than its work, by scaling, by state or for want of rest. */
bool weir_operator_slows(const struct weir_operator *op);

/* Whether services fail, or more is tried than once. */
bool weir_operator_calls(const struct weir_operator *op);

/* Items that wait at most at an input of an operator along an edge with items of so many bytes. */
long weir_operator_capacity(const struct weir_operator *op, double item_bytes);

/* The hosts that a `where` means for a job, in order of preference; fills at most `max` indexes, returns how many there
 * are. WEIR_WHERE_ANY means WEIR_WHERE_SOURCE. */
int weir_where_hosts(const struct weir_where *where, const struct weir_platform *platform, int source_host, int *hosts,
                     int max);

#endif
