/* Faults of a scenario that are drawn: what fails, and how long it is up and down. */
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

/* How a rule says what fails: a name, or with * and ? a pattern, or (lists) several of them. */
static const struct {
    const char *key;
    enum weir_fault_kind kind;
    bool lists;
} selectors[] = {
    {"host", WEIR_FAULT_HOST, false}, {"hosts", WEIR_FAULT_HOST, true},    {"link", WEIR_FAULT_LINK, false},
    {"links", WEIR_FAULT_LINK, true}, {"region", WEIR_FAULT_REGION, true},
};
#define SELECTORS (sizeof selectors / sizeof *selectors)

static size_t count_of(const struct weir_platform *platform, enum weir_fault_kind kind)
{
    return kind == WEIR_FAULT_LINK ? platform->link_count : platform->host_count;
}

static const char *name_of(const struct weir_platform *platform, enum weir_fault_kind kind, size_t index)
{
    return kind == WEIR_FAULT_LINK     ? platform->links[index].name
           : kind == WEIR_FAULT_REGION ? platform->hosts[index].region
                                       : platform->hosts[index].name;
}

int weir_fault_unknown(const struct weir_json *at, const struct weir_platform *platform, enum weir_fault_kind kind,
                       const char *name)
{
    static const char *const kinds[] = {"host", "link", "region"};
    size_t count = count_of(platform, kind);
    const char **names = weir_alloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = name_of(platform, kind, i);
    const char *near = weir_nearest(name, names, count);
    free(names);
    if (strpbrk(name, "*?["))
        return weir_json_error(at, "no %s of the platform matches \"%s\"", kinds[kind], name);
    if (near)
        return weir_json_error(at, "the platform has no %s \"%s\"; did you mean \"%s\"?", kinds[kind], name, near);
    return weir_json_error(at, "the platform has no %s \"%s\"", kinds[kind], name);
}

/* Marks what has the name, or matches the pattern if those are allowed. */
static int mark(const struct weir_json *at, const struct weir_platform *platform, enum weir_fault_kind kind,
                bool patterns, bool *marked)
{
    const char *name;
    int code = weir_json_string(at, &name);
    if (code)
        return code;
    bool found = false;
    for (size_t i = 0; i < count_of(platform, kind); i++) {
        const char *known = name_of(platform, kind, i);
        if (strcmp(known, name) != 0 && (!patterns || fnmatch(name, known, 0) != 0))
            continue;
        found = marked[i] = true;
    }
    return found ? WEIR_OK : weir_fault_unknown(at, platform, kind, name);
}

static int mark_all(const struct weir_json *at, const struct weir_platform *platform, enum weir_fault_kind kind,
                    bool lists, bool *marked)
{
    if (!lists || !weir_json_is_array(at))
        return mark(at, platform, kind, lists, marked);
    int code = weir_json_size(at) ? WEIR_OK : weir_json_error(at, "the list is empty; give a name or a pattern");
    for (int i = 0; i < weir_json_size(at) && !code; i++) {
        struct weir_json one = weir_json_at(at, i);
        code = mark(&one, platform, kind, true, marked);
    }
    return code;
}

/* Leaves hosts of one tier marked. */
static int keep_tier(const struct weir_json *at, const struct weir_platform *platform, bool *marked)
{
    int tier;
    int code = weir_json_choice(at, weir_tier_names, &tier);
    if (code)
        return code;
    bool any = false;
    for (size_t h = 0; h < platform->host_count; h++)
        any |= marked[h] &= (int)platform->hosts[h].tier == tier;
    return any ? WEIR_OK : weir_json_error(at, "no host that fails is of tier %s", weir_tier_names[tier]);
}

static int select_targets(const struct weir_json *at, const struct weir_platform *platform,
                          struct weir_fault_rule *rule, bool *marked)
{
    struct weir_json by, tier;
    int found = -1, code = WEIR_OK;
    for (size_t s = 0; s < SELECTORS; s++)
        if (weir_json_get(at, selectors[s].key, &by)) {
            if (found >= 0)
                return weir_json_error(at, "has a \"%s\" and a \"%s\"; make it two faults", selectors[found].key,
                                       selectors[s].key);
            found = (int)s;
        }
    bool of_tier = weir_json_get(at, "tier", &tier);
    if (found < 0 && !of_tier)
        return weir_json_error(
            at, "must name what fails: \"host\", \"hosts\", \"link\", \"links\", \"tier\" or \"region\"");
    rule->kind = found < 0 ? WEIR_FAULT_HOST : selectors[found].kind;
    if (of_tier && found >= 0 && rule->kind != WEIR_FAULT_REGION)
        return weir_json_error(at, "has a \"tier\" and a \"%s\"; make it two faults", selectors[found].key);
    if (found < 0)
        memset(marked, true, platform->host_count);
    else if (weir_json_get(at, selectors[found].key, &by))
        code = mark_all(&by, platform, rule->kind, selectors[found].lists, marked);
    if (!code && of_tier)
        code = keep_tier(&tier, platform, marked);
    return code;
}

static int read_times(const struct weir_json *at, const char *key, struct weir_fault_times *times)
{
    struct weir_times_read read = {0};
    struct weir_json child, value;
    int code = weir_json_need(at, key, &child);
    if (!code)
        code = weir_param_read(weir_times_keys, &child, &read);
    if (code)
        return code;
    bool weibull = read.distribution == 1, shaped = weir_json_get(&child, "shape", &value);
    *times = (struct weir_fault_times){read.mean_s, weibull ? read.shape : read.distribution == 0 ? 1 : INFINITY};
    if (shaped && !weibull)
        return weir_json_error(&value, "belongs to the distribution \"weibull\"");
    return weibull ? weir_json_need(&child, "shape", &value) : WEIR_OK;
}

int weir_fault_take_effect(const struct weir_json *at, const struct weir_fault_read *read, bool link,
                           enum weir_fault_effect *effect, double *left)
{
    struct weir_json child, other;
    *effect = WEIR_FAULT_DOWN;
    *left = 0;
    if (weir_json_get(at, link ? "speed" : "bandwidth", &child))
        return weir_json_error(&child, link ? "is of hosts; of a link say what is left of its \"bandwidth\""
                                            : "is of links; of a host say what is left of its \"speed\"");
    bool lossy = weir_json_get(at, "loss", &child);
    if (lossy && !link)
        return weir_json_error(&child, "is of links; a host loses \"speed\"");
    if (lossy && weir_json_get(at, "bandwidth", &other))
        return weir_json_error(at, "has a \"bandwidth\" and a \"loss\"; make it two faults");
    if (lossy) {
        *effect = WEIR_FAULT_LOSSY;
        *left = 1 - read->loss;
        return WEIR_OK;
    }
    *left = link ? read->bandwidth : read->speed;
    *effect = *left > 0 ? WEIR_FAULT_SLOW : WEIR_FAULT_DOWN;
    return WEIR_OK;
}

int weir_fault_check_target(const struct weir_json *at, const struct weir_platform *platform, bool link, int target,
                            enum weir_fault_effect effect)
{
    for (size_t h = 0; h < platform->host_count && link && effect == WEIR_FAULT_SLOW; h++)
        if (platform->hosts[h].wifi_link == target)
            return weir_json_error(at, "\"%s\" is a Wi-Fi channel, which can be down but has no \"bandwidth\" to lose",
                                   platform->links[target].name);
    bool slow = effect == WEIR_FAULT_SLOW;
    if (link || !(slow ? platform->hosts[target].may_slow : platform->hosts[target].may_fail))
        return WEIR_OK;
    return weir_json_error(at, "host \"%s\" has a profile of its %s in %s; leave one of the two out",
                           platform->hosts[target].name, slow ? "speed" : "state", platform->path);
}

/* Two rules of one name for one thing would draw the same dates. */
int weir_fault_drawn_twice(const struct weir_json *at, const struct weir_platform *platform,
                           const struct weir_fault_rule *rule, const struct weir_fault_rule *before)
{
    if (rule->kind != before->kind || strcmp(rule->name, before->name) != 0)
        return WEIR_OK;
    for (int mine = 0, other = 0; mine < rule->target_count && other < before->target_count;) {
        int difference = rule->targets[mine] - before->targets[other];
        if (!difference)
            return weir_json_error(at,
                                   "\"%s\" is in a fault before this one that draws the same dates; give one of them a "
                                   "\"name\" of its own",
                                   name_of(platform, rule->kind, (size_t)rule->targets[mine]));
        mine += difference < 0;
        other += difference > 0;
    }
    return WEIR_OK;
}

bool weir_fault_rule_is_one(const struct weir_json *at)
{
    static const char *const keys[] = {"up", "down", "hosts", "links", "tier", "region", "name", "with_links"};
    struct weir_json child;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (weir_json_get(at, keys[k], &child))
            return true;
    return false;
}

/* "with_links": the links of the regions of the rule's hosts. */
static int take_links(const struct weir_json *at, const struct weir_platform *platform, struct weir_fault_rule *rule)
{
    struct weir_json child;
    if (rule->kind != WEIR_FAULT_REGION || rule->effect != WEIR_FAULT_DOWN) {
        weir_json_get(at, "with_links", &child);
        return weir_json_error(&child, "is of a \"region\" that is down");
    }
    rule->links = weir_alloc(platform->link_count, sizeof *rule->links);
    for (size_t l = 0; l < platform->link_count; l++) {
        bool fails = false;
        for (int t = 0; t < rule->target_count && !fails; t++)
            fails = strcmp(platform->hosts[rule->targets[t]].region, platform->links[l].region) == 0;
        if (fails)
            rule->links[rule->link_count++] = (int)l;
    }
    if (!rule->link_count)
        return weir_json_error(at, "no link of the platform is of a region that fails; give links a region by "
                                   "<prop id=\"region\" .../>, or leave \"with_links\" out");
    return WEIR_OK;
}

int weir_fault_read_targets(const struct weir_json *at, const struct weir_platform *platform,
                            struct weir_fault_rule *rule)
{
    const char *name = "";
    int code = weir_json_opt_name(at, "name", &name);
    rule->name = weir_copy(name);
    size_t most = platform->host_count > platform->link_count ? platform->host_count : platform->link_count;
    bool *marked = weir_alloc(most, sizeof *marked);
    if (!code)
        code = select_targets(at, platform, rule, marked);
    rule->targets = weir_alloc(most, sizeof *rule->targets);
    for (size_t i = 0; i < most && !code; i++)
        if (marked[i])
            rule->targets[rule->target_count++] = (int)i;
    free(marked);
    return code;
}

int weir_fault_read_times(const struct weir_json *at, struct weir_fault_rule *rule)
{
    int code = read_times(at, "up", &rule->up);
    return code ? code : read_times(at, "down", &rule->down);
}

int weir_fault_rule_take(const struct weir_json *at, const struct weir_fault_read *read, struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    struct weir_fault_rule *rule = &scenario->fault_rules[scenario->fault_rule_count++];
    struct weir_json child;
    if (weir_json_get(at, "at", &child) || weir_json_get(at, "for", &child))
        return weir_json_error(&child, "is of a single failure of a \"host\" or \"link\"; what fails again and again "
                                       "has \"up\" and \"down\"");
    int code = weir_fault_read_targets(at, platform, rule);
    if (!code)
        code = weir_fault_read_times(at, rule);
    if (!code)
        code = weir_fault_take_effect(at, read, rule->kind == WEIR_FAULT_LINK, &rule->effect, &rule->left);
    for (int t = 0; t < rule->target_count && !code; t++)
        code = weir_fault_check_target(at, platform, rule->kind == WEIR_FAULT_LINK, rule->targets[t], rule->effect);
    if (!code && read->with_links)
        code = take_links(at, platform, rule);
    for (int r = 0; r < scenario->fault_rule_count - 1 && !code; r++)
        code = weir_fault_drawn_twice(at, platform, rule, &scenario->fault_rules[r]);
    return code;
}
