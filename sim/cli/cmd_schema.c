/* weir schema: a JSON Schema of scenarios, workloads or studies, from the tables that reading them goes by. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/api/policy.h"
#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/experiment/study_keys.h"
#include "sim/model/load.h"
#include "sim/model/scenario_keys.h"

static const struct weir_flag flags[] = {{0}};

#define COMMENTS "^(#|//)" /* keys that are remarks */

static cJSON *typed(const char *type)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "type", type);
    return at;
}

static void add_ends(cJSON *at, double min, double max)
{
    if (fabs(min) < 1e300)
        cJSON_AddNumberToObject(at, "minimum", min);
    if (fabs(max) < 1e300)
        cJSON_AddNumberToObject(at, "maximum", max);
}

/* A number with its unit in a string; 0 needs none. */
static cJSON *quantity(void)
{
    cJSON *at = cJSON_CreateObject(), *either = cJSON_AddArrayToObject(at, "anyOf"), *zero = cJSON_CreateObject();
    cJSON *text = typed("string");
    cJSON_AddStringToObject(text, "pattern", "^\\s*[-+]?[0-9.]");
    cJSON_AddItemToArray(either, text);
    cJSON_AddNumberToObject(zero, "const", 0);
    cJSON_AddItemToArray(either, zero);
    return at;
}

static cJSON *object_of(const struct weir_param *keys);

/* What a row that has a reader of its own may be. */
static cJSON *value(const struct weir_param *row)
{
    cJSON *at = cJSON_CreateObject(), *either = cJSON_AddArrayToObject(at, "anyOf");
    if (row->forms & WEIR_FORM_STRING)
        cJSON_AddItemToArray(either, typed("string"));
    if (row->forms & WEIR_FORM_NUMBER)
        cJSON_AddItemToArray(either, typed("number"));
    if (row->forms & WEIR_FORM_OBJECT)
        cJSON_AddItemToArray(either, row->inner ? object_of(row->inner) : typed("object"));
    if (row->forms & WEIR_FORM_LIST)
        cJSON_AddItemToArray(either, typed("array"));
    if (row->forms & WEIR_FORM_LISTED) {
        cJSON *list = typed("array"), *items = cJSON_AddObjectToObject(list, "items");
        cJSON *one = cJSON_AddArrayToObject(items, "anyOf");
        cJSON_AddItemToArray(one, object_of(row->inner));
        if (row->inner == weir_edge_keys) /* ["source", "parse"] */
            cJSON_AddItemToArray(one, typed("array"));
        if (row->inner == weir_observe_keys) /* "job.backlog" */
            cJSON_AddItemToArray(one, typed("string"));
        cJSON_AddItemToArray(either, list);
    }
    return at;
}

static cJSON *choices(const struct weir_param *row)
{
    cJSON *at = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(at, "enum");
    for (const char *const *c = row->choices; *c; c++)
        cJSON_AddItemToArray(list, cJSON_CreateString(*c));
    return at;
}

static cJSON *property(const struct weir_param *row)
{
    char text[400];
    cJSON *at = NULL;
    switch (row->type) {
    case WEIR_PARAM_DOUBLE:
        at = row->unit == WEIR_UNIT_NONE ? typed("number") : quantity();
        if (row->unit == WEIR_UNIT_NONE)
            add_ends(at, row->min, row->max);
        break;
    case WEIR_PARAM_INT:
    case WEIR_PARAM_LONG:
        at = typed("integer");
        add_ends(at, row->min, row->max);
        break;
    case WEIR_PARAM_BOOL:
        at = typed("boolean");
        break;
    case WEIR_PARAM_CHOICE:
    case WEIR_PARAM_EITHER:
        at = choices(row);
        break;
    case WEIR_PARAM_STRING:
    case WEIR_PARAM_NAME:
        at = typed("string");
        break;
    case WEIR_PARAM_SLOT:
        at = cJSON_CreateObject();
        cJSON *two = cJSON_AddArrayToObject(at, "type");
        cJSON_AddItemToArray(two, cJSON_CreateString("string"));
        cJSON_AddItemToArray(two, cJSON_CreateString("object"));
        break;
    case WEIR_PARAM_VALUE:
        at = value(row);
        break;
    }
    if (row->required)
        snprintf(text, sizeof text, "%s", row->help);
    else
        snprintf(text, sizeof text, "%s Default: %s.", row->help,
                 row->fallback  ? row->fallback
                 : row->without ? row->without
                                : "none");
    cJSON_AddStringToObject(at, "description", text);
    return at;
}

/* An object that has these keys alone, and remarks. */
static cJSON *object_of(const struct weir_param *keys)
{
    cJSON *at = typed("object"), *properties = cJSON_AddObjectToObject(at, "properties");
    cJSON *required = cJSON_CreateArray();
    for (const struct weir_param *row = keys; row && row->name; row++) {
        cJSON_AddItemToObject(properties, row->name, property(row));
        if (row->required)
            cJSON_AddItemToArray(required, cJSON_CreateString(row->name));
    }
    if (cJSON_GetArraySize(required))
        cJSON_AddItemToObject(at, "required", required);
    else
        cJSON_Delete(required);
    cJSON_AddItemToObject(cJSON_AddObjectToObject(at, "patternProperties"), COMMENTS, cJSON_CreateObject());
    cJSON_AddFalseToObject(at, "additionalProperties");
    return at;
}

/* Makes `key` one that must have the value. */
static void add_constant(cJSON *object, const char *key, const char *constant)
{
    cJSON *properties = cJSON_GetObjectItemCaseSensitive(object, "properties"), *at = cJSON_CreateObject();
    cJSON *required = cJSON_GetObjectItemCaseSensitive(object, "required");
    cJSON_AddStringToObject(at, "const", constant);
    cJSON_AddItemToObject(properties, key, at);
    if (!required)
        required = cJSON_AddArrayToObject(object, "required");
    cJSON_AddItemToArray(required, cJSON_CreateString(key));
}

static cJSON *loads(void)
{
    cJSON *at = cJSON_CreateObject(), *either = cJSON_AddArrayToObject(at, "anyOf");
    for (const struct weir_load_info *load = weir_load_table; load->name; load++) {
        cJSON *one = object_of(load->params), *properties = cJSON_GetObjectItemCaseSensitive(one, "properties");
        for (const char *const *key = load->keys; *key; key++)
            cJSON_AddItemToObject(properties, *key, cJSON_CreateObject());
        cJSON_DeleteItemFromObjectCaseSensitive(properties, "kind");
        add_constant(one, "kind", load->name);
        cJSON_AddStringToObject(one, "description", load->summary);
        cJSON_AddItemToArray(either, one);
    }
    return at;
}

/* An object that names a policy, one for each. Others are of users. */
static cJSON *policies(const struct weir_policy *const *catalog)
{
    cJSON *at = cJSON_CreateObject(), *either = cJSON_AddArrayToObject(at, "anyOf");
    static const struct weir_param beside[] = {
        {.name = "label", .type = WEIR_PARAM_STRING, .help = "Heads columns and files of results."}, {0}};
    cJSON_AddItemToArray(either, typed("string"));
    for (const struct weir_policy *const *p = catalog; *p; p++) {
        cJSON *one = object_of((*p)->params), *properties = cJSON_GetObjectItemCaseSensitive(one, "properties");
        cJSON_AddItemToObject(properties, "label", property(beside));
        if (!cJSON_GetObjectItemCaseSensitive(properties, (*p)->name)) /* {"exec": ...} needs no name */
            add_constant(one, "name", (*p)->name);
        cJSON_AddStringToObject(one, "description", (*p)->summary);
        cJSON_AddItemToArray(either, one);
    }
    cJSON *own = typed("object"), *properties = cJSON_AddObjectToObject(own, "properties"), *name = typed("string");
    cJSON_AddStringToObject(name, "pattern", "/");
    cJSON_AddItemToObject(properties, "name", name);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(own, "required"), cJSON_CreateString("name"));
    cJSON_AddStringToObject(own, "description", "A shared object of a user.");
    cJSON_AddItemToArray(either, own);
    return at;
}

static cJSON *reference(const char *to)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "$ref", to);
    return at;
}

/* An element of "policies": a policy, a stack, or a stack with a label. */
static cJSON *stacks(void)
{
    cJSON *at = cJSON_CreateObject(), *either = cJSON_AddArrayToObject(at, "anyOf"), *list = typed("array");
    cJSON *labelled = typed("object"), *properties = cJSON_AddObjectToObject(labelled, "properties");
    cJSON_AddItemToObject(list, "items", reference("#/definitions/policy"));
    cJSON_AddItemToObject(properties, "label", typed("string"));
    cJSON_AddItemToObject(properties, "stack", cJSON_Duplicate(list, true));
    cJSON_AddItemToArray(cJSON_AddArrayToObject(labelled, "required"), cJSON_CreateString("stack"));
    cJSON_AddFalseToObject(labelled, "additionalProperties");
    cJSON_AddItemToArray(either, reference("#/definitions/policy"));
    cJSON_AddItemToArray(either, list);
    cJSON_AddItemToArray(either, labelled);
    return at;
}

/* Puts what a key may be in the place of what its row says, wherever an object has the key. */
static void refine(cJSON *at, const char *key, const char *to)
{
    cJSON *properties = cJSON_GetObjectItemCaseSensitive(at, "properties"), *child;
    cJSON *row = properties ? cJSON_GetObjectItemCaseSensitive(properties, key) : NULL;
    if (row) {
        cJSON_DeleteItemFromObjectCaseSensitive(row, "anyOf");
        cJSON_AddItemToArray(cJSON_AddArrayToObject(row, "anyOf"), reference(to));
    }
    cJSON_ArrayForEach(child, at) refine(child, key, to);
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    static const char *const kinds[] = {"scenario", "workload", "study"};
    static const struct weir_param *const tables[] = {weir_scenario_keys, weir_workload_keys, weir_study_keys};
    const char *word = arguments->word_count ? arguments->words[0] : kinds[0];
    int kind = 0;
    while (kind < 3 && strcmp(kinds[kind], word) != 0)
        kind++;
    if (kind == 3) {
        const char *near = weir_nearest(word, kinds, 3);
        return weir_error(WEIR_EUSAGE, "schema: there is no schema of \"%s\"; %s%s%s", word,
                          near ? "did you mean \"" : "there are scenario, workload and study", near ? near : "",
                          near ? "\"?" : "");
    }
    cJSON *root = object_of(tables[kind]), *definitions = cJSON_CreateObject();
    if (kind != 2) {
        refine(root, "load", "#/definitions/load");
        cJSON_AddItemToObject(definitions, "load", loads());
    }
    if (kind != 1) {
        cJSON *row = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "properties"), "policies");
        cJSON_AddItemToObject(row, "items", stacks());
        cJSON_AddItemToObject(definitions, "policy", policies(cli->catalog));
    }
    cJSON_AddItemToObject(root, "definitions", definitions);
    cJSON_AddStringToObject(root, "$schema", "http://json-schema.org/draft-07/schema#");
    char title[40];
    snprintf(title, sizeof title, "A %s of weir", kinds[kind]);
    cJSON_AddStringToObject(root, "title", title);
    char *text = cJSON_Print(root);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(root);
    return WEIR_OK;
}

const struct weir_command weir_command_schema = {
    .name = "schema",
    .words = "[scenario|workload|study]",
    .max_words = 1,
    .summary = "print a JSON Schema of scenarios, workloads or studies, for editors",
    .detail =
        "Editors that know JSON Schema (draft 7) complete keys by it, show what they mean and mark what is wrong.\n"
        "`weir check` knows more: units, names of hosts, what does not go together.\n",
    .flags = flags,
    .run = run,
};
