/* Quantities as SimGrid 3.32 reads them (its src/xbt/xbt_parse_units.cpp): more prefixes than weir's own, and bare
 * numbers in the base unit. What SimGrid takes is taken here, except what cannot be meant: negative, infinite, NaN. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/model/platform_read.h"

struct factor {
    const char *word;
    double value;
};

static const struct factor short_prefixes[] = {
    {"k", 1e3},     {"M", 1e6},     {"G", 1e9},     {"T", 1e12},    {"P", 1e15},    {"E", 1e18},
    {"Z", 1e21},    {"Y", 1e24},    {"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40},
    {"Pi", 0x1p50}, {"Ei", 0x1p60}, {"Zi", 0x1p70}, {"Yi", 0x1p80}, {NULL, 0},
};
static const struct factor decimal_prefixes[] = {
    {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"E", 1e18}, {"Z", 1e21}, {"Y", 1e24}, {NULL, 0},
};
static const struct factor long_prefixes[] = {
    {"kilo", 1e3}, {"mega", 1e6},   {"giga", 1e9},   {"tera", 1e12}, {"peta", 1e15},
    {"exa", 1e18}, {"zetta", 1e21}, {"yotta", 1e24}, {NULL, 0},
};
static const struct factor no_prefixes[] = {{NULL, 0}};

/* Unit words of a kind with the prefixes each may bear. */
static const struct unit {
    enum weir_unit kind;
    struct factor base;
    const struct factor *prefixes;
} units[] = {
    {WEIR_UNIT_TIME, {"s", 1}, no_prefixes},
    {WEIR_UNIT_TIME, {"ms", 1e-3}, no_prefixes},
    {WEIR_UNIT_TIME, {"us", 1e-6}, no_prefixes},
    {WEIR_UNIT_TIME, {"ns", 1e-9}, no_prefixes},
    {WEIR_UNIT_TIME, {"ps", 1e-12}, no_prefixes},
    {WEIR_UNIT_TIME, {"m", 60}, no_prefixes},
    {WEIR_UNIT_TIME, {"h", 3600}, no_prefixes},
    {WEIR_UNIT_TIME, {"d", 86400}, no_prefixes},
    {WEIR_UNIT_TIME, {"w", 604800}, no_prefixes},
    {WEIR_UNIT_BANDWIDTH, {"Bps", 1}, short_prefixes},
    {WEIR_UNIT_BANDWIDTH, {"bps", 0.125}, short_prefixes},
    {WEIR_UNIT_SPEED, {"f", 1}, decimal_prefixes},
    {WEIR_UNIT_SPEED, {"flops", 1}, long_prefixes},
};

static double factor_of(enum weir_unit kind, const char *word)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const struct unit *unit = &units[i];
        if (unit->kind != kind)
            continue;
        if (strcmp(word, unit->base.word) == 0)
            return unit->base.value;
        for (const struct factor *prefix = unit->prefixes; prefix->word; prefix++) {
            size_t length = strlen(prefix->word);
            if (strncmp(word, prefix->word, length) == 0 && strcmp(word + length, unit->base.word) == 0)
                return prefix->value * unit->base.value;
        }
    }
    return 0;
}

static int quantity(enum weir_unit kind, const char *text, double *value)
{
    char quoted[WEIR_QUOTE_SIZE];
    const char *wanted = weir_unit_describe(kind);
    char *unit;
    double number = strtod(text, &unit);
    if (unit == text)
        return weir_error(WEIR_EINPUT, "%s is not %s", weir_quote(text, quoted), wanted);
    if (!isfinite(number))
        return weir_error(WEIR_EINPUT, "%s is out of range; write %s", weir_quote(text, quoted), wanted);
    double factor = *unit ? factor_of(kind, unit) : 1;
    if (factor == 0) {
        char shown[WEIR_QUOTE_SIZE];
        return weir_error(WEIR_EINPUT, "%s has the unknown unit %s; write %s", weir_quote(text, quoted),
                          weir_quote(unit, shown), wanted);
    }
    if (number < 0)
        return weir_error(WEIR_EINPUT, "%s is negative; write %s", weir_quote(text, quoted), wanted);
    *value = number * factor;
    return 0;
}

bool weir_platform_is_bare(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, ",;");
        char *end;
        double number = strtod(text, &end);
        while (end > text && end < text + length && isspace((unsigned char)*end))
            end++;
        if (end == text + length && length > 0 && number != 0)
            return true;
        text += length + (text[length] != 0);
    }
    return false;
}

int weir_platform_quantities(enum weir_unit kind, const char *text, double *values, size_t room, size_t *count)
{
    const char *separators = kind == WEIR_UNIT_SPEED ? "," : kind == WEIR_UNIT_BANDWIDTH ? ",;" : "";
    *count = 0;
    for (;;) {
        size_t length = strcspn(text, separators);
        size_t used = length;
        while (kind == WEIR_UNIT_SPEED && used > 0 && isspace((unsigned char)text[used - 1]))
            used--;
        char item[128];
        if (used >= sizeof item)
            return weir_error(WEIR_EINPUT, "too long for %s", weir_unit_describe(kind));
        memcpy(item, text, used);
        item[used] = 0;
        double value = 0;
        if (quantity(kind, item, &value) != 0)
            return WEIR_EINPUT;
        if (*count < room)
            values[*count] = value;
        (*count)++;
        if (!text[length])
            return 0;
        text += length + 1;
    }
}
