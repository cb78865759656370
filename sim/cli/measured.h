/* The measured files of `weir calibrate`: their names, which are fitted and which predicted, what is set for each. */
#ifndef WEIR_CLI_MEASURED_H
#define WEIR_CLI_MEASURED_H

#include "sim/analysis/fit.h"
#include "sim/cli/command.h"

/* Makes a case of each word behind the first; `fit_on`, `predict` and `set_on` are rows of the command's flags. A file
 * is called as it is without its folder and .csv. The cases are yet to be read (fit_case_read). Errors: WEIR_EUSAGE. */
int weir_read_cases(const struct weir_arguments *arguments, int fit_on, int predict, int set_on,
                    struct fit_problem *problem);

#endif
