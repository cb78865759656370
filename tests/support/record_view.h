/* A view written down as text, by the table of its fields. */
#ifndef WEIR_TESTS_SUPPORT_RECORD_VIEW_H
#define WEIR_TESTS_SUPPORT_RECORD_VIEW_H

#include <stdio.h>

#include "sim/api/view.h"

/* A line for each field of each record: "window operator.busy job/op=0.5". Names of records: "now" of the view; of
 * hosts, links and jobs their own; job/op, job/op/instance, job/origin by number. Lists have blanks between their
 * elements, "end" is a source or sink; of lists of records there is their length; functions are left out. */
void weir_test_record_view(FILE *file, const struct weir_view *view);

#endif
