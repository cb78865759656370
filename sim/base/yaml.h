/* YAML read as JSON: a document whose values know their places, as those of json.h do. */
#ifndef WEIR_BASE_YAML_H
#define WEIR_BASE_YAML_H

#include <stddef.h>

#include "sim/base/json.h"

/* Reads a text in UTF-8 with one YAML document, by libyaml. Plain words are what YAML's core schema takes them for:
 * null, booleans, decimal numbers, else strings; whatever is quoted is a string. Aliases are copies of what they stand
 * for. Tags are not heeded. Refuses, with line and column: bad syntax, a second document, keys that are no words,
 * nesting deeper than 100, more than a million values; with its place, a key given twice. Errors: WEIR_EINPUT. *doc is
 * NULL after an error; free with weir_json_free. */
int weir_yaml_parse(const char *text, size_t length, const char *name, struct weir_json_doc **doc);

#endif
