/* What the commands of the command line share: their shape, and the words and flags that a user gave. */
#ifndef WEIR_CLI_COMMAND_H
#define WEIR_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/api/policy.h"
#include "sim/base/csv.h"

/* One flag; a table ends with a row whose name is NULL. Help and parsing both come from it. */
struct weir_flag {
    const char *name;
    char letter;     /* 0: none */
    const char *arg; /* how help calls its argument; NULL: it takes none */
    const char *help;
};

/* A flag as given. */
struct weir_flag_use {
    int row;           /* in the command's table */
    const char *value; /* borrowed from argv; NULL for flags without argument */
};

/* A command line taken apart. */
struct weir_arguments {
    struct weir_flag_use *uses;
    int use_count;
    const char **words; /* all that are no flags, in order */
    int word_count;
    bool help; /* --help or -h was there */
};

/* What main hands to the commands. */
struct forecaster_kind;
struct detector_kind;
struct weir_command;
struct weir_cli {
    const struct weir_command *const *commands; /* ends with NULL */
    const struct weir_policy *const *catalog;
    const struct forecaster_kind *const *forecasters;
    const struct detector_kind *const *detectors;
};

/* Returned by a command that was interrupted: exit code 130, as shells have it. */
#define WEIR_INTERRUPTED (-130)

struct weir_command {
    const char *name;
    const char *words;        /* as help shows them: "SCENARIO" */
    int min_words, max_words; /* max_words 0: none; -1: any number */
    const char *summary;      /* one line */
    const char *detail;       /* more lines for its own help; ends with a line end */
    const struct weir_flag *flags;
    int (*run)(const struct weir_cli *cli, const struct weir_arguments *arguments); /* 0, a code, WEIR_INTERRUPTED */
    /* Instead of `run`, for a command that takes its line apart itself, --help included; argv[0] is its name. */
    int (*take)(const struct weir_cli *cli, int argc, char **argv);
    /* For a command whose first word is one of several kinds with options of their own: tells each as a command. */
    void (*each_kind)(void (*tell)(const struct weir_command *kind, void *context), void *context);
};

/* What the program does, as the end of a sentence that begins with its name. */
#define WEIR_SUMMARY "simulates stream processing over edge and cloud, and compares policies that scale and place it"

/* Exit codes of the program; ends with a row whose meaning is NULL. */
struct weir_exit {
    int code;
    const char *meaning;
};
extern const struct weir_exit weir_exits[];

/* The flag that all commands have. */
extern const struct weir_flag weir_help_flag;

extern const struct weir_command weir_command_run, weir_command_compare, weir_command_check, weir_command_list,
    weir_command_workflow, weir_command_generate, weir_command_selftest, weir_command_schema, weir_command_sweep,
    weir_command_explain, weir_command_report, weir_command_forecast, weir_command_transfer, weir_command_plot,
    weir_command_detect, weir_command_demo, weir_command_man, weir_command_completion, weir_command_copy,
    weir_command_mst, weir_command_calibrate;

/* For the help of commands that take a scenario (sim/experiment/shipped.h). */
#define WEIR_SCENARIO_HELP                                                                                             \
    "SCENARIO is a JSON file, or the name of one that weir brings along (`weir list scenarios`).\n"

/* Takes argv[1..] apart, argv[0] being the command's name. Errors: WEIR_EUSAGE for an unknown flag, with the near one,
 * a missing or superfluous argument, too few or too many words. */
int weir_arguments_read(const struct weir_command *command, int argc, char **argv, struct weir_arguments *arguments);
void weir_arguments_fini(struct weir_arguments *arguments);

/* The value of a flag's last use; NULL if it is not there (flags without argument: ""). */
const char *weir_arguments_value(const struct weir_arguments *arguments, int row);

/* The values of all uses of a flag, NULL-terminated. The array is owned by the caller, the values are borrowed. */
const char **weir_arguments_values(const struct weir_arguments *arguments, int row, int *count);

/* The command of that name, NULL if there is none; the error for that, WEIR_EUSAGE, with the near name. */
const struct weir_command *weir_command_find(const struct weir_cli *cli, const char *name);
int weir_command_unknown(const struct weir_cli *cli, const char *name);

/* The help of a command, and that of the program. */
void weir_command_help(const struct weir_command *command, FILE *out);
void weir_program_help(const struct weir_cli *cli, FILE *out);

/* Readers of values; `flag` is the flag's name for messages. Errors: WEIR_EUSAGE. */
int weir_read_seed(const char *flag, const char *text, unsigned long long *seed);
/* "5" means 1 to 5; "3,7,9" and "1-4,9" are lists. Owned by the caller. */
int weir_read_seeds(const char *flag, const char *text, unsigned long long **seeds, int *count);
int weir_read_integer(const char *flag, const char *text, int min, int max, int *value);
/* A time with its unit; a bare number is taken as seconds. Not negative. */
int weir_read_time(const char *flag, const char *text, double *time_s);
/* What becomes of rows of one time; NULL leaves it. */
int weir_read_same(const char *flag, const char *text, enum weir_series_same *same);
/* --set values must look like path=value. */
int weir_read_sets(const struct weir_arguments *arguments, int row, const char ***sets);
/* A folder's name without slashes at its end; owned. "" is refused. */
int weir_read_folder(const char *flag, const char *text, char **folder);
/* The folder of results that a word means, owned: the folder itself or, where there is none, results/WORD, into which
 * a scenario of that name writes. */
int weir_read_results(const char *word, char **folder);

/* A row of a command's flags, for commands that run policies. */
#define WEIR_NO_CODE_FLAG                                                                                              \
    {                                                                                                                  \
        "no-code", 0, NULL, "refuse shared objects and programs of policies; WEIR_NO_CODE=1 does so everywhere"        \
    }

/* Refuses code that is not weir's, if `refuse` or the environment says so, and else tells on stderr in one line what
 * the stacks will run, unless `quiet`. Errors: WEIR_EINPUT naming the files and programs. */
struct weir_stack;
int weir_tell_code(const char *scenario, const struct weir_stack *stacks, int count, bool refuse, bool quiet);

/* Writes what readers have remarked (sim/base/remark.h) to stderr, unless `quiet`, and forgets it. */
void weir_tell_remarks(bool quiet);

/* Whether to write bold text to a stream: a terminal, and no NO_COLOR. */
bool weir_terminal_bold(FILE *stream);

/* Columns in which help is folded: COLUMNS, or those of the terminal but 100 at most; 40 at least, 80 where there is
 * neither. */
int weir_help_width(FILE *out);

/* Lines of help, folded; those that were broken in the source for their length are joined before. A line that begins
 * with blanks keeps them. */
void weir_help_text(FILE *out, const char *text);

/* A row of help: a name, room for `width` columns, and its sentence, folded beside it. */
void weir_help_row(FILE *out, const char *name, int width, const char *help);

/* Columns of the terminal behind a stream, or as COLUMNS says; 120 if there is neither. */
int weir_terminal_width(FILE *stream);

/* Writes out what was printed, and sees whether all of it could be written: else WEIR_EINPUT, and what was printed is
 * cut. */
int weir_stdout_finish(void);

#endif
