/* A run that is looked at, with the windows that went by: one side of the screen, or all of it. */
#ifndef WEIR_DEMO_SIDE_H
#define WEIR_DEMO_SIDE_H

#include "sim/demo/player.h"

/* The most that is kept of windows that went by. */
#define WEIR_DEMO_KEPT_BYTES (48 << 20)

struct weir_demo_side {
    struct weir_demo_session *session;
    struct weir_demo_player player;
    struct weir_demo_frame *frames; /* that came, the newest last; the oldest go */
    int frame_count;
    size_t frame_capacity, bytes;
    bool holds; /* the newest is not answered yet */
    bool over;
};

/* Starts the run anew; what was seen is forgotten. Errors: WEIR_ERUN. */
int weir_demo_side_begin(struct weir_demo_side *side);
/* Ends the run wherever it is, and frees. */
void weir_demo_side_stop(struct weir_demo_side *side);

/* Takes in the frame that the player has just heard. */
void weir_demo_side_take(struct weir_demo_side *side);
/* The frame so many windows before the newest, or the oldest there is. Borrowed until the next is taken. */
const struct weir_demo_frame *weir_demo_side_frame(const struct weir_demo_side *side, int back);
/* Looks at another job: the past of the session becomes that of it. */
void weir_demo_side_look(struct weir_demo_side *side, int job);

/* Figures of a job in a frame; NAN where there is none. */
enum weir_demo_figure { WEIR_DEMO_INGRESS, WEIR_DEMO_INSTANCES, WEIR_DEMO_BACKLOG, WEIR_DEMO_LATENCY };
double weir_demo_figure(const struct weir_demo_frame *frame, int job, enum weir_demo_figure figure);

#endif
