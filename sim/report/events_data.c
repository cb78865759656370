#include "sim/report/events_data.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/experiment/sheet.h"
#include "sim/report/data.h"

#define DECISIONS 3000
#define ANOMALIES 2000

/* The decisions of one in `stride` rounds, a round being those of one time; returns how many there are, and where room
 * ends the first row that is left out. */
static size_t add_rounds(struct weir_text *text, const struct weir_sheet *sheet, size_t stride, size_t room,
                         size_t *end)
{
    static const char *const columns[] = {"time", "policy", "job", "operator", "what", "why", "refusal"};
    int at[sizeof columns / sizeof *columns];
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        at[c] = weir_sheet_column(sheet, columns[c]);
    size_t start = text->length, told = 0, round = 0, row = 0;
    for (; row < sheet->row_count && told < DECISIONS && text->length - start < room; row++) {
        round += row && strcmp(weir_sheet_cell(sheet, row, at[0]), weir_sheet_cell(sheet, row - 1, at[0])) != 0;
        if (round % stride != 0)
            continue;
        told++;
        weir_text_addf(text, "[%.10g,", weir_sheet_number(sheet, row, at[0]));
        for (size_t c = 1; c < sizeof columns / sizeof *columns; c++) {
            weir_data_string(text, weir_sheet_cell(sheet, row, at[c]));
            weir_text_add(text, ",");
        }
        weir_data_end(text);
        weir_text_add(text, "],");
    }
    *end = row;
    return told;
}

void weir_decisions_data(struct weir_text *text, struct weir_results *results, const struct weir_results_run *run,
                         size_t room, struct weir_text *notes)
{
    struct weir_sheet sheet = {0};
    char *path = weir_format("%s/decisions.csv", run->folder);
    size_t start = text->length, stride = 1, end = 0;
    if (weir_results_usable(run, "decisions.csv") && weir_sheet_read(path, &sheet) != WEIR_OK) {
        weir_results_tell(results, "%s; it is left out", weir_error_message());
        weir_error_clear();
    }
    size_t told = add_rounds(text, &sheet, stride, room, &end);
    while (end < sheet.row_count && stride <= sheet.row_count) {
        text->length = start; /* what comes next overwrites it */
        told = add_rounds(text, &sheet, stride *= 2, room, &end);
    }
    weir_data_end(text);
    if (told < sheet.row_count) {
        struct weir_text note = {0};
        if (end < sheet.row_count)
            weir_text_addf(&note, "%s: the first %zu of %zu decisions are in the page; decisions.csv has all",
                           results->labels[run->policy], told, sheet.row_count);
        else
            weir_text_addf(
                &note,
                "%s: %zu of %zu decisions are in the page, those of every %zuth time at which there are any; "
                "decisions.csv has all",
                results->labels[run->policy], told, sheet.row_count, stride);
        weir_data_string(notes, weir_text_string(&note));
        weir_text_add(notes, ",");
        weir_text_fini(&note);
    }
    weir_sheet_fini(&sheet);
    free(path);
}

void weir_anomalies_data(struct weir_text *text, struct weir_results *results, const struct weir_results_run *run)
{
    struct weir_sheet sheet = {0};
    char *path = weir_format("%s/anomalies.csv", run->folder);
    if (weir_results_usable(run, "anomalies.csv") && weir_file_exists(path) &&
        weir_sheet_read(path, &sheet) != WEIR_OK) {
        weir_results_tell(results, "%s; it is left out", weir_error_message());
        weir_error_clear();
    }
    for (size_t row = 0; row < sheet.row_count && row < ANOMALIES; row++) {
        weir_text_addf(text, "[%.10g,%.10g,", weir_sheet_number(&sheet, row, weir_sheet_column(&sheet, "start")),
                       weir_sheet_number(&sheet, row, weir_sheet_column(&sheet, "end")));
        weir_data_string(text, weir_sheet_cell(&sheet, row, weir_sheet_column(&sheet, "host")));
        weir_text_add(text, ",");
        weir_data_string(text, weir_sheet_cell(&sheet, row, weir_sheet_column(&sheet, "kind")));
        weir_text_add(text, "],");
    }
    weir_data_end(text);
    if (sheet.row_count > ANOMALIES)
        weir_results_tell(results, "%s: the first %d of %zu anomalies are in the page", path, ANOMALIES,
                          sheet.row_count);
    weir_sheet_fini(&sheet);
    free(path);
}
