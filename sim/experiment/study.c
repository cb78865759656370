/* Configurations of a study: which values they have, computed from their number. */
#include "sim/experiment/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"
#include "sim/base/text.h"

void weir_study_value_fini(struct weir_study_value *value)
{
    free(value->json);
    free(value->shown);
    *value = (struct weir_study_value){0};
}

void weir_study_free(struct weir_study *study)
{
    if (!study)
        return;
    for (int c = 0; c < study->column_count; c++) {
        struct weir_study_column *column = &study->columns[c];
        for (int v = 0; v < column->value_count; v++)
            weir_study_value_fini(&column->values[v]);
        free(column->values);
        free(column->path);
        free(column->name);
        free(column->unit);
        free(column->strata);
    }
    free(study->columns);
    free(study->path);
    free(study->name);
    free(study->scenario);
    free(study->policies);
    free(study->seeds);
    free(study);
}

int weir_study_count(const struct weir_study *study)
{
    return study->list_count * study->grid_count * study->sample_count;
}

/* Where in its range a sample lies: anywhere, or within the stratum that the column has for this run. */
static double sample(const struct weir_study *study, const struct weir_study_column *column, int run)
{
    uint64_t key = weir_stream_key(study->sample_seed, column->path);
    struct weir_stream stream = weir_stream_at(key, (uint64_t)run);
    double share = weir_stream_uniform(&stream);
    if (column->strata)
        share = (column->strata[run] + share) / study->sample_count;
    if (column->is_integer)
        return fmin(floor(column->min + share * (column->max - column->min + 1)), column->max);
    if (column->is_log)
        return weir_exp(weir_log(column->min) + share * (weir_log(column->max) - weir_log(column->min)));
    return column->min + share * (column->max - column->min);
}

/* Which of a grid column's values a configuration of the grid has: the first column changes slowest. */
static int choice(const struct weir_study *study, int column, int grid)
{
    for (int c = study->column_count - 1; c > column; c--)
        if (study->columns[c].kind == WEIR_COLUMN_GRID)
            grid /= study->columns[c].value_count;
    return grid % study->columns[column].value_count;
}

struct weir_study_value weir_study_value(const struct weir_study *study, int column, int configuration)
{
    const struct weir_study_column *of = &study->columns[column];
    int run = configuration % study->sample_count, rest = configuration / study->sample_count;
    if (of->kind == WEIR_COLUMN_SAMPLE) {
        char *shown = weir_format(of->is_integer ? "%.0f%s" : "%.9g%s", sample(study, of, run), of->unit);
        return (struct weir_study_value){*of->unit ? weir_format("\"%s\"", shown) : weir_copy(shown), shown};
    }
    int index =
        of->kind == WEIR_COLUMN_LIST ? rest / study->grid_count : choice(study, column, rest % study->grid_count);
    const struct weir_study_value *value = &of->values[index];
    return (struct weir_study_value){weir_copy(value->json), weir_copy(value->shown)};
}

char *weir_study_describe(const struct weir_study *study, int configuration)
{
    struct weir_text text = {0};
    for (int c = 0; c < study->column_count; c++) {
        struct weir_study_value value = weir_study_value(study, c, configuration);
        if (value.shown)
            weir_text_addf(&text, "%s%s=%s", text.length ? ", " : "", study->columns[c].name, value.shown);
        weir_study_value_fini(&value);
    }
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}

void weir_study_change(const struct weir_study *study, int configuration, struct weir_study_changes *made)
{
    size_t count = (size_t)study->column_count, set_count = 0;
    *made = (struct weir_study_changes){.value_count = study->column_count};
    made->sets = weir_alloc(count + 3, sizeof *made->sets);
    made->edits = weir_alloc(count, sizeof *made->edits);
    made->values = weir_alloc(count, sizeof *made->values);
    if (study->policies)
        made->sets[set_count++] = weir_copy(study->policies);
    if (study->seeds)
        made->sets[set_count++] = weir_copy(study->seeds);
    for (int c = 0; c < study->column_count; c++) {
        struct weir_study_value *value = &made->values[c];
        *value = weir_study_value(study, c, configuration);
        if (!value->json)
            continue;
        if (study->columns[c].is_xpath)
            made->edits[made->changes.edit_count++] = (struct weir_platform_edit){study->columns[c].path, value->shown};
        else
            made->sets[set_count++] = weir_format("%s=%s", study->columns[c].path, value->json);
    }
    made->changes.sets = (const char *const *)made->sets;
    made->changes.edits = made->edits;
}

void weir_study_changes_fini(struct weir_study_changes *made)
{
    for (char **set = made->sets; set && *set; set++)
        free(*set);
    for (int v = 0; v < made->value_count; v++)
        weir_study_value_fini(&made->values[v]);
    free(made->sets);
    free(made->edits);
    free(made->values);
    *made = (struct weir_study_changes){0};
}
