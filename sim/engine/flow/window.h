/* Tumbling windows: an instance counts what it processes and emits the results at the window's end. */
#ifndef WEIR_ENGINE_WINDOW_H
#define WEIR_ENGINE_WINDOW_H

#include "sim/engine/flow/flow.h"

void weir_window_add(struct weir_instance *instance, const struct weir_batch *batch);
/* When the next results leave; infinity if there are none. */
double weir_window_due_s(const struct weir_instance *instance);
/* Takes out what is due: a list of batches of results, NULL if there are none. */
struct weir_batch *weir_window_fire(struct weir_instance *instance);
/* What was due while its job was halted (weir_job_halt) was blocked until now. */
void weir_window_hold(struct weir_instance *instance);
void weir_window_clear(struct weir_instance *instance);
/* Frees it. */
void weir_window_fini(struct weir_window_content *content);
/* An item is gathered, or a batch of results given: for what is due, where items may be played again. */
void weir_window_gathered(const struct weir_op *op, const struct weir_item *item);
void weir_window_given(const struct weir_op *op, const struct weir_batch *results);
/* The other instance gets what is not due yet. */
void weir_window_hand_over(struct weir_instance *from, struct weir_instance *to);

#endif
