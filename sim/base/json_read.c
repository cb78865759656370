/* The typed readers: what a value must be, and what is said when it is not. */
#include <cjson/cJSON.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/json_tree.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/base/utf8.h"

/* Limits so far out that nobody means them. */
static bool is_limit(double limit)
{
    return fabs(limit) < 1e300;
}

#define GOT_SIZE (WEIR_QUOTE_SIZE + 16)

/* "the number 5", "an array", ... */
static const char *what_is(const cJSON *node, char buffer[GOT_SIZE])
{
    char quoted[WEIR_QUOTE_SIZE];
    if (cJSON_IsNumber(node))
        snprintf(buffer, GOT_SIZE, "the number %.15g", node->valuedouble);
    else if (cJSON_IsString(node))
        snprintf(buffer, GOT_SIZE, "the string %s", weir_quote(node->valuestring, quoted));
    else
        strcpy(buffer, cJSON_IsObject(node)  ? "an object"
                       : cJSON_IsArray(node) ? "an array"
                       : cJSON_IsTrue(node)  ? "true"
                       : cJSON_IsFalse(node) ? "false"
                                             : "null");
    return buffer;
}

static int wrong_type(const struct weir_json *at, const char *expected)
{
    char got[GOT_SIZE];
    return weir_json_error(at, "expected %s, got %s", expected, what_is(at->node, got));
}

/* "must be from 0 s to 10 s" and the like; `shown` is the value as the user sees it. */
static int check_range(const struct weir_json *at, enum weir_unit kind, const char *shown, double value, double min,
                       double max)
{
    if (value >= min && value <= max)
        return WEIR_OK;
    char low[32], high[32];
    weir_quantity_show(kind, min, low, sizeof low);
    weir_quantity_show(kind, max, high, sizeof high);
    const char *what = value > max ? "too large" : value < 0 && min >= 0 ? "negative" : "too small";
    if (min > 0 && min < 1e-100) { /* the least positive number stands for an open limit at zero */
        if (is_limit(max))
            return weir_json_error(at, "%s is %s; it must be more than 0 and at most %s", shown, what, high);
        return weir_json_error(at, "%s is %s; it must be more than 0", shown, value == 0 ? "zero" : what);
    }
    if (is_limit(min) && is_limit(max))
        return weir_json_error(at, "%s is %s; it must be from %s to %s", shown, what, low, high);
    if (is_limit(min))
        return weir_json_error(at, "%s is %s; it must be at least %s", shown, what, low);
    return weir_json_error(at, "%s is %s; it must be at most %s", shown, what, high);
}

/* "a, b, c" */
static char *join(const char *const *words)
{
    struct weir_text text = {0};
    for (int i = 0; words[i]; i++)
        weir_text_addf(&text, "%s%s", i ? ", " : "", words[i]);
    return text.data ? text.data : weir_copy("none");
}

static size_t length_of(const char *const *words)
{
    size_t count = 0;
    while (words[count])
        count++;
    return count;
}

int weir_json_need(const struct weir_json *at, const char *key, struct weir_json *child)
{
    if (!weir_json_is_object(at))
        return wrong_type(at, "an object");
    if (!weir_json_get(at, key, child))
        return weir_json_error(at, "the key \"%s\" is missing; add it", key);
    return WEIR_OK;
}

int weir_json_only(const struct weir_json *at, const char *const *keys)
{
    if (!weir_json_is_object(at))
        return wrong_type(at, "an object");
    for (const cJSON *child = at->node->child; child; child = child->next) {
        bool known = weir_json_is_comment(child->string);
        for (int i = 0; keys[i] && !known; i++)
            known = strcmp(keys[i], child->string) == 0;
        if (known)
            continue;
        char quoted[WEIR_QUOTE_SIZE];
        weir_quote(child->string, quoted);
        const char *near = weir_nearest(child->string, keys, length_of(keys));
        char *list = near ? NULL : join(keys);
        int code = near ? weir_json_error(at, "unknown key %s; did you mean \"%s\"?", quoted, near)
                        : weir_json_error(at, "unknown key %s; known keys are: %s", quoted, list);
        free(list);
        if (weir_error_keep(code))
            return code;
    }
    return WEIR_OK;
}

int weir_json_string(const struct weir_json *at, const char **value)
{
    if (!weir_json_is_string(at))
        return wrong_type(at, "a string");
    *value = at->node->valuestring;
    return WEIR_OK;
}

int weir_json_name(const struct weir_json *at, const char **value)
{
    int code = weir_json_string(at, value);
    const char *fault = code ? NULL : weir_name_fault(*value);
    char quoted[WEIR_QUOTE_SIZE];
    if (!fault)
        return code;
    return **value ? weir_json_error(at, "the name %s %s; choose another", weir_quote(*value, quoted), fault)
                   : weir_json_error(at, "must not be empty");
}

int weir_json_opt_name(const struct weir_json *at, const char *key, const char **value)
{
    struct weir_json child;
    return weir_json_get(at, key, &child) ? weir_json_name(&child, value) : WEIR_OK;
}

int weir_json_number(const struct weir_json *at, double min, double max, double *value)
{
    if (!weir_json_is_number(at))
        return wrong_type(at, "a number");
    double number = at->node->valuedouble;
    char shown[32];
    snprintf(shown, sizeof shown, "%.15g", number);
    int code = check_range(at, WEIR_UNIT_NONE, shown, number, min, max);
    if (!code)
        *value = number;
    return code;
}

int weir_json_integer(const struct weir_json *at, long min, long max, long *value)
{
    if (!weir_json_is_number(at))
        return wrong_type(at, "a whole number");
    double number = at->node->valuedouble;
    char shown[32];
    snprintf(shown, sizeof shown, "%.15g", number);
    if (number != floor(number))
        return weir_json_error(at, "%s is not a whole number", shown);
    int code = check_range(at, WEIR_UNIT_NONE, shown, number, min == LONG_MIN ? -INFINITY : (double)min,
                           max == LONG_MAX ? INFINITY : (double)max);
    if (code)
        return code;
    if (fabs(number) > 0x1p53)
        return weir_json_error(at, "%s is too large to be held exactly; at most 2^53 can be", shown);
    *value = (long)number;
    return WEIR_OK;
}

int weir_json_bool(const struct weir_json *at, bool *value)
{
    if (!weir_json_is_bool(at))
        return wrong_type(at, "true or false");
    *value = cJSON_IsTrue(at->node);
    return WEIR_OK;
}

int weir_json_quantity(const struct weir_json *at, enum weir_unit kind, double min, double max, double *value)
{
    if (kind == WEIR_UNIT_NONE)
        return weir_json_number(at, min, max, value);
    double number = 0;
    char shown[WEIR_QUOTE_SIZE] = "0";
    if (weir_json_is_number(at)) {
        if (at->node->valuedouble != 0)
            return weir_json_error(at, "%.15g has no unit; write %s, in quotes", at->node->valuedouble,
                                   weir_unit_describe(kind));
    } else if (weir_json_is_string(at)) {
        weir_quote(at->node->valuestring, shown);
        if (weir_quantity_parse(kind, at->node->valuestring, &number))
            return weir_json_error(at, "%s", weir_error_message());
    } else {
        return wrong_type(at, weir_unit_describe(kind));
    }
    int code = check_range(at, kind, shown, number, min, max);
    if (!code)
        *value = number;
    return code;
}

int weir_json_choice(const struct weir_json *at, const char *const *choices, int *value)
{
    const char *word;
    char *list = join(choices);
    int code;
    if (!weir_json_is_string(at)) {
        char got[GOT_SIZE];
        code = weir_json_error(at, "expected one of %s, got %s", list, what_is(at->node, got));
        goto out;
    }
    word = at->node->valuestring;
    for (int i = 0; choices[i]; i++)
        if (strcmp(choices[i], word) == 0) {
            *value = i;
            code = WEIR_OK;
            goto out;
        }
    char quoted[WEIR_QUOTE_SIZE];
    weir_quote(word, quoted);
    const char *near = weir_nearest(word, choices, length_of(choices));
    if (near)
        code = weir_json_error(at, "unknown value %s; did you mean \"%s\"? (choices: %s)", quoted, near, list);
    else
        code = weir_json_error(at, "unknown value %s; choices are: %s", quoted, list);
out:
    free(list);
    return code;
}

/* For the readers below: what is wrong with a value that may be left out is kept, if errors are, and the value stays as
 * it was. */
#define KEEP(value, read)                                                                                              \
    do {                                                                                                               \
        __typeof__(*(value)) before = *(value);                                                                        \
        struct weir_json child;                                                                                        \
        int code = weir_json_get(at, key, &child) ? (read) : WEIR_OK;                                                  \
        if (code)                                                                                                      \
            *(value) = before;                                                                                         \
        return weir_error_keep(code);                                                                                  \
    } while (0)

int weir_json_opt_string(const struct weir_json *at, const char *key, const char **value)
{
    KEEP(value, weir_json_string(&child, value));
}

int weir_json_opt_number(const struct weir_json *at, const char *key, double min, double max, double *value)
{
    KEEP(value, weir_json_number(&child, min, max, value));
}

int weir_json_opt_integer(const struct weir_json *at, const char *key, long min, long max, long *value)
{
    KEEP(value, weir_json_integer(&child, min, max, value));
}

int weir_json_opt_bool(const struct weir_json *at, const char *key, bool *value)
{
    KEEP(value, weir_json_bool(&child, value));
}

int weir_json_opt_quantity(const struct weir_json *at, const char *key, enum weir_unit kind, double min, double max,
                           double *value)
{
    KEEP(value, weir_json_quantity(&child, kind, min, max, value));
}

int weir_json_opt_choice(const struct weir_json *at, const char *key, const char *const *choices, int *value)
{
    KEEP(value, weir_json_choice(&child, choices, value));
}

static void add_path(const struct weir_json *at, struct weir_text *path)
{
    if (at->parent)
        add_path(at->parent, path);
    else if (!at->key)
        return;
    if (at->key)
        weir_text_addf(path, "%s%s", path->length ? "." : "", at->key);
    else
        weir_text_addf(path, "[%d]", at->index);
}

char *weir_json_path(const struct weir_json *at)
{
    struct weir_text path = {0};
    add_path(at, &path);
    return path.data ? path.data : weir_copy("");
}
