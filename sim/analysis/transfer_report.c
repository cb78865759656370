#include "sim/analysis/transfer_report.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/experiment/files.h"

void transfer_report_fini(struct transfer_report *report)
{
    for (int i = 0; i < report->source_count; i++) {
        free(report->sources[i].name);
        series_grid_fini(&report->sources[i].grid);
    }
    free(report->sources);
    free(report->choices);
    free(report->results);
    series_grid_fini(&report->target);
    *report = (struct transfer_report){0};
}

/* Means over the seeds. */
struct means {
    double smape, deviation, rmse, mae, fit_s; /* deviation: of SMAPE between seeds, NaN for one */
};

static struct means means_of(const struct transfer_report *report, int way)
{
    struct means means = {0};
    double square = 0, count = report->seed_count;
    for (int i = 0; i < report->seed_count; i++) {
        const struct transfer_result *result = &report->results[i][way];
        means.smape += result->measures.smape / count;
        means.rmse += result->measures.rmse / count;
        means.mae += result->measures.mae / count;
        means.fit_s += result->fit_s / count;
    }
    for (int i = 0; i < report->seed_count; i++) {
        double off = report->results[i][way].measures.smape - means.smape;
        square += off * off;
    }
    means.deviation = count > 1 ? sqrt(square / (count - 1)) : NAN;
    return means;
}

void transfer_report_print(FILE *out, const struct transfer_report *report)
{
    char step[40];
    weir_quantity_show(WEIR_UNIT_TIME, report->target.step_s, step, sizeof step);
    fprintf(out, "%s: %zu values, %s apart; %zu known, %zu forecast one step ahead; %d seed%s\n\n", report->title,
            report->target.count, step, report->known, report->target.count - report->known, report->seed_count,
            report->seed_count > 1 ? "s" : "");
    fputs("distance  learnt  source\n", out);
    for (int i = 0; i < report->source_count; i++) {
        const struct transfer_choice *choice = &report->choices[i];
        fprintf(out, "%8.4f  %6s  %s\n", choice->distance, choice->kept ? "yes" : "no",
                report->sources[choice->index].name);
    }
    double last = means_of(report, TRANSFER_LAST).rmse;
    fputs("\nnet          SMAPE %       sd       RMSE        MAE  to last    trained\n", out);
    for (int way = 0; way < TRANSFER_WAYS; way++) {
        struct means means = means_of(report, way);
        char deviation[16] = "-", trained[40] = "-";
        if (!isnan(means.deviation) && way != TRANSFER_LAST)
            snprintf(deviation, sizeof deviation, "%.4f", means.deviation);
        if (way != TRANSFER_LAST)
            weir_quantity_show(WEIR_UNIT_TIME, means.fit_s, trained, sizeof trained);
        fprintf(out, "%-11s  %7.4f  %7s  %9.5g  %9.5g  %7.3f  %9s\n", transfer_way_names[way], means.smape, deviation,
                means.rmse, means.mae, means.rmse / last, trained);
    }
}

static int write_sources(const char *path, const struct transfer_report *report)
{
    char number[32];
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    fputs("source,distance,learnt,count,step_s\n", file);
    for (int i = 0; i < report->source_count; i++) {
        const struct transfer_choice *choice = &report->choices[i];
        const struct transfer_source *source = &report->sources[choice->index];
        weir_csv_field(file, source->name);
        fprintf(file, ",%s,%d,%zu,%g\n", weir_number(choice->distance, number), choice->kept, source->grid.count,
                source->grid.step_s);
    }
    return weir_file_commit(file, path);
}

static int write_results(const char *path, const struct transfer_report *report)
{
    char a[32], b[32], c[32], d[32], e[32];
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    fputs("net,seed,known,count,smape,rmse,mae,nrmse,bias,fit_s\n", file);
    for (int i = 0; i < report->seed_count; i++) {
        for (int way = 0; way < TRANSFER_WAYS; way++) {
            const struct transfer_result *result = &report->results[i][way];
            const struct series_metrics *m = &result->measures;
            fprintf(file, "%s,%llu,%zu,%zu,%s,%s,%s,%s,%s,%g\n", transfer_way_names[way], report->seeds[i],
                    report->known, m->count, weir_number(m->smape, a), weir_number(m->rmse, b), weir_number(m->mae, c),
                    weir_number(m->nrmse, d), weir_number(m->bias, e), result->fit_s);
        }
    }
    return weir_file_commit(file, path);
}

int transfer_report_write(const char *folder, const struct transfer_report *report)
{
    char *sources = weir_format("%s/sources.csv", folder), *results = weir_format("%s/transfer.csv", folder);
    int code = weir_folder_make(folder);
    if (code == WEIR_OK)
        code = write_sources(sources, report);
    if (code == WEIR_OK)
        code = write_results(results, report);
    free(sources);
    free(results);
    return code;
}
