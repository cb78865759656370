/* weir explain: what a policy decides in a scenario, in its own words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/apart.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/engine/run.h"
#include "sim/experiment/shipped.h"

enum { SEED, SET, AT, BOUND, JSON, TIMEOUT };
static const struct weir_flag flags[] = {
    [SEED] = {"seed", 's', "N", "the seed; else the scenario's first"},
    [SET] = {"set", 0, "PATH=VALUE", "change a value of the scenario, as in duration=600s; repeatable"},
    [AT] = {"at", 0, "TIME", "the decision in force at that time, as in 10min; else the first"},
    [BOUND] = {"bound", 0, NULL, "also how far the decision can be from the best one"},
    [JSON] = {"json", 0, NULL, "one JSON object in place of text"},
    [TIMEOUT] = {"timeout", 0, "TIME", "give up after so much real time; else 10min"},
    {0},
};

struct question {
    struct weir_run_spec spec;
    double at_s;
    struct weir_explain_wish wish;
    bool reached, told;
};

static bool hear(void *context, double time_s, const char *policy, const char *text)
{
    struct question *question = context;
    if (time_s + 1e-9 < question->at_s)
        return false;
    question->reached = true;
    if (text)
        fputs(text, stdout);
    question->told |= text != NULL;
    return text || question->at_s > 0;
}

static int ask(void *context)
{
    struct question *question = context;
    bool plain = !question->wish.json && !question->wish.bound;
    struct weir_observer observer = {
        .context = question, .explained = hear, .explain_wish = plain ? NULL : &question->wish};
    struct weir_result result = {0};
    question->spec.observer = &observer;
    int code = weir_run(&question->spec, &result);
    weir_result_fini(&result);
    int printed = weir_stdout_finish();
    if (code == WEIR_OK && printed != WEIR_OK)
        return printed;
    if (code == WEIR_OK && !question->told)
        code = question->reached && question->at_s > 0
                   ? weir_error(WEIR_ERUN, "policy %s decided nothing until %g s", question->spec.stack->label,
                                question->at_s)
                   : weir_error(WEIR_ERUN, "policy %s decided nothing until the end", question->spec.stack->label);
    return code;
}

/* Whether a policy of the stack has an explanation to give; the names of those of the catalogue that have. */
static int check_can(const struct weir_stack *stack, const struct weir_policy *const *catalog, bool plain)
{
    char *names = weir_copy("");
    bool can = false;
    for (int i = 0; catalog[i]; i++) {
        if (plain ? !catalog[i]->explain : !catalog[i]->explain_as)
            continue;
        char *more = weir_format("%s%s%s", names, *names ? ", " : "", catalog[i]->name);
        free(names);
        names = more;
        for (int p = 0; p < stack->use_count; p++)
            can |= strcmp(stack->uses[p].name, catalog[i]->name) == 0;
    }
    for (int p = 0; p < stack->use_count; p++)
        can |= strchr(stack->uses[p].name, '/') || strstr(stack->uses[p].name, ".so"); /* seen when it is loaded */
    int code = can ? WEIR_OK
                   : weir_error(WEIR_EINPUT, "policy %s does not explain its decisions%s; those that do: %s",
                                stack->label, plain ? "" : " so", *names ? names : "none");
    free(names);
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_scenario *scenario = NULL;
    struct weir_stack stack = {0};
    struct question question = {0};
    const char **sets = NULL;
    char *path = NULL;
    double timeout_s = 600;
    const char *seed = weir_arguments_value(arguments, SEED), *at = weir_arguments_value(arguments, AT);
    const char *timeout = weir_arguments_value(arguments, TIMEOUT);
    int code = weir_read_sets(arguments, SET, &sets);
    if (code == WEIR_OK && seed)
        code = weir_read_seed("seed", seed, &question.spec.seed);
    if (code == WEIR_OK && at)
        code = weir_read_time("at", at, &question.at_s);
    if (code == WEIR_OK && timeout)
        code = weir_read_time("timeout", timeout, &timeout_s);
    if (code == WEIR_OK)
        code = weir_stack_parse(arguments->words[0], &stack);
    if (code == WEIR_OK)
        code = weir_stack_check(&stack, cli->catalog);
    question.wish = (struct weir_explain_wish){.json = weir_arguments_value(arguments, JSON) != NULL,
                                               .bound = weir_arguments_value(arguments, BOUND) != NULL};
    if (code == WEIR_OK)
        code = check_can(&stack, cli->catalog, !question.wish.json && !question.wish.bound);
    if (code == WEIR_OK)
        code = weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, NULL, arguments->words[1], &path);
    if (code == WEIR_OK)
        code = weir_scenario_read(path, sets, &scenario);
    if (code == WEIR_OK) {
        question.spec.scenario = scenario;
        question.spec.catalog = cli->catalog;
        question.spec.stack = &stack;
        if (!seed)
            question.spec.seed = scenario->seeds[0];
        fflush(stdout);
        code = weir_apart(ask, &question, timeout_s, WEIR_EENGINE);
    }
    weir_scenario_free(scenario);
    free(path);
    weir_stack_fini(&stack);
    free(sets);
    return code;
}

const struct weir_command weir_command_explain = {
    .name = "explain",
    .words = "POLICY SCENARIO",
    .min_words = 2,
    .max_words = 2,
    .summary = "show what a policy decides in a scenario, and why",
    .detail = WEIR_SCENARIO_HELP
    "POLICY is named as after --policy of `weir run`. The scenario runs until the policy has decided, after all "
    "jobs\nthat arrive at that date; then its explanation is printed, and nothing is written.\n",
    .flags = flags,
    .run = run,
};
