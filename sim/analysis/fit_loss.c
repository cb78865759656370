/* Simulated rows against measured ones: residuals, the loss, and figures for people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define NOTHING   3.0  /* the error where something was measured and nothing comes out: e^3 = a factor of 20 */
#define BENDS     0.1  /* errors below it count by their squares */
#define LEAST     1e-3 /* of the median of what was measured: below that, logarithms do not look */
#define ONSET_OFF 0.02 /* of the run: an overload that begins so far off is another one */

enum { LEVELS = 8 };
static const double levels[LEVELS] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1};

/* Errors beyond BENDS count by their logarithm, so that a few wild rows do not outweigh the others. */
static double bent(double e)
{
    double size = fabs(e) / BENDS;
    return copysign(BENDS * weir_log(size + sqrt(size * size + 1)), e);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Rows of one match, those in which something was measured. */
struct rows {
    int count;
    double *measured, *simulated, *when_s; /* in order of time; NaN where nothing was simulated */
    double *sorted_measured, *sorted_simulated;
    int sorted_count; /* of the simulated */
};

static void take(const struct fit_case *of, int match, const double *series, struct rows *rows)
{
    size_t n = (size_t)of->bins, from = (size_t)match * n;
    *rows = (struct rows){0};
    rows->measured = weir_alloc(5 * n, sizeof *rows->measured);
    rows->simulated = rows->measured + n;
    rows->when_s = rows->measured + 2 * n;
    rows->sorted_measured = rows->measured + 3 * n;
    rows->sorted_simulated = rows->measured + 4 * n;
    for (int b = 0; b < of->bins; b++) {
        double measured = of->measured[from + (size_t)b], simulated = series ? series[from + (size_t)b] : NAN;
        if (!isfinite(measured))
            continue;
        rows->sorted_measured[rows->count] = rows->measured[rows->count] = measured;
        rows->simulated[rows->count] = simulated;
        rows->when_s[rows->count++] = b * of->bin_s;
        if (isfinite(simulated))
            rows->sorted_simulated[rows->sorted_count++] = simulated;
    }
    qsort(rows->sorted_measured, (size_t)rows->count, sizeof *rows->sorted_measured, ascending);
    qsort(rows->sorted_simulated, (size_t)rows->sorted_count, sizeof *rows->sorted_simulated, ascending);
}

static double quantile(const double *sorted, int count, double level)
{
    if (!count)
        return NAN;
    double at = level * (count - 1);
    int low = (int)at, high = low + 1 < count ? low + 1 : low;
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/* Below it a logarithm does not look; of what is never above 0, 1. */
static double floor_of(const struct rows *rows)
{
    double median = quantile(rows->sorted_measured, rows->count, 0.5), most = rows->sorted_measured[rows->count - 1];
    return median > 0 ? LEAST * median : most > 0 ? LEAST * most : 1;
}

static double log_error(double simulated, double measured, double least)
{
    return isfinite(simulated) ? weir_log(fmax(simulated, least) / fmax(measured, least)) : NOTHING;
}

/* Beginnings of times above the threshold; what nobody knows is not above. */
static int onsets(const struct rows *rows, const double *values, double threshold, double *at_s)
{
    int count = 0;
    bool above = false;
    for (int i = 0; i < rows->count; i++) {
        bool now = isfinite(values[i]) && values[i] > threshold;
        if (now && !above)
            at_s[count++] = rows->when_s[i];
        above = now;
    }
    return count;
}

/* An error for each measured onset, with the nearest simulated one that no other has, and one for those left over. */
static int onset_errors(const struct fit_case *of, const struct fit_match *match, const struct rows *rows, double *e)
{
    double *measured = weir_alloc(2 * (size_t)rows->count, sizeof *measured), *simulated = measured + rows->count;
    int wanted = onsets(rows, rows->measured, match->threshold, measured), used = 0;
    int there = onsets(rows, rows->simulated, match->threshold, simulated);
    double off_s = ONSET_OFF * of->bins * of->bin_s;
    for (int w = 0; w < wanted; w++) {
        int best = -1;
        for (int s = 0; s < there; s++)
            if (isfinite(simulated[s]) &&
                (best < 0 || fabs(simulated[s] - measured[w]) < fabs(simulated[best] - measured[w])))
                best = s;
        bool met = best >= 0 && fabs(simulated[best] - measured[w]) < off_s;
        e[w] = met ? (simulated[best] - measured[w]) / off_s : 1;
        used += met;
        if (met)
            simulated[best] = NAN;
    }
    e[wanted] = sqrt(there - used);
    free(measured);
    return wanted + 1;
}

/* The errors of a match, as many as of the measured file alone. */
static int errors(const struct fit_case *of, const struct fit_match *match, const struct rows *rows, double *e)
{
    double least = floor_of(rows), mean = 0;
    if (match->by == FIT_ONSETS)
        return onset_errors(of, match, rows, e);
    if (match->by == FIT_QUANTILES) {
        for (int l = 0; l < LEVELS; l++)
            e[l] = log_error(quantile(rows->sorted_simulated, rows->sorted_count, levels[l]),
                             quantile(rows->sorted_measured, rows->count, levels[l]), least);
        return LEVELS;
    }
    for (int i = 0; i < rows->count; i++)
        mean += fabs(rows->measured[i]) / rows->count;
    for (int i = 0; i < rows->count; i++) {
        double difference = isfinite(rows->simulated[i]) ? rows->simulated[i] - rows->measured[i] : NOTHING * mean;
        e[i] = match->by == FIT_LOG ? log_error(rows->simulated[i], rows->measured[i], least)
                                    : difference / (mean > 0 ? mean : 1);
    }
    return rows->count;
}

static bool is_of_rows(enum fit_by by)
{
    return by == FIT_RELATIVE || by == FIT_LOG;
}

int fit_residual_count(const struct fit_problem *problem)
{
    int count = 0;
    for (int c = 0; c < problem->case_count; c++)
        if (problem->cases[c].fitted)
            count += (problem->cases[c].bins + LEVELS + 1) * problem->match_count;
    return count; /* at most; those that are not used are 0 */
}

void fit_residuals(const struct fit_problem *problem, double *const *series, double *residual, struct fit_place *place)
{
    int at = 0, total = fit_residual_count(problem);
    memset(residual, 0, (size_t)total * sizeof *residual);
    for (int i = 0; place && i < total; i++)
        place[i] = (struct fit_place){-1, -1};
    for (int c = 0; c < problem->case_count; c++) {
        const struct fit_case *of = &problem->cases[c];
        for (int m = 0; m < problem->match_count && of->fitted; m++) {
            struct rows rows;
            take(of, m, series[c], &rows);
            enum fit_by by = problem->matches[m].by;
            int count = errors(of, &problem->matches[m], &rows, residual + at);
            double scale = sqrt(problem->matches[m].weight / count);
            for (int i = at; i < at + count; i++) {
                residual[i] = scale * bent(residual[i]);
                if (place)
                    place[i] = (struct fit_place){c * problem->match_count + m,
                                                  is_of_rows(by) ? (int)lround(rows.when_s[i - at] / of->bin_s) : -1};
            }
            at += count;
            free(rows.measured);
        }
    }
}

double fit_loss(const struct fit_problem *problem, double *const *series)
{
    int count = fit_residual_count(problem);
    double *residual = weir_alloc((size_t)count, sizeof *residual), loss = 0;
    fit_residuals(problem, series, residual, NULL);
    for (int i = 0; i < count; i++)
        loss += residual[i] * residual[i];
    free(residual);
    return loss;
}

/* Of the rows that both have; of logarithms, if the match is by them. */
static double correlation(const struct fit_match *match, const struct rows *rows)
{
    double n = 0, mx = 0, my = 0, xx = 0, yy = 0, xy = 0, least = floor_of(rows);
    for (int i = 0; i < rows->count; i++) {
        if (!isfinite(rows->simulated[i]))
            continue;
        bool logs = match->by != FIT_RELATIVE;
        double x = logs ? weir_log(fmax(rows->measured[i], least)) : rows->measured[i];
        double y = logs ? weir_log(fmax(rows->simulated[i], least)) : rows->simulated[i];
        double dx = x - mx, dy = y - my;
        n++;
        mx += dx / n;
        my += dy / n;
        xx += dx * (x - mx);
        yy += dy * (y - my);
        xy += dx * (y - my);
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

static double relative(double simulated, double measured)
{
    return measured != 0 ? simulated / measured - 1 : NAN;
}

void fit_agree(const struct fit_problem *problem, const struct fit_case *of, int match, const double *series,
               struct fit_agreement *agreement)
{
    const struct fit_match *by = &problem->matches[match];
    struct rows rows;
    int simulated = 0;
    take(of, match, series, &rows);
    double *e = weir_alloc((size_t)of->bins + LEVELS + 1, sizeof *e), sum = 0;
    int count = errors(of, by, &rows, e);
    *agreement = (struct fit_agreement){.rows = rows.count};
    for (int i = 0; i < count; i++)
        sum += e[i] * e[i];
    agreement->misfit = sqrt(sum / count);
    for (int i = 0; i < rows.count; i++) {
        agreement->measured += rows.measured[i] / rows.count;
        agreement->simulated += isfinite(rows.simulated[i]) ? rows.simulated[i] : 0;
        simulated += isfinite(rows.simulated[i]);
    }
    agreement->simulated = simulated ? agreement->simulated / simulated : NAN;
    double *const errors_at[] = {&agreement->p50, &agreement->p95, &agreement->peak};
    static const double at[] = {0.5, 0.95, 1};
    for (int i = 0; i < 3; i++)
        *errors_at[i] = relative(quantile(rows.sorted_simulated, rows.sorted_count, at[i]),
                                 quantile(rows.sorted_measured, rows.count, at[i]));
    agreement->correlation = correlation(by, &rows);
    if (by->by == FIT_ONSETS) {
        agreement->onsets_measured = onsets(&rows, rows.measured, by->threshold, e);
        agreement->onsets_simulated = onsets(&rows, rows.simulated, by->threshold, e);
    }
    free(e);
    free(rows.measured);
}
