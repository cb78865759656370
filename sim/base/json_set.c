/* Changing one value of a document by its path, for --set and sweeps. */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/json_tree.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/base/utf8.h"

/* One step of a path: a key, or an index if key is NULL. */
struct step {
    char *key;
    int index;
    size_t end; /* where in the path the step ends, for messages */
};

static void free_steps(struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(steps[i].key);
    free(steps);
}

/* path = key (.key | [n])*, key = one without dots and brackets, or any in quotes */
static int split(const struct weir_json_doc *doc, const char *path, struct step **steps, size_t *count)
{
    *steps = weir_alloc(strlen(path) + 1, sizeof **steps);
    *count = 0;
    for (const char *c = path; *c || c == path;) {
        struct step *step = &(*steps)[*count];
        if (*c == '[' && c > path) {
            char *end = NULL;
            long index = isdigit((unsigned char)c[1]) ? strtol(c + 1, &end, 10) : -1;
            if (index < 0 || *end != ']')
                return weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": \"%s\" is not an index; write it as [0]",
                                  doc->name, path, c);
            step->index = index > 1000000000 ? 1000000000 : (int)index;
            c = end + 1;
        } else {
            if (c > path && *c == '.')
                c++;
            else if (c > path)
                return weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": a '.' or '[' is missing before \"%s\"",
                                  doc->name, path, c);
            bool quoted = *c == '"' && strchr(c + 1, '"');
            c += quoted;
            size_t length = strcspn(c, quoted ? "\"" : ".[");
            if (length == 0)
                return weir_error(WEIR_EINPUT,
                                  "%s: cannot set \"%s\": a key is missing; write a path such as "
                                  "jobs[0].load.rate",
                                  doc->name, path);
            step->key = weir_format("%.*s", (int)length, c);
            c += length + quoted;
        }
        step->end = (size_t)(c - path);
        ++*count;
    }
    return WEIR_OK;
}

/* "no key "lode" in jobs[0]; did you mean "load"?" */
static int no_such_key(const struct weir_json_doc *doc, const char *path, const cJSON *object, const char *parent,
                       const char *key)
{
    size_t count = (size_t)cJSON_GetArraySize(object);
    const char **keys = weir_alloc(count, sizeof *keys);
    struct weir_text list = {0};
    count = 0;
    for (const cJSON *child = object->child; child; child = child->next) {
        keys[count++] = child->string;
        weir_text_addf(&list, "%s%s", list.length ? ", " : "", child->string);
    }
    const char *near = weir_nearest(key, keys, count);
    int code;
    if (near)
        code = weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": %s has no key \"%s\"; did you mean \"%s\"?", doc->name,
                          path, parent, key, near);
    else
        code = weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": %s has no key \"%s\"; its keys are: %s", doc->name, path,
                          parent, key, count ? weir_text_string(&list) : "none");
    free(keys);
    weir_text_fini(&list);
    return code;
}

/* Follows one step from `node`; *child is NULL if the key is not there and `may_be_new`. */
static int follow(const struct weir_json_doc *doc, const char *path, const char *parent, const struct step *step,
                  const cJSON *node, bool may_be_new, cJSON **child)
{
    if (!step->key) {
        int size = cJSON_GetArraySize(node);
        if (!cJSON_IsArray(node))
            return weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": %s is not an array", doc->name, path, parent);
        if (size == 0)
            return weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": %s is empty", doc->name, path, parent);
        if (step->index >= size)
            return weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": %s has %d element%s, so its last is [%d]", doc->name,
                              path, parent, size, size == 1 ? "" : "s", size - 1);
        *child = cJSON_GetArrayItem(node, step->index);
        return WEIR_OK;
    }
    if (cJSON_IsArray(node))
        return weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": %s is an array; choose an element, as in %s[0]",
                          doc->name, path, parent, parent);
    if (!cJSON_IsObject(node))
        return weir_error(WEIR_EINPUT, "%s: cannot set \"%s\": %s is not an object", doc->name, path, parent);
    *child = cJSON_GetObjectItemCaseSensitive(node, step->key);
    return *child || may_be_new ? WEIR_OK : no_such_key(doc, path, node, parent, step->key);
}

/* The value as a tree of its own: JSON, or else a string. */
static int parse_value(const struct weir_json_doc *doc, const char *path, const char *text, cJSON **value)
{
    if (weir_json_parse_tree(text, path, value)) {
        weir_error_clear();
        *value = cJSON_CreateString(text);
        return WEIR_OK;
    }
    struct weir_json_doc alone = {.name = weir_format("%s: cannot set \"%s\"", doc->name, path), .root = *value};
    struct weir_json root = weir_json_root(&alone);
    int code = weir_json_check_tree(&root);
    if (code) {
        cJSON_Delete(*value);
        *value = NULL;
    }
    free(alone.name);
    return code;
}

int weir_json_set(struct weir_json_doc *doc, const char *path, const char *text)
{
    struct step *steps;
    size_t count;
    cJSON *value = NULL, *node = doc->root, *parent = NULL;
    char *name = weir_copy("the top level");
    weir_json_forget_tables(doc);
    if (weir_utf8_fault(path, strlen(path)) || weir_utf8_fault(text, strlen(text))) {
        char quoted[WEIR_QUOTE_SIZE];
        free(name);
        return weir_error(WEIR_EINPUT, "%s: cannot set %s: path or value are not UTF-8", doc->name,
                          weir_quote(path, quoted));
    }
    int code = split(doc, path, &steps, &count);
    for (size_t i = 0; i < count && !code; i++) {
        parent = node;
        code = follow(doc, path, name, &steps[i], parent, i == count - 1, &node);
        free(name);
        name = weir_format("%.*s", (int)steps[i].end, path);
    }
    if (!code)
        code = parse_value(doc, path, text, &value);
    if (!code) {
        if (node && steps[count - 1].key)
            cJSON_ReplaceItemInObjectCaseSensitive(parent, steps[count - 1].key, value);
        else if (node)
            cJSON_ReplaceItemViaPointer(parent, node, value);
        else
            cJSON_AddItemToObject(parent, steps[count - 1].key, value);
    }
    free(name);
    free_steps(steps, count);
    return code;
}
