/* What is due of a job with an objective, and what of it has come in time.
 *
 * Each result that an item of the source should give is due when its objective is over: at the item's arrival + the
 * job's objective. How many results that are is known at the arrival, whatever the policies do: the draws of operators
 * that filter or multiply hang on the item alone, an item that a filter takes out owes nothing, and a join owes one for
 * all parts together. An item on its way to a window owes its share of the window's results (selectivity) until the
 * window has gathered it: gathered in time, nothing more is due of it, and the results of the window are due each by
 * the arrival of the latest item in it. What was due and did not come in time is a violation: late, dropped, lost, or
 * still inside.
 *
 * Dates count from 0 s, and what is due at or after the end of the run, or before the end of the warm-up, does not. */
#ifndef WEIR_ENGINE_DUE_H
#define WEIR_ENGINE_DUE_H

#include <stdbool.h>
#include <stdint.h>

struct weir_op;
struct weir_run_job;

/* Results due and not come in time. Shares of results of windows make them fractions. */
struct weir_owed {
    double due, violations;
};

struct weir_due;
struct weir_due *weir_due_new(const struct weir_run_job *job); /* NULL if the job has no objective */
void weir_due_free(struct weir_due *due);

/* An item comes to the source. */
void weir_due_arrives(struct weir_run_job *job, uint64_t id, double birth_s);
/* A window has gathered an item, at its own time `at_s`; it gives so many results, whose latest item came at birth_s.
 */
void weir_due_gathered(const struct weir_op *window, double birth_s, double at_s);
void weir_due_fired(const struct weir_op *window, uint64_t id, double birth_s);
/* A result is delivered in time. */
void weir_due_met(const struct weir_run_job *job, double birth_s);

/* Of the whole run but its warm-up; and of a window of the run, by its number, which is forgotten then with all
 * before it. Nothing for a job without an objective. */
struct weir_owed weir_due_total(const struct weir_run_job *job);
struct weir_owed weir_due_close(struct weir_run_job *job, long window);

#endif
