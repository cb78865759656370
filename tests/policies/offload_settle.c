/* What a decision of the offloading policies holds back: moves that do not pay, hosts that are full; by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

static const struct weir_offload_rules by_itself = {.name = "dwo"}, by_all = {.name = "optimal", .for_all = true};
static const struct weir_offload_rules solo = {
    .name = "lawa", .solo = (weir_offload_rule *)weir_offload_place_rest /* which one does not matter here */
};
static struct weir_offload self;
static struct weir_offload_decision decision;
static struct weir_offload_question question;
static bool stays[WEIR_MOCK_JOBS];

/* Two hosts of 1 Gf/s, joined at 1 MB/s both ways, and two users of one subtask without data: of 1 Gf and 4 Gf, both on
 * h0. X = 1 + 2: they cost 3 s and 6 s there. If the first moves: 1 s and 4 s. */
static void begin(const struct weir_offload_rules *rules, double state_bytes)
{
    static const double speeds[] = {1e9, 1e9}, small[] = {1e9}, big[] = {4e9};
    weir_offload_mock_begin(speeds, 2);
    weir_offload_mock_link(0, 1, 1e6);
    weir_offload_mock_link(1, 0, 1e6);
    for (int j = 0; j < 2; j++) {
        weir_offload_mock_job(j ? "big" : "small", -1, -1, j ? big : small, 1, 0);
        weir_mock_deploy(weir_offload_mock, j, 0, 0);
        weir_offload_mock->operators[j][0].state_bytes = state_bytes;
    }
    self = weir_offload_mock_self(rules);
    char *left_out;
    int failed = weir_offload_mock_game(&self, &decision.game, &left_out);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    static int at[4];
    memset(at, 0, sizeof at);
    decision.placement = at;
    decision.placement[0] = 1; /* the first moves */
}

static void end(void)
{
    weir_offload_game_fini(&decision.game);
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* Settles anew; whether the first user is held back. */
static bool held(void)
{
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    struct weir_plan *plan = weir_plan_new(view);
    memset(stays, 0, sizeof stays);
    question = (struct weir_offload_question){.stays = stays};
    weir_offload_settle(&self, view, plan, &decision, &question);
    weir_plan_free(plan);
    CU_ASSERT_EQUAL(question.again, stays[0] || stays[1] || question.closed);
    CU_ASSERT_EQUAL(decision.placement[0], 1); /* is as it was */
    return stays[0];
}

/* What is moved saves the first 2 s, and all 4 s. Its price is D^2 / (2 H), D the restart and the way of the state. */
static void price(void)
{
    static const struct {
        const struct weir_offload_rules *rules;
        double gain_s;
    } cases[] = {{&by_itself, 3 - 1}, {&by_all, 9 - 5}};
    for (int i = 0; i < 2; i++) {
        begin(cases[i].rules, 5e6); /* 5 s over the link */
        for (int restart_s = 0; restart_s <= 7; restart_s += 7) {
            double stall_s = restart_s + 5, horizon_s = stall_s * stall_s / (2 * cases[i].gain_s);
            weir_offload_mock->restart_s = restart_s;
            self.horizon_s = horizon_s * 1.001;
            CU_ASSERT_FALSE(held());
            self.horizon_s = horizon_s * 0.999;
            CU_ASSERT_TRUE(held());
        }
        weir_offload_mock->operators[0][0].state_bytes = 0; /* nothing to take along: free */
        CU_ASSERT_FALSE(held());
        weir_offload_mock->operators[0][0].stateful = true; /* the restart alone: 7 s */
        self.horizon_s = 49 / (2 * cases[i].gain_s) * 1.001;
        CU_ASSERT_FALSE(held());
        self.horizon_s *= 0.998;
        CU_ASSERT_TRUE(held());
        weir_offload_mock->operators[0][0].state_bytes = INFINITY; /* not known: as none */
        CU_ASSERT_TRUE(held());
        self.horizon_s *= 1.004;
        CU_ASSERT_FALSE(held());
        weir_offload_mock->view.restart_s = NULL;
        self.horizon_s = 1e-3;
        CU_ASSERT_FALSE(held());
        end();
    }
}

/* Items of a second pay together what they save together, and what a user weighs counts on both sides. */
static void scaled(void)
{
    begin(&by_itself, 5e6);
    struct weir_offload_user *user = &decision.game.users[0];
    for (int scale = 1; scale <= 4; scale += 3) {
        user->scale = scale;
        double horizon_s = 25.0 * scale / (2 * 2.0); /* the game itself is the same */
        self.horizon_s = horizon_s * 1.001;
        CU_ASSERT_FALSE(held());
        self.horizon_s = horizon_s * 0.999;
        CU_ASSERT_TRUE(held());
    }
    end();
    begin(&by_all, 5e6); /* omega 4: roots twice as long; X = 2 + 2: 16 in all before, 4 + 4 after */
    weir_offload_game_fini(&decision.game);
    weir_offload_mock->jobs[0].omega = 4;
    char *left_out;
    weir_offload_mock_game(&self, &decision.game, &left_out);
    self.horizon_s = 4 * 25 / (2 * 8.0) * 1.001;
    CU_ASSERT_FALSE(held());
    self.horizon_s *= 0.998;
    CU_ASSERT_TRUE(held());
    end();
}

/* The least gain is a share of what the user costs where it is, 3 s: also where the sum is judged. */
static void least_gain(void)
{
    static const struct weir_offload_rules *const cases[] = {&by_itself, &by_all};
    for (int i = 0; i < 2; i++) {
        begin(cases[i], 0);
        self.least_gain = (i ? 4 : 2) / 3.0 - 1e-6;
        CU_ASSERT_FALSE(held());
        self.least_gain += 2e-6;
        CU_ASSERT_TRUE(held());
        end();
    }
    begin(&by_itself, 5e6);          /* the larger of both counts */
    self.horizon_s = 25 / (2 * 1.0); /* a price of 1 s */
    self.least_gain = 0.6;
    CU_ASSERT_FALSE(held());
    self.least_gain = 0.7;
    CU_ASSERT_TRUE(held());
    end();
}

/* A move that costs the mover more is held back without any price, one that costs the same is not; users that arrive,
 * stay or were nowhere are not asked, nor are those whose policy never moves anybody. */
static void losses(void)
{
    begin(&by_itself, 0);
    weir_offload_mock->placed[0][0][0].host = weir_offload_mock->placed[1][0][0].host = 0;
    decision.placement[0] = 1;
    decision.placement[1] = 1; /* both move: neither gains by its own move */
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    struct weir_plan *plan = weir_plan_new(view);
    for (int i = 0; i < 5; i++) {
        struct weir_offload_user *users = decision.game.users;
        memset(stays, 0, sizeof stays);
        question = (struct weir_offload_question){.stays = stays};
        users[0].arriving = i == 1;
        users[0].stays = i == 2;
        decision.game.present[0] = i == 3 ? -1 : 0;
        self.rules = i == 4 ? &solo : &by_itself;
        weir_offload_settle(&self, view, plan, &decision, &question);
        CU_ASSERT_EQUAL(stays[0], i == 0);
        CU_ASSERT_EQUAL(stays[1], i != 4);
        CU_ASSERT_EQUAL(question.again, i != 4);
    }
    memset(stays, 0, sizeof stays);
    stays[0] = stays[1] = true; /* known already: nothing new comes of it */
    self.rules = &by_itself;
    decision.game.present[0] = 0;
    decision.game.users[0].stays = false;
    question = (struct weir_offload_question){.stays = stays};
    weir_offload_settle(&self, view, plan, &decision, &question);
    CU_ASSERT_FALSE(question.again);
    weir_plan_free(plan);
    end();
    begin(&by_itself, 0); /* the other on h1: alone on either, the first costs 1 s */
    decision.game.present[1] = decision.placement[1] = 0;
    decision.game.present[0] = 1;
    decision.placement[0] = 1;
    CU_ASSERT_FALSE(held());
    end();
}

/* ---- room ---- */

/* Which operators of the jobs are closed on h1, as digits (job + 1)(op). */
static int closed_on(int host)
{
    int digits = 0;
    for (int j = 0; j < weir_offload_mock->view.job_count && question.closed; j++)
        for (int o = 0; o < weir_offload_mock->jobs[j].operator_count && question.closed[j]; o++)
            if (question.closed[j][o * weir_offload_mock->view.host_count + host])
                digits = 100 * digits + 10 * (j + 1) + o;
    return digits;
}

static void forget_closed(void)
{
    for (int j = 0; j < weir_offload_mock->view.job_count && question.closed; j++)
        free(question.closed[j]);
    free(question.closed);
    question.closed = NULL;
}

/* Three jobs of two operators arrive, all to be on h1, which has room for so many instances: the last ones find it
 * closed, one after the other. The last one's second operator asks for two instances. */
static void full(void)
{
    static const double speeds[] = {1e9, 1e9}, work[] = {1, 1};
    for (int slots = 0; slots <= 8; slots++) {
        weir_offload_mock_begin(speeds, 2);
        weir_offload_mock_link(0, 1, 1e6);
        weir_offload_mock_link(1, 0, 1e6);
        for (int j = 0; j < 3; j++)
            weir_offload_mock_job("job", 0, -1, work, 2, 0);
        self = weir_offload_mock_self(&by_itself);
        weir_offload_mock->hosts[1].slots = slots;
        const struct weir_view *view = weir_mock_view(weir_offload_mock);
        struct weir_plan *plan = weir_plan_new(view);
        const struct weir_placement there[2] = {{0, 1, 1}, {0, 1, 1}};
        for (int j = 0; j < 3; j++)
            for (int o = 0; o < 2; o++)
                weir_plan_preset(plan, j, o, there, j == 2 && o == 1 ? 2 : 1);
        char *left_out;
        weir_offload_mock_game(&self, &decision.game, &left_out);
        int at[6] = {1, 1, 1, 1, 1, 1};
        decision.placement = at;
        memset(stays, 0, sizeof stays);
        question = (struct weir_offload_question){.stays = stays};
        for (int u = 0; u < 3; u++)
            decision.game.users[u].arriving = true;
        weir_offload_settle(&self, view, plan, &decision, &question);
        int open = 0; /* instances that are left on h1 */
        bool before = true;
        for (int u = 0, from = 0; u < 3; u++)
            for (int o = 0; o < 2; o++, from++) {
                bool shut = question.closed && question.closed[u] && question.closed[u][o * 2 + 1];
                CU_ASSERT(!shut || !question.closed[u][o * 2]);
                CU_ASSERT(before || shut); /* once one is closed, all after it are */
                before = !shut;
                open += shut ? 0 : from == 5 ? 2 : 1;
            }
        CU_ASSERT_EQUAL(open, slots == 0 || slots >= 7 ? 7 : slots == 6 ? 5 : slots);
        CU_ASSERT_EQUAL(question.again, slots > 0 && slots < 7);
        question.again = false;
        weir_offload_settle(&self, view, plan, &decision, &question); /* closed already: nothing new */
        CU_ASSERT_FALSE(question.again);
        forget_closed();
        weir_plan_free(plan);
        weir_offload_game_fini(&decision.game);
        weir_offload_destroy(&self);
        weir_offload_mock_end();
    }
}

/* Slots of running jobs: what is there stays there, what leaves is free only once it has gone, what a job that arrives
 * takes by default is free. */
static void room_of_others(void)
{
    static const double speeds[] = {1e9, 1e9}, work[] = {1};
    for (int slots = 1; slots <= 4; slots++) {
        weir_offload_mock_begin(speeds, 2);
        weir_offload_mock_link(0, 1, 1e6);
        weir_offload_mock_link(1, 0, 1e6);
        static const char *const names[] = {"stays", "leaves", "arrives", "comes"};
        for (int j = 0; j < 4; j++)
            weir_offload_mock_job(names[j], 0, -1, work, 1, 0);
        self = weir_offload_mock_self(&solo);
        weir_offload_mock->hosts[1].slots = slots;
        weir_mock_deploy(weir_offload_mock, 0, 0, 1);
        weir_mock_deploy(weir_offload_mock, 1, 0, 1);
        weir_mock_deploy(weir_offload_mock, 3, 0, 0);
        const struct weir_view *view = weir_mock_view(weir_offload_mock);
        struct weir_plan *plan = weir_plan_new(view);
        const struct weir_placement there = {1, 1, 1};
        weir_plan_preset(plan, 2, 0, &there, 1);
        char *left_out;
        weir_offload_mock_game(&self, &decision.game, &left_out);
        decision.game.users[2].arriving = true;
        int at[4] = {1, 0, 1, 1};
        decision.placement = at;
        memset(stays, 0, sizeof stays);
        question = (struct weir_offload_question){.stays = stays};
        weir_offload_settle(&self, view, plan, &decision, &question);
        /* Free in the plan: slots - 3, or 0 if that is below; one more as `arrives` takes it by default; wanted: two.
         */
        int room = (slots > 3 ? slots - 3 : 0) + 1 - 2;
        CU_ASSERT_EQUAL(closed_on(1), room == 0 ? 0 : 40);
        CU_ASSERT_EQUAL(closed_on(0), 0);
        forget_closed();
        weir_plan_free(plan);
        weir_offload_game_fini(&decision.game);
        weir_offload_destroy(&self);
        weir_offload_mock_end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"price", price},
                                             {"scaled", scaled},
                                             {"least gain", least_gain},
                                             {"losses", losses},
                                             {"full", full},
                                             {"room of others", room_of_others},
                                             {0}};
    return weir_test_main("policies/offload_settle", cases, argc, argv);
}
