/* What the terminal shows. Private to screen*.c. */
#ifndef WEIR_DEMO_SCREEN_DRAW_H
#define WEIR_DEMO_SCREEN_DRAW_H

#include <ncurses.h>

#include "sim/demo/ask.h"
#include "sim/demo/side.h"

/* Lines of the log that are kept, and their length. */
#define WEIR_DEMO_LOG  64
#define WEIR_DEMO_LINE 600

struct weir_demo_screen {
    struct weir_demo_side sides[2]; /* the second beside the first */
    int side_count;
    struct weir_demo_ask ask;
    bool utf8, colours;
    bool paused, help;
    int back;                  /* windows before the newest that is shown */
    double speed;              /* simulated seconds in a real one */
    char said[WEIR_DEMO_LINE]; /* a question, its answer, or what cannot be done; "": nothing */
    struct weir_demo_logged {
        double time_s;
        char text[WEIR_DEMO_LINE];
    } log[WEIR_DEMO_LOG]; /* a ring */
    int log_count;
};

/* Adds "205 s  text" to the log. */
void weir_demo_log(struct weir_demo_screen *screen, double time_s, const char *text);
/* Whether all runs are over. */
bool weir_demo_over(const struct weir_demo_screen *screen);

/* Colours of what weir_demo_draw draws; after ncurses has begun. */
void weir_demo_draw_begin(struct weir_demo_screen *screen);
void weir_demo_draw(const struct weir_demo_screen *screen);

/* Parts of a side, in columns from `column` on. */
struct weir_demo_area {
    int column, width;
};
/* Text over several rows, broken between words; returns the rows used. */
int weir_demo_put_wrapped(struct weir_demo_area area, int row, int last, attr_t attributes, const char *text);
/* The jobs whose operators are shown: all if they fit in the rows, else the one looked at. */
bool weir_demo_all_jobs(const struct weir_demo_side *side, int rows);
/* What a figure of a job was in the windows so far, `rows` high, with its largest value and its unit at the right; 0 at
 * the foot. `most`: full height, at least. */
void weir_demo_draw_curve(const struct weir_demo_screen *screen, const struct weir_demo_side *side, int job,
                          enum weir_demo_figure figure, struct weir_demo_area area, int row, int rows, double most);
/* The largest value of a figure in the windows that a curve of that width shows. */
double weir_demo_most(const struct weir_demo_screen *screen, const struct weir_demo_side *side, int job,
                      enum weir_demo_figure figure, int width);
/* The rows of figures with their curves; returns the rows used, `rows` at most. */
int weir_demo_draw_figures(const struct weir_demo_screen *screen, int row, int rows, bool all_jobs);
/* The last decision in the frame that is shown, in words. */
void weir_demo_say_last(const struct weir_demo_screen *screen, const struct weir_demo_side *side,
                        char line[WEIR_DEMO_LINE]);
/* Two runs side by side, from a row on. */
void weir_demo_draw_pair(const struct weir_demo_screen *screen, int row, int last);

#endif
