/* Lists of a result beside its jobs, operators and ways. */
#ifndef WEIR_ENGINE_RESULT_LISTS_H
#define WEIR_ENGINE_RESULT_LISTS_H

#include "sim/engine/flow/flow.h"

/* A mean of so many; of none NaN. */
double weir_result_mean(double sum, double count);

/* Kinds of a job's items; its sources, if it has several. */
void weir_result_add_kinds(const struct weir_run_job *job, struct weir_result *result);
void weir_result_add_sources(const struct weir_run_job *job, struct weir_result *result);
/* Links that carried something. */
void weir_result_fill_links(const struct weir_books *books, struct weir_result *result);

#endif
