/* summary.csv, aggregate.csv, pairs.csv, failures.csv: one walk through the plan, in its order, so that the tables do
 * not depend on when and where the runs were made. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/base/stats.h"
#include "sim/experiment/files.h"
#include "sim/experiment/seal.h"
#include "sim/experiment/summary.h"
#include "sim/experiment/sweep.h"

#define LEVEL 0.95

enum { SUMMARY, AGGREGATE, PAIRS, FAILURES, TABLES };
static const char *const names[TABLES + 1] = {"summary.csv", "aggregate.csv", "pairs.csv", "failures.csv", NULL};

struct tables {
    const struct weir_sweep *sweep;
    struct weir_pack_index *index;
    struct weir_sweep_counts *counts;
    FILE *files[TABLES];
    char *paths[TABLES];
    char *configuration;         /* the one that is taken, as fields of a row */
    struct weir_record *records; /* its runs, [policy][seed] */
    double *p;                   /* of all pairs, in the order of their rows */
    size_t p_count, p_capacity;
};

static void print_numbers(FILE *file, const double *values, int count)
{
    char buffer[32];
    for (int i = 0; i < count; i++)
        fprintf(file, ",%s", weir_number(values[i], buffer));
}

/* The metrics that are compared: those of which less or more is better. */
static const struct weir_metric *next_compared(const struct weir_metric *metric)
{
    while (metric->name && metric->better == WEIR_BETTER_NONE)
        metric++;
    return metric;
}

static void print_headers(const struct tables *tables)
{
    static const char *const before[TABLES] = {"run,key,", "", "", "run,key,"};
    static const char *const after[TABLES] = {",policy,seed", ",policy,metric,unit,better,n,mean,ci95_low,ci95_high\n",
                                              ",policy_a,policy_b,metric,unit,better,n,difference,ci95_low,ci95_high,p,"
                                              "p_holm\n",
                                              ",policy,seed,code,message\n"};
    for (int t = 0; t < TABLES; t++) {
        fputs(before[t], tables->files[t]);
        weir_sweep_plan_print_header(tables->sweep->plan, tables->files[t]);
        fputs(after[t], tables->files[t]);
    }
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        fprintf(tables->files[SUMMARY], ",%s", m->name);
    fputc('\n', tables->files[SUMMARY]);
}

/* "17,0123456789abcdef,3,60s,ds2,1" */
static void print_run(const struct tables *tables, int run, FILE *file)
{
    const struct weir_sweep_plan *plan = tables->sweep->plan;
    fprintf(file, "%d,%016llx,", run + 1, plan->keys[run]);
    fprintf(file, "%s,", tables->configuration);
    weir_csv_field(file, weir_sweep_plan_label(plan, run));
    fprintf(file, ",%llu", weir_sweep_plan_seed(plan, run));
}

static int tell_failure(struct tables *tables, int run, const struct weir_pack_entry *entry)
{
    int run_code = WEIR_ERUN;
    char *message = NULL;
    int code = weir_pack_read_failure(tables->index, entry, &run_code, &message);
    if (code != WEIR_OK)
        return code;
    print_run(tables, run, tables->files[FAILURES]);
    fprintf(tables->files[FAILURES], ",%d,", weir_exit_code(run_code));
    weir_csv_field(tables->files[FAILURES], message);
    fputc('\n', tables->files[FAILURES]);
    free(message);
    return WEIR_OK;
}

/* Reads one run's record and writes its row; the record is absent if there is none. */
static int take_run(struct tables *tables, int run, struct weir_record *record)
{
    const struct weir_sweep_plan *plan = tables->sweep->plan;
    const struct weir_pack_entry *entry = weir_pack_find(tables->index, plan->keys[run]);
    struct weir_sweep_counts *counts = tables->counts;
    bool is_first = weir_key_map_get(&plan->first, plan->keys[run]) == run;
    bool is_result = entry && entry->kind == WEIR_PACK_RESULT;
    char *json = NULL;
    *record = (struct weir_record){0};
    counts->done += is_first && is_result;
    counts->missing += is_first && !entry;
    if (!entry)
        return WEIR_OK;
    if (!is_result) {
        counts->failed += is_first;
        if (counts->first_failed < 0)
            counts->first_failed = run;
        return tell_failure(tables, run, entry);
    }
    int code = weir_pack_read(tables->index, entry, WEIR_PACK_JSON, &json);
    if (code == WEIR_OK)
        code = weir_record_parse(json, tables->index->paths[entry->pack], record);
    free(json);
    if (code != WEIR_OK)
        return code;
    print_run(tables, run, tables->files[SUMMARY]);
    for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
        double value = weir_metric_value(&record->metrics, m);
        print_numbers(tables->files[SUMMARY], &value, 1);
    }
    fputc('\n', tables->files[SUMMARY]);
    return WEIR_OK;
}

static double value_of(const struct weir_record *record, const struct weir_metric *metric)
{
    return record->present ? weir_metric_value(&record->metrics, metric) : NAN;
}

static void print_metric(FILE *file, const struct weir_metric *metric, const struct weir_moments *moments)
{
    double half = weir_moments_half_width(moments, LEVEL), mean = moments->count ? moments->mean : NAN;
    fprintf(file, ",%s,", metric->name);
    weir_csv_field(file, metric->unit);
    fprintf(file, ",%s,%d", weir_better_name(metric->better), (int)moments->count);
    print_numbers(file, (const double[]){mean, mean - half, mean + half}, 3);
}

static void aggregate(const struct tables *tables, int configuration)
{
    const struct weir_sweep_plan *plan = tables->sweep->plan;
    FILE *file = tables->files[AGGREGATE];
    for (int p = 0; p < plan->policy_count; p++) {
        const struct weir_record *records = tables->records + (size_t)p * (size_t)plan->seed_count;
        for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
            struct weir_moments moments = {0};
            for (int s = 0; s < plan->seed_count; s++) {
                double value = value_of(&records[s], m);
                if (isfinite(value))
                    weir_moments_add(&moments, value);
            }
            fprintf(file, "%s,", tables->configuration);
            weir_csv_field(file,
                           weir_sweep_plan_label(plan, (configuration * plan->policy_count + p) * plan->seed_count));
            print_metric(file, m, &moments);
            fputc('\n', file);
        }
    }
}

/* Rows of two policies, without the last field: the correction needs all p-values. */
static void compare_pair(struct tables *tables, int configuration, int a, int b)
{
    const struct weir_sweep_plan *plan = tables->sweep->plan;
    FILE *file = tables->files[PAIRS];
    int base = configuration * plan->policy_count;
    for (const struct weir_metric *m = next_compared(weir_metric_table); m->name; m = next_compared(m + 1)) {
        struct weir_moments moments = {0};
        for (int s = 0; s < plan->seed_count; s++) {
            double difference = value_of(&tables->records[a * plan->seed_count + s], m) -
                                value_of(&tables->records[b * plan->seed_count + s], m);
            if (isfinite(difference))
                weir_moments_add(&moments, difference);
        }
        double p = weir_moments_p_value(&moments);
        fprintf(file, "%s,", tables->configuration);
        weir_csv_field(file, weir_sweep_plan_label(plan, (base + a) * plan->seed_count));
        fputc(',', file);
        weir_csv_field(file, weir_sweep_plan_label(plan, (base + b) * plan->seed_count));
        print_metric(file, m, &moments);
        print_numbers(file, &p, 1);
        fputc('\n', file);
        tables->p = weir_grow(tables->p, tables->p_count + 1, &tables->p_capacity, sizeof *tables->p);
        tables->p[tables->p_count++] = p;
    }
}

static int take_configuration(struct tables *tables, int configuration)
{
    const struct weir_sweep_plan *plan = tables->sweep->plan;
    int runs = plan->policy_count * plan->seed_count, code = WEIR_OK;
    size_t size;
    FILE *fields = open_memstream(&tables->configuration, &size);
    weir_sweep_plan_print_configuration(plan, configuration, fields);
    fclose(fields);
    for (int i = 0; i < runs && code == WEIR_OK; i++)
        code = take_run(tables, configuration * runs + i, &tables->records[i]);
    if (code == WEIR_OK) {
        aggregate(tables, configuration);
        for (int a = 0; a < plan->policy_count; a++)
            for (int b = a + 1; b < plan->policy_count; b++)
                compare_pair(tables, configuration, a, b);
    }
    free(tables->configuration);
    return code;
}

/* Corrects the p-values of each metric over all its rows. */
static void correct(struct tables *tables)
{
    size_t metrics = 0;
    for (const struct weir_metric *m = next_compared(weir_metric_table); m->name; m = next_compared(m + 1))
        metrics++;
    size_t rows = metrics ? tables->p_count / metrics : 0;
    double *one = weir_alloc(rows, sizeof *one);
    for (size_t m = 0; m < metrics; m++) {
        for (size_t r = 0; r < rows; r++)
            one[r] = tables->p[r * metrics + m];
        weir_holm(one, rows);
        for (size_t r = 0; r < rows; r++)
            tables->p[r * metrics + m] = one[r];
    }
    free(one);
}

/* Writes the rows of pairs once more, each with its corrected p-value. */
static int finish_pairs(struct tables *tables)
{
    char *draft = weir_format("%s.draft", tables->paths[PAIRS]), *line = NULL, buffer[32];
    size_t capacity = 0;
    ssize_t length;
    int code = weir_file_commit(tables->files[PAIRS], draft);
    tables->files[PAIRS] = NULL;
    FILE *rows = code == WEIR_OK ? fopen(draft, "re") : NULL;
    if (rows)
        tables->files[PAIRS] = weir_file_begin(tables->paths[PAIRS]);
    if (tables->files[PAIRS]) {
        bool header = true;
        correct(tables);
        for (size_t row = 0; (length = getline(&line, &capacity, rows)) > 0;) {
            line[length - 1] = '\0';
            fputs(line, tables->files[PAIRS]);
            if (!header && row < tables->p_count)
                fprintf(tables->files[PAIRS], ",%s", weir_number(tables->p[row++], buffer));
            header = false;
            fputc('\n', tables->files[PAIRS]);
        }
    } else if (code == WEIR_OK) {
        code = weir_error(WEIR_EINPUT, "%s: cannot write the table of pairs", tables->paths[PAIRS]);
    }
    if (rows)
        fclose(rows);
    weir_os->unlink(draft);
    free(line);
    free(draft);
    return code;
}

static int begin(struct tables *tables)
{
    char *checksums = weir_format("%s/" WEIR_CHECKSUMS, tables->sweep->folder);
    weir_os->unlink(checksums); /* of the tables before */
    free(checksums);
    for (int t = 0; t < TABLES; t++) {
        char *draft = weir_format("%s/%s%s", tables->sweep->folder, names[t], t == PAIRS ? ".draft" : "");
        tables->paths[t] = weir_format("%s/%s", tables->sweep->folder, names[t]);
        tables->files[t] = weir_file_begin(draft);
        free(draft);
        if (!tables->files[t])
            return WEIR_EINPUT;
        setvbuf(tables->files[t], NULL, _IOFBF, 1 << 16);
    }
    print_headers(tables);
    return WEIR_OK;
}

/* Makes the tables appear, or takes away what was written of them. */
static int end(struct tables *tables, int code)
{
    for (int t = 0; t < TABLES; t++) {
        int committed = WEIR_OK;
        if (tables->files[t] && (code != WEIR_OK || (t == FAILURES && tables->counts->first_failed < 0))) {
            char *partial = weir_format("%s.partial", tables->paths[t]);
            char *draft = weir_format("%s.draft.partial", tables->paths[t]);
            fclose(tables->files[t]);
            weir_os->unlink(partial);
            if (t == PAIRS) /* which has been one, and may be so still */
                weir_os->unlink(draft);
            free(draft);
            free(partial);
        } else if (tables->files[t]) {
            committed = weir_file_commit(tables->files[t], tables->paths[t]);
        }
        if (t == FAILURES && tables->paths[t] && tables->counts->first_failed < 0)
            weir_os->unlink(tables->paths[t]);
        code = code == WEIR_OK ? committed : code;
        free(tables->paths[t]);
    }
    if (code == WEIR_OK)
        code = weir_checksums_write(tables->sweep->folder, names);
    return code == WEIR_OK ? weir_folder_sync(tables->sweep->folder) : code;
}

int weir_sweep_tables(const struct weir_sweep *sweep, struct weir_pack_index *index, struct weir_sweep_counts *counts)
{
    const struct weir_sweep_plan *plan = sweep->plan;
    struct tables tables = {.sweep = sweep, .index = index, .counts = counts};
    *counts = (struct weir_sweep_counts){.first_failed = -1};
    tables.records = weir_alloc((size_t)plan->policy_count * (size_t)plan->seed_count, sizeof *tables.records);
    int code = begin(&tables);
    for (int c = 0; c < plan->configuration_count && code == WEIR_OK; c++)
        code = take_configuration(&tables, c);
    if (code == WEIR_OK)
        code = finish_pairs(&tables);
    code = end(&tables, code);
    free(tables.records);
    free(tables.p);
    return code;
}
