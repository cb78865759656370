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

/* Columns that a text of UTF-8 takes. */
static int columns_of(const char *text, size_t bytes)
{
    int columns = 0;
    for (size_t i = 0; i < bytes; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* A line of words from a column on; what does not fit goes on in the next line, behind an indent. */
static void fold_line(FILE *out, const char *line, size_t bytes, int column, int indent)
{
    int width = weir_help_width(out);
    for (size_t from = 0; from < bytes;) {
        size_t end = from;
        while (end < bytes && line[end] == ' ')
            end++;
        size_t word = end;
        while (end < bytes && line[end] != ' ')
            end++;
        if (columns_of(line + word, end - word) > width - indent) /* a list of words, longer than a line */
            for (size_t at = end; at > word; at--)
                if (line[at - 1] == '|' && columns_of(line + word, at - word) <= width - indent) {
                    end = at;
                    break;
                }
        int length = columns_of(line + from, end - from);
        if (column + length > width && column > indent) {
            while (from < end && line[from] == ' ')
                from++;
            length = columns_of(line + from, end - from);
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        }
        fprintf(out, "%.*s", (int)(end - from), line + from);
        column += length;
        from = end;
    }
}

/* A source's line of so many columns was broken for its length, so that the next one goes on with it. */
#define BROKEN_FROM 80

void weir_help_text(FILE *out, const char *text)
{
    struct weir_text line = {0};
    while (*text) {
        size_t bytes = strcspn(text, "\n");
        weir_text_add_bytes(&line, text, bytes);
        text += bytes + (text[bytes] == '\n');
        if (bytes >= BROKEN_FROM && *text && *text != ' ' && *text != '\n') {
            weir_text_add(&line, " ");
            continue;
        }
        const char *whole = weir_text_string(&line);
        size_t blanks = strspn(whole, " ");
        int indent = blanks < line.length ? (int)blanks : 0;
        fold_line(out, whole, line.length, 0, strncmp(whole, "usage: ", 7) == 0 ? 7 : indent);
        fputc('\n', out);
        weir_text_fini(&line);
        line = (struct weir_text){0};
    }
}

void weir_help_row(FILE *out, const char *name, int width, const char *help)
{
    int column = 2 + width + 2;
    if (column > weir_help_width(out) / 2) /* a long name has a line of its own */
        column = weir_help_width(out) / 3;
    int length = fprintf(out, "  %s", name);
    if (length + 2 > column)
        fprintf(out, "\n%*s", column, "");
    else
        fprintf(out, "%*s", column - length, "");
    fold_line(out, help, strlen(help), column, column);
    fputc('\n', out);
}

/* The exit codes in one sentence. */
static void show_exits(FILE *out)
{
    struct weir_text text = {0};
    weir_text_add(&text, "Exit codes:");
    for (const struct weir_exit *e = weir_exits; e->meaning; e++)
        weir_text_addf(&text, " %d %s%s", e->code, e->meaning, e[1].meaning ? "," : ".");
    weir_text_add(&text, "\n");
    weir_help_text(out, weir_text_string(&text));
    weir_text_fini(&text);
}

void weir_program_help(const struct weir_cli *cli, FILE *out)
{
    int width = (int)strlen("help");
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        width = (int)strlen((*c)->name) > width ? (int)strlen((*c)->name) : width;
    weir_help_text(out, "weir " WEIR_SUMMARY ".\n\nusage: weir COMMAND [options] ...\n\ncommands:\n");
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        weir_help_row(out, (*c)->name, width, (*c)->summary);
    weir_help_row(out, "help", width, "show the help of a command: weir help COMMAND");
    weir_help_text(out, "\n`weir --version`, or -V, shows the versions of weir and its engine.\n");
    show_exits(out);
}

/* "-o, --output FILE" */
static void name_flag(const struct weir_flag *flag, struct weir_text *name)
{
    if (flag->letter)
        weir_text_addf(name, "-%c, ", flag->letter);
    else
        weir_text_add(name, "    ");
    weir_text_addf(name, "--%s%s%s", flag->name, flag->arg ? " " : "", flag->arg ? flag->arg : "");
}

void weir_command_help(const struct weir_command *command, FILE *out)
{
    struct weir_text text = {0};
    int width = 0;
    weir_text_addf(&text, "usage: weir %s [options]%s%s\n\n%s\n%s%s\noptions:\n", command->name,
                   *command->words ? " " : "", command->words, command->summary, *command->detail ? "\n" : "",
                   command->detail);
    weir_help_text(out, weir_text_string(&text));
    weir_text_fini(&text);
    for (int show = 0; show < 2; show++)
        for (const struct weir_flag *f = command->flags;; f++) {
            const struct weir_flag *flag = f->name ? f : &weir_help_flag;
            struct weir_text name = {0};
            name_flag(flag, &name);
            if (show)
                weir_help_row(out, weir_text_string(&name), width, flag->help);
            else
                width = (int)name.length > width ? (int)name.length : width;
            weir_text_fini(&name);
            if (!f->name)
                break;
        }
}

int weir_stdout_finish(void)
{
    /* It may have met a full disk long before the end. */
    bool cut = fflush(stdout) != 0 || ferror(stdout);
    return cut ? weir_error(WEIR_EINPUT, "stdout cannot be written, and what was printed is cut; is the disk full?")
               : WEIR_OK;
}
