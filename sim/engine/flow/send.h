/* Sending: a batch goes along the edges of its sender, one after the other, to the inboxes chosen for its items. */
#ifndef WEIR_ENGINE_SEND_H
#define WEIR_ENGINE_SEND_H

#include "sim/engine/flow/flow.h"

void weir_sender_init(struct weir_sender *sender, struct weir_run_job *job, struct weir_out_edge *edges, int count,
                      int host, struct weir_spent *spent, void (*sent)(struct weir_sender *sender, double blocked_s));

void weir_sender_fini(struct weir_sender *sender);

/* Sends a batch, which is consumed. True if all of it is handed over; else `sent` is called once it is. */
bool weir_send(struct weir_sender *sender, struct weir_batch *batch);

static inline bool weir_sender_busy(const struct weir_sender *sender)
{
    return sender->edge < sender->edge_count;
}

#endif
