/* What autoscalers share, by hand: how far items can come, what a growth brought, what a pause leaves behind. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/support/demand.h"
#include "policies/support/gain.h"
#include "policies/support/reach.h"
#include "policies/support/settle.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

static struct weir_mock *world;

/* A host of 1 Gf a core and a chain of operators on it, 10 Mf each: 100/s an instance. */
static void begin(int cores, int slots, int operators)
{
    world = weir_mock_new();
    weir_mock_host(world, "edge", "near", WEIR_VIEW_EDGE, cores, slots);
    weir_mock_job(world, "stream", 0);
    for (int o = 0; o < operators; o++) {
        weir_mock_operator(world, 0, "op", 1e7);
        weir_mock_deploy(world, 0, o, 0);
        weir_mock_serve(world, 0, o, 50, 100);
    }
}

static void reach_of(struct weir_reach *reach)
{
    struct weir_ds2_operator model[WEIR_MOCK_OPERATORS];
    struct weir_ds2_demand demand[WEIR_MOCK_OPERATORS];
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_job_demand(&world->view, plan, 0, 50, 10, model, demand);
    weir_reach_init(reach, &world->view, plan, 0, model);
    weir_plan_free(plan);
}

/* Three cores: c(n) = min(n, 3) 100/s; of 1000/s come 300, for which three do, and the fourth serves nothing. */
static void cores(void)
{
    struct weir_reach reach;
    begin(3, 0, 1);
    reach_of(&reach);
    CHECK_NEAR(weir_reach_capacity(&reach, 0, 2), 200, 1e-9);
    CHECK_NEAR(weir_reach_capacity(&reach, 0, 5), 300, 1e-9);
    CHECK_NEAR(reach.job_per_s, 300, 1e-9);
    CHECK_NEAR(reach.operators[0].let, 300, 1e-9);
    CU_ASSERT_EQUAL(reach.operators[0].best, 3);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 1000, 1.2), 3);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, INFINITY, 1.2), 3);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 160, 1.2), 2); /* 192/s */
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 0, 1.2), 1);
    CU_ASSERT_EQUAL(weir_reach_least(&reach, 0, 200), 2);
    CU_ASSERT_EQUAL(weir_reach_least(&reach, 0, 201), 3);
    CU_ASSERT_EQUAL(weir_reach_least(&reach, 0, 9999), 3);
    weir_reach_fini(&reach);
    free(world);
}

/* Two slots on three cores: no more than two instances, the one that there is and one more. Half a core each: six fit.
 */
static void slots_and_shares(void)
{
    struct weir_reach reach;
    begin(3, 2, 1);
    reach_of(&reach);
    CU_ASSERT_EQUAL(reach.operators[0].most, 2);
    CHECK_NEAR(reach.job_per_s, 200, 1e-9);
    weir_reach_fini(&reach);
    free(world);
    begin(3, 0, 1);
    world->placed[0][0][0].cpu_share = 0.5;
    reach_of(&reach);
    CHECK_NEAR(weir_reach_capacity(&reach, 0, 6), 600, 1e-9);
    CHECK_NEAR(weir_reach_capacity(&reach, 0, 8), 600, 1e-9);
    weir_reach_fini(&reach);
    free(world);
}

/* Two operators share three cores: an item takes 10 ms of each, 150/s; two and two serve it. The others use one core of
 * three, by the host's report less what the job itself does (2 x 50/s x 10 ms = 1 core): 100/s are left. */
static void shared_cores(void)
{
    struct weir_reach reach;
    begin(3, 0, 2);
    reach_of(&reach);
    CHECK_NEAR(reach.job_per_s, 150, 1e-9);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 1, 1000, 1.2), 2);
    weir_reach_fini(&reach);
    world->hosts[0].cpu = 2.0 / 3;
    reach_of(&reach);
    CHECK_NEAR(reach.job_per_s, 100, 1e-9);
    weir_reach_fini(&reach);
    free(world);
}

/* a may have two instances and doubles what comes: b gets 400/s at most, whatever is offered, and needs four (and one
 * in reserve), a two. If b may have one, a is held back by it: 50/s. If b drops what it has no room for, a is not. */
static void before_and_after(void)
{
    struct weir_reach reach;
    begin(64, 0, 2);
    world->operators[0][0].max_parallelism = 2;
    world->operators[0][0].selectivity = 2;
    weir_mock_serve(world, 0, 0, 50, 100);
    reach_of(&reach);
    CHECK_NEAR(reach.job_per_s, 200, 1e-9);
    CHECK_NEAR(reach.operators[1].let, 400, 1e-9);
    CHECK_NEAR(reach.operators[1].visits, 2, 1e-9);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 1, 5000, 1.2), 5);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 1, 5000, 1), 4);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 2500, 1.2), 2);
    weir_reach_fini(&reach);
    world->operators[0][1].max_parallelism = 1;
    reach_of(&reach);
    CHECK_NEAR(reach.job_per_s, 50, 1e-9);
    CHECK_NEAR(reach.operators[0].let, 50, 1e-9);
    weir_reach_fini(&reach);
    world->operators[0][1].dropped_rate = 1;
    reach_of(&reach);
    CHECK_NEAR(reach.job_per_s, 200, 1e-9);
    weir_reach_fini(&reach);
    free(world);
}

/* Hot ranges: of n instances one gets 1, 0.6, 0.6, 0.5, 0.5, 0.48: 100, 166.7, 166.7, 200, 200, 208/s. The fourth
 * brings 33 for two, above a tenth of 200; the sixth brings 8 for two, below. */
static void hot_ranges(void)
{
    static const double shares[] = {1, 0.6, 0.6, 0.5, 0.5, 0.48, 0.48, 0.48};
    struct weir_reach reach;
    begin(64, 0, 1);
    world->operators[0][0].key_groups = 128;
    world->operators[0][0].range_share = shares;
    world->operators[0][0].range_share_count = 8;
    reach_of(&reach);
    CHECK_NEAR(weir_reach_capacity(&reach, 0, 2), 100 / 0.6, 1e-9);
    CU_ASSERT_EQUAL(reach.operators[0].best, 4);
    CHECK_NEAR(reach.job_per_s, 200, 1e-9);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 9999, 1.2), 4);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 130, 1.2), 2); /* 156/s */
    weir_reach_fini(&reach);
    free(world);
}

/* Even ranges: three where 250/s come and none is in reserve are made four, a divisor of 128; with the reserve of 300/s
 * that three just serve, too; five stay five, as six are none. */
static void even_ranges(void)
{
    static const double shares[] = {1, 1 / 2.0, 1 / 3.0, 1 / 4.0, 1 / 5.0, 1 / 6.0, 1 / 7.0, 1 / 8.0};
    struct weir_reach reach;
    begin(64, 0, 1);
    world->operators[0][0].key_groups = 128;
    world->operators[0][0].range_share = shares;
    world->operators[0][0].range_share_count = 8;
    reach_of(&reach);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 250, 1), 4);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 250, 1.2), 4);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 190, 1.2), 3); /* two would do for the load: the third is the reserve */
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 450, 1), 5);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 610, 1), 8); /* seven, made eight */
    weir_reach_fini(&reach);
    free(world);
}

/* Four instances on two busy cores show 50/s each: alone they would serve the declared 100/s. Not if the host is idle.
 */
static void crowded(void)
{
    struct weir_reach reach;
    begin(2, 0, 1);
    for (int i = 1; i < 4; i++)
        weir_mock_deploy(world, 0, 0, 0);
    weir_mock_serve(world, 0, 0, 500, 50);
    world->hosts[0].cpu = 1;
    reach_of(&reach);
    CHECK_NEAR(reach.operators[0].rate, 100, 1e-9);
    CU_ASSERT_EQUAL(weir_reach_size(&reach, 0, 500, 1.2), 2);
    weir_reach_fini(&reach);
    world->hosts[0].cpu = 0.5;
    reach_of(&reach);
    CHECK_NEAR(reach.operators[0].rate, 50, 1e-9);
    weir_reach_fini(&reach);
    free(world);
}

/* ---- what a growth brought ---- */

static int judged(struct weir_gain *gain, double now_s, int instances, double served, int useful, int short_of)
{
    char why[200];
    struct weir_gain_window window = {now_s, instances, served, useful, short_of, 1, 600, 0};
    int to = weir_gain_judge(gain, &window, why, sizeof why);
    CU_ASSERT_EQUAL(to == instances, why[0] == '\0');
    return to;
}

/* From 2 that served 200/s to 10 that serve as much: back to 2, for 600 s; the next time for 1200 s. */
static void nothing_brought(void)
{
    struct weir_gain gain = {0};
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 0), INT_MAX);
    weir_gain_raised(&gain, 2, 10, 200);
    CU_ASSERT_EQUAL(judged(&gain, 100, 10, 205, 10, 1), 2);
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 100), 2);
    CU_ASSERT_EQUAL(judged(&gain, 110, 2, 200, 2, 1), 2); /* 200 >= 0.97 x 205: nothing was lost */
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 699), 2);
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 700), INT_MAX);
    weir_gain_raised(&gain, 2, 10, 200);
    CU_ASSERT_EQUAL(judged(&gain, 800, 10, 205, 10, 1), 2);
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 1999), 2);
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 2000), INT_MAX);
    weir_gain_forget(&gain);
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 900), INT_MAX);
}

/* 100/s more are worth one instance of 100/s, of eight that were added; 500/s more, as they are more than a tenth of
 * 800/s, what the formula says. Where enough is served nothing is judged. */
static void little_brought(void)
{
    struct weir_gain gain = {0};
    weir_gain_raised(&gain, 2, 14, 200);
    CU_ASSERT_EQUAL(judged(&gain, 100, 14, 300, 14, 1), 3);
    gain = (struct weir_gain){0};
    weir_gain_raised(&gain, 2, 10, 200);
    CU_ASSERT_EQUAL(judged(&gain, 100, 10, 700, 7, 1), 7);
    gain = (struct weir_gain){0};
    weir_gain_raised(&gain, 2, 10, 200);
    CU_ASSERT_EQUAL(judged(&gain, 100, 10, 900, 9, 1), 10); /* one is spare */
    CU_ASSERT_EQUAL(judged(&gain, 110, 10, 900, 2, 1), 10); /* judged once */
    weir_gain_raised(&gain, 2, 10, 200);
    CU_ASSERT_EQUAL(judged(&gain, 200, 10, 200, 2, 0), 10);
    gain = (struct weir_gain){0};
    weir_gain_raised(&gain, 2, 3, 200);
    CU_ASSERT_EQUAL(judged(&gain, 100, 3, 205, 3, 1), 3); /* the spare one stays, and is the last */
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 100), 3);
}

/* Undone growth that is missed comes back; a load that another bottleneck lets through ends what is remembered. */
static void taken_back(void)
{
    struct weir_gain gain = {0};
    weir_gain_raised(&gain, 2, 10, 200);
    CU_ASSERT_EQUAL(judged(&gain, 100, 10, 700, 5, 1), 5);
    CU_ASSERT_EQUAL(judged(&gain, 120, 5, 670, 5, 1), 10); /* below 0.97 x 700 */
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 120), 10);
    CU_ASSERT_EQUAL(judged(&gain, 130, 10, 760, 5, 1), 10);
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 130), 10);
    CU_ASSERT_EQUAL(judged(&gain, 140, 10, 780, 5, 1), 10); /* above 1.1 x 700 */
    CU_ASSERT_EQUAL(weir_gain_limit(&gain, 140), INT_MAX);
}

/* A growth that promises less than chance hides is judged with the next one, from 2 that served 200/s, if more waits
 * all the time; else that one by itself, from 3. */
static void judged_together(void)
{
    for (int enough = 0; enough < 2; enough++) {
        struct weir_gain gain = {0};
        char why[200];
        struct weir_gain_window window = {100, 3, 205, 2, 1, 0, 600, 1};
        weir_gain_raised(&gain, 2, 3, 200);
        CU_ASSERT_EQUAL(weir_gain_judge(&gain, &window, why, sizeof why), 3);
        CU_ASSERT_EQUAL(why[0], '\0');
        CU_ASSERT_EQUAL(weir_gain_limit(&gain, 100), INT_MAX);
        window.short_of = !enough;
        CU_ASSERT_EQUAL(weir_gain_judge(&gain, &window, why, sizeof why), 3);
        weir_gain_raised(&gain, 3, 4, 205);
        window = (struct weir_gain_window){130, 4, 205, 2, 1, 0, 600, 0};
        CU_ASSERT_EQUAL(weir_gain_judge(&gain, &window, why, sizeof why), enough ? 3 : 2);
    }
}

/* ---- what a pause leaves behind ---- */

static void window(struct weir_settle *settle, bool changing, double backlog)
{
    world->view.time_s += 10;
    world->operators[0][0].changing = changing;
    world->operators[0][0].queued = 0;
    world->jobs[0].backlog = backlog;
    weir_settle_window(settle, &world->view, 0);
}

/* Asked for at 10 s, under way at 20 s, done at 30 s: judged again at 40 s. In the window with the end of the change
 * 300 items came to wait, of which the 100 before are no debt. It is worked off, and forgiven no more once it stays. */
static void debt(void)
{
    struct weir_settle settle = {0};
    begin(64, 0, 2);
    world->operators[0][0].stateful = true;
    window(&settle, false, 100);
    CU_ASSERT(settle.judged);
    weir_settle_acted(&settle, &world->view);
    window(&settle, true, 100);
    CU_ASSERT_FALSE(settle.judged);
    CU_ASSERT_FALSE(settle.paused);
    window(&settle, false, 400);
    CU_ASSERT_FALSE(settle.judged);
    CU_ASSERT(settle.paused);
    CHECK_NEAR(settle.debt, 300, 0);
    CHECK_NEAR(settle.rescale_s, 20, 0);
    CHECK_NEAR(weir_settle_backlog(&settle, &world->jobs[0]), 100, 0);
    CU_ASSERT_FALSE(settle.catching_up); /* 300 of 400 */
    window(&settle, false, 320);
    CU_ASSERT(settle.judged);
    CHECK_NEAR(settle.debt, 300, 0);
    CU_ASSERT(settle.catching_up);
    window(&settle, false, 200);
    CHECK_NEAR(settle.debt, 200, 0);
    CHECK_NEAR(weir_settle_backlog(&settle, &world->jobs[0]), 0, 0);
    window(&settle, false, 200);
    CHECK_NEAR(settle.debt, 0, 0);
    CHECK_NEAR(weir_settle_backlog(&settle, &world->jobs[0]), 200, 0);
    free(world);
}

/* All operators change though nobody asked: a recovery. What is played again is a debt. */
static void recovery(void)
{
    struct weir_settle settle = {0};
    begin(64, 0, 1);
    window(&settle, false, 0);
    window(&settle, true, 600);
    CU_ASSERT(settle.paused);
    window(&settle, false, 900);
    CU_ASSERT(settle.paused);
    CHECK_NEAR(settle.debt, 900, 0);
    window(&settle, false, 700);
    CU_ASSERT(settle.judged && settle.catching_up);
    free(world);
}

/* 100 +- 9 in turns on a ramp of 2 a window: second differences of 36, so 36 / (0.6745 sqrt 6) over the mean. */
static void noise(void)
{
    double history[40];
    struct weir_settle settle = {0};
    begin(64, 0, 1);
    for (int k = 0; k < 40; k++)
        history[k] = 100 + 2 * k + (k % 2 ? 9 : -9);
    world->jobs[0].ingress_history = history;
    world->jobs[0].history_count = 9;
    window(&settle, false, 0);
    CHECK_NEAR(settle.noise, 0, 0);
    world->jobs[0].history_count = 40;
    window(&settle, false, 0);
    CHECK_NEAR(settle.noise, 36 / (0.6745 * sqrt(6)) / (100 + 2 * 24.5), 1e-12);
    free(world);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"cores", cores},
        {"slots_and_shares", slots_and_shares},
        {"shared_cores", shared_cores},
        {"before_and_after", before_and_after},
        {"hot_ranges", hot_ranges},
        {"even_ranges", even_ranges},
        {"crowded", crowded},
        {"nothing_brought", nothing_brought},
        {"little_brought", little_brought},
        {"taken_back", taken_back},
        {"judged_together", judged_together},
        {"debt", debt},
        {"recovery", recovery},
        {"noise", noise},
        {0},
    };
    return weir_test_main("policies/support", cases, argc, argv);
}
