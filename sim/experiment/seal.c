#include "sim/experiment/seal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"

/* How a sealed text ends: the seal has 16 digits. */
#define BEFORE ",\n\t\"seal\":\t\""
#define AFTER  "\"\n}\n"
#define DIGITS 16

int weir_seal_sum(const char *path, unsigned long long *bytes, uint32_t *checksum)
{
    unsigned char block[1 << 16];
    ssize_t got = 0;
    *bytes = 0;
    *checksum = 0;
    int file = weir_os->open(path, O_RDONLY | O_CLOEXEC, 0);
    bool failed = file < 0;
    while (!failed && ((got = weir_os->read(file, block, sizeof block)) > 0 || (got < 0 && errno == EINTR))) {
        *bytes += got > 0 ? (unsigned long long)got : 0;
        *checksum = got > 0 ? (uint32_t)crc32(*checksum, block, (uInt)got) : *checksum;
    }
    failed |= got < 0;
    int code = failed ? weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno)) : WEIR_OK;
    if (file >= 0)
        weir_os->close(file);
    return code;
}

int weir_seal_files(cJSON *root, const char *folder, const char *const *names)
{
    cJSON *files = cJSON_AddObjectToObject(root, "files");
    int code = WEIR_OK;
    for (; *names && code == WEIR_OK; names++) {
        unsigned long long bytes;
        uint32_t checksum;
        char *path = weir_format("%s/%s", folder, *names), text[24];
        if (weir_file_exists(path) && (code = weir_seal_sum(path, &bytes, &checksum)) == WEIR_OK) {
            cJSON *file = cJSON_AddObjectToObject(files, *names);
            snprintf(text, sizeof text, "%llu", bytes);
            cJSON_AddRawToObject(file, "bytes", text);
            snprintf(text, sizeof text, "%08x", checksum);
            cJSON_AddStringToObject(file, "crc32", text);
        }
        free(path);
    }
    return code;
}

char *weir_seal_print(const cJSON *root)
{
    char *printed = cJSON_Print(root);
    size_t length = strlen(printed) - strlen("\n}");
    unsigned long long seal = weir_hash(WEIR_HASH_START, printed, length);
    char *text = weir_format("%.*s" BEFORE "%016llx" AFTER, (int)length, printed, seal);
    cJSON_free(printed);
    return text;
}

int weir_seal_check(const char *text, const char *name, bool *sealed)
{
    size_t length = strlen(text), tail = strlen(BEFORE) + DIGITS + strlen(AFTER);
    const char *end = length > tail ? text + length - tail : text, *digits = end + strlen(BEFORE);
    char wanted[DIGITS + 1];
    *sealed = strstr(text, "\"seal\"") != NULL;
    if (!*sealed)
        return WEIR_OK;
    snprintf(wanted, sizeof wanted, "%016llx", weir_hash(WEIR_HASH_START, text, (size_t)(end - text)));
    if (length > tail && strncmp(end, BEFORE, strlen(BEFORE)) == 0 && strcmp(digits + DIGITS, AFTER) == 0 &&
        strncmp(digits, wanted, DIGITS) == 0)
        return WEIR_OK;
    return weir_error(WEIR_EINPUT, "%s: is not as weir wrote it, by its seal: it was edited or damaged", name);
}

/* What a document says of a file. */
static int read_named(const struct weir_json *root, const char *path, const char *name, unsigned long long *bytes,
                      uint32_t *checksum)
{
    struct weir_json files, file, child;
    const char *digits;
    if (!weir_json_get(root, "files", &files) || !weir_json_get(&files, name, &file))
        return weir_error(WEIR_EINPUT, "%s: is not named in %s: weir did not write it", path, root->doc->name);
    int code = weir_json_need(&file, "bytes", &child);
    if (code == WEIR_OK) {
        char *text = weir_json_print(&child);
        *bytes = strtoull(text, NULL, 10);
        free(text);
        code = weir_json_need(&file, "crc32", &child);
    }
    if (code == WEIR_OK && (code = weir_json_string(&child, &digits)) == WEIR_OK)
        *checksum = (uint32_t)strtoul(digits, NULL, 16);
    return code;
}

int weir_seal_check_file(const struct weir_json *root, const char *folder, const char *name)
{
    unsigned long long wanted_bytes = 0, bytes;
    uint32_t wanted = 0, checksum;
    char *path = weir_format("%s/%s", folder, name);
    int code = read_named(root, path, name, &wanted_bytes, &wanted);
    if (code != WEIR_OK)
        goto out;
    if (!weir_file_exists(path))
        code = weir_error(WEIR_EINPUT, "%s: is missing; weir wrote it with %llu bytes", path, wanted_bytes);
    else if ((code = weir_seal_sum(path, &bytes, &checksum)) != WEIR_OK)
        goto out;
    else if (bytes < wanted_bytes)
        code = weir_error(WEIR_EINPUT, "%s: is cut short or edited: it has %llu bytes, and weir wrote %llu", path,
                          bytes, wanted_bytes);
    else if (bytes > wanted_bytes || checksum != wanted)
        code = weir_error(WEIR_EINPUT, "%s: is not as weir wrote it, by its checksum: it was edited or damaged", path);
out:
    free(path);
    return code;
}

int weir_seal_each(const struct weir_json *root, int (*visit)(void *context, const char *name), void *context)
{
    struct weir_json files, file;
    int code = WEIR_OK;
    if (!weir_json_get(root, "files", &files) || !weir_json_is_object(&files))
        return WEIR_OK;
    for (bool more = weir_json_first(&files, &file); more && code == WEIR_OK; more = weir_json_next(&file))
        code = visit(context, file.key);
    return code;
}

int weir_checksums_write(const char *folder, const char *const *names)
{
    cJSON *root = cJSON_CreateObject();
    char *path = weir_format("%s/" WEIR_CHECKSUMS, folder);
    int code = weir_seal_files(root, folder, names);
    if (code == WEIR_OK) {
        char *text = weir_seal_print(root);
        code = weir_file_replace(path, text);
        free(text);
    }
    cJSON_Delete(root);
    free(path);
    return code;
}

int weir_checksums_check(const char *folder, const char *name, bool *known)
{
    struct weir_json_doc *doc = NULL;
    struct weir_text text = {0};
    bool sealed = false;
    char *path = weir_format("%s/" WEIR_CHECKSUMS, folder);
    int code = WEIR_OK;
    *known = false;
    if (weir_file_exists(path) && (code = weir_text_read_file(&text, path)) == WEIR_OK &&
        (code = weir_seal_check(weir_text_string(&text), path, &sealed)) == WEIR_OK)
        code = weir_json_parse(weir_text_string(&text), path, &doc);
    if (doc && !sealed)
        code = weir_error(WEIR_EINPUT, "%s: has no seal: it was edited", path);
    if (doc && code == WEIR_OK) {
        struct weir_json root = weir_json_root(doc), files, file;
        *known = weir_json_get(&root, "files", &files) && weir_json_get(&files, name, &file);
        code = weir_seal_check_file(&root, folder, name);
    }
    weir_json_free(doc);
    weir_text_fini(&text);
    free(path);
    return code;
}
