/* What `weir check` found in a file, for people and for programs. */
#ifndef WEIR_ANALYSIS_CHECK_REPORT_H
#define WEIR_ANALYSIS_CHECK_REPORT_H

#include <stdbool.h>

#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/experiment/preview.h"

struct cJSON;

struct check_report {
    const char *path, *kind; /* "platform", "scenario", ... */
    bool ok, strict;
    struct weir_text summary;    /* of a file that is right: "2 hosts, 1 links" */
    struct weir_remarks errors;  /* each in a sentence with its place */
    struct weir_remarks remarks; /* likewise */
    struct weir_scenario *scenario;
    struct weir_preview preview; /* of a scenario that is right */
};

void check_report_fini(struct check_report *report);

/* "PATH: ok (...)" or the first error; the other errors, the remarks and the preview below it, indented. */
void check_report_print(const struct check_report *report);

/* Appends an object to the list of files. */
void check_report_add(const struct check_report *report, struct cJSON *files);

#endif
