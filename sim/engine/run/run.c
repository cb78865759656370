/* weir_run: puts the rooms of a run together, lets the clock go, and takes them down again. */
#include "sim/engine/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/api/policy_load.h"
#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/control/control.h"
#include "sim/engine/run/result.h"
#include "sim/model/foreign.h"

/* Real time for the create hooks of a stack with a shared object in it. */
#define CREATE_AT_MOST_S 10.0

struct stack_to_check {
    const struct weir_stack *stack;
    const struct weir_policy *const *catalog;
};

static int check_stack(void *context)
{
    const struct stack_to_check *check = context;
    struct weir_policies policies;
    int code = weir_policies_make(&policies, check->stack, check->catalog, 1, NULL);
    weir_policies_free(&policies);
    return code;
}

int weir_stack_check(const struct weir_stack *stack, const struct weir_policy *const *catalog)
{
    struct stack_to_check check = {stack, catalog};
    for (int p = 0; p < stack->use_count; p++)
        if (weir_policy_is_path(stack->uses[p].name)) {
            int code = weir_apart(check_stack, &check, CREATE_AT_MOST_S, WEIR_EINPUT);
            return code && !strstr(weir_error_message(), stack->uses[p].name)
                       ? weir_error_context("policy %s", stack->uses[p].name)
                       : code;
        }
    return check_stack(&check);
}

int weir_stack_look(const struct weir_stack *stack, const struct weir_policy *const *catalog)
{
    for (int p = 0; p < stack->use_count; p++) {
        const struct weir_stack one = {.uses = &stack->uses[p], .use_count = 1};
        int code = WEIR_OK;
        if (!weir_policy_is_path(stack->uses[p].name))
            code = check_stack(&(struct stack_to_check){&one, catalog});
        if (!code)
            code = weir_foreign_look(&stack->uses[p]);
        if (code)
            return code;
    }
    return WEIR_OK;
}

static double wall_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

struct run {
    struct weir_clock clock;
    struct weir_shares *shares;
    struct weir_books books;
    struct weir_flow flow;
    struct weir_controller *controller;
    struct weir_policies policies;
    struct weir_result *result;
};

static void init_books(struct run *run, const struct weir_run_spec *spec)
{
    int count = weir_shares_link_count(run->shares);
    struct weir_link_view *links = weir_alloc((size_t)count, sizeof *links);
    for (int l = 0; l < count; l++)
        links[l] = (struct weir_link_view){weir_link_name(run->shares, l), weir_link_bandwidth(run->shares, l),
                                           weir_link_latency(run->shares, l)};
    weir_books_init(&run->books, spec, links, count);
    free(links);
}

/* The end of the run: SimGrid's clock stands there, too. */
static void finish(void *context)
{
    struct run *run = context;
    if (weir_flow_check_conservation(&run->flow) == WEIR_OK)
        weir_result_fill(&run->flow, run->result);
    else
        weir_clock_fail(&run->clock, weir_error_code(), "%s", weir_error_message());
}

static int go(struct run *run, const struct weir_run_spec *spec)
{
    init_books(run, spec);
    weir_flow_init(&run->flow, spec->scenario, spec->seed, &run->clock, run->shares, &run->books);
    run->controller = weir_controller_new(&(struct weir_control_parts){.spec = spec,
                                                                       .clock = &run->clock,
                                                                       .shares = run->shares,
                                                                       .books = &run->books,
                                                                       .flow = &run->flow,
                                                                       .policies = &run->policies,
                                                                       .finish = finish,
                                                                       .context = run});
    weir_shares_run(run->shares);
    weir_controller_close(run->controller);
    run->result->decision_wall_s = run->books.decision_wall_s;
    if (run->clock.code)
        return weir_error(run->clock.code, "%s", run->clock.message);
    if (!run->clock.over)
        return weir_error(WEIR_EENGINE, "the run stopped at %.6g s, before its end", run->clock.now_s);
    return WEIR_OK;
}

/* In the order in which they know each other. */
static void take_down(struct run *run)
{
    if (run->controller) {
        weir_controller_free(run->controller);
        weir_flow_fini(&run->flow);
        weir_books_fini(&run->books);
    }
    if (run->shares)
        weir_shares_free(run->shares);
    weir_clock_fini(&run->clock);
    weir_policies_free(&run->policies);
}

int weir_run(const struct weir_run_spec *spec, struct weir_result *result)
{
    memset(result, 0, sizeof *result);
    double start_s = wall_s();
    struct run *run = weir_alloc(1, sizeof *run);
    run->result = result;
    weir_clock_init(&run->clock);
    int code = weir_policies_make(&run->policies, spec->stack, spec->catalog, spec->seed, spec->observer);
    if (code == WEIR_OK) {
        run->shares = weir_shares_new(
            &(struct weir_shares_spec){.scenario = spec->scenario, .platform = spec->scenario->platform}, &run->clock);
        code = run->shares ? go(run, spec) : weir_error_code();
    }
    result->wall_s = wall_s() - start_s;
    double items = 0;
    for (int j = 0; j < result->job_count; j++)
        items += (double)result->jobs[j].emitted;
    result->items_per_wall_s = result->wall_s > 0 ? items / result->wall_s : 0;
    if (code == WEIR_OK)
        weir_error_clear();
    take_down(run); /* a policy may find out now that something was wrong */
    free(run);
    if (code == WEIR_OK)
        code = weir_error_code();
    if (code != WEIR_OK)
        weir_result_fini(result);
    return code;
}

int weir_engine_probe(struct weir_probe *probe)
{
    return weir_shares_probe(probe);
}

const char *weir_engine_version(void)
{
    return weir_shares_version();
}

int weir_engine_open(void)
{
    return weir_shares_open();
}
