/* A record: "weir-fit", key, count (8 bytes each, as the machine has them), the numbers, a hash of all that. */
#include "sim/analysis/fit_cache.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"
#include "sim/experiment/key_map.h"

enum { COUNT_AT_MOST = 1 << 26 };

#define MARK "weir-fit" /* without its end */

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
    int file; /* descriptor; -1: only in memory */
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

/* As many bytes as there are up to `count`; -1: errno. */
static ssize_t read_whole(int file, void *bytes, size_t count)
{
    size_t done = 0;
    while (done < count) {
        ssize_t got = weir_os->read(file, (char *)bytes + done, count - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool write_whole(int file, const void *bytes, size_t count)
{
    for (size_t done = 0; done < count;) {
        ssize_t put = weir_os->write(file, (const char *)bytes + done, count - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            errno = put < 0 ? errno : EIO;
            return false;
        }
        done += (size_t)put;
    }
    return true;
}

/* Whole records from the beginning on, and where they end; false: errno. */
static bool read_all(struct fit_cache *cache, off_t *end)
{
    struct head head;
    ssize_t got;
    *end = 0;
    while ((got = read_whole(cache->file, &head, sizeof head)) == (ssize_t)sizeof head &&
           memcmp(head.mark, MARK, sizeof head.mark) == 0 && head.count <= COUNT_AT_MOST) {
        uint64_t hash;
        size_t bytes = head.count * sizeof(double);
        double *numbers = weir_alloc(head.count + 1, sizeof *numbers); /* and the hash */
        got = read_whole(cache->file, numbers, bytes + sizeof hash);
        if (got == (ssize_t)(bytes + sizeof hash))
            memcpy(&hash, numbers + head.count, sizeof hash);
        if (got != (ssize_t)(bytes + sizeof hash) || hash != hash_of(&head, numbers)) {
            free(numbers);
            break;
        }
        add(cache, head.key, numbers, head.count);
        *end += (off_t)(sizeof head + bytes + sizeof hash);
    }
    return got >= 0;
}

int fit_cache_open(const char *path, struct fit_cache **cache)
{
    struct fit_cache *made = *cache = weir_alloc(1, sizeof *made);
    off_t end;
    made->file = -1;
    if (!path)
        return WEIR_OK;
    made->path = weir_copy(path);
    made->file = weir_os->open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (made->file >= 0 && read_all(made, &end) && weir_os->ftruncate(made->file, end) == 0)
        return WEIR_OK;
    int code = weir_error(WEIR_EINPUT, "%s: cannot be read or written: %s", path, strerror(errno));
    if (made->file >= 0)
        weir_os->close(made->file);
    made->file = -1;
    fit_cache_close(made);
    *cache = NULL;
    return code;
}

const double *fit_cache_get(const struct fit_cache *cache, unsigned long long key, size_t count)
{
    int64_t at = weir_key_map_get(&cache->map, key);
    return at >= 0 && cache->entries[at].count == count ? cache->entries[at].numbers : NULL;
}

int fit_cache_keep(struct fit_cache *cache, unsigned long long key, const double *numbers, size_t count)
{
    double *copy = weir_alloc(count, sizeof *copy);
    struct head head = {.key = key, .count = count};
    memcpy(head.mark, MARK, sizeof head.mark);
    memcpy(copy, numbers, count * sizeof *copy);
    add(cache, key, copy, count);
    if (cache->file < 0)
        return WEIR_OK;
    size_t bytes = count * sizeof *numbers;
    uint64_t hash = hash_of(&head, numbers);
    char *record = weir_alloc(sizeof head + bytes + sizeof hash, 1);
    memcpy(record, &head, sizeof head);
    memcpy(record + sizeof head, numbers, bytes);
    memcpy(record + sizeof head + bytes, &hash, sizeof hash);
    bool written = write_whole(cache->file, record, sizeof head + bytes + sizeof hash);
    free(record);
    return written ? WEIR_OK : weir_error(WEIR_EINPUT, "%s: cannot be written: %s", cache->path, strerror(errno));
}

int fit_cache_close(struct fit_cache *cache)
{
    if (!cache)
        return WEIR_OK;
    int code = WEIR_OK;
    if (cache->file >= 0 && weir_os->fsync(cache->file) != 0)
        code = weir_error(WEIR_EINPUT, "%s: cannot be forced to disk: %s", cache->path, strerror(errno));
    if (cache->file >= 0 && weir_os->close(cache->file) != 0 && code == WEIR_OK)
        code = weir_error(WEIR_EINPUT, "%s: cannot be written: %s", cache->path, strerror(errno));
    for (size_t e = 0; e < cache->entry_count; e++)
        free(cache->entries[e].numbers);
    free(cache->entries);
    weir_key_map_fini(&cache->map);
    free(cache->path);
    free(cache);
    return code;
}
