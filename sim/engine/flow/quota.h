/* How an instance works off a service: at once, or within a quota of processor time for each period (cpu_quota of its
 * operator), as the kernel's bandwidth control does: what is used up waits for the next period. */
#ifndef WEIR_ENGINE_QUOTA_H
#define WEIR_ENGINE_QUOTA_H

#include "sim/engine/flow/flow.h"

/* NULL in the instance where there is none. */
void weir_quota_init(struct weir_instance *instance);
void weir_quota_fini(struct weir_instance *instance);

/* A service of so many flops, as the host's speed has them, begins. */
void weir_quota_begin(struct weir_instance *instance, double flops);
/* What it could do of it within its quota is done; true: all of it. */
bool weir_quota_worked(struct weir_instance *instance);

/* What is left of the service, and its end before that, with a quota or without. */
double weir_service_left(const struct weir_instance *instance);
void weir_service_stop(struct weir_instance *instance);

#endif
