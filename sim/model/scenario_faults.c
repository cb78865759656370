/* The faults of a scenario, and how jobs recover from them. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

#define FAULTS_AT_MOST 100000
#define RULES_AT_MOST  1000
#define DRAWN_AT_MOST  1000000

static int find_link(const struct weir_platform *platform, const char *name)
{
    for (size_t l = 0; l < platform->link_count; l++)
        if (strcmp(platform->links[l].name, name) == 0)
            return (int)l;
    return -1;
}

/* The date of a fault, and what it does. */
static int take_what(const struct weir_json *at, const struct weir_fault_read *read, bool link,
                     struct weir_fault *fault)
{
    struct weir_json child;
    int code = weir_json_need(at, "at", &child);
    fault->at_s = read->at_s;
    fault->for_s = read->for_s;
    return code ? code : weir_fault_take_effect(at, read, link, &fault->effect, &fault->left);
}

/* A single failure. */
static int take_fault(const struct weir_json *at, const struct weir_fault_read *read,
                      const struct weir_platform *platform, struct weir_fault *fault)
{
    const char *host = read->host, *link = read->link;
    int found = -1;
    *fault = (struct weir_fault){.host = -1, .for_s = INFINITY};
    if (!host == !link)
        return weir_json_error(at, "names either a \"host\" or a \"link\" that fails");
    int code = take_what(at, read, link, fault);
    if (code)
        return code;
    if (host && (found = fault->host = weir_platform_find(platform, host)) < 0)
        return weir_fault_unknown(at, platform, WEIR_FAULT_HOST, host);
    if (link && (found = find_link(platform, link)) < 0)
        return weir_fault_unknown(at, platform, WEIR_FAULT_LINK, link);
    fault->link = link ? platform->links[found].name : NULL;
    return weir_fault_check_target(at, platform, link, found, fault->effect);
}

/* Whether it has a date and, by patterns, several targets. */
static bool has_patterns(const struct weir_json *at)
{
    struct weir_json child;
    return weir_json_get(at, "at", &child) && !weir_json_get(at, "up", &child) && !weir_json_get(at, "down", &child) &&
           (weir_json_get(at, "hosts", &child) || weir_json_get(at, "links", &child));
}

/* A fault for each target. */
static int take_patterns(const struct weir_json *at, const struct weir_fault_read *read, struct weir_scenario *scenario,
                         size_t *capacity)
{
    static const char *const keys[] = {"at", "for", "hosts", "links", "tier", "speed", "bandwidth", "loss", NULL};
    const struct weir_platform *platform = scenario->platform;
    struct weir_fault_rule rule = {0};
    struct weir_fault fault = {.host = -1, .for_s = INFINITY};
    int code = weir_json_only(at, keys);
    if (!code)
        code = weir_fault_read_targets(at, platform, &rule);
    bool link = rule.kind == WEIR_FAULT_LINK;
    if (!code)
        code = take_what(at, read, link, &fault);
    if (!code && scenario->fault_count + rule.target_count > FAULTS_AT_MOST)
        code = weir_json_error(at, "makes more than %d faults with dates", FAULTS_AT_MOST);
    for (int t = 0; t < rule.target_count && !code; t++) {
        fault.host = link ? -1 : rule.targets[t];
        fault.link = link ? platform->links[rule.targets[t]].name : NULL;
        code = weir_fault_check_target(at, platform, link, rule.targets[t], fault.effect);
        scenario->faults = weir_grow(scenario->faults, (size_t)scenario->fault_count + 1, capacity, sizeof fault);
        scenario->faults[scenario->fault_count++] = fault;
    }
    free(rule.name);
    free(rule.targets);
    return code;
}

/* The number of faults that the newest rule gives in a run, on average. */
static double expected(const struct weir_scenario *scenario)
{
    const struct weir_fault_rule *rule = &scenario->fault_rules[scenario->fault_rule_count - 1];
    return (rule->target_count + rule->link_count) * (1 + scenario->duration_s / (rule->up.mean_s + rule->down.mean_s));
}

static int read_list(const struct weir_json *list, struct weir_scenario *scenario)
{
    const char *fixed = weir_scenario_fixed_links(scenario);
    double count = 0;
    size_t capacity = 0;
    int code = WEIR_OK;
    for (int i = 0; i < weir_json_size(list) && !code; i++) {
        struct weir_json one = weir_json_at(list, i), bandwidth;
        struct weir_fault_read read = {.name = "", .for_s = INFINITY};
        if ((code = weir_param_read(weir_fault_keys, &one, &read)))
            return code;
        if (fixed && weir_json_get(&one, "bandwidth", &bandwidth))
            return weir_json_error(&bandwidth, "%s", fixed);
        if (has_patterns(&one)) {
            code = take_patterns(&one, &read, scenario, &capacity);
            continue;
        }
        if (!weir_fault_rule_is_one(&one)) {
            scenario->faults =
                weir_grow(scenario->faults, (size_t)scenario->fault_count + 1, &capacity, sizeof *scenario->faults);
            code = take_fault(&one, &read, scenario->platform, &scenario->faults[scenario->fault_count++]);
            continue;
        }
        if (scenario->fault_rule_count == RULES_AT_MOST)
            return weir_json_error(&one, "there are more than %d faults with \"up\" and \"down\"", RULES_AT_MOST);
        if (!(code = weir_fault_rule_take(&one, &read, scenario)) && (count += expected(scenario)) > DRAWN_AT_MOST)
            return weir_json_error(&one,
                                   "makes about %.3g failures in a run; at most %d are borne: choose longer means",
                                   count, DRAWN_AT_MOST);
    }
    return code;
}

int weir_scenario_read_faults(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list;
    struct weir_recovery *recovery = &scenario->recovery;
    bool faults = weir_json_get(at, "faults", &list);
    int code = weir_scenario_read_recovery(at, scenario);
    if (code)
        return code;
    for (size_t h = 0; h < scenario->platform->host_count; h++)
        recovery->on |= scenario->platform->hosts[h].may_fail || scenario->platform->hosts[h].battery_j > 0;
    int count = faults ? weir_json_size(&list) : 0;
    if (faults && (!weir_json_is_array(&list) || count > FAULTS_AT_MOST))
        return weir_json_error(&list, "must be a list of at most %d faults", FAULTS_AT_MOST);
    scenario->fault_rules =
        weir_alloc((size_t)(count < RULES_AT_MOST ? count : RULES_AT_MOST), sizeof *scenario->fault_rules);
    if (count)
        code = read_list(&list, scenario);
    for (int f = 0; f < scenario->fault_count; f++)
        recovery->on |= scenario->faults[f].effect == WEIR_FAULT_DOWN;
    for (int r = 0; r < scenario->fault_rule_count; r++)
        recovery->on |= scenario->fault_rules[r].effect == WEIR_FAULT_DOWN;
    if (!code && count && weir_faults_home(scenario) < 0)
        code = weir_json_error(&list,
                               "every host may fail; one must stay up, for the controller: leave one out, or add "
                               "one to %s",
                               scenario->platform->path);
    return code;
}

void weir_scenario_free_faults(struct weir_scenario *scenario)
{
    for (int r = 0; r < scenario->fault_rule_count; r++) {
        free(scenario->fault_rules[r].name);
        free(scenario->fault_rules[r].targets);
        free(scenario->fault_rules[r].links);
    }
    free(scenario->fault_rules);
    free(scenario->faults);
}
