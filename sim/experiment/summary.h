/* Policies side by side: means over seeds, their confidence intervals, and differences to the first policy, paired by
 * seed. Runs with one seed see the same arrivals, work and faults whatever the policy (common random numbers), so the
 * difference of two policies is known better than either mean. Intervals are of 95 %, Student's or by bootstrap. */
#ifndef WEIR_EXPERIMENT_SUMMARY_H
#define WEIR_EXPERIMENT_SUMMARY_H

#include "sim/experiment/record.h"

struct weir_summary {
    char *scenario, *folder;
    char **labels; /* [policy_count] */
    int policy_count;
    unsigned long long *seeds; /* [seed_count] */
    int seed_count;
    struct weir_record *records; /* [policy_count][seed_count] */
    bool heavy_tails;            /* of work: weir_summary_heavy. Set by who knows the scenario */
    bool bootstrap;              /* intervals by bootstrap where there are runs enough; else Student's */
};

/* Records are absent at first. */
struct weir_summary *weir_summary_new(const char *scenario, const char *folder, const struct weir_stack *stacks,
                                      int stack_count, const unsigned long long *seeds, int seed_count);
void weir_summary_free(struct weir_summary *summary);

struct weir_record *weir_summary_record(const struct weir_summary *summary, int policy, int seed);

/* Runs that are present. */
int weir_summary_present(const struct weir_summary *summary);

/* Why an interval is not to be relied on: Student's t wants means that are about normal. */
enum weir_doubt {
    WEIR_DOUBT_NONE,
    WEIR_DOUBT_SKEWED, /* the values are skewed as those of one normal sample in a hundred are */
    WEIR_DOUBT_HEAVY,  /* the variance of what was averaged is infinite, so that no number of runs helps */
};

/* A mean with its interval; NaN where it is not defined: the mean of nothing, the interval of fewer than two values. */
struct weir_estimate {
    int count; /* of finite values */
    int none;  /* runs that are there and have no value */
    double mean, low, high;
    enum weir_doubt doubt;
};

/* A metric of a policy over its runs, and its difference to the first policy over the seeds that both have. */
void weir_summary_estimate(const struct weir_summary *summary, int policy, const struct weir_metric *metric,
                           struct weir_estimate *value, struct weir_estimate *difference);

/* Contents of summary.csv (a row a policy and metric), runs.csv (a row a run) and of --json. In the order of policies,
 * seeds and weir_metric_table, whatever the order in which runs ended. Owned. */
char *weir_summary_csv(const struct weir_summary *summary);
char *weir_summary_runs_csv(const struct weir_summary *summary);
char *weir_summary_json(const struct weir_summary *summary);

/* "", "skewed", "heavy". */
const char *weir_doubt_name(enum weir_doubt doubt);

/* Whether work of the scenario is so spread (Pareto of shape 3 at most, a cv of 0.577 and more) that its third moment,
 * and with it the variance of waiting, is infinite. */
bool weir_summary_heavy(const struct weir_scenario *scenario);

/* "low", "high" or "none". */
const char *weir_better_name(enum weir_better better);

#endif
