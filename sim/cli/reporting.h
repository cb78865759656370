/* The report that follows a comparison or a sweep. */
#ifndef WEIR_CLI_REPORTING_H
#define WEIR_CLI_REPORTING_H

#include <stdbool.h>

/* Writes FOLDER/report.html and says so. What goes wrong is told, and is no failure of the command: the results are
 * there. The last error stays as it was. */
void weir_report_after(const char *folder, bool quiet);

/* Tells problems, a line each (NULL: none), as remarks. */
void weir_tell_problems(const char *problems);

#endif
