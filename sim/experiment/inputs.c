#include "sim/experiment/inputs.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

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

/* Makes the paths of the CSV loads absolute, wherever in the workload they are. */
static void make_loads_absolute(cJSON *node, const char *file)
{
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(node, "kind");
    if (cJSON_IsString(kind) && strcmp(kind->valuestring, "csv") == 0)
        make_absolute(node, "file", file);
    for (cJSON *child = node->child; child; child = child->next)
        make_loads_absolute(child, file);
}

/* Puts the workload's own file into the scenario, and applies the sets that are about it. */
static int take_in_workload(struct weir_json_doc *doc, const char *scenario, const char *const *sets)
{
    struct weir_json_doc *inner = NULL;
    cJSON *workload = cJSON_GetObjectItemCaseSensitive(doc->root, "workload");
    if (!cJSON_IsString(workload)) {
        if (workload)
            make_loads_absolute(workload, scenario);
        return WEIR_OK;
    }
    char *file = weir_path_beside(scenario, workload->valuestring);
    int code = weir_json_load(file, &inner);
    if (code == WEIR_OK)
        code = weir_scenario_apply(inner, sets, true);
    if (code == WEIR_OK) {
        make_loads_absolute(inner->root, file);
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
        add_remarks(doc->root, scenario, sets);
        char *printed = cJSON_Print(doc->root);
        char *content = weir_format("%s\n", printed);
        code = weir_file_replace(path, content);
        free(content);
        cJSON_free(printed);
    }
    weir_json_free(doc);
    return code;
}
