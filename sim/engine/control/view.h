/* The view of the policies: the last closed window, as a monitor would report it. */
#ifndef WEIR_ENGINE_CONTROL_VIEW_H
#define WEIR_ENGINE_CONTROL_VIEW_H

#include "sim/engine/control/controller.h"

void weir_view_init(struct weir_controller *controller);
void weir_view_fini(struct weir_controller *controller);
/* The window that ends now. */
void weir_view_update(struct weir_controller *controller);
/* What is on the hosts, and whether they are up, between windows. */
void weir_view_hosts(struct weir_controller *controller);
/* The same, and the instances of the jobs from first_job on. */
void weir_view_deployments(struct weir_controller *controller, int first_job);
/* The bandwidths of links, as they are. */
void weir_view_links(struct weir_controller *controller);

/* The route between two hosts; valid until another one is asked for. */
const struct weir_route *weir_route_between(struct weir_shares *shares, int from, int to);

/* view_functions.c: sets the functions of a view whose engine is a controller. */
void weir_view_functions(struct weir_view *view);

#endif
