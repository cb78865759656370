/* summary.csv, aggregate.csv, pairs.csv, failures.csv and runs.sqlite: one walk through the plan, in its order, so that
 * the tables do not depend on when and where the runs were made. */
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
#include "sim/experiment/sweep_database.h"

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
    struct weir_sweep_database *database;
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
    static const char *const after[TABLES] = {",policy,seed", ",policy,metric,unit,better,n,mean,ci95_low,ci95_high",
                                              ",policy_a,policy_b,metric,unit,better,n,difference,ci95_low,ci95_high,p,"
                                              "p_holm",
                                              ",policy,seed,code,message"};
    for (int t = 0; t < TABLES; t++) {
        fputs(before[t], tables->files[t]);
        weir_sweep_plan_print_header(tables->sweep->plan, tables->files[t]);
        fputs(after[t], tables->files[t]);
        weir_sweep_plan_print_si(tables->sweep->plan, -1, tables->files[t]);
        for (const struct weir_metric *m = weir_metric_table; m->name && t == SUMMARY; m++)
            fprintf(tables->files[t], ",%s", m->name);
        fputc('\n', tables->files[t]);
    }
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
    weir_sweep_plan_print_si(tables->sweep->plan, weir_sweep_plan_configuration(tables->sweep->plan, run),
                             tables->files[FAILURES]);
    fputc('\n', tables->files[FAILURES]);
    code = weir_sweep_database_run(tables->database, run, &(struct weir_record){0}, run_code, message);
    free(message);
    return code;
}

static int take_series(struct tables *tables, int run, const struct weir_pack_entry *entry)
{
    char *windows = NULL;
    int code = weir_pack_read(tables->index, entry, WEIR_PACK_WINDOWS, &windows);
    if (code == WEIR_OK && *windows) /* not kept, else */
        code = weir_sweep_database_series(tables->database, run, windows);
    free(windows);
    return code;
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
        return weir_sweep_database_run(tables->database, run, record, WEIR_OK, NULL);
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
    weir_sweep_plan_print_si(plan, weir_sweep_plan_configuration(plan, run), tables->files[SUMMARY]);
    for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
        double value = weir_metric_value(&record->metrics, m);
        print_numbers(tables->files[SUMMARY], &value, 1);
    }
    fputc('\n', tables->files[SUMMARY]);
    code = weir_sweep_database_run(tables->database, run, record, WEIR_OK, NULL);
    return code == WEIR_OK && tables->sweep->series ? take_series(tables, run, entry) : code;
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

static int aggregate(const struct tables *tables, int configuration)
{
    int code = WEIR_OK;
    const struct weir_sweep_plan *plan = tables->sweep->plan;
    FILE *file = tables->files[AGGREGATE];
    for (int p = 0; p < plan->policy_count; p++) {
        const struct weir_record *records = tables->records + (size_t)p * (size_t)plan->seed_count;
        const char *label = weir_sweep_plan_label(plan, (configuration * plan->policy_count + p) * plan->seed_count);
        for (const struct weir_metric *m = weir_metric_table; m->name && code == WEIR_OK; m++) {
            struct weir_moments moments = {0};
            for (int s = 0; s < plan->seed_count; s++) {
                double value = value_of(&records[s], m);
                if (isfinite(value))
                    weir_moments_add(&moments, value);
            }
            fprintf(file, "%s,", tables->configuration);
            weir_csv_field(file, label);
            print_metric(file, m, &moments);
            weir_sweep_plan_print_si(plan, configuration, file);
            fputc('\n', file);
            code = weir_sweep_database_mean(tables->database, configuration, label, NULL, m, &moments);
        }
    }
    return code;
}

/* Rows of two policies. They are printed when all are there: the correction of p-values needs all. */
static int compare_pair(struct tables *tables, int configuration, int a, int b)
{
    const struct weir_sweep_plan *plan = tables->sweep->plan;
    int base = configuration * plan->policy_count, code = WEIR_OK;
    const char *first = weir_sweep_plan_label(plan, (base + a) * plan->seed_count);
    const char *second = weir_sweep_plan_label(plan, (base + b) * plan->seed_count);
    for (const struct weir_metric *m = next_compared(weir_metric_table); m->name && code == WEIR_OK;
         m = next_compared(m + 1)) {
        struct weir_moments moments = {0};
        for (int s = 0; s < plan->seed_count; s++) {
            double difference = value_of(&tables->records[a * plan->seed_count + s], m) -
                                value_of(&tables->records[b * plan->seed_count + s], m);
            if (isfinite(difference))
                weir_moments_add(&moments, difference);
        }
        code = weir_sweep_database_mean(tables->database, configuration, first, second, m, &moments);
    }
    return code;
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
    if (code == WEIR_OK)
        code = aggregate(tables, configuration);
    for (int a = 0; a < plan->policy_count; a++)
        for (int b = a + 1; b < plan->policy_count && code == WEIR_OK; b++)
            code = compare_pair(tables, configuration, a, b);
    free(tables->configuration);
    return code;
}

static int begin(struct tables *tables)
{
    char *checksums = weir_format("%s/" WEIR_CHECKSUMS, tables->sweep->folder);
    weir_os->unlink(checksums); /* of the tables before */
    free(checksums);
    for (int t = 0; t < TABLES; t++) {
        tables->paths[t] = weir_format("%s/%s", tables->sweep->folder, names[t]);
        tables->files[t] = weir_file_begin(tables->paths[t]);
        if (!tables->files[t])
            return WEIR_EINPUT;
        setvbuf(tables->files[t], NULL, _IOFBF, 1 << 16);
    }
    print_headers(tables);
    return weir_sweep_database_begin(tables->sweep, &tables->database);
}

/* Makes the tables appear, or takes away what was written of them. */
static int end(struct tables *tables, int code)
{
    code = weir_sweep_database_end(tables->database, code);
    for (int t = 0; t < TABLES; t++) {
        int committed = WEIR_OK;
        if (tables->files[t] && (code != WEIR_OK || (t == FAILURES && tables->counts->first_failed < 0))) {
            char *partial = weir_format("%s.partial", tables->paths[t]);
            fclose(tables->files[t]);
            weir_os->unlink(partial);
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
        code = weir_sweep_database_pairs(tables.database, tables.files[PAIRS]);
    code = end(&tables, code);
    free(tables.records);
    return code;
}
