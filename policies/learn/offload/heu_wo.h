/* The heuristic for some of the users. Private. */
#ifndef WEIR_LEARN_OFFLOAD_HEU_WO_H
#define WEIR_LEARN_OFFLOAD_HEU_WO_H

#include "policies/learn/offload/decide.h"
#include "policies/learn/offload/game.h"

/* Places the users of which[users] beside the others, who are where `placement` says. */
int offload_heu_wo_place(const struct offload_problem *problem, const bool *which, int *placement);

#endif
