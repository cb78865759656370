/* --set, and the hash of what was read after it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_parts.h"

/* Keys whose bare numbers, when set from outside, are seconds. */
static bool is_time_key(const char *path)
{
    static const char *const keys[] = {"duration",    "warmup",     "window",           "batch_span",   "decision_time",
                                       "costs.start", "costs.stop", "costs.checkpoint", "costs.restore"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(path, keys[i]) == 0)
            return true;
    return false;
}

static bool is_number(const char *text)
{
    char *end;
    if (!isdigit((unsigned char)*text) && *text != '.')
        return false;
    strtod(text, &end);
    return *end == '\0';
}

static int apply_one(struct weir_json_doc *doc, const char *path, const char *value)
{
    char *seconds = is_time_key(path) && is_number(value) ? weir_format("\"%ss\"", value) : NULL;
    int code = weir_json_set(doc, path, seconds ? seconds : value);
    free(seconds);
    return code;
}

int weir_scenario_apply(struct weir_json_doc *doc, const char *const *sets, bool inner)
{
    static const char prefix[] = "workload.";
    struct weir_json root = weir_json_root(doc), child;
    bool inlined = !inner && weir_json_get(&root, "workload", &child) && weir_json_is_object(&child);
    int code = WEIR_OK;
    for (int i = 0; sets && sets[i] && !code; i++) {
        bool deep = strncmp(sets[i], prefix, sizeof prefix - 1) == 0;
        if (inner ? !deep : deep && !inlined)
            continue;
        const char *equals = strchr(sets[i], '=');
        if (!equals || equals == sets[i])
            return weir_error(WEIR_EINPUT, "cannot set \"%s\": write path=value, such as duration=600", sets[i]);
        char *path = weir_format("%.*s", (int)(equals - sets[i]), sets[i]);
        code = apply_one(doc, inner ? path + sizeof prefix - 1 : path, equals + 1);
        free(path);
    }
    return code;
}

static int compare_children(const void *a, const void *b)
{
    return strcmp(((const struct weir_json *)a)->key, ((const struct weir_json *)b)->key);
}

static bool is_left_out(const char *key, const char *const *except)
{
    if (*key == '#' || strncmp(key, "//", 2) == 0)
        return true;
    for (; except && *except; except++)
        if (strcmp(*except, key) == 0)
            return true;
    return false;
}

unsigned long long weir_scenario_hash_json(const struct weir_json *at, const char *const *except,
                                           unsigned long long hash)
{
    bool is_object = weir_json_is_object(at);
    if (!is_object && !weir_json_is_array(at)) {
        char *text = weir_json_print(at);
        hash = weir_hash_string(hash, text);
        free(text);
        return weir_hash_string(hash, ",");
    }
    int count = weir_json_size(at);
    struct weir_json *children = weir_alloc((size_t)count, sizeof *children);
    for (int i = 0; i < count; i++)
        children[i] = weir_json_at(at, i);
    if (is_object)
        qsort(children, (size_t)count, sizeof *children, compare_children);
    hash = weir_hash_string(hash, is_object ? "{" : "[");
    for (int i = 0; i < count; i++) {
        if (is_object && is_left_out(children[i].key, except))
            continue;
        if (is_object) {
            hash = weir_hash_string(hash, children[i].key);
            hash = weir_hash_string(hash, ":");
        }
        hash = weir_scenario_hash_json(&children[i], NULL, hash);
    }
    free(children);
    return weir_hash_string(hash, is_object ? "}" : "]");
}
