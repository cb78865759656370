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

/* Widths as journals have columns. An SVG has 96 dots an inch, as viewers have it, a PNG 300, as printers want it. */
static void set_terminal(struct weir_text *script, const struct weir_plot_spec *spec)
{
    bool wide = spec->columns == 2;
    double width_cm = wide ? 17.8 : 8.5, height_cm = wide ? 7.5 : 6;
    double font_pt = spec->font_pt > 0 ? spec->font_pt : WEIR_PLOT_FONT_PT;
    double svg = 96 / 2.54, png = 300 / 2.54;
    switch (spec->format) {
    case WEIR_PLOT_PDF:
        weir_text_addf(script,
                       "set terminal pdfcairo noenhanced color size %gcm,%gcm font 'DejaVu Serif,%g' fontscale 0.75 "
                       "linewidth 1.1 dashlength 0.7\n",
                       width_cm, height_cm, font_pt);
        break;
    case WEIR_PLOT_SVG:
        weir_text_addf(script,
                       "set terminal svg noenhanced size %.0f,%.0f font 'DejaVu Serif,%.4g' background rgb 'white' "
                       "linewidth 0.9 dashlength 0.7\n",
                       width_cm * svg, height_cm * svg, font_pt * 96 / 72);
        break;
    case WEIR_PLOT_PNG:
        weir_text_addf(script,
                       "set terminal pngcairo noenhanced color size %.0f,%.0f font 'DejaVu Serif,%.4g' linewidth 3 "
                       "dashlength 0.7\n",
                       width_cm * png, height_cm * png, font_pt * 300 / 96);
        break;
    }
}

void weir_script_begin(struct weir_text *script, const struct weir_plot_spec *spec, const char *figure)
{
    /* Dark to light, with dashes and marks that tell them apart without colour. */
    static const struct {
        const char *colour, *dash;
        int mark;
    } lines[] = {{"#000000", "solid", 7}, {"#0060a8", "'-'", 5},   {"#c04a00", "'.'", 9},   {"#007a58", "'-.'", 11},
                 {"#8a4a80", "'_'", 13},  {"#777777", "'-..'", 6}, {"#4a90c0", "solid", 4}, {"#b08000", "'- '", 8}};
    set_terminal(script, spec);
    weir_text_add(script, "set output ");
    add_string(script, figure, "''");
    weir_text_add(script, "\nset encoding utf8\nset border 3 linewidth 0.8\nset tics nomirror out scale 0.6\n"
                          "set grid ytics linetype 1 linecolor rgb '#cccccc' linewidth 0.5\n"
                          "set key outside top center horizontal Left reverse samplen 3.5 spacing 1.1\nset style fill "
                          "solid 0.45 border -1\n"
                          "set format y '%g'\nset bars 0.6\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        weir_text_addf(script,
                       "set linetype %zu linecolor rgb '%s' dashtype %s linewidth 1.7 pointtype %d pointsize 0.7\n",
                       i + 1, lines[i].colour, lines[i].dash, lines[i].mark);
    if (spec->title)
        weir_script_label(script, "title", spec->title, "");
    weir_text_add(script, "\n");
}

/* Units by that of a metric; in which numbers are short is looked for from top to bottom in those that say so. */
static const struct step {
    const char *unit, *name;
    double size;
    bool only_if_wanted;
} steps[] = {
    {"s", "h", 3600, true},   {"s", "min", 60, true},   {"s", "s", 1, false},        {"s", "ms", 1e-3, false},
    {"s", "µs", 1e-6, false}, {"B", "TB", 1e12, false}, {"B", "GB", 1e9, false},     {"B", "MB", 1e6, false},
    {"B", "kB", 1e3, false},  {"B", "B", 1, false},     {"J", "MJ", 1e6, false},     {"J", "kJ", 1e3, false},
    {"J", "J", 1, false},     {"J", "Wh", 3600, true},  {"share", "%", 0.01, false},
};
enum { STEPS = sizeof steps / sizeof *steps };

static int find_wanted(const char *unit, const char *wanted, double *size, const char **name)
{
    struct weir_text list = {0};
    for (size_t i = 0; i < STEPS; i++) {
        if (strcmp(steps[i].unit, unit) != 0)
            continue;
        if (strcmp(steps[i].name, wanted) == 0 || (steps[i].size == 1e-6 && strcmp(wanted, "us") == 0)) {
            *size = steps[i].size;
            *name = steps[i].name;
            weir_text_fini(&list);
            return WEIR_OK;
        }
        weir_text_addf(&list, "%s%s", list.length ? ", " : "", steps[i].name);
    }
    if (!list.length)
        weir_text_add(&list, *unit && strcmp(unit, "count") != 0 ? unit : "none");
    int code = weir_error(WEIR_EUSAGE, "--unit: this metric has no unit \"%s\"; there are: %s", wanted,
                          weir_text_string(&list));
    weir_text_fini(&list);
    return code;
}

int weir_script_unit(const char *unit, const char *wanted, double largest, double *size, const char **name)
{
    *size = 1;
    *name = strcmp(unit, "count") == 0 ? "" : unit;
    if (wanted)
        return strcmp(wanted, *name) == 0 ? WEIR_OK : find_wanted(unit, wanted, size, name);
    for (size_t i = 0; i < STEPS; i++) {
        if (steps[i].only_if_wanted || strcmp(steps[i].unit, unit) != 0)
            continue;
        *size = steps[i].size;
        *name = steps[i].name;
        if (largest >= *size * 0.9999 || !(largest > 0))
            break;
    }
    return WEIR_OK;
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
