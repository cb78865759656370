/* The inside of loads, shared by load*.c alone. */
#ifndef WEIR_MODEL_LOAD_PARTS_H
#define WEIR_MODEL_LOAD_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/model/load.h"

enum weir_load_arrivals { WEIR_LOAD_ARRIVE_POISSON, WEIR_LOAD_ARRIVE_EVEN };
enum weir_load_values { WEIR_LOAD_VALUE_RATES, WEIR_LOAD_VALUE_COUNTS, WEIR_LOAD_VALUE_EVENTS };

/* A rate that is constant by pieces, with its integral: piece k lasts from at_s[k] to at_s[k + 1] and begins with
 * items[k] expected items gone by. A table that does not repeat ends at at_s[count], which may be INFINITY. */
struct weir_rate_table {
    size_t count;
    double *at_s;  /* [count + 1], at_s[0] is 0 */
    double *rate;  /* [count], 1/s */
    double *items; /* [count + 1], not decreasing */
    bool repeat;
};

struct weir_load {
    enum weir_load_kind kind;
    double start_s, end_s; /* in the time of the job; end_s 0: none */
    int count;             /* 0: no limit */
    double scale, speedup;
    int arrivals;      /* enum weir_load_arrivals */
    double rate_per_s; /* of constant and Poisson, low and high of bursts: scale is in them after reading */
    double low_per_s, high_per_s;
    double mean_low_s, mean_high_s;
    double base_per_s, peak_per_s, period_s, width, offset;
    const char *file, *time, *value, *time_format; /* as written; only while reading */
    bool header, sort;
    int same;   /* enum weir_series_same */
    int values; /* enum weir_load_values */
    bool repeat;
    struct weir_rate_table table; /* of steps, diurnal and CSV but for events */
    double *event_s;              /* of CSV events, from 0 on */
    size_t event_count;
    double event_period_s;    /* from one play to the next, if repeated */
    unsigned long long bytes; /* hash of a CSV's content */
    /* Playback of a CSV, in the time of the load: */
    double shift_s; /* how much later it comes */
    bool wrap;      /* what is shifted out at one end comes in at the other */
    double begin_s; /* where in the trace time 0 lies; negative: the trace begins so much later */
    double stop_s;  /* when one turn of a wrapped trace is over; 0: never */
    double times;   /* factor of all that comes, by site; 1 for others */
    int site_count;
    struct weir_load **site; /* owned; they borrow the data */
};

/* Makes a table of `count` pieces from their starts and rates; the arrays are copied. `end_s` may be INFINITY. */
void weir_rate_table_init(struct weir_rate_table *table, size_t count, const double *at_s, const double *rate,
                          double end_s, bool repeat);
void weir_rate_table_fini(struct weir_rate_table *table);

/* Expected items in [0, time_s], and the rate at a time. */
double weir_rate_table_items(const struct weir_rate_table *table, double time_s);
double weir_rate_table_rate(const struct weir_rate_table *table, double time_s);

/* What each kind reads beyond its parameter table. */
int weir_load_read_steps(const struct weir_json *at, struct weir_load *load);
int weir_load_read_diurnal(const struct weir_json *at, struct weir_load *load);
int weir_load_read_csv(const struct weir_json *at, const char *file, struct weir_load *load);

/* After the data of a CSV is read: shift, wrap, and the loads of the sites. Errors: WEIR_EINPUT. */
int weir_load_read_playback(const struct weir_json *at, struct weir_load *load);
void weir_load_free_sites(struct weir_load *load);

#endif
