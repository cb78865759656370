/* The inside of the scenario reader, shared by scenario*.c and the writer of the inputs that experiments keep. */
#ifndef WEIR_MODEL_SCENARIO_PARTS_H
#define WEIR_MODEL_SCENARIO_PARTS_H

#include "sim/model/scenario.h"

struct weir_fault_read; /* an element of "faults" as it was bound (scenario_keys.h) */

/* Applies those of the sets that go into the scenario's own document, or (inner) those that begin with "workload." and
 * go into a workload file of its own. */
int weir_scenario_apply(struct weir_json_doc *doc, const char *const *sets, bool inner);

/* Mixes a value into a hash whatever the order of its keys; comments and the keys of `except` (NULL-terminated, of this
 * object alone; may be NULL) are left out. */
unsigned long long weir_scenario_hash_json(const struct weir_json *at, const char *const *except,
                                           unsigned long long hash);

/* "simgrid". */
int weir_scenario_read_options(const struct weir_json *at, struct weir_scenario *scenario);

/* What platform and scenario say of each other: bandwidths that vary, watts, options of both. Errors: WEIR_EINPUT. */
int weir_scenario_check_platform(const struct weir_scenario *scenario);

/* Refuses hosts of speed 0 for operators; the workload is read. */
int weir_scenario_check_speeds(const struct weir_scenario *scenario);

/* Batteries need joules that are counted. */
int weir_scenario_check_batteries(const struct weir_scenario *scenario);
/* Refuses what the workload has and other keys of the scenario do not bear: operators without instances where changes
 * stop whole jobs, and what looks at single items where they move in batches. */
int weir_scenario_check_together(const struct weir_json *at, const struct weir_scenario *scenario);

/* "recovery"; the platform is read. */
int weir_scenario_read_recovery(const struct weir_json *at, struct weir_scenario *scenario);

/* "faults" and "recovery"; the platform and the options of SimGrid are read. */
int weir_scenario_read_faults(const struct weir_json *at, struct weir_scenario *scenario);
void weir_scenario_free_faults(struct weir_scenario *scenario);

/* "anomalies"; the platform is read. */
int weir_scenario_read_anomalies(const struct weir_json *at, struct weir_scenario *scenario);
void weir_scenario_free_anomalies(struct weir_scenario *scenario);

/* "account"; the platform is read. */
int weir_scenario_read_account(const struct weir_json *at, struct weir_scenario *scenario);

/* "carbon"; the platform is read, and whether energy is counted. */
int weir_scenario_read_carbon(const struct weir_json *at, struct weir_scenario *scenario);
void weir_carbon_fini(struct weir_carbon *carbon);

/* "traffic"; the platform is read. */
int weir_scenario_read_traffic(const struct weir_json *at, struct weir_scenario *scenario);
void weir_traffic_fini(struct weir_traffic *traffic);

/* "monitor"; the window is read. */
int weir_scenario_read_monitor(const struct weir_json *at, struct weir_scenario *scenario);

/* "mobility"; workload and platform are read. Its files are mixed into the hash. */
int weir_scenario_read_mobility(const struct weir_json *at, struct weir_scenario *scenario);
void weir_mobility_fini(struct weir_mobility *mobility);
/* mobility_movers.c: all ends of jobs stand still; an entry of "devices" marks ends (owned by the caller, also after an
 * error) and numbers their devices; they follow tracks, that of a name (or NULL: their own), or a model; and at the end
 * sinks that are sources go with them. */
enum weir_end { WEIR_END_SOURCE, WEIR_END_SINK, WEIR_END_BOTH }; /* in the order of the key's choices */
void weir_movers_init(struct weir_scenario *scenario);
int weir_movers_mark(const struct weir_json *at, enum weir_end end, struct weir_scenario *scenario, bool **marked);
int weir_movers_follow(const struct weir_json *at, const struct weir_tracks *tracks, const char *wanted,
                       const bool *marked, struct weir_scenario *scenario);
void weir_movers_roam(const struct weir_device *model, const bool *marked, struct weir_scenario *scenario);
int weir_movers_end(const struct weir_json *at, struct weir_scenario *scenario);
/* scenario_access.c: its access points, places and rates; and whether they do, once the devices are read. */
struct weir_mobility_read;
int weir_access_read(const struct weir_json *at, const struct weir_mobility_read *read, struct weir_scenario *scenario);
int weir_access_check(const struct weir_json *at, const struct weir_scenario *scenario);

/* "learning"; workload and platform are read. */
int weir_scenario_read_learning(const struct weir_json *at, struct weir_scenario *scenario);

/* "record"; workload and platform are read. */
int weir_scenario_read_record(const struct weir_json *at, struct weir_scenario *scenario);

/* An element of "faults" that is drawn: whether it is one, and reading it into the next of the scenario's rules, for
 * which there is room. Refuses what draws the same dates as a rule before it. */
bool weir_fault_rule_is_one(const struct weir_json *at);
int weir_fault_rule_take(const struct weir_json *at, const struct weir_fault_read *read,
                         struct weir_scenario *scenario);

/* The name of a rule and what it selects; the kind is that of the selection. */
int weir_fault_read_targets(const struct weir_json *at, const struct weir_platform *platform,
                            struct weir_fault_rule *rule);
/* "up" and "down". */
int weir_fault_read_times(const struct weir_json *at, struct weir_fault_rule *rule);
/* Refuses a rule that would draw the same dates for something as one before it. */
int weir_fault_drawn_twice(const struct weir_json *at, const struct weir_platform *platform,
                           const struct weir_fault_rule *rule, const struct weir_fault_rule *before);

/* What a fault does, and the share that is left: of hosts "speed"; of links "bandwidth", or 1 - "loss". Down without.
 */
int weir_fault_take_effect(const struct weir_json *at, const struct weir_fault_read *read, bool link,
                           enum weir_fault_effect *effect, double *left);

/* Refuses what SimGrid does not bear: a second profile of a host whose platform gives it one, and a bandwidth of Wi-Fi
 * channels, which have rates for their stations instead. */
int weir_fault_check_target(const struct weir_json *at, const struct weir_platform *platform, bool link, int target,
                            enum weir_fault_effect effect);

/* The error about a name or pattern that the platform does not have. */
int weir_fault_unknown(const struct weir_json *at, const struct weir_platform *platform, enum weir_fault_kind kind,
                       const char *name);

#endif
