/* What a process writes to stdout and stderr, kept in a file that is made with the first byte. */
#ifndef WEIR_EXPERIMENT_WORDS_FILE_H
#define WEIR_EXPERIMENT_WORDS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/experiment/last_words.h"

/* Bytes of the beginning that are kept; of what comes after them, the last WEIR_LAST_WORDS_BYTES. */
#define WEIR_WORDS_BYTES ((size_t)1 << 20)

struct weir_words_file {
    const char *path; /* NULL: nothing is kept. Borrowed */
    int descriptor;   /* once it is begun */
    bool begun, failed;
    size_t kept, lost;
};

/* Removes an older file of that name. */
void weir_words_begin(struct weir_words_file *words, const char *path);

/* A file that cannot be written to its end is removed: the run is worth more than what is said about it. */
void weir_words_add(struct weir_words_file *words, const char *bytes, size_t count);

/* Closes it. `last` has the last bytes of all. Returns whether there is a file. */
bool weir_words_end(struct weir_words_file *words, const struct weir_last_words *last);

#endif
