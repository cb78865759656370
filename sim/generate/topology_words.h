/* A text in words, for the readers of topologies in plain text. */
#ifndef WEIR_GENERATE_TOPOLOGY_WORDS_H
#define WEIR_GENERATE_TOPOLOGY_WORDS_H

#include "sim/base/text.h"
#include "sim/generate/topology.h"

/* A text in words: numbers, names, strings in quotes, brackets. */
struct weir_words {
    struct weir_topology *topology;
    char *at; /* the text is cut up */
    int line;
    bool remarks; /* '#' begins one */
    char word[256];
    bool quoted;
};

/* Reads a file, plain or gzip, and notes its path in the topology. Errors: WEIR_EINPUT. */
int weir_words_read(const char *path, struct weir_topology *topology, struct weir_text *text);

/* The next word; "" at the end. One of `brackets` is a word by itself; a long word is cut. */
const char *weir_words_next(struct weir_words *words, const char *brackets);

/* "line 7". */
const char *weir_words_where(const struct weir_words *words, char place[32]);

/* The error that the last word is not `what`. */
int weir_words_fail(const struct weir_words *words, const char *what);

bool weir_words_number(const char *text, double *value);

/* Sets the place of the node added last. Places that are none of the earth, such as pixels, are left out and counted.
 */
int weir_words_place(struct weir_words *words, double east, double north, size_t *elsewhere);
void weir_words_remark(const struct weir_topology *topology, size_t elsewhere);

#endif
