/* What a policy may see: platform, jobs, deployments and the metrics of the last closed window, as a monitor would
 * report them. Everything is borrowed, constant, and valid during one hook only. Indexes are stable for a whole run.
 * Rates are in items per second, shares from 0 to 1, times in seconds. A time that is a mean or a quantile of items is
 * NaN where there were none (ask `isnan`): 0 is a time of 0 s. Rates and shares of nothing are 0. */
#ifndef WEIR_API_VIEW_H
#define WEIR_API_VIEW_H

#include <stdbool.h>

enum weir_view_tier { WEIR_VIEW_DEVICE, WEIR_VIEW_EDGE, WEIR_VIEW_CLOUD };

/* What an operator computes on: a core as such, or a core with the accelerator that the host may have. */
enum weir_view_class { WEIR_VIEW_CPU, WEIR_VIEW_GPU };

struct weir_host_view {
    const char *name;
    const char *region;
    enum weir_view_tier tier;
    double speed_flops_per_s;     /* of a core */
    double speed_gpu_flops_per_s; /* of a core for operators of the class gpu; 0: no other than for all */
    int cores;
    int slots;           /* 0: no limit */
    double memory_bytes; /* 0: no limit */
    double price_per_core_s;
    bool up;
    int instances;            /* at the end of the window, those starting included */
    double memory_used_bytes; /* state, that on its way here included, as the platform's own books have it */
    /* What the host's monitor reports of the window; it may be wrong while the host is not well. */
    double cpu;                   /* mean share of the cores in use */
    double memory_reported_bytes; /* state, and items that wait */
    double disk_bytes_per_s;      /* read and written: items logged at sources, "disk" of operators, checkpoints */
    double sent_bytes_per_s;      /* upload */
    double received_bytes_per_s;
    double carbon_g_per_kwh; /* of what the host draws now; NaN: the scenario does not say. Since interface 5 */
    /* Of hosts that policies may send to sleep (weir_plan_sleep). Since interface 5. */
    bool asleep, may_sleep; /* may_sleep: nothing is there that must not stop, whatever instances there are */
    double boot_s; /* until it is up: of a host that boots what is left, of one asleep if it is woken; else 0 */
    /* Performance states (weir_plan_pstate): the present one, and the speed of a core in each, 0 first;
     * speed_flops_per_s is that of the present one. Since interface 5. */
    int pstate, pstate_count;
    const double *pstate_flops_per_s;
    /* What it draws: mean of the window, and at its end; NaN: the platform gives no watts, or no window has closed.
     * Since interface 5. */
    double watts, watts_now;
    double battery_j, battery_share; /* left at the window's end, and as a share of a full one; NaN: it has none */
    double harvest_w;                /* that charge the battery */
    /* What it draws without work, with all cores busy, asleep, and booting, in its performance state; NaN likewise. */
    double idle_w, all_w, off_w, boot_w;
    double boot_time_s; /* of all of a boot, whether it sleeps or not */
};

/* An instance as deployed, or as asked for in a plan. */
struct weir_placement {
    int host;
    double weight;    /* of routing; relative to the operator's other instances */
    double cpu_share; /* at most this share of a core; 1: a whole one */
};

struct weir_link_view {
    const char *name;
    double bytes_per_s;
    double latency_s;
};

/* The means of true rates are per instance, over busy time only (Kalavri et al., OSDI 2018). */
struct weir_operator_view {
    const char *name;
    int index;                    /* in the job; operators are in topological order */
    const int *upstream;          /* indexes of operators; -1: the source */
    const double *upstream_bytes; /* per item, along each of them */
    const double *upstream_rates; /* bytes/s at most, along each of them (weir_plan_rate); INFINITY: no limit */
    int upstream_count;
    const int *downstream; /* -1: the sink */
    const double *downstream_bytes;
    const double *downstream_rates;
    int downstream_count;
    enum weir_view_class work_class;
    double flops_per_item;      /* declared mean */
    double in_bytes, out_bytes; /* per item: means over the edges in and out */
    double selectivity;
    bool stateful;
    double state_bytes;                 /* now, all instances together */
    int min_instances, max_parallelism; /* a policy may ask for that many; min_instances 0: for none, too */
    double window_s;                    /* of a tumbling window, 0: none */
    int key_groups;                     /* by which keys go to instances, in ranges; 0: not by key */
    const double *range_share; /* of n instances, the one with the hottest range gets range_share[n - 1] of the items */
    int range_share_count;     /* max_parallelism; 0: no keys */
    bool joins;                /* waits for the same item from every input, else inputs merge */
    const struct weir_placement *instances; /* as deployed */
    int instance_count;
    const double *ready_s;       /* time for which each of `instances` has taken items; -1: it starts */
    const double *instance_busy; /* share of its time of the window in service; NaN: it had none */
    const int *where;            /* hosts of the scenario's default placement, best first */
    int where_count;
    bool changing; /* a change of plan is under way: another one would be refused */

    double arrival_rate;     /* items that reached the inputs */
    double processed_rate;   /* items whose service ended */
    double output_rate;      /* items emitted, once however many edges carry them */
    double true_rate;        /* items per second of busy time and instance; declared speed if nothing was processed */
    double true_output_rate; /* the same for items emitted */
    double busy, idle, backpressured; /* mean shares of the instances' time; they sum to 1 */
    double occupancy;                 /* mean share of the inputs' room in use at the window's end */
    double queued;                    /* items that wait at its end */
    double held;                      /* items that their senders hold for it then: no room, no way, no instance */
    double waiting_s, service_s, blocked_s; /* means over items processed, at this operator; NaN: none was */
    double latency_s;                       /* their sum */
    double dropped_rate;
    double late_rate;       /* of windows in event time: items dropped as too late. Since interface 5 */
    double watermark_lag_s; /* of these: the time less the watermark; NaN: there is none yet. Since interface 5 */
};

/* A host from which results came to the sink of a job in the window: the one that sent them, or the sink's own. */
struct weir_origin_view {
    int host;
    double delivered_rate, late_rate; /* items; late as in the job's view */
    double bytes_per_s;               /* of these items on the job's edges to the sink */
};

/* One of several sources of a job. Since interface 5. */
struct weir_source_view {
    const char *name;
    int host, before;    /* as source_host and source_before of the job */
    double source_bytes; /* per item */
    double ingress_rate, emitted_rate, backlog;
    double delivered_rate; /* results that reached the sink, for the first time, whose latest item was of it */
    double dropped_rate;   /* of its items, anywhere */
};

struct weir_job_view {
    const char *name;
    bool running;
    double age_s; /* since its arrival */
    int source_host;
    int sink_host;               /* -1: none; where results follow a device, that of its access point */
    double source_bytes;         /* per item */
    double slo_s;                /* INFINITY: none */
    double declared_items_per_s; /* mean rate that the workload gives its load, from the job's arrival on */
    double declared_items;       /* that the load gives at most; 1: a workflow that runs once; INFINITY: no end */
    const struct weir_operator_view *operators;
    int operator_count;

    double ingress_rate;         /* items that arrived at the source */
    double emitted_rate;         /* items that the source could send on */
    double backlog;              /* items that wait at the source at the window's end */
    double source_backpressured; /* share of time the source was blocked */
    double delivered_rate;       /* items that reached the sink, for the first time */
    double duplicate_rate;       /* items that reached it again, played again after a failure */
    double late_rate;            /* of delivered_rate, items that took longer than slo_s */
    double due_rate;       /* results whose objective ended in the window, come or not: arrival + slo_s lies in it */
    double violation_rate; /* of due_rate, those that had not come by then: late, dropped, lost or still inside */
    double latency_mean_s, latency_p50_s, latency_p95_s, latency_p99_s; /* of items delivered; NaN: none */
    double dropped_rate;                                                /* anywhere */
    const double *ingress_history; /* ingress_rate of past windows, oldest first, this one last */
    int history_count;
    const struct weir_origin_view *origins; /* hosts that results came from, those of none left out */
    int origin_count;
    double omega;      /* what its latency weighs among those of all jobs; 1 unless the workload says so */
    int source_before; /* source_host at the end of the window before, or at the arrival: another one if it has moved;
                        * since interface 5 */
    const struct weir_source_view *sources; /* of a job that has several; the job's source_host and the like are those
                                             * of the first, and its rates those of all. Since interface 5 */
    int source_count;                       /* 0: it has one */
};

struct weir_view {
    double time_s;   /* end of the window */
    double window_s; /* its length */
    long window;     /* its number, 0 first; -1 before the first has closed */
    const struct weir_host_view *hosts;
    int host_count;
    const struct weir_job_view *jobs; /* all jobs that have arrived, also those that departed */
    int job_count;
    const struct weir_link_view *links; /* of the platform; a SPLITDUPLEX link is two */
    int link_count;

    /* Latency and lowest bandwidth of the route between two hosts; 0 and INFINITY on one host. */
    double (*route_latency_s)(const struct weir_view *view, int from, int to);
    double (*route_bytes_per_s)(const struct weir_view *view, int from, int to);
    double (*restart_s)(const struct weir_view *view); /* fixed cost of moving a stateful instance */
    /* The links on the route, in order, at most `max` of them; returns how many there are: 0 on one host or where there
     * is no route. */
    int (*route_links)(const struct weir_view *view, int from, int to, int *links, int max);
    /* The share of a time, past or future, in which something is truly wrong with a host: an anomaly of the scenario,
     * or a fault that takes the host or a part of its speed. No monitor knows this: for policies that show a bound, and
     * for nothing else. 0 for an empty time. */
    double (*anomalous)(const struct weir_view *view, int host, double from_s, double until_s);
    const void *engine; /* for the functions above */
    double ends_s;      /* when the run ends, which no monitor knows: for telling of what will not come about, and for
                         * nothing else; 0: not known. Since interface 5 */
    /* Money for a byte that goes from a host to another one, by the scenario's "traffic"; 0 on one host. Since
     * interface 5. */
    double (*traffic_price)(const struct weir_view *view, int from, int to);
};

/* Speed of a core of the host for the operator, by its class, in flop/s. */
static inline double weir_view_speed(const struct weir_host_view *host, const struct weir_operator_view *op)
{
    bool gpu = op->work_class == WEIR_VIEW_GPU && host->speed_gpu_flops_per_s > 0;
    return gpu ? host->speed_gpu_flops_per_s : host->speed_flops_per_s;
}

#endif
