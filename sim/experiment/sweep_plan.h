/* The runs of a study: configurations x policies x seeds, numbered in this order from 1 on for people and from 0 on
 * here, each with the key that weir_run_key gives its inputs. Of a run only its key is kept; everything else follows
 * from its number.
 *
 * Runs whose inputs are the same have the same key and are run once: a policy without the parameter that is varied, for
 * instance. */
#ifndef WEIR_EXPERIMENT_SWEEP_PLAN_H
#define WEIR_EXPERIMENT_SWEEP_PLAN_H

#include <stdio.h>

#include "sim/experiment/key_map.h"
#include "sim/experiment/record.h"
#include "sim/experiment/study.h"

struct weir_sweep_plan {
    const struct weir_study *study;           /* borrowed */
    const struct weir_policy *const *catalog; /* borrowed */
    struct weir_scenario *base;               /* with the study's policies and seeds, and no other changes */
    int configuration_count, policy_count, seed_count, run_count;
    unsigned long long *keys;  /* [run] */
    struct weir_key_map first; /* from keys to the first run that has it */
    char **labels;             /* of policies, each once */
    int label_count;
    struct weir_study_kind *kinds; /* [column of the study] */
    int *label_of;                 /* [configuration][policy]; NULL if the plan was loaded */
};

/* Reads and checks every configuration: what is wrong with one is told before anything is started. Errors: WEIR_EINPUT
 * with the study, the configuration and the place in the scenario. */
int weir_sweep_plan_make(const struct weir_study *study, const struct weir_policy *const *catalog,
                         struct weir_sweep_plan **plan);
void weir_sweep_plan_free(struct weir_sweep_plan *plan);

/* Keeps the keys in a file; reads them again if they are of the same study and base scenario, made by the same weir,
 * instead of reading all configurations. Errors of saving: WEIR_EINPUT. Loading falls back to weir_sweep_plan_make. */
int weir_sweep_plan_save(const struct weir_sweep_plan *plan, const char *path);
int weir_sweep_plan_load(const struct weir_study *study, const struct weir_policy *const *catalog, const char *path,
                         struct weir_sweep_plan **plan);

/* The parts of a run's number. */
static inline int weir_sweep_plan_configuration(const struct weir_sweep_plan *plan, int run)
{
    return run / (plan->policy_count * plan->seed_count);
}
static inline int weir_sweep_plan_policy(const struct weir_sweep_plan *plan, int run)
{
    return run / plan->seed_count % plan->policy_count;
}
static inline unsigned long long weir_sweep_plan_seed(const struct weir_sweep_plan *plan, int run)
{
    return plan->base->seeds[run % plan->seed_count];
}

/* The label of a run's policy, or that of the base scenario if the plan was loaded. Borrowed. */
const char *weir_sweep_plan_label(const struct weir_sweep_plan *plan, int run);

/* Reads the scenario of a configuration. The base's platform is lent to it where it is the same. */
int weir_sweep_plan_scenario(const struct weir_sweep_plan *plan, int configuration, struct weir_scenario **scenario);

/* "run 17 (duration=60s, ds2, seed 3)". Owned. */
char *weir_sweep_plan_name(const struct weir_sweep_plan *plan, int run);

/* Columns that tell runs apart, as CSV: the header's fields, and those of a configuration. */
void weir_sweep_plan_print_header(const struct weir_sweep_plan *plan, FILE *file);
void weir_sweep_plan_print_configuration(const struct weir_sweep_plan *plan, int configuration, FILE *file);

/* Of columns whose values have units, the numbers in SI, each behind a comma: ",backhaul_si" and ",0.005".
 * Configuration -1 is the header. */
void weir_sweep_plan_print_si(const struct weir_sweep_plan *plan, int configuration, FILE *file);

#endif
