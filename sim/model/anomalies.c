#include "sim/model/anomalies.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/model/scenario.h"

const char *const weir_signal_names[] = {"cpu", "memory", "disk", "upload", NULL};

static int by_time(const void *a, const void *b)
{
    const struct weir_anomaly *left = a, *right = b;
    if (left->at_s != right->at_s)
        return left->at_s > right->at_s ? 1 : -1;
    if (left->host != right->host)
        return left->host - right->host;
    return (left->rule > right->rule) - (left->rule < right->rule);
}

size_t weir_anomalies_draw(const struct weir_scenario *scenario, unsigned long long seed,
                           struct weir_anomaly **anomalies)
{
    struct weir_anomaly *list = NULL;
    size_t count = 0, capacity = 0;
    for (int r = 0; r < scenario->anomaly_rule_count; r++) {
        const struct weir_anomaly_rule *rule = &scenario->anomaly_rules[r];
        for (int t = 0; t < rule->rule.target_count; t++) {
            const struct weir_host *host = &scenario->platform->hosts[rule->rule.targets[t]];
            bool region = rule->rule.kind == WEIR_FAULT_REGION;
            char *name = weir_format("anomalies/%s/%s/%s", region ? "region" : "host", rule->rule.name,
                                     region ? host->region : host->name);
            struct weir_fault_dates dates = weir_fault_dates_begin(&rule->rule, seed, name);
            struct weir_anomaly one = {rule->rule.targets[t], rule, rule->at_s, rule->for_s};
            free(name);
            if (!rule->dated)
                weir_fault_dates_next(&dates, &one.at_s, &one.for_s);
            while (one.at_s < scenario->duration_s) {
                list = weir_grow(list, count + 1, &capacity, sizeof *list);
                list[count++] = one;
                if (rule->dated)
                    break;
                weir_fault_dates_next(&dates, &one.at_s, &one.for_s);
            }
        }
    }
    if (count)
        qsort(list, count, sizeof *list, by_time);
    *anomalies = list;
    return count;
}
