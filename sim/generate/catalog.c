/* The kinds in the order in which they are listed. */
#include "sim/generate/generate.h"
#include "sim/generate/kinds.h"

const struct weir_generator *const weir_generators[] = {
    /* traffic */
    &weir_generator_iot_traffic,
    &weir_generator_from_timestamps,
    &weir_generator_from_access_log,
    &weir_generator_from_jtl,
    &weir_generator_from_jobs,
    &weir_generator_from_minutes,
    &weir_generator_diurnal,
    &weir_generator_bursts,
    /* platforms */
    &weir_generator_edge_platform,
    &weir_generator_mesh_platform,
    &weir_generator_topology,
    /* workflows */
    &weir_generator_dag,
    &weir_generator_chain,
    /* scenarios */
    &weir_generator_ccp,
    NULL,
};
