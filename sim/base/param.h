/* Parameter tables: a row a parameter, from which binding, checking, help and documentation all come. Public: policies
 * declare their parameters with it. */
#ifndef WEIR_BASE_PARAM_H
#define WEIR_BASE_PARAM_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/quantity.h"

enum weir_param_type {
    WEIR_PARAM_DOUBLE, /* double field; `unit` says how it is written */
    WEIR_PARAM_INT,    /* int field */
    WEIR_PARAM_BOOL,   /* bool field */
    WEIR_PARAM_CHOICE, /* int field: index into `choices` */
    WEIR_PARAM_STRING, /* const char * field, borrowed from the scenario */
    WEIR_PARAM_SLOT,   /* struct weir_json field: a string or an object; its node is NULL by default */
    WEIR_PARAM_LONG,   /* long field */
    WEIR_PARAM_EITHER, /* bool field: false by the first of two `choices`, true by the second */
    WEIR_PARAM_NAME,   /* const char * field, borrowed: a string without control characters, not empty */
    WEIR_PARAM_VALUE,  /* no field: a reader of its own takes what is there; `forms` says as what it is written */
};

/* What a WEIR_PARAM_VALUE may be written as, added up. */
enum weir_param_form {
    WEIR_FORM_STRING = 1,
    WEIR_FORM_NUMBER = 2,
    WEIR_FORM_OBJECT = 4, /* with the keys `inner`, or any if that is NULL */
    WEIR_FORM_LIST = 8,   /* of anything */
    WEIR_FORM_LISTED = 16 /* a list of objects with the keys `inner`, or of other things beside them */
};

/* One parameter. The table ends with a row whose name is NULL. */
struct weir_param {
    const char *name;
    enum weir_param_type type;
    enum weir_unit unit;            /* of doubles */
    size_t offset;                  /* of the field in the struct that holds the parameters */
    const char *fallback;           /* the default as text: "0.8", "30s", "true", a choice */
    double min, max;                /* in base units, both allowed; ignored for bool, choice and string */
    const char *const *choices;     /* NULL-terminated, for choices */
    const char *help;               /* one sentence */
    const char *without;            /* what holds without it where there is no `fallback`, for documentation */
    bool required;                  /* there is no `fallback`, and binding refuses to do without it */
    unsigned forms;                 /* of values */
    const struct weir_param *inner; /* of values that are objects, or lists of them */
};

/* A row by the order of its members. */
#define WEIR_PARAM(key, kind, quantity, place, text, low_end, high_end, list, sentence)                                \
    {                                                                                                                  \
        .name = key, .type = kind, .unit = quantity, .offset = place, .fallback = text, .min = low_end,                \
        .max = high_end, .choices = list, .help = sentence                                                             \
    }
/* A row with its field in `record`, for parameters of policies and the like: WEIR_PARAM_ROW(struct mine, "speed",
 * WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, speed, "0.5", 0, 1, "What it is."). Choices have WEIR_PARAM_ONE_OF. */
#define WEIR_PARAM_ROW(record, key, kind, quantity, field, text, low_end, high_end, sentence)                          \
    {                                                                                                                  \
        .name = key, .type = kind, .unit = quantity, .offset = offsetof(record, field), .fallback = text,              \
        .min = low_end, .max = high_end, .help = sentence                                                              \
    }
#define WEIR_PARAM_ONE_OF(record, key, field, text, list, sentence)                                                    \
    {                                                                                                                  \
        .name = key, .type = WEIR_PARAM_CHOICE, .offset = offsetof(record, field), .fallback = text, .choices = list,  \
        .help = sentence                                                                                               \
    }

/* Checks a table that comes from outside, for a struct of `size` bytes: names, types, places of the fields, defaults,
 * choices, help. Errors: WEIR_EINPUT with the row. */
int weir_param_check(const struct weir_param *table, size_t size);

struct weir_json;

/* Writes the defaults into the struct at base; fields of rows that have none stay as they are. A fallback that does not
 * parse is a programming error. */
void weir_param_defaults(const struct weir_param *table, void *base);

/* Sets fields from the object at `at`. Keys that are in neither the table nor `others` (NULL-terminated, may be NULL)
 * are refused with the near key, and so are required ones that are missing. Errors: WEIR_EINPUT with the place; where
 * errors are collected (remark.h), of each row. */
int weir_param_bind(const struct weir_param *table, const struct weir_json *at, const char *const *others, void *base);

/* Sets fields from those keys of the object at `at` that are in the table, whatever else it has, as in results that a
 * newer version may have made. */
int weir_param_take(const struct weir_param *table, const struct weir_json *at, void *base);

/* Both: the defaults, then what is there. */
int weir_param_read(const struct weir_param *table, const struct weir_json *at, void *base);

/* "0.8 (0 to 1)" and the like: default and range of a row, for help. Returns `buffer`. */
const char *weir_param_describe(const struct weir_param *row, char *buffer, size_t size);

#endif
