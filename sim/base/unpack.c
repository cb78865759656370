#include "sim/base/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

#define BLOCK_BYTES (1 << 16)
#define MOST_BYTES  ((size_t)1 << 30)

int weir_unpack_open(const char *path, void **file)
{
    struct stat info;
    *file = NULL;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return weir_error(WEIR_EINPUT, "%s: is a folder, not a file", path);
    errno = 0;
    *file = gzopen(path, "rb");
    if (!*file && errno == ENOENT)
        return weir_error(WEIR_EINPUT, "%s: no such file; check the path", path);
    if (!*file)
        return weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, errno ? strerror(errno) : "out of memory");
    return WEIR_OK;
}

int weir_unpack_file(struct weir_text *text, const char *path)
{
    void *file = NULL;
    text->length = 0;
    weir_text_add(text, "");
    int code = weir_unpack_open(path, &file);
    if (code)
        return code;
    char *block = weir_alloc(BLOCK_BYTES, 1);
    int got, problem = Z_OK;
    while ((got = gzread(file, block, BLOCK_BYTES)) > 0 && text->length <= MOST_BYTES)
        weir_text_add_bytes(text, block, (size_t)got);
    const char *reason = gzerror(file, &problem);
    if (problem == Z_ERRNO)
        code = weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno));
    else if (got < 0 || problem == Z_BUF_ERROR)
        code = weir_error(WEIR_EINPUT, "%s: the gzip file is cut short or damaged (%s); fetch or make it again", path,
                          reason);
    else if (text->length > MOST_BYTES)
        code = weir_error(WEIR_EINPUT, "%s: unpacks to more than 1 GiB; no such file is read", path);
    else if (strlen(text->data) != text->length)
        code = weir_error(WEIR_EINPUT, "%s: has a zero byte at offset %zu, so it is not a text file", path,
                          strlen(text->data));
    gzclose(file);
    free(block);
    return code;
}
