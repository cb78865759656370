/* A small world and a plan for it. Hosts 0, 1 at the edge (2 slots each), 2 in the cloud without limit; job 0 with
 * operators a (0, 1) and b (0). */
#ifndef WEIR_TESTS_POLICIES_PLAN_WORLD_H
#define WEIR_TESTS_POLICIES_PLAN_WORLD_H

#include "tests/support/view.h"

extern struct weir_mock *plan_world;
extern struct weir_plan *plan;

void plan_begin(void);
void plan_end(void);

/* How many changes the plan has, and change number i. */
int plan_changes(void);
const struct weir_plan_change *plan_change(int i);

/* A whole instance on a host; the plan wants an operator of the job on these. */
struct weir_placement plan_on(int host);
void plan_set(int op, int count, const int *hosts);
#define PLAN_SET(op, ...) plan_set(op, (int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[]){__VA_ARGS__})

/* Checks the plan: change i is refused so, or (NULL) is not. */
void plan_check_refusal(int i, const char *wanted);

#endif
