#include "sim/experiment/inputs.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record.h"
#include "sim/model/scenario_parts.h"

/* Replaces the string under key by the absolute path it means as seen from `file`. */
static void make_absolute(cJSON *object, const char *key, const char *file)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsString(item))
        return;
    char *beside = weir_path_beside(file, item->valuestring);
    char *absolute = realpath(beside, NULL);
    if (absolute)
        cJSON_ReplaceItemInObjectCaseSensitive(object, key, cJSON_CreateString(absolute));
    free(absolute);
    free(beside);
}

/* Makes the paths of CSV loads and workflows absolute, wherever in the workload they are. */
static void make_files_absolute(cJSON *node, const char *file)
{
    cJSON *workflow = cJSON_GetObjectItemCaseSensitive(node, "workflow");
    if (cJSON_IsString(workflow))
        make_absolute(node, "workflow", file);
    else if (workflow)
        make_absolute(workflow, "file", file);
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(node, "kind");
    if (cJSON_IsString(kind) && strcmp(kind->valuestring, "csv") == 0)
        make_absolute(node, "file", file);
    for (cJSON *child = node->child; child; child = child->next)
        make_files_absolute(child, file);
}

/* The paths of places and tracks. */
static void make_tracks_absolute(cJSON *mobility, const char *file)
{
    make_absolute(mobility, "places", file);
    const cJSON *devices = cJSON_GetObjectItemCaseSensitive(mobility, "devices");
    for (cJSON *device = devices ? devices->child : NULL; device; device = device->next)
        make_absolute(device, "tracks", file);
}

/* The paths of intensities. */
static void make_carbon_absolute(cJSON *carbon, const char *file)
{
    for (cJSON *rule = carbon ? carbon->child : NULL; rule; rule = rule->next)
        make_absolute(rule, "file", file);
}

/* One name, or several joined by '+'. */
static cJSON *absolute_names(const char *names, const char *file)
{
    struct weir_text text = {0};
    for (const char *name = names;; name++) {
        size_t length = strcspn(name, "+");
        char *one = weir_format("%.*s", (int)length, name);
        char *beside = weir_policy_is_path(one) ? weir_path_beside(file, one) : NULL;
        char *absolute = beside ? realpath(beside, NULL) : NULL;
        weir_text_addf(&text, "%s%s", name == names ? "" : "+", absolute ? absolute : one);
        free(absolute);
        free(beside);
        free(one);
        name += length;
        if (!*name)
            break;
    }
    cJSON *made = cJSON_CreateString(weir_text_string(&text));
    weir_text_fini(&text);
    return made;
}

/* Makes the paths of shared objects absolute, and gives programs the folder that they run in. */
static void make_policies_absolute(cJSON *parent, const char *file)
{
    for (cJSON *at = parent ? parent->child : NULL, *next; at; at = next) {
        next = at->next;
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(at, "name");
        bool is_exec = cJSON_IsObject(at) && cJSON_GetObjectItemCaseSensitive(at, "exec");
        if (cJSON_IsString(at) && cJSON_IsArray(parent)) {
            cJSON_ReplaceItemViaPointer(parent, at, absolute_names(at->valuestring, file));
        } else if (is_exec) {
            if (!cJSON_GetObjectItemCaseSensitive(at, "folder"))
                cJSON_AddStringToObject(at, "folder", ".");
            make_absolute(at, "folder", file);
        } else if (cJSON_IsString(name)) {
            if (weir_policy_is_path(name->valuestring))
                make_absolute(at, "name", file);
        } else {
            make_policies_absolute(cJSON_IsArray(at) ? at : cJSON_GetObjectItemCaseSensitive(at, "stack"), file);
        }
    }
}

/* Puts the workload's own file into the scenario, and applies the sets that are about it. */
static int take_in_workload(struct weir_json_doc *doc, const char *scenario, const char *const *sets)
{
    struct weir_json_doc *inner = NULL;
    cJSON *workload = cJSON_GetObjectItemCaseSensitive(doc->root, "workload");
    if (!cJSON_IsString(workload)) {
        if (workload)
            make_files_absolute(workload, scenario);
        return WEIR_OK;
    }
    char *file = weir_path_beside(scenario, workload->valuestring);
    int code = weir_json_load(file, &inner);
    if (code == WEIR_OK)
        code = weir_scenario_apply(inner, sets, true);
    if (code == WEIR_OK) {
        make_files_absolute(inner->root, file);
        cJSON_ReplaceItemInObjectCaseSensitive(doc->root, "workload", inner->root);
        inner->root = NULL;
    }
    weir_json_free(inner);
    free(file);
    return code;
}

/* Puts remarks first. */
static void add_remarks(cJSON *root, const char *scenario, const char *const *sets)
{
    cJSON *made = cJSON_CreateString(weir_version()), *from = cJSON_CreateString(scenario);
    cJSON *changes = cJSON_CreateArray();
    for (; sets && *sets; sets++)
        cJSON_AddItemToArray(changes, cJSON_CreateString(*sets));
    cJSON *const remarks[] = {made, from, changes};
    const char *const names[] = {"# weir", "# from", "# set"};
    for (int i = 2; i >= 0; i--) {
        cJSON_DeleteItemFromObjectCaseSensitive(root, names[i]);
        cJSON_AddItemToObject(root, names[i], remarks[i]);
        cJSON_DetachItemViaPointer(root, remarks[i]);
        cJSON_InsertItemInArray(root, 0, remarks[i]);
    }
}

static int write_document(const char *path, const struct weir_json_doc *doc)
{
    char *printed = cJSON_Print(doc->root);
    char *content = weir_format("%s\n", printed);
    int code = weir_file_replace(path, content);
    free(content);
    cJSON_free(printed);
    return code;
}

int weir_inputs_write(const char *path, const char *scenario, const char *const *sets)
{
    struct weir_json_doc *doc = NULL;
    int code = weir_json_load(scenario, &doc);
    if (code != WEIR_OK)
        return code;
    code = weir_scenario_apply(doc, sets, false);
    if (code == WEIR_OK)
        code = take_in_workload(doc, scenario, sets);
    if (code == WEIR_OK) {
        make_absolute(doc->root, "platform", scenario);
        make_tracks_absolute(cJSON_GetObjectItemCaseSensitive(doc->root, "mobility"), scenario);
        make_carbon_absolute(cJSON_GetObjectItemCaseSensitive(doc->root, "carbon"), scenario);
        make_policies_absolute(cJSON_GetObjectItemCaseSensitive(doc->root, "policies"), scenario);
        add_remarks(doc->root, scenario, sets);
        code = write_document(path, doc);
    }
    weir_json_free(doc);
    return code;
}

int weir_inputs_write_study(const char *path, const char *study, const char *scenario)
{
    struct weir_json_doc *doc = NULL;
    int code = weir_json_load(study, &doc);
    if (code == WEIR_OK) {
        make_policies_absolute(cJSON_GetObjectItemCaseSensitive(doc->root, "policies"), scenario);
        cJSON_ReplaceItemInObjectCaseSensitive(doc->root, "scenario", cJSON_CreateString("scenario.json"));
        code = write_document(path, doc);
    }
    weir_json_free(doc);
    return code;
}
