/* What the files of the books do for books.c: each begins and ends its own. */
#ifndef WEIR_ENGINE_BOOKS_PARTS_H
#define WEIR_ENGINE_BOOKS_PARTS_H

#include "sim/engine/books/books.h"

void weir_telemetry_init(struct weir_books *books);
void weir_telemetry_fini(struct weir_books *books);
void weir_truth_init(struct weir_books *books); /* from anomalies and outages */
void weir_truth_fini(struct weir_books *books);
void weir_account_init(struct weir_books *books);
void weir_account_fini(struct weir_books *books);

#endif
