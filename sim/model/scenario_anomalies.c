/* The anomalies of a scenario. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

#define RULES_AT_MOST 1000
#define DRAWN_AT_MOST 1000000

#define NONE                                                                                                           \
    {                                                                                                                  \
        1, 0, 0                                                                                                        \
    }
#define GONE                                                                                                           \
    {                                                                                                                  \
        0, 0, 0                                                                                                        \
    }

/* What kinds do unless their keys say otherwise; other kinds do what their keys say. */
static const struct preset {
    const char *kind;
    double speed; /* 0: the host is down */
    bool ramp;
    struct weir_disturbance signals[WEIR_SIGNAL_COUNT]; /* cpu, memory, disk, upload */
} presets[] = {
    /* somebody else computes on the host */
    {"overload", 0.4, false, {{1, 0.5, 0.05}, NONE, NONE, {1, 0, 0.1}}},
    /* something fills the memory, until the host swaps */
    {"memory-leak", 0.8, true, {{1, 0.1, 0}, {1, 4e9, 0}, NONE, NONE}},
    /* the disk answers in fits */
    {"disk-hang", 0.6, false, {{1, 0, 0.1}, NONE, {0.1, 0, 1}, {1, 0, 0.2}}},
    /* everything goes up and down, and no longer together */
    {"erratic", 0.7, false, {{1, 0, 0.5}, {1, 0, 0.3}, {1, 0, 0.5}, {1, 0, 0.5}}},
    /* the host is gone */
    {"outage", 0, false, {GONE, GONE, GONE, GONE}},
};

static const struct preset *preset_of(const char *kind)
{
    for (size_t p = 0; p < sizeof presets / sizeof *presets; p++)
        if (strcmp(presets[p].kind, kind) == 0)
            return &presets[p];
    return NULL;
}

static int read_signal(const struct weir_json *at, enum weir_signal signal, struct weir_disturbance *disturbance)
{
    struct weir_json child;
    return weir_json_get(at, weir_signal_names[signal], &child)
               ? weir_param_read(weir_disturbance_keys[signal], &child, disturbance)
               : WEIR_OK;
}

/* What it does, to the host and to what is seen of it. */
static int take_effects(const struct weir_json *at, struct weir_anomaly_rule *rule)
{
    const struct preset *preset = preset_of(rule->kind);
    struct weir_anomaly_read read = {
        .speed = preset ? preset->speed : 1, .available = !preset || preset->speed > 0, .ramp = preset && preset->ramp};
    for (int s = 0; s < WEIR_SIGNAL_COUNT; s++)
        rule->disturbances[s] = preset ? preset->signals[s] : (struct weir_disturbance)NONE;
    struct weir_json child;
    bool says_speed = weir_json_get(at, "speed", &child);
    int code = weir_param_read(weir_anomaly_keys, at, &read);
    if (!code && says_speed && !read.available)
        return weir_json_error(&child, "a host that is not available has no speed; leave one of the two out");
    bool available = read.available;
    double speed = available && read.speed == 0 ? 1 : read.speed;
    rule->ramp = read.ramp;
    for (int s = 0; s < WEIR_SIGNAL_COUNT && !code; s++)
        code = read_signal(at, (enum weir_signal)s, &rule->disturbances[s]);
    rule->down = !available;
    rule->slow = available && speed < 1;
    rule->rule.left = speed;
    bool shows = rule->down || rule->slow;
    for (int s = 0; s < WEIR_SIGNAL_COUNT; s++)
        shows |= weir_disturbance_is_one(&rule->disturbances[s]);
    if (!code && !shows)
        return weir_json_error(
            at, "does nothing; give it a \"kind\" (overload, memory-leak, disk-hang, erratic, outage), a "
                "\"speed\", \"available\": false, or what it does to \"cpu\", \"memory\", \"disk\" or "
                "\"upload\"");
    return code;
}

static int take_dates(const struct weir_json *at, const struct weir_anomaly_read *read, struct weir_anomaly_rule *rule)
{
    struct weir_json child;
    rule->dated = weir_json_get(at, "at", &child);
    rule->for_s = INFINITY;
    if (!rule->dated && weir_json_get(at, "for", &child))
        return weir_json_error(at, "has a \"for\" without an \"at\"");
    if (!rule->dated)
        return weir_fault_read_times(at, &rule->rule);
    if (weir_json_get(at, "up", &child) || weir_json_get(at, "down", &child))
        return weir_json_error(at, "has an \"at\" and \"up\" or \"down\"; make it two anomalies");
    rule->at_s = read->at_s;
    rule->for_s = read->for_s;
    if (rule->ramp && isinf(rule->for_s))
        return weir_json_error(at, "grows until its end, so it needs a \"for\"");
    return WEIR_OK;
}

static int read_one(const struct weir_json *at, struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    struct weir_anomaly_rule *rule = &scenario->anomaly_rules[scenario->anomaly_rule_count++];
    struct weir_json child;
    struct weir_anomaly_read read = {.kind = "anomaly", .for_s = INFINITY};
    int code = weir_param_read(weir_anomaly_keys, at, &read);
    rule->kind = weir_copy(read.kind);
    if (code)
        return code;
    code = weir_fault_read_targets(at, platform, &rule->rule);
    if (code)
        return code;
    if (!weir_json_get(at, "name", &child)) {
        free(rule->rule.name);
        rule->rule.name = weir_copy(read.kind);
    }
    code = take_effects(at, rule);
    if (!code)
        code = take_dates(at, &read, rule);
    for (int t = 0; t < rule->rule.target_count && !code && (rule->down || rule->slow); t++)
        code = weir_fault_check_target(at, platform, false, rule->rule.targets[t],
                                       rule->down ? WEIR_FAULT_DOWN : WEIR_FAULT_SLOW);
    for (int r = 0; r < scenario->anomaly_rule_count - 1 && !code && !rule->dated; r++)
        if (!scenario->anomaly_rules[r].dated)
            code = weir_fault_drawn_twice(at, platform, &rule->rule, &scenario->anomaly_rules[r].rule);
    return code;
}

static double expected(const struct weir_anomaly_rule *rule, double duration_s)
{
    if (rule->dated)
        return rule->rule.target_count;
    return rule->rule.target_count * (1 + duration_s / (rule->rule.up.mean_s + rule->rule.down.mean_s));
}

int weir_scenario_read_anomalies(const struct weir_json *at, struct weir_scenario *scenario)
{
    struct weir_json list;
    if (!weir_json_get(at, "anomalies", &list))
        return WEIR_OK;
    int count = weir_json_size(&list), code = WEIR_OK;
    if (!weir_json_is_array(&list) || count > RULES_AT_MOST)
        return weir_json_error(&list, "must be a list of at most %d anomalies", RULES_AT_MOST);
    scenario->anomaly_rules = weir_alloc((size_t)count, sizeof *scenario->anomaly_rules);
    double drawn = 0;
    for (int i = 0; i < count && !code; i++) {
        struct weir_json one = weir_json_at(&list, i);
        code = read_one(&one, scenario);
        const struct weir_anomaly_rule *rule = &scenario->anomaly_rules[scenario->anomaly_rule_count - 1];
        if (!code && (drawn += expected(rule, scenario->duration_s)) > DRAWN_AT_MOST)
            return weir_json_error(&one,
                                   "makes about %.3g anomalies in a run; at most %d are borne: choose longer means",
                                   drawn, DRAWN_AT_MOST);
        scenario->recovery.on |= rule->down;
    }
    if (!code && weir_faults_home(scenario) < 0)
        code = weir_json_error(&list,
                               "every host may be gone; one must stay, for the controller: leave one out, or add "
                               "one to %s",
                               scenario->platform->path);
    return code;
}

void weir_scenario_free_anomalies(struct weir_scenario *scenario)
{
    for (int r = 0; r < scenario->anomaly_rule_count; r++) {
        free(scenario->anomaly_rules[r].kind);
        free(scenario->anomaly_rules[r].rule.name);
        free(scenario->anomaly_rules[r].rule.targets);
    }
    free(scenario->anomaly_rules);
}
