/* What a policy foresees is in the plan for those after it: kept, replaced, refused; told by proactive by operator and
 * window; and load-balancer moves and stays by it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_proactive, weir_policy_load_balancer;
static const struct weir_policy_env env = {.seed = 1, .stream = "policy/outlook", .folder = ""};

enum { EDGE, CLOUD, MOST = 200 };
static struct weir_mock *world;
static struct weir_json_doc *params; /* as long as the policy, which may have a slot in it */
static void *state;

/* One edge core of 1e9 flop/s at the source, a cloud of 16 cores of 4e9 behind `latency_s`; an operator of 1e7 flop an
 * item, 100/s at the edge and 400/s in the cloud. Restart 1 s, H = 300 s. */
static void begin(const struct weir_policy *policy, double latency_s, const char *text)
{
    world = weir_mock_new();
    state = weir_mock_state(policy);
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "params", &params), WEIR_OK);
    struct weir_json root = weir_json_root(params);
    CU_ASSERT_EQUAL_FATAL(weir_param_bind(policy->params, &root, NULL, state), WEIR_OK);
    weir_mock_edge_and_cloud(world, latency_s);
    world->jobs[0].slo_s = INFINITY;
    CU_ASSERT_EQUAL_FATAL(policy->create(state, &env), WEIR_OK);
}

static void end(const struct weir_policy *policy)
{
    policy->destroy(state);
    weir_json_free(params);
    free(state);
    free(world);
}

static void kept(void)
{
    const double three[] = {1, 2, 3}, wrong[] = {1, -1}, none[] = {NAN};
    const double *got = three;
    begin(&weir_policy_load_balancer, 0.010, "{}");
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    for (int op = -2; op <= 1; op++) {
        CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, op, &got), 0);
        CU_ASSERT_PTR_NULL(got);
    }
    weir_plan_foresee(plan, 0, 0, three, 3);
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, 0, &got), 3);
    CU_ASSERT(got && got != three && memcmp(got, three, sizeof three) == 0);
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, -1, &got), 0);
    weir_plan_foresee(plan, 0, -1, three + 1, 2);
    weir_plan_foresee(plan, 0, 0, three + 2, 1); /* replaces */
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, -1, &got), 2);
    CU_ASSERT_EQUAL(got[0], 2);
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, 0, &got), 1);
    CU_ASSERT_EQUAL(got[0], 3);
    /* what is wrong changes nothing */
    weir_plan_foresee(plan, 0, 0, wrong, 2);
    weir_plan_foresee(plan, 0, 0, none, 1);
    weir_plan_foresee(plan, 0, 0, three, 0);
    weir_plan_foresee(plan, 0, 1, three, 3);
    weir_plan_foresee(plan, 0, -2, three, 3);
    weir_plan_foresee(plan, 1, 0, three, 3);
    weir_plan_foresee(plan, -1, -1, three, 3);
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, 0, &got), 1);
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 1, 0, &got), 0);
    int changes;
    weir_plan_changes(plan, &changes);
    CU_ASSERT_EQUAL(changes, 0);
    weir_plan_reset(plan); /* of one plan */
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, 0, &got), 0);
    weir_plan_free(plan);
    end(&weir_policy_load_balancer);
}

/* The oracle knows 50/s until 200 s and 90/s then. Of two operators the first passes every second item on, so that the
 * second is told of half of that. Nothing is told before a model is there. */
static void told_ahead(int ahead)
{
    const char *file = weir_test_file("step.csv", "time_s,rate\n0,50\n200,90\n4000,90\n");
    char *text =
        weir_format("{\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\"}, \"warm\": 2, \"hold\": \"%ds\", "
                    "\"horizon\": \"10s\"}",
                    file, 10 * ahead);
    static double history[MOST];
    begin(&weir_policy_proactive, 0.010, text);
    weir_mock_operator(world, 0, "b", 1e6);
    weir_mock_deploy(world, 0, 1, EDGE);
    world->operators[0][0].selectivity = 0.5;
    world->jobs[0].ingress_history = history;
    for (int w = 1; w <= 20; w++) {
        history[world->jobs[0].history_count++] = world->jobs[0].ingress_rate = 50;
        weir_mock_serve(world, 0, 0, 50, 100);
        weir_mock_serve(world, 0, 1, 25, 1000);
        world->operators[0][0].true_output_rate = 0.5 * world->operators[0][0].true_rate;
        world->view.window++;
        world->view.time_s += world->view.window_s;
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        CU_ASSERT_EQUAL(weir_policy_proactive.window_ends(state, &world->view, plan), WEIR_OK);
        for (int op = -1; op < 2; op++) {
            const double *per_s;
            int steps = weir_plan_foreseen(plan, 0, op, &per_s);
            CU_ASSERT_EQUAL(steps, w < 2 ? 0 : ahead);
            for (int k = 0; k < steps; k++) /* window w + k, from 10 (w + k) s on */
                CHECK_NEAR(per_s[k], (op == 1 ? 0.5 : 1) * (w + k < 20 ? 50 : 90), 1e-9);
        }
        weir_plan_free(plan);
    }
    end(&weir_policy_proactive);
    free(text);
}

static void told_by_operator(void)
{
    told_ahead(5);
    told_ahead(1);
}

static double load(int window, int from, int until)
{
    return window >= from && window < until ? 90 : 10;
}

/* Window w of a load of 90/s in the windows from..until-1, else 10/s, `steps` windows of which are foreseen. */
static int window(int w, int from, int until, int steps)
{
    double per_s[MOST];
    int host = world->placed[0][0][0].host;
    world->jobs[0].ingress_rate = load(w, from, until);
    weir_mock_serve(world, 0, 0, load(w, from, until), host == EDGE ? 100 : 400);
    world->view.window = w;
    world->view.time_s = 10 * (w + 1);
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    for (int k = 0; k < steps; k++)
        per_s[k] = load(w + 1 + k, from, until);
    weir_plan_foresee(plan, 0, -1, per_s, steps);
    weir_plan_foresee(plan, 0, 0, per_s, steps);
    CU_ASSERT_EQUAL(weir_policy_load_balancer.window_ends(state, &world->view, plan), WEIR_OK);
    int applied = weir_mock_apply(world, plan);
    weir_plan_free(plan);
    return applied;
}

/* Cloud 10 ms away: at 10/s the edge is quicker (1/90 = 11.1 ms < 1.67 + 10 + 2.6 ms), at 90/s the cloud (1/10 = 100
 * ms). Load of 90/s from window 20 on. Three windows in a row and a restart of 1 s, four windows in all, are what a
 * move takes: with so much foreseen it counts from window 16 on and moves at the end of 18, before the first window of
 * 90/s. With three windows foreseen a window later, with two another; without foresight at the end of window 22. */
static void moves_ahead(void)
{
    static const struct {
        const char *text;
        int steps, at;
    } cases[] = {{"{}", 60, 18},
                 {"{}", 4, 18},
                 {"{}", 3, 19},
                 {"{}", 2, 20},
                 {"{}", 0, 22},
                 {"{\"foresee\": false}", 60, 22},
                 {"{\"windows\": 1}", 60, 18}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(&weir_policy_load_balancer, 0.010, cases[i].text);
        for (int w = 0; w < 30; w++) {
            int moved = window(w, 20, 100, cases[i].steps);
            if (moved != (w == cases[i].at))
                printf("case %zu: window %d\n", i, w);
            CU_ASSERT_EQUAL(moved, w == cases[i].at);
        }
        end(&weir_policy_load_balancer);
    }
}

/* It would move, but that the edge has three slots, and 90/s, foreseen or there, need one instance of them. */
static void stays_where_there_is_room(void)
{
    begin(&weir_policy_load_balancer, 0.010, "{\"only_when_full\": true}");
    world->hosts[EDGE].slots = 3;
    for (int w = 0; w < 30; w++)
        CU_ASSERT_EQUAL(window(w, 20, 100, 60), 0);
    end(&weir_policy_load_balancer);
}

/* State of 100 MB over 100 MB/s at 1 s a window: 1 + 1 s of stall are two windows more than the three of patience, so
 * that it moves three windows ahead. */
static void counts_the_stall(void)
{
    begin(&weir_policy_load_balancer, 0.010, "{}");
    world->operators[0][0].state_bytes = 100e6;
    world->view.window_s = 1;
    int at = -1;
    for (int w = 0; w < 30 && at < 0; w++)
        if (window(w, 20, 100, 60))
            at = w;
    CU_ASSERT_EQUAL(at, 17); /* counted from window 15 on, which is five before 20 */
    end(&weir_policy_load_balancer);
}

/* Cloud 50 ms away, load of 90/s in windows 5 to 9 and again from 60 on. Back at the edge would be quicker from window
 * 40 on, by far (11 ms against 52 ms), but not for H: so it stays, unless the second surge is not foreseen, or begins
 * beyond H, which is 30 windows. */
static void stays_for_what_is_to_come(void)
{
    static const struct {
        int steps, again;
        bool stays;
    } rows[] = {{0, 60, false}, {30, 60, true}, {50, 60, true}, {50, 80, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(&weir_policy_load_balancer, 0.050, "{}");
        int changes = 0, back = -1;
        for (int w = 0; w < 60; w++) {
            double per_s[MOST];
            bool surge = (w >= 5 && w < 10);
            world->jobs[0].ingress_rate = surge ? 90 : 10;
            weir_mock_serve(world, 0, 0, surge ? 90 : 10, world->placed[0][0][0].host == EDGE ? 100 : 400);
            world->view.window = w;
            world->view.time_s = 10 * (w + 1);
            struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
            for (int k = 0; k < rows[i].steps; k++)
                per_s[k] = w + 1 + k >= rows[i].again ? 90 : 10;
            weir_plan_foresee(plan, 0, -1, per_s, rows[i].steps);
            weir_plan_foresee(plan, 0, 0, per_s, rows[i].steps);
            CU_ASSERT_EQUAL(weir_policy_load_balancer.window_ends(state, &world->view, plan), WEIR_OK);
            int applied = weir_mock_apply(world, plan);
            changes += applied;
            if (applied && world->placed[0][0][0].host == EDGE)
                back = w;
            weir_plan_free(plan);
        }
        CU_ASSERT_EQUAL(changes,
                        rows[i].stays ? 1 : 2); /* to the cloud at the end of window 7, and not back before 37 */
        CU_ASSERT_EQUAL(back, rows[i].stays ? -1 : 37);
        end(&weir_policy_load_balancer);
    }
}

/* H is one window here, less than the three of patience. It leaves since 90/s are foreseen of it; later these are
 * foreseen of the source alone, in windows `from` to 3 from now. Of its 80 items/s the way to the cloud could not bear
 * them, so that it would return, but only from within H: else 0.3 x 26 ms there are less than 11 ms at the edge. */
static void returns_by_its_horizon(void)
{
    for (int from = 1; from <= 3; from++) {
        begin(&weir_policy_load_balancer, 0.010, "{\"horizon\": \"10s\", \"return_ratio\": 0.3}");
        world->operators[0][0].in_bytes = 1e5;
        world->bytes_per_s = 80 * 1e5;
        int back = -1;
        for (int w = 0; w < 30; w++) {
            double of_source[3], of_op[3];
            for (int k = 0; k < 3; k++) {
                of_source[k] = w >= 20 && k + 1 >= from ? 90 : 10;
                of_op[k] = w < 10 ? 90 : 10;
            }
            world->jobs[0].ingress_rate = 10;
            weir_mock_serve(world, 0, 0, 10, world->placed[0][0][0].host == EDGE ? 100 : 400);
            world->view.window = w;
            world->view.time_s = 10 * (w + 1);
            struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
            weir_plan_foresee(plan, 0, -1, of_source, 3);
            weir_plan_foresee(plan, 0, 0, of_op, 3);
            CU_ASSERT_EQUAL(weir_policy_load_balancer.window_ends(state, &world->view, plan), WEIR_OK);
            if (weir_mock_apply(world, plan) && world->placed[0][0][0].host == EDGE)
                back = w;
            weir_plan_free(plan);
            CU_ASSERT_EQUAL(world->placed[0][0][0].host, w < 2 || back >= 0 ? EDGE : CLOUD);
        }
        CU_ASSERT_EQUAL(back, from == 1 ? 22 : -1);
        end(&weir_policy_load_balancer);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"kept", kept},
                                             {"told_by_operator", told_by_operator},
                                             {"moves_ahead", moves_ahead},
                                             {"stays_where_there_is_room", stays_where_there_is_room},
                                             {"counts_the_stall", counts_the_stall},
                                             {"stays_for_what_is_to_come", stays_for_what_is_to_come},
                                             {"returns_by_its_horizon", returns_by_its_horizon},
                                             {0}};
    return weir_test_main("policies/outlook", cases, argc, argv);
}
