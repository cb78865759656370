#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/api/policy_load.h"
#include "sim/base/error.h"
#include "sim/base/remark.h"
#include "sim/cli/command.h"
#include "sim/model/foreign.h"

bool weir_terminal_bold(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(stream)) && !(no_color && *no_color) && !(terminal && strcmp(terminal, "dumb") == 0);
}

/* What the user says of the terminal's width, if it is a number that can be one; else 0. */
static int told_width(void)
{
    const char *text = getenv("COLUMNS");
    char *end = NULL;
    long columns = text ? strtol(text, &end, 10) : 0;
    return text && end != text && !*end && columns >= 20 && columns <= 10000 ? (int)columns : 0;
}

int weir_terminal_width(FILE *stream)
{
    struct winsize size;
    if (told_width())
        return told_width();
    if (isatty(fileno(stream)) && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 120;
}

/* Text in longer lines than 100 is hard to read. */
int weir_help_width(FILE *out)
{
    int told = told_width(), width = isatty(fileno(out)) ? weir_terminal_width(out) : 80;
    width = told ? told : width > 100 ? 100 : width;
    return width < 40 ? 40 : width;
}

void weir_tell_remarks(bool quiet)
{
    struct weir_remarks *remarks = weir_remarks_collect(NULL);
    for (size_t i = 0; remarks && i < remarks->count && !quiet; i++)
        fprintf(stderr, "weir: %s\n", remarks->sentence[i]);
    if (remarks && remarks->dropped && !quiet)
        fprintf(stderr, "weir: and %zu more remarks\n", remarks->dropped);
    if (remarks)
        weir_remarks_fini(remarks);
    weir_remarks_collect(remarks);
}

int weir_tell_code(const char *scenario, const struct weir_stack *stacks, int count, bool refuse, bool quiet)
{
    if (refuse)
        setenv(WEIR_NO_CODE, "1", 1); /* whatever loads code asks for it again */
    char *list = weir_foreign_list(stacks, count);
    int code = WEIR_OK;
    if (list && weir_code_refused())
        code = weir_error(WEIR_EINPUT, "%s: would run code that is not weir's: %s; it is refused by %s", scenario, list,
                          refuse ? "--no-code" : WEIR_NO_CODE);
    else if (list && !quiet)
        fprintf(stderr, "weir: %s runs code that is not weir's: %s\n", scenario, list);
    free(list);
    return code;
}
