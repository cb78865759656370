/* "learning" of a scenario: who is observed, and what is worth what. */
#include "sim/model/learning.h"

#include <string.h>

#include "sim/api/view_fields.h"
#include "sim/base/error.h"
#include "sim/model/scenario.h"
#include "sim/model/scenario_keys.h"
#include "tests/support/test.h"

#define FILE_READ "tests/input/valid/learning.json"

/* The first of the observed numbers is the view's, then come three jobs, and so on, as the file has them. */
static void who_is_observed(void)
{
    static const struct {
        const char *field;
        int host, job, op;
    } wanted[] = {{"time_s", -1, -1, -1},       {"backlog", -1, 0, -1},
                  {"backlog", -1, 1, -1},       {"backlog", -1, 2, -1},
                  {"instance_count", -1, 0, 1}, {"instance_count", -1, 1, 1},
                  {"instances", 3, -1, -1},     /* cloud4 */ {"latency_mean_s", -1, 2, -1}};
    struct weir_scenario *scenario;
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read(FILE_READ, NULL, &scenario), WEIR_OK);
    const struct weir_learning *learning = &scenario->learning;
    CU_ASSERT(learning->on);
    CU_ASSERT_EQUAL_FATAL(learning->observed_count, (int)(sizeof wanted / sizeof *wanted));
    for (int i = 0; i < learning->observed_count; i++) {
        const struct weir_observed *seen = &learning->observed[i];
        CU_ASSERT_STRING_EQUAL(seen->field->name, wanted[i].field);
        CU_ASSERT(seen->host == wanted[i].host && seen->job == wanted[i].job && seen->op == wanted[i].op);
    }
    CU_ASSERT_STRING_EQUAL(weir_observed_source(learning->observed[4].field)->name, "instances");
    CU_ASSERT_PTR_EQUAL(weir_observed_source(learning->observed[1].field), learning->observed[1].field);
    CU_ASSERT(learning->reward.delivered == 0.001 && learning->reward.late == -2 &&
              learning->reward.instance_s == -0.1 && learning->reward.dropped == 0);
    CU_ASSERT(learning->kind == WEIR_LEARNING_COUNT && learning->missing == -1);
    CU_ASSERT_EQUAL_FATAL(learning->acted_count, 3);
    CU_ASSERT(learning->acted[0].job == 0 && learning->acted[0].op == 0);
    CU_ASSERT(learning->acted[1].job == 0 && learning->acted[1].op == 1);
    CU_ASSERT(learning->acted[2].job == 1 && learning->acted[2].op == 1);
    weir_scenario_free(scenario);
}

/* A run knows nothing of it: it goes by the same hash. */
static void it_is_no_part_of_a_run(void)
{
    const char *const sets[] = {"learning.reward.late=-5", "learning.missing=7", NULL};
    const char *const window[] = {"window=5s", NULL};
    struct weir_scenario *one, *other, *third;
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read(FILE_READ, NULL, &one), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read(FILE_READ, sets, &other), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(weir_scenario_read(FILE_READ, window, &third), WEIR_OK);
    CU_ASSERT(other->learning.reward.late == -5 && other->learning.missing == 7);
    CU_ASSERT_EQUAL(one->hash, other->hash);
    CU_ASSERT_NOT_EQUAL(one->hash, third->hash);
    weir_scenario_free(one);
    weir_scenario_free(other);
    weir_scenario_free(third);
}

/* Each reward sums a number of the view that goes over a pipe, and has a key of its name. */
static void rewards_are_fields_of_the_view(void)
{
    int count = 0;
    for (const struct weir_reward *reward = weir_rewards; reward->name; reward++, count++) {
        const struct weir_view_field *field = weir_view_fields;
        while (field->name && (strcmp(weir_view_record_names[field->of], reward->record) != 0 ||
                               strcmp(field->name, reward->field) != 0))
            field++;
        CU_ASSERT_PTR_NOT_NULL_FATAL(field->name);
        CU_ASSERT(field->kind <= WEIR_FIELD_TRUTH && field->way == WEIR_SENT);
        CU_ASSERT_STRING_EQUAL(weir_reward_keys[count].name, reward->name);
        CU_ASSERT_EQUAL(weir_reward_keys[count].offset, (size_t)count * sizeof(double));
    }
    CU_ASSERT_EQUAL((size_t)count, sizeof(struct weir_reward_weights) / sizeof(double));
    CU_ASSERT_PTR_NULL(weir_reward_keys[count].name);
}

static const struct weir_case cases[] = {
    {"who is observed", who_is_observed},
    {"it is no part of a run", it_is_no_part_of_a_run},
    {"rewards are fields of the view", rewards_are_fields_of_the_view},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("learning", cases, argc, argv);
}
