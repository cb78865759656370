#include "sim/experiment/probe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/experiment/pool.h"
#include "sim/model/initial.h"

enum { DEATHS_AT_MOST = 8, PAIRS_AT_MOST = 20000 };

static int try(void *context, struct weir_pool_line *line)
{
    (void)line;
    return weir_engine_probe(context);
}

/* Tries the pairs, in a child; if SimGrid dies of one, the next child goes on behind it. */
static int run(struct weir_probe *probe, bool *interrupted)
{
    struct weir_pool_options options = {.processes = 1, .quiet = true};
    struct weir_pool_task task = {.name = probe->platform->path, .work = try, .context = probe};
    int code = WEIR_OK;
    for (int deaths = 0; deaths <= DEATHS_AT_MOST; deaths++) {
        code = weir_pool_run_one(&options, &task, interrupted);
        struct weir_probe_state *state = probe->state;
        if (code != WEIR_EENGINE || !state->asking || *interrupted)
            break;
        weir_probe_missing(probe);
        state->asking = false;
        state->next++;
        weir_error_clear();
        code = WEIR_OK;
    }
    if (code == WEIR_EENGINE && !strstr(weir_error_message(), probe->platform->path))
        weir_error_context("%s: SimGrid cannot use this platform", probe->platform->path);
    return code;
}

/* What a child writes and its parent reads. */
static struct weir_probe_state *new_state(void)
{
    void *memory =
        mmap(NULL, sizeof(struct weir_probe_state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    memset(memory, 0, sizeof(struct weir_probe_state));
    return memory;
}

static int probe_pairs(struct weir_probe *probe, bool *interrupted)
{
    int code = weir_engine_open();
    if (code != WEIR_OK)
        return code;
    probe->state = new_state();
    return probe->state ? run(probe, interrupted) : weir_error(WEIR_ERUN, "no memory for a process");
}

static void free_state(struct weir_probe *probe)
{
    if (probe->state)
        munmap(probe->state, sizeof *probe->state);
    probe->state = NULL;
}

static void remark_missing(const struct weir_probe *probe, const char *what)
{
    const struct weir_probe_state *state = probe->state;
    const struct weir_host *hosts = probe->platform->hosts;
    if (state->missing)
        weir_remark("%s: %zu of %zu pairs of hosts%s have no route, such as %s to %s", probe->platform->path,
                    state->missing, probe->pair_count, what, hosts[state->from].name, hosts[state->to].name);
}

int weir_probe_platform(const struct weir_platform *platform, bool *interrupted)
{
    struct weir_probe probe = {.platform = platform};
    size_t n = platform->host_count;
    struct weir_pair *pairs = weir_platform_pairs(platform, &probe.pair_count);
    probe.pairs = pairs;
    int code = probe_pairs(&probe, interrupted);
    if (code == WEIR_OK) {
        remark_missing(&probe, probe.pair_count < n * (n - 1) ? " that were tried" : "");
        if (probe.state->failed)
            weir_remark("%s: a transfer from %s to %s fails at the start: a host or link is down then", platform->path,
                        platform->hosts[probe.state->sent.from].name, platform->hosts[probe.state->sent.to].name);
    }
    free_state(&probe);
    free(pairs);
    return code;
}

/* Whether some stack of the scenario may change where instances are. */
static bool may_move(const struct weir_scenario *scenario)
{
    for (int s = 0; s < scenario->stack_count; s++)
        for (int u = 0; u < scenario->stacks[s].use_count; u++) {
            const char *name = scenario->stacks[s].uses[u].name;
            if (strcmp(name, "static") != 0 && strcmp(name, "noop") != 0)
                return true;
        }
    return false;
}

/* The links that carry something, out of what the child wrote. */
static void keep_links(const struct weir_probe *probe, struct weir_preview *preview)
{
    size_t capacity = 0;
    for (size_t l = 0; l < probe->link_room; l++) {
        if (!(probe->links[l].bytes_per_s > 0))
            continue;
        preview->links = weir_grow(preview->links, preview->link_count + 1, &capacity, sizeof *preview->links);
        preview->links[preview->link_count++] = probe->links[l];
    }
}

static int check_needed(const struct weir_scenario *scenario, struct weir_preview *preview, bool *interrupted)
{
    const struct weir_platform *platform = scenario->platform;
    struct weir_probe probe = {.platform = platform,
                               .scenario = scenario,
                               .pairs = preview->pairs,
                               .pair_count = preview->pair_count < PAIRS_AT_MOST ? preview->pair_count : PAIRS_AT_MOST,
                               .bytes_per_s = preview->pair_bytes_per_s,
                               .link_room = 2 * platform->link_count + 4 * platform->host_count + 64};
    size_t size = probe.link_room * sizeof *probe.links;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return weir_error(WEIR_ERUN, "no memory for a process");
    probe.links = memory;
    int code = probe_pairs(&probe, interrupted);
    const struct weir_host *hosts = platform->hosts;
    if (code == WEIR_OK)
        keep_links(&probe, preview);
    if (code == WEIR_OK && probe.state->missing)
        code =
            weir_error(WEIR_EINPUT,
                       "%s: items go from %s to %s, and %s has no route between them (%zu of %zu pairs that the jobs "
                       "need as they begin); add a <route> or a <zoneRoute>, or place operators elsewhere",
                       scenario->path, hosts[probe.state->from].name, hosts[probe.state->to].name, platform->path,
                       probe.state->missing, probe.pair_count);
    free_state(&probe);
    munmap(memory, size);
    return code;
}

int weir_probe_scenario(const struct weir_scenario *scenario, struct weir_preview *preview, bool remarks,
                        bool *interrupted)
{
    int code = check_needed(scenario, preview, interrupted);
    if (code != WEIR_OK || *interrupted || !remarks || !may_move(scenario))
        return code;
    struct weir_probe probe = {.platform = scenario->platform, .scenario = scenario};
    struct weir_pair *pairs = weir_platform_pairs(scenario->platform, &probe.pair_count);
    probe.pairs = pairs;
    code = probe_pairs(&probe, interrupted);
    if (code == WEIR_OK)
        remark_missing(&probe, ", to which policies may move instances,");
    free_state(&probe);
    free(pairs);
    return code;
}
