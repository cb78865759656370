/* The inside of the workload reader, shared by workload*.c and the scenario reader alone. */
#ifndef WEIR_MODEL_WORKLOAD_PARTS_H
#define WEIR_MODEL_WORKLOAD_PARTS_H

#include "sim/model/workload.h"

/* Reads {"host": ..}, {"region": ..}, {"tier": ..}, both of these, or a string, short for a host. `allow_source` also
 * takes the string "source". Checks that hosts are there. *where is empty after an error. */
int weir_where_read(const struct weir_json *at, const struct weir_platform *platform, bool allow_source,
                    struct weir_where *where);
void weir_where_fini(struct weir_where *where);

/* The first of weir_where_hosts, without walking the whole platform; -1 if there is none. */
int weir_where_first(const struct weir_where *where, const struct weir_platform *platform, int source_host);

/* "name" of an operator or source, borrowed, which is none of the reserved ones; *place is where it stands. */
int weir_part_name_read(const struct weir_json *at, struct weir_json *place, const char **name);

/* Reads the operators of a job and checks each by itself. */
int weir_operators_read(const struct weir_json *at, const struct weir_platform *platform, struct weir_job *job);
void weir_operator_fini(struct weir_operator *op);

/* An operator of which nothing is said. */
void weir_operator_init(struct weir_operator *op);
#define WEIR_MAX_PARALLELISM 16 /* or what is asked for at the start, if that is more */

/* Reads "workflow" of a job into its operators and edges, in topological order; the path is taken relative to `file`,
 * and the content of the workflow mixed into *hash. `job_at` is the job, whose source and sink are known. */
int weir_workload_read_workflow(const struct weir_json *job_at, const char *file, const struct weir_platform *platform,
                                struct weir_job *job, unsigned long long *hash);

/* The load of a workflow that gives none: one item at the job's arrival. */
int weir_workload_one_item(struct weir_load **load);

/* A quantity of work or a distribution of it. */
int weir_flops_read(const struct weir_json *at, struct weir_distribution *flops);
/* "capacity", "batch" and the other keys of an operator's queue. */
int weir_queue_read(const struct weir_json *at, struct weir_operator *op);
/* What queues do not bear; edges and their bytes are known. */
int weir_queues_check(const struct weir_json *at, const struct weir_job *job);

/* "window" of an operator; its "keys" are known. In event time an operator without any has one key. */
int weir_event_windows_read(const struct weir_json *at, struct weir_operator *op);

/* "order" and the other keys of an operator's service. */
int weir_service_read(const struct weir_json *at, struct weir_operator *op);
/* "scaling" and "tires". */
int weir_pace_read(const struct weir_json *at, struct weir_operator *op);
/* "delay" of an edge whose ends are known, of a job that is read but for its operators and edges. */
int weir_delay_read(const struct weir_json *at, const struct weir_job *job, struct weir_edge *edge);
/* "retry" and the like; the other keys of the operator are known. */
int weir_calls_read(const struct weir_json *at, struct weir_operator *op);
int weir_calls_check(const struct weir_json *at, const struct weir_job *job);
/* "sources" of a job, in place of "source"; the first becomes that of the job by who reads the job. Their check needs
 * the edges. */
int weir_sources_read(const struct weir_json *at, const char *file, const struct weir_platform *platform,
                      struct weir_job *job);
int weir_sources_check(const struct weir_json *at, const struct weir_job *job);
void weir_sources_free(struct weir_job *job);
/* Which hosts the copies of a template's sources go round; owned by the caller, NULL if it has but one source. */
struct weir_source_hosts {
    int *hosts, count;
};
struct weir_source_hosts *weir_sources_spread(const struct weir_job *job, const struct weir_platform *platform);
void weir_sources_spread_free(struct weir_source_hosts *spread, const struct weir_job *job);
/* The sources of a copy, by its number; names and places stay those of the template. */
void weir_sources_copy(struct weir_job *copy, const struct weir_source_hosts *spread, long number);
/* "kinds" of a job's items. */
int weir_kinds_read(const struct weir_json *at, struct weir_job *job);
void weir_kinds_free(struct weir_job *job);
/* What services do not bear; edges and kinds are known. */
int weir_services_check(const struct weir_json *at, const struct weir_job *job);

/* Reads the edges (NULL: a chain) of a job whose operators are in the order of the file, checks the graph, and puts the
 * operators in topological order. `at` is the job. */
int weir_graph_read(const struct weir_json *at, struct weir_job *job);

/* Checks what needs the order: joins. `at` is the job. */
int weir_graph_check_joins(const struct weir_json *at, const struct weir_job *job);

#endif
