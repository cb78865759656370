#include "sim/base/csv_lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/unpack.h"

#define BLOCK_BYTES (1 << 16)

int weir_csv_open(struct weir_csv_lines *lines, const char *path)
{
    *lines = (struct weir_csv_lines){.path = path};
    int code = weir_unpack_open(path, &lines->file);
    if (code)
        return code;
    lines->size = BLOCK_BYTES;
    lines->block = weir_alloc(lines->size, 1);
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

/* Fills the block; nothing is left to use at the end of the file. */
static int fill(struct weir_csv_lines *lines)
{
    char where[48];
    snprintf(where, sizeof where, " after line %zu", lines->number);
    size_t kept = lines->marked ? lines->filled - lines->mark : 0, got = 0;
    if (lines->marked) {
        if (lines->mark)
            memmove(lines->block, lines->block + lines->mark, kept);
        lines->mark = 0;
        if (lines->size < kept + BLOCK_BYTES)
            lines->block = weir_resize(lines->block, lines->size = 2 * kept + BLOCK_BYTES, 1);
    }
    int code = weir_unpack_read(lines->file, lines->block + kept, BLOCK_BYTES, where, &got);
    lines->used = kept;
    lines->filled = kept + got;
    return code;
}

void weir_csv_mark(struct weir_csv_lines *lines)
{
    lines->marked = true;
    lines->mark = lines->used;
    lines->mark_number = lines->number;
}

void weir_csv_back(struct weir_csv_lines *lines)
{
    lines->marked = false;
    lines->used = lines->mark;
    lines->number = lines->mark_number;
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
            if (lines->used == lines->filled)
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
    if (memchr(line->data, '\0', line->length))
        return weir_csv_error(lines, "has a zero byte, so this is not a text file");
    if (lines->number == 1 && strncmp(line->data, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
        line->length -= 3;
        memmove(line->data, line->data + 3, line->length + 1);
    }
    return WEIR_OK;
}

int weir_csv_line(struct weir_csv_lines *lines, char **line)
{
    bool more;
    int code = read_line(lines, &more);
    *line = !code && more ? lines->line.data : NULL;
    return code;
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
    while (at && (!lines->most_cells || lines->cell_count < lines->most_cells)) {
        lines->cells = weir_grow(lines->cells, lines->cell_count + 1, &lines->cell_capacity, sizeof *lines->cells);
        int code = cut_cell(lines, &at, &lines->cells[lines->cell_count++]);
        if (code)
            return code;
    }
    return WEIR_OK;
}

bool weir_csv_is_gap(const char *cell)
{
    static const char *const words[] = {"nan", "na", "n/a", "#n/a", "null", "none", "nat", "?", "-", NULL};
    if (!*cell)
        return true;
    for (const char *const *w = words; *w; w++)
        if (strcasecmp(cell, *w) == 0)
            return true;
    return false;
}

bool weir_csv_number(const struct weir_csv_lines *lines, char *cell, double *value)
{
    const char *end = weir_number_scan(cell, value);
    char *comma = end && *end == ',' && lines->separator != ',' ? strchr(cell, ',') : NULL;
    if (comma && comma == end && !strpbrk(cell, ".eE") && comma[1 + strspn(comma + 1, "0123456789")] == '\0') {
        *comma = '.';
        end = weir_number_scan(cell, value);
    }
    return end && !*end && isfinite(*value);
}

void weir_csv_names_take(struct weir_csv_names *names, const struct weir_csv_lines *lines, bool numbered)
{
    *names = (struct weir_csv_names){.count = lines->cell_count, .numbered = numbered};
    names->name = weir_alloc(names->count + 1, sizeof *names->name);
    for (size_t i = 0; i < names->count; i++)
        names->name[i] = numbered ? weir_format("%zu", i + 1) : weir_copy(lines->cells[i]);
}

void weir_csv_names_fini(struct weir_csv_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->name[i]);
    free(names->name);
    *names = (struct weir_csv_names){0};
}

int weir_csv_names_find(const struct weir_csv_names *names, const struct weir_csv_lines *lines, const char *option,
                        const char *wanted, int *column)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], wanted) == 0) {
            *column = (int)i;
            return WEIR_OK;
        }
    char *end;
    unsigned long number = strtoul(wanted, &end, 10);
    if (*wanted >= '0' && *wanted <= '9' && !*end && number >= 1 && number <= names->count) {
        *column = (int)number - 1;
        return WEIR_OK;
    }
    struct weir_text list = {0};
    for (size_t i = 0; i < names->count && list.length < 400; i++)
        weir_text_addf(&list, "%s%s", i ? ", " : "", names->name[i]);
    const char *near = weir_nearest(wanted, (const char *const *)names->name, names->count);
    char *by = option ? weir_format(" (%s)", option) : weir_copy("");
    int code;
    if (names->numbered)
        code = weir_csv_error(lines,
                              "there is no column \"%s\"%s, because the file has no line of column names; add one, or "
                              "say which of its %zu columns by number",
                              wanted, by, names->count);
    else if (near)
        code = weir_csv_error(lines, "there is no column \"%s\"%s; did you mean \"%s\"? (columns: %s)", wanted, by,
                              near, weir_text_string(&list));
    else
        code =
            weir_csv_error(lines, "there is no column \"%s\"%s; columns are: %s", wanted, by, weir_text_string(&list));
    weir_text_fini(&list);
    free(by);
    return code;
}
