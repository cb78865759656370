#include "policies/catalog.h"

extern const struct weir_policy weir_policy_noop, weir_policy_static, weir_policy_reactive, weir_policy_ds2,
    weir_policy_load_balancer, weir_policy_nearest, weir_policy_random, weir_policy_cloud_only, weir_policy_edge_only,
    weir_policy_exec, weir_policy_dwo, weir_policy_heu_wo, weir_policy_heu_wo_refined, weir_policy_lawa,
    weir_policy_optimal, weir_policy_nearest_offload, weir_policy_random_offload, weir_policy_proactive,
    weir_policy_svr_twres, weir_policy_gru;

const struct weir_policy *const weir_catalog[] = {
    &weir_policy_noop,
    &weir_policy_static,
    &weir_policy_reactive,
    &weir_policy_ds2,
    &weir_policy_proactive,
    &weir_policy_gru,
    &weir_policy_svr_twres,
    &weir_policy_load_balancer,
    &weir_policy_nearest,
    &weir_policy_random,
    &weir_policy_cloud_only,
    &weir_policy_edge_only,
    &weir_policy_dwo,
    &weir_policy_heu_wo,
    &weir_policy_heu_wo_refined,
    &weir_policy_lawa,
    &weir_policy_optimal,
    &weir_policy_nearest_offload,
    &weir_policy_random_offload,
    &weir_policy_exec,
    NULL,
};
