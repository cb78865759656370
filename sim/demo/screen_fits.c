/* Whether there is a terminal to draw on. In a file of its own for the many short macros of <term.h>. */
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "sim/demo/screen.h"

bool weir_demo_screen_fits(const char **why)
{
    const char *terminal = getenv("TERM");
    int error;
    *why = NULL;
    if (!isatty(STDIN_FILENO))
        *why = "stdin is no terminal";
    else if (!isatty(STDOUT_FILENO))
        *why = "stdout is no terminal";
    else if (!terminal || !*terminal)
        *why = "TERM is not set";
    else if (strcmp(terminal, "dumb") == 0)
        *why = "the terminal is dumb";
    else if (setupterm(terminal, STDOUT_FILENO, &error) != OK) /* before newterm, which leaks where it fails */
        *why = "this terminal (TERM) is not known";
    else
        del_curterm(set_curterm(NULL));
    return !*why;
}
