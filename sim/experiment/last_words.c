#define _GNU_SOURCE /* memmem */
#include "sim/experiment/last_words.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

void weir_last_words_add(struct weir_last_words *words, const char *bytes, size_t count)
{
    if (!words->bytes)
        words->bytes = weir_alloc(WEIR_LAST_WORDS_BYTES, 1);
    if (count > WEIR_LAST_WORDS_BYTES) {
        bytes += count - WEIR_LAST_WORDS_BYTES;
        count = WEIR_LAST_WORDS_BYTES;
    }
    size_t room = WEIR_LAST_WORDS_BYTES - count;
    size_t kept = words->length < room ? words->length : room;
    memmove(words->bytes, words->bytes + words->length - kept, kept);
    memcpy(words->bytes + kept, bytes, count);
    words->length = kept + count;
}

/* Skips "[12.000000] [xbt/CRITICAL] " and blanks; a bracket that is not followed by a blank stays. */
static const char *skip_prefix(const char *line, const char *end)
{
    for (;;) {
        while (line < end && isspace((unsigned char)*line))
            line++;
        const char *close = line < end && *line == '[' ? memchr(line, ']', (size_t)(end - line)) : NULL;
        if (!close || close + 1 >= end || close[1] != ' ')
            return line;
        line = close + 1;
    }
}

static bool has(const char *line, const char *end, const char *word)
{
    return memmem(line, (size_t)(end - line), word, strlen(word)) != NULL;
}

/* 0: nothing or part of a backtrace; 1: any line; 2: speaks of an error. */
static int weight(const char *line, const char *end)
{
    static const char *const errors[] = {"CRITICAL", "ERROR", "Error", "error", "xception", "Assert", "assert"};
    const char *text = skip_prefix(line, end);
    if (text == end || *text == '#' || has(text, end, "acktrace") || strncmp(text, "-> ", 3) == 0)
        return 0;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (has(line, end, errors[i]))
            return 2;
    return 1;
}

const char *weir_last_words_line(const struct weir_last_words *words, char *buffer, size_t size)
{
    int best = 0;
    buffer[0] = '\0';
    const char *end = words->bytes ? words->bytes + words->length : NULL;
    while (words->bytes && end > words->bytes && best < 2) {
        const char *begin = end;
        while (begin > words->bytes && begin[-1] != '\n')
            begin--;
        int found = weight(begin, end);
        if (found > best) {
            const char *text = skip_prefix(begin, end);
            best = found;
            snprintf(buffer, size, "%.*s", (int)(end - text), text);
        }
        end = begin > words->bytes ? begin - 1 : begin;
    }
    return buffer;
}

void weir_last_words_fini(struct weir_last_words *words)
{
    free(words->bytes);
    *words = (struct weir_last_words){0};
}
