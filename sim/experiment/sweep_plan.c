#include "sim/experiment/sweep_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"

int weir_sweep_plan_scenario(const struct weir_sweep_plan *plan, int configuration, struct weir_scenario **scenario)
{
    struct weir_study_changes changes;
    weir_study_change(plan->study, configuration, &changes);
    if (changes.changes.edit_count == 0)
        changes.changes.platform = plan->base->platform;
    int code = weir_scenario_read_changed(plan->study->scenario, &changes.changes, scenario);
    weir_study_changes_fini(&changes);
    return code;
}

const char *weir_sweep_plan_label(const struct weir_sweep_plan *plan, int run)
{
    int policy = weir_sweep_plan_policy(plan, run);
    if (!plan->label_of)
        return plan->base->stacks[policy].label;
    return plan->labels[plan->label_of[weir_sweep_plan_configuration(plan, run) * plan->policy_count + policy]];
}

char *weir_sweep_plan_name(const struct weir_sweep_plan *plan, int run)
{
    char *varied = weir_study_describe(plan->study, weir_sweep_plan_configuration(plan, run));
    char *name = weir_format("run %d (%s%s%s, seed %llu)", run + 1, varied, *varied ? ", " : "",
                             weir_sweep_plan_label(plan, run), weir_sweep_plan_seed(plan, run));
    free(varied);
    return name;
}

void weir_sweep_plan_print_header(const struct weir_sweep_plan *plan, FILE *file)
{
    fputs("configuration", file);
    for (int c = 0; c < plan->study->column_count; c++) {
        fputc(',', file);
        weir_csv_field(file, plan->study->columns[c].name);
    }
}

void weir_sweep_plan_print_configuration(const struct weir_sweep_plan *plan, int configuration, FILE *file)
{
    fprintf(file, "%d", configuration + 1);
    for (int c = 0; c < plan->study->column_count; c++) {
        struct weir_study_value value = weir_study_value(plan->study, c, configuration);
        fputc(',', file);
        weir_csv_field(file, value.shown ? value.shown : "");
        weir_study_value_fini(&value);
    }
}

void weir_sweep_plan_print_si(const struct weir_sweep_plan *plan, int configuration, FILE *file)
{
    char buffer[WEIR_NUMBER_SIZE];
    for (int c = 0; c < plan->study->column_count; c++) {
        struct weir_study_kind kind = plan->kinds[c];
        if (kind.type != WEIR_STUDY_QUANTITY)
            continue;
        if (configuration < 0) {
            char *name = weir_format("%s_si", plan->study->columns[c].name);
            fputc(',', file);
            weir_csv_field(file, name);
            free(name);
            continue;
        }
        struct weir_study_value value = weir_study_value(plan->study, c, configuration);
        fprintf(file, ",%s", weir_number(weir_study_number(kind, &value), buffer));
        weir_study_value_fini(&value);
    }
}

void weir_sweep_plan_free(struct weir_sweep_plan *plan)
{
    if (!plan)
        return;
    for (int l = 0; l < plan->label_count; l++)
        free(plan->labels[l]);
    free(plan->labels);
    free(plan->label_of);
    free(plan->kinds);
    free(plan->keys);
    weir_key_map_fini(&plan->first);
    weir_scenario_free(plan->base);
    free(plan);
}

/* The number of a label among those seen. */
static int intern(struct weir_sweep_plan *plan, const char *label)
{
    for (int l = 0; l < plan->label_count; l++)
        if (strcmp(plan->labels[l], label) == 0)
            return l;
    plan->labels = weir_resize(plan->labels, (size_t)plan->label_count + 1, sizeof *plan->labels);
    plan->labels[plan->label_count] = weir_copy(label);
    return plan->label_count++;
}

/* Reads the base, and knows how many runs there are. */
static int begin(const struct weir_study *study, const struct weir_policy *const *catalog, struct weir_sweep_plan *plan)
{
    const char *sets[] = {NULL, NULL, NULL};
    int set_count = 0;
    if (study->policies)
        sets[set_count++] = study->policies;
    if (study->seeds)
        sets[set_count++] = study->seeds;
    plan->study = study;
    plan->catalog = catalog;
    int code = weir_scenario_read(study->scenario, sets, &plan->base);
    if (code != WEIR_OK) {
        weir_error_context("%s: scenario", study->path);
        return code;
    }
    plan->configuration_count = weir_study_count(study);
    plan->policy_count = plan->base->stack_count;
    plan->seed_count = plan->base->seed_count;
    long count = (long)plan->configuration_count * plan->policy_count * plan->seed_count;
    if (count > WEIR_STUDY_RUNS)
        return weir_error(
            WEIR_EINPUT, "%s: %d configurations x %d policies x %d seeds are %ld runs; at most %d can be planned",
            study->path, plan->configuration_count, plan->policy_count, plan->seed_count, count, WEIR_STUDY_RUNS);
    plan->run_count = (int)count;
    plan->keys = weir_alloc((size_t)count, sizeof *plan->keys);
    plan->kinds = weir_alloc((size_t)study->column_count, sizeof *plan->kinds);
    for (int c = 0; c < study->column_count; c++)
        plan->kinds[c] = weir_study_kind(study, c);
    return WEIR_OK;
}

static void note_first(struct weir_sweep_plan *plan)
{
    for (int run = 0; run < plan->run_count; run++)
        if (weir_key_map_get(&plan->first, plan->keys[run]) < 0)
            weir_key_map_set(&plan->first, plan->keys[run], run);
}

static bool varies_policies(const struct weir_study *study)
{
    for (int c = 0; c < study->column_count; c++)
        if (strncmp(study->columns[c].path, "policies", strlen("policies")) == 0)
            return true;
    return false;
}

/* Reads one configuration and takes down the keys of its runs. */
static int plan_configuration(struct weir_sweep_plan *plan, int configuration, bool check_stacks)
{
    struct weir_scenario *scenario;
    int code = weir_sweep_plan_scenario(plan, configuration, &scenario);
    if (code != WEIR_OK)
        return code;
    for (int p = 0; p < plan->policy_count && code == WEIR_OK; p++) {
        if (check_stacks && (code = weir_stack_look(&scenario->stacks[p], plan->catalog)) != WEIR_OK)
            break;
        int place = configuration * plan->policy_count + p;
        plan->label_of[place] = intern(plan, scenario->stacks[p].label);
        for (int s = 0; s < plan->seed_count; s++)
            plan->keys[(size_t)place * (size_t)plan->seed_count + (size_t)s] =
                weir_run_key(scenario, &scenario->stacks[p], scenario->seeds[s]);
    }
    weir_scenario_free(scenario);
    return code;
}

int weir_sweep_plan_make(const struct weir_study *study, const struct weir_policy *const *catalog,
                         struct weir_sweep_plan **plan)
{
    struct weir_sweep_plan *made = weir_alloc(1, sizeof *made);
    bool varied = varies_policies(study);
    *plan = NULL;
    int code = begin(study, catalog, made);
    if (code == WEIR_OK)
        made->label_of =
            weir_alloc((size_t)made->configuration_count * (size_t)made->policy_count, sizeof *made->label_of);
    for (int c = 0; code == WEIR_OK && c < made->configuration_count; c++) {
        code = plan_configuration(made, c, varied || c == 0);
        if (code != WEIR_OK) {
            char *described = weir_study_describe(study, c);
            weir_error_context("%s: configuration %d (%s)", study->path, c + 1, described);
            free(described);
        }
    }
    if (code != WEIR_OK) {
        weir_sweep_plan_free(made);
        return code;
    }
    note_first(made);
    *plan = made;
    return WEIR_OK;
}

/* Of all that keys depend on, but for files that single configurations name: the runs themselves see to those. */
static unsigned long long identity(const struct weir_sweep_plan *plan)
{
    unsigned long long hash = plan->study->hash;
    for (int p = 0; p < plan->policy_count; p++) {
        for (int s = 0; s < plan->seed_count; s++) {
            unsigned long long key = weir_run_key(plan->base, &plan->base->stacks[p], plan->base->seeds[s]);
            hash = weir_hash(hash, &key, sizeof key);
        }
    }
    return weir_hash(hash, &plan->run_count, sizeof plan->run_count);
}

/* The file: "weir-plan 2 IDENTITY CHECKSUM ENGINE\n", and the keys as the machine has them. */
#define HEAD       "weir-plan 2 %016llx %016llx "
#define HEAD_BYTES (46 + WEIR_ENGINE_NAME)

int weir_sweep_plan_save(const struct weir_sweep_plan *plan, const char *path)
{
    size_t bytes = (size_t)plan->run_count * sizeof *plan->keys;
    FILE *file = weir_file_begin(path);
    if (!file)
        return WEIR_EINPUT;
    fprintf(file, HEAD "%-*.*s\n", identity(plan), weir_hash(WEIR_HASH_START, plan->keys, bytes), WEIR_ENGINE_NAME - 1,
            WEIR_ENGINE_NAME - 1, weir_engine_version());
    fwrite(plan->keys, 1, bytes, file);
    return weir_file_commit(file, path);
}

/* *engine is that of the file, "" if there is none. */
static bool load_keys(struct weir_sweep_plan *plan, const char *path, char engine[WEIR_ENGINE_NAME])
{
    unsigned long long wanted, checksum;
    *engine = '\0';
    char head[HEAD_BYTES + 1] = "", extra;
    size_t bytes = (size_t)plan->run_count * sizeof *plan->keys;
    FILE *file = fopen(path, "re");
    bool known = file && fread(head, 1, HEAD_BYTES, file) == HEAD_BYTES && sscanf(head, HEAD, &wanted, &checksum) == 2;
    if (known) {
        memcpy(engine, head + HEAD_BYTES - WEIR_ENGINE_NAME, WEIR_ENGINE_NAME);
        char *end = engine + WEIR_ENGINE_NAME - 1; /* the line's, behind the blanks that fill it */
        do
            *end = '\0';
        while (end > engine && *--end == ' ');
    }
    bool fine = known && wanted == identity(plan) && fread(plan->keys, 1, bytes, file) == bytes &&
                fread(&extra, 1, 1, file) == 0 && checksum == weir_hash(WEIR_HASH_START, plan->keys, bytes);
    if (file)
        fclose(file);
    return fine;
}

int weir_sweep_plan_load(const struct weir_study *study, const struct weir_policy *const *catalog, const char *path,
                         struct weir_sweep_plan **plan)
{
    struct weir_sweep_plan *made = weir_alloc(1, sizeof *made);
    char engine[WEIR_ENGINE_NAME];
    *plan = NULL;
    int code = begin(study, catalog, made);
    if (code == WEIR_OK && load_keys(made, path, engine)) {
        note_first(made);
        *plan = made;
        return WEIR_OK;
    }
    weir_sweep_plan_free(made);
    if (code == WEIR_OK && *engine && strcmp(engine, weir_engine_version()) != 0)
        code =
            weir_error(WEIR_EINPUT,
                       "%s: was made where weir runs on %s, and here it runs on %s; their results are not mixed: run "
                       "all parts with one of them, or plan the sweep anew",
                       path, engine, weir_engine_version());
    return code == WEIR_OK ? weir_sweep_plan_make(study, catalog, plan) : code;
}
