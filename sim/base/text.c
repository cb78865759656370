#include "sim/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

static void reserve(struct weir_text *text, size_t more)
{
    text->data = weir_grow(text->data, text->length + more + 1, &text->capacity, 1);
}

void weir_text_add_bytes(struct weir_text *text, const void *bytes, size_t count)
{
    reserve(text, count);
    if (count)
        memcpy(text->data + text->length, bytes, count);
    text->length += count;
    text->data[text->length] = '\0';
}

void weir_text_add(struct weir_text *text, const char *string)
{
    weir_text_add_bytes(text, string, strlen(string));
}

void weir_text_addv(struct weir_text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return;
    reserve(text, (size_t)length);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    text->length += (size_t)length;
}

void weir_text_add_quoted(struct weir_text *text, const char *string)
{
    weir_text_add(text, "\"");
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte == '"' || byte == '\\')
            weir_text_addf(text, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f)
            weir_text_addf(text, "\\u%04x", byte);
        else
            weir_text_add_bytes(text, string, 1);
    }
    weir_text_add(text, "\"");
}

void weir_text_addf(struct weir_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    weir_text_addv(text, format, arguments);
    va_end(arguments);
}

const char *weir_text_string(const struct weir_text *text)
{
    return text->data ? text->data : "";
}

void weir_text_fini(struct weir_text *text)
{
    free(text->data);
    *text = (struct weir_text){0};
}

static int cannot_read(const char *path, int reason)
{
    if (reason == ENOENT)
        return weir_error(WEIR_EINPUT, "%s: no such file; check the path", path);
    return weir_error(WEIR_EINPUT, "%s: cannot be read: %s", path, strerror(reason));
}

int weir_file_check(const char *path, int descriptor)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return cannot_read(path, errno);
    if (S_ISDIR(info.st_mode))
        return weir_error(WEIR_EINPUT, "%s: is a folder, not a file", path);
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode) && !isatty(descriptor))
        return weir_error(WEIR_EINPUT, "%s: is a device or a socket, not a file", path);
    return WEIR_OK;
}

int weir_text_read_file(struct weir_text *text, const char *path)
{
    text->length = 0;
    if (text->data)
        text->data[0] = '\0';
    FILE *file = fopen(path, "rb");
    if (!file)
        return cannot_read(path, errno);

    int code = weir_file_check(path, fileno(file));
    for (bool more = !code; more;) {
        reserve(text, 1 << 16);
        char *block = text->data + text->length;
        size_t got = fread(block, 1, 1 << 16, file);
        const char *zero = memchr(block, 0, got);
        if (zero)
            code = weir_error(WEIR_EINPUT, "%s: has a zero byte at offset %zu, so it is not a text file", path,
                              (size_t)(zero - text->data));
        text->length += got;
        text->data[text->length] = '\0';
        if (!code && text->length > WEIR_FILE_BYTES_AT_MOST)
            code = weir_error(WEIR_EINPUT, "%s: has more than 1 GiB; no such file is read", path);
        more = !code && got > 0;
    }
    if (!code && ferror(file))
        code = cannot_read(path, errno);
    fclose(file);
    return code;
}

const char *weir_quote(const char *text, char buffer[WEIR_QUOTE_SIZE])
{
    const size_t room = WEIR_QUOTE_SIZE - 6; /* two quotes, three dots, NUL */
    size_t length = strlen(text);
    size_t kept = length <= room ? length : room - 8;
    while (kept > 0 && kept < length && ((unsigned char)text[kept] & 0xc0) == 0x80)
        kept--;
    char *end = buffer;
    *end++ = '"';
    for (size_t i = 0, step; i < kept; i += step) {
        const char *c = text + i;
        step = weir_utf8_length(c, length - i);
        bool control = iscntrl((unsigned char)*c) || ((unsigned char)c[0] == 0xc2 && (unsigned char)c[1] < 0xa0);
        if (step && !control && i + step <= kept)
            end = (char *)memcpy(end, c, step) + step;
        else
            *end++ = '?';
        step += !step;
    }
    strcpy(end, kept < length ? "...\"" : "\"");
    return buffer;
}

char *weir_path_beside(const char *base, const char *name)
{
    const char *slash = base ? strrchr(base, '/') : NULL;
    if (name[0] == '/' || !slash)
        return weir_copy(name);
    return weir_format("%.*s/%s", (int)(slash - base), base, name);
}

#define LONGEST_WORD 128

/* Edit distance with swaps of neighbours (Damerau-Levenshtein, optimal string alignment), ignoring case. */
static size_t edit_distance(const char *a, size_t length_a, const char *b, size_t length_b)
{
    size_t rows[3][LONGEST_WORD + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= length_b; j++)
        above[j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
            size_t best = above[j - 1] + (ca != cb);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) && cb == tolower((unsigned char)a[i - 2]) &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[length_b];
}

const char *weir_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word);
    if (length == 0 || length > LONGEST_WORD)
        return NULL;
    size_t limit = length / 3 > 1 ? length / 3 : 1;
    const char *nearest = NULL;
    size_t least = 0;
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(candidates[i]);
        if (other == 0 || other > LONGEST_WORD)
            continue;
        size_t common = length < other ? length : other;
        bool begins = common >= 3 && strncasecmp(word, candidates[i], common) == 0;
        size_t distance = edit_distance(word, length, candidates[i], other);
        bool close = distance <= limit && distance < length; /* not a single letter for another */
        if ((close || begins) && (!nearest || distance < least)) {
            nearest = candidates[i];
            least = distance;
        }
    }
    return nearest;
}

unsigned long long weir_hash(unsigned long long hash, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ byte[i]) * 0x100000001b3ULL;
    return hash;
}

unsigned long long weir_hash_string(unsigned long long hash, const char *string)
{
    return weir_hash(hash, string, strlen(string));
}
