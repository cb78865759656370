/* Loads: when items arrive at a source. A load is a description; a weir_arrivals walks through its arrival times, which
 * depend on (seed, name of the job) alone. */
#ifndef WEIR_MODEL_LOAD_H
#define WEIR_MODEL_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/csv.h"
#include "sim/base/json.h"
#include "sim/base/param.h"
#include "sim/base/random.h"

enum weir_load_kind {
    WEIR_LOAD_CONSTANT, /* evenly spaced */
    WEIR_LOAD_POISSON,
    WEIR_LOAD_STEPS,   /* rate by steps in time; Poisson or even within a step */
    WEIR_LOAD_DIURNAL, /* a day with one or two peaks, stretched over `period` */
    WEIR_LOAD_BURSTS,  /* Markov-modulated Poisson process of two states */
    WEIR_LOAD_CSV,     /* played from a file: counts, rates or one timestamp an event */
    WEIR_LOAD_KINDS
};

struct weir_load; /* owned by the workload */

/* Reads a load object: {"kind": "poisson", "rate": "250/s", ...}; every kind takes `scale` (times the rate, > 0) and
 * `speedup` (the load's own time runs that much faster, > 0: a day in an hour is 24; the item rate of rate-valued loads
 * is kept, that of counts per interval and of timestamps grows with it as the same items come in less time), `start`,
 * `end` (in the time of the job, which speedup leaves alone) and `count` (items at most). Paths of CSV files are taken
 * relative to `file`.
 * Errors: WEIR_EINPUT with the place. */
int weir_load_read(const struct weir_json *at, const char *file, struct weir_load **load);
void weir_load_free(struct weir_load *load);

/* The load of a copy of a template whose source is the host `site` (from 0 on, in the order of the place): the load
 * itself, or that of the site if it lists "shifts" or "scales", which are taken round. Borrowed from the load. */
struct weir_load *weir_load_at_site(struct weir_load *load, long site);

/* Long-run mean of the arrival rate over [0, horizon_s], in 1/s: for batch sizes and for policies that plan ahead. */
double weir_load_mean_rate(const struct weir_load *load, double horizon_s);

/* Items that the load gives at most; INFINITY if it says nothing of that. */
double weir_load_items(const struct weir_load *load);

/* The expected rate at a time since the load's start, in 1/s (of bursts: the long-run mean). */
double weir_load_rate_at(const struct weir_load *load, double time_s);

/* Identity of the load's own data (CSV content), to be mixed into the hash of a run's inputs. */
unsigned long long weir_load_hash(const struct weir_load *load, unsigned long long hash);

/* A walk through the arrivals. Copy by value to fork. */
struct weir_arrivals {
    const struct weir_load *load;
    struct weir_stream stream;
    double time_s;            /* of the last arrival, since the load's start */
    double factor;            /* of the rate; 1 unless weir_arrivals_scale has been called */
    double inner_s;           /* kind's own: for instance the end of the present state */
    size_t index;             /* kind's own: for instance the row of a CSV */
    double carry;             /* kind's own: for instance the fraction of an item owed */
    int phase;                /* kind's own */
    unsigned long long count; /* arrivals so far */
};
/* Begins the walk; `name` is the stream's name, such as "arrivals/job-3". */
struct weir_arrivals weir_arrivals_open(const struct weir_load *load, unsigned long long seed, const char *name);

/* Time of the next arrival in seconds since the load's start, not decreasing; INFINITY when the load has ended. */
double weir_arrivals_next(struct weir_arrivals *arrivals);

/* From the arrival after the last one on, the rate is `factor` (> 0) times what the load says; 1 is the load itself.
 * The profile over time stays where it is: what happens at the load's 60 s still does. Loads of one time an item are
 * repeated or thinned out evenly, as by "scale". */
void weir_arrivals_scale(struct weir_arrivals *arrivals, double factor);

/* The kinds and their parameters, for `weir list loads`; ends with a NULL name. */
struct weir_load_info {
    const char *name;
    const char *summary;
    const struct weir_param *params;
    const char *const *keys; /* that a load of the kind may have besides; ends with NULL */
};
extern const struct weir_load_info weir_load_table[];

#endif
