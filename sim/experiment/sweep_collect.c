/* What is done with the packs of a sweep: tables, the files of one run, what is left to do. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/anomaly_file.h"
#include "sim/experiment/files.h"
#include "sim/experiment/sweep.h"

static int tell_failed(const struct weir_sweep *sweep, struct weir_pack_index *index,
                       const struct weir_sweep_counts *counts)
{
    int run = counts->first_failed, run_code = WEIR_ERUN;
    char *message = NULL, *name = weir_sweep_plan_name(sweep->plan, run);
    const struct weir_pack_entry *entry = weir_pack_find(index, sweep->plan->keys[run]);
    int code = weir_pack_read_failure(index, entry, &run_code, &message);
    if (code == WEIR_OK) {
        code = weir_error(run_code, "%s: %s", name, message);
        if (counts->failed > 1)
            weir_error_context("%d of %d runs failed, the first of them", counts->failed,
                               counts->done + counts->failed + counts->missing);
    }
    free(message);
    free(name);
    return code;
}

int weir_sweep_collect(const struct weir_sweep *sweep)
{
    struct weir_pack_index index;
    struct weir_sweep_counts counts;
    if (!weir_file_exists(sweep->folder))
        return weir_error(WEIR_EINPUT, "%s: no such folder; run the sweep first", sweep->folder);
    int code = weir_sweep_index(sweep, &index);
    if (code == WEIR_OK)
        code = weir_sweep_tables(sweep, &index, &counts);
    if (code != WEIR_OK)
        goto out;
    int total = counts.done + counts.failed + counts.missing;
    if (!sweep->pool.quiet)
        fprintf(stderr, "%s: %d of %d runs finished, %d failed, %d missing\n", sweep->folder, counts.done, total,
                counts.failed, counts.missing);
    if (counts.failed)
        code = tell_failed(sweep, &index, &counts);
    else if (counts.missing)
        code = weir_error(WEIR_ERUN, "%s: %d of %d runs are missing; `weir sweep %s -o %s` runs them", sweep->folder,
                          counts.missing, total, sweep->plan->study->path, sweep->folder);
out:
    weir_pack_index_fini(&index);
    return code;
}

/* A run by its number or key; -1 if there is none. */
static int find_run(const struct weir_sweep_plan *plan, const char *text)
{
    char *end;
    if (strlen(text) == 16) {
        unsigned long long key = strtoull(text, &end, 16);
        return *end ? -1 : (int)weir_key_map_get(&plan->first, key);
    }
    long number = isdigit((unsigned char)*text) ? strtol(text, &end, 10) : 0;
    return number >= 1 && number <= plan->run_count && !*end ? (int)number - 1 : -1;
}

/* What the run wrote to stderr, if that is anything. */
static int extract_words(const char *sweep, unsigned long long key, const char *folder)
{
    struct weir_text text = {0};
    char *from = weir_format("%s/stderr/%016llx.txt", sweep, key), *to = weir_format("%s/stderr.txt", folder);
    int code = weir_file_exists(from) ? weir_text_read_file(&text, from) : WEIR_OK;
    if (code == WEIR_OK && text.length)
        code = weir_file_replace(to, weir_text_string(&text));
    weir_text_fini(&text);
    free(to);
    free(from);
    return code;
}

int weir_sweep_extract(const struct weir_sweep *sweep, const char *text, char **extracted)
{
    static const char *const files[] = {"windows.csv", "decisions.csv", "result.json"}; /* as in weir_pack_member */
    const struct weir_sweep_plan *plan = sweep->plan;
    struct weir_pack_index index = {.descriptor = -1};
    struct weir_scenario *scenario = NULL;
    int run = find_run(plan, text), code;
    *extracted = NULL;
    if (run < 0)
        return weir_error(WEIR_EUSAGE,
                          "--extract: \"%s\" is neither a run's number, from 1 to %d, nor its key of 16 digits", text,
                          plan->run_count);
    char *folder = weir_format("%s/extracted/%016llx", sweep->folder, plan->keys[run]);
    if ((code = weir_sweep_index(sweep, &index)) != WEIR_OK)
        goto out;
    if (!weir_pack_has(&index, plan->keys[run])) {
        code = weir_error(WEIR_EINPUT, "%s: run %d has no result; start the sweep again to run what is missing",
                          sweep->folder, run + 1);
        goto out;
    }
    code = weir_folder_make(folder);
    for (int m = 0; m < WEIR_PACK_MEMBERS && code == WEIR_OK; m++) {
        char *content = NULL, *path = weir_format("%s/%s", folder, files[m]);
        code = weir_pack_read(&index, weir_pack_find(&index, plan->keys[run]), (enum weir_pack_member)m, &content);
        if (code == WEIR_OK && *content)
            code = weir_file_replace(path, content);
        free(content);
        free(path);
    }
    if (code == WEIR_OK && plan->study->keep_files &&
        (code = weir_sweep_plan_scenario(plan, weir_sweep_plan_configuration(plan, run), &scenario)) == WEIR_OK)
        code = weir_anomaly_file_write(folder, scenario, weir_sweep_plan_seed(plan, run));
    weir_scenario_free(scenario);
    if (code == WEIR_OK)
        code = extract_words(sweep->folder, plan->keys[run], folder);
    if (code == WEIR_OK)
        *extracted = weir_copy(folder);
out:
    weir_pack_index_fini(&index);
    free(folder);
    return code;
}

int weir_sweep_left(const struct weir_sweep *sweep, int parts, int **left)
{
    const struct weir_sweep_plan *plan = sweep->plan;
    struct weir_pack_index index;
    *left = NULL;
    int code = weir_sweep_index(sweep, &index);
    if (code == WEIR_OK) {
        *left = weir_alloc((size_t)parts, sizeof **left);
        for (int part = 1; part <= parts; part++) {
            int run, end;
            for (weir_sweep_part(plan, part, parts, &run, &end); run < end; run++)
                (*left)[part - 1] += weir_sweep_is_wanted(plan, &index, run);
        }
    }
    weir_pack_index_fini(&index);
    return code;
}
