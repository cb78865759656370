/* The use of hosts and links as a trace in Paje's format: containers, variables and their names are those of SimGrid's
 * own traces, so that its tools read it. What is used is the mean of each window, from the books: flops done and bytes
 * carried in it over its length. */
#include "sim/engine/control/paje.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"

struct weir_paje {
    FILE *file;
    char *partial; /* the file's name until it is whole; NULL of a terminal or pipe, which keep theirs */
    double *host_used, *link_used; /* as written last: flop/s, bytes/s */
    double until_s;
};

/* Numbers of event kinds, and aliases of types; containers follow the types. */
enum { DEFINE_TYPE, DEFINE_VARIABLE, CREATE, DESTROY, SET };
enum { HOST = 1, SPEED, CORES, SPEED_USED, LINK, BANDWIDTH, LATENCY, BANDWIDTH_USED, FIRST };

static const struct {
    const char *name, *fields[6];
} kinds[] = {
    [DEFINE_TYPE] = {"PajeDefineContainerType", {"Alias string", "Type string", "Name string"}},
    [DEFINE_VARIABLE] = {"PajeDefineVariableType", {"Alias string", "Type string", "Name string", "Color color"}},
    [CREATE] = {"PajeCreateContainer", {"Time date", "Alias string", "Type string", "Container string", "Name string"}},
    [DESTROY] = {"PajeDestroyContainer", {"Time date", "Type string", "Name string"}},
    [SET] = {"PajeSetVariable", {"Time date", "Type string", "Container string", "Value double"}}};

static void write_kinds(FILE *file)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        fprintf(file, "%%EventDef %s %zu\n", kinds[k].name, k);
        for (int f = 0; f < 6 && kinds[k].fields[f]; f++)
            fprintf(file, "%%       %s\n", kinds[k].fields[f]);
        fprintf(file, "%%EndEventDef\n");
    }
}

static void set(const struct weir_paje *paje, double time_s, int variable, int container, double value)
{
    fprintf(paje->file, "%d %.9f %d %d %.17g\n", SET, time_s, variable, container, value);
}

static void define(FILE *file, int alias, int of, const char *name, const char *color)
{
    fprintf(file, "%d %d %d %s \"%s\"\n", DEFINE_VARIABLE, alias, of, name, color);
}

static void write_platform(const struct weir_controller *controller, const struct weir_paje *paje)
{
    FILE *file = paje->file;
    int hosts = controller->view.host_count;
    fprintf(file, "%d %d 0 HOST\n", DEFINE_TYPE, HOST);
    define(file, SPEED, HOST, "speed", "1 1 1");
    define(file, CORES, HOST, "core_count", "1 1 1");
    define(file, SPEED_USED, HOST, "speed_used", "0.5 0.5 0.5");
    fprintf(file, "%d %d 0 LINK\n", DEFINE_TYPE, LINK);
    define(file, BANDWIDTH, LINK, "bandwidth", "1 1 1");
    define(file, LATENCY, LINK, "latency", "1 1 1");
    define(file, BANDWIDTH_USED, LINK, "bandwidth_used", "0.5 0.5 0.5");
    for (int h = 0; h < hosts; h++) {
        const struct weir_host_view *host = &controller->view.hosts[h];
        fprintf(file, "%d 0 %d %d 0 \"%s\"\n", CREATE, FIRST + h, HOST, host->name);
        set(paje, 0, SPEED, FIRST + h, host->speed_flops_per_s);
        set(paje, 0, CORES, FIRST + h, host->cores);
        set(paje, 0, SPEED_USED, FIRST + h, 0);
    }
    for (int l = 0; l < controller->view.link_count; l++) {
        const struct weir_link_view *link = &controller->view.links[l];
        fprintf(file, "%d 0 %d %d 0 \"%s\"\n", CREATE, FIRST + hosts + l, LINK, link->name);
        set(paje, 0, BANDWIDTH, FIRST + hosts + l, link->bytes_per_s);
        set(paje, 0, LATENCY, FIRST + hosts + l, link->latency_s);
        set(paje, 0, BANDWIDTH_USED, FIRST + hosts + l, 0);
    }
}

/* Where a trace is written until it is whole; NULL for what is no regular file. To be freed. */
static char *name_partial(const char *path)
{
    struct stat found;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode))
        return NULL;
    size_t size = strlen(path) + sizeof ".partial";
    char *partial = weir_alloc(size, 1);
    snprintf(partial, size, "%s.partial", path);
    return partial;
}

static void fail(struct weir_controller *controller)
{
    weir_clock_fail(controller->clock, WEIR_EINPUT, "cannot write %s: %s", controller->spec->paje, strerror(errno));
}

void weir_paje_begin(struct weir_controller *controller)
{
    if (!controller->spec->paje)
        return;
    char *partial = name_partial(controller->spec->paje);
    FILE *file = weir_os_create(partial ? partial : controller->spec->paje, O_CREAT | O_TRUNC);
    if (!file) {
        fail(controller);
        free(partial);
        return;
    }
    struct weir_paje *paje = controller->paje = weir_alloc(1, sizeof *paje);
    paje->file = file;
    paje->partial = partial;
    paje->host_used = weir_alloc((size_t)controller->view.host_count, sizeof *paje->host_used);
    paje->link_used = weir_alloc((size_t)controller->view.link_count, sizeof *paje->link_used);
    write_kinds(file);
    write_platform(controller, paje);
}

static void use(const struct weir_paje *paje, double from_s, int variable, int container, double *before, double now)
{
    if (now != *before)
        set(paje, from_s, variable, container, now);
    *before = now;
}

void weir_paje_window(struct weir_controller *controller)
{
    struct weir_paje *paje = controller->paje;
    const struct weir_books *books = controller->books;
    double from_s = books->window_start_s, length_s = controller->clock->now_s - from_s;
    if (!paje || !(length_s > 0))
        return;
    int hosts = controller->view.host_count;
    for (int h = 0; h < hosts; h++) {
        const struct weir_host_book *host = &books->hosts[h];
        double flops = host->counts.flops - host->at_window.flops;
        use(paje, from_s, SPEED_USED, FIRST + h, &paje->host_used[h], flops / length_s);
    }
    for (int l = 0; l < books->link_count; l++) {
        double bytes = books->links[l].bytes - books->links[l].bytes_at_window;
        use(paje, from_s, BANDWIDTH_USED, FIRST + hosts + l, &paje->link_used[l], bytes / length_s);
    }
    paje->until_s = controller->clock->now_s;
}

void weir_paje_end(struct weir_controller *controller)
{
    struct weir_paje *paje = controller->paje;
    if (!paje)
        return;
    int hosts = controller->view.host_count;
    for (int c = 0; c < hosts + controller->books->link_count; c++)
        fprintf(paje->file, "%d %.9f %d %d\n", DESTROY, paje->until_s, c < hosts ? HOST : LINK, FIRST + c);
    errno = weir_os_finish(paje->file);
    bool bad = errno != 0, failed = controller->clock->code != WEIR_OK; /* the run, before its end */
    if (!bad && !failed && paje->partial)
        bad = weir_os->rename(paje->partial, controller->spec->paje) != 0;
    if (bad)
        fail(controller);
    if ((bad || failed) && paje->partial)
        weir_os->unlink(paje->partial);
    free(paje->partial);
    free(paje->host_used);
    free(paje->link_used);
    free(paje);
    controller->paje = NULL;
}
