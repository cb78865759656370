/* What kind of values a study varies: numbers, numbers with a unit, or text. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/study.h"

static bool is_json_number(const struct weir_study_value *value)
{
    char *end = NULL;
    if (!value->json || *value->json == '"')
        return false;
    strtod(value->json, &end);
    return end != value->json && !*end;
}

static bool is_quantity(enum weir_unit unit, const char *text)
{
    double value;
    if (weir_quantity_parse(unit, text, &value) == WEIR_OK)
        return true;
    weir_error_clear();
    return false;
}

/* The unit's kind that all of these texts have, NONE if there is none. Work and speed have the same words: what is
 * called a speed is one. */
static enum weir_unit unit_of(const struct weir_study_column *column, const struct weir_study_value *values, int count)
{
    for (enum weir_unit unit = WEIR_UNIT_TIME; unit < WEIR_UNIT_COUNT_OF_UNITS; unit++) {
        bool all = true, any = false;
        for (int v = 0; v < count && all; v++) {
            bool bare =
                !values[v].shown || is_json_number(&values[v]) || strcmp(values[v].shown, "0") == 0; /* is in SI */
            all = bare || is_quantity(unit, values[v].shown);
            any |= !bare;
        }
        size_t length = strlen(column->path);
        if (all && any)
            return unit == WEIR_UNIT_FLOPS && length >= 5 && strcmp(column->path + length - 5, "speed") == 0
                       ? WEIR_UNIT_SPEED
                       : unit;
    }
    return WEIR_UNIT_NONE;
}

struct weir_study_kind weir_study_kind(const struct weir_study *study, int column)
{
    const struct weir_study_column *of = &study->columns[column];
    if (of->kind == WEIR_COLUMN_SAMPLE && !*of->unit)
        return (struct weir_study_kind){.type = WEIR_STUDY_NUMBER};
    char *one = of->kind == WEIR_COLUMN_SAMPLE ? weir_format("1%s", of->unit) : NULL;
    const struct weir_study_value sample = {.shown = one}, *values = one ? &sample : of->values;
    int count = one ? 1 : of->value_count, numbers = 0, there = 0;
    for (int v = 0; v < count; v++) {
        there += values[v].shown != NULL;
        numbers += is_json_number(&values[v]);
    }
    struct weir_study_kind kind = {.type = numbers == there ? WEIR_STUDY_NUMBER : WEIR_STUDY_TEXT};
    if (kind.type == WEIR_STUDY_TEXT && (kind.unit = unit_of(of, values, count)) != WEIR_UNIT_NONE)
        kind.type = WEIR_STUDY_QUANTITY;
    free(one);
    return kind;
}

double weir_study_number(struct weir_study_kind kind, const struct weir_study_value *value)
{
    double number = NAN;
    if (!value->shown || kind.type == WEIR_STUDY_TEXT)
        return NAN;
    if (kind.type == WEIR_STUDY_NUMBER || is_json_number(value))
        return strtod(value->shown, NULL);
    if (weir_quantity_parse(kind.unit, value->shown, &number) != WEIR_OK)
        weir_error_clear();
    return number;
}
