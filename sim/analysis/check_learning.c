#include "sim/analysis/check_learning.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "sim/api/view_fields.h"
#include "sim/base/memory.h"
#include "sim/model/scenario.h"
#include "sim/model/scenario_keys.h"

static void add_observed(cJSON *list, const struct weir_scenario *scenario, const struct weir_observed *observed)
{
    const struct weir_view_field *field = observed->field, *source = weir_observed_source(field);
    const struct weir_job *job = observed->job >= 0 ? &scenario->workload->jobs[observed->job] : NULL;
    const char *host = observed->host >= 0 ? scenario->platform->hosts[observed->host].name : NULL;
    const char *op = observed->op >= 0 ? job->operators[observed->op].name : NULL;
    const char *who = job ? job->name : host ? host : "view";
    char *name = op ? weir_format("%s/%s.%s", who, op, field->name) : weir_format("%s.%s", who, field->name);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddStringToObject(object, "record", weir_view_record_names[field->of]);
    cJSON_AddStringToObject(object, "field", source->name);
    cJSON_AddBoolToObject(object, "count", source != field);
    if (host)
        cJSON_AddStringToObject(object, "host", host);
    if (job)
        cJSON_AddStringToObject(object, "job", job->name);
    if (op)
        cJSON_AddStringToObject(object, "op", op);
    cJSON_AddItemToArray(list, object);
    free(name);
}

/* The rewards that are worth anything. */
static void add_reward(cJSON *object, const struct weir_reward_weights *weights)
{
    cJSON *list = cJSON_AddArrayToObject(object, "reward");
    for (int r = 0; weir_rewards[r].name; r++) {
        const struct weir_param *row = &weir_reward_keys[r];
        double weight = *(const double *)(const void *)((const char *)weights + row->offset);
        if (weight == 0)
            continue;
        cJSON *reward = cJSON_CreateObject();
        cJSON_AddStringToObject(reward, "name", weir_rewards[r].name);
        cJSON_AddStringToObject(reward, "record", weir_rewards[r].record);
        cJSON_AddStringToObject(reward, "field", weir_rewards[r].field);
        cJSON_AddNumberToObject(reward, "weight", weight);
        cJSON_AddItemToArray(list, reward);
    }
}

static void add_actions(cJSON *object, const struct weir_scenario *scenario)
{
    const struct weir_learning *learning = &scenario->learning;
    cJSON *actions = cJSON_AddObjectToObject(object, "actions");
    cJSON_AddStringToObject(actions, "kind", weir_learning_kinds[learning->kind]);
    cJSON *list = cJSON_AddArrayToObject(actions, "operators");
    for (int i = 0; i < learning->acted_count; i++) {
        const struct weir_job *job = &scenario->workload->jobs[learning->acted[i].job];
        const struct weir_operator *op = &job->operators[learning->acted[i].op];
        cJSON *acted = cJSON_CreateObject();
        cJSON_AddStringToObject(acted, "job", job->name);
        cJSON_AddStringToObject(acted, "op", op->name);
        cJSON_AddNumberToObject(acted, "min", op->min_instances);
        cJSON_AddNumberToObject(acted, "max", op->max_parallelism);
        cJSON_AddItemToArray(list, acted);
    }
    cJSON *hosts = cJSON_AddArrayToObject(actions, "hosts");
    for (size_t h = 0; learning->kind == WEIR_LEARNING_HOST && h < scenario->platform->host_count; h++)
        cJSON_AddItemToArray(hosts, cJSON_CreateString(scenario->platform->hosts[h].name));
}

void weir_check_learning_add(const struct weir_scenario *scenario, struct cJSON *object)
{
    const struct weir_learning *learning = &scenario->learning;
    if (!learning->on)
        return;
    cJSON *told = cJSON_AddObjectToObject(object, "learning");
    cJSON_AddNumberToObject(told, "duration_s", scenario->duration_s);
    cJSON_AddNumberToObject(told, "window_s", scenario->window_s);
    cJSON_AddNumberToObject(told, "missing", learning->missing);
    cJSON *observe = cJSON_AddArrayToObject(told, "observe");
    for (int i = 0; i < learning->observed_count; i++)
        add_observed(observe, scenario, &learning->observed[i]);
    add_reward(told, &learning->reward);
    add_actions(told, scenario);
}
