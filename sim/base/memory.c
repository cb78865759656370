#include "sim/base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "weir: out of memory (%zu elements of %zu bytes were asked for); use a smaller scenario\n", count,
            size);
    abort();
}

void *weir_alloc(size_t count, size_t size)
{
    void *memory = count && size ? calloc(count, size) : calloc(1, 1);
    if (!memory)
        out_of_memory(count, size);
    return memory;
}

void *weir_alloc_lines(size_t size)
{
    size_t whole = (size + WEIR_LINE - 1) / WEIR_LINE * WEIR_LINE;
    void *memory = aligned_alloc(WEIR_LINE, whole);
    if (!memory)
        out_of_memory(1, whole);
    return memset(memory, 0, whole);
}

void *weir_resize(void *memory, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory(count, size);
    void *resized = realloc(memory, count && size ? count * size : 1);
    if (!resized)
        out_of_memory(count, size);
    return resized;
}

void *weir_grow(void *array, size_t needed, size_t *capacity, size_t size)
{
    if (needed <= *capacity)
        return array;
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < needed)
        wanted = wanted > SIZE_MAX / 2 ? needed : wanted * 2;
    array = weir_resize(array, wanted, size);
    *capacity = wanted;
    return array;
}

char *weir_copy(const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(weir_resize(NULL, size, 1), text, size);
}

char *weir_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        length = 0;
    char *text = weir_alloc((size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}
