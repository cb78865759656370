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
};

/* One parameter. The table ends with a row whose name is NULL. */
struct weir_param {
    const char *name;
    enum weir_param_type type;
    enum weir_unit unit;        /* of doubles */
    size_t offset;              /* of the field in the struct that holds the parameters */
    const char *fallback;       /* the default as text: "0.8", "30s", "true", a choice */
    double min, max;            /* in base units, both allowed; ignored for bool, choice and string */
    const char *const *choices; /* NULL-terminated, for choices */
    const char *help;           /* one sentence */
};

/* Checks a table that comes from outside, for a struct of `size` bytes: names, types, places of the fields, defaults,
 * choices, help. Errors: WEIR_EINPUT with the row. */
int weir_param_check(const struct weir_param *table, size_t size);

struct weir_json;

/* Writes the defaults into the struct at base. A fallback that does not parse is a programming error. */
void weir_param_defaults(const struct weir_param *table, void *base);

/* Sets fields from the object at `at`. Keys that are in neither the table nor `others` (NULL-terminated, may be NULL)
 * are refused with the near key. Errors: WEIR_EINPUT with the place; where errors are collected (remark.h), of each
 * row. */
int weir_param_bind(const struct weir_param *table, const struct weir_json *at, const char *const *others, void *base);

/* "0.8 (0 to 1)" and the like: default and range of a row, for help. Returns `buffer`. */
const char *weir_param_describe(const struct weir_param *row, char *buffer, size_t size);

#endif
