/* weir demo: a run to look at while it goes. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/cli/reporting.h"
#include "sim/demo/demo.h"
#include "sim/experiment/files.h"

enum {
    POLICY,
    BESIDE,
    SEED,
    JOB,
    SET,
    DO,
    UNTIL,
    PAUSE,
    ASK,
    SPEED,
    NOTES,
    TRUTH,
    NO_TTY,
    OUTPUT,
    WRITE,
    FORCE,
    QUIET
};
static const struct weir_flag flags[] = {
    [POLICY] = {"policy", 'p', "P", "the policy or stack to begin with; else the scenario's first"},
    [BESIDE] = {"beside", 'b', "P", "the same run with this policy, on the other half of the screen"},
    [SEED] = {"seed", 's', "N", "the seed; else the scenario's first"},
    [JOB] = {"job", 'j', "JOB", "the job to look at; else the first"},
    [SET] = {"set", 0, "PATH=VALUE", "change a value of the scenario, as in window=2s; repeatable"},
    [DO] = {"do", 0, "TIME:WHAT", "60s:load=1.5, 60s:load/JOB=2, 2min:link=0.1, 2min:link/NAME=0.1, 3min:policy=ds2"},
    [UNTIL] = {"until", 0, "TIME", "simulate so long"},
    [PAUSE] = {"pause", 0, "TIME", "stand still at the first window's end from that time on; repeatable"},
    [ASK] = {"ask", 0, "TIME",
             "at each pause, and before each --do, ask what the latency will be so much later; then tell"},
    [SPEED] = {"speed", 0, "X",
               "simulated seconds in a real one; else two windows, or with --no-tty as fast as it goes"},
    [NOTES] = {"notes", 0, NULL, "show what policies note, too (key o)"},
    [TRUTH] = {"truth", 0, NULL, "show what is truly wrong with hosts, which no policy is told (key t)"},
    [NO_TTY] = {"no-tty", 0, NULL, "tell the story as text"},
    [OUTPUT] = {"output", 'o', "DIR", "leave the run there as weir run does, and its report, if it comes to its end"},
    [WRITE] = {"write", 'w', "DIR", "leave the demo's files there, to be changed, and run nothing"},
    [FORCE] = {"force", 'f', NULL, "replace results, or with --write files that have been changed"},
    [QUIET] = {"quiet", 'q', NULL, "no remarks"},
    {0},
};

static int write_files(const char *name, const char *folder, bool force, bool quiet)
{
    const struct weir_demo_info *demo = weir_demo_find(name);
    char *path;
    if (!demo)
        return weir_error(WEIR_EUSAGE,
                          "demo: --write is for the demos that weir brings along; `weir help demo` lists them");
    int code = weir_demo_write(demo, folder, force, &path);
    if (code == WEIR_OK && !quiet)
        printf("written; now: weir demo %s\n", path);
    free(path);
    return code;
}

/* The times of --pause, ended by -1; owned. */
static int read_pauses(const struct weir_arguments *arguments, double **pauses_s)
{
    int count, code = WEIR_OK;
    const char **texts = weir_arguments_values(arguments, PAUSE, &count);
    *pauses_s = weir_alloc((size_t)count + 1, sizeof **pauses_s);
    for (int p = 0; p < count && code == WEIR_OK; p++)
        code = weir_read_time("pause", texts[p], &(*pauses_s)[p]);
    (*pauses_s)[count] = -1;
    free(texts);
    return code;
}

static int read_ask(const struct weir_arguments *arguments, double *ask_s)
{
    const char *ask = weir_arguments_value(arguments, ASK);
    int code = ask ? weir_read_time("ask", ask, ask_s) : WEIR_OK;
    return code == WEIR_OK && ask && !(*ask_s > 0)
               ? weir_error(WEIR_EUSAGE, "--ask: \"%s\" leaves nothing to ask about", ask)
               : code;
}

/* The folder for the results, in which there are none, unless they may be replaced. */
static int read_output(const char *output, bool force, char **folder)
{
    static const char *const kinds[] = {"result.json", "runs"};
    int code = weir_read_folder("output", output, folder);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds && code == WEIR_OK && !force; k++) {
        char *path = weir_format("%s/%s", *folder, kinds[k]);
        if (weir_file_exists(path))
            code = weir_error(WEIR_EINPUT, "%s: has results; --force replaces them, -o DIR writes elsewhere", *folder);
        free(path);
    }
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    const char *seed = weir_arguments_value(arguments, SEED), *until = weir_arguments_value(arguments, UNTIL);
    const char *speed = weir_arguments_value(arguments, SPEED), *write = weir_arguments_value(arguments, WRITE);
    bool force = weir_arguments_value(arguments, FORCE) != NULL, quiet = weir_arguments_value(arguments, QUIET) != NULL;
    const char **sets = NULL, **dos = NULL;
    const char *output = weir_arguments_value(arguments, OUTPUT);
    char *folder = NULL;
    double *pauses_s = NULL;
    bool interrupted = false, finished = false;
    int count, code = WEIR_OK;
    struct weir_demo_options options = {
        .what = arguments->words[0],
        .policy = weir_arguments_value(arguments, POLICY),
        .beside = weir_arguments_value(arguments, BESIDE),
        .job = weir_arguments_value(arguments, JOB),
        .notes = weir_arguments_value(arguments, NOTES) != NULL,
        .truth = weir_arguments_value(arguments, TRUTH) != NULL,
        .has_seed = seed != NULL,
        .text = weir_arguments_value(arguments, NO_TTY) != NULL,
        .quiet = quiet,
        .catalog = cli->catalog,
    };
    if (write) {
        code = weir_read_folder("write", write, &folder);
        if (code == WEIR_OK)
            code = write_files(arguments->words[0], folder, force, quiet);
        free(folder);
        return code;
    }
    if (seed)
        code = weir_read_seed("seed", seed, &options.seed);
    if (code == WEIR_OK && until)
        code = weir_read_time("until", until, &options.until_s);
    if (code == WEIR_OK && until && !(options.until_s > 0))
        code = weir_error(WEIR_EUSAGE, "--until: \"%s\" leaves nothing to see", until);
    if (code == WEIR_OK && speed) {
        char *end;
        options.speed = strtod(speed, &end);
        if (!*speed || *end || !(options.speed >= 0.001 && options.speed <= 1e6))
            code = weir_error(WEIR_EUSAGE, "--speed: \"%s\" is no number from 0.001 to 1000000", speed);
    }
    if (code == WEIR_OK)
        code = read_pauses(arguments, &pauses_s);
    if (code == WEIR_OK)
        code = read_ask(arguments, &options.ask_s);
    if (code == WEIR_OK && output)
        code = read_output(output, force, &folder);
    if (code == WEIR_OK)
        code = weir_read_sets(arguments, SET, &sets);
    if (code == WEIR_OK) {
        options.pauses_s = pauses_s;
        options.output = folder;
        dos = weir_arguments_values(arguments, DO, &count);
        options.sets = sets;
        options.dos = dos;
        code = weir_demo_run(&options, &interrupted, &finished);
    }
    if (folder && finished && !interrupted)
        weir_report_after(folder, quiet);
    else if (folder && code == WEIR_OK && !interrupted && !quiet)
        fprintf(stderr, "the run did not come to its end, so nothing is left in %s\n", folder);
    free(pauses_s);
    free(folder);
    free(sets);
    free(dos);
    return interrupted ? WEIR_INTERRUPTED : code;
}

const struct weir_command weir_command_demo = {
    .name = "demo",
    .words = "DEMO|SCENARIO",
    .min_words = 1,
    .max_words = 1,
    .summary = "look at a run while it goes, and change load, links and policy under way",
    .detail = "Demos that weir brings along, each with a lesson in docs/teaching:\n"
              "  backpressure   a pipeline with one operator that is too slow\n"
              "  migration      an operator with state that moves to the cloud and back\n"
              "  autoscaling    short days with a peak each, and three policies that add instances\n"
              "  offloading     two users of a small network of computers: who computes what where\n"
              "  anomaly        one of three servers is not well, which its reports show first\n"
              "  mobility       a bus drives through four cells, and its operator stays or follows\n" WEIR_SCENARIO_HELP
              "Any scenario may be looked at like that. Keys are shown by ? (docs/demo.md).\n",
    .flags = flags,
    .run = run,
};
