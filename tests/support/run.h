/* Runs of small worlds in tests: each in a child process of its own, since SimGrid runs once a process. */
#ifndef WEIR_TESTS_SUPPORT_RUN_H
#define WEIR_TESTS_SUPPORT_RUN_H

#include "sim/engine/run.h"

/* What a run gave. Names are owned by this struct. */
struct weir_test_result {
    int code; /* of weir_run; WEIR_EENGINE with a message if the child died */
    char message[1024];
    struct weir_result result;
    char *decisions; /* a line each: "time policy job/op what | why | refusal" */
    char *spans;     /* if asked for, a line each: "start end kind host to job op number bytes items", "-" for none */
    char *rows;      /* of windows, if asked for, a line each: "time job/op/host/metric value"; parts may be empty */
    char **names;
    int name_count;
};

/* Runs a scenario, given as JSON text, on a platform file of tests/input/valid or elsewhere ("platform" is set to it)
 * under a policy or stack as written after --policy. The catalogue is that of policies/catalog.h unless one is given.
 */
struct weir_test_result weir_test_run(const char *platform, const char *scenario, const char *policy,
                                      unsigned long long seed);
struct weir_test_result weir_test_run_catalog(const char *platform, const char *scenario, const char *policy,
                                              unsigned long long seed, const struct weir_policy *const *catalog);
/* The same, with somebody who steers it; the control is called in the process of the run. */
struct weir_test_result weir_test_run_steered(const char *platform, const char *scenario, const char *policy,
                                              unsigned long long seed, const struct weir_control *control);
/* The same, with spans and rows. */
struct weir_test_result weir_test_run_traced(const char *platform, const char *scenario, const char *policy,
                                             unsigned long long seed, const struct weir_policy *const *catalog);
void weir_test_result_fini(struct weir_test_result *got);

/* The scenario with "activities": "all", so that SimGrid shares everything; kept by the support code until the next
 * call. */
const char *weir_test_all(const char *scenario);

/* Runs a scenario with seeds 1 to `seeds` under the policy static. What `figure` takes from a run must be `wanted` on
 * average: within the 99 % confidence interval over the seeds, whose half width must be at most `most` of `wanted`. The
 * first `both` seeds run with "activities": "all", too, and the figures must agree to 1e-9 of themselves. Prints a line
 * with all of it. */
void weir_test_seeds(const char *what, const char *platform, const char *scenario, int seeds, int both,
                     double (*figure)(const struct weir_test_result *got), double wanted, double most);

/* A run that must end well and pass weir_test_conservation, with seed 1; the scenario is owned, and freed. */
struct weir_test_result weir_test_run_sound(const char *platform, char *scenario, const char *policy,
                                            const struct weir_policy *const *catalog);

/* Totals by name; fails the test and returns an empty one if there is none. */
const struct weir_operator_total *weir_test_op(const struct weir_test_result *got, const char *job, const char *op);
const struct weir_job_total *weir_test_job(const struct weir_test_result *got, const char *job);

/* Fails the test unless nothing was lost or counted twice. For every job:
 *   arrived = emitted + dropped at the source + backlog, and for every operator
 *   arrived = processed + queued + pending (times the inputs, for a join);
 *   what the operators before it emitted = arrived + dropped + in transit; the sink likewise. */
void weir_test_conservation(const char *platform, const char *scenario, const struct weir_test_result *got);

#endif
