#include "tests/policies/conformance.h"

#include <CUnit/CUnit.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/view.h"

static const struct weir_policy_env env = {.seed = 7, .stream = "policy/0/conformance"};

static void check(const struct weir_policy *policy, bool good, int line, const char *what)
{
    if (!good)
        fprintf(stderr, "\npolicy %s: %s\n", policy->name ? policy->name : "(no name)", what);
    CU_assertImplementation(good, (unsigned)line, what, __FILE__, "", CU_FALSE);
}
#define CHECK(condition, what) check(policy, condition, __LINE__, what)

/* ---- the struct ---- */

static bool word(const char *text, char joint)
{
    if (!text || !islower((unsigned char)text[0]))
        return false;
    for (const char *c = text; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != joint)
            return false;
    return true;
}

/* As the original has it, where a policy is somebody else's. */
static bool parameter(const char *text)
{
    if (!text || !islower((unsigned char)text[0]))
        return false;
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_.-", *c))
            return false;
    return true;
}

static bool sentence(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return length > 10 && text[length - 1] == '.' && (isupper((unsigned char)text[0]) || text[0] == '"');
}

static bool in_range(const struct weir_param *row, const void *state)
{
    const char *field = (const char *)state + row->offset;
    if (row->type == WEIR_PARAM_DOUBLE) {
        double value = *(const double *)(const void *)field;
        return value >= row->min && value <= row->max;
    }
    if (row->type == WEIR_PARAM_INT) {
        int value = *(const int *)(const void *)field;
        return value >= row->min && value <= row->max;
    }
    return true;
}

static void check_struct(const struct weir_policy *policy)
{
    CHECK(policy->abi == WEIR_POLICY_ABI, "abi is WEIR_POLICY_ABI");
    CHECK(word(policy->name, '-'), "the name is lower case and hyphens");
    CHECK(sentence(policy->summary), "the summary is one sentence");
    CHECK(policy->source != NULL, "source is a key, or \"\"");
    void *state = weir_mock_state(policy);
    for (const struct weir_param *row = policy->params; row && row->name; row++) {
        CHECK(parameter(row->name), "a parameter's name is letters, digits, underscores, dots and hyphens");
        CHECK(sentence(row->help), "a parameter's help is one sentence");
        CHECK(row->offset < policy->state_size, "a parameter's field is in the state");
        CHECK(in_range(row, state), "a default is in its range");
        CHECK(row->type != WEIR_PARAM_CHOICE || row->choices, "a choice has choices");
        for (const struct weir_param *other = policy->params; other < row; other++)
            CHECK(strcmp(other->name, row->name) != 0, "a parameter's name is there once");
    }
    free(state);
}

/* ---- worlds ---- */

/* Two sites, a device and two clouds; three jobs, one with a diamond, one stateful, one departed. */
static struct weir_mock *small_world(void)
{
    struct weir_mock *world = weir_mock_new();
    int site[2] = {weir_mock_host(world, "edge-0", "north", WEIR_VIEW_EDGE, 2, 4),
                   weir_mock_host(world, "edge-1", "south", WEIR_VIEW_EDGE, 4, 0)};
    int device = weir_mock_host(world, "phone", "north", WEIR_VIEW_DEVICE, 1, 1);
    int cloud = weir_mock_host(world, "cloud-0", "far", WEIR_VIEW_CLOUD, 16, 0);
    weir_mock_host(world, "cloud-1", "far", WEIR_VIEW_CLOUD, 8, 6);
    weir_mock_host(world, "edge-2", "south", WEIR_VIEW_EDGE, 2, 2);
    world->hosts[cloud].memory_bytes = 1e9;
    world->restart_s = 1;
    for (int j = 0; j < 3; j++) {
        weir_mock_job(world, j == 0 ? "first" : j == 1 ? "diamond" : "gone", j == 1 ? site[1] : device);
        for (int o = 0; o < 4; o++) {
            weir_mock_operator(world, j, o % 2 ? "odd" : "even", 1e6 * (o + 1));
            weir_mock_deploy(world, j, o, o == 3 ? cloud : site[j % 2 ? o % 2 : 0]);
        }
    }
    world->upstream[1][2][0] = 0; /* 0 -> 1 -> 3 and 0 -> 2 -> 3 */
    world->upstream[1][3][1] = 1;
    world->operators[1][3].upstream_count = 2;
    world->downstream[1][0][1] = 2;
    world->operators[1][0].downstream_count = 2;
    world->downstream[1][1][0] = 3;
    world->operators[0][1].stateful = world->operators[1][2].stateful = true;
    world->operators[0][1].state_bytes = 5e6;
    world->operators[1][2].window_s = 30;
    world->operators[0][2].min_instances = world->operators[1][3].min_instances = 0;
    world->operators[0][3].key_groups = 128;
    world->jobs[2].running = false;
    for (int o = 0; o < 4; o++)
        world->operators[2][o].instance_count = 0;
    return world;
}

/* Any figures, mostly sensible: what a monitor might show. `wild` mixes in infinities and huge values. */
static void scramble(struct weir_mock *world, struct weir_stream *dice, bool wild)
{
    for (int h = 0; h < world->view.host_count; h++) {
        world->hosts[h].up = weir_stream_uniform(dice) > 0.05;
        world->hosts[h].cpu = weir_stream_uniform(dice);
        world->wrong_from_s[h] = 10 * weir_stream_uniform(dice) + world->view.time_s;
        world->wrong_until_s[h] = world->wrong_from_s[h] + 10 * weir_stream_uniform(dice);
    }
    for (int j = 0; j < world->view.job_count; j++) {
        struct weir_job_view *job = &world->jobs[j];
        job->age_s += world->view.window_s;
        job->ingress_rate = weir_stream_exponential(dice, 400);
        job->backlog = weir_stream_uniform(dice) < 0.5 ? 0 : weir_stream_exponential(dice, 1e4);
        job->source_backpressured = weir_stream_uniform(dice) < 0.5 ? 0 : weir_stream_uniform(dice);
        job->latency_mean_s = weir_stream_exponential(dice, 0.1);
        job->late_rate = weir_stream_exponential(dice, 10);
        job->origin_count = (int)weir_stream_below(dice, (uint64_t)world->view.host_count + 1);
        for (int o = 0; o < job->origin_count; o++) {
            double rate = weir_stream_exponential(dice, 100);
            world->origins[j][o] = (struct weir_origin_view){
                .host = o, .delivered_rate = rate, .late_rate = rate / (o + 1), .bytes_per_s = 1e3 * rate};
        }
        for (int o = 0; o < job->operator_count; o++) {
            weir_mock_serve(world, j, o, weir_stream_exponential(dice, 300), weir_stream_exponential(dice, 200));
            struct weir_operator_view *op = &world->operators[j][o];
            op->changing = weir_stream_uniform(dice) < 0.1;
            op->backpressured = weir_stream_uniform(dice) < 0.7 ? 0 : weir_stream_uniform(dice) * op->idle;
            op->idle -= op->backpressured;
            op->held = weir_stream_uniform(dice) < 0.5 ? 0 : 1;
            for (int i = 0; i < WEIR_MOCK_INSTANCES; i++) {
                world->ready_s[j][o][i] = weir_stream_uniform(dice) < 0.1 ? -1 : 30 * weir_stream_uniform(dice);
                if (weir_stream_uniform(dice) < 0.1)
                    world->busy[j][o][i] = NAN;
            }
            if (op->min_instances == 0 && weir_stream_uniform(dice) < 0.1)
                op->instance_count = 0;
            op->state_bytes = op->stateful ? weir_stream_exponential(dice, 1e7) : 0;
            if (wild && weir_stream_uniform(dice) < 0.2)
                op->latency_s = op->queued = op->true_rate = INFINITY;
            if (wild && weir_stream_uniform(dice) < 0.2)
                op->true_rate = op->true_output_rate = weir_stream_uniform(dice) < 0.5 ? 0 : 1e300;
        }
        if (wild && weir_stream_uniform(dice) < 0.1)
            job->backlog = job->ingress_rate = INFINITY;
    }
}

/* ---- cases ---- */

static void *begin(const struct weir_policy *policy)
{
    void *state = weir_mock_state(policy);
    int code = policy->create ? policy->create(state, &env) : WEIR_OK;
    CHECK(code == WEIR_OK, "create takes the defaults");
    return state;
}

static void end(const struct weir_policy *policy, void *state)
{
    if (policy->destroy)
        policy->destroy(state);
    free(state);
}

/* One hook on the view as it is; the plan is checked, written down in `log` and, if wanted, carried out. */
static void hook(const struct weir_policy *policy, void *state, struct weir_mock *world, int arrives,
                 struct weir_text *log)
{
    const struct weir_view *view = weir_mock_view(world);
    struct weir_plan *plan = weir_plan_new(view);
    weir_plan_author(plan, policy->name);
    int code = WEIR_OK;
    if (arrives >= 0) {
        for (int o = 0; o < view->jobs[arrives].operator_count; o++) {
            struct weir_placement preset = {.host = 1, .weight = 1, .cpu_share = 1};
            world->operators[arrives][o].instance_count = 0;
            weir_plan_preset(plan, arrives, o, &preset, 1);
        }
        weir_mock_view(world);
        if (policy->job_arrives)
            code = policy->job_arrives(state, view, arrives, plan);
    } else if (policy->window_ends) {
        code = policy->window_ends(state, view, plan);
    }
    CHECK(code == WEIR_OK, "a hook returns 0");
    weir_mock_apply(world, plan);
    for (int o = 0; arrives >= 0 && o < view->jobs[arrives].operator_count; o++)
        if (world->operators[arrives][o].instance_count == 0) /* the default placement: edge-1 */
            weir_mock_deploy(world, arrives, o, 1);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int i = 0; i < count; i++) {
        const struct weir_plan_change *change = &changes[i];
        CHECK(view->jobs[change->job].running, "a departed job is left alone");
        CHECK(change->count >= view->jobs[change->job].operators[change->op].min_instances,
              "an operator that must have an instance is left one");
        CHECK(change->why[0] != '\0', "a decision says why");
        CHECK(!strstr(change->why, "nan"), "a reason has no NaN");
        CHECK(!change->refusal || change->refusal[0], "a refusal has a reason");
        weir_text_addf(log, "%g %d/%d: %s [%s]", view->time_s, change->job, change->op, change->why,
                       change->refusal ? change->refusal : "");
        for (int k = 0; k < change->count; k++) {
            CHECK(isfinite(change->instances[k].weight) && isfinite(change->instances[k].cpu_share),
                  "weights and shares are finite");
            CHECK(change->instances[k].host >= 0 && change->instances[k].host < view->host_count, "hosts exist");
            weir_text_addf(log, " %d*%.17g*%.17g", change->instances[k].host, change->instances[k].weight,
                           change->instances[k].cpu_share);
        }
        weir_text_add(log, "\n");
    }
    weir_plan_free(plan);
    char *told = policy->explain ? policy->explain(state, view) : NULL;
    CHECK(!told || (told[0] && !strstr(told, "nan")), "an explanation has text and no NaN");
    free(told);
}

static void check_side_by_side(const struct weir_policy *policy)
{
    void *first = begin(policy), *second = begin(policy);
    end(policy, first);
    struct weir_mock *world = small_world();
    struct weir_text log = {0};
    hook(policy, second, world, -1, &log); /* the first left nothing that the second needs */
    end(policy, second);
    weir_text_fini(&log);
    free(world);

    void *failed = weir_alloc(1, policy->state_size > 0 ? policy->state_size : 1);
    end(policy, failed); /* a state whose create did not run */
}

static void check_empty(const struct weir_policy *policy)
{
    struct weir_text log = {0};
    void *state = begin(policy);
    struct weir_mock *world = weir_mock_new(); /* no hosts, no jobs */
    for (int w = 0; w < 3; w++, world->view.time_s += world->view.window_s)
        hook(policy, state, world, -1, &log);
    CHECK(log.length == 0, "nothing is decided where there is nothing");
    free(world);
    end(policy, state);

    state = begin(policy);
    world = small_world(); /* every metric 0 */
    for (int w = 0; w < 10; w++, world->view.time_s += world->view.window_s)
        hook(policy, state, world, -1, &log);
    for (int h = 0; h < world->view.host_count; h++)
        world->hosts[h].up = false;
    hook(policy, state, world, -1, &log);
    hook(policy, state, world, 0, &log); /* a job arrives and no host is up */
    free(world);
    end(policy, state);
    weir_text_fini(&log);
}

/* The log of 200 windows of drawn views with arrivals and a departure. */
static void random_windows(const struct weir_policy *policy, bool wild, struct weir_text *log)
{
    struct weir_mock *world = small_world();
    struct weir_stream dice = weir_stream_open(11, "conformance");
    void *state = begin(policy);
    hook(policy, state, world, 0, log);
    for (int w = 0; w < 200; w++) {
        world->view.window = w;
        world->view.time_s += world->view.window_s;
        scramble(world, &dice, wild);
        hook(policy, state, world, -1, log);
        if (w == 80) { /* the first job goes, and another comes in its name */
            world->jobs[0].running = false;
            if (policy->job_departs)
                policy->job_departs(state, weir_mock_view(world), 0);
        }
        if (w == 120)
            world->jobs[0].running = true;
        if (w == 120)
            hook(policy, state, world, 0, log);
    }
    end(policy, state);
    free(world);
}

static void check_random(const struct weir_policy *policy)
{
    for (int wild = 0; wild <= 1; wild++) {
        struct weir_text once = {0}, again = {0};
        random_windows(policy, wild, &once);
        random_windows(policy, wild, &again);
        CHECK(strcmp(weir_text_string(&once), weir_text_string(&again)) == 0, "the same views give the same plans");
        weir_text_fini(&once);
        weir_text_fini(&again);
    }
}

void weir_conformance(const struct weir_policy *policy)
{
    check_struct(policy);
    check_side_by_side(policy);
    check_empty(policy);
    check_random(policy);
}
