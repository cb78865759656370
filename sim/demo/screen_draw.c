#include "sim/demo/screen_draw.h"

#include <math.h>
#include <ncurses.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/demo/screen_put.h"
#include "sim/demo/story.h"

/* Smaller windows show a remark. */
#define ROWS_LEAST    14
#define COLUMNS_LEAST 50

static int state_colour(enum weir_demo_state state)
{
    return state == WEIR_DEMO_BACKPRESSURED ? RED : state == WEIR_DEMO_BUSY ? GREEN : PLAIN;
}

static int fill_colour(double share)
{
    return share > 0.9 ? RED : share > 0.5 ? YELLOW : GREEN;
}

static void draw_head(const struct weir_demo_screen *screen)
{
    const struct weir_demo_session *session = screen->session;
    const struct weir_platform *platform = session->scenario->platform;
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    const char *mark = glyphs->marks[screen->over ? OVER : screen->paused ? PAUSED : RUNS];
    const char *state = screen->over ? "over" : screen->paused ? "paused" : "runs";
    attrset(A_REVERSE);
    mvhline(0, 0, ' ' | A_REVERSE, COLS);
    screen_put(0, 1, COLS - 40, A_REVERSE | A_BOLD, session->title);
    screen_putf(0, COLS > 40 ? COLS - 39 : 1, 38, A_REVERSE, "%8g of %g s   %g s/s   %s %s",
                screen->player.frame.time_s, session->scenario->duration_s, screen->speed, mark, state);
    int column = screen_putf(1, 1, 0, A_BOLD, "policy %s", session->stacks[session->stack].label);
    column = screen_putf(1, column + 3, 0, session->load != 1 ? screen_look(screen, YELLOW) | A_BOLD : A_NORMAL,
                         "load x%g", session->load);
    column = screen_putf(1, column + 3, 0, session->link != 1 ? screen_look(screen, YELLOW) | A_BOLD : A_NORMAL,
                         "%s%s x%g", session->home_link < 0 ? "all links" : "link ",
                         session->home_link < 0 ? "" : platform->links[session->home_link].name, session->link);
    column = screen_putf(1, column + 3, 0, A_NORMAL, "job %s", session->scenario->workload->jobs[session->job].name);
    if (session->scenario->workload->job_count > 1)
        screen_putf(1, column, 0, A_NORMAL, " (%d of %d)", session->job + 1, session->scenario->workload->job_count);
}

static bool is_chain(const struct weir_job *job)
{
    for (int e = 0; e < job->edge_count; e++)
        if (job->edges[e].from != e - 1 || job->edges[e].to != (e < job->operator_count ? e : -1))
            return false;
    return job->edge_count == job->operator_count + 1;
}

/* The pipeline as tanks before the operators; returns the rows used. */
static int draw_pipeline(const struct weir_demo_screen *screen, int row, const struct weir_demo_job *job)
{
    const struct weir_job *spec = &screen->session->scenario->workload->jobs[screen->session->job];
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    int count = spec->operator_count, each = count > 0 ? (COLS - 9 - 7) / count : 0;
    if (each < 15 || !is_chain(spec))
        return 0;
    each = each > 26 ? 26 : each;
    screen_putf(row, 1, 8, A_BOLD, "source");
    if (job)
        screen_putf(row + 1, 1, 9, screen_look(screen, job->backlog > 0 ? RED : PLAIN), "%.0f wait", job->backlog);
    int column = 9;
    for (int o = 0; o < count; o++, column += each) {
        const struct weir_demo_op *op = job ? &screen->player.frame.ops[job->op_first + o] : NULL;
        enum weir_demo_state state = op ? weir_demo_state(op) : WEIR_DEMO_IDLE;
        double share = op ? op->occupancy : 0;
        int at = screen_put(row, column, 0, A_NORMAL, glyphs->arrow);
        at = screen_put(row, at, 0, A_NORMAL, glyphs->left);
        at = screen_level(screen, row, at, 4, share, fill_colour(share));
        at = screen_put(row, at, 0, A_NORMAL, glyphs->right);
        screen_put(row, at, column + each - at - 1, screen_look(screen, state_colour(state)) | A_BOLD,
                   spec->operators[o].name);
        double most = op ? fmax(op->backpressured, state == WEIR_DEMO_BUSY ? op->busy : op->idle) : 0;
        if (state == WEIR_DEMO_BACKPRESSURED)
            most = op->backpressured;
        if (op && op->changing)
            screen_put(row + 1, column + 3, each - 4, screen_look(screen, YELLOW), "changing");
        else if (op)
            screen_putf(row + 1, column + 3, each - 4, screen_look(screen, state_colour(state)), "%s %.0f%%",
                        state == WEIR_DEMO_BACKPRESSURED ? "held" : weir_demo_state_names[state], 100 * most);
    }
    screen_putf(row, column, 0, A_NORMAL, "%s sink", glyphs->arrow);
    if (job)
        screen_putf(row + 1, column, 0, A_NORMAL, "%.1f/s", job->delivered_rate);
    return 3;
}

/* How the time of an operator was spent: busy, backpressured, idle. */
static int draw_time(const struct weir_demo_screen *screen, int row, int column, int width,
                     const struct weir_demo_op *op)
{
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    int busy = screen_cells_of(op->busy, width), held = screen_cells_of(op->busy + op->backpressured, width) - busy;
    column = screen_repeat(row, column, busy, screen_look(screen, GREEN), glyphs->full);
    column = screen_repeat(row, column, held, screen_look(screen, RED), glyphs->held);
    return screen_repeat(row, column, width - busy - held, A_DIM, glyphs->none);
}

static int draw_operators(const struct weir_demo_screen *screen, int row, int rows, const struct weir_demo_job *job)
{
    const struct weir_job *spec = &screen->session->scenario->workload->jobs[screen->session->job];
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    int bar = COLS - 12 - 18 - 12 - 15 - 2, count = spec->operator_count, at = row;
    bar = bar > 40 ? 40 : bar;
    screen_putf(at, 1, 0, A_UNDERLINE, "%-11s %-17s %-11s", "operator", "where", "queue");
    if (bar >= 6) {
        int column = screen_put(at, 43, 0, A_NORMAL, "time: ");
        column = screen_putf(at, column, 0, screen_look(screen, GREEN), "%s busy ", glyphs->full);
        column = screen_putf(at, column, 0, screen_look(screen, RED), "%s backpressured ", glyphs->held);
        screen_putf(at, column, 0, A_DIM, "%s idle", glyphs->none);
    }
    at++;
    for (int o = 0; o < count && at < row + rows; o++, at++) {
        if (at == row + rows - 1 && o < count - 1) {
            screen_putf(at, 1, 0, A_DIM, "and %d more operators", count - o);
            return at + 1 - row;
        }
        const struct weir_demo_op *op = job ? &screen->player.frame.ops[job->op_first + o] : NULL;
        screen_put(at, 1, 11, A_BOLD, spec->operators[o].name);
        if (!op)
            continue;
        enum weir_demo_state state = weir_demo_state(op);
        screen_put(at, 13, 17, A_NORMAL, op->where);
        int column = screen_level(screen, at, 31, 6, op->occupancy, fill_colour(op->occupancy));
        screen_putf(at, column + 1, 5, A_NORMAL, "%3.0f%%", 100 * op->occupancy);
        if (bar >= 6)
            column = draw_time(screen, at, 43, bar, op);
        else
            column = 42;
        screen_put(at, column + 1, 14, screen_look(screen, op->changing ? YELLOW : state_colour(state)),
                   op->changing ? "changing" : weir_demo_state_names[state]);
    }
    return at - row;
}

/* Hosts side by side; returns the rows used. */
static int draw_hosts(const struct weir_demo_screen *screen, int row, int rows)
{
    const struct weir_demo_frame *frame = &screen->player.frame;
    const struct weir_platform *platform = screen->session->scenario->platform;
    int across = COLS / 26 > 0 ? COLS / 26 : 1, shown = 0;
    for (int h = 0; h < frame->host_count; h++) {
        const struct weir_demo_host *host = &frame->hosts[h];
        bool idle = host->up && !host->instances && host->cpu < 0.005 && !*host->wrong;
        if (idle && frame->host_count > across * rows)
            continue;
        if (shown == across * rows) {
            screen_put(row + rows - 1, COLS - 2, 0, A_DIM, screen_glyphs_of(screen)->marks[CUT]);
            break;
        }
        int at = row + shown / across, column = 1 + 26 * (shown % across);
        screen_put(at, column, 10, *host->wrong ? screen_look(screen, RED) | A_BOLD : A_NORMAL,
                   platform->hosts[h].name);
        if (!host->up) {
            screen_put(at, column + 11, 0, screen_look(screen, RED) | A_BOLD, "down");
        } else if (*host->wrong) {
            screen_put(at, column + 11, 13, screen_look(screen, RED), host->wrong);
        } else {
            int end = screen_level(screen, at, column + 11, 6, host->cpu, fill_colour(host->cpu));
            screen_putf(at, end + 1, 6, A_NORMAL, "%3.0f%%", 100 * host->cpu);
        }
        shown++;
    }
    return shown ? (shown + across - 1) / across : 0;
}

/* Figures that have a chart: where in weir_demo_past, in which colour, and what is a full bar at least. */
static const struct figure {
    size_t offset;
    int colour;
    double least;
} figures[] = {
    {offsetof(struct weir_demo_past, ingress_rate), PLAIN, 1},
    {offsetof(struct weir_demo_past, instances), GREEN, 1},
    {offsetof(struct weir_demo_past, backlog), RED, 10},
    {offsetof(struct weir_demo_past, latency_s), YELLOW, 0.001},
};
enum { INGRESS, INSTANCES, BACKLOG, LATENCY, FIGURES };
#define LABEL 30

/* A small chart of the windows that went by, the last one at the right. */
static void draw_chart(const struct weir_demo_screen *screen, int row, const struct figure *figure)
{
    const struct weir_demo_session *session = screen->session;
    int width = COLS - LABEL - 1, first = session->past_count > width ? session->past_count - width : 0;
    int column = LABEL;
    double most = figure->least;
    for (int w = first; w < session->past_count; w++)
        most = fmax(most, *(const double *)((const char *)&session->past[w] + figure->offset));
    for (int w = first; w < session->past_count; w++) {
        double value = *(const double *)((const char *)&session->past[w] + figure->offset);
        column = screen_put(row, column, 0, screen_look(screen, figure->colour),
                            isnan(value) ? " " : screen_glyphs_of(screen)->spark[screen_cells_of(value / most, 7)]);
    }
}

static int draw_figures(const struct weir_demo_screen *screen, int row, const struct weir_demo_job *job)
{
    const struct weir_demo_session *session = screen->session;
    char mean[WEIR_DEMO_SHORT], p95[WEIR_DEMO_SHORT];
    int begin = row;
    if (!job || !session->past_count) {
        screen_put(row, 1, 0, A_DIM, screen->player.frame.window < 0 ? "the run begins" : "the job has not come yet");
        return 1;
    }
    bool some = job->delivered_rate > 0;
    double growth = weir_demo_growth(session), instances = session->past[session->past_count - 1].instances;
    for (int f = 0; f < FIGURES; f++) {
        int end = LABEL - 1;
        if (f == INSTANCES && LINES < 20)
            continue;
        if (f == INGRESS)
            screen_putf(row, 1, end, A_NORMAL, "in %.1f/s, out %.1f/s", job->ingress_rate, job->delivered_rate);
        else if (f == INSTANCES && job->dropped_rate > 0)
            screen_putf(row, 1, end, screen_look(screen, RED), "%g instances, drop %.1f/s", instances,
                        job->dropped_rate);
        else if (f == INSTANCES)
            screen_putf(row, 1, end, A_NORMAL, "%g instances", instances);
        else if (f == BACKLOG)
            screen_putf(row, 1, end, A_NORMAL, "backlog %.0f (%+.1f/s)", job->backlog, growth);
        else
            screen_putf(row, 1, end, A_NORMAL, "latency %s, p95 %s",
                        weir_demo_time(some ? job->latency_mean_s : NAN, mean),
                        weir_demo_time(some ? job->latency_p95_s : NAN, p95));
        draw_chart(screen, row++, &figures[f]);
    }
    return row - begin;
}

/* Text over several rows, broken between words; returns the rows used. */
static int put_wrapped(int row, int last, attr_t attributes, const char *text)
{
    int used = 0, width = COLS - 2;
    while (*text && row + used <= last) {
        int length = (int)strlen(text), cut = length;
        if (length > width) {
            cut = width;
            while (cut > width / 2 && text[cut] != ' ')
                cut--;
            if (text[cut] != ' ')
                cut = width;
        }
        char line[WEIR_DEMO_LINE];
        snprintf(line, sizeof line, "%.*s", cut, text);
        screen_put(row + used++, 1, 0, attributes, line);
        text += cut;
        text += strspn(text, " ");
    }
    return used;
}

static void draw_log(const struct weir_demo_screen *screen, int row, int last)
{
    row += put_wrapped(row, last, A_BOLD, screen->policy_line);
    for (int l = screen->log_count - 1; l >= 0 && l > screen->log_count - WEIR_DEMO_LOG && row <= last; l--)
        row += put_wrapped(row, last, A_NORMAL, screen->log[l % WEIR_DEMO_LOG]);
}

static void draw_help(int row)
{
    static const char *const lines[] = {
        "space     pause, and go on",
        "n  .      one window further",
        "+  -      faster, slower",
        "up down   load up, load down           (or u, d)",
        "left right  bandwidth down, up         (or [, ])",
        "l         the link that is meant: all, or one after the other",
        "p         the next policy of the scenario",
        "tab       the next job",
        "r         once more from the beginning",
        "?         away with this               (ctrl-l draws all anew)",
        "q         quit",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        screen_put(row + (int)i, 2, 0, A_NORMAL, lines[i]);
}

void weir_demo_draw_begin(struct weir_demo_screen *screen)
{
    const char *no_color = getenv("NO_COLOR");
    screen->colours = has_colors() && !(no_color && *no_color);
    if (!screen->colours)
        return;
    start_color();
    int back = use_default_colors() == OK ? -1 : COLOR_BLACK;
    init_pair(GREEN, COLOR_GREEN, (short)back);
    init_pair(RED, COLOR_RED, (short)back);
    init_pair(YELLOW, COLOR_YELLOW, (short)back);
}

void weir_demo_draw(const struct weir_demo_screen *screen)
{
    const struct weir_demo_frame *frame = &screen->player.frame;
    erase();
    if (LINES < ROWS_LEAST || COLS < COLUMNS_LEAST) {
        screen_putf(0, 0, 0, A_NORMAL, "%dx%d is too small", COLS, LINES);
        screen_putf(1, 0, 0, A_NORMAL, "wanted: %dx%d", COLUMNS_LEAST, ROWS_LEAST);
        screen_put(2, 0, 0, A_NORMAL, "q quits");
        refresh();
        return;
    }
    const struct weir_demo_job *job =
        screen->session->job < frame->job_count ? &frame->jobs[screen->session->job] : NULL;
    draw_head(screen);
    int row = 3, bottom = LINES - 1;
    if (screen->help) {
        draw_help(row);
    } else {
        int spare = bottom - row - (LINES < 20 ? 3 : 4) - 3; /* but for figures and log */
        if (spare >= 8) {
            int used = draw_pipeline(screen, row, job);
            row += used;
            spare -= used;
        }
        int hosts = spare > 6 ? (spare > 14 ? 4 : 2) : 1;
        row += draw_operators(screen, row, spare - hosts - 1 > 2 ? spare - hosts - 1 : 2, job) + (spare > 7);
        row += draw_hosts(screen, row, hosts);
        row += draw_figures(screen, row, job);
        draw_log(screen, row, bottom - 1);
    }
    screen_put(bottom, 1, 0, A_DIM,
               screen->over   ? "the run is over:  r once more  q quit  ? keys"
               : screen->utf8 ? "space pause  n step  +- speed  ↑↓ load  ←→ link  p policy  ? keys  q quit"
                              : "space pause  n step  +- speed  up/down load  left/right link  p policy  ? keys");
    refresh();
}
