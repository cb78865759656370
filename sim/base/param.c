#include "sim/base/param.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"

#define ROWS_AT_MOST 1000

/* The field of a row, as a pointer to the type the row names. */
#define FIELD(type, row, base) ((type *)((char *)(base) + (row)->offset))

static bool set_default(const struct weir_param *row, void *base)
{
    const char *text = row->fallback;
    char *end = NULL;
    switch (row->type) {
    case WEIR_PARAM_DOUBLE:
        return weir_quantity_parse(row->unit, text, FIELD(double, row, base)) == WEIR_OK;
    case WEIR_PARAM_INT:
        *FIELD(int, row, base) = (int)strtol(text, &end, 10);
        return end > text && *end == '\0';
    case WEIR_PARAM_BOOL:
        *FIELD(bool, row, base) = strcmp(text, "true") == 0;
        return strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    case WEIR_PARAM_CHOICE:
        for (int i = 0; row->choices[i]; i++)
            if (strcmp(row->choices[i], text) == 0) {
                *FIELD(int, row, base) = i;
                return true;
            }
        return false;
    case WEIR_PARAM_STRING:
        *FIELD(const char *, row, base) = text;
        return true;
    case WEIR_PARAM_SLOT:
        *FIELD(struct weir_json, row, base) = (struct weir_json){.key = row->name};
        return true;
    case WEIR_PARAM_LONG:
        *FIELD(long, row, base) = strtol(text, &end, 10);
        return end > text && *end == '\0';
    case WEIR_PARAM_EITHER:
        *FIELD(bool, row, base) = strcmp(row->choices[1], text) == 0;
        return strcmp(row->choices[0], text) == 0 || strcmp(row->choices[1], text) == 0;
    case WEIR_PARAM_NAME:
    case WEIR_PARAM_VALUE:
        return true;
    }
    return false;
}

/* Whether a row may do without a default. */
static bool needs_none(const struct weir_param *row)
{
    return row->required || row->without || row->type == WEIR_PARAM_STRING || row->type == WEIR_PARAM_SLOT ||
           row->type == WEIR_PARAM_NAME || row->type == WEIR_PARAM_VALUE;
}

/* Whether a row without a default leaves its field alone; strings and slots become NULL. */
static bool stays(const struct weir_param *row)
{
    return !row->fallback && (row->required || row->without || row->type == WEIR_PARAM_NAME);
}

void weir_param_defaults(const struct weir_param *table, void *base)
{
    for (const struct weir_param *row = table; row->name; row++) {
        if (stays(row) || ((row->fallback || needs_none(row)) && set_default(row, base)))
            continue;
        fprintf(stderr, "weir: the table of parameters is wrong: the default of %s cannot be \"%s\"\n", row->name,
                row->fallback ? row->fallback : "");
        abort();
    }
}

static size_t size_of(enum weir_param_type type)
{
    switch (type) {
    case WEIR_PARAM_DOUBLE:
        return sizeof(double);
    case WEIR_PARAM_INT:
    case WEIR_PARAM_CHOICE:
        return sizeof(int);
    case WEIR_PARAM_BOOL:
        return sizeof(bool);
    case WEIR_PARAM_STRING:
        return sizeof(const char *);
    case WEIR_PARAM_SLOT:
        return sizeof(struct weir_json);
    case WEIR_PARAM_LONG:
        return sizeof(long);
    case WEIR_PARAM_EITHER:
        return sizeof(bool);
    case WEIR_PARAM_NAME:
        return sizeof(const char *);
    case WEIR_PARAM_VALUE:
        return 1;
    }
    return 0;
}

static size_t alignment_of(enum weir_param_type type)
{
    return type == WEIR_PARAM_SLOT ? _Alignof(struct weir_json) : size_of(type);
}

int weir_param_check(const struct weir_param *table, size_t size)
{
    int code = WEIR_OK;
    char *scratch = weir_alloc(size, 1);
    for (int i = 0; table[i].name && !code; i++) {
        const struct weir_param *row = &table[i];
        size_t field = size_of(row->type);
        if (i == ROWS_AT_MOST)
            code = weir_error(WEIR_EINPUT, "it has no end; the last row must be {0}");
        else if (!field || (unsigned)row->unit >= WEIR_UNIT_COUNT_OF_UNITS)
            code = weir_error(WEIR_EINPUT, "row %d (\"%s\"): unknown type or unit", i, row->name);
        else if (row->offset > size || size - row->offset < field || row->offset % alignment_of(row->type))
            code = weir_error(WEIR_EINPUT,
                              "row %d (\"%s\"): its field lies at byte %zu, which does not fit a state of "
                              "%zu bytes; use offsetof and sizeof",
                              i, row->name, row->offset, size);
        else if ((row->type == WEIR_PARAM_CHOICE || row->type == WEIR_PARAM_EITHER) && !row->choices)
            code = weir_error(WEIR_EINPUT, "row %d (\"%s\"): the choices are missing", i, row->name);
        else if (!row->help)
            code = weir_error(WEIR_EINPUT, "row %d (\"%s\"): the help is missing", i, row->name);
        else if (row->fallback ? !set_default(row, scratch) : !needs_none(row))
            code = weir_error(WEIR_EINPUT, "row %d (\"%s\"): the default cannot be \"%s\"", i, row->name,
                              row->fallback ? row->fallback : "");
    }
    free(scratch);
    return code;
}

/* A whole number within the row's ends and those of the field. */
static int bind_integer(const struct weir_param *row, const struct weir_json *value, long least, long most,
                        long *number)
{
    long min = row->min > (double)least ? (long)ceil(row->min) : least;
    long max = row->max < (double)most ? (long)floor(row->max) : most;
    return weir_json_integer(value, min, max, number);
}

static int bind_row(const struct weir_param *row, const struct weir_json *value, void *base)
{
    long number = 0;
    int choice = 0, code = WEIR_OK;
    switch (row->type) {
    case WEIR_PARAM_DOUBLE:
        return weir_json_quantity(value, row->unit, row->min, row->max, FIELD(double, row, base));
    case WEIR_PARAM_INT:
        code = bind_integer(row, value, INT_MIN, INT_MAX, &number);
        if (!code)
            *FIELD(int, row, base) = (int)number;
        return code;
    case WEIR_PARAM_LONG:
        return bind_integer(row, value, LONG_MIN, LONG_MAX, FIELD(long, row, base));
    case WEIR_PARAM_EITHER:
        code = weir_json_choice(value, row->choices, &choice);
        if (!code)
            *FIELD(bool, row, base) = choice == 1;
        return code;
    case WEIR_PARAM_NAME:
        return weir_json_name(value, FIELD(const char *, row, base));
    case WEIR_PARAM_VALUE:
        return WEIR_OK;
    case WEIR_PARAM_BOOL:
        return weir_json_bool(value, FIELD(bool, row, base));
    case WEIR_PARAM_CHOICE:
        return weir_json_choice(value, row->choices, FIELD(int, row, base));
    case WEIR_PARAM_STRING:
        return weir_json_string(value, FIELD(const char *, row, base));
    case WEIR_PARAM_SLOT:
        if (!weir_json_is_string(value) && !weir_json_is_object(value))
            return weir_json_error(value, "expected a string or an object: %s", row->help);
        *FIELD(struct weir_json, row, base) =
            (struct weir_json){.doc = value->doc, .node = value->node, .key = row->name};
        return WEIR_OK;
    }
    return code;
}

static int bind_rows(const struct weir_param *table, const struct weir_json *at, void *base)
{
    int code = WEIR_OK;
    bool broken = false;
    for (const struct weir_param *row = table; row->name && !code; row++) {
        struct weir_json value;
        int wrong = weir_json_get(at, row->name, &value) ? bind_row(row, &value, base)
                    : row->required                      ? weir_json_need(at, row->name, &value)
                                                         : WEIR_OK;
        broken |= wrong != WEIR_OK;
        code = weir_error_keep(wrong);
    }
    return !code && broken ? weir_error_again() : code;
}

int weir_param_take(const struct weir_param *table, const struct weir_json *at, void *base)
{
    weir_param_defaults(table, base);
    return bind_rows(table, at, base);
}

int weir_param_bind(const struct weir_param *table, const struct weir_json *at, const char *const *others, void *base)
{
    size_t count = 0, capacity = 0;
    const char **keys = NULL;
    for (const struct weir_param *row = table; row->name; row++) {
        keys = weir_grow(keys, count + 1, &capacity, sizeof *keys);
        keys[count++] = row->name;
    }
    for (const char *const *other = others; other && *other; other++) {
        keys = weir_grow(keys, count + 1, &capacity, sizeof *keys);
        keys[count++] = *other;
    }
    keys = weir_grow(keys, count + 1, &capacity, sizeof *keys);
    keys[count] = NULL;
    int code = weir_json_only(at, keys);
    free(keys);
    return code ? code : bind_rows(table, at, base);
}

int weir_param_read(const struct weir_param *table, const struct weir_json *at, void *base)
{
    weir_param_defaults(table, base);
    return weir_param_bind(table, at, NULL, base);
}

const char *weir_param_describe(const struct weir_param *row, char *buffer, size_t size)
{
    const char *fallback = row->fallback   ? row->fallback
                           : row->required ? "required"
                           : row->without  ? row->without
                                           : "none";
    if (row->type == WEIR_PARAM_CHOICE || row->type == WEIR_PARAM_EITHER) {
        struct weir_text text = {0};
        for (int i = 0; row->choices[i]; i++)
            weir_text_addf(&text, "%s%s", i ? ", " : "", row->choices[i]);
        snprintf(buffer, size, "%s (%s)", fallback, weir_text_string(&text));
        weir_text_fini(&text);
        return buffer;
    }
    if (row->type == WEIR_PARAM_BOOL || row->type == WEIR_PARAM_STRING || row->type == WEIR_PARAM_SLOT ||
        row->type == WEIR_PARAM_NAME || row->type == WEIR_PARAM_VALUE) {
        snprintf(buffer, size, "%s", *fallback ? fallback : "\"\"");
        return buffer;
    }
    bool whole = row->type == WEIR_PARAM_INT || row->type == WEIR_PARAM_LONG;
    enum weir_unit unit = whole ? WEIR_UNIT_NONE : row->unit;
    double unlimited = whole ? INT_MAX : 1e300;
    bool low = row->min > -unlimited, high = row->max < unlimited;
    char min[32], max[32];
    weir_quantity_show(unit, row->min, min, sizeof min);
    weir_quantity_show(unit, row->max, max, sizeof max);
    if (low && row->min > 0 && row->min < 1e-100)
        strcpy(min, "more than 0");
    if (low && high)
        snprintf(buffer, size, "%s (%s to %s)", fallback, min, max);
    else if (low)
        snprintf(buffer, size, "%s (%s%s)", fallback, strncmp(min, "more", 4) == 0 ? "" : "at least ", min);
    else if (high)
        snprintf(buffer, size, "%s (at most %s)", fallback, max);
    else
        snprintf(buffer, size, "%s", fallback);
    return buffer;
}
