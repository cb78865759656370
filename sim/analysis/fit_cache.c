/* A record: "weir-fit", key, count (8 bytes each, as the machine has them), the numbers, a hash of all that. */
#include "sim/analysis/fit_cache.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/key_map.h"

enum { COUNT_AT_MOST = 1 << 26 };

struct head {
    char mark[8];
    uint64_t key, count;
};

struct entry {
    size_t count;
    double *numbers;
};

struct fit_cache {
    char *path;
    FILE *file;
    struct weir_key_map map;
    struct entry *entries;
    size_t entry_count, entry_capacity;
};

static void add(struct fit_cache *cache, unsigned long long key, double *numbers, size_t count)
{
    cache->entries = weir_grow(cache->entries, cache->entry_count + 1, &cache->entry_capacity, sizeof *cache->entries);
    weir_key_map_set(&cache->map, key, (int64_t)cache->entry_count);
    cache->entries[cache->entry_count++] = (struct entry){count, numbers};
}

static unsigned long long hash_of(const struct head *head, const double *numbers)
{
    return weir_hash(weir_hash(WEIR_HASH_START, head, sizeof *head), numbers, head->count * sizeof *numbers);
}

/* Whole records from the beginning on; returns where they end. */
static long read_all(struct fit_cache *cache)
{
    struct head head;
    uint64_t hash;
    long end = 0;
    while (fread(&head, sizeof head, 1, cache->file) == 1 && memcmp(head.mark, "weir-fit", 8) == 0 &&
           head.count <= COUNT_AT_MOST) {
        double *numbers = weir_alloc(head.count, sizeof *numbers);
        if (fread(numbers, sizeof *numbers, head.count, cache->file) != head.count ||
            fread(&hash, sizeof hash, 1, cache->file) != 1 || hash != hash_of(&head, numbers)) {
            free(numbers);
            break;
        }
        add(cache, head.key, numbers, head.count);
        end = ftell(cache->file);
    }
    return end;
}

int fit_cache_open(const char *path, struct fit_cache **cache)
{
    *cache = weir_alloc(1, sizeof **cache);
    if (!path)
        return WEIR_OK;
    (*cache)->path = weir_copy(path);
    (*cache)->file = fopen(path, "a+be");
    if ((*cache)->file) {
        rewind((*cache)->file);
        long end = read_all(*cache);
        if (end >= 0 && ftruncate(fileno((*cache)->file), end) == 0 && fseek((*cache)->file, 0, SEEK_END) == 0)
            return WEIR_OK;
    }
    int code = weir_error(WEIR_EINPUT, "%s: cannot be written: %s", path, strerror(errno));
    fit_cache_close(*cache);
    *cache = NULL;
    return weir_error(code, "%s", weir_error_message());
}

const double *fit_cache_get(const struct fit_cache *cache, unsigned long long key, size_t count)
{
    int64_t at = weir_key_map_get(&cache->map, key);
    return at >= 0 && cache->entries[at].count == count ? cache->entries[at].numbers : NULL;
}

int fit_cache_keep(struct fit_cache *cache, unsigned long long key, const double *numbers, size_t count)
{
    double *copy = weir_alloc(count, sizeof *copy);
    struct head head = {"weir-fit", key, count};
    memcpy(copy, numbers, count * sizeof *copy);
    add(cache, key, copy, count);
    if (!cache->file)
        return WEIR_OK;
    uint64_t hash = hash_of(&head, numbers);
    fwrite(&head, sizeof head, 1, cache->file);
    fwrite(numbers, sizeof *numbers, count, cache->file);
    fwrite(&hash, sizeof hash, 1, cache->file);
    if (fflush(cache->file) != 0)
        return weir_error(WEIR_EINPUT, "%s: cannot be written: %s", cache->path, strerror(errno));
    return WEIR_OK;
}

int fit_cache_close(struct fit_cache *cache)
{
    if (!cache)
        return WEIR_OK;
    int code = cache->file ? weir_file_finish(cache->file, cache->path) : WEIR_OK;
    for (size_t e = 0; e < cache->entry_count; e++)
        free(cache->entries[e].numbers);
    free(cache->entries);
    weir_key_map_fini(&cache->map);
    free(cache->path);
    free(cache);
    return code;
}
