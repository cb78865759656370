/* weir completion: what a shell needs to complete command lines of weir, from the tables that help comes from. */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/detect/detector.h"
#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/demo/demo.h"
#include "sim/experiment/shipped.h"
#include "sim/experiment/summary.h"
#include "sim/model/scenario_paths.h"

static const struct weir_flag flags[] = {{0}};

/* The part of the script that does not depend on tables, put here by the assembler. */
__asm__(".section .rodata\n"
        ".global weir_completion_script\n"
        "weir_completion_script:\n"
        ".incbin \"" WEIR_COMPLETION_FILE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char weir_completion_script[];

static void begin_list(const char *name)
{
    printf("_weir_%s='", name);
}

static void print_lists(const struct weir_cli *cli)
{
    begin_list("commands");
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        printf("%s ", (*c)->name);
    fputs("help'\n", stdout);
    begin_list("policies");
    for (const struct weir_policy *const *p = cli->catalog; *p; p++)
        printf("%s ", (*p)->name);
    fputs("'\n", stdout);
    begin_list("metrics");
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        printf("%s ", m->name);
    fputs("'\n", stdout);
    begin_list("forecasters");
    for (const struct forecaster_kind *const *k = cli->forecasters; *k; k++)
        printf("%s ", (*k)->name);
    fputs("'\n", stdout);
    begin_list("detectors");
    for (const struct detector_kind *const *k = cli->detectors; *k; k++)
        printf("%s ", (*k)->name);
    fputs("'\n", stdout);
    begin_list("demos");
    for (const struct weir_demo_info *demo = weir_demos; demo->name; demo++)
        printf("%s ", demo->name);
    fputs("'\n", stdout);
}

/* What stands where: "[exact|theory]" without its brackets; nothing of words that are options. */
static void print_words(const char *words)
{
    if (strncmp(words, "--", 2) == 0)
        return;
    for (; *words; words++)
        if (*words != '[' && *words != ']')
            putchar(*words);
}

static void print_flags(const struct weir_flag *list)
{
    fputs("        options='", stdout);
    for (const struct weir_flag *f = list; f->name; f++)
        printf("--%s ", f->name);
    fputs("--help'\n        values='", stdout);
    for (const struct weir_flag *f = list; f->name; f++) {
        if (f->arg && f->letter)
            printf("-%c:%s ", f->letter, f->arg);
        if (f->arg)
            printf("--%s:%s ", f->name, f->arg);
    }
    fputs("'\n", stdout);
}

static void print_kind_name(const struct weir_command *kind, void *context)
{
    bool *first = context;
    printf("%s%s", *first ? "" : "|", kind->name);
    *first = false;
}

static void print_kind(const struct weir_command *kind, void *context)
{
    const struct weir_command *command = context;
    printf("    '%s %s')\n", command->name, kind->name);
    print_flags(kind->flags);
    fputs("        words=''\n        ;;\n", stdout);
}

static void print_command(const struct weir_command *command)
{
    bool first = true;
    printf("    %s)\n", command->name);
    print_flags(command->flags);
    fputs("        words='", stdout);
    if (command->each_kind)
        command->each_kind(print_kind_name, &first);
    else
        print_words(command->words);
    fputs("'\n        ;;\n", stdout);
    if (command->each_kind)
        command->each_kind(print_kind, (void *)command);
}

static void print_script(const struct weir_cli *cli)
{
    fputs("# shellcheck shell=bash disable=SC2086\n# Completion of weir's command lines in bash; made by `weir "
          "completion bash`.\n\n",
          stdout);
    print_lists(cli);
    fputs("\n# _weir_about COMMAND: sets its options, what those with a value take, and its other words.\n"
          "_weir_about()\n{\n    case $1 in\n",
          stdout);
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        print_command(*c);
    fputs("    help)\n        options='' values='' words=COMMAND\n        ;;\n"
          "    *) return 1 ;;\n    esac\n}\n\n",
          stdout);
    fputs(weir_completion_script, stdout);
}

/* How a path of a scenario, "" for none, may go on. */
static int print_paths(const struct weir_cli *cli, const char *scenario, const char *beginning)
{
    char *path = NULL;
    int code = *scenario ? weir_shipped_resolve(WEIR_SHIPPED_SCENARIO, NULL, scenario, &path) : WEIR_OK;
    if (code == WEIR_OK)
        code = weir_scenario_paths(path, beginning, cli->catalog, stdout);
    free(path);
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    const char *const *words = arguments->words, *scenario = arguments->word_count > 1 ? words[1] : "";
    if (strcmp(words[0], "paths") == 0)
        return print_paths(cli, scenario, arguments->word_count > 2 ? words[2] : "");
    if (strcmp(words[0], "bash") != 0)
        return weir_error(WEIR_EUSAGE, "completion: \"%s\" is neither bash nor paths", words[0]);
    if (arguments->word_count > 1)
        return weir_error(WEIR_EUSAGE, "completion: \"%s\" is one argument too many: weir completion bash", words[1]);
    print_script(cli);
    return WEIR_OK;
}

const struct weir_command weir_command_completion = {
    .name = "completion",
    .words = "bash|paths [SCENARIO] [BEGINNING]",
    .min_words = 1,
    .max_words = 3,
    .summary = "print the script that completes command lines in bash",
    .detail = "`source <(weir completion bash)` in ~/.bashrc turns it on where weir is not installed with it.\n"
              "paths is what the script asks: how a path after --set may go on, in a scenario.\n",
    .flags = flags,
    .run = run,
};
