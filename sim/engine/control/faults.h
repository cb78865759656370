/* Faults carried out at their dates, and the bandwidths of links between faults and wishes of who steers. */
#ifndef WEIR_ENGINE_FAULTS_H
#define WEIR_ENGINE_FAULTS_H

#include "sim/engine/control/controller.h"

void weir_faults_init(struct weir_controller *controller);
void weir_faults_fini(struct weir_controller *controller);

/* Carries out what is due by now: faults come before all else at their date. */
void weir_faults_catch_up(struct weir_controller *controller);

/* A link of the platform, by index, carries so many times its bandwidth from now on; faults leave their part of it. */
void weir_link_wish(struct weir_controller *controller, size_t link, double factor);

/* Tells flow and view of links that have changed. */
void weir_links_catch_up(struct weir_controller *controller);

#endif
