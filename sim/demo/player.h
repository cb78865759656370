/* The run of a demo, in a process of its own: SimGrid runs once a process, and may end it. It stands still at each
 * window's end until it is answered. */
#ifndef WEIR_DEMO_PLAYER_H
#define WEIR_DEMO_PLAYER_H

#include <sys/types.h>

#include "sim/demo/session.h"
#include "sim/experiment/last_words.h"

struct weir_demo_player {
    pid_t pid;   /* 0: none */
    int reports; /* frames come here */
    int answers;
    int words; /* its stdout and stderr */
    struct weir_last_words last;
    struct weir_demo_frame frame; /* the last one */
    struct weir_demo_end end;     /* once it has come */
};

/* Starts the run. Errors: WEIR_ERUN. */
int weir_demo_player_start(struct weir_demo_player *player, const struct weir_demo_session *session);

/* Waits for a frame or the end, at most so many milliseconds (-1: for ever), or until something can be read from `keys`
 * (-1: nothing). A signal ends it, too. */
enum weir_demo_heard { WEIR_DEMO_NOTHING, WEIR_DEMO_FRAME, WEIR_DEMO_END, WEIR_DEMO_KEY };
enum weir_demo_heard weir_demo_player_hear(struct weir_demo_player *player, int at_most_ms, int keys);

void weir_demo_player_answer(struct weir_demo_player *player, const struct weir_demo_answer *answer);

/* Ends the process wherever it is, and frees. */
void weir_demo_player_stop(struct weir_demo_player *player);

#endif
