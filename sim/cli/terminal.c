#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/base/remark.h"
#include "sim/cli/command.h"

bool weir_terminal_bold(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(stream)) && !(no_color && *no_color) && !(terminal && strcmp(terminal, "dumb") == 0);
}

int weir_terminal_width(FILE *stream)
{
    struct winsize size;
    if (isatty(fileno(stream)) && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 120;
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
