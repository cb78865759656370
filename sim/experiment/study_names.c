#include "sim/experiment/study_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/record.h"

/* Columns that tables have beside what is varied. */
static const char *const taken[] = {"run",        "key",      "configuration", "policy", "policy_a", "policy_b",
                                    "seed",       "metric",   "unit",          "better", "n",        "mean",
                                    "difference", "ci95_low", "ci95_high",     "p",      "p_holm",   "code",
                                    "message",    "status",   "time",          "share",  NULL};

static bool is_taken(const char *name)
{
    for (const char *const *t = taken; *t; t++)
        if (strcasecmp(*t, name) == 0)
            return true;
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        if (strcasecmp(m->name, name) == 0)
            return true;
    return false;
}

static int set_name(const struct weir_json *at, const struct weir_study *study, struct weir_study_column *column)
{
    const char *name;
    int code = weir_json_string(at, &name);
    if (code)
        return code;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");
    if (!isalpha((unsigned char)*name) || name[length])
        return weir_json_error(
            at, "must begin with a letter and have letters, digits, '_', '-' and '.' only, such as \"backhaul\"");
    if (length > 3 && strcasecmp(name + length - 3, "_si") == 0)
        return weir_json_error(at, "must not end in \"_si\": so are called the columns of numbers in SI");
    if (is_taken(name))
        return weir_json_error(at, "\"%s\" is a column that tables have already; take another name", name);
    for (int c = 0; c < study->column_count; c++)
        if (&study->columns[c] != column && strcasecmp(study->columns[c].name, name) == 0)
            return weir_json_error(at, "\"%s\" is the name of another parameter; take another one", name);
    free(column->name);
    column->name = weir_copy(name);
    return WEIR_OK;
}

int weir_study_opt_name(const struct weir_json *at, const struct weir_study *study, struct weir_study_column *column)
{
    struct weir_json child;
    return weir_json_get(at, "as", &child) ? set_name(&child, study, column) : WEIR_OK;
}

int weir_study_read_names(const struct weir_json *at, struct weir_study *study)
{
    int code = WEIR_OK;
    if (!weir_json_is_object(at))
        return weir_json_error(at, "must be an object of paths and names, such as {\"duration\": \"length\"}");
    for (int i = 0; i < weir_json_size(at) && !code; i++) {
        struct weir_json child = weir_json_at(at, i);
        int c = 0;
        while (c < study->column_count && strcmp(study->columns[c].path, child.key) != 0)
            c++;
        if (*child.key == '#')
            continue;
        code = c < study->column_count ? set_name(&child, study, &study->columns[c])
                                       : weir_json_error(&child, "is not varied in this study; leave its name out");
    }
    return code;
}
