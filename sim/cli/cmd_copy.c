/* weir copy: a scenario that weir brings along, laid before the user. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/cli/command.h"
#include "sim/experiment/shipped.h"

enum { QUIET };
static const struct weir_flag flags[] = {
    [QUIET] = {"quiet", 'q', NULL, "no remarks"},
    {0},
};

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    char *folder, **paths = NULL;
    (void)cli;
    int code = weir_read_folder("FOLDER", arguments->word_count > 1 ? arguments->words[1] : ".", &folder);
    if (code == WEIR_OK)
        code = weir_shipped_copy(arguments->words[0], folder, &paths);
    for (char **path = paths; code == WEIR_OK && *path; path++)
        puts(*path);
    fflush(stdout);
    if (code == WEIR_OK && !weir_arguments_value(arguments, QUIET))
        fprintf(stderr, "edit them; to see whether all is right: weir check %s\n", paths[0]);
    weir_shipped_free_paths(paths);
    free(folder);
    return code;
}

const struct weir_command weir_command_copy = {
    .name = "copy",
    .words = "NAME [FOLDER]",
    .min_words = 1,
    .max_words = 2,
    .summary = "lay a scenario or study that weir brings along into a folder, with its files, to be edited",
    .detail = "NAME is one of `weir list scenarios` or `weir list studies`; FOLDER is made if it is not there, and is "
              "the present one\nif it is not given. Prints what was written, the scenario first. Nothing is "
              "overwritten.\n",
    .flags = flags,
    .run = run,
};
