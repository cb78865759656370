#include "sim/report/sweep_data.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/experiment/seal.h"
#include "sim/report/data.h"

/* Bytes that a row of aggregate.csv and of pairs.csv takes in the page. */
#define ROW_BYTES      30
#define PAIR_BYTES     45
#define FAILURES_SHOWN 50

/* What varies: the columns from the one after "configuration" up to before `before`. */
static void columns(const struct weir_sheet *sheet, const char *before, int *first, int *end)
{
    *first = weir_sheet_column(sheet, "configuration") + 1;
    *end = weir_sheet_column(sheet, before);
}

static bool is_metric(const struct weir_sheet *sheet, size_t row, int column, const char *metric)
{
    return strcmp(weir_sheet_cell(sheet, row, column), metric) == 0;
}

/* Every how many configurations one goes in. */
static size_t stride_for(size_t rows, size_t bytes, size_t room)
{
    return rows * bytes / (room ? room : 1) + 1;
}

static bool goes_in(const struct weir_sheet *sheet, size_t row, int configuration, size_t stride)
{
    double number = weir_sheet_number(sheet, row, configuration);
    return number >= 1 && ((size_t)number - 1) % stride == 0;
}

static void add_configurations(struct weir_text *text, const struct weir_sheet *sheet, size_t stride)
{
    int configuration = weir_sheet_column(sheet, "configuration"), first, end;
    columns(sheet, "policy", &first, &end);
    weir_text_add(text, "\"parameters\":[");
    for (int c = first; c < end; c++) {
        weir_data_string(text, sheet->cells[c]);
        weir_text_add(text, ",");
    }
    weir_data_end(text);
    weir_text_add(text, "],\"configurations\":[");
    double last = 0;
    for (size_t row = 0; row < sheet->row_count; row++) {
        if (weir_sheet_number(sheet, row, configuration) == last || !goes_in(sheet, row, configuration, stride))
            continue;
        last = weir_sheet_number(sheet, row, configuration);
        weir_text_addf(text, "[%.0f,", last);
        for (int c = first; c < end; c++) {
            weir_data_string(text, weir_sheet_cell(sheet, row, c));
            weir_text_add(text, ",");
        }
        weir_data_end(text);
        weir_text_add(text, "],");
    }
    weir_data_end(text);
    weir_text_add(text, "]");
}

static void add_number(struct weir_text *text, const struct weir_sheet *sheet, size_t row, int column)
{
    char *end;
    const char *cell = weir_sheet_cell(sheet, row, column);
    double value = strtod(cell, &end);
    if (!*cell || *end)
        weir_text_add(text, "null,");
    else
        weir_text_addf(text, "%.5g,", value);
}

/* "metric":[[configuration, policy, n, mean, low, high], ...] */
static void add_means(struct weir_text *text, const struct weir_results *results, const char *metric, size_t stride)
{
    const struct weir_sheet *sheet = &results->summary;
    int configuration = weir_sheet_column(sheet, "configuration"), policy = weir_sheet_column(sheet, "policy");
    int name = weir_sheet_column(sheet, "metric");
    int figures[] = {weir_sheet_column(sheet, "n"), weir_sheet_column(sheet, "mean"),
                     weir_sheet_column(sheet, "ci95_low"), weir_sheet_column(sheet, "ci95_high")};
    weir_data_string(text, metric);
    weir_text_add(text, ":[");
    for (size_t row = 0; row < sheet->row_count; row++) {
        if (!is_metric(sheet, row, name, metric) || !goes_in(sheet, row, configuration, stride))
            continue;
        int label = 0;
        while (strcmp(results->labels[label], weir_sheet_cell(sheet, row, policy)) != 0)
            label++;
        weir_text_addf(text, "[%s,%d,", weir_sheet_cell(sheet, row, configuration), label);
        for (size_t f = 0; f < sizeof figures / sizeof *figures; f++)
            add_number(text, sheet, row, figures[f]);
        weir_data_end(text);
        weir_text_add(text, "],");
    }
    weir_data_end(text);
    weir_text_add(text, "],");
}

/* [[configuration, a, b, metric, n, difference, low, high, p, p_holm], ...] */
static void add_pairs(struct weir_text *text, struct weir_results *results, size_t room, struct weir_text *notes)
{
    static const char *const figures[] = {"n", "difference", "ci95_low", "ci95_high", "p", "p_holm"};
    struct weir_sheet sheet = {0};
    char *path = weir_format("%s/pairs.csv", results->folder);
    if (!weir_file_exists(path)) {
        weir_results_tell(results, "%s is not there: paired differences are missing", path);
        goto out;
    }
    if (weir_results_sheet(results, "pairs.csv", &sheet) != WEIR_OK) {
        weir_results_tell(results, "%s; it is left out", weir_error_message());
        weir_error_clear();
        goto out;
    }
    int configuration = weir_sheet_column(&sheet, "configuration"), metric = weir_sheet_column(&sheet, "metric");
    int a = weir_sheet_column(&sheet, "policy_a"), b = weir_sheet_column(&sheet, "policy_b");
    size_t stride = stride_for(sheet.row_count, PAIR_BYTES, room);
    for (size_t row = 0; row < sheet.row_count; row++) {
        if (!goes_in(&sheet, row, configuration, stride))
            continue;
        weir_text_addf(text, "[%.0f,", weir_sheet_number(&sheet, row, configuration));
        const int names[] = {a, b, metric};
        for (int i = 0; i < 3; i++) {
            weir_data_string(text, weir_sheet_cell(&sheet, row, names[i]));
            weir_text_add(text, ",");
        }
        for (size_t f = 0; f < sizeof figures / sizeof *figures; f++)
            add_number(text, &sheet, row, weir_sheet_column(&sheet, figures[f]));
        weir_data_end(text);
        weir_text_add(text, "],");
    }
    weir_data_end(text);
    if (stride > 1)
        weir_text_addf(notes, "\"Paired differences of every %zuth configuration are in the page; pairs.csv has all\",",
                       stride);
out:
    weir_sheet_fini(&sheet);
    free(path);
}

static void add_failures(struct weir_text *text, struct weir_results *results)
{
    struct weir_sheet sheet = {0};
    char *path = weir_format("%s/failures.csv", results->folder);
    bool is_there = weir_file_exists(path), known = false;
    if (weir_checksums_check(results->folder, "failures.csv", &known) != WEIR_OK && (is_there || known))
        weir_results_tell(results, "%s; it is left out", weir_error_message());
    else if (is_there && weir_sheet_read(path, &sheet) == WEIR_OK && sheet.row_count) {
        int run = weir_sheet_column(&sheet, "run"), policy = weir_sheet_column(&sheet, "policy");
        int seed = weir_sheet_column(&sheet, "seed"), message = weir_sheet_column(&sheet, "message");
        weir_results_tell(results, "%zu runs failed and are left out%s", sheet.row_count,
                          sheet.row_count > FAILURES_SHOWN ? "; the first of them are listed" : "");
        for (size_t row = 0; row < sheet.row_count && row < FAILURES_SHOWN; row++)
            weir_results_tell(results, "Run %s (%s, seed %s): %s", weir_sheet_cell(&sheet, row, run),
                              weir_sheet_cell(&sheet, row, policy), weir_sheet_cell(&sheet, row, seed),
                              weir_sheet_cell(&sheet, row, message));
    }
    weir_error_clear();
    weir_sheet_fini(&sheet);
    free(path);
}

void weir_sweep_data(struct weir_text *text, struct weir_results *results, size_t room, struct weir_text *notes)
{
    const struct weir_sheet *sheet = &results->summary;
    int name = weir_sheet_column(sheet, "metric"), unit = weir_sheet_column(sheet, "unit");
    int better = weir_sheet_column(sheet, "better");
    size_t stride = stride_for(sheet->row_count, ROW_BYTES, room / 2);
    struct weir_text metrics = {0};
    if (stride > 1)
        weir_text_addf(notes, "\"Every %zuth configuration is in the page; aggregate.csv has all\",", stride);
    weir_text_add(text, "{");
    add_configurations(text, sheet, stride);
    weir_text_add(text, ",\"values\":{");
    for (size_t row = 0; row < sheet->row_count; row++) {
        const char *metric = weir_sheet_cell(sheet, row, name);
        bool first = true; /* all metrics of the first policy come first */
        for (size_t k = 0; k < row && first; k++)
            first = !is_metric(sheet, k, name, metric);
        if (!first)
            break;
        weir_text_add(&metrics, "[");
        weir_data_string(&metrics, metric);
        weir_text_add(&metrics, ",");
        weir_data_string(&metrics, weir_sheet_cell(sheet, row, unit));
        weir_text_add(&metrics, ",");
        weir_data_string(&metrics, weir_sheet_cell(sheet, row, better));
        weir_text_add(&metrics, "],");
        add_means(text, results, metric, stride);
    }
    weir_data_end(text);
    weir_data_end(&metrics);
    weir_text_addf(text, "},\"metrics\":[%s],\"pairs\":[", weir_text_string(&metrics));
    add_pairs(text, results, room / 2, notes);
    weir_text_add(text, "]}");
    add_failures(text, results);
    weir_text_fini(&metrics);
}
