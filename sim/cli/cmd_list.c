/* weir list: what there is, with every parameter, its default and range, from the tables that the programs bind. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policies/learn/detect/detector.h"
#include "policies/learn/forecast/forecaster.h"
#include "sim/api/view_fields.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/param.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/engine/run.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/study_keys.h"
#include "sim/experiment/summary.h"
#include "sim/generate/generate.h"
#include "sim/model/load.h"
#include "sim/model/scenario_keys.h"

enum { JSON };
static const struct weir_flag flags[] = {
    [JSON] = {"json", 0, NULL, "print JSON"},
    {0},
};

static void print_params(const struct weir_param *params)
{
    char described[200];
    int name_width = 0, described_width = 0;
    if (isatty(STDOUT_FILENO)) { /* people read it: folded; programs have a line each */
        for (const struct weir_param *p = params; p && p->name; p++) {
            char *text =
                weir_format("%s %s%s", p->help,
                            p->required ? "It is " : "Default: ", weir_param_describe(p, described, sizeof described));
            weir_help_row(stdout, p->name, 24, text);
            free(text);
        }
        return;
    }
    for (const struct weir_param *p = params; p && p->name; p++) {
        int name = (int)strlen(p->name), length = (int)strlen(weir_param_describe(p, described, sizeof described));
        name_width = name > name_width ? name : name_width;
        described_width = length > described_width ? length : described_width;
    }
    for (const struct weir_param *p = params; p && p->name; p++)
        printf("    %-*s  %-*s  %s\n", name_width, p->name, described_width,
               weir_param_describe(p, described, sizeof described), p->help);
}

/* An end of a range as JSON can hold it: no limit becomes infinity, which is written as null. */
static double limit(double value)
{
    return fabs(value) < 1e300 ? value : copysign(INFINITY, value);
}

static cJSON *param_json(const struct weir_param *param)
{
    static const char *const types[] = {"number", "integer", "boolean", "choice", "string",
                                        "slot",   "integer", "choice",  "string", "value"};
    char described[200];
    cJSON *at = cJSON_CreateObject();
    bool ranged = param->type == WEIR_PARAM_DOUBLE || param->type == WEIR_PARAM_INT || param->type == WEIR_PARAM_LONG;
    cJSON_AddStringToObject(at, "name", param->name);
    cJSON_AddStringToObject(at, "type", types[param->type]);
    cJSON_AddStringToObject(at, "unit", param->type == WEIR_PARAM_DOUBLE ? weir_unit_symbol(param->unit) : "");
    if (param->fallback)
        cJSON_AddStringToObject(at, "default", param->fallback);
    else
        cJSON_AddNullToObject(at, "default");
    if (ranged) {
        cJSON_AddNumberToObject(at, "min", limit(param->min));
        cJSON_AddNumberToObject(at, "max", limit(param->max));
    }
    if (param->type == WEIR_PARAM_CHOICE || param->type == WEIR_PARAM_EITHER) {
        cJSON *choices = cJSON_AddArrayToObject(at, "choices");
        for (const char *const *c = param->choices; *c; c++)
            cJSON_AddItemToArray(choices, cJSON_CreateString(*c));
    }
    cJSON_AddBoolToObject(at, "required", param->required);
    if (param->without)
        cJSON_AddStringToObject(at, "without", param->without);
    else
        cJSON_AddNullToObject(at, "without");
    cJSON_AddStringToObject(at, "described", weir_param_describe(param, described, sizeof described));
    cJSON_AddStringToObject(at, "help", param->help);
    return at;
}

static cJSON *entry_json(const char *name, const char *summary, const struct weir_param *params)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "name", name);
    cJSON_AddStringToObject(at, "summary", summary);
    cJSON *list = cJSON_AddArrayToObject(at, "params");
    for (const struct weir_param *p = params; p && p->name; p++)
        cJSON_AddItemToArray(list, param_json(p));
    return at;
}

static void print_json(cJSON *root)
{
    char *text = cJSON_Print(root);
    printf("%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
}

/* An entry with a source, into the array or, if there is none, to stdout. */
static void list_cited(cJSON *root, const char *name, const char *summary, const char *source,
                       const struct weir_param *params)
{
    if (root) {
        cJSON *at = entry_json(name, summary, params);
        cJSON_AddStringToObject(at, "source", source ? source : "");
        cJSON_AddItemToArray(root, at);
        return;
    }
    bool cited = source && *source;
    printf("%s: %s%s%s%s\n", name, summary, cited ? " [" : "", cited ? source : "", cited ? "]" : "");
    print_params(params);
}

static int list_policies(const struct weir_cli *cli, bool json)
{
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (const struct weir_policy *const *p = cli->catalog; *p; p++)
        list_cited(root, (*p)->name, (*p)->summary, (*p)->source, (*p)->params);
    if (json)
        print_json(root);
    return WEIR_OK;
}

static int list_forecasters(const struct weir_cli *cli, bool json)
{
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (const struct forecaster_kind *const *k = cli->forecasters; *k; k++)
        list_cited(root, (*k)->name, (*k)->summary, (*k)->source, (*k)->params);
    if (json)
        print_json(root);
    else
        puts("Each has also outliers: robust deviations from the median beyond which a value is pulled in; default 0: "
             "none is.");
    return WEIR_OK;
}

static int list_detectors(const struct weir_cli *cli, bool json)
{
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (const struct detector_kind *const *k = cli->detectors; *k; k++)
        list_cited(root, (*k)->name, (*k)->summary, (*k)->source, (*k)->params);
    if (json)
        print_json(root);
    return WEIR_OK;
}

/* An entry that is a name, a summary and parameters, into the array or, if there is none, to stdout. */
static void list_entry(cJSON *root, const char *name, const char *summary, const struct weir_param *params)
{
    if (root) {
        cJSON_AddItemToArray(root, entry_json(name, summary, params));
        return;
    }
    printf("%s: %s\n", name, summary);
    print_params(params);
}

static int list_loads(const struct weir_cli *cli, bool json)
{
    (void)cli;
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (const struct weir_load_info *load = weir_load_table; load->name; load++)
        list_entry(root, load->name, load->summary, load->params);
    if (json)
        print_json(root);
    return WEIR_OK;
}

static int list_generators(const struct weir_cli *cli, bool json)
{
    (void)cli;
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (const struct weir_generator *const *kind = weir_generators; *kind; kind++)
        list_entry(root, (*kind)->name, (*kind)->summary, (*kind)->params);
    if (json)
        print_json(root);
    return WEIR_OK;
}

static int list_metrics(const struct weir_cli *cli, bool json)
{
    (void)cli;
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (const struct weir_metric *m = weir_metric_table; m->name; m++) {
        if (!json) {
            printf("%-20s %-8s %-6s %s\n", m->name, m->unit,
                   m->better == WEIR_BETTER_NONE ? "" : weir_better_name(m->better), m->help);
            continue;
        }
        cJSON *at = cJSON_CreateObject();
        cJSON_AddStringToObject(at, "name", m->name);
        cJSON_AddStringToObject(at, "unit", m->unit);
        cJSON_AddStringToObject(at, "better", weir_better_name(m->better));
        cJSON_AddStringToObject(at, "help", m->help);
        cJSON_AddItemToArray(root, at);
    }
    if (json)
        print_json(root);
    return WEIR_OK;
}

static int list_shipped(int kinds, bool json)
{
    struct weir_shipped_list list;
    int code = weir_shipped_read(kinds, &list);
    cJSON *root = json && code == WEIR_OK ? cJSON_CreateArray() : NULL;
    for (int i = 0; i < list.count; i++) {
        if (!json) {
            printf("%s: %s\n", list.entries[i].name, list.entries[i].summary);
            continue;
        }
        cJSON *at = cJSON_CreateObject();
        cJSON_AddStringToObject(at, "name", list.entries[i].name);
        cJSON_AddStringToObject(at, "summary", list.entries[i].summary);
        cJSON_AddStringToObject(at, "path", list.entries[i].path);
        cJSON_AddItemToArray(root, at);
    }
    if (root)
        print_json(root);
    weir_shipped_fini(&list);
    return code;
}

static int list_scenarios(const struct weir_cli *cli, bool json)
{
    (void)cli;
    return list_shipped(WEIR_SHIPPED_SCENARIO, json);
}

static int list_studies(const struct weir_cli *cli, bool json)
{
    (void)cli;
    return list_shipped(WEIR_SHIPPED_STUDY, json);
}

/* "operator.busy" */
static int list_view(const struct weir_cli *cli, bool json)
{
    (void)cli;
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++) {
        char name[64];
        snprintf(name, sizeof name, "%s.%s", weir_view_record_names[f->of], f->name);
        if (!json) {
            printf("%-32s %-10s %-9s %s\n", name, weir_field_kind_name(f), weir_field_way_name(f->way), f->help);
            continue;
        }
        cJSON *at = cJSON_CreateObject();
        cJSON_AddStringToObject(at, "name", name);
        cJSON_AddStringToObject(at, "type", weir_field_kind_name(f));
        cJSON_AddStringToObject(at, "pipe", weir_field_way_name(f->way));
        cJSON_AddStringToObject(at, "help", f->help);
        cJSON_AddItemToArray(root, at);
    }
    if (json)
        print_json(root);
    return WEIR_OK;
}

struct key_list {
    cJSON *root;
    bool begun;
};

static void list_object(const char *place, const struct weir_param *keys, void *context)
{
    struct key_list *list = context;
    const char *name = *place ? place : "scenario";
    if (list->root) {
        cJSON_AddItemToArray(list->root, entry_json(name, "", keys));
        return;
    }
    printf("%s%s:\n", list->begun ? "\n" : "", name);
    print_params(keys);
    list->begun = true;
}

static int list_keys(const struct weir_cli *cli, bool json)
{
    (void)cli;
    struct key_list list = {.root = json ? cJSON_CreateArray() : NULL};
    weir_keys_each(list_object, &list);
    list_object("study", weir_study_keys, &list);
    list_object("study.grid.PATH", weir_choices_keys, &list);
    list_object("study.sample", weir_sample_keys, &list);
    list_object("study.sample.ranges.PATH", weir_range_keys, &list);
    if (json)
        print_json(list.root);
    return WEIR_OK;
}

static const struct {
    const char *name;
    int (*list)(const struct weir_cli *cli, bool json);
} topics[] = {
    {"policies", list_policies},
    {"metrics", list_metrics},
    {"loads", list_loads},
    {"generators", list_generators},
    {"forecasters", list_forecasters},
    {"detectors", list_detectors},
    {"scenarios", list_scenarios},
    {"studies", list_studies},
    {"view", list_view},
    {"keys", list_keys},
};
#define TOPICS (sizeof topics / sizeof *topics)

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    const char *names[TOPICS], *word = arguments->words[0];
    for (size_t i = 0; i < TOPICS; i++) {
        names[i] = topics[i].name;
        if (strcmp(word, topics[i].name) == 0) {
            return topics[i].list(cli, weir_arguments_value(arguments, JSON) != NULL);
        }
    }
    const char *near = weir_nearest(word, names, TOPICS);
    if (near)
        return weir_error(WEIR_EUSAGE, "list: there is no list of \"%s\"; did you mean \"%s\"?", word, near);
    return weir_error(WEIR_EUSAGE,
                      "list: there is no list of \"%s\"; there are policies, metrics, loads, generators, forecasters, "
                      "detectors, scenarios, studies, view and keys",
                      word);
}

const struct weir_command weir_command_list = {
    .name = "list",
    .words = "policies|metrics|loads|generators|forecasters|detectors|scenarios|studies|view|keys",
    .min_words = 1,
    .max_words = 1,
    .summary = "list policies, metrics, loads, generators, forecasters, detectors, scenarios, studies, fields of the "
               "view, keys",
    .detail =
        "What has parameters is listed with them. A scenario or study is named to a command as it is listed here;\n"
        "`weir copy` lays one before you to be edited. The list view has the members of the structs that policies see, "
        "with their\n"
        "types and whether they go over a pipe; the list keys has what scenarios and workloads may say, object by "
        "object.\n",
    .flags = flags,
    .run = run,
};
