/* Scheduling of live streams ahead of the requests, on servers that are expected to be well [li-2025]. A cycle at each
 * window's end: device detection, prediction, service effect, pre-scheduling, post-scheduling; a file each. What the
 * files of this folder share beside live.h. docs/policies/sentinel.md. */
#ifndef WEIR_POLICIES_SENTINEL_H
#define WEIR_POLICIES_SENTINEL_H

#include "policies/learn/detect/rules.h"
#include "policies/learn/detect/vgru.h"
#include "policies/learn/effect/effect.h"
#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/optimise/assignment.h"
#include "policies/learn/stgcn/stgcn.h"
#include "policies/sentinel/live.h"
#include "sim/api/policy.h"
#include "sim/base/random.h"

enum {
    SENTINEL_SAMPLES = 12, /* T */
    SENTINEL_SIGNALS = 4,  /* N: cpu, memory, disk, upload */
    SENTINEL_SHOWN = 2,    /* numbers that the net is shown of a sample */
    SENTINEL_LEVELS = 4,   /* of load, for which healthy windows are kept */
    SENTINEL_HOURS = 24,
    SENTINEL_BINS = 20,    /* of utilisation */
    SENTINEL_DRAWN = 2048, /* samples kept of each kind, drawn evenly from all that came */
};

/* --- Devices (device.c). */

enum sentinel_state {
    SENTINEL_WELL,
    SENTINEL_DOWN,
    SENTINEL_BY_RULES, /* anomalous, and who said so */
    SENTINEL_BY_NET,
    SENTINEL_BY_HOLD, /* was so lately */
    SENTINEL_STATES
};

/* Of a server. Samples are shares of its cores, memory, uplink (what the disk does) and uplink, oldest first, NaN where
 * nothing came. The net is shown logarithms: of the cpu against what the disk does (the upload, where no disk does
 * anything), and of the memory; so that a server is not suspect because all have more to do than ever, or because what
 * is worked off waits to be sent. */
struct sentinel_device {
    double sample[SENTINEL_SAMPLES][SENTINEL_SIGNALS];
    double shown[SENTINEL_SAMPLES][SENTINEL_SHOWN];
    double one; /* share of its uplink that one request a window takes, the mean over the categories */
    int class;
    enum sentinel_state state;
    enum detect_verdict verdict; /* of the rules */
    struct detect_evidence evidence;
    double score;  /* of the net; NAN: not asked */
    int suspected; /* windows that it has to seem well still */
    int calm;      /* windows, one after the other, in which it seemed well and had nothing to do */
    int probe;     /* cell of which it is tried with some requests, -1: none */
};

/* Servers of one type and size. */
struct sentinel_class {
    enum weir_view_tier tier;
    int cores, octave; /* of the uplink: floor(log2 B) */
    double speed;
    double low[SENTINEL_SIGNALS], high[SENTINEL_SIGNALS]; /* range of healthy samples */
    double by_upload[SENTINEL_SIGNALS]; /* high ones by that of the upload; 0: nothing was sent, so it is not known */
    bool known[SENTINEL_LEVELS];
    double window[SENTINEL_LEVELS][SENTINEL_SAMPLES][SENTINEL_SIGNALS]; /* healthy ones by load */
    double (*drawn)[SENTINEL_SIGNALS]; /* [SENTINEL_DRAWN] healthy samples drawn evenly from all that came; owned */
    long seen;
};

struct sentinel_devices {
    struct sentinel_device *servers; /* [server_count] */
    int server_count;
    long shape;
    struct sentinel_class *classes;
    int class_count;
    size_t class_capacity;
    long window; /* of the newest sample */
    int cycles;
    int range_at; /* cycles at which ranges are taken again */
    struct weir_stream draws;

    struct vgru *net;                                  /* NULL: not trained yet */
    double (*kept)[SENTINEL_SAMPLES][SENTINEL_SHOWN];  /* [SENTINEL_DRAWN] windows to train it on, drawn evenly */
    long windows;                                      /* that came */
    double low[SENTINEL_SHOWN], high[SENTINEL_SHOWN];  /* range of what the net was trained on */
    double (*asked)[SENTINEL_SAMPLES][SENTINEL_SHOWN]; /* [server_count] */
    double *score;                                     /* [server_count] */

    int in_state[SENTINEL_STATES], unsure, pardoned; /* servers, in the last cycle */
    double flops;                                    /* that judging them took, by size */
};

/* --- Requests (predict.c). */

struct sentinel_requests {
    int cells;
    long shape;                     /* of the platform they are of */
    struct forecaster **model;      /* [cells], NULL: none was made yet */
    bool *ready;                    /* [cells] it is fitted */
    int fitted_at;                  /* windows of history at the last fit, 0: none */
    bool stale;                     /* to be fitted again */
    double *recent;                 /* [cells] mean of the newest windows, the latest weighing more */
    double total;                   /* of all cells, a mean of fewer windows */
    double level, trend;            /* the same with its growth from window to window [hyndman-2008] */
    double flat_error, trend_error; /* of the two, one window ahead; means of the newest windows */
    double *stand_in;               /* [cells] `recent`, brought to that total: the forecast without a model */
    double *next;                   /* [cells] R_hat */
    double *past;                   /* [cells] of one window */
    double error;                   /* of the last forecast: sum of absolute errors of all cells over the requests */
    int failures;

    struct stgcn *graph; /* NULL: not wanted, or not fitted */
    int window;
    double *newest;                   /* [window][cells] */
    double *by_graph;                 /* [cells] its forecast */
    double graph_error, recent_error; /* sums of absolute errors of the newest windows, the latest weighing more */
};
#define SENTINEL_FORECASTER "st-gcn" /* one model of all cells; else one of the forecasters for each */

/* --- Effect (effect.c). */

/* Pairs of zone and region that are alike. */
enum { SENTINEL_ACROSS = 1, SENTINEL_CLOUD = 2, SENTINEL_KINDS = 4 };

/* Errors of what requests took of a server, since the net was trained: sums of squares, weighted by results. */
struct sentinel_judged {
    int count; /* comparisons */
    double net, declared;
    bool by_net; /* what requests take there is as the net says */
};

/* Results and late results, by server zone, viewer region and hour of the day. */
struct sentinel_effect {
    long shape;
    int servers;
    int *zone; /* [servers] servers of a region and tier are one */
    int zones;
    unsigned char *kind; /* [zones][regions] SENTINEL_ACROSS: other regions; SENTINEL_CLOUD: the zone is cloud */
    float *late, *all;   /* [zones][regions][SENTINEL_HOURS] results */
    double hourly_late[SENTINEL_KINDS][SENTINEL_HOURS], hourly_all[SENTINEL_KINDS][SENTINEL_HOURS];
    double kind_late[SENTINEL_KINDS], kind_all[SENTINEL_KINDS]; /* of the newest windows */
    float *recent_late, *recent_all, *alarm; /* [zones][regions] the same by pair; their share, which falls slowly */

    struct effect_sample *samples; /* drawn evenly from all that came; owned */
    long seen;
    struct weir_stream draws;
    struct effect *net; /* NULL: not trained yet */
    long net_shape;
    double asked_s; /* when `chance` was asked for; -1: not yet */
    float *chance;  /* [servers][regions][categories] that no service anomaly comes, as of `asked_s` */
    float *times;   /* the same: times the declared that a request takes */

    long rates_shape;               /* that the next two have room for; -1: none */
    double *busy;                   /* [servers] cores that instances there kept busy in the window */
    struct sentinel_judged *judged; /* [servers] */
    long rates_changed;             /* another number once what requests take is known by another way */
    int learnt;                     /* servers for which it is as the net says, in the last cycle */

    long unsafe; /* servers, regions and categories that can be reached and are unsafe, in the last cycle */
};

/* --- History for u_opt (history.c). */
struct sentinel_served {
    double latency_s, late; /* mean; share of late results */
};
struct sentinel_history {
    double latency_s[SENTINEL_BINS], late[SENTINEL_BINS], count[SENTINEL_BINS]; /* sums by utilisation of the server */
    struct sentinel_served *drawn;                                              /* [SENTINEL_DRAWN] */
    long seen;
    struct weir_stream draws;
    double u_opt; /* in use */
    double by_latency, by_late;
    int refits;
};

/* What a server's revenue counts in the program. */
enum sentinel_weigh { SENTINEL_SERVERS, SENTINEL_CAPACITY };
/* Of which regions a server gets the requests that the program gives it. */
enum sentinel_expand { SENTINEL_NEAR, SENTINEL_PROPORTIONAL };

struct sentinel {
    /* parameters */
    bool device_detection, service_detection, rules, learned;
    double theta_v, theta_r, beta, eta;
    int recent, hold;
    double probe, probe_idle, most;
    double u_opt, sigma;
    int weigh, expand; /* enum sentinel_weigh, enum sentinel_expand */
    struct weir_json forecaster;
    const char *channels_file; /* NULL or "": none */
    int categories, warm;
    double refit_s;
    double unsafe;
    int segments, nodes;
    double gap, time_limit_s, renew;
    int idle;
    double change;
    bool in_cycle, clock, route;

    /* from create on */
    bool graph;  /* requests are forecast by the graph */
    bool oracle; /* knows what is wrong with servers, and has no device detection */
    unsigned long long seed;
    char *stream, *folder;
    struct channels *channels; /* NULL: none are told */
    struct live live;
    struct sentinel_devices devices;
    struct sentinel_requests requests;
    struct sentinel_effect effect;
    struct sentinel_history history;

    /* the schedule */
    long shape;          /* it has room for; -1: none */
    bool *healthy;       /* [servers] D_e */
    bool none_healthy;   /* so that all that are up counted as healthy */
    float *rate;         /* [servers][regions][categories] A */
    unsigned char *safe; /* the same: S */
    int *count;          /* the same: x, with what post-scheduling added */
    int *probes;         /* [servers] cell of which they are tried with some requests; -1: none */
    int *left;           /* [regions][categories] that pre-scheduling could not place */
    double *use;         /* [servers] expected share of the server */
    double *extra;       /* [servers] share of it that requests beyond the pool take, in the window */
    double *capacity;    /* [servers] requests that it could take, over their mean */
    int *order;          /* server * regions + region of all pairs with a route, the nearest first */
    long order_count;
    double *planned;         /* [regions][categories] requests that it was made for */
    bool *was_healthy;       /* [servers], then */
    unsigned char *was_safe; /* [servers][regions][categories], then */
    double planned_u_opt;
    long planned_rates; /* effect.rates_changed, then */
    double refit_at_s;
    double cycle_flops; /* work that is part of the cycle and not yet done: the first request waits for it */
};

/* Brings memory to the servers of the platform; takes in the newest samples and judges them. */
void sentinel_devices_judge(struct sentinel *self, const struct weir_view *view);
/* Ranges and net anew, from what healthy servers showed. */
void sentinel_devices_refit(struct sentinel *self, struct weir_plan *plan);
void sentinel_devices_fini(struct sentinel_devices *devices);

/* Healthy servers (baseline.c): the class of a host, made if need be; the ranges of all classes from the samples drawn;
 * a healthy window [SENTINEL_SAMPLES][SENTINEL_SIGNALS] of about the load of the device, NULL if there is none yet; by
 * how much signals vary in it; a window in which signals that change by next to nothing of that do not change, so that
 * they have no correlation: a few items that wait; what the servers that are well show in this cycle. */
int sentinel_class_of(struct sentinel_devices *devices, const struct weir_host_view *host, double bandwidth);
void sentinel_ranges(struct sentinel_devices *devices);
const double *sentinel_baseline(const struct sentinel_devices *devices, const struct sentinel_device *device);
void sentinel_spread(const struct sentinel_devices *devices, const struct sentinel_device *device,
                     const double *healthy, double spread[SENTINEL_SIGNALS]);
void sentinel_still(const double *window, const double spread[SENTINEL_SIGNALS], double *stilled);
void sentinel_baselines_take(struct sentinel_devices *devices);

/* Whether the slot asks for the graph. */
bool sentinel_wants_graph(const struct weir_json *slot);
/* requests.next for the coming window. Errors: those of a forecaster whose parameters are wrong. */
int sentinel_predict(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan);
void sentinel_requests_fini(struct sentinel_requests *requests);

/* Takes in what came back to the viewers. */
void sentinel_effect_learn(struct sentinel *self, const struct weir_view *view);
/* Share of results of the server for viewers of the region that are expected to be late for no fault of the server. */
double sentinel_late(const struct sentinel *self, int server, int region, double time_s);
/* Fills rate and safe for the coming window. */
void sentinel_effect_expect(struct sentinel *self, const struct weir_view *view);
/* What was long ago counts less. */
void sentinel_effect_refit(struct sentinel *self);
/* The net (effect_net.c): takes in results of a server for a job, and the times of the declared that they took there
 * (NAN: not known); trains it; the chances of all cells, NULL if there is no net yet. */
void sentinel_effect_watch(struct sentinel *self, const struct weir_view *view, int job, int server, double all,
                           double late, double seen);
void sentinel_effect_train(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan);
const float *sentinel_effect_ask(struct sentinel *self, const struct weir_view *view);
void sentinel_effect_fini(struct sentinel_effect *effect);

/* What requests take (effect_rate.c). For a window that is to be learnt from: makes room, looks at who was busy. */
void sentinel_rates_begin(struct sentinel *self, const struct weir_view *view);
/* Times the declared that requests of the job took of the server in the window, as a share of it; NAN: not known. */
double sentinel_rate_seen(const struct sentinel *self, const struct weir_view *view, int job, int server,
                          const struct weir_origin_view *origin);
/* Compares it with what the net expected and with the declared, which is 1; `weight` is its number of results. */
void sentinel_rates_judge(struct sentinel *self, int job, int server, double seen, double weight);
/* Another net: it has to show anew that it errs less. */
void sentinel_rates_forget(struct sentinel *self);
/* Times the declared that a request is taken to need, and that times live_need. */
double sentinel_times(const struct sentinel *self, int server, int region, int category);
double sentinel_need(const struct sentinel *self, int server, int region, int category);
/* Fills `rate`. Returns for how many servers it is as the net says. */
int sentinel_rates(struct sentinel *self);

/* What scheduling did. */
struct sentinel_schedule {
    bool kept; /* the one in use goes on; all else is 0 */
    long wanted, placed,
        left;      /* requests predicted; those that pre-scheduling placed; those given by post-scheduling */
    long unserved; /* for which there was no server at all */
    double value, bound;
    enum assignment_end end;
    int blocks;
};
/* Makes room for the platform as it is; where it is new, all servers are healthy. */
void sentinel_schedule_room(struct sentinel *self);
/* Pre-scheduling: fills count, left and use. Errors: WEIR_EINPUT of the solver. */
int sentinel_preschedule(struct sentinel *self, struct sentinel_schedule *schedule);
/* Gives what is left, and cells of which nothing is predicted, a server each. Allocates nothing. */
void sentinel_postschedule(struct sentinel *self, struct sentinel_schedule *schedule);
/* The server for one more request of a cell, of these `count` (NULL: of all, count being their number); -1: there is
 * none. Of the servers of the best grade (with room up to u_opt and a safe route, and so on), the nearest; of those
 * about as near, the one with the most bandwidth left. */
int sentinel_choose(const struct sentinel *self, int region, int category, const int *servers, int count);
/* (route.c) The hooks: a request as it comes takes its server from the pool, or by sentinel_choose. */
int sentinel_route(void *state, const struct weir_view *view, struct weir_routing *item);
bool sentinel_routes(const void *state);
/* (probe.c) After scheduling: fills probes with one cell for each server that is suspected or that the schedule leaves
 * idle, the same as long as it is. Returns how many have one. */
int sentinel_choose_probes(struct sentinel *self);

double sentinel_u_opt_at_first(const struct sentinel *self);
void sentinel_history_take(struct sentinel *self, const struct weir_view *view);
/* U_opt from history (equation 12). */
void sentinel_history_refit(struct sentinel *self);

/* Servers that are up and get nothing, by name, in `size` characters at most. */
void sentinel_name_unwell(const struct sentinel *self, const struct weir_view *view, char *text, size_t size);
char *sentinel_explain(void *state, const struct weir_view *view);

#endif
