/* As deployed: the default placement and parallelism of the scenario for the whole run. The yardstick of the others. */
#include "sim/api/policy.h"

const struct weir_policy weir_policy_static = {
    .abi = WEIR_POLICY_ABI,
    .name = "static",
    .summary = "Keeps every operator as the scenario deploys it.",
    .source = "",
};
