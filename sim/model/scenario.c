/* Reading scenarios. */
#include "sim/model/scenario.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/distinct.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/base/utf8.h"
#include "sim/model/scenario_bounds.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"
#include "sim/model/workload_parts.h"

#define SEEDS_AT_MOST 100000

const char *const weir_rescale_names[] = {"operator", "job", "cooperative", NULL};

static int read_name(const struct weir_json *at, struct weir_scenario *scenario)
{
    const char *name = NULL;
    int code = weir_json_opt_name(at, "name", &name);
    if (code)
        return code;
    if (name) {
        scenario->name = weir_copy(name);
        return WEIR_OK;
    }
    const char *slash = strrchr(scenario->path, '/');
    const char *base = slash ? slash + 1 : scenario->path;
    const char *dot = strrchr(base, '.');
    scenario->name = weir_format("%.*s", dot && dot > base ? (int)(dot - base) : (int)strlen(base), base);
    const char *fault = weir_name_fault(scenario->name);
    return fault ? weir_json_error(at, "the file's name, by which the scenario goes, %s; give it a \"name\"", fault)
                 : WEIR_OK;
}

static int check_times(const struct weir_json *at, struct weir_scenario *scenario)
{
    if (scenario->warmup_s >= scenario->duration_s)
        return weir_json_error(at, "\"warmup\" (%g s) leaves nothing of \"duration\" (%g s); shorten it",
                               scenario->warmup_s, scenario->duration_s);
    if (scenario->window_s > scenario->duration_s)
        return weir_json_error(at, "\"window\" (%g s) is longer than \"duration\" (%g s); shorten it",
                               scenario->window_s, scenario->duration_s);
    if (scenario->decision_s > scenario->window_s)
        return weir_json_error(at, "\"decision_time\" (%g s) is longer than \"window\" (%g s); lengthen the window",
                               scenario->decision_s, scenario->window_s);
    return WEIR_OK;
}

static int read_batch(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json child;
    const char *word;
    scenario->items_per_batch = weir_json_get(at, "batch_span", &child) ? 0 : 1; /* who says a span wants batches */
    if (!weir_json_get(at, "items_per_batch", &child))
        return WEIR_OK;
    scenario->items_per_batch = 0;
    if (!weir_json_is_string(&child))
        return weir_json_integer(&child, 1, 1000000, &scenario->items_per_batch);
    int code = weir_json_string(&child, &word);
    if (!code && strcmp(word, "auto") != 0)
        code = weir_json_error(&child, "must be a whole number or \"auto\", not \"%s\"", word);
    return code;
}

/* A list of seeds, or a number n for 1..n. */
static int read_seeds(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json child;
    long count = 1;
    int code = WEIR_OK;
    bool given = weir_json_get(at, "seeds", &child);
    bool list = given && weir_json_is_array(&child);
    if (list)
        count = weir_json_size(&child);
    else if (given)
        code = weir_json_integer(&child, 1, SEEDS_AT_MOST, &count);
    if (code)
        return code;
    if (list && (count < 1 || count > SEEDS_AT_MOST))
        return weir_json_error(&child, "must hold 1 to %d seeds, or be a number of seeds", SEEDS_AT_MOST);
    scenario->seeds = weir_alloc((size_t)count, sizeof *scenario->seeds);
    scenario->seed_count = (int)count;
    for (int i = 0; i < count && !code; i++) {
        long seed = i + 1;
        if (list) {
            struct weir_json one = weir_json_at(&child, i);
            code = weir_json_integer(&one, 0, 1L << 53, &seed);
        }
        scenario->seeds[i] = (unsigned long long)seed;
    }
    size_t again = code ? (size_t)count : weir_first_repeated(scenario->seeds, (size_t)count);
    if (again < (size_t)count) {
        struct weir_json one = weir_json_at(&child, (int)again);
        code = weir_json_error(&one, "seed %llu is there twice; keep one", scenario->seeds[again]);
    }
    return code;
}

static int read_policies(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list;
    if (!weir_json_get(at, "policies", &list)) {
        scenario->stacks = weir_alloc(1, sizeof *scenario->stacks);
        scenario->stack_count = 1;
        return weir_stack_parse("static", &scenario->stacks[0]);
    }
    int count = weir_json_size(&list), code = WEIR_OK, broken = 0;
    if (!weir_json_is_array(&list) || !count)
        return weir_json_error(&list, "must be a list of at least one policy, such as [\"static\"]");
    scenario->stacks = weir_alloc((size_t)count, sizeof *scenario->stacks);
    for (int i = 0; i < count && !code; i++) {
        struct weir_json child = weir_json_at(&list, i);
        struct weir_stack *stack = &scenario->stacks[scenario->stack_count++];
        int wrong = weir_stack_read(&child, stack);
        broken += wrong != WEIR_OK;
        code = weir_error_keep(wrong);
        for (int j = 0; j < i && !code && !wrong; j++)
            if (scenario->stacks[j].label && strcmp(scenario->stacks[j].label, stack->label) == 0)
                code = weir_json_error(&child, "the label \"%s\" is there twice; give one a \"label\" of its own",
                                       stack->label);
    }
    return !code && broken ? weir_error_again() : code;
}

static int read_costs(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json child;
    weir_param_defaults(weir_costs_keys, &scenario->costs);
    return weir_json_get(at, "costs", &child) ? weir_param_bind(weir_costs_keys, &child, NULL, &scenario->costs)
                                              : WEIR_OK;
}

/* Goes on after a part that is wrong, where errors are kept. */
static int go_on(int code, int *broken)
{
    *broken += code != WEIR_OK;
    return weir_error_keep(code);
}

/* What needs no other file. */
static int read_own(const struct weir_json *at, struct weir_scenario *scenario)
{
    static int (*const parts[])(const struct weir_json *, struct weir_scenario *) = {
        read_name, read_batch, read_seeds, read_policies, read_costs, weir_scenario_read_options};
    int broken = 0, code = go_on(weir_param_read(weir_scenario_keys, at, scenario), &broken);
    if (!code && !broken)
        code = go_on(check_times(at, scenario), &broken);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !code; i++)
        code = go_on(parts[i](at, scenario), &broken);
    return !code && broken ? weir_error_again() : code;
}

static int read_platform(const struct weir_json *at, const struct weir_scenario_changes *changes,
                         struct weir_scenario *scenario)
{
    struct weir_json child;
    const char *file = NULL;
    int code = weir_json_need(at, "platform", &child);
    if (!code)
        code = weir_json_string(&child, &file);
    if (!code && !*file)
        code = weir_json_error(&child, "must name a platform file");
    if (code)
        return code;
    char *path = weir_path_beside(scenario->path, file);
    if (changes->platform && strcmp(changes->platform->path, path) == 0) {
        scenario->platform = changes->platform;
        scenario->platform_is_borrowed = true;
    } else {
        code = weir_platform_read_edited(path, changes->edits, changes->edit_count, &scenario->platform);
    }
    if (code && access(path, R_OK) != 0)
        weir_error_context("%s: platform", scenario->path);
    free(path);
    return code;
}

static int read_decision_host(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json child;
    const char *name;
    scenario->decision_host = -1;
    if (!weir_json_get(at, "decision_host", &child))
        return WEIR_OK;
    int code = weir_json_string(&child, &name);
    if (code == WEIR_OK && (scenario->decision_host = weir_platform_find(scenario->platform, name)) < 0)
        code = weir_json_error(&child, "the platform has no host \"%s\"", name);
    return code;
}

/* Reads the workload, inline or a file, and hashes it. */
static int read_workload(const struct weir_json *at, const char *const *sets, struct weir_scenario *scenario)
{
    struct weir_json child, root;
    struct weir_json_doc *doc = NULL;
    const char *file = NULL;
    char *path = NULL;
    int code = weir_json_need(at, "workload", &child);
    if (code)
        return code;
    if (weir_json_is_object(&child)) {
        code = weir_workload_read(&child, scenario->path, scenario->platform, &scenario->workload);
        scenario->hash = weir_scenario_hash_json(&child, NULL, scenario->hash);
        return code;
    }
    if (!weir_json_is_string(&child))
        return weir_json_error(&child, "must be the path of a workload file, or an object with \"jobs\"");
    weir_json_string(&child, &file);
    path = weir_path_beside(scenario->path, file);
    code = weir_json_load(path, &doc);
    if (code)
        weir_error_context("%s: workload", scenario->path);
    else
        code = weir_scenario_apply(doc, sets, true);
    if (!code) {
        root = weir_json_root(doc);
        code = weir_workload_read(&root, path, scenario->platform, &scenario->workload);
        scenario->hash = weir_scenario_hash_json(&root, NULL, scenario->hash);
    }
    weir_json_free(doc);
    free(path);
    return code;
}

/* A run is known by this, its stack and its seed; where files lie and what things are called is no part of it. */
static unsigned long long hash_inputs(const struct weir_json *at, const struct weir_scenario *scenario)
{
    static const char *const except[] = {"name", "seeds", "policies", "platform", "workload", "learning", NULL};
    unsigned long long hash = weir_scenario_hash_json(at, except, scenario->hash);
    hash = weir_hash(hash, &scenario->platform->hash, sizeof scenario->platform->hash);
    for (int i = 0; i < scenario->workload->load_count; i++)
        hash = weir_load_hash(scenario->workload->loads[i], hash);
    for (int f = 0; f < scenario->mobility.file_count; f++)
        hash = weir_hash(hash, &scenario->mobility.files[f].hash, sizeof scenario->mobility.files[f].hash);
    if (scenario->carbon.hash)
        hash = weir_hash(hash, &scenario->carbon.hash, sizeof scenario->carbon.hash);
    unsigned long long files = scenario->workload->files_hash;
    return files ? weir_hash(hash, &files, sizeof files) : hash;
}

static int look_at_stacks(const struct weir_scenario_changes *changes, const struct weir_scenario *scenario)
{
    int code = WEIR_OK, broken = 0;
    for (int s = 0; s < scenario->stack_count && changes->look && !code; s++)
        if (scenario->stacks[s].use_count)
            code = go_on(changes->look(changes->context, &scenario->stacks[s]), &broken);
    return !code && broken ? weir_error_again() : code;
}

/* All parts of a scenario, in an order in which each has what it needs. */
static int read_all(const struct weir_json *root, const struct weir_scenario_changes *changes,
                    struct weir_scenario *made)
{
    int broken = 0, code = go_on(read_own(root, made), &broken);
    if (!code)
        code = go_on(look_at_stacks(changes, made), &broken);
    if (!code)
        code = go_on(read_platform(root, changes, made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_check_platform(made), &broken);
    if (!code && made->platform)
        code = go_on(read_decision_host(root, made), &broken);
    if (!code && made->platform)
        code = go_on(read_workload(root, changes->sets, made), &broken);
    if (!code && made->workload)
        code = go_on(weir_scenario_check_speeds(made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_read_faults(root, made), &broken);
    if (!code && made->workload)
        code = go_on(weir_scenario_read_mobility(root, made), &broken);
    if (!code && made->workload)
        code = go_on(weir_scenario_read_learning(root, made), &broken);
    if (!code && made->workload)
        code = go_on(weir_scenario_check_together(root, made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_read_anomalies(root, made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_read_account(root, made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_read_carbon(root, made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_read_traffic(root, made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_check_batteries(made), &broken);
    if (!code && made->platform)
        code = go_on(weir_scenario_read_monitor(root, made), &broken);
    if (!code && made->workload)
        code = go_on(weir_scenario_check_bounds(made), &broken);
    if (!code)
        code = go_on(weir_scenario_read_record(root, made), &broken);
    return !code && broken ? weir_error_again() : code;
}

int weir_scenario_read(const char *path, const char *const *sets, struct weir_scenario **scenario)
{
    const struct weir_scenario_changes changes = {.sets = sets};
    return weir_scenario_read_changed(path, &changes, scenario);
}

int weir_scenario_read_changed(const char *path, const struct weir_scenario_changes *changes,
                               struct weir_scenario **scenario)
{
    struct weir_json_doc *doc = NULL;
    *scenario = NULL;
    int code = weir_json_load(path, &doc);
    if (code)
        return code;
    struct weir_scenario *made = weir_alloc(1, sizeof *made);
    made->path = weir_copy(path);
    made->hash = WEIR_HASH_START;
    code = weir_scenario_apply(doc, changes->sets, false);
    struct weir_json root = weir_json_root(doc);
    if (!code)
        code = read_all(&root, changes, made);
    if (!code)
        made->hash = hash_inputs(&root, made);
    weir_json_free(doc);
    if (code) {
        weir_scenario_free(made);
        return code;
    }
    *scenario = made;
    return WEIR_OK;
}

void weir_scenario_free(struct weir_scenario *scenario)
{
    if (!scenario)
        return;
    for (int i = 0; i < scenario->stack_count; i++)
        weir_stack_fini(&scenario->stacks[i]);
    for (int i = 0; i < scenario->option_count; i++) {
        free(scenario->options[i].key);
        free(scenario->options[i].value);
    }
    weir_scenario_free_faults(scenario);
    weir_scenario_free_anomalies(scenario);
    free(scenario->account.hosts);
    weir_carbon_fini(&scenario->carbon);
    weir_traffic_fini(&scenario->traffic);
    weir_mobility_fini(&scenario->mobility);
    weir_learning_fini(&scenario->learning);
    weir_workload_free(scenario->workload);
    if (!scenario->platform_is_borrowed)
        weir_platform_free(scenario->platform);
    free(scenario->stacks);
    free(scenario->options);
    free(scenario->seeds);
    free(scenario->path);
    free(scenario->name);
    free(scenario);
}
