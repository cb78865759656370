/* What --help shows, of the program and of a command. */
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"

#define COMMANDS_AT_MOST 64

const struct weir_flag weir_help_flag = {"help", 'h', NULL, "show this"};

const struct weir_exit weir_exits[] = {
    {0, "done"},         {1, "a check said no"},    {2, "wrong command line"}, {3, "bad input"},
    {4, "a run failed"}, {5, "the engine gave up"}, {130, "interrupted"},      {0},
};

const struct weir_command *weir_command_find(const struct weir_cli *cli, const char *name)
{
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

int weir_command_unknown(const struct weir_cli *cli, const char *name)
{
    const char *names[COMMANDS_AT_MOST] = {"help"};
    size_t count = 1;
    for (const struct weir_command *const *c = cli->commands; *c && count < COMMANDS_AT_MOST; c++)
        names[count++] = (*c)->name;
    const char *near = weir_nearest(name, names, count);
    if (near)
        return weir_error(WEIR_EUSAGE, "\"%s\" is no command; did you mean \"%s\"?", name, near);
    return weir_error(WEIR_EUSAGE, "\"%s\" is no command; `weir --help` shows them", name);
}

/* The exit codes in one sentence, folded at 110 columns. */
static void show_exits(FILE *out)
{
    int column = fprintf(out, "Exit codes:");
    for (const struct weir_exit *e = weir_exits; e->meaning; e++) {
        char part[80];
        int length = snprintf(part, sizeof part, " %d %s%s", e->code, e->meaning, e[1].meaning ? "," : ".");
        bool fits = column + length <= 110;
        column = fits ? column + length : length - 1;
        fprintf(out, "%s%s", fits ? "" : "\n", part + (fits ? 0 : 1));
    }
    fputc('\n', out);
}

void weir_program_help(const struct weir_cli *cli, FILE *out)
{
    int width = (int)strlen("help");
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        width = (int)strlen((*c)->name) > width ? (int)strlen((*c)->name) : width;
    fputs("weir " WEIR_SUMMARY ".\n\nusage: weir COMMAND [options] ...\n\ncommands:\n", out);
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        fprintf(out, "  %-*s  %s\n", width, (*c)->name, (*c)->summary);
    fprintf(out, "  %-*s  show the help of a command: weir help COMMAND\n\n", width, "help");
    fputs("`weir --version`, or -V, shows the versions of weir and its engine.\n", out);
    show_exits(out);
}

void weir_command_help(const struct weir_command *command, FILE *out)
{
    int width = (int)strlen(weir_help_flag.name);
    fprintf(out, "usage: weir %s [options] %s\n\n%s\n%s%s\noptions:\n", command->name, command->words, command->summary,
            *command->detail ? "\n" : "", command->detail);
    for (const struct weir_flag *f = command->flags; f->name; f++) {
        int length = (int)strlen(f->name) + (f->arg ? (int)strlen(f->arg) + 1 : 0);
        width = length > width ? length : width;
    }
    for (const struct weir_flag *f = command->flags; f->name; f++) {
        char letter[8] = "    ";
        if (f->letter)
            snprintf(letter, sizeof letter, "-%c, ", f->letter);
        int length = fprintf(out, "  %s--%s%s%s", letter, f->name, f->arg ? " " : "", f->arg ? f->arg : "") - 8;
        fprintf(out, "%*s  %s\n", width - length, "", f->help);
    }
    fprintf(out, "  -%c, --%-*s  %s\n", weir_help_flag.letter, width, weir_help_flag.name, weir_help_flag.help);
}

int weir_stdout_finish(void)
{
    /* It may have met a full disk long before the end. */
    bool cut = fflush(stdout) != 0 || ferror(stdout);
    return cut ? weir_error(WEIR_EINPUT, "stdout cannot be written, and what was printed is cut; is the disk full?")
               : WEIR_OK;
}
