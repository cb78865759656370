/* "learning" of a scenario: what an environment for reinforcement learning (python/weir_env) observes, rewards and lets
 * an agent do. A run knows nothing of it. */
#ifndef WEIR_MODEL_LEARNING_H
#define WEIR_MODEL_LEARNING_H

#include <stdbool.h>
#include <stddef.h>

struct weir_view_field;

/* What a reward may count, each summed over the windows: the member of `weir_reward_weights`, the record and field of
 * the view that are summed over all records and multiplied by the window's length, and what that is. */
#define WEIR_REWARDS(ROW)                                                                                              \
    ROW(delivered, "job", "delivered_rate", "An item that reached a sink, for the first time.")                        \
    ROW(late, "job", "late_rate", "A result that took longer than the job's objective.")                               \
    ROW(due, "job", "due_rate", "A result whose objective ended, whether it had come or not.")                         \
    ROW(violations, "job", "violation_rate", "One of these that had not come by then: late, dropped, lost or inside.") \
    ROW(dropped, "job", "dropped_rate", "An item dropped anywhere.")                                                   \
    ROW(backlog_s, "job", "backlog", "A second for which an item waits at a source, as of the window's end.")          \
    ROW(queued_s, "operator", "queued", "A second for which an item waits at an operator, likewise.")                  \
    ROW(instance_s, "host", "instances", "A second of an instance, likewise.")                                         \
    ROW(changing_s, "operator", "changing", "A second for which an operator changes its instances, likewise.")         \
    ROW(sent_bytes, "host", "sent_bytes_per_s", "A byte that a host sent.")

struct weir_reward_weights {
#define WEIR_REWARD_MEMBER(name, record, field, help) double name;
    WEIR_REWARDS(WEIR_REWARD_MEMBER)
#undef WEIR_REWARD_MEMBER
};
/* The rows of a reward in the order of its members; ends with a row whose name is NULL. */
struct weir_reward {
    const char *name, *record, *field;
};
extern const struct weir_reward weir_rewards[];

/* What a number of the agent's action does to its operator. */
enum weir_learning_kind {
    WEIR_LEARNING_STEP,  /* 0: an instance fewer, 1: as it is, 2: one more */
    WEIR_LEARNING_COUNT, /* so many instances */
    WEIR_LEARNING_HOST,  /* all instances on the host of that number */
    WEIR_LEARNING_PLAN   /* there are no numbers: a plan, as programs at a pipe write it */
};
extern const char *const weir_learning_kinds[]; /* "step", ..., NULL */

/* A number that is observed: a field of the view itself, of a host, of a job, or of a job's operator. */
struct weir_observed {
    const struct weir_view_field *field;
    int host, job, op; /* indexes in the platform and the workload; -1: none */
};
struct weir_acted {
    int job, op;
};

struct weir_learning {
    bool on;
    struct weir_observed *observed;
    int observed_count;
    size_t observed_capacity;
    struct weir_reward_weights reward;
    enum weir_learning_kind kind;
    struct weir_acted *acted;
    int acted_count;
    double missing; /* what is observed where there is no number */
};

/* The field of the view whose length a count is: `instances` of `instance_count`; other fields as they are. */
const struct weir_view_field *weir_observed_source(const struct weir_view_field *field);

void weir_learning_fini(struct weir_learning *learning);

#endif
