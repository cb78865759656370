#define _GNU_SOURCE /* memmem */
#include "sim/experiment/pack_head.h"
#include "sim/base/os.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define CHUNK ((size_t)1 << 16)

static const char mark[8] = {'w', 'e', 'i', 'r', '-', 'r', 'u', 'n'};

static void put(unsigned char *bytes, uint64_t value, int count)
{
    for (int i = 0; i < count; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t get(const unsigned char *bytes, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

void weir_pack_head_write(const struct weir_pack_head *head, unsigned char bytes[WEIR_PACK_HEAD_BYTES])
{
    memcpy(bytes, mark, sizeof mark);
    put(bytes + 8, head->kind, 4);
    put(bytes + 12, head->checksum, 4);
    put(bytes + 16, head->key, 8);
    put(bytes + 24, head->length, 8);
    for (int m = 0; m < WEIR_PACK_MEMBERS; m++)
        put(bytes + 32 + 4 * m, head->lengths[m], 4);
    put(bytes + 44, crc32(0, bytes, 44), 4);
}

bool weir_pack_head_read(const unsigned char bytes[WEIR_PACK_HEAD_BYTES], struct weir_pack_head *head)
{
    uint64_t total = 0;
    if (memcmp(bytes, mark, sizeof mark) != 0 || get(bytes + 44, 4) != crc32(0, bytes, 44))
        return false;
    *head = (struct weir_pack_head){.kind = (enum weir_pack_kind)get(bytes + 8, 4),
                                    .checksum = (uint32_t)get(bytes + 12, 4),
                                    .key = get(bytes + 16, 8),
                                    .length = get(bytes + 24, 8)};
    for (int m = 0; m < WEIR_PACK_MEMBERS; m++)
        total += head->lengths[m] = (uint32_t)get(bytes + 32 + 4 * m, 4);
    return total == head->length && (head->kind == WEIR_PACK_RESULT || head->kind == WEIR_PACK_FAILURE);
}

bool weir_pack_read_at(int descriptor, void *bytes, size_t count, uint64_t offset)
{
    for (size_t done = 0; done < count;) {
        ssize_t got = weir_os->pread(descriptor, (char *)bytes + done, count - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = 0;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    errno = 0; /* of a call that was interrupted */
    return true;
}

bool weir_pack_write_at(int descriptor, const void *bytes, size_t count, uint64_t offset)
{
    for (size_t done = 0; done < count;) {
        ssize_t put_now = weir_os->pwrite(descriptor, (const char *)bytes + done, count - done, (off_t)(offset + done));
        if (put_now < 0 && errno == EINTR)
            continue;
        if (put_now <= 0)
            return false;
        done += (size_t)put_now;
    }
    return true;
}

bool weir_pack_checksum(int descriptor, uint64_t offset, uint64_t length, uint32_t *checksum)
{
    unsigned char bytes[CHUNK];
    *checksum = 0;
    while (length > 0) {
        size_t count = length < CHUNK ? (size_t)length : CHUNK;
        if (!weir_pack_read_at(descriptor, bytes, count, offset))
            return false;
        *checksum = (uint32_t)crc32(*checksum, bytes, (uInt)count);
        offset += count;
        length -= count;
    }
    return true;
}

bool weir_pack_whole(int descriptor, uint64_t offset, uint64_t size, struct weir_pack_head *head)
{
    unsigned char bytes[WEIR_PACK_HEAD_BYTES];
    uint32_t checksum;
    errno = 0;
    if (offset + sizeof bytes > size || !weir_pack_read_at(descriptor, bytes, sizeof bytes, offset) ||
        !weir_pack_head_read(bytes, head) || head->length > size - offset - sizeof bytes)
        return false;
    return weir_pack_checksum(descriptor, offset + sizeof bytes, head->length, &checksum) && checksum == head->checksum;
}

/* The next place that may be a head, or size. */
static uint64_t find_mark(int descriptor, uint64_t offset, uint64_t size)
{
    unsigned char bytes[CHUNK];
    while (offset + sizeof mark <= size) {
        size_t count = size - offset < CHUNK ? (size_t)(size - offset) : CHUNK;
        if (!weir_pack_read_at(descriptor, bytes, count, offset))
            break;
        const unsigned char *found = memmem(bytes, count, mark, sizeof mark);
        if (found)
            return offset + (uint64_t)(found - bytes);
        offset += count - sizeof mark + 1;
    }
    return size;
}

int weir_pack_walk(int descriptor, void (*visit)(void *context, const struct weir_pack_head *head, uint64_t offset),
                   void *context, uint64_t *end, uint64_t *cut_bytes)
{
    struct stat status;
    struct weir_pack_head head;
    uint64_t offset = 0, whole = 0;
    *end = *cut_bytes = 0;
    if (fstat(descriptor, &status) != 0)
        return errno;
    uint64_t size = (uint64_t)status.st_size;
    while (offset < size) {
        if (!weir_pack_whole(descriptor, offset, size, &head)) {
            if (!errno)
                offset = find_mark(descriptor, offset + 1, size);
            if (errno)
                return errno;
            continue;
        }
        if (visit)
            visit(context, &head, offset);
        offset += WEIR_PACK_HEAD_BYTES + head.length;
        whole += WEIR_PACK_HEAD_BYTES + head.length;
        *end = offset;
    }
    *cut_bytes = size - whole;
    return 0;
}
