#include "tests/policies/proactive_world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "tests/support/test.h"

struct weir_mock *world;
const struct weir_policy *policy;
void *state;
double history[MOST];
char why[1024], warning[1024], lesson[1024];
int warnings, lessons;
double flops, rate_each, served_most;
const char *seen_from = "";
static struct weir_json_doc *params;

int begin(const struct weir_policy *which, const char *text)
{
    const struct weir_policy_env env = {.seed = 1, .stream = "policy/proactive", .folder = seen_from};
    policy = which;
    world = weir_mock_new();
    state = weir_mock_state(policy);
    why[0] = warning[0] = '\0';
    warnings = lessons = 0;
    flops = 0;
    rate_each = 100;
    served_most = INFINITY;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "params", &params), WEIR_OK);
    struct weir_json root = weir_json_root(params);
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, 64, 0);
    weir_mock_job(world, "stream", 0);
    weir_mock_operator(world, 0, "work", 1e7);
    world->operators[0][0].max_parallelism = 30;
    weir_mock_deploy(world, 0, 0, 0);
    world->jobs[0].slo_s = INFINITY;
    int code = weir_param_bind(policy->params, &root, NULL, state);
    return code == WEIR_OK ? policy->create(state, &env) : code;
}

void end(void)
{
    policy->destroy(state);
    weir_json_free(params);
    free(state);
    free(world);
}

int step(double ingress)
{
    struct weir_job_view *job = &world->jobs[0];
    history[job->history_count++] = ingress;
    job->ingress_history = history;
    job->ingress_rate = ingress;
    weir_mock_serve(world, 0, 0, ingress, rate_each);
    job->emitted_rate = fmin(job->emitted_rate, served_most);
    world->operators[0][0].processed_rate = job->emitted_rate;
    world->view.window++;
    world->view.time_s += world->view.window_s;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, policy->name);
    CU_ASSERT_EQUAL(policy->window_ends(state, &world->view, plan), WEIR_OK);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    if (count)
        snprintf(why, sizeof why, "%s", changes[0].why);
    const struct weir_plan_warning *notes = weir_plan_warnings(plan, &count);
    for (int i = 0; i < count; i++) {
        warnings += !notes[i].note;
        lessons += notes[i].note;
        snprintf(notes[i].note ? lesson : warning, sizeof warning, "%s", notes[i].why);
    }
    flops += weir_plan_flops(plan);
    weir_mock_apply(world, plan);
    weir_plan_free(plan);
    return world->operators[0][0].instance_count;
}

double told(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    return at ? strtod(at + strlen(word), NULL) : NAN;
}
