/* The lines of the pipe protocol (docs/add-a-policy.md): what is sent, and the answer. */
#ifndef WEIR_POLICIES_PIPE_MESSAGE_H
#define WEIR_POLICIES_PIPE_MESSAGE_H

#include <stdbool.h>

#include "sim/api/plan.h"
#include "sim/api/policy.h"
#include "sim/base/text.h"

/* The first line: interface, seed, stream, and the program's parameters, an object as JSON. */
void weir_pipe_add_hello(struct weir_text *text, unsigned long long seed, const char *stream, const char *params);

/* Which fields of the view are sent, by row of weir_view_fields, from names such as "job.backlog" divided by commas;
 * *wanted is NULL for "", which means all. What says who a record is of, its times and whether it may be changed is
 * always sent, hosts only if a field of theirs is named, and all of an element of origins, sources or instances that
 * are named. Owned. Errors: WEIR_EINPUT with the near name. */
int weir_pipe_read_fields(const char *names, bool **wanted);

/* One event: its name, the job it is about (-1: none), those fields of the view that are wanted (NULL: all), and what
 * the plan holds so far. With `routes`, also the latencies and bandwidths between all hosts. Numbers are written so
 * that they read as the same doubles; those that are not finite as null. */
void weir_pipe_add_event(struct weir_text *text, const char *event, int job, const struct weir_view *view,
                         const struct weir_plan *plan, bool routes, const bool *wanted);

/* An item that has a choice, with its candidates. */
void weir_pipe_add_item(struct weir_text *text, const struct weir_view *view, const struct weir_routing *item);

/* Reads the answer to that: an object with the number of a candidate as "route", if it chooses, and "flops", if that
 * takes any. Errors: WEIR_ERUN with the place. */
int weir_pipe_read_choice(const char *text, struct weir_routing *item);

/* Reads an answer, one JSON object, and writes its decisions to the plan (NULL: there may be none). Errors: WEIR_ERUN
 * with the place; the plan may hold a part of the decisions then. */
int weir_pipe_read_answer(const char *text, const struct weir_view *view, struct weir_plan *plan);

#endif
