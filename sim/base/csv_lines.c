#include "sim/base/csv_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/unpack.h"

#define BLOCK_BYTES (1 << 16)

int weir_csv_open(struct weir_csv_lines *lines, const char *path)
{
    *lines = (struct weir_csv_lines){.path = path};
    int code = weir_unpack_open(path, &lines->file);
    if (code)
        return code;
    lines->block = weir_alloc(BLOCK_BYTES, 1);
    return WEIR_OK;
}

void weir_csv_close(struct weir_csv_lines *lines)
{
    weir_unpack_close(lines->file);
    free(lines->block);
    free(lines->cells);
    weir_text_fini(&lines->line);
    *lines = (struct weir_csv_lines){0};
}

int weir_csv_error(const struct weir_csv_lines *lines, const char *format, ...)
{
    struct weir_text sentence = {0};
    va_list arguments;
    va_start(arguments, format);
    weir_text_addv(&sentence, format, arguments);
    va_end(arguments);
    int code = weir_error(WEIR_EINPUT, "%s:%zu: %s", lines->path, lines->number, weir_text_string(&sentence));
    weir_text_fini(&sentence);
    return code;
}

/* Fills the block; `filled` is 0 at the end of the file. */
static int fill(struct weir_csv_lines *lines)
{
    char where[48];
    snprintf(where, sizeof where, " after line %zu", lines->number);
    lines->used = lines->filled = 0;
    return weir_unpack_read(lines->file, lines->block, BLOCK_BYTES, where, &lines->filled);
}

/* The next line without its end. */
static int read_line(struct weir_csv_lines *lines, bool *more)
{
    lines->line.length = 0;
    weir_text_add_bytes(&lines->line, "", 0);
    *more = false;
    for (;;) {
        if (lines->used == lines->filled) {
            int code = fill(lines);
            if (code)
                return code;
            if (lines->filled == 0)
                break;
        }
        *more = true;
        const char *start = lines->block + lines->used;
        size_t left = lines->filled - lines->used;
        const char *end = memchr(start, '\n', left);
        weir_text_add_bytes(&lines->line, start, end ? (size_t)(end - start) : left);
        lines->used += end ? (size_t)(end - start) + 1 : left;
        if (end)
            break;
    }
    lines->number += *more;
    struct weir_text *line = &lines->line;
    if (line->length > 0 && line->data[line->length - 1] == '\r')
        line->data[--line->length] = '\0';
    if (strlen(line->data) != line->length)
        return weir_csv_error(lines, "has a zero byte, so this is not a text file");
    if (lines->number == 1 && strncmp(line->data, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
        line->length -= 3;
        memmove(line->data, line->data + 3, line->length + 1);
    }
    return WEIR_OK;
}

/* A cell that begins at *at, in quotes or not: ends it with a NUL, trims it and moves *at to the next cell, or to NULL
 * at the end of the line. */
static int cut_cell(struct weir_csv_lines *lines, char **at, char **cell)
{
    char separator = lines->separator;
    char *c = *at;
    while (*c == ' ' || (*c == '\t' && separator != '\t'))
        c++;
    char *end;
    if (*c == '"') {
        char *to = *cell = ++c;
        while (*c && (*c != '"' || c[1] == '"')) {
            c += *c == '"';
            *to++ = *c++;
        }
        if (!*c)
            return weir_csv_error(lines, "a quoted cell is not closed; add the missing '\"'");
        c++;
        while (*c == ' ')
            c++;
        if (*c && *c != separator)
            return weir_csv_error(lines, "text follows a quoted cell; put the separator '%s' between",
                                  separator == '\t' ? "tab" : (char[]){separator, '\0'});
        end = to;
    } else {
        *cell = c;
        while (*c && *c != separator)
            c++;
        end = c;
        while (end > *cell && (end[-1] == ' ' || end[-1] == '\t'))
            end--;
    }
    *at = *c ? c + 1 : NULL;
    *end = '\0';
    return WEIR_OK;
}

/* Tab before semicolon before comma: numbers may hold a comma, and dates and names none of the first two. */
static char find_separator(const char *line)
{
    return strchr(line, '\t') ? '\t' : strchr(line, ';') ? ';' : ',';
}

int weir_csv_next(struct weir_csv_lines *lines, bool *more)
{
    for (;;) {
        int code = read_line(lines, more);
        if (code || !*more)
            return code;
        const char *line = lines->line.data;
        line += strspn(line, " \t");
        if (*line && *line != '#')
            break;
    }
    if (!lines->separator)
        lines->separator = find_separator(lines->line.data);
    lines->cell_count = 0;
    char *at = lines->line.data;
    while (at) {
        lines->cells = weir_grow(lines->cells, lines->cell_count + 1, &lines->cell_capacity, sizeof *lines->cells);
        int code = cut_cell(lines, &at, &lines->cells[lines->cell_count++]);
        if (code)
            return code;
    }
    return WEIR_OK;
}
