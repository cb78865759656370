/* What a scenario will ask of its platform, by arithmetic before the run: rates, use of operators, links and hosts, as
 * the jobs stand at first and if nothing queues. Peaks of different jobs are taken as coming together. */
#ifndef WEIR_EXPERIMENT_PREVIEW_H
#define WEIR_EXPERIMENT_PREVIEW_H

#include <stdio.h>

#include "sim/model/probe.h"

struct weir_preview_op {
    int job, op;
    double mean_per_s, peak_per_s; /* items that come in */
    double capacity_per_s;         /* that its instances can do, each with a core of its own; INFINITY: work of none */
    double use;                    /* peak / capacity */
};

struct weir_preview_host {
    double cores; /* that are busy at the peak */
    double state_bytes;
    int instances;
};

struct weir_preview {
    const struct weir_scenario *scenario;
    struct weir_preview_op *ops;
    int op_count;
    struct weir_preview_host *hosts; /* [host] */
    struct weir_probe_link *links;   /* those that carry something, by direction, as SimGrid names them */
    size_t link_count;
    int jobs_left_out; /* beyond the first 2000 */
    double services;   /* items that operators work on in a run, all together; no more than their instances can do */
    /* Pairs of hosts between which items go, and how many bytes a second at the peak. */
    struct weir_pair *pairs;
    double *pair_bytes_per_s;
    size_t pair_count;
};

/* Fills in all but the links, which need routes (weir_probe_scenario). Free with weir_preview_fini. */
void weir_preview_make(const struct weir_scenario *scenario, struct weir_preview *preview);
void weir_preview_fini(struct weir_preview *preview);

/* Processor time of a run, about: by what an item and an operator take, as measured (docs/performance.md), without what
 * policies compute. */
double weir_preview_run_s(const struct weir_preview *preview);

/* The busiest operators, links and hosts, indented, at most `most` of each. */
void weir_preview_print(FILE *out, const struct weir_preview *preview, int most);

/* All of it in one line, without its end. */
void weir_preview_line(FILE *out, const struct weir_preview *preview);

#endif
