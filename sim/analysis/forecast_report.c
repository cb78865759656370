#include "sim/analysis/forecast_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/experiment/files.h"

/* The error of the last-value forecast so many steps ahead, NaN if there is none in the table. */
static double naive_rmse(const struct forecast_report *report, size_t lead)
{
    for (int i = 0; i < report->row_count; i++)
        if (!report->rows[i].failed && strcmp(report->rows[i].label, "last") == 0)
            return report->rows[i].result.measures[lead].rmse;
    return NAN;
}

static int label_width(const struct forecast_report *report)
{
    int width = 5;
    for (int i = 0; i < report->row_count; i++) {
        int length = (int)strlen(report->rows[i].label);
        width = length > width ? length : width;
    }
    return width;
}

/* A figure with five significant digits, never as a power of ten where it can be avoided. */
static void print_figure(FILE *out, double value, int width)
{
    char text[40];
    if (isnan(value))
        snprintf(text, sizeof text, "-");
    else if (fabs(value) >= 1e5 && fabs(value) < 1e9)
        snprintf(text, sizeof text, "%.0f", value);
    else
        snprintf(text, sizeof text, "%.5g", value);
    fprintf(out, "  %*s", width, text);
}

static void print_lead(FILE *out, const struct forecast_report *report, size_t lead)
{
    char ahead[40];
    int width = label_width(report);
    double naive = naive_rmse(report, lead);
    weir_quantity_show(WEIR_UNIT_TIME, report->step_s * (double)(lead + 1), ahead, sizeof ahead);
    fprintf(out, "\n%zu step%s ahead (%s)\n", lead + 1, lead ? "s" : "", ahead);
    fprintf(out, "%-*s  %7s  %7s  %9s  %9s  %7s  %7s  %7s\n", width, "model", "SMAPE %", "doubled", "RMSE", "MAE",
            "NRMSE", "to last", "in 95 %");
    for (int i = 0; i < report->row_count; i++) {
        const struct forecast_row *row = &report->rows[i];
        fprintf(out, "%-*s", width, row->label);
        if (row->failed) {
            fputs("  failed\n", out);
            continue;
        }
        const struct series_metrics *m = &row->result.measures[lead];
        fprintf(out, "  %7.4f  %7.4f", m->smape, m->smape_doubled);
        print_figure(out, m->rmse, 9);
        print_figure(out, m->mae, 9);
        fprintf(out, "  %7.3f  %7.3f  %7.1f\n", m->nrmse, m->rmse / naive, 100 * row->result.within[lead]);
    }
}

static void print_times(FILE *out, const struct forecast_report *report)
{
    int width = label_width(report);
    fprintf(out, "\n%-*s  %9s  %9s  fitted\n", width, "model", "fit", "a step");
    for (int i = 0; i < report->row_count; i++) {
        const struct forecast_row *row = &report->rows[i];
        char fit[40], step[40];
        if (row->failed)
            continue;
        weir_quantity_show(WEIR_UNIT_TIME, row->result.fit_s, fit, sizeof fit);
        weir_quantity_show(WEIR_UNIT_TIME, row->result.predict_s, step, sizeof step);
        fprintf(out, "%-*s  %9s  %9s%s%s\n", width, row->label, fit, step, *row->about ? "  " : "", row->about);
    }
}

void forecast_report_print(FILE *out, const struct forecast_report *report)
{
    print_lead(out, report, 0);
    if (report->horizon > 1)
        print_lead(out, report, report->horizon - 1);
    print_times(out, report);
}

static int write_scores(const char *path, const struct forecast_report *report)
{
    char a[32], b[32], c[32], d[32], e[32], f[32], g[32];
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    fputs("model,steps,ahead_s,count,smape,smape_doubled,rmse,mae,nrmse,bias,within_95,fit_s,step_s,fitted\n", file);
    for (int i = 0; i < report->row_count; i++) {
        const struct forecast_row *row = &report->rows[i];
        for (size_t h = 0; h < report->horizon && !row->failed; h++) {
            const struct series_metrics *m = &row->result.measures[h];
            weir_csv_field(file, row->label);
            fprintf(file, ",%zu,%g,%zu,%s,%s,%s,%s,%s,%s,", h + 1, report->step_s * (double)(h + 1), m->count,
                    weir_number(m->smape, a), weir_number(m->smape_doubled, b), weir_number(m->rmse, c),
                    weir_number(m->mae, d), weir_number(m->nrmse, e), weir_number(m->bias, f));
            fprintf(file, "%s,%g,%g,", weir_number(row->result.within[h], g), row->result.fit_s, row->result.predict_s);
            weir_csv_field(file, row->about);
            fputc('\n', file);
        }
    }
    return weir_file_commit(file, path);
}

/* The forecasts of the shortest and the longest lead, a row a value. */
static int write_forecasts(const char *path, const struct forecast_report *report)
{
    char number[32];
    size_t leads[] = {0, report->horizon - 1}, lead_count = report->horizon > 1 ? 2 : 1;
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    fputs("time,value", file);
    for (int i = 0; i < report->row_count; i++) {
        for (size_t l = 0; l < lead_count && !report->rows[i].failed; l++) {
            char *name = weir_format("%s @%zu", report->rows[i].label, leads[l] + 1);
            fputc(',', file);
            weir_csv_field(file, name);
            free(name);
        }
    }
    fputc('\n', file);
    for (size_t t = 0; t < report->count - report->train; t++) {
        size_t at = report->train + t;
        fprintf(file, "%.15g,%s", report->start_s + report->step_s * (double)at,
                weir_number(report->values[at], number));
        for (int i = 0; i < report->row_count; i++) {
            const struct forecaster_result *result = &report->rows[i].result;
            for (size_t l = 0; l < lead_count && !report->rows[i].failed; l++)
                fprintf(file, ",%s", weir_number(result->means[leads[l] * result->test + t], number));
        }
        fputc('\n', file);
    }
    return weir_file_commit(file, path);
}

/* A text as gnuplot takes it between double quotes, without its markup. */
static void quote(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++) {
        if (strchr("\"\\", *text))
            fputc('\\', file);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, file);
    }
    fputc('"', file);
}

static int write_script(const char *path, const struct forecast_report *report)
{
    FILE *file = weir_file_begin(path);
    int works = 0;
    if (!file)
        return WEIR_EINPUT;
    fputs("# Drawn by: gnuplot forecast.gp\n"
          "set terminal svg size 900,760 noenhanced font 'sans,12'\nset output 'forecast.svg'\n"
          "set datafile separator ','\nset key outside right\nset grid\nset multiplot layout 2,1\n"
          "set xlabel 'steps ahead'\nset ylabel 'SMAPE, %'\nset yrange [0:*]\nplot ",
          file);
    for (int i = 0; i < report->row_count; i++) {
        if (report->rows[i].failed)
            continue;
        fprintf(file, "%s'scores.csv' using (strcol(1) eq ", works++ ? ", \\\n  " : "");
        quote(file, report->rows[i].label);
        fprintf(file, " ? $2 : NaN):5 with linespoints lc %d pt 7 ps 0.3 title ", i + 1);
        quote(file, report->rows[i].label);
    }
    size_t leads = report->horizon > 1 ? 2 : 1;
    fputs("\nset yrange [*:*]\nset ylabel 'value'\nset format y '%.1s%c'\nset xdata time\nset timefmt '%s'\n"
          "set format x \"%m-%d\\n%H:%M\"\nset xlabel ",
          file);
    char *label = weir_format("forecasts %zu steps ahead of %s", report->horizon, report->title);
    quote(file, label);
    free(label);
    fputs("\nplot 'forecasts.csv' using 1:2 with lines lc rgb 'black' lw 2 title 'value'", file);
    works = 0;
    for (int i = 0; i < report->row_count; i++) {
        if (report->rows[i].failed)
            continue;
        fprintf(file, ", \\\n  '' using 1:%zu with lines lc %d title ", 2 + leads * (size_t)++works, i + 1);
        quote(file, report->rows[i].label);
    }
    fputs("\nunset multiplot\n", file);
    return weir_file_commit(file, path);
}

/* Whether gnuplot was there and drew. */
static bool draw(const char *folder)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (chdir(folder) == 0 && freopen("/dev/null", "w", stderr))
            execlp("gnuplot", "gnuplot", "forecast.gp", (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int forecast_report_write(const char *folder, const struct forecast_report *report, bool *drawn)
{
    static const struct {
        const char *name;
        int (*write)(const char *path, const struct forecast_report *report);
    } files[] = {{"scores.csv", write_scores}, {"forecasts.csv", write_forecasts}, {"forecast.gp", write_script}};
    int code = weir_folder_make(folder);
    for (size_t i = 0; i < sizeof files / sizeof *files && code == WEIR_OK; i++) {
        char *path = weir_format("%s/%s", folder, files[i].name);
        code = files[i].write(path, report);
        free(path);
    }
    *drawn = code == WEIR_OK && draw(folder);
    return code;
}
