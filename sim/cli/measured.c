#include "sim/cli/measured.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

/* The name of a measured file: without its folder and .csv, .csv.gz. */
static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *end = strstr(name, ".csv");
    return weir_format("%.*s", end && end > name ? (int)(end - name) : (int)strlen(name), name);
}

/* The case that a text begins with, followed by ':' or its end; *rest is what comes behind, or NULL. */
static struct fit_case *find_case(struct fit_problem *problem, const char *text, const char **rest)
{
    for (int c = 0; c < problem->case_count; c++) {
        size_t length = strlen(problem->cases[c].name);
        if (strncmp(text, problem->cases[c].name, length) == 0 && (!text[length] || text[length] == ':')) {
            *rest = text[length] ? text + length + 1 : NULL;
            return &problem->cases[c];
        }
    }
    return NULL;
}

/* "FROM..UNTIL" */
static int read_part(const char *flag, const char *text, struct fit_case *of)
{
    const char *dots = strstr(text, "..");
    if (!dots)
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is no part of a file; write FROM..UNTIL, as in 10min..3h", flag,
                          text);
    char *from = weir_format("%.*s", (int)(dots - text), text);
    int code = *from ? weir_read_time(flag, from, &of->from_s) : WEIR_OK;
    if (code == WEIR_OK && dots[2])
        code = weir_read_time(flag, dots + 2, &of->until_s);
    free(from);
    if (code == WEIR_OK && of->from_s >= of->until_s)
        code = weir_error(WEIR_EUSAGE, "--%s: the part %s ends before it begins; write its ends the other way round",
                          flag, text);
    return code;
}

/* Which files are fitted, and which predicted. */
static int assign(const struct weir_arguments *arguments, int row, bool fitted, struct fit_problem *problem, bool *said)
{
    const char *flag = fitted ? "fit-on" : "predict";
    int count, code = WEIR_OK;
    const char **names = weir_arguments_values(arguments, row, &count);
    for (int i = 0; i < count && code == WEIR_OK; i++) {
        const char *part;
        struct fit_case *of = find_case(problem, names[i], &part);
        if (!of)
            code = weir_error(WEIR_EUSAGE, "--%s: no measured file is called \"%s\"; the first is \"%s\"", flag,
                              names[i], problem->cases[0].name);
        else if (said[of - problem->cases])
            code =
                weir_error(WEIR_EUSAGE, "--%s: %s is named twice; a file is fitted or predicted once", flag, of->name);
        else {
            of->fitted = fitted;
            said[of - problem->cases] = true;
            code = part ? read_part(flag, part, of) : WEIR_OK;
        }
    }
    free(names);
    return code;
}

static int read_set_on(const struct weir_arguments *arguments, int row, struct fit_problem *problem)
{
    int count, code = WEIR_OK;
    const char **texts = weir_arguments_values(arguments, row, &count);
    for (int i = 0; i < count && code == WEIR_OK; i++) {
        const char *set;
        struct fit_case *of = find_case(problem, texts[i], &set);
        int there = 0;
        if (!of || !set || !strchr(set, '=')) {
            code = weir_error(WEIR_EUSAGE,
                              "--set-on: \"%s\" is not NAME:PATH=VALUE with the name of a measured file, "
                              "such as \"%s\"",
                              texts[i], problem->cases[0].name);
            break;
        }
        while (of->sets && of->sets[there])
            there++;
        of->sets = weir_resize(of->sets, (size_t)there + 2, sizeof *of->sets);
        of->sets[there] = set;
        of->sets[there + 1] = NULL;
    }
    free(texts);
    return code;
}

int weir_read_cases(const struct weir_arguments *arguments, int fit_on, int predict, int set_on,
                    struct fit_problem *problem)
{
    bool said[FIT_CASES] = {false}, any = false;
    if (arguments->word_count - 1 > FIT_CASES)
        return weir_error(WEIR_EUSAGE, "calibrate: %d files are measured; %d can be at most", arguments->word_count - 1,
                          FIT_CASES);
    for (int w = 1; w < arguments->word_count; w++) {
        struct fit_case *of = &problem->cases[problem->case_count++];
        *of = (struct fit_case){.path = weir_copy(arguments->words[w]), .until_s = INFINITY};
        of->name = name_of(of->path);
        for (int c = 0; c < problem->case_count - 1; c++)
            if (strcmp(problem->cases[c].name, of->name) == 0)
                return weir_error(WEIR_EUSAGE, "calibrate: two measured files are called \"%s\"; rename one", of->name);
    }
    int code = assign(arguments, fit_on, true, problem, said);
    for (int c = 0; c < problem->case_count; c++)
        any |= problem->cases[c].fitted;
    if (code == WEIR_OK)
        code = assign(arguments, predict, false, problem, said);
    for (int c = 0; c < problem->case_count; c++)
        problem->cases[c].fitted |= !any && !said[c];
    any = false;
    for (int c = 0; c < problem->case_count; c++)
        any |= problem->cases[c].fitted;
    if (code == WEIR_OK && !any)
        code = weir_error(WEIR_EUSAGE, "calibrate: all files are predicted, and none is left to fit on");
    return code == WEIR_OK ? read_set_on(arguments, set_on, problem) : code;
}
