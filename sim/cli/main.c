/* weir: the command line. The table of commands, and what happens before and after one. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "policies/learn/detect/catalog.h"
#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "sim/base/remark.h"
#include "sim/cli/command.h"
#include "sim/engine/run.h"
#include "sim/experiment/record.h"

static const struct weir_command *const commands[] = {
    &weir_command_run,        &weir_command_compare,
    &weir_command_sweep,      &weir_command_report,
    &weir_command_plot,       &weir_command_check,
    &weir_command_list,       &weir_command_copy,
    &weir_command_explain,    &weir_command_workflow,
    &weir_command_generate,   &weir_command_forecast,
    &weir_command_transfer,   &weir_command_calibrate,
    &weir_command_mst,        &weir_command_detect,
    &weir_command_demo,       &weir_command_selftest,
    &weir_command_schema,     &weir_command_man,
    &weir_command_completion, NULL,
};

/* What the commands work with: sim/ names no policy, no forecaster and no detector. */
static const struct weir_cli cli = {commands, weir_catalog, forecaster_catalog, detector_catalog};

static int help(int argc, char **argv)
{
    if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0))
        argc = 2;
    const struct weir_command *command = argc > 2 ? weir_command_find(&cli, argv[2]) : NULL;
    if (argc > 2 && !command && strcmp(argv[2], "help") != 0)
        return weir_command_unknown(&cli, argv[2]);
    if (command && command->take) {
        /* weir help generate KIND */
        char *line[] = {argv[2], argc > 3 ? argv[3] : "--help", argc > 3 ? "--help" : NULL, NULL};
        return command->take(&cli, argc > 3 ? 3 : 2, line);
    }
    if (command)
        weir_command_help(command, stdout);
    else
        weir_program_help(&cli, stdout);
    return WEIR_OK;
}

static int run_command(const struct weir_command *command, int argc, char **argv)
{
    struct weir_arguments arguments;
    if (command->take)
        return command->take(&cli, argc, argv);
    int code = weir_arguments_read(command, argc, argv, &arguments);
    if (code == WEIR_OK && arguments.help)
        weir_command_help(command, stdout);
    else if (code == WEIR_OK)
        code = command->run(&cli, &arguments);
    weir_arguments_fini(&arguments);
    return code;
}

static int dispatch(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) {
        weir_program_help(&cli, stderr);
        return weir_error(WEIR_EUSAGE, "a command is missing");
    }
    if (strcmp(word, "help") == 0)
        return help(argc, argv);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        weir_program_help(&cli, stdout);
        return WEIR_OK;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("weir %s, %s\n", weir_version(), weir_engine_version());
        return WEIR_OK;
    }
    const struct weir_command *command = weir_command_find(&cli, word);
    return command ? run_command(command, argc - 1, argv + 1) : weir_command_unknown(&cli, word);
}

int main(int argc, char **argv)
{
    struct weir_remarks remarks = {0};
    signal(SIGXFSZ, SIG_IGN); /* a file beyond the limit is an error of the write, which is told */
    weir_remarks_collect(&remarks);
    int code = dispatch(argc, argv);
    weir_remarks_collect(NULL);
    weir_remarks_fini(&remarks);
    if (code == WEIR_OK)
        code = weir_stdout_finish();
    if (code != WEIR_OK && *weir_error_message())
        fprintf(stderr, "weir: %s\n", weir_error_message());
    return code == WEIR_INTERRUPTED ? 130 : weir_exit_code(code);
}
