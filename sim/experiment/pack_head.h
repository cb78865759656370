/* The head of a record in a pack, and the walk from one to the next. Private to pack*.c. */
#ifndef WEIR_EXPERIMENT_PACK_HEAD_H
#define WEIR_EXPERIMENT_PACK_HEAD_H

#include "sim/experiment/pack.h"

#define WEIR_PACK_HEAD_BYTES 48

struct weir_pack_head {
    enum weir_pack_kind kind;
    uint32_t checksum;
    unsigned long long key;
    uint64_t length;
    uint32_t lengths[WEIR_PACK_MEMBERS];
};

void weir_pack_head_write(const struct weir_pack_head *head, unsigned char bytes[WEIR_PACK_HEAD_BYTES]);
/* False if these bytes are no head. */
bool weir_pack_head_read(const unsigned char bytes[WEIR_PACK_HEAD_BYTES], struct weir_pack_head *head);

/* Reads the head of a whole record (errno 0 if there is none), its content included in what must be right, at an offset
 * of a file of `size` bytes.
 */
bool weir_pack_whole(int descriptor, uint64_t offset, uint64_t size, struct weir_pack_head *head);

/* Calls visit (may be NULL) for each whole record. *end is where the last one ends, *cut_bytes what belongs to none.
 * Returns 0, or the errno of what could not be read, which is not the same as what is cut off: nothing is known then of
 * what the file holds. */
int weir_pack_walk(int descriptor, void (*visit)(void *context, const struct weir_pack_head *head, uint64_t offset),
                   void *context, uint64_t *end, uint64_t *cut_bytes);

/* CRC-32 of a part of a file; false if it cannot be read. */
bool weir_pack_checksum(int descriptor, uint64_t offset, uint64_t length, uint32_t *checksum);

/* Reads or writes all of it, or fails; with errno 0 if the file ends before. */
bool weir_pack_read_at(int descriptor, void *bytes, size_t count, uint64_t offset);
bool weir_pack_write_at(int descriptor, const void *bytes, size_t count, uint64_t offset);

#endif
