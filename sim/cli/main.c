/* weir: the command line. The table of commands, and what happens before and after one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "policies/learn/detect/catalog.h"
#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/engine/run.h"
#include "sim/experiment/record.h"

static const struct weir_command *const commands[] = {
    &weir_command_run,      &weir_command_compare,  &weir_command_sweep,    &weir_command_report,
    &weir_command_plot,     &weir_command_check,    &weir_command_list,     &weir_command_copy,
    &weir_command_explain,  &weir_command_workflow, &weir_command_generate, &weir_command_forecast,
    &weir_command_transfer, &weir_command_detect,   &weir_command_demo,     &weir_command_selftest,
};
#define COMMANDS (sizeof commands / sizeof *commands)

/* What the commands work with: sim/ names no policy, no forecaster and no detector. */
static const struct weir_cli cli = {weir_catalog, forecaster_catalog, detector_catalog};

static const struct weir_command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static void show_help(FILE *out)
{
    fputs("weir simulates stream processing over edge and cloud, and compares policies that scale and place it.\n\n"
          "usage: weir COMMAND [options] ...\n\ncommands:\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-8s  %s\n", commands[i]->name, commands[i]->summary);
    fputs(
        "  help      show the help of a command: weir help COMMAND\n\n"
        "`weir --version` shows the versions of weir and its engine.\n"
        "Exit codes: 0 done, 1 a check said no, 2 wrong command line, 3 bad input, 4 a run failed, 5 the engine gave\n"
        "up, 130 interrupted.\n",
        out);
}

static int unknown_command(const char *name)
{
    const char *names[COMMANDS + 1];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i]->name;
    names[COMMANDS] = "help";
    const char *near = weir_nearest(name, names, COMMANDS + 1);
    if (near)
        return weir_error(WEIR_EUSAGE, "\"%s\" is no command; did you mean \"%s\"?", name, near);
    return weir_error(WEIR_EUSAGE, "\"%s\" is no command; `weir --help` shows them", name);
}

static int help(int argc, char **argv)
{
    const struct weir_command *command = argc > 2 ? find(argv[2]) : NULL;
    if (argc > 2 && !command && strcmp(argv[2], "help") != 0)
        return unknown_command(argv[2]);
    if (command && command->take) {
        /* weir help generate KIND */
        char *line[] = {argv[2], argc > 3 ? argv[3] : "--help", argc > 3 ? "--help" : NULL, NULL};
        return command->take(&cli, argc > 3 ? 3 : 2, line);
    }
    if (command)
        weir_command_help(command, stdout);
    else
        show_help(stdout);
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
        show_help(stderr);
        return weir_error(WEIR_EUSAGE, "a command is missing");
    }
    if (strcmp(word, "help") == 0)
        return help(argc, argv);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        show_help(stdout);
        return WEIR_OK;
    }
    if (strcmp(word, "--version") == 0) {
        printf("weir %s, %s\n", weir_version(), weir_engine_version());
        return WEIR_OK;
    }
    const struct weir_command *command = find(word);
    return command ? run_command(command, argc - 1, argv + 1) : unknown_command(word);
}

int main(int argc, char **argv)
{
    int code = dispatch(argc, argv);
    if (code != WEIR_OK && *weir_error_message())
        fprintf(stderr, "weir: %s\n", weir_error_message());
    if (fflush(stdout) != 0 && code == WEIR_OK) {
        perror("weir: stdout");
        return weir_exit_code(WEIR_EINPUT);
    }
    return code == WEIR_INTERRUPTED ? 130 : weir_exit_code(code);
}
