/* Whether something has come before: where jobs go back to a checkpoint and play items again, results are delivered,
 * and windows gather, a second time. An item or a result is known by its id and an operator; one that comes twice of
 * itself comes twice in each play. A window holds other items in another play, and each of its results has the number
 * of one of them (window.c).
 *
 * Kept is what may still be played again. */
#ifndef WEIR_ENGINE_AGAIN_H
#define WEIR_ENGINE_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

struct weir_again;
struct weir_again *weir_again_new(void);
void weir_again_free(struct weir_again *again);

/* Something comes to a window, or from an operator to the sink, in this play of the job (weir_segments' epoch), of an
 * item that came to the source at birth_s: true if it has come in an earlier one. */
bool weir_again_item(struct weir_again *again, unsigned epoch, uint64_t id, int op, double birth_s);
/* Items before that date are never played again. */
void weir_again_forget(struct weir_again *again, double before_s);

#endif
