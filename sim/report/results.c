#include "sim/report/results.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/experiment/seal.h"
#include "sim/experiment/summary.h"
#include "sim/report/results_run.h"

void weir_results_tell(struct weir_results *results, const char *format, ...)
{
    struct weir_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    weir_text_addv(&text, format, arguments);
    va_end(arguments);
    results->problems =
        weir_grow(results->problems, results->problem_count + 1, &results->problem_capacity, sizeof *results->problems);
    results->problems[results->problem_count++] = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
}

char *weir_results_problems(const struct weir_results *results)
{
    struct weir_text lines = {0};
    for (size_t i = 0; i < results->problem_count; i++)
        weir_text_addf(&lines, "%s\n", results->problems[i]);
    char *text = weir_copy(weir_text_string(&lines));
    weir_text_fini(&lines);
    return text;
}

int weir_results_label(struct weir_results *results, const char *label)
{
    for (int i = 0; i < results->label_count; i++)
        if (strcmp(results->labels[i], label) == 0)
            return i;
    results->labels = weir_resize(results->labels, (size_t)results->label_count + 1, sizeof *results->labels);
    results->labels[results->label_count] = weir_copy(label);
    return results->label_count++;
}

/* The entries of a folder, sorted by name, "." and ".." left out; as scandir gives them. -1: it cannot be read. */
static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void visit(struct weir_results *results, const char *folder, int depth)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        char *path = weir_format("%s/%s", folder, entries[i]->d_name);
        char *result = weir_format("%s/result.json", path);
        size_t length = strlen(path);
        if (length > 8 && strcmp(path + length - 8, ".partial") == 0)
            weir_results_tell(results, "%s: the run was cut short and has no result", path);
        else if (depth)
            visit(results, path, depth - 1);
        else if (weir_file_exists(result))
            weir_results_add_run(results, path);
        else if (strncmp(entries[i]->d_name, "seed-", 5) == 0)
            weir_results_tell(results, "%s: has no result.json; the run is left out", path);
        free(result);
        free(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static int by_policy(const void *a, const void *b)
{
    const struct weir_results_run *x = a, *y = b;
    if (x->policy != y->policy)
        return x->policy < y->policy ? -1 : 1;
    return x->seed < y->seed ? -1 : x->seed > y->seed;
}

const struct weir_results_run *weir_results_find(const struct weir_results *results, int policy,
                                                 unsigned long long seed)
{
    for (size_t r = 0; r < results->run_count; r++)
        if (results->runs[r].policy == policy && results->runs[r].seed == seed)
            return &results->runs[r];
    return NULL;
}

bool weir_results_seed(const struct weir_results *results, unsigned long long *seed)
{
    int most = 0;
    for (size_t r = 0; r < results->run_count; r++) {
        int have = 0;
        for (int p = 0; p < results->label_count; p++)
            have += weir_results_find(results, p, results->runs[r].seed) != NULL;
        if (have > most || (have == most && results->runs[r].seed < *seed)) {
            most = have;
            *seed = results->runs[r].seed;
        }
    }
    return most > 0;
}

/* Every policy should have every seed that one of them has. */
static void tell_missing(struct weir_results *results)
{
    for (size_t r = 0; r < results->run_count; r++) {
        unsigned long long seed = results->runs[r].seed;
        bool first = true;
        for (size_t k = 0; k < r; k++)
            first = first && results->runs[k].seed != seed;
        for (int p = 0; first && p < results->label_count; p++)
            if (!weir_results_find(results, p, seed))
                weir_results_tell(results, "%s, seed %llu: there is no result; the run failed or was not made",
                                  results->labels[p], seed);
    }
    size_t unsealed = 0, last = 0;
    for (size_t r = results->run_count; r-- > 0;) {
        unsealed += !results->runs[r].record.sealed;
        last = results->runs[r].record.sealed ? last : r;
    }
    if (unsealed)
        weir_results_tell(
            results,
            "%s/result.json: has no seal, and so %zu of %zu: an older weir wrote it, or it was edited; its "
            "figures are shown as they stand",
            results->runs[last].folder, unsealed, results->run_count);
    const char *told = weir_version();
    for (size_t r = 0; r < results->run_count; r++) {
        if (strcmp(results->runs[r].version, told) == 0)
            continue;
        told = results->runs[r].version;
        if (strcmp(told, weir_version()) != 0)
            weir_results_tell(
                results,
                "Runs were made by weir %s, this report by weir %s: metrics that either does not know are "
                "missing, and what has the same name may have been measured otherwise",
                told, weir_version());
    }
}

/* What summary.csv would be of the runs that are there. */
static int summarise(struct weir_results *results)
{
    struct weir_stack *stacks = weir_alloc((size_t)results->label_count + 1, sizeof *stacks);
    unsigned long long *seeds = weir_alloc(results->run_count + 1, sizeof *seeds);
    int seed_count = 0;
    for (int p = 0; p < results->label_count; p++)
        stacks[p].label = results->labels[p];
    for (size_t r = 0; r < results->run_count; r++) {
        bool known = false;
        for (int s = 0; s < seed_count; s++)
            known = known || seeds[s] == results->runs[r].seed;
        if (!known)
            seeds[seed_count++] = results->runs[r].seed;
    }
    struct weir_summary *summary =
        weir_summary_new(results->title, results->folder, stacks, results->label_count, seeds, seed_count);
    for (int p = 0; p < results->label_count; p++) {
        for (int s = 0; s < seed_count; s++) {
            const struct weir_results_run *run = weir_results_find(results, p, seeds[s]);
            if (run)
                *weir_summary_record(summary, p, s) = run->record;
        }
    }
    char *csv = weir_summary_csv(summary);
    int code = weir_sheet_parse(csv, "summary", &results->summary);
    free(csv);
    weir_summary_free(summary);
    free(seeds);
    free(stacks);
    return code;
}

static bool has_columns(const struct weir_sheet *sheet, const char *const *names, const char **missing)
{
    for (; *names; names++) {
        *missing = *names;
        if (weir_sheet_column(sheet, *names) < 0)
            return false;
    }
    return true;
}

int weir_results_sheet(struct weir_results *results, const char *name, struct weir_sheet *sheet)
{
    bool known;
    char *path = weir_format("%s/%s", results->folder, name);
    int code = weir_checksums_check(results->folder, name, &known);
    if (code == WEIR_OK)
        code = weir_sheet_read(path, sheet);
    free(path);
    return code;
}

/* Nothing shows that tables are as weir wrote them. A comparison's are made anew of its runs, which have seals. */
static bool is_unproven(struct weir_results *results)
{
    bool has_runs = results->kind == WEIR_RESULTS_COMPARISON;
    char *path = weir_format("%s/" WEIR_CHECKSUMS, results->folder);
    bool unproven = !weir_file_exists(path);
    if (unproven)
        weir_results_tell(results, "%s is not there: nothing shows that the tables are as weir wrote them; %s", path,
                          has_runs ? "they are made anew of the runs" : "they are taken as they stand");
    free(path);
    return unproven && has_runs;
}

/* summary.csv or aggregate.csv, if it is what it should be. */
static void read_summary(struct weir_results *results, const char *name)
{
    static const char *const columns[] = {"policy", "metric",   "unit",      "better", "n",
                                          "mean",   "ci95_low", "ci95_high", NULL};
    const char *missing;
    char *path = weir_format("%s/%s", results->folder, name);
    if (!weir_file_exists(path)) {
        if (results->kind == WEIR_RESULTS_COMPARISON)
            weir_results_tell(results,
                              "%s is not there: the comparison was cut short; what follows is of the finished "
                              "runs, and `weir compare ... --resume` goes on",
                              path);
    } else if (is_unproven(results)) {
        weir_sheet_fini(&results->summary);
    } else if (weir_results_sheet(results, name, &results->summary) != WEIR_OK) {
        weir_results_tell(results, "%s; it is left out", weir_error_message());
        weir_error_clear();
    } else if (!has_columns(&results->summary, columns, &missing)) {
        weir_results_tell(results, "%s: has no column \"%s\": it is of another version of weir, and is left out", path,
                          missing);
        weir_sheet_fini(&results->summary);
    } else if (results->summary.is_cut) {
        weir_results_tell(results, "%s: is cut short; its last line is left out", path);
    }
    free(path);
    int policy = weir_sheet_column(&results->summary, "policy");
    for (size_t row = 0; row < results->summary.row_count; row++)
        weir_results_label(results, weir_sheet_cell(&results->summary, row, policy));
}

static bool has(const char *folder, const char *name)
{
    char *path = weir_format("%s/%s", folder, name);
    bool is_there = weir_file_exists(path);
    free(path);
    return is_there;
}

static int read_comparison(struct weir_results *results)
{
    char *runs = weir_format("%s/runs", results->folder);
    if (results->kind == WEIR_RESULTS_RUN) {
        weir_results_add_run(results, results->folder);
    } else {
        read_summary(results, "summary.csv");
        visit(results, runs, 1);
    }
    free(runs);
    if (results->run_count)
        qsort(results->runs, results->run_count, sizeof *results->runs, by_policy);
    tell_missing(results);
    if (!results->summary.row_count && results->run_count)
        return summarise(results);
    if (!results->summary.row_count)
        return weir_error(WEIR_EINPUT, "%s: has no finished run%s%s", results->folder,
                          results->problem_count ? ": " : "; run `weir compare` or `weir sweep` first",
                          results->problem_count ? results->problems[results->problem_count - 1] : "");
    return WEIR_OK;
}

int weir_results_read(const char *folder, struct weir_results *results)
{
    struct stat status;
    *results = (struct weir_results){.folder = weir_copy(folder)};
    int code = WEIR_OK;
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
        code =
            weir_error(WEIR_EINPUT, "%s: is no folder; give one that weir run, compare or sweep has written", folder);
    } else if (has(folder, "aggregate.csv")) {
        results->kind = WEIR_RESULTS_SWEEP;
        read_summary(results, "aggregate.csv");
        if (!results->summary.row_count)
            code = weir_error(WEIR_EINPUT, "%s/aggregate.csv: holds no row that can be read%s%s", folder,
                              results->problem_count ? ": " : "", results->problem_count ? results->problems[0] : "");
    } else if (has(folder, "packs")) {
        code = weir_error(WEIR_EINPUT,
                          "%s: is a sweep without tables; make them with `weir sweep %s/study.json --collect`", folder,
                          folder);
    } else if (has(folder, "result.json")) {
        results->kind = WEIR_RESULTS_RUN;
        code = read_comparison(results);
    } else if (has(folder, "summary.csv") || has(folder, "runs")) {
        results->kind = WEIR_RESULTS_COMPARISON;
        code = read_comparison(results);
    } else {
        code =
            weir_error(WEIR_EINPUT,
                       "%s: holds no results: neither summary.csv nor aggregate.csv nor result.json is there; give a "
                       "folder that weir run, compare or sweep has written",
                       folder);
    }
    if (!results->title) {
        const char *slash = strrchr(folder, '/');
        results->title = weir_copy(slash && slash[1] ? slash + 1 : folder);
    }
    if (code != WEIR_OK)
        weir_results_fini(results);
    return code;
}

void weir_results_fini(struct weir_results *results)
{
    for (size_t r = 0; r < results->run_count; r++)
        weir_results_run_fini(&results->runs[r]);
    for (int p = 0; p < results->label_count; p++)
        free(results->labels[p]);
    for (size_t i = 0; i < results->problem_count; i++)
        free(results->problems[i]);
    free(results->runs);
    free(results->labels);
    free(results->problems);
    free(results->folder);
    free(results->title);
    weir_sheet_fini(&results->summary);
    *results = (struct weir_results){0};
}
