/* The keys that scenarios and workloads may have, object by object: each a row from which reading, checks, `weir list
 * keys`, the JSON Schema, completion and the tables of docs come. Rows name fields of the structs below or of the
 * model; what has a reader of its own is a WEIR_PARAM_VALUE. Each table ends with a row without a name. */
#ifndef WEIR_MODEL_SCENARIO_KEYS_H
#define WEIR_MODEL_SCENARIO_KEYS_H

#include <stdbool.h>

#include "sim/base/param.h"
#include "sim/model/anomalies.h"
#include "sim/model/workflow.h"
#include "sim/model/workload.h"

/* What the rows of a scenario, of a job and so on are bound to where the model has it in another form. */
struct weir_account_read {
    double u_opt, sigma, price_per_GB, fine_service, fine_device;
};
struct weir_fault_read {
    const char *host, *link, *name; /* NULL: not said */
    double at_s, for_s, speed, bandwidth, loss;
    bool with_links;
};
struct weir_times_read {
    int distribution; /* exponential, weibull, constant */
    double mean_s, shape;
};
struct weir_anomaly_read {
    const char *kind, *name;
    double at_s, for_s, speed;
    bool available, ramp;
};
struct weir_mobility_read {
    const char *places;
    bool strongest, loses, stays;
    double hysteresis, path_loss, handover_s, latency_s;
};
struct weir_carbon_read {
    const char *file, *time, *value, *time_format; /* "": not said */
    double intensity;                              /* NaN: not said */
    double start_s, speedup;
    bool repeat;
};
struct weir_price_read {
    int between; /* enum weir_traffic_between */
    bool both;
    double price_per_GB;
};
struct weir_device_read {
    const char *tracks, *track;
    int end;   /* source, sink, both */
    int model; /* random-waypoint, manhattan; -1: it follows a track */
    double block;
};
struct weir_record_read {
    bool operators, hosts, links;
    int compress; /* auto, gzip, none */
};
struct weir_flops_read {
    double mean, cv;
    int distribution;
};
struct weir_workflow_read {
    const char *file;
    struct weir_workflow_options options;
    bool staging;
};
struct weir_rule_read {
    const char *tasks;
};
struct weir_task_read {
    const char *name;
    double flops, runtime_s, input_bytes, output_bytes;
};
struct weir_step_read {
    double at_s, rate;
};
struct weir_state_read {
    double size, per_item, per_key, max, update; /* bytes */
    double flops;                                /* a byte */
};
struct weir_learning_read {
    double missing;
};
struct weir_observe_read {
    const char *field;
};
struct weir_actions_read {
    int kind; /* enum weir_learning_kind */
};
/* What a template says beside the job that it makes. */
struct weir_job_read {
    struct weir_job job;
    long count; /* of copies; -1: not a template */
    double arrive_every_s;
};

extern const struct weir_param weir_scenario_keys[];
extern const struct weir_param weir_costs_keys[];
extern const struct weir_param weir_record_keys[];
extern const struct weir_param weir_recovery_keys[];
extern const struct weir_param weir_restarts_keys[];
extern const struct weir_param weir_checkpoints_keys[];
extern const struct weir_param weir_account_keys[];
extern const struct weir_param weir_monitor_keys[];
extern const struct weir_param weir_noise_keys[];
extern const struct weir_param weir_signal_noise_keys[WEIR_SIGNAL_COUNT][3];
extern const struct weir_param weir_fault_keys[];
extern const struct weir_param weir_times_keys[];
extern const struct weir_param weir_anomaly_keys[];
extern const struct weir_param weir_disturbance_keys[WEIR_SIGNAL_COUNT][4];

extern const struct weir_param weir_learning_keys[];
extern const struct weir_param weir_observe_keys[];
extern const struct weir_param weir_reward_keys[];
extern const struct weir_param weir_actions_keys[];

extern const struct weir_param weir_carbon_keys[];
extern const struct weir_param weir_traffic_keys[];

extern const struct weir_param weir_mobility_keys[];
extern const struct weir_param weir_moving_keys[];
extern const struct weir_param weir_reach_keys[];

extern const struct weir_param weir_workload_keys[];
extern const struct weir_param weir_job_keys[];
extern const struct weir_param weir_source_keys[];
extern const struct weir_param weir_backlog_keys[];
extern const struct weir_param weir_source_backlog_keys[];
extern const struct weir_param weir_operator_keys[];
extern const struct weir_param weir_flops_keys[];
extern const struct weir_param weir_state_keys[];
extern const struct weir_param weir_keys_keys[];
extern const struct weir_param weir_window_keys[];
extern const struct weir_param weir_interval_keys[];
extern const struct weir_param weir_batch_keys[];
extern const struct weir_param weir_quota_keys[];
extern const struct weir_param weir_scaling_keys[];
extern const struct weir_param weir_tires_keys[];
extern const struct weir_param weir_retry_keys[];
extern const struct weir_param weir_hedge_keys[];
extern const struct weir_param weir_breaker_keys[];
extern const struct weir_param weir_kind_keys[];
extern const struct weir_param weir_edge_keys[];
extern const struct weir_param weir_delay_keys[];
extern const struct weir_param weir_workflow_keys[];
extern const struct weir_param weir_rule_keys[];
extern const struct weir_param weir_task_keys[];
extern const struct weir_param weir_step_keys[];
extern const struct weir_param weir_place_keys[];

/* The table of the objects at a place such as "recovery.restarts" or "workload.jobs[].operators[].batch"; "" is the
 * scenario. NULL if there is none. */
const struct weir_param *weir_keys_at(const char *place);

/* Tells each table with its place, the scenario's own first and each before those in it. */
void weir_keys_each(void (*tell)(const char *place, const struct weir_param *keys, void *context), void *context);

#endif
