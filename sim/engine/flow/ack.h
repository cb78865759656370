/* What bounds inputs beside their capacity: a window of items that are not acknowledged yet ("unacked"), and the end of
 * an input from which nothing has been taken for too long ("cut_off"). */
#ifndef WEIR_ENGINE_ACK_H
#define WEIR_ENGINE_ACK_H

#include "sim/engine/flow/flow.h"

/* An item along an input edge has been taken: its place is kept until its acknowledgement has come back. */
void weir_ack_keep(struct weir_inbox *inbox, int edge);
/* It has been served, or is lost: the acknowledgement is on its way. */
void weir_ack_send(struct weir_inbox *inbox, int edge);
void weir_acks_fini(struct weir_inbox *inbox);

/* Somebody waits for room in the inbox. */
void weir_cut_off_watch(struct weir_inbox *inbox);

#endif
