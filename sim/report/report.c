#include "sim/report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/experiment/run_folder.h"
#include "sim/experiment/summary.h"
#include "sim/report/data.h"
#include "sim/report/events_data.h"
#include "sim/report/held_data.h"
#include "sim/report/page.h"
#include "sim/report/results.h"
#include "sim/report/scenario_data.h"
#include "sim/report/series_data.h"
#include "sim/report/sweep_data.h"

/* Of the page's size, what the series or a sweep may take; the rest is for the page, decisions and the inputs. */
#define SERIES_BYTES   (3600 * 1024)
#define SWEEP_BYTES    (4000 * 1024)
#define SUM_WINDOWS    720 /* at most, in sums */
#define DECISION_BYTES (600 * 1024)
#define HELD_JOBS      600 /* of all runs together */

static void add_metrics(struct weir_text *text)
{
    weir_text_add(text, "\"metrics\":[");
    for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
        const char *const words[] = {m->name, m->unit, weir_better_name(m->better), m->help};
        weir_text_add(text, "[");
        for (int i = 0; i < 4; i++) {
            weir_data_string(text, words[i]);
            weir_text_add(text, i < 3 ? "," : "],");
        }
    }
    weir_data_end(text);
    weir_text_add(text, "],\n");
}

static void add_labels(struct weir_text *text, const struct weir_results *results)
{
    weir_text_add(text, "\"policies\":[");
    for (int p = 0; p < results->label_count; p++) {
        weir_data_string(text, results->labels[p]);
        weir_text_add(text, ",");
    }
    weir_data_end(text);
    weir_text_add(text, "],\n");
}

/* The rows of summary.csv, cell by cell as they stand there. */
static void add_summary(struct weir_text *text, const struct weir_sheet *summary)
{
    static const char *const columns[] = {"policy",         "metric",   "unit",      "better",        "n",
                                          "mean",           "ci95_low", "ci95_high", "diff_to_first", "diff_ci95_low",
                                          "diff_ci95_high", "none",     "doubt",     "diff_doubt"};
    weir_text_add(text, "\"summary\":[");
    for (size_t row = 0; row < summary->row_count; row++) {
        weir_text_add(text, "[");
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
            weir_data_string(text, weir_sheet_cell(summary, row, weir_sheet_column(summary, columns[c])));
            weir_text_add(text, ",");
        }
        weir_data_end(text);
        weir_text_add(text, "],\n");
    }
    if (summary->row_count)
        text->length -= 2, text->data[text->length] = '\0';
    weir_text_add(text, "],\n");
}

static void add_runs(struct weir_text *text, const struct weir_results *results)
{
    weir_text_add(text, "\"runs\":[");
    for (size_t r = 0; r < results->run_count; r++) {
        const struct weir_results_run *run = &results->runs[r];
        weir_text_addf(text, "{\"policy\":%d,\"seed\":\"%llu\",\"duration\":%.10g,\"warmup\":%.10g,\"metrics\":[",
                       run->policy, run->seed, run->duration_s, run->warmup_s);
        for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
            weir_data_exact(text, weir_metric_value(&run->record.metrics, m));
            weir_text_add(text, ",");
        }
        weir_data_end(text);
        weir_text_add(text, "],\"cdf\":[");
        for (int i = 0; i < run->point_count; i++)
            weir_text_addf(text, "[%.6g,%.6g],", run->shares[i], run->latency_s[i]);
        weir_data_end(text);
        weir_text_add(text, "]},");
    }
    weir_data_end(text);
    weir_text_add(text, "],\n");
}

/* The runs whose series are shown. */
struct shown {
    const struct weir_results_run *run;
    struct weir_windows windows;
};

/* Who holds whom back, an entry a run that is shown. */
static void add_held(struct weir_text *text, const struct shown *shown, size_t count, struct weir_text *notes)
{
    size_t left_out = 0;
    weir_text_add(text, "\"held\":[");
    for (size_t i = 0; i < count; i++) {
        left_out += weir_held_data(text, shown[i].run, HELD_JOBS / count);
        weir_text_add(text, i + 1 < count ? ",\n" : "");
    }
    weir_text_add(text, "],\n");
    if (left_out)
        weir_text_addf(notes, "\"Bottlenecks: of each run the %zu jobs in which somebody waits longest\",",
                       (size_t)HELD_JOBS / count);
}

static size_t longest(const struct shown *shown, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most = shown[i].windows.count > most ? shown[i].windows.count : most;
    return most;
}

static void add_series(struct weir_text *text, const struct shown *shown, size_t count,
                       const struct weir_thinning *thinning, struct weir_thinned *thinned)
{
    weir_text_add(text, "\"series\":[");
    for (size_t i = 0; i < count; i++) {
        struct weir_thinned one = {0};
        weir_text_addf(text, "{\"policy\":%d,\"seed\":\"%llu\",", shown[i].run->policy, shown[i].run->seed);
        weir_series_data(text, &shown[i].windows, thinning, &one);
        for (int kind = 0; kind < WEIR_ENTITY_KINDS; kind++) { /* the run of which most was left out speaks for all */
            if (one.left_out[kind] > thinned->left_out[kind]) {
                thinned->left_out[kind] = one.left_out[kind];
                thinned->of[kind] = one.of[kind];
            }
        }
        weir_text_add(text, "},\n");
    }
    if (count)
        text->length -= 2, text->data[text->length] = '\0';
    weir_text_add(text, "],\n");
}

static void note_thinning(struct weir_text *notes, const struct weir_thinning *thinning,
                          const struct weir_thinned *thinned)
{
    static const char *const kinds[] = {"jobs", "operators", "hosts", "links"};
    if (thinning->sum_stride > 1)
        weir_text_addf(notes, "\"Sums over jobs: %zu windows are drawn as one\",", thinning->sum_stride);
    if (thinning->stride > 1)
        weir_text_addf(notes,
                       "\"Single jobs, operators, hosts and links: %zu windows are drawn as one (mean; of queues "
                       "and instances the last)\",",
                       thinning->stride);
    for (int kind = WEIR_ENTITY_JOB; kind <= WEIR_ENTITY_LINK; kind++)
        if (thinned->left_out[kind])
            weir_text_addf(notes, "\"The %zu busiest of %zu %s of a run are in the page, all of them in the sums\",",
                           thinned->of[kind] - thinned->left_out[kind], thinned->of[kind], kinds[kind]);
    weir_text_add(notes, "\"Values of charts have four digits; those of the table are as in summary.csv\",");
}

/* Thins until it fits: first in time, down to 40 windows, then in the number of entities. */
static void fit_series(struct weir_text *text, const struct shown *shown, size_t count, struct weir_text *notes)
{
    size_t windows = longest(shown, count);
    struct weir_thinning thinning = {.sum_stride = (windows + SUM_WINDOWS - 1) / SUM_WINDOWS, .most = 100000};
    if (!thinning.sum_stride)
        thinning.sum_stride = 1;
    thinning.stride = thinning.sum_stride;
    for (;;) {
        struct weir_text tried = {0};
        struct weir_thinned thinned = {0};
        add_series(&tried, shown, count, &thinning, &thinned);
        double excess = (double)tried.length / SERIES_BYTES;
        if (excess <= 1 || thinning.most == 0) {
            note_thinning(notes, &thinning, &thinned);
            weir_text_add(text, weir_text_string(&tried));
            weir_text_fini(&tried);
            return;
        }
        weir_text_fini(&tried);
        if (windows / thinning.stride > 60) {
            double wanted = ceil((double)thinning.stride * fmax(excess, 1.3));
            thinning.stride = wanted < (double)windows / 40 ? (size_t)wanted : windows / 40;
        } else if (thinning.most > 400) {
            thinning.most = 400;
        } else if (thinning.most > 20) {
            thinning.most = thinning.most * 2 / 3;
        } else if (windows / thinning.sum_stride > 40) {
            thinning.sum_stride *= 2;
            thinning.stride = thinning.sum_stride > thinning.stride ? thinning.sum_stride : thinning.stride;
        } else {
            thinning.most /= 2;
        }
    }
}

/* Series and decisions of one run a policy, and the latest problems of reading them. */
static int add_details(struct weir_text *text, struct weir_results *results, const struct weir_report_spec *spec,
                       struct weir_text *notes)
{
    unsigned long long seed = spec->seed;
    struct shown *shown = weir_alloc((size_t)results->label_count + 1, sizeof *shown);
    size_t count = 0;
    bool any = spec->has_seed || weir_results_seed(results, &seed);
    for (int p = 0; any && p < results->label_count; p++) {
        const struct weir_results_run *run = weir_results_find(results, p, seed);
        if (!run)
            continue;
        shown[count].run = run;
        char *path = weir_run_file(run->folder, "windows.csv");
        if (!weir_results_usable(run, "windows.csv")) {
            weir_results_tell(results, "%s: charts over time lack %s", path, results->labels[p]);
        } else if (weir_windows_read(path, &shown[count].windows) != WEIR_OK) {
            weir_results_tell(results, "%s; charts over time lack %s", weir_error_message(), results->labels[p]);
            weir_error_clear();
        } else if (shown[count].windows.is_cut) {
            weir_results_tell(results, "%s: is cut short; what is whole is shown", path);
        }
        free(path);
        count++;
    }
    if (spec->has_seed && !count) {
        free(shown);
        return weir_error(WEIR_EINPUT, "%s: no run has seed %llu", spec->folder, seed);
    }
    if (count)
        weir_text_addf(text, "\"seed\":\"%llu\",", seed);
    weir_text_add(text, "\"decisions\":[");
    for (size_t i = 0; i < count; i++) {
        weir_text_add(text, "[");
        weir_decisions_data(text, results, shown[i].run, DECISION_BYTES / count, notes);
        weir_text_add(text, "],\n");
    }
    if (count)
        text->length -= 2, text->data[text->length] = '\0';
    weir_text_add(text, "],\n");
    add_held(text, shown, count, notes);
    weir_text_add(text, "\"anomalies\":[");
    if (count)
        weir_anomalies_data(text, results, shown[0].run);
    weir_text_add(text, "],\n");
    fit_series(text, shown, count, notes);
    for (size_t i = 0; i < count; i++)
        weir_windows_fini(&shown[i].windows);
    free(shown);
    return WEIR_OK;
}

static void add_problems(struct weir_text *text, const struct weir_results *results)
{
    weir_text_add(text, "\"problems\":[");
    for (size_t i = 0; i < results->problem_count; i++) {
        weir_data_string(text, results->problems[i]);
        weir_text_add(text, ",");
    }
    weir_data_end(text);
    weir_text_add(text, "]");
}

static int make_data(struct weir_text *text, struct weir_results *results, const struct weir_report_spec *spec)
{
    static const char *const kinds[] = {"run", "comparison", "sweep"};
    struct weir_text notes = {0};
    int code = WEIR_OK;
    weir_text_addf(text, "{\"kind\":\"%s\",\"weir\":\"%s\",\"title\":", kinds[results->kind], weir_version());
    weir_data_string(text, results->title);
    weir_text_add(text, ",\n");
    add_metrics(text);
    add_labels(text, results);
    if (results->kind == WEIR_RESULTS_SWEEP) {
        weir_text_add(text, "\"sweep\":");
        weir_sweep_data(text, results, SWEEP_BYTES, &notes);
        weir_text_add(text, ",\n");
    } else {
        add_summary(text, &results->summary);
        add_runs(text, results);
        weir_text_add(text, "\"scenario\":");
        weir_scenario_data(text, results);
        weir_text_add(text, ",\n");
        code = add_details(text, results, spec, &notes);
    }
    weir_data_end(&notes);
    weir_text_addf(text, "\"notes\":[%s],\n", weir_text_string(&notes));
    add_problems(text, results);
    weir_text_add(text, "}\n");
    weir_text_fini(&notes);
    return code;
}

int weir_report_write(const struct weir_report_spec *spec, char **problems)
{
    struct weir_results results;
    struct weir_text data = {0};
    *problems = NULL;
    int code = weir_results_read(spec->folder, &results);
    if (code != WEIR_OK)
        return code;
    char *path = spec->output ? weir_copy(spec->output) : weir_format("%s/report.html", spec->folder);
    code = make_data(&data, &results, spec);
    if (code != WEIR_OK)
        goto out;
    FILE *file = weir_file_begin(path);
    if (!file) {
        code = weir_error_code();
        goto out;
    }
    weir_page_write(file, results.title, weir_text_string(&data));
    code = weir_file_commit(file, path);
    if (code != WEIR_OK)
        goto out;
    *problems = weir_results_problems(&results);
out:
    weir_text_fini(&data);
    weir_results_fini(&results);
    free(path);
    return code;
}
