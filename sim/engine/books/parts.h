/* What the files of the books do for books.c: each begins and ends its own. */
#ifndef WEIR_ENGINE_BOOKS_PARTS_H
#define WEIR_ENGINE_BOOKS_PARTS_H

#include "sim/engine/books/books.h"

void weir_telemetry_init(struct weir_books *books);
void weir_telemetry_fini(struct weir_books *books);

/* monitor.c: without "monitor" in the scenario nothing happens to reports. */
void weir_monitors_init(struct weir_books *books);
void weir_monitors_fini(struct weir_books *books);
/* The reports of a window as they are seen, in place of what was sent. */
void weir_monitors_update(struct weir_books *books, struct weir_host_view *views);
void weir_truth_init(struct weir_books *books); /* from anomalies and outages */
void weir_truth_fini(struct weir_books *books);
void weir_account_init(struct weir_books *books);
void weir_account_fini(struct weir_books *books);

#endif
