/* What packs hold. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"
#include "sim/experiment/pack_head.h"

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_packs(struct weir_pack_index *index, const char *folder, bool (*skip)(void *context, const char *name),
                      void *context)
{
    static const char ending[] = ".pack";
    size_t capacity = 0;
    DIR *open_folder = opendir(folder);
    if (!open_folder && errno != ENOENT)
        return weir_error(WEIR_EINPUT, "%s: cannot read this folder: %s", folder, strerror(errno));
    for (struct dirent *entry; open_folder && (entry = readdir(open_folder));) {
        size_t length = strlen(entry->d_name);
        if (length < sizeof ending || strcmp(entry->d_name + length - (sizeof ending - 1), ending) != 0 ||
            (skip && skip(context, entry->d_name)))
            continue;
        index->paths = weir_grow(index->paths, (size_t)index->path_count + 1, &capacity, sizeof *index->paths);
        index->paths[index->path_count++] = weir_format("%s/%s", folder, entry->d_name);
    }
    if (open_folder)
        closedir(open_folder);
    if (index->path_count)
        qsort(index->paths, (size_t)index->path_count, sizeof *index->paths, compare_paths);
    return WEIR_OK;
}

static void take(void *context, const struct weir_pack_head *head, uint64_t offset)
{
    struct weir_pack_index *index = context;
    const struct weir_pack_entry *known = weir_pack_find(index, head->key);
    if (known && known->kind == WEIR_PACK_RESULT)
        return;
    index->entries = weir_grow(index->entries, index->entry_count + 1, &index->entry_capacity, sizeof *index->entries);
    index->entries[index->entry_count] = (struct weir_pack_entry){head->key, index->open_pack, offset, head->kind};
    weir_key_map_set(&index->map, head->key, (int64_t)index->entry_count++);
}

/* Makes a pack the open one. */
static int open_pack(struct weir_pack_index *index, int pack)
{
    if (index->descriptor >= 0 && index->open_pack == pack)
        return WEIR_OK;
    if (index->descriptor >= 0)
        weir_os->close(index->descriptor);
    index->open_pack = pack;
    index->descriptor = weir_os->open(index->paths[pack], O_RDONLY | O_CLOEXEC, 0);
    return index->descriptor >= 0 ? WEIR_OK
                                  : weir_error(WEIR_EINPUT, "%s: cannot read: %s", index->paths[pack], strerror(errno));
}

int weir_pack_index_read(struct weir_pack_index *index, const char *folder,
                         bool (*skip)(void *context, const char *name), void *context)
{
    *index = (struct weir_pack_index){.descriptor = -1};
    int code = list_packs(index, folder, skip, context);
    for (int p = 0; p < index->path_count && code == WEIR_OK; p++) {
        uint64_t end, cut = 0;
        int reason = 0;
        if ((code = open_pack(index, p)) == WEIR_OK)
            reason = weir_pack_walk(index->descriptor, take, index, &end, &cut);
        if (reason)
            code = weir_error(WEIR_EINPUT, "%s: cannot be read: %s", index->paths[p], strerror(reason));
        index->cut_bytes += cut;
    }
    return code;
}

void weir_pack_index_fini(struct weir_pack_index *index)
{
    if (index->paths && index->descriptor >= 0)
        close(index->descriptor);
    for (int p = 0; p < index->path_count; p++)
        free(index->paths[p]);
    free(index->paths);
    free(index->entries);
    weir_key_map_fini(&index->map);
    *index = (struct weir_pack_index){.descriptor = -1};
}

const struct weir_pack_entry *weir_pack_find(const struct weir_pack_index *index, unsigned long long key)
{
    int64_t number = weir_key_map_get(&index->map, key);
    return number >= 0 ? &index->entries[number] : NULL;
}

bool weir_pack_has(const struct weir_pack_index *index, unsigned long long key)
{
    const struct weir_pack_entry *entry = weir_pack_find(index, key);
    return entry && entry->kind == WEIR_PACK_RESULT;
}

/* Reads a member as it stands in the file; owned. */
static int read_bytes(struct weir_pack_index *index, const struct weir_pack_entry *entry, int member, void **bytes,
                      size_t *count)
{
    unsigned char head_bytes[WEIR_PACK_HEAD_BYTES];
    struct weir_pack_head head;
    *bytes = NULL;
    int code = open_pack(index, entry->pack);
    if (code != WEIR_OK)
        return code;
    if (!weir_pack_read_at(index->descriptor, head_bytes, sizeof head_bytes, entry->offset) ||
        !weir_pack_head_read(head_bytes, &head) || head.key != entry->key)
        return weir_error(WEIR_EINPUT, "%s: has changed while it was read; start again", index->paths[entry->pack]);
    uint64_t offset = entry->offset + sizeof head_bytes;
    for (int m = 0; m < member; m++)
        offset += head.lengths[m];
    *count = head.lengths[member];
    *bytes = weir_alloc(*count + 1, 1);
    if (weir_pack_read_at(index->descriptor, *bytes, *count, offset))
        return WEIR_OK;
    free(*bytes);
    *bytes = NULL;
    return weir_error(WEIR_EINPUT, "%s: cannot read: %s", index->paths[entry->pack], strerror(errno));
}

static bool inflate_all(void *bytes, size_t count, struct weir_text *text)
{
    unsigned char out[1 << 14];
    int status = Z_OK;
    z_stream zip = {.next_in = bytes, .avail_in = (uInt)count};
    if (inflateInit2(&zip, 15 + 16) != Z_OK)
        return false;
    while (status == Z_OK) {
        zip.next_out = out;
        zip.avail_out = sizeof out;
        status = inflate(&zip, Z_NO_FLUSH);
        weir_text_add_bytes(text, out, sizeof out - zip.avail_out);
    }
    inflateEnd(&zip);
    return status == Z_STREAM_END;
}

int weir_pack_read(struct weir_pack_index *index, const struct weir_pack_entry *entry, enum weir_pack_member member,
                   char **text)
{
    struct weir_text made = {0};
    void *bytes;
    size_t count = 0;
    *text = NULL;
    int code = read_bytes(index, entry, member, &bytes, &count);
    if (code == WEIR_OK && count && !inflate_all(bytes, count, &made))
        code = weir_error(WEIR_EINPUT, "%s: the record at byte %llu cannot be unpacked; remove the file and run anew",
                          index->paths[entry->pack], (unsigned long long)entry->offset);
    if (code == WEIR_OK)
        *text = weir_copy(weir_text_string(&made));
    weir_text_fini(&made);
    free(bytes);
    return code;
}

int weir_pack_read_failure(struct weir_pack_index *index, const struct weir_pack_entry *entry, int *code,
                           char **message)
{
    void *bytes;
    size_t count = 0;
    *message = NULL;
    int read = read_bytes(index, entry, 0, &bytes, &count);
    if (read != WEIR_OK)
        return read;
    *code = count ? -(int)*(unsigned char *)bytes : WEIR_ERUN;
    *message = weir_copy(count ? (char *)bytes + 1 : "");
    free(bytes);
    return WEIR_OK;
}
