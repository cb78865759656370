#include "sim/model/faults.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
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

static void draw_target(struct drawn *drawn, const struct weir_fault_rule *rule, int target, bool link,
                        const struct weir_scenario *scenario, unsigned long long seed)
{
    static const char *const kinds[] = {"host", "link", "region"};
    const struct weir_platform *platform = scenario->platform;
    const char *of = rule->kind == WEIR_FAULT_REGION
                         ? (link ? platform->links[target].region : platform->hosts[target].region)
                         : (link ? platform->links[target].name : platform->hosts[target].name);
    char *name = weir_format("faults/%s/%s/%s", kinds[rule->kind], rule->name, of);
    struct weir_stream stream = weir_stream_open(seed, name);
    for (double now_s = 0; now_s < scenario->duration_s;) {
        struct weir_fault fault = {.host = link ? -1 : target,
                                   .link = link ? platform->links[target].name : NULL,
                                   .effect = rule->effect,
                                   .left = rule->left};
        fault.at_s = now_s + draw_s(&rule->up, &stream);
        fault.for_s = draw_s(&rule->down, &stream);
        add(drawn, &fault);
        now_s = fault.at_s + fault.for_s;
    }
    free(name);
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
    *faults = drawn.faults;
    return drawn.count;
}

int weir_faults_home(const struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    bool *fails = weir_alloc(platform->host_count, sizeof *fails);
    for (size_t h = 0; h < platform->host_count; h++)
        fails[h] = platform->hosts[h].may_fail;
    for (int f = 0; f < scenario->fault_count; f++)
        if (!scenario->faults[f].link && scenario->faults[f].effect == WEIR_FAULT_DOWN)
            fails[scenario->faults[f].host] = true;
    for (int r = 0; r < scenario->fault_rule_count; r++) {
        const struct weir_fault_rule *rule = &scenario->fault_rules[r];
        for (int t = 0; t < rule->target_count && rule->kind != WEIR_FAULT_LINK && rule->effect == WEIR_FAULT_DOWN; t++)
            fails[rule->targets[t]] = true;
    }
    int home = -1;
    for (size_t h = 0; h < platform->host_count && home < 0; h++)
        if (!fails[h])
            home = (int)h;
    free(fails);
    return home;
}
