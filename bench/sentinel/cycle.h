/* The steps that are measured; each prints its lines. */
#ifndef WEIR_BENCH_SENTINEL_CYCLE_H
#define WEIR_BENCH_SENTINEL_CYCLE_H

#include "bench/sentinel/platform.h"
#include "policies/learn/optimise/assignment.h"

/* Post-scheduling of the requests by the plan, and the rivals on the same requests. Returns the seconds of
 * post-scheduling with classification, -1 with a message. */
double cycle_measure(const struct platform *platform, const struct assignment *plan);

/* Detection for all servers by rules and net, by rules alone and by the net alone; `cycle_s` is the time of the cycle
 * that it would be part of. Errors: those of the net. */
int bench_detection(int servers, double cycle_s);

#endif
