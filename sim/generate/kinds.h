/* The kinds of generators, one file each; catalog.c puts them in order. */
#ifndef WEIR_GENERATE_KINDS_H
#define WEIR_GENERATE_KINDS_H

#include "sim/generate/generate.h"

extern const struct weir_generator weir_generator_iot_traffic, weir_generator_from_timestamps,
    weir_generator_from_access_log, weir_generator_from_jtl, weir_generator_from_jobs, weir_generator_from_minutes,
    weir_generator_diurnal, weir_generator_bursts, weir_generator_edge_platform, weir_generator_mesh_platform,
    weir_generator_topology, weir_generator_dag, weir_generator_chain, weir_generator_ccp;

#endif
