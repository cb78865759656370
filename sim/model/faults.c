#include "sim/model/faults.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/model/anomalies.h"
#include "sim/model/scenario.h"

/* No time is drawn shorter, so that SimGrid sees two dates. */
#define SHORTEST_S 1e-6

struct drawn {
    struct weir_fault *faults;
    size_t count, capacity;
};

static void add(struct drawn *drawn, const struct weir_fault *fault)
{
    drawn->faults = weir_grow(drawn->faults, drawn->count + 1, &drawn->capacity, sizeof *drawn->faults);
    drawn->faults[drawn->count++] = *fault;
}

static double draw_s(const struct weir_fault_times *times, struct weir_stream *stream)
{
    return fmax(weir_stream_weibull(stream, times->mean_s, times->shape), SHORTEST_S);
}

struct weir_fault_dates weir_fault_dates_begin(const struct weir_fault_rule *rule, unsigned long long seed,
                                               const char *stream)
{
    return (struct weir_fault_dates){.stream = weir_stream_open(seed, stream), .rule = rule};
}

void weir_fault_dates_next(struct weir_fault_dates *dates, double *at_s, double *for_s)
{
    *at_s = dates->now_s + draw_s(&dates->rule->up, &dates->stream);
    *for_s = draw_s(&dates->rule->down, &dates->stream);
    dates->now_s = *at_s + *for_s;
}

static void draw_target(struct drawn *drawn, const struct weir_fault_rule *rule, int target, bool link,
                        const struct weir_scenario *scenario, unsigned long long seed)
{
    static const char *const kinds[] = {"host", "link", "region"};
    const struct weir_platform *platform = scenario->platform;
    const char *of = rule->kind == WEIR_FAULT_REGION
                         ? (link ? platform->links[target].region : platform->hosts[target].region)
                         : (link ? platform->links[target].name : platform->hosts[target].name);
    char *name = weir_format("faults/%s/%s/%s", kinds[rule->kind], rule->name, of);
    struct weir_fault_dates dates = weir_fault_dates_begin(rule, seed, name);
    struct weir_fault fault = {.host = link ? -1 : target,
                               .link = link ? platform->links[target].name : NULL,
                               .effect = rule->effect,
                               .left = rule->left};
    while (dates.now_s < scenario->duration_s) {
        weir_fault_dates_next(&dates, &fault.at_s, &fault.for_s);
        add(drawn, &fault);
    }
    free(name);
}

/* What anomalies do to hosts. */
static void add_anomalies(struct drawn *drawn, const struct weir_scenario *scenario, unsigned long long seed)
{
    struct weir_anomaly *anomalies;
    size_t count = weir_anomalies_draw(scenario, seed, &anomalies);
    for (size_t a = 0; a < count; a++) {
        const struct weir_anomaly_rule *rule = anomalies[a].rule;
        struct weir_fault fault = {.host = anomalies[a].host, .at_s = anomalies[a].at_s, .for_s = anomalies[a].for_s};
        fault.effect = rule->down ? WEIR_FAULT_DOWN : WEIR_FAULT_SLOW;
        fault.left = rule->down ? 0 : rule->rule.left;
        if (rule->down || rule->slow)
            add(drawn, &fault);
    }
    free(anomalies);
}

size_t weir_faults_draw(const struct weir_scenario *scenario, unsigned long long seed, struct weir_fault **faults)
{
    struct drawn drawn = {0};
    for (int f = 0; f < scenario->fault_count; f++)
        add(&drawn, &scenario->faults[f]);
    for (int r = 0; r < scenario->fault_rule_count; r++) {
        const struct weir_fault_rule *rule = &scenario->fault_rules[r];
        for (int t = 0; t < rule->target_count; t++)
            draw_target(&drawn, rule, rule->targets[t], rule->kind == WEIR_FAULT_LINK, scenario, seed);
        for (int l = 0; l < rule->link_count; l++)
            draw_target(&drawn, rule, rule->links[l], true, scenario, seed);
    }
    add_anomalies(&drawn, scenario, seed);
    *faults = drawn.faults;
    return drawn.count;
}

int weir_faults_home(const struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    bool *fails = weir_alloc(platform->host_count, sizeof *fails);
    for (size_t h = 0; h < platform->host_count; h++)
        fails[h] = platform->hosts[h].may_fail || platform->hosts[h].battery_j > 0;
    /* One without a host is of a link, or broken. */
    for (int f = 0; f < scenario->fault_count; f++)
        if (scenario->faults[f].host >= 0 && scenario->faults[f].effect == WEIR_FAULT_DOWN)
            fails[scenario->faults[f].host] = true;
    for (int r = 0; r < scenario->fault_rule_count; r++) {
        const struct weir_fault_rule *rule = &scenario->fault_rules[r];
        for (int t = 0; t < rule->target_count && rule->kind != WEIR_FAULT_LINK && rule->effect == WEIR_FAULT_DOWN; t++)
            fails[rule->targets[t]] = true;
    }
    for (int a = 0; a < scenario->anomaly_rule_count; a++) {
        const struct weir_anomaly_rule *rule = &scenario->anomaly_rules[a];
        for (int t = 0; t < rule->rule.target_count && rule->down; t++)
            fails[rule->rule.targets[t]] = true;
    }
    int home = -1;
    for (size_t h = 0; h < platform->host_count && home < 0; h++)
        if (!fails[h])
            home = (int)h;
    free(fails);
    return home;
}
