#include "policies/learn/nn/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

#define MAGIC       "WEIRMDL\n"
#define MAGIC_SIZE  8
#define HEADER_SIZE (MAGIC_SIZE + 4 + 8 + 4) /* magic, version, bytes of the file, entries */
#define ENTRY_SIZE  (4 + 4 + 8 + 8)          /* kind, length of the name, rows, columns; then name and data */
#define SUM_SIZE    4

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "model files are little-endian, and so must the machine be");

static size_t number_size(enum nn_file_kind kind)
{
    return kind == NN_FILE_FLOAT ? sizeof(float) : kind == NN_FILE_DOUBLE ? sizeof(double) : 1;
}

void nn_file_fini(struct nn_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        free(file->entries[i].name);
        free(file->entries[i].data);
    }
    free(file->entries);
    *file = (struct nn_file){0};
}

static void put(struct nn_file *file, const char *name, size_t name_size, enum nn_file_kind kind, size_t rows,
                size_t columns, const void *data)
{
    size_t bytes = rows * columns * number_size(kind);
    file->entries = weir_grow(file->entries, file->count + 1, &file->capacity, sizeof *file->entries);
    struct nn_file_entry *entry = &file->entries[file->count++];
    *entry = (struct nn_file_entry){.kind = kind, .rows = rows, .columns = columns};
    entry->name = weir_alloc(name_size + 1, 1);
    memcpy(entry->name, name, name_size);
    entry->data = weir_alloc(bytes + 1, 1);
    if (bytes)
        memcpy(entry->data, data, bytes);
}

void nn_file_put_text(struct nn_file *file, const char *name, const char *text)
{
    put(file, name, strlen(name), NN_FILE_TEXT, 1, strlen(text), text);
}

void nn_file_put_doubles(struct nn_file *file, const char *name, size_t rows, size_t columns, const double *values)
{
    put(file, name, strlen(name), NN_FILE_DOUBLE, rows, columns, values);
}

void nn_file_put_reals(struct nn_file *file, const char *name, size_t rows, size_t columns, const nn_real *values)
{
    put(file, name, strlen(name), sizeof(nn_real) == sizeof(float) ? NN_FILE_FLOAT : NN_FILE_DOUBLE, rows, columns,
        values);
}

const struct nn_file_entry *nn_file_find(const struct nn_file *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (!strcmp(file->entries[i].name, name))
            return &file->entries[i];
    return NULL;
}

int nn_file_get_text(const struct nn_file *file, const char *name, const char **text)
{
    const struct nn_file_entry *entry = nn_file_find(file, name);
    *text = NULL;
    if (!entry || entry->kind != NN_FILE_TEXT)
        return weir_error(WEIR_EINPUT, "there is no text \"%s\" in the model file; it is of another kind of model",
                          name);
    *text = entry->data;
    return 0;
}

static int find_numbers(const struct nn_file *file, const char *name, size_t rows, size_t columns,
                        const struct nn_file_entry **found)
{
    const struct nn_file_entry *entry = *found = nn_file_find(file, name);
    if (!entry || entry->kind == NN_FILE_TEXT)
        return weir_error(WEIR_EINPUT, "there is no array \"%s\" in the model file; it is of another kind of model",
                          name);
    if (entry->rows != rows || entry->columns != columns)
        return weir_error(WEIR_EINPUT,
                          "array \"%s\" of the model file is %zu x %zu, and the model's is %zu x %zu; load it with the "
                          "parameters it was saved with",
                          name, entry->rows, entry->columns, rows, columns);
    return 0;
}

int nn_file_get_doubles(const struct nn_file *file, const char *name, size_t rows, size_t columns, double *values)
{
    const struct nn_file_entry *entry;
    int status = find_numbers(file, name, rows, columns, &entry);
    for (size_t i = 0; !status && i < rows * columns; i++)
        values[i] = entry->kind == NN_FILE_FLOAT ? ((const float *)entry->data)[i] : ((const double *)entry->data)[i];
    return status;
}

int nn_file_get_reals(const struct nn_file *file, const char *name, size_t rows, size_t columns, nn_real *values)
{
    const struct nn_file_entry *entry;
    int status = find_numbers(file, name, rows, columns, &entry);
    for (size_t i = 0; !status && i < rows * columns; i++)
        values[i] = entry->kind == NN_FILE_FLOAT ? (nn_real)((const float *)entry->data)[i]
                                                 : (nn_real)((const double *)entry->data)[i];
    return status;
}

/* CRC-32 as in ISO 3309 and gzip: finds each change within 32 neighbouring bits. */
static uint32_t checksum(const char *bytes, size_t count)
{
    uint32_t table[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    uint32_t sum = 0xffffffffu;
    for (size_t i = 0; i < count; i++)
        sum = table[(sum ^ (unsigned char)bytes[i]) & 0xff] ^ sum >> 8;
    return ~sum;
}

static void add_u32(struct weir_text *text, size_t value)
{
    uint32_t number = (uint32_t)value;
    weir_text_add_bytes(text, &number, sizeof number);
}

static void add_u64(struct weir_text *text, size_t value)
{
    uint64_t number = value;
    weir_text_add_bytes(text, &number, sizeof number);
}

void nn_file_pack(const struct nn_file *file, struct weir_text *bytes)
{
    size_t start = bytes->length;
    weir_text_add_bytes(bytes, MAGIC, MAGIC_SIZE);
    add_u32(bytes, NN_FILE_VERSION);
    add_u64(bytes, 0); /* the size, known at the end */
    add_u32(bytes, file->count);
    for (size_t i = 0; i < file->count; i++) {
        const struct nn_file_entry *entry = &file->entries[i];
        add_u32(bytes, entry->kind);
        add_u32(bytes, strlen(entry->name));
        add_u64(bytes, entry->rows);
        add_u64(bytes, entry->columns);
        weir_text_add(bytes, entry->name);
        weir_text_add_bytes(bytes, entry->data, entry->rows * entry->columns * number_size(entry->kind));
    }
    uint64_t size = bytes->length - start + SUM_SIZE;
    memcpy(bytes->data + start + MAGIC_SIZE + 4, &size, sizeof size);
    add_u32(bytes, checksum(bytes->data + start, bytes->length - start));
}

int nn_file_save(const struct nn_file *file, const char *path)
{
    struct weir_text text = {0};
    nn_file_pack(file, &text);
    char *beside = weir_format("%s.part", path);
    FILE *stream = fopen(beside, "wb");
    bool written = stream && fwrite(text.data, 1, text.length, stream) == text.length;
    int reason = errno;
    if (stream && fclose(stream) && written) {
        written = false;
        reason = errno;
    }
    if (written && rename(beside, path)) {
        written = false;
        reason = errno;
    }
    int status = 0;
    if (!written) {
        if (stream)
            (void)remove(beside);
        status = weir_error(WEIR_EINPUT, "%s: cannot be written: %s", path, strerror(reason));
    }
    free(beside);
    weir_text_fini(&text);
    return status;
}

/* All bytes of a file. */
static int read_bytes(struct weir_text *text, const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno));
    char buffer[4096];
    size_t count;
    errno = 0;
    while ((count = fread(buffer, 1, sizeof buffer, stream)) > 0)
        weir_text_add_bytes(text, buffer, count);
    int status = ferror(stream) ? weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(errno)) : 0;
    fclose(stream);
    return status;
}

static uint64_t get_number(const char *bytes, size_t size)
{
    uint64_t value = 0;
    memcpy(&value, bytes, size);
    return value;
}

static int check_whole(const char *bytes, size_t size, const char *path)
{
    if (size < MAGIC_SIZE || memcmp(bytes, MAGIC, MAGIC_SIZE) != 0)
        return weir_error(WEIR_EINPUT, "%s: is not a model file, which weir writes with --save", path);
    if (size < HEADER_SIZE + SUM_SIZE)
        return weir_error(WEIR_EINPUT, "%s: is cut short after %zu bytes; save the model again", path, size);
    uint64_t version = get_number(bytes + MAGIC_SIZE, 4);
    if (version != NN_FILE_VERSION)
        return weir_error(WEIR_EINPUT,
                          "%s: is a model file of version %llu, and this weir reads version %d; save the model again "
                          "with this one",
                          path, (unsigned long long)version, NN_FILE_VERSION);
    uint64_t stated = get_number(bytes + MAGIC_SIZE + 4, 8);
    if (size < stated)
        return weir_error(WEIR_EINPUT, "%s: is cut short: %zu of %llu bytes are there; save the model again", path,
                          size, (unsigned long long)stated);
    if (size > stated || checksum(bytes, size - SUM_SIZE) != get_number(bytes + size - SUM_SIZE, SUM_SIZE))
        return weir_error(WEIR_EINPUT,
                          "%s: was changed after it was saved: its checksum does not fit; save the model again", path);
    return 0;
}

int nn_file_unpack(struct nn_file *file, const char *name, const char *bytes, size_t count)
{
    int status = check_whole(bytes, count, name);
    if (status)
        return status;
    uint64_t entries = get_number(bytes + HEADER_SIZE - 4, 4);
    size_t at = HEADER_SIZE, end = count - SUM_SIZE;
    for (uint64_t i = 0; i < entries; i++) {
        const char *head = bytes + at;
        if (end - at < ENTRY_SIZE)
            goto wrong;
        uint64_t kind = get_number(head, 4), name_size = get_number(head + 4, 4);
        uint64_t rows = get_number(head + 8, 8), columns = get_number(head + 16, 8), left = end - at - ENTRY_SIZE;
        if (kind < NN_FILE_FLOAT || kind > NN_FILE_TEXT || name_size > left || memchr(head + ENTRY_SIZE, 0, name_size))
            goto wrong;
        left -= name_size;
        uint64_t item = number_size((enum nn_file_kind)kind);
        if (columns && rows > left / item / columns)
            goto wrong;
        put(file, head + ENTRY_SIZE, name_size, (enum nn_file_kind)kind, rows, columns, head + ENTRY_SIZE + name_size);
        at += ENTRY_SIZE + name_size + rows * columns * item;
    }
    if (at == end)
        return 0;
wrong: /* the checksum fits: whoever wrote it was not weir */
    nn_file_fini(file);
    return weir_error(WEIR_EINPUT, "%s: its entries do not fit its size; it was not written by weir", name);
}

int nn_file_load(struct nn_file *file, const char *path)
{
    struct weir_text text = {0};
    int status = read_bytes(&text, path);
    if (!status)
        status = nn_file_unpack(file, path, weir_text_string(&text), text.length);
    weir_text_fini(&text);
    return status;
}

int nn_file_load_model(struct nn_file *file, const char *path, const char *kind)
{
    const char *found;
    int code = nn_file_load(file, path);
    if (code != WEIR_OK)
        return code;
    code = nn_file_get_text(file, "model", &found);
    if (code == WEIR_OK && strcmp(found, kind) == 0)
        return WEIR_OK;
    if (code == WEIR_OK)
        weir_error(WEIR_EINPUT, "it is a model of kind \"%s\", not \"%s\"", found, kind);
    nn_file_fini(file);
    return weir_error_context("%s", path);
}
