/* What an environment for reinforcement learning needs to know of a scenario, as `weir check --json` tells it. */
#ifndef WEIR_ANALYSIS_CHECK_LEARNING_H
#define WEIR_ANALYSIS_CHECK_LEARNING_H

struct cJSON;
struct weir_scenario;

/* Adds "learning" to the object, if the scenario has it: what is observed, number by number; the fields that rewards
 * sum, with their weights; the operators that are acted on, with the instances that they may have; hosts by number. */
void weir_check_learning_add(const struct weir_scenario *scenario, struct cJSON *object);

#endif
