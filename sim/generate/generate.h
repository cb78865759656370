/* Generators: programs for input files. Each kind is a row of a table: what it makes, its options, and a function that
 * writes to a stream. The same options and seed give the same bytes.
 *
 * A new kind is one file with a `const struct weir_generator`, a line in kinds.h and one in catalog.c. */
#ifndef WEIR_GENERATE_GENERATE_H
#define WEIR_GENERATE_GENERATE_H

#include <stddef.h>
#include <stdio.h>

#include "sim/base/param.h"

struct weir_generator {
    const char *name;
    const char *summary; /* one line */
    const char *detail;  /* more lines for its help, at most 110 columns; ends with a line end; may be "" */
    /* The options, written "--name value" on the command line: quantities with their units, a bool as a flag without
     * value. A string without default (NULL) that must be given is asked for by weir_generate_needs. */
    const struct weir_param *params;
    size_t size; /* of the struct that the options fill */
    /* Writes the file. Draws come from weir_stream_open(seed, "generate/<kind>[/<part>]"). Errors: WEIR_EUSAGE for
     * options that do not fit each other, WEIR_EINPUT for files that are read; what was written counts for nothing
     * then. Errors of `out` are seen by the caller. */
    int (*run)(const void *options, unsigned long long seed, FILE *out);
    /* It makes several files: each begins with weir_generate_begin. */
    bool folder;
};

/* All kinds, in the order of help; ends with NULL. */
extern const struct weir_generator *const weir_generators[];

/* The kind of that name. Errors: WEIR_EUSAGE with the near name. *kind is NULL after an error. */
int weir_generator_find(const char *name, const struct weir_generator **kind);

/* An option as given. */
struct weir_generator_option {
    const char *name;
    const char *value; /* "" for bools; outlives the call */
};

/* Runs a kind with `count` options, the last of a name counting; the others have their defaults. On success *text holds
 * the file (to be freed with free()) and *length its bytes; NULL after an error. Errors: WEIR_EUSAGE for options,
 * WEIR_EINPUT for files that the kind reads. */
int weir_generate(const struct weir_generator *kind, const struct weir_generator_option *options, int count,
                  unsigned long long seed, char **text, size_t *length);

/* For kinds that make several files: a line "==> name <==" before a file's content. */
void weir_generate_begin(FILE *out, const char *name);

/* Takes the text of such a kind apart: the name and the content of the next file, both to be freed, or false at the
 * end. *rest points at the text first, and at what is left of it then. */
bool weir_generate_next(const char **rest, char **name, char **content);

/* For kinds: WEIR_EUSAGE unless a string option was given (neither NULL nor ""). */
int weir_generate_needs(const char *option, const char *value);

/* For kinds: reads a list of numbers "0.33,0.75", each from min to max, into `values`. Errors: WEIR_EUSAGE naming the
 * option, also for an empty list or one of more than `most`. */
int weir_generate_numbers(const char *option, const char *text, double min, double max, double *values, int most,
                          int *count);

#endif
