/* Appending to a pack. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/experiment/files.h"
#include "sim/experiment/pack_head.h"
#include "sim/experiment/progress.h"

static int cannot_write(const struct weir_pack *pack)
{
    return weir_error(WEIR_EINPUT,
                      "%s: cannot write: %s; the runs before are safe: see to it, and start the sweep again to run the "
                      "rest",
                      pack->path, strerror(errno));
}

int weir_pack_open(const char *path, struct weir_pack *pack)
{
    uint64_t cut;
    *pack = (struct weir_pack){.path = weir_copy(path), .synced_s = weir_clock_s()};
    pack->descriptor = weir_os->open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (pack->descriptor < 0)
        return cannot_write(pack);
    /* A lock of the open file, not of the process: reading the pack elsewhere does not end it. */
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int code = weir_lock_take(pack->descriptor, F_OFD_SETLK, &whole, path);
    if (code != WEIR_OK)
        return code;
    /* What cannot be read may be there: nothing is cut off then. */
    if ((errno = weir_pack_walk(pack->descriptor, NULL, NULL, &pack->end, &cut)) != 0)
        return weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno));
    struct stat status;
    if (fstat(pack->descriptor, &status) != 0 ||
        ((uint64_t)status.st_size > pack->end && weir_os->ftruncate(pack->descriptor, (off_t)pack->end) != 0))
        return cannot_write(pack);
    return WEIR_OK;
}

/* Whatever is behind the last whole record goes. */
static int take_back(struct weir_pack *pack)
{
    int reason = errno;
    if (weir_os->ftruncate(pack->descriptor, (off_t)pack->end) != 0)
        reason = reason ? reason : errno; /* a tail that stays is recognised later */
    errno = reason;
    return cannot_write(pack);
}

int weir_pack_append(struct weir_pack *pack, int descriptor, unsigned long long key)
{
    unsigned char bytes[1 << 16];
    struct weir_pack_head head;
    struct stat status;
    uint64_t size = fstat(descriptor, &status) == 0 ? (uint64_t)status.st_size : 0;
    if (!weir_pack_whole(descriptor, 0, size, &head) || size != WEIR_PACK_HEAD_BYTES + head.length || head.key != key)
        return weir_error(WEIR_EENGINE, "the run ended well, but left no whole result");
    for (uint64_t done = 0; done < size;) {
        size_t count = size - done < sizeof bytes ? (size_t)(size - done) : sizeof bytes;
        errno = 0;
        if (!weir_pack_read_at(descriptor, bytes, count, done) ||
            !weir_pack_write_at(pack->descriptor, bytes, count, pack->end + done))
            return take_back(pack);
        done += count;
    }
    pack->end += size;
    pack->dirty = true;
    return WEIR_OK;
}

int weir_pack_append_failure(struct weir_pack *pack, unsigned long long key, int code, const char *message)
{
    size_t length = strlen(message) + 1, size = WEIR_PACK_HEAD_BYTES + length;
    unsigned char *bytes = weir_alloc(size, 1), *content = bytes + WEIR_PACK_HEAD_BYTES;
    content[0] = (unsigned char)-code;
    memcpy(content + 1, message, length - 1);
    struct weir_pack_head head = {
        WEIR_PACK_FAILURE, (uint32_t)crc32(0, content, (uInt)length), key, length, {(uint32_t)length}};
    weir_pack_head_write(&head, bytes);
    errno = 0;
    int written = weir_pack_write_at(pack->descriptor, bytes, size, pack->end) ? WEIR_OK : take_back(pack);
    if (written == WEIR_OK)
        pack->end += size;
    pack->dirty = true;
    free(bytes);
    return written;
}

int weir_pack_sync(struct weir_pack *pack, double age_s)
{
    if (!pack->dirty || weir_clock_s() - pack->synced_s < age_s)
        return WEIR_OK;
    int code = weir_os->fdatasync(pack->descriptor) == 0 ? WEIR_OK : cannot_write(pack);
    pack->dirty = false;
    pack->synced_s = weir_clock_s();
    return code;
}

int weir_pack_close(struct weir_pack *pack)
{
    int code = WEIR_OK;
    if (pack->path && pack->descriptor >= 0) {
        code = weir_pack_sync(pack, 0);
        weir_os->close(pack->descriptor);
    }
    free(pack->path);
    *pack = (struct weir_pack){.descriptor = -1};
    return code;
}
