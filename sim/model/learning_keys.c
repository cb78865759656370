/* The keys of "learning". */
#include "sim/model/key_rows.h"
#include "sim/model/learning.h"
#include "sim/model/scenario_keys.h"

const char *const weir_learning_kinds[] = {"step", "count", "host", "plan", NULL};

#define PATTERNS (WEIR_FORM_STRING | WEIR_FORM_LIST)
#define LEARNING struct weir_learning_read
const struct weir_param weir_learning_keys[] = {
    VALUE_NEEDED("observe", WEIR_FORM_LISTED, weir_observe_keys,
                 "What the agent sees, in this order: fields of the view (`weir list view`) that are numbers, such as "
                 "\"operator.busy\", each for all jobs, operators or hosts; or an object, for some."),
    VALUE_NEEDED("reward", WEIR_FORM_OBJECT, weir_reward_keys, "What each of these is worth; costs are below 0."),
    VALUE("actions", WEIR_FORM_OBJECT, weir_actions_keys, "steps of all operators", "What the agent may do."),
    REAL(LEARNING, "missing", WEIR_UNIT_NONE, missing, "0", -DBL_MAX, DBL_MAX,
         "What the agent sees where there is no number, as in the latency of no item or of a job that is not there."),
    END,
};

#define OBSERVE struct weir_observe_read
const struct weir_param weir_observe_keys[] = {
    NAME_NEEDED(OBSERVE, "field", field, "A field of the view, such as \"job.backlog\"."),
    VALUE("of", PATTERNS, NULL, "all",
          "Whose: names or patterns of jobs, of hosts, or of operators as \"job/operator\"; one, or a list of them."),
    END,
};

#define REWARD_ROW(name, record, field, sentence)                                                                      \
    REAL(struct weir_reward_weights, #name, WEIR_UNIT_NONE, name, "0", -DBL_MAX, DBL_MAX, sentence),
const struct weir_param weir_reward_keys[] = {WEIR_REWARDS(REWARD_ROW) END};

#define REWARD_SOURCE(its_name, its_record, its_field, sentence)                                                       \
    {.name = #its_name, .record = (its_record), .field = (its_field)},
const struct weir_reward weir_rewards[] = {WEIR_REWARDS(REWARD_SOURCE){0}};

#define ACTIONS struct weir_actions_read
const struct weir_param weir_actions_keys[] = {
    CHOICE(ACTIONS, "kind", kind, "step", weir_learning_kinds,
           "What the number for each operator does. \"step\": 0 takes an instance away, 1 leaves it, 2 adds one. "
           "\"count\": so many instances. \"host\": all instances on the host of that number. \"plan\": there are no "
           "numbers; an action is a list of decisions as programs at a pipe write it."),
    VALUE("operators", PATTERNS, NULL, "all", "Which: names or patterns as \"job/operator\"; one, or a list of them."),
    END,
};
