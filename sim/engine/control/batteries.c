/* What hosts draw, and their batteries hold. The hosts themselves go down and come up in the room shares; here it is
 * counted and told. */
#include "sim/engine/control/batteries.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"

struct weir_batteries {
    double *drawn_j; /* [host] until the last window's end */
    double *since_s; /* [host] down for an empty battery, since then; -1: it is not. NULL: there are no batteries */
    double window_s; /* the last window's end */
};

static void tell_drained(struct weir_controller *controller, int host, bool empty)
{
    const struct weir_observer *observer = controller->spec->observer;
    if (!observer || !observer->decision)
        return;
    char *why = weir_format("%s %s", controller->platform->hosts[host].name,
                            empty                                    ? "is down: its battery is empty"
                            : weir_host_up(controller->shares, host) ? "is up again: its battery is charged"
                                                                     : "is still down: its battery is charged");
    observer->decision(observer->context, controller->clock->now_s, "battery", "", "", "note", why, NULL);
    free(why);
}

/* It was down for an empty battery. */
static void close_drained(struct weir_controller *controller, int host)
{
    double *since_s = &controller->batteries->since_s[host];
    if (*since_s >= 0)
        weir_trace_down(controller->books, host, *since_s, controller->clock->now_s);
    *since_s = -1;
}

static void on_drained(void *context, int host, bool empty)
{
    struct weir_controller *controller = context;
    struct weir_books *books = controller->books;
    books->batteries_empty += books->warm && empty;
    if (empty)
        controller->batteries->since_s[host] = controller->clock->now_s;
    else
        close_drained(controller, host);
    tell_drained(controller, host, empty);
}

void weir_batteries_range(struct weir_controller *controller, int host)
{
    struct weir_host_view *view = &controller->host_views[host];
    weir_host_range_w(controller->shares, host, &view->idle_w, &view->all_w, &view->off_w, &view->boot_w);
}

void weir_batteries_begin(struct weir_controller *controller)
{
    const struct weir_platform *platform = controller->platform;
    struct weir_batteries *batteries = controller->batteries = weir_alloc(1, sizeof *batteries);
    batteries->drawn_j = weir_alloc(platform->host_count, sizeof *batteries->drawn_j);
    if (platform->has_batteries)
        batteries->since_s = weir_alloc(platform->host_count, sizeof *batteries->since_s);
    for (size_t h = 0; h < platform->host_count; h++) {
        struct weir_host_view *view = &controller->host_views[h];
        const struct weir_host *spec = &platform->hosts[h];
        bool has = spec->battery_j > 0;
        view->watts = view->watts_now = NAN;
        view->battery_j = has ? spec->battery_charge * spec->battery_j : NAN;
        view->battery_share = has ? spec->battery_charge : NAN;
        view->harvest_w = spec->harvest_w;
        weir_batteries_range(controller, (int)h);
        if (batteries->since_s)
            batteries->since_s[h] = -1;
    }
    if (platform->has_batteries)
        weir_shares_on_drain(controller->shares, on_drained, controller);
}

void weir_batteries_end(struct weir_controller *controller)
{
    free(controller->batteries->drawn_j);
    free(controller->batteries->since_s);
    free(controller->batteries);
}

void weir_batteries_view(struct weir_controller *controller)
{
    struct weir_batteries *batteries = controller->batteries;
    const struct weir_platform *platform = controller->platform;
    double passed_s = controller->clock->now_s - batteries->window_s;
    if (!platform->has_host_energy || !controller->scenario->energy || !(passed_s > 0))
        return;
    for (int h = 0; h < controller->view.host_count; h++) {
        struct weir_host_view *view = &controller->host_views[h];
        if (!platform->hosts[h].has_energy)
            continue;
        double drawn_j = weir_host_drawn_j(controller->shares, h);
        view->watts = (drawn_j - batteries->drawn_j[h]) / passed_s;
        view->watts_now = weir_host_watts(controller->shares, h);
        batteries->drawn_j[h] = drawn_j;
        view->battery_j = weir_host_battery_j(controller->shares, h);
        view->battery_share = view->battery_j / platform->hosts[h].battery_j;
    }
    batteries->window_s = controller->clock->now_s;
}

void weir_batteries_close(struct weir_controller *controller)
{
    for (int h = 0; controller->batteries->since_s && h < controller->view.host_count; h++)
        close_drained(controller, h);
}
