/* Sums and means of the series of many jobs: of all, and of the copies of one template ("count-0", "count-1" are
 * "count-*"). */
#ifndef WEIR_REPORT_GROUPS_H
#define WEIR_REPORT_GROUPS_H

#include "sim/report/windows.h"

/* Entities of the kinds job and operator, in the order of their first member; the first is the sum of all jobs, named
 * "", with the number of their instances under WEIR_GROUP_INSTANCES. */
struct weir_group {
    struct weir_entity sum;
    int members;
};
#define WEIR_GROUP_INSTANCES (WEIR_ENTITY_METRICS - 1)

struct weir_groups {
    struct weir_group *list;
    size_t count, capacity;
    size_t *of; /* [entity of the windows]: its group; 0 if it has none */
};

/* Rates, queues and instances are summed; latencies are means weighted by items delivered, violations
 * by results due, shares of operators by
 * instances, the others plain means. */
void weir_groups_make(const struct weir_windows *windows, struct weir_groups *groups);
void weir_groups_fini(struct weir_groups *groups);

#endif
