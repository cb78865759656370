#include "sim/experiment/record.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record_held.h"
#include "sim/experiment/record_totals.h"
#include "sim/experiment/seal.h"
#include "sim/model/scenario_parts.h"

const char *const weir_record_files[] = {"windows.csv", "windows.csv.gz", "decisions.csv", "anomalies.csv", NULL};

const char *weir_version(void)
{
    return WEIR_VERSION;
}

double weir_metric_value(const struct weir_metrics *metrics, const struct weir_metric *metric)
{
    double value;
    memcpy(&value, (const char *)metrics + metric->offset, sizeof value);
    return value;
}

int weir_metric_count(void)
{
    int count = 0;
    while (weir_metric_table[count].name)
        count++;
    return count;
}

char *weir_stack_text(const struct weir_stack *stack)
{
    struct weir_text text = {0};
    for (int i = 0; i < stack->use_count; i++) {
        weir_text_addf(&text, "%s%s", i ? " + " : "", stack->uses[i].name);
        if (!stack->uses[i].params)
            continue;
        struct weir_json root = weir_json_root(stack->uses[i].params);
        char *params = weir_json_print(&root);
        weir_text_addf(&text, " %s", params);
        free(params);
    }
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}

/* Names and parameters; of shared objects the content counts, not where they lie. What a program's files hold is not
 * known. */
static unsigned long long hash_stack(const struct weir_stack *stack, unsigned long long hash)
{
    static const char *const except[] = {"folder", NULL};
    for (int i = 0; i < stack->use_count; i++) {
        const struct weir_policy_use *use = &stack->uses[i];
        if (weir_policy_is_path(use->name))
            hash = weir_file_hash(use->name, hash);
        else
            hash = weir_hash_string(hash, use->name);
        if (use->called) /* decisions have it */
            hash = weir_hash_string(hash, use->called);
        if (use->params) {
            struct weir_json root = weir_json_root(use->params);
            hash = weir_scenario_hash_json(&root, strcmp(use->name, "exec") == 0 ? except : NULL, hash);
        }
        hash = weir_hash_string(hash, "\n");
    }
    return hash;
}

unsigned long long weir_run_key(const struct weir_scenario *scenario, const struct weir_stack *stack,
                                unsigned long long seed)
{
    unsigned long long hash = WEIR_HASH_START;
    hash = weir_hash(hash, &scenario->hash, sizeof scenario->hash);
    hash = weir_hash(hash, &seed, sizeof seed);
    hash = hash_stack(stack, hash);
    hash = weir_hash_string(hash, weir_version());
    hash = weir_hash_string(hash, "\n");
    hash = weir_hash_string(hash, weir_engine_version());
    return hash;
}

/* The distribution of latencies as pairs of share and seconds. */
static void add_latencies(cJSON *root, const struct weir_result *result)
{
    cJSON *points = cJSON_AddArrayToObject(root, "latency_quantiles");
    for (int i = 0; result->metrics.delivered > 0 && i < WEIR_LATENCY_POINTS; i++) {
        const double pair[] = {weir_latency_share(i), result->latency_s[i]};
        cJSON_AddItemToArray(points, cJSON_CreateDoubleArray(pair, 2));
    }
}

char *weir_record_print(const struct weir_run_spec *spec, const struct weir_result *result,
                        const struct weir_held *held, const char *folder)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "weir", weir_version());
    cJSON_AddStringToObject(root, "engine", weir_engine_version());
    cJSON_AddStringToObject(root, "scenario", spec->scenario->name);
    cJSON_AddStringToObject(root, "policy", spec->stack->label);
    char *stack = weir_stack_text(spec->stack);
    cJSON_AddStringToObject(root, "stack", stack);
    free(stack);
    weir_record_integer(root, "seed", spec->seed);
    cJSON_AddNumberToObject(root, "duration_s", spec->scenario->duration_s);
    cJSON_AddNumberToObject(root, "warmup_s", spec->scenario->warmup_s);
    weir_record_hash(root, "inputs_hash", spec->scenario->hash);
    unsigned long long key = weir_run_key(spec->scenario, spec->stack, spec->seed);
    weir_record_hash(root, "key", spec->control ? weir_hash_string(key, "steered") : key);
    weir_record_hash(root, "checksum", result->checksum);
    cJSON *metrics = cJSON_AddObjectToObject(root, "metrics");
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        cJSON_AddNumberToObject(metrics, m->name, weir_metric_value(&result->metrics, m));
    add_latencies(root, result);
    weir_record_totals(root, result);
    if (held)
        weir_record_bottlenecks(root, result, held);
    cJSON *timing = cJSON_AddObjectToObject(root, "timing");
    cJSON_AddNumberToObject(timing, "wall_s", result->wall_s);
    cJSON_AddNumberToObject(timing, "decision_wall_s", result->decision_wall_s);
    cJSON_AddNumberToObject(timing, "items_per_wall_s", result->items_per_wall_s);
    int code = folder ? weir_seal_files(root, folder, weir_record_files) : WEIR_OK;
    char *text = code == WEIR_OK ? weir_seal_print(root) : NULL;
    cJSON_Delete(root);
    return text;
}

int weir_record_same_engine(const char *folder, const char *engine)
{
    if (!*engine || strcmp(engine, weir_engine_version()) == 0)
        return WEIR_OK;
    return weir_error(
        WEIR_EINPUT,
        "%s: has results that %s made, and this weir runs on %s, whose results may be other ones; they are "
        "not mixed: --force runs all anew, -o DIR writes elsewhere",
        folder, engine, weir_engine_version());
}

/* NaN if the key is absent or null. */
static int read_number(const struct weir_json *at, const char *key, double *value)
{
    struct weir_json child;
    *value = NAN;
    if (!weir_json_get(at, key, &child) || !weir_json_is_number(&child))
        return WEIR_OK;
    return weir_json_number(&child, -INFINITY, INFINITY, value);
}

static int read_timing(const struct weir_json *root, struct weir_record *record)
{
    struct weir_json timing;
    int code = weir_json_need(root, "timing", &timing);
    if (code == WEIR_OK)
        code = read_number(&timing, "wall_s", &record->wall_s);
    if (code == WEIR_OK)
        code = read_number(&timing, "decision_wall_s", &record->decision_wall_s);
    if (code == WEIR_OK)
        code = read_number(&timing, "items_per_wall_s", &record->items_per_wall_s);
    return code;
}

static int read_document(const struct weir_json_doc *doc, struct weir_record *record)
{
    struct weir_json root = weir_json_root(doc), key, metrics, engine;
    const char *hex, *name;
    if (weir_json_get(&root, "engine", &engine) && weir_json_is_string(&engine) &&
        weir_json_string(&engine, &name) == WEIR_OK)
        snprintf(record->engine, sizeof record->engine, "%s", name);
    int code = weir_json_need(&root, "key", &key);
    if (code == WEIR_OK)
        code = weir_json_string(&key, &hex);
    if (code == WEIR_OK)
        code = weir_json_need(&root, "metrics", &metrics);
    if (code != WEIR_OK)
        return code;
    record->key = strtoull(hex, NULL, 16);
    for (const struct weir_metric *m = weir_metric_table; m->name && code == WEIR_OK; m++) {
        double value = NAN;
        code = read_number(&metrics, m->name, &value);
        memcpy((char *)&record->metrics + m->offset, &value, sizeof value);
    }
    if (code == WEIR_OK)
        code = read_timing(&root, record);
    record->present = code == WEIR_OK;
    return code;
}

/* Checks the seal and reads the document, which is the caller's. */
static int open_sealed(const char *folder, struct weir_text *text, struct weir_json_doc **doc, bool *sealed)
{
    char *path = weir_format("%s/result.json", folder);
    int code = weir_text_read_file(text, path);
    *doc = NULL;
    if (code == WEIR_OK)
        code = weir_json_parse(weir_text_string(text), path, doc);
    if (code == WEIR_OK)
        code = weir_seal_check(weir_text_string(text), path, sealed);
    free(path);
    return code;
}

int weir_record_read(const char *folder, struct weir_record *record)
{
    *record = (struct weir_record){0};
    struct weir_json_doc *doc;
    struct weir_text text = {0};
    bool sealed = false;
    int code = open_sealed(folder, &text, &doc, &sealed);
    if (code == WEIR_OK)
        code = read_document(doc, record);
    record->sealed = sealed;
    weir_json_free(doc);
    weir_text_fini(&text);
    return code;
}

/* What is verified, and against what. */
struct verified {
    const struct weir_json *root;
    const char *folder;
};

static int verify_file(void *context, const char *name)
{
    const struct verified *verified = context;
    return weir_seal_check_file(verified->root, verified->folder, name);
}

int weir_record_verify(const char *folder)
{
    struct weir_json_doc *doc;
    struct weir_text text = {0};
    bool sealed = false;
    int code = open_sealed(folder, &text, &doc, &sealed);
    if (code == WEIR_OK && !sealed)
        code = weir_error(WEIR_EINPUT, "%s/result.json: has no seal: an older weir wrote it, or it was edited", folder);
    if (code == WEIR_OK) {
        struct weir_json root = weir_json_root(doc);
        struct verified verified = {&root, folder};
        code = weir_seal_each(&root, verify_file, &verified);
    }
    weir_json_free(doc);
    weir_text_fini(&text);
    return code;
}

int weir_record_parse(const char *text, const char *name, struct weir_record *record)
{
    *record = (struct weir_record){0};
    struct weir_json_doc *doc = NULL;
    bool sealed = false;
    int code = weir_json_parse(text, name, &doc);
    if (code == WEIR_OK)
        code = weir_seal_check(text, name, &sealed);
    if (code == WEIR_OK)
        code = read_document(doc, record);
    record->sealed = sealed;
    weir_json_free(doc);
    return code;
}
