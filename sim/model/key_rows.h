/* How rows of the tables of keys are written; for scenario_keys.c and workload_keys.c alone. A row has a default
 * (`text`) or says what holds without it (`absent`). */
#ifndef WEIR_MODEL_KEY_ROWS_H
#define WEIR_MODEL_KEY_ROWS_H

#include <float.h>
#include <stddef.h>

#include "sim/base/param.h"

#define ENDS(low, high)   .min = (low), .max = (high)
#define AT(record, field) .offset = offsetof(record, field)

#define REAL(record, key, quantity, field, text, low, high, sentence)                                                  \
    WEIR_PARAM_ROW(record, key, WEIR_PARAM_DOUBLE, quantity, field, text, low, high, sentence)
#define REAL_OR(record, key, quantity, field, absent, low, high, sentence)                                             \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_DOUBLE, .unit = (quantity), AT(record, field), .without = (absent),          \
        ENDS(low, high), .help = (sentence)                                                                            \
    }
#define REAL_NEEDED(record, key, quantity, field, low, high, sentence)                                                 \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_DOUBLE, .unit = (quantity), AT(record, field), .required = true,             \
        ENDS(low, high), .help = (sentence)                                                                            \
    }
#define TIME(record, key, field, text, low, sentence)                                                                  \
    REAL(record, key, WEIR_UNIT_TIME, field, text, low, DBL_MAX, sentence)
#define WHOLE(record, key, field, text, low, high, sentence)                                                           \
    WEIR_PARAM_ROW(record, key, WEIR_PARAM_LONG, WEIR_UNIT_NONE, field, text, low, high, sentence)
#define WHOLE_OR(record, key, field, absent, low, high, sentence)                                                      \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_LONG, AT(record, field), .without = (absent), ENDS(low, high),               \
        .help = (sentence)                                                                                             \
    }
#define WHOLE_NEEDED(record, key, field, low, high, sentence)                                                          \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_LONG, AT(record, field), .required = true, ENDS(low, high),                  \
        .help = (sentence)                                                                                             \
    }
#define YES_NO(record, key, field, text, sentence)                                                                     \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_BOOL, AT(record, field), .fallback = (text), .help = (sentence)              \
    }
#define EITHER(record, key, field, text, list, sentence)                                                               \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_EITHER, AT(record, field), .fallback = (text), .choices = (list),            \
        .help = (sentence)                                                                                             \
    }
#define CHOICE(record, key, field, text, list, sentence) WEIR_PARAM_ONE_OF(record, key, field, text, list, sentence)
#define NAME(record, key, field, absent, sentence)                                                                     \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_NAME, AT(record, field), .without = (absent), .help = (sentence)             \
    }
#define NAME_NEEDED(record, key, field, sentence)                                                                      \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_NAME, AT(record, field), .required = true, .help = (sentence)                \
    }
#define VALUE(key, as, keys, absent, sentence)                                                                         \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_VALUE, .forms = (as), .inner = (keys), .without = (absent),                  \
        .help = (sentence)                                                                                             \
    }
#define VALUE_NEEDED(key, as, keys, sentence)                                                                          \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_VALUE, .forms = (as), .inner = (keys), .required = true, .help = (sentence)  \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        0                                                                                                              \
    }

#endif
