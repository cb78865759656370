/* Signals that end a demo, noted until it can put things in order. */
#ifndef WEIR_DEMO_SIGNALS_H
#define WEIR_DEMO_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

#define WEIR_DEMO_SIGNALS 4
struct weir_demo_signals {
    struct sigaction before[WEIR_DEMO_SIGNALS];
};

/* From here to the end, Ctrl-C and the like are noted only. */
void weir_demo_signals_begin(struct weir_demo_signals *signals);
void weir_demo_signals_end(const struct weir_demo_signals *signals);

/* Whether one has come since the beginning. */
bool weir_demo_interrupted(void);

#endif
