/* The series of one run as JSON for the page, thinned to a size. */
#ifndef WEIR_REPORT_SERIES_DATA_H
#define WEIR_REPORT_SERIES_DATA_H

#include "sim/base/text.h"
#include "sim/report/windows.h"

/* How much of the series goes into the page. Sums over jobs come from all of them, whatever is left out. */
struct weir_thinning {
    size_t sum_stride; /* windows that become one, in sums and groups */
    size_t stride;     /* the same for each job, operator, host and link */
    size_t most;       /* entities of a kind, those with the most to do; the others are left out */
};

/* What it left out, for a note; added to what is there. */
struct weir_thinned {
    size_t left_out[WEIR_ENTITY_KINDS], of[WEIR_ENTITY_KINDS];
};

/* Adds members of an object (no braces): "times", "all", "groups" (copies of one template together, and jobs that are
 * alone), and "entity_times", "jobs", "ops", "hosts", "links", "placed". */
void weir_series_data(struct weir_text *text, const struct weir_windows *windows, const struct weir_thinning *thinning,
                      struct weir_thinned *thinned);

#endif
