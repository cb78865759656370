#include "sim/experiment/compare.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/distinct.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/os.h"
#include "sim/experiment/files.h"
#include "sim/experiment/inputs.h"
#include "sim/experiment/run_folder.h"
#include "sim/experiment/seal.h"

/* One run of the comparison. */
struct unit {
    const struct weir_compare_spec *spec;
    const struct weir_stack *stack;
    unsigned long long seed;
    char *folder, *name, *words;
    bool finished; /* kept from before */
};

static int run_unit(void *context, struct weir_pool_line *line)
{
    const struct unit *unit = context;
    const struct weir_run_spec spec = {
        .scenario = unit->spec->scenario, .stack = unit->stack, .catalog = unit->spec->catalog, .seed = unit->seed};
    return weir_run_into(unit->folder, &spec, line);
}

static int check(const struct weir_compare_spec *spec)
{
    for (int i = 0; i < spec->stack_count; i++) {
        int code = weir_stack_check(&spec->stacks[i], spec->catalog);
        if (code != WEIR_OK)
            return code;
        for (int j = 0; j < i; j++)
            if (strcmp(spec->stacks[i].label, spec->stacks[j].label) == 0)
                return weir_error(WEIR_EINPUT, "policy \"%s\" is there twice; give one of them a \"label\" of its own",
                                  spec->stacks[i].label);
    }
    size_t again = weir_first_repeated(spec->seeds, (size_t)spec->seed_count);
    if (again < (size_t)spec->seed_count)
        return weir_error(WEIR_EINPUT, "seed %llu is there twice; runs with one seed are the same run",
                          spec->seeds[again]);
    return WEIR_OK;
}

/* Calls visit (may be NULL) with each folder runs/X/seed-Y; returns how many have a result. */
static int visit_runs(const char *folder, void (*visit)(const char *run, void *context), void *context)
{
    int finished = 0;
    char *runs = weir_format("%s/runs", folder);
    DIR *policies = opendir(runs);
    for (struct dirent *p; policies && (p = readdir(policies));) {
        if (p->d_name[0] == '.')
            continue;
        char *policy = weir_format("%s/%s", runs, p->d_name);
        DIR *seeds = opendir(policy);
        for (struct dirent *s; seeds && (s = readdir(seeds));) {
            if (strncmp(s->d_name, "seed-", 5) != 0)
                continue;
            char *run = weir_format("%s/%s", policy, s->d_name);
            char *result = weir_format("%s/result.json", run);
            finished += weir_file_exists(result);
            if (visit)
                visit(run, context);
            free(result);
            free(run);
        }
        if (seeds)
            closedir(seeds);
        if (visit)
            rmdir(policy); /* stays if something else is in it */
        free(policy);
    }
    if (policies)
        closedir(policies);
    free(runs);
    return finished;
}

static void remove_run(const char *run, void *context)
{
    weir_run_remove(run);
    if (weir_run_is_words(run)) /* of one that failed and has no folder */
        weir_os->unlink(run);
}

/* The engine of a run that another one than this has made, if there is such a run. */
static void find_other_engine(const char *run, void *context)
{
    char *other = context;
    struct weir_record record;
    if (weir_record_read(run, &record) == WEIR_OK && *record.engine &&
        strcmp(record.engine, weir_engine_version()) != 0)
        memcpy(other, record.engine, sizeof record.engine);
    weir_error_clear();
}

static int prepare_folder(const struct weir_compare_spec *spec, bool resume)
{
    static const char *const old[] = {"summary.csv", "runs.csv", WEIR_CHECKSUMS, "report.html"};
    char engine[WEIR_ENGINE_NAME] = "";
    int finished = visit_runs(spec->folder, NULL, NULL);
    if (finished && !resume && !spec->force)
        return weir_error(WEIR_EINPUT,
                          "%s: has %d finished run%s, not all of these inputs; --resume keeps them and runs the rest, "
                          "--force runs all anew, "
                          "-o DIR writes elsewhere",
                          spec->folder, finished, finished == 1 ? "" : "s");
    if (spec->force)
        visit_runs(spec->folder, remove_run, NULL);
    else
        visit_runs(spec->folder, find_other_engine, engine);
    int code = weir_record_same_engine(spec->folder, engine);
    if (code)
        return code;
    /* A summary of other runs than those that will be there would mislead. */
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        char *path = weir_format("%s/%s", spec->folder, old[i]);
        weir_os->unlink(path);
        free(path);
    }
    return WEIR_OK;
}

static struct unit *make_units(const struct weir_compare_spec *spec)
{
    struct unit *units = weir_alloc((size_t)spec->stack_count * (size_t)spec->seed_count, sizeof *units);
    for (int p = 0, u = 0; p < spec->stack_count; p++) {
        char *policy = weir_file_name(spec->stacks[p].label);
        for (int s = 0; s < spec->seed_count; s++, u++) {
            units[u].spec = spec;
            units[u].stack = &spec->stacks[p];
            units[u].seed = spec->seeds[s];
            units[u].folder = weir_format("%s/runs/%s/seed-%llu", spec->folder, policy, spec->seeds[s]);
            units[u].words = weir_run_words(units[u].folder);
            units[u].name = weir_format("%s, seed %llu", spec->stacks[p].label, spec->seeds[s]);
        }
        free(policy);
    }
    return units;
}

/* Whether the results of a unit are there, of the same inputs, and as weir wrote them. */
static bool is_kept(const struct weir_compare_spec *spec, const struct unit *unit)
{
    struct weir_record record;
    bool kept = weir_record_read(unit->folder, &record) == WEIR_OK &&
                record.key == weir_run_key(spec->scenario, unit->stack, unit->seed) &&
                weir_record_verify(unit->folder) == WEIR_OK;
    weir_error_clear();
    return kept;
}

/* Whether all runs that are there are runs of this comparison: it goes on with them unasked. */
static bool all_are_kept(const struct weir_compare_spec *spec, const struct unit *units, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        kept += is_kept(spec, &units[i]);
    return kept == visit_runs(spec->folder, NULL, NULL);
}

/* Marks the units whose results are there already; says what it found. */
static void find_finished(const struct weir_compare_spec *spec, struct unit *units, int count)
{
    int kept = 0, other = 0, damaged = 0;
    for (int i = 0; i < count; i++) {
        struct weir_record record;
        char *result = weir_format("%s/result.json", units[i].folder);
        if (weir_file_exists(result)) {
            bool readable = weir_record_read(units[i].folder, &record) == WEIR_OK;
            bool same = readable && record.key == weir_run_key(spec->scenario, units[i].stack, units[i].seed);
            units[i].finished = same && weir_record_verify(units[i].folder) == WEIR_OK;
            kept += units[i].finished;
            other += readable && !same;
            damaged += !readable || (same && !units[i].finished);
            if ((!readable || same) && !units[i].finished && !spec->pool.quiet)
                fprintf(stderr, "remark: %s; the run is made anew\n", weir_error_message());
            weir_error_clear();
        }
        free(result);
    }
    if (spec->pool.quiet)
        return;
    fprintf(stderr, "%s: %d of %d runs are finished and kept", spec->folder, kept, count);
    if (other)
        fprintf(stderr, "; %d had other inputs and %s run anew", other, other == 1 ? "is" : "are");
    if (damaged)
        fprintf(stderr, "; %d %s not as weir wrote %s and %s run anew", damaged, damaged == 1 ? "is" : "are",
                damaged == 1 ? "it" : "them", damaged == 1 ? "is" : "are");
    fputc('\n', stderr);
}

static void remove_cut(const struct unit *unit)
{
    weir_run_remove_partial(unit->folder);
    weir_os->unlink(unit->words);
}

/* Runs the units that are not finished. */
static int run_units(const struct weir_compare_spec *spec, struct unit *units, int count, bool *interrupted)
{
    struct weir_pool_task *tasks = weir_alloc((size_t)count, sizeof *tasks);
    struct weir_pool_outcome *outcomes = weir_alloc((size_t)count, sizeof *outcomes);
    struct unit **of_task = weir_alloc((size_t)count, sizeof *of_task);
    int task_count = 0;
    for (int i = 0; i < count; i++) {
        if (units[i].finished) {
            /* Of one that was killed after it had taken its place. */
            weir_run_remove_partial(units[i].folder);
            weir_run_keep_words(units[i].folder);
            continue;
        }
        of_task[task_count] = &units[i];
        tasks[task_count++] = (struct weir_pool_task){units[i].name, run_unit, &units[i], .words = units[i].words};
    }
    int code = task_count ? weir_engine_open() : WEIR_OK;
    if (task_count && code == WEIR_OK)
        code = weir_pool_run(&spec->pool, tasks, task_count, outcomes, interrupted);
    for (int i = 0; i < task_count; i++) {
        of_task[i]->finished = outcomes[i].state == WEIR_TASK_DONE;
        if (of_task[i]->finished)
            weir_run_keep_words(of_task[i]->folder);
        else if (outcomes[i].state == WEIR_TASK_FAILED) /* a result of other inputs does not stand for it */
            weir_run_remove_results(of_task[i]->folder);
        else
            remove_cut(of_task[i]);
    }
    weir_pool_outcomes_free(outcomes, task_count);
    free(of_task);
    free(outcomes);
    free(tasks);
    return code;
}

static int sum_up(const struct weir_compare_spec *spec, const struct unit *units, int count,
                  struct weir_summary **summary)
{
    static const char *const tables[] = {"summary.csv", "runs.csv", NULL};
    int code = WEIR_OK;
    *summary = weir_summary_new(spec->scenario->name, spec->folder, spec->stacks, spec->stack_count, spec->seeds,
                                spec->seed_count);
    (*summary)->heavy_tails = weir_summary_heavy(spec->scenario);
    (*summary)->bootstrap = spec->bootstrap;
    for (int i = 0; i < count && code == WEIR_OK; i++)
        if (units[i].finished)
            code = weir_record_read(units[i].folder, &(*summary)->records[i]);
    if (code != WEIR_OK || weir_summary_present(*summary) == 0) {
        weir_summary_free(*summary);
        *summary = NULL;
        return code;
    }
    char *table = weir_summary_csv(*summary), *runs = weir_summary_runs_csv(*summary);
    char *table_path = weir_format("%s/summary.csv", spec->folder),
         *runs_path = weir_format("%s/runs.csv", spec->folder);
    code = weir_file_replace(runs_path, runs);
    if (code == WEIR_OK)
        code = weir_file_replace(table_path, table);
    if (code == WEIR_OK)
        code = weir_checksums_write(spec->folder, tables);
    if (code == WEIR_OK)
        code = weir_folder_sync(spec->folder);
    free(runs_path);
    free(table_path);
    free(runs);
    free(table);
    return code;
}

int weir_compare(const struct weir_compare_spec *spec, struct weir_summary **summary, bool *interrupted)
{
    struct unit *units = NULL;
    int count = spec->stack_count * spec->seed_count, finished = 0, lock = -1;
    char *inputs = weir_format("%s/scenario.json", spec->folder);
    *summary = NULL;
    *interrupted = false;
    int code = check(spec);
    if (code != WEIR_OK || (code = weir_folder_make(spec->folder)) != WEIR_OK)
        goto out;
    if ((lock = weir_folder_lock(spec->folder)) < 0) {
        code = lock;
        goto out;
    }
    units = make_units(spec);
    bool resume = spec->resume || (!spec->force && all_are_kept(spec, units, count));
    if ((code = prepare_folder(spec, resume)) != WEIR_OK)
        goto out;
    /* The scenario may be the one kept there by an earlier comparison: it stays. */
    if (!weir_file_same(inputs, spec->scenario->path) &&
        (code = weir_inputs_write(inputs, spec->scenario->path, spec->sets)) != WEIR_OK)
        goto out;
    if (resume)
        find_finished(spec, units, count);
    code = run_units(spec, units, count, interrupted);
    for (int i = 0; i < count; i++)
        finished += units[i].finished;
    if (*interrupted) {
        code = weir_error(WEIR_ERUN,
                          "interrupted: %d of %d runs are finished and kept in %s; the same command with "
                          "--resume runs the rest",
                          finished, count, spec->folder);
        goto out;
    }
    /* The message of a failed run is what the caller shall hear, unless summing up fails as well. */
    int summed = sum_up(spec, units, count, summary);
    code = summed != WEIR_OK ? summed : code;
out:
    for (int i = 0; units && i < count; i++) {
        free(units[i].folder);
        free(units[i].name);
        free(units[i].words);
    }
    free(units);
    weir_folder_unlock(lock);
    free(inputs);
    return code;
}
