#include "sim/experiment/rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/memory.h"
#include "sim/base/number.h"
#include "sim/experiment/files.h"

#define ROOM   ((size_t)1 << 16)
#define DIGITS 10
#define LEVEL  1 /* quick rather than small: of rows that are much alike little is left all the same */

/* A number and its text: the time of a window stands in all its rows, and many numbers come often. */
struct known {
    uint64_t bits;
    int length;
    char text[WEIR_NUMBER_SIZE];
};
#define KNOWN_BITS 8
#define KNOWN      (1 << KNOWN_BITS)

struct weir_rows {
    FILE *file;
    bool gzip;
    z_stream zip;
    size_t length;
    struct known known[KNOWN];
    char bytes[ROOM];
};

struct weir_rows *weir_rows_new(FILE *file, bool gzip)
{
    struct weir_rows *rows = weir_alloc(1, sizeof *rows);
    rows->file = file;
    rows->gzip = gzip;
    for (int i = 0; i < KNOWN; i++) /* all are 0 */
        rows->known[i].length = weir_number_digits(0, DIGITS, rows->known[i].text);
    if (gzip && deflateInit2(&rows->zip, LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    return rows;
}

/* Passes on what is there; with Z_FINISH, the end of the file. */
static void pass_on(struct weir_rows *rows, int flush)
{
    unsigned char out[ROOM];
    if (!rows->gzip) {
        fwrite(rows->bytes, 1, rows->length, rows->file);
        rows->length = 0;
        return;
    }
    rows->zip.next_in = (unsigned char *)rows->bytes;
    rows->zip.avail_in = (uInt)rows->length;
    do {
        rows->zip.next_out = out;
        rows->zip.avail_out = sizeof out;
        deflate(&rows->zip, flush);
        fwrite(out, 1, sizeof out - rows->zip.avail_out, rows->file);
    } while (rows->zip.avail_out == 0);
    rows->length = 0;
}

/* Room for so many bytes, which is less than all. */
static char *reserve(struct weir_rows *rows, size_t count)
{
    if (rows->length + count > ROOM)
        pass_on(rows, Z_NO_FLUSH);
    return rows->bytes + rows->length;
}

static void add(struct weir_rows *rows, const char *bytes, size_t count)
{
    while (count > ROOM / 2) {
        memcpy(reserve(rows, ROOM / 2), bytes, ROOM / 2);
        rows->length += ROOM / 2;
        bytes += ROOM / 2;
        count -= ROOM / 2;
    }
    memcpy(reserve(rows, count), bytes, count);
    rows->length += count;
}

void weir_rows_text(struct weir_rows *rows, const char *text)
{
    add(rows, text, strlen(text));
}

/* Whether a character may make quotes or a guard necessary. */
static bool is_odd(unsigned char c)
{
    static const bool odd[256] = {[','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true, ['='] = true,
                                  ['+'] = true, ['-'] = true, ['@'] = true,  ['\t'] = true, ['\''] = true};
    return odd[c];
}

void weir_rows_field(struct weir_rows *rows, const char *text)
{
    size_t length = 0;
    bool quoted = false;
    for (; text[length]; length++)
        quoted |= is_odd((unsigned char)text[length]) && strchr(",\"\r\n", text[length]);
    if (!is_odd((unsigned char)*text) && !quoted) {
        add(rows, text, length);
        return;
    }
    if (quoted)
        add(rows, "\"", 1);
    if (weir_csv_is_formula(text))
        add(rows, "'", 1);
    for (; quoted && *text; text++)
        add(rows, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    if (quoted)
        add(rows, "\"", 1);
    else
        add(rows, text, length);
}

void weir_rows_number(struct weir_rows *rows, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    struct known *known = &rows->known[bits * 0x9e3779b97f4a7c15ULL >> (64 - KNOWN_BITS)];
    if (known->bits != bits) {
        known->length = weir_number_digits(value, DIGITS, known->text);
        known->bits = bits;
    }
    add(rows, known->text, (size_t)known->length);
}

void weir_rows_end(struct weir_rows *rows)
{
    if (!rows)
        return;
    pass_on(rows, Z_FINISH);
    if (rows->gzip)
        deflateEnd(&rows->zip);
    free(rows);
}
