/* Hosts that may take the operators of a user, users that are left out, and what a plan holds already, by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

static const struct weir_offload_rules rules = {.name = "dwo"};
static struct weir_offload self;
static struct weir_offload_game game;

/* Three hosts, each joined with each; a job of two operators on h0, of two instances and one. */
static void begin(void)
{
    static const double speeds[] = {1e9, 2e9, 4e9}, work[] = {1e9, 1e9};
    weir_offload_mock_begin(speeds, 3);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            if (a != b)
                weir_offload_mock_link(a, b, 1e6);
    weir_offload_mock_job("job", 0, -1, work, 2, 7);
    self = weir_offload_mock_self(&rules);
    for (int i = 0; i < 3; i++)
        weir_mock_deploy(weir_offload_mock, 0, i / 2, 0);
}

static void end(void)
{
    weir_offload_game_fini(&game);
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* Hosts of the first user's operators as digits: 123 means all three of an operator, 0 none. */
static int hosts_of(const struct weir_plan *plan, const struct weir_offload_question *question, int op)
{
    static bool stays[WEIR_MOCK_JOBS];
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    struct weir_offload_question asked = question ? *question : (struct weir_offload_question){0};
    char *left_out;
    asked.stays = stays;
    weir_offload_game_fini(&game);
    int failed = weir_offload_update_network(&self, view);
    failed |= weir_offload_game_make(&self, view, plan, &asked, &game, &left_out);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    free(left_out);
    int digits = 0;
    for (int h = 0; h < 3; h++)
        if (game.problem && offload_problem_may_host(game.problem, 0, op, h))
            digits = 10 * digits + h + 1;
    return digits;
}

/* Slots must be free for all instances of an operator: the job's own count as free, those of others do not. */
static void slots(void)
{
    begin();
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 123); /* no limit */
    weir_offload_mock->hosts[1].slots = 1;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 13);
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 1), 123);
    weir_offload_mock->hosts[1].slots = 2;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 123);
    weir_offload_mock_job("other", 1, -1, (double[]){1}, 1, 7);
    weir_mock_deploy(weir_offload_mock, 1, 0, 1);
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 13);
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 1), 123);
    weir_offload_mock->operators[0][0].instances = weir_offload_mock->placed[0][2]; /* half of it is on h1 */
    weir_offload_mock->placed[0][2][0] = (struct weir_placement){0, 1, 1};
    weir_offload_mock->placed[0][2][1] = (struct weir_placement){1, 1, 1};
    weir_offload_mock->hosts[1].slots = 3;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 123); /* 3 - 2 + 1 */
    weir_offload_mock->hosts[1].slots = 2;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 13); /* 2 - 2 + 1 */
    CU_ASSERT_EQUAL(weir_offload_own_on(&weir_offload_mock->view, NULL, 0, 0), 2);
    CU_ASSERT_EQUAL(weir_offload_own_on(&weir_offload_mock->view, NULL, 0, 1), 1);
    CU_ASSERT_EQUAL(weir_offload_own_on(&weir_offload_mock->view, NULL, 0, 2), 0);
    weir_offload_mock->hosts[1].up = false;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 1), 13);
    end();
}

/* By a plan: what is planned, not what is there. What others that arrive take by default need not be taken. */
static void planned(void)
{
    begin();
    for (int i = 0; i < 2; i++)
        weir_offload_mock->hosts[i].slots = 3;
    weir_offload_mock_job("other", 1, -1, (double[]){1}, 1, 7);
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    struct weir_plan *plan = weir_plan_new(view);
    const struct weir_placement three[3] = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
    CU_ASSERT_EQUAL(hosts_of(plan, NULL, 0), 123);
    weir_plan_preset(plan, 1, 0, three, 2);
    CU_ASSERT_EQUAL(hosts_of(plan, NULL, 0), 13);
    CU_ASSERT_EQUAL(hosts_of(plan, NULL, 1), 123);
    long spare[3] = {0, 2, 0};
    bool closed_rows[6] = {0}, *closed[WEIR_MOCK_JOBS] = {NULL};
    struct weir_offload_question question = {.spare = spare};
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 123);
    spare[1] = 1;
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 123);
    spare[1] = 0;
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 13);
    weir_plan_set(plan, 0, 0, three, 1, "one");
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 123); /* one of three slots, its own, for one instance */
    CU_ASSERT_EQUAL(weir_offload_own_on(view, plan, 0, 1), 1);
    CU_ASSERT_EQUAL(weir_offload_own_on(view, plan, 0, 0), 1);
    CU_ASSERT_EQUAL(game.present[0], 1);
    question.closed = closed; /* of the other job alone, then of this one's second operator on h2 */
    closed[1] = closed_rows;
    closed_rows[0] = true;
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 123);
    closed[0] = closed_rows;
    closed[1] = NULL;
    closed_rows[0] = false;
    closed_rows[3 + 2] = true;
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 123);
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 1), 12);
    weir_plan_free(plan);
    end();
}

/* A job that arrives has nothing of its own on a host: its default placement is what the plan counts. */
static void arrives(void)
{
    begin();
    weir_offload_mock->operators[0][0].instance_count = weir_offload_mock->operators[0][1].instance_count = 0;
    weir_offload_mock->hosts[0].slots = 2;
    const struct weir_placement there = {0, 1, 1};
    struct weir_plan *plan = weir_plan_new(weir_mock_view(weir_offload_mock));
    weir_plan_preset(plan, 0, 0, &there, 1);
    weir_plan_preset(plan, 0, 1, &there, 1);
    const int job = 0;
    long spare[3] = {2, 0, 0};
    struct weir_offload_question question = {.jobs = &job, .count = 1, .spare = spare};
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 123);
    spare[0] = 1;
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 123);
    spare[0] = 0;
    CU_ASSERT_EQUAL(hosts_of(plan, &question, 0), 23);
    weir_plan_free(plan);
    end();
}

/* Memory for the state must be there. Where it is already, it has room. */
static void memory(void)
{
    begin();
    struct weir_operator_view *op = weir_offload_mock->operators[0];
    weir_offload_mock->hosts[1].memory_bytes = 100;
    weir_offload_mock_job("other", 1, -1, (double[]){1}, 1, 7);
    weir_mock_deploy(weir_offload_mock, 1, 0, 1);
    weir_offload_mock->operators[1][0].state_bytes = 40;
    op[0].state_bytes = 60;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 123);
    op[0].state_bytes = 61;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 13);
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 1), 123); /* has none */
    op[0].state_bytes = INFINITY;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 123);
    op[0].state_bytes = 61;
    weir_offload_mock->placed[0][0][0].host = weir_offload_mock->placed[0][0][1].host = 1;
    CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 123);
    end();
}

/* Users that no placement serves are left out, and named; the rest plays. */
static void left_out(void)
{
    static const double speeds[] = {1e9, 2e9, 4e9}, work[] = {1e9};
    weir_offload_mock_begin(speeds, 3);
    weir_offload_mock_link(0, 1, 1e6);
    self = weir_offload_mock_self(&rules);
    weir_offload_mock->hosts[2].up = false; /* it takes nothing, and its raw data reach nobody */
    for (int j = 0; j < 4; j++)
        weir_offload_mock_job(j == 0 ? "first" : j == 2 ? "third" : "good", j % 2 ? 0 : 2, -1, work, 1, 7);
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    bool stays[WEIR_MOCK_JOBS] = {false};
    const struct weir_offload_question question = {.stays = stays};
    char *names;
    int failed =
        weir_offload_update_network(&self, view) | weir_offload_game_make(&self, view, NULL, &question, &game, &names);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    CU_ASSERT_EQUAL(game.user_count, 2);
    CU_ASSERT(game.users[0].job == 1 && game.users[1].job == 3);
    CU_ASSERT_EQUAL(offload_problem_users(game.problem), 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(names);
    char *second = strstr(names, "; user 0 (third)");
    CU_ASSERT(strstr(names, "user 0 (first)") == names && second && !strstr(names, "good"));
    free(names);
    /* One alone, beside what it may take. */
    struct offload_problem *alone = NULL;
    failed = weir_offload_game_solo(&self, view, NULL, &question, &game, 1, &alone);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    CU_ASSERT_EQUAL(offload_problem_users(alone), 1);
    CHECK_NEAR(alone->work[0].square, 1e9, 1);
    offload_problem_free(alone);
    weir_offload_game_fini(&game);
    for (int j = 0; j < 4; j++)
        weir_offload_mock->jobs[j].running = j % 2 == 0;
    failed = weir_offload_game_make(&self, view, NULL, &question, &game, &names);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    CU_ASSERT(game.user_count == 0 && !game.problem);
    free(names);
    end();
}

/* The users of a decision, as they are now: none stays or arrives, and those who came since are not among them. */
static void of_decision(void)
{
    begin();
    struct weir_offload_user users[1] = {{.job = 0, .scale = 3, .weight = 2, .stays = true, .arriving = true}};
    const struct weir_offload_decision decision = {.game = {.users = users, .user_count = 1}};
    const struct weir_offload_question question = {.of = &decision};
    weir_offload_mock_job("new", 1, -1, (double[]){1}, 1, 7);
    weir_offload_mock->jobs[0].omega = 2;
    CU_ASSERT_EQUAL(hosts_of(NULL, &question, 1), 123);
    CU_ASSERT_EQUAL(game.user_count, 1);
    CU_ASSERT(!game.users[0].stays && !game.users[0].arriving && game.users[0].scale == 3);
    CHECK_NEAR(game.problem->work[1].square, 2 * 3 * 1e9, 1);
    CU_ASSERT(game.present[0] == 0 && game.present[1] == 0);
    end();
}

/* A share of a user's own for all its work on a node: 1 for both of its operators. */
static void shares(void)
{
    begin();
    double share[2];
    for (int of_user = 0; of_user < 2; of_user++) {
        self.share = of_user;
        CU_ASSERT_EQUAL(hosts_of(NULL, NULL, 0), 123);
        CU_ASSERT_EQUAL(offload_shares(game.problem, (int[]){0, 0}, share, NULL), 0);
        CHECK_NEAR(share[0], of_user ? 1 : 0.5, 1e-12);
    }
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"slots", slots},       {"planned", planned},           {"arrives", arrives}, {"memory", memory},
        {"left out", left_out}, {"of a decision", of_decision}, {"shares", shares},   {0}};
    return weir_test_main("policies/offload_users_hosts", cases, argc, argv);
}
