#include "sim/model/scenario_paths.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/load.h"
#include "sim/model/scenario_keys.h"

struct walk {
    const char *beginning;
    const struct weir_policy *const *catalog;
    FILE *out;
    char *last; /* written; what follows it may be equal */
};

/* "workload.jobs[2].load" becomes "workload.jobs[].load". Owned. */
static char *place_of(const char *path)
{
    char *place = weir_copy(path), *to = place;
    for (; *path; path++) {
        *to++ = *path;
        if (*path == '[')
            path += strcspn(path, "]") - 1;
    }
    *to = '\0';
    return place;
}

/* Writes a path that is on the way, cut behind the step after the beginning: true if it ends there. A path that ends
 * by itself is given with its '='. */
static bool offer(struct walk *walk, const char *path)
{
    size_t given = strlen(walk->beginning), length = strlen(path);
    if (length <= given || strncmp(path, walk->beginning, given) != 0)
        return false;
    const char *dot = strpbrk(path + given, ".\"");
    if (dot && *dot == '"') /* a key in quotes may have dots, and comes last */
        dot = NULL;
    char *step = weir_format("%.*s", dot ? (int)(dot + 1 - path) : (int)length, path);
    if (!walk->last || strcmp(walk->last, step) != 0) {
        fprintf(walk->out, "%s\n", step);
        free(walk->last);
        walk->last = weir_copy(step);
    }
    free(step);
    return true;
}

static bool is_key(const char *key)
{
    return *key && *key != '#' && strncmp(key, "//", 2) != 0 && !strpbrk(key, "[]=\"");
}

static char *join(const char *path, const char *key)
{
    if (strchr(key, '.'))
        return weir_format("%s%s\"%s\"", path, *path ? "." : "", key);
    return weir_format("%s%s%s", path, *path ? "." : "", key);
}

static void offer_key(struct walk *walk, const struct weir_json *at, const char *path, const char *key)
{
    struct weir_json child;
    if (weir_json_get(at, key, &child))
        return;
    char *joined = join(path, key), *leaf = weir_format("%s=", joined);
    offer(walk, leaf);
    free(leaf);
    free(joined);
}

static void offer_params(struct walk *walk, const struct weir_json *at, const char *path,
                         const struct weir_param *params)
{
    for (; params && params->name; params++)
        offer_key(walk, at, path, params->name);
}

static void offer_keys(struct walk *walk, const struct weir_json *at, const char *path, const char *const *keys)
{
    for (; *keys; keys++)
        offer_key(walk, at, path, *keys);
}

/* The string at a key, "" if there is none. */
static const char *string_at(const struct weir_json *at, const char *key)
{
    struct weir_json child;
    const char *text = "";
    if (weir_json_get(at, key, &child) && weir_json_is_string(&child))
        weir_json_string(&child, &text);
    return text;
}

/* Keys that the object does not have, and may. */
static void offer_absent(struct walk *walk, const struct weir_json *at, const char *path)
{
    char *place = place_of(path);
    offer_params(walk, at, path, weir_keys_at(place));
    if (strcmp(place, "workload.jobs[].load") == 0)
        for (const struct weir_load_info *load = weir_load_table; load->name; load++)
            if (strcmp(load->name, string_at(at, "kind")) == 0) {
                offer_keys(walk, at, path, load->keys);
                offer_params(walk, at, path, load->params);
            }
    if (strncmp(place, "policies[]", 10) == 0)
        for (const struct weir_policy *const *p = walk->catalog; *p; p++)
            if (strcmp((*p)->name, string_at(at, "name")) == 0)
                offer_params(walk, at, path, (*p)->params);
    free(place);
}

static void visit(struct walk *walk, const struct weir_json *at, const char *path);

/* Steps into what holds others, unless the next step is all that is wanted of it; "" and the beginning of the path that
 * is looked for are walked through. */
static void enter(struct walk *walk, const struct weir_json *at, const char *path)
{
    struct weir_json child;
    bool is_object = weir_json_is_object(at);
    int index = 0;
    for (bool more = weir_json_first(at, &child); more; more = weir_json_next(&child)) {
        if (is_object && !is_key(child.key))
            continue;
        char *to = is_object ? join(path, child.key) : weir_format("%s[%d]", path, index++);
        if (is_object || weir_json_is_object(&child) || weir_json_is_array(&child))
            visit(walk, &child, to);
        free(to);
    }
    if (is_object)
        offer_absent(walk, at, path);
}

static void visit(struct walk *walk, const struct weir_json *at, const char *path)
{
    size_t given = strlen(walk->beginning), length = strlen(path);
    if (strncmp(path, walk->beginning, length < given ? length : given) != 0)
        return;
    bool is_array = weir_json_is_array(at), is_object = weir_json_is_object(at);
    char *step = weir_format("%s%s", path, is_object ? "." : "=");
    if (is_object ? !offer(walk, step) : (offer(walk, step), is_array))
        enter(walk, at, path);
    free(step);
}

/* A workload that is a file of its own has its place in the scenario, too. */
static int visit_workload(struct walk *walk, const struct weir_json *root, const char *scenario)
{
    struct weir_json_doc *doc;
    const char *file = string_at(root, "workload");
    if (!*file)
        return WEIR_OK;
    char *path = weir_path_beside(scenario, file);
    int code = weir_json_load(path, &doc);
    free(path);
    if (code == WEIR_OK) {
        struct weir_json workload = weir_json_root(doc);
        visit(walk, &workload, "workload");
    }
    weir_json_free(doc);
    return code;
}

int weir_scenario_paths(const char *scenario, const char *beginning, const struct weir_policy *const *catalog,
                        FILE *out)
{
    struct walk walk = {.beginning = beginning, .catalog = catalog, .out = out};
    struct weir_json_doc *doc;
    int code = scenario ? weir_json_load(scenario, &doc) : weir_json_parse("{}", "", &doc);
    if (code != WEIR_OK)
        return code;
    struct weir_json root = weir_json_root(doc);
    enter(&walk, &root, "");
    if (scenario)
        code = visit_workload(&walk, &root, scenario);
    free(walk.last);
    weir_json_free(doc);
    return code;
}
