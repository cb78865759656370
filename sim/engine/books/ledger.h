/* account.c: what the platform earns and is fined, told at the ends of windows and of the run. Nothing where the
 * scenario has no account (sim/model/account.h). */
#ifndef WEIR_ENGINE_LEDGER_H
#define WEIR_ENGINE_LEDGER_H

#include "sim/engine/books/books.h"

/* How the books learn the bandwidth of a host's uplink, which they ask for once: that of the first link on the way to
 * any other host; 0 if there is none. */
void weir_account_uplinks(struct weir_books *books, double (*bytes_per_s)(void *context, int host), void *context);

/* A window ends: what it has earned; rows of windows.csv, of all and of a host; and then the next one begins. Requests
 * are items delivered or dropped in the window; at_sources those of them that a full backlog dropped. */
void weir_account_close(struct weir_books *books, double now_s);
void weir_account_tell(const struct weir_books *books, uint64_t requests, uint64_t at_sources, double time_s);
void weir_account_tell_host(struct weir_books *books, int host, double time_s);
void weir_account_next_window(struct weir_books *books);
void weir_account_warm(struct weir_books *books); /* the warm-up ends */

/* Fills in the account's metrics, NaN without one, from delivered and dropped of them and from what full backlogs have
 * dropped since the warm-up. */
void weir_account_result(const struct weir_books *books, uint64_t dropped_at_sources, struct weir_metrics *metrics);

#endif
