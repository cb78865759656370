/* What was asked for on the command line: actions, pauses, questions. */
#ifndef WEIR_DEMO_SCRIPT_H
#define WEIR_DEMO_SCRIPT_H

#include "sim/demo/session.h"

struct weir_demo_script {
    struct weir_demo_action *actions;
    int action_count;
    double *pauses_s;
    int pause_count;
    double ask_s; /* how far ahead is asked about; 0: nothing is */
    double speed; /* simulated seconds a real one; 0: the default */
};

/* Whether the run shall stand still at a window's end: the first at or after a pause or, if something is asked, after
 * an action that is not at the beginning. */
bool weir_demo_stops(const struct weir_demo_script *script, double since_s, double time_s);

#endif
