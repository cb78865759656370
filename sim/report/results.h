/* A results folder: which runs it has, what they say, and what is wrong with it. */
#ifndef WEIR_REPORT_RESULTS_H
#define WEIR_REPORT_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/experiment/record.h"
#include "sim/experiment/sheet.h"

enum weir_results_kind { WEIR_RESULTS_RUN, WEIR_RESULTS_COMPARISON, WEIR_RESULTS_SWEEP };

/* One finished run of a comparison. */
struct weir_results_run {
    char *folder, *version;
    int policy; /* number in labels */
    unsigned long long seed;
    double duration_s, warmup_s;
    struct weir_record record;
    int point_count; /* of the distribution of latencies */
    double shares[WEIR_LATENCY_POINTS], latency_s[WEIR_LATENCY_POINTS];
    char **damaged; /* names of its files that are not as they were written: told as problems, not to be used */
    int damaged_count;
};

struct weir_results {
    enum weir_results_kind kind;
    char *folder, *title;
    struct weir_sheet summary; /* of a comparison or run: summary.csv as it stands, or made of the runs that are there;
                                * of a sweep: aggregate.csv */
    char **labels;             /* of policies, in the order of the summary */
    int label_count;
    struct weir_results_run *runs; /* by policy, then seed */
    size_t run_count, run_capacity;
    char **problems; /* sentences for people: what is missing, cut short, of another version */
    size_t problem_count, problem_capacity;
};

/* Reads a folder of `weir run`, `compare` or `sweep`. What cannot be read is left out and told as a problem.
 * Errors: WEIR_EINPUT for a folder that is not there or holds no result at all. */
int weir_results_read(const char *folder, struct weir_results *results);
void weir_results_fini(struct weir_results *results);

/* Adds a problem. */
void weir_results_tell(struct weir_results *results, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The problems, a line each. Owned. */
char *weir_results_problems(const struct weir_results *results);

/* Whether a file of a run, plain or compressed, may be used: it is none of the damaged. */
bool weir_results_usable(const struct weir_results_run *run, const char *name);

/* Reads a table of the folder, if it is what checksums.json says. Errors: WEIR_EINPUT; the sheet is empty then. */
int weir_results_sheet(struct weir_results *results, const char *name, struct weir_sheet *sheet);

/* The run of a policy with a seed, or NULL. */
const struct weir_results_run *weir_results_find(const struct weir_results *results, int policy,
                                                 unsigned long long seed);

/* The seed that most policies have a run of; the smallest such. False if there is no run. */
bool weir_results_seed(const struct weir_results *results, unsigned long long *seed);

#endif
