/* The sources of a job, as flow knows them. */
#ifndef WEIR_ENGINE_SOURCE_H
#define WEIR_ENGINE_SOURCE_H

#include "sim/engine/flow/flow.h"

/* The number of its source is a part of an item's id, below its kind. */
#define WEIR_SOURCE_SHIFT 48

/* Puts items that were sent back in front of the backlogs of their sources, in the order they had. */
void weir_source_unsend(struct weir_run_job *job, const struct weir_arrival *arrivals, size_t count);
/* When the next item of any of them came, or comes. */
double weir_source_next_s(const struct weir_run_job *job);
/* Sends as long as there is something to send. */
void weir_source_go(struct weir_source *source);
void weir_sources_go(struct weir_run_job *job); /* soon, all of them */
/* One of them holds a batch; nothing more comes of any. */
bool weir_sources_busy(const struct weir_run_job *job);
bool weir_sources_done(const struct weir_run_job *job);

/* The counts of the source from which a way of one of several began. */
struct weir_source_counts *weir_source_counts_of(struct weir_run_job *job, uint64_t path);
/* A result is delivered, `again`: that has come before. */
void weir_source_delivers(struct weir_run_job *job, const struct weir_item *item, bool again);
/* How many wait at one of them. */
uint64_t weir_source_waiting_at(const struct weir_source *source, double now_s);

/* Nothing more comes of a source, and nothing waits there. */
bool weir_source_has_ended(const struct weir_source *source);

/* Names of sources beside the first, and what a run needs of them before the edges are known. */
const char *weir_source_name(const struct weir_source *source); /* "source", unless the job names its sources */
void weir_sources_init(struct weir_run_job *job);
void weir_sources_fini(struct weir_run_job *job);

#endif
