/* Profiles of speed, bandwidth, latency and state: lines "date value", as SimGrid's ProfileBuilder reads them. SimGrid
 * ends the process on a bad one, so they are checked first. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/platform_read.h"

/* What the lines so far have set. */
struct profile {
    bool stochastic;
    double periodicity;
    double loop_after;
    double last_date;
};

#define TOKENS 8 /* a line has at most two laws of three words; SimGrid ignores what follows */

/* Laws of dates and values with the number of their parameters. */
static const struct law {
    const char *name;
    int parameters;
} laws[] = {
    {"DET", 1}, {"NORM", 2},        {"NORMAL", 2}, {"GAUSS", 2},   {"GAUSSIAN", 2},
    {"EXP", 1}, {"EXPONENTIAL", 1}, {"UNIF", 2},   {"UNIFORM", 2},
};

/* Reads a law or a bare number at words[*at]; *number is its first parameter. False if it is not one. */
static bool read_law(char **words, int count, int *at, bool bare_allowed, double *number)
{
    int parameters = 1;
    bool named = false;
    for (size_t i = 0; i < sizeof laws / sizeof *laws && *at < count; i++)
        if (strcmp(words[*at], laws[i].name) == 0) {
            parameters = laws[i].parameters;
            named = true;
        }
    if (named)
        (*at)++;
    else if (!bare_allowed)
        return false;
    for (int i = 0; i < parameters; i++, (*at)++) {
        char *end;
        if (*at >= count)
            return false;
        double value = strtod(words[*at], &end);
        if (end == words[*at])
            return false;
        if (i == 0)
            *number = value;
    }
    return true;
}

static int check_line(struct profile *profile, char *line)
{
    char quoted[WEIR_QUOTE_SIZE];
    if (sscanf(line, "PERIODICITY %lg", &profile->periodicity) == 1)
        return 0;
    if (sscanf(line, "LOOPAFTER %lg", &profile->loop_after) == 1)
        return 0;
    if (strcmp(line, "STOCHASTIC") == 0 || strcmp(line, "STOCHASTIC LOOP") == 0) {
        profile->stochastic = true;
        return 0;
    }
    weir_quote(line, quoted);
    char *words[TOKENS], *rest = line;
    int count = 0, at = 0;
    while (count < TOKENS && (words[count] = strtok_r(NULL, " \t", &rest)))
        count++;
    double date, value;
    if (!read_law(words, count, &at, !profile->stochastic, &date) ||
        !read_law(words, count, &at, !profile->stochastic, &value))
        return weir_error(WEIR_EINPUT, "%s is not a line of a profile; write a date and a value such as \"%s\"", quoted,
                          profile->stochastic ? "DET 10 UNIF 0.5 1" : "10 0.5");
    if (value < 0) /* SimGrid aborts when it comes to it */
        return weir_error(WEIR_EINPUT, "the value %g of a profile is negative", value);
    if (profile->stochastic)
        return 0;
    if (date < 0)
        return weir_error(WEIR_EINPUT, "the date %g of a profile is negative", date);
    if (date < profile->last_date)
        return weir_error(WEIR_EINPUT, "the dates of a profile must not go back, but %g comes after %g", date,
                          profile->last_date);
    profile->last_date = date;
    return 0;
}

int weir_platform_profile_check(const char *text, const char *name, int first_line, double periodicity)
{
    struct profile profile = {.periodicity = periodicity};
    int number = first_line;
    while (*text) {
        size_t length = strcspn(text, "\n\r");
        size_t begin = 0, end = length;
        while (begin < end && isspace((unsigned char)text[begin]))
            begin++;
        while (end > begin && isspace((unsigned char)text[end - 1]))
            end--;
        if (end > begin && text[begin] != '#' && text[begin] != '%') {
            char *line = weir_alloc(end - begin + 1, 1);
            memcpy(line, text + begin, end - begin);
            int status = check_line(&profile, line);
            free(line);
            if (status != 0)
                return weir_error_context("%s:%d", name, number);
        }
        number += text[length] == '\n';
        text += length + (text[length] != 0);
    }
    if (profile.stochastic && profile.periodicity > 0)
        return weir_error(WEIR_EINPUT, "%s: a stochastic profile has no PERIODICITY; use LOOPAFTER", name);
    if (profile.periodicity > 0 && profile.loop_after != 0)
        return weir_error(WEIR_EINPUT, "%s: a profile has PERIODICITY or LOOPAFTER, not both", name);
    if (profile.loop_after < 0 || (profile.periodicity > 0 && profile.periodicity < profile.last_date))
        return weir_error(WEIR_EINPUT, "%s: the profile repeats before its last date, %g; give a longer PERIODICITY",
                          name, profile.last_date);
    return 0;
}

/* Where SimGrid finds the file: absolute, in the working folder, or beside the platform; NULL if nowhere. Owned. */
static char *find_file(const char *platform, const char *name)
{
    if (access(name, R_OK) == 0)
        return weir_copy(name);
    char *beside = weir_path_beside(platform, name);
    if (access(beside, R_OK) == 0)
        return beside;
    free(beside);
    return NULL;
}

int weir_platform_profile_once(struct weir_platform_reader *reader, const struct _xmlNode *node, const char *name)
{
    int first = weir_names_find(&reader->profiles, name);
    if (first >= 0)
        return weir_platform_fail(
            reader, node,
            "profile \"%s\" is used twice, here and in line %d, which SimGrid refuses; make a copy "
            "of another name",
            name, reader->profiles.entries[first].line);
    weir_names_add(&reader->profiles, name, weir_xml_line(node), -1);
    reader->platform->has_profiles = true;
    return 0;
}

int weir_platform_profile(struct weir_platform_reader *reader, const struct _xmlNode *node, const char *name)
{
    if (weir_platform_profile_once(reader, node, name) != 0)
        return WEIR_EINPUT;
    char *path = find_file(reader->path, name);
    if (!path)
        return weir_platform_fail(
            reader, node, "no profile \"%s\" beside the platform or in the working folder; check its name", name);
    struct weir_text text = {0};
    int status = weir_text_read_file(&text, path);
    if (status == 0) {
        reader->platform->hash = weir_hash(reader->platform->hash, text.data, text.length);
        status = weir_platform_profile_check(weir_text_string(&text), path, 1, 0);
    }
    if (status != 0)
        weir_platform_fail_at(reader, node);
    weir_text_fini(&text);
    free(path);
    return status;
}
