#include "tests/policies/sentinel_world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"

static const struct weir_policy_env env = {.seed = 1, .stream = "policy/sentinel", .folder = ""};

struct weir_mock *world;
const struct weir_policy *policy;
static struct weir_json_doc *params;
void *state;
static double history[JOBS][400];
struct weir_text notes;
double load[HOSTS];

static const double large[] = {2e7, 2e7}, small[] = {5e6, 5e6};

int begin_as(const struct weir_policy *which, const char *text)
{
    static const int home[JOBS] = {NORTH, SOUTH, NORTH};
    policy = which;
    world = weir_mock_new();
    world->view.window_s = 60;
    weir_mock_host(world, "north", "north", WEIR_VIEW_DEVICE, 1, 0);
    weir_mock_host(world, "south", "south", WEIR_VIEW_DEVICE, 1, 0);
    weir_mock_host(world, "n1", "north", WEIR_VIEW_EDGE, 4, 0);
    weir_mock_host(world, "n2", "north", WEIR_VIEW_EDGE, 4, 0);
    weir_mock_host(world, "s1", "south", WEIR_VIEW_EDGE, 4, 0);
    weir_mock_host(world, "s2", "south", WEIR_VIEW_EDGE, 4, 0);
    for (int e = SERVERS; e < HOSTS; e++) {
        int near = e < S1 ? NORTH : SOUTH;
        world->latency_s[e][1 - near] = world->latency_s[1 - near][e] = 20e-3;
        world->hosts[e].memory_bytes = 16e9;
    }
    for (int j = 0; j < JOBS; j++) {
        weir_mock_job(world, "stream", home[j]);
        world->jobs[j].sink_host = home[j];
        weir_mock_operator(world, j, "serve", j < 2 ? 4e7 : 1e7);
        world->operators[j][0].downstream_bytes = j < 2 ? large : small;
        weir_mock_deploy(world, j, 0, home[j] == NORTH ? N1 : S1);
    }
    memset(load, 0, sizeof load);
    state = weir_mock_state(policy);
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "params", &params), WEIR_OK);
    struct weir_json root = weir_json_root(params);
    int code = weir_param_bind(policy->params, &root, NULL, state);
    return code == WEIR_OK ? policy->create(state, &env) : code;
}

void begin(const char *text)
{
    CU_ASSERT_EQUAL_FATAL(begin_as(&weir_policy_sentinel, text), WEIR_OK);
}

void end(void)
{
    policy->destroy(state);
    weir_json_free(params);
    free(state);
    free(world);
    weir_text_fini(&notes);
}

void report(void)
{
    for (int e = SERVERS; e < HOSTS; e++) {
        double wave = 1 + 0.2 * sin((double)(world->view.window * 7 + e)), rate = load[e] * wave;
        world->hosts[e].cpu = 0.01 * rate;
        world->hosts[e].disk_bytes_per_s = world->hosts[e].sent_bytes_per_s = 2e7 * rate;
        world->hosts[e].memory_reported_bytes = 1e6 * rate;
    }
}

int close_window(const double came[JOBS])
{
    for (int j = 0; j < JOBS; j++) {
        struct weir_job_view *job = &world->jobs[j];
        job->ingress_rate = came[j] / world->view.window_s;
        history[j][job->history_count++] = job->ingress_rate;
        job->ingress_history = history[j];
        world->operators[j][0].arrival_rate = job->ingress_rate;
    }
    world->view.window++;
    world->view.time_s += world->view.window_s;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, policy->name);
    CU_ASSERT_EQUAL(policy->window_ends(state, &world->view, plan), WEIR_OK);
    int count;
    const struct weir_plan_warning *told = weir_plan_warnings(plan, &count);
    notes.length = 0;
    for (int k = 0; k < count; k++)
        weir_text_addf(&notes, "%s%s\n", told[k].note ? "" : "warning: ", told[k].why);
    CU_ASSERT_EQUAL(weir_plan_check_finite(plan), WEIR_OK);
    int changed = weir_mock_apply(world, plan);
    weir_plan_free(plan);
    return changed;
}

int step(double north, double south, double little)
{
    report();
    return close_window((const double[JOBS]){north, south, little});
}

bool told(const char *text)
{
    bool found = strstr(weir_text_string(&notes), text) != NULL;
    if (!found)
        printf("\n    not in the notes: %s\n%s", text, weir_text_string(&notes));
    return found;
}

double share(int job, int host)
{
    const struct weir_operator_view *op = &world->operators[job][0];
    double all = 0, there = 0;
    for (int k = 0; k < op->instance_count; k++) {
        all += op->instances[k].weight;
        there += op->instances[k].host == host ? op->instances[k].weight : 0;
    }
    return there / all;
}

double on_servers(int job)
{
    return share(job, N1) + share(job, N2) + share(job, S1) + share(job, S2);
}
