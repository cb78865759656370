/* A scenario: platform, workload, policies and how to run them; what `weir run` and `weir compare` take. */
#ifndef WEIR_MODEL_SCENARIO_H
#define WEIR_MODEL_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/json.h"
#include "sim/model/account.h"
#include "sim/model/anomalies.h"
#include "sim/model/carbon.h"
#include "sim/model/faults.h"
#include "sim/model/learning.h"
#include "sim/model/mobility.h"
#include "sim/model/monitor.h"
#include "sim/model/platform.h"
#include "sim/model/traffic.h"
#include "sim/model/workload.h"

/* What a change of plan costs. */
struct weir_change_costs {
    double start_s;      /* from the decision until a new instance takes items (image, boot) */
    double stop_s;       /* to stop an instance that is drained */
    double checkpoint_s; /* fixed time to write a checkpoint of a stateful instance, before its state moves */
    double restore_s;    /* fixed time to restore it at the other end */
    double each_s;       /* more of that for each instance that there will be */
    double shared_s;     /* more of that, divided by these */
};

/* Whether, and when, a job that has failed is started again. */
enum weir_restarts {
    WEIR_RESTARTS_FIXED,       /* after a delay, so many times in its life */
    WEIR_RESTARTS_EXPONENTIAL, /* after one that grows from failure to failure */
    WEIR_RESTARTS_NONE,        /* never */
    WEIR_RESTARTS_COUNT
};
extern const char *const weir_restarts_names[]; /* "fixed-delay", "exponential-delay", "none", NULL */

/* What becomes of instances whose host is down. */
enum weir_recovery_place {
    WEIR_RECOVERY_ELSEWHERE, /* they start on others */
    WEIR_RECOVERY_WAIT,      /* for their host */
    WEIR_RECOVERY_DROP       /* they are given up, as long as their operator has others; the last ones wait */
};

/* How jobs recover from the failure of a host that they need: the whole job goes back to its last checkpoint, as stream
 * processors do, and plays again what its source has sent since. */
struct weir_recovery {
    bool on; /* there are faults, or the scenario says how to recover */
    enum weir_recovery_place place;
    bool exactly_once;   /* results leave when their checkpoint is complete; else at once, and twice after a failure */
    double interval_s;   /* between checkpoints */
    double checkpoint_s; /* that every instance of a stateful operator stands still for one */
    double restart_s;    /* from the detection until the job works again */
    double restart_each_s;   /* more of that for each instance of the job */
    double restart_shared_s; /* more of that, divided by these */
    double detect_s;         /* interval of the failure detector */
    int store;               /* host from which instances fetch their state; -1: it takes no time but restart_s */
    bool local;              /* those that have not failed keep theirs */
    bool costs;              /* checkpoints do: the following say what */
    bool unaligned;          /* their barriers overtake what is in flight, which becomes a part of them */
    bool incremental;        /* what has changed since the last one is written; else all state */
    double timeout_s;        /* one that is not complete by then has failed */
    double min_pause_s;      /* from the end of one to the beginning of the next */
    long concurrent;         /* that are under way at most */
    enum weir_restarts strategy;
    long attempts;        /* restarts of a job until it is given up; -1: no limit */
    double delay_s;       /* before a restart; exponential: before the first */
    double max_delay_s;   /* exponential: at most */
    double multiplier;    /* exponential: from each delay to the next */
    double reset_after_s; /* exponential: a job that has worked so long begins anew with delay_s and attempts */
};

/* One policy of a stack, as written: a name, or the path of a shared object as seen from here, and its parameters. */
struct weir_policy_use {
    char *name;
    struct weir_json_doc *params; /* a document of its own, named by its place; NULL: none */
    char *called; /* a program or shared object, in decisions and messages: its label; NULL: by the policy's own name */
};
struct weir_stack {
    char *label; /* "ds2+load-balancer" unless given */
    struct weir_policy_use *uses;
    int use_count;
};

struct weir_option {
    char *key, *value;
};

/* How transfers share a link. */
enum weir_fairness {
    WEIR_FAIRNESS_MAX_MIN, /* alike, however long their ways are */
    WEIR_FAIRNESS_RTT      /* in inverse proportion to the latency of their routes, as TCP Reno's flows do */
};
extern const char *const weir_fairness_names[]; /* "max-min", "rtt", NULL */

/* What stands still while an operator changes its instances. */
enum weir_rescale {
    WEIR_RESCALE_OPERATOR,   /* the operator, if it has state */
    WEIR_RESCALE_JOB,        /* its whole job, whether it has state or not */
    WEIR_RESCALE_COOPERATIVE /* of an operator with state, the instances that are new, until they have theirs */
};
extern const char *const weir_rescale_names[]; /* "operator", "job", "cooperative", NULL */

struct weir_scenario {
    char *path;
    char *name;
    struct weir_platform *platform;
    bool platform_is_borrowed;
    struct weir_workload *workload;
    double duration_s;
    double warmup_s;      /* at the start, left out of the metrics of the run */
    double window_s;      /* monitoring and decision interval */
    long items_per_batch; /* 1: item by item; 0: auto, as many as arrive in batch_span_s */
    double batch_span_s;  /* a batch holds items that arrive within this time */
    unsigned long long *seeds;
    int seed_count;
    struct weir_stack *stacks;
    int stack_count;
    struct weir_change_costs costs;
    bool cpu_fifo; /* work that finds no free core waits for one; else it shares */
    enum weir_rescale rescale;
    double decision_s;      /* simulated time a decision takes before it is carried out */
    bool decision_measured; /* with the real time that the hooks take, in place of declared work */
    int decision_host;      /* does the work that policies say their decisions take; -1: it takes no time */
    struct weir_fault *faults;
    int fault_count;
    struct weir_fault_rule *fault_rules;
    int fault_rule_count;
    struct weir_anomaly_rule *anomaly_rules;
    int anomaly_rule_count;
    struct weir_recovery recovery;
    struct weir_account account;
    struct weir_carbon carbon;
    struct weir_traffic traffic;
    struct weir_monitor monitor;
    struct weir_mobility mobility;
    struct weir_learning learning;
    struct weir_option *options; /* SimGrid's, "network/model" and so on */
    int option_count;
    bool unsafe_options; /* the user answers for them */
    enum weir_fairness fairness;
    bool energy;         /* joules are counted, where the platform gives watts */
    bool energy_by_job;  /* and divided among jobs */
    bool all_activities; /* SimGrid has every execution and transfer, not only those that share something */
    bool record_operators, record_hosts, record_links; /* rows of windows.csv beside those of jobs */
    bool record_gzip;                                  /* windows.csv is compressed, as windows.csv.gz */
    unsigned long long hash; /* of scenario, workload, platform, loads; without name, seeds, policies,
                              * learning */
};

/* Applies `sets` ("path=value", NULL-terminated, may be NULL) to the document at path, then reads the scenario and
 * all files that it names. A key starting with "workload." reaches into the workload file. Policy names are not looked
 * up here (the catalogue is handed in later). Errors: WEIR_EINPUT with the place; *scenario is NULL then. */
int weir_scenario_read(const char *path, const char *const *sets, struct weir_scenario **scenario);

/* The same with changes of the platform, too. */
struct weir_scenario_changes {
    const char *const *sets; /* as above */
    const struct weir_platform_edit *edits;
    size_t edit_count;
    struct weir_platform *platform; /* read before, from the file that the scenario names, with these edits: it is taken
                                     * instead of reading the file again, and must outlive the scenario; NULL: none */
    int (*look)(void *context,
                const struct weir_stack *stack); /* at each stack, also if other parts are wrong; may be NULL */
    void *context;
};
int weir_scenario_read_changed(const char *path, const struct weir_scenario_changes *changes,
                               struct weir_scenario **scenario);
void weir_scenario_free(struct weir_scenario *scenario);

/* How large windows.csv will be with these rows beside those of jobs, by arithmetic: about, as the jobs stand at first.
 * Bytes are those before it is compressed. */
struct weir_record_size {
    double rows, bytes;
};
void weir_scenario_record_size(const struct weir_scenario *scenario, bool operators, bool hosts, bool links,
                               struct weir_record_size *size);

/* Why the bandwidth of links may not change during a run, by faults, profiles or steering, under these options of
 * SimGrid, in a sentence with a remedy; NULL if it may. */
const char *weir_scenario_fixed_links(const struct weir_scenario *scenario);

/* Reads one policy or stack as written in a scenario or after --policy: a name, an object {"name": ..., parameters} or
 * {"exec": command, ...}, a list of those, or {"label": ..., "stack": [...]}. On the command line "ds2+load-balancer"
 * is a stack, too, and "exec:command" a program. Paths of shared objects and folders of programs are taken from the
 * scenario's folder. */
int weir_stack_read(const struct weir_json *at, struct weir_stack *stack);
int weir_stack_parse(const char *text, struct weir_stack *stack);
void weir_stack_fini(struct weir_stack *stack);

#endif
