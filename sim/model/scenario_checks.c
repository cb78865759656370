/* What a scenario and its platform say of each other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/model/scenario_parts.h"
#include "sim/model/simgrid_options.h"

/* Options that both the platform and the scenario give, or weir by itself: SimGrid takes the latter. */
static void remark_configs(const struct weir_scenario *scenario)
{
    static const char *const own[] = {"network/model",     "network/crosstraffic",   "network/bandwidth-factor",
                                      "network/TCP-gamma", "network/latency-factor", NULL};
    const struct weir_platform *platform = scenario->platform;
    for (size_t i = 0; i < platform->config_count; i++) {
        const struct weir_platform_config *config = &platform->configs[i];
        const char *value = NULL;
        bool chosen = false, weirs = false;
        for (int o = 0; o < scenario->option_count; o++) {
            chosen = chosen || strcmp(scenario->options[o].key, "network/model") == 0;
            if (strcmp(scenario->options[o].key, config->key) == 0)
                value = scenario->options[o].value;
        }
        for (const char *const *key = own; *key && !chosen; key++)
            weirs = weirs || strcmp(*key, config->key) == 0;
        if (value)
            weir_remark("%s:%d: <config> %s=\"%s\" gives way to the scenario's \"%s\"", platform->path, config->line,
                        config->key, config->value, value);
        else if (weirs)
            weir_remark(
                "%s:%d: <config> %s=\"%s\" gives way to weir's own network model (docs/platform.md); a scenario may "
                "ask for it by \"simgrid\"",
                platform->path, config->line, config->key, config->value);
    }
}

/* Joules of some hosts alone are easily taken for those of all. */
static void remark_on_watts(const struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    size_t without = 0, first = 0;
    for (size_t h = platform->host_count; h-- > 0;)
        if (!platform->hosts[h].has_energy) {
            without++;
            first = h;
        }
    if (scenario->energy && platform->has_host_energy && without)
        weir_remark("%s: %zu of %zu hosts, such as \"%s\", give no watts (wattage_per_state): they add nothing to "
                    "\"energy\"",
                    platform->path, without, platform->host_count, platform->hosts[first].name);
}

static int check_energy(const struct weir_scenario *scenario)
{
    const char *bad = scenario->platform->bad_energy;
    if (bad && !scenario->energy)
        weir_remark("%s", bad);
    remark_on_watts(scenario);
    if (scenario->energy_by_job && !(scenario->energy && scenario->platform->has_host_energy))
        return weir_error(WEIR_EINPUT, "%s: \"energy_by_job\": %s", scenario->path,
                          scenario->energy ? "no host of the platform gives watts (wattage_per_state)"
                                           : "needs \"energy\": true");
    return bad && scenario->energy ? weir_error(WEIR_EINPUT, "%s", bad) : WEIR_OK;
}

static int check_links(const struct weir_scenario *scenario)
{
    const char *fixed = weir_scenario_fixed_links(scenario);
    if (!fixed || !scenario->platform->links_vary)
        return WEIR_OK;
    return weir_error(WEIR_EINPUT, "%s: its platform, %s, has a profile of a link's bandwidth: %s", scenario->path,
                      scenario->platform->path, fixed);
}

/* Options that the platform gives: nonsense is refused; what is not known is a remark, as SimGrid itself takes it. */
static int check_configs(const struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    int code = WEIR_OK;
    for (size_t i = 0; i < platform->config_count && !code; i++) {
        const struct weir_platform_config *config = &platform->configs[i];
        bool known;
        char *fault = weir_simgrid_fault(config->key, config->value, &known);
        if (weir_simgrid_writes(config->key))
            code = weir_error(WEIR_EINPUT,
                              "%s:%d: <config> %s would write a file outside the results, and every run the same one; "
                              "take it out",
                              platform->path, config->line, config->key);
        else if (fault && known && !scenario->unsafe_options)
            code = weir_error(WEIR_EINPUT, "%s:%d: <config> %s: %s", platform->path, config->line, config->key, fault);
        else if (fault && !known)
            weir_remark("%s:%d: <config> %s %s", platform->path, config->line, config->key, fault);
        free(fault);
    }
    return code;
}

int weir_scenario_check_platform(const struct weir_scenario *scenario)
{
    int code = check_links(scenario);
    if (!code)
        code = check_configs(scenario);
    if (!code)
        code = check_energy(scenario);
    remark_configs(scenario);
    return code;
}

/* The first host of speed 0 where an operator of the job may be placed; -1 if there is none. */
static int find_still(const struct weir_platform *platform, const struct weir_job *job, const struct weir_operator *op,
                      int *hosts)
{
    int count = weir_where_hosts(&op->where, platform, job->source_host, hosts, (int)platform->host_count);
    for (int i = 0; i < count; i++)
        if (!(weir_platform_speed(&platform->hosts[hosts[i]], op->work_class) > 0))
            return hosts[i];
    return -1;
}

int weir_scenario_check_speeds(const struct weir_scenario *scenario)
{
    const struct weir_platform *platform = scenario->platform;
    const struct weir_workload *workload = scenario->workload;
    int code = WEIR_OK, found;
    if (!platform->has_still_hosts)
        return WEIR_OK;
    int *hosts = weir_alloc(platform->host_count, sizeof *hosts);
    for (int j = 0; j < workload->job_count && !code; j++)
        for (int o = 0; o < workload->jobs[j].operator_count && !code; o++) {
            const struct weir_operator *op = &workload->jobs[j].operators[o];
            if ((found = find_still(platform, &workload->jobs[j], op, hosts)) >= 0)
                code =
                    weir_error(WEIR_EINPUT,
                               "%s: operator \"%s\" of job \"%s\" may be placed on host \"%s\", whose speed is 0; give "
                               "it one above 0, or place the operator elsewhere",
                               scenario->path, op->name, workload->jobs[j].name, platform->hosts[found].name);
        }
    free(hosts);
    return code;
}

static int check_none(const struct weir_json *at, const struct weir_job *job, const struct weir_operator *op)
{
    struct weir_json child;
    if (op->min_instances > 0 || !weir_json_get(at, "rescale", &child))
        return WEIR_OK;
    return weir_json_error(&child,
                           "operator \"%s\" of job \"%s\" may have no instance (\"min_instances\": 0), where a job "
                           "cannot be stopped as a whole; raise it, or take \"operator\"",
                           op->name, job->name);
}

static int check_single(const struct weir_json *at, const struct weir_job *job, const struct weir_operator *op)
{
    const char *key = isfinite(op->max_wait_s)       ? "max_wait"
                      : op->batch_items > 1          ? "batch"
                      : op->expires                  ? "expire"
                      : op->order != WEIR_ORDER_FIFO ? "order"
                      : op->fails > 0                ? "fails"
                      : isfinite(op->hedge_after_s)  ? "hedge"
                      : op->unacked                  ? "unacked"
                                                     : NULL;
    if (!key)
        return WEIR_OK;
    return weir_json_error(at,
                           "operator \"%s\" of job \"%s\" has a \"%s\", which looks at items one by one, but they move "
                           "in batches for the sake of speed; leave \"items_per_batch\" and \"batch_span\" out",
                           op->name, job->name, key);
}

/* Barriers that wait stand in the order of coming. */
static int check_aligned(const struct weir_json *at, const struct weir_job *job, int o)
{
    const struct weir_operator *op = &job->operators[o];
    const char *what = isfinite(op->max_wait_s)       ? "a \"max_wait\""
                       : op->batch_items > 1          ? "a \"batch\""
                       : op->expires                  ? "\"expire\""
                       : op->order != WEIR_ORDER_FIFO ? "an \"order\""
                                                      : NULL;
    for (int e = 0; e < job->edge_count; e++)
        if (job->edges[e].to == o && job->edges[e].full == WEIR_FULL_DROP_OLD)
            what = "an edge to it that drops the oldest";
    if (!what)
        return WEIR_OK;
    return weir_json_error(at,
                           "operator \"%s\" of job \"%s\" has %s, but aligned barriers of checkpoints wait in the "
                           "order in which items come; take \"barriers\": \"unaligned\", or leave it out",
                           op->name, job->name, what);
}

/* Of an instance that serves several at once, none is between two services. */
static int check_threads(const struct weir_json *at, const struct weir_job *job, int o)
{
    if (job->operators[o].concurrency < 2)
        return WEIR_OK;
    return weir_json_error(
        at,
        "operator \"%s\" of job \"%s\" has a \"concurrency\", but barriers of checkpoints are passed "
        "between two services; leave it, or \"checkpoints\", out",
        job->operators[o].name, job->name);
}

int weir_scenario_check_batteries(const struct weir_scenario *scenario)
{
    if (!scenario->platform->has_batteries || scenario->energy)
        return WEIR_OK;
    return weir_error(
        WEIR_EINPUT,
        "%s: \"energy\": false, and hosts of %s have batteries, which run empty by what hosts draw; leave "
        "\"energy\" out",
        scenario->path, scenario->platform->path);
}

int weir_scenario_check_together(const struct weir_json *at, const struct weir_scenario *scenario)
{
    const struct weir_workload *workload = scenario->workload;
    int code = WEIR_OK;
    for (int j = 0; j < workload->job_count && !code; j++) {
        const struct weir_job *job = &workload->jobs[j];
        for (int o = 0; o < job->operator_count && !job->is_copy && !code; o++) {
            if (scenario->rescale == WEIR_RESCALE_JOB)
                code = check_none(at, job, &job->operators[o]);
            if (!code && scenario->recovery.costs)
                code = check_threads(at, job, o);
            if (!code && scenario->recovery.costs && !scenario->recovery.unaligned)
                code = check_aligned(at, job, o);
            if (!code && scenario->items_per_batch != 1)
                code = check_single(at, job, &job->operators[o]);
        }
    }
    return code;
}
