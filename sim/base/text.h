/* A growing text buffer. */
#ifndef WEIR_BASE_TEXT_H
#define WEIR_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* Zero-initialised is empty and valid; `data` is NUL-terminated once anything was added (use weir_text_string). */
struct weir_text {
    char *data;
    size_t length;
    size_t capacity;
};

void weir_text_add(struct weir_text *text, const char *string);
void weir_text_add_bytes(struct weir_text *text, const void *bytes, size_t count);
/* As a string of JSON, in quotes; `string` is UTF-8. */
void weir_text_add_quoted(struct weir_text *text, const char *string);
void weir_text_addf(struct weir_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void weir_text_addv(struct weir_text *text, const char *format, va_list arguments);

/* The content, "" when empty. Borrowed. */
const char *weir_text_string(const struct weir_text *text);

/* Frees the content and leaves an empty buffer. */
void weir_text_fini(struct weir_text *text);

#define WEIR_FILE_BYTES_AT_MOST (1L << 30)

/* Whether an open file is one to be read to its end: a regular file, a pipe, or a terminal. Errors: WEIR_EINPUT for
 * folders and devices, which may have no end. */
int weir_file_check(const char *path, int descriptor);

/* The whole of a file, NUL-terminated, in *text (which is emptied first). Files with a NUL byte or more than 1 GiB are
 * refused. Errors: WEIR_EINPUT with the reason. */
int weir_text_read_file(struct weir_text *text, const char *path);

/* Text in quotes for messages: what cannot be printed, or is no UTF-8, becomes '?', what is longer than about 48
 * characters is cut. Returns `buffer`. */
#define WEIR_QUOTE_SIZE 64
const char *weir_quote(const char *text, char buffer[WEIR_QUOTE_SIZE]);

/* Path of `name` as seen from the file `base`: absolute names stay, others are joined to base's folder. Owned. */
char *weir_path_beside(const char *base, const char *name);

/* The candidate nearest to word by edit distance, or NULL if none is near enough to be meant. Borrowed. */
const char *weir_nearest(const char *word, const char *const *candidates, size_t count);

/* FNV-1a, 64 bits: an identity of inputs, not a defence against malice. Start with WEIR_HASH_START. */
#define WEIR_HASH_START 0xcbf29ce484222325ULL
unsigned long long weir_hash(unsigned long long hash, const void *bytes, size_t count);
unsigned long long weir_hash_string(unsigned long long hash, const char *string);

#endif
