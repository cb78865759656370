/* Prediction: what the class thinks will happen to the latency, asked before the run goes on, and what happened. */
#ifndef WEIR_DEMO_ASK_H
#define WEIR_DEMO_ASK_H

#include "sim/demo/session.h"

/* Latencies that differ by no more than this factor are about the same. */
#define WEIR_DEMO_SAME 1.2

enum weir_demo_answer_kind { WEIR_DEMO_LOWER, WEIR_DEMO_ABOUT_SAME, WEIR_DEMO_HIGHER, WEIR_DEMO_NO_ANSWER };

struct weir_demo_ask {
    double ahead_s; /* simulated; 0: nothing is asked */
    enum weir_demo_ask_state { WEIR_DEMO_SILENT, WEIR_DEMO_ASKING, WEIR_DEMO_WAITING, WEIR_DEMO_TOLD } state;
    double until_s, before_s;
    enum weir_demo_answer_kind guess;
    int asked, right;
};

/* Asks at a time: the question, for a line. */
void weir_demo_ask_begin(struct weir_demo_ask *ask, const struct weir_demo_session *session, double time_s,
                         struct weir_text *text);
void weir_demo_ask_guess(struct weir_demo_ask *ask, enum weir_demo_answer_kind guess);
/* Whether the time asked about has come. */
bool weir_demo_ask_due(const struct weir_demo_ask *ask, double time_s);
/* What happened, and whether that was the guess, for a line. */
enum weir_demo_answer_kind weir_demo_ask_tell(struct weir_demo_ask *ask, const struct weir_demo_session *session,
                                              double time_s, struct weir_text *text);

#endif
