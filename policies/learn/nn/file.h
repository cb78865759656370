/* Model files: named arrays of numbers and texts, in one file with a version and a checksum. The format is described in
 * docs/model-file.md. */
#ifndef WEIR_LEARN_NN_FILE_H
#define WEIR_LEARN_NN_FILE_H

#include <stddef.h>

#include "policies/learn/nn/real.h"
#include "sim/base/text.h"

#define NN_FILE_VERSION 1

enum nn_file_kind { NN_FILE_FLOAT = 1, NN_FILE_DOUBLE = 2, NN_FILE_TEXT = 3 };

struct nn_file_entry {
    char *name;
    enum nn_file_kind kind;
    size_t rows, columns; /* of a text: 1 and its bytes */
    void *data;           /* a text ends in a NUL that is not counted */
};

/* What a file holds. Zero-initialised is empty and valid. */
struct nn_file {
    struct nn_file_entry *entries;
    size_t count, capacity;
};

void nn_file_fini(struct nn_file *file);

/* Adds an entry, copying what it is given. Names differ from each other. */
void nn_file_put_text(struct nn_file *file, const char *name, const char *text);
void nn_file_put_doubles(struct nn_file *file, const char *name, size_t rows, size_t columns, const double *values);
void nn_file_put_reals(struct nn_file *file, const char *name, size_t rows, size_t columns, const nn_real *values);

/* The entry of this name, or NULL. Borrowed. */
const struct nn_file_entry *nn_file_find(const struct nn_file *file, const char *name);

/* The content of an entry, which must be of this kind and shape; floats and doubles are taken for each other. Errors:
 * WEIR_EINPUT. *text is borrowed. */
int nn_file_get_text(const struct nn_file *file, const char *name, const char **text);
int nn_file_get_doubles(const struct nn_file *file, const char *name, size_t rows, size_t columns, double *values);
int nn_file_get_reals(const struct nn_file *file, const char *name, size_t rows, size_t columns, nn_real *values);

/* Writes the file, by way of a file beside it, so that at no time there is half a one. Errors: WEIR_EINPUT. */
int nn_file_save(const struct nn_file *file, const char *path);

/* Reads a file into an empty one. Errors: WEIR_EINPUT: not a model file, another version, cut short, changed. */
int nn_file_load(struct nn_file *file, const char *path);

/* A file whose text "model" must be `kind`. Errors: as above; the file is empty then. */
int nn_file_load_model(struct nn_file *file, const char *path, const char *kind);

/* The same in memory: adds the bytes of a file to *bytes, and reads them; `name` stands for them in messages. */
void nn_file_pack(const struct nn_file *file, struct weir_text *bytes);
int nn_file_unpack(struct nn_file *file, const char *name, const char *bytes, size_t count);

#endif
