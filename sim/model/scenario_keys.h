/* The keys that scenarios and workloads may have, object by object: the readers refuse others, and the paths after
 * --set are made from them. Each list ends with NULL. */
#ifndef WEIR_MODEL_SCENARIO_KEYS_H
#define WEIR_MODEL_SCENARIO_KEYS_H

extern const char *const weir_scenario_keys[];
extern const char *const weir_costs_keys[];
extern const char *const weir_record_keys[];
extern const char *const weir_recovery_keys[];
extern const char *const weir_restarts_keys[];
extern const char *const weir_checkpoints_keys[];
extern const char *const weir_account_keys[];
extern const char *const weir_monitor_keys[];
extern const char *const weir_job_keys[];
extern const char *const weir_operator_keys[];
extern const char *const weir_batch_keys[];
extern const char *const weir_kind_keys[];
extern const char *const weir_quota_keys[];

#endif
