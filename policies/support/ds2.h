/* The DS2 model: parallelism of a dataflow from true rates, in one pass (Kalavri et al., OSDI 2018, eq. 7 and 8). */
#ifndef WEIR_POLICIES_SUPPORT_DS2_H
#define WEIR_POLICIES_SUPPORT_DS2_H

/* An operator, in topological order. */
struct weir_ds2_operator {
    const int *upstream; /* indexes below this operator's; -1: the source */
    int upstream_count;
    double rate;        /* true processing rate of one instance, p_i / k_i, items/s; INFINITY: costs nothing */
    double selectivity; /* true output rate over true processing rate, sigma_i / p_i */
};

/* What the operator must sustain. */
struct weir_ds2_demand {
    double input;     /* in_i*, items/s */
    double output;    /* o_i*, items/s */
    double instances; /* in_i* / rate, not rounded; INFINITY if the rate is 0 and the input is not */
};

/* With o_source* = ingress:
 *     in_i* = sum of o_j* over the upstreams j;  o_i* = selectivity_i in_i*;  instances_i = in_i* / rate_i
 * Demand is passed on exactly; only weir_ds2_round takes a ceiling. Values that are negative or not numbers count as 0.
 * O(operators + edges). */
void weir_ds2(const struct weir_ds2_operator *operators, int count, double ingress, struct weir_ds2_demand *demand);

/* max(1, ceil(factor * instances)) with a slack of 1e-9 for what rounding adds; INT_MAX if that does not fit. */
int weir_ds2_round(double instances, double factor);

#endif
