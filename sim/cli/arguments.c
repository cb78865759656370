/* Command lines: flags from tables by getopt_long, and readers of their values. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"

#define LONG_ROW 1000 /* getopt_long's value of a long flag is this plus its row; letters stay below */

static int count_flags(const struct weir_flag *flags)
{
    int count = 0;
    while (flags[count].name)
        count++;
    return count;
}

/* What getopt_long wants to know: owned arrays. --help and -h are known to all commands. */
static void make_tables(const struct weir_flag *flags, int count, struct option **longs, char **letters)
{
    struct weir_text text = {0};
    *longs = weir_alloc((size_t)count + 2, sizeof **longs);
    weir_text_add(&text, ":h"); /* ':': tell missing arguments apart */
    for (int i = 0; i < count; i++) {
        (*longs)[i] =
            (struct option){flags[i].name, flags[i].arg ? required_argument : no_argument, NULL, LONG_ROW + i};
        if (flags[i].letter)
            weir_text_addf(&text, "%c%s", flags[i].letter, flags[i].arg ? ":" : "");
    }
    (*longs)[count] = (struct option){"help", no_argument, NULL, 'h'};
    *letters = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
}

/* An unknown flag, or one that getopt_long could not take. */
static int refuse(const struct weir_command *command, const struct option *longs, int count, const char *given)
{
    const char *names[64] = {0};
    size_t known = 0;
    for (int i = 0; i <= count && known < 64; i++)
        names[known++] = longs[i].name;
    if (strncmp(given, "--", 2) != 0)
        return weir_error(WEIR_EUSAGE, "%s: -%c is no option; `weir help %s` shows them", command->name, optopt,
                          command->name);
    char *name = weir_format("%.*s", (int)strcspn(given + 2, "="), given + 2);
    int code;
    const char *near = NULL;
    for (size_t i = 0; i < known; i++)
        if (strcmp(names[i], name) == 0)
            near = names[i];
    if (near)
        code = weir_error(WEIR_EUSAGE, "%s: --%s takes no argument", command->name, name);
    else if ((near = weir_nearest(name, names, known)))
        code = weir_error(WEIR_EUSAGE, "%s: --%s is no option; did you mean --%s?", command->name, name, near);
    else
        code = weir_error(WEIR_EUSAGE, "%s: --%s is no option; `weir help %s` shows them", command->name, name,
                          command->name);
    free(name);
    return code;
}

static int missing_argument(const struct weir_command *command, const struct option *longs)
{
    if (optopt >= LONG_ROW)
        return weir_error(WEIR_EUSAGE, "%s: --%s needs an argument: %s", command->name, longs[optopt - LONG_ROW].name,
                          command->flags[optopt - LONG_ROW].arg);
    return weir_error(WEIR_EUSAGE, "%s: -%c needs an argument", command->name, optopt);
}

static void add_use(struct weir_arguments *arguments, int row, const char *value)
{
    arguments->uses = weir_resize(arguments->uses, (size_t)arguments->use_count + 1, sizeof *arguments->uses);
    arguments->uses[arguments->use_count++] = (struct weir_flag_use){row, value};
}

static int check_words(const struct weir_command *command, const struct weir_arguments *arguments)
{
    if (arguments->word_count < command->min_words)
        return weir_error(WEIR_EUSAGE, "%s: what to work on is missing: weir %s %s", command->name, command->name,
                          command->words);
    if (command->max_words >= 0 && arguments->word_count > command->max_words)
        return weir_error(WEIR_EUSAGE, "%s: \"%s\" is one argument too many: weir %s %s", command->name,
                          arguments->words[command->max_words], command->name, command->words);
    return WEIR_OK;
}

int weir_arguments_read(const struct weir_command *command, int argc, char **argv, struct weir_arguments *arguments)
{
    int count = count_flags(command->flags), code = WEIR_OK, found;
    struct option *longs;
    char *letters;
    *arguments = (struct weir_arguments){0};
    make_tables(command->flags, count, &longs, &letters);
    optind = 0; /* begin anew */
    opterr = 0;
    while (code == WEIR_OK && (found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (found == '?') {
            code = refuse(command, longs, count, argv[optind - 1]);
        } else if (found == ':') {
            code = missing_argument(command, longs);
        } else if (found == 'h') {
            arguments->help = true;
        } else {
            int row = found - LONG_ROW;
            for (int i = 0; found < LONG_ROW && i < count; i++)
                if (command->flags[i].letter == found)
                    row = i;
            add_use(arguments, row, command->flags[row].arg ? optarg : "");
        }
    }
    arguments->words = weir_alloc((size_t)argc + 1, sizeof *arguments->words);
    for (int i = optind; code == WEIR_OK && i < argc; i++)
        arguments->words[arguments->word_count++] = argv[i];
    if (code == WEIR_OK && !arguments->help)
        code = check_words(command, arguments);
    free(letters);
    free(longs);
    return code;
}

void weir_arguments_fini(struct weir_arguments *arguments)
{
    free(arguments->uses);
    free(arguments->words);
    *arguments = (struct weir_arguments){0};
}

const char *weir_arguments_value(const struct weir_arguments *arguments, int row)
{
    const char *value = NULL;
    for (int i = 0; i < arguments->use_count; i++)
        if (arguments->uses[i].row == row)
            value = arguments->uses[i].value;
    return value;
}

const char **weir_arguments_values(const struct weir_arguments *arguments, int row, int *count)
{
    const char **values = weir_alloc((size_t)arguments->use_count + 1, sizeof *values);
    *count = 0;
    for (int i = 0; i < arguments->use_count; i++)
        if (arguments->uses[i].row == row)
            values[(*count)++] = arguments->uses[i].value;
    return values;
}

int weir_read_seed(const char *flag, const char *text, unsigned long long *seed)
{
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno)
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is no seed; give an integer from 0 to %llu", flag, text,
                          ULLONG_MAX);
    return WEIR_OK;
}

#define MOST_SEEDS 100000

static int add_range(const char *flag, const char *part, unsigned long long **seeds, int *count)
{
    unsigned long long first, last;
    const char *dash = strchr(part, '-');
    char *head = weir_format("%.*s", (int)(dash ? dash - part : (long)strlen(part)), part);
    int code = weir_read_seed(flag, head, &first);
    free(head);
    last = first;
    if (code == WEIR_OK && dash)
        code = weir_read_seed(flag, dash + 1, &last);
    if (code != WEIR_OK)
        return code;
    if (last < first || last - first >= MOST_SEEDS || *count + (int)(last - first) >= MOST_SEEDS)
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is no range of 1 to %d seeds", flag, part, MOST_SEEDS);
    *seeds = weir_resize(*seeds, (size_t)*count + (size_t)(last - first) + 1, sizeof **seeds);
    for (unsigned long long seed = first; seed - first <= last - first; seed++) {
        (*seeds)[(*count)++] = seed;
        if (seed == last)
            break;
    }
    return WEIR_OK;
}

int weir_read_seeds(const char *flag, const char *text, unsigned long long **seeds, int *count)
{
    int code = WEIR_OK;
    *seeds = NULL;
    *count = 0;
    if (!strpbrk(text, ",-")) {
        int number;
        code = weir_read_integer(flag, text, 1, MOST_SEEDS, &number);
        char *range = weir_format("1-%d", code == WEIR_OK ? number : 1);
        if (code == WEIR_OK)
            code = add_range(flag, range, seeds, count);
        free(range);
        return code;
    }
    char *copy = weir_copy(text), *rest = copy, *part;
    while (code == WEIR_OK && (part = strsep(&rest, ",")))
        if (*part || rest) /* "7," is the list of 7 alone */
            code = add_range(flag, part, seeds, count);
    free(copy);
    if (code != WEIR_OK) {
        free(*seeds);
        *seeds = NULL;
        *count = 0;
    }
    return code;
}

int weir_read_integer(const char *flag, const char *text, int min, int max, int *value)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (!*text || *end || errno || number < min || number > max)
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is no integer from %d to %d", flag, text, min, max);
    *value = (int)number;
    return WEIR_OK;
}

int weir_read_time(const char *flag, const char *text, double *time_s)
{
    char *end;
    *time_s = strtod(text, &end);
    bool bare = *text && !*end;
    if (!bare && weir_quantity_parse(WEIR_UNIT_TIME, text, time_s) != WEIR_OK)
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is no time such as \"90s\" or \"2min\"", flag, text);
    if (!isfinite(*time_s) || *time_s < 0)
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is negative or no finite time", flag, text);
    return WEIR_OK;
}

int weir_read_same(const char *flag, const char *text, enum weir_series_same *same)
{
    for (int i = 0; text && weir_series_same_names[i]; i++)
        if (strcmp(text, weir_series_same_names[i]) == 0) {
            *same = (enum weir_series_same)i;
            return WEIR_OK;
        }
    return text ? weir_error(WEIR_EUSAGE, "--%s: \"%s\" is none of refuse, add and mean", flag, text) : WEIR_OK;
}

int weir_read_sets(const struct weir_arguments *arguments, int row, const char ***sets)
{
    int count;
    *sets = weir_arguments_values(arguments, row, &count);
    for (int i = 0; i < count; i++) {
        const char *equals = strchr((*sets)[i], '=');
        if (!equals || equals == (*sets)[i]) {
            weir_error(WEIR_EUSAGE, "--set: \"%s\" is not path=value, as in --set duration=600s", (*sets)[i]);
            free(*sets);
            *sets = NULL;
            return WEIR_EUSAGE;
        }
    }
    return WEIR_OK;
}

int weir_read_folder(const char *flag, const char *text, char **folder)
{
    *folder = NULL;
    if (!*text)
        return weir_error(WEIR_EUSAGE, "--%s: the name of a folder is missing", flag);
    *folder = weir_copy(text);
    for (size_t length = strlen(*folder); length > 1 && (*folder)[length - 1] == '/'; length--)
        (*folder)[length - 1] = '\0';
    return WEIR_OK;
}

int weir_read_results(const char *word, char **folder)
{
    struct stat status;
    int code = weir_read_folder("RESULTS", word, folder);
    if (code != WEIR_OK || strchr(*folder, '/') || stat(*folder, &status) == 0)
        return code;
    char *below = weir_format("results/%s", *folder);
    if (stat(below, &status) == 0) {
        free(*folder);
        *folder = below;
    } else {
        free(below);
    }
    return WEIR_OK;
}
