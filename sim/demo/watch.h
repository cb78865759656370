/* In the process of the engine: makes frames of what a run shows, and hands answers on as wishes. */
#ifndef WEIR_DEMO_WATCH_H
#define WEIR_DEMO_WATCH_H

#include "sim/demo/session.h"

/* Runs the session's scenario from its first stack on; frames and the end go to `to`, an answer to each frame is waited
 * for on `from`. */
void weir_demo_watch(const struct weir_demo_session *session, int to, int from);

#endif
