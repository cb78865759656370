/* The cases of the self-test: a world each, and what is to come out. Not for others. */
#ifndef WEIR_EXPERIMENT_SELFTEST_CASES_H
#define WEIR_EXPERIMENT_SELFTEST_CASES_H

#include "sim/engine/run.h"

/* One figure: how to find it in a result, and what it should be. */
struct weir_selftest_check {
    const char *quantity, *unit;
    double (*value)(const struct weir_result *result, const char *op);
    const char *op; /* for value; NULL: of the whole run */
    double expected;
    double tolerance; /* 0: the confidence interval of the mean over seeds; else for every seed, the worst one counts */
};

#define WEIR_SELFTEST_CHECKS 10
struct weir_selftest_case {
    const char *group;
    char *name;
    const char *platform;                     /* XML */
    char *scenario;                           /* JSON, whose "platform" is platform.xml */
    const struct weir_policy *const *catalog; /* its first policy is used */
    int seeds;                                /* 1 to n */
    struct weir_selftest_check checks[WEIR_SELFTEST_CHECKS];
    int check_count;
};

/* All cases in order; owned by the caller. */
struct weir_selftest_case *weir_selftest_cases(int *count);
void weir_selftest_cases_free(struct weir_selftest_case *cases, int count);

/* The next case of an array that grows; name and scenario become owned by it. */
struct weir_selftest_case *weir_selftest_add(struct weir_selftest_case **cases, int *count, char *name, char *scenario);
void weir_selftest_expect(struct weir_selftest_case *one, struct weir_selftest_check check);

/* selftest_theory.c: adds its cases. */
void weir_selftest_theory(struct weir_selftest_case **cases, int *count);

/* Figures of operators. */
const struct weir_operator_total *weir_selftest_op(const struct weir_result *result, const char *op);

/* The policy that changes nothing, as a catalogue. */
extern const struct weir_policy *const weir_selftest_static[];

#endif
