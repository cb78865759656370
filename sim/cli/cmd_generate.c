/* weir generate: makes input files. Its options are those of the kind, so it takes its command line apart itself. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/experiment/files.h"
#include "sim/generate/generate.h"

enum { OUTPUT, SEED, OWN };
static const struct weir_flag own_flags[] = {
    [OUTPUT] = {"output", 'o', "FILE",
                "write to this file, which is replaced, or folder if the kind makes several files; default: stdout"},
    [SEED] = {"seed", 's', "N", "seed of all draws; default 1"},
    [OWN] = {0},
};

static void list_kinds(FILE *out)
{
    int width = 0;
    for (const struct weir_generator *const *g = weir_generators; *g; g++)
        width = (int)strlen((*g)->name) > width ? (int)strlen((*g)->name) : width;
    fputs("kinds:\n", out);
    for (const struct weir_generator *const *g = weir_generators; *g; g++)
        weir_help_row(out, (*g)->name, width, (*g)->summary);
    weir_help_text(out, "\n`weir generate KIND --help` shows the options of a kind.\n");
}

/* How help calls the value of an option. */
static const char *argument_name(const struct weir_param *row)
{
    static const char *const units[WEIR_UNIT_COUNT_OF_UNITS] = {
        [WEIR_UNIT_NONE] = "X",     [WEIR_UNIT_TIME] = "TIME",
        [WEIR_UNIT_BYTES] = "SIZE", [WEIR_UNIT_BANDWIDTH] = "BANDWIDTH",
        [WEIR_UNIT_FLOPS] = "WORK", [WEIR_UNIT_SPEED] = "SPEED",
        [WEIR_UNIT_RATE] = "RATE",  [WEIR_UNIT_ENERGY] = "ENERGY",
    };
    switch (row->type) {
    case WEIR_PARAM_BOOL:
        return NULL;
    case WEIR_PARAM_INT:
        return "N";
    case WEIR_PARAM_DOUBLE:
        return units[row->unit];
    default:
        return "TEXT";
    }
}

/* A command line whose options are those of a kind, after our own. To be freed by free_flags. */
static struct weir_flag *make_flags(const struct weir_generator *kind)
{
    size_t count = OWN;
    for (const struct weir_param *row = kind->params; row->name; row++)
        count++;
    struct weir_flag *flags = weir_alloc(count + 1, sizeof *flags);
    memcpy(flags, own_flags, OWN * sizeof *flags);
    for (size_t i = OWN; i < count; i++) {
        const struct weir_param *row = &kind->params[i - OWN];
        char described[200];
        bool silent =
            row->type == WEIR_PARAM_BOOL || (row->type == WEIR_PARAM_STRING && (!row->fallback || !*row->fallback));
        weir_param_describe(row, described, sizeof described);
        flags[i] = (struct weir_flag){row->name, 0, argument_name(row),
                                      weir_format(silent ? "%s" : "%s; default %s", row->help, described)};
    }
    return flags;
}

static void free_flags(struct weir_flag *flags)
{
    for (struct weir_flag *f = flags + OWN; f->name; f++)
        free((char *)f->help);
    free(flags);
}

/* Several files, into a folder that is made if it is not there. */
static int write_folder(const char *folder, const char *text)
{
    char *name, *content;
    int code = weir_folder_make(folder);
    while (code == WEIR_OK && weir_generate_next(&text, &name, &content)) {
        char *path = weir_format("%s/%s", folder, name);
        code = weir_file_replace(path, content);
        free(path);
        free(name);
        free(content);
    }
    return code;
}

static int generate(const struct weir_generator *kind, const struct weir_arguments *arguments)
{
    unsigned long long seed = 1;
    const char *path = weir_arguments_value(arguments, OUTPUT), *seed_text = weir_arguments_value(arguments, SEED);
    if (path && !*path)
        return weir_error(WEIR_EUSAGE, "--output: the name of a file is missing");
    int code = seed_text ? weir_read_seed("seed", seed_text, &seed) : WEIR_OK;
    if (code != WEIR_OK)
        return code;
    struct weir_generator_option *options = weir_alloc((size_t)arguments->use_count + 1, sizeof *options);
    char *text;
    size_t length;
    int count = 0;
    for (int i = 0; i < arguments->use_count; i++)
        if (arguments->uses[i].row >= OWN)
            options[count++] = (struct weir_generator_option){kind->params[arguments->uses[i].row - OWN].name,
                                                              arguments->uses[i].value};
    code = weir_generate(kind, options, count, seed, &text, &length);
    weir_tell_remarks(false);
    if (code == WEIR_OK && path)
        code = kind->folder ? write_folder(path, text) : weir_file_replace(path, text);
    else if (code == WEIR_OK)
        fwrite(text, 1, length, stdout);
    free(text);
    free(options);
    return code;
}

static struct weir_command command_of(const struct weir_generator *kind, const char *name,
                                      const struct weir_flag *kind_flags)
{
    return (struct weir_command){
        .name = name, .words = "", .summary = kind->summary, .detail = kind->detail, .flags = kind_flags};
}

static void each_kind(void (*tell)(const struct weir_command *kind, void *context), void *context)
{
    for (const struct weir_generator *const *kind = weir_generators; *kind; kind++) {
        struct weir_flag *flags = make_flags(*kind);
        struct weir_command command = command_of(*kind, (*kind)->name, flags);
        tell(&command, context);
        free_flags(flags);
    }
}

static int take(const struct weir_cli *cli, int argc, char **argv)
{
    (void)cli;
    if (argc < 2) {
        list_kinds(stdout);
        return WEIR_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        weir_command_help(&weir_command_generate, stdout);
        putchar('\n');
        list_kinds(stdout);
        return WEIR_OK;
    }
    if (argv[1][0] == '-')
        return weir_error(WEIR_EUSAGE, "generate: the kind comes before the options: weir generate KIND %s", argv[1]);
    const struct weir_generator *kind;
    int code = weir_generator_find(argv[1], &kind);
    if (code != WEIR_OK)
        return code;
    struct weir_flag *flags = make_flags(kind);
    char *name = weir_format("generate %s", kind->name);
    struct weir_command command = command_of(kind, name, flags);
    struct weir_arguments arguments;
    code = weir_arguments_read(&command, argc - 1, argv + 1, &arguments);
    if (code == WEIR_OK && arguments.help)
        weir_command_help(&command, stdout);
    else if (code == WEIR_OK)
        code = generate(kind, &arguments);
    weir_arguments_fini(&arguments);
    free(name);
    free_flags(flags);
    return code;
}

const struct weir_command weir_command_generate = {
    .name = "generate",
    .words = "KIND",
    .max_words = -1,
    .summary = "make input files: traffic, platforms, workflows, scenarios",
    .detail = "The same options and seed give the same bytes. Other options are those of the kind.\n",
    .flags = own_flags,
    .take = take,
    .each_kind = each_kind,
};
