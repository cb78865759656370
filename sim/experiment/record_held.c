#include "sim/experiment/record_held.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

/* Who holds a job back; the keys that its kind has. */
static void add_bottleneck(cJSON *list, const char *job, const struct weir_verdict *verdict)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "job", job);
    cJSON_AddStringToObject(at, "kind", weir_hold_names[verdict->kind]);
    cJSON_AddStringToObject(at, "name", verdict->name ? verdict->name : "");
    if (verdict->kind != WEIR_HOLD_HOST)
        cJSON_AddNumberToObject(at, verdict->kind == WEIR_HOLD_LINK ? "use" : "busy", verdict->share);
    if (verdict->kind == WEIR_HOLD_OPERATOR || verdict->kind == WEIR_HOLD_NONE) {
        cJSON_AddNumberToObject(at, "busiest_instance", verdict->hottest);
        cJSON_AddNumberToObject(at, "dropped", verdict->dropped);
    } else {
        cJSON_AddNumberToObject(at, "lost", verdict->lost);
    }
    cJSON_AddNumberToObject(at, "source_backpressured", verdict->source_held);
    cJSON *waits = cJSON_AddArrayToObject(at, "waits");
    for (int w = 0; w < verdict->wait_count; w++) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", verdict->waits[w].name ? verdict->waits[w].name : "source");
        cJSON_AddNumberToObject(one, "share", verdict->waits[w].share);
        cJSON_AddItemToArray(waits, one);
    }
    cJSON_AddItemToArray(list, at);
}

void weir_record_bottlenecks(cJSON *root, const struct weir_result *result, const struct weir_held *held)
{
    cJSON *list = cJSON_AddArrayToObject(root, "bottlenecks");
    for (int j = 0; weir_held_covers(held, result) && j < result->job_count; j++) {
        struct weir_verdict verdict;
        weir_held_verdict(held, result, j, &verdict);
        add_bottleneck(list, result->jobs[j].name, &verdict);
        free(verdict.waits);
    }
}
