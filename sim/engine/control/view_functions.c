/* What policies ask of the view by functions: routes, prices, costs of moving, and the truth. */
#include <math.h>

#include "sim/base/error.h"
#include "sim/engine/control/view.h"

/* Whether there is such a host. A policy that asks for another is wrong, and the run ends. */
static bool has_host(const struct weir_view *view, const char *function, int host)
{
    if (host >= 0 && host < view->host_count)
        return true;
    const struct weir_controller *controller = view->engine;
    weir_clock_fail(controller->clock, WEIR_ERUN, "policy %s at %.6g s: asks view->%s for host %d; hosts are 0 to %d",
                    controller->asked ? controller->asked->called : "", controller->clock->now_s, function, host,
                    view->host_count - 1);
    return false;
}

/* NULL on one host, and where there is an error. */
static const struct weir_route *route_in(const struct weir_view *view, const char *function, int from, int to)
{
    const struct weir_controller *controller = view->engine;
    if (!has_host(view, function, from) || !has_host(view, function, to) || from == to)
        return NULL;
    return weir_route_between(controller->shares, from, to);
}

static double route_latency_s(const struct weir_view *view, int from, int to)
{
    const struct weir_route *route = route_in(view, "route_latency_s", from, to);
    return route ? route->latency_s : 0;
}

static double route_bytes_per_s(const struct weir_view *view, int from, int to)
{
    const struct weir_route *route = route_in(view, "route_bytes_per_s", from, to);
    return route ? route->bytes_per_s : INFINITY;
}

static int route_links(const struct weir_view *view, int from, int to, int *links, int max)
{
    const struct weir_route *route = route_in(view, "route_links", from, to);
    if (!route)
        return 0;
    for (int i = 0; i < route->link_count && i < max; i++)
        links[i] = route->links[i];
    return route->link_count;
}

static double traffic_price(const struct weir_view *view, int from, int to)
{
    const struct weir_controller *controller = view->engine;
    if (!has_host(view, "traffic_price", from) || !has_host(view, "traffic_price", to) || from == to)
        return 0;
    return weir_traffic_price(&controller->scenario->traffic, controller->platform, from, to);
}

static double restart_s(const struct weir_view *view)
{
    const struct weir_controller *controller = view->engine;
    const struct weir_change_costs *costs = &controller->scenario->costs;
    return costs->checkpoint_s + costs->restore_s;
}

static double anomalous(const struct weir_view *view, int host, double from_s, double until_s)
{
    if (!has_host(view, "anomalous", host) || !(until_s > from_s))
        return 0;
    const struct weir_controller *controller = view->engine;
    return weir_truth_wrong_s(controller->books, host, from_s, until_s) / (until_s - from_s);
}

void weir_view_functions(struct weir_view *view)
{
    view->route_latency_s = route_latency_s;
    view->route_bytes_per_s = route_bytes_per_s;
    view->route_links = route_links;
    view->traffic_price = traffic_price;
    view->restart_s = restart_s;
    view->anomalous = anomalous;
}
