/* Text files that may be packed by gzip. */
#ifndef WEIR_BASE_UNPACK_H
#define WEIR_BASE_UNPACK_H

#include <stddef.h>

#include "sim/base/text.h"

/* A file that is read from its beginning to its end, plain or gzip. gzip is what starts with its first byte, 1f, which
 * no text does; several gzip files one after the other are one, as gunzip takes them. */
struct weir_unpack;

/* Opens a file. Errors: WEIR_EINPUT for a folder, no such file, no leave. */
int weir_unpack_open(const char *path, struct weir_unpack **file);

/* Unpacks up to `size` (> 0) bytes; *got is 0 at the end alone, and of gzip only when its last byte, its checksum and
 * its length were seen and are right: zlib 1.3.2's own gzread tells nothing of a file that is cut short. `where` ("" or
 * " after line 7") is for messages. Errors: WEIR_EINPUT, after which there is no more to read. */
int weir_unpack_read(struct weir_unpack *file, void *bytes, size_t size, const char *where, size_t *got);

/* NULL is none. */
void weir_unpack_close(struct weir_unpack *file);

/* The whole of a text file, plain or gzip, NUL-terminated, in *text (which is emptied first).
 * Errors: WEIR_EINPUT; also for a damaged or truncated gzip file, a NUL byte, and more than 1 GiB unpacked. */
int weir_unpack_file(struct weir_text *text, const char *path);

#endif
