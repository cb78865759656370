/* Whether something has come before: where jobs go back to a checkpoint and play items again, results are delivered,
 * and windows gather, a second time. An item or a result is known by its id and an operator; one that comes twice of
 * itself comes twice in each play. What a window gives has no number of its own that would be the same in both plays,
 * as the window holds other items then: it has come before if the latest item in it is no later than the latest one in
 * what that window has given before the job went back.
 *
 * Kept is what may still be played again. */
#ifndef WEIR_ENGINE_AGAIN_H
#define WEIR_ENGINE_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

/* What weir_again_window is asked of: what operator n gives; and, above, what comes along way n to the sink. */
#define WEIR_AGAIN_DELIVERED ((uint64_t)1 << 32)

struct weir_again;
struct weir_again *weir_again_new(void);
void weir_again_free(struct weir_again *again);

/* Something comes to a window, or from an operator to the sink, in this play of the job (weir_segments' epoch), of an
 * item that came to the source at birth_s: true if it has come in an earlier one. */
bool weir_again_item(struct weir_again *again, unsigned epoch, uint64_t id, int op, double birth_s);
/* The same for what a window gives; `of` says which window, or which way behind it. */
bool weir_again_window(struct weir_again *again, uint64_t of, double birth_s);

/* The job goes back; the last item that it plays again came at until_s. */
void weir_again_rewind(struct weir_again *again, double until_s);
/* Items before that date are never played again. */
void weir_again_forget(struct weir_again *again, double before_s);

#endif
