/* windows.csv in memory: of each job, operator, host and link the series that the report shows. */
#ifndef WEIR_REPORT_WINDOWS_H
#define WEIR_REPORT_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/experiment/key_map.h"

enum weir_entity_kind {
    WEIR_ENTITY_JOB,
    WEIR_ENTITY_OP,
    WEIR_ENTITY_HOST,
    WEIR_ENTITY_LINK,
    WEIR_ENTITY_PLACE,  /* an operator on a host */
    WEIR_ENTITY_DEVICE, /* one of several sources of a job that moves; its name is under op */
    WEIR_ENTITY_KINDS
};

/* Metrics of each kind that are read, as windows.csv calls them; NULL ends a row. */
#define WEIR_ENTITY_METRICS 14
extern const char *const weir_entity_metrics[WEIR_ENTITY_KINDS][WEIR_ENTITY_METRICS + 1];
enum weir_job_metric {
    WEIR_JOB_INGRESS,
    WEIR_JOB_DELIVERED,
    WEIR_JOB_DROPPED,
    WEIR_JOB_DUE,
    WEIR_JOB_BACKLOG,
    WEIR_JOB_BACKPRESSURED,
    WEIR_JOB_LATENCY, /* mean, p50, p95, p99 from here on */
    WEIR_JOB_VIOLATIONS = WEIR_JOB_LATENCY + 4,
    WEIR_JOB_DEVICE /* x and y from here on */
};
enum weir_op_metric {
    WEIR_OP_INSTANCES,
    WEIR_OP_OUTPUT,
    WEIR_OP_QUEUED,
    WEIR_OP_BUSY /* busy, idle, backpressured, occupancy from here on */
};

struct weir_entity {
    enum weir_entity_kind kind;
    char *job, *op, *host;               /* "" where it does not apply; a link's name is under host */
    double *values[WEIR_ENTITY_METRICS]; /* [window], NaN where there is none; NULL: no row at all */
};

/* Zero-initialised is empty. */
struct weir_windows {
    double *time_s; /* ends of the windows */
    size_t count, capacity;
    struct weir_entity *entities; /* in the order of the file */
    size_t entity_count, entity_capacity;
    struct weir_key_map series, known; /* from hashes of rows and of entities to numbers */
    bool is_cut;                       /* the file ends within a line, which was left out */
};

/* Rows of other metrics are passed over. Errors: WEIR_EINPUT for a file that cannot be read, has another header, or a
 * line that is none; *windows is empty then. */
int weir_windows_read(const char *path, struct weir_windows *windows);
/* The number of an entity, -1 if there is none. */
int64_t weir_windows_find(const struct weir_windows *windows, enum weir_entity_kind kind, const char *job,
                          const char *op, const char *host);
void weir_windows_fini(struct weir_windows *windows);

#endif
