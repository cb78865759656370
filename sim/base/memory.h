/* Allocation that cannot fail: out of memory ends the process in one place, with a message. */
#ifndef WEIR_BASE_MEMORY_H
#define WEIR_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory for count elements of size bytes; never NULL (a size of 0 gives a pointer that may be freed). */
void *weir_alloc(size_t count, size_t size);

/* Zeroed memory of so many bytes, rounded up to whole lines of the processor's cache, that begins one; never NULL, and
 * to be freed as any other. */
#define WEIR_LINE 64
void *weir_alloc_lines(size_t size);

/* So many bytes will be needed soon: they may begin to come into the cache. The memory need not be valid. */
static inline void weir_prefetch(const void *memory, size_t size)
{
    for (size_t at = 0; at < size; at += WEIR_LINE)
        __builtin_prefetch((const char *)memory + at);
}

/* Resized memory; new bytes are not zeroed. */
void *weir_resize(void *memory, size_t count, size_t size);

/* Makes room for `needed` elements in an array that doubles: updates *capacity, returns the array. */
void *weir_grow(void *array, size_t needed, size_t *capacity, size_t size);

/* Makes room for one more at the end of an array `list` of `count` elements. */
#define WEIR_ONE_MORE(list, count, capacity)                                                                           \
    ((list) = weir_grow((list), (size_t)(count) + 1, &(capacity), sizeof(__typeof__(*(list)))))

/* Copies of text, owned by the caller; NULL stays NULL. */
char *weir_copy(const char *text);
char *weir_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
