/* A record in the making. */
#define _GNU_SOURCE /* memfd_create, fopencookie */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/experiment/pack_head.h"

/* What a member is written through. */
struct weir_pack_stream {
    int descriptor;
    uint64_t start, end; /* in the file */
    z_stream zip;
    bool failed;
};

int weir_pack_memory(void)
{
    int descriptor = weir_os->memfd_create("weir-run", MFD_CLOEXEC);
    return descriptor >= 0 ? descriptor : weir_error(WEIR_ERUN, "no memory for a run's results: %s", strerror(errno));
}

int weir_pack_draft_begin(struct weir_pack_draft *draft, int descriptor)
{
    *draft = (struct weir_pack_draft){.descriptor = descriptor};
    return weir_os->ftruncate(descriptor, WEIR_PACK_HEAD_BYTES) == 0
               ? WEIR_OK
               : weir_error(WEIR_ERUN, "no memory for a run's results: %s", strerror(errno));
}

/* Compresses what there is and writes what comes out. */
static void squeeze(struct weir_pack_stream *stream, const void *bytes, size_t count, int flush)
{
    unsigned char out[1 << 14];
    stream->zip.next_in = (unsigned char *)bytes;
    stream->zip.avail_in = (uInt)count;
    do {
        stream->zip.next_out = out;
        stream->zip.avail_out = sizeof out;
        stream->failed |= deflate(&stream->zip, flush) == Z_STREAM_ERROR;
        size_t got = sizeof out - stream->zip.avail_out;
        stream->failed |= !weir_pack_write_at(stream->descriptor, out, got, stream->end);
        stream->end += got;
    } while (stream->zip.avail_out == 0 && !stream->failed);
}

static ssize_t write_stream(void *cookie, const char *bytes, size_t count)
{
    struct weir_pack_stream *stream = cookie;
    squeeze(stream, bytes, count, Z_NO_FLUSH);
    return stream->failed ? -1 : (ssize_t)count;
}

static uint64_t length_so_far(const struct weir_pack_draft *draft)
{
    uint64_t length = 0;
    for (int m = 0; m < WEIR_PACK_MEMBERS; m++)
        length += draft->lengths[m];
    return length;
}

FILE *weir_pack_draft_open(struct weir_pack_draft *draft, enum weir_pack_member member)
{
    struct weir_pack_stream *stream = weir_alloc(1, sizeof *stream);
    stream->descriptor = draft->descriptor;
    stream->start = stream->end = WEIR_PACK_HEAD_BYTES + length_so_far(draft);
    deflateInit2(&stream->zip, 1, Z_DEFLATED, 15 + 16, 8,
                 Z_DEFAULT_STRATEGY); /* 16: as gzip; quick rather than small */
    draft->open = stream;
    draft->lengths[member] = 0;
    FILE *file = fopencookie(stream, "w", (cookie_io_functions_t){.write = write_stream});
    setvbuf(file, NULL, _IOFBF, 1 << 16);
    return file;
}

int weir_pack_draft_close(struct weir_pack_draft *draft, FILE *file, enum weir_pack_member member)
{
    struct weir_pack_stream *stream = draft->open;
    bool failed = fclose(file) != 0;
    squeeze(stream, NULL, 0, Z_FINISH);
    deflateEnd(&stream->zip);
    failed |= stream->failed || stream->end - stream->start > UINT32_MAX;
    draft->lengths[member] = (uint32_t)(stream->end - stream->start);
    draft->open = NULL;
    free(stream);
    return failed ? weir_error(WEIR_ERUN, "no memory for a run's results, or more than 4 GB of them; record less, or "
                                          "give the study \"keep\": \"results\"")
                  : WEIR_OK;
}

int weir_pack_draft_end(struct weir_pack_draft *draft, unsigned long long key)
{
    unsigned char bytes[WEIR_PACK_HEAD_BYTES];
    struct weir_pack_head head = {.kind = WEIR_PACK_RESULT, .key = key, .length = length_so_far(draft)};
    memcpy(head.lengths, draft->lengths, sizeof head.lengths);
    bool fine = weir_pack_checksum(draft->descriptor, sizeof bytes, head.length, &head.checksum);
    weir_pack_head_write(&head, bytes);
    fine = fine && weir_pack_write_at(draft->descriptor, bytes, sizeof bytes, 0);
    return fine ? WEIR_OK : weir_error(WEIR_ERUN, "cannot write a run's results to memory: %s", strerror(errno));
}
