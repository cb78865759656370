/* Small worlds for tests of policies: a view that a test writes by hand, and a way to carry plans out at once. */
#ifndef WEIR_TESTS_SUPPORT_VIEW_H
#define WEIR_TESTS_SUPPORT_VIEW_H

#include "sim/api/plan_check.h"
#include "sim/api/policy.h"

#define WEIR_MOCK_HOSTS     16
#define WEIR_MOCK_JOBS      8
#define WEIR_MOCK_OPERATORS 8
#define WEIR_MOCK_INSTANCES 32

/* Everything behind the const pointers of the view, to be written freely. `hosts[h].instances` and
 * `memory_used_bytes` are recounted by weir_mock_view. */
struct weir_mock {
    struct weir_view view;
    struct weir_host_view hosts[WEIR_MOCK_HOSTS];
    struct weir_job_view jobs[WEIR_MOCK_JOBS];
    struct weir_operator_view operators[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS];
    struct weir_placement placed[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][WEIR_MOCK_INSTANCES];
    int upstream[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][WEIR_MOCK_OPERATORS + 1];
    int downstream[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][WEIR_MOCK_OPERATORS + 1];
    double ready_s[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][WEIR_MOCK_INSTANCES]; /* an hour unless set */
    double busy[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][WEIR_MOCK_INSTANCES];
    int where[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][WEIR_MOCK_HOSTS];
    double latency_s[WEIR_MOCK_HOSTS][WEIR_MOCK_HOSTS];               /* routes; 1 ms unless set */
    double bytes_per_s;                                               /* of all routes; 1e8 unless set */
    double restart_s;                                                 /* 0 unless set */
    struct weir_origin_view origins[WEIR_MOCK_JOBS][WEIR_MOCK_HOSTS]; /* none unless origin_count of the job is set */
    double wrong_from_s[WEIR_MOCK_HOSTS];                             /* something is wrong with the host */
    double wrong_until_s[WEIR_MOCK_HOSTS];                            /* between these times; never unless set */
};

/* A world of no hosts and no jobs; 10 s windows. Free with free(). */
struct weir_mock *weir_mock_new(void);

/* Adds a host of 1e9 flop/s a core, up, without limit of memory; returns its index. */
int weir_mock_host(struct weir_mock *world, const char *name, const char *region, enum weir_view_tier tier, int cores,
                   int slots);

/* Adds a running job whose source is on the host; no sink host. */
int weir_mock_job(struct weir_mock *world, const char *name, int source_host);

/* Adds an operator at the end of the job's chain: fed by the one before (the source if it is the first), feeding the
 * sink. Selectivity 1, 100 bytes an item, max_parallelism 8, default placement on the source's host. */
int weir_mock_operator(struct weir_mock *world, int job, const char *name, double flops_per_item);

/* Adds an instance of the operator on the host, weight and share 1. */
void weir_mock_deploy(struct weir_mock *world, int job, int op, int host);

/* Host 0 at the edge with a core of 1 Gf/s, host 1 in the cloud with 16 of 4 Gf/s, this latency between them each way,
 * a restart of 1 s, and a job "stream" from the edge whose operator "a" of 10 Mf has an instance there. */
void weir_mock_edge_and_cloud(struct weir_mock *world, double latency_s);

/* Recounts what follows from the rest; the view to hand to a policy. */
const struct weir_view *weir_mock_view(struct weir_mock *world);

/* Checks the plan and carries out at once what is not refused; returns how many changes were. */
int weir_mock_apply(struct weir_mock *world, struct weir_plan *plan);

/* One window: next time and number, window_ends of the policy on a new plan, carried out. Returns the changes. */
int weir_mock_step(struct weir_mock *world, const struct weir_policy *policy, void *state);

/* Metrics of an operator that serves `arrivals` items/s with `rate` items/s an instance as an M/M/c queue does, busy at
 * most 1: rates, shares, queue, latency. What the first operator serves is what the source sends on. */
void weir_mock_serve(struct weir_mock *world, int job, int op, double arrivals, double rate);

/* A state of the policy with its defaults set, before create. Free with free(). */
void *weir_mock_state(const struct weir_policy *policy);

#endif
