/* JSON for the page: it stands inside a script element, so no text may end that element or begin a comment. */
#ifndef WEIR_REPORT_DATA_H
#define WEIR_REPORT_DATA_H

#include "sim/base/text.h"

/* A string in quotes; '<', '>', '&' and what cannot be printed become \uXXXX. NULL is "". */
void weir_data_string(struct weir_text *text, const char *string);

/* A number of four digits; null if it is not finite. */
void weir_data_number(struct weir_text *text, double value);

/* A number to the last bit. */
void weir_data_exact(struct weir_text *text, double value);

/* Takes a comma away that stands at the end: lists are written with one behind every element. */
void weir_data_end(struct weir_text *text);

#endif
