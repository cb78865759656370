/* A small world for tests of proactive and its presets: one operator of 100/s an instance, windows of 10 s. */
#ifndef WEIR_TESTS_POLICIES_PROACTIVE_WORLD_H
#define WEIR_TESTS_POLICIES_PROACTIVE_WORLD_H

#include "tests/support/view.h"

extern const struct weir_policy weir_policy_proactive, weir_policy_svr_twres;

/* Windows that a test may have. */
#define MOST 400

extern struct weir_mock *world;
extern const struct weir_policy *policy;
extern void *state;
extern double history[MOST];
extern char why[1024], warning[1024], lesson[1024]; /* of the last plan that had any */
extern int warnings, lessons;
extern double flops;
extern double rate_each;   /* measured, 100 at first */
extern double served_most; /* of what could be, INFINITY at first */

/* The folder that files are seen from, ending in '/'; "": the present one. */
extern const char *seen_from;

/* The policy with these parameters; a code. */
int begin(const struct weir_policy *which, const char *text);
void end(void);

/* One window with this ingress; the instances that there are then. */
int step(double ingress);

/* The number after a word of a text, such as why; NAN if it is not there. */
double told(const char *text, const char *word);

#endif
