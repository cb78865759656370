/* When the offloading policies decide, for whom, and what their rules are asked, with rules that only note that. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

/* What a rule was asked, and where it puts all that it may put. */
static struct {
    int all, one, solo; /* calls */
    int users, present[8];
    uint64_t key;
    int to, fails;
} asked;

static int note(const struct offload_problem *problem, uint64_t key, int *placement, bool rest)
{
    asked.users = offload_problem_users(problem);
    asked.key = key;
    if (asked.fails)
        return weir_error(WEIR_ERUN, "a rule that fails");
    for (int s = 0; s < offload_problem_subtasks(problem); s++) {
        asked.present[s] = placement[s];
        if (!rest || placement[s] < 0)
            placement[s] = asked.to;
    }
    return WEIR_OK;
}

static int place_all(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                     struct offload_trace *trace)
{
    asked.all++;
    return note(problem, key, placement, false);
}

static int place_one(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                     struct offload_trace *trace)
{
    asked.one++;
    return note(problem, key, placement, true);
}

static int place_solo(void *state, const struct offload_problem *problem, uint64_t key, int *placement,
                      struct offload_trace *trace)
{
    asked.solo++;
    return note(problem, key, placement, false);
}

static const struct weir_offload_rules both = {.name = "both", .all = place_all, .one = place_one},
                                       whole = {.name = "whole", .all = place_all},
                                       alone = {.name = "alone", .solo = place_solo};
static struct weir_offload self;

/* Three hosts of 1 Gf/s, each joined with each, and jobs of one operator of 1 Gf without data, which run from
 * when they arrive on. */
static void begin(const struct weir_offload_rules *rules, int jobs)
{
    static const double speeds[] = {1e9, 1e9, 1e9}, work[] = {1e9};
    weir_offload_mock_begin(speeds, 3);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            if (a != b)
                weir_offload_mock_link(a, b, 1e6);
    for (int j = 0; j < jobs; j++) {
        weir_offload_mock_job("job", -1, -1, work, 1, 0);
        weir_offload_mock->jobs[j].running = false;
    }
    self = weir_offload_mock_self(rules);
    weir_offload_create(&self, &(struct weir_policy_env){.seed = 7, .stream = "policy/x"}, rules);
    memset(&asked, 0, sizeof asked);
}

static void end(void)
{
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* One hook, whose plan is carried out; what it returns. `count` jobs from `first` on arrive; none: a window ends. */
static int hook(int first, int count)
{
    for (int k = 0; k < count; k++)
        weir_offload_mock->jobs[first + k].running = true;
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    struct weir_plan *plan = weir_plan_new(view);
    int jobs[WEIR_MOCK_JOBS];
    for (int k = 0; k < count; k++) {
        const struct weir_placement default_place = {k < 2 ? 0 : 1, 1, 1};
        jobs[k] = first + k;
        weir_plan_preset(plan, first + k, 0, &default_place, 1);
    }
    int failed = count > 0 ? weir_offload_jobs_arrive(&self, view, jobs, count, plan)
                           : weir_offload_window_ends(&self, view, plan);
    weir_mock_apply(weir_offload_mock, plan);
    for (int k = 0; k < count; k++) { /* a preset is carried out also where it is no change */
        int instances;
        const struct weir_placement *got = weir_plan_get(plan, first + k, 0, &instances);
        weir_offload_mock->placed[first + k][0][0] = got[0];
        weir_offload_mock->operators[first + k][0].instance_count = 1;
    }
    weir_plan_free(plan);
    return failed;
}

static int host(int job)
{
    return weir_offload_mock->placed[job][0][0].host;
}

/* By `arrival` all are looked at as somebody arrives, and at the end of a window only if somebody has gone. */
static void by_arrival(void)
{
    begin(&both, 3);
    asked.to = 1;
    weir_offload_mock->view.time_s = 4;
    weir_offload_mock->view.window_s = 5;
    weir_offload_mock->view.ends_s = 6;
    CU_ASSERT_EQUAL(hook(0, 1), 0);
    CHECK_NEAR(self.last.time_s, 4, 0);
    CU_ASSERT(asked.all == 1 && asked.one == 0 && asked.users == 1); /* all that run */
    CU_ASSERT(asked.present[0] == -1 && host(0) == 1 && self.last.placement && !self.stale);
    weir_offload_mock->jobs[1].running = true; /* it waits, the first does not */
    CU_ASSERT_EQUAL(hook(0, 0), 0);
    CU_ASSERT(asked.all == 1 && asked.one == 1 && asked.users == 2);
    CU_ASSERT(asked.present[0] == 1 && asked.present[1] == -1);
    weir_offload_mock->operators[1][0].instance_count = 0;
    CU_ASSERT_EQUAL(hook(1, 2), 0);
    CU_ASSERT(asked.all == 2 && asked.users == 3 && asked.present[0] == 1 && asked.present[2] == -1);
    CU_ASSERT(host(0) == 1 && host(1) == 1 && host(2) == 1);
    hook(0, 0);
    CU_ASSERT(asked.all == 2 && asked.one == 1); /* nobody waits */
    weir_offload_job_departs(&self, &weir_offload_mock->view, 2);
    weir_offload_mock->jobs[2].running = false;
    CU_ASSERT(self.stale);
    hook(0, 0);
    CU_ASSERT(asked.all == 3 && asked.users == 2 && !self.stale);
    hook(0, 0);
    CU_ASSERT_EQUAL(asked.all, 3);
    end();
}

/* By `window` a job that arrives is placed beside the others, all are looked at as each window ends. */
static void by_window(void)
{
    begin(&both, 2);
    self.replan = WEIR_OFFLOAD_WINDOW;
    asked.to = 2;
    hook(0, 2);
    CU_ASSERT(asked.all == 0 && asked.one == 1 && host(0) == 2 && host(1) == 2);
    for (int i = 1; i <= 3; i++) {
        hook(0, 0);
        CU_ASSERT(asked.all == i && asked.one == 1);
    }
    end();
    begin(&whole, 1); /* without a rule for one, that for all */
    self.replan = WEIR_OFFLOAD_WINDOW;
    hook(0, 1);
    CU_ASSERT_EQUAL(asked.all, 1);
    end();
}

/* A rule for a user alone gets problems of one user, and decides for nobody who has a place; its draws hang on the job
 * alone. */
static void by_itself(void)
{
    begin(&alone, 3);
    asked.to = 1;
    hook(0, 1);
    CU_ASSERT(asked.solo == 1 && asked.users == 1 && host(0) == 1);
    hook(1, 2);
    CU_ASSERT_EQUAL(asked.solo, 3);
    CU_ASSERT(host(1) == 1 && host(2) == 1);
    struct weir_stream third = weir_stream_at(weir_stream_key(7, "policy/x"), 2);
    CU_ASSERT_EQUAL(asked.key, weir_stream_bits(&third));
    hook(0, 0);
    weir_offload_job_departs(&self, &weir_offload_mock->view, 0);
    hook(0, 0);
    CU_ASSERT_EQUAL(asked.solo, 3);
    end();
}

/* Draws of the others are numbered by the first job that arrives, those at the end of a window are a stream of their
 * own. */
static void keys(void)
{
    begin(&both, 4);
    hook(2, 2);
    struct weir_stream stream = weir_stream_at(weir_stream_key(7, "policy/x"), 3);
    CU_ASSERT_EQUAL(asked.key, weir_stream_bits(&stream));
    self.stale = true;
    hook(0, 0);
    stream = weir_stream_at(weir_stream_key(7, "policy/x"), 0);
    CU_ASSERT_EQUAL(asked.key, weir_stream_bits(&stream));
    end();
}

/* A workflow whose one result has come is done; it is a user again if it arrives again. */
static void done(void)
{
    begin(&both, 4);
    hook(0, 4);
    weir_offload_mock->jobs[0].delivered_rate = 0.1;
    weir_offload_mock->jobs[1].delivered_rate = 0.1;
    weir_offload_mock->jobs[1].declared_items = 2;
    weir_offload_mock->jobs[2].delivered_rate = 0;
    weir_offload_mock->jobs[3].delivered_rate = 0.1;
    weir_offload_mock->jobs[3].running = false;
    hook(0, 0);
    CU_ASSERT(asked.all == 2 && asked.users == 2); /* 1 and 2 */
    CU_ASSERT(self.done[0] && !self.done[1] && !self.done[2] && !self.done[3]);
    weir_offload_mock->jobs[0].delivered_rate = 0;
    hook(0, 0);
    CU_ASSERT(asked.all == 2 && self.done[0]);
    weir_offload_mock->operators[0][0].instance_count = 0;
    int job = 0;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(weir_offload_mock));
    CU_ASSERT_EQUAL(weir_offload_job_arrives(&self, &weir_offload_mock->view, job, plan), 0);
    weir_plan_free(plan);
    CU_ASSERT(asked.all == 3 && asked.users == 3 && !self.done[0]);
    end();
}

/* A change under way: all decide once more at the end of the next window. */
static void under_way(void)
{
    begin(&both, 2);
    hook(0, 2);
    CU_ASSERT_FALSE(self.stale);
    weir_offload_mock->operators[1][0].changing = true;
    self.stale = true;
    hook(0, 0);
    CU_ASSERT(asked.all == 2 && self.stale);
    hook(0, 0);
    CU_ASSERT(asked.all == 3 && self.stale);
    weir_offload_mock->operators[1][0].changing = false;
    hook(0, 0);
    CU_ASSERT(asked.all == 4 && !self.stale);
    hook(0, 0);
    CU_ASSERT_EQUAL(asked.all, 4);
    end();
}

/* Moves that do not pay are taken back, and the rule is asked again, with those users pinned: both are on one host, and
 * go to another; each would then cost as much as before. */
static void taken_back(void)
{
    begin(&both, 2);
    hook(0, 2);
    CU_ASSERT(host(0) == 0 && host(1) == 0);
    for (int j = 0; j < 2; j++)
        weir_offload_mock->operators[j][0].state_bytes = 1e6;
    self.stale = true;
    asked.to = 1;
    hook(0, 0);
    CU_ASSERT_EQUAL(asked.all, 3); /* once at first, then twice: as it is asked, and with both pinned */
    CU_ASSERT(host(0) == 0 && host(1) == 0);
    CU_ASSERT(self.last.game.users[0].stays && self.last.game.users[1].stays);
    end();
}

/* One slot on h2, to which four jobs that arrive would go: the first does, the others find it closed. The rule here
 * goes on to want it, so that it is asked once more for what is news alone. */
static void no_room(void)
{
    begin(&alone, 4);
    weir_offload_mock->hosts[2].slots = 1;
    asked.to = 2;
    hook(0, 4);
    CU_ASSERT_EQUAL(asked.solo, 4 * 2);
    CU_ASSERT_EQUAL(self.last.game.user_count, 4);
    CU_ASSERT(offload_problem_may_host(self.last.game.problem, 0, 0, 2));
    for (int u = 1; u < 4; u++)
        CU_ASSERT(!offload_problem_may_host(self.last.game.problem, u, 0, 2));
    end();
}

/* What the default placement of jobs that arrive takes is free for them: two take both slots of h0, the third one of
 * h1, and all three are to be on h0. */
static void default_place_is_free(void)
{
    begin(&alone, 3);
    weir_offload_mock->hosts[0].slots = 3;
    hook(0, 3);
    CU_ASSERT_EQUAL(asked.solo, 3);
    CU_ASSERT(host(0) == 0 && host(1) == 0 && host(2) == 0);
    end();
    begin(&alone, 3);
    weir_offload_mock->hosts[0].slots = 2;
    hook(0, 3);
    CU_ASSERT_EQUAL(asked.solo, 6);
    for (int u = 0; u < 3; u++)
        CU_ASSERT_EQUAL(offload_problem_may_host(self.last.game.problem, u, 0, 0), u < 2);
    end();
}

/* Also where there are fewer links than hosts: the third job takes the slot of h1 by default, and it is left
 * to the first one. */
static void few_links(void)
{
    begin(&alone, 3);
    weir_offload_mock->view.link_count = 1; /* of h0 and h1 */
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            weir_offload_mock_way(a, b, 0, -1);
    weir_offload_mock->hosts[1].slots = 1;
    asked.to = 1;
    hook(0, 3);
    for (int u = 0; u < 3; u++)
        CU_ASSERT_EQUAL(offload_problem_may_host(self.last.game.problem, u, 0, 1), u == 0);
    end();
}

/* Errors of rules come back; nothing is decided then. Without hosts there is nothing to decide. */
static void failures(void)
{
    begin(&both, 2);
    asked.fails = 1;
    CU_ASSERT_EQUAL(hook(0, 2), WEIR_ERUN);
    CHECK_MESSAGE("a rule that fails");
    CU_ASSERT_PTR_NULL(self.last.placement);
    CU_ASSERT_PTR_NULL(weir_offload_explain(&self, &weir_offload_mock->view));
    self.rules = &alone;
    weir_offload_mock->operators[0][0].instance_count = weir_offload_mock->operators[1][0].instance_count = 0;
    CU_ASSERT_EQUAL(hook(0, 2), WEIR_ERUN);
    CU_ASSERT_EQUAL(asked.solo, 1); /* the first that fails ends it */
    weir_error_clear();
    weir_offload_mock->view.host_count = 0;
    weir_offload_mock->view.job_count = 0;
    int calls = asked.solo;
    CU_ASSERT_EQUAL(hook(0, 0), 0);
    CU_ASSERT_EQUAL(asked.solo, calls);
    end();
}

/* The rule for those without a place leaves the others where they are. */
static void place_rest(void)
{
    begin(&both, 3);
    for (int j = 0; j < 3; j++)
        weir_offload_mock->jobs[j].running = true;
    char *left_out;
    struct weir_offload_game game;
    weir_offload_mock_game(&self, &game, &left_out);
    int at[3] = {0, -1, 1};
    CU_ASSERT_EQUAL(weir_offload_place_rest(&self, game.problem, 0, at, NULL), 0);
    CU_ASSERT(at[0] == 0 && at[1] == 2 && at[2] == 1); /* the one that is free */
    int first;
    CU_ASSERT(weir_offload_subtasks(&game, 2, &first) == 1 && first == 2);
    CU_ASSERT(weir_offload_subtasks(&game, 0, &first) == 1 && first == 0);
    weir_offload_game_fini(&game);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"by arrival", by_arrival},
                                             {"by window", by_window},
                                             {"by itself", by_itself},
                                             {"keys", keys},
                                             {"done", done},
                                             {"under way", under_way},
                                             {"taken back", taken_back},
                                             {"no room", no_room},
                                             {"default place is free", default_place_is_free},
                                             {"few links", few_links},
                                             {"failures", failures},
                                             {"place rest", place_rest},
                                             {0}};
    return weir_test_main("policies/offload_replan", cases, argc, argv);
}
