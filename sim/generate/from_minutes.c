/* Kind from-minutes: tables with a column for each minute of a day, as the Azure Functions traces have them. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/generate/kinds.h"
#include "sim/generate/rates.h"

enum { MINUTES_AT_MOST = 100000 };

struct options {
    const char *input, *where;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM(
        "input", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(input), NULL, 0, 0, NULL,
        "tables with columns 1, 2, 3 ... of counts, plain or gzip; of several days by comma, in their order; required"),
    WEIR_PARAM("where", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(where), NULL, 0, 0, NULL,
               "only rows whose column begins so: COLUMN=TEXT, as in Trigger=http or HashFunction=00042"),
    {.name = NULL},
};

struct table {
    const struct options *options;
    struct weir_csv_lines lines;
    struct weir_csv_names names;
    int first, minutes; /* columns "1" to "minutes", from `first` on */
    int where;          /* -1: all rows */
    const char *begins;
    double *sum; /* [all minutes], of all tables */
    size_t count;
    size_t rows, left_out;
};

/* The columns "1", "2" and so on, beside each other. */
static int find_minutes(struct table *t)
{
    t->first = -1;
    for (int i = 0; i < (int)t->names.count; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", t->first < 0 ? 1 : i - t->first + 1);
        if (strcmp(t->names.name[i], number) == 0) {
            t->first = t->first < 0 ? i : t->first;
            t->minutes = i - t->first + 1;
        } else if (t->first >= 0) {
            break;
        }
    }
    if (t->first < 0 || t->minutes < 2)
        return weir_csv_error(&t->lines, "has no columns called 1, 2, 3 and so on, one for each minute");
    return WEIR_OK;
}

static int find_where(struct table *t)
{
    const char *where = t->options->where, *equals = where ? strchr(where, '=') : NULL;
    t->where = -1;
    if (!where || !*where)
        return WEIR_OK;
    if (!equals)
        return weir_error(WEIR_EUSAGE, "--where: \"%s\" is not COLUMN=TEXT", where);
    char *name = weir_format("%.*s", (int)(equals - where), where);
    t->begins = equals + 1;
    int code = weir_csv_names_find(&t->names, &t->lines, "--where", name, &t->where);
    free(name);
    return code;
}

static int read_row(struct table *t, double *sum)
{
    char quoted[WEIR_QUOTE_SIZE];
    double number;
    if (t->lines.cell_count != t->names.count)
        return weir_csv_error(&t->lines, "the line has %zu cells, and the first one names %zu columns",
                              t->lines.cell_count, t->names.count);
    if (t->where >= 0 && strncmp(t->lines.cells[t->where], t->begins, strlen(t->begins)) != 0) {
        t->left_out++;
        return WEIR_OK;
    }
    t->rows++;
    for (int m = 0; m < t->minutes; m++) {
        char *cell = t->lines.cells[t->first + m];
        if (weir_csv_is_gap(cell))
            continue;
        if (!weir_csv_number(&t->lines, cell, &number) || number < 0)
            return weir_csv_error(&t->lines, "column \"%d\": %s is no count", m + 1, weir_quote(cell, quoted));
        sum[m] += number;
    }
    return WEIR_OK;
}

/* One table, which is appended to the minutes of those before. */
static int read_table(struct table *t, const char *path)
{
    bool more = true;
    int code = weir_csv_open(&t->lines, path);
    if (code)
        return code;
    code = weir_csv_next(&t->lines, &more);
    if (!code && !more)
        code = weir_error(WEIR_EINPUT, "%s: is empty", path);
    if (!code) {
        weir_csv_names_take(&t->names, &t->lines, false);
        code = find_minutes(t);
    }
    if (!code)
        code = find_where(t);
    if (!code && t->count + (size_t)t->minutes > MINUTES_AT_MOST)
        code = weir_error(WEIR_EINPUT, "--input: has more than %d minutes", MINUTES_AT_MOST);
    if (!code) {
        t->sum = weir_resize(t->sum, t->count + (size_t)t->minutes, sizeof *t->sum);
        for (int m = 0; m < t->minutes; m++)
            t->sum[t->count + (size_t)m] = 0;
    }
    while (!code && !(code = weir_csv_next(&t->lines, &more)) && more)
        code = read_row(t, t->sum + t->count);
    t->count += code ? 0 : (size_t)t->minutes;
    weir_csv_names_fini(&t->names);
    weir_csv_close(&t->lines);
    return code;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    (void)seed; /* nothing is drawn */
    const struct options *o = given;
    struct table t = {.options = o};
    const struct weir_rates_options rates = {.step_s = 60};
    int code = weir_generate_needs("input", o->input);
    char *list = weir_copy(o->input), *rest = list;
    for (char *path; !code && (path = strsep(&rest, ","));)
        code = read_table(&t, path);
    if (!code && t.rows == 0)
        code = weir_error(WEIR_EINPUT, "%s: no row is left to be counted (%zu are left out by --where)", o->input,
                          t.left_out);
    if (!code) {
        weir_remark("%s: %zu rows added up over %zu minutes%s", o->input, t.rows, t.count,
                    t.left_out ? ", others are left out by --where" : "");
        weir_rates_header(out);
    }
    for (size_t i = 0; !code && i < t.count; i++)
        weir_rates_write(&rates, 60 * (double)i, t.sum[i] / 60, out);
    free(t.sum);
    free(list);
    return code;
}

const struct weir_generator weir_generator_from_minutes = {
    .name = "from-minutes",
    .summary = "a series of rates from a table with a column for each minute, as Azure Functions has it (CSV)",
    .detail =
        "The columns 1, 2, 3 ... of all rows are added up, or of those that --where chooses; other columns are for "
        "that.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
