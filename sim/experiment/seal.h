/* What shows that results are as weir wrote them. A JSON document of results names the files beside it, their bytes and
 * checksums, and has a seal, a hash of its own text, as its last key: result.json of a run, checksums.json of the
 * tables of a comparison or sweep. They tell damage and edits; they are no defence against malice. */
#ifndef WEIR_EXPERIMENT_SEAL_H
#define WEIR_EXPERIMENT_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/json.h"

struct cJSON;

#define WEIR_CHECKSUMS "checksums.json"

/* Adds "files" to an object: of those of the names (NULL ends them) that are in the folder, bytes and CRC-32. Errors:
 * WEIR_EINPUT for a file that is there and cannot be read. */
int weir_seal_files(struct cJSON *root, const char *folder, const char *const *names);

/* The text of a document, with a seal and a line end. Owned. */
char *weir_seal_print(const struct cJSON *root);

/* Whether a text ends in the seal that belongs to it. *sealed is false, without an error, if there is none: an older
 * weir wrote it, or none. `name` is for messages. Errors: WEIR_EINPUT if there is another seal. */
int weir_seal_check(const char *text, const char *name, bool *sealed);

/* Whether a file that a document names is there and is what it was. A file that it does not name, "" or one of no
 * document with "files" is not known: WEIR_EINPUT, too. The message begins with the file's path. */
int weir_seal_check_file(const struct weir_json *root, const char *folder, const char *name);

/* Calls visit with the name of each file that a document names; the first code that is not WEIR_OK ends it. */
int weir_seal_each(const struct weir_json *root, int (*visit)(void *context, const char *name), void *context);

/* Bytes and CRC-32 of a file. Errors: WEIR_EINPUT. */
int weir_seal_sum(const char *path, unsigned long long *bytes, uint32_t *checksum);

/* Leaves folder/checksums.json for those of the files that are there. Errors: WEIR_EINPUT. */
int weir_checksums_write(const char *folder, const char *const *names);

/* Whether a table of a folder is what checksums.json says; without an error if there is no such document. *known is
 * whether it names the table. Errors: WEIR_EINPUT. */
int weir_checksums_check(const char *folder, const char *name, bool *known);

#endif
