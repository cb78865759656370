/* What the terminal shows. Private to screen*.c. */
#ifndef WEIR_DEMO_SCREEN_DRAW_H
#define WEIR_DEMO_SCREEN_DRAW_H

#include "sim/demo/player.h"

/* Lines of the log that are kept, and their length. */
#define WEIR_DEMO_LOG  64
#define WEIR_DEMO_LINE 600

struct weir_demo_screen {
    struct weir_demo_session *session;
    struct weir_demo_player player;
    bool utf8, colours;
    bool paused, over, help;
    double speed; /* simulated seconds in a real one */
    char policy_line[WEIR_DEMO_LINE];
    char log[WEIR_DEMO_LOG][WEIR_DEMO_LINE]; /* a ring */
    int log_count;
};

/* Adds "205 s  text" to the log. */
void weir_demo_log(struct weir_demo_screen *screen, double time_s, const char *text);

/* Colours of what weir_demo_draw draws; after ncurses has begun. */
void weir_demo_draw_begin(struct weir_demo_screen *screen);
void weir_demo_draw(const struct weir_demo_screen *screen);

#endif
