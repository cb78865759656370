/* The demo as text. */
#ifndef WEIR_DEMO_TELL_H
#define WEIR_DEMO_TELL_H

#include "sim/demo/script.h"

/* Tells the run of a session, or of two in turn, on stdout. *finished: they came to their ends. Errors: those of
 * runs. */
int weir_demo_tell(struct weir_demo_session *sessions, int count, const struct weir_demo_script *script,
                   bool *finished);

#endif
