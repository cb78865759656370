#include "sim/demo/screen_draw.h"

#include <math.h>
#include <ncurses.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "sim/base/text.h"
#include "sim/demo/story.h"

/* Smaller windows show a remark. */
#define ROWS_LEAST    14
#define COLUMNS_LEAST 50

enum { PLAIN, GREEN, RED, YELLOW };

/* What bars are made of. */
struct glyphs {
    const char *full, *held, *none, *arrow, *left, *right, *marks[4];
    const char *spark[8];
};
static const struct glyphs fine = {
    "█", "▒", "·", "─▶", "▕", "▏", {"▶", "‖", "■", "…"}, {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}};
static const struct glyphs plain = {
    "#", "%", ".", "->", "[", "]", {">", "|", "=", "~"}, {"_", ".", ",", ":", "-", "=", "+", "#"}};
enum { RUNS, PAUSED, OVER, CUT };

static const struct glyphs *glyphs_of(const struct weir_demo_screen *screen)
{
    return screen->utf8 ? &fine : &plain;
}

static attr_t look(const struct weir_demo_screen *screen, int colour)
{
    if (screen->colours)
        return (attr_t)COLOR_PAIR(colour);
    return colour == RED ? A_BOLD : A_NORMAL;
}

/* Writes text at a place, as much of it as fits in `width` columns (0: up to the edge). What is no character of the
 * terminal's, or would be a command to it, becomes '?'. Returns the column after it. */
static int put(int row, int column, int width, attr_t attributes, const char *text)
{
    mbstate_t state = {0};
    int end = width > 0 && column + width < COLS ? column + width : COLS;
    if (row < 0 || row >= LINES || column >= COLS)
        return column;
    attrset(attributes);
    move(row, column);
    for (size_t left = strlen(text); left > 0;) {
        wchar_t wide[2] = {0};
        size_t used = mbrtowc(&wide[0], text, left, &state);
        if (used == 0 || used > left) {
            used = 1;
            wide[0] = L'?';
            state = (mbstate_t){0};
        }
        int cells = wcwidth(wide[0]);
        if (cells < 0) {
            wide[0] = L'?';
            cells = 1;
        }
        if (column + cells > end)
            break;
        addwstr(wide);
        column += cells;
        text += used;
        left -= used;
    }
    attrset(A_NORMAL);
    return column;
}

static int __attribute__((format(printf, 5, 6)))
putf(int row, int column, int width, attr_t attributes, const char *format, ...)
{
    char text[WEIR_DEMO_LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return put(row, column, width, attributes, text);
}

static int repeat(int row, int column, int count, attr_t attributes, const char *glyph)
{
    for (int i = 0; i < count; i++)
        column = put(row, column, 0, attributes, glyph);
    return column;
}

static int cells_of(double share, int width)
{
    int cells = (int)lround(share * width);
    return cells < 0 ? 0 : cells > width ? width : cells;
}

/* A level: how full something is. */
static int level(const struct weir_demo_screen *screen, int row, int column, int width, double share, int colour)
{
    int full = cells_of(share, width);
    if (share > 0.02 && !full)
        full = 1;
    column = repeat(row, column, full, look(screen, colour), glyphs_of(screen)->full);
    return repeat(row, column, width - full, A_DIM, glyphs_of(screen)->none);
}

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
    const struct glyphs *glyphs = glyphs_of(screen);
    const char *mark = glyphs->marks[screen->over ? OVER : screen->paused ? PAUSED : RUNS];
    const char *state = screen->over ? "over" : screen->paused ? "paused" : "runs";
    attrset(A_REVERSE);
    mvhline(0, 0, ' ' | A_REVERSE, COLS);
    put(0, 1, COLS - 40, A_REVERSE | A_BOLD, session->title);
    putf(0, COLS > 40 ? COLS - 39 : 1, 38, A_REVERSE, "%8g of %g s   %g s/s   %s %s", screen->player.frame.time_s,
         session->scenario->duration_s, screen->speed, mark, state);
    int column = putf(1, 1, 0, A_BOLD, "policy %s", session->stacks[session->stack].label);
    column = putf(1, column + 3, 0, session->load != 1 ? look(screen, YELLOW) | A_BOLD : A_NORMAL, "load x%g",
                  session->load);
    column = putf(1, column + 3, 0, session->link != 1 ? look(screen, YELLOW) | A_BOLD : A_NORMAL, "%s%s x%g",
                  session->home_link < 0 ? "all links" : "link ",
                  session->home_link < 0 ? "" : platform->links[session->home_link].name, session->link);
    column = putf(1, column + 3, 0, A_NORMAL, "job %s", session->scenario->workload->jobs[session->job].name);
    if (session->scenario->workload->job_count > 1)
        putf(1, column, 0, A_NORMAL, " (%d of %d)", session->job + 1, session->scenario->workload->job_count);
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
    const struct glyphs *glyphs = glyphs_of(screen);
    int count = spec->operator_count, each = count > 0 ? (COLS - 9 - 7) / count : 0;
    if (each < 15 || !is_chain(spec))
        return 0;
    each = each > 26 ? 26 : each;
    putf(row, 1, 8, A_BOLD, "source");
    if (job)
        putf(row + 1, 1, 9, look(screen, job->backlog > 0 ? RED : PLAIN), "%.0f wait", job->backlog);
    int column = 9;
    for (int o = 0; o < count; o++, column += each) {
        const struct weir_demo_op *op = job ? &screen->player.frame.ops[job->op_first + o] : NULL;
        enum weir_demo_state state = op ? weir_demo_state(op) : WEIR_DEMO_IDLE;
        double share = op ? op->occupancy : 0;
        int at = put(row, column, 0, A_NORMAL, glyphs->arrow);
        at = put(row, at, 0, A_NORMAL, glyphs->left);
        at = level(screen, row, at, 4, share, fill_colour(share));
        at = put(row, at, 0, A_NORMAL, glyphs->right);
        put(row, at, column + each - at - 1, look(screen, state_colour(state)) | A_BOLD, spec->operators[o].name);
        double most = op ? fmax(op->backpressured, state == WEIR_DEMO_BUSY ? op->busy : op->idle) : 0;
        if (state == WEIR_DEMO_BACKPRESSURED)
            most = op->backpressured;
        if (op && op->changing)
            put(row + 1, column + 3, each - 4, look(screen, YELLOW), "changing");
        else if (op)
            putf(row + 1, column + 3, each - 4, look(screen, state_colour(state)), "%s %.0f%%",
                 state == WEIR_DEMO_BACKPRESSURED ? "held" : weir_demo_state_names[state], 100 * most);
    }
    putf(row, column, 0, A_NORMAL, "%s sink", glyphs->arrow);
    if (job)
        putf(row + 1, column, 0, A_NORMAL, "%.1f/s", job->delivered_rate);
    return 3;
}

/* How the time of an operator was spent: busy, backpressured, idle. */
static int draw_time(const struct weir_demo_screen *screen, int row, int column, int width,
                     const struct weir_demo_op *op)
{
    const struct glyphs *glyphs = glyphs_of(screen);
    int busy = cells_of(op->busy, width), held = cells_of(op->busy + op->backpressured, width) - busy;
    column = repeat(row, column, busy, look(screen, GREEN), glyphs->full);
    column = repeat(row, column, held, look(screen, RED), glyphs->held);
    return repeat(row, column, width - busy - held, A_DIM, glyphs->none);
}

static int draw_operators(const struct weir_demo_screen *screen, int row, int rows, const struct weir_demo_job *job)
{
    const struct weir_job *spec = &screen->session->scenario->workload->jobs[screen->session->job];
    const struct glyphs *glyphs = glyphs_of(screen);
    int bar = COLS - 12 - 18 - 12 - 15 - 2, count = spec->operator_count, at = row;
    bar = bar > 40 ? 40 : bar;
    putf(at, 1, 0, A_UNDERLINE, "%-11s %-17s %-11s", "operator", "where", "queue");
    if (bar >= 6) {
        int column = put(at, 43, 0, A_NORMAL, "time: ");
        column = putf(at, column, 0, look(screen, GREEN), "%s busy ", glyphs->full);
        column = putf(at, column, 0, look(screen, RED), "%s backpressured ", glyphs->held);
        putf(at, column, 0, A_DIM, "%s idle", glyphs->none);
    }
    at++;
    for (int o = 0; o < count && at < row + rows; o++, at++) {
        if (at == row + rows - 1 && o < count - 1) {
            putf(at, 1, 0, A_DIM, "and %d more operators", count - o);
            return at + 1 - row;
        }
        const struct weir_demo_op *op = job ? &screen->player.frame.ops[job->op_first + o] : NULL;
        put(at, 1, 11, A_BOLD, spec->operators[o].name);
        if (!op)
            continue;
        enum weir_demo_state state = weir_demo_state(op);
        put(at, 13, 17, A_NORMAL, op->where);
        int column = level(screen, at, 31, 6, op->occupancy, fill_colour(op->occupancy));
        putf(at, column + 1, 5, A_NORMAL, "%3.0f%%", 100 * op->occupancy);
        if (bar >= 6)
            column = draw_time(screen, at, 43, bar, op);
        else
            column = 42;
        put(at, column + 1, 14, look(screen, op->changing ? YELLOW : state_colour(state)),
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
            put(row + rows - 1, COLS - 2, 0, A_DIM, glyphs_of(screen)->marks[CUT]);
            break;
        }
        int at = row + shown / across, column = 1 + 26 * (shown % across);
        put(at, column, 10, *host->wrong ? look(screen, RED) | A_BOLD : A_NORMAL, platform->hosts[h].name);
        if (!host->up) {
            put(at, column + 11, 0, look(screen, RED) | A_BOLD, "down");
        } else if (*host->wrong) {
            put(at, column + 11, 13, look(screen, RED), host->wrong);
        } else {
            int end = level(screen, at, column + 11, 6, host->cpu, fill_colour(host->cpu));
            putf(at, end + 1, 6, A_NORMAL, "%3.0f%%", 100 * host->cpu);
        }
        shown++;
    }
    return shown ? (shown + across - 1) / across : 0;
}

/* A small chart of the windows that went by, the last one at the right. */
static void draw_chart(const struct weir_demo_screen *screen, int row, int column, bool latency)
{
    const struct weir_demo_session *session = screen->session;
    const struct glyphs *glyphs = glyphs_of(screen);
    int width = COLS - column - 1, first = session->past_count > width ? session->past_count - width : 0;
    double most = latency ? 1e-3 : 1;
    for (int w = first; w < session->past_count; w++)
        most = fmax(most, latency ? session->past[w].latency_s : session->past[w].backlog);
    for (int w = first; w < session->past_count; w++) {
        double value = latency ? session->past[w].latency_s : session->past[w].backlog;
        int step = cells_of(value / most, 7);
        column = put(row, column, 0, look(screen, latency ? YELLOW : RED), glyphs->spark[step]);
    }
}

static int draw_figures(const struct weir_demo_screen *screen, int row, const struct weir_demo_job *job)
{
    char mean[WEIR_DEMO_SHORT], p95[WEIR_DEMO_SHORT];
    bool some = job && job->delivered_rate > 0;
    if (job)
        putf(row, 1, 0, A_NORMAL, "in %.1f/s   out %.1f/s   dropped %.1f/s   latency p95 %s", job->ingress_rate,
             job->delivered_rate, job->dropped_rate, weir_demo_time(some ? job->latency_p95_s : NAN, p95));
    else
        put(row, 1, 0, A_DIM, screen->player.frame.window < 0 ? "the run begins" : "the job has not come yet");
    putf(row + 1, 1, 18, A_NORMAL, "backlog %.0f", job ? job->backlog : 0);
    draw_chart(screen, row + 1, 19, false);
    putf(row + 2, 1, 18, A_NORMAL, "latency %s", weir_demo_time(some ? job->latency_mean_s : NAN, mean));
    draw_chart(screen, row + 2, 19, true);
    return 3;
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
        put(row + used++, 1, 0, attributes, line);
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
        put(row + (int)i, 2, 0, A_NORMAL, lines[i]);
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
        putf(0, 0, 0, A_NORMAL, "%dx%d is too small", COLS, LINES);
        putf(1, 0, 0, A_NORMAL, "wanted: %dx%d", COLUMNS_LEAST, ROWS_LEAST);
        put(2, 0, 0, A_NORMAL, "q quits");
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
        int spare = bottom - row - 3 - 3; /* for figures and log */
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
    put(bottom, 1, 0, A_DIM,
        screen->over   ? "the run is over:  r once more  q quit  ? keys"
        : screen->utf8 ? "space pause  n step  +- speed  ↑↓ load  ←→ link  p policy  ? keys  q quit"
                       : "space pause  n step  +- speed  up/down load  left/right link  p policy  ? keys");
    refresh();
}
