#include "sim/experiment/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bootstrap.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"
#include "sim/base/text.h"

static const char *const usual[] = {
    "throughput", "latency_mean", "latency_p50", "latency_p95", "latency_p99", "slo_violations",    "dropped",
    "duplicates", "instances",    "cost",        "energy",      "revenue",     "anomaly_frequency",
};
static const char *const only_if_any[] = {"duplicates", "cost", "energy", "revenue", "anomaly_frequency"};

/* A larger or smaller unit: value = number * factor. In falling order for each unit. */
struct scale {
    const char *unit, *shown;
    double factor;
};
static const struct scale scales[] = {
    {"s", "s", 1},    {"s", "ms", 1e-3},    {"s", "us", 1e-6}, {"B", "TB", 1e12}, {"B", "GB", 1e9},
    {"B", "MB", 1e6}, {"B", "kB", 1e3},     {"B", "B", 1},     {"J", "MJ", 1e6},  {"J", "kJ", 1e3},
    {"J", "J", 1},    {"share", "%", 0.01}, {"count", "", 1},
};

/* The scale in which a value of about this size reads well; the unit itself if it has no others. */
static struct scale choose_scale(const char *unit, double size)
{
    struct scale best = {unit, unit, 1};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        bool fits = size > 0 ? size >= scales[i].factor : strcmp(scales[i].shown, unit) == 0;
        if (strcmp(scales[i].unit, unit) != 0)
            continue;
        best = scales[i];
        if (fits)
            break;
    }
    return best;
}

/* Decimals that show so many significant digits, 0 to 6. */
static int decimals(double value, int digits)
{
    if (!(fabs(value) > 0))
        return 0;
    double wanted = digits - 1 - floor(weir_log10(fabs(value)));
    return wanted < 0 ? 0 : wanted > 6 ? 6 : (int)wanted;
}

const char *weir_metric_show(const struct weir_metric *metric, double value, char *buffer, size_t size)
{
    if (!isfinite(value)) {
        snprintf(buffer, size, "-");
        return buffer;
    }
    struct scale scale = choose_scale(metric->unit, fabs(value));
    double number = value / scale.factor;
    bool counts = strcmp(metric->unit, "items") == 0 || strcmp(metric->unit, "count") == 0;
    int digits = counts && number == floor(number) ? 0 : decimals(number, 4);
    snprintf(buffer, size, "%.*f%s%s", digits, number, *scale.shown ? " " : "", scale.shown);
    return buffer;
}

static const struct weir_metric *find(const char *name)
{
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

static bool any_value(const struct weir_summary *summary, const struct weir_metric *metric)
{
    for (int i = 0; i < summary->policy_count * summary->seed_count; i++) {
        double value = weir_metric_value(&summary->records[i].metrics, metric);
        if (summary->records[i].present && isfinite(value) && value != 0)
            return true;
    }
    return false;
}

static void choose_usual(const struct weir_summary *summary, struct weir_columns *columns)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const struct weir_metric *metric = find(usual[i]);
        bool shown = metric != NULL;
        for (size_t j = 0; shown && j < sizeof only_if_any / sizeof *only_if_any; j++)
            shown = strcmp(usual[i], only_if_any[j]) != 0 || any_value(summary, metric);
        if (shown)
            columns->metrics[columns->count++] = metric;
    }
}

static int unknown_metric(const char *name)
{
    const char *names[256];
    size_t count = 0;
    for (const struct weir_metric *m = weir_metric_table; m->name && count < 256; m++)
        names[count++] = m->name;
    const char *near = weir_nearest(name, names, count);
    if (near)
        return weir_error(WEIR_EUSAGE, "--metrics: \"%s\" is no metric; did you mean \"%s\"?", name, near);
    return weir_error(WEIR_EUSAGE, "--metrics: \"%s\" is no metric; `weir list metrics` shows them all", name);
}

int weir_columns_choose(const char *names, const struct weir_summary *summary, struct weir_columns *columns)
{
    *columns = (struct weir_columns){0};
    if (!names) {
        if (summary)
            choose_usual(summary, columns);
        return WEIR_OK;
    }
    int code = WEIR_OK;
    char *copy = weir_copy(names), *rest = copy, *name;
    while (code == WEIR_OK && (name = strsep(&rest, ","))) {
        const struct weir_metric *metric = find(name);
        if (!metric)
            code = unknown_metric(name);
        else if (columns->count == WEIR_TABLE_COLUMNS)
            code = weir_error(WEIR_EUSAGE, "--metrics: a table has at most %d columns", WEIR_TABLE_COLUMNS);
        else
            columns->metrics[columns->count++] = metric;
    }
    free(copy);
    return code;
}

/* One column, formatted: a cell a policy. */
struct column {
    char title[64], unit[32];
    char (*cells)[64];
    bool *best;
    int width;
};

/* "latency_p95" is shown as "latency p95". */
static void write_title(struct column *column, const struct weir_metric *metric)
{
    snprintf(column->title, sizeof column->title, "%s", metric->name);
    for (char *c = column->title; *c; c++)
        if (*c == '_')
            *c = ' ';
}

static void write_cell(char cell[64], const struct weir_estimate *value, double factor, bool best)
{
    double mean = value->mean / factor, half = (value->high - value->low) / 2 / factor;
    char mark[4];
    snprintf(mark, sizeof mark, "%s%s", value->doubt ? "~" : "", best ? "*" : " ");
    if (!isfinite(mean)) {
        snprintf(cell, 64, "- ");
        return;
    }
    int digits = decimals(mean, 4);
    if (!isfinite(half)) {
        snprintf(cell, 64, "%.*f%s", digits, mean, mark);
        return;
    }
    int of_half = decimals(half, 2);
    if (half < 1e-9 * fabs(mean)) /* rounding: all runs have this value */
        half = 0;
    if (half == 0) {
        snprintf(cell, 64, "%.*f ±0%s", digits, mean, mark);
        return;
    }
    digits = of_half < digits ? of_half : digits;
    snprintf(cell, 64, "%.*f ±%.*f%s", digits, mean, digits, half, mark);
}

/* A mean that lacks runs stands for those in which there was something to measure, and is no rival. */
static bool is_rival(const struct weir_estimate *value)
{
    return isfinite(value->mean) && !value->none;
}

/* The best mean, NaN if there is none or all are alike in the digits shown. */
static double best_mean(const struct weir_estimate *values, int count, enum weir_better better)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < count; i++) {
        if (is_rival(&values[i])) {
            low = fmin(low, values[i].mean);
            high = fmax(high, values[i].mean);
        }
    }
    if (better == WEIR_BETTER_NONE || !(high - low > 5e-5 * fmax(fabs(low), fabs(high))))
        return NAN;
    return better == WEIR_BETTER_LOW ? low : high;
}

/* Characters on the terminal: bytes that do not continue a UTF-8 sequence. */
static int display_width(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static int widest(int width, const char *text)
{
    int wanted = display_width(text);
    return wanted > width ? wanted : width;
}

static void fill_column(struct column *column, const struct weir_summary *summary, const struct weir_metric *metric)
{
    int count = summary->policy_count;
    struct weir_estimate *values = weir_alloc((size_t)count, sizeof *values), difference;
    double size = 0;
    for (int p = 0; p < count; p++) {
        weir_summary_estimate(summary, p, metric, &values[p], &difference);
        if (isfinite(values[p].mean))
            size = fmax(size, fabs(values[p].mean));
    }
    struct scale scale = choose_scale(metric->unit, size);
    double best = best_mean(values, count, metric->better);
    column->cells = weir_alloc((size_t)count, sizeof *column->cells);
    column->best = weir_alloc((size_t)count, sizeof *column->best);
    write_title(column, metric);
    snprintf(column->unit, sizeof column->unit, "%s", scale.shown);
    column->width = widest(widest(0, column->title) + 1, column->unit);
    for (int p = 0; p < count; p++) {
        column->best[p] = is_rival(&values[p]) && fabs(values[p].mean - best) <= 5e-5 * fabs(best); /* as shown */
        write_cell(column->cells[p], &values[p], scale.factor, column->best[p]);
        column->width = widest(column->width, column->cells[p]);
    }
    free(values);
}

static void print_right(FILE *out, const char *text, int width, bool bold)
{
    fprintf(out, "%*s%s%s%s", width - display_width(text), "", bold ? "\033[1m" : "", text, bold ? "\033[0m" : "");
}

static void print_part(FILE *out, const struct weir_summary *summary, const struct column *columns, int count,
                       int label_width, bool bold)
{
    fprintf(out, "%-*s", label_width, "policy");
    for (int c = 0; c < count; c++) {
        fputs("  ", out);
        print_right(out, columns[c].title, columns[c].width - 1, false);
        fputc(' ', out);
    }
    fprintf(out, "\n%*s", label_width, "");
    for (int c = 0; c < count; c++) {
        fputs("  ", out);
        print_right(out, columns[c].unit, columns[c].width - 1, false);
        fputc(' ', out);
    }
    fputc('\n', out);
    for (int p = 0; p < summary->policy_count; p++) {
        fprintf(out, "%s%*s", summary->labels[p], label_width - display_width(summary->labels[p]), "");
        for (int c = 0; c < count; c++) {
            fputs("  ", out);
            print_right(out, columns[c].cells[p], columns[c].width, bold && columns[c].best[p]);
        }
        fputc('\n', out);
    }
}

/* Runs without a value for which the same figures lack it are told together: "latency mean, latency p95: none in 2 of 3
 * runs of static, whose mean is that of the others". Where no run of any policy has one there is nothing to tell. */
static void print_missing(FILE *out, const struct weir_summary *summary, const struct weir_columns *columns)
{
    for (int p = 0; p < summary->policy_count; p++)
        for (int none = 1; none <= summary->seed_count; none++) {
            const char *before = "";
            int left = 0;
            for (int c = 0; c < columns->count; c++) {
                struct weir_estimate value, difference;
                weir_summary_estimate(summary, p, columns->metrics[c], &value, &difference);
                if (value.none != none || !any_value(summary, columns->metrics[c]))
                    continue;
                fprintf(out, "%s%s", before, columns->metrics[c]->name);
                before = ", ";
                left = value.count;
            }
            if (*before)
                fprintf(out, ": none in %d of %d run%s of %s%s.\n", none, none + left, none + left == 1 ? "" : "s",
                        summary->labels[p], left ? "; the mean is that of the others, and is not marked" : "");
        }
}

/* Why intervals are doubtful, if some are. */
static void print_doubts(FILE *out, const struct weir_summary *summary, const struct weir_columns *columns)
{
    bool any[WEIR_DOUBT_HEAVY + 1] = {false};
    for (int p = 0; p < summary->policy_count; p++)
        for (int c = 0; c < columns->count; c++) {
            struct weir_estimate value, difference;
            weir_summary_estimate(summary, p, columns->metrics[c], &value, &difference);
            any[value.doubt] = true;
        }
    if (any[WEIR_DOUBT_SKEWED])
        fputs(
            "~: these runs are skewed, and an interval that takes them for normal may be far off: look at runs.csv, or "
            "give --bootstrap and 8 seeds at least.\n",
            out);
    if (any[WEIR_DOUBT_HEAVY])
        fputs("~: work has so heavy a tail that the variance of latencies is infinite: intervals of means do not hold, "
              "however many the seeds; those of quantiles do.\n",
              out);
}

static void print_notes(FILE *out, const struct weir_summary *summary, const struct weir_columns *columns)
{
    int present = weir_summary_present(summary), wanted = summary->policy_count * summary->seed_count;
    if (summary->policy_count > 1)
        fputs("* best of its column.", out);
    if (summary->seed_count > 1) {
        fprintf(out, "%s±: half the 95 %% confidence interval%s over %d seeds.", summary->policy_count > 1 ? " " : "",
                summary->bootstrap && summary->seed_count >= WEIR_BOOTSTRAP_LEAST ? " (bootstrap)" : "",
                summary->seed_count);
        if (summary->policy_count > 1)
            fprintf(out, " summary.csv has the differences to %s, paired by seed.", summary->labels[0]);
    } else if (summary->policy_count > 1) {
        fputs(" One seed: no confidence intervals.", out);
    }
    fputc('\n', out);
    print_missing(out, summary, columns);
    print_doubts(out, summary, columns);
    if (present < wanted)
        fprintf(out, "Only %d of %d runs are in this table; the others failed.\n", present, wanted);
}

void weir_table_print(FILE *out, const struct weir_summary *summary, const struct weir_columns *columns, bool bold,
                      int width)
{
    int label_width = (int)strlen("policy");
    for (int p = 0; p < summary->policy_count; p++)
        label_width = widest(label_width, summary->labels[p]);
    struct column *formatted = weir_alloc((size_t)columns->count, sizeof *formatted);
    for (int c = 0; c < columns->count; c++)
        fill_column(&formatted[c], summary, columns->metrics[c]);
    fprintf(out, "%s: %d polic%s, %d seed%s\n\n", summary->scenario, summary->policy_count,
            summary->policy_count == 1 ? "y" : "ies", summary->seed_count, summary->seed_count == 1 ? "" : "s");
    for (int c = 0; c < columns->count;) {
        int used = label_width, part = 0;
        while (c + part < columns->count && (part == 0 || used + 2 + formatted[c + part].width <= width))
            used += 2 + formatted[c + part++].width;
        print_part(out, summary, &formatted[c], part, label_width, bold);
        fputc('\n', out);
        c += part;
    }
    print_notes(out, summary, columns);
    for (int c = 0; c < columns->count; c++) {
        free(formatted[c].cells);
        free(formatted[c].best);
    }
    free(formatted);
}
