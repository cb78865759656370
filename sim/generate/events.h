/* Events of other programs' logs as a series of rates: what the kinds from-access-log, from-jtl and from-jobs share. */
#ifndef WEIR_GENERATE_EVENTS_H
#define WEIR_GENERATE_EVENTS_H

#include "sim/generate/rates.h"

/* Zero-initialised is empty. */
struct weir_events {
    struct weir_log_event {
        double time_s; /* of the log's own clock */
        double weight; /* items, bytes, ... that it counts for; not negative */
    } * event;
    size_t count, capacity;
    size_t lines, wrong; /* lines that were tried, and those of them that are no events */
    size_t first_wrong;  /* number of the first of these lines */
    size_t left_out;     /* events that the options leave out */
};

void weir_events_add(struct weir_events *events, double time_s, double weight);

/* A line that is no event. */
void weir_events_wrong(struct weir_events *events, size_t line);

/* Writes the rates by windows of options->step_s, from the first event on, which is time 0; events may be in any order.
 * A duration of 0 is that of whole windows to the last event. What was read, and lines that were left out, are remarks.
 * Errors: WEIR_EINPUT if there is no event, or more than one line in 20 is none (`expected` says what a line is). */
int weir_events_write(struct weir_events *events, const struct weir_rates_options *options, const char *input,
                      const char *expected, FILE *out);
void weir_events_fini(struct weir_events *events);

#endif
