/* Workflows as weir's JSON, and the amounts that their tasks have: for the kinds that make workflows. */
#ifndef WEIR_GENERATE_TASKS_H
#define WEIR_GENERATE_TASKS_H

#include <stdio.h>

#include "sim/base/param.h"
#include "sim/base/random.h"

/* What is drawn evenly for a task, and for an edge. */
struct weir_tasks_options {
    double least_flops, most_flops, least_bytes, most_bytes;
};

#define WEIR_TASKS_PARAM(type, member, field, name, unit, fallback, help)                                              \
    WEIR_PARAM(name, WEIR_PARAM_DOUBLE, unit, offsetof(type, member.field), fallback, 0, 1e300, NULL, help)
/* Rows of the parameter table of a kind whose options of the given type have this struct as the member. */
#define WEIR_TASKS_PARAMS(type, member)                                                                                \
    WEIR_TASKS_PARAM(type, member, least_flops, "least_flops", WEIR_UNIT_FLOPS, "5Gf", "least work of a task"),        \
        WEIR_TASKS_PARAM(type, member, most_flops, "most_flops", WEIR_UNIT_FLOPS, "30Gf",                              \
                         "greatest; works are drawn evenly"),                                                          \
        WEIR_TASKS_PARAM(type, member, least_bytes, "least_bytes", WEIR_UNIT_BYTES, "0.5MB",                           \
                         "least of what flows along an edge"),                                                         \
        WEIR_TASKS_PARAM(type, member, most_bytes, "most_bytes", WEIR_UNIT_BYTES, "5MB",                               \
                         "greatest; sizes are drawn evenly")

/* WEIR_EUSAGE if a least is above its greatest. */
int weir_tasks_check(const struct weir_tasks_options *options);

double weir_tasks_flops(const struct weir_tasks_options *options, struct weir_stream *stream);
double weir_tasks_bytes(const struct weir_tasks_options *options, struct weir_stream *stream);

struct weir_made_task {
    char name[32];
    double flops, input_bytes, output_bytes;
};
struct weir_made_edge {
    int from, to;
    double bytes;
};

/* Writes a workflow; amounts are rounded to whole flops and bytes. */
void weir_tasks_write(FILE *out, const char *remark, const struct weir_made_task *tasks, int task_count,
                      const struct weir_made_edge *edges, int edge_count);

#endif
