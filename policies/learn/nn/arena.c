#include "policies/learn/nn/arena.h"

#include <stdint.h>
#include <stdlib.h>

#include "sim/base/memory.h"

#define ALIGNMENT 64
#define LEAST     (64 * 1024)

struct nn_arena_block {
    struct nn_arena_block *older;
    size_t size; /* bytes at data */
    char *data;
    void *allocated;
};

static void add_block(struct nn_arena *arena, size_t size)
{
    struct nn_arena_block *block = weir_alloc(1, sizeof *block);
    block->allocated = weir_alloc(size + ALIGNMENT, 1);
    uintptr_t start = (uintptr_t)block->allocated;
    block->data = (char *)block->allocated + (ALIGNMENT - start % ALIGNMENT) % ALIGNMENT;
    block->size = size;
    block->older = arena->newest;
    arena->newest = block;
    arena->used = 0;
}

static void free_blocks(struct nn_arena *arena)
{
    while (arena->newest) {
        struct nn_arena_block *block = arena->newest;
        arena->newest = block->older;
        free(block->allocated);
        free(block);
    }
    arena->used = 0;
}

void *nn_arena_take(struct nn_arena *arena, size_t bytes)
{
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!arena->newest || arena->newest->size - arena->used < bytes) {
        size_t size = arena->newest ? 2 * arena->newest->size : LEAST;
        add_block(arena, size > bytes ? size : bytes);
    }
    void *memory = arena->newest->data + arena->used;
    arena->used += bytes;
    return memory;
}

void nn_arena_reset(struct nn_arena *arena)
{
    if (arena->newest && arena->newest->older) {
        size_t size = 0;
        for (const struct nn_arena_block *block = arena->newest; block; block = block->older)
            size += block->size;
        free_blocks(arena);
        add_block(arena, size);
    }
    arena->used = 0;
}

void nn_arena_fini(struct nn_arena *arena)
{
    free_blocks(arena);
}
