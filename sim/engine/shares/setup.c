/* The room set up: SimGrid started, configured and loaded, and what it has found. */
#define _GNU_SOURCE /* memfd_create */
#include "sim/engine/shares/state.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

#define ARGUMENTS_AT_MOST 255

/* weir's own model: what the platform says is what happens. SimGrid's default, LV08, multiplies latencies by 13.01 and
 * bounds flows by TCP's window; a scenario may choose it. */
static const char *const exact_network[] = {"network/crosstraffic:0", "network/bandwidth-factor:1",
                                            "network/TCP-gamma:0"};

/* Options of SimGrid by how they begin, and what is then SimGrid's. */
static const struct {
    const char *begin;
    bool works, transfers, latencies;
} sways[] = {
    {"network/", false, true, true},
    {"host/", true, true, true},
    {"cpu/", true, false, false},
    {"tracing", true, true, false},
};

static const char *option(const struct weir_scenario *scenario, const char *key)
{
    for (int o = 0; scenario && o < scenario->option_count; o++)
        if (strcmp(scenario->options[o].key, key) == 0)
            return scenario->options[o].value;
    return NULL;
}

/* What is SimGrid's from the start. */
static void divide(struct weir_shares *shares)
{
    const struct weir_scenario *scenario = shares->scenario;
    for (int o = 0; scenario && o < scenario->option_count; o++)
        for (size_t s = 0; s < sizeof sways / sizeof *sways; s++)
            if (strncmp(scenario->options[o].key, sways[s].begin, strlen(sways[s].begin)) == 0) {
                shares->all_works |= sways[s].works;
                shares->all_transfers |= sways[s].transfers;
                shares->latencies |= sways[s].latencies;
            }
    if (scenario && scenario->all_activities)
        shares->all_works = shares->all_transfers = true;
    shares->in_line = scenario && scenario->cpu_fifo;
    if (scenario && scenario->fairness == WEIR_FAIRNESS_RTT)
        shares->all_transfers = shares->latencies = true;
    const char *optim = option(scenario, "cpu/optim");
    shares->fixed_speeds = optim && strcmp(optim, "TI") == 0;
    shares->energy = !scenario || scenario->energy;
    shares->plug_in = shares->energy && shares->all_works && shares->platform->has_host_energy;
}

static void set_option(struct weir_text *arguments, const char *option)
{
    weir_text_addf(arguments, "--cfg=%s%c", option, '\n');
}

static void set_network(const struct weir_shares *shares, struct weir_text *arguments)
{
    const char *host_model = option(shares->scenario, "host/model");
    if (option(shares->scenario, "network/model"))
        return;
    if (!host_model || strncmp(host_model, "ptask", 5) != 0) /* which has a network of its own */
        set_option(arguments, "network/model:CM02");
    for (size_t i = 0; i < sizeof exact_network / sizeof *exact_network; i++)
        set_option(arguments, exact_network[i]);
    set_option(arguments, shares->latencies ? "network/latency-factor:1" : "network/latency-factor:0");
}

/* Where SimGrid looks for the profiles that a document from memory names: beside the file that it was made of. */
static void set_search_path(struct weir_text *arguments, const char *platform)
{
    char *beside = weir_path_beside(platform, "");
    weir_text_addf(arguments, "--cfg=path:%s%c", *beside ? beside : ".", '\n');
    free(beside);
}

static void start(const struct weir_shares *shares)
{
    const struct weir_scenario *scenario = shares->scenario;
    struct weir_text text = {0};
    weir_text_addf(&text, "weir\n--log=root.thres:error\n");
    set_network(shares, &text);
    for (int o = 0; scenario && o < scenario->option_count; o++)
        weir_text_addf(&text, "--cfg=%s:%s\n", scenario->options[o].key, scenario->options[o].value);
    if (shares->platform->content)
        set_search_path(&text, shares->platform->path);
    int argc = 0;
    char *argv[ARGUMENTS_AT_MOST + 1];
    for (char *word = strtok(text.data, "\n"); word && argc < ARGUMENTS_AT_MOST; word = strtok(NULL, "\n"))
        argv[argc++] = word;
    argv[argc] = NULL;
    weir_simgrid->start(argc, argv);
    weir_text_fini(&text);
    if (shares->plug_in)
        weir_simgrid_platform->count_energy();
}

/* SimGrid's first line says what is wrong; behind it may come a list of all that would be right. */
static int refuse_platform(const struct weir_platform *platform, char *message)
{
    message[strcspn(message, "\n")] = 0;
    bool option = strncmp(message, "Bad config key", strlen("Bad config key")) == 0;
    return weir_error(WEIR_EENGINE, "%s: SimGrid refuses the platform: %s%s", platform->path, message,
                      option ? "; this release has no such option: take it out of <config>" : "");
}

/* SimGrid reads files only: a document from memory becomes one without a name. */
static int load(const struct weir_platform *platform)
{
    char message[512];
    int memory = -1, code = WEIR_OK;
    char *path = weir_copy(platform->path);
    if (platform->content) {
        size_t size = strlen(platform->content);
        memory = memfd_create("weir-platform", MFD_CLOEXEC);
        if (memory < 0 || write(memory, platform->content, size) != (ssize_t)size) {
            code = weir_error(WEIR_ERUN, "%s: no memory for the edited platform: %s", platform->path, strerror(errno));
            goto out;
        }
        free(path);
        path = weir_format("/proc/self/fd/%d", memory);
    }
    if (weir_simgrid->load(path, platform->has_profiles, platform->latencies_vary, message, sizeof message) != 0)
        code = refuse_platform(platform, message);
out:
    if (memory >= 0)
        close(memory);
    free(path);
    return code;
}

static int find_hosts(struct weir_shares *shares)
{
    const struct weir_platform *platform = shares->platform;
    size_t count = platform->host_count;
    const char **names = weir_alloc(count, sizeof *names);
    sg_host_t *hosts = weir_alloc(count, sizeof *hosts);
    int code = WEIR_OK;
    for (size_t h = 0; h < count; h++)
        names[h] = platform->hosts[h].name;
    weir_simgrid_platform->find_hosts(names, count, hosts);
    shares->hosts = weir_alloc_lines(count * sizeof *shares->hosts);
    for (size_t h = 0; h < count && code == WEIR_OK; h++) {
        if (!hosts[h]) {
            code = weir_error(WEIR_EENGINE, "%s: SimGrid does not know host %s", platform->path, names[h]);
            continue;
        }
        shares->hosts[h].host = hosts[h];
        weir_simgrid_platform->own_host(hosts[h], &shares->hosts[h]);
        shares->host_count++;
    }
    free(hosts);
    free(names);
    if (code == WEIR_OK)
        weir_hosts_init(shares);
    return code;
}

static void find_links(struct weir_shares *shares)
{
    size_t count;
    sg_link_t *links = weir_simgrid_platform->all_links(&count);
    shares->links = weir_alloc(count, sizeof *shares->links);
    shares->link_count = (int)count;
    for (size_t l = 0; l < count; l++) {
        shares->links[l].link = links[l];
        weir_simgrid_platform->own_link(links[l], &shares->links[l]);
    }
    free(links);
    weir_links_init(shares);
}

/* A Wi-Fi link's own bandwidth is 1, a share of air time; what counts is what its hosts get. */
static void attach_hosts(struct weir_shares *shares)
{
    for (int h = 0; h < shares->host_count; h++) {
        int wifi = shares->platform->hosts[h].wifi_link;
        if (wifi < 0)
            continue;
        struct weir_link_state *known = weir_link_named(shares, shares->platform->links[wifi].name);
        weir_simgrid_platform->attach(shares->hosts[h].host, known->link);
        known->wifi = true;
        known->bandwidth = shares->platform->links[wifi].bandwidth_bytes_per_s;
    }
}

struct weir_shares *weir_shares_new(const struct weir_shares_spec *spec, struct weir_clock *clock)
{
    if (weir_simgrid_load() != WEIR_OK)
        return NULL;
    struct weir_shares *shares = weir_alloc(1, sizeof *shares);
    shares->clock = clock;
    shares->scenario = spec->scenario;
    shares->platform = spec->platform;
    weir_share_init(shares);
    divide(shares);
    start(shares);
    if (load(spec->platform) != WEIR_OK || find_hosts(shares) != WEIR_OK) {
        weir_shares_free(shares);
        return NULL;
    }
    find_links(shares);
    attach_hosts(shares);
    weir_energy_init(shares);
    weir_batteries_init(shares);
    shares->in_step = shares->plug_in || spec->platform->has_profiles || !weir_simgrid->may_ask();
    weir_simgrid->listen(&(struct weir_simgrid_ears){
        .context = shares,
        .executed = weir_share_on_executed,
        .sent = weir_share_on_sent,
        .due = weir_drive_on,
        .host_switched = weir_hosts_on_switch,
        .host_slowed = weir_hosts_on_slow,
        .link_switched = weir_links_on_switch,
        .link_resized = weir_links_on_resize,
        .link_delayed = weir_links_on_delay,
    });
    return shares;
}

void weir_shares_free(struct weir_shares *shares)
{
    if (!shares)
        return;
    weir_owners_fini(shares);
    weir_batteries_fini(shares);
    weir_energy_fini(shares);
    weir_routes_fini(shares);
    weir_links_fini(shares);
    weir_hosts_fini(shares);
    weir_share_fini(shares);
    free(shares);
}

bool weir_shares_latencies(const struct weir_shares *shares)
{
    return shares->latencies;
}

const char *weir_shares_version(void)
{
    return WEIR_SIMGRID_VERSION;
}
