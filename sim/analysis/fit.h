/* Fitting numbers of a scenario to measured series, by runs (docs/calibrate.md). Where a point of the search is meant,
 * `u` is an array of key_count shares of the keys' ranges, 0 to 1. */
#ifndef WEIR_ANALYSIS_FIT_H
#define WEIR_ANALYSIS_FIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/engine/run.h"
#include "sim/experiment/pool.h"

enum { FIT_KEYS = 16, FIT_MATCHES = 32, FIT_CASES = 32, FIT_SEEDS = 4 };

/* A number that is free: a path of the scenario as --set has it, or an XPath (it begins with '/') of attributes of the
 * platform. */
struct fit_key {
    char *path, *name, *unit; /* the unit is written behind values, "" for none */
    bool is_xpath, is_log, is_integer;
    double min, max; /* in that unit; min < max */
};

/* How a series is held against the measured one. Errors e of the rows or figures, made asinh(10 e) / 10 so that
 * wild ones do not drown the others, are squared and averaged. */
enum fit_by {
    FIT_RELATIVE,  /* each row: difference / mean measured value */
    FIT_LOG,       /* each row: ln(simulated / measured) */
    FIT_QUANTILES, /* eight quantiles of the rows: ln(simulated / measured), whatever their order in time */
    FIT_ONSETS,    /* times at which the series rises above a threshold: off by / 2 % of the run, 1 at most; 1 for each
                    * missed or added */
};
extern const char *const fit_by_names[]; /* "relative", "log", "quantiles", "onsets", NULL */

/* A metric of windows.csv, and the column of the measured files that it is held against. */
struct fit_match {
    char *name;            /* as the user wrote it */
    char *job, *op, *host; /* "" where it does not apply */
    char *metric, *column; /* of windows.csv; of the measured files */
    double factor;         /* measured = column x factor */
    enum fit_by by;
    double threshold; /* of onsets */
    double weight;    /* of its mean square in the loss */
};

/* A measured file. Row i stands for the time since the row before it; the run begins one such time before the first. */
struct fit_case {
    char *path, *name;
    const char **sets;        /* of this file alone, NULL-terminated; may be NULL. Borrowed values */
    bool fitted;              /* else it is predicted */
    double from_s, until_s;   /* rows that count, in time of the run */
    unsigned long long bytes; /* of the file, and its CRC-32 */
    uint32_t crc32;
    double origin_s, step_s, bin_s;
    double end_s; /* of its last row */
    int bins;
    double *measured; /* [match][bin]; NaN: none */
    char *load;       /* a set that makes the job's load of a column; NULL: the scenario's. Owned */
};

/* What the files are read with. */
struct fit_reading {
    const char *time, *time_format; /* column of times and its form; NULL: found */
    const char *load; /* "COLUMN[*FACTOR][,even|poisson]": offered load of the job, in items/s; NULL: none */
    const char *job;  /* whose load it is; NULL: of the only one */
    double every_s;   /* length of the bins; 0: the longest of window and step */
};

struct fit_cache;
struct fit_problem {
    const char *scenario;       /* path */
    const char **sets;          /* for all, NULL-terminated */
    bool duration_is_set;       /* by these; else a run with a measured load is as long as that */
    struct weir_scenario *base; /* with these sets */
    const struct weir_policy *const *catalog;
    struct fit_key keys[FIT_KEYS];
    int key_count;
    struct fit_match matches[FIT_MATCHES];
    int match_count;
    struct fit_case cases[FIT_CASES];
    int case_count;
    struct fit_reading reading;
    const unsigned long long *seeds;
    int seed_count;
    unsigned long long more_seeds[FIT_SEEDS]; /* what the last stage of the search has instead, if it wants more */
    int budget;                               /* of runs */
    double apart; /* keys whose errors leave more than this share open cannot be told apart */
    struct weir_pool_options pool;
    struct fit_cache *cache;
    int runs_made, runs_kept; /* so far: made, found in the cache */
};

/* --- fit_spec.c: what the user wrote --- */

/* "PATH=MIN..MAX[,log|linear][,integer][,as=NAME]". Errors: WEIR_EUSAGE. */
int fit_key_parse(const char *text, struct fit_key *key);
/* "METRIC=COLUMN[*FACTOR][,log|relative|quantiles|onsets>VALUE][,weight=W]", METRIC being [JOB/[OPERATOR/]]METRIC or
 * @HOST/METRIC; names are looked up in the workload. Errors: WEIR_EUSAGE. */
int fit_match_parse(const char *text, const struct weir_scenario *scenario, struct fit_match *match);
/* Matches for the columns of a file that are called as metrics of the only job are. Errors: WEIR_EINPUT for none. */
int fit_match_all(struct fit_problem *problem, const char *path);
/* "COLUMN*FACTOR" taken apart; without a factor it is 1. Errors: WEIR_EUSAGE. */
int fit_column_parse(const char *text, char **column, double *factor);
void fit_key_fini(struct fit_key *key);
void fit_match_fini(struct fit_match *match);

/* A key's value at a share of its range, and as text with its unit (owned). */
double fit_key_value(const struct fit_key *key, double u);
char *fit_key_text(const struct fit_key *key, double value);

/* --- fit_case.c --- */

/* Reads a measured file: its bins, and its load. Errors: WEIR_EINPUT, with file, line and remedy. */
int fit_case_read(const struct fit_problem *problem, struct fit_case *of);
void fit_case_fini(struct fit_case *of);

/* --- fit_runs.c --- */

/* The rows of some points: series[point x case_count + case] is [match][bin], the mean over seeds, owned by the caller;
 * NULL of cases that are not wanted. What has been run before, with the same inputs, is not run again. Errors: those of
 * scenarios and runs, with the keys' values; *interrupted. */
int fit_simulate(struct fit_problem *problem, const double *u, int count, bool predict, double **series,
                 bool *interrupted);
/* Refuses what cannot be fitted before anything is run: keys that the scenario refuses at an end of their range, or
 * that change nothing. Errors: WEIR_EINPUT. */
int fit_check(struct fit_problem *problem);
/* The sets and edits of a point; `owned` frees them. */
struct fit_changes {
    struct weir_scenario_changes changes;
    const char **sets;
    struct weir_platform_edit edits[FIT_KEYS];
    char *texts[2 * FIT_KEYS + 2];
    int text_count;
};
void fit_change(const struct fit_problem *problem, const struct fit_case *of, const double *u,
                struct fit_changes *made);
void fit_changes_fini(struct fit_changes *made);

/* --- fit_loss.c --- */

/* Number of residuals of the fitted cases. */
int fit_residual_count(const struct fit_problem *problem);
/* Where a residual is from. */
struct fit_place {
    int match; /* case x match_count + match; -1: the residual is not used */
    int bin;   /* of its case; -1: of no time, as of quantiles */
};
/* The residuals of a point, whose squares sum to its loss; their places if `place` is not NULL. */
void fit_residuals(const struct fit_problem *problem, double *const *series, double *residual, struct fit_place *place);
double fit_loss(const struct fit_problem *problem, double *const *series);

/* How one match of one case agrees. Relative errors are simulated / measured - 1; NaN where there is none. */
struct fit_agreement {
    int rows;
    double measured, simulated; /* means over rows */
    double misfit;              /* root of its mean squared error, as it is */
    double p50, p95, peak;      /* relative errors */
    double correlation;
    int onsets_measured, onsets_simulated; /* of FIT_ONSETS */
};
void fit_agree(const struct fit_problem *problem, const struct fit_case *of, int match, const double *series,
               struct fit_agreement *agreement);

/* --- fit_search.c --- */

/* Keys that the series cannot tell apart: moved together along a direction, the loss hardly changes. */
struct fit_group {
    int keys[FIT_KEYS], count;
    double direction[FIT_KEYS]; /* relative changes that undo each other, the largest +-1 */
    double open;                /* share by which they may move along it, one standard error; 1 and more: any */
    double tried[2];            /* loss after a step of `apart` to either side; NaN: not tried */
};
struct fit_answer {
    double u[FIT_KEYS], value[FIT_KEYS];
    double loss;            /* weighted sum of mean squares of the fitted cases */
    double misfit;          /* root of the weighted mean square of the errors as they are */
    double error[FIT_KEYS]; /* standard errors, as shares of the values (of the range, where it holds 0) */
    int at_bound[FIT_KEYS]; /* -1 the lower, 1 the upper, 0 none */
    struct fit_group groups[FIT_KEYS];
    int group_count;
    double other_loss; /* of the second search, which began elsewhere */
    double *evaluated; /* [evaluated_count][key_count + 1]: u, loss, in order. Owned */
    int evaluated_count;
    int fine_from, coarse_seeds; /* the first of them that has all seeds, and how many those before it have */
    int runs;                    /* made, of which some by an earlier command */
    double **series;             /* [case]: of the answer, also of predicted cases. Owned */
};
int fit_search(struct fit_problem *problem, struct fit_answer *answer, bool *interrupted);
void fit_answer_fini(const struct fit_problem *problem, struct fit_answer *answer);

/* --- fit_files.c --- */

/* Writes the files of an answer into a folder: scenario.json, calibration.json, parameters.csv, agreement.csv,
 * series.csv, evaluations.csv. Errors: WEIR_EINPUT. */
int fit_write(const struct fit_problem *problem, const struct fit_answer *answer, const char *folder);
/* Puts into a fitted scenario, under "# calibrated", where its values came from. Errors: WEIR_EINPUT. */
int fit_sign(const struct fit_problem *problem, const struct fit_answer *answer, const char *path);
/* The same as calibration.json. Owned. */
char *fit_json(const struct fit_problem *problem, const struct fit_answer *answer);
/* For people. */
void fit_print(const struct fit_problem *problem, const struct fit_answer *answer, FILE *out);

#endif
