/* weir man: the manual pages, in roff, from the tables that help comes from. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record.h"

enum { OUTPUT };
static const struct weir_flag flags[] = {
    [OUTPUT] = {"output", 'o', "DIR", "write the page, or without COMMAND all pages, there: weir.1, weir-run.1, ..."},
    {0},
};

/* Text that roff shows as it is; what is between two backquotes is bold. The first `length` bytes. */
static void add_escaped(struct weir_text *page, const char *text, size_t length)
{
    static const struct {
        char byte;
        const char *roff;
    } escapes[] = {{'\\', "\\(rs"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'^', "\\(ha"}, {'~', "\\(ti"}};
    bool bold = false;
    if (length && (*text == '.' || *text == '\''))
        weir_text_add(page, "\\&");
    for (size_t i = 0; i < length; i++) {
        const char *roff = NULL;
        for (size_t e = 0; e < sizeof escapes / sizeof *escapes; e++)
            if (text[i] == escapes[e].byte)
                roff = escapes[e].roff;
        if (text[i] == '`')
            roff = (bold = !bold) ? "\\fB" : "\\fR";
        if (roff)
            weir_text_add(page, roff);
        else
            weir_text_add_bytes(page, text + i, 1);
    }
}

/* A line of text. */
static void add_line(struct weir_text *page, const char *text)
{
    add_escaped(page, text, strlen(text));
    weir_text_add(page, "\n");
}

/* Words as help shows them: names in capitals are what the user puts there. */
static void add_words(struct weir_text *page, const char *words)
{
    while (*words) {
        size_t length = isupper((unsigned char)*words) ? strspn(words, "ABCDEFGHIJKLMNOPQRSTUVWXYZ.acsv")
                                                       : strcspn(words, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        bool is_name = isupper((unsigned char)*words);
        weir_text_add(page, is_name ? "\\fI" : "");
        add_escaped(page, words, length);
        weir_text_add(page, is_name ? "\\fR" : "");
        words += length;
    }
}

/* Lines that are filled, and between them lines that begin with two spaces, which stay as they are. */
static void add_detail(struct weir_text *page, const char *detail)
{
    bool table = false;
    while (*detail) {
        size_t length = strcspn(detail, "\n");
        bool row = strncmp(detail, "  ", 2) == 0;
        if (row != table)
            weir_text_add(page, row ? ".PP\n.nf\n" : ".fi\n.PP\n");
        table = row;
        add_escaped(page, detail, length);
        weir_text_add(page, "\n");
        detail += length + (detail[length] == '\n');
    }
    weir_text_add(page, table ? ".fi\n" : "");
}

static void add_flag(struct weir_text *page, const struct weir_flag *flag)
{
    weir_text_add(page, ".TP\n");
    if (flag->letter)
        weir_text_addf(page, "\\fB\\-%c\\fR, ", flag->letter);
    weir_text_add(page, "\\fB\\-\\-");
    add_escaped(page, flag->name, strlen(flag->name));
    weir_text_add(page, "\\fR");
    if (flag->arg) {
        weir_text_add(page, " ");
        add_words(page, flag->arg);
    }
    weir_text_add(page, "\n");
    add_line(page, flag->help);
}

static void add_flags(struct weir_text *page, const struct weir_flag *list)
{
    for (const struct weir_flag *f = list; f->name; f++)
        add_flag(page, f);
}

static void add_head(struct weir_text *page, const char *name, const char *summary)
{
    char *upper = weir_copy(name);
    for (char *c = upper; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    weir_text_addf(page, ".TH \"%s\" 1 \"\" \"weir %s\" \"weir\"\n.SH NAME\n", upper, weir_version());
    add_escaped(page, name, strlen(name));
    weir_text_add(page, " \\- ");
    add_line(page, summary);
    weir_text_add(page, ".SH SYNOPSIS\n");
    free(upper);
}

static void add_exits(struct weir_text *page)
{
    weir_text_add(page, ".SH EXIT STATUS\n");
    for (const struct weir_exit *e = weir_exits; e->meaning; e++) {
        weir_text_addf(page, ".TP\n%d\n", e->code);
        add_line(page, e->meaning);
    }
}

/* One kind of a command that has kinds, with the options that are its own alone. */
struct kind_page {
    struct weir_text *page;
    const struct weir_command *command;
};

static void add_kind(const struct weir_command *kind, void *context)
{
    struct kind_page *at = context;
    weir_text_add(at->page, ".SS ");
    add_line(at->page, kind->name);
    add_line(at->page, kind->summary);
    if (*kind->detail) {
        weir_text_add(at->page, ".PP\n");
        add_detail(at->page, kind->detail);
    }
    for (const struct weir_flag *f = kind->flags; f->name; f++) {
        bool shared = false;
        for (const struct weir_flag *own = at->command->flags; own->name; own++)
            shared = shared || strcmp(own->name, f->name) == 0;
        if (!shared)
            add_flag(at->page, f);
    }
}

static void add_command_page(struct weir_text *page, const struct weir_command *command)
{
    char *name = weir_format("weir-%s", command->name);
    add_head(page, name, command->summary);
    weir_text_addf(page, "\\fBweir %s\\fR [\\fIoptions\\fR] ", command->name);
    add_words(page, command->words);
    weir_text_add(page, "\n.SH DESCRIPTION\n");
    if (*command->detail)
        add_detail(page, command->detail);
    else
        add_line(page, command->summary);
    weir_text_add(page, ".SH OPTIONS\n");
    add_flags(page, command->flags);
    add_flag(page, &weir_help_flag);
    if (command->each_kind) {
        weir_text_add(page, ".SH KINDS\n");
        command->each_kind(add_kind, &(struct kind_page){page, command});
    }
    add_exits(page);
    weir_text_add(page, ".SH SEE ALSO\n.BR weir (1)\n");
    free(name);
}

static void add_program_page(struct weir_text *page, const struct weir_cli *cli)
{
    add_head(page, "weir", WEIR_SUMMARY);
    weir_text_add(page, "\\fBweir\\fR \\fICOMMAND\\fR [\\fIoptions\\fR] ...\n.SH COMMANDS\n");
    for (const struct weir_command *const *c = cli->commands; *c; c++) {
        weir_text_addf(page, ".TP\n.BR weir\\-%s (1)\n", (*c)->name);
        add_line(page, (*c)->summary);
    }
    weir_text_add(page, ".TP\n\\fBweir help\\fR [\\fICOMMAND\\fR]\nshow the help of a command\n.SH OPTIONS\n");
    add_flag(page, &weir_help_flag);
    add_flag(page, &(struct weir_flag){"version", 'V', NULL, "show the versions of weir and its engine"});
    add_exits(page);
    weir_text_add(page, ".SH SEE ALSO\n");
    for (const struct weir_command *const *c = cli->commands; *c; c++)
        weir_text_addf(page, ".BR weir\\-%s (1)%s\n", (*c)->name, c[1] ? "," : "");
}

/* The page of a command, or of the program (NULL): on stdout, or in a folder. */
static int put_page(const struct weir_cli *cli, const struct weir_command *command, const char *folder)
{
    struct weir_text page = {0};
    int code = WEIR_OK;
    if (command)
        add_command_page(&page, command);
    else
        add_program_page(&page, cli);
    if (folder) {
        char *path = weir_format("%s/weir%s%s.1", folder, command ? "-" : "", command ? command->name : "");
        code = weir_file_replace(path, weir_text_string(&page));
        free(path);
    } else {
        fputs(weir_text_string(&page), stdout);
    }
    weir_text_fini(&page);
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    const char *output = weir_arguments_value(arguments, OUTPUT);
    const struct weir_command *command = NULL;
    char *folder = NULL;
    int code = WEIR_OK;
    if (arguments->word_count && !(command = weir_command_find(cli, arguments->words[0])))
        return weir_command_unknown(cli, arguments->words[0]);
    if (output)
        code = weir_read_folder("output", output, &folder);
    if (code == WEIR_OK && folder)
        code = weir_folder_make(folder);
    if (code == WEIR_OK)
        code = put_page(cli, command, folder);
    for (const struct weir_command *const *c = cli->commands; *c && folder && !command && code == WEIR_OK; c++)
        code = put_page(cli, *c, folder);
    free(folder);
    return code;
}

const struct weir_command weir_command_man = {
    .name = "man",
    .words = "[COMMAND]",
    .max_words = 1,
    .summary = "print the manual page of weir, or of a command",
    .detail =
        "In roff, as man takes it: `weir man run | man -l -`. Where weir is installed, `man weir-run` shows it.\n",
    .flags = flags,
    .run = run,
};
