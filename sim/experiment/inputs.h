/* The inputs of an experiment in one file, kept beside its results. */
#ifndef WEIR_EXPERIMENT_INPUTS_H
#define WEIR_EXPERIMENT_INPUTS_H

/* Writes the scenario at `scenario`, changed by `sets` ("path=value", NULL-terminated, may be NULL), to `path`: its
 * workload put into it, paths of other files made absolute, and remarks that say where it comes from. The copy can be
 * read as a scenario again. Errors: WEIR_EINPUT. */
int weir_inputs_write(const char *path, const char *scenario, const char *const *sets);

/* Writes the study at `study` to `path`, with "scenario.json" beside it in place of its own scenario, from whose place
 * paths of policies are seen. Errors: WEIR_EINPUT. */
int weir_inputs_write_study(const char *path, const char *study, const char *scenario);

#endif
