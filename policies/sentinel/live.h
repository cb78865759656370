/* The platform as one of live streams: servers that take requests, regions that they come from, categories of them. It
 * is read off the view of any workload, and what a scheduler decides for it goes back into a plan [li-2025].
 *   server    a host of the tiers edge and cloud
 *   region    where sources of jobs are
 *   category  a cluster of jobs whose requests are alike (k-means over what the view shows of them), or the class of
 * the channels that they are for (channels.h) cell      a region and a category; all jobs of a cell are scheduled alike
 *   request   an item that arrives at the source of a job
 * An operator whose default placement names hosts of a tier (and not just the source) stays in that tier, and requests
 * of a job are served in one tier: where most of the work is that can be scheduled.
 * Indexes stay as they are as long as `shape` does. All arrays belong to the struct. */
#ifndef WEIR_POLICIES_SENTINEL_LIVE_H
#define WEIR_POLICIES_SENTINEL_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/learn/cluster/kmeans.h"
#include "policies/learn/dispatch/pool.h"
#include "sim/api/plan.h"
#include "sim/api/policy.h"

/* An instance that a schedule has asked for. */
struct live_seat {
    int server;
    long used; /* window in which it last had weight */
};

struct live_job {
    int region, category; /* -1: it has departed, or no operator of it can be scheduled */
    int tier;             /* as of live_tier */
    struct live_seat *seats;
    int seat_count;
    size_t seat_capacity;
};

enum {
    LIVE_FEATURES = 5, /* of jobs, by which they are alike */
    LIVE_ANY = 3,      /* in place of a tier */
    LIVE_ALL_TIERS = 7 /* as a set of them */
};

struct channels;

/* Zero-initialised with `wanted` and `seed` set is empty and valid. */
struct live {
    int wanted; /* categories, at least 1; there are fewer where fewer differ */
    uint64_t seed;
    const struct channels *channels; /* by which categories are told; NULL: by jobs. Borrowed */

    long shape; /* another number once regions, categories or servers are others */
    int servers, regions, categories;

    int *host;          /* [servers] in the view */
    int *server_at;     /* [host_count] server, -1: none */
    double *bandwidth;  /* [servers] B_e: of the first link towards the viewers, bytes/s; 1e12 if there is none */
    double *flops;      /* [servers] flops/s of all cores */
    bool *up;           /* [servers] */
    double *used_per_s; /* [servers] bytes/s sent in the window, as reported */
    double *used;       /* [servers] use as reported: the larger of that of the uplink and of the cores */
    enum weir_view_tier *server_tier; /* [servers] */
    int *viewer;                      /* [regions] host where a source is */
    double *latency_s;                /* [servers][regions] of the route; INFINITY: there is none */

    struct live_job *jobs; /* [job_count] */
    int job_count;
    size_t job_capacity;
    double window_s;
    double *requests;         /* [regions][categories] that arrived in the window */
    double *request_bytes;    /* [categories] that leave servers for a request, mean over the jobs */
    double *request_flops;    /* [categories] */
    unsigned *category_tiers; /* [categories] set of the tiers, 1 << tier, that serve jobs of it */

    int host_count;
    int fitted_jobs, new_jobs; /* jobs that the categories were made from; those since then */
    bool stale;
    struct kmeans classes;
    double low[LIVE_FEATURES], high[LIVE_FEATURES]; /* range of the features of jobs */
    int *category_jobs;                             /* [categories] */
    int *
        class_category; /* [classes of channels] category + 1 of those of which there are jobs, else 0; NULL: none is */

    struct pool *pool; /* live_fill_pool: of those plans */
    long pool_shape;
    struct pool_plan *plans; /* what live_write has dealt out: requests of each cell and server */
    int plan_count;
    size_t plan_capacity;

    long pooled, beyond; /* requests of the window: given by the pool, and by a rule when it had nothing left */

    /* live_request_of: the last one */
    int *offered, *candidate; /* servers, and the candidate of each */
    size_t offer_capacity;
};

/* Takes in what the view shows. Categories are made at the first job, again when a quarter of the jobs is new to them,
 * and after live_refit; if they turn out the same, they keep their numbers and `shape` stays. Those of channels are
 * made once, and come into use with the first job of theirs. Errors: WEIR_EINPUT for figures of jobs that are not
 * finite, and for a job of no channel. */
int live_read(struct live *live, const struct weir_view *view);

/* (live_categories.c) Gives every job that is served a category. Errors: as of live_read. */
int live_classify(struct live *live, const struct weir_view *view);

/* Makes the categories anew at the next live_read. */
void live_refit(struct live *live);

/* Whether an operator follows the schedule of its job's tier: it has no state, any instance will do for any item, and
 * its default placement is of that tier or says nothing. */
bool live_movable(const struct weir_view *view, const struct weir_job_view *job, int op, int tier);

/* Whether requests come to it first: it is movable, and nothing before it is. */
bool live_enters(const struct weir_view *view, const struct weir_job_view *job, int op, int tier);

/* Where the most work is that can be scheduled: WEIR_VIEW_EDGE, WEIR_VIEW_CLOUD, or LIVE_ANY if no operator says. */
int live_tier(const struct weir_view *view, const struct weir_job_view *job);

/* Bytes that leave the operators of the tier that can be scheduled, and their work, for one item of the source. */
void live_request(const struct weir_view *view, const struct weir_job_view *job, int tier, double *bytes,
                  double *flops);

/* Whether the server is of a tier in which jobs of the category are served. */
bool live_serves(const struct live *live, int server, int category);

/* Share of a server that one request a window of the category takes: the larger of its shares of uplink and cores. */
double live_need(const struct live *live, int server, int category);

/* The same for all, in bytes/s of uplink (times bandwidth), as A of the assignment problem takes it:
 * rate[servers][regions][categories]. */
void live_rates(const struct live *live, float *rate);

/* requests[regions][categories] that arrived in the window `ago` windows before the newest (0: that one), as the jobs'
 * histories have them. */
void live_past(const struct live *live, const struct weir_view *view, int ago, double *requests);

/* Windows that the longest history of a running job has. */
int live_past_count(const struct live *live, const struct weir_view *view);

/* Gives the jobs the schedule: every movable operator that is not under change gets an instance on each server with
 * count[servers][regions][categories] above 0 in its cell, weighted by it, the largest if max_parallelism is less; more
 * than one where its work needs more than 0.8 of a core.
 * Instances without count stay with a weight of 1e-9 for `idle` windows if their server is up and `healthy` [servers],
 * so that they need no start when they are asked for again, and go otherwise. Where the cell has no count at all, the
 * operator stays as it is, on servers that are healthy. Weights that differ by less than `change` (share of the
 * requests that go another way) from those deployed stay. Fills `plans`: what each server was asked to take of each
 * cell, by the operators that its requests come to first, with the servers that took what others have no slots for.
 * Returns how many operators were changed. */
struct live_writing {
    const int *count;
    const bool *healthy; /* NULL: all that are up */
    const int *probes; /* [servers] cell of which the server gets `probe` requests, healthy or not, if it gets no others
                          of it and other servers do; -1: none; NULL: none at all */
    double probe;      /* requests a window */
    int idle;
    double change;
};
int live_write(struct live *live, const struct weir_view *view, struct weir_plan *plan,
               const struct live_writing *writing);

/* Begins a window for the requests that come: their pool has the plans of the last live_write. Errors: those of
 * pool_fill, which are none for the plans of live_write. */
int live_fill_pool(struct live *live);

/* Work of looking at a server for a request: what it has left, what the request takes, and a comparison or two. */
#define LIVE_LOOK_FLOPS 4.0

/* A request that comes to the first operator of its job that can be scheduled. */
struct live_request {
    int region, category;
    const int *servers; /* [count] that have an instance for it, each once; borrowed until the next one */
    int count;
};

/* Whether an item is one, of a job that live_read has seen, with two servers at least to choose from. O(candidates^2)
 */
bool live_request_of(struct live *live, const struct weir_view *view, const struct weir_routing *item,
                     struct live_request *request);
/* Gives it to the server that the pool says; -1: it has nothing left for these. Adds to the item's work. */
int live_take(struct live *live, const struct live_request *request, struct weir_routing *item);
/* Gives it to one of its servers: to the instance there that has the fewest items. */
void live_send(const struct live *live, const struct live_request *request, int server, struct weir_routing *item);

void live_forget(struct live *live, int job);
void live_fini(struct live *live);

#endif
