/* Memory that is taken in small pieces and given back all at once: that of one training step. After the first steps it
 * is one block, and no step allocates any more. */
#ifndef WEIR_LEARN_NN_ARENA_H
#define WEIR_LEARN_NN_ARENA_H

#include <stddef.h>

struct nn_arena_block;

/* Zero-initialised is empty and valid. */
struct nn_arena {
    struct nn_arena_block *newest; /* the others follow */
    size_t used;                   /* bytes of the newest block */
};

/* `bytes` of memory, aligned to 64, not zeroed; valid until the next reset. */
void *nn_arena_take(struct nn_arena *arena, size_t bytes);

/* Gives everything back; what was several blocks becomes one of their size together. */
void nn_arena_reset(struct nn_arena *arena);

void nn_arena_fini(struct nn_arena *arena);

#endif
