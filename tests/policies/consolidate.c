/* Consolidation: what fits where, against all ways to pack; and by which windows hosts are emptied, sleep and wake. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "policies/support/packing.h"
#include "sim/api/plan_check.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/param.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_consolidate;

/* ---- packing ---- */

#define HOSTS 4
#define ITEMS 5

struct small {
    int count, cores, slots;
    double used[ITEMS]; /* cores */
    int host[ITEMS];
};

/* One instance an operator, of so many cores; hosts of 1 Gf/s a core. */
static struct weir_mock *world_of(const struct small *small)
{
    struct weir_mock *world = weir_mock_new();
    for (int h = 0; h < HOSTS; h++) {
        char name[16];
        snprintf(name, sizeof name, "h%d", h);
        weir_mock_host(world, name, "r", WEIR_VIEW_EDGE, small->cores, small->slots);
        world->hosts[h].may_sleep = true;
    }
    int job = weir_mock_job(world, "j", 0);
    for (int i = 0; i < small->count; i++) {
        char name[16];
        snprintf(name, sizeof name, "o%d", i);
        weir_mock_deploy(world, job, weir_mock_operator(world, job, name, 1e6), small->host[i]);
    }
    return world;
}

static struct weir_packing packing_of(const struct small *small, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_packing packing;
    weir_packing_init(&packing, view, plan);
    for (int i = 0; i < small->count; i++) {
        struct weir_placement at = {small->host[i], 1, 1};
        weir_packing_add(&packing, 0, i, 0, &at, small->used[i] * 1e9, true);
    }
    return packing;
}

/* Whether a way to put the items of host 0 on the others that have some keeps all of them within `high`. */
static bool some_way(const struct small *small, double high)
{
    int ways = 1, list[ITEMS], count = 0;
    for (int i = 0; i < small->count; i++)
        if (small->host[i] == 0) {
            list[count++] = i;
            ways *= HOSTS - 1;
        }
    for (int way = 0; way < ways; way++) {
        double used[HOSTS] = {0};
        int on[HOSTS] = {0}, rest = way;
        bool fits = true;
        for (int i = 0; i < small->count; i++)
            if (small->host[i] > 0) {
                used[small->host[i]] += small->used[i];
                on[small->host[i]]++;
            }
        int had[HOSTS];
        memcpy(had, on, sizeof had);
        for (int k = 0; k < count; k++, rest /= HOSTS - 1) {
            int to = 1 + rest % (HOSTS - 1);
            used[to] += small->used[list[k]];
            on[to]++;
            fits &= had[to] > 0;
        }
        for (int h = 1; h < HOSTS; h++) /* those to which nothing comes are as they were */
            fits &=
                on[h] == had[h] || (used[h] <= high * small->cores + 1e-6 && (!small->slots || on[h] <= small->slots));
        if (fits)
            return true;
    }
    return false;
}

static void against_all_ways(void)
{
    struct weir_stream draws = weir_stream_open(7, "packing");
    int could = 0, missed = 0, could_not = 0;
    for (int n = 0; n < 3000; n++) {
        struct small small = {.count = 1 + (int)weir_stream_below(&draws, ITEMS),
                              .cores = 1 + (int)weir_stream_below(&draws, 3),
                              .slots = (int)weir_stream_below(&draws, 4)};
        for (int i = 0; i < small.count; i++) {
            small.used[i] = 0.05 * (double)(1 + weir_stream_below(&draws, 20));
            small.host[i] = (int)weir_stream_below(&draws, HOSTS);
        }
        struct weir_mock *world = world_of(&small);
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        struct weir_packing packing = packing_of(&small, &world->view, plan);
        double before = weir_packing_need(&packing, 0);
        bool way = some_way(&small, 0.8), done = weir_packing_drain(&packing, 0, 0.8);
        could += way;
        could_not += !way;
        missed += way && !done;
        CU_ASSERT(way || !done);
        double used[HOSTS] = {0};
        int on[HOSTS] = {0};
        for (int i = 0; i < small.count; i++) {
            used[packing.items[i].to] += small.used[i];
            on[packing.items[i].to]++;
            CU_ASSERT(done || packing.items[i].to == small.host[i]); /* all of it, or nothing */
        }
        CU_ASSERT(!done || on[0] == 0);
        for (int h = 0; h < HOSTS; h++) {
            CHECK_NEAR(packing.hosts[h].used, used[h], 1e-9);
            CU_ASSERT_EQUAL(packing.hosts[h].count, on[h]);
        }
        CHECK_NEAR(weir_packing_need(&packing, 0), before, 1e-3);
        weir_packing_fini(&packing);
        weir_plan_free(plan);
        free(world);
    }
    CU_ASSERT(could > 300 && could_not > 300);
    CU_ASSERT(missed <= could / 50); /* best fit decreasing is no optimum */
}

static void best_fit_and_its_bounds(void)
{
    /* 0.4 of a core from h0: to h2, which has most in use of those with room; ties go to the first. */
    struct small small = {.count = 4, .cores = 1, .used = {0.4, 0.2, 0.35, 0.6}, .host = {0, 1, 2, 3}};
    struct weir_mock *world = world_of(&small);
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    struct weir_packing packing = packing_of(&small, &world->view, plan);
    CU_ASSERT_EQUAL(weir_packing_find(&packing, &packing.items[0], 0.8, false), 2);
    CU_ASSERT_EQUAL(weir_packing_find(&packing, &packing.items[0], 1, false), 3);   /* 0.6 + 0.4 */
    CU_ASSERT_EQUAL(weir_packing_find(&packing, &packing.items[0], 0.7, false), 1); /* 0.2 + 0.4 */
    CU_ASSERT_EQUAL(weir_packing_find(&packing, &packing.items[0], 0.55, false), -1);
    packing.hosts[2].closed = true;
    CU_ASSERT_EQUAL(weir_packing_find(&packing, &packing.items[0], 0.8, false), 1);
    CHECK_NEAR(weir_packing_room(&packing, 0, -1), 3e9, 1);
    CHECK_NEAR(weir_packing_room(&packing, 0, 1), 2e9, 1);
    packing.hosts[2].closed = false;
    packing.hosts[1].used = packing.hosts[2].used;
    CU_ASSERT_EQUAL(weir_packing_find(&packing, &packing.items[0], 0.8, false), 1); /* as much in use: the first */
    packing.hosts[0].fixed = true;
    CU_ASSERT(!weir_packing_drain(&packing, 0, 0.8));
    weir_packing_fini(&packing);
    weir_plan_free(plan);
    free(world);
}

/* ---- the policy ---- */

static struct weir_mock *world;
static void *self;

/* Three hosts of four cores, 40 W idle and 4 W asleep, that boot for 30 s at 100 W: 30 x (100 - 40) / (40 - 4) = 50 s.
 */
static void begin_world(const char *key, const char *value)
{
    world = weir_mock_new();
    for (int h = 0; h < 3; h++) {
        char name[16];
        snprintf(name, sizeof name, "h%d", h);
        weir_mock_host(world, name, "r", WEIR_VIEW_EDGE, 4, 0);
        world->hosts[h].may_sleep = true;
        world->hosts[h].idle_w = 40;
        world->hosts[h].off_w = 4;
        world->hosts[h].boot_w = 100;
        world->hosts[h].boot_time_s = 30;
    }
    self = weir_mock_state(&weir_policy_consolidate);
    if (key) {
        char *text = weir_format("{\"%s\": %s}", key, value);
        struct weir_json_doc *doc;
        CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "test", &doc), WEIR_OK);
        struct weir_json root = weir_json_root(doc);
        CU_ASSERT_EQUAL(weir_param_take(weir_policy_consolidate.params, &root, self), WEIR_OK);
        weir_json_free(doc);
        free(text);
    }
    static const struct weir_policy_env env = {1, "test", ""};
    CU_ASSERT_EQUAL(weir_policy_consolidate.create(self, &env), WEIR_OK);
}

static void end_world(void)
{
    weir_policy_consolidate.destroy(self);
    free(self);
    free(world);
}

/* An operator with an instance on each of the hosts, each so busy. */
static int spread(double busy, int hosts)
{
    int job = world->view.job_count ? 0 : weir_mock_job(world, "j", 0);
    char name[16];
    snprintf(name, sizeof name, "o%d", world->jobs[0].operator_count);
    int op = weir_mock_operator(world, job, name, 1e6);
    for (int h = 0; h < hosts; h++) {
        weir_mock_deploy(world, job, op, h);
        world->busy[job][op][h] = busy;
    }
    return op;
}

/* A window; what is asked of hosts is carried out, "s2" and "w1", with no time to boot. */
static const char *window(void)
{
    static char told[64];
    *told = 0;
    world->view.time_s += world->view.window_s;
    world->view.window++;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    CU_ASSERT_EQUAL(weir_policy_consolidate.window_ends(self, &world->view, plan), WEIR_OK);
    weir_plan_check(plan);
    int count;
    const struct weir_plan_power_change *powers = weir_plan_powers(plan, &count);
    for (int p = 0; p < count; p++) {
        CU_ASSERT_PTR_NULL(powers[p].refusal);
        snprintf(told + strlen(told), sizeof told - strlen(told), "%s%c%d", *told ? " " : "",
                 powers[p].sleeps ? 's' : 'w', powers[p].host);
        world->hosts[powers[p].host].asleep = powers[p].sleeps;
        world->hosts[powers[p].host].up = !powers[p].sleeps;
        world->hosts[powers[p].host].boot_s = powers[p].sleeps ? 30 : 0;
    }
    weir_mock_apply(world, plan);
    weir_plan_free(plan);
    return told;
}

static int instances_on(int host)
{
    return weir_mock_view(world)->hosts[host].instances;
}

static void packs_then_sleeps(void)
{
    /* Three instances of half a core each: after three windows below 2 of 4 cores the last host is emptied, and the
     * next one when the operator has cooled down for two minutes. A minute after it is empty, more than 50 s, it
     * sleeps. */
    begin_world(NULL, NULL);
    spread(0.5, 3);
    for (int w = 0; w < 2; w++)
        CU_ASSERT_STRING_EQUAL(window(), "");
    CU_ASSERT(instances_on(2) == 1);
    window(); /* 30 s */
    CU_ASSERT(instances_on(2) == 0 && instances_on(0) + instances_on(1) == 3);
    for (int w = 4; w < 10; w++) /* it is seen empty at 40 s */
        CU_ASSERT_STRING_EQUAL(window(), "");
    CU_ASSERT_STRING_EQUAL(window(), "s2"); /* 100 s */
    for (int w = 11; w < 15; w++)
        window();
    CU_ASSERT(instances_on(0) > 0 && instances_on(1) > 0);
    window(); /* 150 s: two minutes after 30 s */
    CU_ASSERT(instances_on(0) == 3 || instances_on(1) == 3);
    end_world();
}

static void a_boot_must_pay(void)
{
    static const struct {
        double boot_w;
        long windows; /* from the first one on, in which it is seen without an instance at 10 s */
    } cases[] = {{100, 7}, {160, 11}, {40, 7}}; /* 60 s; 30 x 120 / 36 = 100 s; 60 s */
    for (int c = 0; c < 3; c++) {
        begin_world("low", "0");
        spread(0.5, 2);
        world->hosts[2].boot_w = cases[c].boot_w;
        long w = 1;
        for (; w < 20 && !*window(); w++)
            ;
        CU_ASSERT_EQUAL(w, cases[c].windows);
        CU_ASSERT(world->hosts[2].asleep);
        end_world();
    }
    begin_world("low", "0");
    spread(0.5, 2);
    world->hosts[2].off_w = 40; /* sleep saves nothing */
    for (int w = 0; w < 20; w++)
        CU_ASSERT_STRING_EQUAL(window(), "");
    end_world();
}

static void wakes_for_what_comes(void)
{
    /* 8 cores are awake, of which 0.8 / 1.25 may be wanted: 5.12. At 2 x 2.6 cores h2 is woken. */
    begin_world("low", "0");
    int op[4] = {spread(0.5, 2), spread(0.5, 2), spread(0.5, 2), spread(0.5, 2)};
    for (int w = 0; w < 6; w++)
        window();
    CU_ASSERT_STRING_EQUAL(window(), "s2");
    for (int o = 0; o < 4; o++)
        for (int h = 0; h < 2; h++)
            world->busy[0][op[o]][h] = 0.63; /* 5.04 cores */
    CU_ASSERT_STRING_EQUAL(window(), "");
    for (int o = 0; o < 4; o++)
        for (int h = 0; h < 2; h++)
            world->busy[0][op[o]][h] = 0.65; /* 5.2 */
    CU_ASSERT_STRING_EQUAL(window(), "w2");
    end_world();
}

static int foresee(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    (void)state;
    const double per_s[] = {10, 10, 10, 26};
    weir_plan_foresee(plan, 0, -1, per_s, 4);
    return weir_policy_consolidate.window_ends(self, view, plan);
}

static void wakes_for_what_is_foreseen(void)
{
    /* 2 cores are used at 10/s; 26/s in the fourth window, 30 to 40 s ahead, before a boot of 30 s and two windows are
     * over: 5.2 cores. */
    begin_world("low", "0");
    for (int o = 0; o < 2; o++)
        spread(0.5, 2);
    for (int w = 0; w < 6; w++)
        window();
    CU_ASSERT_STRING_EQUAL(window(), "s2");
    world->jobs[0].ingress_rate = 10;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    int count;
    world->view.time_s += 10;
    CU_ASSERT_EQUAL(foresee(self, &world->view, plan), WEIR_OK);
    const struct weir_plan_power_change *powers = weir_plan_powers(plan, &count);
    CU_ASSERT(count == 1 && powers[0].host == 2 && !powers[0].sleeps);
    weir_plan_free(plan);
    end_world();
}

static void gives_way_to_a_job(void)
{
    /* 2 cores in use; a job that is declared to need 4 cores: (2 x 1.25 + 4) / 0.8 = 8.1 of 8 that are awake. */
    for (int more = 0; more < 2; more++) {
        begin_world("low", "0");
        for (int o = 0; o < 2; o++)
            spread(0.5, 2);
        for (int w = 0; w < 7; w++)
            window();
        CU_ASSERT(world->hosts[2].asleep);
        int job = weir_mock_job(world, "new", 0);
        weir_mock_operator(world, job, "n", 1e7);
        world->jobs[job].declared_items_per_s = more ? 400 : 380;
        world->jobs[job].declared_items = INFINITY;
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        int count;
        CU_ASSERT_EQUAL(weir_policy_consolidate.job_arrives(self, &world->view, job, plan), WEIR_OK);
        const struct weir_plan_power_change *powers = weir_plan_powers(plan, &count);
        CU_ASSERT(count == more && (!more || (powers[0].host == 2 && !powers[0].sleeps)));
        weir_plan_free(plan);
        end_world();
    }
}

static void what_stays(void)
{
    /* Other regions and hosts that must stay awake take nothing and give nothing: h1 is of another region. */
    begin_world(NULL, NULL);
    spread(0.1, 2);
    world->hosts[1].region = "elsewhere";
    world->hosts[0].may_sleep = false;
    for (int w = 0; w < 12; w++)
        window();
    CU_ASSERT(instances_on(0) == 1 && instances_on(1) == 1 && world->hosts[2].asleep);
    CU_ASSERT(!world->hosts[0].asleep && !world->hosts[1].asleep);
    end_world();
    /* A spare host; operators with state that may not be moved. */
    begin_world("spare", "1");
    spread(0.1, 2);
    for (int w = 0; w < 12; w++)
        window();
    CU_ASSERT(!world->hosts[2].asleep && instances_on(0) + instances_on(1) == 2);
    end_world();
    begin_world("stateful", "false");
    world->operators[0][spread(0.1, 3)].stateful = true;
    for (int w = 0; w < 12; w++)
        window();
    CU_ASSERT(instances_on(0) == 1 && instances_on(1) == 1 && instances_on(2) == 1);
    end_world();
}

static void relieves_hosts_that_are_full(void)
{
    /* Four instances of 0.9 of a core on h0: 3.6 of 4, more than 3.2: one moves. */
    begin_world("low", "0");
    int job = weir_mock_job(world, "j", 0);
    for (int o = 0; o < 4; o++) {
        char name[16];
        snprintf(name, sizeof name, "o%d", o);
        int op = weir_mock_operator(world, job, name, 1e6);
        weir_mock_deploy(world, job, op, 0);
        world->busy[job][op][0] = 0.9 + 0.01 * o;
    }
    window();
    CU_ASSERT(instances_on(0) == 3 && instances_on(1) + instances_on(2) == 1);
    CU_ASSERT(world->placed[job][0][0].host != 0); /* the least */
    end_world();
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"against all ways", against_all_ways},
        {"best fit and its bounds", best_fit_and_its_bounds},
        {"packs, then sleeps", packs_then_sleeps},
        {"a boot must pay", a_boot_must_pay},
        {"wakes for what comes", wakes_for_what_comes},
        {"wakes for what is foreseen", wakes_for_what_is_foreseen},
        {"gives way to a job", gives_way_to_a_job},
        {"what stays", what_stays},
        {"relieves hosts that are full", relieves_hosts_that_are_full},
        {0},
    };
    return weir_test_main("policies/consolidate", cases, argc, argv);
}
