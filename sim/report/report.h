/* The report: a results folder as one HTML page that needs no network. */
#ifndef WEIR_REPORT_REPORT_H
#define WEIR_REPORT_REPORT_H

#include <stdbool.h>

/* A page stays below this size, whatever the results are; what was thinned for it is said in the page. */
#define WEIR_REPORT_BYTES (5 * 1024 * 1024)

struct weir_report_spec {
    const char *folder; /* of weir run, compare or sweep */
    const char *output; /* the file; NULL: FOLDER/report.html */
    bool has_seed;      /* show the series of this seed; else of the first that all policies have */
    unsigned long long seed;
};

/* Writes the page. *problems is set to what is wrong with the results, a line each ("" if nothing is); owned by the
 * caller. Errors: WEIR_EINPUT for a folder without results, a seed that no run has, a file that cannot be written;
 * *problems is NULL then. */
int weir_report_write(const struct weir_report_spec *spec, char **problems);

#endif
