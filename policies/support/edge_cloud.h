/* Latency of an operator where it is and elsewhere, and the price of moving it: the terms of the edge-to-cloud rule. */
#ifndef WEIR_POLICIES_SUPPORT_EDGE_CLOUD_H
#define WEIR_POLICIES_SUPPORT_EDGE_CLOUD_H

#include "policies/support/ds2.h"
#include "sim/api/plan.h"

/* One operator with the demand on its job. */
struct weir_mover {
    const struct weir_view *view;
    const struct weir_plan *plan;
    int job, op;
    double ingress;                       /* of the source, items/s */
    const struct weir_ds2_demand *demand; /* [operator] of the job */
};

/* Network time of an item with the operator on a host: over the slowest way in, from where the upstream operators are
 * planned, plus the slowest way out; latency + bytes / bandwidth of the route, 0 on one host. INFINITY if a route's
 * bandwidth cannot carry the demand. With both neighbours at the edge and the operator in the cloud this is
 * RTT + bytes / B. */
double weir_network_s(const struct weir_mover *mover, int host);

/* Network, wait and service with `servers` instances on a host that serve `mu` items/s each:
 *     network + W(lambda, mu, servers) + 1/mu,  lambda = the demand on the operator */
double weir_latency_at(const struct weir_mover *mover, int host, double mu, int servers);

/* What moving costs an item on average: M = D^2 / (2 H), D = state_bytes / B + restart time. Items that arrive in the
 * stall D wait D/2 on average and are a share D/H of those of the horizon H. INFINITY if D or H is no positive time. */
double weir_migration_s(const struct weir_mover *mover, int from, int to, double horizon_s);

/* Whether hosts of the tier of `host` have room for the instances that the demand needs, `count` of which are there. */
bool weir_edge_has_instances(const struct weir_mover *mover, int host, int count);

/* The host of the tier of `home` with room from which the network is fastest, as where the source has moved; of equals
 * the home, then the first. */
int weir_edge_near(const struct weir_mover *mover, int home);

/* Windows until an operator that is to be moved to the cloud has been: those of patience, and the stall. */
int weir_move_windows(const struct weir_view *view, int job, int op, int patience);

/* Instances that keep each below `load`, at least 1 and at most `most`. */
int weir_servers_for(double lambda, double mu, double load, int most);

#endif
