/* Running jobs as users of a computing network: work, data, rates, hosts, present places, by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/offload/inside.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

static const struct weir_offload_rules rules = {.name = "dwo"};
static struct weir_offload self;
static struct weir_offload_game game;

/* Three hosts in a row, 1, 2 and 4 Gf/s, 1 and 2 MB/s; back only from h1 to h0. */
static void begin(void)
{
    static const double speeds[] = {1e9, 2e9, 4e9};
    weir_offload_mock_begin(speeds, 3);
    weir_offload_mock_link(0, 1, 1e6);
    weir_offload_mock_link(1, 2, 2e6);
    weir_offload_mock_way(0, 2, 0, 1);
    weir_offload_mock_link(1, 0, 1e6);
    self = weir_offload_mock_self(&rules);
}

static void end(void)
{
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* The game anew, with what is left out, NULL: nobody. Owned. */
static char *make(const struct weir_offload_question *question)
{
    static bool stays[WEIR_MOCK_JOBS];
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    struct weir_offload_question asked = question ? *question : (struct weir_offload_question){0};
    char *left_out;
    asked.stays = asked.stays ? asked.stays : stays;
    weir_offload_game_fini(&game);
    int failed = weir_offload_update_network(&self, view);
    failed |= weir_offload_game_make(&self, view, NULL, &asked, &game, &left_out);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    return left_out;
}

/* Whether host h may take an operator of the first user. */
static bool may(int op, int host)
{
    return offload_problem_may_host(game.problem, 0, op, host);
}

static void check_transfer(int t, int from, int to, double bytes)
{
    const struct offload_problem *problem = game.problem;
    CU_ASSERT_FATAL(t < problem->transfers);
    CU_ASSERT_EQUAL(problem->from[t], from);
    CU_ASSERT_EQUAL(problem->to[t], to);
    CHECK_NEAR(problem->bytes[t].square, bytes, 1e-9 * bytes);
}

/* A chain with selectivities 3 and 0.5 at 2 items/s: 2, 6 and 3 items/s come to its operators, 3 leave. */
static void chain(void)
{
    static const double work[] = {1e9, 2e9, 4e9};
    begin();
    int j = weir_offload_mock_job("chain", 0, 2, work, 3, 100);
    weir_offload_mock->operators[j][0].selectivity = 3;
    weir_offload_mock->operators[j][1].selectivity = 0.5;
    weir_offload_mock->operators[j][1].work_class = WEIR_VIEW_GPU;
    weir_offload_mock_bytes(j, 0, 10, 20);
    weir_offload_mock_bytes(j, 1, 30, 40);
    weir_offload_mock_bytes(j, 2, 50, 60);
    weir_offload_mock->jobs[j].declared_items = 10;
    weir_offload_mock->jobs[j].declared_items_per_s = 2;
    weir_offload_mock->jobs[j].omega = 0;
    CU_ASSERT_PTR_NULL(make(NULL));
    const struct offload_problem *problem = game.problem;
    CU_ASSERT_EQUAL(game.user_count, 1);
    CHECK_NEAR(game.users[0].scale, 2, 0);
    CHECK_NEAR(game.users[0].weight, 1, 0); /* not said */
    CHECK_NEAR(problem->work[0].square, 2 * 1e9, 1);
    CHECK_NEAR(problem->work[1].square, 6 * 2e9, 1);
    CHECK_NEAR(problem->work[2].square, 3 * 4e9, 1);
    CU_ASSERT(problem->kind[0] == 0 && problem->kind[1] == 1 && problem->kind[2] == 0);
    CU_ASSERT_EQUAL(problem->transfers, 4);
    check_transfer(0, -1, 0, 2 * 10);
    check_transfer(1, 0, 1, 6 * 30);
    check_transfer(2, 1, 2, 3 * 50);
    check_transfer(3, 2, -1, 3 * 60);
    CU_ASSERT(problem->origin[0] == 0 && problem->end[0] == 2);
    CU_ASSERT(offload_problem_is_chain(problem, 0));
    weir_offload_mock->jobs[j].omega = 5;
    weir_offload_mock->jobs[j].sink_host = -1;
    weir_offload_mock->jobs[j].source_host = 3; /* not known: nothing comes from there */
    CU_ASSERT_PTR_NULL(make(NULL));
    CHECK_NEAR(game.users[0].weight, 5, 0);
    CHECK_NEAR(game.problem->work[0].square, 5 * 2 * 1e9, 1);
    CU_ASSERT_EQUAL(game.problem->transfers, 2);
    CU_ASSERT(game.problem->origin[0] == -1 && game.problem->end[0] == -1);
    weir_offload_mock->jobs[j].running = false;
    int only = weir_offload_mock_job("result", 3, 2, work, 1, 5); /* nothing but a result */
    CU_ASSERT_PTR_NULL(make(NULL));
    CU_ASSERT_EQUAL(game.problem->transfers, 1);
    check_transfer(0, 0, -1, 5);
    CU_ASSERT(game.problem->origin[0] == -1 && game.problem->end[0] == 2);
    weir_offload_mock->jobs[only].source_host = 1;
    weir_offload_mock->operators[only][0].downstream_count = 0; /* nothing but raw data */
    CU_ASSERT_PTR_NULL(make(NULL));
    CU_ASSERT(game.problem->origin[0] == 1 && game.problem->end[0] == -1);
    weir_offload_game_fini(&game);
    end();
}

/* A diamond: what the two branches give (3 and 2 items for one) comes as 5 items, or, where they are joined, as 3. */
static void diamond(void)
{
    static const double work[] = {1e9, 1e9, 1e9, 1e9};
    begin();
    int j = weir_offload_mock_job("diamond", 0, 2, work, 4, 7);
    struct weir_operator_view *op = weir_offload_mock->operators[j];
    op[1].selectivity = 3;
    op[2].selectivity = 2;
    op[0].downstream_count = 2;
    weir_offload_mock->downstream[j][0][1] = 2;
    weir_offload_mock->upstream[j][2][0] = 0;
    weir_offload_mock->downstream[j][1][0] = 3;
    weir_offload_mock->upstream[j][3][0] = 1;
    weir_offload_mock->upstream[j][3][1] = 2;
    op[3].upstream_count = 2;
    for (int joins = 0; joins < 2; joins++) {
        op[3].joins = joins;
        CU_ASSERT_PTR_NULL(make(NULL));
        CHECK_NEAR(game.problem->work[3].square, (joins ? 3 : 5) * 1e9, 1);
        CU_ASSERT_EQUAL(game.problem->transfers, 6);
        check_transfer(1, 0, 1, 7);
        check_transfer(2, 0, 2, 7);
        check_transfer(3, 1, 3, 3 * 7);
        check_transfer(4, 2, 3, 2 * 7);
        check_transfer(5, 3, -1, (joins ? 3 : 5) * 7);
        CU_ASSERT_FALSE(offload_problem_is_chain(game.problem, 0));
    }
    weir_offload_game_fini(&game);
    end();
}

/* The rate of a stream is the mean of the last six windows, or what is measured now, or declared, or 1. */
static void rates(void)
{
    static const double work[] = {1e9}, history[] = {900, 900, 1, 2, 3, 4, 5, 9}, none[] = {0, 0};
    begin();
    int j = weir_offload_mock_job("stream", 0, -1, work, 1, 7);
    struct weir_job_view *job = &weir_offload_mock->jobs[j];
    const struct {
        const double *history;
        int count;
        double measured, declared, wanted;
    } cases[] = {{history, 8, 70, 80, 24 / 6.0},
                 {history, 2, 70, 80, 900},
                 {history + 1, 7, 70, 80, 24 / 6.0},
                 {history + 2, 6, 70, 80, 24 / 6.0},
                 {history + 2, 5, 70, 80, 3},
                 {NULL, 0, 70, 80, 70},
                 {none, 2, 70, 80, 80},
                 {NULL, 0, 0, 80, 80},
                 {NULL, 0, 0, 0, 1},
                 {NULL, 0, 1e12, 80, 1e12},
                 {NULL, 0, 1.5e12, 80, 80},
                 {NULL, 0, 0, 1e12, 1e12},
                 {NULL, 0, 0, 1.5e12, 1},
                 {NULL, 0, NAN, 80, 80},
                 {NULL, 0, 0, -1, 1}};
    job->declared_items = 5;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        job->ingress_history = cases[i].history;
        job->history_count = cases[i].count;
        job->ingress_rate = cases[i].measured;
        job->declared_items_per_s = cases[i].declared;
        CU_ASSERT_PTR_NULL(make(NULL));
        CHECK_NEAR(game.users[0].scale, cases[i].wanted, 0);
    }
    weir_offload_game_fini(&game);
    end();
}

/* By the item, or a second of it; held to shares or not. */
static void units(void)
{
    static const double work[] = {1e9};
    begin();
    int j = weir_offload_mock_job("job", 0, -1, work, 1, 7);
    weir_offload_mock->jobs[j].declared_items_per_s = 8;
    for (int workflow = 0; workflow < 2; workflow++)
        for (int choice = 0; choice < 3; choice++) {
            static const double scales[2][3] = {{8, 1, 8}, {1, 1, 8}}; /* auto, item, rate */
            static const bool holds[2][3] = {{0, 1, 0}, {1, 1, 0}};    /* workflows, all, none */
            weir_offload_mock->jobs[j].declared_items = workflow ? 1 : 2;
            self.unit = self.hold = choice;
            CU_ASSERT_PTR_NULL(make(NULL));
            CHECK_NEAR(game.users[0].scale, scales[workflow][choice], 0);
            CU_ASSERT_EQUAL(game.users[0].holds, holds[workflow][choice]);
        }
    weir_offload_game_fini(&game);
    end();
}

/* Who is a user: those that run, have operators and are not done. */
static void who(void)
{
    static const double work[] = {1e9};
    begin();
    for (int j = 0; j < 4; j++)
        weir_offload_mock_job("job", j < 3 ? j : 0, -1, work, j == 1 ? 0 : 1, 7);
    weir_offload_mock->jobs[0].running = false;
    bool done[3] = {false, false, false};
    self.done = done;
    self.job_count = 3;
    CU_ASSERT_PTR_NULL(make(NULL));
    CU_ASSERT_EQUAL(game.user_count, 2);
    CU_ASSERT(game.users[0].job == 2 && game.users[1].job == 3);
    done[2] = true;
    CU_ASSERT_PTR_NULL(make(NULL));
    CU_ASSERT(game.user_count == 1 && game.users[0].job == 3);
    self.job_count = 2; /* what has arrived since is not done */
    CU_ASSERT_PTR_NULL(make(NULL));
    CU_ASSERT_EQUAL(game.user_count, 2);
    self.done = NULL;
    weir_offload_game_fini(&game);
    end();
}

/* Who arrives: those asked for of which nothing is there or about to be. */
static void arriving(void)
{
    static const double work[] = {1e9, 1e9};
    begin();
    for (int j = 0; j < 3; j++)
        weir_offload_mock_job("job", 0, -1, work, 2, 7);
    for (int o = 0; o < 2; o++)
        weir_mock_deploy(weir_offload_mock, 2, o, 1);
    const int both[] = {1, 2};
    const struct weir_offload_question question = {.jobs = both, .count = 2};
    CU_ASSERT_PTR_NULL(make(&question));
    CU_ASSERT(!game.users[0].arriving && game.users[1].arriving && !game.users[2].arriving);
    CU_ASSERT(game.present[0] == -1 && game.present[2] == -1 && game.present[4] == 1 && game.present[5] == 1);
    weir_offload_mock->operators[1][1].changing = true;
    CU_ASSERT_PTR_NULL(make(&question));
    CU_ASSERT(!game.users[1].arriving && !game.users[1].movable && !game.users[1].stays); /* nowhere to stay */
    weir_offload_mock->operators[1][1].changing = false;
    weir_offload_mock->operators[2][0].instance_count = 0; /* one of its two operators is there */
    CU_ASSERT_PTR_NULL(make(&question));
    CU_ASSERT(!game.users[2].arriving && game.present[4] == -1 && game.present[5] == -1);
    weir_offload_game_fini(&game);
    end();
}

/* A user that stays may be where it is and nowhere else; so is one of which a change is under way, where that takes
 * it. */
static void staying(void)
{
    static const double work[] = {1e9, 1e9};
    begin();
    weir_offload_mock_job("job", 0, -1, work, 2, 7);
    weir_mock_deploy(weir_offload_mock, 0, 0, 0);
    weir_mock_deploy(weir_offload_mock, 0, 1, 1);
    bool stays[WEIR_MOCK_JOBS] = {false};
    const struct weir_offload_question question = {.stays = stays};
    CU_ASSERT_PTR_NULL(make(&question));
    CU_ASSERT(!game.users[0].stays && game.users[0].movable && may(0, 0) && may(0, 1) && may(1, 1) && may(1, 2));
    stays[0] = true;
    CU_ASSERT_PTR_NULL(make(&question));
    CU_ASSERT(game.users[0].stays && may(0, 0) && !may(0, 1) && !may(0, 2) && !may(1, 0) && may(1, 1) && !may(1, 2));
    stays[0] = false;
    weir_offload_mock->operators[0][1].changing = true;
    weir_mock_deploy(weir_offload_mock, 0, 1, 2);
    weir_mock_deploy(weir_offload_mock, 0, 1, 1);
    weir_offload_mock->ready_s[0][1][1] = -1;
    CU_ASSERT_PTR_NULL(make(&question));
    CU_ASSERT(game.users[0].stays && !game.users[0].movable && game.present[0] == 0 && game.present[1] == 2);
    CU_ASSERT(!may(1, 1) && may(1, 2) && may(0, 0) && !may(0, 1));
    weir_offload_game_fini(&game);
    end();
}

/* Where an operator is, or starts. */
static void standing(void)
{
    begin();
    weir_offload_mock_job("job", 0, -1, (double[]){1}, 1, 7);
    struct weir_operator_view *op = &weir_offload_mock->operators[0][0];
    CU_ASSERT_EQUAL(weir_offload_standing(op), -1);
    for (int h = 0; h < 3; h++)
        weir_mock_deploy(weir_offload_mock, 0, 0, h);
    weir_offload_mock->ready_s[0][0][2] = -1;
    CU_ASSERT_EQUAL(weir_offload_standing(op), 0);
    op->changing = true;
    CU_ASSERT_EQUAL(weir_offload_standing(op), 2);
    weir_offload_mock->ready_s[0][0][2] = 0;
    CU_ASSERT_EQUAL(weir_offload_standing(op), 0);
    weir_offload_mock->ready_s[0][0][0] = -1;
    weir_offload_mock->placed[0][0][0].host = 1;
    CU_ASSERT_EQUAL(weir_offload_standing(op), 1);
    op->ready_s = NULL;
    CU_ASSERT_EQUAL(weir_offload_standing(op), 1);
    end();
}

/* All of a present placement counts as none if one operator is where it cannot be, or a transfer has no way. */
static void present(void)
{
    static const struct {
        int first, second, down;
        bool there;
    } cases[] = {{0, 1, -1, true}, {0, 2, -1, true}, {2, 2, -1, true},   {1, 0, -1, true}, {2, 1, -1, false},
                 {1, 2, 2, false}, {0, 0, 1, true},  {-1, 0, -1, false}, {0, 3, -1, false}};
    static const double work[] = {1e9, 1e9};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        weir_offload_mock_job("job", 0, -1, work, 2, 7);
        weir_mock_deploy(weir_offload_mock, 0, 0, 0);
        weir_mock_deploy(weir_offload_mock, 0, 1, 0);
        weir_mock_view(weir_offload_mock);
        weir_offload_mock->placed[0][0][0].host = cases[i].first;
        weir_offload_mock->placed[0][1][0].host = cases[i].second;
        if (cases[i].down >= 0)
            weir_offload_mock->hosts[cases[i].down].up = false;
        bool stays[WEIR_MOCK_JOBS] = {false};
        const struct weir_offload_question question = {.stays = stays};
        char *left_out;
        int failed = weir_offload_update_network(&self, &weir_offload_mock->view) |
                     weir_offload_game_make(&self, &weir_offload_mock->view, NULL, &question, &game, &left_out);
        CU_ASSERT_EQUAL_FATAL(failed, 0);
        CU_ASSERT_EQUAL(game.present[0], cases[i].there ? cases[i].first : -1);
        CU_ASSERT_EQUAL(game.present[1], cases[i].there ? cases[i].second : -1);
        weir_offload_game_fini(&game);
        end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"chain", chain},       {"diamond", diamond}, {"rates", rates},       {"units", units},     {"who", who},
        {"arriving", arriving}, {"staying", staying}, {"standing", standing}, {"present", present}, {0}};
    return weir_test_main("policies/offload_users", cases, argc, argv);
}
