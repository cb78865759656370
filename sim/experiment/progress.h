/* What a pool says on stderr while it works: a bar on a terminal, elsewhere a line a task (or, of
 * many, a line each ten seconds), nothing when quiet. */
#ifndef WEIR_EXPERIMENT_PROGRESS_H
#define WEIR_EXPERIMENT_PROGRESS_H

#include <stdbool.h>

struct weir_progress {
    const char *title;
    bool quiet;
    bool many; /* tasks: a line for all now and then instead of one for each */
    bool bar;  /* stderr is a terminal */
    int count, done, failed;
    double begun_s, drawn_s;
};

/* Monotonic seconds. */
double weir_clock_s(void);

void weir_progress_begin(struct weir_progress *progress, const char *title, int count, bool quiet);

/* A task has ended: message is NULL if it is done. Counts it, and tells it unless it is the only one. */
void weir_progress_ended(struct weir_progress *progress, const char *name, double wall_s, const char *message);

/* Draws the bar again if it is time to. */
void weir_progress_draw(struct weir_progress *progress, int running, double fraction);

/* Takes the bar away. */
void weir_progress_end(struct weir_progress *progress);

#endif
