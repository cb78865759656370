/* weir run: one policy, one seed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/experiment/files.h"
#include "sim/experiment/pool.h"
#include "sim/experiment/record.h"
#include "sim/experiment/run_folder.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/table.h"

enum { POLICY, SEED, SET, OUTPUT, FORCE, TIMEOUT, TRACE, TRACE_FROM, TRACE_UNTIL, PAJE, JSON, NO_CODE, QUIET };
static const struct weir_flag flags[] = {
    [POLICY] = {"policy", 'p', "P", "the policy, a stack (ds2+nearest), ./mine.so, 'exec:COMMAND'; else the first"},
    [SEED] = {"seed", 's', "N", "the seed; else the scenario's first"},
    [SET] = {"set", 0, "PATH=VALUE", "change a value of the scenario, as in duration=600s; repeatable"},
    [OUTPUT] = {"output", 'o', "DIR", "where results go; else results/SCENARIO/POLICY-seed-N"},
    [FORCE] = {"force", 'f', NULL, "replace results of other inputs that are there"},
    [TIMEOUT] = {"timeout", 0, "TIME", "stop the run after so much real time, as in 90s"},
    [TRACE] = {"trace", 0, "FILE", "a trace in Chrome's format, to be opened in Perfetto"},
    [TRACE_FROM] = {"trace-from", 0, "TIME", "trace what happens after that simulated time"},
    [TRACE_UNTIL] = {"trace-until", 0, "TIME", "trace what happens before that simulated time"},
    [PAJE] = {"paje", 0, "FILE", "leave a trace of the use of hosts and links, in Paje's format"},
    [JSON] = {"json", 0, NULL, "print result.json instead of a table"},
    [NO_CODE] = WEIR_NO_CODE_FLAG,
    [QUIET] = {"quiet", 'q', NULL, "no progress bar, no remarks"},
    {0},
};

struct job {
    struct weir_run_spec spec;
    const char *folder;
    struct weir_trace_options trace;
};

static int work(void *context, struct weir_pool_line *line)
{
    const struct job *job = context;
    return weir_run_traced(job->folder, &job->spec, line, &job->trace);
}

/* Another run's results are not overwritten without being asked. */
static int check_folder(const struct job *job, bool force)
{
    struct weir_record record;
    char *result = weir_format("%s/result.json", job->folder);
    int code = weir_run_look(job->folder);
    if (code == WEIR_OK && weir_file_exists(result) && !force) {
        unsigned long long key = weir_run_key(job->spec.scenario, job->spec.stack, job->spec.seed);
        bool same = weir_record_read(job->folder, &record) == WEIR_OK && record.key == key;
        weir_error_clear();
        if (!same)
            code = weir_error(WEIR_EINPUT,
                              "%s: has results of other inputs; --force replaces them, -o DIR writes elsewhere",
                              job->folder);
    }
    free(result);
    return code;
}

static void print_metrics(const struct job *job, const struct weir_record *record)
{
    char value[64];
    const struct weir_scenario *scenario = job->spec.scenario;
    printf("%s, policy %s, seed %llu, %g s simulated\n\n", scenario->name, job->spec.stack->label, job->spec.seed,
           scenario->duration_s);
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        printf("%-20s %14s  %s\n", m->name,
               weir_metric_show(m, weir_metric_value(&record->metrics, m), value, sizeof value), m->help);
}

static int show(const struct job *job, bool json, bool quiet)
{
    struct weir_record record;
    struct weir_text text = {0};
    char *path = weir_format("%s/result.json", job->folder);
    int code = weir_record_read(job->folder, &record);
    if (code == WEIR_OK && json && (code = weir_text_read_file(&text, path)) == WEIR_OK)
        fputs(weir_text_string(&text), stdout);
    if (code == WEIR_OK && !json)
        print_metrics(job, &record);
    fflush(stdout);
    if (code == WEIR_OK && !quiet)
        fprintf(stderr, "\nresults are in %s (%.1f s of real time, %.3g items a second)\n", job->folder, record.wall_s,
                record.items_per_wall_s);
    weir_text_fini(&text);
    free(path);
    return code;
}

static int read_trace(const struct weir_arguments *arguments, struct weir_trace_options *trace)
{
    const char *from = weir_arguments_value(arguments, TRACE_FROM);
    const char *until = weir_arguments_value(arguments, TRACE_UNTIL);
    *trace = (struct weir_trace_options){.path = weir_arguments_value(arguments, TRACE), .until_s = INFINITY};
    if ((from || until) && !trace->path)
        return weir_error(WEIR_EUSAGE, "--trace-%s: say where the trace goes by --trace FILE", from ? "from" : "until");
    int code = from ? weir_read_time("trace-from", from, &trace->from_s) : WEIR_OK;
    return code || !until ? code : weir_read_time("trace-until", until, &trace->until_s);
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_scenario *scenario = NULL;
    struct weir_stack own = {0};
    struct job job = {0};
    const char **sets = NULL;
    char *folder = NULL, *path = NULL, *words = NULL;
    bool interrupted = false;
    int lock = -1;
    const char *policy = weir_arguments_value(arguments, POLICY), *seed = weir_arguments_value(arguments, SEED);
    const char *output = weir_arguments_value(arguments, OUTPUT), *timeout = weir_arguments_value(arguments, TIMEOUT);
    bool quiet = weir_arguments_value(arguments, QUIET) != NULL;
    struct weir_pool_options options = {
        .processes = 1, .quiet = quiet || !isatty(STDERR_FILENO), .title = arguments->words[0]};

    int code = weir_read_sets(arguments, SET, &sets);
    if (code == WEIR_OK && seed)
        code = weir_read_seed("seed", seed, &job.spec.seed);
    if (code == WEIR_OK)
        code = read_trace(arguments, &job.trace);
    job.spec.paje = weir_arguments_value(arguments, PAJE);
    if (code == WEIR_OK && timeout)
        code = weir_read_time("timeout", timeout, &options.timeout_s);
    if (code == WEIR_OK && output)
        code = weir_read_folder("output", output, &folder);
    if (code == WEIR_OK && policy)
        code = weir_stack_parse(policy, &own);
    if (code == WEIR_OK)
        code = weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, NULL, arguments->words[0], &path);
    if (code == WEIR_OK)
        code = weir_scenario_read(path, sets, &scenario);
    if (code != WEIR_OK)
        goto out;
    job.spec.scenario = scenario;
    job.spec.catalog = cli->catalog;
    job.spec.stack = policy ? &own : &scenario->stacks[0];
    if (!seed)
        job.spec.seed = scenario->seeds[0];
    code = weir_tell_code(path, job.spec.stack, 1, weir_arguments_value(arguments, NO_CODE) != NULL, quiet);
    if (code != WEIR_OK || (code = weir_stack_check(job.spec.stack, cli->catalog)) != WEIR_OK)
        goto out;
    if (!folder) {
        char *name = weir_file_name(scenario->name), *label = weir_file_name(job.spec.stack->label);
        folder = weir_format("results/%s/%s-seed-%llu", name, label, job.spec.seed);
        free(label);
        free(name);
    }
    job.folder = folder;
    if ((lock = weir_folder_lock_beside(folder)) < 0) {
        code = lock;
        goto out;
    }
    if ((code = check_folder(&job, weir_arguments_value(arguments, FORCE) != NULL)) != WEIR_OK)
        goto out;
    words = weir_run_words(folder);
    struct weir_pool_task task = {job.spec.stack->label, work, &job, .words = words};
    code = weir_pool_run_one(&options, &task, &interrupted);
    if (code == WEIR_OK)
        weir_run_keep_words(folder);
    if (interrupted)
        unlink(words);
    if (code == WEIR_OK)
        code = show(&job, weir_arguments_value(arguments, JSON) != NULL, quiet);
    else
        weir_run_remove_partial(folder);
out:
    if (folder)
        weir_folder_unlock_beside(lock, folder);
    weir_scenario_free(scenario);
    free(path);
    weir_stack_fini(&own);
    free(sets);
    free(words);
    free(folder);
    return interrupted ? WEIR_INTERRUPTED : code;
}

const struct weir_command weir_command_run = {
    .name = "run",
    .words = "SCENARIO",
    .min_words = 1,
    .max_words = 1,
    .summary = "run one policy with one seed, and show all metrics",
    .detail = WEIR_SCENARIO_HELP "Leaves result.json, windows.csv and decisions.csv in the results folder.\n",
    .flags = flags,
    .run = run,
};
