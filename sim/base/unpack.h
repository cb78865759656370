/* Text files that may be packed by gzip. */
#ifndef WEIR_BASE_UNPACK_H
#define WEIR_BASE_UNPACK_H

#include "sim/base/text.h"

/* Opens a file for zlib, plain or gzip; *file is a gzFile. Errors: WEIR_EINPUT for a folder, no such file, no leave. */
int weir_unpack_open(const char *path, void **file);

/* The whole of a text file, plain or gzip, NUL-terminated, in *text (which is emptied first).
 * Errors: WEIR_EINPUT; also for a damaged or truncated gzip file, a NUL byte, and more than 1 GiB unpacked. */
int weir_unpack_file(struct weir_text *text, const char *path);

#endif
