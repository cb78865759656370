/* One run of a sweep, in its child: from its number to a record. */
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/recorder.h"
#include "sim/experiment/sweep.h"

/* Puts a text into the draft as one member. */
static int add_member(struct weir_pack_draft *draft, enum weir_pack_member member, const char *text)
{
    FILE *file = weir_pack_draft_open(draft, member);
    fputs(text, file);
    return weir_pack_draft_close(draft, file, member);
}

/* Runs with windows.csv going into the draft as it comes; decisions are few and wait in memory. How far the run is is
 * not told: runs are many, and telling costs. */
static int run_observed(const struct weir_run_spec *spec, bool keep_files, struct weir_pool_line *line,
                        struct weir_pack_draft *draft, struct weir_result *result)
{
    struct weir_recorder recorder = {.line = line};
    struct weir_observer observer;
    struct weir_run_spec observed = *spec;
    FILE *windows = NULL;
    char *decisions = NULL;
    size_t size;
    observed.observer = &observer;
    if (keep_files) {
        windows = weir_pack_draft_open(draft, WEIR_PACK_WINDOWS);
        recorder.windows = weir_rows_new(windows, false);
        recorder.decisions = open_memstream(&decisions, &size);
    }
    weir_recorder_begin(&recorder, &observer);
    observer.progress = NULL;
    int code = weir_run(&observed, result);
    if (keep_files) {
        fclose(recorder.decisions);
        weir_rows_end(recorder.windows);
        int closed = weir_pack_draft_close(draft, windows, WEIR_PACK_WINDOWS);
        code = code == WEIR_OK ? closed : code;
        if (code == WEIR_OK)
            code = add_member(draft, WEIR_PACK_DECISIONS, decisions);
    }
    free(decisions);
    return code;
}

int weir_sweep_work(void *context, struct weir_pool_line *line)
{
    const struct weir_sweep_unit *unit = context;
    const struct weir_sweep_plan *plan = unit->sweep->plan;
    struct weir_scenario *scenario = NULL;
    struct weir_result result = {0};
    struct weir_pack_draft draft;
    char *json = NULL;
    close(unit->pack);
    int code = weir_sweep_plan_scenario(plan, weir_sweep_plan_configuration(plan, unit->run), &scenario);
    if (code != WEIR_OK)
        return code;
    const struct weir_run_spec spec = {.scenario = scenario,
                                       .stack = &scenario->stacks[weir_sweep_plan_policy(plan, unit->run)],
                                       .catalog = plan->catalog,
                                       .seed = weir_sweep_plan_seed(plan, unit->run)};
    unsigned long long key = weir_run_key(scenario, spec.stack, spec.seed);
    if (key != plan->keys[unit->run]) {
        code = weir_error(WEIR_EINPUT, "its inputs have changed since the sweep began; start the sweep again");
        goto out;
    }
    if ((code = weir_pack_draft_begin(&draft, unit->memory)) != WEIR_OK)
        goto out;
    code = run_observed(&spec, plan->study->keep_files, line, &draft, &result);
    if (code != WEIR_OK)
        goto out;
    json = weir_record_print(&spec, &result, NULL, NULL);
    if ((code = add_member(&draft, WEIR_PACK_JSON, json)) == WEIR_OK)
        code = weir_pack_draft_end(&draft, key);
out:
    free(json);
    weir_result_fini(&result);
    weir_scenario_free(scenario);
    return code;
}
