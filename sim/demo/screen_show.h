/* The run on the screen, and its keys. Private to screen.c and screen_keys.c. */
#ifndef WEIR_DEMO_SCREEN_SHOW_H
#define WEIR_DEMO_SCREEN_SHOW_H

#include "sim/demo/screen_draw.h"
#include "sim/demo/script.h"

struct show {
    struct weir_demo_screen screen;
    const struct weir_demo_script *script;
    struct weir_demo_answer answer; /* what is to be sent with the next one, the same to both sides */
    double since_s;                 /* of the last window but one, simulated */
    double came_s;                  /* when the frame came, real */
    bool step, quit;
    int empty;
    int code;
};

/* Begins all runs anew. Errors: as of weir_demo_side_begin. */
int screen_begin(struct show *show);
/* A wish; one of the same kind and target that is not sent yet is replaced. */
void screen_wish(struct show *show, struct weir_demo_wish wanted);
/* Asks what will happen, at the window that is shown. */
void screen_ask(struct show *show);
void screen_key(struct show *show, int key);

#endif
