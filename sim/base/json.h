/* JSON with places: every error names the file and the path of the value in it, as in
 * `city.json: jobs[2].operators[0].flops: -5 is negative; ...`. The only file group that includes cJSON.h besides
 * writers of results. */
#ifndef WEIR_BASE_JSON_H
#define WEIR_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/quantity.h"

struct cJSON;

/* One document: its name for messages and its tree. */
struct weir_json_table; /* the elements of a long list */
struct weir_json_doc {
    char *name;
    struct cJSON *root;
    struct weir_json_table *tables; /* made as they are asked for */
};

/* A value and the way to it. Children point at their parent, which must outlive them: keep parents in the caller's
 * frame, pass by address. */
struct weir_json {
    const struct weir_json_doc *doc;
    const struct cJSON *node;
    const struct weir_json *parent;
    const char *key; /* NULL in arrays and at the root */
    int index;
};

/* Reads a file or a text. Refuses, with line and column: what is not UTF-8, bad syntax, text after the end, a key given
 * twice. Errors: WEIR_EINPUT. *doc is NULL after an error; free with weir_json_free. */
int weir_json_load(const char *path, struct weir_json_doc **doc);
int weir_json_parse(const char *text, const char *name, struct weir_json_doc **doc);
void weir_json_free(struct weir_json_doc *doc);

/* The root value. */
struct weir_json weir_json_root(const struct weir_json_doc *doc);

/* Sets the value at a path such as jobs[0].load.rate; the text is JSON, or else taken as a string. The parent must
 * exist; the last key may be new. Errors: WEIR_EINPUT. */
int weir_json_set(struct weir_json_doc *doc, const char *path, const char *text);

bool weir_json_is_object(const struct weir_json *at);
bool weir_json_is_array(const struct weir_json *at);
bool weir_json_is_string(const struct weir_json *at);
bool weir_json_is_number(const struct weir_json *at);
bool weir_json_is_bool(const struct weir_json *at);
bool weir_json_is_null(const struct weir_json *at);

/* Number of elements of an array or keys of an object, 0 for others. */
int weir_json_size(const struct weir_json *at);

/* The child under a key (case matters): true and *child if there. */
bool weir_json_get(const struct weir_json *at, const char *key, struct weir_json *child);
/* The child at a position of an array or object; 0 <= index < size. */
struct weir_json weir_json_at(const struct weir_json *at, int index);

/* The first child of an array or object, and from one child to the next: false at the end. */
bool weir_json_first(const struct weir_json *at, struct weir_json *child);
bool weir_json_next(struct weir_json *child);

/* WEIR_EINPUT if a required key is absent, with the place. */
int weir_json_need(const struct weir_json *at, const char *key, struct weir_json *child);

/* Refuses keys that are not in the NULL-terminated list, suggesting the near one. Also refuses non-objects. Keys that
 * start with '#' or "//" are comments. */
int weir_json_only(const struct weir_json *at, const char *const *keys);

/* Typed readers; strings are borrowed from the document. Errors: WEIR_EINPUT with the place and what was expected. */
int weir_json_string(const struct weir_json *at, const char **value);
/* A string that is a name (weir_name_fault). */
int weir_json_name(const struct weir_json *at, const char **value);
int weir_json_number(const struct weir_json *at, double min, double max, double *value);
int weir_json_integer(const struct weir_json *at, long min, long max, long *value);
int weir_json_bool(const struct weir_json *at, bool *value);
/* A string with a unit of the kind, not negative unless stated otherwise by min. */
int weir_json_quantity(const struct weir_json *at, enum weir_unit kind, double min, double max, double *value);
/* The index of a string in the NULL-terminated list of choices; suggests the near one. */
int weir_json_choice(const struct weir_json *at, const char *const *choices, int *value);

/* The same on an optional key: leaves *value alone if it is absent. */
int weir_json_opt_string(const struct weir_json *at, const char *key, const char **value);
int weir_json_opt_name(const struct weir_json *at, const char *key, const char **value);
int weir_json_opt_number(const struct weir_json *at, const char *key, double min, double max, double *value);
int weir_json_opt_integer(const struct weir_json *at, const char *key, long min, long max, long *value);
int weir_json_opt_bool(const struct weir_json *at, const char *key, bool *value);
int weir_json_opt_quantity(const struct weir_json *at, const char *key, enum weir_unit kind, double min, double max,
                           double *value);
int weir_json_opt_choice(const struct weir_json *at, const char *key, const char *const *choices, int *value);

/* An error at this place: "file: path: sentence". Returns WEIR_EINPUT. */
int weir_json_error(const struct weir_json *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The path of the value, "jobs[2].name", "" for the root. Owned. */
char *weir_json_path(const struct weir_json *at);

/* The value as compact text. Owned; free with free(). */
char *weir_json_print(const struct weir_json *at);

#endif
