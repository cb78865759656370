/* Private to the platform reader: SimGrid's DTD 4.1 as a table, with the few attributes that SimGrid 3.32 wants
 * although its DTD says optional. */
#ifndef WEIR_MODEL_PLATFORM_SCHEMA_H
#define WEIR_MODEL_PLATFORM_SCHEMA_H

#include <stdbool.h>

enum weir_value_kind {
    WEIR_VALUE_TEXT,
    WEIR_VALUE_NAME, /* not empty */
    WEIR_VALUE_SPEEDS,
    WEIR_VALUE_SPEED,
    WEIR_VALUE_BANDWIDTHS,
    WEIR_VALUE_BANDWIDTH,
    WEIR_VALUE_TIME,
    WEIR_VALUE_CORES,   /* a whole number, 1 at least */
    WEIR_VALUE_INTEGER, /* a whole number, 0 at least */
    WEIR_VALUE_NUMBER,
    WEIR_VALUE_CHOICE,
    WEIR_VALUE_ROUTING, /* a choice whose case does not matter */
    WEIR_VALUE_COORDINATES,
};

struct weir_attribute_rule {
    const char *name; /* NULL ends the table */
    enum weir_value_kind kind;
    bool required;
    const char *const *choices; /* NULL-terminated */
};

/* What may stand in an element: children of a later phase come after those of an earlier one; 0 stands in several. A
 * zone holds zones or hosts, not both. */
enum weir_side { WEIR_SIDE_BOTH, WEIR_SIDE_ZONES, WEIR_SIDE_HOSTS };
struct weir_child_rule {
    const char *name; /* NULL ends the table */
    int phase;
    enum weir_side side;
};

struct weir_element_rule {
    const char *name;
    const struct weir_attribute_rule *attributes;
    const struct weir_child_rule *children;
    bool text;           /* may hold text */
    const char *refused; /* why the element is not taken, or NULL */
};

/* The rule of an element, NULL if there is no such element. */
const struct weir_element_rule *weir_platform_rule(const char *element);

/* The known element nearest to a word, or NULL. */
const char *weir_platform_near_element(const char *word);

#endif
