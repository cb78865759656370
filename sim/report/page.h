/* The page around the data: HTML, CSS and scripts of sim/report/page, put into the program when it is built. */
#ifndef WEIR_REPORT_PAGE_H
#define WEIR_REPORT_PAGE_H

#include <stdio.h>

/* Writes the page; `title` is any text, `data` is JSON by data.h. */
void weir_page_write(FILE *file, const char *title, const char *data);

#endif
