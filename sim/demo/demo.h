/* Demos: a run to look at while it goes, and to interfere with. What `weir demo` does. */
#ifndef WEIR_DEMO_DEMO_H
#define WEIR_DEMO_DEMO_H

#include <stdbool.h>

#include "sim/api/policy.h"

/* The demos that weir brings along; their files are in the program. Ends with a NULL name. */
struct weir_demo_file {
    const char *name; /* "backpressure.json" */
    const char *from, *end;
};
struct weir_demo_info {
    const char *name;
    const char *summary;
    const char *link;                   /* the one whose bandwidth is worth changing; NULL: all */
    const struct weir_demo_file *files; /* the scenario first; ends with a NULL name */
};
extern const struct weir_demo_info weir_demos[];

/* NULL if there is none of that name. */
const struct weir_demo_info *weir_demo_find(const char *name);

/* Writes the files of a demo into a folder, which is made if it is not there; `path` (may be NULL) is that of the
 * scenario, owned by the caller. A file that is there already and is another one is refused unless `force`. Errors:
 * WEIR_EINPUT. */
int weir_demo_write(const struct weir_demo_info *demo, const char *folder, bool force, char **path);

struct weir_demo_options {
    const char *what;       /* name of a demo, or path of a scenario */
    const char *policy;     /* as after --policy; NULL: the scenario's first */
    const char *job;        /* looked at; NULL: the first */
    const char **sets;      /* "path=value", NULL-terminated; may be NULL */
    const char **dos;       /* actions, NULL-terminated; may be NULL */
    const char *beside;     /* a second policy, which the same run is shown with beside the first; NULL: none */
    const double *pauses_s; /* simulated times to stand still at, ended by -1; may be NULL */
    double ask_s;           /* so far ahead the class is asked; 0: it is not */
    bool notes, truth;      /* show notes of policies; what is truly wrong with hosts */
    const char *output;     /* folder for the results; NULL: none are kept */
    bool has_seed;
    unsigned long long seed;
    double until_s; /* simulated; 0: the scenario's duration */
    double speed;   /* simulated seconds a real one; 0: as fast as can be (text), two windows a second (terminal) */
    bool text;      /* no terminal */
    bool quiet;     /* no remarks on stderr */
    const struct weir_policy *const *catalog;
};

/* Runs it. *interrupted: Ctrl-C or a signal ended it. *finished: the run came to its end, so that its results are in
 * `output`: a run's own files or, of two, runs/LABEL/seed-N. Errors: WEIR_EUSAGE, WEIR_EINPUT, and those of runs. */
int weir_demo_run(const struct weir_demo_options *options, bool *interrupted, bool *finished);

#endif
