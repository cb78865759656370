#include "sim/demo/signals.h"

#include <stddef.h>

static const int noted[WEIR_DEMO_SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

static volatile sig_atomic_t interrupted;

static void note(int signal)
{
    interrupted = 1;
}

void weir_demo_signals_begin(struct weir_demo_signals *signals)
{
    struct sigaction action = {.sa_handler = note};
    interrupted = 0;
    for (int s = 0; s < WEIR_DEMO_SIGNALS; s++)
        sigaction(noted[s], &action, &signals->before[s]);
}

void weir_demo_signals_end(const struct weir_demo_signals *signals)
{
    for (int s = 0; s < WEIR_DEMO_SIGNALS; s++)
        sigaction(noted[s], &signals->before[s], NULL);
}

bool weir_demo_interrupted(void)
{
    return interrupted != 0;
}
