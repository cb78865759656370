/* What a sweep varied: names in words, and values as numbers in one unit. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/report/plot_parts.h"

/* "reactive high" for policies[1].high, NULL if it is none. */
static char *of_policy(const char *path, char **labels, int label_count)
{
    int policy, length = 0;
    if (sscanf(path, "policies[%d].%n", &policy, &length) < 1 || !length || policy < 0 || policy >= label_count)
        return NULL;
    return weir_format("%s %s", labels[policy], path + length);
}

/* Adds what is in quotes, as in [@id='uplink']. Returns whether there was any. */
static bool add_quoted(const char *path, struct weir_text *text)
{
    bool any = false;
    for (const char *at = path; (at = strpbrk(at, "'\"")) != NULL;) {
        const char *end = strchr(at + 1, *at);
        if (!end)
            break;
        if (end > at + 1)
            weir_text_addf(text, "%s%.*s", any ? " " : "", (int)(end - at - 1), at + 1);
        any |= end > at + 1;
        at = end + 1;
    }
    return any;
}

char *weir_plot_plain_path(const char *path, char **labels, int label_count)
{
    char *name = of_policy(path, labels, label_count);
    if (name)
        return name;
    if (*path != '/')
        return weir_copy(strncmp(path, "workload.", 9) == 0 ? path + 9 : path);
    struct weir_text text = {0};
    const char *attribute = strrchr(path, '@'), *element = NULL;
    for (const char *at = path; (at = strchr(at, '/')) != NULL; at++)
        if (islower((unsigned char)at[1]))
            element = at + 1;
    if (!add_quoted(path, &text) && element) /* all of a kind */
        weir_text_addf(&text, "all %.*ss", (int)strspn(element, "abcdefghijklmnopqrstuvwxyz_"), element);
    if (attribute && !strpbrk(attribute, "]'\""))
        weir_text_addf(&text, "%s%s", text.length ? " " : "", attribute + 1);
    name = weir_copy(text.length ? weir_text_string(&text) : path);
    weir_text_fini(&text);
    return name;
}

/* "5ms": 5, and returns where "ms" begins; "*0.5", what an attribute is multiplied by, is 0.5; NULL: no number. */
static const char *number_of(const char *text, double *number)
{
    while (*text == '\'' || *text == '*') /* an apostrophe is put before what looks like a formula */
        text++;
    double sign = *text == '-' ? -1 : 1;
    const char *end = weir_number_scan(text + (*text == '-'), number);
    *number *= sign;
    return end;
}

/* All values have the same letters behind their numbers. */
static bool of_one_unit(struct weir_plot_values *values)
{
    const char *first = NULL;
    for (int v = 0; v < values->count; v++) {
        const char *unit = number_of(values->texts[v], &values->numbers[v]);
        if (!unit || !isfinite(values->numbers[v]))
            return false;
        unit += strspn(unit, " ");
        if (!first)
            first = unit;
        if (strcmp(first, unit) != 0)
            return false;
    }
    snprintf(values->unit, sizeof values->unit, "%s", first && *first ? first : "");
    if (values->count && *values->texts[0] == '*')
        snprintf(values->unit, sizeof values->unit, "factor");
    return values->count > 0 && strlen(values->unit) < 12;
}

/* All are quantities of one kind, in several units: in that of SI. */
static bool of_one_kind(struct weir_plot_values *values)
{
    for (enum weir_unit kind = WEIR_UNIT_TIME; kind < WEIR_UNIT_COUNT_OF_UNITS; kind++) {
        int v = 0;
        while (v < values->count && weir_quantity_parse(kind, values->texts[v], &values->numbers[v]) == WEIR_OK)
            v++;
        weir_error_clear();
        if (v < values->count)
            continue;
        snprintf(values->unit, sizeof values->unit, "%s", weir_unit_symbol(kind));
        return true;
    }
    return false;
}

void weir_plot_values(const struct weir_sheet *sheet, int column, struct weir_plot_values *values)
{
    *values = (struct weir_plot_values){.texts = weir_alloc(sheet->row_count + 1, sizeof *values->texts),
                                        .numbers = weir_alloc(sheet->row_count + 1, sizeof *values->numbers)};
    for (size_t row = 0; row < sheet->row_count; row++) {
        const char *text = weir_sheet_cell(sheet, row, column);
        int at = 0;
        while (at < values->count && strcmp(values->texts[at], text) != 0)
            at++;
        if (at == values->count)
            values->texts[values->count++] = text;
    }
    values->are_numbers = of_one_unit(values) || of_one_kind(values);
}

void weir_plot_values_fini(struct weir_plot_values *values)
{
    free(values->texts);
    free(values->numbers);
    *values = (struct weir_plot_values){0};
}
