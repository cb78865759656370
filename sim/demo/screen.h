/* The demo on a terminal, by ncurses. */
#ifndef WEIR_DEMO_SCREEN_H
#define WEIR_DEMO_SCREEN_H

#include "sim/demo/script.h"

/* Whether stdin and stdout are a terminal that can be drawn on; else why not, as in "stdin is no terminal". */
bool weir_demo_screen_fits(const char **why);

/* Shows the runs of one session, or of two side by side, until the user leaves, or a signal comes (signals.h). The
 * terminal is as before afterwards, whatever happens. *no_terminal: ncurses does not know this one, and nothing has
 * been done. *finished: the runs came to their ends. Errors: those of runs. */
int weir_demo_screen_run(struct weir_demo_session *sessions, int count, const struct weir_demo_script *script,
                         bool *no_terminal, bool *finished);

#endif
