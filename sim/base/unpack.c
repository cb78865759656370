#include "sim/base/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

#define BLOCK_BYTES (1 << 16)
#define MOST_BYTES  WEIR_FILE_BYTES_AT_MOST
#define GZIP_BYTE   0x1f
#define GZIP_WINDOW (15 + 16) /* the largest, and a gzip header and trailer, which zlib checks */

struct weir_unpack {
    char *path;
    int descriptor;
    enum {
        UNKNOWN, /* nothing was read yet */
        PLAIN,
        INSIDE,  /* a gzip stream that has not ended */
        BETWEEN, /* at the end of one */
        PADDING, /* zeros behind the last one, as tapes leave them */
    } state;
    bool ended; /* the file, not what is in the block */
    z_stream zip;
    unsigned char block[BLOCK_BYTES]; /* as it stands in the file */
};

int weir_unpack_open(const char *path, struct weir_unpack **file)
{
    *file = NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT)
        return weir_error(WEIR_EINPUT, "%s: no such file; check the path", path);
    if (descriptor < 0)
        return weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno));
    int code = weir_file_check(path, descriptor);
    if (code) {
        close(descriptor);
        return code;
    }
    *file = weir_alloc(1, sizeof **file);
    (*file)->path = weir_copy(path);
    (*file)->descriptor = descriptor;
    return WEIR_OK;
}

void weir_unpack_close(struct weir_unpack *file)
{
    if (!file)
        return;
    if (file->state > PLAIN)
        inflateEnd(&file->zip);
    close(file->descriptor);
    free(file->path);
    free(file);
}

static int read_bytes(struct weir_unpack *file, void *bytes, size_t size, size_t *got)
{
    ssize_t count;
    do
        count = read(file->descriptor, bytes, size);
    while (count < 0 && errno == EINTR);
    *got = count > 0 ? (size_t)count : 0;
    file->ended = count == 0;
    return count < 0 ? weir_error(WEIR_EINPUT, "%s: cannot be read: %s", file->path, strerror(errno)) : WEIR_OK;
}

/* Fills the block, which is used up. */
static int fill(struct weir_unpack *file)
{
    size_t got = 0;
    int code = read_bytes(file, file->block, sizeof file->block, &got);
    file->zip.next_in = file->block;
    file->zip.avail_in = (uInt)got;
    return code;
}

static int cut_short(const struct weir_unpack *file, const char *where)
{
    return weir_error(WEIR_EINPUT, "%s: the gzip file is cut short%s; fetch or make it again", file->path, where);
}

static int damaged(const struct weir_unpack *file, const char *where, const char *why)
{
    return weir_error(WEIR_EINPUT, "%s: the gzip file is damaged%s (%s); fetch or make it again", file->path, where,
                      why);
}

/* What kind of file it is; an empty one whose name says gzip has lost even the first byte. */
static int begin(struct weir_unpack *file, const char *where)
{
    int code = fill(file);
    if (code)
        return code;
    size_t length = strlen(file->path);
    if (file->ended && length >= 3 && strcmp(file->path + length - 3, ".gz") == 0)
        return cut_short(file, where);
    file->state = PLAIN;
    if (file->ended || *file->block != GZIP_BYTE)
        return WEIR_OK;
    if (inflateInit2(&file->zip, GZIP_WINDOW) != Z_OK)
        return weir_error(WEIR_EINPUT, "%s: cannot be read: out of memory", file->path);
    file->state = INSIDE;
    return WEIR_OK;
}

/* Behind a gzip stream, with something in the block: another one, or zeros. */
static int go_on(struct weir_unpack *file, const char *where)
{
    z_stream *zip = &file->zip;
    if (file->state == BETWEEN && *zip->next_in == GZIP_BYTE) {
        file->state = INSIDE;
        return inflateReset(zip) == Z_OK ? WEIR_OK : damaged(file, where, "zlib cannot go on");
    }
    file->state = PADDING;
    while (zip->avail_in && !*zip->next_in) {
        zip->next_in++;
        zip->avail_in--;
    }
    return zip->avail_in ? damaged(file, where, "something that is not gzip follows its end") : WEIR_OK;
}

static int inflate_some(struct weir_unpack *file, const char *where)
{
    int status = inflate(&file->zip, Z_NO_FLUSH);
    if (status == Z_STREAM_END)
        file->state = BETWEEN;
    if (status == Z_OK || status == Z_STREAM_END)
        return WEIR_OK;
    if (status == Z_BUF_ERROR) /* it wants more than there is */
        return file->ended ? cut_short(file, where) : WEIR_OK;
    if (status == Z_MEM_ERROR)
        return weir_error(WEIR_EINPUT, "%s: cannot be read: out of memory", file->path);
    return damaged(file, where, file->zip.msg ? file->zip.msg : "zlib cannot unpack it");
}

int weir_unpack_read(struct weir_unpack *file, void *bytes, size_t size, const char *where, size_t *got)
{
    z_stream *zip = &file->zip;
    int code = file->state == UNKNOWN ? begin(file, where) : WEIR_OK;
    *got = 0;
    if (!code && file->state == PLAIN) {
        *got = zip->avail_in < size ? zip->avail_in : size; /* what begin has read */
        memcpy(bytes, zip->next_in, *got);
        zip->next_in += *got;
        zip->avail_in -= (uInt)*got;
        return *got || file->ended ? WEIR_OK : read_bytes(file, bytes, size, got);
    }
    uInt wanted = size < BLOCK_BYTES ? (uInt)size : BLOCK_BYTES;
    zip->next_out = bytes;
    zip->avail_out = wanted;
    while (!code && zip->avail_out == wanted) {
        if (!zip->avail_in && !file->ended)
            code = fill(file);
        if (code || (!zip->avail_in && file->state != INSIDE))
            break;
        code = file->state == INSIDE ? inflate_some(file, where) : go_on(file, where);
    }
    *got = code ? 0 : wanted - zip->avail_out;
    return code;
}

int weir_unpack_file(struct weir_text *text, const char *path)
{
    struct weir_unpack *file;
    text->length = 0;
    weir_text_add(text, "");
    int code = weir_unpack_open(path, &file);
    if (code)
        return code;
    char *block = weir_alloc(BLOCK_BYTES, 1);
    size_t got = 0;
    while (!(code = weir_unpack_read(file, block, BLOCK_BYTES, "", &got)) && got && text->length <= MOST_BYTES)
        weir_text_add_bytes(text, block, got);
    if (!code && text->length > MOST_BYTES)
        code = weir_error(WEIR_EINPUT, "%s: unpacks to more than 1 GiB; no such file is read", path);
    else if (!code && strlen(text->data) != text->length)
        code = weir_error(WEIR_EINPUT, "%s: has a zero byte at offset %zu, so it is not a text file", path,
                          strlen(text->data));
    weir_unpack_close(file);
    free(block);
    return code;
}
