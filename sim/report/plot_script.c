#include "sim/report/plot_script.h"

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/error.h"

extern char **environ;

const char *const weir_plot_formats[] = {"pdf", "svg", "png", NULL};

static void add_string(struct weir_text *script, const char *string, const char *quote)
{
    weir_text_add(script, "'");
    for (; *string; string++) {
        if (*string == '\'')
            weir_text_add(script, quote);
        else if ((unsigned char)*string < ' ')
            weir_text_add(script, " ");
        else
            weir_text_add_bytes(script, string, 1);
    }
    weir_text_add(script, "'");
}

void weir_script_string(struct weir_text *script, const char *string)
{
    add_string(script, string, "\u2019"); /* titles that begin with '' are not read */
}

void weir_script_begin(struct weir_text *script, enum weir_plot_format format, const char *figure)
{
    /* A column of a journal is 8.5 cm wide; the sizes in dots are about the same on a screen. */
    static const char *const terminals[] = {
        "pdfcairo noenhanced color size 8.5cm,6cm font 'DejaVu Serif,7.5' linewidth 1.1 dashlength 0.7",
        "svg noenhanced size 560,395 font 'DejaVu Serif,12' background rgb 'white' linewidth 1.2",
        "pngcairo noenhanced color size 1130,800 font 'DejaVu Serif,22' linewidth 2.4 dashlength 0.8",
    };
    /* Dark to light, with dashes and marks that tell them apart without colour. */
    static const struct {
        const char *colour, *dash;
        int mark;
    } lines[] = {{"#000000", "solid", 7}, {"#0060a8", "'-'", 5},   {"#c04a00", "'.'", 9},   {"#007a58", "'-.'", 11},
                 {"#8a4a80", "'_'", 13},  {"#777777", "'-..'", 6}, {"#4a90c0", "solid", 4}, {"#b08000", "'- '", 8}};
    weir_text_addf(script, "set terminal %s\nset output ", terminals[format]);
    add_string(script, figure, "''");
    weir_text_add(script, "\nset encoding utf8\nset border 3 linewidth 0.8\nset tics nomirror out scale 0.6\n"
                          "set grid ytics linecolor rgb '#cccccc' linewidth 0.5 dashtype solid\n"
                          "set key outside top center horizontal Left reverse samplen 3.5 spacing 1.1\nset style fill "
                          "solid 0.45 border -1\n"
                          "set format y '%g'\nset bars 0.6\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        weir_text_addf(script,
                       "set linetype %zu linecolor rgb '%s' dashtype %s linewidth 1.7 pointtype %d pointsize 0.7\n",
                       i + 1, lines[i].colour, lines[i].dash, lines[i].mark);
    weir_text_add(script, "\n");
}

double weir_script_unit(const char *unit, double largest, const char **name)
{
    static const struct {
        const char *unit;
        double size;
        const char *name;
    } steps[] = {{"s", 1, "s"},    {"s", 1e-3, "ms"}, {"s", 1e-6, "µs"}, {"B", 1e12, "TB"},
                 {"B", 1e9, "GB"}, {"B", 1e6, "MB"},  {"B", 1e3, "kB"},  {"B", 1, "B"},
                 {"J", 1e6, "MJ"}, {"J", 1e3, "kJ"},  {"J", 1, "J"},     {"share", 0.01, "%"}};
    double size = 1;
    *name = strcmp(unit, "count") == 0 ? "" : unit;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (strcmp(steps[i].unit, unit) != 0)
            continue;
        size = steps[i].size;
        *name = steps[i].name;
        if (largest >= size * 0.9999 || !(largest > 0))
            break;
    }
    return size;
}

void weir_script_label(struct weir_text *script, const char *axis, const char *name, const char *unit)
{
    struct weir_text text = {0};
    weir_text_add(&text, name);
    for (char *at = text.data; at && *at; at++)
        *at = *at == '_' ? ' ' : *at;
    if (*unit && strcmp(unit, name) != 0)
        weir_text_addf(&text, " (%s)", unit);
    weir_text_addf(script, "set %s ", axis);
    weir_script_string(script, weir_text_string(&text));
    weir_text_add(script, "\n");
    weir_text_fini(&text);
}

/* Reads what is left in a file into a line. */
static void last_words(FILE *file, char *line, size_t size)
{
    rewind(file);
    size_t length = fread(line, 1, size - 1, file);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ')
            line[i] = ' ';
    while (length && line[length - 1] == ' ')
        length--;
    line[length] = '\0';
}

int weir_script_run(const char *script)
{
    char said[400];
    char *const command[] = {"gnuplot", (char *)script, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    FILE *errors = tmpfile();
    if (!errors)
        return weir_error(WEIR_EINPUT, "no temporary file: %s", strerror(errno));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(errors), STDERR_FILENO);
    int failed = posix_spawnp(&child, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    int code = WEIR_OK;
    if (failed == ENOENT) {
        code = weir_error(WEIR_EINPUT,
                          "gnuplot is not there: install it (Debian: gnuplot-nox) and run `gnuplot %s`, or weir "
                          "plot again",
                          script);
    } else if (failed) {
        code = weir_error(WEIR_EINPUT, "gnuplot cannot be started: %s", strerror(failed));
    } else {
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
        last_words(errors, said, sizeof said);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            code = weir_error(WEIR_EINPUT, "gnuplot failed with %s: %s", script, said);
    }
    fclose(errors);
    return code;
}
