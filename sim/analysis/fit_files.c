/* The files of a fit: docs/calibrate.md says what is in them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/inputs.h"

typedef void fill(const struct fit_problem *problem, const struct fit_answer *answer, FILE *file);

static void number(FILE *file, double value)
{
    char buffer[WEIR_NUMBER_SIZE];
    weir_number_digits(value, 10, buffer);
    fputs(buffer, file);
}

/* The group that a key is in, from 1 on; 0: none. */
static int group_of(const struct fit_answer *answer, int key)
{
    for (int g = 0; g < answer->group_count; g++)
        for (int k = 0; k < answer->groups[g].count; k++)
            if (answer->groups[g].keys[k] == key)
                return g + 1;
    return 0;
}

static void parameters(const struct fit_problem *problem, const struct fit_answer *answer, FILE *file)
{
    fputs("key,path,value,unit,error,min,max,scale,end,group\n", file);
    for (int k = 0; k < problem->key_count; k++) {
        const struct fit_key *key = &problem->keys[k];
        weir_csv_field(file, key->name);
        fputc(',', file);
        weir_csv_field(file, key->path);
        fputc(',', file);
        number(file, answer->value[k]);
        fprintf(file, ",%s,", key->unit);
        number(file, answer->error[k]);
        fputc(',', file);
        number(file, key->min);
        fputc(',', file);
        number(file, key->max);
        fprintf(file, ",%s,%s,",
                key->is_log       ? "log"
                : key->is_integer ? "integer"
                                  : "linear",
                answer->at_bound[k] < 0   ? "lower"
                : answer->at_bound[k] > 0 ? "upper"
                                          : "");
        if (group_of(answer, k))
            fprintf(file, "%d", group_of(answer, k));
        fputc('\n', file);
    }
}

static void agreements(const struct fit_problem *problem, const struct fit_answer *answer, FILE *file)
{
    fputs("file,fitted,series,by,rows,measured,simulated,misfit,p50,p95,peak,correlation\n", file);
    for (int c = 0; c < problem->case_count; c++) {
        for (int m = 0; m < problem->match_count; m++) {
            struct fit_agreement a;
            fit_agree(problem, &problem->cases[c], m, answer->series[c], &a);
            const double values[] = {a.measured, a.simulated, a.misfit, a.p50, a.p95, a.peak, a.correlation};
            weir_csv_field(file, problem->cases[c].name);
            fprintf(file, ",%d,", problem->cases[c].fitted);
            weir_csv_field(file, problem->matches[m].name);
            fprintf(file, ",%s,%d", fit_by_names[problem->matches[m].by], a.rows);
            for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
                fputc(',', file);
                number(file, values[i]);
            }
            fputc('\n', file);
        }
    }
}

static void series(const struct fit_problem *problem, const struct fit_answer *answer, FILE *file)
{
    fputs("file,fitted,time,series,measured,simulated,difference\n", file);
    for (int c = 0; c < problem->case_count; c++) {
        const struct fit_case *of = &problem->cases[c];
        for (int m = 0; m < problem->match_count; m++) {
            for (int b = 0; b < of->bins; b++) {
                size_t cell = (size_t)m * (size_t)of->bins + (size_t)b;
                double measured = of->measured[cell], simulated = answer->series[c][cell];
                const double values[] = {measured, simulated, simulated - measured};
                if (!isfinite(measured) && !isfinite(simulated))
                    continue;
                weir_csv_field(file, of->name);
                fprintf(file, ",%d,", of->fitted);
                number(file, (b + 1) * of->bin_s);
                fputc(',', file);
                weir_csv_field(file, problem->matches[m].name);
                for (int i = 0; i < 3; i++) {
                    fputc(',', file);
                    number(file, values[i]);
                }
                fputc('\n', file);
            }
        }
    }
}

static void evaluations(const struct fit_problem *problem, const struct fit_answer *answer, FILE *file)
{
    int n = problem->key_count;
    for (int k = 0; k < n; k++) {
        weir_csv_field(file, problem->keys[k].name);
        fputc(',', file);
    }
    fputs("seeds,loss\n", file);
    for (int i = 0; i < answer->evaluated_count; i++) {
        const double *row = answer->evaluated + (size_t)i * (size_t)(n + 1);
        for (int k = 0; k < n; k++) {
            number(file, fit_key_value(&problem->keys[k], row[k]));
            fputc(',', file);
        }
        fprintf(file, "%d,", i < answer->fine_from ? answer->coarse_seeds : problem->seed_count);
        number(file, row[n]);
        fputc('\n', file);
    }
}

static int write_file(const struct fit_problem *problem, const struct fit_answer *answer, const char *folder,
                      const char *name, fill *content)
{
    char *path = weir_format("%s/%s", folder, name);
    FILE *file = weir_file_begin(path);
    int code = file ? WEIR_OK : WEIR_EINPUT;
    if (file) {
        content(problem, answer, file);
        code = weir_file_commit(file, path);
    }
    free(path);
    return code;
}

/* The edited platform beside the scenario; *set names it. */
static int write_platform(const struct fit_problem *problem, const struct fit_changes *changes, const char *folder,
                          char **set)
{
    struct weir_scenario *scenario = NULL;
    char *path = weir_format("%s/platform.xml", folder), *absolute = NULL;
    int code = weir_scenario_read_changed(problem->scenario, &changes->changes, &scenario);
    if (code == WEIR_OK)
        code = weir_file_replace(path, scenario->platform->content);
    if (code == WEIR_OK && (absolute = realpath(path, NULL)))
        *set = weir_format("platform=\"%s\"", absolute);
    weir_scenario_free(scenario);
    free(absolute);
    free(path);
    return code;
}

/* The scenario of the first fitted file with the fitted values. */
static int write_scenario(const struct fit_problem *problem, const struct fit_answer *answer, const char *folder)
{
    struct fit_changes changes;
    int first = 0, count = 0;
    char *platform = NULL, *path = weir_format("%s/scenario.json", folder);
    while (!problem->cases[first].fitted)
        first++;
    fit_change(problem, &problem->cases[first], answer->u, &changes);
    int code = changes.changes.edit_count ? write_platform(problem, &changes, folder, &platform) : WEIR_OK;
    while (changes.sets[count])
        count++;
    const char **sets = weir_alloc((size_t)count + 1, sizeof *sets);
    memcpy(sets, changes.sets + 1, (size_t)(count - 1) * sizeof *sets); /* without what the observer wants */
    sets[count - 1] = platform;
    if (code == WEIR_OK)
        code = weir_inputs_write(path, problem->scenario, sets);
    if (code == WEIR_OK)
        code = fit_sign(problem, answer, path);
    free(sets);
    fit_changes_fini(&changes);
    free(platform);
    free(path);
    return code;
}

int fit_write(const struct fit_problem *problem, const struct fit_answer *answer, const char *folder)
{
    static const struct {
        const char *name;
        fill *content;
    } files[] = {{"parameters.csv", parameters},
                 {"agreement.csv", agreements},
                 {"series.csv", series},
                 {"evaluations.csv", evaluations}};
    int code = write_scenario(problem, answer, folder);
    for (size_t f = 0; f < sizeof files / sizeof *files && code == WEIR_OK; f++)
        code = write_file(problem, answer, folder, files[f].name, files[f].content);
    if (code == WEIR_OK) {
        char *json = fit_json(problem, answer), *path = weir_format("%s/calibration.json", folder);
        code = weir_file_replace(path, json);
        free(path);
        free(json);
    }
    return code;
}
