/* Sweeps that run elsewhere: the plan is divided into parts, each of which some scheduler runs by
 * `weir sweep STUDY -o FOLDER --part K/N`; `--collect` makes the tables afterwards. */
#ifndef WEIR_EXPERIMENT_SWEEP_CLUSTER_H
#define WEIR_EXPERIMENT_SWEEP_CLUSTER_H

#include <stdio.h>

#include "sim/experiment/sweep.h"

struct weir_cluster {
    const struct weir_sweep *sweep; /* its pool options are those of the parts; force is carried out here */
    int batch;                      /* runs a part at most; 0: as many as give at most 500 parts */
    const char *options;            /* of sbatch, such as "--partition=long --time=2:00:00"; may be NULL */
};

/* Prints a command line for each part that is not finished. */
int weir_cluster_print(const struct weir_cluster *cluster, FILE *out);

/* Submits one job array to Slurm, whose tasks are the parts that are not finished; the script stays in the folder as
 * slurm.sh. Errors: WEIR_ERUN with what sbatch says. */
int weir_cluster_submit(const struct weir_cluster *cluster, FILE *out);

#endif
