/* What a process wrote last before it died: the end of its output, and the line of it that says why. */
#ifndef WEIR_EXPERIMENT_LAST_WORDS_H
#define WEIR_EXPERIMENT_LAST_WORDS_H

#include <stddef.h>

#define WEIR_LAST_WORDS_BYTES 4096

/* The last bytes written. Zero-initialised is empty. */
struct weir_last_words {
    char *bytes; /* WEIR_LAST_WORDS_BYTES of them once anything was added */
    size_t length;
};

void weir_last_words_add(struct weir_last_words *words, const char *bytes, size_t count);

/* The line that best tells what went wrong: the last one that speaks of an error (SimGrid's CRITICAL, an exception, a
 * sanitiser's ERROR), else the last one that is not part of a backtrace; without SimGrid's "[time] [category/LEVEL]"
 * before it. "" if there is none. Returns `buffer`. */
const char *weir_last_words_line(const struct weir_last_words *words, char *buffer, size_t size);

void weir_last_words_fini(struct weir_last_words *words);

#endif
