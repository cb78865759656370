/* SimGrid: started, configured, loaded; and the small questions that the engine asks it. */
#define _GNU_SOURCE /* memfd_create */
#include "sim/engine/simgrid_shim.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>
#include <simgrid/link.h>
#include <simgrid/plugins/energy.h>
#include <simgrid/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/parts.h"

/* Stacks of actors, in KiB: ours are shallow, the tests pass with 32, and they may be many. Under the sanitisers they
 * are deeper. */
#if defined(__SANITIZE_ADDRESS__)
#define STACK_KIB 128
#else
#define STACK_KIB 64
#endif

/* SimGrid guards each stack by a page that may not be touched, and so needs several maps of memory an actor; Linux
 * gives a process 65530 of them. Where so many instances are possible, stacks go without. */
#define UNGUARDED_OPTION  "contexts/guard-size:0"
#define GUARDED_INSTANCES 2000

/* weir's own model: what the platform says is what happens. SimGrid's default, LV08, multiplies latencies by 13.01 and
 * bounds flows by TCP's window; a scenario may choose it. */
static const char *const exact_network[] = {"network/model:CM02", "network/crosstraffic:0", "network/latency-factor:1",
                                            "network/bandwidth-factor:1", "network/TCP-gamma:0"};

/* Not all of SimGrid's sanity survives a sanitiser: actors are threads then. */
#if defined(__SANITIZE_ADDRESS__)
#define FACTORY_OPTION "contexts/factory:thread"
#endif

double weir_now(void)
{
    return simgrid_get_clock();
}

static void set_option(struct weir_text *arguments, const char *option)
{
    weir_text_addf(arguments, "--cfg=%s%c", option, '\n');
}

static bool may_have_many(const struct weir_scenario *scenario)
{
    long instances = 0;
    for (int j = 0; scenario && j < scenario->workload->job_count; j++)
        for (int o = 0; o < scenario->workload->jobs[j].operator_count; o++)
            instances += scenario->workload->jobs[j].operators[o].max_parallelism;
    return instances > GUARDED_INSTANCES;
}

static bool overrides_network(const struct weir_scenario *scenario)
{
    for (int o = 0; scenario && o < scenario->option_count; o++)
        if (strcmp(scenario->options[o].key, "network/model") == 0)
            return true;
    return false;
}

/* Where SimGrid looks for the profiles that a document from memory names: beside the file that it was made of. */
static void set_search_path(struct weir_text *arguments, const char *platform)
{
    char *beside = weir_path_beside(platform, "");
    weir_text_addf(arguments, "--cfg=path:%s%c", *beside ? beside : ".", '\n');
    free(beside);
}

/* SimGrid reads files only: a document from memory becomes one without a name. */
static int load(const struct weir_platform *platform, const struct weir_outages *outages, size_t outage_count)
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
    if (weir_shim_load(path, outages, outage_count, message, sizeof message) != 0)
        code = weir_error(WEIR_EENGINE, "%s: SimGrid refuses the platform: %s", platform->path, message);
out:
    if (memory >= 0)
        close(memory);
    free(path);
    return code;
}

/* SimGrid asks for zeros where stacks have no guard, and the C library writes them, so that all of each stack takes
 * memory; unless it is a map of its own, which is of zeros already. Maps that touch are one to Linux. */
static void prepare_for_many(struct weir_text *arguments)
{
    set_option(arguments, UNGUARDED_OPTION);
    mallopt(M_MMAP_THRESHOLD, STACK_KIB * 1024);
    mallopt(M_MMAP_MAX, INT_MAX);
}

int weir_simgrid_init(const struct weir_scenario *scenario, const struct weir_platform *platform,
                      const struct weir_outages *outages, size_t outage_count, const char *paje)
{
    struct weir_text text = {0};
    weir_text_addf(&text, "weir\n--log=root.thres:error\n");
    weir_text_addf(&text, "--cfg=contexts/stack-size:%d\n", STACK_KIB);
    if (may_have_many(scenario))
        prepare_for_many(&text);
#ifdef FACTORY_OPTION
    set_option(&text, FACTORY_OPTION);
#endif
    for (size_t i = 0; !overrides_network(scenario) && i < sizeof exact_network / sizeof *exact_network; i++)
        set_option(&text, exact_network[i]);
    for (int o = 0; scenario && o < scenario->option_count; o++)
        weir_text_addf(&text, "--cfg=%s:%s\n", scenario->options[o].key, scenario->options[o].value);
    if (paje) /* the topology leaves out SPLITDUPLEX links, and then stops at them */
        weir_text_addf(&text,
                       "--cfg=tracing:yes\n--cfg=tracing/platform:yes\n--cfg=tracing/platform/"
                       "topology:no\n--cfg=tracing/uncategorized:yes\n"
                       "--cfg=tracing/filename:%s\n",
                       paje);
    if (platform->content)
        set_search_path(&text, platform->path);
    int argc = 0;
    char *argv[256];
    for (char *word = strtok(text.data, "\n"); word && argc < 255; word = strtok(NULL, "\n"))
        argv[argc++] = word;
    argv[argc] = NULL;
    simgrid_init(&argc, argv);
    weir_text_fini(&text);
    if (platform->has_host_energy)
        sg_host_energy_plugin_init();
    if (platform->has_link_energy)
        sg_link_energy_plugin_init();
    int code = load(platform, outages, outage_count);
    if (code != WEIR_OK)
        return code;
    for (size_t h = 0; h < platform->host_count; h++) {
        const struct weir_host *host = &platform->hosts[h];
        if (host->wifi_link < 0)
            continue;
        const struct weir_link *link = &platform->links[host->wifi_link];
        weir_shim_attach(sg_host_by_name(host->name), sg_link_by_name(link->name), link->bandwidth_bytes_per_s);
    }
    return WEIR_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(sg_link_get_name(*(const sg_link_t *)a), sg_link_get_name(*(const sg_link_t *)b));
}

static void host_changed(void *context, sg_host_t host, int up)
{
    struct weir_run_host *known = sg_host_get_data(host);
    if (!known)
        return;
    known->failures += known->up && !up;
    known->up = up;
}

/* weir's own actors must not die with a host. */
static int find_home(struct weir_world *world)
{
    world->home = weir_faults_home(world->scenario);
    if (world->home >= 0)
        return WEIR_OK;
    return weir_error(WEIR_EINPUT,
                      "%s: every host may fail; one must stay up, for the controller: add a host without a profile of "
                      "its state",
                      world->platform->path);
}

int weir_simgrid_hosts(struct weir_world *world)
{
    const struct weir_platform *platform = world->platform;
    world->hosts = weir_alloc(platform->host_count, sizeof *world->hosts);
    for (size_t h = 0; h < platform->host_count; h++) {
        world->hosts[h].host = sg_host_by_name(platform->hosts[h].name);
        if (!world->hosts[h].host)
            return weir_error(WEIR_EENGINE, "%s: SimGrid does not know host %s", platform->path,
                              platform->hosts[h].name);
        world->hosts[h].up = sg_host_is_on(world->hosts[h].host);
        sg_host_set_data(world->hosts[h].host, &world->hosts[h]);
    }
    if (find_home(world) != WEIR_OK)
        return WEIR_EINPUT;
    weir_shim_on_host_change(host_changed, world);
    /* SimGrid lists links in the order of a hash: sort them. */
    size_t count = sg_link_count();
    sg_link_t *links = sg_link_list();
    qsort(links, count, sizeof *links, by_name);
    world->links = weir_alloc(count, sizeof *world->links);
    world->link_count = (int)count;
    for (size_t l = 0; l < count; l++) {
        world->links[l].link = links[l];
        world->links[l].name = sg_link_get_name(links[l]);
        world->links[l].bytes_per_s = sg_link_get_bandwidth(links[l]);
        sg_link_set_data(links[l], &world->links[l]);
    }
    free(links);
    return WEIR_OK;
}

int weir_simgrid_link_index(const struct weir_world *world, sg_link_t link)
{
    const struct weir_run_link *known = sg_link_get_data(link);
    return known ? (int)(known - world->links) : -1;
}

struct weir_link_view weir_simgrid_link_view(const struct weir_world *world, int link)
{
    const struct weir_run_link *known = &world->links[link];
    return (struct weir_link_view){known->name, weir_shim_link_bandwidth(known->link),
                                   sg_link_get_latency(known->link)};
}

double weir_simgrid_energy_j(const struct weir_world *world)
{
    double joules = 0;
    if (world->platform->has_host_energy) {
        sg_host_energy_update_all();
        for (size_t h = 0; h < world->platform->host_count; h++)
            if (world->platform->hosts[h].has_energy)
                joules += sg_host_get_consumed_energy(world->hosts[h].host);
    }
    if (world->platform->has_link_energy) {
        size_t count = sg_link_count();
        sg_link_t *links = sg_link_list();
        qsort(links, count, sizeof *links, by_name);
        for (size_t l = 0; l < count; l++)
            joules += sg_link_get_consumed_energy(links[l]);
        free(links);
    }
    return joules;
}

sg_actor_t weir_actor_start(const char *name, sg_host_t host, void (*code)(int, char **), void *data)
{
    sg_actor_t actor = sg_actor_init(name, host);
    sg_actor_set_data(actor, data);
    sg_actor_start_(actor, code, 0, NULL);
    return actor;
}

const char *weir_engine_version(void)
{
    static _Thread_local char version[48];
    int major, minor, patch;
    sg_version_get(&major, &minor, &patch);
    snprintf(version, sizeof version, "SimGrid %d.%d.%d", major, minor, patch);
    return version;
}

struct probe {
    sg_host_t from, to;
    bool done;
};

static void probe_actor(int argc, char **argv)
{
    struct probe *probe = sg_actor_self_get_data();
    double end_s;
    sg_comm_t transfer = weir_shim_send(probe->from, probe->to, 1000, INFINITY);
    probe->done = weir_shim_wait(transfer, &end_s) == 0;
    weir_shim_forget(transfer);
}

int weir_engine_probe(const struct weir_platform *platform)
{
    int code = weir_simgrid_init(NULL, platform, NULL, 0, NULL);
    if (code != WEIR_OK || platform->host_count < 2)
        return code;
    const char *first = platform->hosts[0].name, *last = platform->hosts[platform->host_count - 1].name;
    struct probe probe = {.from = sg_host_by_name(first), .to = sg_host_by_name(last)};
    if (!probe.from || !probe.to)
        return weir_error(WEIR_EENGINE, "%s: SimGrid does not know host %s", platform->path, probe.from ? last : first);
    double latency_s, bytes_per_s;
    if (weir_shim_route(probe.from, probe.to, &latency_s, &bytes_per_s, NULL, 0) < 0)
        return weir_error(WEIR_EENGINE, "%s: there is no route from %s to %s; add a <route> or a <zoneRoute>",
                          platform->path, first, last);
    weir_actor_start("probe", probe.from, probe_actor, &probe);
    simgrid_run();
    if (!probe.done)
        return weir_error(WEIR_EENGINE, "%s: a transfer from %s to %s failed: a host or link is down at the start",
                          platform->path, first, last);
    return WEIR_OK;
}
