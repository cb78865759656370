#include "sim/analysis/detect_report.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/experiment/files.h"

static int label_width(const struct detect_report *report)
{
    int width = 8;
    for (int i = 0; i < report->row_count; i++) {
        int length = (int)strlen(report->rows[i].label);
        width = length > width ? length : width;
    }
    return width;
}

static void print_share(FILE *out, double share, int width)
{
    if (isnan(share))
        fprintf(out, "  %*s", width, "-");
    else
        fprintf(out, "  %*.4f", width, share);
}

static double alarm_rate(const struct detect_measures *m)
{
    return m->points > 0 ? (double)m->alarms / (double)m->points : NAN;
}

static void print_scores(FILE *out, const struct detect_report *report)
{
    int width = label_width(report);
    fprintf(out, "\n%-*s  %9s  %6s  %6s  %7s  | %8s  %7s\n", width, "", "own", "", "", "", "adjusted", "");
    fprintf(out, "%-*s  %9s  %6s  %6s  %7s  | %8s  %7s\n", width, "detector", "precision", "recall", "F1", "best F1",
            "F1", "best F1");
    for (int i = 0; i < report->row_count; i++) {
        const struct detect_measures *m = &report->rows[i].measures;
        fprintf(out, "%-*s", width, report->rows[i].label);
        if (report->rows[i].failed) {
            fputs("  failed\n", out);
            continue;
        }
        print_share(out, m->own.precision, 9);
        print_share(out, m->own.recall, 6);
        print_share(out, m->own.f1, 6);
        print_share(out, m->best.f1, 7);
        fputs("  |", out);
        print_share(out, m->adjusted.f1, 7);
        print_share(out, m->adjusted_best.f1, 7);
        fputc('\n', out);
    }
    fputs("best F1: at the threshold that the truth chooses. adjusted: a run of anomalies counts as found whole if one "
          "of\nits samples is.\n",
          out);
}

static void print_work(FILE *out, const struct detect_report *report)
{
    int width = label_width(report);
    fprintf(out, "\n%-*s  %7s  %6s  %9s  %9s  fitted\n", width, "detector", "alarms", "silent", "fit", "a window");
    for (int i = 0; i < report->row_count; i++) {
        const struct detect_row *row = &report->rows[i];
        const struct detect_measures *m = &row->measures;
        char fit[40], window[40] = "-";
        if (row->failed)
            continue;
        weir_quantity_show(WEIR_UNIT_TIME, row->fit_s, fit, sizeof fit);
        if (!isnan(row->window_s))
            weir_quantity_show(WEIR_UNIT_TIME, row->window_s, window, sizeof window);
        fprintf(out, "%-*s  %5.2f %%  %6zu  %9s  %9s%s%s\n", width, row->label, 100 * alarm_rate(m), m->silent, fit,
                window, row->about && *row->about ? "  " : "", row->about ? row->about : "");
    }
}

void detect_report_print(FILE *out, const struct detect_report *report)
{
    if (report->data->labelled)
        print_scores(out, report);
    print_work(out, report);
}

static void add_number(cJSON *at, const char *name, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(at, name, value);
    else
        cJSON_AddNullToObject(at, name);
}

static cJSON *scores_json(const struct detect_scores *scores)
{
    cJSON *at = cJSON_CreateObject();
    add_number(at, "precision", scores->precision);
    add_number(at, "recall", scores->recall);
    add_number(at, "f1", scores->f1);
    return at;
}

void detect_report_json(FILE *out, const struct detect_report *report)
{
    cJSON *root = cJSON_CreateObject(), *list;
    size_t points = report->ends[report->data->count - 1];
    cJSON_AddStringToObject(root, "data", report->data->path);
    cJSON_AddNumberToObject(root, "dimensions", report->data->width);
    cJSON_AddNumberToObject(root, "series", report->data->count);
    cJSON_AddNumberToObject(root, "learnt", (double)report->learnt);
    cJSON_AddNumberToObject(root, "judged", (double)points);
    if (report->data->labelled && report->row_count > 0)
        cJSON_AddNumberToObject(root, "anomalies", (double)report->rows[0].measures.anomalies);
    list = cJSON_AddArrayToObject(root, "detectors");
    for (int i = 0; i < report->row_count; i++) {
        const struct detect_row *row = &report->rows[i];
        const struct detect_measures *m = &row->measures;
        cJSON *at = cJSON_CreateObject();
        cJSON_AddStringToObject(at, "detector", row->label);
        cJSON_AddBoolToObject(at, "failed", row->failed);
        cJSON_AddItemToArray(list, at);
        if (row->failed)
            continue;
        if (report->data->labelled) {
            cJSON_AddItemToObject(at, "own", scores_json(&m->own));
            cJSON *best = scores_json(&m->best);
            add_number(best, "threshold", m->best_threshold);
            cJSON_AddItemToObject(at, "best", best);
            cJSON_AddItemToObject(at, "point_adjusted", scores_json(&m->adjusted));
            cJSON_AddItemToObject(at, "point_adjusted_best", scores_json(&m->adjusted_best));
        }
        add_number(at, "alarm_rate", alarm_rate(m));
        cJSON_AddNumberToObject(at, "silent", (double)m->silent);
        add_number(at, "fit_s", row->fit_s);
        add_number(at, "window_s", row->window_s);
        cJSON_AddStringToObject(at, "fitted", row->about ? row->about : "");
    }
    char *text = cJSON_Print(root);
    fprintf(out, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
}

static void write_head(FILE *file, const struct detect_report *report)
{
    fprintf(file, "series,row%s%s", report->data->timed ? ",time" : "", report->data->labelled ? ",label" : "");
    for (int i = 0; i < report->row_count; i++) {
        if (report->rows[i].failed)
            continue;
        char *flagged = weir_format("%s flagged", report->rows[i].label);
        fputc(',', file);
        weir_csv_field(file, report->rows[i].label);
        fputc(',', file);
        weir_csv_field(file, flagged);
        free(flagged);
    }
    fputc('\n', file);
}

int detect_report_write(const char *path, const struct detect_report *report)
{
    char number[32];
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    write_head(file, report);
    size_t point = 0;
    for (int s = 0; s < report->data->count; s++) {
        const struct detect_series *series = &report->data->series[s];
        for (size_t i = report->from[s]; point < report->ends[s]; i++, point++) {
            weir_csv_field(file, series->name);
            fprintf(file, ",%zu", series->place[i] + 1);
            if (series->time_s)
                fprintf(file, ",%s", weir_number(series->time_s[i], number));
            if (series->truth)
                fprintf(file, ",%d", series->truth[i]);
            for (int r = 0; r < report->row_count; r++)
                if (!report->rows[r].failed)
                    fprintf(file, ",%s,%d", weir_number(report->rows[r].score[point], number),
                            report->rows[r].flagged[point]);
            fputc('\n', file);
        }
    }
    return weir_file_commit(file, path);
}
