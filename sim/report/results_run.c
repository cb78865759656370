/* One run of a results folder. */
#include "sim/report/results_run.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/param.h"
#include "sim/experiment/seal.h"

static void read_latencies(const struct weir_json *root, struct weir_results_run *run)
{
    struct weir_json list;
    if (!weir_json_get(root, "latency_quantiles", &list))
        return;
    struct weir_json pair;
    for (bool more = weir_json_first(&list, &pair); more && run->point_count < WEIR_LATENCY_POINTS;
         more = weir_json_next(&pair)) {
        if (weir_json_size(&pair) != 2)
            continue;
        struct weir_json share = weir_json_at(&pair, 0), latency = weir_json_at(&pair, 1);
        int at = run->point_count;
        if (weir_json_number(&share, 0, 1, &run->shares[at]) == WEIR_OK &&
            weir_json_number(&latency, 0, 1e300, &run->latency_s[at]) == WEIR_OK)
            run->point_count++;
    }
}

/* What is checked of the files beside a result.json. */
struct checked {
    const struct weir_json *root;
    struct weir_results *results;
    struct weir_results_run *run;
};

static int check_file(void *context, const char *name)
{
    struct checked *checked = context;
    struct weir_results_run *run = checked->run;
    if (weir_seal_check_file(checked->root, run->folder, name) == WEIR_OK)
        return WEIR_OK;
    weir_results_tell(checked->results, "%s; it is not used", weir_error_message());
    weir_error_clear();
    run->damaged = weir_resize(run->damaged, (size_t)run->damaged_count + 1, sizeof *run->damaged);
    run->damaged[run->damaged_count++] = weir_copy(name);
    return WEIR_OK;
}

bool weir_results_usable(const struct weir_results_run *run, const char *name)
{
    for (int i = 0; i < run->damaged_count; i++)
        if (strncmp(run->damaged[i], name, strlen(name)) == 0) /* NAME or NAME.gz */
            return false;
    return true;
}

void weir_results_run_fini(struct weir_results_run *run)
{
    for (int i = 0; i < run->damaged_count; i++)
        free(run->damaged[i]);
    free(run->damaged);
    free(run->folder);
    free(run->version);
    *run = (struct weir_results_run){0};
}

/* What result.json says of the run, beside what record.h reads. */
struct heading {
    const char *policy, *scenario, *weir;
    double duration_s, warmup_s;
};
#define HEADING(key, kind, text, sentence)                                                                             \
    WEIR_PARAM_ROW(struct heading, #key, kind, WEIR_UNIT_NONE, key, text, 0, 1e300, sentence)
static const struct weir_param heading_keys[] = {
    HEADING(policy, WEIR_PARAM_STRING, "?", "The stack's label."),
    HEADING(scenario, WEIR_PARAM_STRING, "", "The scenario's name."),
    HEADING(weir, WEIR_PARAM_STRING, "?", "The version that made it."),
    HEADING(duration_s, WEIR_PARAM_DOUBLE, "0", "Of the run."),
    HEADING(warmup_s, WEIR_PARAM_DOUBLE, "0", "Of the run."),
    {0},
};

void weir_results_add_run(struct weir_results *results, const char *folder)
{
    struct weir_results_run run = {.folder = weir_copy(folder)};
    struct weir_json_doc *doc = NULL;
    char *path = weir_format("%s/result.json", folder);
    struct heading heading = {0};
    struct weir_json seed;
    int code = weir_json_load(path, &doc);
    if (code != WEIR_OK)
        goto out;
    struct weir_json root = weir_json_root(doc);
    code = weir_record_read(folder, &run.record);
    if (code == WEIR_OK)
        code = weir_json_need(&root, "seed", &seed);
    if (code == WEIR_OK)
        code = weir_param_take(heading_keys, &root, &heading);
    if (code != WEIR_OK)
        goto out;
    run.duration_s = heading.duration_s;
    run.warmup_s = heading.warmup_s;
    char *text = weir_json_print(&seed);
    run.seed = strtoull(text, NULL, 10);
    free(text);
    /* A number above 2^53 is exact in the folder's name only. */
    const char *name = strrchr(folder, '/');
    if (name && strncmp(name, "/seed-", 6) == 0)
        run.seed = strtoull(name + 6, NULL, 10);
    read_latencies(&root, &run);
    struct checked checked = {&root, results, &run};
    weir_seal_each(&root, check_file, &checked);
    run.policy = weir_results_label(results, heading.policy);
    run.version = weir_copy(heading.weir);
    if (!results->title && *heading.scenario)
        results->title = weir_copy(heading.scenario);
    results->runs = weir_grow(results->runs, results->run_count + 1, &results->run_capacity, sizeof *results->runs);
    results->runs[results->run_count++] = run;
out:
    if (code != WEIR_OK) {
        weir_results_tell(results, "%s; the run is left out", weir_error_message());
        weir_error_clear();
        weir_results_run_fini(&run);
    }
    weir_json_free(doc);
    free(path);
}
