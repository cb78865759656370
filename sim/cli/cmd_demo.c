/* weir demo: a run to look at while it goes. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/cli/command.h"
#include "sim/demo/demo.h"

enum { POLICY, SEED, JOB, SET, DO, UNTIL, SPEED, NO_TTY, WRITE, FORCE, QUIET };
static const struct weir_flag flags[] = {
    [POLICY] = {"policy", 'p', "P", "the policy or stack to begin with; else the scenario's first"},
    [SEED] = {"seed", 's', "N", "the seed; else the scenario's first"},
    [JOB] = {"job", 'j', "JOB", "the job to look at; else the first"},
    [SET] = {"set", 0, "PATH=VALUE", "change a value of the scenario, as in window=2s; repeatable"},
    [DO] = {"do", 0, "TIME:WHAT", "60s:load=1.5, 60s:load/JOB=2, 2min:link=0.1, 2min:link/NAME=0.1, 3min:policy=ds2"},
    [UNTIL] = {"until", 0, "TIME", "simulate so long"},
    [SPEED] = {"speed", 0, "X",
               "simulated seconds in a real one; else two windows, or with --no-tty as fast as it goes"},
    [NO_TTY] = {"no-tty", 0, NULL, "tell the story as text"},
    [WRITE] = {"write", 'w', "DIR", "leave the demo's files there, to be changed, and run nothing"},
    [FORCE] = {"force", 'f', NULL, "with --write: replace files that have been changed"},
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

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    const char *seed = weir_arguments_value(arguments, SEED), *until = weir_arguments_value(arguments, UNTIL);
    const char *speed = weir_arguments_value(arguments, SPEED), *write = weir_arguments_value(arguments, WRITE);
    bool force = weir_arguments_value(arguments, FORCE) != NULL, quiet = weir_arguments_value(arguments, QUIET) != NULL;
    const char **sets = NULL, **dos = NULL;
    bool interrupted = false;
    int count, code = WEIR_OK;
    struct weir_demo_options options = {
        .what = arguments->words[0],
        .policy = weir_arguments_value(arguments, POLICY),
        .job = weir_arguments_value(arguments, JOB),
        .has_seed = seed != NULL,
        .text = weir_arguments_value(arguments, NO_TTY) != NULL,
        .quiet = quiet,
        .catalog = cli->catalog,
    };
    if (write) {
        char *folder;
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
        code = weir_read_sets(arguments, SET, &sets);
    if (code == WEIR_OK) {
        dos = weir_arguments_values(arguments, DO, &count);
        options.sets = sets;
        options.dos = dos;
        code = weir_demo_run(&options, &interrupted);
    }
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
              "  anomaly        one of three servers is not well, which its reports show first\n" WEIR_SCENARIO_HELP
              "Any scenario may be looked at like that. Keys are shown by ? (docs/demo.md).\n",
    .flags = flags,
    .run = run,
};
