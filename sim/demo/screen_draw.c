#include "sim/demo/screen_draw.h"

#include <math.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/quantity.h"
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
    const struct weir_demo_session *session = screen->sides[0].session;
    const struct weir_platform *platform = session->scenario->platform;
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    bool over = weir_demo_over(screen);
    const char *mark = glyphs->marks[over ? OVER : screen->paused ? PAUSED : RUNS];
    const char *state = over ? "over" : screen->paused ? "paused" : "runs";
    const struct weir_demo_frame *shown = weir_demo_side_frame(&screen->sides[0], screen->back);
    attrset(A_REVERSE);
    mvhline(0, 0, ' ' | A_REVERSE, COLS);
    screen_put(0, 1, COLS - 43, A_REVERSE | A_BOLD, session->title);
    screen_putf(0, COLS > 43 ? COLS - 42 : 1, 41, A_REVERSE, "%8g of %g s   %.4g s/s   %s %s", shown->time_s,
                session->scenario->duration_s, screen->speed, mark, state);
    int column = 1;
    if (screen->back)
        column = 2 + screen_putf(1, 1, 0, screen_look(screen, YELLOW) | A_BOLD, "%d window%s back", screen->back,
                                 screen->back == 1 ? "" : "s");
    column = screen_putf(1, column, 0, A_BOLD, "policy %s", session->stacks[session->stack].label);
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
    const struct weir_demo_session *session = screen->sides[0].session;
    const struct weir_job *spec = &session->scenario->workload->jobs[session->job];
    const struct weir_demo_frame *frame = weir_demo_side_frame(&screen->sides[0], screen->back);
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    int count = spec->operator_count, each = count > 0 ? (COLS - 9 - 7) / count : 0;
    if (each < 15 || !is_chain(spec))
        return 0;
    each = each > 26 ? 26 : each;
    bool moves = job && weir_mobility_device(&session->scenario->mobility, session->job, 0) >= 0;
    screen_putf(row, 1, 8, A_BOLD, "%s", moves ? session->scenario->platform->hosts[job->source_host].name : "source");
    if (job)
        screen_putf(row + 1, 1, 9, screen_look(screen, job->backlog > 0 ? RED : PLAIN), "%.0f wait", job->backlog);
    int column = 9;
    for (int o = 0; o < count; o++, column += each) {
        const struct weir_demo_op *op = job ? &frame->ops[job->op_first + o] : NULL;
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

bool weir_demo_all_jobs(const struct weir_demo_side *side, int rows)
{
    const struct weir_workload *workload = side->session->scenario->workload;
    int count = 0;
    for (int j = 0; j < workload->job_count && count <= rows; j++)
        count += workload->jobs[j].operator_count;
    return count <= rows && workload->job_count <= 4;
}

/* Columns beyond those of a small terminal, for where operators are. */
static int more_where(void)
{
    return COLS < 100 ? 0 : COLS > 140 ? 40 : COLS - 100;
}

static void draw_operator(const struct weir_demo_screen *screen, int row, const char *name, int bar,
                          const struct weir_demo_op *op)
{
    int more = more_where();
    screen_put(row, 1, 11, A_BOLD, name);
    if (!op)
        return;
    enum weir_demo_state state = weir_demo_state(op);
    screen_put(row, 13, 17 + more, A_NORMAL, op->where);
    int column = screen_level(screen, row, 31 + more, 6, op->occupancy, fill_colour(op->occupancy));
    screen_putf(row, column + 1, 5, A_NORMAL, "%3.0f%%", 100 * op->occupancy);
    column = bar >= 6 ? draw_time(screen, row, 43 + more, bar, op) : 42 + more;
    screen_put(row, column + 1, 14, screen_look(screen, op->changing ? YELLOW : state_colour(state)),
               op->changing ? "changing" : weir_demo_state_names[state]);
}

/* The operators of the job looked at, or of all if they fit. */
static int draw_operators(const struct weir_demo_screen *screen, int row, int rows, bool all)
{
    const struct weir_demo_session *session = screen->sides[0].session;
    const struct weir_workload *workload = session->scenario->workload;
    const struct weir_demo_frame *frame = weir_demo_side_frame(&screen->sides[0], screen->back);
    const struct screen_glyphs *glyphs = screen_glyphs_of(screen);
    int more = more_where(), bar = COLS - 12 - 18 - 12 - 15 - 2 - more, at = row;
    bar = bar > 40 ? 40 : bar;
    screen_putf(at, 1, 0, A_UNDERLINE, "%-11s %-*s %-11s", "operator", 17 + more, "where", "queue");
    if (bar >= 6) {
        int column = screen_put(at, 43 + more, 0, A_NORMAL, "time: ");
        column = screen_putf(at, column, 0, screen_look(screen, GREEN), "%s busy ", glyphs->full);
        column = screen_putf(at, column, 0, screen_look(screen, RED), "%s backpressured ", glyphs->held);
        screen_putf(at, column, 0, A_DIM, "%s idle", glyphs->none);
    }
    at++;
    for (int j = all ? 0 : session->job; j < (all ? workload->job_count : session->job + 1); j++) {
        const struct weir_job *spec = &workload->jobs[j];
        for (int o = 0; o < spec->operator_count && at < row + rows; o++, at++) {
            char name[40];
            if (at == row + rows - 1 && o < spec->operator_count - 1) {
                screen_putf(at, 1, 0, A_DIM, "and %d more operators", spec->operator_count - o);
                return at + 1 - row;
            }
            snprintf(name, sizeof name, all && workload->job_count > 1 ? "%.12s/%.20s" : "%.0s%.30s", spec->name,
                     spec->operators[o].name);
            draw_operator(screen, at, name, bar,
                          j < frame->job_count ? &frame->ops[frame->jobs[j].op_first + o] : NULL);
        }
    }
    return at - row;
}

/* Hosts side by side; returns the rows used. */
static int draw_hosts(const struct weir_demo_screen *screen, int row, int rows)
{
    const struct weir_demo_session *session = screen->sides[0].session;
    const struct weir_demo_frame *frame = weir_demo_side_frame(&screen->sides[0], screen->back);
    const struct weir_platform *platform = session->scenario->platform;
    bool reports = session->scenario->anomaly_rule_count > 0; /* memory is told, too */
    int wide = reports ? 34 : 26, across = COLS / wide > 0 ? COLS / wide : 1, shown = 0;
    for (int h = 0; h < frame->host_count; h++) {
        const struct weir_demo_host *host = &frame->hosts[h];
        const char *wrong = session->truth ? host->wrong : "";
        char memory[WEIR_DEMO_SHORT];
        bool idle = host->up && !host->instances && host->cpu < 0.005 && !*wrong;
        if (idle && frame->host_count > across * rows)
            continue;
        if (shown == across * rows) {
            screen_put(row + rows - 1, COLS - 2, 0, A_DIM, screen_glyphs_of(screen)->marks[CUT]);
            break;
        }
        int at = row + shown / across, column = 1 + wide * (shown % across);
        screen_put(at, column, 10, *wrong ? screen_look(screen, RED) | A_BOLD : A_NORMAL, platform->hosts[h].name);
        if (!host->up) {
            screen_put(at, column + 11, 0, screen_look(screen, RED) | A_BOLD, "down");
        } else if (*wrong) {
            screen_put(at, column + 11, 13, screen_look(screen, RED), wrong);
        } else {
            int end = screen_level(screen, at, column + 11, 6, host->cpu, fill_colour(host->cpu));
            end = screen_putf(at, end + 1, 6, A_NORMAL, "%3.0f%%", 100 * host->cpu);
            if (reports)
                screen_put(at, end + 1, 10, A_NORMAL,
                           weir_quantity_show(WEIR_UNIT_BYTES, host->memory_bytes, memory, sizeof memory));
        }
        shown++;
    }
    return shown ? (shown + across - 1) / across : 0;
}

int weir_demo_put_wrapped(struct weir_demo_area area, int row, int last, attr_t attributes, const char *text)
{
    int used = 0, width = area.width;
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
        screen_put(row + used++, area.column, 0, attributes, line);
        text += cut;
        text += strspn(text, " ");
    }
    return used;
}

void weir_demo_say_last(const struct weir_demo_screen *screen, const struct weir_demo_side *side,
                        char line[WEIR_DEMO_LINE])
{
    const struct weir_demo_frame *frame = weir_demo_side_frame(side, screen->back);
    const struct weir_demo_session *session = side->session;
    *line = '\0';
    for (int e = frame->event_count - 1; e >= 0 && !*line; e--) {
        struct weir_text text = {0};
        if (frame->events[e].kind != WEIR_DEMO_DECIDED || (weir_demo_is_note(&frame->events[e]) && !session->notes))
            continue;
        weir_demo_event_say(&frame->events[e], &text);
        snprintf(line, WEIR_DEMO_LINE, "%s", weir_text_string(&text));
        weir_text_fini(&text);
    }
    if (!*line && frame->window >= 0)
        snprintf(line, WEIR_DEMO_LINE, "%s: nothing to change", session->stacks[session->stack].label);
}

static void draw_log(const struct weir_demo_screen *screen, int row, int last)
{
    char line[WEIR_DEMO_LINE];
    struct weir_demo_area area = {1, COLS - 2};
    double now_s = weir_demo_side_frame(&screen->sides[0], screen->back)->time_s;
    weir_demo_say_last(screen, &screen->sides[0], line);
    row += weir_demo_put_wrapped(area, row, last, A_BOLD, line);
    for (int l = screen->log_count - 1; l >= 0 && l >= screen->log_count - WEIR_DEMO_LOG && row <= last; l--) {
        const struct weir_demo_logged *logged = &screen->log[l % WEIR_DEMO_LOG];
        if (logged->time_s > now_s + 1e-9)
            continue;
        snprintf(line, sizeof line, "%g s  %.*s", logged->time_s, WEIR_DEMO_LINE - 30, logged->text);
        row += weir_demo_put_wrapped(area, row, last, A_NORMAL, line);
    }
}

static void draw_help(int row)
{
    static const char *const lines[] = {
        "space     pause, and go on",
        "n  .      one window further            b  ,   one window back",
        "+  -      faster, slower",
        "up down   load up, load down           (or u, d)",
        "left right  bandwidth down, up         (or [, ])",
        "l         the link that is meant: all, or one after the other",
        "p         the next policy of the scenario",
        "t         what is truly wrong with hosts, or what they report",
        "o         with notes of policies, or without",
        "a         ask what will happen           1 2 3  lower, about the same, higher",
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

static void draw_foot(const struct weir_demo_screen *screen)
{
    const char *keys = weir_demo_over(screen)                  ? "the run is over:  b back  r once more  q quit  ? keys"
                       : screen->ask.state == WEIR_DEMO_ASKING ? "1 lower  2 about the same  3 higher  space: no guess"
                       : screen->utf8 ? "space pause  n step  b back  +- speed  ↑↓ load  ←→ link  p policy  ? keys"
                                      : "space pause  n step  b back  +- speed  u/d load  [] link  p policy  ? keys";
    screen_put(LINES - 1, 1, 0, A_DIM, keys);
}

static void draw_single(const struct weir_demo_screen *screen, int row, int last)
{
    const struct weir_demo_side *side = &screen->sides[0];
    const struct weir_demo_frame *frame = weir_demo_side_frame(side, screen->back);
    const struct weir_demo_job *job = side->session->job < frame->job_count ? &frame->jobs[side->session->job] : NULL;
    int spare = last + 1 - row - (LINES < 20 ? 3 : 4) - 3; /* but for figures and log */
    bool all = weir_demo_all_jobs(side, spare - 2);
    int own = side->session->scenario->workload->job_count > 1 && all ? 12 : 8;
    if (spare >= own) {
        int used = draw_pipeline(screen, row, job);
        row += used;
        spare -= used;
    }
    all = weir_demo_all_jobs(side, spare - 2);
    int hosts = spare > 6 ? (spare > 14 ? 4 : 2) : 1;
    row += draw_operators(screen, row, spare - hosts - 1 > 2 ? spare - hosts - 1 : 2, all) + (spare > 7);
    row += draw_hosts(screen, row, hosts);
    int left = last + 1 - row, rows = left - 4 < 5 ? left - 3 : left - 4; /* but for the log */
    row += weir_demo_draw_figures(screen, row, rows > 32 ? 32 : rows, all);
    draw_log(screen, row, last);
}

void weir_demo_draw(const struct weir_demo_screen *screen)
{
    erase();
    if (LINES < ROWS_LEAST || COLS < COLUMNS_LEAST) {
        screen_putf(0, 0, 0, A_NORMAL, "%dx%d is too small", COLS, LINES);
        screen_putf(1, 0, 0, A_NORMAL, "wanted: %dx%d", COLUMNS_LEAST, ROWS_LEAST);
        screen_put(2, 0, 0, A_NORMAL, "q quits");
        refresh();
        return;
    }
    draw_head(screen);
    int row = 3, last = LINES - 2;
    if (*screen->said)
        row = 2 + weir_demo_put_wrapped((struct weir_demo_area){1, COLS - 2}, 2, 4, A_REVERSE, screen->said);
    if (screen->help)
        draw_help(row);
    else if (screen->side_count > 1)
        weir_demo_draw_pair(screen, row, last);
    else
        draw_single(screen, row, last);
    draw_foot(screen);
    refresh();
}
