/* What is made of the reports of hosts on their way to whoever looks at them: noise, delay and gaps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/books/parts.h"

struct report {
    double signals[WEIR_SIGNAL_COUNT];
};

struct weir_monitors {
    size_t hosts;
    long windows, lag;    /* that were reported; in windows */
    uint64_t *keys;       /* [host] of the random streams */
    struct report *kept;  /* [lag + 1][host] in a ring, as they were sent */
    struct report *shown; /* [host] the last that stood */
};

void weir_monitors_init(struct weir_books *books)
{
    const struct weir_monitor *monitor = &books->scenario->monitor;
    if (!monitor->on)
        return;
    struct weir_monitors *monitors = books->monitors = weir_alloc(1, sizeof *monitors);
    monitors->hosts = books->platform->host_count;
    monitors->lag = (long)ceil(monitor->lag_s / books->scenario->window_s - 1e-9);
    monitors->keys = weir_alloc(monitors->hosts, sizeof *monitors->keys);
    monitors->kept = weir_alloc(monitors->hosts * (size_t)(monitors->lag + 1), sizeof *monitors->kept);
    monitors->shown = weir_alloc(monitors->hosts, sizeof *monitors->shown);
    for (size_t h = 0; h < monitors->hosts; h++) {
        char *name = weir_format("monitor/%s", books->platform->hosts[h].name);
        monitors->keys[h] = weir_stream_key(books->seed, name);
        free(name);
    }
}

void weir_monitors_fini(struct weir_books *books)
{
    struct weir_monitors *monitors = books->monitors;
    if (!monitors)
        return;
    free(monitors->keys);
    free(monitors->kept);
    free(monitors->shown);
    free(monitors);
}

/* The report of a host as it is sent; whether it comes at all. */
static bool send(const struct weir_monitor *monitor, const struct weir_host_view *view, uint64_t key, long window,
                 struct report *sent)
{
    struct weir_stream stream = weir_stream_at(key, (uint64_t)window);
    const double truth[] = {view->cpu, view->memory_reported_bytes, view->disk_bytes_per_s, view->sent_bytes_per_s};
    bool comes = weir_stream_uniform(&stream) >= monitor->gaps;
    for (int s = 0; s < WEIR_SIGNAL_COUNT; s++) {
        double factor = 1 + monitor->noise[s].relative * weir_stream_normal(&stream, 0, 1);
        double offset = monitor->noise[s].additive * weir_stream_normal(&stream, 0, 1);
        sent->signals[s] = fmax(0, truth[s] * factor + offset);
    }
    sent->signals[WEIR_SIGNAL_CPU] = fmin(sent->signals[WEIR_SIGNAL_CPU], 1);
    return comes;
}

void weir_monitors_update(struct weir_books *books, struct weir_host_view *views)
{
    struct weir_monitors *monitors = books->monitors;
    if (!monitors)
        return;
    const struct weir_monitor *monitor = &books->scenario->monitor;
    long window = monitors->windows++, ring = monitors->lag + 1,
         of = window < monitors->lag ? 0 : window - monitors->lag;
    for (size_t h = 0; h < monitors->hosts; h++) {
        struct weir_host_view *view = &views[h];
        struct report *shown = &monitors->shown[h];
        bool comes = send(monitor, view, monitors->keys[h], window,
                          &monitors->kept[(size_t)(window % ring) * monitors->hosts + h]);
        if (comes || window == 0) /* something has to stand at first */
            *shown = monitors->kept[(size_t)(of % ring) * monitors->hosts + h];
        view->cpu = shown->signals[WEIR_SIGNAL_CPU];
        view->memory_reported_bytes = shown->signals[WEIR_SIGNAL_MEMORY];
        view->disk_bytes_per_s = shown->signals[WEIR_SIGNAL_DISK];
        view->sent_bytes_per_s = shown->signals[WEIR_SIGNAL_UPLOAD];
    }
}
