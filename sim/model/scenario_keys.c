#include "sim/model/scenario_keys.h"

#include <stddef.h>

const char *const weir_scenario_keys[] = {"name",       "platform", "workload",        "duration",   "warmup",
                                          "window",     "seeds",    "items_per_batch", "batch_span", "policies",
                                          "costs",      "simgrid",  "decision_time",   "faults",     "recovery",
                                          "anomalies",  "record",   "decision_host",   "account",    "fairness",
                                          "activities", "energy",   "monitor",         "rescale",    "cpu",
                                          NULL};

const char *const weir_costs_keys[] = {"start", "stop", "checkpoint", "restore", NULL};

const char *const weir_record_keys[] = {"operators", "hosts", "links", "compress", NULL};

const char *const weir_recovery_keys[] = {"place",           "delivery", "checkpoint_interval",
                                          "checkpoint_time", "restart",  "detect",
                                          "store",           "local",    "restarts",
                                          "checkpoints",     NULL};

const char *const weir_checkpoints_keys[] = {"barriers", "incremental", "timeout", "min_pause", "concurrent", NULL};

const char *const weir_restarts_keys[] = {"strategy",   "attempts",    "delay", "max_delay",
                                          "multiplier", "reset_after", NULL};

const char *const weir_account_keys[] = {"u_opt", "sigma", "price_per_GB", "fine_service", "fine_device",
                                         "hosts", NULL};

const char *const weir_monitor_keys[] = {"noise", "lag", "gaps", NULL};

const char *const weir_job_keys[] = {"name",         "count",    "arrive", "arrive_every", "depart",    "source",
                                     "source_bytes", "sink",     "load",   "slo",          "operators", "edges",
                                     "backlog",      "workflow", "omega",  "kinds",        NULL};

const char *const weir_operator_keys[] = {
    "name",  "flops",          "bytes",         "disk",          "selectivity",
    "state", "join",           "window",        "keys",          "placement",
    "queue", "capacity",       "parallelism",   "min_instances", "max_parallelism",
    "class", "capacity_bytes", "low_watermark", "max_wait",      "batch",
    "order", "preempt",        "expire",        "cpu_quota",     NULL};

const char *const weir_batch_keys[] = {"items", "wait", "flops", NULL};

const char *const weir_quota_keys[] = {"quota", "period", NULL};

const char *const weir_kind_keys[] = {"name", "share", "priority", "deadline", NULL};
