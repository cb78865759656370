/* What policies see of the sources of a job, and of where its results come from. */
#ifndef WEIR_ENGINE_CONTROL_VIEW_SOURCES_H
#define WEIR_ENGINE_CONTROL_VIEW_SOURCES_H

#include "sim/engine/control/controller.h"

/* Of a job with several: made, as they are placed, and at the end of a window once the job's own are there. */
void weir_view_init_sources(const struct weir_run_job *job, struct weir_job_view *view);
void weir_view_place_sources(const struct weir_run_job *job, struct weir_job_view *view);
void weir_view_update_sources(struct weir_run_job *job, struct weir_job_view *view, double now_s, double window_s);

/* Where the results of a job come from: what each host has delivered to its sink in the window. */
void weir_view_update_origins(struct weir_run_job *job, struct weir_job_view *view, double window_s);

/* What its sources have written to the disks of their hosts in the window. */
void weir_view_count_logged(struct weir_books *books, const struct weir_run_job *job);

#endif
