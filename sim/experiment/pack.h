/* Packs: many runs in one file, appended record by record. What was cut off while it was written (a process killed, a
 * full disk, a machine without power) is recognised by length and checksum and does not count.
 *
 * A record, integers little-endian:
 *   0  "weir-run"
 *   8  kind: 1 a result, 2 a failure                       u32
 *  12  CRC-32 of the content                               u32
 *  16  key of the run                                      u64
 *  24  length of the content                               u64
 *  32  lengths of its members                              3 x u32
 *  44  CRC-32 of the 44 bytes before                       u32
 *  48  content. A result: windows.csv, decisions.csv, result.json, each as gzip writes it, empty if not kept.
 *      A failure: the code in one byte (-code) and the message.
 *
 * A pack has one writer at a time. */
#ifndef WEIR_EXPERIMENT_PACK_H
#define WEIR_EXPERIMENT_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/experiment/key_map.h"

enum weir_pack_kind { WEIR_PACK_RESULT = 1, WEIR_PACK_FAILURE = 2 };
enum weir_pack_member { WEIR_PACK_WINDOWS, WEIR_PACK_DECISIONS, WEIR_PACK_JSON, WEIR_PACK_MEMBERS };

/* --- a record in the making: in the child, into a file without a name --- */

struct weir_pack_draft {
    int descriptor;
    uint32_t lengths[WEIR_PACK_MEMBERS];
    struct weir_pack_stream *open; /* the member that is being written */
};

/* A file in memory for one record; to be closed. Errors: WEIR_ERUN (less than 0). */
int weir_pack_memory(void);

/* Begins a draft in it. */
int weir_pack_draft_begin(struct weir_pack_draft *draft, int descriptor);
/* Begins a member, compressed as it is written; to be ended before the next one begins. Members come in their order. */
FILE *weir_pack_draft_open(struct weir_pack_draft *draft, enum weir_pack_member member);
int weir_pack_draft_close(struct weir_pack_draft *draft, FILE *file, enum weir_pack_member member);
/* Writes the record's head: the draft is a record then. */
int weir_pack_draft_end(struct weir_pack_draft *draft, unsigned long long key);

/* --- writing --- */

struct weir_pack {
    char *path;
    int descriptor;
    uint64_t end;    /* of the last whole record */
    double synced_s; /* when it was last forced to disk */
    bool dirty;
};

/* Opens a pack for writing, or makes it, takes it for this process, and cuts off what is no whole record at its end.
 * Children must close the
 * descriptor, which holds the lock. Errors: WEIR_EINPUT if it cannot be written or another process has it. */
int weir_pack_open(const char *path, struct weir_pack *pack);

/* Appends the record in a memory file, which must have this key. If that fails, the pack is as before. Errors:
 * WEIR_EINPUT (no space, for instance); WEIR_EENGINE if the memory holds no whole record. */
int weir_pack_append(struct weir_pack *pack, int descriptor, unsigned long long key);
int weir_pack_append_failure(struct weir_pack *pack, unsigned long long key, int code, const char *message);

/* Forces what was appended to disk, if the last time was more than `age_s` ago. */
int weir_pack_sync(struct weir_pack *pack, double age_s);

/* Syncs and closes. */
int weir_pack_close(struct weir_pack *pack);

/* --- reading --- */

struct weir_pack_entry {
    unsigned long long key;
    int pack; /* in the index's order */
    uint64_t offset;
    enum weir_pack_kind kind;
};

/* What the packs of a folder hold. Of a key that is there several times, a result counts before a failure. */
struct weir_pack_index {
    char **paths;
    int path_count;
    struct weir_pack_entry *entries;
    size_t entry_count, entry_capacity;
    struct weir_key_map map;   /* from keys to entries */
    uint64_t cut_bytes;        /* that belong to no whole record */
    int open_pack, descriptor; /* the pack that was read last */
};

/* Reads all records of all packs in a folder (*.pack, by name), checking each.
 * A folder that is not there is empty. `skip` (may be NULL) is asked which packs to leave out. Errors: WEIR_EINPUT. */
int weir_pack_index_read(struct weir_pack_index *index, const char *folder,
                         bool (*skip)(void *context, const char *name), void *context);
void weir_pack_index_fini(struct weir_pack_index *index);

/* The entry of a key, or NULL. Borrowed until the next reading. */
const struct weir_pack_entry *weir_pack_find(const struct weir_pack_index *index, unsigned long long key);
/* Whether the key has a result. */
bool weir_pack_has(const struct weir_pack_index *index, unsigned long long key);

/* A member's text, NUL-terminated, owned; "" if it was not kept. Errors: WEIR_EINPUT; *text is NULL then. */
int weir_pack_read(struct weir_pack_index *index, const struct weir_pack_entry *entry, enum weir_pack_member member,
                   char **text);
/* A failure's code and message (owned). */
int weir_pack_read_failure(struct weir_pack_index *index, const struct weir_pack_entry *entry, int *code,
                           char **message);

#endif
